"""The list of runs: fast, complete despite an invalid folder, and correct about which runs are alive."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

import engine.runs.run_store as store_module
from engine.config.errors import ConfigError
from engine.config.run import DataConfig, MethodChoice, RunConfig
from engine.events import RunEnded, RunStarted
from engine.runs.evaluation import Evaluated, Figure, write_evaluation
from engine.runs.reader import read_config, read_metrics, read_status
from engine.runs.run_folder import create_folder, default_root
from engine.runs.run_store import About, RunStore, annotate, list_runs, read_about, rename, to_bin
from engine.runs.status import STALE_SECONDS, Status, settle, this_process, write_status
from engine.runs.writer import RunWriter


def finished(root: Path, **more: str) -> Path:
    folder = create_folder(root, RunConfig(**more))
    with RunWriter(folder) as write:
        write(RunStarted("r", "simclr", "shapes", "cpu", "fp32", 0, 40, 10, 8, 80, 1234, {}))
        write(RunEnded("finished", 40, 5.0))
    return folder


def test_folder_names_have_method_and_data_and_are_unique(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter(["aaaa", "aaaa", "bbbb"])
    monkeypatch.setattr("engine.runs.run_folder.secrets", SimpleNamespace(token_hex=lambda _: next(draws)))
    config = RunConfig(method=MethodChoice(id="moco_v2"), data=DataConfig(source="../shared/My data.npz"))
    first, second = create_folder(tmp_path, config), create_folder(tmp_path, config)
    assert first.name.endswith("_moco-v2_my-data_aaaa")
    assert second.name.endswith("_bbbb")


def test_an_unwritable_runs_folder_is_refused_with_a_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match=r"^runs folder must be writable\. Got '.*file/runs'\. .*--runs"):
        create_folder(tmp_path / "file" / "runs", RunConfig())


def test_the_environment_variable_sets_the_runs_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PARALLAX_RUNS", str(tmp_path))
    assert default_root() == tmp_path
    monkeypatch.delenv("PARALLAX_RUNS")
    assert default_root().name == "runs"


def test_a_broken_folder_is_listed_with_its_problem(tmp_path: Path) -> None:
    good = finished(tmp_path)
    torn = finished(tmp_path)
    (torn / "status.json").write_text('{"state": "run')
    odd = finished(tmp_path)
    (odd / "status.json").write_text('{"state": "running", "tags": 3}')
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "config.yaml").write_text("method: {id: byol}\nname: x\n")
    mad = tmp_path / "mad"
    mad.mkdir()
    (mad / "config.yaml").write_text("method: [")
    (tmp_path / "not a run").mkdir()
    (tmp_path / "a file").write_text("")
    (tmp_path / ".bin").mkdir()
    rows = {row.folder.name: row for row in list_runs(tmp_path)}
    assert set(rows) == {good.name, torn.name, odd.name, "bare", "mad"}
    assert rows[good.name].state == "finished"
    assert {name for name, row in rows.items() if row.state == "broken"} == {torn.name, odd.name, "mad"}
    assert all(bool(row.problem) == (row.state == "broken") for row in rows.values())
    assert (rows["bare"].state, rows["bare"].status.method, rows["bare"].title) == ("interrupted", "byol", "x")
    assert list_runs(tmp_path / "nowhere") == []


def test_refresh_reads_only_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = finished(tmp_path), finished(tmp_path)
    store = RunStore(tmp_path)
    assert {row.folder for row in store.refresh().added} == {first, second}
    read: list[Path] = []
    summary = store_module._summary
    monkeypatch.setattr(store_module, "_summary", lambda folder: (read.append(folder), summary(folder))[1])
    assert not store.refresh()
    assert read == []
    rename(first, "mine")
    changes = store.refresh()
    assert read == [first]
    assert [(row.folder, row.title) for row in changes.changed] == [(first, "mine")]
    assert not changes.added
    second.rename(tmp_path / ".away")
    assert store.refresh().removed == (second,)
    assert [row.folder for row in store.runs] == [first]


def test_a_run_whose_process_died_is_interrupted_without_a_change_of_its_files(tmp_path: Path) -> None:
    folder = create_folder(tmp_path, RunConfig())
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    import psutil

    status = Status(state="running", heartbeat=time.time(), **{**this_process(), "pid": process.pid})
    write_status(folder, dataclasses.replace(status, born=psutil.Process(process.pid).create_time()))
    store = RunStore(tmp_path)
    assert [row.state for row in store.refresh().added] == ["running"]
    process.communicate(b"\n")
    assert [row.state for row in store.refresh().changed] == ["interrupted"]
    assert not store.refresh()
    assert read_status(folder).state == "interrupted"


def test_a_reused_pid_does_not_make_a_run_alive() -> None:
    status = Status(state="running", heartbeat=time.time(), **this_process())
    assert settle(status).state == "running"
    assert settle(dataclasses.replace(status, born=status.born - 3600)).state == "interrupted"


def test_an_old_heartbeat_means_interrupted_also_on_another_machine() -> None:
    now = time.time()
    mine = Status(state="paused", heartbeat=now, **this_process())
    assert settle(mine, now + STALE_SECONDS + 1).state == "interrupted"
    theirs = dataclasses.replace(mine, host="elsewhere", pid=2**22 + 1)
    assert settle(theirs, now + 1).state == "paused"
    assert settle(theirs, now + STALE_SECONDS + 1).state == "interrupted"
    assert settle(dataclasses.replace(mine, state="finished"), now + 1e6).state == "finished"


def test_a_status_of_a_newer_version_is_read(tmp_path: Path) -> None:
    folder = finished(tmp_path)
    values = json.loads((folder / "status.json").read_text())
    (folder / "status.json").write_text(json.dumps(values | {"phase of the moon": 3}))
    assert read_status(folder).state == "finished"
    (folder / "status.json").write_text("[]")
    with pytest.raises(ConfigError, match=r"status\.json must be"):
        read_status(folder)


def test_renaming_does_not_change_the_config(tmp_path: Path) -> None:
    folder = finished(tmp_path, name="given", notes="n")
    before = (folder / "config.yaml").read_bytes()
    rename(folder, "  better  ")
    annotate(folder, tags=("a", "b"), star=True)
    (row,) = list_runs(tmp_path)
    assert (row.name, row.notes, row.tags, row.star) == ("better", "n", ("a", "b"), True)
    assert (folder / "config.yaml").read_bytes() == before
    assert read_config(folder)["name"] == "given"
    (folder / "about.yaml").write_text("[")
    assert read_about(folder).name is None
    assert list_runs(tmp_path)[0].name == "given"
    with pytest.raises(ConfigError, match="run must be a run folder"):
        rename(tmp_path, "x")


def test_a_deleted_run_is_moved_to_the_system_s_bin_or_a_bin_folder(tmp_path: Path) -> None:
    first, second, third = finished(tmp_path), finished(tmp_path), finished(tmp_path)
    thrown: list[str] = []

    def system(path: str) -> None:
        thrown.append(path)
        Path(path).rename(tmp_path / ".system")

    assert to_bin(first, system) is None
    assert thrown == [str(first)]

    def none(path: str) -> None:
        raise PermissionError("no bin on this disk")

    destination = to_bin(second, none)
    assert destination == tmp_path / ".bin" / second.name
    assert read_config(destination)
    assert not second.exists()
    third.rename(second)
    assert to_bin(second, none) == tmp_path / ".bin" / f"{second.name}.1"
    assert list_runs(tmp_path) == []


def test_running_runs_and_other_folders_are_not_deleted(tmp_path: Path) -> None:
    folder = create_folder(tmp_path, RunConfig())
    with pytest.raises(ConfigError, match="must be stopped before it is deleted"):
        to_bin(folder)
    plain = tmp_path / "photos"
    plain.mkdir()
    with pytest.raises(ConfigError, match="must be a run folder"):
        to_bin(plain)
    assert plain.exists()


def test_a_finished_run_costs_one_stat_call_and_no_change_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [finished(tmp_path) for _ in range(store_module.TURNS)]
    for folder in folders:
        os.utime(folder, (1, 1))
    monkeypatch.setattr(store_module, "SETTLED_SECONDS", -1.0)
    store = RunStore(tmp_path)
    store.refresh()
    looked: list[str] = []
    stamp = store_module._stamp
    monkeypatch.setattr(store_module, "_stamp", lambda folder: (looked.append(folder), stamp(folder))[1])
    assert not store.refresh()
    assert len(looked) == 1
    rename(folders[3], "replaced")
    assert [row.title for row in store.refresh().changed] == ["replaced"]
    # Overwritten in place, which does not change the folder's modification time.
    (folders[5] / "about.yaml").write_text("name: in place\n")
    os.utime(folders[5], (1, 1))
    titles = [row.title for _ in range(store_module.TURNS) for row in store.refresh().changed]
    assert titles == ["in place"]


def test_evaluation_results_are_columns_of_the_run(tmp_path: Path) -> None:
    folder = finished(tmp_path)
    store = RunStore(tmp_path)
    (row,) = store.refresh().added
    assert row.evaluation == {}
    assert row.config_time == (folder / "config.yaml").stat().st_mtime_ns
    head = Evaluated("r", "simclr", "shapes", "d", "resnet10_narrow", 4, 0.25, {"test": 10}, 32)
    figure = Figure("linear", 0.75, 0.5, 100, "frozen features, logistic regression")
    write_evaluation(folder, head.with_figure(None, figure).with_figure(3, dataclasses.replace(figure, trained=0.1)))
    assert [row.evaluation for row in store.refresh().changed] == [{"linear": 0.75}]
    (folder / "evaluation.json").write_text("{")
    assert [row.evaluation for row in store.refresh().changed] == [{}]


def test_annotations_of_others_are_kept_and_a_broken_file_is_not_overwritten(tmp_path: Path) -> None:
    folder = finished(tmp_path)
    (folder / "about.yaml").write_text("colour of the door: blue\nnotes: mine\n")
    annotate(folder, tags=("a",))
    annotate(folder, star=True)
    text = (folder / "about.yaml").read_text()
    assert "colour of the door: blue" in text
    assert read_about(folder) == About(name=None, notes="mine", tags=("a",), star=True)
    assert annotate(folder, tags=()).tags == ()
    (folder / "about.yaml").write_text("notes: [half a li")
    with pytest.raises(ConfigError, match="Fix the file, or delete it"):
        annotate(folder, star=False)
    assert (folder / "about.yaml").read_text() == "notes: [half a li"
    assert [path.name for path in folder.iterdir() if path.name.startswith(".about")] == []


def test_annotating_a_run_in_training_loses_no_event(tmp_path: Path) -> None:
    folder = create_folder(tmp_path, RunConfig())
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline()
    for number in range(30):
        annotate(folder, notes=f"note {number}")
        annotate(folder, tags=(f"tag {number}",), star=number % 2 == 0)
    writer.communicate(b"\n")
    steps = [event["step"] for event in read_metrics(folder)[0] if event["event"] == "StepDone"]
    assert steps == list(range(1, 201))
    (row,) = list_runs(tmp_path)
    assert (row.state, row.status.step, row.notes, row.tags, row.star) == ("finished", 200, "note 29", ("tag 29",), False)


WRITER = """
import sys
from pathlib import Path
from engine.events import RunEnded, RunStarted, StepDone
from engine.runs.writer import RunWriter
with RunWriter(Path(sys.argv[1])) as write:
    write(RunStarted("r", "simclr", "shapes", "cpu", "fp32", 0, 200, 10, 8, 80, 1234, {}))
    print("begun", flush=True)
    for step in range(1, 201):
        write(StepDone(step, step / 10, 1.0, 0.1, 100.0, step / 100))
        if step == 150:
            input()
    write(RunEnded("finished", 200, 2.0))
