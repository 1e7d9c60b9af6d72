"""The card of new images that were dropped onto the map: their entry in the legend, how well they fit, and their thumbnails."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QWidget

from workbench import theme
from workbench.bridge.ask import Ask
from workbench.bridge.image_questions import Map, PlacedImages, PlaceImages
from workbench.panels.embedding.map_loader import MapOptions
from workbench.plots.swatch import diamond_icon
from workbench.plots.thumbnails import Thumbnails
from workbench.samples.shown_image import ShownImage
from workbench.theme.palette import GAP
from workbench.theme.plain import tip
from workbench.widgets.card import Card

COLUMNS, SIDE = 5, 46


class PlacedCard(Card):
    """Hidden while there are none. `placed`: the PlacedImages on the map that is shown, or None.

    Signals: `changed`: they have changed, or whether they are shown; `hovered(number)`: the one under the mouse, -1 for none;
    `opened(number)`; `menuRequested(number, position)`; `cancelled(question)`: the answer to this question is no longer needed."""

    changed = Signal()
    hovered = Signal(int)
    opened = Signal(int)
    menuRequested = Signal(int, QPoint)
    cancelled = Signal(object)

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Placed images"))
        self._ask = ask
        self._paths: tuple[str, ...] = ()
        self._placed_before: tuple[str, ...] = ()
        self._map: Map | None = None
        self._options = MapOptions()
        self._question: PlaceImages | None = None
        self._rows = 2
        self.placed: PlacedImages | None = None
        self.entry = QCheckBox()
        self.entry.setChecked(True)
        self.entry.setToolTip(self.tr("Show the placed images on the map"))
        self.entry.setAccessibleName(self.tr("Show the placed images on the map"))
        self.entry.toggled.connect(lambda _: self.changed.emit())
        self.remove_all = QPushButton(self.tr("Remove"))
        self.remove_all.setObjectName("flat")
        self.remove_all.setToolTip(self.tr("Remove all placed images from the map; their files stay"))
        self.remove_all.clicked.connect(self.clear)
        line = QHBoxLayout()
        line.setSpacing(GAP // 2)
        line.addWidget(self.entry, 1)
        line.addWidget(self.remove_all)
        self.words = QLabel()
        self.words.setObjectName("quiet")
        self.words.setWordWrap(True)
        self.images = Thumbnails(columns=COLUMNS, least=36, most=SIDE)
        self.images.opens = True
        self.images.setAccessibleName(self.tr("Placed images"))
        self.images.wanted.connect(self._put)
        self.images.hovered.connect(self.hovered)
        self.images.activated.connect(self.hovered)
        self.images.opened.connect(self.opened)
        self.images.menuRequested.connect(self.menuRequested)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.images, context=Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(lambda: self.remove(self.images.current))
        self.body.setSpacing(GAP // 2)
        self.body.addLayout(line)
        self.body.addWidget(self.words)
        self.body.addWidget(self.images)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()
        self.hide()

    # Which images

    def add(self, paths: Sequence[str]) -> None:
        """Place the images in these files and folders, beside those that are placed."""
        self._paths = tuple(dict.fromkeys((*self._paths, *paths)))
        self._request()

    def remove(self, number: int) -> None:
        """Remove one of them."""
        placed = self.placed
        if placed is None or not 0 <= number < len(placed.paths):
            return
        keep = np.arange(len(placed.paths)) != number
        self._paths = tuple(path for path in self._paths if path != placed.paths[number])
        if not keep.any():
            self.clear()
            return
        kept = tuple(path for path, one in zip(placed.paths, keep, strict=True) if one)
        rows = (placed.pixels[keep], placed.xy[keep], placed.index[keep], placed.cosine[keep], placed.kept[keep])
        self._show(PlacedImages(kept, *rows, placed.skipped, len(kept)))

    def clear(self) -> None:
        """Remove all of them."""
        self._cancel()
        self._paths, self._placed_before, self.placed = (), (), None
        self.images.forget()
        self.hide()
        self.changed.emit()

    def set_map(self, shown: Map | None, options: MapOptions) -> None:
        """Set the map that is shown, and place the images on it."""
        if shown is not self._map:
            self._map, self._options = shown, options
            self.placed = None
            self._cancel()
            if self._paths and shown is not None:
                self._request()

    @property
    def shown(self) -> PlacedImages | None:
        """The images that the map has to show; None for none."""
        return self.placed if self.entry.isChecked() else None

    def image(self, number: int) -> ShownImage:
        """One of them, for the commands for images."""
        assert self.placed is not None
        near = zip(self.placed.index[number].tolist(), self.placed.cosine[number].tolist(), strict=True)
        return ShownImage(-1, path=self.placed.paths[number], neighbours=tuple(near), note=self._fit_of(number))

    def text_of(self, number: int) -> str:
        """A line about one of them."""
        if self.placed is None or not 0 <= number < len(self.placed.paths):
            return ""
        return " · ".join((self.tr("placed"), self._fit_of(number)))

    def _fit_of(self, number: int) -> str:
        assert self.placed is not None
        k = self.placed.index.shape[1]
        return self.tr("keeps {0} of its {1} nearest").format(round(float(self.placed.kept[number]) * k), k)

    # Question

    def _request(self) -> None:
        shown = self._map
        self.show()
        if shown is None:
            self.words.setText(self.tr("They are placed as soon as there is a map."))
            return
        self._cancel()
        numbers = {name: value for name, value in self._options.numbers if name in ("neighbours", "min_dist")}
        question = PlaceImages(shown, self._paths, int(numbers.get("neighbours", 15)), float(numbers.get("min_dist", 0.1)))
        self._question = question
        self._show_progress(0.0)

        def receive(placed: PlacedImages) -> None:
            if self._question is question:
                self._question = None
                self._paths = placed.paths
                self._show(placed)

        def failed(message: str) -> None:
            if self._question is question:
                self._question = None
                self._fail(message)

        def progress(share: float) -> None:
            if self._question is question:
                self._show_progress(share)

        self._ask(question, receive, failed, progress)

    def _cancel(self) -> None:
        if self._question is not None:
            question, self._question = self._question, None
            self.cancelled.emit(question)

    # Showing

    def _show_progress(self, share: float) -> None:
        self.entry.setText(self.tr("Placing… {0} %").format(round(100 * share)))
        self.words.setText(self.tr("Encoded by the run's encoder and placed among its samples."))
        self.words.setObjectName("quiet")
        self._restyle()

    def _fail(self, message: str) -> None:
        self.entry.setText(self.tr("none on this map"))
        self.words.setText(message)
        self.words.setToolTip("")
        self.words.setObjectName("bad")
        self._restyle()
        # Those that were placed before are placed again on the next map.
        self._paths = self._placed_before
        self.images.hide()
        self.changed.emit()

    def _put(self, numbers: tuple[int, ...]) -> None:
        if self.placed is not None:
            pixels = self.placed.pixels
            known = [number for number in numbers if number < len(pixels)]
            self.images.put(known, [pixels[number] for number in known])

    def _show(self, placed: PlacedImages) -> None:
        self.placed, self._placed_before = placed, placed.paths
        count, k = len(placed.paths), placed.index.shape[1]
        self.entry.setText(self.tr("{0} images").format(f"{count:,}") if count > 1 else self.tr("1 image"))
        lines = [self.tr("{0} % of their {1} nearest kept").format(round(100 * float(placed.kept.mean())), k)]
        shown = self._map
        if shown is not None and np.isfinite(shown.kept):
            lines.append(self.tr("the map's own samples {0} %").format(round(100 * shown.kept)))
        if placed.count > count:
            lines.append(self.tr("the first {0} of {1}").format(f"{count:,}", f"{placed.count - len(placed.skipped):,}"))
        if placed.skipped:
            lines.append(self.tr("{0} files could not be read").format(len(placed.skipped)))
        self.words.setText("; ".join(lines))
        help = self.tr(
            "Kept: the share of an image's nearest samples in the encoder's space that are among its nearest on the map. An image "
            "without samples like it is placed all the same: look at its neighbours."
        )
        self.words.setToolTip(tip("\n".join([help, *placed.skipped[:12]])))
        self.words.setObjectName("quiet")
        self._restyle()
        numbers = np.arange(count)
        self.images.forget()
        self.images.set_items(numbers, lambda number: "\n".join([placed.paths[number], self.text_of(number)]))
        self._fit_rows()
        self.images.show()
        self.show()
        self.changed.emit()

    def set_rows(self, rows: int) -> None:
        """Set how many rows of thumbnails are visible without scrolling."""
        self._rows = rows
        self._fit_rows()

    def _fit_rows(self) -> None:
        rows = max(1, min(self._rows, -(-len(self.images.ids) // self.images.columns)))
        self.images.setFixedHeight(rows * (SIDE + GAP - 2) - GAP + 4)

    def _restyle(self) -> None:
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)

    def _apply_theme(self) -> None:
        palette = theme.current()
        self.entry.setIcon(diamond_icon(palette.accent, palette.text))
