"""The effect of `prepare_process`: milliseconds per SimCLR step with and without it, in the main and in a background thread.

    python tests/bench/bench_process.py [--steps 25]

Each case runs in its own process, because the settings hold for a whole process; each case is measured twice.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import threading
import time


def measure(prepare: bool, background: bool, steps: int) -> None:
    """Print the median milliseconds of a step."""
    from engine.execute.prepare_process import prepare_process

    if prepare:
        prepare_process()
    from engine.train.loop import take_step
    from engine.train.resolve import resolve
    from engine.train.setup import prepare

    def work() -> None:
        session = prepare(resolve({"method": {"id": "simclr"}, "data": {"count": 2000}, "train": {"device": "cpu"}}))
        session.steps = 1000
        taken = []
        for _ in range(steps):
            started = time.monotonic()
            take_step(session)
            session.step += 1
            taken.append(time.monotonic() - started)
        print(statistics.median(taken[3:]) * 1e3)

    if background:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    else:
        work()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        prepare, background = (part == "1" for part in options.case)
        measure(prepare, background, options.steps)
        return
    cases = ("00", "10", "01", "11")
    milliseconds: dict[str, list[float]] = {case: [] for case in cases}
    for _ in range(2):
        for case in cases:
            command = [sys.executable, __file__, "--steps", str(options.steps), "--case", case]
            milliseconds[case].append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    print(f"{'thread':12} {'plain':>11} {'prepared':>11} {'ratio':>6}")
    for name, plain, kept in (("main", "00", "10"), ("background", "01", "11")):
        before, after = min(milliseconds[plain]), min(milliseconds[kept])
        print(f"{name:12} {before:8.0f} ms {after:8.0f} ms {before / after:6.2f}")


if __name__ == "__main__":
    main()
