"""Translation of the engine's texts, which are English in the source and do not use Qt."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CONTEXT = "engine"


def picture_name(name: str) -> str:
    """The title of a method's picture: its name in the method, translated where a translation is loaded."""
    return engine_text(name.replace("_", " "))


def engine_text(text: str) -> str:
    """A field's title or help, a method's line, a data set's line: translated where a translation is loaded."""
    return QCoreApplication.translate(CONTEXT, text) if text else ""
