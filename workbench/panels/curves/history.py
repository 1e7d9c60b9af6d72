"""Everything that one run measured, as series by name, from events as they come or from the lines of its metrics file. No Qt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from engine.events import Event
from workbench.plots.curve import Mark, MarkKind
from workbench.plots.series import Series


class History:
    """Series of one run. Names: "loss", "lr", "images_per_second", and what the run's events call their figures, after
    "terms.", "diagnostics." or "eval."; "stages." and its name for the loss of a stage that comes before the method's own training.
    """

    def __init__(self) -> None:
        self.series: dict[str, Series] = {}
        self.marks: list[Mark] = []
        self.chance: float | None = None
        self._batch = 0
        self._seconds = 0.0
        self._epoch = 0.0

    @property
    def stage(self) -> str:
        """The stage that the run is in, where its own training has not begun; else ""."""
        stages = [name for name in self.series if name.startswith("stages.")]
        return stages[-1].partition(".")[2] if stages and "loss" not in self.series else ""

    def drawn(self, name: str) -> Series | None:
        """The series of this name. For the loss, that of the present stage until the run's own training begins."""
        return self.series.get(f"stages.{self.stage}" if name == "loss" and self.stage else name)

    def take(self, event: Event) -> bool:
        """One event of the run; whether there is something new to draw."""
        kind = type(event).__name__
        if kind not in _TAKEN:
            return False
        _TAKEN[kind](self, vars(event))
        return True

    def take_line(self, line: Mapping[str, Any]) -> bool:
        """One line of metrics.jsonl; whether there is something new to draw. Unknown lines are passed over."""
        take = _TAKEN.get(str(line.get("event")))
        if take is None:
            return False
        take(self, line)
        return True

    def _started(self, line: Mapping[str, Any]) -> None:
        self._batch = int(line.get("batch") or 0)
        chance = line.get("chance")
        self.chance = float(chance) if isinstance(chance, (int, float)) else None
        step = int(line.get("step") or 0)
        if step > 0 and self.series:
            for series in self.series.values():
                series.truncate(step)
                series.gap()
            self.marks = [mark for mark in self.marks if mark.step <= step]
            rate = self.series.get("lr")  # noted at every step
            if rate is not None and rate.size:
                self._seconds = float(rate.x("seconds")[-1])
                self._epoch = float(rate.x("epoch")[-1])
            self._mark("resume", step, "")

    def _step(self, line: Mapping[str, Any]) -> None:
        step = float(line["step"])
        self._epoch, self._seconds = float(line.get("epoch", 0.0)), float(line.get("seconds", 0.0))
        # A stage before the method's own training has a loss of another kind, and so a curve of its own.
        stage = line.get("stage") or ""
        for name in ("loss", "lr", "images_per_second"):
            if name in line:
                self._add(f"stages.{stage}" if stage and name == "loss" else name, line[name], step)
        for group in ("terms", "diagnostics"):
            for name, value in (line.get(group) or {}).items():
                self._add(f"{group}.{name}", value, step)

    def _evaluated(self, line: Mapping[str, Any]) -> None:
        self._epoch = float(line.get("epoch", self._epoch))
        for name, value in (line.get("values") or {}).items():
            self._add(f"eval.{name}", value, float(line["step"]))

    def _saved(self, line: Mapping[str, Any]) -> None:
        self._mark("checkpoint", float(line["step"]), "")

    def _warned(self, line: Mapping[str, Any]) -> None:
        self._mark("warning", float(line.get("step") or 0), str(line.get("message", "")))

    def _mark(self, kind: MarkKind, step: float, text: str) -> None:
        self.marks.append(Mark(kind, step, self._epoch, step * self._batch, self._seconds, text))

    def _add(self, name: str, value: object, step: float) -> None:
        number = float(value) if isinstance(value, (int, float)) else math.nan
        series = self.series.get(name)
        if series is None:
            series = self.series[name] = Series()
        series.append(number, step=step, epoch=self._epoch, images=step * self._batch, seconds=self._seconds)


_TAKEN = {
    "RunStarted": History._started,
    "StepDone": History._step,
    "EvalDone": History._evaluated,
    "CheckpointSaved": History._saved,
    "Warned": History._warned,
}
