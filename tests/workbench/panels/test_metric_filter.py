"""The filter over the figures that runs measure."""

from __future__ import annotations

import pytest

from workbench.panels.curves.metric_filter import Metric, matching

METRICS = (
    Metric("loss", "Loss", "loss", 3, 4.2, True),
    Metric("terms.positive", "Positive", "loss", 1, -0.3, False),
    Metric("eval.knn", "kNN, validation", "evaluation", 3, 0.53, True),
    Metric("diagnostics.rank_embedding", "Effective rank, projector", "diagnostics", 2, 40.0, False),
    Metric("eval.task", "Pretext task, validation", "evaluation", 1, None, False),
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["loss", "terms.positive", "eval.knn", "diagnostics.rank_embedding", "eval.task"]),
        ("RANK", ["diagnostics.rank_embedding"]),
        ("rank_emb", ["diagnostics.rank_embedding"]),
        ("validation knn", ["eval.knn"]),
        ("-validation", ["loss", "terms.positive", "diagnostics.rank_embedding"]),
        ('"pretext task"', ["eval.task"]),
        ("kind:loss", ["loss", "terms.positive"]),
        ("runs>1 -kind:loss", ["eval.knn", "diagnostics.rank_embedding"]),
        ("last<0.6", ["terms.positive", "eval.knn"]),
        ("is:shown", ["loss", "eval.knn"]),
        ("nothing", []),
    ],
)
def test_figures_are_found_as_runs_are(text: str, names: list[str]) -> None:
    kept, doubts = matching(METRICS, text)
    assert [metric.name for metric in kept] == names
    assert doubts == ()


def test_what_is_not_understood_is_reported_and_ignored() -> None:
    kept, doubts = matching(METRICS, "colour:red kind:loss")
    assert [metric.name for metric in kept] == ["loss", "terms.positive"]
    assert [doubt.token for doubt in doubts] == ["colour"]
