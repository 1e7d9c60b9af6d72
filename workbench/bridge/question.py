"""The base class of questions to the engine: the type of the answer, the lane, whether it opens data, and how it is answered.

    @dataclass(frozen=True)
    class CountImages(DataQuestion[int]):
        lane: ClassVar = Lane.SLOW
        opens_data: ClassVar = True

        def answer(self, context: Context) -> int:
            return len(open_data(context, self.data))

A panel asks with `ask(CountImages(data), self._show_count)`. `answer` runs in a background thread and imports the engine's modules
inside the function: the module of a question is imported with the window, which must not load torch.
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
    """Milliseconds: the user waits for it, while a slider moves for instance."""
    SLOW = "slow"
    """Seconds: a dry run, an encoder to open, a data set to download. A preview must not wait for these."""
    MAPS = "maps"
    """Maps that are computed in a separate process."""
    LONG = "long"
    """Minutes: questions that take seconds must not wait for these."""
    METRICS = "metrics"
    """Reading the metrics of runs: seconds for a long run, in pure Python."""


class Where(Enum):
    """Which machine answers a question, where the engine is on another one than the window."""

    ENGINE = "engine"
    """The engine's. The question and its answer travel: see engine.serve.codec for the types that can."""
    WINDOW = "window"
    """The window's: it needs nothing of the engine's, or what it reads is copied (engine.serve.run_files)."""
    SAME = "same"
    """None of the two yet: it reads or writes files of the window's machine with what the engine's has."""


@runtime_checkable
class Closable(Protocol):
    """An object that must be closed when the program ends."""

    def close(self) -> None:
        """Release its resources, such as processes."""


class Session:
    """Objects that answers share: opened data, spaces, maps. One object of each class, created at its first use."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._kept: dict[type, object] = {}
        self._closed = False
        self._stops: dict[str, Callable[[], None]] = {}

    def get(self, kind: type[T], make: Callable[[], T] | None = None) -> T:
        """The object of a class, created by `make` if there is none (None: by the class without arguments). Cancelled if it would
        have to be created after `close`."""
        with self._lock:
            kept = self._kept.get(kind)
            if not isinstance(kept, kind):
                if self._closed:
                    raise Cancelled
                kept = self._kept[kind] = (make or kind)()
            return kept

    def on_cancel(self, topic: str, stop: Callable[[], None]) -> None:
        """Set how to stop the computation for the current question of a topic at once. `stop` is called in the GUI thread."""
        with self._lock:
            self._stops[topic] = stop

    def cancel(self, topic: str) -> None:
        """Stop the computation for the question of a topic, if its answer has called `on_cancel`."""
        with self._lock:
            stop = self._stops.get(topic)
        if stop is not None:
            stop()

    def close(self) -> None:
        """Close all objects that are Closable."""
        with self._lock:
            self._closed = True
            kept = list(self._kept.values())
        for one in kept:
            if isinstance(one, Closable):
                one.close()


@dataclass(frozen=True)
class Context:
    """The context of an answer. `progress`: reports a fraction from 0 to 1; it raises Cancelled, which must not be caught, if the
    user has cancelled the question. `wanted`: whether the answer is still needed."""

    session: Session
    progress: ProgressCallback
    wanted: Wanted

    def part(self, begin: float = 0.0, end: float = 1.0) -> ProgressCallback:
        """The progress callback of a part of the work, from `begin` to `end`. Also raises Cancelled if the answer is no longer
        wanted."""
        return cancellable(part_of(self.progress, begin, end), self.wanted)


@dataclass(frozen=True)
class Question(ABC, Generic[A_co]):
    """Base of all questions. `Question[Speed]` is answered by a `Speed`.

    `lane`: the background thread that answers it. `opens_data`: whether its progress is that of opening data, which the window
    shows and the user can cancel. `where`: which machine answers it. `imports_torch`: whether its answer may import PyTorch, which
    is then imported whole before. A newer question with the same `topic` replaces one that still waits in the lane."""

    lane: ClassVar[Lane]
    opens_data: ClassVar[bool] = False
    where: ClassVar[Where] = Where.ENGINE
    imports_torch: ClassVar[bool] = True

    @abstractmethod
    def answer(self, context: Context) -> A_co:
        """Compute the answer, in a background thread. ConfigError where the user can fix the problem."""

    @property
    def topic(self) -> str:
        """A newer question with the same topic replaces this one; by default the name of the class."""
        return type(self).__name__

    def lane_of_this(self) -> Lane:
        """The lane of this question, if it depends on its values; by default `lane`."""
        return self.lane

    @property
    def data_source(self) -> str:
        """The data that it opens, as `data.source` of a config names them; "" where it opens none."""
        return ""


@dataclass(frozen=True)
class DataQuestion(Question[A_co]):
    """Base of questions about data. `data`: a DataConfig as nested values; for a run's data see `workbench.bridge.run_data`."""

    data: Mapping[str, Any]

    @property
    def data_source(self) -> str:
        """The source in `data`."""
        return str(self.data.get("source", ""))


@dataclass(frozen=True)
class ConfigQuestion(Question[A_co]):
    """Base of questions about a run that is being set up. `config`: its RunConfig as nested values, complete or in part."""

    config: Mapping[str, Any]

    @property
    def data_source(self) -> str:
        """The source in `config`."""
        return str(self.config.get("data", {}).get("source", ""))
