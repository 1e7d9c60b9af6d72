"""Panels of other packages, found by their entry points; see `workbench.panel` for how a package declares one."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from workbench.panel import PanelRow, check_row

GROUP = "parallax.panels"


@dataclass(frozen=True)
class PluginError:
    """An entry point that gave no panel. `source`: the entry point and its distribution; `message`: the reason; `trace`: the
    traceback."""

    source: str
    message: str
    trace: str


def plugin_rows(
    rows: Sequence[PanelRow], workspaces: Sequence[str], points: Iterable[EntryPoint] | None = None
) -> tuple[tuple[PanelRow, ...], tuple[PluginError, ...]]:
    """`rows` with those of the entry points behind them, and what could not be loaded. A package that raises when it is imported,
    or whose row does not fit the table, adds nothing and stops no other. `points`: in place of the installed ones."""
    table, errors = list(rows), []
    for point in entry_points(group=GROUP) if points is None else points:
        try:
            table.append(check_row(point.load(), table, workspaces))
        except Exception as error:  # a package of somebody else may raise anything when it is imported
            source = f"{point.name} = {point.value}" + (f" ({point.dist.name})" if point.dist is not None else "")
            errors.append(PluginError(source, f"{type(error).__name__}: {error}", traceback.format_exc()))
    return tuple(table), tuple(errors)
