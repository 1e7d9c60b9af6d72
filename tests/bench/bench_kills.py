"""What a run loses when its process ends: kills at random moments, signals, a second process, power failures.

    python tests/bench/bench_kills.py [--kills 320] [--terms 30] [--power 20] [--seed 0] [--out report.json]

A run is killed with SIGKILL repeatedly, resumed each time through the command line, and at its end compared with an uninterrupted
run of the same config: every step once in metrics.jsonl; losses, terms, diagnostics and kNN equal to the last digit; weights equal
to the last bit. Half of the kills come at a random time, half while a checkpoint is written. To save time, this process loads
PyTorch once and forks each process that trains (Linux and macOS).

Power failure (root on Linux, for loop devices): the run writes to a file system in an image file. At a random moment the process is
stopped and the image file copied, without what the system has not written to it yet; the copy is mounted and the run resumed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

METHODS = (
    "simclr", "moco_v2", "dino", "swav", "mae", "instdisc", "pic", "beit", "simclr_v2", "feature_distillation", "cut", "curl",
)  # fmt: skip
# The data of methods that do not learn from the shapes, and settings of their own. The replay of curl is overwritten several times.
SOURCES = {"cut": "blue_shapes", "curl": "reach"}
OWN: dict[str, dict[str, Any]] = {"curl": {"method.start": 32, "method.replay": 64, "method.explore": 80}}
STEPS = 24
# The settings of methods that name their teacher, a run that is made first.
TEACHERS: dict[str, dict[str, str]] = {}
# Kills per run. After these the run may end, so that it can be compared.
MOST_KILLS = 10
SETTINGS: dict[str, Any] = {
    "data.count": 64,
    "train.batch": 8,
    "train.steps": STEPS,
    "train.threads": 1,
    "train.device": "cpu",
    "train.precision": "fp32",
    "train.checkpoint_seconds": 0.1,
    "train.keep": 2,
    "monitor.knn_images": 20,
    "monitor.knn_every": 2,
    "monitor.diagnose_every": 5,
    "monitor.embed_images": 16,
    "monitor.pictures": "false",
}
# Fields of an event that depend on the clock.
CLOCK = ("time", "seconds", "images_per_second")


class Child:
    """A process that runs one command line of the engine."""

    def __init__(self, words: Sequence[str], log: Path) -> None:
        self.code: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            try:
                descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
                os.dup2(descriptor, 1)
                os.dup2(descriptor, 2)
                signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup makes its child processes ignore it
                from engine.cli import main

                code = main(words)
                sys.stdout.flush()
                sys.stderr.flush()
            except SystemExit as end:
                code = int(end.code or 0)
            except BaseException:
                import traceback

                traceback.print_exc()
                code = 99
            os._exit(code)

    def ended(self) -> bool:
        """Whether the process has ended. Then `code` has its exit code, negative for a signal."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    def wait(self, seconds: float = 300.0) -> int:
        """The exit code. After `seconds` the process is killed."""
        until = time.monotonic() + seconds
        while not self.ended():
            if time.monotonic() > until:
                self.signal(signal.SIGKILL)
            time.sleep(0.002)
        assert self.code is not None
        return self.code

    def signal(self, number: int) -> None:
        """Send a signal."""
        if not self.ended():
            os.kill(self.pid, number)


def command(method: str, root: Path, settings: dict[str, Any]) -> list[str]:
    """The command line of a new run."""
    words = ["train", "--method", method, "--data", SOURCES.get(method, "shapes"), "--quiet", "--runs", str(root)]
    for key, value in {**settings, **OWN.get(method, {}), **TEACHERS.get(method, {})}.items():
        words += ["--set", f"{key}={value}"]
    return words


def folder_of(root: Path) -> Path | None:
    """The run under a root, once it has one with a config."""
    with suppress(OSError):
        for entry in os.scandir(root):
            if entry.is_dir() and (Path(entry.path) / "config.yaml").exists():
                return Path(entry.path)
    return None


def lines_of(folder: Path) -> list[dict[str, Any]]:
    """The metrics as events."""
    from engine.runs.reader import read_metrics

    return read_metrics(folder)[0]


