"""Several runs evaluated one after another: what is kept is not done again, and a run that fails does not stop the others."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from engine.config.errors import ConfigError
from engine.evaluate.plan import BUDGET, DEFAULT, check_parts, figures_of, parts_left
from engine.evaluate.protocol import evaluate
from engine.execute.progress import ProgressCallback
from engine.runs.evaluation import Figure, measured, read_evaluation

# Which run, from 0, how far it is from 0 to 1, and what is being done.


@dataclass(frozen=True)
class Outcome:
    """What became of one run. `state`: "evaluated"; "kept", where every figure was there already; "failed", with the reason in
    `words` and, where it is not one that a person can mend, its traceback in `trace`. `figures`: those that were asked for, by
    name, as far as there are any; `data`: the set's name; `images`: test images."""

    folder: Path
    state: Literal["evaluated", "kept", "failed"]
    figures: Mapping[str, Figure] = field(default_factory=dict)
    data: str = ""
    images: int = 0
    words: str = ""
    trace: str = ""


def parts_to_do(folder: Path, parts: Sequence[str] = DEFAULT, epoch: int | None = None, again: bool = False) -> tuple[str, ...]:
    """The parts of which a run keeps no figure of this checkpoint, or all of them with `again`."""
    asked = check_parts(parts)
    return asked if again else parts_left(asked, measured(folder, read_evaluation(folder), epoch))


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
    """Evaluates run folders in their order, each as `evaluate` does, and gives each outcome as soon as it is known. A figure that
    a run keeps of the same checkpoint is not measured again, unless `again`. A run's exception is its outcome; KeyboardInterrupt
    passes, and what is done until then is kept."""
    asked = check_parts(parts)
    for place, folder in enumerate(folders):
        left = parts_to_do(folder, asked, epoch, again)
        figures: Mapping[str, Figure] = {}
        words, trace = "", ""
        if left:
            tell = progress(place) if progress is not None else None
            try:
                figures = evaluate(folder, None, device, progress=tell, parts=left, epoch=epoch, budget=budget).figures
            except ConfigError as error:
                words = str(error)
            except Exception as error:
                words, trace = f"{type(error).__name__}: {error}", traceback.format_exc()
        kept = read_evaluation(folder)
        fresh = measured(folder, kept, epoch)
        # Those of a folder that cannot be written to are nowhere but here.
        known = {**{name: figure for name, figure in (kept.at(epoch) if kept else {}).items() if name in fresh}, **figures}
        wanted = [name for part in asked for name in figures_of(part)]
        yield Outcome(
            folder,
            "failed" if words else "evaluated" if left else "kept",
            {name: known[name] for name in wanted if name in known},
            kept.data if kept is not None else "",
            kept.images.get("test", 0) if kept is not None else 0,
            words,
            trace,
        )
