"""Train or resume a run."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from torch import nn

from engine.backbones.build import is_transformer
from engine.catalogue import entry
from engine.config.errors import ConfigError, Problem, complain, memory_ran_out
from engine.config.notes import SCALED_RATE
from engine.config.run import RunConfig
from engine.data.dataset import Dataset
from engine.data.open import open_dataset
from engine.data.run_images import keep_manifest, resumable
from engine.distributed.launch import passed_on
from engine.distributed.ranks import from_first, lost_rank, ranks
from engine.evaluate.encoder import as_trained, read_checkpoint, seen_by, write_start
from engine.events import Emit, RunEnded, RunFailed, RunStarted, Warned
from engine.execute.devices import check_device, cores, resolve_device, resolve_precision, with_threads
from engine.execute.progress import Cancelled
from engine.runs.lock import writing
from engine.runs.manifest import read_manifest
from engine.runs.reader import checkpoint_path, read_metrics, read_run_config, read_status, truncate_metrics
from engine.runs.run_folder import write_config
from engine.runs.status import FILE as STATUS
from engine.train import checkpoint
from engine.train.control import Control
from engine.train.device_check import check_devices, check_one_process
from engine.train.dry_run import by_minutes, threads, with_steps
from engine.train.health_monitor import watched
from engine.train.loop import TrainingError, run_loop
from engine.train.resolve import notes
from engine.train.setup import Session, prepare

# How long a rank that has lost another one waits for its launcher.
LAUNCHER_SECONDS = 20.0


@dataclass(frozen=True)
class Run:
    """The result of a run: `folder` is None where nothing was written, `error` is empty unless it failed."""

    folder: Path | None
    state: Literal["finished", "stopped", "failed"]
    step: int
    error: str = ""


Unit = Literal["epochs", "steps", "minutes"]


@dataclass(frozen=True)
class Longer:
    """A new length for a resumed run: `amount` "epochs", "steps" or "minutes" in all, or in addition to those that are done
    (`more`)."""

    amount: float
    unit: Unit
    more: bool = False


def train(config: RunConfig, emit: Emit, control: Control, folder: Path | None = None) -> Run:
    """Train a resolved config. `emit` is called with every event; the complete config and the checkpoints are written to `folder`.

    Errors of the config, and a folder that another process writes, raise ConfigError before the first event; errors of the run
    become a RunFailed event. A stop also works while the data are opened. On several ranks each calls it, all but the first without
    a folder."""
    with writing(folder) if folder is not None else nullcontext():
        return _train(_on_ranks(config), emit, control, folder)


def _train(config: RunConfig, emit: Emit, control: Control, folder: Path | None) -> Run:
    with memory_errors(config):
        dataset = _opened(config, control)
        if dataset is None:
            emit(RunEnded("stopped", 0, 0.0))
            return Run(folder, "stopped", 0)
        config, follow = with_threads(config), by_minutes(config)
        session = prepare(with_steps(config, dataset), dataset)
    if follow:
        session.minutes = session.config.train.minutes
    elif session.config.train.plan:
        # The recorded plan is of another run that is repeated; it does not apply to this run or when this run is resumed.
        session.config = _with_train(session.config, minutes=0.0)
    if folder is not None:
        write_config(folder, session.config)
        keep_manifest(folder, dataset, session.config.data.source)
    remarks = []
    if session.start is not None:
        remarks.append(("backbone.weights", f"{session.config.backbone.weights}: {session.start.report()}"))
        if folder is not None and not session.opens:
            write_start(folder, session.start.state)
    return _run(session, emit, control, folder, remarks)


def resume(folder: Path, emit: Emit, control: Control, device: str = "", longer: Longer | None = None) -> Run:
    """Resume from a run's newest checkpoint, with the same numbers as without the interruption. Metrics written after that
    checkpoint are removed.

    `device`: another than the run's own, in the precision that is fast on it. `longer`: another length; from the checkpoint on the
    schedules are those of a run of the new length, so that the learning rate rises again and decays until the new end. ConfigError
    where the folder is no run, where the run is finished and `longer` is None, where its checkpoint is missing, and where another
    process writes it."""
    config, here = read_run_config(folder), ranks()
    before, config = config.train.devices, _on_ranks(_with_train(config, devices=here.size))
    with writing(folder) if ranks().first else nullcontext():
        return _resume(folder, config, emit, control, device, longer, before)


def _resume(folder: Path, config: RunConfig, emit: Emit, control: Control, device: str, longer: Longer | None, devices: int) -> Run:
    remarks = list[tuple[str, str]]()
    if devices != config.train.devices:
        numbers = f"of {config.train.devices} devices, after {devices}"
        remarks.append(("train.devices", f"The run goes on with a number {numbers}: its losses differ by no more than rounding."))
    if device or config.train.device in ("auto", "cuda") or config.train.precision == "auto":
        config, remark = _on_device(config, device or config.train.device)
        config, remarks = _on_own_gpu(config), remarks + remark
    else:
        check_device(config.train.device)
    with memory_errors(config):
        dataset = _opened(config, control)
        if dataset is None:
            return Run(folder, "stopped", read_status(folder).step)  # the notes are in the folder already
        loaded = _newest(folder)
        if loaded is None:
            _check_checkpoint(folder)
        dataset = as_trained(folder, config, dataset, seen_by(loaded.state) if loaded is not None else None)
        resumable(folder, dataset)
        # A run that was killed during its speed measurement has no steps yet.
        config = with_steps(with_threads(config), dataset)
        session = prepare(config, dataset, teacher=loaded is None)
        if loaded is not None:
            checkpoint.restore(session, loaded)
    if loaded is not None and loaded.note:
        remarks.append(("checkpoint", loaded.note))
    if loaded is None and read_metrics(folder)[0]:
        remarks.append(("checkpoint", "The run was broken off before its first checkpoint: it begins anew."))
    if config.train.minutes and config.train.plan:
        session.minutes = config.train.minutes
        # Steps that are in the metrics are repeated with their recorded length; the clock counts after them.
        session.logged = max((int(line["step"]) for line in read_metrics(folder)[0] if line["event"] == "StepDone"), default=0)
    if longer is not None:
        _lengthen(session, longer)
    elif session.step >= session.steps and not _end_unlogged(folder):
        remedy = "Train it longer with --epochs N or --more 50 epochs; a clone would begin anew, with untrained weights."
        raise ConfigError([Problem("run", f"{folder} is finished: all {session.steps} steps are done. {remedy}")])
    if not ranks().first:
        return _run(session, emit, control, None, remarks)
    write_config(folder, session.config)
    if read_manifest(folder) is None:
        # An older version started the run without a list of images: it is written now.
        keep_manifest(folder, dataset, session.config.data.source)
    truncate_metrics(folder, session.step)
    return _run(session, emit, control, folder, remarks)


def _on_ranks(config: RunConfig) -> RunConfig:
    """The config for the number of ranks that have joined, and for the GPU of this one. ConfigError for a run on several devices
    in a process that is not one of its ranks."""
    check_one_process(config)
    here = ranks()
    if here.size == 1:
        return config
    config = _on_own_gpu(_with_train(config, devices=here.size))
    check_devices(config)
    return config


def _on_own_gpu(config: RunConfig) -> RunConfig:
    """The config for the GPU of this rank."""
    several = ranks().size > 1 and config.train.device.startswith("cuda")
    return _with_train(config, device=f"cuda:{ranks().local}") if several else config


def _newest(folder: Path) -> checkpoint.LoadedCheckpoint | None:
    """The newest checkpoint; that of the first rank in all of them."""
    loaded = checkpoint.newest(folder) if ranks().first else None
    path = from_first(loaded.path if loaded is not None else None)
    if ranks().first:
        return loaded
    return checkpoint.LoadedCheckpoint(path, read_checkpoint(path), "") if isinstance(path, Path) else None


def _on_device(config: RunConfig, requested: str) -> tuple[RunConfig, list[tuple[str, str]]]:
    """The config for another device, and remarks about it."""
    before = config.train
    device = resolve_device(requested)
    other = device != before.device
    transformer = is_transformer(config.backbone)
    precision = resolve_precision("auto" if other else before.precision, device, transformer)
    values: dict[str, object] = {"device": device, "precision": precision}
    if other and before.threads > cores():
        values["threads"] = cores()
    after = f"{before.device} in {before.precision}"
    remark = (
        f"The run goes on on {device} in {precision}, after {after}: its numbers from here on differ a little from those there."
    )
    return _with_train(config, **values), [("train.device", remark)] if other and before.device != "auto" else []


def _check_checkpoint(folder: Path) -> None:
    """ConfigError where the checkpoints of a run were deleted: starting anew would erase its curves."""
    lines, _ = read_metrics(folder)
    saved = [int(line.get("step", 0)) for line in lines if line["event"] == "CheckpointSaved"]
    if saved:
        path = checkpoint_path(folder)
        remedy = "Put the file back. Without it clone the run, which trains it anew in a folder of its own; its curves here stay."
        raise ConfigError([Problem("checkpoint", f"{path} is missing: the run cannot go on from step {max(saved)}. {remedy}")])


def _lengthen(session: Session, longer: Longer) -> None:
    """Change the length of a restored session, and record it in its config."""
    step, per_epoch = session.step, session.steps_per_epoch
    values: dict[str, object] = {"minutes": 0.0}
    if longer.unit == "minutes":
        spent = session.clock.seconds / 60.0
        minutes = spent + longer.amount if longer.more else float(longer.amount)
        each = session.clock.seconds / step if step else 1.0
        # A first estimate of the steps; `Pace` revises it by the clock.
        total = step + int((minutes - spent) * 60.0 / each)
        values = {"minutes": minutes}
        session.minutes = minutes
    else:
        each_unit = per_epoch if longer.unit == "epochs" else 1
        total = round(longer.amount * each_unit) + (step if longer.more else 0)
        session.minutes = 0.0
    if total <= step:
        done = {"epochs": f"{step / per_epoch:g}", "steps": f"{step}", "minutes": f"{session.clock.seconds / 60.0:.3g}"}[
            longer.unit
        ]
        raise complain(
            f"--{longer.unit}",
            f"above the {done} that are done",
            f"{longer.amount:g}",
            "Say how many more with --more, for example --more 50 epochs.",
        )
    # The share done in a run of the new length; completed stages are not repeated.
    finished = [stage.share for stage, span in zip(session.method.stages(), session.spans, strict=False) if span.last <= step]
    share = max(step / total, sum(finished))
    session.length = session.length.revised(step, total, share)
    values["plan"] = session.length.plan()
    if longer.unit == "epochs" and total % per_epoch == 0:
        values |= {"epochs": total // per_epoch, "steps": 0}
    else:
        values["steps"] = total
    session.config = _with_train(session.config, **values)


def _with_train(config: RunConfig, **values: object) -> RunConfig:
    return config.model_copy(update={"train": config.train.model_copy(update=values)})


def _end_unlogged(folder: Path) -> bool:
    """Whether a run whose steps are all done was killed between its last checkpoint and its RunEnded event."""
    try:
        return (folder / STATUS).exists() and read_status(folder).state != "finished"
    except ConfigError:  # status.json was lost in a power failure
        return True


def _opened(config: RunConfig, control: Control) -> Dataset | None:
    """The data; None where the run was stopped while they were opened."""

    def heed(share: float, text: str = "", /) -> None:
        if control.stopping:
            raise Cancelled

    try:
        return open_dataset(config.data, heed)
    except Cancelled:
        return None


def _run(session: Session, emit: Emit, control: Control, folder: Path | None, remarks: Sequence[tuple[str, str]] = ()) -> Run:
    config = session.config
    threads(config)
    emit = watched(emit, read_metrics(folder)[0] if folder is not None and session.step else ())
    emit(
        RunStarted(
            run=folder.name if folder else "",
            method=config.method.id,
            data=session.dataset.name,
            device=config.train.device,
            precision=config.train.precision,
            step=session.step,
            steps=session.steps,
            steps_per_epoch=session.steps_per_epoch,
            batch=config.train.batch,
            images=len(session.dataset.splits["train"]),
            parameters=sum(p.numel() for p in session.method.parameters() if p.requires_grad),
            config=config.model_dump(mode="json"),
            chance=session.method.chance(config.train.batch),
            validation=int((session.dataset.labels[session.dataset.splits["validation"]] >= 0).sum()),
        )
    )
    for key, message in (*remarks, *_remarks(session)):
        emit(Warned(message, session.step, key))
    try:
        return Run(folder, run_loop(session, emit, control, folder), session.step)
    except TrainingError as error:
        return _failed(session, emit, folder, str(error), error.remedy)
    except Exception as error:  # the error ends the run, not the window
        if lost_rank(error):
            return _without_rank(session, emit, control, folder)
        if memory_ran_out(error):
            return _failed(session, emit, folder, _no_memory(config), _smaller(session))
        text = f"{type(error).__name__}: {error}"
        return _failed(
            session, emit, folder, text, "Resume from the last checkpoint; if it happens again, report it with the traceback."
        )


def _without_rank(session: Session, emit: Emit, control: Control, folder: Path | None) -> Run:
    """The end of a rank that has lost another one. Its launcher knows which, ends the others and reports it."""
    until = time.monotonic() + LAUNCHER_SECONDS
    while not control.stopping and time.monotonic() < until:
        time.sleep(0.05)
    if passed_on() and control.stopping:
        return Run(folder, "failed", session.step, "another rank has ended")
    remedy = "Resume the run from its last checkpoint, with any number of devices."
    return _failed(session, emit, folder, "Another rank of the run ended, or could no longer be reached.", remedy)


def _remarks(session: Session) -> list[tuple[str, str]]:
    """Remarks for the user before the first step, each with the key of its setting."""
    remarks = list[tuple[str, str]]()
    for key, dataset in (("data.source", session.dataset), ("data.other", session.dataset.other)):
        if dataset is None:
            continue
        remarks += [(key, note) for note in dataset.notes]
        if dataset.skipped:
            named = "; ".join(dataset.skipped[:3]) + ("; ..." if len(dataset.skipped) > 3 else "")
            remarks.append((key, f"{len(dataset.skipped)} files could not be read and are left out: {named}"))
    return remarks + [(note.key, str(note)) for note in notes(session.config) if note.text != SCALED_RATE]


def _no_memory(config: RunConfig) -> str:
    return (
        "This machine ran out of memory." if config.train.device in ("cpu", "auto") else f"{config.train.device} ran out of memory."
    )


@contextmanager
def memory_errors(config: RunConfig) -> Iterator[None]:
    """Turn an out-of-memory error into a ConfigError while there is no run yet that could fail."""
    try:
        yield
    except Exception as error:
        if not memory_ran_out(error):
            raise
        raise ConfigError(
            [Problem("train.batch", f"{_no_memory(config)} Lower train.batch, the views' size or the backbone.")]
        ) from None


def _smaller(session: Session) -> str:
    """A remedy that needs less memory. Gradient accumulation replaces a larger batch only where losses do not depend on the other
    images of the batch."""
    method, title = session.method, entry(session.config.method.id).title
    if method.compares_images:
        because = f"{title} compares the images of one batch with one another, so that optim.accumulate does not make up for it."
    elif any(isinstance(part, nn.modules.batchnorm._BatchNorm) for part in method.modules()):
        because = "Batch normalisation sees the smaller batches, also with optim.accumulate."
    else:
        because = "Raise optim.accumulate to make up for a smaller batch."
    return f"Lower train.batch, the views' size or the backbone. {because}"


def _failed(session: Session, emit: Emit, folder: Path | None, message: str, remedy: str) -> Run:
    emit(RunFailed(message, remedy, traceback.format_exc(), session.step))
    return Run(folder, "failed", session.step, message)
