"""The rules of jobs on machines, by machines that a test controls; the worker's side; machines that cannot be used."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from engine.config.errors import ConfigError
from engine.execute import machines
from engine.execute.child_environment import child_environment
from engine.execute.machines import TRIES, Done, Dropped, Ending, Failed, Local, Lost, Needs, Pool, Worker
from engine.execute.open_machines import open_machines


@dataclass(frozen=True)
class Work:
    """A job that returns its title, or raises its error."""

    title: str = "one"
    shared: Path = Path("/")
    error: BaseException | None = None
    needs: Needs = field(default_factory=Needs)

    def run(self, stop: threading.Event) -> str:
        if self.error is not None:
            raise self.error
        return self.title


class Given:
    """A job that was given to `Fake` machines, with the endings that its title has left there."""

    def __init__(self, machines: Fake, title: str) -> None:
        self.machines, self.title = machines, title
        self.stopped = self.killed = False

    def ending(self) -> Ending[Any] | None:
        left = self.machines.endings.get(self.title, [])
        return left.pop(0) if left else None

    def stop(self) -> None:
        self.stopped = True
        self.machines.endings[self.title] = [Done(f"{self.title}, stopped")]

    def kill(self) -> None:
        self.killed = True


class Fake:
    """Machines whose jobs end as a test says: None for a look at which the job still runs."""

    def __init__(self, slots: int, **endings: list[Any]) -> None:
        self.slots, self.endings = slots, endings
        self.given: list[Given] = []
        self.closed = 0

    def submit(self, job: Any) -> Any:
        self.given.append(Given(self, job.title))
        return self.given[-1]

    def close(self) -> None:
        self.closed += 1


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machines, "LOOK_SECONDS", 0.001)
    monkeypatch.setattr(machines, "SEEN_SECONDS", 0.0)


def ended(pool: Pool[Any]) -> list[tuple[str, Any]]:
    return [(job.title, ending) for job, ending in pool]


def test_jobs_end_in_any_order_and_no_more_run_than_there_are_slots() -> None:
    fake = Fake(2, a=[None, None, Done(1)], b=[Done(2)], c=[None, Failed("no")])
    pool = Pool[Any](fake)
    for title in "abc":
        pool.add(Work(title))
    assert pool.room == 0
    assert pool.next() is not None
    assert [one.title for one in fake.given] == ["a", "b"], "the third waits for a slot"
    assert [title for title, _ in ended(pool)] == ["a", "c"]
    assert pool.room == 2
    assert pool.next() is None


def test_a_lost_job_begins_again_and_a_failed_one_does_not() -> None:
    lines: list[str] = []
    fake = Fake(1, a=[Lost("node 3 ended"), Done(1)], b=[Failed("no")], c=[Lost("it ran out of memory")] * 9)
    pool = Pool[Any](fake, lines.append)
    for title in "abc":
        pool.add(Work(title))
    outcome = dict(ended(pool))
    assert outcome["a"] == Done(1)
    assert outcome["b"] == Failed("no")
    assert outcome["c"] == Failed(f"Its worker was lost {TRIES} times; the last time: it ran out of memory.")
    # A lost job begins before those that wait.
    assert "".join(one.title for one in fake.given) == "aab" + "c" * TRIES
    assert lines[0] == "a: its worker was lost (node 3 ended). Begun again from its last checkpoint."
    assert len(lines) == 1 + TRIES - 1


def test_a_stop_drops_what_waits_asks_what_runs_and_begins_nothing_again() -> None:
    fake = Fake(2, a=[Done(1)])
    pool = Pool[Any](fake)
    for title in "abcd":
        pool.add(Work(title))
    assert pool.next() == (Work("a"), Done(1))
    fake.endings["b"] = [None]
    pool.add(Work("e"))
    assert [one.title for one in fake.given] == ["a", "b"]
    pool.stop()
    outcome = dict(ended(pool))
    assert outcome == {"b": Done("b, stopped"), "c": Dropped(), "d": Dropped(), "e": Dropped()}
    lost = Fake(1, a=[None, None])
    pool = Pool[Any](lost)
    pool.add(Work("a"))
    lost.submit = lambda job: _lost_when_stopped(pool, lost)  # type: ignore[method-assign]
    assert ended(pool) == [("a", Dropped())]


def _lost_when_stopped(pool: Pool[Any], fake: Fake) -> Given:
    pool.stop()
    fake.endings["a"] = [Lost("ended")]
    given = Given(fake, "a")
    given.stop = lambda: None  # type: ignore[method-assign]
    return given


def test_an_error_of_the_command_ends_its_jobs_and_lets_the_machines_go() -> None:
    fake = Fake(2, a=[Done(1)])
    pool = Pool[Any](fake)
    pool.add(Work("a"))
    pool.add(Work("b"))
    assert pool.next() is not None
    with pytest.raises(KeyboardInterrupt), pool:
        raise KeyboardInterrupt
    assert [(one.title, one.killed) for one in fake.given] == [("a", False), ("b", True)]
    assert fake.closed == 1


def test_this_process_takes_one_job_at_a_time_and_passes_its_errors_on() -> None:
    pool = Pool[Any](Local(lambda job: 10 // len(job.title)))
    pool.add(Work("ab"))
    pool.add(Work(""))
    job, ending = pool.next() or pytest.fail("no job")
    assert isinstance(ending, Done)
    assert (job.title, ending.value) == ("ab", 5)
    with pytest.raises(ZeroDivisionError):
        pool.next()


def test_a_worker_returns_the_result_or_the_error_of_its_job(tmp_path: Path) -> None:
    done = Worker(Work("a")).run()
    assert isinstance(done, Done)
    assert (done.value, bool(done.host)) == ("a", True)
    wrong = Worker(Work(error=ConfigError([]))).run()
    assert isinstance(wrong, Failed)
    assert not wrong.trace
    broken = Worker(Work(error=SystemExit("out of order"))).run()
    assert isinstance(broken, Failed)
    assert "SystemExit: out of order" in broken.message
    assert "in run" in broken.trace
    unseen = Worker(Work(shared=tmp_path / "runs")).run()
    assert isinstance(unseen, Failed)
    assert f"does not see {tmp_path / 'runs'}. Its folder must be on a disk that all machines share" in unseen.message


class Long(Work):
    def run(self, stop: threading.Event) -> str:
        signal.raise_signal(signal.SIGINT)  # what an interrupt from Ray or Slurm is
        return "stopped" if stop.wait(20) else "never asked"


def test_an_interrupt_asks_the_job_of_a_worker_to_stop() -> None:
    before = signal.getsignal(signal.SIGINT)
    ending = Worker(Long()).run()
    assert isinstance(ending, Done)
    assert ending.value == "stopped"
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("on", "slurm", "message"),
    [
        ("cluster", (), "--on must be local, ray, ray://HOST:PORT or slurm. Got 'cluster'."),
        ("ray:10001", (), "--on must be local, ray, ray://HOST:PORT or slurm"),
        ("ray", ("time=5",), "--slurm must be used with --on slurm"),
        ("slurm", ("time",), "--slurm must be KEY=VALUE"),
        ("slurm", ("time=1-12:00",), "--slurm time must be a whole number of minutes, at least 1. Got '1-12:00'."),
        ("slurm", ("memory=32G",), "--slurm memory must be a number of GB above 0"),
        ("slurm", ("cluster=here",), "--slurm cluster must be slurm or local"),
        ("slurm", ("gpus=1", "gpus=2"), "--slurm gpus must be given once"),
        (
            "slurm",
            ("cluster=local", "partitoin=gpu"),
            "--slurm must be one of partition, time, gpus, cpus, memory, at_once",
        ),
    ],
)
def test_machines_and_options_that_are_not_known_are_refused(on: str, slurm: tuple[str, ...], message: str, tmp_path: Path) -> None:
    if on == "slurm":
        pytest.importorskip("submitit")
    with pytest.raises(ConfigError) as caught:
        open_machines(on, tmp_path, slurm)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_machines_that_are_not_installed_or_not_there_are_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for on, name in (("ray", "ray"), ("slurm", "submitit")):
        with monkeypatch.context() as patched:
            patched.setitem(sys.modules, name, None)
            message = rf"where the package {name} is not installed.*pip install 'parallax-workbench\[{on}\]'"
            with pytest.raises(ConfigError, match=message):
                open_machines(on, tmp_path)
    monkeypatch.setitem(sys.modules, "ray", types.ModuleType("ray"))
    for address in ("ray://127.0.0.1:9", "ray://localhost:0"):
        with pytest.raises(ConfigError, match=rf"--on must be a Ray cluster that can be reached. Got '{address}'") as caught:
            open_machines(address, tmp_path)
        assert "\n" not in str(caught.value)
    monkeypatch.setitem(sys.modules, "submitit", types.ModuleType("submitit"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match=r"where Slurm's commands \(sbatch, srun\) are not installed.*--slurm cluster=local"):
        open_machines("slurm", tmp_path)


def test_what_is_not_used_is_not_imported(tmp_path: Path) -> None:
    """Neither Ray nor submitit without `--on`; and no torch before a worker has prepared its process for it."""
    code = """
import sys
import engine.board.trial, engine.execute.machines, engine.execute.ray_machines, engine.execute.slurm_machines, engine.train.run_job
assert "torch" not in sys.modules
from engine.cli import main
settings = "data.count=64 data.size=32 train.batch=16 train.steps=1 train.device=cpu monitor.embed_images=0 monitor.pictures=false"
given = [part for pair in settings.split() for part in ("--set", pair)]
assert main(["sweep", "--data", "shapes", "--runs", sys.argv[1], "--quiet", "--seeds", "1", "--yes", *given]) == 0
print(sorted({name.partition(".")[0] for name in sys.modules} & {"ray", "submitit", "torch"}))
"""
    environment = child_environment(1)
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['torch']"
