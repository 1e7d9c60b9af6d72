"""The colours of the samples on the map by a column of labels, and the entries of the legend. No widgets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.dataset import NO_YES
from workbench import theme
from workbench.bridge.data_questions import Labels
from workbench.i18n.data_names import data_name
from workbench.plots.hues import cyclic, sequential
from workbench.plots.point_geometry import bins

STEPS = 32


@dataclass(frozen=True)
class Entry:
    """One row of a legend: its colour, its name, the number of samples."""

    colour: str
    name: str
    count: int


@dataclass(frozen=True, eq=False)
class Colouring:
    """codes: (n,) indices into the palette, -1 for unknown. Categories have `entries`; numbers and angles `low` and `high`."""

    codes: NDArray[np.intp]
    palette: tuple[str, ...]
    entries: tuple[Entry, ...] = ()
    low: float = 0.0
    high: float = 0.0


def colour(labels: Labels, name: str) -> Colouring:
    """The colours of a column: hues for categories, a sequential map for numbers, a cyclic one for angles."""
    values = np.asarray(labels.columns[name])
    kind = labels.kinds.get(name, "category")
    if kind == "number":
        finite = values[np.isfinite(values)]
        low, high = (float(end) for end in np.quantile(finite, [0.01, 0.99])) if finite.size else (0.0, 1.0)
        return Colouring(bins(values, STEPS, low, high), tuple(sequential(STEPS)), (), low, high)
    if kind == "angle":
        turn = 2 * np.pi if np.nanmax(np.abs(values), initial=0) <= 2 * np.pi + 1e-6 else 360.0
        return Colouring(bins(np.mod(values, turn), STEPS, 0.0, turn), tuple(cyclic(STEPS)), (), 0.0, turn)
    codes = values.astype(np.intp)
    names = tuple(data_name(one) for one in labels.names.get(name, ()))
    count = max(len(names), int(codes.max(initial=-1)) + 1)
    palette = tuple(theme.current().hue(code) for code in range(count))
    counts = np.bincount(codes[codes >= 0], minlength=count)
    entries = tuple(
        Entry(palette[code], names[code] if code < len(names) else str(code), int(counts[code])) for code in range(count)
    )
    return Colouring(codes, palette, entries)


def without_unused(colouring: Colouring) -> Colouring:
    """The same without the categories that no sample has; the others keep their colours."""
    codes = [code for code, entry in enumerate(colouring.entries) if entry.count]
    if not colouring.entries or len(codes) == len(colouring.entries):
        return colouring
    new_code = np.full(len(colouring.palette) + 1, -1, np.intp)  # the last one is for code -1
    new_code[codes] = np.arange(len(codes))
    entries = tuple(colouring.entries[code] for code in codes)
    return Colouring(new_code[colouring.codes], tuple(entry.colour for entry in entries), entries)


def labels_text(labels: Labels, row: int, most: int = 6) -> str:
    """The names of the labels that a sample has, of columns whose values are no and yes: "hat, glasses"."""
    several = [name for name, values in labels.names.items() if tuple(values) == NO_YES]
    has = [name for name in several if int(labels.columns[name][row]) == 1]
    return ", ".join(has[:most]) + (" …" if len(has) > most else "")


def value_text(labels: Labels, name: str, row: int) -> str:
    """A sample's value as text: "cat", "0.42", "128°"."""
    value = labels.columns[name][row]
    kind = labels.kinds.get(name, "category")
    if kind == "category":
        names, code = labels.names.get(name, ()), int(value)
        return "" if code < 0 else data_name(names[code]) if code < len(names) else str(code)
    if not np.isfinite(value):
        return ""
    return f"{float(value):.0f}°" if kind == "angle" and abs(float(value)) > 7 else f"{float(value):.2f}"
