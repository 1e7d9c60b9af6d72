"""A command that evaluates, in a process of its own, and its progress."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable
from typing import IO

import psutil

from engine.config.errors import ConfigError, Problem
from engine.execute.child_environment import child_environment
from engine.execute.progress import Cancelled, Wanted

# How often it is asked whether anybody still waits, in seconds.
LOOK = 0.1
# Steps of priority by which an evaluation gives way to everything else.
NICE = 10
# Lines of what it said last that are kept for a report.
TAIL = 40


def follow(command: list[str], progress: Callable[[float], None], wanted: Wanted) -> None:
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
