"""The table of several evaluated runs says where they are of different data."""

from __future__ import annotations

from pathlib import Path

from engine.cli.evaluate_commands import _table
from engine.evaluate.several_runs import Outcome
from engine.runs.evaluation import Figure


def outcome(name: str, data: str, digest: str, share: float) -> Outcome:
    figures = {"knn": Figure("knn", share, 0.2, 100, "how")}
    return Outcome(Path(name), "evaluated", figures, data, 100, digest=digest)


def test_runs_on_the_same_images_have_one_best_and_no_note() -> None:
    lines = _table([outcome("a", "photos", "1", 0.5), outcome("b", "photos", "1", 0.6)], ["knn"])
    assert [line.endswith("*") for line in lines[1:3]] == [False, True]
    assert not any(line.startswith("note") for line in lines)


def test_two_sets_of_one_name_are_told_apart() -> None:
    runs = [outcome("a", "photos", "1", 0.5), outcome("b", "photos", "2", 0.6), outcome("c", "photos", "1", 0.4)]
    lines = _table(runs, ["knn"])
    assert [line.split("  ")[1].strip() for line in lines[1:4]] == ["photos", "photos (2)", "photos"]
    assert [line.endswith("*") for line in lines[1:4]] == [True, True, False]
    assert lines[-1] == "note: these runs are of 2 different data sets. Compare only runs on the same one."


def test_a_run_that_failed_counts_for_no_data() -> None:
    failed = Outcome(Path("b"), "failed", words="No checkpoint.")
    assert not any(line.startswith("note") for line in _table([outcome("a", "photos", "1", 0.5), failed], ["knn"]))
