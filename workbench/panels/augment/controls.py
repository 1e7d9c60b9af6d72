"""The rows of the Augmentation card: a setting's title, its value, and the widget that `workbench.forms.editors` has for it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from workbench.forms.editors import SliderEditor, Steps, editor
from workbench.forms.field import Field
from workbench.i18n.engine_texts import engine_text

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
    "background": 0.5,
}
JITTERED = ("brightness", "contrast", "saturation", "hue")
# Settings whose bounds in the config would make a slider useless.
_STEPS = {
    "ratio_min": Steps(0.25, 1.0, 0.05),
    "ratio_max": Steps(1.0, 4.0, 0.05),
    "sigma_min": Steps(0.1, 5.0, 0.05),
    "sigma_max": Steps(0.1, 5.0, 0.05),
}
WIDTH = 88  # px of a widget beside its title


class Row(QWidget):
    """One setting of a view: the title, and beside it the widget; a slider is below, and its value beside the title. `changed`
    carries the field's key and the new value. `zero`: the text for 0, for a whole number in a box."""

    changed = Signal(str, object)

    def __init__(self, field: Field, zero: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.title = QLabel(engine_text(field.title))
        self.title.setToolTip(engine_text(field.help))
        self.setToolTip(engine_text(field.help))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.addWidget(self.title, 0, 0)
        grid.setColumnStretch(0, 1)
        self.editor = editor(field, slider=True, steps=_STEPS.get(field.key), zero=zero)
        self._value = QLabel()
        self._value.setObjectName("quiet")
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if isinstance(self.editor, SliderEditor):
            grid.addWidget(self._value, 0, 1)
            grid.addWidget(self.editor, 1, 0, 1, 2)
        else:
            self.editor.setFixedWidth(WIDTH)
            grid.addWidget(self.editor, 0, 1)
        self.setFocusProxy(self.editor)
        target = self.editor.focusProxy() or self.editor
        # For a screen reader.
        target.setAccessibleName(engine_text(field.title))
        target.setAccessibleDescription(engine_text(field.help))
        target.setToolTip(engine_text(field.help))
        self.title.setBuddy(target)
        self.editor.edited.connect(self._edited)

    def value(self) -> Any:
        """The value as the config takes it."""
        return self.editor.value()

    def set_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        self.editor.set_value(value)
        self._write(value)

    def _edited(self) -> None:
        self._write(self.value())
        self.changed.emit(self.field.key, self.value())

    def _write(self, value: Any) -> None:
        if not isinstance(self.editor, SliderEditor):
            return
        if self.field.key == "count":
            text = f"× {value:.0f}"
        elif self.editor.whole:
            text = f"{value:.0f}{self.field.unit if self.field.unit == '°' else ''}"
        else:
            text = f"{value:.2f}" + (f" {self.field.unit}" if self.field.unit else "")
        self._value.setText(text)
