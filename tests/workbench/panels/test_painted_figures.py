"""Charts by what they paint: places of dots and bars against the figures, colours against the legend, texts under their heads.

Every case has figures that differ from one another, so that two that are exchanged are another picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.runs.invariance_file import FactorReadings, Invariance, Reading, Verdict
from tests.workbench.painted import Text, blended, distance, painted_image, painted_texts, pixel, swatches
from tests.workbench.panels.on_screen import on_screen
from tests.workbench.stand_ins import HeldAsker, pairs_of
from workbench import theme
from workbench.bridge.data_questions import Labels
from workbench.bridge.invariance_questions import StoredInvariance
from workbench.bridge.pair_questions import InspectPairs
from workbench.models.runs import RunRow, RunsModel
from workbench.panels.embedding.map_legend import LegendCard
from workbench.panels.invariance.panel import InvariancePanel
from workbench.panels.pairs.histogram import HistogramCard
from workbench.panels.pairs.pair_data import PairData
from workbench.plots.dot_rows import DotRows, RowDot
from workbench.plots.dots import Dot, DotPlot
from workbench.plots.scatter import ScatterPlot
from workbench.samples.colouring import colour as colours_of

# The spaces of a method with a projector, by the names that they have on the screen.
HEADS = {"features": "Backbone", "embedding": "Projector"}
# By factor and space: kept by the newest checkpoint, untrained, and the verdict.
KEPT: dict[str, dict[str, tuple[float, float, Verdict]]] = {
    "shape": {"features": (0.86, 0.40, "kept"), "embedding": (0.31, 0.22, "partly")},
    "brightness": {"features": (0.58, 0.70, "partly"), "embedding": (0.04, 0.50, "discarded")},
}
LAST = 4


def invariance() -> Invariance:
    """Two factors whose readings differ in both spaces."""

    def reading(kept: float, verdict: Verdict) -> Reading:
        return Reading(kept, kept - 0.02, kept + 0.02, kept, kept - 0.02, kept + 0.02, verdict=verdict)

    factors = []
    for name, spaces in KEPT.items():
        readings = {
            space: {0: reading(before, "partly"), LAST: reading(kept, word)} for space, (kept, before, word) in spaces.items()
        }
        group = "known" if name == "shape" else "drawn"
        factors.append(FactorReadings(name, group, "number", "r2", 0.0, 300, None, reading(0.15, "partly"), readings))  # type: ignore[arg-type]
    return Invariance("run", "simclr", "shapes", tuple(HEADS), (0, LAST), LAST, tuple(factors), {0: 1, LAST: 1}, {}, "how")


@pytest.fixture
def kept(qtbot: QtBot) -> InvariancePanel:
    runs = RunsModel()
    runs.adopt([RunRow(key="run", folder="run", title="Run")])
    fake = HeldAsker(lambda question: StoredInvariance(question.folder, invariance(), False, 1, True))
    panel = on_screen(qtbot, InvariancePanel(fake, runs), 1000, 590)
    panel.show_run("run")
    return panel


def under(texts: list[Text], head: str) -> list[str]:
    """The texts that begin at the x where a head begins, from top to bottom, without the head."""
    (at,) = [text for text in texts if text.text == head]
    column = [text for text in texts if abs(text.x - at.x) < 3 and text is not at]
    return [text.text for text in sorted(column, key=lambda text: text.y)]


def test_under_the_head_of_a_space_stand_the_figures_of_that_space(kept: InvariancePanel) -> None:
    texts = painted_texts(kept.chart)
    assert under(texts, "Backbone") == ["● 0.86 kept", "◐ 0.58 in part"]
    assert under(texts, "Projector") == ["◐ 0.31 in part", "○ 0.04 discarded"]
    assert [text.text for text in texts].index("Backbone") < [text.text for text in texts].index("Projector")


def test_a_dot_in_the_colour_of_a_space_lies_at_the_figure_of_that_space(kept: InvariancePanel) -> None:
    legend = swatches(kept.factor.legend.text())
    colours = {space: legend[head] for space, head in HEADS.items()}
    assert distance(*colours.values()) > 100
    texts, chart = painted_texts(kept.chart), kept.chart
    # The axis is read off its own ticks: a text of some width, centred on its value.
    middle = {value: text.x for text in texts for value in ("0.25", "0.5", "0.75") if text.text == value}
    picture = painted_image(chart)
    for number, spaces in enumerate(KEPT.values()):
        row = chart.row_rect(number)
        for space, (value, _, _) in spaces.items():
            x = chart.x_of(value)
            assert chart.x_of(0.25) < chart.x_of(0.75)
            column = [picture.pixelColor(int(x), y) for y in range(int(row.top()), int(row.bottom()))]
            near = {name: sum(distance(seen, wanted) < 60 for seen in column) for name, wanted in colours.items()}
            other = next(name for name in colours if name != space)
            assert near[space] >= 4, f"a dot of {space} at {value}"
            assert near[other] < near[space] / 2
    assert middle["0.25"] < middle["0.5"] < middle["0.75"]
    assert middle["0.75"] - middle["0.5"] == pytest.approx(chart.x_of(0.75) - chart.x_of(0.5), abs=8)


def test_the_table_of_figures_has_each_space_and_epoch_under_its_head(kept: InvariancePanel) -> None:
    lines = [line.split("\t") for line in kept.table.figures.text().split("\n")]
    head = lines[0]
    for line in lines[1:]:
        for space, name in HEADS.items():
            value, before, _ = KEPT[line[0]][space]
            assert line[head.index(f"{name}, epoch {LAST}")].startswith(f"{value:.2f} ")
            assert line[head.index(f"{name}, untrained")].startswith(f"{before:.2f} ")


# Histogram of cosines


def histogram(qtbot: QtBot, positive: np.ndarray, negative: np.ndarray) -> HistogramCard:
    pairs = pairs_of(InspectPairs("run", "validation", 12, 0))
    space = dataclasses.replace(pairs.spaces["features"], positive=positive, negative=negative)
    card = on_screen(qtbot, HistogramCard(), 420, 260)
    card.show_pairs(PairData(dataclasses.replace(pairs, spaces={"features": space}), "features"))
    return card


def bars_of(card: HistogramCard) -> QWidget:
    """The widget in which the bars are painted: the one whose lower left text is the least cosine."""
    (hits,) = [
        child
        for child in card.findChildren(QWidget)
        if any(text.text == "1.00" for text in painted_texts(child)) and not child.findChildren(QWidget)
    ]
    return hits


def test_bars_have_the_colours_that_the_legend_gives_them(qtbot: QtBot) -> None:
    positive, negative = np.full(40, 0.91), np.full(300, -0.62)
    card = histogram(qtbot, positive, negative)
    legend = swatches(card.legend.text())
    (ours,) = [colour for words, colour in legend.items() if "positive" in words]
    (theirs,) = [colour for words, colour in legend.items() if "negative" in words]
    assert "40 positives" in card.legend.text()
    assert "300 negatives" in card.legend.text()
    bars = bars_of(card)
    texts = [text.text for text in painted_texts(bars)]
    assert texts[0] == "−0.65"
    assert texts[1] in ("0.17", "0.18"), "the middle of the axis, 0.175"
    assert texts[2] == "1.00"
    low, ground = -0.65, QColor(theme.current().card)
    for value, wanted, other in ((0.91, ours, theirs), (-0.62, theirs, ours)):
        number = int((value - low) / (1 - low) * 48)  # one of 48 bars
        seen = pixel(bars, QPointF((number + 0.5) * bars.width() / 48, bars.height() * 0.5))
        assert distance(seen, blended(wanted, ground, 0.55)) < distance(seen, blended(other, ground, 0.55)) / 3


def test_a_bar_is_as_high_as_its_share_and_stands_at_its_cosine(qtbot: QtBot) -> None:
    """Half of the positives at one cosine, a quarter at two others: the lower bars are half as high."""
    positive = np.repeat([0.9, 0.5, 0.1], [20, 10, 10])
    card = histogram(qtbot, positive, np.full(10, -1.0))
    bars = bars_of(card)
    picture, ground = painted_image(bars), QColor(theme.current().card)
    heights = []
    for value in (0.9, 0.5, 0.1):
        x = (int((value + 1) / 2 * 48) + 0.3) * bars.width() / 48
        column = [picture.pixelColor(int(x), y) for y in range(bars.height() - 16)]
        heights.append(sum(distance(seen, ground) > 40 for seen in column))
    negatives = picture.pixelColor(int(0.3 * bars.width() / 48), 8)
    assert distance(negatives, ground) > 40, "all negatives are in the first bar, which is the highest"
    assert heights[1] == pytest.approx(heights[2], abs=2)
    assert heights[0] == pytest.approx(2 * heights[1], abs=4)


# Points of a map against their legend


XY = np.stack(np.meshgrid(np.arange(6.0), np.arange(5.0)), -1).reshape(-1, 2)
N = len(XY)


def labels() -> Labels:
    columns = {
        "class": np.arange(N) % 3,
        "loss": np.linspace(0.5, 4.5, N)[np.random.default_rng(0).permutation(N)],
        "rotation": np.linspace(0, 359, N),
    }
    return Labels(columns, {"class": ("disc", "square", "star")}, {"class": "category", "loss": "number", "rotation": "angle"})


def point_colour(plot: ScatterPlot, row: int) -> QColor:
    centre = plot.mapFromScene(plot.getPlotItem().getViewBox().mapViewToScene(QPointF(*XY[row].tolist())))
    return pixel(plot, QPointF(centre))


@pytest.fixture
def plot(qtbot: QtBot) -> Callable[[str], tuple[ScatterPlot, LegendCard]]:
    """A map coloured by a column, and the legend that explains it."""

    def make(column: str) -> tuple[ScatterPlot, LegendCard]:
        made, legend = on_screen(qtbot, ScatterPlot(), 400, 400), on_screen(qtbot, LegendCard(), 290, 200)
        colouring = colours_of(labels(), column)
        legend.set_colouring(colouring)
        made.set_points(XY)
        made.set_colours(colouring.codes, colouring.palette)
        return made, legend

    return make


def test_each_class_has_the_colour_of_its_swatch(plot: Callable[[str], tuple[ScatterPlot, LegendCard]]) -> None:
    made, legend = plot("class")
    texts = painted_texts(legend.list)
    picture = painted_image(legend.list)
    swatch = {}
    for text in texts:
        if text.text in ("disc", "square", "star"):
            row = [picture.pixelColor(int(text.x - dx), int(text.y - 4)) for dx in range(5, 15)]
            swatch[text.text] = max(row, key=lambda seen: seen.hsvSaturation() * seen.value())
    assert len({colour.name() for colour in swatch.values()}) == 3
    for row in range(N):
        name = ("disc", "square", "star")[row % 3]
        seen = point_colour(made, row)
        assert min(swatch, key=lambda other: distance(seen, swatch[other])) == name
        assert distance(seen, swatch[name]) < 90


def test_a_class_is_counted_beside_its_name(plot: Callable[[str], tuple[ScatterPlot, LegendCard]]) -> None:
    _, legend = plot("class")
    shown = {entry.name: entry.count for entry in legend.entries()}
    assert shown == {"disc": 10, "square": 10, "star": 10}
    painted = [text.text for text in painted_texts(legend.list)]
    assert painted == ["disc", "10", "square", "10", "star", "10"]


def test_low_and_high_losses_have_the_colours_of_the_ends_of_the_bar(
    plot: Callable[[str], tuple[ScatterPlot, LegendCard]],
) -> None:
    made, legend = plot("loss")
    (bar,) = [child for child in legend.findChildren(QWidget) if type(child).__name__ == "ColourBar"]
    left, right = (pixel(bar, QPointF(at, bar.height() / 2)) for at in (4, bar.width() - 5))
    assert distance(left, right) > 150
    values = labels().columns["loss"]
    lowest, highest = point_colour(made, int(values.argmin())), point_colour(made, int(values.argmax()))
    assert distance(lowest, left) < 90 < distance(lowest, right)
    assert distance(highest, right) < 90 < distance(highest, left)
    # The numbers at the ends are those of the loss, the smaller one at the left.
    texts = [text for text in painted_texts(legend) if text.text.replace(".", "").isdigit()]
    low, high = sorted(texts, key=lambda text: text.x)
    assert float(low.text) == pytest.approx(np.quantile(values, 0.01), abs=0.01)
    assert float(high.text) == pytest.approx(np.quantile(values, 0.99), abs=0.01)
    # In between the colour goes along the bar with the value.
    for row in range(0, N, 4):
        share = (values[row] - float(low.text)) / (float(high.text) - float(low.text))
        at = 4 + np.clip(share, 0, 1) * (bar.width() - 9)
        assert distance(point_colour(made, row), pixel(bar, QPointF(at, bar.height() / 2))) < 110


def test_hiding_a_class_takes_its_points_from_the_picture(plot: Callable[[str], tuple[ScatterPlot, LegendCard]]) -> None:
    made, legend = plot("class")
    legend.shown.connect(made.show_codes)
    legend.toggle(1)
    ground = QColor(theme.current().card)
    for row in range(N):
        assert (distance(point_colour(made, row), ground) < 30) == (row % 3 == 1)


# Dots of runs


def test_a_dot_lies_at_its_value_on_the_axis_that_is_painted(qtbot: QtBot) -> None:
    """Three measures, one dot each: read off the ticks, a dot's x is its value."""
    rows = on_screen(qtbot, DotRows(), 600, 200)
    values = {"kNN": 0.42, "linear": 0.55, "10 %": 0.68}
    hues = ["#e05050", "#50c050", "#5080f0"]
    rows.show_dots(list(values), [RowDot(row, value, hues[row], f"run {row}", "") for row, value in enumerate(values.values())])
    texts = painted_texts(rows)
    names = {text.text: text.y for text in texts if text.text in values}
    assert list(names) == sorted(names, key=lambda name: names[name]) == list(values)
    ticks = sorted(
        (float(text.text.removesuffix(" %")) / 100, text.x + 4 * len(text.text)) for text in texts if text.text not in values
    )
    (first, x0), (last, x1) = ticks[0], ticks[-1]
    assert x0 < x1, "values rise from left to right"
    picture = painted_image(rows)
    for (name, value), hue in zip(values.items(), hues, strict=True):
        hits = [
            (x, y)
            for y in range(picture.height())
            for x in range(picture.width())
            if distance(picture.pixelColor(x, y), QColor(hue)) < 60
        ]
        assert hits, name
        x, y = np.mean(hits, axis=0)
        assert first + (x - x0) / (x1 - x0) * (last - first) == pytest.approx(value, abs=0.015)
        assert y == pytest.approx(names[name] - 4, abs=6), "beside its name"


