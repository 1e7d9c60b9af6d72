"""Classes and labels of images whose source gives each a number or a word."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from engine.data.dataset import Index
from engine.data.folder_classes import class_names

_NUMBER = re.compile(r"\d{1,15}")


def numbered_classes(values: Index, names: Sequence[str], notes: list[str]) -> tuple[tuple[str, ...], Index]:
    """Classes and labels (N,) of images with numbers (N,), below 0 where unknown. names: of the numbers from 0 on, as far as the
    source names them. Without names a number is its own name: all from 0 on are classes where they have few gaps, else only those
    that occur. Names that are too few are not used, with a note."""
    known = np.unique(values[values >= 0])
    labels = np.full(len(values), -1, np.int64)
    if not len(known):
        return (), labels
    if names and len(names) > known[-1]:
        of_classes = np.arange(len(names))
    else:
        if names:
            notes.append(f"The file names {len(names)} classes and has labels up to {known[-1]}: the names are not used.")
        many = int(known[-1]) + 1
        of_classes = np.arange(many) if many <= 2 * len(known) + 2 else known
        names = [str(value) for value in of_classes]
    given = values >= 0
    labels[given] = np.searchsorted(of_classes, values[given])
    return tuple(names), labels


def written_classes(texts: Sequence[str], names: Sequence[str], notes: list[str]) -> tuple[tuple[str, ...], Index]:
    """Classes and labels (N,) of images with texts (N), "" where unknown: as `numbered_classes` where all are whole numbers, else
    the texts are the names of the classes."""
    known = set(texts) - {""}
    if all(_NUMBER.fullmatch(text) for text in known):
        return numbered_classes(np.array([int(text) if text else -1 for text in texts], np.int64), names, notes)
    classes = class_names(list(known))
    code = {name: index for index, name in enumerate(classes)}
    return classes, np.array([code.get(text, -1) for text in texts], np.int64)
