"""A run from start to end: `train` begins one, `resume` goes on with one."""

from __future__ import annotations

import traceback
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import nn

from engine.catalogue import entry
from engine.config.errors import ConfigError, Problem
from engine.config.notes import SCALED_RATE
from engine.config.run import RunConfig
from engine.data.dataset import Dataset
from engine.data.open import open_dataset
from engine.data.run_images import keep_manifest, resumable
from engine.data.source import Cancelled
from engine.evaluate.encoder import as_trained, seen_by
from engine.events import Emit, RunEnded, RunFailed, RunStarted, Warned
from engine.runs.folder import write_config
from engine.runs.lock import writing
from engine.runs.manifest import read_manifest
from engine.runs.reader import read_metrics, read_run_config, read_status, truncate_metrics
from engine.runs.status import FILE as STATUS
from engine.train import checkpoint
from engine.train.control import Control
from engine.train.devices import resolve_device
from engine.train.dryrun import threads, with_steps
from engine.train.loop import TrainingError, run_loop
from engine.train.resolve import notes
from engine.train.setup import Session, prepare
from engine.train.watch import watched


@dataclass(frozen=True)
class Run:
    """How a run ended: `folder` is None where nothing was written, `error` is empty unless it failed."""

    folder: Path | None
    state: Literal["finished", "stopped", "failed"]
    step: int
    error: str = ""


def train(config: RunConfig, emit: Emit, control: Control, folder: Path | None = None) -> Run:
    """Train a resolved config. `emit` hears of everything, `folder` gets the complete config and the checkpoints.

    Errors of the config, and a folder that another process writes, raise ConfigError before the first event; errors of the run are
    told as RunFailed. A stop is obeyed while the data are opened, too."""
    with writing(folder) if folder is not None else nullcontext():
        return _train(config, emit, control, folder)


def _train(config: RunConfig, emit: Emit, control: Control, folder: Path | None) -> Run:
    dataset = _opened(config, control)
    if dataset is None:
        emit(RunEnded("stopped", 0, 0.0))
        return Run(folder, "stopped", 0)
    session = prepare(with_steps(config, dataset), dataset)
    if folder is not None:
        write_config(folder, session.config)
        keep_manifest(folder, dataset, session.config.data.source)
    return _run(session, emit, control, folder)


def resume(folder: Path, emit: Emit, control: Control) -> Run:
    """Go on from a run's newest checkpoint, with the numbers that it would have had without the break. Metrics written after that
    checkpoint are taken back. ConfigError where the folder holds no run, or a finished one, and where another process writes it."""
    config = read_run_config(folder)
    with writing(folder):
        return _resume(folder, config, emit, control)


def _resume(folder: Path, config: RunConfig, emit: Emit, control: Control) -> Run:
    resolve_device(config.train.device)  # the run may come from another machine
    dataset = _opened(config, control)
    if dataset is None:
        return Run(folder, "stopped", read_status(folder).step)  # the folder says what it said
    found = checkpoint.newest(folder)
    dataset = as_trained(folder, config, dataset, seen_by(found.state) if found is not None else None)
    resumable(folder, dataset)
    # A run that was killed while it measured its speed has no steps yet.
    config = with_steps(config, dataset)
    session = prepare(config, dataset)
    write_config(folder, session.config)
    if read_manifest(folder) is None:
        # An older version began the run: from here on its images are known.
        keep_manifest(folder, dataset, session.config.data.source)
    if found is not None:
        checkpoint.restore(session, found)
    if session.step >= session.steps and not _end_untold(folder):
        raise ConfigError([Problem("run", f"{folder} is finished: all {session.steps} steps are done. Clone it to train longer.")])
    truncate_metrics(folder, session.step)
    return _run(session, emit, control, folder, found.note if found is not None else "")


def _end_untold(folder: Path) -> bool:
    """Whether a run whose steps are all done was killed between its last checkpoint and the word that it finished."""
    try:
        return (folder / STATUS).exists() and read_status(folder).state != "finished"
    except ConfigError:  # a status that the loss of power took
        return True


def _opened(config: RunConfig, control: Control) -> Dataset | None:
    """The data; None where a stop came before they were there."""

    def heed(share: float, line: str) -> None:
        if control.stopping:
            raise Cancelled

    try:
        return open_dataset(config.data, heed)
    except Cancelled:
        return None


def _run(session: Session, emit: Emit, control: Control, folder: Path | None, note: str = "") -> Run:
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
        )
    )
    for key, message in [*_remarks(session), *([("checkpoint", note)] if note else [])]:
        emit(Warned(message, session.step, key))
    try:
        return Run(folder, run_loop(session, emit, control, folder), session.step)
    except TrainingError as error:
        return _failed(session, emit, folder, str(error), error.remedy)
    except torch.OutOfMemoryError:
        return _failed(session, emit, folder, f"{config.train.device} ran out of memory.", _smaller(session))
    except MemoryError:
        return _failed(session, emit, folder, "This machine ran out of memory.", _smaller(session))
    except Exception as error:  # the run ends, the window does not
        said = f"{type(error).__name__}: {error}"
        return _failed(
            session, emit, folder, said, "Resume from the last checkpoint; if it happens again, report it with the traceback."
        )


def _remarks(session: Session) -> list[tuple[str, str]]:
    """What a person should know of the run before its first step, with the key that it belongs to."""
    dataset = session.dataset
    found = [("data.source", note) for note in dataset.notes]
    if dataset.skipped:
        named = "; ".join(dataset.skipped[:3]) + ("; ..." if len(dataset.skipped) > 3 else "")
        found.append(("data.source", f"{len(dataset.skipped)} files could not be read and are left out: {named}"))
    return found + [(note.key, str(note)) for note in notes(session.config) if note.text != SCALED_RATE]


def _smaller(session: Session) -> str:
    """What takes less memory. Accumulated gradients stand for a larger batch only where no image depends on the others of it."""
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
