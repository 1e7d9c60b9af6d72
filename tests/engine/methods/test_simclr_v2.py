"""SimCLR v2: head, stages, losses and pictures, against the formulas of the paper and of the official code."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.evaluate.encoder import load_encoder
from engine.events import Event, StepDone
from engine.losses.distillation import soft_cross_entropy
from engine.method import Batch, Progress
from engine.methods.contrastive.simclr_v2 import PRETRAINING, TUNING, SimCLRv2
from engine.train import loop
from engine.train.control import Control
from engine.train.loop import take_step
from engine.train.own_task import score_task
from engine.train.setup import Session
from engine.train.train_run import resume, train
from tests.engine.methods.wiring import assert_same, average, blame, dot, pick

Prepared = Callable[..., Session]
Small = Callable[..., RunConfig]

# 12 steps: 8 of pretraining, 1 of fine-tuning, 3 of distillation.
STEPS = {"train": {"steps": 12}}


def at(stage: str) -> Progress:
    return Progress(0, 12, 0, 1, stage)


def session_at(prepared: Prepared, stage: str, **method: Any) -> tuple[Session, SimCLRv2]:
    """A session at the first step of a stage, after one step of each earlier stage."""
    session = prepared("simclr_v2", {"train": {"steps": 12, "batch": 6}, "method": method})
    network = session.method
    assert isinstance(network, SimCLRv2)
    for span in session.spans:
        session.step = span.first
        if span.name == stage:
            network.train()
            network.before_step(at(stage))
            return session, network
        take_step(session)
    raise AssertionError(stage)


def by_hand(rows: Tensor, linear: nn.Module, norm: nn.Module) -> Tensor:
    """ReLU of the normalised linear layer, column by column with the statistics of the batch."""
    assert isinstance(linear, nn.Linear)
    assert isinstance(norm, nn.BatchNorm1d)
    columns = []
    for column in range(linear.out_features):
        values = torch.stack([(row * linear.weight[column]).sum() for row in rows])
        scaled = (values - values.mean()) / torch.sqrt(values.var(unbiased=False) + norm.eps)
        columns.append((scaled * norm.weight[column] + norm.bias[column]).clamp(min=0))
    return torch.stack(columns, dim=1)


def logits_by_hand(backbone: nn.Module, layers: nn.Module, classifier: nn.Module, x: Tensor) -> Tensor:
    hidden = by_hand(backbone(x), layers[0], layers[1])  # type: ignore[index]
    return torch.stack([torch.stack([(row * w).sum() for w in classifier.weight]) for row in hidden]) + classifier.bias  # type: ignore[union-attr]


def test_the_head_has_three_layers_as_wide_as_the_encoder_and_no_shift_after_the_last(prepared: Prepared) -> None:
    _, method = session_at(prepared, PRETRAINING)
    kinds = [type(layer) for layer in method.projector]
    assert kinds == [nn.Linear, nn.BatchNorm1d, nn.ReLU] * 2 + [nn.Linear, nn.BatchNorm1d]
    linears = [layer for layer in method.projector if isinstance(layer, nn.Linear)]
    assert [layer.weight.shape for layer in linears] == [(256, 256), (256, 256), (128, 256)]
    assert all(layer.bias is None for layer in linears)
    last = method.projector[-1]
    assert not last.bias.requires_grad
    assert not last.bias.any()
    assert last.weight.requires_grad


def test_pretraining_is_the_contrast_of_two_views_at_the_end_of_the_head(prepared: Prepared) -> None:
    session, method = session_at(prepared, PRETRAINING)

    def oracle(batch: Batch) -> Tensor:
        z = method.projector(method.backbone(torch.cat(batch.views)))
        n = len(z) // 2
        losses = []
        for i in range(2 * n):
            others = [j for j in range(2 * n) if j != i]
            losses.append(pick([dot(z[i], z[j]) / 0.2 for j in others], others.index((i + n) % (2 * n))))
        return average(losses)

    assert_same(method, session.feed.at(0), at(PRETRAINING), oracle)


def test_fine_tuning_classifies_the_first_layer_s_output_of_a_copy(prepared: Prepared) -> None:
    session, method = session_at(prepared, TUNING)
    for name, value in method.backbone.state_dict().items():
        assert torch.equal(method.teacher.backbone.state_dict()[name], value)
    for name, value in method.teacher.head.state_dict().items():
        assert torch.equal(method.projector.state_dict()[name], value)
    assert not method.teacher.classifier.weight.any()
    assert not method.teacher.classifier.bias.any()
    nn.init.normal_(method.teacher.classifier.weight)

    def oracle(batch: Batch) -> Tensor:
        assert batch.label is not None
        logits = logits_by_hand(method.teacher.backbone, method.teacher.head, method.teacher.classifier, batch.views[0])
        return average([pick([*row], int(label)) for row, label in zip(logits, batch.label, strict=True)])

    batch = session.feed.at(8)
    assert batch.label is not None
    assert (batch.label >= 0).all()
    assert_same(method, batch, at(TUNING), oracle)


@pytest.mark.parametrize(("temperature", "alpha"), [(1.0, 1.0), (3.0, 0.25)])
def test_distillation_teaches_the_student_the_tuned_network_s_probabilities(
    prepared: Prepared, temperature: float, alpha: float
) -> None:
    session, method = session_at(prepared, "", kd_temperature=temperature, alpha=alpha)
    generator = torch.Generator().manual_seed(3)
    for classifier in (method.teacher.classifier, method.classifier):
        nn.init.normal_(classifier.weight, generator=generator)
    assert not method.teacher.training
    batch = session.feed.at(9)
    batch = replace(batch, label=torch.tensor([0, -1, 3, -1, -1, 2]))

    def oracle(batch: Batch) -> Tensor:
        x = batch.views[0]
        with torch.no_grad():  # in eval mode
            h = method.teacher.backbone(x)
            for layer in method.teacher.head:
                h = layer(h)
            target = method.teacher.classifier(h)
        logits = logits_by_hand(method.backbone, method.projector, method.classifier, x)
        distilled = average(
            [temperature**2 * blame((t / temperature).softmax(0), s / temperature) for s, t in zip(logits, target, strict=True)]
        )
        assert batch.label is not None
        known = [pick([*row], int(label)) for row, label in zip(logits, batch.label, strict=True) if label >= 0]
        return alpha * distilled + (1 - alpha) * average(known)

    assert_same(method, batch, at(""), oracle)


def test_soft_cross_entropy_and_its_gradient_equal_the_loops() -> None:
    torch.manual_seed(0)
    student, teacher, tau = torch.randn(5, 4, requires_grad=True), torch.randn(5, 4), 2.5
    expected, gradient = [], torch.zeros(5, 4)
    for row in range(5):
        s = [math.exp(float(value) / tau) for value in student[row].detach()]
        t = [math.exp(float(value) / tau) for value in teacher[row]]
        shares = [(a / sum(s), b / sum(t)) for a, b in zip(s, t, strict=True)]
        expected.append(-tau * tau * sum(b * math.log(a) for a, b in shares))
        gradient[row] = torch.tensor([tau * (a - b) / 5 for a, b in shares])
    loss = soft_cross_entropy(student, teacher, tau)
    assert loss.tolist() == pytest.approx(expected, rel=1e-5)
    loss.mean().backward()
    torch.testing.assert_close(student.grad, gradient, rtol=1e-4, atol=1e-6)


def test_soft_cross_entropy_at_equal_logits_is_the_entropy_and_tends_to_squared_differences() -> None:
    torch.manual_seed(1)
    student, teacher = torch.randn(3, 6, dtype=torch.float64), torch.randn(3, 6, dtype=torch.float64)
    entropy = [-sum(float(p) * math.log(float(p)) for p in row.softmax(0)) for row in teacher]
    assert soft_cross_entropy(teacher, teacher).tolist() == pytest.approx(entropy, rel=1e-5)
    # tau^2 KL -> 1 / (2 K) sum_k (d_k - mean d)^2 for d = t - s.
    tau = 100.0
    divergence = soft_cross_entropy(student, teacher, tau) - soft_cross_entropy(teacher, teacher, tau)
    difference = teacher - student
    limit = ((difference - difference.mean(1, keepdim=True)) ** 2).sum(1) / 12
    # In single precision the two large terms leave a few digits of their difference.
    assert divergence.tolist() == pytest.approx(limit.tolist(), rel=0.1)


def test_each_stage_moves_its_own_network_alone(prepared: Prepared) -> None:
    session = prepared("simclr_v2", STEPS)
    method = session.method
    assert isinstance(method, SimCLRv2)

    def moved(count: int) -> set[str]:
        before = {name: value.clone() for name, value in method.state_dict().items()}
        for _ in range(count):
            take_step(session)
            session.step += 1
        return {name.split(".")[0] for name, value in method.state_dict().items() if not torch.equal(value, before[name])}

    assert moved(8) == {"backbone", "projector"}
    assert method.encoder is method.backbone
    assert moved(1) == {"teacher", "part"}
    assert method.encoder is method.teacher.backbone
    assert moved(3) == {"backbone", "projector", "classifier", "part"}
    assert method.encoder is method.backbone


def test_another_teacher_is_pretrained_and_tuned_beside_the_encoder(prepared: Prepared) -> None:
    session = prepared("simclr_v2", {**STEPS, "method": {"teacher": "resnet18"}, "train": {"steps": 12, "batch": 4}})
    method = session.method
    assert isinstance(method, SimCLRv2)
    assert (method.teacher.backbone.dim, method.backbone.dim) == (512, 256)
    drawn = {name: value.clone() for name, value in method.backbone.state_dict().items()}
    for step in (0, 8):
        session.step = step
        take_step(session)
        assert method.encoder is method.backbone
        assert all(torch.equal(value, drawn[name]) for name, value in method.backbone.state_dict().items())
    tuned = {name: value.clone() for name, value in method.teacher.state_dict().items()}
    session.step = 9
    take_step(session)
    assert not torch.equal(method.backbone.state_dict()["stem.0.weight"], drawn["stem.0.weight"])
    assert all(torch.equal(value, tuned[name]) for name, value in method.teacher.state_dict().items())


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ({"from_layer": 4}, r"method\.from_layer must be at most method\.head_layers \(3\)\. Got 4"),
        ({"tuning_share": 0.6, "distillation_share": 0.5}, r"method\.tuning_share must be at most 0\.45 beside"),
    ],
)
def test_settings_that_do_not_fit_are_refused_in_words(prepared: Prepared, method: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        prepared("simclr_v2", {"method": method})


def test_shares_that_add_up_to_the_limit_in_decimals_are_taken(prepared: Prepared) -> None:
    prepared("simclr_v2", {"method": {"tuning_share": 0.9, "distillation_share": 0.05}})


def test_a_run_broken_off_twice_resumes_to_the_bit(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before its first step of fine-tuning, and within distillation."""
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    events: dict[str, list[Event]] = {"whole": [], "parted": []}
    (tmp_path / "whole").mkdir()
    (tmp_path / "parted").mkdir()
    train(small("simclr_v2", STEPS), events["whole"].append, Control(), tmp_path / "whole")
    controls = {step: Control() for step in (8, 10)}

    def stop_there(event: Event) -> None:
        events["parted"].append(event)
        if isinstance(event, StepDone) and event.step in controls:
            controls[event.step].stop()

    train(small("simclr_v2", STEPS), stop_there, controls[8], tmp_path / "parted")
    resume(tmp_path / "parted", stop_there, controls[10])
    resume(tmp_path / "parted", events["parted"].append, Control())
    losses = {name: [(e.step, e.loss, e.lr) for e in listed if isinstance(e, StepDone)] for name, listed in events.items()}
    assert losses["parted"] == losses["whole"]
    one, other = (load_encoder(tmp_path / name)[0].state_dict() for name in losses)
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_the_score_is_the_accuracy_of_the_network_of_the_stage(prepared: Prepared) -> None:
    session, method = session_at(prepared, PRETRAINING)
    index = session.dataset.splits["validation"][:6]
    assert score_task(method, session.batches, index, 6) is None
    for stage, classifier in ((TUNING, "teacher.classifier"), ("", "classifier")):
        session, method = session_at(prepared, stage)
        # A classifier that always says class 2.
        part = method.get_submodule(classifier)
        nn.init.zeros_(part.weight)  # type: ignore[arg-type]
        part.bias.data = torch.eye(len(part.bias))[2]  # type: ignore[union-attr,arg-type]
        score = score_task(method, session.batches, index, 6)
        assert score is not None
        assert score.value == pytest.approx((session.dataset.labels[index] == 2).mean())
        assert score.baseline == pytest.approx(1 / len(session.dataset.classes))


