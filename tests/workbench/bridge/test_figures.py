"""The question that draws a figure: what it writes, and what a failure leaves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.config.errors import ConfigError
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.figure_questions import DrawFigure
from workbench.figures.figure_data import Axis, Curve, CurvesPlot, Figure
from workbench.figures.figure_style import FigureStyle

FIGURE = Figure("", (CurvesPlot("", Axis("Step"), Axis("Loss"), (Curve("a", "#1f77c9", np.arange(3.0), np.arange(3.0)),)),))


def ask(question: DrawFigure):
    return EngineAnswers()(question, lambda share: None, lambda: True)


def test_the_file_is_what_was_drawn(tmp_path: Path) -> None:
    path = tmp_path / "loss.svg"
    answer = ask(DrawFigure(FIGURE, FigureStyle(), "svg", path=str(path), purpose="file"))
    assert path.read_bytes() == answer.data
    assert answer.data.startswith(b"<?xml")


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "loss.pdf"
    path.write_text("old")

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ConfigError, match=r"File must be a file that can be written\..*No space left on device\. Free some space"):
        ask(DrawFigure(FIGURE, FigureStyle(), "pdf", path=str(path), purpose="file"))
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_preview_has_its_own_resolution_and_does_not_replace_the_file() -> None:
    preview = DrawFigure(FIGURE, FigureStyle(), dpi=72)
    assert preview.topic != DrawFigure(FIGURE, FigureStyle(), purpose="file").topic
    data = ask(preview).data
    # A PNG has its width and height, 4 bytes each, after 16 bytes: 85 and 60 mm at 72 dpi.
    assert int.from_bytes(data[16:20], "big") == pytest.approx(85 / 25.4 * 72, abs=1)
    assert int.from_bytes(data[20:24], "big") == pytest.approx(60 / 25.4 * 72, abs=1)
