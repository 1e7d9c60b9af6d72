"""Losses of single images, and the agreement of their views: which images are hard for a run. From the stored checkpoint nearest to
an epoch, computed once and stored with the run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.augment.seeds import generator_for
from engine.backbones.build import is_plain_vit
from engine.catalogue import entry
from engine.config.errors import complain
from engine.config.run import RunConfig
from engine.config.small_files import FileError, as_type, parse_json
from engine.data.dataset import Dataset
from engine.embed.map_store import write_arrays
from engine.evaluate.encoder import data_of, method_at, read_checkpoint
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.method import Batch, Method, Out, Progress
from engine.runs import formats
from engine.runs.arrays import count_of, number_of, read_arrays
from engine.runs.reader import checkpoint_mark, checkpoint_path, read_run_config
from engine.study.kept_space import nearest_checkpoint
from engine.study.not_shown import why_not_shown
from engine.study.results import ImageLoss
from engine.train.batches import Batches
from engine.train.known_labels import known_labels
from engine.train.length import Length
from engine.train.setup import setup_data
from engine.train.stages import span_at, spans, stage_named

LOSS, AGREEMENT = "loss", "agreement"
# Rounds, each with other views and other batches.
ROUNDS = 8
SEED = 0
# The share of the progress for opening the run.
_OPENED = 0.1


@dataclass(frozen=True, eq=False)
class SampleLosses:
    """`epoch`: of the checkpoint. `loss` (n,) float32: the loss of each image, in the loss's unit; nan for an image that the method
    cannot process; None where the loss is not a mean over images. `chance`: the loss at chance level, None where the method has no
    such value. `agreement` (n,) float32: the mean cosine of an image's views, -1 to 1, nan as above; None where there are no two
    views. By "loss" and "agreement": `notes`, a sentence why it is missing or how to read it, and `steady`, see `steadiness`."""

    epoch: int
    loss: np.ndarray | None
    chance: float | None
    agreement: np.ndarray | None
    notes: dict[str, str] = field(default_factory=dict)
    steady: dict[str, float] = field(default_factory=dict)


def sample_losses(folder: Path, epoch: int, index: np.ndarray, tick: ProgressCallback | None = None) -> SampleLosses:
    """The figures of images at `index` (n,) in the data set, after an epoch, or after the nearest one with a checkpoint. `tick` is
    called with the fraction done between batches; an error that it raises is passed on, and nothing is stored. On the CPU.

    Stored in the run's `spaces`, where they are read again while checkpoint and images are the same. ConfigError where there is no
    run or checkpoint. For a run whose images have no losses, `notes` says why."""
    checkpoint, of = nearest_checkpoint(folder, epoch)
    if reason := why_not_shown(read_run_config(Path(folder)).method.id, "losses of images"):
        return SampleLosses(of, None, None, None, {LOSS: reason, AGREEMENT: reason})
    path = Path(folder) / "spaces" / f"losses_epoch_{of:03d}.npz"
    mark = 0 if checkpoint == 0 else checkpoint_mark(folder, checkpoint)
    known = _read(path, index, mark, of)
    if known is not None:
        return known
    method, config = method_at(folder, checkpoint)
    report = tick or no_progress
    dataset = data_of(folder, config, part_of(report, 0.0, _OPENED))
    if checkpoint == 0:
        setup_data(method, config, dataset)
    if not is_plain_vit(config.backbone):
        method = method.to(memory_format=torch.channels_last)  # as in training
    losses = measure(method, config, dataset, index, _step(folder, checkpoint), of, part_of(report, _OPENED, 1.0))
    write_arrays(
        path,
        Path(folder),
        format=np.int64(formats.SAMPLE_LOSSES),
        mark=np.int64(mark),
        index=np.asarray(index, np.int64),
        loss=losses.loss if losses.loss is not None else np.zeros(0, np.float32),
        chance=np.float64(np.nan if losses.chance is None else losses.chance),
        agreement=losses.agreement if losses.agreement is not None else np.zeros(0, np.float32),
        words=np.str_(json.dumps({"notes": losses.notes, "steady": losses.steady})),
    )
    return losses


@torch.no_grad()
def measure(
    method: Method,
    config: RunConfig,
    dataset: Dataset,
    index: np.ndarray,
    step: int,
    epoch: int = 0,
    tick: ProgressCallback | None = None,
    rounds: int = ROUNDS,
) -> SampleLosses:
    """The figures of images at `index` (n,), by a method after `step` steps of its run. The method is not changed.

    In full batches of the run's size, each of one split: a contrastive loss depends on the number of negatives. In several rounds,
    each with new views and new batches, because a loss depends on the crop more than on the image: with SimCLR on CIFAR-10 the
    losses of 2,000 images in two rounds have a rank correlation of .12, while the means of eight rounds have a steadiness of .47.
    All draws are from one seed, so that two epochs, and two runs with the same views, are compared on the same crops.

    In eval mode, where batch normalisation takes its running statistics: an image's figures depend on others through the loss
    alone. `after_step` is not called: no queue, bank, centre or teacher changes."""
    batches = Batches(config, dataset, "cpu")
    training = method.training
    method.eval()
    try:
        measured = _Measured(method, config, dataset, batches, np.asarray(index, np.int64), step, rounds)
        return measured.run(epoch, tick or no_progress)
    finally:
        method.train(training)


def image_loss(folder: Path, epoch: int, index: int, tick: ProgressCallback | None = None) -> ImageLoss:
    """The figures of one image at an index of the data set: those that `sample_losses` stored, else measured for this image alone,
    which is not stored. Arguments and errors as for `sample_losses`."""
    known = stored_image_loss(folder, epoch, index)
    if known is not None:
        return known
    checkpoint, of = nearest_checkpoint(folder, epoch)
    if reason := why_not_shown(read_run_config(Path(folder)).method.id, "losses of images"):
        return ImageLoss(of, None, None, None, reason)
    method, config = method_at(folder, checkpoint)
    report = tick or no_progress
    dataset = data_of(folder, config, part_of(report, 0.0, _OPENED))
    if checkpoint == 0:
        setup_data(method, config, dataset)
    step = _step(folder, checkpoint)
    made = measure(method, config, dataset, np.array([index]), step, of, part_of(report, _OPENED, 1.0))
    return _of_image(made, 0)


def stored_image_loss(folder: Path, epoch: int, index: int) -> ImageLoss | None:
    """The figures of one image that `sample_losses` stored; None where there are none of it."""
    checkpoint, of = nearest_checkpoint(folder, epoch)
    path = Path(folder) / "spaces" / f"losses_epoch_{of:03d}.npz"
    try:
        (indices,) = read_arrays(path, ("index",))
    except (OSError, FileError):
        return None
    row = np.flatnonzero(indices == index)
    known = _read(path, indices, 0 if checkpoint == 0 else checkpoint_mark(folder, checkpoint), of) if len(row) else None
    return None if known is None else _of_image(known, int(row[0]))


def _of_image(measured: SampleLosses, row: int) -> ImageLoss:
    loss, agreed = measured.loss, measured.agreement
    return ImageLoss(
        measured.epoch,
        None if loss is None or np.isnan(loss[row]) else float(loss[row]),
        None if agreed is None or np.isnan(agreed[row]) else float(agreed[row]),
        measured.chance,
        measured.notes.get(LOSS, ""),
    )


class _Measured:
    """Collects the figures batch by batch: `rows` (rounds, n) by name. `unseen`: (n,) images that a method with one class or memory
    per training image cannot process."""

    def __init__(
        self, method: Method, config: RunConfig, dataset: Dataset, batches: Batches, index: np.ndarray, step: int, rounds: int
    ) -> None:
        self.method, self.config, self.dataset, self.index = method, config, dataset, index
        self.at = _progress(method, config, batches, step)
        self.stage = stage_named(method, self.at.stage)
        self.batches = batches.of_stage(self.stage)
        self.rows = {name: np.full((rounds, len(index)), np.nan) for name in (LOSS, AGREEMENT)}
        self.absent: set[str] = set()
        self.unseen = np.zeros(len(index), bool)

    def run(self, epoch: int, tick: ProgressCallback) -> SampleLosses:
        size, rounds = self.config.train.batch, len(self.rows[LOSS])
        planned = [
            (number, position, *batch)
            for number in range(rounds)
            for position, batch in enumerate(plan_round(self.index, self.dataset, size, number))
        ]
        for done, (number, position, images, rows) in enumerate(planned):
            tick(done / len(planned))
            if len(self.absent) == len(self.rows):
                break
            if not self.unseen[rows].any():
                self._take(images, rows, number, position)
        tick(1.0)
        return self._result(epoch)

    def _take(self, images: np.ndarray, rows: np.ndarray, number: int, position: int) -> None:
        """A batch of `images` (N,), the first of which are those at `rows` (m,) of the index."""
        draws = self.batches.pipeline.draw(len(images), SEED, number, position)
        batch = self.batches.of_draws(images, draws, generator_for(SEED, "losses", number, position))
        try:
            out = self.method(batch, self.at)
        except IndexError:
            # A memory bank, or a classifier with a class for each image, has no row for other than training images.
            if np.isin(images[: len(rows)], self.dataset.splits["train"]).any():
                raise
            self.unseen[rows] = True
            return
        for name, values in ((LOSS, out.per_image), (AGREEMENT, agreement(self.method, batch, out))):
            if values is None:
                self.absent.add(name)
            else:
                self.rows[name][number, rows] = values[: len(rows)].double().numpy()

    def _result(self, epoch: int) -> SampleLosses:
        about = entry(self.config.method.id)
        if about.labels == "all" or self.stage.labelled:
            self.rows[LOSS][:, known_labels(self.config, self.dataset)[self.index] < 0] = np.nan
        have = {name: rows for name, rows in self.rows.items() if name not in self.absent and np.isfinite(rows).any()}
        columns = {name: rows.mean(0).astype(np.float32) for name, rows in have.items()}
        chance = self.method.chance(self.config.train.batch) if LOSS in have and not self.at.stage else None
        steady = {name: steadiness(rows) for name, rows in have.items()}
        return SampleLosses(epoch, columns.get(LOSS), chance, columns.get(AGREEMENT), self._notes(), steady)

    def _notes(self) -> dict[str, str]:
        about, notes = entry(self.config.method.id), {}
        title, unseen = about.title, int(self.unseen.sum())
        if unseen:
            words = f"{title} knows training images alone, and {unseen:,} of these {len(self.index):,} are none."
            notes = {LOSS: words, AGREEMENT: words}
        elif self.at.stage:
            notes[LOSS] = f"Of the stage {self.at.stage}, which comes before the method's own training."
        if LOSS in self.absent:
            whole = f"{title}'s loss is the batch's as a whole: no image has a part of its own."
            notes[LOSS] = f"{title} learns nothing: it has no loss." if not about.learns else whole
            if AGREEMENT not in self.absent:
                notes[LOSS] += " The agreement of its views is each image's."
        if AGREEMENT in self.absent:
            notes[AGREEMENT] = f"{title} takes one view of an image here: there are no two that could agree."
        return notes


def steadiness(rows: np.ndarray) -> float:
    """Split-half reliability of the means (n,) of `rows` (rounds, n): their expected correlation with the means of as many other
    rounds. From the correlation r of even and odd rounds by the Spearman-Brown formula, 2 r / (1 + r) (1910). nan for a single
    round, and where nothing varies."""
    known = rows[:, np.isfinite(rows).all(0)]
    if len(known) < 2 or known.shape[1] < 3:
        return float("nan")
    one, other = known[::2].mean(0), known[1::2].mean(0)
    if min(one.std(), other.std()) < 1e-12:
        return float("nan")
    half = float(np.corrcoef(one, other)[0, 1])
    return 2 * half / (1 + half) if half > 0 else 0.0


def plan_round(index: np.ndarray, dataset: Dataset, size: int, number: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The batches of a round: indices into the data set (N,), and the rows (m,) of `index` whose images are the first m of them.
    Each image is measured once a round, with others of its split. The last batch of a split is filled up with others of the split,
    then, where the split is smaller than a batch, with training images; where these are too few, it stays smaller."""
    for split, indices in dataset.splits.items():
        generator = generator_for(SEED, "losses", split, number)
        own = np.flatnonzero(np.isin(index, indices))
        own = own[torch.randperm(len(own), generator=generator).numpy()]
        for start in range(0, len(own), size):
            rows = own[start : start + size]
            images = index[rows]
            for pool in (indices, dataset.splits["train"]):
                if len(images) < size:
                    others = np.setdiff1d(pool, images)
                    more = others[torch.randperm(len(others), generator=generator).numpy()]
                    images = np.concatenate([images, more[: size - len(images)]])
            yield images, rows


