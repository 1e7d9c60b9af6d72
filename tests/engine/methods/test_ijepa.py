"""I-JEPA: the student never sees a target, the teacher sees all and follows, and small images are refused in words."""

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


def made(session: Session) -> IJEPA:
    assert isinstance(session.method, IJEPA)
    return session.method


@pytest.mark.parametrize("kind", ["smooth_l1", "l2"])
def test_the_loss_is_the_one_of_the_paper_block_by_block(kind: str, prepared: Prepared) -> None:
    session = prepared("ijepa", {"method": {"loss": kind}})
    method, batch = made(session), session.batches.at(0)
    with torch.no_grad():
        loss = method(batch, progress(session)).loss.item()
        again = session.batches.at(0)
        blocks = method._blocks(again.views[0], again.generator)
        found = []
        for n, image in enumerate(batch.views[0]):
            tokens = method.teacher.tokens(image[None])[0, 1:].double()
            student = method.backbone.tokens(image[None], blocks.context[n : n + 1])[:, 1:]
            for block in blocks.targets[n]:
                said = method.predictor(student, blocks.context[n : n + 1], block[None, None])[0, 0]
                for place, prediction in zip(block.tolist(), said.double(), strict=True):
                    h = tokens[place]
                    d = prediction - (h - h.mean()) / (h.var(unbiased=False) + 1e-5).sqrt()
                    found.append((d.square() if kind == "l2" else torch.where(d.abs() < 1, d * d / 2, d.abs() - 0.5)).mean())
    assert loss == pytest.approx(torch.stack(found).mean().item(), rel=1e-4)


def test_what_lies_in_a_target_changes_nothing_of_what_is_foretold(prepared: Prepared) -> None:
    session = prepared("ijepa", {"backbone": {"patch": 4}})
    method, batch = made(session).eval(), session.batches.at(0)
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


def test_the_teacher_starts_as_the_student_and_follows_at_a_rate_that_falls_to_0(prepared: Prepared) -> None:
    session = prepared("ijepa", {"method": {"momentum": 0.9}})
    method = made(session)
    student = method.backbone.blocks[0].attn.qkv.weight
    teacher = method.teacher.blocks[0].attn.qkv.weight
    assert torch.equal(student, teacher)
    assert method.encoder is method.teacher
    with torch.no_grad():
        student += 1.0
    for fraction, left in ((0.0, 0.9), (0.5, 0.9 * 0.95), (1.0, 0.9 * 0.95)):
        method.after_step(Progress(int(10 * fraction), 10, 0, 1))
        assert torch.allclose(student - teacher, torch.full_like(student, left), atol=1e-5)


def test_its_measure_is_between_knowing_nothing_and_everything(prepared: Prepared) -> None:
    session = prepared("ijepa")
    score = made(session).eval().task_score(session.batches.of(session.dataset.splits["train"][:32]))
    assert score.baseline == 0
    assert score.higher
    assert float(score.value.detach()) < 0.5


def test_too_few_patches_and_crossed_ranges_are_refused(prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match=r"views\.groups\.0\.size must be at least 64 px with patches of 16 px\. Got 32\. I-JEPA"):
        prepared("ijepa", {"backbone": {"patch": 16}})
    assert made(prepared("ijepa", {"backbone": {"patch": 8}})).backbone.side == 4  # the smallest that works
    with pytest.raises(ConfigError, match=r"method\.target_min must be at most method\.target_max \(0\.2\)\. Got 0\.3"):
        prepared("ijepa", {"method": {"target_min": 0.3}})


def test_the_smallest_grid_trains(prepared: Prepared) -> None:
    session = prepared("ijepa", {"backbone": {"patch": 8}})
    out = session.method(session.batches.at(0), progress(session))
    out.loss.backward()
    assert out.loss.isfinite()
