"""The palettes: readable texts, and hues that are distinguishable with every kind of colour vision."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench import theme
from workbench.theme.palette import DARK, LIGHT, Palette

# Machado, Oliveira and Fernandes 2009, severity 1: linear RGB as seen with deuteranopia, protanopia, tritanopia.
COLOUR_VISION = {
    "normal": np.eye(3),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}


def linear(colour: str) -> np.ndarray:
    part = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return lab @ np.cbrt(np.clip(lms @ np.clip(rgb, 0, 1), 0, None))


def contrast(one: str, other: str) -> float:
    a, b = (float(np.array([0.2126, 0.7152, 0.0722]) @ linear(colour)) for colour in (one, other))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda p: p.name)
@pytest.mark.parametrize("vision", COLOUR_VISION)
def test_ten_hues_are_distinguishable_with_every_colour_vision(palette: Palette, vision: str) -> None:
    seen = [oklab(COLOUR_VISION[vision] @ linear(hue)) for hue in palette.hues]
    assert len(seen) == 10
    assert min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2)) > 0.08


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda p: p.name)
def test_texts_have_enough_contrast(palette: Palette) -> None:
    for ground in (palette.ground, palette.card):
        assert contrast(palette.text, ground) >= 7
        assert contrast(palette.quiet, ground) >= 4.5
        for hue in (palette.bad, palette.warning, palette.good):
            assert contrast(hue, ground) >= 3
    assert contrast(palette.on_accent, palette.accent) >= 4.5
    assert all(contrast(hue, palette.card) >= 2.5 for hue in palette.hues)


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
