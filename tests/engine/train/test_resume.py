"""An interrupted run is resumed exactly; a run that cannot be resumed gives an error with the reason."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.config.text import to_yaml
from engine.evaluate.encoder import read_checkpoint
from engine.events import CheckpointSaved, EpochDone, Event, RunEnded, RunStarted, StepDone, Warned
from engine.execute import devices
from engine.runs import formats
from engine.runs.reader import checkpoint_path, read_metrics, read_run_config, read_status
from engine.runs.run_folder import create_folder
from engine.runs.writer import RunWriter
from engine.train import checkpoint, loop
from engine.train.control import Control
from engine.train.loop import take_step
from engine.train.setup import Session, prepare
from engine.train.train_run import Longer, resume, train

Small = Callable[..., RunConfig]
ROOT = Path(__file__).resolve().parents[3]

# A run that writes its events and does not reach its end.
CHILD = """
import sys, time
from pathlib import Path
import yaml
from engine.config.run import RunConfig
from engine.config.text import parse, read_yaml
from engine.events import StepDone
from engine.runs.writer import RunWriter
from engine.train import loop
from engine.train.control import Control
from engine.train.train_run import train

loop.REPORT_SECONDS = 0.0
folder = Path(sys.argv[1])
config = parse(RunConfig, read_yaml(folder / "config.yaml"))
writer = RunWriter(folder)

def emit(event):
    writer(event)
    if isinstance(event, StepDone):
        print(event.step, flush=True)
        if event.step >= 9:
            time.sleep(600)

