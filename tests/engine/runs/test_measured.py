"""The best result of a run is never the untrained encoder's."""

from __future__ import annotations

import json
from pathlib import Path

from engine.events import EvalDone, RunStarted
from engine.runs.measured import measured, read_evals
from engine.runs.reader import METRICS
from engine.runs.run_store import list_runs
from engine.runs.writer import RunWriter


def test_the_best_epoch_is_a_trained_one() -> None:
    assert measured([(0, {"knn": 0.148}), (50, {"knn": 0.09}), (100, {"knn": 0.102})]) == {"best": 0.102, "untrained": 0.148}
    assert measured([(0, {"knn": 0.148})]) == {"best": None, "untrained": 0.148}
    assert measured([(10, {"knn": float("nan")}), (20, {})]) == {"best": None, "untrained": None}


def test_a_run_s_status_has_best_untrained_and_gain(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "config.yaml").write_text("name: a\n")
    with RunWriter(folder) as write:
        write(RunStarted("a", "mae", "shapes", "cpu", "fp32", 0, 100, 10, 8, 80, 1, {}))
        for step, knn in ((0, 0.148), (50, 0.11), (100, 0.102)):
            write(EvalDone(step // 10, step, {"knn": knn}, 0.1))
    status = list_runs(tmp_path)[0].status
    assert (status.best, status.untrained) == (0.11, 0.148)
    assert status.gain is not None
    assert abs(status.gain + 0.046) < 1e-9


def test_a_run_of_an_older_version_is_computed_from_its_metrics(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "config.yaml").write_text("name: a\n")
    (folder / "status.json").write_text(json.dumps({"state": "finished", "step": 100, "steps": 100, "best": 0.148}))
    lines = [{"event": "EvalDone", "step": step, "epoch": 0, "values": {"knn": knn}} for step, knn in ((0, 0.148), (100, 0.102))]
    (folder / METRICS).write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert len(read_evals(folder)) == 2
    assert list_runs(tmp_path)[0].status.best == 0.102
