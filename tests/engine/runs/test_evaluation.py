"""A run's stored evaluation results: written, read, and out of date when the run was continued."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from engine.config.run import RunConfig
from engine.runs.evaluation import FILE, Evaluated, Figure, keep_figure, read_evaluation, stale
from engine.runs.run_folder import create_folder
from engine.runs.status import Status, write_status

HEAD = Evaluated("run", "simclr", "world", "d1", "resnet10_narrow", 3, 0.4, {"train": 72, "validation": 24, "test": 24}, 16)
FIGURE = Figure("knn", 0.5, 0.3, 72, "words", {"l2": 0.1}, {}, ("a note",), step=8, date=1000.0, seconds=2.5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = create_folder(tmp_path, RunConfig())
    (made / "checkpoints" / "last.pt").write_bytes(b"x")
    os.utime(made / "checkpoints" / "last.pt", (900.0, 900.0))
    write_status(made, Status(state="finished", step=8, steps=8))
    return made


def test_results_are_added_and_read(folder: Path) -> None:
    assert read_evaluation(folder) is None
    other = Figure("finetune_1", 0.6, 0.2, 3, "other words", {"rate": 0.05}, {"rate": 0.8})
    keep_figure(folder, HEAD, None, FIGURE)
    keep_figure(folder, HEAD, 4, other)
    kept = keep_figure(folder, HEAD, None, other)
    evaluation = read_evaluation(folder)
    assert evaluation == kept
    assert evaluation is not None
    assert (evaluation.at(None), evaluation.at(4), evaluation.at(2)) == (
        {"knn": FIGURE, "finetune_1": other},
        {"finetune_1": other},
        {},
    )
    assert evaluation.at(None)["knn"].gain == pytest.approx(0.2)
    assert [path.name for path in folder.glob(".*")] == []


def test_a_new_result_replaces_an_older_one_and_other_data_replace_all(folder: Path) -> None:
    keep_figure(folder, HEAD, None, FIGURE)
    keep_figure(folder, HEAD, None, replace(FIGURE, trained=0.9))
    evaluation = keep_figure(folder, replace(HEAD, digest="d2"), 4, FIGURE)
    assert set(evaluation.figures) == {4}
    keep_figure(folder, replace(HEAD, digest="d2"), 4, replace(FIGURE, trained=0.9))
    again = read_evaluation(folder)
    assert again is not None
    assert again.at(4)["knn"].trained == 0.9


def test_a_figure_with_an_error_of_its_own_can_be_below_0_and_a_share_cannot(folder: Path) -> None:
    figure = replace(FIGURE, part="regression_r2", trained=-2.5, untrained=-0.1, error=1.5, by_class={"age": -5.0})
    keep_figure(folder, HEAD, None, figure)
    kept = read_evaluation(folder)
    assert kept is not None
    assert kept.at(None)["regression_r2"] == figure
    text = (folder / FILE).read_text(encoding="utf-8")
    for wrong in (text.replace("1.5", "null"), text.replace("-2.5", "2.5"), text.replace("1.5", "-1.5")):
        assert wrong != text
        (folder / FILE).write_text(wrong, encoding="utf-8")
        assert read_evaluation(folder) is None


def test_damaged_and_unknown_files_count_as_missing(folder: Path) -> None:
    keep_figure(folder, HEAD, None, FIGURE)
    whole = (folder / FILE).read_text()
    for text in (whole[:50], "[]", "{}", whole.replace('"chance": 0.4', '"chance": null'), whole.replace('"step"', '"stop"')):
        (folder / FILE).write_text(text)
        assert read_evaluation(folder) is None


def test_a_result_is_stale_when_the_run_was_continued(folder: Path) -> None:
    assert not stale(folder, FIGURE)
    newer = folder / "checkpoints" / "last.pt"
    os.utime(newer, (2000.0, 2000.0))
    assert not stale(folder, FIGURE)  # a copied folder: newer files, the same step
    write_status(folder, Status(state="finished", step=12, steps=12))
    assert stale(folder, FIGURE)
    os.utime(newer, (900.0, 900.0))
    assert not stale(folder, FIGURE)  # it is training and has not written a checkpoint since
    newer.unlink()
    assert not stale(folder, FIGURE)
