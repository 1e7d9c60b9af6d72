"""What the programs that try odd input share: mutations, limits, and the table of what came out.

A case is tried in a process of its own kind, a worker, which says what it begins and how that ended. Where the worker dies (a
segmentation fault, a lack of memory) or is silent for longer than the limit (a loop within compiled code), the case that it had
begun is counted as such, and another worker goes on behind it."""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

# Of address space, for a worker, where the system can limit it. PyTorch's libraries alone reserve a few.
MOST_BYTES = 16 << 30
# Of silence beyond the limit of one case, until a worker that cannot be interrupted is ended; its start included.
SILENCE = 120.0
START = "the worker's start"


class TooLong(BaseException):
    """Raised in what takes longer than its limit. No `except Exception` keeps it."""


@dataclass(frozen=True)
class Case:
    """What is tried: of which kind, how, and the errors that are told to people in words."""

    kind: str
    do: Callable[[], object]
    words: tuple[type[BaseException], ...]


Prepare = Callable[[Path], Callable[[int], Case]]


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
        self.peak = 0

    def take(self, kind: str, seed: int, outcome: str, took: float, note: str = "") -> None:
        """How one ended."""
        self.counts[kind][outcome] += 1
        self.seconds[kind] += took
        if took > self.slowest.get(kind, (-1.0, 0))[0]:
            self.slowest[kind] = (took, seed)
        if outcome not in ("result", "words"):
            self.wrong.append(f"{kind}, seed {seed}: {outcome}. {note}".rstrip())

    def text(self) -> str:
        """The table, and below it what ended otherwise than it should."""
        lines = [
            "| what | tried | result | error in words | other | too long | process ended | seconds in all | slowest, s (seed) |"
        ]
        lines.append("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
        total: Counter[str] = Counter()
        for kind, counts in sorted(self.counts.items()):
            total.update(counts)
            slowest, seed = self.slowest.get(kind, (0.0, 0))
            lines.append(_row(kind, counts, f"{self.seconds[kind]:.1f}", f"{slowest:.2f} ({seed})"))
        lines.append(_row("all", total, f"{sum(self.seconds.values()):.1f}", ""))
        end = f"{len(self.wrong)} ended otherwise than with a result or an error in words."
        return "\n".join([*lines, "", *self.wrong[:60], f"{end} Largest worker: {self.peak / 2**30:.2f} GiB."])


def _row(kind: str, counts: Counter[str], *rest: Any) -> str:
    figures = [sum(counts.values()), *(counts[name] for name in ("result", "words", "other", "too long", "process ended"))]
    return f"| {kind} | {' | '.join(f'{figure:,}' for figure in figures)} | {' | '.join(rest)} |"


def run(module: str, description: str, prepare: Prepare, count: int) -> int:
    """The program: the command line, the workers, the table; 1 where a case ended otherwise than it should. `prepare` is called in
    a worker with an empty folder, and gives the case of a seed."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=count)
    parser.add_argument("--seed", type=int, default=0, help="of the first; the others follow")
    parser.add_argument("--seconds", type=float, default=20.0, help="time limit of one")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            _work(prepare(Path(folder)), range(options.seed, options.seed + options.count), options.seconds)
        return 0
    table, seed, end = Table(), options.seed, options.seed + options.count
    while seed < end:
        seed = _watch(module, table, seed, end, options.seconds)
    print(table.text())
    return 1 if table.wrong else 0


def _watch(module: str, table: Table, seed: int, end: int, seconds: float) -> int:
    """One worker, until it is through or gone; the seed to go on from."""
    command = [sys.executable, "-X", "faulthandler", "-m", module, "--worker"]
    command += ["--seed", str(seed), "--count", str(end - seed), "--seconds", str(seconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    begun, since = (START, seed), time.monotonic()
    try:
        while True:
            try:
                line = lines.get(timeout=seconds + SILENCE)
            except queue.Empty:
                table.take(*begun, "too long", time.monotonic() - since, "It could not be interrupted.")
                return begun[1] + 1
            if line is None:
                break
            told = json.loads(line)
            if "begin" in told:
                begun, since = (told["kind"], told["begin"]), time.monotonic()
            else:
                table.take(told["kind"], told["seed"], told["outcome"], told["seconds"], told["note"])
                table.peak = max(table.peak, told["peak"])
                seed = told["seed"] + 1
    finally:
        process.kill()
        code = process.wait()
    if begun[0] == START:
        raise SystemExit(f"The worker did not begin: exit code {code}.")
    if seed < end:
        table.take(*begun, "process ended", time.monotonic() - since, f"Exit code {code}.")
        return begun[1] + 1
    return seed


def _read(stream: IO[str], lines: queue.Queue[str | None]) -> None:
    for line in stream:
        if line.startswith("{"):
            lines.put(line)
    lines.put(None)


def _work(case_of: Callable[[int], Case], seeds: range, seconds: float) -> None:
    """Try them all, and say of each that it begins and how it ended."""
    speech = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    # What the program itself prints is not looked at here.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    warnings.simplefilter("ignore")
    if hasattr(signal, "SIGALRM"):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))

        def ring(number: int, frame: object) -> None:
            raise TooLong

        signal.signal(signal.SIGALRM, ring)
    for seed in seeds:
        case = case_of(seed)
        print(json.dumps({"begin": seed, "kind": case.kind}), file=speech, flush=True)
        began = time.perf_counter()
        outcome, note = _outcome(case, seconds)
        took = time.perf_counter() - began
        told = {"kind": case.kind, "seed": seed, "outcome": outcome, "seconds": took, "note": note, "peak": _peak()}
        print(json.dumps(told), file=speech, flush=True)


def _outcome(case: Case, seconds: float) -> tuple[str, str]:
    timer = getattr(signal, "setitimer", None)
    try:
        if timer is not None:
            timer(signal.ITIMER_REAL, seconds)
        try:
            case.do()
        finally:
            if timer is not None:
                timer(signal.ITIMER_REAL, 0)
    except KeyboardInterrupt:
        raise
    except TooLong as error:
        return "too long", _where(error)
    except BaseException as error:  # whatever it is: this program looks for what is none of `words`
        told = str(error)
        if isinstance(error, case.words) and told.strip() and "Traceback" not in told and len(told) < 100_000:
            return "words", ""
        return "other", _where(error)
    return "result", ""


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        frame for frame in frames if f"{os.sep}engine{os.sep}" in frame.filename or f"{os.sep}workbench{os.sep}" in frame.filename
    ]
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in (*own[-2:], frames[-1])]
    return f"{type(error).__name__} at {', '.join(places)}: {str(error)[:200]!r}"


def _peak() -> int:
    """Bytes of memory that this process had at most; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
