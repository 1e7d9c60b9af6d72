"""What the window asks about a sweep before its first run begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.bridge.question import Lane, Question


@dataclass(frozen=True)
class SweepChecked:
    """`place`: of the first config that is not fit, -1 where all are; `message`: what is wrong with it."""

    place: int = -1
    message: str = ""


@dataclass(frozen=True)
class CheckSweep(Question[SweepChecked]):
    """Are all these configs fit to run? Answered by SweepChecked."""

    lane: ClassVar = Lane.QUICK
    configs: tuple[Mapping[str, Any], ...]
