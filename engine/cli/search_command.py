"""The command that searches settings by short runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.cli.machine_options import on_other_machines, pool_of
from engine.cli.training import follow, given_settings, runs_root
from engine.config.printable import printable
from engine.runs.run_folder import create_folder
from engine.search.outcome import TABLE
from engine.search.record import RECORD, Plan, write_plan
from engine.search.rewards import REWARDS
from engine.search.space import SPACES


class _CommandLine:
    """Trains the runs of a search one after another, with a progress bar. `code`: the exit code of a signal that stopped one."""

    def __init__(self, root: Path, quiet: bool) -> None:
        from engine.train.control import Control

        self._root, self._quiet = root, quiet
        self._control = Control()
        self.code = 0

    @property
    def stopping(self) -> bool:
        return self._control.stopping

    def begin(self, config: Mapping[str, Any], created: Callable[[Path], None]) -> None:
        from engine.train.device_check import check_one_process
        from engine.train.resolve import resolve
        from engine.train.train_run import train

        resolved = resolve(config)
        check_one_process(resolved)
        folder = create_folder(self._root, resolved)
        created(folder)
        code = follow(lambda emit, control: train(resolved, emit, control, folder), folder, self._control, self._quiet, named=False)
        self.code = code if self.stopping else 0

    def resume(self, folder: Path) -> None:
        from engine.train.train_run import resume

        code = follow(lambda emit, control: resume(folder, emit, control), folder, self._control, self._quiet, named=False)
        self.code = code if self.stopping else 0


def do_search(options: argparse.Namespace) -> int:
    """Search settings; stdout gets the table."""
    from engine.search.run_search import check_plan, run_search
    from engine.train.run_job import for_any_machine

    wanted = Plan(
        base=given_settings(options),
        space=(*(SPACES[options.space] if options.space else ()), *options.over),
        proposer=options.proposer,
        reward=options.reward,
        factor=options.factor,
        budget=options.budget,
        seed=options.draw,
        compare=not options.alone,
        tag=options.tag,
    )
    elsewhere = on_other_machines(options)
    plan = check_plan(wanted, for_any_machine) if elsewhere else check_plan(wanted)
    begun = (options.out / RECORD).exists()
    if not begun and not options.yes:
        print(_question(plan), file=sys.stderr)
        if not (sys.stdin.isatty() and input("Begin? [y/N] ").strip().lower() in ("y", "yes")):
            print(f"{plan.count} runs, none begun. Add --yes to begin.", file=sys.stderr)
            return 0
    write_plan(options.out, plan)
    root = runs_root(options)
    runner = _CommandLine(root, options.quiet)

    def report(text: str) -> None:
        if not options.quiet:
            print(printable(text), file=sys.stderr)

    if elsewhere:
        with pool_of(options, root.absolute(), lambda job: None) as (pool, received):
            outcome = run_search(options.out, runner, report, pool, root)
        stopped, code = pool.stopping, received.code
    else:
        outcome = run_search(options.out, runner, report)
        stopped, code = runner.stopping, runner.code
    if stopped:
        print(f"{outcome.ended} of {plan.count} runs have ended. The same command goes on.", file=sys.stderr)
        return code
    print((options.out / TABLE).read_text(encoding="utf-8"), end="")
    return 1 if outcome.best(plan.proposer) is None else 0


def _question(plan: Plan) -> str:
    reward = REWARDS[plan.reward]
    lines = [f"{plan.count} runs: the recipe, and {plan.budget} of each of {', '.join(plan.arms)}."]
    lines += [f"searched: {text}" for text in plan.space]
    return printable("\n".join([*lines, f"reward: {reward.title}. {reward.line}"]), lines=True)