def test_the_labelled_images_are_shown_in_rows_of_their_classes(prepared: Prepared) -> None:
    session = prepared("simclr_v2", {"data": {"count": 200}, "method": {"labels": 0.15}})
    method = session.method.eval()
    labels, images = session.batches.labels, session.dataset.images
    few = [i for i in sorted(session.dataset.splits["train"]) if labels[i] >= 0]
    by_class = {name: [i for i in few if labels[i] == name] for name in sorted({int(labels[i]) for i in few})}
    each = len(next(iter(by_class.values())))
    assert {len(listed) for listed in by_class.values()} == {each}
    assert each > 1
    with torch.no_grad():
        picture = method.pictures(session.batches.of(session.dataset.splits["validation"][:3]))["labelled images"][0]
    side = 64 + 2 * 5  # images of 32 px twice as large, with a frame of 5 px
    frames = set()
    for row, listed in enumerate(by_class.values()):
        corner = {tuple(picture[:, row * (side + 6), column * (side + 6)].tolist()) for column in range(each)}
        assert len(corner) == 1
        frames |= corner
        for column, index in enumerate(listed):
            top, left = row * (side + 6) + 5, column * (side + 6) + 5
            shown = picture[:, top : top + 64 : 2, left : left + 64 : 2]
            assert torch.equal(shown, torch.from_numpy(images[index]).float() / 255)
    assert len(frames) == len(by_class)


