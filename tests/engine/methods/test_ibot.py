"""iBOT's loss against its paper, and the centring, which DINO has too."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.backbones.vit import Fill
from engine.method import Batch
from engine.methods.masked.ibot import IBOT
from engine.train.loop import progress, take_step
from engine.train.setup import Session
from tests.engine.losses import naive

Prepared = Callable[..., Session]


def trained_session(prepared: Prepared, id: str, changes: dict[str, Any] | None = None) -> Session:
    """A session after some steps: teacher and student differ and the centres are not 0."""
    session = prepared(id, {"backbone": {"name": "vit_micro"}, **(changes or {})})
    for _ in range(3):
        take_step(session)
        session.step += 1
    return session


def teacher_logits(method: Any, batch: Batch) -> Tensor:
    """The teacher's logits for the class token and the patches of both large views, (2N, 1 + T, K)."""
    with torch.no_grad():
        tokens = method.encoder.tokens(torch.cat(batch.views[:2]))
        logits: Tensor = method.teacher[1](tokens.flatten(0, 1)).unflatten(0, tokens.shape[:2])
    return logits


def again(batch: Batch) -> torch.Generator:
    """The batch's generator in the state at the start of the step."""
    return torch.Generator().manual_seed(batch.generator.initial_seed())


def test_the_loss_equals_loops_over_the_paper_s_equations(prepared: Prepared) -> None:
    """Class tokens of other views with DINO's loops, hidden patches of the same view with loops over Eq. 2."""
    session = trained_session(prepared, "ibot", {"train": {"batch": 4}})
    method, batch, at = session.method, session.batches.at(session.step), progress(session)
    assert isinstance(method, IBOT)
    config = method.config
    hidden = method._hidden(8, again(batch))
    views = torch.cat(batch.views[:2])
    with torch.no_grad():
        student = method.backbone.tokens(views, fill=Fill(hidden, method.mask_token))
        local = [method.backbone.tokens(view)[:, 0] for view in batch.local]
        classes = [method.head(part) for part in (*student[:, 0].split(4), *local)]
        visual_tokens = method.head(student[:, 1:])  # (8, T, K)
        out = method(batch, at)
    logits = teacher_logits(method, batch)
    tau, patch_tau = method._temperature(config.teacher_temperature, at), method._temperature(config.patch_temperature, at)
    class_loss = naive.mean(naive.dino(classes, logits[:, 0].split(4), method.centre.value, 0.1, tau))
    centre = naive.rows(method.patch_centre.value)[0]
    images = []
    for n in range(8):
        terms = []
        for t in hidden[n].nonzero().flatten().tolist():
            own_logits = naive.rows(logits[n, 1:])[t]
            target = naive.softmax([(v - c) / patch_tau for v, c in zip(own_logits, centre, strict=True)])
            terms += naive.cross_entropy([target], [naive.rows(visual_tokens[n])[t]], 0.1)
        images.append(math.fsum(terms) / max(1, len(terms)))
    assert hidden.any()
    assert out.terms["class-token loss"].item() == pytest.approx(class_loss, rel=1e-4)
    assert out.terms["patch loss"].item() == pytest.approx(math.fsum(images) / 8, rel=1e-4)
    assert out.loss.item() == pytest.approx(class_loss + math.fsum(images) / 8, rel=1e-4)


def test_half_of_the_views_are_masked_at_ratios_of_a_tenth_to_a_half(prepared: Prepared) -> None:
    method = prepared("ibot").method
    assert isinstance(method, IBOT)
    n, patches = 4000, 64
    share = method._hidden(n, torch.Generator().manual_seed(0)).float().mean(1)
    assert (share > 0).float().mean().item() == pytest.approx(0.5, abs=4 * math.sqrt(0.25 / n))
    holes = share[share > 0]
    assert holes.max() <= 0.5
    assert holes.min() >= 0.02
    # Ratios uniform from .1 to .5, rounded down, of which the blocks leave a little.
    assert 0.26 < holes.mean() < 0.3
    assert ((holes * patches).round() / patches - holes).abs().max() == 0


def test_hidden_pixels_change_the_teacher_s_output_and_not_the_student_s(prepared: Prepared) -> None:
    session = trained_session(prepared, "ibot", {"backbone": {"name": "vit_micro", "patch": 4}})
    method, x = session.method, session.batches.at(0).views[0]
    assert isinstance(method, IBOT)
    hidden = torch.zeros(len(x), 64, dtype=torch.bool)
    hidden[:, 27] = True  # row 3, column 3
    other = x.clone()
    other[:, :, 12:16, 12:16] += 1
    with torch.no_grad():
        assert torch.equal(method._student(x, hidden), method._student(other, hidden))
        assert not torch.allclose(method._teacher(x), method._teacher(other))


@pytest.mark.parametrize("id", ["dino", "ibot"])
def test_centres_are_running_means_of_the_teacher_s_logits(id: str, prepared: Prepared) -> None:
    """DINO's Eq. 4 and iBOT's two centres, before and after each step, computed with the teacher of that step."""
    session = prepared(id, {"backbone": {"name": "vit_micro"}})
    method = session.method
    expected = {name: method.get_buffer(f"{name}.value").double() for name in ("centre", "patch_centre") if hasattr(method, name)}
    assert len(expected) == (2 if id == "ibot" else 1)
    for _ in range(4):
        batch = session.batches.at(session.step)
        method.train()
        if id == "ibot":
            logits = teacher_logits(method, batch).double()
            means = {
                "centre": logits[:, 0].mean(0, keepdim=True),
                "patch_centre": logits[:, 1:].flatten(0, 1).mean(0, keepdim=True),
            }
        else:
            with torch.no_grad():
                means = {"centre": method.teacher(torch.cat(batch.views[:2])).double().mean(0, keepdim=True)}
        take_step(session)
        session.step += 1
        for name, mean in means.items():
            expected[name] = 0.9 * expected[name] + 0.1 * mean
            assert torch.allclose(method.get_buffer(f"{name}.value").double(), expected[name], atol=1e-5), name
    assert id == "dino" or not torch.allclose(expected["centre"], expected["patch_centre"], atol=1e-3)


@pytest.mark.parametrize("id", ["dino", "ibot"])
def test_centring_can_be_switched_off(id: str, prepared: Prepared) -> None:
    session = trained_session(prepared, id, {"method": {"centre_momentum": 1.0}})
    assert (session.method.get_buffer("centre.value") == 0).all()


def test_without_masks_and_patch_loss_it_equals_dino(prepared: Prepared) -> None:
    session = trained_session(prepared, "ibot", {"method": {"mask_chance": 0.0, "patch_weight": 0.0}})
    method, batch = session.method, session.batches.at(session.step)
    assert isinstance(method, IBOT)
    with torch.no_grad():
        out = method(batch, progress(session))
        classes = [method.head(method.backbone(view)) for view in (*batch.views[:2], *batch.local)]
    tau = method._temperature(method.config.teacher_temperature, progress(session))
    logits = teacher_logits(method, batch)[:, 0].split(16)
    assert out.loss.item() == pytest.approx(naive.mean(naive.dino(classes, logits, method.centre.value, 0.1, tau)), rel=1e-4)
    assert out.terms["patch loss"].item() == 0.0
