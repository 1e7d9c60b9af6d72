"""Evaluate several runs one after another: stored figures are not measured again, and a failed run does not stop the others."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from engine.config.errors import ConfigError
from engine.evaluate.plan import BUDGET, DEFAULT, check_parts, figures_of, parts_left
from engine.evaluate.protocol import evaluate
from engine.execute.machines import Needs
from engine.execute.progress import ProgressCallback
from engine.runs.evaluation import Figure, measured, read_evaluation


@dataclass(frozen=True)
class Outcome:
    """The result for one run. `state`: "evaluated"; "kept", where every figure was stored already; "failed", with the message in
    `words` and, unless it is a ConfigError, the traceback in `trace`. `figures`: the requested ones that exist, by name; `data`:
    the set's name; `images`: number of test images; `digest`: equal for runs evaluated on the same images in the same splits, ""
    where it is not known."""

    folder: Path
    state: Literal["evaluated", "kept", "failed"]
    figures: Mapping[str, Figure] = field(default_factory=dict)
    data: str = ""
    images: int = 0
    words: str = ""
    trace: str = ""
    digest: str = ""


@dataclass(frozen=True)
class EvaluationJob:
    """Evaluate a run, as a job for other machines. device: "auto" or one of that machine."""

    folder: Path
    device: str
    parts: tuple[str, ...]
    epoch: int | None
    budget: int
    again: bool

    @property
    def title(self) -> str:
        return self.folder.name

    @property
    def needs(self) -> Needs:
        return Needs({"cuda": 1, "auto": None}.get(self.device.partition(":")[0], 0))

    @property
    def shared(self) -> Path:
        return self.folder / "config.yaml"

    def run(self, stop: threading.Event) -> Outcome | None:
        """The figures; None where it was stopped, with those that were measured before stored."""
        from engine.execute.devices import resolve_device

        def report(share: float, text: str = "", /) -> None:
            if stop.is_set():
                raise KeyboardInterrupt  # the only one that `evaluate_several` passes on

        settings: dict[str, Any] = {"epoch": self.epoch, "budget": self.budget, "again": self.again}
        try:
            device = resolve_device(self.device)
            [outcome] = evaluate_several([self.folder], device, parts=self.parts, progress=lambda number: report, **settings)
        except KeyboardInterrupt:
            return None
        return outcome


def parts_to_do(folder: Path, parts: Sequence[str] = DEFAULT, epoch: int | None = None, again: bool = False) -> tuple[str, ...]:
    """The parts of which the run has no stored figure of this checkpoint, or all of them with `again`."""
    requested = check_parts(parts)
    return requested if again else parts_left(requested, measured(folder, read_evaluation(folder), epoch))


def evaluate_several(
    folders: Sequence[Path],
    device: str | None = None,
    *,
    parts: Sequence[str] = DEFAULT,
    epoch: int | None = None,
    budget: int = BUDGET,
    again: bool = False,
    progress: Callable[[int], ProgressCallback] | None = None,
) -> Iterator[Outcome]:
    """Evaluate run folders in their order, as `evaluate` does, and yield each outcome as soon as it is known. A stored figure of
    the same checkpoint is not measured again, unless `again`. A run's exception becomes its outcome; KeyboardInterrupt is passed
    on, and figures measured before it stay stored."""
    requested = check_parts(parts)
    for number, folder in enumerate(folders):
        left = parts_to_do(folder, requested, epoch, again)
        figures: Mapping[str, Figure] = {}
        words, trace = "", ""
        if left:
            report = progress(number) if progress is not None else None
            try:
                figures = evaluate(folder, None, device, progress=report, parts=left, epoch=epoch, budget=budget).figures
            except ConfigError as error:
                words = str(error)
            except Exception as error:
                words, trace = f"{type(error).__name__}: {error}", traceback.format_exc()
        kept = read_evaluation(folder)
        fresh = measured(folder, kept, epoch)
        # The figures of a folder that cannot be written to are only in this result.
        known = {**{name: figure for name, figure in (kept.at(epoch) if kept else {}).items() if name in fresh}, **figures}
        wanted = [name for part in requested for name in figures_of(part)]
        yield Outcome(
            folder,
            "failed" if words else "evaluated" if left else "kept",
            {name: known[name] for name in wanted if name in known},
            kept.data if kept is not None else "",
            kept.images.get("test", 0) if kept is not None else 0,
            words,
            trace,
            kept.digest if kept is not None else "",
        )
