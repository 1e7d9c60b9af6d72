"""Questions that draw a figure for print, and write it to a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from engine.config.errors import unwritten
from engine.runs.atomic_write import atomic_write
from workbench.bridge.question import Context, Lane, Question
from workbench.figures.figure_data import Figure
from workbench.figures.figure_style import FigureStyle


@dataclass(frozen=True)
class FigureFiles:
    """The contents of the figure's file in each requested format, and the characters that no installed font has."""

    data: dict[str, bytes]
    missing: str = ""


@dataclass(frozen=True)
class DrawFigure(Question[FigureFiles]):
    """A figure in one format or several ("pdf", "svg", "png"): answered by FigureFiles. `dpi`: of a preview, None for the style's.
    `path`: where the first format is written to, too; "" for nowhere. `purpose`: questions with different values do not replace
    each other."""

    lane: ClassVar = Lane.QUICK
    figure: Figure
    style: FigureStyle
    formats: tuple[str, ...] = ("png",)
    dpi: float | None = None
    path: str = ""
    purpose: str = "preview"

    @property
    def topic(self) -> str:
        """By purpose."""
        return f"{type(self).__name__}.{self.purpose}"

    def answer(self, context: Context) -> FigureFiles:
        """ConfigError where the file cannot be written."""
        from workbench.figures.draw_figure import render

        progress = context.part()
        data, missing = dict[str, bytes](), ""
        for number, kind in enumerate(self.formats):
            progress(number / len(self.formats), "")
            drawn = render(self.figure, self.style, kind, self.dpi)
            data[kind], missing = drawn.data, drawn.missing
        if self.path:
            try:
                with atomic_write(Path(self.path)) as part:
                    part.write_bytes(data[self.formats[0]])
            except OSError as error:
                raise unwritten("File", "a file that can be written", self.path, error) from None
        return FigureFiles(data, missing)
