"""The stages of an evaluation and their lengths, known before it starts. Does not import torch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine import plugins
from engine.config.errors import complain, nearest
from engine.data.dataset import Dataset, Index
from engine.evaluate.dense_plan import DENSE, annotated, share_of
from engine.evaluate.task_table import task, tasks

# How many neighbours vote: DINO's 20 (2104.14294) and instance discrimination's 200 (1805.01978).
NEIGHBOURS = (20, 200)
BATCH = 64
# The most images that one fine-tuning sees at one rate, repeats counted: about a minute on two cores for the small encoders.
BUDGET = 150_000
# Learning rates that are tried, as multiples of the source's rate.
FACTORS = (0.25, 1.0, 4.0, 16.0)
# Seed of the subsets of labels, the order of the images and their crops, the same for every run.
SEED = 0
# Training on an image takes about as long as encoding this many.
TRAINING = 3.5
# The share of the progress for opening the run.
BEGUN = 0.05


@dataclass(frozen=True)
class Tuning:
    """A fine-tuning: on which share of the training labels, for how many epochs, and how many updates its source had on
    ImageNet."""

    share: float
    epochs: int
    updates: int


# SimCLR, 2002.05709, App. B.5, for 1 % and 10 %, whose batches are of 4,096 of ImageNet's images; SimCLRv2, 2006.10029, Sec. 3, has
# the 30 epochs for all labels too.
TUNINGS = {
    "finetune_1": Tuning(0.01, 60, 188),
    "finetune_10": Tuning(0.1, 30, 938),
    "finetune_100": Tuning(1.0, 30, 938),
}
DEFAULT = ("knn", "linear")
ENCODERS = ("trained", "untrained")


@dataclass(frozen=True)
class Length:
    """How long one fine-tuning is: `labels` images, in batches of `batch`, for `steps` updates. `cut`: the budget made it shorter
    than its source's epochs."""

    labels: int
    batch: int
    steps: int
    cut: bool = False

    @property
    def seen(self) -> int:
        """Number of training images, repeats counted."""
        return self.batch * self.steps

    @property
    def passes(self) -> float:
        """How often each image is used."""
        return self.seen / self.labels


@dataclass(frozen=True)
class Stage:
    """A stage of an evaluation. `part`: "encode" or the id of a task; `encoder`: "trained", "untrained" or "pixels"; `rate`:
    which learning rate, from 0. `trained_on`, `encoded`: images through the encoder with and without gradients."""

    part: str
    encoder: str
    rate: int = 0
    trained_on: int = 0
    encoded: int = 0

    @property
    def cost(self) -> float:
        """Cost, in encoded images."""
        return self.encoded + TRAINING * self.trained_on


def check_parts(requested: Iterable[str]) -> tuple[str, ...]:
    """The parts, ids of evaluation tasks, in the table's order, each once. ConfigError for an unknown one, and for none."""
    parts, known = tuple(requested), [row.id for row in tasks()]
    for name in parts:
        if name not in known:
            hint = plugins.problem_of(plugins.EVALUATION, name) or nearest(name, known)
            raise complain("parts", f"among {', '.join(known)}", name, hint)
    if not parts:
        raise complain("parts", f"at least one of {', '.join(known)}", parts)
    return tuple(part for part in known if part in parts)


def figures_of(part: str) -> tuple[str, ...]:
    """The figures that a part measures."""
    row = task(part)
    return row.figures if row is not None else (part,)


def parts_left(parts: Iterable[str], have: Collection[str]) -> tuple[str, ...]:
    """The parts with a figure that is not measured yet."""
    return tuple(part for part in parts if any(figure not in have for figure in figures_of(part)))


def few_labels(labels: Index, index: Index, share: float) -> Index:
    """A class-balanced draw of `share` of the images (n,) at `index`, by their labels (N,): as many of every class, at least one,
    in rising order; a class that has fewer gives all. The same for every run on the data; a larger share contains a smaller one.

    SimCLR (2002.05709, Sec. 6) draws 1 % and 10 % of ImageNet so."""
    if share >= 1:
        return np.sort(index)
    classes = np.unique(labels[index])
    each = images_each(len(index), len(classes), share)
    taken = []
    for name in classes:
        members = np.sort(index[labels[index] == name])
        order = np.random.Generator(np.random.PCG64([SEED, int(name)])).permutation(len(members))
        taken.append(members[order[:each]])
    return np.sort(np.concatenate(taken))


