"""Predictions beside the truth: the colours of class maps against the legend, and the dialog of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor

from engine.data.annotations import UNKNOWN, BoxRows
from engine.evaluate.predictions import (
    DetectedImages,
    Predictions,
    SegmentedImages,
    predictions_path,
    read_predictions,
    write_predictions,
)
from engine.execute.progress import no_progress
from engine.runs.evaluation import Evaluated, Figure
from tests.workbench.panels.on_screen import on_screen
from tests.workbench.stand_ins import HeldAsker, estimate_of, finished_runs
from workbench import theme
from workbench.bridge.evaluate_questions import EstimateEvaluation, KeptEvaluation, ReadEvaluations, ReadPredictions
from workbench.bridge.question import Context, Session
from workbench.panels.evaluate.panel import EvaluatePanel
from workbench.panels.evaluate.prediction_cells import class_colours, prediction_cells
from workbench.panels.evaluate.predictions_dialog import PredictionsDialog
from workbench.plots.image_grid import Box

NAMES = ("background", "cat", "dog")


def predictions() -> Predictions:
    """Two images of 4 px: the first is half cat and half background, one pixel is not known; the second is background alone."""
    truth = np.zeros((2, 4, 4), np.uint8)
    truth[0, :, :2] = 1
    truth[0, 0, 0] = UNKNOWN
    trained, untrained = truth.copy(), np.zeros_like(truth)
    trained[0, 0, 0] = 1
    untrained[0, 3] = 2
    images = np.arange(2 * 3 * 16, dtype=np.uint8).reshape(2, 3, 4, 4)
    return Predictions(images, NAMES, SegmentedImages(truth, trained, untrained))


def detected() -> Predictions:
    """Two images of 4 px: a cat in the first, nothing in the second."""

    def rows(*entries: tuple[int, tuple[float, float, float, float], int, float]) -> BoxRows:
        image, corners, classes, scores = zip(*entries, strict=True)
        return BoxRows(
            np.array(image, np.int64), np.array(corners, np.float32), np.array(classes, np.int64), np.array(scores, np.float32)
        )

    cat = (0.25, 0.25, 0.75, 1.0)
    trained = rows((0, cat, 1, 0.5), (0, cat, 0, 0.75), (0, (0.0, 0.0, 0.25, 0.25), 1, 0.125), (1, cat, 1, 0.5))
    truth, untrained = rows((0, cat, 0, 1.0)), rows((0, (0.0, 0.0, 0.25, 0.25), 1, 0.25))
    return Predictions(predictions().images, NAMES[1:], detected=DetectedImages(truth, trained, untrained))


def rgb(colour: str) -> list[int]:
    wanted = QColor(colour)
    return [wanted.red(), wanted.green(), wanted.blue()]


def test_each_pixel_has_the_colour_of_its_class():
    cells = prediction_cells(predictions(), theme.current())
    image, truth, trained, untrained = cells[::2]
    assert len(cells) == 8
    assert image.image[1, 2].tolist() == predictions().images[0, :, 1, 2].tolist()
    colours = {name: rgb(colour) for name, colour in class_colours(NAMES, theme.current()).items()}
    assert len({tuple(colour) for colour in colours.values()}) == 3
    assert truth.image[1, 0].tolist() == trained.image[0, 0].tolist() == colours["cat"]
    assert untrained.image[3, 3].tolist() == colours["dog"]
    assert truth.image[0, 3].tolist() == colours["background"]
    assert truth.image[0, 0].tolist() not in colours.values()
    assert trained.text == "Trained: cat 50 %"
    assert cells[3].text == "Truth: background alone"


def test_boxes_have_the_colour_of_their_class_and_those_with_a_low_score_or_below_another_are_left_out():
    cells = prediction_cells(detected(), theme.current())
    assert len(cells) == 8
    colours = class_colours(NAMES[1:], theme.current())
    cat, dog = (Box(0.25, 0.25, 0.75, 1.0, colours[name]) for name in NAMES[1:])
    assert [cell.boxes for cell in cells] == [(), (), (cat,), (), (cat,), (dog,), (), ()]
    assert [cell.text for cell in cells[2:]] == [
        "Truth: cat", "Truth: no object", "Trained: cat 0.75", "Trained: dog 0.50", "Untrained: no object", "Untrained: no object",
    ]  # fmt: skip


def test_the_dialog_says_which_boxes_are_shown(panel):
    panel, folder = panel
    folder.mkdir()
    write_predictions(predictions_path(folder, "detection", None), detected())
    panel.figures.pictures.click()
    dialog = panel._predictions
    assert dialog.part == "detection"
    assert "score of at least 0.3" in dialog.note.text()
    assert [dialog.table.item(row, 0).text() for row in range(2)] == ["cat", "dog"]
    dialog.close()


def test_stored_predictions_are_read_and_damaged_ones_are_not(tmp_path):
    path = predictions_path(tmp_path, "segmentation", None)
    write_predictions(path, predictions())
    stored = read_predictions(path)
    assert stored is not None
    assert stored.names == NAMES
    assert stored.segmented is not None
    assert np.array_equal(stored.segmented.untrained, predictions().segmented.untrained)  # type: ignore[union-attr]
    write_predictions(path, Predictions(predictions().images, NAMES, SegmentedImages(*[np.zeros((3, 4, 4), np.uint8)] * 3)))
    assert read_predictions(path) is None  # three maps for two images
    path.write_bytes(path.read_bytes()[:200])
    assert read_predictions(path) is None
    assert read_predictions(tmp_path / "none.npz") is None


@pytest.fixture
def panel(qtbot, tmp_path):
    folder = str(tmp_path / "one")
    figures = [
        Figure(f"segmentation_{kind}", 0.4, 0.1, 100, "Words.", error=0.012, untrained_error=0.01, baselines={"pixels": 0.07},
               by_class={"background": 0.9, "cat": 0.2} if kind == "miou" else {})
        for kind in ("miou", "objects", "pixels")
    ]  # fmt: skip
    images = {"train": 100, "validation": 20, "test": 20}
    result = Evaluated("one", "simclr", "scenes", "d", "resnet10_narrow", 3, 0.5, images, 64)
    for figure in figures:
        result = result.with_figure(None, figure)

    def made(question):
        if isinstance(question, ReadEvaluations):
            return {one: KeptEvaluation(result) for one in question.folders}
        if isinstance(question, ReadPredictions):
            return question.answer(Context(Session(), no_progress, lambda: True))
        assert isinstance(question, EstimateEvaluation)
        return estimate_of()

    panel = on_screen(qtbot, EvaluatePanel(HeldAsker(made, at_once=True), finished_runs((folder,))), 1028, 590)
    panel.show_run(folder)
    return panel, Path(folder)


def test_the_dialog_shows_pictures_and_the_figure_of_each_class(panel):
    panel, folder = panel
    folder.mkdir()
    write_predictions(predictions_path(folder, "segmentation", None), predictions())
    panel.figures.pictures.click()
    dialog = panel._predictions
    assert dialog.part == "segmentation"
    texts = [[dialog.table.item(row, column).text() for column in range(3)] for row in range(dialog.table.rowCount())]
    assert texts == [
        ["background", "90.0 %", "–"],
        ["cat", "20.0 %", "–"],
        ["dog", "–", "–"],
        ["Mean", "40.0 %", "10.0 %"],
    ]
    icon = dialog.table.item(1, 0).icon().pixmap(32, 32).toImage()
    cat = class_colours(NAMES, theme.current())["cat"]
    assert icon.pixelColor(16, 16) == QColor(cat)
    dialog.close()
    assert panel._predictions is None


def test_without_stored_predictions_it_says_so(panel):
    panel, _ = panel
    panel.figures.pictures.click()
    assert "No predictions are stored" in panel._predictions.note.text()
    panel._predictions.close()


def test_errors_and_the_pixels_alone_are_in_the_tooltip(panel):
    panel, _ = panel
    tooltip = panel.figures.table.item(0, 2).toolTip()
    assert "standard error 1.2 (untrained 1.0)" in tooltip
    assert "7.0 % from pixels alone" in tooltip
    assert panel.compare.lines[0].error("segmentation_miou") == 0.012
    assert panel.compare._chance is None  # the chance level is that of naming classes


def test_parts_that_need_class_maps_are_offered_where_the_data_have_them(panel):
    panel, _ = panel
    assert panel.choices.boxes["segmentation"].isHidden()
    able = estimate_of()
    panel.choices.set_estimate(type(able)(**{**vars(able), "able": frozenset({"segmentation"})}))
    panel.choices.set_method("simclr")
    assert not panel.choices.boxes["segmentation"].isHidden()
    assert panel.choices.boxes["knn"].isHidden()


def test_a_task_without_pictures_has_the_figure_of_each_column(qtbot):
    figure = Figure("multi_label_map", 0.5, 0.3, 9, "Words.", error=0.1, by_class={"hat": 0.6, "glasses": 0.4})
    dialog = PredictionsDialog("one", {figure.part: figure})
    qtbot.addWidget(dialog)
    dialog.show_predictions({})
    assert dialog.part == "multi_label"
    texts = [[dialog.table.item(row, column).text() for column in range(3)] for row in range(dialog.table.rowCount())]
    assert texts == [["hat", "60.0 %", "–"], ["glasses", "40.0 %", "–"], ["Mean", "50.0 %", "30.0 %"]]
    assert "no pictures" in dialog.note.text()
