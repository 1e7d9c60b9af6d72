"""The engine on another machine, over a plain pipe in place of ssh's: questions, copies of runs, cuts, hostile bytes."""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

import workbench.bridge
from engine.config.errors import ConfigError
from engine.events import Event, RunEnded, RunStarted, StepDone
from engine.runs.reader import read_metrics, read_status
from engine.runs.run_store import annotate, read_about
from engine.serve.codec import answer_of, unsendable
from engine.serve.frames import GREETING, WrongBytes
from engine.serve.run_files import FilePart, Gone
from engine.serve.run_process import LiveRuns
from engine.train.control import Control
from tests.loopback_ssh import loopback, missing
from tests.workbench.build_window import build_window
from workbench.bridge import remote_host
from workbench.bridge.bridge import Bridge
from workbench.bridge.data_questions import SurveyData
from workbench.bridge.evaluate_questions import ReadEvaluations
from workbench.bridge.export_questions import ExportEncoder
from workbench.bridge.map_questions import MapSnapshot
from workbench.bridge.question import Question, Where
from workbench.bridge.remote_answers import RemoteAnswers
from workbench.bridge.remote_host import HostState, RemoteHost, ssh_command
from workbench.bridge.remote_trainer import RemoteTrainer
from workbench.bridge.run_copies import RunCopies
from workbench.bridge.run_questions import ReadConfigs
from workbench.bridge.served import NAME, served_kinds
from workbench.bridge.view_questions import PreviewViews

CONFIG: dict[str, Any] = {
    "method": {"id": "simclr"},
    "data": {"source": "shapes", "count": 60},
    "train": {"batch": 8, "steps": 100_000, "threads": 1, "device": "cpu"},
    "monitor": {"knn_images": 20, "embed_images": 20, "pictures": False},
}