def images_each(images: int, classes: int, share: float) -> int:
    """The number of images of each class for a share: at least one."""
    return max(1, round(share * images / classes))


def length(part: str, labels: int, budget: int = BUDGET) -> Length:
    """How long the fine-tuning `part` on so many labelled images is: its source's epochs; where the images are so few that these
    are fewer updates than the source had, as many updates as that; never more images than the budget."""
    tuning = TUNINGS[part]
    batch = min(BATCH, labels)
    wanted = max(tuning.epochs * labels // batch, tuning.updates)
    steps = max(1, min(wanted, budget // batch))
    return Length(labels, batch, steps, cut=steps < wanted)


def dense_length(part: str, dataset: Dataset, budget: int = BUDGET) -> Length:
    """How long a head of `part` is trained on feature maps, at each learning rate."""
    row = DENSE[part]
    images = len(share_of(annotated(dataset, row.column)["train"], row.share))
    batch, steps = row.steps(images, budget)
    return Length(images, batch, steps, cut=steps < row.steps(images, row.most)[1])


def stages(parts: Sequence[str], images: Mapping[str, int], lengths: Mapping[str, Length]) -> tuple[Stage, ...]:
    """The stages of an evaluation, in order. `images`: of each split; `lengths`: of the fine-tunings and of the heads on feature
    maps among the parts; one without a length has no stage."""
    pieces = []
    rows = [row for row in tasks() if row.id in parts]
    frozen = [row for row in rows if row.frozen]
    if any(row.features for row in frozen):
        pieces += [Stage("encode", encoder, encoded=sum(images.values())) for encoder in ENCODERS]
    for row in frozen:
        if row.effort:
            pieces += [Stage(row.id, encoder, encoded=round(row.effort * images["train"])) for encoder in ENCODERS]
    for row in rows:
        if row.id in DENSE and row.id in lengths:
            rates = len(DENSE[row.id].rates)
            encoded = lengths[row.id].labels + rates * images["validation"] + images["test"]
            seen = rates * lengths[row.id].seen
            pieces += [Stage(row.id, encoder, trained_on=seen, encoded=encoded) for encoder in DENSE[row.id].encoders]
        if row.id in TUNINGS and row.id in lengths:
            for encoder in ENCODERS:
                for rate in range(len(FACTORS)):
                    checked = images["validation"] + (images["test"] if rate == len(FACTORS) - 1 else 0)
                    pieces.append(Stage(row.id, encoder, rate, lengths[row.id].seen, checked))
    return tuple(pieces)


def stage_at(stages: Sequence[Stage], share: float) -> Stage | None:
    """The stage at this share, 0 to 1, of an evaluation's progress; None while the run is being opened."""
    total, done = sum(stage.cost for stage in stages), 0.0
    share = (share - BEGUN) / (1 - BEGUN)
    if share < 0:
        return None
    for stage in stages:
        done += stage.cost
        if share * total < done:
            return stage
    return stages[-1] if stages else None


@dataclass(frozen=True)
class Estimate:
    """`images`: of each split, with a label where the data have labels; `lengths`: of each fine-tuning and of each head on feature
    maps that the data allow; `encoded`, `trained_on`: seconds for one image, without and with gradients, on `device`; `dense`: the
    same two of each part that uses feature maps; `notes`: for the user, by part; `able`: the parts that the data allow."""

    images: Mapping[str, int]
    lengths: Mapping[str, Length]
    encoded: float
    trained_on: float
    device: str
    notes: Mapping[str, tuple[str, ...]]
    dense: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    able: frozenset[str] = frozenset()

    def stages(self, parts: Sequence[str]) -> tuple[Stage, ...]:
        """The stages of an evaluation of these parts."""
        return stages(parts, self.images, self.lengths)

    def seconds(self, parts: Sequence[str]) -> float:
        """Estimated seconds of these parts together, on an idle device."""
        total = 0.0
        for stage in self.stages(parts):
            encoded, trained_on = self.dense.get(stage.part, (self.encoded, self.trained_on))
            total += encoded * stage.encoded + trained_on * stage.trained_on
        return total
