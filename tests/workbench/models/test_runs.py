"""The model of runs: rows change without resets, colours are kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from engine.events import EvalDone, RunFailed, RunStarted, StepDone
from engine.runs.run_store import Changes, RunSummary
from engine.runs.status import Status
from workbench import theme
from workbench.models.runs import SHOWN_AT_FIRST, RunsModel, duration, share


def summary(name: str, started: float = 0.0, best: float | None = None, state: str = "finished") -> RunSummary:
    status = Status(state=state, step=10, steps=10, method="simclr", data="shapes", best=best, started=started)  # type: ignore[arg-type]
    return RunSummary(Path("/runs") / name, state, status)  # type: ignore[arg-type]


@pytest.fixture
def model(qtmodeltester: ModelTester) -> RunsModel:
    made = RunsModel()
    made.apply(Changes(added=(summary("a", 1.0, 0.4), summary("b", 3.0, 0.6), summary("c", 2.0))))
    return made


def test_the_model_passes_the_qt_model_test(model: RunsModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)


def test_changes_are_applied_without_a_model_reset(model: RunsModel, qtbot: QtBot) -> None:
    resets: list[object] = []
    model.modelReset.connect(lambda: resets.append(1))
    hues = {row.key: row.hue for row in model.rows()}
    model.apply(Changes(changed=(summary("a", 1.0, 0.9),), removed=(Path("/runs/b"),), added=(summary("d", 4.0),)))
    assert resets == []
    assert [Path(row.key).name for row in model.rows()] == ["a", "c", "d"]
    assert model.row("/runs/a").status.best == 0.9  # type: ignore[union-attr]
    assert {row.key: row.hue for row in model.rows() if row.key in hues} == {key: hues[key] for key in ("/runs/a", "/runs/c")}
    assert len({row.hue for row in model.rows()}) == 3


def test_an_unchanged_row_emits_no_signal(model: RunsModel) -> None:
    changed_keys: list[str] = []
    model.rowChanged.connect(changed_keys.append)
    model.apply(Changes(changed=(summary("a", 1.0, 0.4),)))
    assert changed_keys == []


def test_events_update_the_row_of_a_run(model: RunsModel) -> None:
    key = "/runs/a"
    model.feed(key, [RunStarted("a", "byol", "shapes", "cpu", "fp32", 0, 100, 10, 64, 640, 1, {"name": "Mine"})])
    model.feed(
        key, [StepDone(25, 2.5, 3.0, 0.1, 640.0, 5.0), EvalDone(2, 20, {"knn": 0.7}, 0.1), EvalDone(2, 25, {"knn": 0.5}, 0.1)]
    )
    row = model.row(key)
    assert row is not None
    assert (row.title, row.status.method, row.status.progress, row.status.best, row.status.epochs) == (
        "Mine",
        "byol",
        0.25,
        0.7,
        10,
    )
    assert row.seconds_left == 15.0
    model.feed(key, [RunFailed("Out of memory.", "Lower train.batch.", "", 26)])
    assert model.row(key).problem == "Out of memory. Lower train.batch."  # type: ignore[union-attr]


def test_a_job_keeps_its_colour_when_its_folder_was_listed_first(model: RunsModel) -> None:
    model.add_job("job-1", "mine", "simclr", "shapes")
    hue = model.row("job-1").hue  # type: ignore[union-attr]
    assert model.job_changed("job-1", "", "preparing") == "job-1"
    model.apply(Changes(added=(summary("e", 5.0, state="running"),)))
    assert model.job_changed("job-1", "/runs/e", "running") == "/runs/e"
    assert model.row("job-1") is None
    row = model.row("/runs/e")
    assert row is not None
    assert (row.hue, row.state, row.own) == (hue, "running", True)
    assert model.job_changed("/runs/e", "/runs/e", "paused") == "/runs/e"
    assert model.row("/runs/e").state == "paused"  # type: ignore[union-attr]


def test_the_state_of_a_run_of_this_window_is_not_overwritten_from_disk(model: RunsModel) -> None:
    model.add_job("job-1", "mine", "simclr", "shapes")
    model.job_changed("job-1", "/runs/e", "running")
    model.apply(Changes(changed=(summary("e", 5.0, state="interrupted"),)))
    assert model.row("/runs/e").state == "running"  # type: ignore[union-attr]


def test_the_newest_of_many_runs_and_later_ones_are_shown_in_plots() -> None:
    model = RunsModel()
    model.apply(Changes(added=tuple(summary(f"r{number}", float(number)) for number in range(9))))
    assert [row.title for row in model.rows() if row.shown] == ["SimCLR · shapes"] * SHOWN_AT_FIRST
    assert {Path(row.key).name for row in model.rows() if row.shown} == {"r4", "r5", "r6", "r7", "r8"}
    model.apply(Changes(added=(summary("late", 3.0),)))
    assert model.row("/runs/late").shown  # type: ignore[union-attr]
    model.show_only(["/runs/r0", "/runs/late"])
    assert [Path(row.key).name for row in model.rows() if row.shown] == ["r0", "late"]


def test_annotations_of_a_running_run_are_read_from_disk(model: RunsModel) -> None:
    model.add_job("job-1", "mine", "simclr", "shapes")
    model.job_changed("job-1", "/runs/e", "running")
    model.apply(Changes(changed=(replace(summary("e", state="interrupted"), star=True, tags=("x",), notes="n"),)))
    row = model.row("/runs/e")
    assert row is not None
    assert (row.state, row.star, row.tags, row.notes, row.title) == ("running", True, ("x",), "n", "mine")


def test_configs_are_requested_once_and_again_after_the_file_changed(model: RunsModel) -> None:
    requests: list[list[str]] = []
    model.configsWanted.connect(requests.append)
    model.apply(Changes(changed=(replace(summary("a", 1.0), config_time=5),)))
    model.want_configs(["/runs/a", "/runs/b"])
    assert requests == [["/runs/a"]], "b has no config"
    model.take_configs({"/runs/a": {"optim.lr": 0.1}, "/runs/gone": {}})
    model.want_configs(["/runs/a"])
    assert len(requests) == 1
    assert model.config("/runs/a") == {"optim.lr": 0.1}
    assert model.config("/runs/gone") is None
    model.apply(Changes(changed=(replace(summary("a", 1.0), config_time=6),)))
    assert requests[1:] == [["/runs/a"]]
    model.want_configs()
    model.apply(Changes(added=(replace(summary("new"), config_time=1),)))
    assert requests[-1] == ["/runs/new"]


def test_numbers_and_durations_are_formatted() -> None:
    assert [share(value) for value in (0.534, 1.0, None)] == [".534", "1.000", "—"]
    assert [share(value) for value in (-0.046, -1.5, -0.0004)] == ["−.046", "−1.500", ".000"]
    assert [duration(value) for value in (42, 175, 11100)] == ["42 s", "2 min 55 s", "3 h 05 min"]


def hues(model: RunsModel) -> dict[str, int]:
    return {Path(row.key).name: row.hue for row in model.rows()}


def test_colours_do_not_depend_on_the_order_of_the_listing() -> None:
    summaries = [summary(name, started) for name, started in (("c", 3.0), ("a", 1.0), ("b", 2.0))]
    first, second = RunsModel(), RunsModel()
    first.apply(Changes(added=tuple(summaries)))
    second.apply(Changes(added=tuple(reversed(summaries))))
    assert hues(first) == hues(second) == {"a": 0, "b": 1, "c": 2}
    assert first.unsaved_hues() == {f"/runs/{name}": (hue, False) for name, hue in hues(first).items()}
    assert first.unsaved_hues() == {}


def test_stored_colours_are_kept_when_an_older_run_is_removed() -> None:
    model = RunsModel()
    model.set_old_hues({"a": 0, "b": 1})
    model.apply(Changes(added=(summary("d", 4.0), replace(summary("c", 3.0), colour=17), summary("b", 2.0))))
    assert hues(model) == {"b": 1, "c": 17, "d": 18}
    assert model.unsaved_hues() == {"/runs/b": (1, False), "/runs/d": (18, False)}


def test_a_colour_never_changes_whatever_is_shown_and_thirty_runs_have_different_ones() -> None:
    model = RunsModel()
    model.apply(Changes(added=tuple(summary(f"r{number:02d}", float(number)) for number in range(30))))
    before = hues(model)
    newest = [row for row in model.rows() if row.shown]
    count = len(theme.current().hues)
    assert len({row.hue % count for row in newest}) == SHOWN_AT_FIRST
    model.show_only([row.key for row in model.rows()])
    model.show_only(["/runs/r00", "/runs/r10", "/runs/r20"])
    model.remove("/runs/r05")
    model.apply(Changes(added=(summary("late", 99.0),)))
    assert {name: hue for name, hue in hues(model).items() if name != "late"} == {
        name: hue for name, hue in before.items() if name != "r05"
    }
    assert len({theme.current().run_colour(hue) for hue in before.values()}) == 30
    assert hues(model)["late"] % count not in {before[name] % count for name in ("r00", "r10", "r20")}


def test_a_colour_that_another_window_stored_first_is_taken_over(model: RunsModel) -> None:
    model.unsaved_hues()
    model.apply(Changes(changed=(replace(summary("a", 1.0, 0.4), colour=25),)))
    assert hues(model)["a"] == 25
    model.set_hue("/runs/a", 3)
    model.apply(Changes(changed=(replace(summary("a", 1.0, 0.5), colour=25),)))
    assert hues(model)["a"] == 3, "the choice is not on disk yet"
    assert model.unsaved_hues()["/runs/a"] == (3, True)


def test_runs_without_a_name_are_called_by_method_data_and_seed() -> None:
    model = RunsModel()
    status = Status(state="finished", method="vicreg", data="shapes", seed=0)
    model.apply(Changes(added=(RunSummary(Path("/runs/x"), "finished", status),)))
    assert model.rows()[0].title == "VICReg · shapes · s0"
    config = {"train": {"seed": 4}}
    model.feed("/runs/x", [RunStarted("x", "byol", "/data/cats.npz", "cpu", "fp32", 0, 100, 10, 64, 640, 1, config)])
    assert model.rows()[0].title == "BYOL · cats · s4"
    assert model.rows()[0].status.seed == 4
