"""Retrieval between clips and their sounds: whether the sound of a held-out clip is among the nearest to the clip, and the clip to
the sound.

For every encoder by a linear map: ridge regression predicts the spectrogram of a clip's sound from the frozen features of its
frames. For a method with an encoder of sound also by its own embeddings."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.log_mel import log_mel
from engine.backbones.modes import evaluating
from engine.config.errors import complain
from engine.data.clips import Sound
from engine.data.dataset import Index
from engine.embed.features import sound_of, whole_clips
from engine.evaluate.probes import LEAST, RIDGE_GRID, fit_ridge
from engine.evaluate.subject import SPLITS, Subject
from engine.evaluate.tasks.motion import clip_features, clip_pixels, words_of_features
from engine.evaluate.tasks.retrieval import CANDIDATES, RANKS, recall, spread
from engine.method import ClipViews, Method
from engine.methods.clip_sound import ClipSoundMethod
from engine.runs.evaluation import Figure

KINDS = ("clip_to_sound", "sound_to_clip")
_AT_ONCE = 64  # clips


def by_linear_map(subject: Subject) -> Iterator[Figure]:
    """Recall at 1 and at 5, both ways, by a ridge regression of spectrograms, beside chance and the pixels of the frames."""
    started = time.monotonic()
    rows = _rows_with_sound(subject)
    sounds = {split: spectrograms(subject, subject.splits[split][rows[split]]) for split in SPLITS}
    right = equal_sounds(_sound(subject).values[subject.splits["test"][rows["test"]]])
    shares, strengths = {}, {}
    for name in (*subject.encoders, "pixels"):
        features = clip_pixels(subject) if name == "pixels" else clip_features(subject, name)
        x = {split: features[split][torch.from_numpy(rows[split])] for split in SPLITS}
        cosines, strengths[name] = linear_similarity(x, sounds)
        shares[name] = recalls(cosines, right)
    counts = {split: len(rows[split]) for split in SPLITS}
    grid = ", ".join(f"{value:g}" for value in sorted(RIDGE_GRID))
    text = (
        f"Clip-sound retrieval: {words_of_features(subject)}; a ridge regression predicts the log-mel spectrogram, one column a "
        f"frame, standardised, fitted on {counts['train']} training clips, L2 strength of {{{grid}}} by squared error on "
        f"{counts['validation']} validation clips; {counts['test']} test clips, cosine of predicted and true spectrograms; equal "
        "sounds count as hits."
    )
    yield from _figures("", subject, shares, right, counts["train"], text, started, strengths)


def by_own_embeddings(subject: Subject) -> Iterator[Figure]:
    """Recall at 1 and at 5, both ways, by the method's own embeddings of frames and sounds, beside chance."""
    started = time.monotonic()
    rows = _rows_with_sound(subject)["test"]
    index = subject.splits["test"][rows]
    right, shares = equal_sounds(_sound(subject).values[index]), {}
    for name, method in subject.methods.items():
        clips, sounds = _embedded(subject, name, method, index)
        shares[name] = recalls(clips @ sounds.t(), right)
    text = (
        f"Clip-sound retrieval, own: {len(rows)} test clips; cosine of the method's own embeddings of frames and sounds; equal "
        "sounds count as hits."
    )
    yield from _figures("own_", subject, shares, right, 0, text, started, {})


def _figures(
    prefix: str,
    subject: Subject,
    shares: Mapping[str, Sequence[float]],
    right: Tensor,
    labels: int,
    text: str,
    started: float,
    strengths: Mapping[str, float],
) -> Iterator[Figure]:
    left = subject.counts["test"] - len(right)
    notes = (f"Clip-sound retrieval: {left} test clips are left out: without sound, or more than {CANDIDATES}.",) if left else ()
    by_chance = [chance(right if kind == KINDS[0] else right.t(), k) for kind in KINDS for k in RANKS]
    for number, part in enumerate(f"{prefix}{kind}_{k}" for kind in KINDS for k in RANKS):
        baselines = {name: own[number] for name, own in shares.items() if name not in subject.encoders}
        yield Figure(
            part,
            shares["trained"][number],
            shares["untrained"][number],
            labels,
            text,
            {"strength": strengths["trained"]} if strengths else {},
            {"strength": strengths["untrained"]} if strengths else {},
            notes,
            seconds=time.monotonic() - started,
            baselines={"chance": by_chance[number], **baselines},
        )


