"""Feature distillation: what predicts what, what learns, what is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.backbones.vit import Block, VisionTransformer
from engine.config.text import merge
from engine.methods.distillation.feature_distillation import FeatureDistillation
from engine.runs.reader import checkpoint_path
from engine.train.loop import progress, take_step
from engine.train.own_task import score_task
from engine.train.setup import Session, prepare
from tests.teacher_run import teacher_folder

Prepared = Callable[..., Session]
ID = "feature_distillation"


def session_of(prepared: Prepared, changes: dict[str, Any] | None = None) -> tuple[Session, FeatureDistillation]:
    """A session without stochastic depth, its method in eval mode: the same numbers in every call."""
    session = prepared(ID, merge({"backbone": {"drop_path": 0.0}}, changes or {}))
    method = session.method
    assert isinstance(method, FeatureDistillation)
    return session, method.eval()


def for_teacher(session: Session, x: Tensor, folder: Path | None = None) -> Tensor:
    """Views of the session as the teacher was trained on them: pixels, then its own normalisation."""
    state = torch.load(checkpoint_path(folder or teacher_folder()), weights_only=True)
    own = (torch.tensor(value).view(1, 3, 1, 1) for value in (session.dataset.mean, session.dataset.std))
    mean, std = own
    return (x * std + mean - state["mean"].view(1, 3, 1, 1)) / state["std"].view(1, 3, 1, 1)


def test_each_token_predicts_the_whitened_token_of_the_teacher(prepared: Prepared) -> None:
    session, method = session_of(prepared)
    batch = session.feed.at(0)
    x = batch.views[0]
    with torch.no_grad():
        out = method(batch, progress(session))
        theirs = method.teacher.net
        assert isinstance(theirs, VisionTransformer)
        # The teacher's last tokens after its norm, the class token first.
        tokens = theirs.norm(theirs.depths(for_teacher(session, x))[-1])
        student = method.backbone.norm(method.backbone.depths(x)[-1])
        convolution = nn.Conv1d(128, 128, 1)
        convolution.weight.copy_(method.head.weight[:, :, None])
        assert convolution.bias is not None
        convolution.bias.copy_(method.head.bias)
        predicted = convolution(student.transpose(1, 2)).transpose(1, 2)
        expected = torch.zeros(len(x))
        for n in range(len(x)):
            for t in range(tokens.shape[1]):
                row = tokens[n, t]
                target = (row - row.mean()) / (row.var(unbiased=False) + 1e-5).sqrt()
                d = (predicted[n, t] - target).abs()
                expected[n] += torch.where(d < 2, d**2 / 4, d - 1).mean() / tokens.shape[1]
    assert tokens.shape[1] == 65
    assert out.per_image is not None
    torch.testing.assert_close(out.per_image, expected, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(out.features, student[:, 1:].mean(1))


@torch.no_grad()
def test_the_size_of_the_teacher_s_features_matters_without_whitening_alone(prepared: Prepared) -> None:
    for whitening in (True, False):
        session, method = session_of(prepared, {"method": {"whitening": whitening}})
        batch, losses = session.feed.at(0), []
        for scale in (1.0, 3.0):
            net = method.teacher.net
            assert isinstance(net, VisionTransformer)
            nn.init.constant_(net.norm.weight, scale)
            nn.init.constant_(net.norm.bias, 5 * scale)  # a shift of all channels alike
            losses.append(float(method(batch, progress(session)).loss))
        assert (losses[0] == pytest.approx(losses[1], rel=1e-3)) == whitening


def test_the_student_learns_and_the_teacher_does_not(prepared: Prepared) -> None:
    session = prepared(ID)
    method = session.method
    assert isinstance(method, FeatureDistillation)
    before = {name: value.clone() for name, value in method.state_dict().items()}
    take_step(session)
    after = method.state_dict()
    assert {name for name, value in after.items() if not torch.equal(value, before[name])} == {
        name for name, p in method.named_parameters() if p.requires_grad
    }
    assert all(not p.requires_grad and p.grad is None for p in method.teacher.parameters())
    fixed = {name for name, p in method.backbone.named_parameters() if not p.requires_grad}
    assert fixed == {"pos_embed"}


def test_stochastic_depth_is_the_student_s_alone(prepared: Prepared) -> None:
    """The paper's asymmetric drop path; also where the teacher was trained with one."""
    session = prepared(ID, {"backbone": {"drop_path": 0.5}})
    method = session.method.train()
    assert isinstance(method, FeatureDistillation)
    for part in method.teacher.modules():
        if isinstance(part, Block):
            part.drop_path = 0.9
    assert not any(part.training for part in method.teacher.modules())
    assert max(part.drop_path for part in method.backbone.modules() if isinstance(part, Block)) == 0.5
    x = session.feed.at(0).views[0]
    assert torch.equal(method.teacher.tokens(x, 8), method.teacher.tokens(x, 8))
    assert not torch.equal(method.backbone.tokens(x), method.backbone.tokens(x))


def test_the_student_has_a_shared_bias_and_no_position_embedding(prepared: Prepared) -> None:
    session, method = session_of(prepared)
    assert session.config.backbone.rel_pos == "shared"
    assert method.backbone.shared_rel_pos is not None
    assert not method.backbone.pos_embed.any()
    assert method.backbone.pool == "mean"
    # An ablation.
    _, plain = session_of(prepared, {"backbone": {"rel_pos": "none"}})
    assert plain.backbone.shared_rel_pos is None
    assert plain.backbone.pos_embed.requires_grad


def test_views_are_crops_and_flips_of_any_size(prepared: Prepared) -> None:
    session, _ = session_of(prepared)
    [group] = session.config.views.groups
    assert (group.count, group.crop_min, group.flip) == (1, 0.08, 0.5)
    assert group.jitter == group.grayscale == group.blur == group.solarize == 0


