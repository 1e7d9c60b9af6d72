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
from workbench.bridge.priority import step_back
from workbench.bridge.question import Question

A = TypeVar("A")


@dataclass(eq=False)
class Request(Generic[A]):
    """One question and its callbacks, which `RequestQueue.hand_over` may exchange. `topic`: the question's, with the scope of the
    panel that asked."""

    question: Question[A]
    topic: str
    answer: Callable[[A], None]
    failed: Callable[[str], None] | None
    progress: Callable[[float], None] | None


class Compute(Protocol):
    """Computes one answer. `progress` reports a share from 0 to 1; it raises Cancelled, which must pass, where a person cancelled
    the question. `wanted`: whether the answer is still waited for."""

    def __call__(self, question: Question[A], progress: ProgressCallback, wanted: Wanted, /) -> A: ...


Deliver = Callable[[Callable[[], None]], None]
# Called in the window's thread with the progress of a question, and with None when it is over.
Watch = Callable[[Question[object], float | None], None]


class RequestQueue:
    """Answers questions one after another. A newer question of a topic takes the place of the one that waits; the answer to
    one that was replaced while it was computed is dropped. The thread starts with the first question and ends after `end`.
    One that `yields` runs with lower priority than the window and than the queues that do not."""

    def __init__(self, name: str, compute: Compute, deliver: Deliver, watch: Watch, yields: bool = True) -> None:
        self._name = name
        self._compute = compute
        self._deliver = deliver
        self._watch = watch
        self._yields = yields
        self._cancelled = ""  # the message for the question that is being answered, where it was cancelled
        self._lock = threading.Condition()
        # Questions of all kinds wait here: Any stands for the type of whichever answer.
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
        """Forget the question of a topic, whether it waits or is being answered; no callback is called. Whether one is being
        answered."""
        with self._lock:
            self._waiting.pop(topic, None)
            self._newest.pop(topic, None)
            return self._current is not None and self._current.topic == topic

    def hand_over(self, successor: Request[A]) -> bool:
        """Give the answer to the question of the successor's topic to the callbacks of the successor; whether such a question waits
        or is being answered."""
        with self._lock:
            request = self._newest.get(successor.topic)
            if request is None or (request is not self._current and self._waiting.get(request.topic) is not request):
                return False
            request.answer, request.failed, request.progress = successor.answer, successor.failed, successor.progress
            return True

    def cancel_opening(self, message: str) -> None:
        """End the questions that open data, also the one that is being answered: their `failed` gets the message. One that
        reports no progress is answered as if nothing had happened."""
        with self._lock:
            cancelled = [request for request in self._waiting.values() if request.question.opens_data]
            for request in cancelled:
                del self._waiting[request.topic]
            if self._current is not None and self._current.question.opens_data:
                self._cancelled = message
        for request in cancelled:
            self._fail(request, message)

    def end(self) -> None:
        """Forget what waits and have the thread end after the current question."""
        with self._lock:
            self._closed = True
            self._waiting.clear()
            self._newest.clear()
            self._lock.notify()

    def join(self, seconds: float = 10.0) -> bool:
        """Wait for the thread after `end`; whether it ended in time."""
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
            step_back()
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
            # For whoever looks for the fault: a panel has room for a sentence. A program without a console has nowhere to print it.
            with contextlib.suppress(OSError, ValueError, AttributeError):
                print(trace, file=sys.stderr, flush=True)

        def report() -> None:
            # The callbacks of this moment: the question may have been handed over.
            if request.failed is not None and self._wanted(request):
                request.failed(message)

        self._deliver(report)