train(config, emit, Control(), folder)
"""


def losses(folder: Path) -> dict[int, float]:
    """Loss by step from the metrics on disk."""
    lines, _ = read_metrics(folder)
    return {line["step"]: line["loss"] for line in lines if "lr" in line}


def test_a_run_killed_within_an_epoch_is_resumed_exactly(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    config = small("moco_v2", {"train": {"batch": 8, "steps": 12, "checkpoint_seconds": 0.0001}, "monitor": {"pictures": False}})
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        folder.mkdir()
        (folder / "config.yaml").write_text(to_yaml(config), encoding="utf-8")
    writer = RunWriter(whole)
    train(config, writer, Control(), whole)
    expected = losses(whole)
    assert sorted(expected) == list(range(1, 13))

    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(broken)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert child.stdout is not None
    for line in child.stdout:
        if int(line) >= 9:
            break
    child.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    child.wait(30)
    child.stdout.close()
    assert checkpoint_path(broken).exists()

    writer = RunWriter(broken)
    run = resume(broken, writer, Control())
    assert (run.state, run.step) == ("finished", 12)
    assert losses(broken) == expected


def test_a_resumed_run_s_epochs_have_the_values_of_an_uninterrupted_run(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    config = small("rotation", {"train": {"batch": 8}})
    whole: list[Event] = []
    train(config, whole.append, Control())
    broken, control = list[Event](), Control()

    def stop_at_two(event: Event) -> None:
        broken.append(event)
        if isinstance(event, StepDone) and event.step == 2:
            control.stop()

    train(config, stop_at_two, control, tmp_path)
    resume(tmp_path, broken.append, Control())
    assert epoch_values(broken) == epoch_values(whole)


def epoch_values(events: list[Event]) -> list[tuple[int, int, float]]:
    return [(e.epoch, e.step, e.loss) for e in events if isinstance(e, EpochDone)]


def test_a_finished_run_is_not_resumed(small: Small, tmp_path: Path) -> None:
    train(small("rotation", {"train": {"steps": 1}}), lambda event: None, Control(), tmp_path)
    with pytest.raises(ConfigError, match=r"is finished.*--more 50 epochs"):
        resume(tmp_path, lambda event: None, Control())


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=str(tmp_path)):
        resume(tmp_path, lambda event: None, Control())


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 torn", None])
def test_a_broken_checkpoint_is_refused(prepared: Callable[..., Session], tmp_path: Path, content: bytes | None) -> None:
    session = prepared("rotation")
    path = checkpoint.save(session, tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(ConfigError, match="checkpoint"):
        checkpoint.load(session, tmp_path)


def test_a_flipped_bit_is_detected_or_harmless(prepared: Callable[..., Session], tmp_path: Path) -> None:
    """A damaged file is refused, or the values read are those written."""
    path = checkpoint.save(prepared("rotation"), tmp_path)
    bytes_, state = path.read_bytes(), torch.load(path, weights_only=True)
    rng, refused = random.Random(0), 0
    for _ in range(40):
        damaged = bytearray(bytes_)
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        try:
            read = read_checkpoint(path)
        except ConfigError:
            refused += 1
        else:
            assert same(read, state)
    assert refused >= 35
    path.write_bytes(bytes_[:4096] + bytes(4096) + bytes_[8192:])
    with pytest.raises(ConfigError, match=r"checkpoint must be readable and whole.*damaged"):
        read_checkpoint(path)


def same(one: Any, other: Any) -> bool:
    """Exact equality of nested values."""
    if isinstance(one, torch.Tensor):
        return isinstance(other, torch.Tensor) and one.dtype == other.dtype and torch.equal(one, other)
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("damage", ["torn", "gone"])
def test_a_damaged_checkpoint_is_replaced_by_the_previous_one(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool, damage: str
) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    if not links:  # exFAT, some network file systems

        def refuse(*_: object) -> None:
            raise OSError(95, "Operation not supported")

        monkeypatch.setattr(os, "link", refuse)
    config = small("moco_v2", {"train": {"batch": 8, "steps": 6, "checkpoint_seconds": 0.0001}, "monitor": {"pictures": False}})
    whole, broken = create_folder(tmp_path, config), create_folder(tmp_path, config)
    with RunWriter(whole) as writer:
        train(config, writer, Control(), whole)
    control = Control()

    def stop_at_four(event: Event) -> None:
        writer(event)
        if isinstance(event, CheckpointSaved) and event.step == 4:
            control.stop()

    with RunWriter(broken) as writer:
        train(config, stop_at_four, control, broken)
    last = checkpoint_path(broken)
    if damage == "torn":
        content = last.read_bytes()
        last.write_bytes(content[: len(content) // 2])
    else:
        last.unlink()
    events: list[Event] = []

    def emit(event: Event) -> None:
        writer(event)
        events.append(event)

    with RunWriter(broken) as writer:
        assert resume(broken, emit, Control()).state == "finished"
    messages = [event.message for event in events if isinstance(event, Warned) and event.key == "checkpoint"]
    assert len(messages) == 1
    assert ("is damaged" if damage == "torn" else "is missing") in messages[0]
    assert "previous.pt, of step 4; the steps after it are trained again" in messages[0]
    assert (last.with_name("last.broken.pt").exists()) == (damage == "torn")
    assert losses(broken) == losses(whole)
    assert not checkpoint.previous_path(broken).exists(), "a finished run needs one checkpoint"
    assert checkpoint_path(broken).exists()


def test_without_a_valid_checkpoint_resuming_is_refused_and_no_file_is_changed(small: Small, tmp_path: Path) -> None:
    config = small("rotation", {"train": {"steps": 3}})
    folder = create_folder(tmp_path, config)
    with RunWriter(folder) as writer:
        train(config, writer, Control(), folder)
    metrics = (folder / "metrics.jsonl").read_bytes()
    for path in (checkpoint_path(folder), checkpoint.previous_path(folder)):
        path.write_bytes(b"PK torn")
    with pytest.raises(ConfigError, match="checkpoint must be readable and whole"), RunWriter(folder) as writer:
        resume(folder, writer, Control())
    assert (folder / "metrics.jsonl").read_bytes() == metrics


def test_the_previous_checkpoint_is_deleted_if_the_disk_is_full(
    prepared: Callable[..., Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = prepared("rotation")
    for _ in range(2):
        checkpoint.save(session, tmp_path)
    previous, torch_save = checkpoint.previous_path(tmp_path), torch.save
    assert previous.exists()

    def room_for_two(state: Any, file: Any) -> None:
        if previous.exists():
            raise OSError(28, "No space left on device")
        torch_save(state, file)

    monkeypatch.setattr(torch, "save", room_for_two)
    session.step = 1
    assert read_checkpoint(checkpoint.save(session, tmp_path))["step"] == 1


@pytest.mark.parametrize("name", ["adamw", "sgd", "lars"])
def test_an_optimiser_state_of_another_shape_is_refused(small: Small, tmp_path: Path, name: str) -> None:
    session = prepare(small("rotation", {"optim": {"name": name}}))
    take_step(session)
    checkpoint.save(session, tmp_path)
    path = checkpoint_path(tmp_path)
    moment = "exp_avg" if name == "adamw" else "momentum_buffer"
    for spoil in (
        lambda state: state.update({moment: torch.zeros(1)}),
        lambda state: state.update({moment: state[moment][:-1]}),
        lambda state: state.update({moment: torch.zeros(state[moment].shape, dtype=torch.int8)}),
        lambda state: state.pop(moment),
    ):
        saved = torch.load(path, weights_only=True)
        spoil(list(saved["optimiser"]["state"].values())[-1])
        torch.save(saved, tmp_path / "spoilt.pt")
        with pytest.raises(ConfigError, match=r"spoilt\.pt cannot be loaded: the optimiser"):
            checkpoint.restore(
                session, checkpoint.LoadedCheckpoint(tmp_path / "spoilt.pt", read_checkpoint(tmp_path / "spoilt.pt"))
            )
    saved = torch.load(path, weights_only=True)
    saved["optimiser"]["param_groups"][0].update(lr=float("nan"), weight_decay=1e9)
    torch.save(saved, path)
    checkpoint.load(session, tmp_path)
    assert session.optimiser.param_groups[0]["weight_decay"] == session.config.optim.weight_decay


def test_a_run_killed_after_its_last_checkpoint_is_completed(small: Small, tmp_path: Path) -> None:
    config = small("rotation", {"train": {"steps": 3}, "monitor": {"pictures": False}})
    folder = create_folder(tmp_path, config)

    def die(event: Event) -> None:
        if isinstance(event, RunEnded):
            raise KeyboardInterrupt
        writer(event)

    with pytest.raises(KeyboardInterrupt), RunWriter(folder) as writer:
        train(config, die, Control(), folder)
    assert read_status(folder).state == "interrupted"
    saved = read_checkpoint(checkpoint_path(folder))
    with RunWriter(folder) as writer:
        assert resume(folder, writer, Control()).state == "finished"
    assert read_status(folder).state == "finished"
    # The run's time includes the time of its end.
    assert same({**read_checkpoint(checkpoint_path(folder)), "clock": 0.0}, {**saved, "clock": 0.0})
    assert sorted(losses(folder)) == [1, 2, 3]
    with pytest.raises(ConfigError, match="is finished"):
        resume(folder, lambda event: None, Control())


def test_a_checkpoint_of_another_network_is_refused(prepared: Callable[..., Session], tmp_path: Path) -> None:
    checkpoint.save(prepared("rotation"), tmp_path)
    with pytest.raises(ConfigError, match="cannot be loaded"):
        checkpoint.load(prepared("simclr"), tmp_path)


def test_a_checkpoint_has_plain_types_only(prepared: Callable[..., Session], tmp_path: Path) -> None:
    path = checkpoint.save(prepared("dino"), tmp_path)
    state = torch.load(path, weights_only=True)
    assert state["step"] == 0
    assert state["format"] == formats.CHECKPOINT


def test_a_run_of_a_missing_device_is_refused(small: Small, tmp_path: Path) -> None:
    config = prepare(small("rotation")).config
    away = config.model_copy(update={"train": config.train.model_copy(update={"device": "cuda:99"})})
    (tmp_path / "config.yaml").write_text(to_yaml(away), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"train\.device must be .*Got 'cuda:99'.*--device auto"):
        resume(tmp_path, lambda event: None, Control())


@pytest.mark.parametrize("device", ["auto", "cpu", "in the config"])
def test_a_run_is_resumed_on_another_device(small: Small, tmp_path: Path, device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the option that the error names, or by the device in the config; the precision is that of the new device."""
    monkeypatch.setattr(devices, "devices", lambda: (devices.Device("cpu", "a CPU", 1, 1),))
    monkeypatch.setattr(devices, "_supports", lambda check: False)
    train(small("rotation", {"train": {"steps": 2}}), lambda event: None, Control(), tmp_path)
    config = read_run_config(tmp_path)
    update = {"device": "auto" if device == "in the config" else "cuda:7", "precision": "bf16", "steps": 4, "threads": 999}
    away = config.model_copy(update={"train": config.train.model_copy(update=update)})
    (tmp_path / "config.yaml").write_text(to_yaml(away), encoding="utf-8")
    events: list[Event] = []
    run = resume(tmp_path, events.append, Control(), device="" if device == "in the config" else device)
    assert (run.state, run.step) == ("finished", 4)
    kept = read_run_config(tmp_path).train
    assert (kept.device, kept.precision) == ("cpu", "fp32")
    assert kept.threads < 999
    messages = [event.message for event in events if isinstance(event, Warned) and event.key == "train.device"]
    assert len(messages) == (device != "in the config")
    assert all(line.startswith("The run goes on on cpu in fp32, after cuda:7 in bf16") for line in messages)


