"""Retrieval by cosine: images by text, texts by image, and images by image."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.data.captions import texts_at
from engine.evaluate.subject import Subject
from engine.evaluate.tasks.zero_shot import image_embeddings
from engine.methods.image_text import ImageTextMethod
from engine.runs.evaluation import Figure

CANDIDATES = 1000
RANKS = (1, 5)
FIGURES = tuple(f"{kind}_{k}" for kind in ("image_to_text", "text_to_image") for k in RANKS)
IMAGE_FIGURES = tuple(f"image_to_image_{k}" for k in RANKS)
_PART = 1024


def image_text(subject: Subject) -> Iterator[Figure]:
    """Recall at 1 and at 5 among 1,000 test images and their first captions, both ways. A caption that is equal to the right one is
    right, too."""
    started = time.monotonic()
    captions = subject.dataset.captions
    assert captions is not None
    index = subject.splits["test"]
    listed = texts_at(captions.texts, index)
    chosen = spread(np.flatnonzero([bool(texts) for texts in listed]), CANDIDATES)
    texts = [listed[at][0] for at in chosen.tolist()]
    shares = {}
    for encoder, method in subject.methods.items():
        assert isinstance(method, ImageTextMethod)
        images = image_embeddings(subject, encoder)[torch.from_numpy(chosen)]
        with torch.no_grad():
            words = torch.cat([method.embed_texts(texts[at : at + _PART]) for at in range(0, len(texts), _PART)])
        cosines = images @ words.t()
        same = equal(texts)
        shares[encoder] = [recall(table, same, k) for table in (cosines, cosines.t()) for k in RANKS]
    seconds = time.monotonic() - started
    text = f"Retrieval: {len(texts)} test images and the first caption of each; cosine; equal captions count as hits."
    for name, trained, untrained in zip(FIGURES, shares["trained"], shares["untrained"], strict=True):
        yield Figure(name, trained, untrained, 0, text, seconds=seconds)


def image_image(subject: Subject) -> Iterator[Figure]:
    """Recall at 1 and at 5 among all test images: whether one of the k nearest others has the class of the image."""
    started, labels = time.monotonic(), subject.labels()["test"]
    shares = {}
    for encoder in subject.encoders:
        shares[encoder] = same_class_recall(subject.features(encoder)["test"], labels)
    text = f"Image retrieval: {len(labels)} test images, each against all others; cosine of L2-normalised features."
    seconds = time.monotonic() - started
    for name, trained, untrained in zip(IMAGE_FIGURES, shares["trained"], shares["untrained"], strict=True):
        yield Figure(name, trained, untrained, 0, text, seconds=seconds)


def same_class_recall(features: Tensor, labels: Tensor) -> list[float]:
    """For each of RANKS the share of rows of features (n, D) whose nearest others by cosine have one of the same label (n,)."""
    x, hits = F.normalize(features, dim=1), []
    for at in range(0, len(x), _PART):
        rows = torch.arange(at, min(at + _PART, len(x)))
        cosines = x[rows] @ x.t()
        cosines[torch.arange(len(rows)), rows] = -2.0  # not the row itself
        nearest = cosines.topk(min(max(RANKS), len(x) - 1), dim=1).indices
        hits.append(labels[nearest] == labels[rows].unsqueeze(1))
    right = torch.cat(hits)
    return [float(right[:, :k].any(1).float().mean()) for k in RANKS]


def spread(index: np.ndarray, count: int) -> np.ndarray:
    """At most `count` of the entries, evenly spaced."""
    return index if len(index) <= count else index[np.linspace(0, len(index) - 1, count).astype(np.int64)]


def equal(texts: Sequence[str]) -> Tensor:
    """(N, N) bool: which texts are equal."""
    code = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    codes = torch.tensor([code[text] for text in texts])
    return codes.unsqueeze(0) == codes.unsqueeze(1)


def recall(similarity: Tensor, right: Tensor, k: int) -> float:
    """The share of rows of `similarity` (N, M) with an entry of `right` (N, M) among their k largest."""
    nearest = similarity.topk(min(k, similarity.shape[1]), dim=1).indices
    return float(right.gather(1, nearest).any(1).float().mean())
