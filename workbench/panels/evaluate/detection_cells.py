"""Predicted boxes beside the true ones as cells of a grid: a row of the images, one with the true boxes, and one each with the
boxes that are predicted from the trained and from the untrained encoder."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QCoreApplication

from engine.data.annotations import BoxRows
from engine.evaluate.predictions import DetectedImages, Predictions
from workbench.plots.image_grid import Box, Cell

translate = QCoreApplication.translate

LEAST_SCORE = 0.3  # of a box that is shown; the figures count all
OVERLAP = 0.5  # IoU of two boxes above which only the one with the higher score is shown, whatever their classes
MOST = 8  # boxes of an image
UNNAMED = "#808080"


def detection_cells(
    predictions: Predictions, detected: DetectedImages, colours: Mapping[str, str], titles: tuple[str, ...]
) -> list[Cell]:
    """The cells, row by row. `colours`: of the classes by their names; `titles`: of the rows."""
    pixels = [np.moveaxis(image, 0, 2) for image in predictions.images]
    cells = [Cell(image, titles[0]) for image in pixels]
    for title, rows in zip(titles[1:], (detected.truth, detected.trained, detected.untrained), strict=True):
        true = rows is detected.truth
        for number, image in enumerate(pixels):
            here = np.flatnonzero(rows.image == number)
            boxes, words = list[Box](), list[str]()
            for row in (here if true else shown_rows(rows, here)).tolist():
                name = _name(predictions.names, int(rows.classes[row]))
                x0, y0, x1, y1 = rows.corners[row].tolist()
                boxes.append(Box(x0, y0, x1, y1, colours.get(name, UNNAMED)))
                words.append(name if true else f"{name} {rows.scores[row]:.2f}")
            text = ", ".join(words) or translate("evaluate", "no object")
            cells.append(Cell(image, f"{title}: {text}", boxes=tuple(boxes)))
    return cells


def shown_rows(rows: BoxRows, here: np.ndarray) -> np.ndarray:
    """Those of the rows `here` (k,), boxes of one image, that are shown: the highest score first."""
    order = here[np.argsort(-rows.scores[here], kind="stable")]
    shown: list[int] = []
    for row in order[rows.scores[order] >= LEAST_SCORE].tolist():
        if len(shown) < MOST and all(_iou(rows.corners[row], rows.corners[other]) <= OVERLAP for other in shown):
            shown.append(row)
    return np.array(shown, np.int64)


def _iou(first: np.ndarray, second: np.ndarray) -> float:
    sides = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    common = float(np.prod(np.maximum(sides, 0)))
    union = float(np.prod(first[2:] - first[:2]) + np.prod(second[2:] - second[:2])) - common
    return common / union if union > 0 else 0.0


def _name(names: tuple[str, ...], code: int) -> str:
    return names[code] if 0 <= code < len(names) else str(code)