def test_a_resnet_teaches_the_patches_its_last_map(prepared: Prepared) -> None:
    folder = teacher_folder(32, "simclr", "resnet10_narrow")
    session, method = session_of(prepared, {"method": {"teacher": {"run": str(folder)}}})
    batch = session.feed.at(0)
    x = batch.views[0]
    with torch.no_grad():
        cells = method.teacher.net.dense(for_teacher(session, x, folder), 8)
        tokens = method.teacher.tokens(x, 8)
        assert tokens.shape == (16, 64, cells.shape[1])
        if cells.shape[-1] == 8:
            torch.testing.assert_close(tokens[:, 9], cells[:, :, 1, 1])
        assert torch.allclose(tokens.mean(1), cells.mean((2, 3)), atol=0.2 * float(cells.abs().max()))
    out = method(batch, progress(session))
    out.loss.backward()
    assert out.loss.isfinite()
    assert "attention distance" in method.pictures(batch)
    # Statistics of batch normalisation are those of the teacher's own training.
    statistics = [b.clone() for b in method.teacher.buffers()]
    method.train()
    method(batch, progress(session))
    assert all(torch.equal(one, other) for one, other in zip(statistics, method.teacher.buffers(), strict=True))


def test_the_score_is_the_loss_against_that_of_a_constant(prepared: Prepared) -> None:
    session, method = session_of(prepared)
    index = session.dataset.splits["validation"][:6]
    score = score_task(method, session.batches, index, 6)
    assert score is not None
    assert score.name == "distillation error"
    assert not score.higher
    # Of whitened targets the constant is 0.
    with torch.no_grad():
        batch = session.batches.of(index)
        _, _, target = method._predict(batch.views[0])
        d = target.abs()
        of_nothing = float(torch.where(d < 2, d**2 / 4, d - 1).mean())
        assert float(method.task_score(batch).baseline) == pytest.approx(of_nothing, rel=1e-3)


@pytest.mark.slow
def test_the_loss_falls_well_below_that_of_a_constant(prepared: Prepared) -> None:
    session = prepared(ID, {"train": {"steps": 60}})
    losses = []
    for _ in range(60):
        losses.append(float(take_step(session)[0].loss.detach()))
        session.step += 1
    index = session.dataset.splits["validation"]
    score = score_task(session.method, session.batches, index, 16)
    assert score is not None
    assert score.value < 0.7 * score.baseline
    assert losses[-1] < losses[0] / 2


@torch.no_grad()
def test_pictures_show_equal_maps_where_the_student_is_the_teacher(prepared: Prepared) -> None:
    session, method = session_of(prepared, {"backbone": {"rel_pos": "none"}})
    batch = session.feed.at(0)
    before = method.pictures(batch)
    assert set(before) == {
        "view",
        "teacher's features",
        "student's features",
        "difference",
        "attention distance",
        "alike heads",
        "loss by position",
    }
    assert all(picture.isfinite().all() and picture.min() >= 0 and picture.max() <= 1 for picture in before.values())
    assert not torch.equal(before["teacher's features"], before["student's features"])
    # The student becomes the teacher, and its head the identity; targets are not whitened.
    session, method = session_of(prepared, {"backbone": {"rel_pos": "none"}, "method": {"whitening": False}})
    method.backbone.load_state_dict(method.teacher.net.state_dict())
    nn.init.eye_(method.head.weight)
    nn.init.zeros_(method.head.bias)
    # The data of teacher and student differ here: so does their normalisation.
    method.teacher.mean.copy_(method.teacher.own_mean)
    method.teacher.std.copy_(method.teacher.own_std)
    equal = method.pictures(session.feed.at(0))
    assert torch.allclose(equal["teacher's features"], equal["student's features"], atol=1e-3)
    inner = equal["difference"][..., :-4, :-4]
    assert torch.allclose(inner, torch.full_like(inner, 0.5), atol=1e-3)


def test_the_teacher_sees_its_own_normalisation(prepared: Prepared) -> None:
    """Pixels are the same for both, whatever each was trained on."""
    session, method = session_of(prepared)
    batch = session.feed.at(0)
    teacher = method.teacher
    torch.testing.assert_close(teacher.own_mean, torch.tensor(session.dataset.mean))
    seen = teacher.seen(batch.views[0])
    pixels = seen * teacher.std.view(1, 3, 1, 1) + teacher.mean.view(1, 3, 1, 1)
    own = batch.views[0] * teacher.own_std.view(1, 3, 1, 1) + teacher.own_mean.view(1, 3, 1, 1)
    torch.testing.assert_close(pixels, own, rtol=1e-4, atol=1e-4)
    assert not torch.equal(teacher.mean, teacher.own_mean)


def test_the_network_is_the_same_for_every_teacher_of_a_seed(prepared: Prepared, small: Callable[..., Any]) -> None:
    """The student and its head do not depend on the teacher's weights."""
    one = prepare(small(ID)).method.state_dict()
    other = prepare(small(ID), teacher=False).method.state_dict()
    student = [name for name in one if not name.startswith("teacher.")]
    assert all(torch.equal(one[name], other[name]) for name in student)
    teacher = [name for name in one if name.startswith("teacher.net.blocks")]
    assert not all(torch.equal(one[name], other[name]) for name in teacher)


def test_a_checkpoint_holds_the_teacher(prepared: Prepared, tmp_path: Path) -> None:
    _, method = session_of(prepared)
    names = {name for name in method.state_dict() if name.startswith("teacher.")}
    assert {"teacher.mean", "teacher.std", "teacher.own_mean", "teacher.own_std"} < names
    assert len(names) == 4 + len(method.teacher.net.state_dict())
