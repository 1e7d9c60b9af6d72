"""Questions about evaluations. A run is evaluated by `python -m engine evaluate` in a separate process, so that running out of
memory does not end the window, and cancelling ends the process."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from engine.evaluate.dense_plan import DENSE
from engine.evaluate.plan import BUDGET, Estimate
from engine.evaluate.predictions import Predictions, predictions_path, read_predictions
from engine.runs.evaluation import Evaluated, read_evaluation, stale
from engine.runs.reader import checkpoint_epochs, checkpoint_path
from workbench.bridge.evaluate_process import follow
from workbench.bridge.question import Context, Lane, Question


@dataclass(frozen=True)
class KeptEvaluation:
    """`evaluation`: the stored one, None if there is none; `stale`: parts whose figures are of an older checkpoint than the last;
    `epochs`: those whose checkpoint was kept; `checkpoint`: whether there is a last one."""

    evaluation: Evaluated | None
    stale: frozenset[str] = frozenset()
    epochs: tuple[int, ...] = ()
    checkpoint: bool = True

    @property
    def measured(self) -> frozenset[str]:
        """The parts with a figure of the current last checkpoint."""
        return frozenset(self.evaluation.at(None)) - self.stale if self.evaluation is not None else frozenset()


def kept(folder: Path) -> KeptEvaluation:
    """A run's stored evaluation, and the checkpoints that can be evaluated."""
    evaluation = read_evaluation(folder)
    figures = evaluation.at(None) if evaluation is not None else {}
    old = frozenset(part for part, figure in figures.items() if stale(folder, figure))
    return KeptEvaluation(evaluation, old, tuple(checkpoint_epochs(folder)), checkpoint_path(folder).is_file())


@dataclass(frozen=True)
class ReadEvaluations(Question[dict[str, KeptEvaluation]]):
    """The stored evaluations of some runs: answered by a dict of folder to KeptEvaluation."""

    lane: ClassVar = Lane.QUICK
    folders: tuple[str, ...]

    @property
    def topic(self) -> str:
        """A question about one run does not replace one about several."""
        return f"{type(self).__name__}.{self.folders[0] if len(self.folders) == 1 else ''}"

    def answer(self, context: Context) -> dict[str, KeptEvaluation]:
        """Reads files only."""
        return {folder: kept(Path(folder)) for folder in self.folders}


@dataclass(frozen=True)
class ReadPredictions(Question[dict[str, Predictions]]):
    """The stored predictions for a few test images, at a checkpoint of a run: answered by a dict of part to Predictions."""

    lane: ClassVar = Lane.QUICK
    folder: str
    epoch: int | None = None

    def answer(self, context: Context) -> dict[str, Predictions]:
        """Reads files only. Parts without stored predictions are left out."""
        stored = {part: read_predictions(predictions_path(Path(self.folder), part, self.epoch)) for part in DENSE}
        return {part: predictions for part, predictions in stored.items() if predictions is not None}


@dataclass(frozen=True)
class EstimateEvaluation(Question[Estimate]):
    """How long an evaluation of a run would take, measured by a short trial: answered by engine.evaluate.plan.Estimate."""

    lane: ClassVar = Lane.SLOW
    folder: str

    def answer(self, context: Context) -> Estimate:
        """On the device that the evaluation would use."""
        from engine.evaluate.estimate import estimate
        from engine.execute.devices import resolve_device

        return estimate(Path(self.folder), resolve_device("auto"), context.part())


@dataclass(frozen=True)
class EstimateEvaluations(Question[dict[str, Estimate | str]]):
    """The same for several runs, with one trial for all whose evaluations take equally long: answered by a dict of folder to
    Estimate, or to a message if a run cannot be evaluated."""

    lane: ClassVar = Lane.SLOW
    folders: tuple[str, ...]

    def answer(self, context: Context) -> dict[str, Estimate | str]:
        """On the device that the evaluations would use."""
        from engine.evaluate.estimate import estimate_several
        from engine.execute.devices import resolve_device

        estimates = estimate_several([Path(folder) for folder in self.folders], resolve_device("auto"), context.part())
        return {str(folder): estimate for folder, estimate in estimates.items()}


@dataclass(frozen=True)
class EvaluateRun(Question[KeptEvaluation]):
    """Evaluate a run in a separate process of low priority: answered by KeptEvaluation. Each figure is stored with the run as soon
    as it is computed, even if the rest is cancelled. `epoch`: None for the last checkpoint, 0 for the untrained encoder."""

    lane: ClassVar = Lane.LONG
    folder: str
    parts: tuple[str, ...] = ()
    epoch: int | None = None
    budget: int = BUDGET

    @property
    def topic(self) -> str:
        """Questions about different runs do not replace each other."""
        return f"{type(self).__name__}.{self.folder}"

    def answer(self, context: Context) -> KeptEvaluation:
        """ConfigError with the error messages of the process; Cancelled where the answer is no longer wanted."""
        command = ["evaluate", self.folder, "--parts", ",".join(self.parts), "--budget", str(self.budget), "--lines"]
        if self.epoch is not None:
            command += ["--epoch", str(self.epoch)]
        follow([sys.executable, "-m", "engine", *command], context.progress, context.wanted)
        return kept(Path(self.folder))
