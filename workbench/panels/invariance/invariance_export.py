"""Every figure of the Invariance panel as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from engine.config.errors import because
from engine.runs.atomic_write import atomic_write
from engine.runs.csv_rows import CsvRows
from engine.runs.invariance_file import Invariance, Reading

# Names of columns for programs: the same in every language.
COLUMNS = (
    *("run", "factor", "group", "measure", "chance", "test_images", "views_vary_it", "space", "epoch"),
    *("score", "low", "high", "kept", "kept_low", "kept_high", "gain", "gain_low", "gain_high", "verdict"),
)


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
