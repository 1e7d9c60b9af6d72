"""What every question to the engine declares: the type of its answer, its lane, and whether it opens data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Generic, TypeVar

A_co = TypeVar("A_co", covariant=True)


class Lane(Enum):
    """The background thread that answers a question. Questions of one lane are answered one after another."""

    QUICK = "quick"
    """Milliseconds: a person watches, a slider moves."""
    SLOW = "slow"
    """Seconds: a dry run, an encoder to open, a data set to download. A preview must not wait for these."""
    MAPS = "maps"
    """Maps that are made in a process of their own."""
    LONG = "long"
    """Minutes: what takes seconds must not wait for these."""
    METRICS = "metrics"
    """Reading the metrics of runs: seconds for a long run, in pure Python."""


@dataclass(frozen=True)
class Question(Generic[A_co]):
    """Base of all questions. `Question[Speed]` is answered by a `Speed`.

    `lane`: the background thread that answers it. `opens_data`: whether its progress is that of opening data, which the window
    shows and a person can cancel. A newer question with the same `topic` replaces one that still waits in the lane."""

    lane: ClassVar[Lane]
    opens_data: ClassVar[bool] = False

    @property
    def topic(self) -> str:
        """What the question is about; by default its kind."""
        return type(self).__name__

    def lane_of_this(self) -> Lane:
        """The lane of this very question, where that depends on its values; by default `lane`."""
        return self.lane

    @property
    def source(self) -> str:
        """The data that it opens, as `data.source` of a config names them; "" where it opens none."""
        return ""


@dataclass(frozen=True)
class DataQuestion(Question[A_co]):
    """Base of questions about data. `data`: a DataConfig as nested values; of a run see `workbench.bridge.run_data`."""

    data: Mapping[str, Any]

    @property
    def source(self) -> str:
        """As `data` names it."""
        return str(self.data.get("source", ""))


@dataclass(frozen=True)
class ConfigQuestion(Question[A_co]):
    """Base of questions about a run that is being set up. `config`: its RunConfig as nested values, complete or in part."""

    config: Mapping[str, Any]

    @property
    def source(self) -> str:
        """As `config` names it."""
        return str(self.config.get("data", {}).get("source", ""))
