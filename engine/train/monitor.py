"""Evaluation during training: kNN on validation, embedding snapshots, pictures. Does not change the training state."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from engine.embed.features import encode
from engine.evaluate.feature_pictures import FeaturePictures
from engine.evaluate.knn import knn_check
from engine.events import EmbeddingDone, Emit, EvalDone, PicturesReady, Warned
from engine.runs.compact import compact
from engine.train.own_task import score_task
from engine.train.pace import CHECKS_SHARE
from engine.train.setup import Session

# Where the config leaves the frequency open: evaluation may take this share of the time.
SHARE = CHECKS_SHARE
PICTURES = 8  # images
ACROSS = 4  # of them in a row
JUDGED = 256  # images on which the method's own task is measured
EPISODES = 64  # of a method that acts in a world


class Monitor:
    """Evaluates a session after epochs, every `monitor.knn_every` epochs or as often as its share of the time allows."""

    def __init__(self, session: Session, emit: Emit) -> None:
        self.session, self.emit = session, emit
        self.cost = 0.0
        self.last = time.monotonic()
        dataset, wanted = session.dataset, session.config.monitor.embed_images
        # The test split is not used during the run.
        pool = np.concatenate([dataset.splits["validation"], dataset.splits["train"]])
        order = np.random.default_rng(session.config.data.seed).permutation(len(pool))
        self.sample = np.sort(pool[order[:wanted]])
        self.shown = dataset.splits["validation"][:PICTURES]
        self.judged = dataset.splits["validation"][: EPISODES if session.batches.kind == "world" else JUDGED]
        self.feature_pictures = FeaturePictures(dataset, self.shown, session.config.views.groups[0].size)

    def after_epoch(self, epoch: int) -> None:
        """Evaluate if it is time to, and always at the end."""
        every = self.session.config.monitor.knn_every
        over = self.session.step >= self.session.steps
        due = epoch % every == 0 if every else (time.monotonic() - self.last) * SHARE >= self.cost
        if over or due:
            self.look(epoch)

    def look(self, epoch: int) -> None:
        """Measure kNN and the method's own task, and emit snapshot and pictures."""
        started = time.monotonic()
        session, config = self.session, self.session.config
        # A run on another device must not change the CPU's generator, which a run there may use.
        generator = torch.random.get_rng_state() if session.batches.device.type == "cpu" else None
        step, encoder = session.step, session.method.encoder
        size = config.views.groups[0].size
        values = knn_check(encoder, session.dataset, config.monitor, device=config.train.device, size=size)
        score = score_task(session.method, session.batches, self.judged, config.train.batch)
        if score is not None:
            values = {**values, "task": score.value, "task_trivial": score.baseline}
        self.emit(EvalDone(epoch, step, values, time.monotonic() - started))
        if len(self.sample):
            features = encode(encoder, session.dataset, self.sample, device=config.train.device, size=size)
            rows = compact(features.cpu().numpy())
            self.emit(EmbeddingDone(epoch, step, rows, self.sample, session.dataset.labels[self.sample]))
        if config.monitor.pictures:
            self._pictures(epoch)
        if generator is not None:
            torch.random.set_rng_state(generator)
        self.last = time.monotonic()
        self.cost = self.last - started

    def _pictures(self, epoch: int) -> None:
        """The method's own pictures, then those of any encoder."""
        method, batches = self.session.method, self.session.batches
        was_training = method.training
        method.eval()
        pictures = self._tried(lambda: method.pictures(batches.of(self.shown)))
        pictures |= self._tried(lambda: self.feature_pictures(method.encoder, batches.device, tuple(pictures)))
        method.train(was_training)
        if pictures:
            self.emit(PicturesReady(epoch, self.session.step, pictures))

    def _tried(self, make: Callable[[], Mapping[str, Tensor]]) -> dict[str, np.ndarray]:
        """Call a function for pictures; any error becomes a warning, because pictures are not worth a failed run."""
        try:
            with torch.no_grad():
                return {name: _sheet(images) for name, images in make().items()}
        except Exception as error:
            message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            self.emit(Warned(f"The method's pictures could not be made. {message}", self.session.step, "pictures"))
            return {}


def _sheet(images: Tensor) -> np.ndarray:
    """(n, 3, h, w) in 0..1 as one uint8 picture, left to right and down: `ACROSS` square images a row, fewer of wide ones, which
    would be shown too small."""
    pixels = (images.float().clamp(0, 1) * 255).round().to(torch.uint8).cpu()
    across = max(1, min(ACROSS, len(pixels), round(ACROSS * pixels.shape[2] / pixels.shape[3])))
    down = -(-len(pixels) // across)
    sheet = torch.zeros(down * across, *pixels.shape[1:], dtype=torch.uint8)
    sheet[: len(pixels)] = pixels
    h, w = images.shape[2:]
    rows = sheet.view(down, across, 3, h, w).permute(0, 3, 1, 4, 2)  # (down, h, across, w, 3)
    return rows.reshape(down * h, across * w, 3).contiguous().numpy()
