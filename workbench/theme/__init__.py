"""The look of the window, all in one place: `theme.current()`, `theme.apply("dark")`, `theme.changed`."""

from __future__ import annotations

from workbench.theme.application import CHOICES, Choice, Theme
from workbench.theme.palette import Palette

__all__ = ["CHOICES", "Choice", "Palette", "apply", "changed", "changing", "choice", "current"]

_theme = Theme()
changed = _theme.changed
apply = _theme.apply


def current() -> Palette:
    """The present colours (dark until `apply` is called)."""
    return _theme.palette


def choice() -> Choice:
    """The chosen theme: "system", "dark" or "light"."""
    return _theme.choice


def changing() -> bool:
    """Whether the theme is being applied just now."""
    return _theme.changing
