"""Finds widgets of a window that are cut off, or whose text is."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QTabBar,
    QToolButton,
    QWidget,
)

from workbench.forms.editors import Combo
from workbench.widgets.elided_label import ElidedLabel

PARTS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLabel, QLineEdit, QTabBar)
ARROW = 30  # px of a combo box beside its text; the tooltip of a Combo shows what is cut off
# Their own children and scroll bars are no controls of the window.
WHOLE = (QAbstractSpinBox, QComboBox, QTabBar, QLineEdit)


def name_of(widget: QWidget) -> str:
    """A widget's class, text and panel."""
    text = widget.text() if isinstance(widget, (QAbstractButton, QLabel, QLineEdit)) else widget.accessibleName()
    parents, parent = [], widget.parentWidget()
    while parent is not None:
        if parent.objectName() or parent.accessibleName():
            parents.append(parent.accessibleName() or parent.objectName())
        parent = parent.parentWidget()
    return f"{type(widget).__name__} {text[:60]!r} in {' / '.join(parents[:3])}"


def visible_parts(root: QWidget) -> Iterator[QWidget]:
    """The visible controls and labels of a window."""
    for widget in root.findChildren(QWidget):
        inside = any(isinstance(parent, WHOLE) for parent in _parents(widget))
        if widget.isVisible() and isinstance(widget, PARTS) and not inside and not widget.inherits("QScrollBar"):
            yield widget


def clipped(root: QWidget) -> list[str]:
    """A line for each visible control or label that is cut off: by an edge (what can be scrolled to vertically is not), below its
    minimum size, or a text that does not fit and that no tooltip shows whole."""
    return [f"{name_of(widget)}: {fault}" for widget in visible_parts(root) if (fault := _fault(widget, root))]


def _parents(widget: QWidget) -> Iterator[QWidget]:
    parent = widget.parentWidget()
    while parent is not None:
        yield parent
        parent = parent.parentWidget()


def _fault(widget: QWidget, root: QWidget) -> str:
    if edge := _beyond(widget, root):
        return edge
    least = widget.minimumSizeHint()
    # A number whose field is narrower than its largest value, and a symbol in a small button, are whole nevertheless.
    small = isinstance(widget, QAbstractButton) and len(widget.text()) < 2
    elastic = small or isinstance(widget, (QLabel, QLineEdit, QTabBar, QAbstractSpinBox, QComboBox))
    if (
        isinstance(widget, QComboBox)
        and not isinstance(widget, Combo)
        and widget.width() < widget.fontMetrics().horizontalAdvance(widget.currentText()) + ARROW
    ):
        return f"{widget.currentText()!r} does not fit into {widget.width()} px"
    if not elastic and widget.width() < least.width() - 1:
        return f"{widget.width()} px wide, needs {least.width()}"
    if not elastic and widget.height() < least.height() - 1 and not isinstance(widget, QToolButton):
        return f"{widget.height()} px high, needs {least.height()}"
    return _cut_text(widget) if isinstance(widget, QLabel) else ""


def _beyond(widget: QWidget, root: QWidget) -> str:
    rect = widget.rect()
    for parent in _parents(widget):
        at = QRect(widget.mapTo(parent, QPoint(0, 0)), rect.size())
        area = parent.rect().adjusted(-1, -1, 1, 1)
        scrolled = isinstance(parent.parentWidget(), QScrollArea) and parent is parent.parentWidget().viewport()
        if at.left() < area.left() or at.right() > area.right():
            return f"cut off at the side by {name_of(parent)}: {at.left()} to {at.right()} of {area.width() - 2}"
        if scrolled:
            # What is above or below can be scrolled to: from here on the scroll area counts.
            return _beyond(parent.parentWidget(), root)
        if not isinstance(parent, QAbstractScrollArea) and (at.top() < area.top() or at.bottom() > area.bottom()):
            return f"cut off at the top or bottom by {name_of(parent)}: {at.top()} to {at.bottom()} of {area.height() - 2}"
        if parent is root:
            break
    return ""


def _cut_text(label: QLabel) -> str:
    text = label.text()
    if not text or isinstance(label, ElidedLabel) or label.textFormat() == Qt.TextFormat.RichText:
        return ""
    room = label.contentsRect()
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        whole = needed <= label.height() + 3
    else:
        needed = max(label.fontMetrics().horizontalAdvance(line) for line in text.split("\n"))
        whole = needed <= room.width() + 1
    if whole or text in label.toolTip():
        return ""
    return f"its text needs {needed} px of {label.height() if label.wordWrap() else room.width()}"