def agreement(method: Method, batch: Batch, out: Out) -> Tensor | None:
    """(N,) the mean cosine of each image's views, over all pairs of them: of the method's embeddings; of its features where it has
    no embedding for each view; and of the encoder's features of the first two views where the method's output is of one view
    (MoCo's query). None where there are no two views."""
    n = len(batch.index)
    if out.views >= 2:
        alike = out.embedding is not None and len(out.embedding) == out.views * n
        rows = out.embedding if alike and out.embedding is not None else out.features
        views = rows.unflatten(0, (out.views, n)) if len(rows) == out.views * n else None
    elif len(batch.views) >= 2:
        views = torch.stack([method.encoder(view) for view in batch.views[:2]])
    else:
        views = None
    if views is None:
        return None
    unit = F.normalize(views.float().flatten(2), dim=2)  # (V, N, P)
    count = len(unit)
    # The square of the sum contains every pair twice, and each row with itself.
    return (unit.sum(0).square().sum(1) - unit.square().sum((0, 2))) / (count * (count - 1))


def _progress(method: Method, config: RunConfig, batches: Batches, step: int) -> Progress:
    """The progress of the run at the checkpoint, for schedules: a teacher's temperature, a queue that starts later, a stage."""
    per_epoch = batches.optimiser_steps
    known = Length.of(config.train, per_epoch).known_at(step)
    stage = span_at(spans(method.stages(), known.steps, known.step_at), step).name
    share = known.share(step) if known.changed else None
    return Progress(step, known.steps, step // per_epoch, -(-known.steps // per_epoch), stage, share)


def _step(folder: Path, checkpoint: int | None) -> int:
    """Steps done at a checkpoint. Its tensors are not read."""
    if checkpoint == 0:
        return 0
    path = checkpoint_path(folder, checkpoint)
    step = read_checkpoint(path, mapped=True).get("step")
    if type(step) is not int or not 0 <= step < 2**53:
        raise complain("checkpoint", "one that says how many steps were done", f"{path.name}: {step!r}")
    return step


def _read(path: Path, index: np.ndarray, mark: int, epoch: int) -> SampleLosses | None:
    try:
        names = ("format", "mark", "index", "loss", "agreement", "chance", "words")
        form, marked, indices, loss, agreed, chance, words = read_arrays(path, names)
        if (count_of(form), count_of(marked)) != (formats.SAMPLE_LOSSES, mark) or not np.array_equal(indices, index):
            return None
        if any(part.dtype.kind != "f" or part.shape not in ((0,), index.shape) for part in (loss, agreed)):
            return None
        texts = as_type(_Words, parse_json(str(words)))
        known = number_of(chance)
    except (OSError, FileError):
        return None
    return SampleLosses(
        epoch=epoch,
        loss=loss if len(loss) else None,
        chance=None if np.isnan(known) else known,
        agreement=agreed if len(agreed) else None,
        notes=texts.notes,
        steady=texts.steady,
    )


@dataclass(frozen=True)
class _Words:
    notes: dict[str, str]
    steady: dict[str, float]
