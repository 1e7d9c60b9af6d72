"""Rebuild the method and encoder of a run from its config and checkpoints, untrained or trained."""

from __future__ import annotations

import os
import pickle
import stat
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.backbones.frozen_teacher import FrozenTeacher
from engine.config.errors import ConfigError, complain
from engine.config.run import RunConfig
from engine.data.dataset import Dataset
from engine.data.open import open_dataset
from engine.data.run_images import run_images
from engine.execute.progress import ProgressCallback
from engine.method import Method
from engine.methods.build_method import build_method
from engine.runs.atomic_write import atomic_write
from engine.runs.reader import checkpoint_epochs, checkpoint_path, read_run_config

# In a run's folder: the weights of a file with which its encoder began.
START = "start.safetensors"


def untrained_encoder(config: RunConfig) -> Backbone:
    """The encoder of a run before its first step, in eval mode."""
    return build_method(config).encoder.eval()


def load_encoder(folder: Path, checkpoint: Path | None = None) -> tuple[Backbone, RunConfig]:
    """The encoder of a run from its checkpoint (the last one, or the file at `checkpoint`), in eval mode on the CPU, and the run's
    config. ConfigError where there is no run, no checkpoint, or one that does not fit the config."""
    method, config = load_method(folder, checkpoint)
    return method.encoder, config


def load_method(folder: Path, checkpoint: Path | None = None) -> tuple[Method, RunConfig]:
    """The whole method of a run, otherwise as `load_encoder`."""
    folder = Path(folder)
    config = read_run_config(folder)
    path = checkpoint or checkpoint_path(folder)
    state = read_checkpoint(path)
    method = build_method(config)
    try:
        method.load_state_dict(state["method"])
    except (KeyError, RuntimeError, TypeError) as error:
        raise complain("checkpoint", "of the method and encoder in config.yaml", _tail(path), _reason(error)) from None
    if not all(bool(torch.isfinite(part).all()) for part in (*method.parameters(), *_numbers(method.encoder))):
        remedy = "The run diverged before it saved it. Take an earlier epoch whose checkpoint was kept, or a smaller learning rate."
        raise complain("checkpoint", "one whose weights are all finite", _tail(path), remedy)
    return method.eval(), config


def _numbers(encoder: Backbone) -> list[Tensor]:
    """Floating-point buffers of an encoder, such as the running statistics of batch normalisation."""
    return [buffer for buffer in encoder.buffers() if buffer.is_floating_point()]


def method_at(folder: Path, epoch: int | None = None) -> tuple[Method, RunConfig]:
    """The whole method of a run as it was after an epoch: 0 before the first step (rebuilt from the seed), else one of which a
    checkpoint was kept, None the newest. In eval mode on the CPU. ConfigError where the run has no such checkpoint."""
    if epoch == 0:
        config = read_run_config(folder)
        method = build_method(config, start=_start_of(folder))
        _take_teachers(method, folder)
        return method.eval(), config
    have = checkpoint_epochs(folder)
    if epoch is not None and epoch not in have:
        known = ", ".join(["0 (untrained)", *map(str, have), "the last"])
        raise complain("epoch", f"one whose checkpoint was kept: {known}", epoch, "Set train.keep to keep more of a new run.")
    return load_method(folder, checkpoint_path(folder, epoch))


def write_start(folder: Path, state: Mapping[str, Tensor]) -> None:
    """Keep the weights of a file with which a run's encoder began, for the run as it was before its first step."""
    with atomic_write(Path(folder) / START) as part:
        part.write_bytes(save({name: value.contiguous() for name, value in state.items()}))


def _start_of(folder: Path) -> Callable[[Backbone], Mapping[str, Tensor]] | None:
    """Gives the weights with which a run's encoder began; None where they were drawn. ConfigError where their copy is damaged."""
    path = Path(folder) / START
    if not path.is_file():
        return None
    try:
        state = load_file(path)
    except (OSError, SafetensorError) as error:
        raise complain(START, "readable and whole", _tail(path), f"{error}.") from None
    return lambda backbone: state


def _take_teachers(method: Method, folder: Path) -> None:
    """Teachers of other runs as they are in the newest checkpoint: they do not change in training. Without one they stay random."""
    names = [name for name, part in method.named_modules() if isinstance(part, FrozenTeacher)]
    if not names or not checkpoint_path(folder).exists():
        return
    state = read_checkpoint(checkpoint_path(folder)).get("method", {})
    for name in names:
        own = {key.removeprefix(f"{name}."): value for key, value in state.items() if key.startswith(f"{name}.")}
        try:
            method.get_submodule(name).load_state_dict(own)
        except RuntimeError as error:
            raise complain("checkpoint", "of the method in config.yaml", _tail(checkpoint_path(folder)), _reason(error)) from None


