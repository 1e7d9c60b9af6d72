"""What the frozen features of whole clips know of the class of a clip (kNN, a linear probe, and retrieval of clips of the same
class) and of its speed (ridge regression).

An encoder of clips gives its own features. One of images encodes four frames of each clip, evenly spaced, and their features are
put one after another, in the order of time: what changes between them can be read from that, also by an encoder that never saw a
clip. The features of the middle frame alone, which the other tasks use, know of motion only what a still shows."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.data.clips import evenly
from engine.embed.features import encode
from engine.evaluate.knn import knn_accuracy
from engine.evaluate.linear import GRID, fit_probe
from engine.evaluate.subject import Subject
from engine.evaluate.target_scores import speeds
from engine.evaluate.tasks.nearest_neighbours import TEMPERATURE
from engine.evaluate.tasks.retrieval import RANKS, same_class_recall
from engine.evaluate.tasks.targets import ridge_figure
from engine.runs.evaluation import Figure

FRAMES = 4
NEIGHBOURS = 20
CELLS = 8  # a side, of the pixels of a frame
FIGURES = ("motion_knn", "motion_linear", *(f"clip_to_clip_{k}" for k in RANKS))


def measure(subject: Subject) -> Iterator[Figure]:
    """Shares of test clips that kNN and a linear probe have right, and recall at 1 and at 5 among the test clips."""
    started, y = time.monotonic(), subject.labels()
    shares: dict[str, list[float]] = {}
    choices: dict[str, dict[str, float]] = {}
    for name in subject.encoders:
        x = clip_features(subject, name)
        knn = knn_accuracy(x["train"], y["train"], x["test"], y["test"], NEIGHBOURS, TEMPERATURE, subject.classes)
        probe = fit_probe(x["train"], y["train"], x["validation"], y["validation"], subject.classes)
        choices[name] = {"l2": probe.l2, "validation": probe.validation}
        shares[name] = [knn, probe.accuracy(x["test"], y["test"]), *same_class_recall(x["test"], y["test"])]
    seconds = time.monotonic() - started
    counts, grid = subject.counts, ", ".join(f"{value:g}" for value in sorted(GRID))
    of = words_of_features(subject)
    texts = (
        f"Motion: {of}; the {NEIGHBOURS} nearest by cosine among {counts['train']} training clips, votes weighted "
        f"exp(cosine / {TEMPERATURE:g}).",
        f"Motion: {of}; multinomial logistic regression on {counts['train']} training clips, features standardised, L2 strength of "
        f"{{{grid}}} chosen on {counts['validation']} validation clips.",
        *[f"Clip retrieval: {of}; {counts['test']} test clips, each against all others by cosine."] * len(RANKS),
    )
    for number, part in enumerate(FIGURES):
        yield Figure(
            part,
            shares["trained"][number],
            shares["untrained"][number],
            counts["train"] if number < 2 else 0,
            texts[number],
            choices["trained"] if part == "motion_linear" else {},
            choices["untrained"] if part == "motion_linear" else {},
            seconds=seconds,
        )


def speed(subject: Subject) -> Iterator[Figure]:
    """Mean R² of ridge regressions of the known speeds of clips, beside that of the pixels of the same frames."""

    def features() -> Mapping[str, Mapping[str, Tensor]]:
        return {**{name: clip_features(subject, name) for name in subject.encoders}, "pixels": clip_pixels(subject)}

    what = f"{words_of_features(subject)}; pixels: {FRAMES} frames of {CELLS} x {CELLS} cells"
    yield ridge_figure(subject, "speed_r2", "Speed", what, speeds(subject.dataset), features)


def clip_pixels(subject: Subject) -> Mapping[str, Tensor]:
    """The colours of CELLS x CELLS cells of the frames that an encoder of images is given, one after another: (n, D) of the clips
    of each split."""
    clips = subject.dataset.clips
    assert clips is not None, "checked before"
    frames = evenly(clips.shape[1], FRAMES)
    rows = {}
    for split, index in subject.splits.items():
        parts = [torch.from_numpy(clips[part][:, frames]) for part in np.array_split(index, max(1, len(index) // 256))]
        rows[split] = torch.cat([F.adaptive_avg_pool2d(part.flatten(1, 2).float(), CELLS).flatten(1) / 255 for part in parts])
    return rows


def words_of_features(subject: Subject) -> str:
    """What the features of a clip are, for the protocol."""
    if all(encoder.sees_clips for encoder in subject.encoders.values()):
        return "features of whole clips"
    return f"features of {FRAMES} frames of each clip, one after another in time"


def clip_features(subject: Subject, name: str) -> Mapping[str, Tensor]:
    """Features (n, D) of the clips of each split, by the "trained" or "untrained" encoder."""
    encoder, clips = subject.encoders[name], subject.dataset.clips
    assert clips is not None, "checked before"
    if encoder.sees_clips:
        return subject.features(name)
    index = np.concatenate(list(subject.splits.values()))
    task = subject.task.title.lower() if subject.task is not None else ""
    report = subject.report(name, f"{task}, {name}")
    frames = evenly(clips.shape[1], FRAMES).tolist()
    rows = torch.cat(
        [
            encode(
                encoder,
                subject.dataset,
                index,
                subject.batch,
                subject.device,
                subject.size,
                lambda share, at=at: report((at + share) / len(frames)),
                frame=frame,
            )
            for at, frame in enumerate(frames)
        ],
        dim=1,
    )
    edges = np.cumsum(list(subject.counts.values()))[:-1].tolist()
    return dict(zip(subject.splits, rows.tensor_split(edges), strict=True))
