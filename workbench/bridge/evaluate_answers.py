"""What the engine answers about how good a run's encoder is. Evaluating is done by `python -m engine evaluate` in a process of its
own: what ends that one, a lack of memory say, does not end the window, and to call it off is to end it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from engine.config.errors import ConfigError, Problem
from engine.evaluate.plan import Estimate
from engine.execute.child_process import ChildEnded, ChildProcess, check_wanted
from engine.runs.evaluation import read_evaluation, stale
from engine.runs.reader import checkpoint_epochs, checkpoint_path
from workbench.bridge.evaluate_questions import (
    EstimateEvaluation,
    EstimateEvaluations,
    EvaluateRun,
    KeptEvaluation,
    ReadEvaluations,
)
from workbench.bridge.ticking import Tell, Wanted, ticking

# Steps of priority by which an evaluation gives way to everything else.
NICENESS = 10
# Last lines of its standard error that are kept for a message.
KEPT_ERRORS = 40


def read(asked: ReadEvaluations, progress: Tell, wanted: Wanted) -> dict[str, KeptEvaluation]:
    """What is kept of some runs."""
    return {folder: kept(Path(folder)) for folder in asked.folders}


def kept(folder: Path) -> KeptEvaluation:
    """What is kept of a run, and of which checkpoints it could be evaluated."""
    found = read_evaluation(folder)
    old = frozenset(part for part, figure in found.at(None).items() if stale(folder, figure)) if found is not None else frozenset()
    return KeptEvaluation(found, old, tuple(checkpoint_epochs(folder)), checkpoint_path(folder).is_file())


def estimate(asked: EstimateEvaluation, progress: Tell, wanted: Wanted) -> Estimate:
    """How long it would take."""
    from engine.evaluate.estimate import estimate as measured
    from engine.train.devices import resolve_device

    return measured(Path(asked.folder), resolve_device("auto"), ticking(progress, wanted))


def estimate_several(asked: EstimateEvaluations, progress: Tell, wanted: Wanted) -> dict[str, Estimate | str]:
    """How long each would take."""
    from engine.evaluate.estimate import estimate_several as measured
    from engine.train.devices import resolve_device

    found = measured([Path(folder) for folder in asked.folders], resolve_device("auto"), ticking(progress, wanted))
    return {str(folder): one for folder, one in found.items()}


def evaluate(asked: EvaluateRun, progress: Tell, wanted: Wanted) -> KeptEvaluation:
    """Evaluate in a process of its own. ConfigError with what that one said; Cancelled where nobody waits any more."""
    command = ["evaluate", asked.folder, "--parts", ",".join(asked.parts), "--budget", str(asked.budget), "--lines"]
    if asked.epoch is not None:
        command += ["--epoch", str(asked.epoch)]
    follow([sys.executable, "-m", "engine", *command], progress, wanted)
    return kept(Path(asked.folder))


def follow(command: list[str], progress: Tell, wanted: Wanted) -> None:
    """Run a command that reports its progress in lines of JSON, each with a "share". ConfigError where it fails."""
    with ChildProcess(command, lines=True, niceness=NICENESS, kept_errors=KEPT_ERRORS) as child:
        try:
            while True:
                share = _share(child.receive(check_wanted(wanted)))
                if share is not None:
                    progress(share)
        except ChildEnded as ended:
            if ended.code:
                raise ConfigError([Problem("evaluate", _reason(ended))]) from None


def _share(line: str) -> float | None:
    try:
        return float(json.loads(line)["share"])
    except (ValueError, KeyError, TypeError):
        return None


def _reason(ended: ChildEnded) -> str:
    """Why a process ended, in its own words where it had some."""
    errors = [line.removeprefix("error: ") for line in ended.errors if line.startswith("error: ")]
    if errors:
        return "\n".join(errors)
    if ended.code < 0:
        return (
            f"The evaluation was ended from outside ({ended.signal_name}): the machine may have run out of memory. "
            "Evaluate fewer parts at once."
        )
    return "\n".join([f"The evaluation ended with an error (code {ended.code}).", *ended.errors])
