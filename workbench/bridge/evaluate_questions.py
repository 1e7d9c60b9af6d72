"""What may be asked about how good a run's encoder is, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.evaluate.plan import BUDGET, Estimate
from engine.runs.evaluation import Evaluated
from workbench.bridge.question import Lane, Question


@dataclass(frozen=True)
class KeptEvaluation:
    """`found`: what is kept, None for nothing; `stale`: parts whose figures are of an older checkpoint than the last; `epochs`: of
    which a checkpoint was kept; `checkpoint`: whether there is a last one."""

    found: Evaluated | None
    stale: frozenset[str] = frozenset()
    epochs: tuple[int, ...] = ()
    checkpoint: bool = True

    @property
    def measured(self) -> frozenset[str]:
        """The figures of the last checkpoint as it is now."""
        return frozenset(self.found.at(None)) - self.stale if self.found is not None else frozenset()


@dataclass(frozen=True)
class ReadEvaluations(Question[dict[str, KeptEvaluation]]):
    """What is kept of some runs: answered by a dict of folder to KeptEvaluation."""

    lane: ClassVar = Lane.QUICK
    folders: tuple[str, ...]

    @property
    def topic(self) -> str:
        """A look at one run does not displace one at all."""
        return f"{type(self).__name__}.{self.folders[0] if len(self.folders) == 1 else ''}"


@dataclass(frozen=True)
class EstimateEvaluation(Question[Estimate]):
    """How long an evaluation of a run would take, by a short trial: answered by engine.evaluate.plan.Estimate."""

    lane: ClassVar = Lane.SLOW
    folder: str


@dataclass(frozen=True)
class EstimateEvaluations(Question[dict[str, Estimate | str]]):
    """The same of several runs, one trial for all whose evaluations take as long: answered by a dict of folder to Estimate, or to
    the words that say why a run cannot be evaluated."""

    lane: ClassVar = Lane.SLOW
    folders: tuple[str, ...]


@dataclass(frozen=True)
class EvaluateRun(Question[KeptEvaluation]):
    """Evaluate a run, in a process of its own that gives way to all others: answered by KeptEvaluation. Each figure is kept with
    the run as soon as it is there, also where the rest is called off. `epoch`: None the last checkpoint, 0 the untrained."""

    lane: ClassVar = Lane.LONG
    folder: str
    parts: tuple[str, ...] = ()
    epoch: int | None = None
    budget: int = BUDGET

    @property
    def topic(self) -> str:
        """One after another, a run each."""
        return f"{type(self).__name__}.{self.folder}"
