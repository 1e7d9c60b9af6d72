"""The dialog that makes a figure for print of what a panel shows: live preview, size, fonts and parts; saved or copied."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.config.small_files import parse_json
from workbench.bridge.ask import Ask
from workbench.bridge.figure_questions import DrawFigure, FigureFile
from workbench.figures.figure_data import Figure, FigureSource
from workbench.figures.figure_style import DPI, FORMATS, HEIGHT, MM, POINTS, PRESETS, WIDTH, FigureStyle, natural_height, style_from
from workbench.forms.editors import Combo
from workbench.forms.number_boxes import RealBox, WholeBox
from workbench.plots.saving import ask_path
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.theme.plain import tip

SOON = 120  # ms from a change until the preview is drawn anew
FIRST_SIZE = QSize(980, 640)
FORM = 268  # px, the width of the form beside its scroll bar
BAR = 8  # px, the width of a scroll bar
MARK = 30  # px of a checkbox beside its text
OWN = "own"


class _Preview(QLabel):
    """The figure as it will be, as large as there is room for, on white."""

    def __init__(self) -> None:
        super().__init__()
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumSize(320, 240)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def room_for(self, style: FigureStyle) -> float:
        """The dots per inch at which a figure of this size fills the room."""
        scale = self.devicePixelRatioF()
        wide, high = (self.width() - 2 * GAP) * scale, (self.height() - 2 * GAP) * scale
        return max(20.0, min(wide / style.width, high / style.height) * MM)

    def show_image(self, data: bytes) -> None:
        """Show the contents of a PNG file."""
        image = QImage.fromData(data)
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self.setPixmap(QPixmap.fromImage(image))


class FigureDialog(QDialog):
    """The choices of size, font, legend and format are kept for the next figure; height and parts for each kind of figure."""

    def __init__(self, ask: Ask, source: FigureSource, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Figure"))
        self._ask, self._source, self._settings = ask, source, settings
        self._by_hand = False  # whether the height was typed in, and does not follow the width
        self._filling = True
        self._over = False  # closed: answers that come later are not wanted
        self._busy = False  # a file is being written, or the figure copied
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON)
        self._soon.timeout.connect(self._draw)
        self._build()
        self._restore()
        self._filling = False
        self._format_changed()
        self.figure = self._make()
        self._fit_height()
        self.resize(FIRST_SIZE)
        self._soon.start(0)

    # Building

    def _build(self) -> None:
        self.preview = _Preview()
        self.preview.setAccessibleName(self.tr("Preview of the figure"))
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        shown = QFrame()
        shown.setObjectName("inner")
        framed = QVBoxLayout(shown)
        framed.setContentsMargins(1, 1, 1, 1)
        framed.addWidget(self.preview)
        self.copy = QPushButton(self.tr("Copy"))
        self.copy.setToolTip(self.tr("Copy the figure to the clipboard, as an image of this resolution"))
        self.copy.clicked.connect(self.copy_figure)
        self.save = QPushButton(self.tr("Save…"))
        self.save.setObjectName("primary")
        self.save.clicked.connect(self._choose_file)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.message, 1)
        for button in (self.copy, self.save, close):
            button.setAutoDefault(False)  # Enter in a field is no click on a button
            buttons.addWidget(button)
        above = QHBoxLayout()
        above.setSpacing(WIDE_GAP)
        above.addWidget(shown, 1)
        above.addWidget(self._form())
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(WIDE_GAP)
        column.addLayout(above, 1)
        column.addLayout(buttons)

    def _form(self) -> QWidget:
        self.preset, self.legend, self.font_kind, self.format = Combo(), Combo(), Combo(), Combo()
        for id, text in (
            ("one", self.tr("One column, 85 mm")),
            ("two", self.tr("Two columns, 175 mm")),
            ("slide", self.tr("Slide, 254 × 143 mm")),
            (OWN, self.tr("Own size")),
        ):
            self.preset.addItem(text, id)
        for id, text in (
            ("below", self.tr("below")),
            ("right", self.tr("at the right")),
            ("inside", self.tr("in the plot")),
            ("none", self.tr("none")),
        ):
            self.legend.addItem(text, id)
        self.font_kind.addItem(self.tr("sans serif"), False)
        self.font_kind.addItem(self.tr("serif"), True)
        for kind in FORMATS:
            self.format.addItem(kind.upper(), kind)
        self.width_box = self._real(WIDTH, " mm")
        self.height_box = self._real(HEIGHT, " mm")
        self.points = self._real(POINTS, " pt", 0.5)
        self.dpi = WholeBox()
        self.dpi.setRange(*DPI)
        self.dpi.setSingleStep(50)
        self.dpi.setSuffix(" dpi")
        self.title = QCheckBox(self.tr("Title above the figure"))
        form = QFormLayout()
        form.setHorizontalSpacing(WIDE_GAP)
        form.setVerticalSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, field in (
            (self.tr("Size"), self.preset),
            (self.tr("Width"), self.width_box),
            (self.tr("Height"), self.height_box),
            (self.tr("Text size"), self.points),
            (self.tr("Font"), self.font_kind),
            (self.tr("Legend"), self.legend),
            (self.tr("Format"), self.format),
            (self.tr("Resolution"), self.dpi),
        ):
            field.setAccessibleName(text)
            form.addRow(text, field)
        self.dpi.setToolTip(self.tr("Of a PNG, and of the parts of a PDF or SVG that are images: maps of more than 20,000 points"))
        self.preset.currentIndexChanged.connect(self._preset_chosen)
        self.width_box.valueChanged.connect(self._size_typed)
        self.height_box.valueChanged.connect(self._height_typed)
        self.points.valueChanged.connect(self._size_typed)
        for combo in (self.legend, self.font_kind):
            combo.currentIndexChanged.connect(self._size_typed)
        self.format.currentIndexChanged.connect(self._format_changed)
        self.dpi.valueChanged.connect(self._changed)
        self.title.toggled.connect(self._size_typed)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, GAP, 0)
        column.setSpacing(GAP)
        column.addLayout(form)
        column.addWidget(self.title)
        self.toggles: dict[str, QCheckBox] = {}
        group = ""
        for toggle in self._source.toggles:
            if toggle.group != group:
                group = toggle.group
                heading = QLabel(group)
                heading.setObjectName("quiet")
                column.addSpacing(GAP // 2)
                column.addWidget(heading)
            box = self.toggles[toggle.id] = QCheckBox()
            # A long title would widen the form, whose right side would lie below the scroll bar.
            box.setText(box.fontMetrics().elidedText(toggle.title, Qt.TextElideMode.ElideRight, FORM - GAP - MARK))
            box.setChecked(toggle.on)
            box.setAccessibleName(toggle.title)
            box.setToolTip(toggle.help if box.text() == toggle.title else tip(f"{toggle.title}\n{toggle.help}".strip()))
            box.toggled.connect(self._parts_changed)
            column.addWidget(box)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        scroll.setFixedWidth(FORM + BAR)
        return scroll

    @staticmethod
    def _real(bounds: tuple[float, float], unit: str, step: float = 1.0) -> RealBox:
        box = RealBox()
        box.setRange(*bounds)
        box.setDecimals(1)
        box.setSingleStep(step)
        box.setSuffix(unit)
        box.setKeyboardTracking(False)
        return box

    # What is chosen

    @property
    def style_now(self) -> FigureStyle:
        """The chosen size, fonts and layout."""
        return FigureStyle(
            width=round(self.width_box.value(), 1),
            height=round(self.height_box.value(), 1),
            points=round(self.points.value(), 1),
            legend=str(self.legend.currentData()),
            title=self.title.isChecked(),
            serif=bool(self.font_kind.currentData()),
            dpi=self.dpi.value(),
        )

    @property
    def parts(self) -> frozenset[str]:
        """The ids of the toggles that are on."""
        return frozenset(id for id, box in self.toggles.items() if box.isChecked())

    def _make(self) -> Figure:
        return self._source.make(self.parts)

    def _parts_changed(self) -> None:
        if not self._filling:
            self.figure = self._make()
            self._fit_height()
            self._changed()

    def _preset_chosen(self) -> None:
        preset = next((preset for preset in PRESETS if preset.id == self.preset.currentData()), None)
        if preset is None or self._filling:
            return
        self._filling = True
        self.width_box.setValue(preset.width)
        self.points.setValue(preset.points)
        self._by_hand = preset.height is not None
        if preset.height is not None:
            self.height_box.setValue(preset.height)
        self._filling = False
        self._fit_height()
        self._changed()

    def _size_typed(self) -> None:
        if not self._filling:
            self._show_preset()
            self._fit_height()
            self._changed()

    def _height_typed(self) -> None:
        if not self._filling:
            self._by_hand = True
            self._show_preset()
            self._changed()

    def _show_preset(self) -> None:
        """Name the preset of this width and height, or say that the size is the user's own."""
        now = self.style_now
        fits = (
            preset.id
            for preset in PRESETS
            if preset.width == now.width and (preset.height is None or (self._by_hand and preset.height == now.height))
        )
        self._filling, before = True, self._filling
        self.preset.setCurrentIndex(self.preset.findData(next(fits, OWN)))
        self._filling = before

    def _fit_height(self) -> None:
        """Unless it was typed in, the height that suits the figure."""
        if not self._by_hand and self.figure.plots:
            self._filling, before = True, self._filling
            self.height_box.setValue(natural_height(self.figure, self.style_now))
            self._filling = before

    def _format_changed(self) -> None:
        self._changed()

    def _changed(self) -> None:
        if not self._filling:
            self._soon.start()

    # Drawing

    def _draw(self) -> None:
        style = self.style_now
        self._set_buttons()
        if not self.figure.plots:
            self.preview.clear()
            self._show_message(self.tr("Choose at least one plot."))
            return
        question = DrawFigure(self.figure, style, "png", self.preview.room_for(style))
        self._ask(question, self._show_preview, self._failed)

    def _set_buttons(self, busy: bool | None = None) -> None:
        """Enable Save and Copy where there is a figure, and nothing is being written or copied."""
        self._busy = self._busy if busy is None else busy
        for button in (self.save, self.copy):
            button.setEnabled(bool(self.figure.plots) and not self._busy)

    def _show_preview(self, file: FigureFile) -> None:
        if self._over or not self.figure.plots:
            return  # closed, or an answer about plots that are chosen no longer
        self.preview.show_image(file.data)
        style = self.style_now
        if self._busy:
            return  # what is being done stays written below
        if file.missing:
            text = self.tr("No installed font has these characters: {0}. Install one that does, then open the figure again.")
            self._show_message(text.format(file.missing), "warning")
        elif self.format.currentData() == "png":
            wide, high = (round(side / MM * style.dpi) for side in (style.width, style.height))
            self._show_message(self.tr("{0} × {1} mm · {2} × {3} px").format(f"{style.width:g}", f"{style.height:g}", wide, high))
        else:
            self._show_message(self.tr("{0} × {1} mm").format(f"{style.width:g}", f"{style.height:g}"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw the preview at its new size."""
        super().resizeEvent(event)
        self._changed()

    # Files

    def _choose_file(self) -> None:
        kind = str(self.format.currentData())
        path = ask_path(self, self.tr("Save the figure"), f"{self._source.name}.{kind}", f"{kind.upper()} (*.{kind})")
        if path is not None:
            self.write(path)

    def write(self, path: Path) -> None:
        """Write the figure to this file in the chosen format."""
        kind = str(self.format.currentData())
        self._show_message(self.tr("Writing {0}…").format(path.name))
        self._set_buttons(busy=True)

        def written(_: FigureFile) -> None:
            if self._over:
                return
            self._set_buttons(busy=False)
            self._show_message(self.tr("Written: {0}").format(path), "good")

        self._ask(DrawFigure(self.figure, self.style_now, kind, path=str(path), purpose="file"), written, self._failed)

    def copy_figure(self) -> None:
        """Copy the figure to the clipboard, as an image of the chosen resolution."""
        self._set_buttons(busy=True)

        def drawn(file: FigureFile) -> None:
            if self._over:
                return
            self._set_buttons(busy=False)
            image = QImage.fromData(file.data)
            # Not setMimeData: an object of Python in the clipboard crashes the program at its end.
            QGuiApplication.clipboard().setImage(image)
            self._show_message(self.tr("Copied: {0} × {1} px").format(image.width(), image.height()), "good")

        self._ask(DrawFigure(self.figure, self.style_now, purpose="clipboard"), drawn, self._failed)

    def _failed(self, message: str) -> None:
        if self._over:
            return
        self._set_buttons(busy=False)
        self._show_message(message.partition("\n\n")[0], "bad")

    def _show_message(self, text: str, how: str = "quiet") -> None:
        self.message.setText(text)
        self.message.setObjectName(how)
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)

    # What is kept

    def _restore(self) -> None:
        style = style_from(_object(self._settings.value("figure/style")))
        own = _object(self._settings.value(f"figure/{self._source.kind}"))
        self.width_box.setValue(style.width)
        self.points.setValue(style.points)
        self.legend.setCurrentIndex(self.legend.findData(style.legend))
        self.font_kind.setCurrentIndex(int(style.serif))
        self.title.setChecked(style.title)
        self.dpi.setValue(style.dpi)
        self.format.setCurrentIndex(max(0, self.format.findData(str(self._settings.value("figure/format", "")))))
        height = own.get("height")
        self._by_hand = isinstance(height, (int, float)) and not isinstance(height, bool) and own.get("width") == style.width
        if self._by_hand and isinstance(height, (int, float)):
            self.height_box.setValue(float(height))
        parts = own.get("parts")
        if isinstance(parts, dict):
            for id, box in self._kept_toggles().items():
                box.setChecked(bool(parts.get(id, box.isChecked())))
        self._show_preset()

    def _kept_toggles(self) -> dict[str, QCheckBox]:
        return {toggle.id: self.toggles[toggle.id] for toggle in self._source.toggles if toggle.kept}

    def _keep(self) -> None:
        style = self.style_now
        self._settings.setValue("figure/style", json.dumps(replace(style, height=FigureStyle.height).to_dict()))
        self._settings.setValue("figure/format", str(self.format.currentData()))
        own: dict[str, object] = {"parts": {id: box.isChecked() for id, box in self._kept_toggles().items()}}
        if self._by_hand:
            own |= {"height": style.height, "width": style.width}
        self._settings.setValue(f"figure/{self._source.kind}", json.dumps(own))

    def done(self, result: int) -> None:
        """Close, and keep the choices."""
        self._over = True
        self._soon.stop()
        self._keep()
        super().done(result)


def _object(text: object) -> dict[str, object]:
    """A saved JSON object; an empty one where it cannot be read."""
    try:
        values = parse_json(str(text)) if text else {}
    except ValueError:
        return {}
    return dict(values) if isinstance(values, dict) else {}
