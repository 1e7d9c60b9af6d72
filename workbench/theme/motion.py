"""Whether the window moves things gradually, or shows where they end at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

_reduced = False


def reduced() -> bool:
    """Whether animations are to be left out."""
    return _reduced


def reduce(on: bool) -> None:
    """Leave animations out, or not."""
    global _reduced
    _reduced = on


def system_reduces() -> bool:
    """Whether the system asks for it. Qt 6.11 knows it only on Windows, where "Animation effects" also turns off those of menus and
    of lists of choices; on macOS and Linux it never reports these, so they tell nothing there."""
    if QApplication.platformName() != "windows":
        return False
    effects = Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_AnimateCombo
    return not any(QApplication.isEffectEnabled(effect) for effect in effects)