def wait_for(true: Callable[[], object], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """The folder of runs of the other machine, with one run."""
    run = tmp_path / "there" / "run"
    (run / "checkpoints").mkdir(parents=True)
    (run / "config.yaml").write_text("method:\n  id: simclr\n")
    (run / "checkpoints" / "last.pt").write_bytes(b"12345")
    (run / "metrics.jsonl").write_text('{"event":"EpochDone","time":1.0,"epoch":1,"step":4,"loss":2.0,"seconds":1.0}\n')
    return run.parent


@pytest.fixture
def connect(tmp_path: Path, there: Path) -> Iterator[Callable[..., RemoteHost]]:
    made: list[RemoteHost] = []

    def make(command: list[str] | None = None, **callbacks: Any) -> RemoteHost:
        command = command or [sys.executable, "-P", "-m", "engine", "serve", "--questions", NAME, "--runs", str(there)]
        made.append(RemoteHost("gpu", command, tmp_path / "here", **callbacks))
        made[-1].start()
        return made[-1]

    yield make
    for host in made:
        host.close()


def subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


def all_questions() -> list[type[Question[Any]]]:
    for module in pkgutil.iter_modules(workbench.bridge.__path__):
        if module.name.endswith("_questions"):
            importlib.import_module(f"workbench.bridge.{module.name}")
    kinds = (kind for kind in subclasses(Question) if not inspect.isabstract(kind) and kind.__module__.startswith("workbench."))
    return sorted(kinds, key=lambda kind: kind.__name__)


def test_every_question_travels_with_its_answer_or_says_where_it_is_answered() -> None:
    served = served_kinds()
    kinds = all_questions()
    assert len(kinds) > 50
    for kind in kinds:
        assert (kind.where is Where.ENGINE) == (kind.__name__ in served), kind
        if kind.where is Where.ENGINE:
            assert not unsendable(kind), (kind, unsendable(kind))
            assert not unsendable(answer_of(kind)), (kind, unsendable(answer_of(kind)))
    assert {kind.__name__ for kind in kinds if kind.where is Where.WINDOW} == {
        "DrawFigure",
        "ListManualPages",
        "ReadConfigs",
        "ReadLog",
        "ReadManualPage",
        "ReadMetrics",
    }


def test_the_table_of_questions_loads_neither_qt_nor_torch() -> None:
    module = NAME.partition(":")[0]
    code = f"import sys, {module}; print([name for name in ('PySide6', 'torch') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_questions_runs_and_notes_go_over_the_pipe(connect: Callable[..., RemoteHost], there: Path, tmp_path: Path) -> None:
    states: list[HostState] = []
    host = connect(changed=states.append)
    answers, run, back = RemoteAnswers(host), host.root / "run", there / "run"
    wanted, progress = (lambda: True), (lambda share: None)
    # The question names the run by the folder of its copy, and so does the answer; the engine gets that of its own machine.
    kept = answers(ReadEvaluations((str(run),)), progress, wanted)
    assert list(kept) == [str(run)]
    assert kept[str(run)].checkpoint
    assert kept[str(run)].evaluation is None
    # Files of the list of runs are copied; a checkpoint has its name and no content.
    wait_for(lambda: (run / "metrics.jsonl").is_file())
    assert (run / "checkpoints" / "last.pt").read_bytes() == b""
    assert answers(ReadConfigs((str(run),)), progress, wanted)[str(run)]["method"] == {"id": "simclr"}
    # Notes are changed here and there.
    annotate(run, name="mine", notes="seen")
    wait_for(lambda: read_about(back).name == "mine")
    annotate(back, name="theirs")
    wait_for(lambda: read_about(run).name == "theirs")
    with (back / "metrics.jsonl").open("a") as file:
        file.write('{"event":"EpochDone","time":2.0,"epoch":2,"step":8,"loss":1.0,"seconds":2.0}\n')
    wait_for(lambda: len(read_metrics(run)[0]) == 2)
    with pytest.raises(ConfigError, match="not available for runs on another machine yet"):
        answers(ExportEncoder(str(run), str(tmp_path / "x"), "onnx"), progress, wanted)
    with pytest.raises(ConfigError, match=r"data\.size") as refused:
        answers(SurveyData({"source": "shapes", "size": -1}), progress, wanted)
    assert [problem.key for problem in refused.value.problems] == ["data.size"]
    wait_for(lambda: host.state.latency is not None)
    assert [state.phase for state in states if state.latency is None] == ["connecting", "connected"]
    # Cut: the same object connects again by itself, and a question that is asked meanwhile is answered then.
    connection = host._connection
    assert connection is not None
    connection.process.kill()
    wait_for(lambda: host.state.phase == "lost")
    assert host.state.again == 1
    assert str(run) in answers(ReadEvaluations((str(run),)), progress, wanted)
    assert host.state.phase == "connected"


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("print('y' * 200_000)", "something else writes there"),
        (f"import sys; sys.stdout.buffer.write({GREETING!r} + b'\\x80\\x04cos\\nsystem\\n.........')", "a message begins with"),
        ("import sys; print('error: No module named engine', file=sys.stderr); sys.exit(1)", "No module named engine"),
        ("import sys; print('user@gpu: Permission denied (publickey).', file=sys.stderr); sys.exit(255)", "Permission denied"),
    ],
)
def test_what_cannot_become_a_connection_ends_with_its_reason(connect: Callable[..., RemoteHost], says: str, reason: str) -> None:
    host = connect([sys.executable, "-c", says])
    wait_for(lambda: host.state.phase == "failed")
    assert reason in host.state.reason


def test_what_may_pass_is_tried_again(connect: Callable[..., RemoteHost]) -> None:
    says = "import sys; print('ssh: connect to host gpu port 22: Connection refused', file=sys.stderr); sys.exit(255)"
    host = connect([sys.executable, "-c", says])
    wait_for(lambda: host.state.phase == "lost")
    assert "Connection refused" in host.state.reason
    assert host.state.again > 0