def _sound(subject: Subject) -> Sound:
    assert subject.dataset.sound is not None, "checked before"
    return subject.dataset.sound


def _rows_with_sound(subject: Subject) -> dict[str, Index]:
    """Which clips of each split have sound; of the test clips at most CANDIDATES, evenly. ConfigError where they are too few."""
    known = _sound(subject).known
    rows = {split: np.flatnonzero(known[subject.splits[split]]) for split in SPLITS}
    rows["test"] = spread(rows["test"], CANDIDATES)
    if min(map(len, rows.values())) < LEAST:
        given = ", ".join(f"{len(index)} {split}" for split, index in rows.items())
        allowed = f"a set with at least {LEAST} clips with sound in each split"
        raise complain("data.source", allowed, given, "Leave out this part, or add videos that have sound.")
    return rows


def spectrograms(subject: Subject, index: Index) -> Tensor:
    """(n, D) log-mel spectrograms of the clips at `index`, one column for each frame."""
    clips = subject.dataset.clips
    assert clips is not None, "checked before"
    parts = []
    for part in np.array_split(index, max(1, len(index) // _AT_ONCE)):
        sound, _ = sound_of(_sound(subject), part, torch.device("cpu"))
        parts.append(log_mel(sound, _sound(subject).rate, clips.shape[1]).mean(4).flatten(1))
    return torch.cat(parts)


def linear_similarity(x: Mapping[str, Tensor], sounds: Mapping[str, Tensor]) -> tuple[Tensor, float]:
    """Cosines (n, n) of the sounds of the test clips that a ridge regression predicts from features `x` with the true `sounds`,
    both (n, D) by split; and the strength of its penalty, one for all columns."""
    mean, scale = sounds["train"].double().mean(0), sounds["train"].double().std(0, correction=0)
    # A band that is silent in nearly every clip would count as much as the others.
    scale = scale.clamp_min(1e-2 * float(scale.max().clamp_min(1e-12)))
    y = {split: (values.double() - mean) / scale for split, values in sounds.items()}
    columns = [np.arange(y["train"].shape[1])]
    ridge = fit_ridge(x["train"], y["train"], x["validation"], y["validation"], columns)
    predicted = ridge.predict(x["test"])
    return F.normalize(predicted, dim=1) @ F.normalize(y["test"], dim=1).t(), ridge.l2[0]


def _embedded(subject: Subject, name: str, method: Method, index: Index) -> tuple[Tensor, Tensor]:
    """Embeddings (n, D) of the frames and of the sounds of the clips at `index`."""
    assert isinstance(method, ClipSoundMethod), "checked before"
    report, device = subject.report(name, f"clip-sound retrieval, {name}"), torch.device(subject.device)
    flow, parts = torch.zeros(0), []
    module = method.to(device)
    with torch.no_grad(), evaluating(module):
        for start in range(0, len(index), _AT_ONCE):
            part = index[start : start + _AT_ONCE]
            sound, known = sound_of(_sound(subject), part, device)
            frames = whole_clips(subject.dataset, part, device, subject.size)
            pair = method.embed_pairs(ClipViews(frames, flow, sound, known, _sound(subject).rate))
            parts.append([one.float().cpu() for one in pair])
            report((start + len(part)) / len(index))
    method.to("cpu")
    clips, sounds = zip(*parts, strict=True)
    return torch.cat(clips), torch.cat(sounds)


def recalls(similarity: Tensor, right: Tensor) -> list[float]:
    """The recalls of a similarity (n, n) of clips with sounds, in the order of the figures."""
    both = ((similarity, right), (similarity.t(), right.t()))
    return [recall(table, truth, k) for table, truth in both for k in RANKS]


def equal_sounds(values: np.ndarray) -> Tensor:
    """(n, n) bool: which of the sounds (n, L) are equal."""
    codes: dict[bytes, int] = {}
    code = torch.tensor([codes.setdefault(row.tobytes(), len(codes)) for row in values])
    return code[:, None] == code[None, :]


def chance(right: Tensor, k: int) -> float:
    """The recall at k of a random order, where `right` (n, m) says what counts as a hit: 1 less the share of orders without one
    among the first k."""
    rows, many = right.double().sum(1), right.shape[1]
    missed = torch.ones_like(rows)
    for taken in range(min(k, many)):
        missed = missed * ((many - rows - taken) / (many - taken)).clamp_min(0)
    return float((1 - missed).mean())