"""


BAD_STATUS = (
    '{"state": "finished", "step": 1e999}',
    '{"state": "finished", "seconds": "NaN"}',
    '{"state": "finished", "seconds": NaN}',
    '{"state": "finished", "started": 1e300}',
    '{"state": "finished", "step": -1}',
    '{"state": "running", "pid": 1e30}',
    '{"state": "finished", "step": ' + "9" * 5000 + "}",
    '{"state": "finished", "name": ["x"]}',
    '{"state": ["finished"]}',
    "[" * 100_000,
    "\0",
    "",
)


@pytest.mark.parametrize("text", BAD_STATUS)
def test_an_invalid_status_is_the_error_of_one_run(tmp_path: Path, text: str) -> None:
    good, bad = finished(tmp_path), finished(tmp_path)
    (bad / "status.json").write_text(text)
    rows = {row.folder: row for row in list_runs(tmp_path)}
    assert rows[good].state == "finished"
    assert rows[good].problem == ""
    assert rows[bad].state == "broken"
    assert rows[bad].problem.isprintable()
    assert rows[bad].problem
    with pytest.raises(ConfigError, match="Delete the file"):
        read_status(bad)


@pytest.mark.parametrize("file", ["about.yaml", "evaluation.json"])
@pytest.mark.parametrize("text", ["notes: 2024-13-45", "[" * 200, "\x00", "a: &a [*a]", '{"figures": {"last": [{}]}}', "\xff"])
def test_a_run_with_unreadable_notes_or_results_is_listed_with_an_error(tmp_path: Path, file: str, text: str) -> None:
    folder = finished(tmp_path, name="mine")
    (folder / file).write_bytes(text.encode("latin-1"))
    (row,) = list_runs(tmp_path)
    assert (row.state, row.title) == ("finished", "mine")
    if not (file == "about.yaml" and text.startswith("{")):
        assert file in row.problem


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_pipes_instead_of_a_run_s_files_do_not_block(tmp_path: Path) -> None:
    folder = finished(tmp_path)
    for name in ("status.json", "about.yaml", "evaluation.json"):
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)
    (row,) = list_runs(tmp_path)
    assert row.state == "broken"


def test_names_have_one_line_and_no_control_characters(tmp_path: Path) -> None:
    folder = finished(tmp_path, name="from\x1b[31m the config", tags=("a\x07",))
    (row,) = list_runs(tmp_path)
    assert (row.name, row.tags) == (r"from\x1b[31m the config", (r"a\x07",))
    (folder / "about.yaml").write_text('name: "two\\nlines"\nnotes: "two\\nlines\\e"\ntags: [[1], "x\\e"]\nstar: "yes"\n')
    about = read_about(folder)
    assert about == About(name=r"two\nlines", notes="two\nlines\\x1b", tags=(r"x\x1b",), star=False)
