"""Zero-shot classification: each test image gets the class whose prompts are nearest to it (CLIP, 2103.00020, Sec. 3.1)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from engine.evaluate.subject import Subject
from engine.methods.image_text import ImageTextMethod
from engine.runs.evaluation import Figure

PROMPTS = ("{}", "a {}", "a photo of a {}", "a picture of a {}", "an image of a {}", "there is a {}")


def measure(subject: Subject) -> Iterator[Figure]:
    """The share of test images whose class is right; and, where the captions name more than the class, that of each attribute."""
    started = time.monotonic()
    index = subject.splits["test"]
    captions = subject.dataset.captions
    named = {name: (a.words, a.codes[index], a.prompts) for name, a in captions.attributes.items()} if captions else {}
    shares, others = {}, {}
    for encoder, method in subject.methods.items():
        assert isinstance(method, ImageTextMethod)
        images = image_embeddings(subject, encoder)
        names = class_names(subject.dataset.classes)
        shares[encoder] = _accuracy(images, class_embeddings(method, names, PROMPTS), subject.dataset.labels[index])
        others[encoder] = {
            name: _accuracy(images, class_embeddings(method, words, prompts), codes)
            for name, (words, codes, prompts) in named.items()
        }
    yield Figure(
        "zero_shot",
        shares["trained"],
        shares["untrained"],
        0,
        f"Zero-shot: no label is used; the nearest class by cosine, each the mean of {len(PROMPTS)} prompts (2103.00020).",
        others["trained"],
        others["untrained"],
        seconds=time.monotonic() - started,
    )


def image_embeddings(subject: Subject, encoder: str) -> Tensor:
    """Unit vectors (n, P) of the test images in the space of the texts."""
    method = subject.methods[encoder]
    assert isinstance(method, ImageTextMethod)
    with torch.no_grad():
        return method.embed_images(subject.features(encoder)["test"])


@torch.no_grad()
def class_embeddings(method: ImageTextMethod, words: Sequence[str], prompts: Sequence[str]) -> Tensor:
    """Unit vectors (K, P) of K words: the normalised mean of the embeddings of all prompts with the word."""
    rows = [method.embed_texts([prompt.format(word) for prompt in prompts]).mean(0) for word in words]
    return torch.nn.functional.normalize(torch.stack(rows), dim=1)


def class_names(classes: Sequence[str]) -> list[str]:
    """The names of classes as words: those of folders have underscores and hyphens."""
    return [name.replace("_", " ").replace("-", " ") for name in classes]


def _accuracy(images: Tensor, classes: Tensor, codes: np.ndarray) -> float:
    known = torch.from_numpy(codes >= 0)
    prediction = (images @ classes.t()).argmax(1)
    right = prediction[known] == torch.from_numpy(codes)[known]
    return float(right.float().mean()) if len(right) else 0.0
