"""Searches of settings: check and write a plan, list the searches of a folder of runs, and read what one found."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from engine.config.errors import ConfigError
from engine.search.outcome import Outcome, read_outcome
from engine.search.record import PLAN, Plan, write_plan
from workbench.bridge.measured_speeds import SpeedSettings, speed_settings
from workbench.bridge.question import Context, Lane, Question, Where
from workbench.bridge.setup_questions import PlannedRun, Refused

# In the folder of runs, whose list passes over what begins with a dot.
FOLDER = ".searches"


def search_title(out: str) -> str:
    """What a search is called: the name of its folder."""
    return Path(out).name


@dataclass(frozen=True)
class SearchChecked:
    """`runs`: how many there are in all; `run`: what the time of one follows from."""

    runs: int
    run: PlannedRun


@dataclass(frozen=True)
class CheckSearch(Question[SearchChecked | Refused]):
    """Check the plan of a search. The data are not opened."""

    lane: ClassVar = Lane.QUICK
    plan: Plan

    def answer(self, context: Context) -> SearchChecked | Refused:
        """Refused with every problem that was found."""
        from engine.search.run_search import check_plan
        from engine.train.resolve import resolve

        try:
            plan = check_plan(self.plan)
            resolved: Mapping[str, Any] = resolve(plan.base).model_dump(mode="json")
        except ConfigError as error:
            return Refused(tuple((problem.key, problem.message) for problem in error.problems))
        settings: SpeedSettings = speed_settings(resolved)
        return SearchChecked(plan.count, PlannedRun(settings, resolved["train"]))


@dataclass(frozen=True)
class MakeSearch(Question[str | Refused]):
    """Write the plan of a search into a new folder below the folder of runs `root`. The answer is its path."""

    lane: ClassVar = Lane.QUICK
    where: ClassVar = Where.SAME
    root: Path
    plan: Plan

    def answer(self, context: Context) -> str | Refused:
        """Refused where it cannot be written."""
        from engine.search.run_search import check_plan

        stem = f"{time.strftime('%Y-%m-%d %H.%M.%S')} {self.plan.reward}"
        out = self.root / FOLDER / stem
        try:
            write_plan(out, check_plan(self.plan))
        except ConfigError as error:
            return Refused(tuple((problem.key, problem.message) for problem in error.problems))
        return str(out)


@dataclass(frozen=True)
class ListSearches(Question[tuple[str, ...]]):
    """The folders of the searches below the folder of runs `root`, the newest first."""

    lane: ClassVar = Lane.QUICK
    root: Path

    def answer(self, context: Context) -> tuple[str, ...]:
        """Empty where there are none."""
        return tuple(str(path.parent) for path in sorted((self.root / FOLDER).glob(f"*/{PLAN}"), reverse=True))


@dataclass(frozen=True)
class ReadSearch(Question[Outcome | Refused]):
    """What a search has found so far."""

    lane: ClassVar = Lane.QUICK
    out: str

    def answer(self, context: Context) -> Outcome | Refused:
        """Refused where its folder cannot be read."""
        try:
            return read_outcome(Path(self.out))
        except ConfigError as error:
            return Refused(tuple((problem.key, problem.message) for problem in error.problems))
