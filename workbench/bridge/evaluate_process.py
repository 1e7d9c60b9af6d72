"""Run an evaluation command in a separate process and report its progress."""

from __future__ import annotations

import json
from collections.abc import Callable

from engine.config.errors import ConfigError, Problem
from engine.execute.child_process import ChildEnded, ChildProcess, check_wanted
from engine.execute.progress import Wanted

# Niceness of the process: it has lower priority than the window and training.
NICENESS = 10
# Number of last lines of its standard error for an error message.
KEPT_ERRORS = 40


def follow(command: list[str], progress: Callable[[float], None], wanted: Wanted) -> None:
    """Run a command that reports its progress in lines of JSON, each with a "share". ConfigError where it fails."""
    with ChildProcess(command, lines=True, niceness=NICENESS, kept_errors=KEPT_ERRORS) as child:
        try:
            while True:
                share = _share(child.receive(check_wanted(wanted)))
                if share is not None:
                    progress(share)
        except ChildEnded as ended:
            if ended.code:
                raise ConfigError([Problem("evaluate", _reason(ended))]) from None


def _share(line: str) -> float | None:
    try:
        return float(json.loads(line)["share"])
    except (ValueError, KeyError, TypeError):
        return None


def _reason(ended: ChildEnded) -> str:
    """Why a process ended: its own error messages if it printed any."""
    errors = [line.removeprefix("error: ") for line in ended.errors if line.startswith("error: ")]
    if errors:
        return "\n".join(errors)
    if ended.code < 0:
        return (
            f"The evaluation was ended from outside ({ended.signal_name}): the machine may have run out of memory. "
            "Evaluate fewer parts at once."
        )
    return "\n".join([f"The evaluation ended with an error (code {ended.code}).", *ended.errors])
