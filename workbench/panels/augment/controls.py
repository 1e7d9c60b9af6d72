"""The rows of the Augmentation card: a slider with its value, a number, a choice."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from workbench.forms.editors import Combo
from workbench.forms.field import Field
from workbench.forms.numbers import WholeBox
from workbench.i18n.words import engine_text

# What an operation is set to when it is switched on by a click.
FIRST = {
    "flip": 0.5,
    "rotation": 15.0,
    "jitter": 0.8,
    "brightness": 0.4,
    "contrast": 0.4,
    "saturation": 0.4,
    "hue": 0.1,
    "grayscale": 0.2,
    "blur": 0.5,
    "solarize": 0.2,
    "erase": 0.25,
}
JITTERED = ("brightness", "contrast", "saturation", "hue")
# Bounds of the config that would make a slider useless.
_REACH = {"ratio_min": (0.25, 1.0), "ratio_max": (1.0, 4.0), "sigma_min": (0.1, 5.0), "sigma_max": (0.1, 5.0)}


class QuietSlider(QSlider):
    """A horizontal slider that the wheel moves only once it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the card unless the slider was chosen."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Row(QWidget):
    """One setting of a view: title and value above, what moves it below or beside."""

    changed = Signal(str, object)

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.title = QLabel(engine_text(field.title))
        self.title.setToolTip(engine_text(field.help))
        self.setToolTip(engine_text(field.help))
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(8)
        self.grid.setVerticalSpacing(2)
        self.grid.addWidget(self.title, 0, 0)
        self.grid.setColumnStretch(0, 1)

    def name(self, widget: QWidget) -> None:
        """Say to a screen reader what the widget moves."""
        widget.setAccessibleName(engine_text(self.field.title))
        widget.setAccessibleDescription(self.field.help)
        widget.setToolTip(self.field.help)
        self.title.setBuddy(widget)

    def value(self) -> Any:
        """The value as the config takes it."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        raise NotImplementedError


class SliderRow(Row):
    """A number within bounds, moved live."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        low, high = _REACH.get(field.key, (field.low or 0.0, field.high if field.high is not None else 1.0))
        self._whole = field.kind == "int" or field.unit == "°"
        self._step = 1.0 if self._whole else 0.05 if field.key in _REACH else 0.01
        first = round(low / self._step)
        if field.exclusive_low and field.low is not None and first * self._step <= field.low:
            first += 1
        self._text = QLabel()
        self._text.setObjectName("quiet")
        self._text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.slider = QuietSlider()
        self.slider.setRange(first, round(high / self._step))
        self.slider.setPageStep(max(1, (self.slider.maximum() - first) // 10))
        self.name(self.slider)
        self.grid.addWidget(self._text, 0, 1)
        self.grid.addWidget(self.slider, 1, 0, 1, 2)
        self.slider.valueChanged.connect(self._moved)

    def value(self) -> float | int:
        """The slider's value."""
        value = self.slider.value() * self._step
        return round(value) if self.field.kind == "int" else round(value, 4)

    def set_value(self, value: Any) -> None:
        """Move the slider there."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(float(value) / self._step))
        self._write(float(value))

    def _moved(self) -> None:
        self._write(self.value())
        self.changed.emit(self.field.key, self.value())

    def _write(self, value: float) -> None:
        if self.field.key == "count":
            words = f"× {value:.0f}"
        elif self._whole:
            words = f"{value:.0f}{self.field.unit if self.field.unit == '°' else ''}"
        else:
            words = f"{value:.2f}" + (f" {self.field.unit}" if self.field.unit else "")
        self._text.setText(words)


class SpinRow(Row):
    """A whole number that is typed."""

    def __init__(self, field: Field, zero: str, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.spin = WholeBox()
        self.spin.setRange(int(field.low or 0), int(field.high or 1_000_000))
        self.spin.setKeyboardTracking(False)
        self.spin.setFixedWidth(88)
        self.spin.setSpecialValueText(zero)
        self.spin.setSuffix(f" {field.unit}" if field.unit else "")
        self.name(self.spin)
        self.grid.addWidget(self.spin, 0, 1)
        self.spin.valueChanged.connect(lambda value: self.changed.emit(field.key, value))

    def value(self) -> int:
        """The number."""
        return self.spin.value()

    def set_value(self, value: Any) -> None:
        """Show the number."""
        with QSignalBlocker(self.spin):
            self.spin.setValue(int(value))


class ChoiceRow(Row):
    """One of a few words."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.combo = Combo()
        self.combo.setFixedWidth(88)
        for choice in field.choices:
            self.combo.addItem(str(choice), choice)
        self.name(self.combo)
        self.grid.addWidget(self.combo, 0, 1)
        self.combo.activated.connect(lambda _: self.changed.emit(field.key, self.value()))

    def value(self) -> Any:
        """The chosen word."""
        return self.combo.currentData()

    def set_value(self, value: Any) -> None:
        """Choose the word."""
        self.combo.setCurrentIndex(self.combo.findData(value))
