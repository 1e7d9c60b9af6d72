"""Save and restore sessions. Tensors and plain types only, so that a checkpoint loads with weights_only=True."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from engine.config.errors import ConfigError, Problem
from engine.evaluate.encoder import read_checkpoint
from engine.runs import formats
from engine.runs.atomic_write import atomic_write, set_aside, sync_file
from engine.runs.reader import checkpoint_path
from engine.train.setup import Session

PREVIOUS = "previous.pt"
# Other files in the folder: weights of an epoch, and damaged checkpoints that were renamed.
_STAGE = re.compile(r"(?!last\.|previous\.|epoch_\d)[^.]+\.pt")


def save(session: Session, folder: Path) -> Path:
    """Save the session atomically: a killed process or a full disk leaves the checkpoint before it. That one is kept as a second
    file, in case the newest is damaged. OSError on failure."""
    state: dict[str, Any] = {
        "format": formats.CHECKPOINT,
        "step": session.step,
        "epoch": session.step // session.steps_per_epoch,
        "seconds": session.seconds,
        "clock": session.clock.seconds,
        "losses": torch.stack(session.losses).float().cpu() if session.losses else torch.zeros(0),
        "method": session.method.state_dict(),
        "optimiser": session.optimiser.state_dict(),
        **(
            {"optimisers": {name: own.state_dict() for name, own in session.own_optimisers.items()}}
            if session.own_optimisers
            else {}
        ),
        **({"feed": feed} if (feed := session.batches.state_dict()) else {}),
        **_data(session),
    }
    return _write(checkpoint_path(folder), state, previous_path(folder))


def kept_epochs(epochs: int, keep: int) -> list[int]:
    """After which of a run's epochs a checkpoint is kept: `keep` of them, evenly, fewer where there are not so many. Not after the
    last, whose checkpoint stays anyway."""
    return sorted({round(epochs * number / (keep + 1)) for number in range(1, keep + 1)} - {0, epochs})


def save_weights(session: Session, folder: Path, epoch: int) -> Path:
    """Save the method's weights after an epoch, without the training state, to a file that later ones do not replace. Atomic;
    OSError on failure."""
    state = {
        "format": formats.CHECKPOINT,
        "step": session.step,
        "epoch": epoch,
        "method": session.method.state_dict(),
        **_data(session),
    }
    return _write(checkpoint_path(folder, epoch), state)


def _data(session: Session) -> dict[str, Any]:
    """The normalisation of training, which `engine.evaluate.encoder.trained_on` reads: the network cannot be used without it."""
    dataset = session.dataset
    return {"data": dataset.name, "mean": torch.tensor(dataset.mean), "std": torch.tensor(dataset.std)}


def _write(path: Path, state: dict[str, Any], before: Path | None = None) -> Path:
    """Write a checkpoint; the file that was at `path` becomes `before`, if that is given."""
    try:
        # Without its parents: the folder of a deleted run must not be created again.
        path.parent.mkdir(exist_ok=True)
        with atomic_write(path, one_writer=True) as temporary:
            try:
                _save(state, temporary)
            except (OSError, RuntimeError):
                # Three checkpoints at the same time may not fit on the disk.
                if before is None or not before.exists():
                    raise
                before.unlink()
                _save(state, temporary)
            if before is not None and path.exists():
                _link(path, before)
    except (OSError, RuntimeError) as error:
        # torch reports a failed write as a RuntimeError.
        raise OSError(f"{path} could not be written: {error}") from error
    return path


def _save(state: dict[str, Any], temporary: Path) -> None:
    with temporary.open("wb") as file:
        torch.save(state, file)
    # Before the older checkpoint is renamed: on a file system without hard links it then has only the new name.
    sync_file(temporary)


def _link(path: Path, before: Path) -> None:
    """Keep the file at `path` as `before`: by a hard link or, where the file system has none, by renaming it."""
    link = before.with_suffix(".link")
    try:
        link.unlink(missing_ok=True)
        os.link(path, link)
        link.replace(before)
    except OSError:
        path.replace(before)


def previous_path(folder: Path) -> Path:
    """The path of the checkpoint before the newest, which exists until the run is finished."""
    return checkpoint_path(folder).with_name(PREVIOUS)


def drop_previous(folder: Path) -> None:
    """Delete the second checkpoint of a finished run."""
    with contextlib.suppress(OSError):
        previous_path(folder).unlink(missing_ok=True)


def keep(folder: Path, name: str) -> Path:
    """A copy of the newest checkpoint that later ones do not replace: checkpoints/`name`.pt. OSError on failure."""
    newest = checkpoint_path(folder)
    kept = newest.with_name(f"{name}.pt")
    with atomic_write(kept, one_writer=True) as temporary:
        shutil.copyfile(newest, temporary)
    return kept


@dataclass(frozen=True, eq=False)
class LoadedCheckpoint:
    """A loaded checkpoint to resume from. `note`: a message where it is not the newest."""

    path: Path
    state: dict[str, Any]
    note: str = ""


def newest(folder: Path) -> LoadedCheckpoint | None:
    """The newest intact checkpoint of a run: the last one, the one before it, or that of a stage. None where the run has none. A
    damaged newest one is renamed, so that it is not used again. ConfigError where all are damaged."""
    last, first = checkpoint_path(folder), None
    for path in (last, previous_path(folder), *_of_stages(folder)):
        if not path.exists():
            continue
        try:
            state = read_checkpoint(path)
        except ConfigError as error:
            first = first or error
            continue
        step = state.get("step")
        note = ""
        if path != last:
            why = "is missing" if first is None else "is damaged"
            note = (
                f"The newest checkpoint, {last.parent.name}/{last.name}, {why}. The run goes on from the one before it, "
                f"{path.name}, of step {step}; the steps after it are trained again."
            )
            if first is not None and last.exists():
                aside = set_aside(last)
                note += f" The damaged file is kept as {aside.name}."
        return LoadedCheckpoint(path, state, note)
    if first is not None:
        raise first
    return None


def _of_stages(folder: Path) -> list[Path]:
    """Checkpoints that were kept at the end of a stage, the newest first."""
    by_time = [(path.stat().st_mtime, path) for path in checkpoint_path(folder).parent.glob("*.pt") if _STAGE.fullmatch(path.name)]
    return [path for _, path in sorted(by_time, reverse=True)]


def load(session: Session, folder: Path) -> None:
    """Restore a session from its newest checkpoint. ConfigError where the file is damaged or of another network."""
    path = checkpoint_path(folder)
    restore(session, LoadedCheckpoint(path, read_checkpoint(path)))


def restore(session: Session, loaded: LoadedCheckpoint) -> None:
    """Restore a session from a checkpoint. ConfigError where it is of another network or does not fit the optimiser."""
    state = loaded.state
    try:
        step, seconds, losses = int(state["step"]), float(state["seconds"]), state["losses"]
        if step < 0 or not 0 <= seconds < float("inf") or losses.ndim != 1:
            raise ValueError(f"step {step}, seconds {seconds} or the losses of its epoch are out of range")
        own = [(optimiser, state["optimisers"][name]) for name, optimiser in session.own_optimisers.items()]
        optimisers = [(session.optimiser, state["optimiser"]), *own]
        for optimiser, saved in optimisers:
            _check_optimiser(optimiser, saved)
        session.method.load_state_dict(state["method"])
        session.batches.load_state_dict(state.get("feed", {}))
        for optimiser, saved in optimisers:
            _load_optimiser(optimiser, saved)
        session.step, session.seconds = step, seconds
        # Checkpoints of older versions have only the time of the steps.
        clock = float(state.get("clock", seconds))
        session.clock.set(clock if 0 <= clock < float("inf") else seconds)
        session.losses = list(losses.float().to(session.batches.device))
    except (RuntimeError, KeyError, ValueError, TypeError, AttributeError, OverflowError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        message = f"{loaded.path} cannot be loaded: {first.rstrip('.')}. Clone the run to start it anew."
        raise ConfigError([Problem("checkpoint", message)]) from None


def _load_optimiser(optimiser: Optimizer, saved: Any) -> None:
    """Restore the moments of a saved optimiser; its settings are those of the config. The learning rate, which each step sets, is
    restored too: a run killed after its last step then saves the same checkpoint."""
    settings = [{key: value for key, value in group.items() if key not in ("params", "lr")} for group in optimiser.param_groups]
    optimiser.load_state_dict(saved)
    for group, own in zip(optimiser.param_groups, settings, strict=True):
        group.update(own)


def _check_optimiser(optimiser: Optimizer, saved: Any) -> None:
    """ValueError where the saved state of an optimiser does not fit its parameters. PyTorch checks their number and not their
    shapes, and a fused optimiser would write beyond the end of a shorter state."""
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    numbers = [number for group in saved["param_groups"] for number in group["params"]]
    if len(numbers) != len(parameters):
        raise ValueError(f"the optimiser has {len(parameters)} parameters, its saved state {len(numbers)}")
    names: set[str] | None = None
    for number, parameter in zip(numbers, parameters, strict=True):
        state = saved["state"].get(number)
        if state is None:  # a parameter that never had a gradient
            continue
        names = names or set(state)
        if set(state) != names:
            raise ValueError(f"the optimiser's state of parameter {number} has {sorted(state)}, that of others {sorted(names)}")
        for name, value in state.items():
            if not isinstance(value, Tensor):
                continue
            shape = () if name == "step" else tuple(parameter.shape)
            if tuple(value.shape) != shape or not value.is_floating_point():
                got = f"{tuple(value.shape)}, {value.dtype}"
                raise ValueError(f"the optimiser's {name} of parameter {number} must be {shape} numbers, and is {got}")
