"""The training loop: its events, its control, and its behaviour on errors."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
import torch

from engine.catalogue import CATALOGUE
from engine.config.run import RunConfig
from engine.events import (
    CheckpointSaved,
    EmbeddingDone,
    EpochDone,
    EvalDone,
    Event,
    PicturesReady,
    RunEnded,
    RunFailed,
    RunStarted,
    StepDone,
    Warned,
)
from engine.method import Batch
from engine.methods.contrastive.simclr import SimCLR
from engine.optim.schedule import rate_factor
from engine.runs.reader import checkpoint_path, read_metrics, read_status
from engine.runs.run_folder import create_folder
from engine.runs.writer import RunWriter
from engine.train import checkpoint, loop
from engine.train.control import Control
from engine.train.loop import take_step
from engine.train.monitor import _sheet
from engine.train.setup import Session
from engine.train.train_run import resume, train

Small = Callable[..., RunConfig]
E = TypeVar("E")


@pytest.fixture(autouse=True)
def report_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)


def of(kind: type[E], events: list[Event]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def test_a_run_emits_its_events_in_order(small: Small, tmp_path: Path) -> None:
    events: list[Event] = []
    run = train(small("simclr"), events.append, Control(), tmp_path)
    assert (run.state, run.step, run.folder, run.error) == ("finished", 6, tmp_path, "")
    started = events[0]
    assert isinstance(started, RunStarted)
    assert (started.step, started.steps, started.method, started.batch) == (0, 6, "simclr", 16)
    assert started.parameters > 1_000_000
    assert isinstance(events[-1], RunEnded)
    steps = of(StepDone, events)
    assert [step.step for step in steps] == [1, 2, 3, 4, 5, 6]
    assert [step.epoch for step in steps] == pytest.approx([s / started.steps_per_epoch for s in range(1, 7)])
    assert all(a.seconds < b.seconds for a, b in pairwise(steps))
    assert all(step.images_per_second > 0 for step in steps)
    assert [bool(step.diagnostics) for step in steps] == [True, True, False, True, False, True]
    per_epoch = started.steps_per_epoch
    epochs = of(EpochDone, events)
    assert [e.step for e in epochs] == [*range(per_epoch, 6, per_epoch), 6]
    first = [step.loss for step in steps[:per_epoch]]
    assert epochs[0].loss == pytest.approx(sum(first) / per_epoch, rel=1e-6)
    assert (tmp_path / "config.yaml").exists()


def test_a_run_is_evaluated_at_its_start_and_end(small: Small) -> None:
    events: list[Event] = []
    train(small("simclr"), events.append, Control())
    assert [event.step for event in of(EvalDone, events)] == [0, 6]
    assert all("task" not in event.values for event in of(EvalDone, events)), "simclr has no task beside its loss"
    for event in of(EvalDone, events):
        assert 0 <= event.values["knn"] <= 1
    snapshots = of(EmbeddingDone, events)
    assert [s.features.shape[0] for s in snapshots] == [16, 16]
    assert snapshots[0].features.dtype == np.float16
    assert (snapshots[0].index == snapshots[1].index).all()
    for event in of(PicturesReady, events):
        for picture in event.pictures.values():
            assert picture.dtype == np.uint8
            assert picture.shape[2] == 3


def test_evaluating_does_not_change_the_losses(small: Small) -> None:
    losses = []
    for changes in (
        {"knn_every": 1, "embed_images": 32, "diagnose_every": 1},
        {"knn_every": 1000, "embed_images": 0, "pictures": False},
    ):
        events: list[Event] = []
        train(small("byol", {"monitor": changes}), events.append, Control())
        losses.append([step.loss for step in of(StepDone, events)])
    assert losses[0] == losses[1]


# The candidates of evolving_loss are trained at a constant rate.
@pytest.mark.parametrize("id", [row.id for row in CATALOGUE if row.id != "evolving_loss"])
def test_the_reported_rate_follows_the_schedule(id: str, prepared: Callable[..., Session]) -> None:
    session = prepared(id, {"train": {"batch": 2}})
    session.step = 3
    _, rate = take_step(session)
    # Each stage has its own schedule.
    span = session.span
    factor = rate_factor(session.config.optim, 3 - span.first, span.last - span.first)
    assert rate == pytest.approx(session.config.optim.lr * factor)


def test_accumulated_batches_make_one_step_of_the_mean_gradient(prepared: Callable[..., Session]) -> None:
    # Rotation without batch statistics: the mean gradient over two batches is the gradient of both together.
    given = {
        "backbone": {"name": "vit_micro"},
        "optim": {"name": "sgd", "lr": 1.0, "weight_decay": 0.0, "momentum": 0.0, "warmup": 0.0},
    }
    apart = prepared("rotation", {**given, "optim": {**given["optim"], "accumulate": 2}})
    start = apart.method.classifier.weight.detach().clone()
    gradients = []
    for part in range(2):
        one = prepared("rotation", given)
        one.method(one.batches.at(part), loop.progress(one)).loss.backward()
        gradients.append(one.method.classifier.weight.grad)
    take_step(apart)
    assert torch.allclose(start - apart.method.classifier.weight, (gradients[0] + gradients[1]) / 2, atol=1e-6)


def test_the_remaining_batches_of_an_epoch_make_a_step(prepared: Callable[..., Session]) -> None:
    """Five batches, two per step: the third step has the gradient of the remaining one."""
    optim = {"name": "sgd", "lr": 1.0, "weight_decay": 0.0, "momentum": 0.0, "warmup": 0.0, "schedule": "constant"}
    fifth = len(prepared("rotation").dataset.splits["train"]) // 5
    given = {"backbone": {"name": "vit_micro"}, "train": {"batch": fifth, "steps": 0, "epochs": 1}}
    apart = prepared("rotation", {**given, "optim": {**optim, "accumulate": 2}})
    start = apart.method.classifier.weight.detach().clone()
    apart.step = 2
    take_step(apart)
    one = prepared("rotation", {**given, "optim": optim})
    one.method(one.batches.at(4), loop.progress(one)).loss.backward()
    assert torch.allclose(start - apart.method.classifier.weight, one.method.classifier.weight.grad, atol=1e-6)


def test_an_accumulating_run_resumes_in_the_middle_of_an_epoch(
    small: Small, prepared: Callable[..., Session], tmp_path: Path
) -> None:
    fifth = len(prepared("simclr").dataset.splits["train"]) // 5
    changes = {"train": {"batch": fifth, "steps": 0, "epochs": 2}, "optim": {"accumulate": 2}}
    whole: list[Event] = []
    train(small("simclr", changes), whole.append, Control())
    broken: list[Event] = []
    control = Control()

    def stop(event: Event) -> None:
        broken.append(event)
        if isinstance(event, StepDone) and event.step == 2:
            control.stop()

    assert train(small("simclr", changes), stop, control, tmp_path).step == 2
    assert resume(tmp_path, broken.append, Control()).step == 6
    assert [(e.step, e.epoch, e.loss, e.lr) for e in of(StepDone, broken)] == [
        (e.step, e.epoch, e.loss, e.lr) for e in of(StepDone, whole)
    ]


@pytest.mark.parametrize(
    ("id", "backbone", "advice"),
    [
        ("simclr", "resnet10_narrow", "does not make up for it"),
        ("rotation", "resnet10_narrow", "Batch normalisation sees the smaller batches"),
        ("rotation", "vit_micro", "Raise optim.accumulate to make up"),
    ],
)
def test_accumulation_is_recommended_only_where_it_equals_a_larger_batch(
    id: str, backbone: str, advice: str, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(session: Session) -> None:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(loop, "take_step", full)
    events: list[Event] = []
    train(small(id, {"backbone": {"name": backbone}}), events.append, Control())
    assert advice in of(RunFailed, events)[0].remedy


@pytest.mark.parametrize(
    "error", [IndexError("amax()"), KeyError("bank"), ZeroDivisionError(), RuntimeError("shape"), MemoryError()]
)
def test_an_error_in_pictures_does_not_end_the_run(error: Exception, small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: SimCLR, batch: Batch) -> dict[str, torch.Tensor]:
        raise error

    monkeypatch.setattr(SimCLR, "pictures", fail)
    events: list[Event] = []
    assert train(small("simclr", {"train": {"steps": 2}}), events.append, Control()).state == "finished"
    messages = [event.message for event in of(Warned, events) if event.key == "pictures"]
    assert messages
    assert all("pictures could not be made" in one and type(error).__name__ in one for one in messages)


def test_clipping_limits_the_gradient_norm(prepared: Callable[..., Session]) -> None:
    optim = {"name": "sgd", "lr": 1.0, "weight_decay": 0.0, "momentum": 0.0, "warmup": 0.0, "clip": 0.01}
    session = prepared("simclr", {"optim": optim})
    before = [p.detach().clone() for p in session.method.parameters()]
    take_step(session)
    moved = torch.cat([(p - b).flatten() for p, b in zip(session.method.parameters(), before, strict=True)])
    assert moved.norm().item() == pytest.approx(0.01, rel=1e-3)


def test_a_stop_before_the_first_step(small: Small, tmp_path: Path) -> None:
    control = Control()
    control.stop()
    events: list[Event] = []
    run = train(small("simclr"), events.append, control, tmp_path)
    assert (run.state, run.step) == ("stopped", 0)
    assert of(StepDone, events) == []
    assert checkpoint_path(tmp_path).exists()


def test_pause_suspends_the_run_and_stop_ends_it(small: Small) -> None:
    control, events = Control(), list[Event]()
    held = threading.Event()

    def emit(event: Event) -> None:
        events.append(event)
        if isinstance(event, StepDone) and event.step == 2:
            control.pause()
            held.set()

    thread = threading.Thread(target=train, args=(small("simclr"), emit, control))
    thread.start()
    assert held.wait(30)
    thread.join(0.3)
    assert thread.is_alive()
    assert [step.step for step in of(StepDone, events)] == [1, 2]
    control.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert events[-1] == RunEnded("stopped", 2, events[-1].seconds)  # type: ignore[union-attr]


def test_a_pause_does_not_count_as_training_time(small: Small) -> None:
    control, events = Control(), list[Event]()
    timer: list[threading.Timer] = []

    def emit(event: Event) -> None:
        events.append(event)
        if isinstance(event, StepDone) and event.step == 2:
            control.pause()
            timer.append(threading.Timer(1.5, control.unpause))
            timer[0].start()

    assert train(small("simclr"), emit, control).state == "finished"
    timer[0].join()
    steps = of(StepDone, events)
    assert steps[2].seconds - steps[1].seconds < 1.5


def test_a_checkpoint_is_written_on_request(small: Small, tmp_path: Path) -> None:
    control, events = Control(), list[Event]()

    def emit(event: Event) -> None:
        events.append(event)
        if isinstance(event, StepDone) and event.step == 2:
            control.checkpoint()

    train(small("simclr"), emit, control, tmp_path)
    assert [saved.step for saved in of(CheckpointSaved, events)] == [2, 6]


def test_a_diverging_run_fails_with_a_message_and_a_remedy(small: Small) -> None:
    wild = {"optim": {"name": "sgd", "lr": 100.0, "warmup": 0.0, "schedule": "constant"}, "train": {"steps": 60}}
    events: list[Event] = []
    run = train(small("mae", wild), events.append, Control())
    failed = events[-1]
    assert isinstance(failed, RunFailed)
    assert run.state == "failed"
    assert run.error == failed.message
    assert "diverged" in failed.message
    assert f"step {of(StepDone, events)[-1].step}" in failed.message
    assert "optim.lr" in failed.remedy


def test_a_full_disk_gives_a_warning_and_training_continues(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch_save, calls = torch.save, []

    def full_twice(state: Any, file: Any) -> None:
        calls.append(state)
        file.write(b"half of a checkpoint")
        if len(calls) <= 2:
            raise OSError(28, "No space left on device")
        torch_save(state, file)

    monkeypatch.setattr(torch, "save", full_twice)
    events: list[Event] = []
    run = train(small("simclr", {"train": {"checkpoint_seconds": 0.0001}}), events.append, Control(), tmp_path)
    assert run.state == "finished"
    warned = of(Warned, events)
    assert [w.step for w in warned] == [1, 2]
    assert "No space left on device" in warned[0].message
    assert "training goes on" in warned[0].message
    assert not list(tmp_path.rglob("*.part"))


def test_a_run_whose_last_checkpoint_was_not_written_is_failed(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code and status must not claim that the weights are stored."""
    torch_save, full = torch.save, []

    def save(state: Any, file: Any) -> None:
        if full:
            raise OSError(28, "No space left on device")
        torch_save(state, file)

    monkeypatch.setattr(torch, "save", save)
    config = small("simclr", {"train": {"steps": 5, "checkpoint_seconds": 0.0001}, "monitor": {"pictures": False}})
    folder = create_folder(tmp_path, config)

    def emit(event: Event) -> None:
        writer(event)
        if isinstance(event, CheckpointSaved) and event.step == 3:
            full.append(event)

    with RunWriter(folder) as writer:
        run = train(config, emit, Control(), folder)
    status = read_status(folder)
    assert (run.state, status.state) == ("failed", "failed")
    assert "what was learned after step 3 is not saved" in status.error
    assert "No space left on device" in status.error
    assert "Free some space" in status.remedy
    assert "step 3" in status.remedy
    full.clear()
    with RunWriter(folder) as writer:
        assert resume(folder, writer, Control()).state == "finished"
    steps = [line["step"] for line in read_metrics(folder)[0] if line["event"] == "StepDone"]
    assert steps == [1, 2, 3, 4, 5]
    assert read_status(folder).error == ""


