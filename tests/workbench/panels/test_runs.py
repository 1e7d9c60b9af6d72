"""The Compare workspace: what is chosen is compared, drawn, shown in the curves; what is written is told."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from engine.config.run import RunConfig
from engine.config.text import assignments, merge
from engine.runs.reader import read_config
from engine.runs.run_folder import create_folder
from engine.runs.run_store import Changes, RunStore, RunSummary, annotate
from engine.runs.status import Status, write_status
from tests.workbench.stand_ins import HeldAsker
from workbench import theme
from workbench.models.runs import RunsModel
from workbench.models.runs_order import RunsOrder
from workbench.panels.runs.panel import RunsPanel
from workbench.panels.runs.runs_table import RunsTable

Make = Callable[..., Path]


def configs(question: Any) -> dict[str, Any]:
    return {folder: read_config(Path(folder)) for folder in question.folders}


class Desk:
    """A table over runs in a folder, and what it told."""

    def __init__(self, root: Path, qtbot: QtBot) -> None:
        self.root = root
        self.store, self.model = RunStore(root), RunsModel()
        self.asker = HeldAsker(configs)
        self.table = RunsTable(self.model, self.asker)
        self.signals: list[tuple[Any, ...]] = []
        for name in ("notesChanged", "tagsChanged", "titleChanged", "starChanged", "selected", "curvesAsked"):
            getattr(self.table, name).connect(lambda *what, name=name: self.signals.append((name, *what)))
        qtbot.addWidget(self.table)
        self.table.resize(1000, 600)
        self.table.show()

    def run(self, title: str, best: float | None = None, *pairs: str, started: float = 0.0) -> str:
        values = merge(RunConfig(name=title).model_dump(mode="json"), assignments(pairs))
        config = RunConfig.model_validate(values)
        folder = create_folder(self.root, config)
        status = Status("finished", 10, 10, method=config.method.id, data="shapes", name=title, best=best, started=started)
        write_status(folder, dataclasses.replace(status, seconds=60.0 + started, last_eval={} if best is None else {"knn": best}))
        return str(folder)

    def look(self) -> None:
        self.model.apply(self.store.refresh())


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "runs", qtbot)
    yield made
    made.table.about.keep_notes()


def lines(desk: Desk) -> dict[str, list[str]]:
    tree = desk.table.compared.tree
    items = [tree.topLevelItem(index) for index in range(tree.topLevelItemCount())]
    return {item.text(0): [item.text(column) for column in range(1, tree.columnCount())] for item in items}


def test_two_chosen_runs_are_told_apart_by_what_differs(desk: Desk) -> None:
    one = desk.run("one", 0.5, "optim.lr=0.1", started=2.0)
    two = desk.run("two", 0.6, "train.seed=3", started=1.0)
    desk.look()
    desk.table.view.choose([one, two])
    table = lines(desk)
    assert table["optim.lr"] == ["0.1", "0.002"]
    assert table["train.seed"] == ["0", "3"]
    assert table["Best kNN"] == [".500", ".600"]
    assert list(table)[0:2] == ["optim.lr", "train.seed"]
    assert desk.table._below.state == "2 settings differ"
    folded = desk.table.compared.tree.topLevelItem(desk.table.compared.tree.topLevelItemCount() - 1)
    assert not folded.isExpanded()
    assert folded.childCount() == int(folded.text(0).rpartition(" ")[2]) > 40
    desk.table._copy.click()
    text = QGuiApplication.clipboard().text()
    assert "| `optim.lr` | 0.1 | 0.002 |" in text
    assert "| **Best kNN** | .500 | .600 |" in text


def test_what_differs_and_the_best_figure_are_bold(desk: Desk) -> None:
    keys = [desk.run("one", 0.5, started=2.0), desk.run("two", 0.6, "optim.lr=0.1", started=1.0)]
    desk.look()
    desk.table.view.choose(keys)
    tree = desk.table.compared.tree
    items = {tree.topLevelItem(index).text(0): tree.topLevelItem(index) for index in range(tree.topLevelItemCount())}
    assert [items["optim.lr"].font(column).bold() for column in (1, 2)] == [False, True]
    assert [items["Best kNN"].font(column).bold() for column in (1, 2)] == [False, True]


def test_the_chart_takes_a_setting_in_which_the_chosen_runs_differ(desk: Desk) -> None:
    rates = (0.0001, 0.001, 0.1)
    keys = [desk.run(f"r{number}", 0.3 + number / 10, f"optim.lr={rate}", started=number) for number, rate in enumerate(rates)]
    desk.run("other", 0.9)
    desk.look()
    desk.table.chart.draw()
    assert desk.table.chart.across.currentData() == "time"
    assert len(desk.table.chart.plot.dots) == 4
    desk.table.view.choose(keys)
    desk.table.chart.draw()
    assert (desk.table.chart.up.currentData(), desk.table.chart.across.currentData()) == ("best", "optim.lr")
    dots = desk.table.chart.plot.dots
    assert [(dot.x, dot.y) for dot in dots] == [(rate, pytest.approx(0.3 + number / 10)) for number, rate in enumerate(rates)]
    assert desk.table.chart.plot.logarithmic
    desk.table.chart.across.setCurrentIndex(desk.table.chart.across.findData("time"))
    desk.table.chart.across.activated.emit(0)
    assert [dot.x for dot in desk.table.chart.plot.dots] == [60.0, 61.0, 62.0]
    desk.table.chart.across.setCurrentIndex(desk.table.chart.across.findData("optim.lr"))
    desk.table.chart.across.activated.emit(0)
    assert desk.table.chart.plot.dots == dots
    hues = {row.key: row.hue for row in desk.model.rows()}
    assert {dot.key: dot.hue for dot in dots} == {key: hues[key] for key in keys}
    assert desk.table.chart.said_of(keys[2]) == "r2\nBest kNN .500 · optim.lr 0.1"


def test_a_choice_goes_across_by_name_and_a_click_on_a_dot_keeps_the_choice_of_runs(desk: Desk, qtbot: QtBot) -> None:
    keys = [desk.run(name, 0.5, f"method.id={name}", started=number) for number, name in enumerate(("byol", "simclr"))]
    desk.look()
    desk.table.view.choose(keys)
    chart = desk.table.chart
    chart.draw()
    assert chart.across.currentData() == "method.id"
    assert [dot.x for dot in chart.plot.dots] == [0.0, 1.0]
    dot = chart.plot.dots[1]
    with qtbot.waitSignal(chart.clicked) as clicked:
        QTest.mouseClick(chart.plot.viewport(), Qt.MouseButton.LeftButton, pos=chart.plot.point_at(dot).toPoint())
    assert clicked.args == [dot.key]
    assert set(desk.table.chosen) == set(keys)
    clicks: list[str] = []
    chart.clicked.connect(clicks.append)
    QTest.keyClick(chart.plot, Qt.Key.Key_Right)
    QTest.keyClick(chart.plot, Qt.Key.Key_Return)
    assert clicks == [chart.plot.dots[0].key]


def test_the_chosen_runs_are_the_ones_in_the_curves(desk: Desk) -> None:
    keys = [desk.run(f"r{number}", started=number) for number in range(4)]
    desk.look()
    desk.table.view.choose(keys[1:3])
    desk.table.curves.click()
    assert {row.key for row in desk.model.rows() if row.shown} == set(keys[1:3])
    assert ("curvesAsked",) in desk.signals
    QTest.keyClick(desk.table.view, Qt.Key.Key_Space)
    assert not any(row.shown for row in desk.model.rows())


def test_words_written_in_place_are_told_and_come_back_from_the_disk(desk: Desk, qtbot: QtBot) -> None:
    key = desk.run("one")
    desk.look()
    view = desk.table.view
    index = desk.table.order.index_of(key, desk.table.order.columns.index("tags"))
    view.setCurrentIndex(index)
    QTest.keyClick(view, Qt.Key.Key_F2)
    field = view.findChild(QLineEdit)
    assert field is not None
    # The run goes on meanwhile: what is being written stays.
    status = Status("running", 5, 10, name="one", method="simclr", started=1.0)
    desk.model.apply(type(desk.store.refresh())(changed=(dataclasses.replace(desk.store.runs[0], state="running", status=status),)))
    QTest.keyClicks(field, "x, y")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ("tagsChanged", key, ("x", "y")) in desk.signals)
    annotate(Path(key), tags=("x", "y"), notes="two\nlines", star=True)
    desk.look()
    assert desk.table.order.data(index) == "x, y"
    assert desk.table.about.notes.toPlainText() == "two\nlines"
    QTest.keyClick(view, Qt.Key.Key_S)
    assert desk.signals[-1] == ("starChanged", key, False)


def test_a_note_half_written_is_not_overwritten_by_the_next_look(desk: Desk) -> None:
    key = desk.run("one")
    desk.look()
    desk.table.view.choose([key])
    desk.table.about.notes.setPlainText("half")
    annotate(Path(key), tags=("x",))
    desk.look()
    assert desk.table.about.notes.toPlainText() == "half"
    desk.table.view.choose([])
    assert ("notesChanged", key, "half") in desk.signals


def test_a_click_on_the_star_and_on_the_eye(desk: Desk) -> None:
    key = desk.run("one")
    desk.look()
    view = desk.table.view
    for name in ("star", "shown"):
        rect = view.visualRect(desk.table.order.index_of(key, desk.table.order.columns.index(name)))
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert ("starChanged", key, True) in desk.signals
    assert not desk.model.row(key).shown  # type: ignore[union-attr]


def test_columns_of_any_setting_are_chosen_and_come_back(desk: Desk, tmp_path: Path) -> None:
    key = desk.run("one", None, "optim.lr=0.1")
    desk.look()
    menu = QMenu()
    desk.table.view.fill_menu(menu, desk.model.want_configs)
    sub = next(action.menu() for action in menu.actions() if action.menu() is not None and action.text() == "Settings: optim")
    next(action for action in sub.actions() if action.text() == "lr").trigger()
    order = desk.table.order
    assert order.data(order.index_of(key, order.columns.index("optim.lr"))) == "0.1"
    head = desk.table.view.header()
    head.moveSection(head.visualIndex(order.columns.index("optim.lr")), 1)
    head.resizeSection(order.columns.index("optim.lr"), 133)
    desk.table.group.setCurrentIndex(1)
    desk.table._group()
    order.sort_by("best", True)
    kept = QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)
    desk.table.save(kept)
    other = RunsTable(desk.model, desk.asker)
    other.restore(kept)
    assert other.view.columns() == desk.table.view.columns()
    assert other.view.columns()[1] == ("optim.lr", 133)
    assert (other.order.grouping, other.order.sorted_by) == ("method", ("best", True))
    wide = [["best", float("inf")]]
    for odd in ({"columns": "nonsense"}, {"columns": wide}, {"columns": [["best", -5], ["best", 10**30]]}, [1], {"sort": 3}):
        kept.setValue("compare/table", json.dumps(odd))
        RunsTable(desk.model, desk.asker).restore(kept)


def test_a_click_on_a_head_sorts_numbers_from_the_largest_and_the_choice_stays_when_columns_come(desk: Desk) -> None:
    keys = [desk.run(f"r{number}", best) for number, best in enumerate((0.2, 0.9, 0.5))]
    desk.look()
    view, order = desk.table.view, desk.table.order
    desk.table.view.choose(keys[:2])
    head = view.header()
    column = order.columns.index("best")

    def click() -> list[str]:
        middle = QPoint(head.sectionViewportPosition(column) + head.sectionSize(column) // 2, head.height() // 2)
        QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=middle)
        return [desk.model.row(key).title for key in order.shown()]  # type: ignore[union-attr]

    assert click() == ["r1", "r2", "r0"]
    assert order.headerData(column, Qt.Orientation.Horizontal) == "Best kNN ↓"
    assert click() == ["r0", "r2", "r1"]
    view.toggle_column("train.seed", True)
    assert desk.table.chosen == [keys[0], keys[1]]
    assert view.selectionModel().isSelected(order.index_of(keys[0], order.columns.index("train.seed")))


def test_groups_keep_the_choice_and_stand_open_when_they_come(desk: Desk) -> None:
    one = desk.run("one", 0.5, "method.id=byol")
    desk.look()
    desk.table.view.choose([one])
    desk.table.group.setCurrentIndex(desk.table.group.findData("method"))
    desk.table._group()
    assert desk.table.chosen == [one]
    desk.run("two", 0.5, "method.id=simclr")
    desk.look()
    view, order = desk.table.view, desk.table.order
    heads = [order.index(row, 0) for row in range(order.rowCount())]
    assert [order.data(head) for head in heads] == ["byol · 1 run · best kNN .500", "simclr · 1 run · best kNN .500"]
    assert all(view.isExpanded(head) for head in heads)
    assert view.isFirstColumnSpanned(1, QModelIndex())
    view.collapse(heads[0])
    desk.run("three", 0.7, "method.id=byol")
    desk.look()
    assert not view.isExpanded(order.index(0, 0))


def test_a_filter_that_is_not_understood_says_so(desk: Desk) -> None:
    desk.run("one")
    desk.look()
    desk.asker.at_once = False
    desk.table.filter.setText("methd:x")
    assert not desk.table._doubt.isVisible(), "settings that have not been read may have it"
    desk.asker.reply()
    assert desk.table._doubt.text() == "methd is neither a column nor a setting of these runs. Did you mean method?"
    assert desk.table.order.rowCount() == 1
    desk.table.filter.setText("knn>0.9")
    assert not desk.table._doubt.isVisible()
    assert desk.table._empty.isVisible()


def test_the_list_at_the_left_finds_a_run_and_filters_by_the_same_grammar(desk: Desk, qtbot: QtBot) -> None:
    panel = RunsPanel(desk.model)
    qtbot.addWidget(panel)
    keys = [desk.run("one", 0.2), desk.run("two", 0.7)]
    desk.look()
    panel._filter.setText("knn>0.5")
    assert panel.list.model().rowCount() == 1
    assert panel._card.state == "1 of 2"
    panel.select(keys[0])
    assert panel.current() is None
    panel._filter.clear()
    panel.select(keys[0])
    assert panel.current() is not None
    assert panel.current().key == keys[0]
    assert panel.grab(panel.rect()).toImage().pixelColor(QPoint(5, 5)).isValid()


def test_a_change_of_theme_asks_for_each_run_but_a_few_times(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = [0]
    index = RunsOrder.index

    def counted(order: RunsOrder, *arguments: Any) -> QModelIndex:
        calls[0] += 1
        return index(order, *arguments)

    monkeypatch.setattr(RunsOrder, "index", counted)
    desk = Desk(tmp_path / "runs", qtbot)
    rows = tuple(RunSummary(Path(f"/runs/{number}"), "finished", Status()) for number in range(400))
    desk.model.apply(Changes(added=rows))
    qtbot.waitExposed(desk.table)
    for choice in ("light", "dark"):
        calls[0] = 0
        theme.apply(choice)
        QApplication.processEvents()
        assert 400 <= calls[0] < 3 * 400  # above four times where the table is laid out at each of Qt's events


def test_the_chart_by_seed_has_a_dot_with_a_bar_a_group(desk: Desk) -> None:
    keys = [desk.run(f"SimCLR · s{seed}", best, f"train.seed={seed}", started=seed) for seed, best in enumerate((0.4, 0.5, 0.6))]
    desk.run("other", 0.9, "optim.lr=0.1")
    desk.look()
    desk.table.group.setCurrentIndex(desk.table.group.findData("seed"))
    desk.table._group()
    chart = desk.table.chart
    chart.up.setCurrentIndex(chart.up.findData("best"))
    chart.draw()
    mean = next(dot for dot in chart.plot.dots if dot.spread > 0)
    assert (mean.x, mean.y, mean.spread) == (61.0, pytest.approx(0.5), pytest.approx(0.1))
    assert mean.key in keys
    assert len(chart.plot.dots) == 2
    assert chart.said_of(mean.key) == "SimCLR · 3 seeds\nBest kNN .500 ± .100"
    (low, high) = chart.plot._box.viewRange()[1]
    assert low < 0.4
    assert high > 0.9
    desk.table.group.setCurrentIndex(0)
    desk.table._group()
    chart.draw()
    assert len(chart.plot.dots) == 4


def test_the_buttons_of_a_run_are_visible_in_a_low_window(desk: Desk, qtbot: QtBot) -> None:
    key = desk.run("one", 0.5)
    desk.look()
    desk.table.resize(1000, 560)
    desk.table.select(key)
    about = desk.table.about
    qtbot.waitUntil(lambda: not about.buttons["export"].visibleRegion().isEmpty())
    assert about.notes.height() >= 40