def test_copies_lie_in_their_folder_and_do_not_replace_what_was_not_sent_yet(tmp_path: Path) -> None:
    copies = RunCopies(tmp_path / "here")
    for path in ("../x", "/etc/x", "run/../../x", "run/run.py", "run/.bashrc", "run"):
        with pytest.raises(WrongBytes):
            copies.take(FilePart(path, 0, 1, 0, b"x"))
    with pytest.raises(WrongBytes):
        copies.gone(Gone(".."))
    with pytest.raises(WrongBytes, match="beyond"):
        copies.take(FilePart("run/config.yaml", 2, 2, 0, b"x"))
    with pytest.raises(WrongBytes, match="larger"):
        copies.take(FilePart("run/config.yaml", 0, 1 << 40, 0, b"x", last=False))
    assert list(tmp_path.rglob("*")) == [tmp_path / "here"]
    copies.take(FilePart("run/about.yaml", 0, 3, 10**18, b"old"))
    about = tmp_path / "here" / "run" / "about.yaml"
    about.write_bytes(b"mine")
    copies.take(FilePart("run/about.yaml", 0, 5, 2 * 10**18, b"their"))
    assert list(copies.edits()) == [("run", "about.yaml", b"mine")]
    copies.sent("run", "about.yaml")
    assert list(copies.edits()) == []
    copies.gone(Gone("run"))
    assert not about.parent.exists()


def test_a_host_is_no_option_of_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARALLAX_SSH", "ssh -F 'my config'")
    command = ssh_command("me@gpu", "/opt/my env/python", "/data/my runs")
    assert command[:6] == ["ssh", "-F", "my config", "-T", "--", "me@gpu"]
    assert command[6] == f"'/opt/my env/python' -P -m engine serve --questions {NAME} --runs '/data/my runs'"
    for host in ("-oProxyCommand=touch owned", "", "a b"):
        with pytest.raises(ConfigError, match="--host must be"):
            ssh_command(host, "python3", "")


