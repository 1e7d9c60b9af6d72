"""What a screen reader is told of the widgets that paint themselves: a role, and a value that follows what they show.

Qt tells names and descriptions of any widget; of a painted one it does not know the contents. A class of `ROLES` returns them as
text by its method `accessible_value`, which is called when a screen reader asks, and calls `value_changed` after the user has
changed what it shows. PySide6 before 6.11 cannot register such interfaces: then names and descriptions are all that is told.
"""

from __future__ import annotations

from typing import Protocol, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleValueChangeEvent
from PySide6.QtWidgets import QAccessibleWidget, QWidget

Role = QAccessible.Role
# By the name of the class.
ROLES = {
    "PointMap": Role.Chart,
    "CurvePlot": Role.Chart,
    "DotPlot": Role.Chart,
    "DotRows": Role.Chart,
    "KeptChart": Role.Chart,
    "MatrixView": Role.Table,
    "ImageGrid": Role.List,
    "Thumbnails": Role.List,
}


class HasValue(Protocol):
    """A widget that says what it shows."""

    def accessible_value(self) -> str:
        """The contents in a few words: counts, and what is current or chosen."""


class PaintedWidget(QAccessibleWidget):
    """The interface of a widget of ROLES. Its description is the value, followed by the widget's own description."""

    def text(self, kind: QAccessible.Text) -> str:
        """A text of the widget."""
        widget = self.object()
        if kind not in (QAccessible.Text.Value, QAccessible.Text.Description) or not isinstance(widget, QWidget):
            return super().text(kind)
        value = cast(HasValue, widget).accessible_value()
        if kind is QAccessible.Text.Value:
            return value
        own = widget.accessibleDescription()
        return value if own in value else ". ".join(part for part in (value, own) if part)


# Qt asks once for each widget and keeps the answer as long as the widget exists, without a reference that Python knows of.
_interfaces: dict[int, PaintedWidget] = {}


def _interface(name: str, thing: QObject) -> QAccessibleInterface | None:
    """The interface of a widget of ROLES. Qt asks with the name of its class, and then with those of its base classes."""
    if name not in ROLES or not isinstance(thing, QWidget):
        return None
    key = id(thing)
    _interfaces[key] = made = PaintedWidget(thing, ROLES[name])
    thing.destroyed.connect(lambda: _interfaces.pop(key, None))
    return made


_installed = False


def install() -> bool:
    """Tell Qt of the interfaces, once; whether this PySide6 can."""
    global _installed
    if not _installed and hasattr(QAccessible, "installFactory"):
        QAccessible.installFactory(_interface)
        _installed = True
    return _installed


def value_changed(widget: QWidget) -> None:
    """Tell a screen reader, if one listens, that a widget's value has changed by a key or a click."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleValueChangeEvent(widget, cast(HasValue, widget).accessible_value()))
