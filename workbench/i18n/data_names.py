"""Names of the classes and factors of the built-in data sets, of the column of tags and of captions, in the window's language."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def data_name(name: str) -> str:
    """The name of a class or factor: translated if it belongs to a built-in data set, else unchanged."""
    return _known().get(name, name)


def data_names(names: Iterable[str]) -> list[str]:
    """`data_name` of each, quicker where there are thousands."""
    known = _known()
    return [known.get(name, name) for name in names]


def _known() -> dict[str, str]:
    # Translated at each call: the language may have changed.
    return {
        "class": translate("names", "class"),
        "tag": translate("names", "tag"),
        "caption": translate("names", "caption"),
        # factors
        "shape": translate("names", "shape"),
        "hue": translate("names", "hue"),
        "size": translate("names", "size"),
        "x": translate("names", "x"),
        "y": translate("names", "y"),
        "rotation": translate("names", "rotation"),
        "background": translate("names", "background"),
        "background hue": translate("names", "background hue"),
        "background tone": translate("names", "background tone"),
        "light": translate("names", "light"),
        "speed": translate("names", "speed"),
        # shapes
        "disc": translate("names", "disc"),
        "square": translate("names", "square"),
        "triangle": translate("names", "triangle"),
        "star": translate("names", "star"),
        "heart": translate("names", "heart"),
        "ring": translate("names", "ring"),
        "cross": translate("names", "cross"),
        "hexagon": translate("names", "hexagon"),
        "crescent": translate("names", "crescent"),
        "drop": translate("names", "drop"),
        # motions
        "right": translate("names", "right"),
        "left": translate("names", "left"),
        "up": translate("names", "up"),
        "down": translate("names", "down"),
        "upper left": translate("names", "upper left"),
        "upper right": translate("names", "upper right"),
        "lower left": translate("names", "lower left"),
        "lower right": translate("names", "lower right"),
        "spin right": translate("names", "spin right"),
        "spin left": translate("names", "spin left"),
        "grow": translate("names", "grow"),
        "shrink": translate("names", "shrink"),
        "bounce": translate("names", "bounce"),
        "orbit": translate("names", "orbit"),
        # backgrounds
        "plain": translate("names", "plain"),
        "stripes": translate("names", "stripes"),
        "checker": translate("names", "checker"),
        "dots": translate("names", "dots"),
        "noise": translate("names", "noise"),
        "gradient": translate("names", "gradient"),
    }
