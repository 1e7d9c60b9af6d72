"""What the engine answers about how good a run's encoder is. Evaluating is done by `python -m engine evaluate` in a process of its
own: what ends that one, a lack of memory say, does not end the window, and to call it off is to end it."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO

import psutil

from engine.config.errors import ConfigError, Problem
from engine.evaluate.plan import Estimate
from engine.execute.child_environment import child_environment
from engine.execute.progress import Cancelled
from engine.runs.evaluation import read_evaluation, stale
from engine.runs.reader import checkpoint_epochs, checkpoint_path
from workbench.bridge.evaluate_questions import (
    EstimateEvaluation,
    EstimateEvaluations,
    EvaluateRun,
    KeptEvaluation,
    ReadEvaluations,
)
from workbench.bridge.ticking import Tell, Wanted, ticking

# How often it is asked whether anybody still waits, in seconds.
LOOK = 0.1
# Steps of priority by which an evaluation gives way to everything else.
NICE = 10
# Lines of what it said last that are kept for a report.
TAIL = 40


def read(asked: ReadEvaluations, progress: Tell, wanted: Wanted) -> dict[str, KeptEvaluation]:
    """What is kept of some runs."""
    return {folder: kept(Path(folder)) for folder in asked.folders}


def kept(folder: Path) -> KeptEvaluation:
    """What is kept of a run, and of which checkpoints it could be evaluated."""
    found = read_evaluation(folder)
    old = frozenset(part for part, figure in found.at(None).items() if stale(folder, figure)) if found is not None else frozenset()
    return KeptEvaluation(found, old, tuple(checkpoint_epochs(folder)), checkpoint_path(folder).is_file())


def estimate(asked: EstimateEvaluation, progress: Tell, wanted: Wanted) -> Estimate:
    """How long it would take."""
    from engine.evaluate.estimate import estimate as measured
    from engine.train.devices import resolve_device

    return measured(Path(asked.folder), resolve_device("auto"), ticking(progress, wanted))


def estimate_several(asked: EstimateEvaluations, progress: Tell, wanted: Wanted) -> dict[str, Estimate | str]:
    """How long each would take."""
    from engine.evaluate.estimate import estimate_several as measured
    from engine.train.devices import resolve_device

    found = measured([Path(folder) for folder in asked.folders], resolve_device("auto"), ticking(progress, wanted))
    return {str(folder): one for folder, one in found.items()}


def evaluate(asked: EvaluateRun, progress: Tell, wanted: Wanted) -> KeptEvaluation:
    """Evaluate in a process of its own. ConfigError with what that one said; Cancelled where nobody waits any more."""
    command = ["evaluate", asked.folder, "--parts", ",".join(asked.parts), "--budget", str(asked.budget), "--lines"]
    if asked.epoch is not None:
        command += ["--epoch", str(asked.epoch)]
    follow([sys.executable, "-m", "engine", *command], progress, wanted)
    return kept(Path(asked.folder))


def follow(command: list[str], progress: Tell, wanted: Wanted) -> None:
    """Run a command that tells how far it is in lines of JSON, each with a "share". ConfigError where it fails."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=child_environment(),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    said: deque[str | None] = deque(maxlen=TAIL)
    lines: queue.Queue[str | None] = queue.Queue()
    assert process.stdout is not None
    assert process.stderr is not None
    readers = [
        threading.Thread(target=_read, args=(process.stdout, lines.put), name="evaluate, answers", daemon=True),
        threading.Thread(target=_read, args=(process.stderr, said.append), name="evaluate, talk", daemon=True),
    ]
    try:
        _give_way(process.pid)
        for reader in readers:
            reader.start()
        while True:
            if not wanted():
                raise Cancelled
            try:
                line = lines.get(timeout=LOOK)
            except queue.Empty:
                continue
            if line is None:
                break
            share = _share(line)
            if share is not None:
                progress(share)
        code = process.wait()
    finally:
        process.kill()
        process.wait()
        for reader in readers:
            if reader.ident is not None:
                reader.join()
        process.stdout.close()
        process.stderr.close()
    if code:
        raise ConfigError([Problem("evaluate", _reason(code, [line for line in said if line]))])


def _read(stream: IO[str], put: Callable[[str | None], None]) -> None:
    """Every line of a stream, then None for its end."""
    for line in stream:
        put(line.rstrip())
    put(None)


def _share(line: str) -> float | None:
    try:
        return float(json.loads(line)["share"])
    except (ValueError, KeyError, TypeError):
        return None


def _reason(code: int, said: list[str]) -> str:
    """Why a process ended, in words: its own where it had some."""
    errors = [line.removeprefix("error: ") for line in said if line.startswith("error: ")]
    if errors:
        return "\n".join(errors)
    if code < 0:
        name = signal.strsignal(-code) or str(-code)
        return (
            f"The evaluation was ended from outside ({name}): the machine may have run out of memory. Evaluate fewer parts at once."
        )
    return "\n".join([f"The evaluation ended with an error (code {code}).", *said])


def _give_way(pid: int) -> None:
    """Let every other program go first: this one is waited for by nobody's eyes. Before it starts threads, which take after it."""
    try:
        process = psutil.Process(pid)
        # A constant that psutil has on Windows alone.
        process.nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", NICE))
    except (psutil.Error, OSError):
        return
