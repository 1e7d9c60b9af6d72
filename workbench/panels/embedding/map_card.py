"""The card with the map, its tools and the time line. It requests the maps and draws the trails of points between epochs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from workbench.bridge.ask import Ask
from workbench.bridge.image_questions import Embedded, EmbedMore
from workbench.bridge.map_questions import MAP_TITLES, Map, MapKinds
from workbench.panels.embedding.map_loader import MapLoader, MapOptions
from workbench.panels.embedding.sample_count import SampleCount
from workbench.panels.embedding.time_line import TimeLine
from workbench.panels.embedding.tools import MapTools
from workbench.panels.embedding.trail_caption import TrailCaption
from workbench.plots.scatter import ScatterPlot
from workbench.widgets.card import Card
from workbench.widgets.empty_state import FIRST_STEPS, EmptyState

# The largest number of trails; of a larger selection, evenly spaced samples get one.
MOST_TRAILS = 300
# The least number of samples of a map of their own.
FEWEST = 5


class MapCard(Card):
    """Signals: `mapShown(map, same)`: the plot shows a Map; `same`: whether it has the samples of the one before. `mapRemoved`: the
    plot shows none. `cancelled(question)`: the answer to this MapSnapshot or EmbedMore is no longer needed. `partChanged(index,
    alone)`: these samples, by their ascending indices in the data set, are mapped alone from now on (True) or no longer (False).
    `grown`: the snapshot of the epoch has more samples now. `figureRequested`: make a figure."""

    mapShown = Signal(object, bool)
    mapRemoved = Signal()
    cancelled = Signal(object)
    partChanged = Signal(object, bool)
    figureRequested = Signal()
    grown = Signal()

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Map"))
        self._ask = ask
        self._folder: str | None = None
        self._map: Map | None = None
        self._part: NDArray[np.int64] = np.empty(0, np.int64)
        self._total = 0
        self._problem = ""  # the reason why there is no map
        self._kinds_requested = False
        self._embedding: EmbedMore | None = None
        self.plot = ScatterPlot()
        self.trail_caption = TrailCaption(self.plot)
        self.tools = MapTools()
        self.settings = self.tools.settings
        self.time_line = TimeLine()
        self.loader = MapLoader(ask, self)
        self.count = SampleCount()
        self.count.chosen.connect(self.map_samples)
        self.corner.addWidget(self.count)
        self.empty = EmptyState(*FIRST_STEPS, "train")
        self.body.addWidget(self.tools)
        self.body.addWidget(self.empty, 1)
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.time_line)
        self.time_line.moved.connect(self.load)
        self.settings.changed.connect(self._settings_changed)
        self.tools.kindChosen.connect(self.choose_kind)
        self.tools.toolChosen.connect(self.plot.set_tool)
        self.tools.allRequested.connect(self.plot.view_all)
        self.tools.cancelRequested.connect(self.cancel)
        self.tools.isolateRequested.connect(self.isolate)
        self.tools.trailsToggled.connect(self._trails_switched)
        self.tools.figureRequested.connect(self.figureRequested)
        self.loader.loaded.connect(self._show_map)
        self.loader.failed.connect(self._show_failure)
        self.loader.progressed.connect(self._progressed)
        self.loader.refused.connect(self._show_refusal)
        self.loader.cancelled.connect(self.cancelled)
        self.loader.otherEpochLoaded.connect(self._draw_trails)
        self.plot.selectionChanged.connect(self._selection_changed)
        self.plot.ringed.connect(lambda _: self._draw_trails())
        self.plot.hovered.connect(self._trace)
        shortcut = QShortcut(QKeySequence("T"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.tools.trails.toggle)
        self.update_texts()

    # Runs and epochs

    def show_run(self, folder: str | None, epochs: Sequence[int]) -> None:
        """Show the maps of this run; None for no run. `epochs`: the epochs that have a snapshot."""
        self._cancel_embedding()
        self._folder, self._map, self._total, self._problem = folder, None, 0, ""
        self._part = np.empty(0, np.int64)
        self.time_line.stop()
        self.loader.set_run(folder)
        self._set_options(replace(self.settings.options, rows=(), space="features"))
        self.plot.set_points(np.empty((0, 2)))
        self.time_line.set_epochs(epochs)
        self.settings.set_total(0)
        self.update_texts()

    def set_total(self, total: int) -> None:
        """Set the number of samples in the data set."""
        self._total = total
        self.update_texts()

    def snapshot_added(self, epoch: int) -> None:
        """The run wrote a snapshot: if the newest epoch is shown, move to the new one."""
        if epoch in self.time_line.epochs:
            return
        if self.time_line.add(epoch):
            self.load()
        self.update_texts()

    def load(self) -> None:
        """Show the best available map of the current epoch, and request the chosen one. A hidden card requests nothing, and leaves
        the processor cores to training."""
        epoch = self.time_line.epoch
        if epoch is None or not self.isVisible():
            return
        if not self._kinds_requested:
            self._kinds_requested = True
            self._ask(MapKinds(), self.tools.show_kinds)
        if self._problem:
            self._problem = ""
            self.update_texts()
        self.loader.load(epoch, self.time_line.epochs, self.time_line.playing)

    # Which map

    def choose_kind(self, kind: str) -> None:
        """Show this kind of map: "pca", "umap", "tsne", "pacmap" or "umap_learn"."""
        self._set_options(self.settings.options.of_kind(kind, self.settings.share))
        self.load()

    def cancel(self) -> None:
        """Cancel what is being computed, more samples or a map, and keep the map that is shown."""
        if self._embedding is not None:
            self._cancel_embedding()
            return
        self.loader.cancel()
        self._set_options(self.loader.options)

    def map_samples(self, count: int) -> None:
        """Map so many samples: a part of the snapshot, or more than it has, which are encoded first."""
        shown, epoch = self._map, self.time_line.epoch
        if shown is None or epoch is None or self._folder is None:
            return
        if self.settings.options.rows:
            self.isolate(False)
        if count <= shown.total:
            self._set_options(replace(self.settings.options, limit=0 if count == shown.total else count))
            self.update_texts()
            self.load()
            return
        self._cancel_embedding()
        question = self._embedding = EmbedMore(self._folder, epoch, 0 if count >= self._total else count)

        def receive(embedded: Embedded) -> None:
            if self._embedding == question:
                self._end_embedding()
                self.loader.forget(embedded.epoch)
                self.time_line.go_to(embedded.epoch)
                self._set_options(replace(self.settings.options, limit=0))
                self.grown.emit()
                self.load()

        def failed(message: str) -> None:
            if self._embedding == question:
                self._end_embedding()
                self.tools.show_refusal(self.tr("more samples"), message)

        def progress(share: float) -> None:
            if self._embedding == question:
                self._show_embedding(share)

        self._show_embedding(0.0)
        self._ask(question, receive, failed, progress)

    def _show_embedding(self, share: float) -> None:
        self.tools.show_progress("", share)
        self.count.show_encoding(share)

    def _cancel_embedding(self) -> None:
        if self._embedding is not None:
            question = self._embedding
            self._end_embedding()
            self.cancelled.emit(question)

    def _end_embedding(self) -> None:
        self._embedding = None
        self.count.show_encoding(None)
        self._progressed(None)

    def isolate(self, on: bool) -> None:
        """Map the selected samples alone, or all samples again."""
        options = self.settings.options
        rows = self.plot.selected
        if on and (self._map is None or len(rows) < FEWEST):
            self._progressed(None)
            self.tools.show_refusal(self.tr("map of a part"), self.tr("Select at least {0} samples.").format(FEWEST))
            self._selection_changed()
            return
        if on and self._map is not None:
            self._part = np.sort(self._map.index[rows].astype(np.int64))
            self._set_options(replace(options, rows=tuple(int(row) for row in self._map.rows[rows])))
            self.partChanged.emit(self._part, True)
        elif options.rows:
            part, self._part = self._part, np.empty(0, np.int64)
            self._set_options(replace(options, rows=()))
            self.partChanged.emit(part, False)
        self._selection_changed()
        self.load()

    def _settings_changed(self) -> None:
        self._set_options(self.settings.options)
        self.load()

    def _set_options(self, options: MapOptions) -> None:
        self.loader.set_options(options)
        self.settings.set_options(self.loader.options)
        self.tools.show_kind(self.loader.options.kind)

    # Answers

    def _show_map(self, shown: Map) -> None:
        previous, self._map, self._problem = self._map, shown, ""
        same = previous is not None and np.array_equal(previous.index, shown.index)
        if not self.settings.options.rows:
            self.settings.set_map(shown)
        self.update_texts()
        self.plot.context = self.tr("epoch {0}").format(shown.epoch)
        self.plot.set_points(shown.xy, glide=same)
        self.mapShown.emit(shown, same)
        self._selection_changed()

    def _show_failure(self, message: str) -> None:
        self._map, self._problem = None, message
        self.update_texts()
        self.mapRemoved.emit()

    def _progressed(self, share: float | None) -> None:
        if self._embedding is not None:
            return  # its progress is shown
        title = MAP_TITLES[self.loader.options.kind]
        self.tools.show_progress(self.tr("{0}, all epochs").format(title) if self.loader.behind else title, share)

    def _show_refusal(self, message: str) -> None:
        self.tools.show_refusal(MAP_TITLES[self.loader.options.kind], message)

    # Trails

    def _selection_changed(self) -> None:
        isolated = bool(self.settings.options.rows)
        self.tools.show_isolated(isolated, len(self.plot.selected))
        self._draw_trails()

    def _trails_switched(self, on: bool) -> None:
        self.loader.set_every(on)
        self._draw_trails()

    def _paths(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """The positions of rows (m,) on the maps of earlier and of later epochs, each (epochs, m, 2)."""
        options, shown = self.loader.shown, self._map
        past: list[NDArray[np.floating]] = [np.empty((0, len(rows), 2))]
        ahead: list[NDArray[np.floating]] = [np.empty((0, len(rows), 2))]
        for other in self.loader.known(options) if options is not None and shown is not None else ():
            if shown is not None and other.epoch != shown.epoch:
                (past if other.epoch < shown.epoch else ahead).append(_positions(other, shown.index[rows])[None])
        return np.concatenate(past), np.concatenate(ahead)

    def _trace(self, row: int) -> None:
        """Emphasise the trail of the sample under the mouse, or else of the marked sample."""
        row = row if row >= 0 else self.plot.marked
        if self._map is None or not self.tools.trails.isChecked() or row < 0:
            self.plot.trace(-1)
        else:
            self.plot.trace(row, *self._paths(np.array([row])))

    def _draw_trails(self) -> None:
        options, shown = self.loader.shown, self._map
        rows = self.plot.selected
        if not len(rows) and self.plot.marked >= 0:
            rows = np.array([self.plot.marked])
        if shown is None or options is None or not self.tools.trails.isChecked() or not len(rows):
            self.plot.set_trails([], np.empty((0, 0, 2)))
            self.trail_caption.hide()
            if shown is not None and self.tools.trails.isChecked():
                self.trail_caption.show_hint()
            self._trace(-1)
            return
        selected = len(rows)
        if selected > MOST_TRAILS:
            rows = rows[np.linspace(0, len(rows) - 1, MOST_TRAILS).round().astype(int)]
        self.plot.set_trails(rows, *self._paths(rows))
        self._trace(self.plot.hovered_row)
        epochs = [other.epoch for other in self.loader.known(options)]
        self.trail_caption.show_trails(len(rows), selected, epochs, shown.epoch, len(self.time_line.epochs))

    # Texts

    def update_texts(self) -> None:
        """Update the title and the quality measures, or the hint if there is no map."""
        shown = self._map
        self.plot.setVisible(shown is not None)
        self.empty.setVisible(shown is None)
        self.time_line.update_text()
        if shown is None:
            self.set_title(self.tr("Map"))
            self.set_state("")
            self.count.hide()
            next_steps = FIRST_STEPS if self._folder is None else () if self._problem or self.time_line.epochs else ("train",)
            self.empty.show_text(self._problem or self._empty_text(), *next_steps)
            return
        count, total = f"{len(shown.xy):,}", f"{max(self._total, shown.total):,}"
        self.count.show_counts(len(shown.xy), shown.total, self._total)
        title = MAP_TITLES.get(shown.kind, shown.kind)
        if shown.supervised:
            title = self.tr("{0}, supervised by class").format(title)
        self.set_title(self.tr("Map · {0} of {1} of {2}").format(title, count, total))
        quality = f"{shown.trustworthiness:.2f}".removeprefix("0")
        words = [self.tr("trustworthiness {0}").format(quality)]
        help = [
            self.tr(
                "Trustworthiness: whether neighbours on the map are neighbours in the space; 1 is perfect, .5 the chance level."
            )
        ]
        if shown.supervised:
            help.insert(0, self.tr("Made with the classes: their distances here do not show what the encoder learned."))
        if np.isfinite(shown.kept):
            words.append(self.tr("{0} % of neighbours kept").format(round(100 * shown.kept)))
            help.append(self.tr("Kept: the share of a sample's 15 nearest in the space that are among its 15 nearest on the map."))
        if shown.explained:
            share = round(100 * sum(shown.explained))
            help.append(self.tr("The two axes explain {0} % of the variance.").format(share))
        if shown.measured:
            help.append(self.tr("Measured on {0} samples.").format(f"{shown.measured:,}"))
        if shown.space != "features":
            help.append(self.tr("The projector's embedding by the checkpoint of epoch {0}.").format(shown.space_epoch))
        self.set_state(" · ".join(words), "\n".join(help))

    def _empty_text(self) -> str:
        if self._folder is None:
            return self.tr("Pick a run at the left to see maps of its embedding space.")
        if not self.time_line.epochs:
            return self.tr("This run has no snapshot yet. The first one is written at its first validation.")
        return self.tr("Making the map…")


def _positions(shown: Map, index: NDArray[np.integer]) -> NDArray[np.floating]:
    """The positions (m, 2) on a map of samples (m,), given by their indices in the data set; nan for samples not on the map."""
    order = np.argsort(shown.index)
    position = np.searchsorted(shown.index[order], index).clip(max=len(order) - 1)
    rows = order[position]
    present = shown.index[rows] == index
    return np.where(present[:, None], shown.xy[rows], np.nan)
