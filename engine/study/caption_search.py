"""Captions of single samples, and the samples whose captions have given words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.data.captions import texts_at
from engine.data.dataset import Dataset
from engine.execute.progress import ProgressCallback, no_progress
from engine.study.results import CaptionCondition
from engine.study.samples import indices_within

# Samples between two reports of progress, each of which can also cancel the search.
_PART = 512


def normalized(text: str) -> str:
    """A text in the form in which captions are compared."""
    return " ".join(text.split()).casefold()


def sample_captions(dataset: Dataset, index: Sequence[int]) -> tuple[tuple[str, ...], ...] | None:
    """The captions of the samples at `index` (n,), an empty tuple for one without; None where the data set has no captions.
    ConfigError where there is no such sample."""
    chosen = indices_within(dataset, index)
    if dataset.captions is None:
        return None
    texts = dataset.captions.texts
    return tuple(tuple(texts[row]) for row in chosen.tolist())


def search_captions(
    dataset: Dataset, index: npt.NDArray[np.integer], wanted: Sequence[CaptionCondition], progress: ProgressCallback = no_progress
) -> tuple[npt.NDArray[np.bool_], ...] | None:
    """Which of the samples at `index` (n,) satisfy each condition, (n,) each; None where the data set has no captions.

    Captions are read a few samples at a time, so that the search needs no memory of their number. ConfigError where there is no
    such sample; errors of `progress` are passed on."""
    chosen = indices_within(dataset, index)
    if dataset.captions is None:
        return None
    conditions = [(condition.sign, normalized(condition.text)) for condition in wanted]
    masks = np.zeros((len(conditions), len(chosen)), np.bool_)
    for start in range(0, len(chosen), _PART):
        progress(start / len(chosen))
        for at, texts in enumerate(texts_at(dataset.captions.texts, chosen[start : start + _PART]), start):
            captions = [normalized(text) for text in texts]
            for number, (sign, text) in enumerate(conditions):
                if sign == "~":
                    masks[number, at] = any(text in caption for caption in captions)
                else:
                    masks[number, at] = (text in captions) == (sign == "=") and bool(captions)
    progress(1.0)
    return tuple(masks)