def test_a_missing_checkpoint_is_reported_and_no_file_is_changed(small: Small, tmp_path: Path) -> None:
    with RunWriter(tmp_path) as writer:
        train(small("rotation", {"train": {"steps": 2}}), writer, Control(), tmp_path)
    before = (tmp_path / "metrics.jsonl").read_bytes()
    checkpoint_path(tmp_path).unlink()
    for longer in (None, Longer(9, "steps")):
        with pytest.raises(ConfigError, match=r"last\.pt is missing: the run cannot go on from step 2.*[Cc]lone"):
            resume(tmp_path, lambda event: None, Control(), longer=longer)
    assert (tmp_path / "metrics.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("longer", "epochs", "steps", "total"),
    [
        (Longer(3, "epochs"), 3, 0, 9),
        pytest.param(Longer(2, "epochs", more=True), 4, 0, 12, marks=pytest.mark.slow),
        pytest.param(Longer(13, "steps"), 5, 13, 13, marks=pytest.mark.slow),
        (Longer(7, "steps", more=True), 5, 13, 13),
    ],
)
def test_a_finished_run_is_trained_longer(
    small: Small, tmp_path: Path, longer: Longer, epochs: int, steps: int, total: int
) -> None:
    """Its config repeats the complete run."""
    config = small("rotation", {"train": {"steps": 6, "epochs": 5, "batch": 16}})
    folder, again = tmp_path / "one", tmp_path / "two"
    folder.mkdir()
    again.mkdir()
    events: list[Event] = []
    train(config, events.append, Control(), folder)
    per_epoch = next(event for event in events if isinstance(event, RunStarted)).steps_per_epoch
    assert per_epoch == 3
    run = resume(folder, events.append, Control(), longer=longer)
    assert (run.state, run.step) == ("finished", total)
    kept = read_run_config(folder).train
    assert (kept.epochs, kept.steps, kept.minutes) == (epochs, steps, 0)
    assert kept.plan == ((0, 6, 0.0), (6, total, 6 / total))
    rates = {event.step: event.lr for event in events if isinstance(event, StepDone)}
    # The rate is that of a run of the new length.
    assert rates[7] > rates[6]
    repeated: list[Event] = []
    train(read_run_config(folder), repeated.append, Control(), again)
    assert [(e.step, e.loss, e.lr) for e in repeated if isinstance(e, StepDone)] == [
        (e.step, e.loss, e.lr) for e in events if isinstance(e, StepDone)
    ]


