"""Colours for a white ground: those of the window, dark enough to be seen in print. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.theme.palette import DARK, LIGHT, SHADES

# WCAG 2.2, 1.4.11: the least contrast of a graphic with its ground. Of a scale of colours, whose ends differ in lightness, less.
LEAST = 3.0
LEAST_OF_SCALE = 1.6
TEXT = "#1a1a1a"
QUIET = "#5c5c5c"
LINE = "#d9d9d9"
UNKNOWN = "#8f8f8f"

# What each colour of the window is on white. The shades by which the window tells more than ten runs apart are too near to each
# other there: such runs have the hue itself, and another dash or sign.
_TWINS = {getattr(DARK, name): getattr(LIGHT, name) for name in ("accent", "good", "warning", "bad", "quiet", "text")} | {
    palette.run_colour(number): LIGHT.hue(number)
    for number in reversed(range(SHADES * len(LIGHT.hues)))
    for palette in (LIGHT, DARK)
}


def contrast(colour: str) -> float:
    """The contrast ratio of a colour with white, 1 to 21 (WCAG 2.2)."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def on_white(colour: str, least: float = LEAST) -> str:
    """A colour of the window on white: of the dark theme its twin of the light one, darkened until its contrast is `least`."""
    colour = _TWINS.get(colour.lower(), colour.lower())
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    share = 1.0
    while contrast(colour) < least and share > 0:
        share -= 0.02
        colour = "#" + "".join(f"{round(part * max(0.0, share)):02x}" for part in parts)
    return colour


def scale_on_white(colours: Sequence[str]) -> tuple[str, ...]:
    """A scale of colours on white."""
    return tuple(on_white(colour, LEAST_OF_SCALE) for colour in colours)


def dashes(colours: Sequence[str]) -> list[int]:
    """The dash of each of several curves: where a colour comes again, another one."""
    seen: dict[str, int] = {}
    result = []
    for colour in colours:
        result.append(seen.get(colour, 0))
        seen[colour] = result[-1] + 1
    return result
