"""What the Invariance panel shows as files: the chart with its title and legend as a picture, every figure as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QTextDocument

from engine.config.errors import because
from engine.runs.atomic_write import atomic_write
from engine.runs.csv_rows import CsvRows
from engine.runs.invariance_file import Invariance, Reading
from workbench import theme
from workbench.panels.invariance.kept_chart import KeptChart
from workbench.plots.save_painted import save_painted
from workbench.theme.palette import GAP, SMALL_PX, TEXT_PX, WIDE_GAP

TITLE = 24
# Names of columns for programs: the same in every language.
COLUMNS = (
    *("run", "factor", "group", "measure", "chance", "test_images", "views_vary_it", "space", "epoch"),
    *("score", "low", "high", "kept", "kept_low", "kept_high", "gain", "gain_low", "gain_high", "verdict"),
)


def write_picture(chart: KeptChart, title: str, legend: str, kind: str, path: Path) -> None:
    """The chart as it is shown, all of its rows, under a `title` and above its `legend` (rich text), to a "png" or "svg". OSError
    where it cannot be written."""
    below = QTextDocument()
    font = QFont(chart.font())
    font.setPixelSize(SMALL_PX)
    below.setDefaultFont(font)
    below.setDocumentMargin(0)
    below.setTextWidth(chart.width())
    below.setHtml(f'<span style="color:{theme.current().quiet}">{legend}</span>')
    foot = WIDE_GAP + TITLE + chart.height() + GAP
    size = QSize(chart.width() + 2 * WIDE_GAP, round(foot + below.size().height()) + WIDE_GAP)

    def paint(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bold = QFont(chart.font())
        bold.setPixelSize(TEXT_PX + 1)
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(QColor(theme.current().text))
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        painter.drawText(QRectF(WIDE_GAP, WIDE_GAP, chart.width(), TITLE), side, title)
        painter.translate(QPointF(WIDE_GAP, WIDE_GAP + TITLE))
        chart.draw(painter, pointer=False)
        painter.translate(QPointF(0, chart.height() + GAP))
        below.drawContents(painter)

    save_painted(paint, size, kind, path)


def write_csv(path: Path, runs: Sequence[tuple[str, Invariance]]) -> None:
    """A line for each run (its title), factor, space and epoch; the space "pixels" is what a probe reads from 8 x 8 pixels. OSError
    where it cannot be written."""
    text = StringIO()
    writer = CsvRows(text)
    writer.row(COLUMNS)
    for title, invariance in runs:
        for factor in invariance.factors:
            own = "" if factor.own is None else str(factor.own).lower()
            begin = [title, factor.name, factor.group, factor.measure, f"{factor.chance:.6g}", factor.rows, own]
            writer.row([*begin, "pixels", "", *_figures(factor.pixels)])
            for space, by_epoch in factor.readings.items():
                for epoch in sorted(by_epoch):
                    writer.row([*begin, space, epoch, *_figures(by_epoch[epoch])])
    try:
        with atomic_write(path) as part:
            part.write_text(text.getvalue(), encoding="utf-8", newline="")
    except OSError as error:
        raise OSError(f"{path} must be a file that can be written. {because(error)}") from None


def _figures(reading: Reading) -> list[str]:
    """The last ten columns."""
    return [*(f"{getattr(reading, name):.6g}" for name in COLUMNS[9:-1]), reading.verdict]
