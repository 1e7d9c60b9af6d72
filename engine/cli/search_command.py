"""The command that searches settings by short runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.cli.training import follow, given_settings
from engine.config.printable import printable
from engine.runs.run_folder import create_folder, default_root
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
    plan = check_plan(wanted)
    begun = (options.out / RECORD).exists()
    if not begun and not options.yes:
        print(_question(plan), file=sys.stderr)
        if not (sys.stdin.isatty() and input("Begin? [y/N] ").strip().lower() in ("y", "yes")):
            print(f"{plan.count} runs, none begun. Add --yes to begin.", file=sys.stderr)
            return 0
    write_plan(options.out, plan)
    runner = _CommandLine(Path(options.runs) if options.runs else default_root(), options.quiet)

    def report(text: str) -> None:
        if not options.quiet:
            print(printable(text), file=sys.stderr)

    outcome = run_search(options.out, runner, report)
    if runner.stopping:
        print(f"{outcome.ended} of {plan.count} runs have ended. The same command goes on.", file=sys.stderr)
        return runner.code
    print((options.out / TABLE).read_text(encoding="utf-8"), end="")
    return 1 if outcome.best(plan.proposer) is None else 0


def _question(plan: Plan) -> str:
    reward = REWARDS[plan.reward]
    lines = [f"{plan.count} runs, one after another: the recipe, and {plan.budget} of each of {', '.join(plan.arms)}."]
    lines += [f"searched: {text}" for text in plan.space]
    return printable("\n".join([*lines, f"reward: {reward.title}. {reward.line}"]), lines=True)
