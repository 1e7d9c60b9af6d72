"""What the window says of runs that progress and end: its title, and the texts of notices. No widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from engine.config.run_name import elided
from workbench.models.columns import duration, share, signed
from workbench.models.runs import RunRow

translate = QCoreApplication.translate
PROGRAM = "Parallax"


def window_title(run: RunRow | None, state: str) -> str:
    """The title of the window: "42 % VICReg · shapes · s0 - Parallax". `run`: the run that trains, None for none."""
    if run is None or not state:
        return PROGRAM
    percent = f"{int(run.status.progress * 100)} %" if run.status.step else "…"
    paused = translate("RunsModel", "paused") if state == "paused" else ""
    return f"{paused} {percent} {elided(run.title, 60)} - {PROGRAM}".strip()


def percent_of(run: RunRow | None) -> int:
    """How far the run that trains is, from 1 to 99; 0 for none."""
    return min(99, max(1, int(run.status.progress * 100))) if run is not None else 0


def end_text(run: RunRow) -> str:
    """A run that has ended in a sentence, with its duration and kNN."""
    title, at = elided(run.title, 80), run.status
    if run.state == "failed":
        return translate("Window", "{0} has failed: {1}").format(title, run.problem)
    if run.state == "stopped":
        return translate("Window", "{0} was stopped at step {1}.").format(title, f"{at.step:,}")
    figures = ""
    if at.best is not None:
        gain = f" ({signed(at.gain)})" if at.gain is not None else ""
        figures = " " + translate("Window", "Best kNN {0}{1}.").format(share(at.best), gain)
    return translate("Window", "{0} has finished in {1}.").format(title, duration(at.seconds)) + figures


@dataclass(frozen=True)
class QueueEnd:
    """The runs that ended since the queue was last empty."""

    finished: int
    failed: int
    stopped: int

    @property
    def runs(self) -> int:
        """How many there are."""
        return self.finished + self.failed + self.stopped


def queue_end(states: Sequence[str]) -> QueueEnd:
    """The count of each state."""
    return QueueEnd(*(sum(state == name for state in states) for name in ("finished", "failed", "stopped")))


def queue_text(end: QueueEnd) -> str:
    """The end of the queue in a sentence."""
    parts = [translate("Window", "{0} finished").format(end.finished)] if end.finished else []
    parts += [translate("Window", "{0} failed").format(end.failed)] if end.failed else []
    parts += [translate("Window", "{0} stopped").format(end.stopped)] if end.stopped else []
    return translate("Window", "The queue is done: {0}.").format(", ".join(parts))