def test_dots_of_a_chart_stand_over_their_values_in_the_colours_of_their_runs(qtbot: QtBot) -> None:
    chart = on_screen(qtbot, DotPlot("Figures", lambda key: key), 420, 300)
    dots = [Dot("a", 0.1, 0.4, 0), Dot("b", 0.2, 0.7, 1), Dot("c", 0.3, 0.5, 2)]
    chart.set_dots(dots)
    centre = {dot.key: chart.point_at(dot) for dot in dots}
    for dot in dots:
        wanted = [QColor(theme.current().hue(hue)) for hue in range(3)]
        seen = pixel(chart, centre[dot.key])
        assert min(range(3), key=lambda hue: distance(seen, wanted[hue])) == dot.hue
    assert centre["a"].x() < centre["b"].x() < centre["c"].x()
    assert centre["b"].y() < centre["c"].y() < centre["a"].y()
    assert centre["b"].x() - centre["a"].x() == pytest.approx(centre["c"].x() - centre["b"].x(), abs=2)
    assert centre["a"].y() - centre["c"].y() == pytest.approx((centre["a"].y() - centre["b"].y()) / 3, abs=2)


def test_a_click_on_a_swatch_hides_the_class_that_stands_beside_it(
    qtbot: QtBot, plot: Callable[[str], tuple[ScatterPlot, LegendCard]]
) -> None:
    made, legend = plot("class")
    legend.shown.connect(made.show_codes)
    (star,) = [text for text in painted_texts(legend.list) if text.text == "star"]
    qtbot.mouseClick(legend.list.viewport(), Qt.MouseButton.LeftButton, pos=QPointF(star.x + 4, star.y - 4).toPoint())
    assert made.alive.tolist() == [row % 3 != 2 for row in range(N)]
