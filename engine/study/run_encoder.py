"""Encode any images by a run's encoder, as its snapshots are encoded."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from engine.config.errors import complain
from engine.config.run import RunConfig
from engine.data.dataset import Bytes, Dataset
from engine.embed.features import encode, whole
from engine.evaluate.encoder import TrainedOn, data_of, method_at, trained_on
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.method import Method
from engine.methods.build_method import input_size
from engine.runs.compact import compact
from engine.runs.reader import checkpoint_mark, read_run_config
from engine.study.kept_space import nearest_checkpoint
from engine.study.more_samples import own_checkpoint
from engine.study.spaces import EMBEDDING, FEATURES, Spaces

_BATCH = 64


class RunEncoders:
    """Caches the encoder that was opened last. Thread-safe.

    `epoch`: of a snapshot. For the space "features" its own checkpoint must have been kept: a ConfigError names the epochs of
    which one was. The projector's space "embedding" is that of the nearest checkpoint, as `SnapshotSpaces` takes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[Path, int | None, int] | None = None
        self._opened: tuple[Method, RunConfig, TrainedOn] | None = None
        self._spaces: Spaces | None = None

    def encode(
        self, folder: Path, epoch: int, pixels: Bytes, space: str = FEATURES, progress: ProgressCallback = no_progress
    ) -> np.ndarray:
        """The rows (m, d) float32 of whole images (m, 3, s, s) uint8 in a space. Errors of `progress` are passed on."""
        with self._lock:
            checkpoint = own_checkpoint(folder, epoch) if space == FEATURES else nearest_checkpoint(folder, epoch)[0]
            opened = self._open(Path(folder), checkpoint, part_of(progress, 0.0, 0.3))
            rest = part_of(progress, 0.3, 1.0)
            if space == FEATURES:
                method, config, seen = opened
                dataset = dataset_of(pixels, seen)
                rows = encode(method.encoder, dataset, np.arange(len(pixels)), _BATCH, None, input_size(config), rest).numpy()
            else:
                rows = self._embedded(Path(folder), checkpoint, pixels, space, opened[1], rest)
        # Snapshots have half precision: an image of the snapshot gets the features that it has there.
        return compact(rows).astype(np.float32)

    def _open(self, folder: Path, checkpoint: int | None, progress: ProgressCallback) -> tuple[Method, RunConfig, TrainedOn]:
        key = folder, checkpoint, 0 if checkpoint == 0 else checkpoint_mark(folder, checkpoint)
        if self._opened is None or key != self._key:
            self._opened, self._spaces, self._key = None, None, None
            method, config = method_at(folder, checkpoint)
            seen = trained_on(folder, checkpoint)
            if seen is None:  # a run of an older version, or untrained: the normalisation is that of its data
                own = data_of(folder, config, progress)
                seen = TrainedOn(own.name, own.mean, own.std)
            self._opened, self._key = (method, config, seen), key
        progress(1.0)
        return self._opened

    def _embedded(
        self, folder: Path, checkpoint: int | None, pixels: Bytes, space: str, config: RunConfig, progress: ProgressCallback
    ) -> np.ndarray:
        if self._spaces is None:
            self._spaces = Spaces(folder, checkpoint, part_of(progress, 0.0, 0.5))
        if space != EMBEDDING or EMBEDDING not in self._spaces.names:
            raise complain("space", f"one of {', '.join(self._spaces.names)}", space)
        images = replace(self._spaces.dataset, images=pixels)
        views = whole(images, np.arange(len(pixels)), torch.device("cpu"), input_size(config))
        # The indices count for methods alone that know training images by them: these have no such space.
        rows = self._spaces.of([views], np.zeros(len(pixels), np.int64), part_of(progress, 0.5, 1.0))
        return np.asarray(rows[EMBEDDING])


def dataset_of(pixels: Bytes, seen: TrainedOn, names: Sequence[str] = ()) -> Dataset:
    """Images (m, 3, s, s) uint8 as a data set without labels and splits, with the normalisation of a run."""
    labels = np.full(len(pixels), -1, np.int64)
    return Dataset("images", pixels, labels, (), {}, seen.mean, seen.std, names=tuple(names))


def stored_size(folder: Path) -> int:
    """The side in pixels at which a run's images are stored. ConfigError where its config does not say it."""
    size = read_run_config(folder).data.size
    if not size:
        raise complain("data.size", "set in a resolved config", size, "Use a run of this version.")
    return size
