"""One widget for each kind of field: the only map from a setting to a widget."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QKeyCombination, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QKeySequence, QPaintEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QToolTip,
    QWidget,
)

from workbench.forms.choice_titles import choice_title
from workbench.forms.field import Field, read_number, show_number
from workbench.forms.number_boxes import Slider, WholeBox
from workbench.i18n.engine_texts import engine_text
from workbench.theme.palette import GAP
from workbench.theme.plain import tip
from workbench.theme.tooltips import wrapped

# Qt knows Ctrl+Y and Ctrl+Shift+Z by platform; the window takes both everywhere.
REDO = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_Y)


class Editor(QWidget):
    """A widget that shows and edits one value. `edited` is emitted for changes by the user only, not by `set_value`."""

    edited = Signal()

    def value(self) -> Any:
        """The value now: of the field's own type, or the raw text where it cannot be read."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        raise NotImplementedError

    def complaint(self) -> str:
        """What is wrong with the value, as a sentence; empty where nothing is."""
        return ""

    def set_wrong(self, wrong: bool) -> None:
        """Mark the widget."""
        target = self.focusProxy() or self
        target.setProperty("wrong", wrong)
        target.style().unpolish(target)
        target.style().polish(target)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the keys of undo and redo to the window, which undoes settings: a line of text would take them for its letters."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo, redo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
            if event.matches(undo) or event.matches(redo) or event.keyCombination() == REDO:
                event.ignore()
                return True
        return super().eventFilter(watched, event)

    def _adopt(self, inner: QWidget) -> QHBoxLayout:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP // 2)
        row.addWidget(inner, 1)
        self.setFocusProxy(inner)
        inner.installEventFilter(self)
        # Without its own focus policy it could not be moved in the tab order (workbench.forms.tab_order).
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return row


ARROW = 30  # px of a combo box beside its text
ICON_GAP = 4  # px that Qt leaves between the icon of a combo box and its text


class Combo(QComboBox):
    """A combo box that ignores the mouse wheel unless it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # Long entries must not widen the card.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        # The style sheet gives its rows their height; that of Qt's own delegate for lists of choices is that of the text.
        self.setItemDelegate(QStyledItemDelegate(self))

    def event(self, event: QEvent) -> bool:
        """Show the chosen entry in the tooltip where it is cut off."""
        text = self.currentText()
        if isinstance(event, QHelpEvent) and self.fontMetrics().horizontalAdvance(text) + ARROW > self.width():
            whole = "\n\n".join(part for part in (text, self.toolTip()) if part)
            QToolTip.showText(event.globalPos(), wrapped(tip(whole)), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As Qt paints it, but a text that is too long ends in an ellipsis and not within a letter."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        control, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(control, option, part, self).width()
        if not option.currentIcon.isNull():
            room -= option.iconSize.width() + ICON_GAP
        option.currentText = option.fontMetrics.elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _NumberLine(QLineEdit):
    stepped = Signal(int)

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = QLabel(unit)
        if unit:
            # The unit is shown inside the field, so that the right edges of all fields of a form align.
            self._unit.setObjectName("quiet")
            self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            inside = QHBoxLayout(self)
            inside.setContentsMargins(0, 0, GAP, 0)
            inside.addWidget(self._unit, 0, Qt.AlignmentFlag.AlignRight)
            self.textChanged.connect(self._show_unit)
            self._show_unit("")

    def _show_unit(self, text: str) -> None:
        # Without a number there is a text in its place, which has its own unit: "auto (128 px)".
        self._unit.setVisible(bool(text))
        self.setTextMargins(0, 0, self._unit.sizeHint().width() + GAP if text else 0, 0)

    def showEvent(self, event: QShowEvent) -> None:
        """The style sheet is applied by now: the unit has its own font."""
        super().showEvent(event)
        if self._unit.text():
            self._show_unit(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        if event.key() in steps:
            self.stepped.emit(steps[Qt.Key(event.key())])
            event.accept()
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()
            return
        self.stepped.emit(1 if event.angleDelta().y() > 0 else -1)
        event.accept()


class NumberEditor(Editor):
    """A text field for a number. Arrow keys change the leading digit of a float (0.002 to 0.003) and an integer by 1.

    Where 0 stands for something else (`Field.zero`) the field is empty at 0, and shows what that is in a quiet colour."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._field = field
        self._whole = field.kind == "int"
        self._exact: float | int | None = None
        self._automatic: float | None = None
        self._line = _NumberLine(engine_text(field.unit))
        self._adopt(self._line)
        self.set_automatic(None)
        self._line.textEdited.connect(self._typed)
        self._line.stepped.connect(self._step)

    def value(self) -> Any:
        if self._exact is not None:
            return self._exact
        return self._line.text().strip()

    def set_value(self, value: Any) -> None:
        readable = isinstance(value, (int, float)) and not isinstance(value, bool)
        self._exact = value if readable else None
        self._line.setText(self._text(value) if readable else ("" if value is None else str(value)))
        self._line.setCursorPosition(0)

    def set_automatic(self, value: float | None) -> None:
        """The number that 0 comes to now, where that is known: it is shown beside what 0 stands for, and arrow keys start there."""
        self._automatic = value
        self._line.setPlaceholderText(zero_text(self._field, value))

    def _text(self, value: float | int) -> str:
        return "" if self._field.zero and value == 0 else show_number(value)

    def complaint(self) -> str:
        value = self._exact
        got = self._line.text().strip() or "nothing"
        if value is None:
            kind = self.tr("a whole number") if self._whole else self.tr("a number")
            return self.tr("{title} must be {allowed}. Got {got}.").format(
                title=engine_text(self._field.title), allowed=kind, got=got
            )
        if not self._field.accepts(value):
            return self.tr("{title} must be {allowed}. Got {got}.").format(
                title=engine_text(self._field.title), allowed=allowed_text(self._field), got=got
            )
        return ""

    def _typed(self, text: str) -> None:
        self._exact = 0 if self._field.zero and not text.strip() else read_number(text, self._whole)
        self.edited.emit()

    def _step(self, steps: int) -> None:
        if self._exact is None:
            return
        value = self._exact
        if self._field.zero and value == 0 and self._automatic is not None:
            value = int(self._automatic) if self._whole else self._automatic
        if self._whole:
            moved: float | int = int(value) + steps
        else:
            size = 10.0 ** math.floor(math.log10(abs(value)) if value else -2)
            if steps < 0 and abs(value) <= size * (1 + 1e-9):
                size /= 10
            moved = float(f"{value + steps * size:.6g}")
        low, high = self._field.low, self._field.high
        if low is not None and (moved < low or (moved == low and self._field.exclusive_low)):
            moved = value if self._field.exclusive_low else (int(low) if self._whole else float(low))
        if high is not None and moved > high:
            moved = int(high) if self._whole else float(high)
        if moved != value and self._field.accepts(moved):
            self._exact = moved
            self._line.setText(self._text(moved))
            self.edited.emit()


