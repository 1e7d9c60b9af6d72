"""What is selected on a map with hidden points: by all, none, invert, and what is kept when the map is another."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.workbench.panels.on_screen import on_screen
from workbench.panels.embedding.selection import Selection
from workbench.plots.scatter import ScatterPlot

N = 24
# Not sorted, and not from 0: a row is not an index in the data set.
INDEX = np.random.default_rng(3).permutation(N) * 5 + 2
CODES = np.arange(N) % 4
XY = np.random.default_rng(4).normal(size=(N, 2))


@pytest.fixture
def plot(qtbot: QtBot) -> ScatterPlot:
    made = on_screen(qtbot, ScatterPlot(), 300, 300)
    made.set_points(XY)
    made.set_colours(CODES, ["#ff0000", "#00ff00", "#0000ff", "#ffffff"])
    return made


@pytest.fixture
def selection(plot: ScatterPlot) -> Selection:
    made = Selection(plot)
    made.set_index(INDEX)
    return made


def hide(plot: ScatterPlot, *codes: int) -> None:
    plot.show_codes(np.array([code not in codes for code in range(4)]))


def samples(*rows: int) -> set[int]:
    return {int(INDEX[row]) for row in rows}


def of(selection: Selection) -> set[int]:
    return set(selection.ids.tolist())


def test_invert_takes_every_shown_point_that_was_not_selected(selection: Selection, plot: ScatterPlot) -> None:
    selection.select_rows([0, 1, 5])
    selection.invert()
    assert of(selection) == samples(*(row for row in range(N) if row not in (0, 1, 5)))
    assert plot.selected.tolist() == [row for row in range(N) if row not in (0, 1, 5)]
    selection.invert()
    assert of(selection) == samples(0, 1, 5)


def test_invert_takes_no_hidden_point(selection: Selection, plot: ScatterPlot) -> None:
    hide(plot, 2)
    selection.select_rows([0, 1])
    selection.invert()
    assert of(selection) == samples(*(row for row in range(N) if row % 4 != 2 and row not in (0, 1)))
    hide(plot, 0, 1, 2, 3)
    selection.invert()
    assert of(selection) == set()


def test_invert_of_what_is_hidden_by_now_takes_all_that_is_shown(selection: Selection, plot: ScatterPlot) -> None:
    selection.select_rows(np.flatnonzero(CODES == 1))
    hide(plot, 1)
    selection.invert()
    assert of(selection) == samples(*np.flatnonzero(CODES != 1).tolist())


def test_all_takes_what_is_shown_and_none_takes_everything_away(selection: Selection, plot: ScatterPlot) -> None:
    hide(plot, 0, 3)
    selection.all()
    assert of(selection) == samples(*np.flatnonzero((CODES == 1) | (CODES == 2)).tolist())
    selection.none()
    assert of(selection) == set()
    assert plot.selected.tolist() == []


def test_an_inversion_is_undone_to_what_was_selected_before(selection: Selection, plot: ScatterPlot) -> None:
    hide(plot, 3)
    selection.select_rows([4, 9])
    selection.invert()
    selection.history.undo()
    assert of(selection) == samples(4, 9)
    assert plot.selected.tolist() == [4, 9]
    selection.history.redo()
    assert of(selection) == samples(*(row for row in range(N) if row % 4 != 3 and row not in (4, 9)))


def test_the_same_samples_are_selected_where_the_rows_are_in_another_order(selection: Selection, plot: ScatterPlot) -> None:
    selection.select_rows([2, 3, 11])
    wanted = of(selection)
    order = np.random.default_rng(8).permutation(N)[: N - 4]
    plot.set_points(XY[order])
    plot.set_colours(CODES[order], ["#ff0000", "#00ff00", "#0000ff", "#ffffff"])
    selection.set_index(INDEX[order])
    assert of(selection) == wanted
    assert plot.selected.tolist() == [row for row, before in enumerate(order.tolist()) if before in (2, 3, 11)]


def test_what_is_drawn_on_the_map_is_the_sample_of_that_row(selection: Selection, plot: ScatterPlot) -> None:
    plot.set_selected([6, 17])
    assert of(selection) == samples(6, 17)
