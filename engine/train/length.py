"""The number of steps of a run and the share done at each step, where its length may change during the run.

The schedules of a run (learning rate, a teacher's momentum and temperature, stages) go by the share of the run that is done. A run
whose length never changes has done `step / steps` of it. Where the length is changed at a step (a run by minutes that is faster
than was measured, a finished run that is trained longer), that change is recorded: the step, the new total, and the share done
there. After it the share rises linearly to 1 at the new total. So the share is a pure function of the config, and a resumed or
repeated run has exactly the same schedules.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from engine.config.run import TrainConfig


class Change(NamedTuple):
    """From `step` on the run has `total` steps, and `share` (0 to 1) of it is done at `step`."""

    step: int
    total: int
    share: float


@dataclass(frozen=True)
class Length:
    """The changes of a run's length in the order of their steps, the first at step 0."""

    changes: tuple[Change, ...]

    @classmethod
    def even(cls, steps: int) -> Length:
        """A length that never changed."""
        return cls((Change(0, steps, 0.0),))

    @classmethod
    def of(cls, config: TrainConfig, per_epoch: int) -> Length:
        """The length that a config asks for, at `per_epoch` steps an epoch. A plan that ends at another total than the config's
        own length is of another run and is ignored."""
        steps = config.steps or config.epochs * per_epoch
        changes = tuple(Change(*change) for change in config.plan)
        orderly = changes and changes[0].step == 0 and all(a.step < b.step for a, b in pairwise(changes))
        if not orderly or changes[-1].total != steps or any(change.total <= change.step for change in changes[:-1]):
            return cls.even(steps)
        return cls(changes)

    @property
    def steps(self) -> int:
        """The whole run, in steps."""
        return self.changes[-1].total

    @property
    def changed(self) -> bool:
        """Whether the length was ever changed."""
        return len(self.changes) > 1

    def known_at(self, step: int) -> Length:
        """The length that was planned at `step`: without later changes."""
        return Length(self.changes[:1] + tuple(change for change in self.changes[1:] if change.step <= step))

    def share(self, step: int) -> float:
        """How much of the run is done at a step, 0 to 1."""
        at = self._change_at(step)
        left = at.total - at.step
        return 1.0 if left <= 0 else at.share + (1.0 - at.share) * ((step - at.step) / left)

    def step_at(self, share: float) -> float:
        """The first step, not rounded, at which `share` of the run is done."""
        for at, after in zip(self.changes, (*self.changes[1:], None), strict=True):
            if after is None or share <= at.share + (1.0 - at.share) * ((after.step - at.step) / (at.total - at.step)):
                if share <= at.share:
                    return float(at.step)
                return at.step + (share - at.share) / (1.0 - at.share) * (at.total - at.step)
        raise AssertionError("the last change has none after it")

    def revised(self, step: int, total: int, share: float | None = None) -> Length:
        """The same run with another total from `step` on; changes planned at or after it are dropped. `share`: how much of the run
        is done there then; None keeps what is done. ValueError for a total below `step`."""
        if total < step:
            raise ValueError(f"total must be at least {step}. Got {total}.")
        done = self.share(step) if share is None else share
        if step == 0:
            return Length.even(total)
        return Length((*(change for change in self.changes if change.step < step), Change(step, total, done)))

    def plan(self) -> tuple[tuple[int, int, float], ...]:
        """The changes in the form of `train.plan`."""
        return tuple((change.step, change.total, change.share) for change in self.changes)

    def _change_at(self, step: int) -> Change:
        current = self.changes[0]
        for change in self.changes[1:]:
            if change.step > step:
                break
            current = change
        return current
