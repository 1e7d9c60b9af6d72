"""Colour maps for columns of a data set: sequential for numbers, cyclic for angles."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

import numpy as np

from workbench import theme


def sequential(count: int, dark: bool | None = None) -> list[str]:
    """`count` colours for numbers, "#rrggbb": from dark blue over green to yellow, in a light theme from yellow to dark blue.
    `dark`: for which theme, by default the current one."""
    dark = theme.current().dark if dark is None else dark
    stops = ["#3f51b5", "#2a9d8f", "#8bc34a", "#ffe14d"] if dark else ["#f2c037", "#5fae57", "#1b7f86", "#2c2f83"]
    return _between(stops, count)


def cyclic(count: int, dark: bool | None = None) -> list[str]:
    """`count` colours for angles, "#rrggbb": the last is next to the first, lightness is about constant. `dark`: as above."""
    dark = theme.current().dark if dark is None else dark
    value, saturation = (0.92, 0.55) if dark else (0.72, 0.75)
    made = []
    for step in range(count):
        red, green, blue = colorsys.hsv_to_rgb(step / count, saturation, value)
        made.append(f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}")
    return made


def _between(stops: Sequence[str], count: int) -> list[str]:
    known = np.array([[int(stop[at : at + 2], 16) for at in (1, 3, 5)] for stop in stops], float)
    steps = np.linspace(0, len(stops) - 1, count)
    parts = [np.interp(steps, range(len(stops)), known[:, channel]).round().astype(int) for channel in range(3)]
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in zip(*parts, strict=True)]