@pytest.mark.parametrize(
    ("longer", "message"),
    [
        (Longer(2, "epochs"), r"--epochs must be above the 2 that are done. Got '2'.*--more"),
        (Longer(5, "steps"), r"--steps must be above the 6 that are done"),
    ],
)
def test_a_length_that_is_already_reached_is_refused(small: Small, tmp_path: Path, longer: Longer, message: str) -> None:
    train(small("rotation", {"train": {"steps": 6, "batch": 16}}), lambda event: None, Control(), tmp_path)
    before = (tmp_path / "config.yaml").read_bytes()
    with pytest.raises(ConfigError, match=message):
        resume(tmp_path, lambda event: None, Control(), longer=longer)
    assert (tmp_path / "config.yaml").read_bytes() == before


def test_a_run_killed_before_its_first_checkpoint_starts_again(small: Small, tmp_path: Path) -> None:
    config = prepare(small("rotation", {"train": {"steps": 2}})).config
    (tmp_path / "config.yaml").write_text(to_yaml(config), encoding="utf-8")
    events: list[Event] = []
    assert resume(tmp_path, events.append, Control()).step == 2
    assert [e.step for e in events if isinstance(e, StepDone)] == [1, 2]


def test_a_resumed_run_s_time_continues(small: Small, tmp_path: Path) -> None:
    control, events = Control(), list[Event]()

    def emit(event: Event) -> None:
        events.append(event)
        if isinstance(event, StepDone) and event.step >= 2:
            control.stop()

    train(small("rotation"), emit, control, tmp_path)
    time.sleep(0.2)
    resume(tmp_path, events.append, Control())
    seconds = [e.seconds for e in events if isinstance(e, StepDone)]
    assert seconds == sorted(seconds)
