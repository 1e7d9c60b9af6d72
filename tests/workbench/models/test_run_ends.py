"""Titles and notices of runs."""

from __future__ import annotations

from dataclasses import replace

from engine.runs.status import Status
from workbench.models.run_ends import end_text, percent_of, queue_end, queue_text, window_title
from workbench.models.runs import RunRow

RUN = RunRow("k", "k", "VICReg · shapes · s0", "running", Status(step=42, steps=100, seconds=125.0))


def test_the_title_has_the_percentage_of_the_run_that_trains() -> None:
    assert window_title(RUN, "running") == "42 % VICReg · shapes · s0 - Parallax"
    assert window_title(RUN, "paused") == "paused 42 % VICReg · shapes · s0 - Parallax"
    assert window_title(replace(RUN, status=Status()), "preparing") == "… VICReg · shapes · s0 - Parallax"
    assert window_title(None, "") == "Parallax"
    assert len(window_title(replace(RUN, title="x" * 200), "running")) < 90


def test_the_badge_is_the_percentage_and_gone_without_a_run() -> None:
    assert [percent_of(run) for run in (RUN, replace(RUN, status=Status()), None)] == [42, 1, 0]


def test_the_end_of_a_run_says_its_time_and_result() -> None:
    done = Status(step=100, steps=100, seconds=125.0, best=0.534, untrained=0.448, last_eval={"knn": 0.53})
    assert end_text(replace(RUN, state="finished", status=done)) == (
        "VICReg · shapes · s0 has finished in 2 min 05 s. Best kNN .534 (+.082)."
    )
    assert end_text(replace(RUN, state="finished")) == "VICReg · shapes · s0 has finished in 2 min 05 s."
    assert end_text(replace(RUN, state="failed", problem="Out of memory.")) == "VICReg · shapes · s0 has failed: Out of memory."
    assert end_text(replace(RUN, state="stopped")) == "VICReg · shapes · s0 was stopped at step 42."


def test_the_end_of_the_queue_counts_its_runs() -> None:
    assert queue_text(queue_end(["finished", "failed", "finished"])) == "The queue is done: 2 finished, 1 failed."
