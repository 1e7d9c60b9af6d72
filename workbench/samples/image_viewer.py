"""A window with one image, large: from its original file, with its views, its neighbours and what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from workbench.bridge.ask import Ask
from workbench.bridge.data_questions import GetLabels, Labels
from workbench.bridge.image_questions import (
    FileViews,
    ImageLoss,
    ImageNeighbours,
    ImageViews,
    LargeImage,
    LossOfImage,
    NeighboursOfImage,
    OpenFile,
    OpenImage,
    ViewsPreview,
)
from workbench.i18n.data_names import data_name
from workbench.i18n.engine_texts import picture_name
from workbench.plots.base import number
from workbench.plots.image_grid import Cell, ImageGrid, to_qimage
from workbench.plots.thumbnails import Thumbnails
from workbench.plots.zoom_view import ZoomView
from workbench.samples.colouring import value_text
from workbench.samples.sample_captions import CaptionCache, Captions
from workbench.samples.shown_image import ImageContext, ShownImage, size_text
from workbench.samples.stored_images import Images
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.theme.plain import tip
from workbench.widgets.card import Card
from workbench.widgets.elided_label import ElidedLabel

SIDE = 264
SIZE = (1060, 680)
NEIGHBOURS = 12
# While one goes through many images quickly, only the picture itself is requested.
SETTLE_MS = 120
# The most factors of an image that are listed.
MOST_FACTS = 14


class ImageViewer(QDialog):
    """Goes through a list of images. `chosen(index)`: show this sample on the map. `show_menu(image, position)`: shows the menu of
    an image.

    Keys: arrows to the next and the previous image, + and - zoom, 0 all of the image, 1 its own size, Escape closes."""

    chosen = Signal(int)

    def __init__(self, ask: Ask, show_menu: Callable[[ShownImage, QPoint], None], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._ask, self._show_menu = ask, show_menu
        self._context = ImageContext()
        self._images: Sequence[ShownImage] = ()
        self._position = 0
        self.image: ShownImage | None = None
        self._seed = 0
        self._thumbnails = Images(ask)
        self._captions = CaptionCache(ask)
        self._details = QTimer(self)
        self._details.setSingleShot(True)
        self._details.setInterval(SETTLE_MS)
        self._details.timeout.connect(self._ask_details)
        self._build()

    # Building

    def _build(self) -> None:
        self.setAccessibleName(self.tr("Image"))
        self.name = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.name.setObjectName("heading")
        self.origin = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.origin.setObjectName("quiet")
        self.note = QLabel()
        self.note.setObjectName("warning")
        self.note.setWordWrap(True)
        self.view = ZoomView()
        self.view.zoomChanged.connect(self._show_zoom)
        left = QVBoxLayout()
        left.setSpacing(GAP // 2)
        for part in (self.name, self.origin, self.note):
            left.addWidget(part)
        left.addWidget(self.view, 1)
        left.addLayout(self._tools())
        self.facts_card, self.facts = Card(self.tr("About")), QGridLayout()
        self.facts.setHorizontalSpacing(GAP)
        self.facts.setVerticalSpacing(2)
        self.facts.setColumnStretch(1, 1)
        self.facts_card.body.addLayout(self.facts)
        self.measure = QPushButton(self.tr("Measure its loss"))
        self.measure.setObjectName("link")
        self.measure.setToolTip(self.tr("In eight batches with other views and other images, by the checkpoint of this epoch"))
        self.measure.clicked.connect(self._measure_loss)
        self.facts_card.body.addWidget(self.measure)
        # Each in full: the side scrolls.
        self.captions_card, self.captions = Card(self.tr("Captions")), QLabel()
        self.captions.setWordWrap(True)
        self.captions.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.captions_card.body.addWidget(self.captions)
        self.captions_card.hide()
        self.views_card = Card(self.tr("Views"))
        self.again = QPushButton(self.tr("Draw again"))
        self.again.setObjectName("flat")
        self.again.setToolTip(self.tr("Other random views by the run's own augmentation"))
        self.again.clicked.connect(self._draw_again)
        self.views_card.corner.addWidget(self.again)
        self.views = ImageGrid(columns=3, least=48, most=74)
        self.views.setAccessibleName(self.tr("Views of the image"))
        self.views_card.body.addWidget(self.views)
        self.neighbours_card = Card(self.tr("Neighbours"))
        self.neighbours = Thumbnails(columns=4, least=40, most=54)
        self.neighbours.setAccessibleName(self.tr("Nearest images in the encoder's space"))
        self.neighbours.wanted.connect(self._load_neighbours)
        self.neighbours.activated.connect(self._go_to_neighbour)
        self.neighbours.menuRequested.connect(self._neighbour_menu)
        self.neighbours_card.body.addWidget(self.neighbours, 1)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for card in (self.facts_card, self.captions_card, self.views_card):
            column.addWidget(card)
        column.addWidget(self.neighbours_card, 1)
        side = QScrollArea()
        side.setWidgetResizable(True)
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        side.setFixedWidth(SIDE)
        side.setWidget(inner)
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        row.setSpacing(WIDE_GAP)
        row.addLayout(left, 1)
        row.addWidget(side)

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP // 2)

        def button(text: str, name: str, slot: Callable[[], object]) -> QPushButton:
            made = QPushButton(text)
            made.setStyleSheet("padding: 3px 8px;")
            made.setAccessibleName(name)
            made.setToolTip(name)
            made.setAutoDefault(False)
            made.clicked.connect(lambda _=False: slot())
            return made

        self.previous = button("‹", self.tr("Previous image (left arrow)"), lambda: self.go(-1))
        self.next = button("›", self.tr("Next image (right arrow)"), lambda: self.go(1))
        self.count, self.percent = QLabel(), QLabel()
        for label in (self.count, self.percent):
            label.setObjectName("quiet")
        self.percent.setMinimumWidth(44)
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.on_map = button(
            self.tr("Show on the map"), self.tr("Close, and show the sample and its neighbours on the map"), self._choose
        )
        self.more = button(self.tr("Image") + " ▾", self.tr("Show in folder, copy"), self._open_menu)
        for part in (self.previous, self.next, self.count):
            row.addWidget(part)
        row.addSpacing(GAP)
        row.addStretch(1)
        row.addWidget(self.percent)
        for part in (
            button("−", self.tr("Smaller (−)"), lambda: self.view.step(-1)),
            button("+", self.tr("Larger (+)"), lambda: self.view.step(1)),
            button(self.tr("Fit"), self.tr("All of the image (0)"), self.view.fit),
            button("100 %", self.tr("The image's own size (1)"), lambda: self.view.set_zoom(1.0)),
        ):
            row.addWidget(part)
        row.addSpacing(GAP)
        row.addWidget(self.on_map)
        row.addWidget(self.more)
        return row

    # Which image

    def set_context(self, context: ImageContext) -> None:
        """Set the run and the map to which the images belong."""
        if context.data != self._context.data:
            self.neighbours.forget()
        before, self._context = self._context, context
        self._thumbnails.set_data(context.data)
        if self.isVisible() and self.image is not None and before.epoch != context.epoch:
            self._details.start()

    def show_images(self, images: Sequence[ShownImage], position: int) -> None:
        """Show the image at a position of a list."""
        self._images, self._position = images, position
        if not self.isVisible():
            room = self.screen().availableGeometry()
            self.resize(min(SIZE[0], room.width() - 2 * WIDE_GAP), min(SIZE[1], room.height() - 5 * WIDE_GAP))
        self.show()
        self.raise_()
        self.activateWindow()
        self._show(self._images[position])
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def go(self, steps: int) -> None:
        """Go on in the list, or back. From an image beside the list, a neighbour, back to the list."""
        inside = self.image is not None and self.image.key == self._images[self._position].key
        position = self._position + (steps if inside else 0)
        if 0 <= position < len(self._images):
            self._position = position
            self._show(self._images[position])

    def _show(self, image: ShownImage) -> None:
        self.image = image
        title = image.file or self.tr("image {0}").format(f"{image.index:,}")
        self.setWindowTitle(title)
        self.name.set_full_text(title)
        inside = image.key == self._images[self._position].key
        number_text = self.tr("{0} of {1}").format(f"{self._position + 1:,}", f"{len(self._images):,}")
        self.count.setText(number_text if inside else self.tr("a neighbour"))
        self.previous.setEnabled(not inside or self._position > 0)
        self.next.setEnabled(not inside or self._position < len(self._images) - 1)
        self.on_map.setVisible(image.index >= 0 and bool(self._context.samples))
        self.on_map.setEnabled(image.index in self._context.samples)
        self._seed = 0
        self._show_note("")
        self.origin.set_full_text(self.tr("Opening…"))
        question = OpenImage(self._context.data, image.index) if image.index >= 0 else OpenFile(image.path)
        self._ask(question, lambda large: self._receive(image, large), lambda message: self._fail(image, message))
        self._clear_details()
        self._details.start()

    def _is(self, image: ShownImage) -> bool:
        return self.isVisible() and self.image is not None and self.image.key == image.key

    # The picture

    def _receive(self, image: ShownImage, large: LargeImage) -> None:
        if not self._is(image):
            return
        if (large.name, large.path) != (image.name, image.path) and image.index >= 0:
            # The names of the samples were not known yet.
            self.image = ShownImage(image.index, large.name, large.path)
            if self.image.file:
                self.name.set_full_text(self.image.file)
                self.setWindowTitle(self.image.file)
        self.view.set_image(to_qimage(large.pixels))
        self._show_zoom(self.view.zoom)
        height, width = large.pixels.shape[:2]
        words = [self.tr("{0} × {1} px").format(f"{large.size[0]:,}", f"{large.size[1]:,}")]
        if large.origin == "file":
            words += [size_text(large.bytes), large.path]
            if (width, height) != large.size:
                words.insert(1, self.tr("shown at {0} × {1}").format(f"{width:,}", f"{height:,}"))
        else:
            words.append(self.tr("as the data set holds it"))
        self.origin.set_full_text(" · ".join(words))
        notes = {
            "missing": self.tr("The file is no longer there: {0}."),
            "unreadable": self.tr("The file cannot be read: {0}. What is shown is the image as the data set holds it."),
            "none": self.tr("The image has no file of its own: it is generated, or one of many in an array."),
        }
        note = notes.get(large.origin, "").format(large.message if large.origin == "unreadable" else large.path)
        self._show_note(note, "quiet" if large.origin == "none" else "warning")

    def _fail(self, image: ShownImage, message: str) -> None:
        if self._is(image):
            self.view.set_image(None)
            self.origin.set_full_text("")
            self._show_note(message)

    def _show_note(self, text: str, kind: str = "warning") -> None:
        self.note.setObjectName(kind)
        self.note.setText(text)
        self.note.setVisible(bool(text))
        self.note.style().unpolish(self.note)
        self.note.style().polish(self.note)

    def _show_zoom(self, zoom: float) -> None:
        percent = 100 * zoom
        self.percent.setText(f"{percent:,.0f} %" if percent >= 10 else f"{percent:.1f} %")

    # What is known of it

    def _clear_details(self) -> None:
        self._set_facts([])
        self.captions_card.hide()
        self.views.set_cells(())
        self.views.set_empty("")
        self.views_card.setVisible(bool(self._context.folder))
        self.neighbours.set_empty("")
        self.neighbours.set_items(())
        self.neighbours_card.set_state("")
        self.measure.hide()

    def _ask_details(self) -> None:
        image, context = self.image, self._context
        if image is None or not self.isVisible():
            return
        self._set_facts(
            context.facts(image.index) if image.index >= 0 else [(self.tr("on the map"), image.note)] if image.note else []
        )
        if context.folder:
            self._ask_views(image)
        if image.index < 0:
            self._show_neighbours(image, [index for index, _ in image.neighbours], [cosine for _, cosine in image.neighbours])
            return
        self._ask(GetLabels(context.data, (image.index,)), lambda labels: self._receive_labels(image, labels), lambda _: None)
        if context.folder and context.epoch is not None:
            question = NeighboursOfImage(
                context.data,
                context.folder,
                context.epoch,
                image.index,
                NEIGHBOURS,
                context.metric,
                context.space,
                image.index in context.samples,
            )
            self._ask(
                question,
                lambda near: self._receive_neighbours(image, near),
                lambda message: self._no_neighbours(image, message),
            )
            self._ask(
                LossOfImage(context.folder, context.epoch, image.index),
                lambda loss: self._receive_loss(image, loss),
                lambda _: None,
            )

    def _set_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        while (item := self.facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._facts = list(facts)
        for row, (name, value) in enumerate(self._facts[:MOST_FACTS]):
            title = QLabel(name)
            title.setObjectName("quiet")
            label = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
            label.set_full_text(value)
            label.setAccessibleName(f"{name}: {value}")
            self.facts.addWidget(title, row, 0)
            self.facts.addWidget(label, row, 1)
        self.facts_card.setVisible(bool(self._facts) or not self.measure.isHidden())

    @property
    def fact_texts(self) -> list[tuple[str, str]]:
        """The names and values that are listed."""
        return self._facts[:MOST_FACTS]

    def _receive_labels(self, image: ShownImage, labels: Labels) -> None:
        if not self._is(image):
            return
        known = [(data_name(name), value_text(labels, name, 0)) for name in labels.columns]
        known.append((self.tr("index"), f"{image.index:,}"))
        own = [fact for fact in self._facts if fact[0] not in {name for name, _ in known}]
        self._set_facts([*((name, value) for name, value in known if value), *own])
        self._captions.set_data(self._context.data, labels.captioned)
        self._captions.want(image.index, lambda captions: self._receive_captions(image, captions))

    def _receive_captions(self, image: ShownImage, captions: Captions) -> None:
        if self._is(image):
            self.captions.setText("\n\n".join(captions))
            self.captions_card.setVisible(bool(captions))

    def _ask_views(self, image: ShownImage) -> None:
        folder = self._context.folder

        def receive(preview: ViewsPreview) -> None:
            self._receive_views(image, preview)

        def failed(message: str) -> None:
            self._no_views(image, message)

        if image.index >= 0:
            self._ask(ImageViews(self._context.data, folder, image.index, self._seed), receive, failed)
        else:
            self._ask(FileViews(folder, image.path, self._seed), receive, failed)

    def _receive_views(self, image: ShownImage, preview: ViewsPreview) -> None:
        if not self._is(image):
            return
        cells = []
        for view, (pixels, drawn) in enumerate(zip(preview.views, preview.drawn, strict=True)):
            values = ", ".join(f"{name} {number(value, 3)}" for name, value in drawn[0].items()) if drawn else ""
            text = self.tr("view {0}").format(view + 1)
            cells.append(Cell(pixels[0], f"{text}\n{values}" if values else text))
        cells += [Cell(pixels[0], picture_name(name), picture_name(name)) for name, pixels in preview.inputs.items()]
        self.views.set_cells(cells[:12])

    def _no_views(self, image: ShownImage, message: str) -> None:
        if self._is(image):
            self.views.set_cells(())
            self.views.set_empty(message)

    def _draw_again(self) -> None:
        if self.image is not None:
            self._seed += 1
            self._ask_views(self.image)

    # Loss

    def _receive_loss(self, image: ShownImage, loss: ImageLoss | None) -> None:
        if not self._is(image):
            return
        self.measure.setVisible(loss is None)
        self.measure.setEnabled(True)
        self.measure.setText(self.tr("Measure its loss"))
        facts = list(self._facts)
        if loss is not None:
            facts = [fact for fact in facts if fact[0] not in (self.tr("loss"), self.tr("agreement of views"))]
            if loss.loss is not None:
                text = number(loss.loss, 3)
                if loss.chance is not None:
                    text = self.tr("{0} (chance {1})").format(text, number(loss.chance, 3))
                facts.append((self.tr("loss"), text))
            elif loss.note:
                facts.append((self.tr("loss"), loss.note))
            if loss.agreement is not None:
                facts.append((self.tr("agreement of views"), number(loss.agreement, 2)))
        self._set_facts(facts)

    def _measure_loss(self) -> None:
        image, context = self.image, self._context
        if image is None or context.epoch is None:
            return
        self.measure.setEnabled(False)

        def failed(message: str) -> None:
            if self._is(image):
                self.measure.setText(tip(message))

        def progress(share: float) -> None:
            if self._is(image):
                self.measure.setText(self.tr("Measuring… {0} %").format(round(100 * share)))

        question = LossOfImage(context.folder, context.epoch, image.index, True)
        self._ask(question, lambda loss: self._receive_loss(image, loss), failed, progress)

    # Neighbours

    def _receive_neighbours(self, image: ShownImage, near: ImageNeighbours) -> None:
        if self._is(image):
            self._show_neighbours(image, near.index.tolist(), near.cosine.tolist())
            if not near.inside:
                self.neighbours_card.set_state(self.tr("encoded now"), self.tr("The image is not a sample of the map."))

    def _no_neighbours(self, image: ShownImage, message: str) -> None:
        if self._is(image):
            self.neighbours.set_empty(message)

    def _show_neighbours(self, image: ShownImage, indices: Sequence[int], cosines: Sequence[float]) -> None:
        context = self._context

        def text(position: int) -> str:
            index = int(indices[position])
            parts = (context.name_of(index), context.about(index))
            cosine = self.tr("cosine {0}").format(f"{cosines[position]:.3f}")
            return "\n".join(part for part in (*parts, cosine) if part)

        captions = [f"{value:.2f}".replace("0.", ".", 1) for value in cosines]
        self.neighbours.set_items(np.asarray(indices, np.int64), text, captions)
        self.neighbours_card.set_state(self.tr("epoch {0}").format(context.epoch) if context.epoch is not None else "")

    def _load_neighbours(self, ids: tuple[int, ...]) -> None:
        self._thumbnails.want("neighbours", ids, lambda images: self.neighbours.put(ids, images))

    def _go_to_neighbour(self, position: int) -> None:
        if 0 <= position < len(self.neighbours.ids):
            self._show(self._context.image(int(self.neighbours.ids[position])))

    def _neighbour_menu(self, position: int, at: QPoint) -> None:
        self._show_menu(self._context.image(int(self.neighbours.ids[position])), at)

    # Commands

    def _choose(self) -> None:
        if self.image is not None and self.image.index >= 0:
            index = self.image.index
            self.close()
            self.chosen.emit(index)

    def _open_menu(self) -> None:
        if self.image is not None:
            self._show_menu(self.image, self.more.mapToGlobal(QPoint(0, self.more.height())))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the image."""
        if self.image is not None:
            self._show_menu(self.image, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys in the class docstring."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Left, Qt.Key.Key_PageUp):
            self.go(-1)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_PageDown):
            self.go(1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for nothing more."""
        self._details.stop()
        super().closeEvent(event)
