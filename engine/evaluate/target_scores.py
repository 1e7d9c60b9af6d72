"""What is predicted beside the class: labels that an image has or has not, and numbers. Does not import torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from engine.data.dataset import Dataset, Factor

Floats = npt.NDArray[np.float64]

A_FRAME = "a frame"  # the end of the unit of such a number
RESAMPLES = 200
_CELLS = 1 << 22  # of resamples by rows that are in memory at a time


def multi_label(dataset: Dataset) -> dict[str, npt.NDArray[np.float32]]:
    """The labels that an image has or has not, by name: (N,) 1, 0, or nan where unknown. They are the columns of 0 and 1 of
    targets.csv, and, of data with boxes, whether an object of each class is in the image (as PASCAL VOC's classification)."""
    columns = {
        name: np.where(factor.values < 0, np.nan, factor.values).astype(np.float32)
        for name, factor in dataset.factors.items()
        if factor.yes_or_no
    }
    boxes = dataset.boxes
    if boxes is not None:
        image = np.repeat(np.arange(len(boxes)), np.diff(boxes.starts))
        there = np.zeros((len(boxes), len(boxes.names)), np.float32)
        there[image, boxes.classes] = 1
        there[~boxes.known] = np.nan
        columns = {**{name: there[:, code] for code, name in enumerate(boxes.names)}, **columns}
    return columns


def numbers(dataset: Dataset) -> dict[str, Factor]:
    """The factors that are numbers or angles, by name; not moments in clips."""
    return {name: factor for name, factor in dataset.factors.items() if factor.kind != "category" and not factor.moment}


def moments(dataset: Dataset) -> dict[str, Factor]:
    """When something happens in each clip, by name."""
    known = {name: factor for name, factor in dataset.factors.items() if factor.moment}
    return known if dataset.clips is not None else {}


def speeds(dataset: Dataset) -> dict[str, Factor]:
    """The numbers that say how much of something happens in a frame of a clip, by name."""
    rates = {name: factor for name, factor in numbers(dataset).items() if factor.unit.endswith(A_FRAME)}
    return rates if dataset.clips is not None else {}


# By the need of a task (engine.evaluate.task_table.Need): what it is called, and how a folder of images comes to have it.
WORDS: Mapping[str, tuple[str, str]] = {
    "multi_label": ("several labels an image", "A folder of images has them as columns of 0 and 1 in a file targets.csv."),
    "numbers": ("numbers", "A folder of images has them as columns of a file targets.csv."),
    "moments": ("known moments of events in clips", "moving_shapes has them."),
    "speeds": ("known speeds of clips", "moving_shapes has them."),
}


def lacks(needs: frozenset[str], dataset: Dataset) -> list[str]:
    """Which of the needs in `WORDS` the data have not."""
    finders = {"multi_label": multi_label, "numbers": numbers, "speeds": speeds, "moments": moments}
    return [need for need in WORDS if need in needs and not finders[need](dataset)]


def usable(values: np.ndarray, splits: Sequence[npt.NDArray[np.int64]]) -> bool:
    """Whether labels (N,) of 1, 0 and nan have an image that has the label and one that has not in each split."""
    return all((values[index] == 1).any() and (values[index] == 0).any() for index in splits)


def average_precision(scores: np.ndarray, truth: npt.NDArray[np.bool_], weights: np.ndarray) -> Floats:
    """(b,) average precision of scores (n,) with each row counted as often as in a row of weights (b, n): the precision at each
    score, weighted with the gain in recall, as scikit-learn's average_precision_score. Rows of equal score count together. nan
    where no row with a positive weight is true."""
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    counts = np.asarray(weights, np.float64)[:, order]
    hits = np.cumsum(counts * truth[order], axis=1)[:, ends]
    precision = hits / np.maximum(np.cumsum(counts, axis=1)[:, ends], 1e-12)
    gains = np.diff(hits, axis=1, prepend=0)
    total = hits[:, -1]
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(total > 0, (precision * gains).sum(axis=1) / total, np.nan), np.float64)


def resamples(rows: int, many: int = RESAMPLES, seed: int = 0) -> Iterator[Floats]:
    """Bootstrap resamples of the test rows (Efron, 1979), some at a time: (b, rows) how often each row was drawn, the same for
    every encoder."""
    generator = np.random.Generator(np.random.PCG64(seed))
    at_once = max(1, _CELLS // max(rows, 1))
    for start in range(0, many, at_once):
        drawn = generator.multinomial(rows, np.full(rows, 1 / rows), size=min(at_once, many - start))
        yield drawn.astype(np.float64)