def measured_events(folder: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """The measured values by event and step, without fields that depend on the clock. A repeated step has the key "..., again"."""
    events: dict[tuple[str, int], dict[str, Any]] = {}
    for line in lines_of(folder):
        if line["event"] in ("StepDone", "EpochDone", "EvalDone"):
            key = (line["event"], line["step"])
            while key in events and line["step"]:
                key = (f"{key[0]}, again", key[1])
            events[key] = {name: value for name, value in line.items() if name not in CLOCK}
    return events


def weights_of(folder: Path) -> dict[str, Any]:
    """The entries of the last checkpoint that do not depend on the clock."""
    from engine.evaluate.encoder import read_checkpoint
    from engine.runs.reader import checkpoint_path

    state = read_checkpoint(checkpoint_path(folder))
    return {key: state.get(key) for key in ("step", "losses", "method", "optimiser", "feed")}


def same(one: Any, other: Any) -> bool:
    """Whether two nested values are equal, tensors to the last bit."""
    import torch

    if isinstance(one, torch.Tensor):
        return isinstance(other, torch.Tensor) and one.dtype == other.dtype and torch.equal(one, other)
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


class Reference:
    """An uninterrupted run."""

    def __init__(self, method: str, work: Path) -> None:
        root = work / f"reference-{method}"
        started = time.monotonic()
        child = Child(command(method, root, SETTINGS), work / "log.txt")
        self.ready = 0.0  # seconds until the first step
        while not child.ended():
            folder = folder_of(root)
            if not self.ready and folder is not None and (folder / "checkpoints" / "last.pt").exists():
                self.ready = time.monotonic() - started
            time.sleep(0.002)
        self.seconds = time.monotonic() - started
        folder = folder_of(root)
        assert child.code == 0, f"{method}: the uninterrupted run ended with {child.code}, see {work / 'log.txt'}"
        assert folder is not None
        self.measured_events, self.weights = measured_events(folder), weights_of(folder)
        shutil.rmtree(root)

    def differences(self, folder: Path) -> dict[str, int]:
        """Counts of the differences between a finished run and this one: missing steps, repeated steps, other values."""
        events = measured_events(folder)
        steps = {step for event, step in events if event == "StepDone"}
        shared = [key for key in self.measured_events if key in events]
        return {
            "missing": len(set(range(1, STEPS + 1)) - steps),
            "twice": sum("again" in event for event, _ in events),
            "losses differ": sum(key[0] != "EvalDone" and not same(self.measured_events[key], events[key]) for key in shared),
            "kNN differ": sum(key[0] == "EvalDone" and not same(self.measured_events[key], events[key]) for key in shared),
            "events missing": sum(key not in events and key[0] != "StepDone" for key in self.measured_events),
            "weights differ": int(not same(self.weights, weights_of(folder))),
        }


def hole(folder: Path) -> int:
    """The number of steps that are in the newest checkpoint but not in the metrics, before the run is resumed."""
    from engine.runs.reader import checkpoint_path

    if not checkpoint_path(folder).exists():
        return 0
    steps = {line["step"] for line in lines_of(folder) if line["event"] == "StepDone"}
    return len(set(range(1, weights_of(folder)["step"] + 1)) - steps)


def stage_of(folder: Path) -> str:
    """The stage of the last step in the metrics, before the run is resumed."""
    stages = [line.get("stage", "") for line in lines_of(folder) if line["event"] == "StepDone"]
    return (stages[-1] or "own training") if stages else "no step"


def kill_any_time(child: Child, reference: Reference, rng: random.Random) -> None:
    """Send SIGKILL at a uniformly random moment of the run."""
    until = time.monotonic() + rng.uniform(0.1 * reference.ready, 0.7 * reference.seconds)
    while time.monotonic() < until and not child.ended():
        time.sleep(0.001)
    child.signal(signal.SIGKILL)
    child.wait()


def kill_in_checkpoint(child: Child, root: Path, rng: random.Random) -> None:
    """Send SIGKILL shortly after the file of one of the next four checkpoints has been opened."""
    skip, seen, directory = rng.randrange(4), False, None
    while not child.ended():
        if directory is None:
            folder = folder_of(root)
            directory = folder / "checkpoints" if folder is not None else None
        writing = directory is not None and (directory / ".last.pt.part").exists()
        if writing and not seen:
            if skip == 0:
                time.sleep(rng.uniform(0.0, 0.012))
                child.signal(signal.SIGKILL)
                break
            skip -= 1
        seen = writing
        time.sleep(0.0002)
    child.wait()


def campaign(kills: int, references: dict[str, Reference], work: Path, rng: random.Random, say: Callable[[str], None]) -> Any:
    """Kill and resume runs of each method in turn until `kills` kills were made. Counts by method."""
    table = {method: Counter[str]() for method in references}
    with suppress(KeyboardInterrupt):  # Ctrl+C: what was counted so far
        _count(kills, references, table, work, rng, say)
    return table


def _count(
    kills: int,
    references: dict[str, Reference],
    table: dict[str, Counter[str]],
    work: Path,
    rng: random.Random,
    say: Callable[[str], None],
) -> None:
    number = 0
    while sum(row["kills"] for row in table.values()) < kills:
        method = list(references)[number % len(references)]
        row, reference, root = table[method], references[method], work / f"run-{number}"
        number += 1
        arguments = command(method, root, SETTINGS)
        for kill in range(MOST_KILLS + 1):
            child = Child(arguments, work / "log.txt")
            if kill < MOST_KILLS:
                aimed = rng.random() < 0.5
                kill_in_checkpoint(child, root, rng) if aimed else kill_any_time(child, reference, rng)
            code, folder = child.wait(), folder_of(root)
            if code != -signal.SIGKILL:
                break
            row["kills"] += 1
            if folder is None:
                row["before the folder"] += 1
                shutil.rmtree(root, ignore_errors=True)
                continue
            if list((folder / "checkpoints").glob("*.part")) or list((folder / "checkpoints").glob("*.link")):
                row["in a checkpoint"] += 1
            row[f"kills in {stage_of(folder)}"] += 1
            row["before a checkpoint"] += not (folder / "checkpoints" / "last.pt").exists()
            row["holes"] += hole(folder) > 0
            if json.loads((folder / "status.json").read_text())["state"] == "finished":
                code = 0  # killed after its last step was saved: there is nothing to resume
                break
            arguments = ["resume", str(folder), "--quiet"]
        row["runs"] += 1
        if code != 0:
            row["not resumed"] += 1
            say(f"{method}: resume ended with {code}: {(work / 'log.txt').read_text(errors='replace')[-800:]}")
            continue
        assert folder is not None
        differences = reference.differences(folder)
        row.update(differences)
        if any(differences.values()):
            say(f"{method}: {differences} in {folder}")
        else:
            shutil.rmtree(root)
        say(f"{sum(row['kills'] for row in table.values())} kills, {sum(row['runs'] for row in table.values())} runs")


def terms(count: int, references: dict[str, Reference], work: Path, rng: random.Random, say: Callable[[str], None]) -> Any:
    """SIGTERM (every fifth: SIGHUP) at a random moment of training: is there a checkpoint of the last step, and can the run be
    resumed? Every sixth process gets the signal twice."""
    row = Counter[str]()
    slow = {**SETTINGS, "train.checkpoint_seconds": 3600, "train.keep": 0}
    number = -1
    while row["signals"] < count:
        number += 1
        method = list(references)[number % len(references)]
        reference, root = references[method], work / f"term-{number}"
        child = Child(command(method, root, slow), work / "log.txt")
        while not child.ended() and not ((folder := folder_of(root)) and any(e["event"] == "EvalDone" for e in lines_of(folder))):
            time.sleep(0.01)
        time.sleep(rng.uniform(0.0, 0.5 * (reference.seconds - reference.ready)))
        sent = signal.SIGHUP if number % 5 == 4 else signal.SIGTERM
        started = time.monotonic()
        child.signal(sent)
        twice = number % 6 == 5
        if twice:
            time.sleep(0.002)
            child.signal(sent)
        code = child.wait(60)
        row["slowest, ms"] = max(row["slowest, ms"], round(1e3 * (time.monotonic() - started)))
        folder = folder_of(root)
        assert folder is not None
        if code == 0:  # all steps were done before it came
            row["ended before"] += 1
            shutil.rmtree(root)
            continue
        row["signals"] += 1
        row["twice"] += twice
        row["exit code of the signal"] += code == 128 + sent
        last = max((e["step"] for e in lines_of(folder) if e["event"] == "StepDone"), default=0)
        kept = (folder / "checkpoints" / "last.pt").exists() and weights_of(folder)["step"] == last
        row["kept every step"] += kept
        if not kept and not twice:
            say(f"{method}: not kept: code {code}, last step {last}, {(work / 'log.txt').read_text(errors='replace')[-400:]}")
        if Child(["resume", str(folder), "--quiet"], work / "log.txt").wait() != 0:
            row["not resumed"] += 1
            continue
        # These runs keep no checkpoints of epochs; their measured values are the same.
        row["differ after resume"] += any(reference.differences(folder).values())
        shutil.rmtree(root)
    return row


def two_processes(references: dict[str, Reference], work: Path, say: Callable[[str], None]) -> Any:
    """Start a second process on a running run, once per method."""
    row = Counter[str]()
    for method, reference in references.items():
        root = work / f"two-{method}"
        first = Child(command(method, root, SETTINGS), work / "log.txt")
        while not first.ended() and not ((folder := folder_of(root)) and (folder / "checkpoints" / "last.pt").exists()):
            time.sleep(0.002)
        folder = folder_of(root)
        assert folder is not None
        log = work / "second.txt"
        log.unlink(missing_ok=True)
        second = Child(["resume", str(folder), "--quiet"], log)
        code = second.wait()
        row["tried"] += 1
        row["refused"] += code == 2 and f"Process {first.pid} on this machine" in log.read_text(encoding="utf-8")
        row["first went on"] += first.wait() == 0
        row["first differs"] += any(reference.differences(folder).values())
        shutil.rmtree(root)
    return row


@contextmanager
def mounted(image: Path, mount_point: Path, options: str) -> Any:
    """Mount a file system image at `mount_point`."""
    mount_point.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", f"loop,{options}", str(image), str(mount_point)], check=True, capture_output=True)
    try:
        yield
    finally:
        for _ in range(50):
            if subprocess.run(["umount", str(mount_point)], capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.1)


def power(count: int, references: dict[str, Reference], work: Path, rng: random.Random, say: Callable[[str], None]) -> Any:
    """Power failures, half of them on a file system that may keep a renamed file without its content."""
    row = Counter[str]()
    for number in range(count):
        method = list(references)[number % len(references)]
        reference, scratch = references[method], work / f"power-{number}"
        scratch.mkdir()
        disk, copy = scratch / "disk.img", scratch / "copy.img"
        with disk.open("wb") as file:
            file.truncate(400 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", str(disk)], check=True, capture_output=True)
        options = "commit=1" if number % 2 else "commit=1,data=writeback,noauto_da_alloc"
        with mounted(disk, scratch / "disk", options):
            child = Child(command(method, scratch / "disk" / "runs", SETTINGS), work / "log.txt")
            until = time.monotonic() + rng.uniform(reference.ready, reference.seconds + 1.0)
            while time.monotonic() < until and not child.ended():
                time.sleep(0.001)
            child.signal(signal.SIGSTOP)
            subprocess.run(["cp", "--sparse=always", str(disk), str(copy)], check=True)
            child.signal(signal.SIGKILL)
            child.wait()
        disk.unlink()
        row["cuts"] += 1
        with mounted(copy, scratch / "copy", "rw"):
            folder = folder_of(scratch / "copy" / "runs")
            if folder is None or not (folder / "config.yaml").stat().st_size:
                row["no run yet"] += folder is None
                row["config lost"] += folder is not None
            else:
                try:
                    row["with a checkpoint"] += (folder / "checkpoints" / "last.pt").exists()
                    row["holes"] += hole(folder) > 0
                except Exception as error:
                    row["checkpoint lost"] += 1
                    say(f"{method}: {error}")
                code = Child(["resume", str(folder), "--quiet"], work / "log.txt").wait()
                if code == 2 and json.loads((folder / "status.json").read_bytes())["state"] == "finished":
                    code = 0
                row["not resumed"] += code != 0
                if code != 0:
                    say(f"{method}: resume ended with {code}: {(work / 'log.txt').read_text(errors='replace')[-400:]}")
                else:
                    differences = reference.differences(folder)
                    row["differ after resume"] += any(differences.values())
                    if any(differences.values()):
                        say(f"{method}: {differences} after a loss of power")
        shutil.rmtree(scratch)
    return row


def show(title: str, rows: dict[str, Counter[str]], columns: Sequence[str]) -> str:
    """A Markdown table, with a row of totals if it has more than one row."""
    if len(rows) > 1:
        rows = {**rows, "all": sum(rows.values(), Counter())}
    lines = [f"| {title} | {' | '.join(columns)} |", f"|---|{'--:|' * len(columns)}"]
    lines += [f"| {name} | {' | '.join(str(row[column]) for column in columns)} |" for name, row in rows.items()]
    return "\n".join(lines)


KILL_COLUMNS = (
    "runs", "kills", "in a checkpoint", "before the folder", "before a checkpoint", "holes", "not resumed", "missing", "twice",
    "losses differ", "kNN differ", "events missing", "weights differ",
)  # fmt: skip


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=320)
    parser.add_argument("--terms", type=int, default=30)
    parser.add_argument("--power", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--out", type=Path, help="JSON file for the tables; rewritten after each")
    options = parser.parse_args()
    if not hasattr(os, "fork"):
        sys.exit("This program forks the processes that it kills: Linux or macOS.")
    import torch

    from engine.catalogue import load
    from engine.config.run import DataConfig
    from engine.config.teacher import teacher_fields
    from engine.data.open import open_dataset
    from tests.teacher_run import teacher_folder

    # Load the modules and images that training needs before forking.
    for module in ("engine.evaluate.protocol", "engine.runs.writer", "engine.train.train_run"):
        importlib.import_module(module)
    torch.set_num_threads(1)
    methods = options.methods.split(",")
    for method in methods:
        load(method)
    open_dataset(DataConfig(source="shapes", count=SETTINGS["data.count"]))
    rng = random.Random(options.seed)
    work = Path(tempfile.mkdtemp(prefix="bench-kills-"))
    for method in methods:
        for name in teacher_fields(load(method).Config):
            # A copy: the first is deleted when a process ends, also a forked one.
            folder = shutil.copytree(teacher_folder(), work / f"teacher-{method}")
            TEACHERS[method] = {f"method.{name}.run": str(folder)}
    started = time.monotonic()
    report: dict[str, Any] = {}

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {text}", file=sys.stderr, flush=True)

    def keep(name: str, rows: dict[str, Counter[str]], columns: Sequence[str]) -> None:
        report[name] = {key: dict(row) for key, row in rows.items()}
        print(f"\n{show(name, rows, columns)}", flush=True)
        if options.out:
            options.out.write_text(json.dumps(report, indent=1), encoding="utf-8")

    references = {}
    for method in methods:
        references[method] = Reference(method, work)
        say(f"{method}: uninterrupted {references[method].seconds:.1f} s, first checkpoint after {references[method].ready:.1f} s")
    if options.terms:
        row = terms(options.terms, references, work, rng, say)
        columns = (
            "signals", "twice", "exit code of the signal", "kept every step", "not resumed", "differ after resume", "ended before",
            "slowest, ms",
        )  # fmt: skip
        keep("SIGTERM and SIGHUP", {"": row}, columns)
    row = two_processes(references, work, say)
    keep("two processes", {"": row}, ("tried", "refused", "first went on", "first differs"))
    if options.power and (os.geteuid() or not shutil.which("mkfs.ext4")):
        print("\nloss of power: left out, it needs root and ext4")
    elif options.power:
        row = power(options.power, references, work, rng, say)
        columns = (
            "cuts", "no run yet", "with a checkpoint", "holes", "config lost", "checkpoint lost", "not resumed",
            "differ after resume",
        )  # fmt: skip
        keep("loss of power", {"": row}, columns)
    if options.kills:
        rows = campaign(options.kills, references, work, rng, say)
        keep("SIGKILL", rows, KILL_COLUMNS)
        for method, row in rows.items():
            print(f"{method}: " + ", ".join(f"{name} {count}" for name, count in row.items() if name.startswith("kills in ")))
    say("done")
    if not any(work.glob("run-*")):
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
