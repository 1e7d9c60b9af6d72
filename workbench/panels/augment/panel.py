"""Augmentations: a grid of samples, each with all its views, through the run's own pipeline, live while a slider moves."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import yaml
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QWidget

from workbench import theme
from workbench.bridge.ask import Ask
from workbench.bridge.view_questions import ComparePresets, PreviewViews, ViewsPreview, WriteTransform
from workbench.forms.number_boxes import WholeBox
from workbench.forms.view_values import preset_title
from workbench.i18n.engine_texts import picture_name
from workbench.panel import Panel, PanelContext
from workbench.panels.augment.strengths_card import StrengthsCard
from workbench.plots.base import number
from workbench.plots.image_grid import Box, Cell, ImageGrid
from workbench.requests import DraftChanged, FocusSetting, Request, ViewsChanged
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.card import Card
from workbench.widgets.flow import FlowLayout

# Rows of samples: never fewer than this many where the panel decides, and never more.
LEAST_ROWS, MOST_ROWS = 5, 9
LEAST_WIDTH = 300  # px of the card of views
MOST_BANDS = 3
# Recipes shown side by side: from gentle to strong, then with many small crops.
COMPARED_VIEWS = 5
COMPARED = ("weak", "simclr", "byol", "moco_v1", "moco_v2", "dino")
# A cell with its gap, in pixels, below which samples do not lie side by side.
ROOMY = 128


def values_text(drawn: Mapping[str, float]) -> str:
    """Drawn values in a line: "crop area 0.61 · flip 1 · brightness 0.87"."""
    return " · ".join(
        f"{name.replace('_', ' ')} {value:g}"
        if float(value).is_integer()
        else f"{name.replace('_', ' ')} {number(float(value), 2)}"
        for name, value in drawn.items()
    )


class AugmentPanel(Panel):
    """Two cards side by side: the views of a few training images, and what is drawn for them.

    One question is in flight at a time; what changes meanwhile is asked once, in its newest form, when the answer is there."""

    viewsChanged = Signal(dict)

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Augmentations"))
        self._ask = ask
        self._config: dict[str, Any] = {}
        self._preview: ViewsPreview | None = None
        self._request: PreviewViews | ComparePresets | None = None
        self._flying = False
        self._waiting = False
        self._first_row = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(20)
        self._soon.timeout.connect(self._want)
        self.views_card = Card(self.tr("Views"))
        self.views_card.setMinimumWidth(LEAST_WIDTH)
        self.strengths = StrengthsCard()
        self.strengths.changed.connect(self._views_changed)
        self.strengths.copyAsked.connect(self._copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(WIDE_GAP - 2)
        row.addWidget(self.views_card, 2)
        self.grid = ImageGrid(least=32, most=208, fit=True)
        self.grid.setAccessibleName(self.tr("Views of training images"))
        self.grid.set_empty(self.tr("Choose images and a method on the left: their views are shown here."))
        self.grid.hovered.connect(self._look_at)
        self.grid.currentChanged.connect(self._look_at)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.grid)
        self._drawn = QLabel()
        self._drawn.setObjectName("quiet")
        self._drawn.setWordWrap(True)
        self._drawn.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._drawn.setFixedHeight(30)
        self.views_card.body.addWidget(self._scroll, 1)
        self.views_card.body.addWidget(self._drawn)
        self.views_card.body.addLayout(self._toolbar())
        # Last, so that Tab walks from left to right.
        row.addWidget(self.strengths, 1)
        theme.changed.connect(self._show)
        self._write_state()

    def _toolbar(self) -> FlowLayout:
        self.samples = self._spin(self.tr("Samples"), self.tr("How many images are shown"), 0, 24, 0)
        self.samples.setSpecialValueText(self.tr("auto"))
        self.seed = self._spin(self.tr("Seed"), self.tr("Seed of the random augmentations"), 0, 2**31 - 1, 0)
        self.seed.setFixedWidth(96)
        self.step = self._spin(self.tr("Step"), self.tr("Show the views of this step of a run with these settings"), 0, 10**9, 0)
        self.step.setSpecialValueText(self.tr("any"))
        self.step.setFixedWidth(76)
        self.samples.setFixedWidth(56)
        self.lock = QPushButton(self.tr("Locked"))
        self.lock.setCheckable(True)
        self.lock.setChecked(True)
        self.lock.setToolTip(
            self.tr("Locked: the random numbers stay the same when a setting changes. Unlocked: every change draws new ones")
        )
        self.lock.toggled.connect(self._lock_toggled)
        self.reroll = QPushButton(self.tr("Reroll"))
        self.reroll.setToolTip(self.tr("New random numbers for the same images"))
        self.reroll.clicked.connect(self._roll)
        self.others = QPushButton(self.tr("Other images"))
        self.others.setToolTip(self.tr("The next images of the training split"))
        self.others.clicked.connect(self._next_images)
        self.objects = QPushButton(self.tr("Objects"))
        self.objects.setCheckable(True)
        self.objects.setToolTip(self.tr("The outlines of the objects, and their boxes, where the data have masks and boxes"))
        self.objects.toggled.connect(self._show)
        self.objects.hide()
        self.presets = QPushButton(self.tr("Compare presets"))
        self.presets.setCheckable(True)
        self.presets.setToolTip(self.tr("One image under six published recipes, drawn from the same seed"))
        self.presets.toggled.connect(self._presets_toggled)
        for spin in (self.samples, self.seed, self.step):
            spin.valueChanged.connect(self._want)
        line = FlowLayout(spacing=GAP)
        seed, step, samples = (self._worded(spin) for spin in (self.seed, self.step, self.samples))
        for part in (seed, self.lock, self.reroll, step, samples, self.others, self.objects, self.presets):
            line.addWidget(part)
        return line

    def _spin(self, title: str, help: str, low: int, high: int, value: int) -> WholeBox:
        made = WholeBox()
        made.setRange(low, high)
        made.setValue(value)
        made.setKeyboardTracking(False)
        made.setGroupSeparatorShown(True)
        made.setAccessibleName(title)
        made.setToolTip(help)
        return made

    def _worded(self, spin: WholeBox) -> QWidget:
        """A number with its title before it."""
        label = QLabel(spin.accessibleName())
        label.setObjectName("quiet")
        label.setBuddy(spin)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(label)
        row.addWidget(spin)
        return both

    # In and out

    def take_request(self, request: Request) -> None:
        """Show the views of the next run, or one of their settings."""
        if isinstance(request, DraftChanged):
            self.set_config(request.draft)
        elif isinstance(request, FocusSetting) and request.key.startswith("views"):
            self.strengths.focus_setting(request.key.removeprefix("views."))

    def set_config(self, config: dict[str, Any]) -> None:
        """The run's settings as they stand, whole or in part; its views are shown, nothing is emitted."""
        self._config = dict(config)
        self.strengths.set_views(config.get("views") or {})
        self._want()

    @property
    def preview(self) -> ViewsPreview | None:
        """What is shown."""
        return self._preview

    def _views_changed(self, views: dict[str, Any]) -> None:
        if not self.lock.isChecked():
            self.seed.blockSignals(True)
            self.seed.setValue(random.randrange(10_000))
            self.seed.blockSignals(False)
        self._want()
        self.viewsChanged.emit(views)

    def _roll(self) -> None:
        if self.step.value() > 0:
            self.step.setValue(0)
        self.seed.setValue(random.randrange(10_000))

    def _next_images(self) -> None:
        self._first_row += self._layout()[0]
        self._want()

    def _presets_toggled(self, compared: bool) -> None:
        self.samples.setEnabled(not compared)
        self.step.setEnabled(not compared)
        self._request = None
        self._want()

    def _copy(self, kind: str) -> None:
        """The views into the clipboard: all of them as YAML, or the kind that is shown as code."""
        clipboard = QGuiApplication.clipboard()
        if kind == "yaml":
            clipboard.setText(yaml.safe_dump({"views": self.strengths.views}, sort_keys=False, allow_unicode=True))
        else:
            size = int((self._config.get("data") or {}).get("size") or 0)
            self._ask(WriteTransform(self.strengths.group, size), clipboard.setText, self.views_card.set_state)

    def _lock_toggled(self, locked: bool) -> None:
        self.lock.setText(self.tr("Locked") if locked else self.tr("Unlocked"))
        self._write_state()

    # Asking

    def _layout(self) -> tuple[int, int]:
        """How many samples there are, and how many lie side by side: as many as there is room for, unless a number was chosen."""
        # An answer that is there knows of the method's own columns; the config does not say how many they are.
        own = len(self._preview.inputs) if self._preview is not None else 0
        across = 1 + sum(int(group["count"]) for group in self.strengths.views["groups"]) + own
        size = self._scroll.viewport().size()
        bands = max(1, min(MOST_BANDS, size.width() // (across * ROOMY)))
        chosen = self.samples.value()
        if chosen:
            return chosen, max(1, min(bands, chosen // LEAST_ROWS))
        side = size.width() // (bands * across)
        rows = max(LEAST_ROWS, min(MOST_ROWS, (size.height() - 20) // max(1, side)))
        return rows * bands, bands

    def _want(self) -> None:
        # A hidden panel asks nothing: a training run needs the cores.
        if not self._config or not self.isVisible():
            return
        if self._flying:
            self._waiting = True
            return
        if self.presets.isChecked():
            self._want_presets()
            return
        step = self.step.value() if self.step.value() > 0 else None
        train = self._config.get("train") or {}
        seed = int(train.get("seed") or 0) if step is not None else self.seed.value()
        first = 0 if step is not None else self._first_row
        rows = tuple(range(first, first + self._layout()[0]))
        question = PreviewViews({**self._config, "views": self.strengths.views}, rows, seed, step)
        if question == self._request and self._preview is not None:
            return
        self._request, self._flying, self._waiting = question, True, False
        self._ask(question, self._answered, self._failed)

    def _want_presets(self) -> None:
        question = ComparePresets(self._config, self._first_row, self.seed.value(), COMPARED)
        if question == self._request:
            return
        self._request, self._flying, self._waiting = question, True, False
        self._ask(question, self._compared, self._failed)

    def _compared(self, presets: Mapping[str, list[np.ndarray]]) -> None:
        """A column a preset, its first views below one another."""
        self._flying = False
        if self._waiting:
            self._want()
        if not self.presets.isChecked():
            return
        rows = min(COMPARED_VIEWS, max(len(views) for views in presets.values()))
        card = QColor(theme.current().card)
        blank = Cell(np.full((1, 1, 3), (card.red(), card.green(), card.blue()), np.uint8))
        titles = [preset_title(preset) for preset in presets]
        cells = [
            Cell(views[row], f"{title} {row + 1}") if row < len(views) else blank
            for row in range(rows)
            for title, views in zip(titles, presets.values(), strict=True)
        ]
        self._preview = None
        self.objects.hide()
        self.grid.set_cells(cells, columns=len(titles), headers=titles)
        self.strengths.overlap.show_overlaps(np.zeros(0))
        self.views_card.set_state(self.tr("one image, one seed, {0} recipes").format(len(titles)))
        self._look_at(self.grid.current)

    def _answered(self, preview: ViewsPreview) -> None:
        self._flying = False
        if not len(preview.originals) and self._begin_again():
            return
        if self.presets.isChecked():
            self._want()
            return
        self._preview = preview
        if self._waiting:
            self._want()
        self._show()

    def _begin_again(self) -> bool:
        """Past the last image: go back to the first ones. Whether that was the case."""
        if not self._first_row or not isinstance(self._request, PreviewViews) or self._request.rows[0] != self._first_row:
            return False
        self._first_row = 0
        self._want()
        return True

    def _failed(self, message: str) -> None:
        self._flying = False
        if self._begin_again():
            return
        if self._waiting:
            self._want()
            return
        self._preview = None
        self.grid.set_cells(())
        self.grid.set_empty(message)
        self._write_state()

    # Showing

    def _show(self) -> None:
        preview = self._preview
        if preview is None:
            return
        self.objects.setVisible(bool(preview.masks or preview.objects))
        colours = [theme.current().hue(index) for index in range(len(preview.views))]
        names = self._view_names(preview)
        cells, notes = [], []
        bands = self._layout()[1]
        for row in range(len(preview.originals)):
            words = self.tr("Original, sample {0}").format(row + 1)
            if len(names) == 2 and len(preview.shared):
                share = f"{preview.shared[row]:.2f}".removeprefix("0")
                words = self.tr("{0} · overlap of the crops {1}").format(words, share)
                notes.append(self.tr("overlap\n{0}").format(share))
            clip = preview.clips[row] if len(preview.clips) else None
            cells.append(Cell(preview.originals[row], words, boxes=self._boxes(row, -1), mask=self._mask(row, 0), clip=clip))
            for index, view in enumerate(preview.views):
                words = f"{names[index]} · {values_text(preview.drawn[index][row])}"
                boxes, mask = self._object_boxes(row, index + 1), self._mask(row, index + 1)
                clip = preview.view_clips[index][row] if preview.view_clips else None
                cells.append(Cell(view[row], words, boxes=boxes, mask=mask, clip=clip))
            for name, images in preview.inputs.items():
                cells.append(Cell(images[row], self.tr("{0}: the input of the method's network").format(picture_name(name))))
        short = len(names) > 5
        titles = [name[0] + name.split()[-1] if short else name for name in names]
        headers = ["" if short else self.tr("original"), *titles, *(picture_name(name) for name in preview.inputs)]
        self.grid.set_cells(
            cells,
            columns=len(headers) * bands,
            headers=headers * bands,
            header_colours=["", *colours, *("" for _ in preview.inputs)] * bands,
            notes=notes if bands == 1 else (),
        )
        self.strengths.overlap.show_overlaps(preview.overlaps)
        self._write_state()
        self._look_at(self.grid.current)

    @property
    def _columns(self) -> int:
        """Cells of a sample: the original, its views, what the method makes of them."""
        return 1 + len(self._preview.views) + len(self._preview.inputs) if self._preview is not None else 1

    def _view_names(self, preview: ViewsPreview) -> list[str]:
        names, seen = [], {"global": 0, "local": 0}
        # Outside the f-string, where the search for texts to translate finds them.
        words = {"global": self.tr("view"), "local": self.tr("local")}
        for role in preview.roles:
            seen[role] = seen.get(role, 0) + 1
            names.append(f"{words[role]} {seen[role]}")
        return names

    def _mask(self, row: int, image: int) -> np.ndarray | None:
        """Where the objects are in the original (0) or a view, if that is to be shown."""
        preview = self._preview
        return preview.masks[image][row] if preview is not None and preview.masks and self.objects.isChecked() else None

    def _object_boxes(self, row: int, image: int) -> tuple[Box, ...]:
        preview = self._preview
        if preview is None or not preview.objects or not self.objects.isChecked():
            return ()
        corners = preview.objects[image][row].astype(float).tolist()
        return tuple(Box(x0, y0, x1, y1, theme.current().text) for x0, y0, x1, y1 in corners)

    def _boxes(self, row: int, looked_at: int) -> tuple[Box, ...]:
        """Crop boxes of a sample's views. Many small crops would hide the image: each shows its box only while it is looked at."""
        assert self._preview is not None
        roles, hue = self._preview.roles, theme.current().hue
        boxes = list(self._object_boxes(row, 0))
        for index, role in enumerate(roles):
            if role == "global" or len(roles) <= 4 or index == looked_at:
                x0, y0, x1, y1 = (float(edge) for edge in self._preview.boxes[index][row])
                boxes.append(Box(x0, y0, x1, y1, hue(index)))
        return tuple(boxes)

    def _look_at(self, index: int) -> None:
        index = index if index >= 0 else self.grid.current
        self._drawn.setText(self.drawn_text(index))
        if self._preview is None:
            return
        columns = self._columns
        for row in range(len(self._preview.originals)):
            mine = index // columns == row and index >= 0
            self.grid.set_boxes(row * columns, self._boxes(row, index % columns - 1 if mine else -1))

    def drawn_text(self, index: int) -> str:
        """What was drawn for a cell of the grid, in words; a hint where no view is looked at."""
        if self._preview is None:
            return self.grid.cells[index].text if 0 <= index < len(self.grid.cells) else ""
        if not 0 <= index < len(self.grid.cells):
            return self.tr("Point at a view to see its random parameters.")
        return self.grid.cells[index].text

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what changed while nobody looked, once the window is painted."""
        super().showEvent(event)
        self._soon.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room shows more samples."""
        super().resizeEvent(event)
        if self.isVisible():
            self._soon.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is asked for nobody."""
        super().hideEvent(event)
        self._soon.stop()

    def _write_state(self) -> None:
        if self._preview is None:
            self.views_card.set_state("")
            return
        if self.step.value() > 0:
            seed = int((self._config.get("train") or {}).get("seed") or 0)
            words = [self.tr("seed {0}").format(seed), self.tr("step {0}").format(f"{self.step.value():,}")]
        else:
            words = [self.tr("seed {0}").format(f"{self.seed.value():,}"), self.lock.text().lower()]
        words.append(self.tr("{0} ms").format(f"{self._preview.milliseconds:.0f}"))
        self.views_card.set_state(" · ".join(words), self.tr("Time taken to draw and apply all views shown"))


def make(context: PanelContext) -> AugmentPanel:
    """The panel of a row of the window's table."""
    panel = AugmentPanel(context.asker())
    panel.viewsChanged.connect(lambda views: context.request(ViewsChanged(views)))
    return panel
