"""The card with the map: its tools, the map itself, the time line; which map is asked for, and the ways of points between maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QWidget

from workbench.bridge.ask import Ask
from workbench.bridge.map_questions import MAP_TITLES, Map, MapKinds
from workbench.panels.embedding.map_loader import MapLoader, MapOptions
from workbench.panels.embedding.time_line import TimeLine
from workbench.panels.embedding.tools import MapTools
from workbench.panels.embedding.trail_caption import TrailCaption
from workbench.plots.saving import export_as
from workbench.plots.scatter import ScatterPlot
from workbench.widgets.card import Card

# So many ways are drawn at most; with more selected, evenly spaced ones of them.
MOST_TRAILS = 300
# A map of fewer says nothing.
FEWEST = 5


class MapCard(Card):
    """`mapShown`: a Map lies in the plot, and whether its points are those of the one before; `mapGone`: none does. `calledOff`: a
    MapSnapshot nobody waits for. `partChanged`: places in the data set (rising) that are mapped alone from now on, or that
    were until now, and which of the two."""

    mapShown = Signal(object, bool)
    mapGone = Signal()
    calledOff = Signal(object)
    partChanged = Signal(object, bool)

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Map"))
        self._ask = ask
        self._folder: str | None = None
        self._map: Map | None = None
        self._part: NDArray[np.int64] = np.empty(0, np.int64)
        self._total = 0
        self._problem = ""  # why there is no map
        self._kinds_asked = False
        self.plot = ScatterPlot()
        self.trail_words = TrailCaption(self.plot)
        self.tools = MapTools()
        self.settings = self.tools.settings
        self.time_line = TimeLine()
        self.maps = MapLoader(ask, self)
        self.empty = QLabel()
        self.empty.setObjectName("quiet")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.body.addWidget(self.tools)
        self.body.addWidget(self.empty, 1)
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.time_line)
        self.time_line.moved.connect(self.look)
        self.settings.changed.connect(self._settings_changed)
        self.tools.kindChosen.connect(self.choose_kind)
        self.tools.toolChosen.connect(self.plot.set_tool)
        self.tools.allAsked.connect(self.plot.view_all)
        self.tools.cancelAsked.connect(self.cancel)
        self.tools.isolateAsked.connect(self.isolate)
        self.tools.trailsAsked.connect(self._trails_switched)
        self.tools.pictureAsked.connect(self._export)
        self.maps.found.connect(self._show)
        self.maps.failed.connect(self._said_no)
        self.maps.progressed.connect(self._progressed)
        self.maps.refused.connect(self._refused)
        self.maps.calledOff.connect(self.calledOff)
        self.maps.kept.connect(self._draw_trails)
        self.plot.selectionChanged.connect(self._selection_changed)
        self.plot.ringed.connect(lambda _: self._draw_trails())
        self.plot.hovered.connect(self._trace)
        for key, slot in ((QKeySequence("T"), self.tools.trails.toggle), (QKeySequence("Ctrl+E"), lambda: self._export("png"))):
            shortcut = QShortcut(key, self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
        self.write()

    # Runs and epochs

    def show_run(self, folder: str | None, epochs: Sequence[int]) -> None:
        """The run whose snapshots are mapped; None for none. `epochs`: those that have a snapshot."""
        self._folder, self._map, self._total, self._problem = folder, None, 0, ""
        self._part = np.empty(0, np.int64)
        self.time_line.stop()
        self.maps.set_run(folder)
        self._want(replace(self.settings.wish, rows=(), space="features"))
        self.plot.set_points(np.empty((0, 2)))
        self.time_line.set_epochs(epochs)
        self.settings.set_total(0)
        self.write()

    def set_total(self, total: int) -> None:
        """How many samples the data set has."""
        self._total = total
        self.write()

    def snapshot_added(self, epoch: int) -> None:
        """A snapshot was written: where the newest one is looked at, the map goes along to it."""
        if epoch in self.time_line.epochs:
            return
        if self.time_line.add(epoch):
            self.look()
        self.write()

    def look(self) -> None:
        """Show the best map of the epoch that is looked at, and ask for a better one. Hidden it asks nothing: a training run needs
        the cores."""
        epoch = self.time_line.epoch
        if epoch is None or not self.isVisible():
            return
        if not self._kinds_asked:
            self._kinds_asked = True
            self._ask(MapKinds(), self.tools.show_kinds)
        if self._problem:
            self._problem = ""
            self.write()
        self.maps.look(epoch, self.time_line.epochs, self.time_line.playing)

    # Which map

    def choose_kind(self, kind: str) -> None:
        """Show this kind of map: "pca", "umap", "tsne", "pacmap"."""
        self._want(self.settings.wish.of_kind(kind, self.settings.share))
        self.look()

    def cancel(self) -> None:
        """Wait no longer for the map that is being computed: stay with the one that is shown."""
        self.maps.cancel()
        self._want(self.maps.wish)

    def isolate(self, on: bool) -> None:
        """Map the selected samples alone; or all again."""
        wish = self.settings.wish
        rows = self.plot.selected
        if on and (self._map is None or len(rows) < FEWEST):
            self._progressed(None)
            self.tools.show_refusal(self.tr("map of a part"), self.tr("Select at least {0} samples.").format(FEWEST))
            self._selection_changed()
            return
        if on and self._map is not None:
            self._part = np.sort(self._map.index[rows].astype(np.int64))
            self._want(replace(wish, rows=tuple(int(row) for row in self._map.rows[rows])))
            self.partChanged.emit(self._part, True)
        elif wish.rows:
            part, self._part = self._part, np.empty(0, np.int64)
            self._want(replace(wish, rows=()))
            self.partChanged.emit(part, False)
        self._selection_changed()
        self.look()

    def _settings_changed(self) -> None:
        self._want(self.settings.wish)
        self.look()

    def _want(self, wish: MapOptions) -> None:
        self.maps.set_wish(wish)
        self.settings.set_wish(self.maps.wish)
        self.tools.show_kind(self.maps.wish.kind)

    # What came

    def _show(self, found: Map) -> None:
        before, self._map, self._problem = self._map, found, ""
        same = before is not None and np.array_equal(before.index, found.index)
        if not self.settings.wish.rows:
            self.settings.set_map(found)
        self.write()
        self.plot.set_points(found.xy, glide=same)
        self.mapShown.emit(found, same)
        self._selection_changed()

    def _said_no(self, message: str) -> None:
        self._map, self._problem = None, message
        self.write()
        self.mapGone.emit()

    def _progressed(self, share: float | None) -> None:
        words = MAP_TITLES[self.maps.wish.kind]
        self.tools.show_progress(self.tr("{0}, all epochs").format(words) if self.maps.behind else words, share)

    def _refused(self, message: str) -> None:
        self.tools.show_refusal(MAP_TITLES[self.maps.wish.kind], message)

    # Trails

    def _selection_changed(self) -> None:
        isolated = bool(self.settings.wish.rows)
        self.tools.show_isolated(isolated, len(self.plot.selected))
        self._draw_trails()

    def _trails_switched(self, on: bool) -> None:
        self.maps.set_every(on)
        self._draw_trails()

    def _ways(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """Where rows (m,) of the map were and will be, (epochs, m, 2) both."""
        wish, found = self.maps.shown, self._map
        past: list[NDArray[np.floating]] = [np.empty((0, len(rows), 2))]
        ahead: list[NDArray[np.floating]] = [np.empty((0, len(rows), 2))]
        for made in self.maps.known(wish) if wish is not None and found is not None else ():
            if found is not None and made.epoch != found.epoch:
                (past if made.epoch < found.epoch else ahead).append(_places(made, found.index[rows])[None])
        return np.concatenate(past), np.concatenate(ahead)

    def _trace(self, row: int) -> None:
        """The way of the sample under the mouse, else of the one with a ring, among those of many."""
        row = row if row >= 0 else self.plot.marked
        if self._map is None or not self.tools.trails.isChecked() or row < 0:
            self.plot.trace(-1)
        else:
            self.plot.trace(row, *self._ways(np.array([row])))

    def _draw_trails(self) -> None:
        wish, found = self.maps.shown, self._map
        rows = self.plot.selected
        if not len(rows) and self.plot.marked >= 0:
            rows = np.array([self.plot.marked])
        if found is None or wish is None or not self.tools.trails.isChecked() or not len(rows):
            self.plot.set_trails([], np.empty((0, 0, 2)))
            self.trail_words.hide()
            if found is not None and self.tools.trails.isChecked():
                self.trail_words.show_nothing()
            self._trace(-1)
            return
        selected = len(rows)
        if selected > MOST_TRAILS:
            rows = rows[np.linspace(0, len(rows) - 1, MOST_TRAILS).round().astype(int)]
        self.plot.set_trails(rows, *self._ways(rows))
        self._trace(self.plot.hovered_row)
        epochs = [made.epoch for made in self.maps.known(wish)]
        self.trail_words.show_trails(len(rows), selected, epochs, found.epoch, len(self.time_line.epochs))

    # Files

    def _export(self, kind: str) -> None:
        if self._map is None:
            return
        kind_name = self._map.kind + ("_supervised" if self._map.supervised else "")
        name = f"{kind_name}_epoch_{self._map.epoch:03d}.{kind}"
        export_as(self, name, lambda path: self.plot.export(kind, path))

    # Words

    def write(self) -> None:
        """Title, quality, and what to do where there is no map."""
        shown = self._map
        self.plot.setVisible(shown is not None)
        self.empty.setVisible(shown is None)
        self.time_line.write()
        if shown is None:
            self.set_title(self.tr("Map"))
            self.set_state("")
            self.empty.setText(self._problem or self._empty_text())
            return
        count, total = f"{len(shown.xy):,}", f"{max(self._total, shown.total):,}"
        title = MAP_TITLES.get(shown.kind, shown.kind)
        if shown.supervised:
            title = self.tr("{0}, supervised by class").format(title)
        self.set_title(self.tr("Map · {0} of {1} of {2}").format(title, count, total))
        quality = f"{shown.trustworthiness:.2f}".removeprefix("0")
        words = [self.tr("trustworthiness {0}").format(quality)]
        help = [self.tr("Trustworthiness: how far neighbours on the map are neighbours in the space; 1 is wholly, .5 is chance.")]
        if shown.supervised:
            help.insert(0, self.tr("Made with the classes: how far they lie apart here is not what the encoder learned."))
        if np.isfinite(shown.kept):
            words.append(self.tr("{0} % of neighbours kept").format(round(100 * shown.kept)))
            help.append(self.tr("Kept: the share of a sample's 15 nearest in the space that are among its 15 nearest on the map."))
        if shown.explained:
            share = round(100 * sum(shown.explained))
            help.append(self.tr("The two axes hold {0} % of the variance.").format(share))
        if shown.measured:
            help.append(self.tr("Measured on {0} samples.").format(f"{shown.measured:,}"))
        if shown.space != "features":
            help.append(self.tr("The projector's embedding by the checkpoint of epoch {0}.").format(shown.space_epoch))
        self.set_state(" · ".join(words), "\n".join(help))

    def _empty_text(self) -> str:
        if self._folder is None:
            return self.tr("Pick a run at the left to walk through the space that it learned.")
        if not self.time_line.epochs:
            return self.tr("The first snapshot of this run's space comes with its first check on validation.")
        return self.tr("Making the map…")


def _places(found: Map, index: NDArray[np.integer]) -> NDArray[np.floating]:
    """Where samples (m,) of the data set lie on a map (m, 2), nan for those that are not on it."""
    order = np.argsort(found.index)
    place = np.searchsorted(found.index[order], index).clip(max=len(order) - 1)
    rows = order[place]
    there = found.index[rows] == index
    return np.where(there[:, None], found.xy[rows], np.nan)
