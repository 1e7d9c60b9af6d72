"""Evaluate a run: kNN, linear probe and fine-tuning, for its encoder and for the same encoder untrained.

Every choice is made on the validation split; the test split is read once, for the figures that are reported.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine import plugins
from engine.catalogue import Column, entry, methods
from engine.config.errors import ConfigError, because, complain, memory_ran_out
from engine.config.module_text import short_module
from engine.config.run import RunConfig
from engine.data.captions import texts_at
from engine.data.columns import COLUMNS, WORDS, missing, sets_with
from engine.data.dataset import Dataset
from engine.data.source_table import find
from engine.evaluate.diagnostics import effective_rank
from engine.evaluate.encoder import data_of, load_method, method_at, read_checkpoint
from engine.evaluate.plan import BUDGET, DEFAULT, check_parts
from engine.evaluate.predictions import Predictions, predictions_path, write_predictions
from engine.evaluate.subject import SPLITS, Subject
from engine.evaluate.target_scores import WORDS as TARGETS
from engine.evaluate.target_scores import lacks
from engine.evaluate.task_table import EMBEDDED, Task, tasks
from engine.execute.progress import Cancelled, ProgressCallback, no_progress
from engine.method import Method
from engine.methods.build_method import build_method, input_size
from engine.methods.clip_sound import ClipSoundMethod
from engine.methods.image_text import ImageTextMethod
from engine.runs.evaluation import Evaluated, Figure, keep_figure, read_evaluation
from engine.runs.reader import checkpoint_path

# Notes on the figures of methods that learn from labels.
ALL_LABELS = "Trained on all class labels: fine-tuning on few of them is not learning from few."
FEW_LABELS = (
    "Trained on the class labels of a few training images, with the same share those of fine-tuning: no figure here is of learning "
    "without labels."
)


@dataclass(frozen=True)
class Scores:
    """Test accuracies of one encoder, 0 to 1: `knn` of 20 neighbours, `knn_200` of 200; `l2` is the probe's strength, chosen on
    validation, `linear_validation` its accuracy there; `rank` is the effective rank of the test features. None for what was not
    requested."""

    knn: float | None = None
    linear: float | None = None
    linear_validation: float | None = None
    l2: float | None = None
    rank: float | None = None
    knn_200: float | None = None


@dataclass(frozen=True)
class Evaluation:
    """A run's figures. `chance`: share of the test split's most frequent class. `images`: labelled images of each split.
    `protocol`: a description, with which the figures can be compared and repeated. `figures`: the same
    figures and those of fine-tuning, by part, each with its own protocol, as they are kept with the run; `step`: of the
    checkpoint; `epoch`: the requested one, None the last; `notes`: other messages; `unkept`: why figures could not be stored with
    the run, "" where they are."""

    run: str
    method: str
    data: str
    backbone: str
    trained: Scores
    untrained: Scores
    chance: float
    classes: int
    images: dict[str, int]
    size: int
    protocol: str
    figures: dict[str, Figure] = field(default_factory=dict)
    step: int = 0
    epoch: int | None = None
    notes: tuple[str, ...] = ()
    unkept: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def evaluate(
    folder: Path,
    checkpoint: Path | None = None,
    device: str | None = None,
    batch: int = 512,
    progress: ProgressCallback | None = None,
    *,
    parts: Sequence[str] = DEFAULT,
    epoch: int | None = None,
    budget: int = BUDGET,
    layer_decay: float = 1.0,
) -> Evaluation:
    """Evaluate a run folder: its last checkpoint, the one of `epoch` (0: untrained), or the file at `checkpoint`.

    `parts`: ids of evaluation tasks, see engine.evaluate.task_table. `device` is a torch name, None the CPU. `budget`: the most
    images of one fine-tuning, repeats counted. `layer_decay`: of the learning rates of a ViT's layers in fine-tuning; 1 has none.
    `progress` is called with the fraction done and a text; an error that it raises ends
    the work and is passed on. Each figure is stored in the run's folder (evaluation.json) as soon as it is measured, unless a file
    was given.

    ConfigError where there is no run or checkpoint, where the data lack what a task needs (labels of two classes, for one), and
    where the device has too little memory."""
    requested = check_parts(parts)
    rows = [row for row in tasks() if row.id in requested]
    report = progress or no_progress
    folder = Path(folder)
    report(0.0, "loading the encoder")
    if epoch is None:
        trained, config = load_method(folder, checkpoint)
        path = checkpoint or checkpoint_path(folder)
    else:
        trained, config = method_at(folder, epoch)
        path = checkpoint_path(folder, epoch)
    step = int(read_checkpoint(path).get("step", 0)) if epoch != 0 else 0
    report(0.02, "opening the data")
    dataset = data_of(folder, config)
    _check_images(config, dataset)
    _check_needs(config.data.source, dataset, rows)
    _check_method(trained, config, rows)
    needs_labels = any("labels" in row.needs for row in rows)
    splits = {name: labelled(dataset, name) if needs_labels else dataset.splits[name] for name in SPLITS}
    both = {"trained": trained, "untrained": build_method(config).eval()}
    _set_vocabulary(both.values(), dataset)
    subject = Subject(both, config, dataset, splits, device or "cpu", batch, budget, requested, report, layer_decay)
    made = _Made(folder if checkpoint is None else None, _head(folder.name, subject), epoch, step)
    subject.compare_with(made.untrained)
    subject.store_predictions(made.keep_predictions)
    with _enough_memory(subject.device):
        for row in rows:
            subject.task = row
            for figure in _measured(row, subject):
                made.add(figure)
        ranks = {name: effective_rank(features["test"]) for name, features in subject.encoded.items()}
    report(1.0, "done")
    return Evaluation(
        run=folder.name,
        method=config.method.id,
        data=dataset.name,
        backbone=short_module(config.backbone.name),
        trained=_scores(made.figures, ranks, "trained"),
        untrained=_scores(made.figures, ranks, "untrained"),
        chance=made.head.chance,
        classes=made.head.classes,
        images=dict(made.head.images),
        size=input_size(config),
        protocol=" ".join(
            [_setting(subject), *dict.fromkeys(figure.protocol for figure in made.figures.values()), _baseline(config)]
        ),
        figures=made.figures,
        step=step,
        epoch=epoch,
        notes=(*made.about, *dataset.notes, *([made.unkept] if made.unkept else [])),
        unkept=made.unkept,
    )


def _measured(row: Task, subject: Subject) -> Iterator[Figure]:
    """The figures of a task, one by one. An error in the code of another package becomes a ConfigError with the package's name."""
    measure = row.load()
    if not row.package:
        yield from measure(subject)
        return
    try:
        figures = list(measure(subject))
        wrong = [figure.part for figure in figures if not 0 <= figure.trained <= 1 or not 0 <= figure.untrained <= 1]
        if tuple(figure.part for figure in figures) != row.figures or wrong:
            allowed = f"{', '.join(row.figures)}, shares from 0 to 1"
            raise ValueError(f"the figures of {row.id} must be {allowed}. Got {', '.join(map(repr, figures))}")
    except (ConfigError, Cancelled):
        raise
    except Exception as error:  # code of others may fail in any way
        if memory_ran_out(error):
            raise
        remedy = f"It is of the package {row.package}: {plugins.sentence(error)}"
        raise complain("parts", "a task that can be measured", row.id, remedy) from error
    yield from figures