def test_the_bars_of_the_class_probabilities_have_their_heights(prepared: Prepared) -> None:
    session, method = session_at(prepared, "")
    for part, share in ((method.teacher.classifier, 3.0), (method.classifier, 1.0)):
        nn.init.zeros_(part.weight)
        part.bias.data = torch.eye(len(part.bias))[1] * math.log(share * (len(part.bias) - 1)) if share else part.bias.data
    index = session.dataset.splits["validation"][:2]
    with torch.no_grad():
        picture = method.eval().pictures(session.batches.of(index))["class probabilities"]
    # Class 1 has e^b / (e^b + 9): .75 by the teacher, .5 by the student. Charts of 62 px, a bar of 12 px for each of 10 classes.
    for first, share in ((0, 0.75), (66, 0.5)):
        column = picture[0, :, first : first + 62, 128 + 4 + 12 + 3]
        paper = column[:, 0]
        filled = (column != paper[:, None]).any(0).sum().item()
        assert filled == pytest.approx(62 * share, abs=1)


def test_the_accuracy_by_layer_is_that_of_the_nearest_class_mean(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    session, method = session_at(prepared, PRETRAINING)
    method.eval()
    seen: list[Tensor] = []
    monkeypatch.setattr("engine.methods.contrastive.simclr_v2.share_bars", lambda values, *rest: seen.append(values) or values)
    batch = session.batches.of(session.dataset.splits["validation"][:3])
    with torch.no_grad():
        method.pictures(batch)
        few = [i for i in session.dataset.splits["train"] if session.batches.labels[i] >= 0]
        expected = []
        for layer in range(4):

            def rows(index: Any, depth: int = layer) -> Tensor:
                h = method.backbone(batch.normalised(torch.from_numpy(session.dataset.images[index]).float() / 255))
                for part in list(method.projector)[: 3 * depth]:
                    h = part(h)
                return h / h.norm(dim=1, keepdim=True)

            labels = session.dataset.labels
            known, others = rows(few), rows(session.dataset.splits["validation"])
            of_class = {c: [r for r, i in zip(known, few, strict=True) if labels[i] == c] for c in set(labels[few])}
            means = {c: torch.stack(listed).mean(0) for c, listed in of_class.items()}
            right = [
                min(means, key=lambda c, row=row: float((row - means[c]).norm())) == labels[i]  # type: ignore[misc]
                for row, i in zip(others, session.dataset.splits["validation"], strict=True)
            ]
            expected.append(sum(right) / len(right))
    assert seen[0].tolist() == pytest.approx(expected)
