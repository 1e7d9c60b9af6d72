"""I-JEPA: the student's output does not depend on targets, the teacher sees the whole image, too small images are refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from engine.config.errors import ConfigError
from engine.method import Progress
from engine.methods.masked.ijepa import IJEPA
from engine.train.loop import progress
from engine.train.setup import Session

Prepared = Callable[..., Session]


def method_of(session: Session) -> IJEPA:
    assert isinstance(session.method, IJEPA)
    return session.method


@pytest.mark.parametrize("kind", ["smooth_l1", "l2"])
def test_the_loss_equals_loops_over_the_target_blocks(kind: str, prepared: Prepared) -> None:
    session = prepared("ijepa", {"method": {"loss": kind}})
    method, batch = method_of(session), session.batches.at(0)
    with torch.no_grad():
        loss = method(batch, progress(session)).loss.item()
        again = session.batches.at(0)
        blocks = method._blocks(again.views[0], again.generator)
        terms = []
        for n, image in enumerate(batch.views[0]):
            tokens = method.teacher.tokens(image[None])[0, 1:].double()
            student = method.backbone.tokens(image[None], blocks.context[n : n + 1])[:, 1:]
            for block in blocks.targets[n]:
                predictions = method.predictor(student, blocks.context[n : n + 1], block[None, None])[0, 0]
                for index, prediction in zip(block.tolist(), predictions.double(), strict=True):
                    h = tokens[index]
                    d = prediction - (h - h.mean()) / (h.var(unbiased=False) + 1e-5).sqrt()
                    terms.append((d.square() if kind == "l2" else torch.where(d.abs() < 1, d * d / 2, d.abs() - 0.5)).mean())
    assert loss == pytest.approx(torch.stack(terms).mean().item(), rel=1e-4)


def test_pixels_of_a_target_do_not_change_its_prediction(prepared: Prepared) -> None:
    session = prepared("ijepa", {"backbone": {"patch": 4}})
    method, batch = method_of(session).eval(), session.batches.at(0)
    blocks = method._blocks(batch.views[0], batch.generator)
    images = batch.views[0][:1]
    one = type(blocks)(*(part[:1] for part in blocks))
    inside = torch.zeros(64, dtype=torch.bool).scatter_(0, one.targets.flatten(), True)
    inside = inside.view(8, 8).repeat_interleave(4, 0).repeat_interleave(4, 1)
    with torch.no_grad():
        plain = method._predict(images, one)[1]
        assert torch.equal(method._predict(torch.where(inside, 5.0, images), one)[1], plain)
        assert not torch.equal(method._predict(torch.where(inside, images, 5.0), one)[1], plain)
        assert not torch.allclose(method._features(torch.where(inside, 5.0, images)), method._features(images), atol=1e-2)


def test_the_teacher_starts_equal_to_the_student_and_its_update_rate_falls_to_0(prepared: Prepared) -> None:
    session = prepared("ijepa", {"method": {"momentum": 0.9}})
    method = method_of(session)
    student = method.backbone.blocks[0].attn.qkv.weight
    teacher = method.teacher.blocks[0].attn.qkv.weight
    assert torch.equal(student, teacher)
    assert method.encoder is method.teacher
    with torch.no_grad():
        student += 1.0
    for fraction, left in ((0.0, 0.9), (0.5, 0.9 * 0.95), (1.0, 0.9 * 0.95)):
        method.after_step(Progress(int(10 * fraction), 10, 0, 1))
        assert torch.allclose(student - teacher, torch.full_like(student, left), atol=1e-5)


def test_the_task_score_is_between_baseline_and_1(prepared: Prepared) -> None:
    session = prepared("ijepa")
    score = method_of(session).eval().task_score(session.batches.of(session.dataset.splits["train"][:32]))
    assert score.baseline == 0
    assert score.higher
    assert float(score.value.detach()) < 0.5


def test_too_few_patches_and_a_minimum_above_the_maximum_are_refused(prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match=r"views\.groups\.0\.size must be at least 64 px with patches of 16 px\. Got 32\. I-JEPA"):
        prepared("ijepa", {"backbone": {"patch": 16}})
    assert method_of(prepared("ijepa", {"backbone": {"patch": 8}})).backbone.side == 4  # the smallest that works
    with pytest.raises(ConfigError, match=r"method\.target_min must be at most method\.target_max \(0\.2\)\. Got 0\.3"):
        prepared("ijepa", {"method": {"target_min": 0.3}})


def test_the_smallest_grid_trains(prepared: Prepared) -> None:
    session = prepared("ijepa", {"backbone": {"patch": 8}})
    out = session.method(session.batches.at(0), progress(session))
    out.loss.backward()
    assert out.loss.isfinite()