def _scores(figures: Mapping[str, Figure], ranks: Mapping[str, float], encoder: str) -> Scores:
    """The scores of one encoder, for JSON."""
    shares = {part: figure.trained if encoder == "trained" else figure.untrained for part, figure in figures.items()}
    linear = figures.get("linear")
    choice = {} if linear is None else linear.by if encoder == "trained" else linear.untrained_by
    return Scores(
        knn=shares.get("knn"),
        linear=shares.get("linear"),
        linear_validation=choice.get("validation"),
        l2=choice.get("l2"),
        rank=ranks.get(encoder),
        knn_200=shares.get("knn_200"),
    )


def _check_needs(source: str, dataset: Dataset, rows: Sequence[Task]) -> None:
    """ConfigError where the data lack what a task needs."""
    if any("labels" in row.needs for row in rows):
        check_labels(source, dataset, {name: labelled(dataset, name) for name in SPLITS})
    for row in rows:
        columns = lacking(row, dataset)
        factors = ["factors"] if "factors" in row.needs and not dataset.factors else []
        targets = [TARGETS[need] for need in lacks(row.needs, dataset)]
        names = [*factors, *(words for words, _ in targets), *(WORDS[column] for column in columns)]
        if names:
            allowed = f"a set with {' and '.join(names)}, which {row.title} needs"
            remedy = "Leave out this part, or train on data that have them."
            how = [remedy, *(sentence for _, sentence in targets), *([sets_with(columns)] if columns else [])]
            raise complain("data.source", allowed, source, " ".join(how))


