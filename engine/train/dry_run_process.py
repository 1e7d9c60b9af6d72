"""A dry run in a process of its own, so that it can be made while another run trains in this process.

A step uses PyTorch's global generators: a second run's steps would change the first one's dropout and stochastic depth. Both would
also share the GIL, and the measured memory would be that of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.config.errors import ConfigError, Problem
from engine.config.run import RunConfig
from engine.execute.child_process import ChildEnded, ChildProcess, Parent, check_wanted, module_command
from engine.execute.prepare_process import prepare_process
from engine.execute.progress import ProgressCallback, Wanted, no_progress, part_of

if TYPE_CHECKING:
    from engine.train.dry_run import DryRun

# Lower priority than the window's thread, like training threads.
NICENESS = 2
# Lines of standard error that are kept for the message.
KEPT_ERRORS = 20
# The share of the work that is done when PyTorch is imported, and when the data are open: of the seconds of a small run on a CPU.
IMPORTED, OPENED = 0.3, 0.5


def dry_run_apart(config: RunConfig, wanted: Wanted = lambda: True, progress: ProgressCallback = no_progress) -> DryRun:
    """Measure a resolved config as `dry_run` does, in a child process, which takes longer by the time to start Python and to open
    the data. ConfigError where the config does not fit; Cancelled soon after `wanted` returns False; RuntimeError, with the last
    line that the process wrote, where it ended without a result."""
    from engine.train.dry_run import DryRun

    with ChildProcess(module_command("engine.train.dry_run_process"), niceness=NICENESS, kept_errors=KEPT_ERRORS) as child:
        try:
            child.send(config.model_dump_json())
            answer: float | DryRun | list[tuple[str, str]] = 0.0
            while isinstance(answer, float):
                progress(answer)
                answer = child.receive(check_wanted(wanted))
        except ChildEnded as ended:
            last = ended.errors[-1] if ended.errors else f"exit code {ended.code}"
            raise RuntimeError(f"The dry run ended without an answer: {last}") from None
    if isinstance(answer, DryRun):
        return answer
    raise ConfigError([Problem(key, message) for key, message in answer])


def main() -> None:
    """Receive a config, measure it, send the progress and then the figures, or the problems as (key, message)."""
    prepare_process()
    # After `prepare_process`: this imports PyTorch.
    from engine.data.open import open_dataset
    from engine.train.dry_run import dry_run

    parent = Parent()
    config = RunConfig.model_validate_json(parent.receive())

    def report(share: float, text: str = "", /) -> None:
        parent.send(float(share))

    try:
        parent.send(IMPORTED)
        dataset = open_dataset(config.data, part_of(report, IMPORTED, OPENED))
        parent.send(OPENED)
        parent.send(dry_run(config, dataset, part_of(report, OPENED, 1.0)))
    except ConfigError as error:
        parent.send([(problem.key, problem.message) for problem in error.problems])


if __name__ == "__main__":
    main()
