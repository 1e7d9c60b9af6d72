"""Questions about how good a run's encoder is. A run is evaluated by `python -m engine evaluate` in a process of its own: what ends
that one, a lack of memory say, does not end the window, and to cancel it is to end it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from engine.evaluate.plan import BUDGET, Estimate
from engine.runs.evaluation import Evaluated, read_evaluation, stale
from engine.runs.reader import checkpoint_epochs, checkpoint_path
from workbench.bridge.evaluate_process import follow
from workbench.bridge.question import Context, Lane, Question


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


def kept(folder: Path) -> KeptEvaluation:
    """What is stored of a run, and of which checkpoints it could be evaluated."""
    found = read_evaluation(folder)
    old = frozenset(part for part, figure in found.at(None).items() if stale(folder, figure)) if found is not None else frozenset()
    return KeptEvaluation(found, old, tuple(checkpoint_epochs(folder)), checkpoint_path(folder).is_file())


@dataclass(frozen=True)
class ReadEvaluations(Question[dict[str, KeptEvaluation]]):
    """What is kept of some runs: answered by a dict of folder to KeptEvaluation."""

    lane: ClassVar = Lane.QUICK
    folders: tuple[str, ...]

    @property
    def topic(self) -> str:
        """A look at one run does not displace one at all."""
        return f"{type(self).__name__}.{self.folders[0] if len(self.folders) == 1 else ''}"

    def answer(self, context: Context) -> dict[str, KeptEvaluation]:
        """Without computing anything."""
        return {folder: kept(Path(folder)) for folder in self.folders}


@dataclass(frozen=True)
class EstimateEvaluation(Question[Estimate]):
    """How long an evaluation of a run would take, by a short trial: answered by engine.evaluate.plan.Estimate."""

    lane: ClassVar = Lane.SLOW
    folder: str

    def answer(self, context: Context) -> Estimate:
        """On the device that the evaluation would take."""
        from engine.evaluate.estimate import estimate
        from engine.execute.devices import resolve_device

        return estimate(Path(self.folder), resolve_device("auto"), context.part())


@dataclass(frozen=True)
class EstimateEvaluations(Question[dict[str, Estimate | str]]):
    """The same of several runs, one trial for all whose evaluations take as long: answered by a dict of folder to Estimate, or to
    the words that say why a run cannot be evaluated."""

    lane: ClassVar = Lane.SLOW
    folders: tuple[str, ...]

    def answer(self, context: Context) -> dict[str, Estimate | str]:
        """On the device that the evaluations would take."""
        from engine.evaluate.estimate import estimate_several
        from engine.execute.devices import resolve_device

        estimates = estimate_several([Path(folder) for folder in self.folders], resolve_device("auto"), context.part())
        return {str(folder): estimate for folder, estimate in estimates.items()}


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

    def answer(self, context: Context) -> KeptEvaluation:
        """ConfigError with what the process reported; Cancelled where it is no longer wanted."""
        command = ["evaluate", self.folder, "--parts", ",".join(self.parts), "--budget", str(self.budget), "--lines"]
        if self.epoch is not None:
            command += ["--epoch", str(self.epoch)]
        follow([sys.executable, "-m", "engine", *command], context.progress, context.wanted)
        return kept(Path(self.folder))
