"""The theme: its signal, its symbols, and how often it restyles a widget."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from workbench import theme
from workbench.theme.palette import DARK, Palette


def test_each_hue_has_its_own_symbol() -> None:
    assert len(set(DARK.symbols)) == 10
    assert DARK.hue(13) == DARK.hue(3)


def test_changed_is_emitted_once_with_the_new_palette() -> None:
    palettes: list[Palette] = []
    theme.changed.connect(palettes.append)
    theme.apply("light")
    theme.apply("dark")
    theme.changed.disconnect(palettes.append)
    assert [palette.name for palette in palettes] == ["light", "dark"]
    assert theme.current() is DARK
    assert theme.choice() == "dark"


class StyleChanges(QObject):
    """Counts the StyleChange events of each widget."""

    def __init__(self) -> None:
        super().__init__()
        self.times: dict[QObject, int] = {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange:
            self.times[watched] = self.times.get(watched, 0) + 1
        return False


def test_a_theme_change_restyles_nested_widgets_equally_often(qtbot) -> None:
    theme.apply("dark")
    widgets = [QWidget()]
    qtbot.addWidget(widgets[0])
    for _ in range(10):
        widgets.append(QWidget())
        QVBoxLayout(widgets[-2]).addWidget(widgets[-1])
    widgets[0].show()
    qtbot.waitExposed(widgets[0])
    spy = StyleChanges()
    for widget in widgets:
        widget.installEventFilter(spy)
    theme.apply("light")
    for widget in widgets:
        widget.removeEventFilter(spy)
    theme.apply("dark")
    assert set(spy.times) == set(widgets)
    assert len({spy.times[widget] for widget in widgets}) == 1
    assert spy.times[widgets[-1]] <= 2  # the old style sheet removed, the new one applied


def test_a_window_is_built_without_the_style_sheet_and_has_it_afterwards(qapp: QApplication) -> None:
    before = qapp.styleSheet()
    assert before

    def build() -> None:
        with theme.unstyled():
            assert not qapp.styleSheet()
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        build()
    assert qapp.styleSheet() == before
