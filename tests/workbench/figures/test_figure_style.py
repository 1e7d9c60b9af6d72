"""Sizes, presets and colours of figures for print."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from workbench.figures.figure_data import Axis, CurvesPlot, Figure, LegendEntry, MapPlot, RowsPlot
from workbench.figures.figure_style import (
    PRESETS,
    FigureStyle,
    columns_of,
    legend_columns,
    natural_height,
    shortened,
    style_from,
    text_width,
    wrapped,
)
from workbench.figures.print_colours import LEAST, contrast, dashes, on_white, scale_on_white
from workbench.theme.palette import DARK, LIGHT

CURVES = CurvesPlot("Loss", Axis("Step"), Axis("Loss"), ())
MAP = MapPlot("", np.zeros((3, 2)), np.zeros(3, int), ("#112233",))


def test_what_was_saved_comes_back_and_nonsense_has_the_default():
    style = FigureStyle(175.0, 90.0, 9.5, "right", True, True, 600)
    assert style_from(style.to_dict()) == style
    wrong = {"width": "wide", "height": -3, "points": True, "legend": "above", "title": 1, "dpi": 10**9}
    assert style_from(wrong) == FigureStyle()
    assert style_from({}) == FigureStyle()


def test_the_presets_are_those_of_journals_and_a_slide_of_16_to_9():
    assert [(preset.width, preset.height) for preset in PRESETS] == [(85.0, None), (175.0, None), (254.0, 143.0)]
    assert pytest.approx(16 / 9, rel=0.01) == 254.0 / 143.0


def test_plots_stand_side_by_side_where_there_is_room():
    one, four = Figure("", (CURVES,)), Figure("", (CURVES,) * 4)
    assert columns_of(one, FigureStyle(width=175)) == 1
    assert columns_of(four, FigureStyle(width=85)) == 1
    assert columns_of(four, FigureStyle(width=175)) == 2, "not three and one"
    assert columns_of(Figure("", (MAP, MAP)), FigureStyle(width=85)) == 2
    assert columns_of(Figure("", (MAP, MAP)), FigureStyle(width=85, points=18)) == 1


def test_the_height_follows_what_there_is_to_draw():
    style = FigureStyle(width=85, legend="none")
    short = RowsPlot("", Axis(), ("a",) * 4, ())
    long = RowsPlot("", Axis(), ("a",) * 24, ())
    line = style.points * 25.4 / 72 * 1.3 * 1.35
    grown = natural_height(Figure("", (long,)), style) - natural_height(Figure("", (short,)), style)
    assert grown == pytest.approx(20 * line, abs=1)
    entries = tuple(LegendEntry(f"a run with a rather long name {number}", "#000000") for number in range(6))
    bare = natural_height(Figure("", (CURVES,)), style)
    with_legend = natural_height(Figure("", (CURVES,), entries), replace(style, legend="below"))
    assert with_legend > bare + 6 * 2.8, "six lines of 8 points"
    assert natural_height(Figure("", (CURVES,), entries), replace(style, legend="right")) == bare
    assert float(bare).is_integer()


def test_a_long_name_loses_its_middle_and_never_its_line():
    assert shortened("SimCLR", 100, 8) == "SimCLR"
    assert shortened("two\nlines\tand a tab", 500, 8) == "two lines and a tab"
    name = "a" * 100 + "b" * 100
    cut = shortened(name, 120, 8)
    assert cut.startswith("a")
    assert cut.endswith("b")
    assert "…" in cut
    assert text_width(cut, 8) <= 120
    assert text_width("照片", 8) == 16


def test_the_legend_has_as_many_columns_as_fit():
    style = FigureStyle(width=85)
    assert legend_columns(["a", "b", "c"], style) == 3
    assert legend_columns(["a run with a name of some forty characters"] * 3, style) == 1
    assert legend_columns([], style) == 1


@pytest.mark.parametrize("number", [3, 13, 23])
def test_the_shades_of_a_hue_are_the_hue_itself(number):
    assert on_white(DARK.run_colour(number)) == on_white(LIGHT.run_colour(number)) == on_white(LIGHT.hues[3])


@pytest.mark.parametrize("hue", range(10))
def test_every_hue_of_both_themes_is_the_same_on_white_and_dark_enough(hue):
    colour = on_white(DARK.hues[hue])
    assert colour == on_white(LIGHT.hues[hue])
    assert contrast(colour) >= LEAST


def test_contrast_is_that_of_wcag():
    assert contrast("#ffffff") == pytest.approx(1.0)
    assert contrast("#000000") == pytest.approx(21.0)
    assert contrast("#777777") == pytest.approx(4.48, abs=0.01), "the value that WebAIM's checker gives"


def test_colours_stay_apart_and_a_dark_one_stays_as_it_is():
    assert len({on_white(hue) for hue in DARK.hues}) == 10
    assert on_white("#1f3287") == "#1f3287"
    assert on_white("#ffffff") != "#ffffff"
    assert all(contrast(colour) >= 1.6 for colour in scale_on_white(["#fff7a0", "#ffffff"]))


def test_a_colour_that_comes_again_is_dashed():
    assert dashes(["#a", "#b", "#a", "#a", "#b"]) == [0, 0, 1, 2, 1]
    assert math.prod(dashes(["#a", "#b"])) == 0


def test_a_title_is_wrapped_onto_two_lines():
    assert wrapped("Cosine", 100, 8) == "Cosine"
    first, second = wrapped("Crop: share of the area that is left out", 120, 8).split("\n")
    assert f"{first} {second}" == "Crop: share of the area that is left out"
    assert text_width(first, 8) <= 120
    one, two = wrapped("a title with rather more words than two lines of this width can take", 80, 8).split("\n")
    assert one.startswith("a title")
    assert "…" in two
    assert "\n" not in wrapped("x" * 100, 80, 8)
