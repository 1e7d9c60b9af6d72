"""The filter of the list of figures, in the query language of the list of runs. Pure: no Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workbench.models.run_query import Doubt, parse, searchable_text

COLUMNS = ("title", "kind", "runs", "last", "shown")


@dataclass(frozen=True)
class Metric:
    """A figure that runs measure. `name`: as it is recorded ("eval.knn"). `kind`: "loss", "evaluation", "diagnostics" or
    "training". `runs`: how many runs measure it. `last`: its newest value, of any of them. `shown`: whether it has a plot."""

    name: str
    title: str
    kind: str
    runs: int
    last: float | None
    shown: bool


def matching(metrics: Iterable[Metric], text: str) -> tuple[tuple[Metric, ...], tuple[Doubt, ...]]:
    """The figures that pass a filter, and the parts of it that cannot be parsed and are ignored. Words are searched in title, name
    and kind; conditions compare one of COLUMNS ("kind:loss", "runs>1", "is:shown")."""
    query = parse(text, COLUMNS)
    kept = []
    for metric in metrics:
        values = {"title": metric.title, "kind": metric.kind, "runs": metric.runs, "last": metric.last, "shown": metric.shown}
        if query.accepts(searchable_text((metric.title, metric.name, metric.kind)), values.get):
            kept.append(metric)
    return tuple(kept), query.doubts
