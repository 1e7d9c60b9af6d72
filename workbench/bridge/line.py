"""A waiting line of questions with a background thread of its own. No Qt: what it has to say goes into `deliver`."""

from __future__ import annotations

import contextlib
import sys
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.config.errors import ConfigError
from engine.execute.progress import Cancelled, ProgressCallback, Wanted
from workbench.bridge.priority import step_back
from workbench.bridge.questions import Question


@dataclass(eq=False)
class Asked:
    """One question and who waits for it, which may be somebody else later. `topic` is the question's, told apart by who asks."""

    question: Question
    topic: str
    answer: Callable[[Any], None]
    failed: Callable[[str], None] | None
    progress: Callable[[float], None] | None


# Computes one answer. Gets the question, a function that reports progress (and raises Cancelled, which is to pass, where a person
# called the question off), and one that says whether the answer is still wanted.
Compute = Callable[[Question, ProgressCallback, Wanted], Any]
Deliver = Callable[[Callable[[], None]], None]
# Hears in the window's thread how far a question is, and None when it is over.
Watch = Callable[[Question, float | None], None]


class Line:
    """Answers questions one after another. A newer question of a topic takes the place of the one that waits; the answer to
    one that was overtaken while it was computed is dropped. The thread starts with the first question and ends after `end`.
    One that `yields` gives way to the window, and to lines that do not."""

    def __init__(self, name: str, compute: Compute, deliver: Deliver, watch: Watch, yields: bool = True) -> None:
        self._name = name
        self._compute = compute
        self._deliver = deliver
        self._watch = watch
        self._yields = yields
        self._off = ""
        self._lock = threading.Condition()
        self._waiting: OrderedDict[str, Asked] = OrderedDict()
        self._newest: dict[str, Asked] = {}
        self._busy = False
        self._now: Asked | None = None
        self._closed = False
        self._thread: threading.Thread | None = None

    def put(self, asked: Asked) -> None:
        """Add a question. Nothing happens after `end`."""
        with self._lock:
            if self._closed:
                return
            self._waiting.pop(asked.topic, None)
            self._waiting[asked.topic] = asked
            self._newest[asked.topic] = asked
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
        """Forget the question of a topic, whether it waits or is being answered; nobody is called. Whether one is being
        answered."""
        with self._lock:
            self._waiting.pop(topic, None)
            self._newest.pop(topic, None)
            return self._now is not None and self._now.topic == topic

    def hand_over(
        self,
        topic: str,
        answer: Callable[[Any], None],
        failed: Callable[[str], None] | None,
        progress: Callable[[float], None] | None,
    ) -> bool:
        """Somebody else waits from now on for the answer to the question of a topic; whether it waits or is being answered."""
        with self._lock:
            asked = self._newest.get(topic)
            if asked is None or (asked is not self._now and self._waiting.get(topic) is not asked):
                return False
            asked.answer, asked.failed, asked.progress = answer, failed, progress
            return True

    def call_off(self, kinds: tuple[type[Question], ...], words: str) -> None:
        """End the questions of some kinds, also the one that is being answered: who asked hears `words` as of a failure. One that
        reports no progress is answered as if nothing had been."""
        with self._lock:
            gone = [asked for asked in self._waiting.values() if isinstance(asked.question, kinds)]
            for asked in gone:
                del self._waiting[asked.topic]
            if self._now is not None and isinstance(self._now.question, kinds):
                self._off = words
        for asked in gone:
            self._fail(asked, words)

    def end(self) -> None:
        """Forget what waits and have the thread end after what it does now."""
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

    def _wanted(self, asked: Asked) -> bool:
        with self._lock:
            return not self._closed and self._newest.get(asked.topic) is asked

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
                _, asked = self._waiting.popitem(last=False)
                self._busy, self._now, self._off = True, asked, ""
            self._answer(asked)
            with self._lock:
                self._now = None
                if not self._waiting:
                    self._busy = False

    def _answer(self, asked: Asked) -> None:
        def wanted() -> bool:
            return self._wanted(asked)

        watched = False

        def progress(share: float, text: str = "", /) -> None:
            nonlocal watched
            if self._off or self._closed:
                raise Cancelled
            watched = True
            self._deliver(lambda: self._watch(asked.question, share))
            tell = asked.progress
            if tell is not None and wanted():
                self._deliver(lambda: tell(share) if wanted() else None)

        try:
            found = self._compute(asked.question, progress, wanted)
        except Cancelled:
            self._fail(asked, self._off)
        except ConfigError as error:
            self._fail(asked, str(error))
        except Exception as error:  # an answer that cannot be had must not end the thread
            self._fail(asked, f"{type(error).__name__}: {error}", traceback.format_exc())
        else:
            if wanted():
                self._deliver(lambda: asked.answer(found) if wanted() else None)
        if watched:
            self._deliver(lambda: self._watch(asked.question, None))

    def _fail(self, asked: Asked, message: str, trace: str = "") -> None:
        if trace and self._wanted(asked):
            # For whoever looks for the fault: a panel has room for a sentence. A program without a console has nowhere to print it.
            with contextlib.suppress(OSError, ValueError, AttributeError):
                print(trace, file=sys.stderr, flush=True)

        def tell() -> None:
            # Whoever waits by then: the question may have been handed over.
            if asked.failed is not None and self._wanted(asked):
                asked.failed(message)

        self._deliver(tell)