def lacking(row: Task, dataset: Dataset) -> tuple[Column, ...]:
    """The columns that a task needs and the data have not."""
    return missing([column for column in COLUMNS if column in row.needs], dataset.columns)


def _check_method(method: Method, config: RunConfig, rows: Sequence[Task]) -> None:
    """ConfigError where a task needs an encoder of texts or of sounds and the method has none."""
    title, kinds = entry(config.method.id).title, {"texts": ImageTextMethod, "sounds": ClipSoundMethod}
    for row in rows:
        for need, column in EMBEDDED.items():
            if need in row.needs and not isinstance(method, kinds[need]):
                able = ", ".join(other.id for other in methods() if column in other.needs)
                allowed = f"without {row.id} for {title}, which embeds no {need}"
                raise complain("parts", allowed, row.id, f"Methods that embed {need}: {able}.")


def _set_vocabulary(methods: Iterable[Method], dataset: Dataset) -> None:
    """Give methods without a checkpoint the vocabulary of the training captions."""
    for method in methods:
        if isinstance(method, ImageTextMethod) and not method.ready and dataset.captions is not None:
            listed = texts_at(dataset.captions.texts, np.sort(dataset.splits["train"]))
            method.setup_captions([text for texts in listed for text in texts])


def _check_images(config: RunConfig, dataset: Dataset) -> None:
    """ConfigError where it is not known which images the run was trained on, or where no test image is left."""
    changes = dataset.changes
    if not changes:
        return
    if changes.check == "other figures":
        raise complain(
            "data.source",
            "the images that the run was trained on",
            "other images",
            f"{' '.join(changes.lines())} Figures on them would count images that it has seen. Put the images back as they "
            "were, or train a new run on them.",
        )
    if not len(dataset.splits.get("test", ())):
        raise complain(
            "data.source",
            "a set that still holds test images of the run",
            config.data.source,
            f"{' '.join(changes.lines())} Put them back, or train a new run.",
        )


class _Made:
    """Collects the figures; each is stored in the run's folder (None: nowhere) at once."""

    def __init__(self, folder: Path | None, head: Evaluated, epoch: int | None, step: int) -> None:
        self.folder, self.head, self.epoch, self.step = folder, head, epoch, step
        self.figures: dict[str, Figure] = {}
        labels = entry(head.method).labels
        self.about = {"all": (ALL_LABELS,), "few": (FEW_LABELS,), "none": ()}[labels]
        self.unkept = ""

    def add(self, figure: Figure) -> None:
        """Add a figure."""
        figure = replace(figure, step=self.step, date=time.time(), notes=(*figure.notes, *self.about))
        self.figures[figure.part] = figure
        if self.folder is None:
            return
        try:
            keep_figure(self.folder, self.head, self.epoch, figure)
        except OSError as error:
            self.unkept = f"The figures could not be kept with the run: {because(error)}"

    def keep_predictions(self, part: str, predictions: Predictions) -> None:
        """Store predictions for pictures."""
        if self.folder is None:
            return
        try:
            write_predictions(predictions_path(self.folder, part, self.epoch), predictions)
        except OSError as error:
            self.unkept = f"The predictions could not be kept with the run: {because(error)}"

    def untrained(self, part: str, protocol: str) -> Figure | None:
        """A figure of the same run, data and protocol at another checkpoint, whose untrained encoder was this one."""
        before = read_evaluation(self.folder) if self.folder is not None else None
        if before is None or before.digest != self.head.digest:
            return None
        known = (figures.get(part) for figures in before.figures.values())
        return next((figure for figure in known if figure is not None and figure.protocol == protocol), None)


