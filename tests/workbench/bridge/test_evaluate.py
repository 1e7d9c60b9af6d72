"""Evaluation in a child process: progress, errors with messages, and cancelling."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import psutil
import pytest

from engine.config.errors import ConfigError
from engine.execute.progress import Cancelled
from engine.runs.evaluation import Evaluated, Figure, keep_figure
from workbench.bridge import evaluate_questions
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.evaluate_process import follow
from workbench.bridge.evaluate_questions import EvaluateRun, ReadEvaluations, kept


def program(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_progress_is_read_line_by_line_and_other_output_is_ignored() -> None:
    shares: list[float] = []
    lines = [json.dumps({"share": 0.25, "text": "x"}), "talk", json.dumps({"other": 1}), json.dumps({"share": 1})]
    follow(program(f"print({chr(10).join(lines)!r})"), shares.append, lambda: True)
    assert shares == [0.25, 1.0]


def test_errors_of_the_process_are_raised_with_their_messages() -> None:
    with pytest.raises(ConfigError, match=r"^epoch must be 1\. Got 2\.$"):
        follow(program("import sys; print('error: epoch must be 1. Got 2.', file=sys.stderr); sys.exit(2)"), print, lambda: True)
    with pytest.raises(ConfigError, match=r"(?s)ended with an error \(code 1\).*ZeroDivisionError"):
        follow(program("1 / 0"), print, lambda: True)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_the_error_of_a_killed_process_mentions_memory() -> None:
    with pytest.raises(ConfigError, match=r"ended from outside .* memory"):
        follow(program("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"), print, lambda: True)


def test_the_process_ends_when_its_answer_is_no_longer_wanted(tmp_path: Path) -> None:
    """Also when the progress callback raises Cancelled, because the window is being closed."""
    note = tmp_path / "pid"
    begin = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid()))"
    text = begin + """; print('{"share": 0.5}', flush=True); time.sleep(60)"""
    shares: list[float] = []
    with pytest.raises(Cancelled):
        follow(program(text), shares.append, lambda: not shares)
    assert shares == [0.5]
    assert not psutil.pid_exists(int(note.read_text()))

    def closing(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        follow(program(text), closing, lambda: True)
    assert not psutil.pid_exists(int(note.read_text()))


@pytest.mark.skipif(sys.platform == "win32", reason="another scale")
def test_the_process_has_a_low_priority(tmp_path: Path) -> None:
    note = tmp_path / "nice"
    # The priority is set just after the start, so the program waits for it.
    write = f"open({str(note)!r}, 'w').write(str(os.nice(0)))"
    text = f"import os, threading\nwhile os.nice(0) < 10: pass\nt = threading.Thread(target=lambda: {write})\nt.start(); t.join()"
    follow(program(text), print, lambda: True)
    assert int(note.read_text()) >= 10


def test_the_command_is_parsed_by_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.cli.options import parser

    seen: list[list[str]] = []
    monkeypatch.setattr(evaluate_questions, "follow", lambda command, *_: seen.append(command))
    EngineAnswers()(EvaluateRun(str(tmp_path), ("knn", "finetune_1"), 4, 1000), print, lambda: True)
    options = parser().parse_args(seen[0][3:])
    assert seen[0][:3] == [sys.executable, "-m", "engine"]
    assert (options.run, options.parts, options.epoch) == ([tmp_path], "knn,finetune_1", 4)
    assert (options.budget, options.lines) == (1000, True)
    EngineAnswers()(EvaluateRun(str(tmp_path), ("knn",)), print, lambda: True)
    assert parser().parse_args(seen[1][3:]).epoch is None


def test_stored_evaluations_are_read_with_the_checkpoints(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").mkdir()
    assert not kept(tmp_path).checkpoint
    (tmp_path / "checkpoints" / "last.pt").write_bytes(b"x")
    (tmp_path / "checkpoints" / "epoch_004.pt").write_bytes(b"x")
    head = Evaluated("run", "simclr", "world", "d", "resnet10_narrow", 3, 0.4, {"test": 24}, 16)
    figure = Figure("knn", 0.5, 0.3, 72, "words")
    keep_figure(tmp_path, head, None, figure)
    evaluations = EngineAnswers()(ReadEvaluations((str(tmp_path), str(tmp_path / "none"))), print, lambda: True)
    assert evaluations[str(tmp_path)].epochs == (4,)
    assert evaluations[str(tmp_path)].checkpoint
    assert evaluations[str(tmp_path)].evaluation.at(None) == {"knn": figure}
    assert evaluations[str(tmp_path / "none")].evaluation is None
