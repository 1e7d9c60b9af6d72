"""Shared code of the fuzzing programs: mutations, limits, worker processes and the table of outcomes.

Cases are tried in a worker process, which reports the begin and the outcome of each case. If the worker crashes (segmentation
fault, out of memory) or reports nothing for longer than the limit (a loop in compiled code), the case that it had begun is counted
as such, and a new worker continues with the next case."""

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

# Address space of a worker, where the system can limit it. PyTorch's libraries alone reserve several GiB.
MOST_BYTES = 16 << 30
# Seconds without a report, beyond the limit of one case, after which a worker is killed. Covers its start.
SILENCE = 120.0
START = "the worker's start"


class TooLong(BaseException):
    """A case takes longer than its limit. A BaseException, so that no `except Exception` catches it."""


@dataclass(frozen=True)
class Case:
    """One case: its kind, the function to call, and the exceptions that are expected and have a message for the user."""

    kind: str
    do: Callable[[], object]
    words: tuple[type[BaseException], ...]


Prepare = Callable[[Path], Callable[[int], Case]]


def mutated(data: bytes, draw: random.Random, words: Sequence[bytes] = ()) -> bytes:
    """A copy with a few bytes flipped, removed, repeated, replaced or inserted, or with its end cut off."""
    content = bytearray(data)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
        start = draw.randrange(len(content) + 1)
        length = min(draw.choice((1, 1, 2, 4, 8, 64)), len(content) - start)
        what = draw.randrange(8)
        if what == 0 and length:
            content[start] ^= 1 << draw.randrange(8)
        elif what == 1:
            del content[start : start + length]
        elif what == 2:
            content[start:start] = content[start : start + length] * draw.choice((1, 2, 50))
        elif what == 3:
            content[start : start + length] = draw.randbytes(length)
        elif what == 4 and words:
            content[start : start + length] = draw.choice(words)
        elif what == 5 and words:
            content[start:start] = draw.choice(words)
        elif what == 6 and draw.random() < 0.3:
            del content[start:]
        elif what == 7 and length:
            content[start : start + length] = draw.choice((b"\0", b"\xff", b"\x7f", b"\x80")) * length
    return bytes(content)


class Table:
    """Counts of outcomes by kind of case: a result, an expected error, or anything else."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.seconds: dict[str, float] = defaultdict(float)
        self.slowest: dict[str, tuple[float, int]] = {}
        self.wrong: list[str] = []
        self.peak = 0

    def record(self, kind: str, seed: int, outcome: str, took: float, note: str = "") -> None:
        """Count the outcome of one case; `took` is in seconds."""
        self.counts[kind][outcome] += 1
        self.seconds[kind] += took
        if took > self.slowest.get(kind, (-1.0, 0))[0]:
            self.slowest[kind] = (took, seed)
        if outcome not in ("result", "words"):
            self.wrong.append(f"{kind}, seed {seed}: {outcome}. {note}".rstrip())

    def text(self) -> str:
        """The table, followed by the unexpected outcomes."""
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
        end = f"{len(self.wrong)} cases ended neither with a result nor with an expected error."
        return "\n".join([*lines, "", *self.wrong[:60], f"{end} Largest worker: {self.peak / 2**30:.2f} GiB."])


def _row(kind: str, counts: Counter[str], *rest: Any) -> str:
    figures = [sum(counts.values()), *(counts[name] for name in ("result", "words", "other", "too long", "process ended"))]
    return f"| {kind} | {' | '.join(f'{figure:,}' for figure in figures)} | {' | '.join(rest)} |"


def run(module: str, description: str, prepare: Prepare, count: int) -> int:
    """Run a fuzzing program: parse the command line, start workers, print the table. `prepare` is called in a worker with an empty
    folder and returns the function that makes the case of a seed. Returns the exit code, 1 after an unexpected outcome."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=count)
    parser.add_argument("--seed", type=int, default=0, help="of the first; the others follow")
    parser.add_argument("--seconds", type=float, default=20.0, help="time limit of one")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            _run_cases(prepare(Path(folder)), range(options.seed, options.seed + options.count), options.seconds)
        return 0
    table, seed, end = Table(), options.seed, options.seed + options.count
    while seed < end:
        seed = _run_worker(module, table, seed, end, options.seconds)
    print(table.text())
    return 1 if table.wrong else 0


def _run_worker(module: str, table: Table, seed: int, end: int, seconds: float) -> int:
    """Run one worker until it has ended. Returns the seed to continue from."""
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
                table.record(*begun, "too long", time.monotonic() - since, "It could not be interrupted.")
                return begun[1] + 1
            if line is None:
                break
            message = json.loads(line)
            if "begin" in message:
                begun, since = (message["kind"], message["begin"]), time.monotonic()
            else:
                table.record(message["kind"], message["seed"], message["outcome"], message["seconds"], message["note"])
                table.peak = max(table.peak, message["peak"])
                seed = message["seed"] + 1
    finally:
        process.kill()
        code = process.wait()
    if begun[0] == START:
        raise SystemExit(f"The worker did not begin: exit code {code}.")
    if seed < end:
        table.record(*begun, "process ended", time.monotonic() - since, f"Exit code {code}.")
        return begun[1] + 1
    return seed


def _read(stream: IO[str], lines: queue.Queue[str | None]) -> None:
    for line in stream:
        if line.startswith("{"):
            lines.put(line)
    lines.put(None)


def _run_cases(case_of: Callable[[int], Case], seeds: range, seconds: float) -> None:
    """Run the cases of all seeds, and report the begin and the outcome of each."""
    messages = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    # Discard what the tested code prints.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    warnings.simplefilter("ignore")
    if hasattr(signal, "SIGALRM"):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))

        def interrupt(number: int, frame: object) -> None:
            raise TooLong

        signal.signal(signal.SIGALRM, interrupt)
    for seed in seeds:
        case = case_of(seed)
        print(json.dumps({"begin": seed, "kind": case.kind}), file=messages, flush=True)
        began = time.perf_counter()
        outcome, note = _outcome(case, seconds)
        took = time.perf_counter() - began
        message = {"kind": case.kind, "seed": seed, "outcome": outcome, "seconds": took, "note": note, "peak": _peak()}
        print(json.dumps(message), file=messages, flush=True)


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
        return "too long", _location(error)
    except BaseException as error:  # any exception: this program searches for those that are not in `words`
        text = str(error)
        if isinstance(error, case.words) and text.strip() and "Traceback" not in text and len(text) < 100_000:
            return "words", ""
        return "other", _location(error)
    return "result", ""


def _location(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        frame for frame in frames if f"{os.sep}engine{os.sep}" in frame.filename or f"{os.sep}workbench{os.sep}" in frame.filename
    ]
    lines = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in (*own[-2:], frames[-1])]
    return f"{type(error).__name__} at {', '.join(lines)}: {str(error)[:200]!r}"


def _peak() -> int:
    """The peak memory of this process in bytes; 0 where the system does not report it."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
