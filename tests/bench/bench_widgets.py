"""The table of runs beside Qt's QSortFilterProxyModel, and the map beside pyqtgraph's ScatterPlotItem, in one run.

    python tests/bench/bench_widgets.py [--runs 1000] [--points 20000 100000] [--rounds 7]

Runs: a visible table of ten columns is sorted, filtered and updated; each value is the median time of the call over the rounds, in
ms, including the update of the view. `paint`: painting the 25 visible rows; in the first two their texts come from Python, in the
second with fewer roles. `ours`: RunsOrder. `Qt, Python`: a QSortFilterProxyModel that uses the same Python functions for order and
query, one call per comparison and row. `Qt, C++`: a QStandardItemModel with the same texts and numbers, sorted by a role and
filtered by a regular expression without any Python call; it has no query, and sorts empty values first or last depending on the
direction.

Points: ten colours in a plot of 1000 x 700 px. `ours`: ScatterPlot. `one item`: one ScatterPlotItem with a brush per point.
`item a colour`: ten ScatterPlotItems. `first`: from the data to the first paint; `pan`, `zoom`: another range and a paint; `hover`:
the nearest point under the mouse and a paint; `colour`: other colours and a paint.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from engine.execute.prepare_process import prepare_process

COLUMNS = ("title", "state", "method", "data", "backbone", "last.knn", "best", "time", "started", "notes")
METHODS = ("simclr", "byol", "vicreg", "mae", "dino", "barlow_twins", "moco_v2", "swav")
WIDTH, HEIGHT, COLOURS = 1000, 700, 10


def line(name: str, figures: dict[str, float]) -> None:
    """Print one line of a table: the action, the time of `ours` in ms, and each other time with its ratio to `ours`."""
    ours, *others = figures.values()
    rest = "".join(f"{other:11.1f} {other / ours:6.1f} x" for other in others)
    print(f"{name:38}{ours:9.1f}{rest}", flush=True)


def head(*names: str) -> None:
    """Print the head of a table."""
    print(f"\n{'ms':38}{names[0]:>9}" + "".join(f"{name:>20}" for name in names[1:]))


# Runs


def runs(count: int) -> tuple[Any, ...]:
    """Rows of the list of runs, as of a sweep."""
    from engine.runs.status import Status
    from workbench.models.runs import RunRow

    rows = []
    for number in range(count):
        method = METHODS[number % len(METHODS)]
        evaluation = {} if number % 9 == 0 else {"knn": 0.2 + (number * 37 % 500) / 1000}
        status = Status(state="finished", method=method, data="shapes", step=20, steps=20, seconds=1.0, last_eval=evaluation)
        rows.append(RunRow(f"/runs/{number}", f"/runs/{number}", f"{method} {number}", "finished", status))
    return tuple(rows)


def tables(rows: tuple[Any, ...]) -> Iterator[tuple[str, Any, dict[str, Callable[[], object]]]]:
    """Each model in a visible view: its name, the view, and the actions to time."""
    from PySide6.QtCore import QRegularExpression, QSortFilterProxyModel, Qt
    from PySide6.QtGui import QStandardItem, QStandardItemModel
    from PySide6.QtWidgets import QTreeView

    from engine.events import EvalDone
    from workbench.models import columns
    from workbench.models.run_query import parse
    from workbench.models.runs import RunsModel
    from workbench.models.runs_order import RunsOrder

    def filled() -> RunsModel:
        model = RunsModel()
        model.adopt(list(rows))
        return model

    def view_of(model: Any) -> QTreeView:
        view = QTreeView()
        view.setUniformRowHeights(True)
        view.setModel(model)
        view.resize(WIDTH, HEIGHT)
        view.show()
        return view

    def update(model: RunsModel) -> None:
        number = next(count)
        model.feed(rows[number * 97 % len(rows)].key, [EvalDone(1, 20, {"knn": 0.1 + number % 80 / 100}, 0.1)])

    count = iter(range(10**9))
    source = filled()
    ours = RunsOrder(source, COLUMNS)

    yield (
        "ours",
        view_of(ours),
        {
            "sort by kNN": lambda: ours.sort_by("last.knn", True),
            "sort by title": lambda: ours.sort_by("title", False),
            "filter: simclr": lambda: ours.set_query("simclr"),
            "filter: knn>0.4 method:byol": lambda: ours.set_query("knn>0.4 method:byol"),
            "filter: none again": lambda: ours.set_query(""),
            "one run has another figure": lambda: update(source),
        },
    )

    class Proxy(QSortFilterProxyModel):
        """Sorts and filters with the project's own functions, one call per comparison or row."""

        query = parse("", ())

        def columnCount(self, parent: Any = None) -> int:
            return len(COLUMNS)

        def data(self, index: Any, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
            row = self.mapToSource(self.index(index.row(), 0)).data(RunsModel.RowRole)
            return columns.text_of(row, COLUMNS[index.column()]) if role == Qt.ItemDataRole.DisplayRole else None

        def lessThan(self, one: Any, other: Any) -> bool:
            name = COLUMNS[self.sort_name]
            first, second = (columns.sorted_by(index.data(RunsModel.RowRole), name, None) for index in (one, other))
            if first is None or second is None:
                return (second is None and first is not None) == (self.sortOrder() == Qt.SortOrder.AscendingOrder)
            return first < second

        def filterAcceptsRow(self, number: int, parent: Any) -> bool:
            row = self.sourceModel().index(number, 0).data(RunsModel.RowRole)
            return self.query.accepts(columns.search_text(row), lambda name: columns.filter_value(row, name, None))

        sort_name = 0

        def sort_by(self, name: str, order: Qt.SortOrder) -> None:
            self.sort_name = COLUMNS.index(name)
            self.sort(-1)
            self.sort(0, order)

        def ask(self, text: str) -> None:
            self.query = parse(text, {*columns.FACTS, "last.knn"})
            self.invalidateRowsFilter()

    slow_source = filled()
    slow = Proxy()
    slow.setSourceModel(slow_source)

    yield (
        "Qt, Python",
        view_of(slow),
        {
            "sort by kNN": lambda: slow.sort_by("last.knn", Qt.SortOrder.DescendingOrder),
            "sort by title": lambda: slow.sort_by("title", Qt.SortOrder.AscendingOrder),
            "filter: simclr": lambda: slow.ask("simclr"),
            "filter: knn>0.4 method:byol": lambda: slow.ask("knn>0.4 method:byol"),
            "filter: none again": lambda: slow.ask(""),
            "one run has another figure": lambda: update(slow_source),
        },
    )

    items = QStandardItemModel(len(rows), len(COLUMNS))
    key = int(Qt.ItemDataRole.UserRole)
    for number, row in enumerate(rows):
        for index, name in enumerate(COLUMNS):
            item = QStandardItem(columns.text_of(row, name))
            item.setData(columns.value_of(row, name) if name in ("last.knn", "time") else columns.text_of(row, name).lower(), key)
            items.setItem(number, index, item)
    fast = QSortFilterProxyModel()
    fast.setSortRole(key)
    fast.setFilterKeyColumn(-1)
    fast.setSourceModel(items)
    knn = COLUMNS.index("last.knn")

    def update_fast() -> None:
        number = next(count)
        value = 0.1 + (number % 80) / 100
        items.item(number * 97 % len(rows), knn).setData(value, key)
        items.item(number * 97 % len(rows), knn).setText(f"{value:.3f}")

    yield (
        "Qt, C++",
        view_of(fast),
        {
            "sort by kNN": lambda: fast.sort(knn, Qt.SortOrder.DescendingOrder),
            "sort by title": lambda: fast.sort(0, Qt.SortOrder.AscendingOrder),
            "filter: simclr": lambda: fast.setFilterRegularExpression(QRegularExpression("simclr")),
            "filter: knn>0.4 method:byol": lambda: fast.setFilterRegularExpression(QRegularExpression("byol")),
            "filter: none again": lambda: fast.setFilterRegularExpression(QRegularExpression("")),
            "one run has another figure": update_fast,
        },
    )


def measure_runs(count: int, rounds: int) -> None:
    """Print the results for the table of runs."""
    from PySide6.QtWidgets import QApplication

    taken: dict[str, dict[str, list[float]]] = {}
    models = list(tables(runs(count)))
    for _, view, _ in models:
        view.viewport().repaint()
    QApplication.processEvents()
    for _ in range(rounds):  # alternating, so that other programs slow all alike
        for name, view, acts in models:
            for act, work in acts.items():
                began = time.perf_counter()
                work()
                taken.setdefault(act, {}).setdefault(name, []).append((time.perf_counter() - began) * 1000)
                QApplication.processEvents()
            began = time.perf_counter()
            view.viewport().repaint()
            taken.setdefault("paint", {}).setdefault(name, []).append((time.perf_counter() - began) * 1000)
    print(f"{count:,} runs")
    head(*(name for name, _, _ in models))
    for act, figures in taken.items():
        line(act, {name: statistics.median(ms) for name, ms in figures.items()})


# Points


def blobs(count: int) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Points (count, 2) of ten clusters, and the cluster of each (count,)."""
    random = np.random.default_rng(0)
    code = random.integers(0, COLOURS, count)
    middle = random.normal(size=(COLOURS, 2)) * 6
    return middle[code] + random.normal(size=(count, 2)) * (1.0, 1.6), code


def plots(count: int) -> Iterator[tuple[str, Any, dict[str, Callable[[], object]]]]:
    """Each plot, visible and empty: its name, its widget, and the actions to time."""
    import pyqtgraph as pg
    from PySide6.QtCore import QPointF, QRectF

    from workbench import theme
    from workbench.plots.scatter import ScatterPlot

    xy, code = blobs(count)
    hues = [theme.current().hue(index) for index in range(COLOURS)]
    low, high = np.quantile(xy, [0.02, 0.98], axis=0)
    ranges = iter(np.random.default_rng(1).uniform(0.3, 1.0, (10**5, 2)))
    spots = iter(np.random.default_rng(2).uniform((0, 0), (WIDTH, HEIGHT), (10**5, 2)))
    turns = iter(range(10**9))

    def rect(share: float) -> QRectF:
        width, height = (high - low) * share
        return QRectF(float(low[0]), float(low[1]), float(width), float(height))

    def spot() -> QPointF:
        return QPointF(*next(spots).tolist())

    ours = ScatterPlot()

    def fill_ours() -> None:
        ours.set_points(xy)
        ours.set_colours(code, hues)

    yield (
        "ours",
        ours,
        {
            "first": fill_ours,
            "pan": lambda: ours.set_camera(rect(0.6).translated(next(turns) % 7 * 0.1, 0)),
            "zoom": lambda: ours.set_camera(rect(float(next(ranges)[0]))),
            "hover": lambda: ours.hover(ours.pick(spot())),
            "colour": lambda: ours.set_colours((code + next(turns)) % COLOURS, hues),
        },
    )

    brushes = np.array([pg.mkBrush(hue) for hue in hues], dtype=object)

    def peer(name: str, groups: list[NDArray[np.intp]]) -> tuple[str, Any, dict[str, Callable[[], object]]]:
        widget = pg.PlotWidget(background=theme.current().card)
        box = widget.getPlotItem().getViewBox()
        box.setAspectLocked(True)
        items = [pg.ScatterPlotItem(pxMode=True, antialias=True, pen=None, size=5) for _ in groups]
        for item in items:
            box.addItem(item, ignoreBounds=True)

        def brush(shift: int) -> None:
            for item, rows in zip(items, groups, strict=True):
                chosen = (code[rows] + shift) % COLOURS
                item.setBrush(brushes[chosen[0]] if len(groups) > 1 else list(brushes[chosen]))

        def fill() -> None:
            for item, rows in zip(items, groups, strict=True):
                item.setData(x=xy[rows, 0], y=xy[rows, 1])
            brush(0)
            box.setRange(rect(1.0), padding=0)

        def hover() -> object:
            index = box.mapSceneToView(spot())
            return [item.pointsAt(index) for item in items]

        return (
            name,
            widget,
            {
                "first": fill,
                "pan": lambda: box.setRange(rect(0.6).translated(next(turns) % 7 * 0.1, 0), padding=0),
                "zoom": lambda: box.setRange(rect(float(next(ranges)[0])), padding=0),
                "hover": hover,
                "colour": lambda: brush(next(turns)),
            },
        )

    yield peer("one item", [np.arange(count)])
    yield peer("item a colour", [np.flatnonzero(code == index) for index in range(COLOURS)])


def measure_points(count: int, rounds: int) -> None:
    """Print the results for the map."""
    from PySide6.QtWidgets import QApplication

    taken: dict[str, dict[str, list[float]]] = {}
    made = list(plots(count))
    for _, widget, _ in made:
        widget.resize(WIDTH, HEIGHT)
        widget.show()
    QApplication.processEvents()
    for turn in range(rounds):
        for name, widget, acts in made:
            for act, work in acts.items():
                if act == "first" and turn:
                    continue
                began = time.perf_counter()
                work()
                widget.viewport().repaint()
                taken.setdefault(act, {}).setdefault(name, []).append((time.perf_counter() - began) * 1000)
    print(f"\n{count:,} points")
    head(*(name for name, _, _ in made))
    for act, figures in taken.items():
        line(act, {name: statistics.median(ms) for name, ms in figures.items()})
    for _, widget, _ in made:
        widget.close()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--points", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    prepare_process()
    from PySide6.QtWidgets import QApplication

    from workbench import theme

    application = QApplication([])
    theme.apply("dark")
    measure_runs(options.runs, options.rounds)
    for count in options.points:
        measure_points(count, options.rounds)
    application.quit()


if __name__ == "__main__":
    main()
