"""A dry run in a process of its own, so that it can be made beside a run that trains in this one.

A step draws from PyTorch's global generators, which belong to the whole process: a second run's steps would change what the first
one drops and skips. They would also share the interpreter's lock, and the memory that is told would be that of both.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from engine.config.errors import ConfigError, Problem
from engine.config.run import RunConfig
from engine.execute.child_environment import child_environment
from engine.execute.progress import Cancelled
from engine.train.process import prepare_process

if TYPE_CHECKING:
    from engine.train.dryrun import DryRun

LOOK_SECONDS = 0.1
# Behind a window's own thread, as threads that train are.
NICE = 2


def dry_run_apart(config: RunConfig, wanted: Callable[[], bool] = lambda: True) -> DryRun:
    """Measure a resolved config as `dry_run` does; it takes as much longer as starting Python and opening the data take. Nothing
    of this process changes. ConfigError where the config does not fit; Cancelled soon after `wanted` says no; RuntimeError, with
    what the process said last, where it ended without an answer."""
    from engine.train.dryrun import DryRun

    process = subprocess.Popen(
        [sys.executable, "-m", "engine.train.apart"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=child_environment(),
        text=True,
        encoding="utf-8",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    try:
        said, wrong = _spoken(process, config.model_dump_json(), wanted)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    for line in reversed(said.splitlines()):
        with contextlib.suppress(json.JSONDecodeError):
            answer = json.loads(line)
            if isinstance(answer, dict) and "problems" in answer:
                raise ConfigError([Problem(key, message) for key, message in answer["problems"]])
            if isinstance(answer, dict):
                return DryRun(**answer)
    last = next((line for line in reversed(wrong.splitlines()) if line.strip()), f"exit code {process.returncode}")
    raise RuntimeError(f"The dry run ended without an answer: {last}")


def _spoken(process: subprocess.Popen[str], question: str, wanted: Callable[[], bool]) -> tuple[str, str]:
    given: str | None = question
    while True:
        if not wanted():
            raise Cancelled
        try:
            return process.communicate(given, timeout=LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            given = None


def main() -> None:
    """Read a config, measure it, print the figures as a line of JSON."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    prepare_process()
    # Not before the process is prepared: this loads PyTorch.
    from engine.train.dryrun import dry_run

    config = RunConfig.model_validate_json(sys.stdin.read())
    answer: dict[str, Any]
    try:
        answer = asdict(dry_run(config))
    except ConfigError as error:
        answer = {"problems": [(problem.key, problem.message) for problem in error.problems]}
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