@pytest.mark.slow
def test_a_run_outlives_the_connection_and_is_met_again(
    connect: Callable[..., RemoteHost], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Start, watch, pause, cut, watch on, leave with the window, meet again from another one, stop."""
    monkeypatch.setattr(remote_host, "RETRY_SECONDS", (1,))
    host, control = connect(), Control()
    trainer, events, folders = RemoteTrainer(host), list[Event](), list[Path]()
    arguments = CONFIG, host.root, events.append, control, folders.append
    follow = threading.Thread(target=trainer.begin, args=arguments, daemon=True)
    follow.start()

    def steps(of: list[Event] | None = None) -> int:
        return max((event.step for event in of or events if isinstance(event, StepDone)), default=0)

    wait_for(lambda: steps() > 3, 60)
    there = host.ask(LiveRuns())
    assert there == (str(folders[0]),)
    control.pause()
    wait_for(lambda: read_status(folders[0]).state == "paused")
    time.sleep(1.5)  # the steps before the pause have arrived
    before = steps()
    time.sleep(1.0)
    assert steps() == before
    # The whole group, as the end of an ssh session ends it.
    connection = host._connection
    assert connection is not None
    os.kill(connection.process.pid, signal.SIGHUP)
    wait_for(lambda: host.state.phase == "lost")
    control.unpause()
    wait_for(lambda: steps() > before, 30)
    assert [event.step for event in events if isinstance(event, StepDone)] == list(range(1, steps() + 1))
    trainer.leave()
    follow.join(10)
    host.close()
    assert not follow.is_alive()
    # Another window: the run is there, its events come from the first on.
    met: list[str] = []
    again, control, events = connect(met=met.extend), Control(), []
    wait_for(lambda: met)
    assert met == [str(folders[0])]
    follow = threading.Thread(target=RemoteTrainer(again).resume, args=(folders[0], events.append, control), daemon=True)
    follow.start()
    wait_for(lambda: steps(events) > before + 3, 30)
    assert isinstance(events[0], RunStarted)
    control.stop()
    follow.join(30)
    assert isinstance(events[-1], RunEnded)
    assert events[-1].state == "stopped"
    wait_for(lambda: again.ask(LiveRuns()) == ())
    with pytest.raises(ConfigError, match="run must be a run folder"):
        RemoteTrainer(again).resume(folders[0].with_name("none"), events.append, Control())


@pytest.mark.slow
@pytest.mark.skipif(bool(missing()), reason=missing() or "sshd is here")
def test_a_window_over_a_real_sshd_previews_trains_maps_and_meets_its_run_again(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Start, watch, pause, preview, map, a cut of the server, stop; with 20 ms of delay."""
    with loopback(tmp_path / "ssh", 20.0, {"XDG_CACHE_HOME": str(tmp_path / "cache")}) as server:
        monkeypatch.setenv("PARALLAX_SSH", server.ssh)
        host = RemoteHost(server.name, ssh_command(server.name, sys.executable, str(tmp_path / "there")), tmp_path / "here")
        window = build_window(Bridge(host.root, host=host), QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat))
        qtbot.addWidget(window, before_close_func=lambda window: window.bridge.close(20))
        window.setup.set_draft(CONFIG)
        window.show()
        bridge = window.bridge

        def until(true: Callable[[], object]) -> None:
            qtbot.waitUntil(lambda: bool(true()), timeout=120_000)

        until(lambda: window.setup.ready and host.state.latency is not None)
        assert host.state.latency is not None
        assert host.state.latency > 0.02
        assert "gpu-server: " in window.status._host.text()
        assert window.windowTitle() == "Parallax - gpu-server"
        window.commands.start(CONFIG)
        until(lambda: bridge.current() is not None and bridge.current().state == "running")
        run = bridge.current()
        assert run is not None
        folder, there = Path(run.folder), tmp_path / "there" / Path(run.folder).name
        until(lambda: window.runs.row(run.folder) is not None and window.runs.row(run.folder).status.step > 3)
        window.toggle_pause()
        until(lambda: read_status(there).state == "paused")
        answers: list[Any] = []
        bridge.ask(PreviewViews({**CONFIG, "views": {"preset": "simclr"}}, (0, 1), 0), answers.append)
        bridge.ask(MapSnapshot(str(folder), 0), answers.append)
        until(lambda: len(answers) == 2)
        preview, drawn = sorted(answers, key=lambda answer: type(answer).__name__, reverse=True)
        assert all(view.shape[0] == 2 for view in preview.views)
        assert drawn.folder == str(folder)
        assert drawn.xy.shape == (20, 2)
        server.cut()
        until(lambda: host.state.phase == "lost")
        assert "lost, trying again in" in window.status._host.text()
        server.begin_again()
        step = read_status(there).step
        window.toggle_pause()  # it is said there as soon as there is a connection
        until(lambda: host.state.phase == "connected" and window.runs.row(run.folder).status.step > step + 2)
        window.stop()
        until(lambda: bridge.current() is None)
        assert read_status(there).state == "stopped"
        assert read_metrics(there)[0] == read_metrics(folder)[0]
        assert [job.state for job in bridge.jobs()] == ["stopped"]


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="signals of POSIX")
def test_a_silent_connection_is_lost_and_the_next_one_may_be_silent_for_longer(
    connect: Callable[..., RemoteHost], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_host, "PING_SECONDS", 0.1)
    monkeypatch.setattr(remote_host, "SILENT_SECONDS", 5.0)
    phases: list[str] = []
    host = connect(changed=lambda state: phases.append(state.phase))
    wait_for(lambda: host.state.latency is not None)
    connection = host._connection
    assert connection is not None
    os.kill(connection.process.pid, signal.SIGSTOP)
    wait_for(lambda: "lost" in phases)
    assert host._patience == 10.0
    wait_for(lambda: host.state.phase == "connected")
