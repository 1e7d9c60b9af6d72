"""Drawn figures as files: their size, fonts, texts, curves, bands and ground, read from the files by other programs."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
import zlib
from dataclasses import replace

import numpy as np
import pytest
from matplotlib import font_manager
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from workbench.figures.draw_figure import MOST_VECTORS, log_tick, render
from workbench.figures.figure_data import (
    Axis,
    Bars,
    BarsPlot,
    ColourScale,
    Curve,
    CurvesPlot,
    Dot,
    DotsPlot,
    Figure,
    LegendEntry,
    MapPlot,
    MatrixPlot,
    RowMark,
    RowsPlot,
    Span,
    legend_of_curves,
)
from workbench.figures.figure_fonts import families
from workbench.figures.figure_style import FigureStyle

SVG = "{http://www.w3.org/2000/svg}"
STYLE = FigureStyle(width=85, height=60, points=8)
X = np.arange(1.0, 9.0)
# Three runs, their mean and standard deviation by hand: 4, 5, 6 have the mean 5 and the deviation 1, at every step.
MEAN, DEVIATION = np.linspace(5, 3, 8), 1.0


def curves(*more: Curve) -> Figure:
    band = Curve("SimCLR, mean of 3 seeds", "#1f77c9", X, MEAN, MEAN - DEVIATION, MEAN + DEVIATION)
    plot = CurvesPlot("Loss", Axis("Step"), Axis("Loss (nats)"), (band, *more), ((6.2, "chance 6.2"),))
    return Figure("Loss of three runs", (plot,), legend_of_curves((plot,)))


def svg_of(figure: Figure, style: FigureStyle = STYLE) -> ElementTree.Element:
    return ElementTree.fromstring(render(figure, style, "svg").data)


def texts_in(root: ElementTree.Element) -> list[str]:
    return ["".join(node.itertext()).strip() for node in root.iter(f"{SVG}text")]


def group(root: ElementTree.Element, id: str) -> ElementTree.Element:
    return next(node for node in root.iter(f"{SVG}g") if node.get("id") == id)


def points_of(node: ElementTree.Element) -> np.ndarray:
    """The vertices (n, 2) of the first path in a group, which may be moved where it is used."""
    path = next(iter(node.iter(f"{SVG}path"))).get("d", "")
    use = next(iter(node.iter(f"{SVG}use")), None)
    moved = [0.0, 0.0] if use is None else [float(use.get(name, 0)) for name in ("x", "y")]
    return np.array([[float(one) for one in pair] for pair in re.findall(r"([-\d.]+) ([-\d.]+)", path)]) + moved


@pytest.mark.parametrize(("width", "height"), [(85.0, 60.0), (175.0, 71.0), (254.0, 143.0)])
def test_the_page_has_its_size_in_mm_in_every_format(width, height):
    style = replace(STYLE, width=width, height=height, dpi=300)
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", render(curves(), style, "pdf").data)
    assert box is not None
    assert [float(side) * 25.4 / 72 for side in box.groups()] == pytest.approx([width, height], abs=0.05)
    root = svg_of(curves(), style)
    sides = [str(root.get(side)) for side in ("width", "height")]
    assert all(side.endswith("pt") for side in sides)
    assert [float(side[:-2]) * 25.4 / 72 for side in sides] == pytest.approx([width, height], abs=0.05)
    image = QImage.fromData(render(curves(), style, "png").data)
    assert [image.width(), image.height()] == pytest.approx([width / 25.4 * 300, height / 25.4 * 300], abs=1)


def test_fonts_are_embedded_as_type_42_and_text_is_text():
    data = render(curves(), STYLE, "pdf").data
    assert b"/FontFile2" in data
    assert b"/Type3" not in data
    root = svg_of(curves())
    texts = texts_in(root)
    for text in ("Step", "Loss (nats)", "SimCLR, mean of 3 seeds", "chance 6.2"):
        assert text in texts
    sizes = {float(size) for node in root.iter(f"{SVG}text") for size in re.findall(r"([\d.]+)px", node.get("style", ""))}
    assert sizes == {8.0}, "a unit of the SVG is a point"


@pytest.mark.skipif(shutil.which("pdffonts") is None, reason="poppler is not installed")
def test_poppler_reads_the_fonts_the_size_and_the_text(tmp_path):
    path = tmp_path / "figure.pdf"
    path.write_bytes(render(curves(), STYLE, "pdf").data)

    def run(*command: str) -> str:
        return subprocess.run(
            [*command, str(path), *(["-"] if command[0] == "pdftotext" else [])], capture_output=True, text=True
        ).stdout

    fonts = [line.split() for line in run("pdffonts").splitlines()[2:]]
    assert fonts
    for font in fonts:
        assert "TrueType" in font
        assert font[-5] == "yes", "embedded"
    size = re.search(r"Page size:\s+([\d.]+) x ([\d.]+) pts", run("pdfinfo"))
    assert size is not None
    assert [float(side) * 25.4 / 72 for side in size.groups()] == pytest.approx([85, 60], abs=0.1)
    assert "mean of 3 seeds" in run("pdftotext")


def test_the_band_is_the_mean_and_the_deviation_around_the_curve():
    root = svg_of(curves(Curve("BYOL", "#c16978", X, MEAN + 2)))
    line, other, band = (points_of(group(root, id)) for id in ("curve-0", "curve-1", "band-0"))
    assert len([node for node in root.iter(f"{SVG}g") if str(node.get("id")).startswith("curve-")]) == 2
    assert len(line) == len(X)
    # BYOL lies 2 above the mean at every step: that gives the length of a unit of y.
    unit = (line[:, 1] - other[:, 1]) / 2
    np.testing.assert_allclose(unit, unit[0], atol=1e-3)
    for x, y in line:
        at = band[np.isclose(band[:, 0], x, atol=1e-3), 1]
        assert at.min() == pytest.approx(y - unit[0] * DEVIATION, abs=1e-3)
        assert at.max() == pytest.approx(y + unit[0] * DEVIATION, abs=1e-3)


def test_the_ground_is_white_and_every_colour_is_one_of_the_figure():
    image = QImage.fromData(render(curves(), STYLE, "png").data)
    assert not image.hasAlphaChannel() or image.pixelColor(0, 0).alpha() == 255
    corners = [(0, 0), (image.width() - 1, 0), (0, image.height() - 1), (image.width() - 1, image.height() - 1)]
    assert {image.pixelColor(*corner).name() for corner in corners} == {"#ffffff"}
    seen = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}
    assert "#1f77c9" in seen


def test_a_second_program_draws_the_svg():
    renderer = QSvgRenderer(render(curves(), STYLE, "svg").data)
    assert renderer.isValid()
    image = QImage(850, 600, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    assert image.pixelColor(1, 1).name() == "#ffffff"
    blue = sum(
        image.pixelColor(x, y).blue() - image.pixelColor(x, y).red() > 60 for x in range(0, 850, 3) for y in range(0, 600, 3)
    )
    assert blue > 50


def test_chinese_and_dollars_and_underscores_are_shown_as_they_are():
    figure = curves(Curve("_照片 $x_1$ 50%", "#c16978", X, MEAN))
    names, missing = families("照片")
    if len(names) < 2:
        pytest.skip("no installed font has Chinese characters")
    assert missing == ""
    drawn = render(figure, STYLE, "svg")
    assert drawn.missing == ""
    root = ElementTree.fromstring(drawn.data)
    assert "_照片 $x_1$ 50%" in texts_in(root)
    pdf = render(figure, STYLE, "pdf").data
    assert pdf.count(b"/FontFile2") >= 2
    assert b"/Type3" not in pdf
    assert b"CIDFontType2" in pdf


def test_the_simplified_forms_are_those_of_the_font_for_simplified_chinese():
    names, _ = families("直骨照片")
    if not any("CJK" in name for name in names):
        pytest.skip("Noto Sans CJK is not installed")
    assert names[1].endswith("SC")


def test_a_character_that_no_font_has_is_named():
    assert (
        render(Figure("\U000f0000", (curves().plots[0],)), STYLE, "png", dpi=50).missing == "\U000f0000"
        or not "\U000f0000".isprintable()
    )
    _, missing = families("\U0001fadf\u2d7f")
    assert set(missing) <= {"\U0001fadf", "\u2d7f"}


@pytest.mark.parametrize(("count", "images"), [(500, 0), (MOST_VECTORS + 1, 1)])
def test_a_large_map_is_an_image_in_the_vector_figure_and_a_small_one_is_not(count, images):
    rng = np.random.default_rng(0)
    plot = MapPlot("", rng.normal(size=(count, 2)), rng.integers(-1, 3, count), ("#1f77c9", "#c16978", "#909d0d"), Axis("UMAP 1"))
    legend = tuple(LegendEntry(name, "#1f77c9", "dot") for name in ("cat", "dog", "bird"))
    root = svg_of(Figure("", (plot,), legend), replace(STYLE, dpi=100))
    assert len(list(root.iter(f"{SVG}image"))) == images
    assert {"UMAP 1", "cat", "dog", "bird"} <= set(texts_in(root))
    if not images:
        assert len(list(root.iter(f"{SVG}use"))) >= count


def test_the_legend_is_where_it_is_wanted():
    assert "SimCLR, mean of 3 seeds" not in texts_in(svg_of(curves(), replace(STYLE, legend="none")))
    for position in ("below", "right", "inside"):
        assert "SimCLR, mean of 3 seeds" in " ".join(texts_in(svg_of(curves(), replace(STYLE, width=175, legend=position))))
    many = tuple(LegendEntry(f"class {number}", "#1f77c9", "dot") for number in range(100))
    texts = texts_in(svg_of(replace_legend(curves(), many), replace(STYLE, height=200)))
    assert "class 38" in texts
    assert "class 39" not in texts
    assert "… +61" in texts


def replace_legend(figure: Figure, legend: tuple[LegendEntry, ...]) -> Figure:
    return Figure(figure.title, figure.plots, legend)


def test_the_title_is_shown_where_it_is_wanted():
    assert "Loss of three runs" not in texts_in(svg_of(curves()))
    assert "Loss of three runs" in texts_in(svg_of(curves(), replace(STYLE, title=True)))
    two = Figure("Both", curves().plots * 2)
    assert texts_in(svg_of(two, replace(STYLE, height=120))).count("Loss") == 2, "each of several plots has its own title"


def test_every_kind_of_plot_is_drawn_with_its_texts():
    rows = RowsPlot(
        "",
        Axis("Kept", low=0, high=1),
        ("Known", "shape", "hue"),
        (
            RowMark(1, 0.8, "#1f77c9", "dot", 0.7, 0.9),
            RowMark(2, 0.2, "#c16978", "diamond", hollow=True),
            RowMark(1, 0.1, "#555555", "tick"),
        ),
        frozenset({0}),
        (Span(0.5, 1.0, "#1f8a5b", "kept"),),
        ((0.1, "chance"),),
    )
    dots = DotsPlot(
        "", Axis("Method", names=("BYOL", "SimCLR")), Axis("Best kNN (%)"), (Dot(0, 50, "#1f77c9", 2.0), Dot(1, 60, "#c16978"))
    )
    values = np.linspace(-1, 1, 144).reshape(12, 12)
    ramp = ("#ffffff", "#1f77c9", "#000000")
    matrix = MatrixPlot("", values, 0.0, 1.0, ramp, "Cosine", Axis("View 2"), Axis("View 1"), ((0, "cat"), (6, "dog")))
    edges = np.linspace(0, 1, 5)
    bars = BarsPlot(
        "", Axis("Cosine"), Axis("Share (%)"), (Bars("positives", "#1f77c9", edges, np.array([1.0, 2, 3, 4])),), ((0.5, "median"),)
    )
    expected = {
        "rows": (rows, {"Known", "shape", "hue", "Kept", "kept", "chance"}),
        "dots": (dots, {"Method", "BYOL", "SimCLR", "Best kNN (%)"}),
        "matrix": (matrix, {"Cosine", "View 1", "View 2", "cat", "dog"}),
        "bars": (bars, {"Cosine", "Share (%)", "median"}),
    }
    for plot, words in expected.values():
        root = svg_of(Figure("", (plot,)))
        assert words <= set(texts_in(root))
    scale = ColourScale("loss", ramp, 0.0, 2.0)
    points = MapPlot("", np.zeros((4, 2)), np.zeros(4, int), ramp)
    assert "loss" in texts_in(svg_of(Figure("", (points,), scale=scale)))


def test_a_logarithmic_axis_has_plain_ticks():
    assert [log_tick(value) for value in (0.01, 1, 1000, 1e-5, 1e6)] == ["0.01", "1", "1000", "10⁻⁵", "10⁶"]
    assert log_tick(0) == ""
    plot = CurvesPlot("", Axis("Step", log=True), Axis("Loss", log=True), (Curve("a", "#1f77c9", 10.0**X, 10.0**-X),))
    assert "10⁻⁴" in " ".join(texts_in(svg_of(Figure("", (plot,)))))


def test_the_same_figure_is_the_same_file():
    for kind in ("pdf", "svg", "png"):
        assert zlib.crc32(render(curves(), STYLE, kind).data) == zlib.crc32(render(curves(), STYLE, kind).data)


def test_an_earlier_text_can_still_be_written_after_another_figure() -> None:
    """A family's name stands for its newest copy: it must hold the characters of the earlier ones."""
    first, lost = families("损失")
    if lost:
        pytest.skip("no font with Chinese characters is installed")
    families("圆盘星形")
    again, _ = families("损失")
    assert again == first
    characters = font_manager.get_font(font_manager.findfont(first[-1])).get_charmap()
    assert {ord(letter) for letter in "损失圆盘星形"} <= set(characters)
