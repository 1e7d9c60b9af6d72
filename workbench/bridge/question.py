"""What every question to the engine declares: the type of its answer, its lane, whether it opens data, and how it is answered.

    @dataclass(frozen=True)
    class CountImages(DataQuestion[int]):
        lane: ClassVar = Lane.SLOW
        opens_data: ClassVar = True

        def answer(self, context: Context) -> int:
            return len(open_data(context, self.data))

That is all it takes: a panel asks with `ask(CountImages(data), self._show_count)`. `answer` runs in a background thread, and what
it needs of the engine is imported inside it: the module of a question is imported with the window, which must not load torch.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Generic, Protocol, TypeVar, runtime_checkable

from engine.execute.progress import Cancelled, ProgressCallback, Wanted, cancellable, part_of

A_co = TypeVar("A_co", covariant=True)
T = TypeVar("T")


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


@runtime_checkable
class Closable(Protocol):
    """Something to be closed when the program ends."""

    def close(self) -> None:
        """End what it holds, such as processes."""


class Session:
    """What answers keep for later ones: opened data, spaces, maps. One object of each class, made when it is first asked for."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._kept: dict[type, object] = {}
        self._closed = False
        self._stops: dict[str, Callable[[], None]] = {}

    def get(self, kind: type[T], make: Callable[[], T] | None = None) -> T:
        """The object of a class; `make` makes it where it is not there yet (None: the class without arguments). Cancelled where it
        would have to be made after `close`."""
        with self._lock:
            kept = self._kept.get(kind)
            if not isinstance(kept, kind):
                if self._closed:
                    raise Cancelled
                kept = self._kept[kind] = (make or kind)()
            return kept

    def on_cancel(self, topic: str, stop: Callable[[], None]) -> None:
        """An answer says how the work for a question of its topic is stopped at once. `stop` is called in the window's thread."""
        with self._lock:
            self._stops[topic] = stop

    def cancel(self, topic: str) -> None:
        """Stop the work for a question of a topic, where its answer said how."""
        with self._lock:
            stop = self._stops.get(topic)
        if stop is not None:
            stop()

    def close(self) -> None:
        """Close whatever can be closed."""
        with self._lock:
            self._closed = True
            kept = list(self._kept.values())
        for one in kept:
            if isinstance(one, Closable):
                one.close()


@dataclass(frozen=True)
class Context:
    """What an answer is computed with. `progress`: reports a share from 0 to 1; it raises Cancelled, which must pass, where a
    person cancelled the question. `wanted`: whether the answer is still waited for."""

    session: Session
    progress: ProgressCallback
    wanted: Wanted

    def part(self, begin: float = 0.0, end: float = 1.0) -> ProgressCallback:
        """Progress of a part, from `begin` to `end` of the whole. Raises Cancelled also where the answer is no longer wanted."""
        return cancellable(part_of(self.progress, begin, end), self.wanted)


@dataclass(frozen=True)
class Question(ABC, Generic[A_co]):
    """Base of all questions. `Question[Speed]` is answered by a `Speed`.

    `lane`: the background thread that answers it. `opens_data`: whether its progress is that of opening data, which the window
    shows and a person can cancel. A newer question with the same `topic` replaces one that still waits in the lane."""

    lane: ClassVar[Lane]
    opens_data: ClassVar[bool] = False

    @abstractmethod
    def answer(self, context: Context) -> A_co:
        """Compute the answer, in a background thread. ConfigError for what a person can fix."""

    @property
    def topic(self) -> str:
        """What the question is about; by default its kind."""
        return type(self).__name__

    def lane_of_this(self) -> Lane:
        """The lane of this very question, where that depends on its values; by default `lane`."""
        return self.lane

    @property
    def data_source(self) -> str:
        """The data that it opens, as `data.source` of a config names them; "" where it opens none."""
        return ""


@dataclass(frozen=True)
class DataQuestion(Question[A_co]):
    """Base of questions about data. `data`: a DataConfig as nested values; of a run see `workbench.bridge.run_data`."""

    data: Mapping[str, Any]

    @property
    def data_source(self) -> str:
        """As `data` names it."""
        return str(self.data.get("source", ""))


@dataclass(frozen=True)
class ConfigQuestion(Question[A_co]):
    """Base of questions about a run that is being set up. `config`: its RunConfig as nested values, complete or in part."""

    config: Mapping[str, Any]

    @property
    def data_source(self) -> str:
        """As `config` names it."""
        return str(self.config.get("data", {}).get("source", ""))
