"""Runs on several devices, from the command line: starting the ranks, and what a rank does otherwise than a run alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from engine.config.printable import printable
from engine.events import Emit, Event, RunFailed

if TYPE_CHECKING:
    from engine.train.control import Control
    from engine.train.train_run import Run

T = TypeVar("T")


def launch(arguments: Sequence[str], devices: int, folder: Path) -> int:
    """Run `python -m engine` with these arguments in each of so many ranks, which train the run of a folder; returns the exit code.
    The first Ctrl+C, SIGTERM or SIGHUP stops them with a checkpoint, a second at once. A rank that dies is named, in the run's log,
    too."""
    from engine.distributed.launch import Launcher
    from engine.execute.devices import cores
    from engine.train.stop_signals import stopping

    launcher = Launcher(["-m", "engine", *arguments], devices, max(1, cores() // devices))
    with stopping(launcher.stop, at_once=launcher.kill) as received:
        ended = launcher.run()
    if received.number:
        return received.code
    if ended is None:
        return 0
    if ended.rank == 0 and ended.code > 0:  # it has said why
        return ended.code
    message, remedy = (
        f"{ended}, one of {devices}, and with it the run.",
        f"Go on from its last checkpoint: {resume_command(folder)}",
    )
    record_failure(folder, message, remedy)
    print(f"error: {printable(message)} {printable(remedy)}", file=sys.stderr)
    if ended.rank == 0:
        with suppress(OSError):
            print(folder, flush=True)
    return 1


def resume_command(folder: Path) -> str:
    """The command that goes on with a run on several devices."""
    return f"python -m engine resume {folder} (with --devices N on another number of devices)"


def record_failure(folder: Path, message: str, remedy: str) -> None:
    """Write the end of a run whose processes have ended into its folder."""
    from engine.runs.reader import read_status
    from engine.runs.writer import RunWriter

    with suppress(OSError, ValueError), RunWriter(folder) as writer:
        writer(RunFailed(message, remedy, "", read_status(folder).step))


def follow_rank(go: Callable[[Emit, Control], Run], control: Control) -> int:
    """Train as a rank that is not the first: nothing is written or shown but an error of its own; returns the exit code."""
    from engine.distributed.ranks import ranks
    from engine.train.stop_signals import stopping

    def emit(event: Event) -> None:
        if isinstance(event, RunFailed):
            print(f"error: rank {ranks().rank}: {printable(event.message)} {printable(event.remedy)}", file=sys.stderr)

    with stopping(control.stop, say=not_said):
        run = go(emit, control)
    return 1 if run.state == "failed" else 0


def not_said(text: str) -> None:
    """In place of a line about a signal that another process says."""


def in_turn(make: Callable[[], T]) -> T:
    """What `make` returns, in each rank, the first rank before the others: it downloads and decodes what they then find."""
    from engine.distributed.ranks import from_first, ranks

    made = make() if ranks().first else None
    from_first(None)
    return made if made is not None else make()
