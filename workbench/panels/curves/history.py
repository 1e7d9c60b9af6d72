"""Everything that one run measured, as series by name, from events as they come or from the lines of its metrics file. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

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

    def take_lines(self, lines: Iterable[Mapping[str, Any]]) -> bool:
        """Many lines of metrics.jsonl in order, as `take_line`; steps in a row are added together. Needs no Qt, so that a
        background thread can read a long run. Whether there is something new to draw."""
        news, steps = False, list[Mapping[str, Any]]()
        for line in lines:
            if line.get("event") == "StepDone":
                steps.append(line)
                continue
            news |= self._steps(steps)
            steps.clear()
            news |= self.take_line(line)
        return self._steps(steps) or news

    def _started(self, line: Mapping[str, Any]) -> None:
        self._batch = int(_number(line.get("batch"), 0.0))
        chance = line.get("chance")
        self.chance = _number(chance) if isinstance(chance, (int, float)) else None
        step = int(_number(line.get("step"), 0.0))
        if step <= 0:
            # From its first step on: what came before was of another attempt.
            self.series.clear()
            self.marks.clear()
            self._seconds = self._epoch = 0.0
        elif self.series:
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
        self._steps([line])

    def _steps(self, lines: Sequence[Mapping[str, Any]]) -> bool:
        """Steps in a row; whether there were any."""
        rows: dict[str, list[tuple[float, ...]]] = {}
        for line in lines:
            step = _number(line.get("step"))
            if not math.isfinite(step):
                continue
            self._epoch, self._seconds = _number(line.get("epoch"), 0.0), _number(line.get("seconds"), 0.0)
            x_values = (step, self._epoch, step * self._batch, self._seconds)
            # A stage before the method's own training has a loss of another kind, and so a curve of its own.
            stage = line.get("stage")
            for name in ("loss", "lr", "images_per_second"):
                if name in line:
                    called = f"stages.{stage}" if stage and name == "loss" else name
                    rows.setdefault(called, []).append((*x_values, _number(line[name])))
            for group in ("terms", "diagnostics"):
                values = line.get(group)
                if isinstance(values, Mapping):
                    for name, value in values.items():
                        rows.setdefault(f"{group}.{name}", []).append((*x_values, _number(value)))
        for name, points in rows.items():
            self.series.setdefault(name, Series()).extend(np.array(points, np.float64))
        return bool(rows)

    def _evaluated(self, line: Mapping[str, Any]) -> None:
        self._epoch = _number(line.get("epoch"), self._epoch)
        values, step = line.get("values"), _number(line.get("step"))
        if isinstance(values, Mapping) and math.isfinite(step):
            for name, value in values.items():
                self._add(f"eval.{name}", value, step)

    def _saved(self, line: Mapping[str, Any]) -> None:
        self._mark("checkpoint", _number(line.get("step")), "")

    def _warned(self, line: Mapping[str, Any]) -> None:
        self._mark("warning", _number(line.get("step"), 0.0), str(line.get("message", "")))

    def _mark(self, kind: MarkKind, step: float, text: str) -> None:
        self.marks.append(Mark(kind, step, self._epoch, step * self._batch, self._seconds, text))

    def _add(self, name: str, value: object, step: float) -> None:
        self.series.setdefault(name, Series()).append(
            _number(value), step=step, epoch=self._epoch, images=step * self._batch, seconds=self._seconds
        )


def _number(value: object, instead: float = math.nan) -> float:
    """A figure as a float; `instead` for what is none: a file can hold anything."""
    try:
        return float(value) if isinstance(value, (int, float)) else instead
    except OverflowError:
        return instead


_TAKEN = {
    "RunStarted": History._started,
    "StepDone": History._step,
    "EvalDone": History._evaluated,
    "CheckpointSaved": History._saved,
    "Warned": History._warned,
}
