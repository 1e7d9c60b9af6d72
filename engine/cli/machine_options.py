"""The options `--on` and `--slurm`, and the jobs of a command on the machines that they name."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.config.printable import printable
from engine.execute.machines import Pool
from engine.execute.open_machines import is_local, open_machines

if TYPE_CHECKING:
    from engine.train.stop_signals import Received


def machine_options(sub: argparse.ArgumentParser) -> None:
    """Add the options to a command."""
    sub.add_argument(
        "--on",
        default="local",
        metavar="MACHINES",
        help="where the runs are trained or evaluated: local, one after another (default); ray, the Ray cluster that this machine "
        "is part of; ray://HOST:PORT; slurm. The folder of runs must be on a disk that all machines share",
    )
    sub.add_argument(
        "--slurm",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="of the jobs of Slurm: partition=gpu, time=120 (minutes), gpus=1, cpus=8, memory=32 (GB), at_once=4, account=..., "
        "setup='module load ...'; repeatable. cluster=local tries it out on this machine",
    )


def on_other_machines(options: argparse.Namespace) -> bool:
    """Whether the jobs of a command leave this process. ConfigError for options that fit nothing."""
    return not is_local(options.on, options.slurm)


@contextmanager
def pool_of(options: argparse.Namespace, root: Path, here: Callable[[Any], Any]) -> Iterator[tuple[Pool[Any], Received]]:
    """The pool of the machines that the options name, and the signal that stopped it. root: the folder of runs. here: does a job in
    this process. The first Ctrl+C, SIGTERM or SIGHUP stops jobs elsewhere with a checkpoint, a second ends them at once; a job in
    this process has handlers of its own."""
    from engine.train.stop_signals import Received, stopping

    with Pool[Any](open_machines(options.on, root, options.slurm, here), say) as pool:
        if not on_other_machines(options):
            yield pool, Received()
            return
        with stopping(pool.stop, _say_stopping) as received:
            yield pool, received


def say(text: str) -> None:
    """A line on stderr. A closed terminal does not end the jobs."""
    with suppress(OSError):
        print(printable(text), file=sys.stderr, flush=True)


def _say_stopping(text: str) -> None:
    say("Stopping the runs, with a checkpoint; again to stop at once.")
