"""Questions that draw a figure for print, and write it to a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from engine.config.errors import unwritten
from engine.runs.atomic_write import atomic_write
from workbench.bridge.question import Context, Lane, Question, Where
from workbench.figures.figure_data import Figure
from workbench.figures.figure_style import FigureStyle


@dataclass(frozen=True)
class FigureFile:
    """The contents of the figure's file, and the characters that no installed font has."""

    data: bytes
    missing: str = ""


@dataclass(frozen=True)
class DrawFigure(Question[FigureFile]):
    """A figure as a "pdf", "svg" or "png": answered by FigureFile. `dpi`: of a preview, None for the style's. `path`: where the
    file is written to, too; "" for nowhere. `purpose`: questions with different values do not replace each other."""

    lane: ClassVar = Lane.QUICK
    where: ClassVar = Where.WINDOW
    figure: Figure
    style: FigureStyle
    kind: str = "png"
    dpi: float | None = None
    path: str = ""
    purpose: str = "preview"

    @property
    def topic(self) -> str:
        """By purpose."""
        return f"{type(self).__name__}.{self.purpose}"

    def answer(self, context: Context) -> FigureFile:
        """ConfigError where the file cannot be written."""
        from workbench.figures.draw_figure import render

        drawn = render(self.figure, self.style, self.kind, self.dpi)
        if self.path:
            try:
                with atomic_write(Path(self.path)) as part:
                    part.write_bytes(drawn.data)
            except OSError as error:
                raise unwritten("File", "a file that can be written", self.path, error) from None
        return FigureFile(drawn.data, drawn.missing)
