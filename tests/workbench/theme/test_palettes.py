"""The colours of both themes: contrast of texts and borders, and whether all palettes are told apart with every colour vision."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.workbench.theme.colour_vision import COLOUR_VISION, contrast, distance, least_distance, seen
from workbench import theme
from workbench.plots.hues import cyclic, sequential
from workbench.theme.palette import DARK, LIGHT, Palette, mix

both = pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda palette: palette.name)
every_vision = pytest.mark.parametrize("vision", COLOUR_VISION)


@pytest.fixture(params=["dark", "light"], scope="module")
def applied(request: pytest.FixtureRequest) -> Iterator[Palette]:
    """The palette of a theme that is applied during the test."""
    theme.apply(request.param)
    yield theme.current()
    theme.apply("dark")


def test_matrices_keep_greys_and_make_red_and_green_alike() -> None:
    for vision in COLOUR_VISION:
        assert distance("#808080", "#808080", vision) == 0
        assert seen("#808080", vision)[1:] == pytest.approx([0, 0], abs=0.01)
    assert distance("#c04040", "#7a7a20", "deuteranopia") < 0.6 * distance("#c04040", "#7a7a20")


@both
def test_texts_have_a_contrast_of_four_and_a_half(palette: Palette) -> None:
    chosen = mix(palette.card, palette.accent, 0.18 if palette.dark else 0.12)
    for ground in (palette.ground, palette.card, palette.raised, chosen):
        assert contrast(palette.text, ground) >= 7
        assert contrast(palette.quiet, ground) >= 4.5
    for ground in (palette.ground, palette.card, palette.raised):
        for colour in (palette.bad, palette.warning, palette.good, palette.accent):
            assert contrast(colour, ground) >= 4.5
    assert contrast(palette.on_accent, palette.accent) >= 4.5


@both
def test_borders_of_controls_have_a_contrast_of_three(palette: Palette) -> None:
    for ground in (palette.ground, palette.card, palette.raised):
        assert contrast(palette.edge, ground) >= 3
        assert contrast(palette.accent, ground) >= 3  # what is checked, and the focus


@both
@every_vision
def test_ten_hues_are_told_apart(palette: Palette, vision: str) -> None:
    assert len(palette.hues) == 10
    assert least_distance(palette.hues, vision) > 0.08
    if vision == "normal":
        assert least_distance(palette.hues, vision) > 0.1


@both
def test_hues_are_visible_on_a_card_and_differ_from_the_colour_of_no_class(palette: Palette) -> None:
    for hue in palette.hues:
        assert contrast(hue, palette.card) >= 3
        assert distance(hue, palette.quiet) > 0.06


@both
@every_vision
def test_good_warning_and_bad_are_told_apart(palette: Palette, vision: str) -> None:
    assert least_distance((palette.good, palette.warning, palette.bad), vision) > 0.08


@both
@every_vision
def test_positive_and_negative_pairs_are_told_apart(palette: Palette, vision: str) -> None:
    assert distance(palette.accent, palette.hue(1), vision) > 0.1


@every_vision
def test_the_map_of_numbers_goes_from_dark_to_light_or_back(applied: Palette, vision: str) -> None:
    lightness = [float(seen(colour, vision)[0]) for colour in sequential(9)]
    steps = [after - before for before, after in pairwise(lightness)]
    assert all(step > 0.02 for step in steps) or all(step < -0.02 for step in steps)
    assert all(contrast(colour, applied.card) >= 1.6 for colour in sequential(9))


@every_vision
def test_angles_are_told_apart_around_the_circle(applied: Palette, vision: str) -> None:
    colours = cyclic(12)
    for at in range(12):
        assert distance(colours[at], colours[(at + 1) % 12], vision) < 0.2  # 0 and 360 degrees are neighbours
        for apart in range(3, 10):
            assert distance(colours[at], colours[(at + apart) % 12], vision) > 0.1
    assert all(contrast(colour, applied.card) >= 1.6 for colour in colours)
