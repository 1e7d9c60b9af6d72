"""The questions of one lane, answered one after another in a background thread. No Qt: results go through `deliver`."""

from __future__ import annotations

import contextlib
import sys
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from engine.config.errors import ConfigError
from engine.execute.progress import Cancelled, ProgressCallback, Wanted
from workbench.bridge.priority import lower_priority
from workbench.bridge.question import Question

A = TypeVar("A")


@dataclass(eq=False)
class Request(Generic[A]):
    """One question and its callbacks, which `RequestQueue.hand_over` may replace. `topic`: the question's, with the scope of the
    panel that asked."""

    question: Question[A]
    topic: str
    answer: Callable[[A], None]
    failed: Callable[[str], None] | None
    progress: Callable[[float], None] | None


class Compute(Protocol):
    """Computes one answer. `progress` reports a fraction from 0 to 1; it raises Cancelled, which must not be caught, if the user
    has cancelled the question. `wanted`: whether the answer is still needed."""

    def __call__(self, question: Question[A], progress: ProgressCallback, wanted: Wanted, /) -> A: ...


Deliver = Callable[[Callable[[], None]], None]
# Called in the GUI thread with the progress of a question, and with None when it has been answered.
Watch = Callable[[Question[object], float | None], None]


class RequestQueue:
    """Answers questions one after another. A newer question of a topic replaces the one that waits; the answer to one that was
    replaced while it was computed is discarded. The thread starts with the first question and ends after `end`. If `yields`, it
    runs with a lower priority than the window and other queues."""

    def __init__(self, name: str, compute: Compute, deliver: Deliver, watch: Watch, yields: bool = True) -> None:
        self._name = name
        self._compute = compute
        self._deliver = deliver
        self._watch = watch
        self._yields = yields
        self._cancelled = ""  # the message for the question that is being answered, where it was cancelled
        self._lock = threading.Condition()
        # The questions have answers of different types.
        self._waiting: OrderedDict[str, Request[Any]] = OrderedDict()
        self._newest: dict[str, Request[Any]] = {}
        self._busy = False
        self._current: Request[Any] | None = None
        self._closed = False
        self._thread: threading.Thread | None = None

    def put(self, request: Request[A]) -> None:
        """Add a question. Nothing happens after `end`."""
        with self._lock:
            if self._closed:
                return
            self._waiting.pop(request.topic, None)
            self._waiting[request.topic] = request
            self._newest[request.topic] = request
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=f"bridge {self._name}", daemon=True)
                self._thread.start()
            self._lock.notify()

    @property
    def busy(self) -> bool:
        """Whether a question waits or is being answered."""
        with self._lock:
            return self._busy or bool(self._waiting)

    def cancel(self, topic: str) -> bool:
        """Cancel the question of a topic, whether it waits or is being answered; no callback is called. Returns whether one is
        being answered."""
        with self._lock:
            self._waiting.pop(topic, None)
            self._newest.pop(topic, None)
            return self._current is not None and self._current.topic == topic

    def hand_over(self, successor: Request[A]) -> bool:
        """Replace the callbacks of the question with the successor's topic by the successor's. Returns whether such a question
        waits or is being answered."""
        with self._lock:
            request = self._newest.get(successor.topic)
            if request is None or (request is not self._current and self._waiting.get(request.topic) is not request):
                return False
            request.answer, request.failed, request.progress = successor.answer, successor.failed, successor.progress
            return True

    def cancel_opening(self, message: str) -> None:
        """Cancel the questions that open data, including the one that is being answered: `failed` is called with the message. A
        question that reports no progress is answered all the same."""
        with self._lock:
            cancelled = [request for request in self._waiting.values() if request.question.opens_data]
            for request in cancelled:
                del self._waiting[request.topic]
            if self._current is not None and self._current.question.opens_data:
                self._cancelled = message
        for request in cancelled:
            self._fail(request, message)

    def end(self) -> None:
        """Remove all waiting questions, and end the thread after the current one."""
        with self._lock:
            self._closed = True
            self._waiting.clear()
            self._newest.clear()
            self._lock.notify()

    def join(self, seconds: float = 10.0) -> bool:
        """Wait for the thread after `end`; returns whether it ended in time."""
        thread = self._thread
        if thread is None:
            return True
        thread.join(seconds)
        return not thread.is_alive()

    def _wanted(self, request: Request[A]) -> bool:
        with self._lock:
            return not self._closed and self._newest.get(request.topic) is request

    def _work(self) -> None:
        if self._yields:
            lower_priority()
        while True:
            with self._lock:
                while not self._waiting and not self._closed:
                    self._busy = False
                    self._lock.wait()
                if self._closed:
                    return
                _, request = self._waiting.popitem(last=False)
                self._busy, self._current, self._cancelled = True, request, ""
            self._answer(request)
            with self._lock:
                self._current = None
                if not self._waiting:
                    self._busy = False

    def _answer(self, request: Request[A]) -> None:
        def wanted() -> bool:
            return self._wanted(request)

        watched = False

        def progress(share: float, text: str = "", /) -> None:
            nonlocal watched
            if self._cancelled or self._closed:
                raise Cancelled
            watched = True
            self._deliver(lambda: self._watch(request.question, share))
            report = request.progress
            if report is not None and wanted():
                self._deliver(lambda: report(share) if wanted() else None)

        try:
            answer = self._compute(request.question, progress, wanted)
        except Cancelled:
            self._fail(request, self._cancelled)
        except ConfigError as error:
            self._fail(request, str(error))
        except Exception as error:  # an answer that fails must not end the thread
            self._fail(request, f"{type(error).__name__}: {error}", traceback.format_exc())
        else:
            if wanted():
                self._deliver(lambda: request.answer(answer) if wanted() else None)
        if watched:
            self._deliver(lambda: self._watch(request.question, None))

    def _fail(self, request: Request[A], message: str, trace: str = "") -> None:
        if trace and self._wanted(request):
            # For debugging: a panel shows only the message. Without a console stderr is missing.
            with contextlib.suppress(OSError, ValueError, AttributeError):
                print(trace, file=sys.stderr, flush=True)

        def report() -> None:
            # Read here, because `hand_over` may have replaced the callback.
            if request.failed is not None and self._wanted(request):
                request.failed(message)

        self._deliver(report)
