"""Colour maps for columns of a data set: sequential for numbers, cyclic for angles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench import theme


def sequential(count: int, dark: bool | None = None) -> list[str]:
    """`count` colours for numbers, "#rrggbb": from dark blue over green to yellow, in a light theme from yellow to dark blue.
    `dark`: for which theme, by default the current one."""
    dark = theme.current().dark if dark is None else dark
    stops = ["#3f51b5", "#2a9d8f", "#8bc34a", "#ffe14d"] if dark else ["#f2c037", "#5fae57", "#1b7f86", "#2c2f83"]
    return _between(stops, count)


# Twelve points on a circle in OKLab around which lightness, red-green and blue-yellow all change, so that every colour vision sees
# at least two of them. Hues of one lightness, as in HSV, are alike for some.
CIRCLE = (
    "#d9c693",
    "#edb45b",
    "#e49625",
    "#c4771e",
    "#98613d",
    "#6b565c",
    "#46537c",
    "#265ca1",
    "#0a73c2",
    "#3193d7",
    "#6fb3d8",
    "#abc6c0",
)


def cyclic(count: int) -> list[str]:
    """`count` colours for angles, "#rrggbb": the last is next to the first. From light over orange, dark and blue back to light."""
    return _between((*CIRCLE, CIRCLE[0]), count + 1)[:-1]


def _between(stops: Sequence[str], count: int) -> list[str]:
    known = np.array([[int(stop[at : at + 2], 16) for at in (1, 3, 5)] for stop in stops], float)
    steps = np.linspace(0, len(stops) - 1, count)
    parts = [np.interp(steps, range(len(stops)), known[:, channel]).round().astype(int) for channel in range(3)]
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in zip(*parts, strict=True)]
