"""What a screen reader is interface_of: a name for every control, a role and a value for every painted widget."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QTableView,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.workbench.build_window import build_window
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench import accessible
from workbench.bridge.bridge import Bridge
from workbench.plots.curve import CurvePlot
from workbench.plots.image_grid import Cell, ImageGrid
from workbench.plots.scatter import ScatterPlot
from workbench.plots.thumbnails import Thumbnails
from workbench.window import WORKSPACES, Window

Text = QAccessible.Text
needs_factory = pytest.mark.skipif(not hasattr(QAccessible, "installFactory"), reason="this PySide6 cannot register interfaces")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Window:
    bridge = Bridge(tmp_path / "runs", StandInTrainer(), StandInAnswers())
    made = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(made, before_close_func=lambda window: window.bridge.close(10))
    made.resize(1280, 720)
    made.show()
    qtbot.waitUntil(lambda: made.setup.ready, timeout=5000)
    made.start()
    qtbot.waitUntil(lambda: any(row.state == "finished" for row in made.runs.rows()), timeout=10_000)
    qtbot.waitUntil(lambda: not made.bridge.busy, timeout=10_000)
    return made


def test_every_widget_of_every_panel_that_takes_the_focus_has_a_name(window: Window, qtbot: QtBot) -> None:
    for workspace in WORKSPACES:
        window.go(workspace)
        qtbot.waitUntil(lambda: not window.bridge.busy, timeout=10_000)
    unnamed = []
    for widget in window.findChildren(QWidget):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or isinstance(widget, QLabel) or widget.objectName().startswith("qt_"):
            continue
        if widget.isHidden() or widget.focusProxy() is not None or _is_part(widget):
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        if not (widget.accessibleName() or text or (interface is not None and interface.text(Text.Name))):
            unnamed.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    assert not unnamed, sorted(set(unnamed))


def _is_part(widget: QWidget) -> bool:
    """Whether a widget belongs to a control that is named as a whole: the list of a combo box, the line of a number box."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QAbstractScrollArea) and above.viewport() is widget:
            return True
        if isinstance(above, (QComboBox, QAbstractSpinBox, QTableView, QTreeView)) or above.focusProxy() is widget:
            return True
        above = above.parentWidget()
    return False


def interface_of(widget: QWidget) -> tuple[QAccessible.Role, str, str]:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.role(), interface.text(Text.Value), interface.text(Text.Description)


@needs_factory
def test_a_map_tells_points_classes_epoch_and_selection(qtbot: QtBot) -> None:
    accessible.install()
    plot = ScatterPlot()
    qtbot.addWidget(plot)
    plot.context = "epoch 12"
    plot.set_points(np.random.default_rng(0).normal(size=(1200, 2)))
    plot.set_colours(np.arange(1200) % 10, ["#000000"] * 10)
    plot.set_selected([3, 5, 7])
    role, value, description = interface_of(plot)
    assert role == QAccessible.Role.Chart
    assert value == "1,200 points, 10 classes, epoch 12, 3 selected"
    assert description.startswith(value)
    assert "Arrows move the map" in description


@needs_factory
def test_a_plot_of_curves_tells_the_last_values(qtbot: QtBot) -> None:
    accessible.install()
    plot = CurvePlot("Loss")
    qtbot.addWidget(plot)
    assert interface_of(plot)[1] == "0 curves"
    assert interface_of(plot)[0] == QAccessible.Role.Chart


@needs_factory
def test_images_tell_their_number_and_the_current_one(qtbot: QtBot) -> None:
    accessible.install()
    grid, thumbnails = ImageGrid(), Thumbnails()
    for widget in (grid, thumbnails):
        qtbot.addWidget(widget)
    grid.set_cells([Cell(np.zeros((4, 4, 3), np.uint8), text=f"image {number}") for number in range(6)])
    grid.set_current(2)
    assert interface_of(grid) == (QAccessible.Role.List, "6 images, number 3", "6 images, number 3. image 2")
    thumbnails.set_items(range(1500), lambda position: f"sample {position}")
    assert interface_of(thumbnails)[:2] == (QAccessible.Role.List, "1,500 images")


@needs_factory
def test_the_window_tells_the_values_of_its_own_map_and_matrix(window: Window, qtbot: QtBot) -> None:
    window.go("explore")
    plot = window.embedding.plot
    qtbot.waitUntil(lambda: len(plot.xy) > 1, timeout=10_000)
    assert interface_of(plot)[1].startswith(f"{len(plot.xy):,} points")
    assert "epoch 2" in interface_of(plot)[1]
    before = interface_of(plot)[1]
    plot.set_selected([0])
    assert before.endswith("0 selected")
    assert interface_of(plot)[1].endswith("1 selected")


@needs_factory
def test_interfaces_end_with_their_widgets(qtbot: QtBot) -> None:
    accessible.install()
    for _ in range(50):
        plot = ScatterPlot()
        assert interface_of(plot)[0] == QAccessible.Role.Chart
        plot.deleteLater()
        qtbot.waitSignal(plot.destroyed, timeout=5000).wait()
    assert len(accessible._interfaces) < 50
