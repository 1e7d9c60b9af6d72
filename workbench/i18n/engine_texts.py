"""The engine's texts in the window's language. They are written in English in the engine, which knows no Qt."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CONTEXT = "engine"


def picture_name(name: str) -> str:
    """What a method's picture is called: as the method says, in the window's language where that is known."""
    return engine_text(name.replace("_", " "))


def engine_text(text: str) -> str:
    """A field's title or help, a method's line, a data set's line: translated where a translation is loaded."""
    return QCoreApplication.translate(CONTEXT, text) if text else ""
