"""Curves by the points that are drawn: what is measured once an epoch is drawn as it was measured."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.events import EvalDone, Event, RunStarted, StepDone
from tests.workbench.panels.on_screen import on_screen
from workbench.panels.curves.panel import CurvesPanel

STEPS = range(1, 41)
# Up and down, so that any mean of neighbours is another value.
KNN = {0: 0.20, 10: 0.61, 20: 0.33, 30: 0.74, 40: 0.48}
LOSS = {number: 5.0 + (-1) ** number * 0.5 - 0.02 * number for number in STEPS}
STD = {number: 0.9 + (-1) ** (number // 5) * 0.2 for number in STEPS if number % 5 == 0}


def events() -> list[Event]:
    made: list[Event] = [RunStarted("r", "simclr", "shapes", "cpu", "fp32", 0, 40, 10, 32, 320, 1000, {})]
    for number in range(41):
        if number:
            terms = {"positive": LOSS[number] / 2}
            more = {"std": STD[number]} if number in STD else {}
            made.append(StepDone(number, number / 10, LOSS[number], 0.001, 900.0, number * 0.5, terms, more))
        if number in KNN:
            made.append(EvalDone(number // 10, number, {"knn": KNN[number]}, 1.0))
    return made


@pytest.fixture
def panel(qtbot: QtBot) -> CurvesPanel:
    made = on_screen(qtbot, CurvesPanel(), 720, 684)
    made.add_run("a", "run", "#5aa9e6")
    made.take_events("a", events())
    return made


def points(panel: CurvesPanel, name: str, raw: bool = False) -> dict[float, float]:
    """The points of the curve of a figure, by x."""
    panel._draw(live=False)
    (card,) = [card for card in panel._cards if card.name == name]
    curve = card.plot._curves["a"]
    x, y = (curve.raw if raw else curve.line).getData()
    return dict(zip(np.round(x, 9).tolist(), y.tolist(), strict=True))


@pytest.mark.parametrize("smoothing", [0, 50, 100])
@pytest.mark.parametrize(("name", "values"), [("eval.knn", KNN), ("diagnostics.std", STD)])
def test_what_is_measured_now_and_then_is_never_smoothed(
    panel: CurvesPanel, smoothing: int, name: str, values: dict[int, float]
) -> None:
    panel._toolbar.slider.setValue(smoothing)
    assert points(panel, name) == {float(step): pytest.approx(value) for step, value in values.items()}


def test_the_loss_is_its_own_values_without_smoothing_and_beside_a_smoothed_line(panel: CurvesPanel) -> None:
    whole = {float(step): pytest.approx(value) for step, value in LOSS.items()}
    panel._toolbar.slider.setValue(0)
    assert points(panel, "loss") == whole
    panel._toolbar.slider.setValue(60)
    assert points(panel, "loss", raw=True) == whole
    smooth = points(panel, "loss")
    assert np.std(np.diff(list(smooth.values()))) < 0.5 * np.std(np.diff(list(LOSS.values())))


@pytest.mark.parametrize(
    ("kind", "position"),
    [
        ("step", lambda step: step),
        ("epoch", lambda step: step / 10),
        ("images", lambda step: 32 * step),
        ("seconds", lambda step: step / 2),
    ],
    ids=["step", "epoch", "images", "seconds"],
)
def test_along_x_runs_what_is_chosen(panel: CurvesPanel, kind: str, position: object) -> None:
    assert callable(position)
    panel._toolbar.slider.setValue(0)
    panel._toolbar.x.setCurrentIndex(panel._toolbar.x.findData(kind))
    panel._toolbar.x.activated.emit(panel._toolbar.x.currentIndex())
    expected = {round(float(position(step)), 9): pytest.approx(value) for step, value in LOSS.items()}
    assert points(panel, "loss") == expected
