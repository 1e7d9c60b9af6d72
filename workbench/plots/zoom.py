"""How large a picture is shown. `zoom`: screen pixels for each pixel of the picture. No Qt."""

from __future__ import annotations

LOWEST, HIGHEST = 1 / 64, 64.0
STEP = 1.25


def fitting(width: float, height: float, of_width: float, of_height: float) -> float:
    """The zoom at which a picture fills a view of this width and height as far as it fits, at most HIGHEST."""
    if min(width, height, of_width, of_height) <= 0:
        return 1.0
    return clamped(min(width / of_width, height / of_height))


def stepped(zoom: float, steps: float) -> float:
    """The zoom after so many steps; negative ones make the picture smaller. A step over 100 % stops there."""
    made = zoom * STEP**steps
    if (zoom < 1 < made) or (made < 1 < zoom):
        return 1.0
    return clamped(made)


def clamped(zoom: float) -> float:
    """The zoom within its bounds."""
    return min(max(zoom, LOWEST), HIGHEST)
