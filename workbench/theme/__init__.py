"""The theme of the window: `theme.current()` is its palette, `theme.apply("dark")` changes it, `theme.changed` is the signal."""

from __future__ import annotations

from workbench.theme.application import CHOICES, Choice, Theme
from workbench.theme.palette import Palette

__all__ = ["CHOICES", "Choice", "Palette", "apply", "changed", "changing", "choice", "current", "unstyled"]

_theme = Theme()
changed = _theme.changed
apply = _theme.apply
unstyled = _theme.unstyled


def current() -> Palette:
    """The current palette (the dark one until `apply` is called)."""
    return _theme.palette


def choice() -> Choice:
    """The chosen theme: "system", "dark" or "light"."""
    return _theme.choice


def changing() -> bool:
    """Whether the theme is being applied now."""
    return _theme.changing