def _head(run: str, subject: Subject) -> Evaluated:
    """The header of the figures: run and data."""
    labels = subject.dataset.labels[subject.splits["test"]]
    _, counts = np.unique(labels[labels >= 0], return_counts=True)
    return Evaluated(
        run=run,
        method=subject.config.method.id,
        data=subject.dataset.name,
        digest=data_digest(subject.dataset),
        backbone=short_module(subject.config.backbone.name),
        classes=subject.classes,
        chance=float(counts.max() / counts.sum()) if len(counts) else 0.0,
        images=subject.counts,
        size=subject.size,
    )


# Texts


def _setting(subject: Subject) -> str:
    """The common part of every figure's protocol."""
    size = subject.size
    stored = "" if subject.dataset.size == size else f", resized from {subject.dataset.size} px with antialiasing"
    return (
        f"{short_module(subject.config.backbone.name)}, features of the backbone, before the projector. All figures are of "
        f"{subject.counts['test']} test images, read once, each whole, centred and without augmentation, {size} px{stored}, "
        f"normalised with the training split's mean and deviation."
    )


def _baseline(config: RunConfig) -> str:
    """A description of the baselines."""
    return (
        f"Untrained: the same encoder with this run's own initial weights (seed {config.train.seed}), "
        f"batch-normalisation statistics as initialised, under the same protocol."
    )


def data_digest(dataset: Dataset) -> str:
    """A hash of the labels, the splits, the images' statistics and the targets of a folder, equal for the same images in the same
    splits. The factors of a named set follow from its images."""
    digest = hashlib.blake2b(digest_size=8)
    for array in (dataset.labels, *(dataset.splits[name] for name in sorted(dataset.splits)), dataset.mean, dataset.std):
        digest.update(np.ascontiguousarray(array).tobytes())
    for name, factor in dataset.factors.items() if find(dataset.source) is None else ():
        digest.update(f"{name}\0{factor.kind}\0".encode("utf-8", "surrogateescape"))
        digest.update(np.ascontiguousarray(factor.values).tobytes())
    return digest.hexdigest()


@contextmanager
def _enough_memory(device: str) -> Iterator[None]:
    """Turn an out-of-memory error into a ConfigError."""
    remedy = "Close what else uses it, evaluate fewer parts, or take another device (cpu has the machine's whole memory)."
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError):
        raise complain("device", "one with enough memory for this encoder", device, remedy) from None
    except RuntimeError as error:
        # PyTorch's CPU allocator has no exception type of its own.
        if "can't allocate memory" not in str(error):
            raise
        raise complain("device", "one with enough memory for this encoder", device, remedy) from None


def labelled(dataset: Dataset, split: str) -> np.ndarray:
    """The images of a split whose class is known."""
    index = dataset.splits.get(split, np.zeros(0, np.int64))
    return index[dataset.labels[index] >= 0]


def check_labels(source: str, dataset: Dataset, splits: Mapping[str, np.ndarray]) -> None:
    """ConfigError where the data have no labels of at least two classes."""
    remedy = "Give class folders or labels, or use `python -m engine embed`, which needs none."
    for name, index in splits.items():
        if not len(index):
            raise complain(
                "data.source", f"a set with labels in its {name} split, which kNN and linear probe ask for", source, remedy
            )
    if len(np.unique(dataset.labels[splits["train"]])) < 2:
        raise complain("data.source", "a set of at least two classes, which kNN and linear probe tell apart", source, remedy)