def test_metrics_are_synced_before_the_checkpoint_of_their_step(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order protects against a power failure: metrics are synced, then the checkpoint, then it is renamed."""
    done: list[tuple[str, int]] = []
    folder = create_folder(tmp_path, small("simclr"))

    def synced(path: Path) -> None:
        steps = [line["step"] for line in read_metrics(folder)[0] if line["event"] == "StepDone"]
        if path.name == "metrics.jsonl":
            done.append((path.name, max(steps, default=0)))

    def written(temporary: Path) -> None:
        if temporary.name == ".last.pt.part":
            done.append((temporary.name, int(torch.load(temporary, weights_only=True)["step"])))

    def named(directory: Path) -> None:
        if directory.name == "checkpoints":
            done.append(("last.pt", int(torch.load(directory / "last.pt", weights_only=True)["step"])))

    monkeypatch.setattr("engine.runs.writer.sync_file", synced)
    monkeypatch.setattr("engine.runs.atomic_write.sync_file", written)
    monkeypatch.setattr("engine.runs.atomic_write.sync_directory", named)
    with RunWriter(folder) as writer:
        train(small("simclr", {"train": {"steps": 4, "checkpoint_seconds": 0.0001}}), writer, Control(), folder)
    saved = [(number, step) for number, (name, step) in enumerate(done) if name == "last.pt"]
    assert [step for _, step in saved] == [1, 2, 3, 4, 4]
    for number, step in saved:
        assert done[number - 1] == (".last.pt.part", step)
        assert ("metrics.jsonl", step) in done[: number - 1]


def test_no_checkpoint_is_written_if_metrics_cannot_be_written(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, events = create_folder(tmp_path, small("simclr")), list[Event]()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def emit(event: Event) -> None:
        events.append(event)
        if isinstance(event, RunStarted):
            monkeypatch.setattr(writer, "_append", refuse)
        writer(event)

    with RunWriter(folder) as writer:
        run = train(small("simclr", {"train": {"steps": 3, "checkpoint_seconds": 0.0001}}), emit, Control(), folder)
    assert run.state == "failed"
    assert of(CheckpointSaved, events) == []
    assert not checkpoint_path(folder).exists()


@pytest.mark.parametrize("left", [False, True])
def test_a_run_whose_folder_is_deleted_ends_and_does_not_create_it_again(small: Small, tmp_path: Path, left: bool) -> None:
    config = small("simclr", {"train": {"steps": 500, "checkpoint_seconds": 0.0001}})
    folder, events = create_folder(tmp_path, config), list[Event]()

    def emit(event: Event) -> None:
        events.append(event)
        writer(event)
        if isinstance(event, StepDone) and event.step == 2:
            while folder.exists():  # the writer's thread may add a file during the deletion
                shutil.rmtree(folder, ignore_errors=True)
            if left:  # deleted while writing: the folder exists without its config
                folder.mkdir()

    with RunWriter(folder) as writer:
        run = train(config, emit, Control(), folder)
    assert run.state == "failed"
    assert run.step < 10
    assert "deleted or moved" in run.error
    assert left or not folder.exists()
    assert not (folder / "checkpoints").exists()


def test_a_failed_write_keeps_the_previous_checkpoint(
    prepared: Callable[..., Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = prepared("rotation")
    checkpoint.save(session, tmp_path)
    whole = checkpoint_path(tmp_path).read_bytes()

    def full(state: Any, file: Any) -> None:
        file.write(b"half")
        raise RuntimeError("unexpected pos 64 vs 0")  # torch's error on a full disk

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="could not be written"):
        checkpoint.save(session, tmp_path)
    assert checkpoint_path(tmp_path).read_bytes() == whole


def test_an_error_of_the_method_ends_the_run_and_not_the_program(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(session: Session) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(loop, "take_step", broken)
    events: list[Event] = []
    assert train(small("simclr"), events.append, Control()).state == "failed"
    failed = events[-1]
    assert isinstance(failed, RunFailed)
    assert "out of memory" in failed.message
    assert "train.batch" in failed.remedy
    assert "broken" in failed.traceback


def test_a_run_can_be_stopped_while_the_data_are_opened(small: Small, tmp_path: Path) -> None:
    events: list[Event] = []
    control = Control()
    control.stop()
    config = small("simclr")
    data = config.data.model_copy(update={"seed": 4711})  # not opened before
    run = train(config.model_copy(update={"data": data}), events.append, control, tmp_path)
    assert (run.state, run.step) == ("stopped", 0)
    assert events == [RunEnded("stopped", 0, 0.0)]


@pytest.mark.parametrize(("width", "across"), [(10, 4), (20, 2), (60, 1)])
def test_a_sheet_has_fewer_wide_pictures_per_row(width: int, across: int) -> None:
    images = torch.arange(8.0).view(8, 1, 1, 1).expand(8, 3, 10, width) / 8
    sheet = _sheet(images)
    assert sheet.shape == (8 // across * 10, across * width, 3)
    assert sheet[0, across * width - 1, 0] == round((across - 1) / 8 * 255)
