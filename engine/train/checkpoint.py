"""A session on disk and back. Tensors and plain types only, so that a checkpoint loads with weights_only=True."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import torch

from engine.config.errors import ConfigError, Problem
from engine.evaluate.encoder import read_checkpoint
from engine.runs.reader import checkpoint_path
from engine.train.setup import Session

FORMAT = 1


def save(session: Session, folder: Path) -> Path:
    """Write the session whole or not at all: a killed process or a full disk leaves the one before it. OSError on failure."""
    state: dict[str, Any] = {
        "format": FORMAT,
        "step": session.step,
        "epoch": session.step // session.steps_per_epoch,
        "seconds": session.seconds,
        "clock": session.clock.seconds,
        "losses": torch.stack(session.losses).float().cpu() if session.losses else torch.zeros(0),
        "method": session.method.state_dict(),
        "optimiser": session.optimiser.state_dict(),
        **_data(session),
    }
    return _write(checkpoint_path(folder), state)


def kept_epochs(epochs: int, keep: int) -> list[int]:
    """After which of a run's epochs a checkpoint is kept: `keep` of them, evenly, fewer where there are not so many. Not after the
    last, whose checkpoint stays anyway."""
    return sorted({round(epochs * place / (keep + 1)) for place in range(1, keep + 1)} - {0, epochs})


def save_weights(session: Session, folder: Path, epoch: int) -> Path:
    """The method's weights after an epoch, without what only training needs: a file that later ones do not replace. Whole or not at
    all, OSError on failure."""
    state = {"format": FORMAT, "step": session.step, "epoch": epoch, "method": session.method.state_dict(), **_data(session)}
    return _write(checkpoint_path(folder, epoch), state)


def _data(session: Session) -> dict[str, Any]:
    """What `engine.evaluate.encoder.trained_on` reads: the network is of no use to who cannot normalise as it was trained."""
    dataset = session.dataset
    return {"data": dataset.name, "mean": torch.tensor(dataset.mean), "std": torch.tensor(dataset.std)}


def _write(path: Path, state: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except (OSError, RuntimeError) as error:
        part.unlink(missing_ok=True)
        # torch reports a failed write as a RuntimeError.
        raise OSError(f"{path} could not be written: {error}") from error
    return path


def keep(folder: Path, name: str) -> Path:
    """A copy of the newest checkpoint that later ones do not replace: checkpoints/`name`.pt. OSError on failure."""
    newest = checkpoint_path(folder)
    kept = newest.with_name(f"{name}.pt")
    part = kept.with_suffix(".part")
    try:
        shutil.copyfile(newest, part)
        part.replace(kept)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return kept


def load(session: Session, folder: Path) -> None:
    """Put a session where its checkpoint left it. ConfigError where the file is broken or of another network."""
    path = checkpoint_path(folder)
    state = read_checkpoint(path)
    try:
        session.method.load_state_dict(state["method"])
        session.optimiser.load_state_dict(state["optimiser"])
        session.step, session.seconds = int(state["step"]), float(state["seconds"])
        # Checkpoints of older versions know of the steps' time alone.
        session.clock.set(float(state.get("clock", session.seconds)))
        session.losses = list(state["losses"].to(session.batches.device))
    except (RuntimeError, KeyError, ValueError, TypeError, AttributeError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ConfigError([Problem("checkpoint", f"{path} cannot be loaded: {first}. Clone the run to start it anew.")]) from None
