"""Tooltips with lines of a limited width, beside the image that they explain.

Qt wraps a tooltip only if it is HTML, and names from files must never be interpreted as HTML. The only other hook would be an event
filter of the application: Qt would then need the interpreter for every event, for which it would wait while a run trains. So
`install` replaces `setToolTip` of all widgets by a function that inserts the line breaks; `toolTip` returns the text without them.
Texts that do not go through it, of models and of painted items, are passed to `wrapped`."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFont, QTextLayout, QTextOption
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from workbench.theme.palette import GAP, TEXT_PX

WIDTH = 360  # px of a line
# A line break that `wrapped` inserted: the invisible space tells it from a line break of the text.
BREAK = "\u200b\n"


def wrapped(text: str) -> str:
    """The text with line breaks where a line would be wider than WIDTH, at the places where Unicode allows them."""
    # No character of the window's font is wider than its size by much.
    if len(text) * TEXT_PX <= WIDTH:
        return text
    return _wrapped(text, QApplication.font().toString())


# The same tooltips are set again whenever a form is filled, and when a window is built in another language. `font`: the window's,
# with which the breaks change.
@lru_cache(2048)
def _wrapped(text: str, font: str) -> str:
    return "\n".join(_wrapped_line(line) for line in text.split("\n"))


def unwrapped(text: str) -> str:
    """The text without the line breaks of `wrapped`."""
    return text.replace(BREAK, "")


def _wrapped_line(line: str) -> str:
    font = QFont(QApplication.font())
    font.setPixelSize(TEXT_PX)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout = QTextLayout(line, font)
    layout.setTextOption(option)
    layout.beginLayout()
    ends = []  # in units of UTF-16, as Qt counts
    while (part := layout.createLine()).isValid():
        part.setLineWidth(WIDTH)
        ends.append(part.textStart() + part.textLength())
    layout.endLayout()
    if len(ends) < 2:
        return line
    units = line.encode("utf-16-le")
    return BREAK.join(units[2 * start : 2 * end].decode("utf-16-le") for start, end in zip([0, *ends], ends, strict=False))


def install() -> None:
    """Let `setToolTip` of every widget wrap its text. A second call changes nothing."""
    if QWidget.setToolTip is _set_tool_tip:
        return
    QWidget.setToolTip = _set_tool_tip  # type: ignore[method-assign]
    QWidget.toolTip = _tool_tip  # type: ignore[method-assign]


_set, _get = QWidget.setToolTip, QWidget.toolTip


def _set_tool_tip(widget: QWidget, text: str) -> None:
    _set(widget, wrapped(text))


def _tool_tip(widget: QWidget) -> str:
    return unwrapped(_get(widget))


def show_beside(widget: QWidget, area: QRect, text: str) -> None:
    """Show a tooltip at the right of `area`, in the widget's coordinates, or at its left where the screen ends; it is hidden when
    the mouse leaves the area. An empty text hides the tooltip."""
    if not text:
        QToolTip.hideText()
        return
    corner = widget.mapToGlobal(area.topRight())
    QToolTip.showText(corner, wrapped(text), widget, area)
    label = next((top for top in QApplication.topLevelWidgets() if top.inherits("QTipLabel") and top.isVisible()), None)
    if label is None:
        return
    screen = widget.screen().availableGeometry()
    left = corner.x() + GAP
    if left + label.width() > screen.right():
        left = widget.mapToGlobal(area.topLeft()).x() - GAP - label.width()
    top = max(screen.top(), min(corner.y(), screen.bottom() - label.height()))
    label.move(QPoint(max(screen.left(), left), top))
