"""Event spotting: at which frame of a clip something happens, such as a bounce, by a linear probe on the features of single frames.

The features of a frame, of the one before and of the one after it go into a logistic regression of whether the event is there. The
frames of a clip are taken in falling order of their scores, and each is a detection, unless a neighbour is one already; it is right
within a tolerance of an event that no better one has. Average precision is over the detections of all test clips, as that of
detectors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.config.errors import complain
from engine.data.dataset import Dataset, Index
from engine.embed.features import encode
from engine.evaluate.linear import GRID, fit_labels
from engine.evaluate.subject import SPLITS, Subject
from engine.evaluate.target_scores import Floats, average_precision, moments, resamples
from engine.evaluate.tasks.motion import CELLS
from engine.evaluate.tasks.retrieval import spread
from engine.execute.progress import ProgressCallback
from engine.runs.evaluation import Figure

TOLERANCES = (1, 0)  # frames
OTHERS = 1000  # training and validation clips without an event at most
LEAST = 5  # clips with an event in each split
_CHANCE = 50  # random orders
_APART = 1  # frames: of neighbours only the best is a detection
# The features (n, T, D) of all frames of the clips at an index (n,).
FramesOf = Callable[[Index, ProgressCallback | None], Tensor]


def measure(subject: Subject) -> Iterator[Figure]:
    """Average precision within one frame and at the very frame, beside chance and the pixels."""
    started = time.monotonic()
    events = event_frames(subject.dataset)
    index = {split: _chosen(subject.splits[split], events, split == "test") for split in SPLITS}
    _check(subject, {split: int(events[rows].any(1).sum()) for split, rows in index.items()})
    truth = {split: events[rows] for split, rows in index.items()}
    spotted: dict[str, Floats] = {}
    for name, encoder in subject.encoders.items():
        report = subject.report(name, f"event spotting, {name}")
        spotted[name] = scores_of(partial(_encoded, subject, encoder), index, truth, report)
    spotted["pixels"] = scores_of(partial(_pixels, subject.dataset), index, truth)
    happened = int(truth["test"].sum())
    grid = ", ".join(f"{value:g}" for value in sorted(GRID))
    text = (
        f"Event spotting: frozen encoder; features of a frame, the one before and the one after it; logistic regression on "
        f"{len(index['train'])} training clips, at most {OTHERS} of them without an event, L2 strength of {{{grid}}} by average "
        f"precision on {len(index['validation'])} validation clips; {happened} events in {len(index['test'])} test clips. Errors: "
        "bootstrap over clips."
    )
    for tolerance in TOLERANCES:
        results = {name: precision_of(scores, truth["test"], tolerance) for name, scores in spotted.items()}
        trained, untrained = results["trained"], results["untrained"]
        yield Figure(
            f"events_ap_{tolerance}",
            trained.value,
            untrained.value,
            len(index["train"]),
            f"{text} Within {tolerance} frames." if tolerance else f"{text} At the very frame.",
            seconds=time.monotonic() - started,
            error=trained.error,
            untrained_error=untrained.error,
            baselines={"chance": chance(truth["test"], tolerance), "pixels": results["pixels"].value},
        )


def event_frames(dataset: Dataset) -> npt.NDArray[np.bool_]:
    """(N, T) at which frames of each clip an event happens: the frames nearest to the known moments."""
    assert dataset.clips is not None, "checked before"
    frames = np.zeros((len(dataset.clips), dataset.clips.shape[1]), np.bool_)
    for factor in moments(dataset).values():
        rows = np.flatnonzero(np.isfinite(factor.values))
        frames[rows, np.clip(np.round(factor.values[rows]).astype(np.int64), 0, frames.shape[1] - 1)] = True
    return frames


def _chosen(index: Index, events: npt.NDArray[np.bool_], whole: bool) -> Index:
    """All clips with an event and at most OTHERS without one, evenly; all of both for `whole`."""
    has = events[index].any(1)
    return index if whole else np.sort(np.concatenate([index[has], spread(index[~has], OTHERS)]))


def _check(subject: Subject, counts: Mapping[str, int]) -> None:
    if min(counts.values()) < LEAST:
        given = ", ".join(f"{count} {split}" for split, count in counts.items())
        allowed = f"a set with at least {LEAST} clips with an event in each split, which Event spotting needs"
        raise complain("data.source", allowed, given, "Leave out this part, or train on more clips (data.count).")


def _encoded(subject: Subject, encoder: torch.nn.Module, index: Index, report: ProgressCallback | None) -> Tensor:
    """The features of every frame, encoded as an image."""
    dataset, columns = subject.dataset, []
    assert dataset.clips is not None, "checked before"
    frames = dataset.clips.shape[1]
    for frame in range(frames):
        columns.append(encode(encoder, dataset, index, subject.batch, subject.device, subject.size, frame=frame))  # type: ignore[arg-type]
        if report is not None:
            report((frame + 1) / frames)
    return torch.stack(columns, dim=1)


def _pixels(dataset: Dataset, index: Index, report: ProgressCallback | None) -> Tensor:
    """The colours of CELLS x CELLS cells of every frame."""
    assert dataset.clips is not None, "checked before"
    parts = []
    for part in np.array_split(index, max(1, len(index) // 256)):
        clips = torch.from_numpy(np.ascontiguousarray(dataset.clips[part])).float() / 255
        parts.append(F.adaptive_avg_pool2d(clips.flatten(0, 1), CELLS).flatten(1).unflatten(0, clips.shape[:2]))
    return torch.cat(parts)


def scores_of(
    features: FramesOf,
    index: Mapping[str, Index],
    truth: Mapping[str, npt.NDArray[np.bool_]],
    report: ProgressCallback | None = None,
) -> Floats:
    """The score (n, T) of every frame of the test clips."""
    every = torch.from_numpy(np.concatenate(list(index.values())))
    edges = np.cumsum([len(rows) for rows in index.values()])[:-1].tolist()
    parts = features(every.numpy(), report).tensor_split(edges)
    x = {split: with_neighbours(part) for split, part in zip(index, parts, strict=True)}
    y = {split: torch.from_numpy(truth[split]).float().reshape(-1, 1) for split in ("train", "validation")}

    def precision(outputs: Tensor, labels: Tensor) -> float:
        held = truth["validation"]
        return precision_of(outputs.double().numpy().reshape(held.shape), held, TOLERANCES[0], errors=False).value

    probe = fit_labels(x["train"].flatten(0, 1), y["train"], x["validation"].flatten(0, 1), y["validation"], precision)
    return probe.outputs(x["test"].flatten(0, 1)).double().numpy().reshape(truth["test"].shape)


def with_neighbours(features: Tensor) -> Tensor:
    """Features (n, T, D) with those of the frames before and after, (n, T, 3 D); at both ends the clip stands still."""
    before = torch.cat([features[:, :1], features[:, :-1]], dim=1)
    after = torch.cat([features[:, 1:], features[:, -1:]], dim=1)
    return torch.cat([before, features, after], dim=2)


@dataclass(frozen=True)
class Precision:
    """An average precision and its standard error."""

    value: float
    error: float


def precision_of(scores: Floats, truth: npt.NDArray[np.bool_], tolerance: int, errors: bool = True) -> Precision:
    """The average precision of scores (n, T) of all frames by the frames of events (n, T)."""
    clips, values, hits = detections(scores, truth, tolerance)
    weights = [np.ones((1, len(truth))), *(resamples(len(truth)) if errors else ())]
    happened = truth.sum(1)
    results = []
    for counts in weights:
        rows = counts[:, clips]
        # Events without a detection near them were missed: the precision there is 0.
        reached = (rows * hits).sum(1) / np.maximum((counts * happened).sum(1), 1e-12)
        results.append(np.nan_to_num(average_precision(values, hits, rows)) * reached)
    drawn = np.concatenate(results)
    return Precision(float(drawn[0]), float(drawn[1:].std(ddof=1)) if errors else 0.0)


def detections(
    scores: Floats, truth: npt.NDArray[np.bool_], tolerance: int
) -> tuple[npt.NDArray[np.int64], Floats, npt.NDArray[np.bool_]]:
    """The detections of all clips: (d,) in which clip, with which score, and whether it is right."""
    clips, values, hits = [], [], []
    for clip, (row, events) in enumerate(zip(scores, truth, strict=True)):
        left, open_events = np.ones(len(row), np.bool_), set(np.flatnonzero(events).tolist())
        for frame in np.argsort(-row, kind="stable").tolist():
            if not left[frame]:
                continue
            left[max(0, frame - _APART) : frame + _APART + 1] = False
            near = min(open_events, key=lambda event: abs(event - frame), default=None)
            right = near is not None and abs(near - frame) <= tolerance
            if near is not None and right:
                open_events.remove(near)
            clips.append(clip)
            values.append(row[frame])
            hits.append(right)
    return np.array(clips, np.int64), np.array(values), np.array(hits, np.bool_)


def chance(truth: npt.NDArray[np.bool_], tolerance: int) -> float:
    """The mean average precision of random scores."""
    generator = np.random.Generator(np.random.PCG64(0))
    drawn = [precision_of(generator.random(truth.shape), truth, tolerance, errors=False).value for _ in range(_CHANCE)]
    return float(np.mean(drawn))
