"""What the programs that try odd input share: mutations, limits, and the table of what came out."""

from __future__ import annotations

import contextlib
import random
import signal
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

MOST_BYTES = 12 << 30  # of address space for the whole program, where the system can limit it: more is an error in this program


class TooLong(BaseException):
    """Raised in what takes longer than its limit. No `except Exception` keeps it."""


Bounded = Callable[[Callable[[], object]], object]


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[Bounded]:
    """Gives a function that calls another within so many seconds, else raises TooLong; and limits this process's memory. On systems
    without alarms nothing is limited."""
    if hasattr(signal, "SIGALRM"):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))

        def ring(number: int, frame: object) -> None:
            raise TooLong

        signal.signal(signal.SIGALRM, ring)

    def bounded(do: Callable[[], object]) -> object:
        if hasattr(signal, "SIGALRM"):
            signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            return do()
        finally:
            if hasattr(signal, "SIGALRM"):
                signal.setitimer(signal.ITIMER_REAL, 0)

    yield bounded


def mutated(data: bytes, draw: random.Random, words: Sequence[bytes] = ()) -> bytes:
    """The same with a few bytes flipped, cut out, doubled, replaced or put in, or cut off at its end."""
    found = bytearray(data)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
        place = draw.randrange(len(found) + 1)
        length = min(draw.choice((1, 1, 2, 4, 8, 64)), len(found) - place)
        what = draw.randrange(8)
        if what == 0 and length:
            found[place] ^= 1 << draw.randrange(8)
        elif what == 1:
            del found[place : place + length]
        elif what == 2:
            found[place:place] = found[place : place + length] * draw.choice((1, 2, 50))
        elif what == 3:
            found[place : place + length] = draw.randbytes(length)
        elif what == 4 and words:
            found[place : place + length] = draw.choice(words)
        elif what == 5 and words:
            found[place:place] = draw.choice(words)
        elif what == 6 and draw.random() < 0.3:
            del found[place:]
        elif what == 7 and length:
            found[place : place + length] = draw.choice((b"\0", b"\xff", b"\x7f", b"\x80")) * length
    return bytes(found)


class Table:
    """How many of each kind ended how: with a result, with an error in words, or otherwise."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.seconds: dict[str, float] = defaultdict(float)
        self.slowest: dict[str, tuple[float, int]] = {}
        self.wrong: list[str] = []

    def take(
        self, kind: str, seed: int, bounded: Bounded, do: Callable[[], object], words: tuple[type[BaseException], ...]
    ) -> None:
        """Do it, and count how it ends. `words`: the errors that are told in words."""
        began = time.perf_counter()
        try:
            bounded(do)
            outcome = "result"
        except KeyboardInterrupt:
            raise
        except words as error:
            told = str(error)
            sound = bool(told.strip()) and "Traceback" not in told and len(told) < 100_000
            outcome = "words" if sound else "other"
            if not sound:
                self._note(kind, seed, error)
        except TooLong as error:
            outcome = "too long"
            self._note(kind, seed, error)
        except BaseException as error:  # whatever it is, it is what this program looks for
            outcome = "other"
            self._note(kind, seed, error)
        took = time.perf_counter() - began
        self.counts[kind][outcome] += 1
        self.seconds[kind] += took
        if took > self.slowest.get(kind, (0.0, 0))[0]:
            self.slowest[kind] = (took, seed)

    def _note(self, kind: str, seed: int, error: BaseException) -> None:
        place = traceback.extract_tb(error.__traceback__)[-1] if error.__traceback__ else None
        where = f"{place.filename.rsplit('/', 3)[-2]}/{place.filename.rsplit('/', 1)[-1]}:{place.lineno}" if place else ""
        self.wrong.append(f"{kind}, seed {seed}: {type(error).__name__} at {where}: {str(error)[:160]!r}")
        if len(self.wrong) <= 5:
            traceback.print_exception(error, file=sys.stderr)

    def text(self) -> str:
        """The table, and below it what ended otherwise than it should."""
        lines = ["| what | tried | result | error in words | other | too long | seconds in all | slowest, s (seed) |"]
        lines.append("|---|--:|--:|--:|--:|--:|--:|--:|")
        total: Counter[str] = Counter()
        for kind, counts in self.counts.items():
            total.update(counts)
            slowest, seed = self.slowest.get(kind, (0.0, 0))
            lines.append(_row(kind, counts, f"{self.seconds[kind]:.1f}", f"{slowest:.2f} ({seed})"))
        lines.append(_row("all", total, f"{sum(self.seconds.values()):.1f}", ""))
        return "\n".join(
            [*lines, "", *self.wrong[:40], f"{len(self.wrong)} ended otherwise than with a result or an error in words."]
        )


def _row(kind: str, counts: Counter[str], *rest: Any) -> str:
    figures = [sum(counts.values()), *(counts[name] for name in ("result", "words", "other", "too long"))]
    return f"| {kind} | {' | '.join(f'{figure:,}' for figure in figures)} | {' | '.join(rest)} |"