@dataclass(frozen=True)
class Steps:
    """The values of a slider: from `low` to `high`, both included, in steps of `size`."""

    low: float
    high: float
    size: float


class SliderEditor(Editor):
    """A number that is set by a slider; `edited` is emitted while the slider moves. `steps`: by default from the field's lower to
    its upper bound, by 1 for whole numbers and degrees, by 0.01 for other numbers."""

    def __init__(self, field: Field, steps: Steps | None = None) -> None:
        super().__init__()
        self._field = field
        self.whole = field.kind == "int" or field.unit == "°"
        high = field.high if field.high is not None else 1.0
        self._steps = steps or Steps(field.low or 0.0, high, 1.0 if self.whole else 0.01)
        first = round(self._steps.low / self._steps.size)
        if field.exclusive_low and field.low is not None and first * self._steps.size <= field.low:
            first += 1
        self.slider = Slider()
        self.slider.setRange(first, round(self._steps.high / self._steps.size))
        self.slider.setPageStep(max(1, (self.slider.maximum() - first) // 10))
        self._adopt(self.slider)
        self.slider.valueChanged.connect(lambda _: self.edited.emit())

    def value(self) -> Any:
        value = self.slider.value() * self._steps.size
        return round(value) if self._field.kind == "int" else round(value, 4)

    def set_value(self, value: Any) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(float(value) / self._steps.size))


class WholeEditor(Editor):
    """A spin box for a whole number. `zero`: the text that is shown for 0."""

    def __init__(self, field: Field, zero: str) -> None:
        super().__init__()
        self.box = WholeBox()
        self.box.setRange(int(field.low or 0), int(field.high or 1_000_000))
        self.box.setKeyboardTracking(False)
        self.box.setSpecialValueText(zero)
        self.box.setSuffix(f" {field.unit}" if field.unit else "")
        self._adopt(self.box)
        self.box.valueChanged.connect(lambda _: self.edited.emit())

    def value(self) -> Any:
        return self.box.value()

    def set_value(self, value: Any) -> None:
        with QSignalBlocker(self.box):
            self.box.setValue(int(value))


class BoolEditor(Editor):
    """On or off."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._box = QCheckBox()
        self._adopt(self._box)
        self._box.clicked.connect(self.edited)

    def value(self) -> Any:
        return self._box.isChecked()

    def set_value(self, value: Any) -> None:
        self._box.setChecked(bool(value))


class ChoiceEditor(Editor):
    """One of a few values."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._combo = Combo()
        for choice in field.choices:
            self._combo.addItem(choice_title(choice), choice)
        self._adopt(self._combo)
        self._combo.activated.connect(self.edited)

    def value(self) -> Any:
        return self._combo.currentData()

    def set_value(self, value: Any) -> None:
        if isinstance(value, int) and abs(value) >= 2**63:
            value = str(value)  # Qt has no such value
        index = self._combo.findData(value)
        if index < 0 and value is not None:
            # A config from elsewhere may hold a value that is not offered; it is shown, and reported as a problem when checked.
            self._combo.addItem(str(value), value)
            index = self._combo.count() - 1
        self._combo.setCurrentIndex(index)


class TextEditor(Editor):
    """A line of text."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._line = QLineEdit()
        self._adopt(self._line)
        self._line.textEdited.connect(self.edited)

    def value(self) -> Any:
        return self._line.text()

    def set_value(self, value: Any) -> None:
        self._line.setText("" if value is None else str(value))
        self._line.setCursorPosition(0)


class ListEditor(TextEditor):
    """Values separated by commas; they are converted to numbers where the default is a list of numbers."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._numbers = any(isinstance(item, (int, float)) for item in field.default or ())
        self._line.setPlaceholderText(self.tr("separated by commas"))

    def value(self) -> Any:
        items = [item.strip() for item in self._line.text().replace("，", ",").split(",") if item.strip()]
        if not self._numbers:
            return items
        numbers = [read_number(item, whole=False) for item in items]
        return [
            int(n) if n is not None and n == int(n) else (n if n is not None else item)
            for n, item in zip(numbers, items, strict=True)
        ]

    def set_value(self, value: Any) -> None:
        # A config from elsewhere may hold one value instead of a list; it is shown, and reported as a problem when checked.
        items = value if isinstance(value, (list, tuple)) else () if value is None else (value,)
        super().set_value(", ".join(show_number(item) if isinstance(item, (int, float)) else str(item) for item in items))


class PathEditor(Editor):
    """A path, typed or chosen in a file dialog."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._line = QLineEdit()
        row = self._adopt(self._line)
        button = QToolButton()
        button.setText("…")
        button.setObjectName("small")
        button.setAccessibleName(self.tr("Browse"))
        row.addWidget(button)
        self._line.textEdited.connect(self.edited)
        button.clicked.connect(self._browse)

    def value(self) -> Any:
        return self._line.text().strip()

    def set_value(self, value: Any) -> None:
        self._line.setText("" if value is None else str(value))

    def _browse(self) -> None:
        start = self._line.text() or str(Path.home())
        directory = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder"), start)
        if directory:
            self._line.setText(directory)
            self.edited.emit()


_EDITORS: dict[str, Callable[[Field], Editor]] = {
    "bool": BoolEditor,
    "int": NumberEditor,
    "float": NumberEditor,
    "choice": ChoiceEditor,
    "text": TextEditor,
    "list": ListEditor,
    "path": PathEditor,
}


def editor(field: Field, *, slider: bool = False, steps: Steps | None = None, zero: str = "") -> Editor:
    """The widget for a field.

    Args:
        field: the setting.
        slider: whether a number is set by a slider instead of being typed.
        steps: where the slider stops, if not at the field's own bounds.
        zero: the text for 0; if given, a whole number gets a spin box instead of a slider.
    """
    if slider and field.kind in ("int", "float"):
        return WholeEditor(field, zero) if zero else SliderEditor(field, steps)
    return _EDITORS[field.kind](field)


def zero_text(field: Field, automatic: float | None = None) -> str:
    """What 0 stands for: "auto", or "auto (128 px)" where the number that it comes to is known; "" where 0 is a number."""
    text = engine_text(field.zero)
    if not text or automatic is None:
        return text
    return f"{text} ({' '.join(part for part in (show_number(automatic), engine_text(field.unit)) if part)})"


def allowed_text(field: Field) -> str:
    """The bounds of a field in the window's language; empty where there are none."""
    parts = []
    if field.zero and field.low == 0:
        # 0 is no number here: what is left is the empty field, and the numbers above.
        parts.append(QCoreApplication.translate("forms", "empty ({0}) or above 0").format(engine_text(field.zero)))
    elif field.low is not None:
        form = (
            QCoreApplication.translate("forms", "above {0}")
            if field.exclusive_low
            else QCoreApplication.translate("forms", "at least {0}")
        )
        parts.append(form.format(show_number(field.low)))
    if field.high is not None:
        form = (
            QCoreApplication.translate("forms", "below {0}")
            if field.exclusive_high
            else QCoreApplication.translate("forms", "at most {0}")
        )
        parts.append(form.format(show_number(field.high)))
    return QCoreApplication.translate("forms", " and ").join(parts)
