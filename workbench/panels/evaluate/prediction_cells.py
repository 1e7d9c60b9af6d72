"""Predictions beside the truth as cells of a grid: a column for each image, of the image, the truth, and what is predicted from the
trained and from the untrained encoder."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QCoreApplication

from engine.data.annotations import UNKNOWN
from engine.evaluate.predictions import Bytes, Predictions
from workbench.panels.evaluate.detection_cells import detection_cells
from workbench.plots.image_grid import Cell
from workbench.theme.palette import Palette

translate = QCoreApplication.translate

_LISTED = 4  # classes that a text names


def row_names() -> tuple[str, ...]:
    """The names of the rows."""
    return (
        translate("evaluate", "Image"),
        translate("evaluate", "Truth"),
        translate("evaluate", "Trained"),
        translate("evaluate", "Untrained"),
    )


def class_colours(names: tuple[str, ...], palette: Palette) -> dict[str, str]:
    """The colour of each class; the background has one of its own, so that objects stand out."""
    objects = [name for name in names if name != "background"]
    colours = {name: palette.run_colour(number) for number, name in enumerate(objects)}
    return {name: colours.get(name, palette.raised) for name in names}


def prediction_cells(predictions: Predictions, palette: Palette) -> list[Cell]:
    """The cells, row by row."""
    colours = class_colours(predictions.names, palette)
    if predictions.detected is not None:
        return detection_cells(predictions, predictions.detected, colours, row_names())
    maps = predictions.segmented
    if maps is None:
        return []
    table = np.full((UNKNOWN + 1, 3), _rgb(palette.quiet), np.uint8)
    for code, name in enumerate(predictions.names[:UNKNOWN]):
        table[code] = _rgb(colours[name])
    names = row_names()
    cells = [Cell(np.moveaxis(image, 0, 2), names[0]) for image in predictions.images]
    for name, values in zip(names[1:], (maps.truth, maps.trained, maps.untrained), strict=True):
        cells += [Cell(table[each], f"{name}: {_in_words(each, predictions.names)}") for each in values]
    return cells


def shares(values: Bytes, names: tuple[str, ...]) -> Mapping[str, float]:
    """The share of the pixels of a class map (S, S) that each class has, the largest first; without the background and pixels
    whose class is not known."""
    counts = np.bincount(values.reshape(-1), minlength=len(names))[: len(names)]
    order = np.argsort(-counts, kind="stable").tolist()
    return {names[code]: counts[code] / values.size for code in order if counts[code] and names[code] != "background"}


def _in_words(values: Bytes, names: tuple[str, ...]) -> str:
    there = list(shares(values, names).items())
    if not there:
        return translate("evaluate", "background alone")
    words = [f"{name} {share:.0%}".replace("%", " %") for name, share in there[:_LISTED]]
    return ", ".join([*words, *(["…"] if len(there) > _LISTED else [])])


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
