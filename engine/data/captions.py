"""Captions: texts that say what an image shows, several an image where a source has them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

import numpy as np

from engine.data.dataset import Index

Texts = Sequence[tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Attribute:
    """A property that the captions of a set name: the classes of a zero-shot classification.

    words: the values in words. codes: (N,) the word of each image, -1 where unknown. prompts: texts with one "{}" for the word."""

    words: tuple[str, ...]
    codes: Index
    prompts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Captions:
    """The captions of N images. texts: (N) the captions of each image, most complete first, an empty tuple where it has none.
    attributes: what the captions name, where the source knows it."""

    texts: Texts
    attributes: Mapping[str, Attribute] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: Index) -> Captions:
        """The captions of images (n,), in this order; -1 for an image without captions."""
        attributes = {
            name: replace(attribute, codes=np.where(rows < 0, -1, attribute.codes[rows]))
            for name, attribute in self.attributes.items()
        }
        return Captions(_Rows(self.texts, rows), attributes)


class LazyTexts(Sequence[tuple[str, ...]], ABC):
    """The captions of images, made when they are read. A subclass has `__len__` and `captions_of`."""

    @abstractmethod
    def captions_of(self, row: int) -> tuple[str, ...]:
        """The captions of one image."""

    def captions_of_all(self, rows: Index) -> list[tuple[str, ...]]:
        """The captions of images (n,): what `captions_of` gives for each. A subclass that can make many at once overrides it."""
        return [self.captions_of(row) for row in rows.tolist()]

    @overload
    def __getitem__(self, index: int) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[str, ...]]: ...
    def __getitem__(self, index: int | slice) -> tuple[str, ...] | Sequence[tuple[str, ...]]:
        if isinstance(index, slice):
            return [self[row] for row in range(*index.indices(len(self)))]
        return self.captions_of(index)


class _Rows(LazyTexts):
    """Some of the texts, without a copy."""

    def __init__(self, texts: Texts, rows: Index) -> None:
        self._texts, self._rows = texts, rows

    def __len__(self) -> int:
        return len(self._rows)

    def captions_of(self, row: int) -> tuple[str, ...]:
        known = int(self._rows[row])
        return self._texts[known] if known >= 0 else ()

    def captions_of_all(self, rows: Index) -> list[tuple[str, ...]]:
        known = self._rows[rows]
        made = iter(texts_at(self._texts, known[known >= 0]))
        return [next(made) if row >= 0 else () for row in known.tolist()]


def texts_at(texts: Texts, rows: Index) -> list[tuple[str, ...]]:
    """The captions of images (n,) among `texts`, in their order."""
    return texts.captions_of_all(rows) if isinstance(texts, LazyTexts) else [texts[row] for row in rows.tolist()]
