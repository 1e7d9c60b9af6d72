"""What a search found: the best run of each proposer, the regret against random search, and a table. Does not import torch."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.search.proposers import PROPOSERS
from engine.search.record import DEFAULT, RANDOM, Plan, SearchRun, read_plan, read_trials
from engine.search.rewards import REWARDS

TABLE = "search.md"


@dataclass(frozen=True)
class Outcome:
    """plan: of the search. trials: the runs that have begun, in order."""

    plan: Plan
    trials: tuple[SearchRun, ...]

    def of(self, arm: str) -> tuple[SearchRun, ...]:
        """The runs of a proposer that have ended, in order."""
        return tuple(one for one in self.trials if one.arm == arm and one.ended)

    def best(self, arm: str) -> SearchRun | None:
        """The run whose values had the largest mean reward, the first of several; None where none has a reward. Only bandits try
        the same values twice."""
        known = [one for one in self.of(arm) if one.reward is not None]
        if not known:
            return None
        return max(
            known, key=lambda one: statistics.fmean(r.reward for r in known if r.values == one.values and r.reward is not None)
        )

    @property
    def compared(self) -> tuple[SearchRun, ...]:
        """The recipe and the best run of each proposer, whose test figures are compared."""
        best = (self.best(arm) for arm in (DEFAULT, *self.plan.arms))
        return tuple(one for one in best if one is not None)

    @property
    def ended(self) -> int:
        """How many runs have a reward or failed."""
        return sum(one.ended for one in self.trials)

    @property
    def complete(self) -> bool:
        """Whether all runs have ended."""
        return self.ended >= self.plan.count

    def regret(self, arm: str) -> list[float]:
        """After each run of a proposer, by how much the best reward of the whole search is above the best that this proposer has
        had. Infinite before its first reward."""
        rewards = [one.reward for one in self.trials if one.reward is not None]
        if not rewards:
            return []
        most, best, result = max(rewards), float("-inf"), []
        for one in self.of(arm):
            best = best if one.reward is None else max(best, one.reward)
            result.append(most - best)
        return result


def read_outcome(out: Path) -> Outcome:
    """The search in a folder, as far as it is. ConfigError where there is none, or none that can be read."""
    return Outcome(read_plan(out), tuple(read_trials(out).values()))


def markdown(outcome: Outcome) -> str:
    """The table in Markdown: the recipe and what each proposer found, then the regret after each run."""
    plan = outcome.plan
    reward = REWARDS[plan.reward]
    target = f", {plan.factor}" if plan.factor else ""
    lines = [
        f"Reward: {reward.title}{target}. {reward.line}",
        f"{outcome.ended} of {plan.count} runs have ended, {plan.budget} for each proposer; seed {plan.seed}.",
        "",
        f"| | reward | test kNN{target} | {' | '.join(_short(key) for key in _keys(outcome))} |",
        f"|---|--:|--:|{'--:|' * len(_keys(outcome))}",
    ]
    lines += [_row(outcome, one) for one in outcome.compared]
    failed = [one for one in outcome.trials if one.error]
    lines += ["", *_regrets(outcome), "", _caveat(outcome)]
    lines += [f"Failed: {one.arm} {one.number + 1}. {' '.join(one.error.split())}" for one in failed]
    return "\n".join(lines).rstrip() + "\n"


def title_of_arm(arm: str) -> str:
    """What a proposer is called in tables."""
    return "default recipe" if arm == DEFAULT else PROPOSERS[arm].title


def _keys(outcome: Outcome) -> list[str]:
    return list(dict.fromkeys(key for one in outcome.trials for key in one.values))


def _short(key: str) -> str:
    return key.removeprefix("views.groups.*.")


def _row(outcome: Outcome, one: SearchRun) -> str:
    name = title_of_arm(one.arm) + ("" if one.arm == DEFAULT else f", run {one.number + 1}")
    cells = [name, _number(one.reward), _number(one.test)]
    cells += [
        f"{one.values[key]:g}" if isinstance(one.values.get(key), float) else str(one.values.get(key, "")) for key in _keys(outcome)
    ]
    return f"| {' | '.join(cells)} |"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _regrets(outcome: Outcome) -> list[str]:
    curves = {arm: outcome.regret(arm) for arm in outcome.plan.arms}
    most = max((len(curve) for curve in curves.values()), default=0)
    if not most:
        return []
    lines = [f"| regret after run | {' | '.join(title_of_arm(arm) for arm in curves)} |", f"|--:|{'--:|' * len(curves)}"]
    for number in range(most):
        cells = (_number(curve[number]) if number < len(curve) else "" for curve in curves.values())
        lines.append(f"| {number + 1} | {' | '.join(cells)} |")
    return lines


def _caveat(outcome: Outcome) -> str:
    text = "Regret: how far the best reward so far is below the best of the whole search."
    if RANDOM in outcome.plan.arms and len(outcome.plan.arms) > 1:
        text += " Both had the same number of runs."
    return f"{text} The test figure is of the one run that was best by its reward, on images that no choice was made with."


def arms_of(outcome: Outcome) -> Sequence[str]:
    """Who has runs in a search, the recipe first."""
    return (DEFAULT, *outcome.plan.arms)
