"""The queue: order, holding, changes; its file, which survives the process and is not shared by windows; expected times."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.runs.reader import read_config
from engine.search.record import Plan, SearchRun, append, write_plan
from engine.train.resolve import resolve
from tests.workbench.bridge.test_bridge import FakeTrainer
from workbench.bridge import saved_queue
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.bridge import Bridge
from workbench.bridge.queue_questions import EstimateRuns, _PastRuns, _seconds
from workbench.bridge.saved_queue import OLD_FILE, SavedQueue, WaitingRun, read_queues

Make = Callable[..., Bridge]


@pytest.fixture
def bridges(tmp_path: Path, qtbot: QtBot) -> Any:
    made: list[Bridge] = []

    def make(trainer: FakeTrainer | None = None) -> Bridge:
        made.append(Bridge(tmp_path, trainer or FakeTrainer(), lambda *_: None))
        return made[-1]

    yield make
    for bridge in made:
        assert bridge.close(5)


def names(bridge: Bridge) -> list[str]:
    return [run.config["name"] for run in bridge.waiting().values()]


def test_waiting_runs_are_reordered_changed_and_started_in_that_order(bridges: Make, qtbot: QtBot) -> None:
    trainer = FakeTrainer(hold=True)
    bridge = bridges(trainer)
    keys = [bridge.start({"name": name}) for name in "abcd"]
    qtbot.waitUntil(lambda: len(bridge.waiting()) == 3)
    with qtbot.waitSignal(bridge.queueChanged):
        bridge.reorder([keys[3], "gone", keys[0], keys[1]])
    assert names(bridge) == ["d", "b", "c"]
    bridge.change(keys[1], {"name": "other"})
    bridge.withdraw(keys[2])
    assert names(bridge) == ["d", "other"]
    trainer.gate.set()
    qtbot.waitUntil(lambda: trainer.order == ["a", "d", "other"])


def test_held_runs_wait_and_others_pass_them(bridges: Make, qtbot: QtBot) -> None:
    trainer = FakeTrainer()
    bridge = bridges(trainer)
    trainer.gate.clear()
    keys = [bridge.start({"name": name}) for name in "abc"]
    qtbot.waitUntil(lambda: trainer.order == ["a"])
    bridge.hold()
    trainer.gate.set()
    qtbot.waitUntil(lambda: not bridge.busy)
    assert names(bridge) == ["b", "c"]
    bridge.start({"name": "new"})
    qtbot.waitUntil(lambda: trainer.order == ["a", "new"])
    bridge.release([keys[2]])
    qtbot.waitUntil(lambda: trainer.order == ["a", "new", "c"])
    bridge.release()
    qtbot.waitUntil(lambda: trainer.order == ["a", "new", "c", "b"])


def test_a_search_is_one_entry_of_the_queue_that_trains_run_after_run(bridges: Make, qtbot: QtBot, tmp_path: Path) -> None:
    trainer = FakeTrainer(hold=True)
    bridge = bridges(trainer)
    out = write_search(tmp_path)
    folders: list[str] = []
    bridge.jobChanged.connect(lambda job: folders.append(job.folder))
    bridge.start({"name": "a"})
    key = bridge.search(str(out))
    assert bridge.search(str(out)) == key, "it is queued once"
    qtbot.waitUntil(lambda: list(bridge.waiting()) == [key])
    assert bridge.waiting()[key] == WaitingRun(search=str(out))
    bridge.start({"name": "b"})
    trainer.gate.set()
    qtbot.waitUntil(lambda: trainer.order == ["a", "search s 0", "search s 1", "b"])
    qtbot.waitUntil(lambda: not bridge.busy)
    (job,) = (job for job in bridge.jobs() if job.search)
    assert job.state == "finished"
    assert [str(tmp_path / f"s-{number}") in folders for number in range(2)] == [True, True]


def test_a_search_that_trains_when_the_program_ends_is_queued_again_as_a_search(
    bridges: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    trainer = FakeTrainer(hold=True)
    bridge, out = bridges(trainer), write_search(tmp_path)
    bridge.search(str(out), 60.0)
    qtbot.waitUntil(lambda: trainer.order == ["search s 0"])
    bridge.save_queue()
    assert read_queues(tmp_path) == (WaitingRun(search=str(out), seconds=60.0),)
    bridge.stop()
    qtbot.waitUntil(lambda: not bridge.busy)
    assert next(job.state for job in bridge.jobs()) == "stopped"
    assert trainer.order == ["search s 0"]


def write_search(root: Path) -> Path:
    base = {"method": {"id": "simclr"}, "data": {"source": "shapes"}, "train": {"device": "cpu"}}
    write_plan(root / "s", Plan(base, ("optim.lr=0.001..0.1 log",), budget=4))
    return root / "s"


def test_the_time_of_a_search_goes_by_its_runs_that_have_ended(tmp_path: Path) -> None:
    out = write_search(tmp_path)
    run = WaitingRun(search=str(out), seconds=77.0)
    assert _seconds(run, _PastRuns()) == 77.0
    for number, seconds in enumerate((10.0, 30.0)):
        append(out, SearchRun("cmaes", number, reward=0.5, seconds=seconds), "reward", "seconds")
    assert _seconds(run, _PastRuns()) == 7 * 20.0
    assert _seconds(WaitingRun(search=str(tmp_path / "gone")), _PastRuns()) is None


def test_the_queue_of_a_killed_process_is_taken_over_once(bridges: Make, qtbot: QtBot, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from workbench.bridge.saved_queue import SavedQueue, WaitingRun\n"
        "SavedQueue(Path(sys.argv[1])).write([WaitingRun({'name': 'a'}, seconds=3.5), WaitingRun(folder='b', more_epochs=2)])\n"
        "import os; os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    first, second = bridges(), bridges()
    assert list(first.waiting().values()) == [WaitingRun({"name": "a"}, seconds=3.5), WaitingRun(folder="b", more_epochs=2)]
    assert second.waiting() == {}
    assert all(job.held for job in first.jobs())
    assert len(read_queues(tmp_path)) == 2


def test_two_windows_keep_their_queues_apart(bridges: Make, qtbot: QtBot, tmp_path: Path) -> None:
    one, other = bridges(FakeTrainer(hold=True)), bridges(FakeTrainer(hold=True))
    for bridge, prefix in ((one, "a"), (other, "b")):
        for number in range(2):
            bridge.start({"name": f"{prefix}{number}"})
        qtbot.waitUntil(lambda bridge=bridge: len(bridge.waiting()) == 1)
        bridge.hold()
        bridge.save_queue()
    one.stop()
    qtbot.waitUntil(lambda: one.current() is None)
    assert one.close(5)
    assert names(bridges()) == ["a1"], "that of the other window, which is open, is left alone"
    assert names(other) == ["b1"]


def test_a_queue_of_an_earlier_version_is_taken_over_and_a_damaged_one_is_left_out(tmp_path: Path) -> None:
    (tmp_path / OLD_FILE).write_text(json.dumps({"runs": [{"config": {"name": "a"}, "folder": "", "more_epochs": 0}]}))
    queue = SavedQueue(tmp_path)
    assert queue.take_over() == (WaitingRun({"name": "a"}),)
    assert not (tmp_path / OLD_FILE).exists()
    queue.write([])
    assert list(tmp_path.iterdir()) == []
    queue.close()
    damaged = '{"runs": [{"more_epochs": -1}]}'
    (tmp_path / OLD_FILE).write_text(damaged)
    assert SavedQueue(tmp_path).take_over() == ()
    (kept,) = tmp_path.iterdir()
    assert "broken" in kept.name
    assert kept.read_text() == damaged
    assert SavedQueue(tmp_path).take_over() == ()


def test_runs_taken_over_on_a_full_disk_come_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, *, durable: bool = True) -> Path:
        raise OSError(28, "No space left on device")

    (tmp_path / OLD_FILE).write_text(json.dumps({"runs": [{"config": {"name": "a"}}]}))
    queue = SavedQueue(tmp_path)
    with monkeypatch.context() as disk:
        disk.setattr(saved_queue, "atomic_write", full)
        assert queue.take_over() == (WaitingRun({"name": "a"}),)
    assert read_queues(tmp_path) == (WaitingRun({"name": "a"}),), "they are not lost if the program is killed now"
    queue.write([WaitingRun({"name": "a"}), WaitingRun({"name": "b"})])
    assert [run.config["name"] for run in read_queues(tmp_path)] == ["a", "b"]
    queue.write([])
    queue.close()
    assert SavedQueue(tmp_path).take_over() == ()


def test_a_queue_of_another_machine_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / ".queue-00000000-1-1-0.json"
    path.write_text(json.dumps({"runs": [{"config": {"name": "a"}}]}))
    assert SavedQueue(tmp_path).take_over() == ()
    assert path.exists()


def test_times_come_from_past_runs_with_the_same_settings_then_from_the_dry_run(tmp_path: Path) -> None:
    from engine.execute.devices import with_threads
    from engine.runs.run_folder import create_folder
    from engine.runs.status import read_status_file, write_status

    draft = {"method": {"id": "simclr"}, "data": {"source": "shapes", "count": 64}, "train": {"device": "cpu", "epochs": 4}}
    folder = create_folder(tmp_path, with_threads(resolve(draft)))
    past = {"state": "finished", "step": 40, "steps": 40, "epoch": 4.0, "epochs": 4, "seconds": 20.0}
    write_status(folder, read_status_file(folder).__class__(**{**read_status_file(folder).__dict__, **past}))
    assert read_config(folder)["method"]["id"] == "simclr"
    other = {**draft, "data": {"source": "shapes", "count": 128}}
    runs = (
        WaitingRun({**draft, "name": "x", "train": {"device": "cpu", "epochs": 8, "seed": 3}}),
        WaitingRun(other),
        WaitingRun(other, seconds=77.0),
        WaitingRun({"method": {"id": "no such"}}, seconds=5.0),
        WaitingRun(folder=str(folder), more_epochs=2),
        WaitingRun(folder=str(tmp_path / "gone")),
    )
    answers = EngineAnswers()
    assert answers(EstimateRuns(tmp_path, runs), lambda share: None, lambda: True) == (40.0, None, 77.0, None, 10.0, None)
    answers.close()