@dataclass(frozen=True, eq=False)
class TrainedOn:
    """The normalisation that a run was trained with: `mean`, `std` (3,) float32 of its training images at that time, in units of
    0..1; `name` of the data set."""

    name: str
    mean: npt.NDArray[np.float32]
    std: npt.NDArray[np.float32]


def trained_on(folder: Path, epoch: int | None = None) -> TrainedOn | None:
    """The normalisation in the checkpoint of an epoch (see `method_at`), which stays right when the data change. For the untrained
    encoder it is that of the newest checkpoint. None where no checkpoint has it: older versions did not store it."""
    try:
        return seen_by(read_checkpoint(checkpoint_path(Path(folder), epoch or None)))
    except ConfigError:
        return None


def seen_by(state: Mapping[str, Any]) -> TrainedOn | None:
    """The normalisation in a loaded checkpoint; None where it has none."""
    statistics = [state.get(key) for key in ("mean", "std")]
    figures = [part.float().numpy() for part in statistics if isinstance(part, Tensor) and part.shape == (3,)]
    if len(figures) < 2 or not np.isfinite(figures).all() or not (figures[1] > 0).all():
        return None
    return TrainedOn(str(state.get("data", "")), *figures)


def data_of(folder: Path, config: RunConfig, progress: ProgressCallback | None = None) -> Dataset:
    """A run's own images (see `as_trained`), without images that were added to its folder or file later. `progress`, errors: see
    `open_dataset`."""
    return as_trained(folder, config, open_dataset(config.data, progress))


def as_trained(folder: Path, config: RunConfig, dataset: Dataset, seen: TrainedOn | None = None) -> Dataset:
    """The run's own images out of a data set as it is now, in the run's order and splits (see engine.data.run_images), with the
    mean and deviation of training. `seen`: these, where they are known already."""
    seen = seen or trained_on(folder)
    figures = None if seen is None else (seen.mean, seen.std)
    dataset = run_images(folder, dataset, figures, config.data.root)
    # If the images have changed, they are still normalised with the statistics of training.
    return dataset if seen is None else replace(dataset, mean=seen.mean, std=seen.std)


def read_checkpoint(path: Path, mapped: bool = False) -> dict[str, Any]:
    """The contents of a checkpoint, on the CPU. Only tensors and plain values are loaded, so that an untrusted file cannot run code
    or take more memory than its size. Its check sums are compared. `mapped`: tensors are memory-mapped and not checked. ConfigError
    where there is none that can be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116  (opening a named pipe would block)
            raise ValueError("not a regular file")
        with Path(path).open("rb") as file:
            _check_archive(file, sums=not mapped)
            file.seek(0)
            state = torch.load(path if mapped else file, map_location="cpu", weights_only=True, mmap=mapped)
    except FileNotFoundError:
        remedy = "The run has saved none yet; resume it, or train longer."
        raise complain("checkpoint", "a file that a run saved", _tail(path), remedy) from None
    except Exception as error:  # a damaged file can raise any exception in the unpickler
        remedy = f"{_damage(error)} Take an epoch whose checkpoint was kept, or clone the run to start it anew."
        raise complain("checkpoint", "readable and whole", _tail(path), remedy) from None
    if not isinstance(state, dict):
        raise complain("checkpoint", "a table of states as a run saves it", type(state).__name__)
    return state


class Damaged(ValueError):
    """A checkpoint whose bytes are not those that were written."""


def _check_archive(file: BinaryIO, sums: bool) -> None:
    """OSError, BadZipFile or ValueError for a file that is not an archive by torch.save: uncompressed parts, not larger together
    than the file. `sums`: also compare the check sum (CRC-32) of every part; torch.load ignores them, so that a flipped bit would
    become a weight."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        if any(part.compress_type != zipfile.ZIP_STORED or part.file_size != part.compress_size for part in parts):
            raise ValueError("its parts are compressed")
        if sum(part.file_size for part in parts) > os.fstat(file.fileno()).st_size:
            raise ValueError("its parts overlap")
        damaged = archive.testzip() if sums else None
    if damaged is not None:
        raise Damaged(f"It was damaged since it was written: the check sum of its part {damaged} is another.")


def _damage(error: Exception) -> str:
    """A message why a checkpoint could not be read. PyTorch's own message is not passed on: it advises to load it with
    weights_only=False."""
    if isinstance(error, pickle.UnpicklingError) and "GLOBAL" in str(error):
        return "It holds other things than tensors and plain values, and is not loaded."
    if isinstance(error, Damaged):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    if isinstance(error, MemoryError):
        return "It does not fit into the memory."
    return "The file is damaged or cut off, or was not written by this program."


def _tail(path: Path) -> str:
    """The end of a path, which identifies the checkpoint in a message."""
    return "/".join(Path(path).parts[-3:])


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:2]).rstrip(".") + "." if lines else f"{type(error).__name__}."
