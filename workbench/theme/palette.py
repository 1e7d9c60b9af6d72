"""The colours of the window as values, no Qt: two palettes, ten category hues, and the sizes of the 4 px grid.

The hues maximise the smallest distance between two of them in OKLab for normal vision, deuteranopia, protanopia and tritanopia
(matrices of Machado et al. 2009), with the accent as the first one. Each has a symbol, for plots where colour alone is not enough.
"""

from __future__ import annotations

from dataclasses import dataclass

# Gaps and sizes in device-independent pixels, all on a 4 px grid.
UNIT = 4
GAP = 8
WIDE_GAP = 12
RADIUS = 8
CONTROL = 28
TEXT_PX = 12
SMALL_PX = 11
HEADING_PX = 15

# pyqtgraph's names of ten symbols, one for each hue.
SYMBOLS = ("o", "s", "t", "d", "+", "x", "star", "p", "h", "t1")

DARK_HUES = (
    "#5aa9e6",
    "#f07c8f",
    "#fce664",
    "#0ed8d8",
    "#bb5796",
    "#b8a80a",
    "#6f73d7",
    "#98fdcf",
    "#f3b686",
    "#8e8142",
)
LIGHT_HUES = (
    "#1f77c9",
    "#c16978",
    "#8f9c0d",
    "#06a3bd",
    "#6e034e",
    "#916603",
    "#1f3287",
    "#9e2f53",
    "#60518f",
    "#5e4500",
)


# Shades of a hue for runs after the tenth: the hue itself, then with a share of another colour of the palette.
SHADES = 3


def mix(colour: str, other: str, share: float) -> str:
    """`share` of `other` in `colour`, all "#rrggbb"."""
    pairs = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)


@dataclass(frozen=True)
class Palette:
    """Every colour of the window, as "#rrggbb". `line`: decorative lines, around cards and between rows. `edge`: the borders of
    controls and popups, with a contrast of 3:1 to what is around them (WCAG 2.2, 1.4.11). Texts have 4.5:1 (1.4.3). `hues`: ten
    category colours."""

    name: str
    dark: bool
    ground: str
    card: str
    raised: str
    line: str
    edge: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    good: str
    warning: str
    bad: str
    hues: tuple[str, ...]
    symbols: tuple[str, ...] = SYMBOLS

    def hue(self, number: int) -> str:
        """The colour of a category or run by its number, modulo ten."""
        return self.hues[number % len(self.hues)]

    def run_colour(self, number: int) -> str:
        """The colour of a run by its number: ten hues, then the same ones with more of the text's colour, then with more of the
        ground's. Thirty numbers have different colours."""
        hue, shade = self.hue(number), number // len(self.hues) % SHADES
        return hue if not shade else mix(hue, self.text, 0.45) if shade == 1 else mix(hue, self.ground, 0.4)

    def symbol(self, number: int) -> str:
        """pyqtgraph's symbol for `hue(number)`."""
        return self.symbols[number % len(self.symbols)]


DARK = Palette(
    name="dark",
    dark=True,
    ground="#14171c",
    card="#1b1f26",
    raised="#252a34",
    line="#2d3440",
    edge="#6a7486",
    text="#e6e9ee",
    quiet="#98a2b2",
    accent="#5aa9e6",
    on_accent="#0e141b",
    good="#2fcda3",
    warning="#eca842",
    bad="#ea6c5a",
    hues=DARK_HUES,
)

LIGHT = Palette(
    name="light",
    dark=False,
    ground="#f4f5f7",
    card="#ffffff",
    raised="#eef0f4",
    line="#dde1e7",
    edge="#7d8695",
    text="#1c2430",
    quiet="#5d6779",
    accent="#1a6cb8",
    on_accent="#ffffff",
    good="#2b7867",
    warning="#9f5c0c",
    bad="#9e212c",
    hues=LIGHT_HUES,
)
