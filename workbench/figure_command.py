"""`python -m workbench figure`: a figure of runs for print, as the window's dialog makes it, without a window or a display."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.config.errors import ConfigError, complain
from engine.config.printable import printable
from engine.config.terminal import text_alone
from workbench.figures.figure_data import FigureSource

NAME = "figure"
PLOT = "plot:"
KINDS = ("curves", "map", "invariance", "evaluation", "pairs", "versus", "runs")
SPACES = ("features", "embedding")
# Most characters of an error message.
MOST_SHOWN = 4000


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    from workbench.figures.figure_style import FORMATS, LEGENDS, FigureStyle
    from workbench.i18n.load import LANGUAGES
    from workbench.panels.pairs.pairs_figure import OPERATIONS
    from workbench.plots.series import X_KINDS

    usual = FigureStyle()
    made = argparse.ArgumentParser(
        prog="workbench figure",
        description="Draw a figure of runs for print, as the window's dialog does. Needs no display.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=(
            "examples:\n"
            "  workbench figure RUN RUN --kind curves --plots loss eval.knn --out curves.pdf\n"
            "  workbench figure RUN --kind map --epochs 0 10 50 --width 175 --out maps.pdf\n"
            "  workbench figure RUN RUN --kind invariance --out factors.svg --without pixels\n"
            "  workbench figure RUN --kind pairs --operation crop --out pairs.pdf\n"
            "  workbench figure RUN --kind versus --epochs 0 50 --out before_and_after.pdf\n"
            "  workbench figure RUN RUN RUN --kind runs --up best --across optim.lr --out rates.pdf"
        ),
    )
    made.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="the folder of a run")
    made.add_argument(
        "--kind",
        choices=KINDS,
        default="curves",
        help="what is drawn; versus: two maps side by side, runs: a dot for each run (default: curves)",
    )
    made.add_argument("--out", type=Path, required=True, metavar="FILE", help=f"the file; its ending is {', '.join(FORMATS)}")
    size = made.add_argument_group("size and layout")
    size.add_argument("--width", type=float, default=usual.width, metavar="MM", help=f"(default: {usual.width:g})")
    size.add_argument("--height", type=float, metavar="MM", help="(default: what suits the figure)")
    size.add_argument("--points", type=float, default=usual.points, help=f"size of the text (default: {usual.points:g})")
    size.add_argument("--legend", choices=LEGENDS, default=usual.legend, help=f"(default: {usual.legend})")
    size.add_argument("--dpi", type=int, default=usual.dpi, help=f"of a PNG, and of images in the figure (default: {usual.dpi})")
    size.add_argument("--serif", action="store_true", help="letters with serifs")
    size.add_argument("--title", action="store_true", help="the title above the figure")
    size.add_argument("--lang", choices=tuple(LANGUAGES), default="en", help="of the texts in the figure (default: en)")
    size.add_argument("--with", dest="on", nargs="+", default=(), metavar="PART", help="parts of the figure to add")
    size.add_argument("--without", dest="off", nargs="+", default=(), metavar="PART", help="parts of the figure to leave out")
    curves = made.add_argument_group("curves")
    curves.add_argument("--plots", nargs="+", default=("loss",), metavar="METRIC", help="such as loss eval.knn (default: loss)")
    curves.add_argument("--x", choices=X_KINDS, default="step", help="(default: step)")
    curves.add_argument("--smoothing", type=float, default=0.0, help="weight of the past, 0 to 0.999 (default: 0)")
    curves.add_argument("--log-x", action="store_true", help="a logarithmic axis")
    curves.add_argument("--log-y", action="store_true", help="a logarithmic axis")
    maps = made.add_argument_group("maps, side by side, pairs and invariance")
    maps.add_argument("--map", default="umap", help="pca, umap, tsne, pacmap or umap_learn (default: umap)")
    maps.add_argument(
        "--space",
        nargs="+",
        choices=SPACES,
        default=("features",),
        help="of the features; two with --kind versus, the left one first (default: features)",
    )
    maps.add_argument("--colour-by", default="class", metavar="COLUMN", help="a class or factor of the data (default: class)")
    maps.add_argument(
        "--epochs",
        nargs="+",
        type=int,
        default=(),
        help="of the snapshots, one map each (default: the last; versus: first and last)",
    )
    pairs = made.add_argument_group("pairs")
    pairs.add_argument("--split", choices=("train", "validation", "test"), default="validation", help="(default: validation)")
    pairs.add_argument("--images", type=int, default=128, help="how many, 2 to 1024 (default: 128)")
    pairs.add_argument("--seed", type=int, default=0, help="which images and views are drawn (default: 0)")
    pairs.add_argument("--order", choices=("class", "cluster", "index"), default="class", help="of the matrix (default: class)")
    pairs.add_argument("--operation", choices=OPERATIONS, help="also the cosine over the strength of this operation")
    runs = made.add_argument_group("runs")
    runs.add_argument("--up", default="best", metavar="COLUMN", help="such as best evaluation.linear loss time (default: best)")
    runs.add_argument("--across", default="", metavar="COLUMN", help="such as optim.lr (default: a setting in which they differ)")
    made.add_argument("--quiet", action="store_true", help="no bar and no notes")
    return made


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code: 0 written, 1 the system refused, 2 bad input, 130 interrupted."""
    with text_alone():
        options = parser().parse_args(arguments)
        try:
            return _draw(options)
        except ConfigError as error:
            for problem in error.problems:
                print(f"error: {printable(problem.message, lines=True, longest=MOST_SHOWN)}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            return 130


def parts_of(source: FigureSource, on: Sequence[str], off: Sequence[str]) -> frozenset[str]:
    """The parts that are drawn: the usual ones, all named plots, and those of `on`, without those of `off`. ConfigError where the
    figure has no such part."""
    plots = {toggle.id for toggle in source.toggles if toggle.id.startswith(PLOT)}
    parts = [toggle.id for toggle in source.toggles if toggle.id not in plots]
    for name, ids in (("--with", on), ("--without", off)):
        for id in ids:
            if id not in parts:
                raise complain(name, f"one of {', '.join(parts)}" if parts else "left out: the figure has no parts to choose", id)
    usual = {toggle.id for toggle in source.toggles if toggle.on}
    return frozenset((usual | plots | set(on)) - set(off))


def _draw(options: argparse.Namespace) -> int:
    from PySide6.QtCore import QCoreApplication

    from engine.cli.progress_bar import progress_bar
    from engine.cli.run_argument import run_folder
    from workbench.bridge.answers import EngineAnswers
    from workbench.bridge.figure_questions import DrawFigure
    from workbench.figure_sources import Choices, source_of
    from workbench.figures.figure_style import DPI, FORMATS, HEIGHT, POINTS, WIDTH, FigureStyle, natural_height
    from workbench.i18n.load import Translations

    kind = options.out.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise complain("--out", f"a file that ends in {', '.join(f'.{one}' for one in FORMATS)}", str(options.out))
    if len(options.space) > (2 if options.kind == "versus" else 1):
        raise complain("--space", "one, or two with --kind versus", " ".join(options.space))
    bounds: dict[str, tuple[float, float]] = {
        "--images": (2, 1024),
        "--seed": (0, 2**31 - 1),
        "--width": WIDTH,
        "--height": HEIGHT,
        "--points": POINTS,
        "--dpi": DPI,
        "--smoothing": (0.0, 0.999),
    }
    for name, (low, high) in bounds.items():
        value = getattr(options, name[2:])
        if value is not None and not low <= value <= high:
            raise complain(name, f"from {low:g} to {high:g}", value)
    folders = [run_folder(run) for run in options.runs]
    # Both are kept until the figure is drawn.
    application, translations = QCoreApplication.instance() or QCoreApplication([]), Translations()
    translations.load(options.lang)
    choices = Choices(
        tuple(dict.fromkeys(options.plots)),
        options.x,
        options.smoothing,
        options.log_x,
        options.log_y,
        options.map,
        options.space[0],
        tuple(dict.fromkeys(options.epochs)),
        options.colour_by,
        options.space[1] if len(options.space) > 1 else "",
        options.split,
        options.images,
        options.seed,
        options.order,
        options.operation or "",
        options.up,
        options.across,
    )
    with progress_bar(options.quiet) as report:
        source = source_of(options.kind, folders, choices, lambda share: report(share))
    figure = source.make(parts_of(source, options.on, options.off))
    style = FigureStyle(
        options.width, options.height or 0.0, options.points, options.legend, options.title, options.serif, options.dpi
    )
    if options.height is None:
        style = FigureStyle(**{**style.to_dict(), "height": natural_height(figure, style)})
    answers = EngineAnswers()
    file = answers(DrawFigure(figure, style, kind, path=str(options.out)), lambda share: None, lambda: True)
    if file.missing and not options.quiet:
        print(f"note: No installed font has these characters: {file.missing}", file=sys.stderr)
    translations.load("en")
    del application
    print(f"{options.out}: {style.width:g} x {style.height:g} mm")
    return 0
