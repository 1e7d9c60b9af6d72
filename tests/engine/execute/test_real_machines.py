"""Real machines: submitit's local executor, and a Ray cluster of two nodes on this machine, skipped where the packages are not
installed. Ray is not in the extra [test]: it has 240 MB and takes some ten seconds to start."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.execute.child_environment import child_environment
from engine.execute.machines import Done, Needs, Pool
from engine.execute.open_machines import open_machines
from engine.runs.reader import read_metrics, read_status

SETTINGS = "data.count=64 data.size=16 train.batch=16 train.steps=60 train.threads=1 train.device=cpu train.checkpoint_seconds=0.2"
SETTINGS += " monitor.embed_images=0 monitor.pictures=false"
SEEDS = 3


@dataclass(frozen=True)
class Count:
    """A job that counts to ten in a file, from where it was left. At 5, once, its process gets the signal `ends`."""

    title: str
    shared: Path
    ends: int = 0
    pause: float = 0.01

    @property
    def needs(self) -> Needs:
        return Needs()

    @property
    def file(self) -> Path:
        return self.shared / f"{self.title}.txt"

    def run(self, stop: threading.Event) -> tuple[int, int]:
        begun = number = int(self.file.read_text()) if self.file.exists() else 0
        while number < 10 and not stop.wait(self.pause):
            number += 1
            self.file.write_text(str(number))
            if number == 5 and begun < 5 and self.ends:
                os.kill(os.getpid(), self.ends)
                stop.wait(20)
        return begun, number


def test_submitit_begins_a_killed_job_again_goes_on_with_a_requeued_one_and_stops_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("submitit", reason="the extra [slurm] is not installed")
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    lines: list[str] = []
    ended: dict[str, Any] = {}
    with Pool[Any](open_machines("slurm", tmp_path, ("cluster=local", "at_once=3")), lines.append) as pool:
        stopped = Count("stopped", tmp_path, pause=60)
        # SIGUSR2 is what Slurm sends before the time of a job is over, or when a more important one takes its place.
        for job in (Count("killed", tmp_path, signal.SIGKILL), Count("requeued", tmp_path, signal.SIGUSR2), stopped):
            pool.add(job)
        for one, ending in pool:
            assert isinstance(ending, Done), ending
            ended[one.title] = ending.value
            if len(ended) == 2:
                pool.stop()
    assert ended == {"killed": (5, 10), "requeued": (5, 10), "stopped": (0, 0)}
    assert len(lines) == 1
    assert lines[0].startswith("killed: its worker was lost")


@pytest.fixture
def ray_cluster() -> Iterator[str]:
    """The address of a cluster of two nodes of one core each."""
    pytest.importorskip("ray", reason="the extra [ray] is not installed")
    # The paths of its sockets are too long in the folder of a test.
    folder = tempfile.mkdtemp(prefix="ray")
    code = """
from ray.cluster_utils import Cluster
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
cluster.add_node(num_cpus=1)
print("address", cluster.address, flush=True)
input()
cluster.shutdown()
"""
    environment = {**child_environment(1), "RAY_USAGE_STATS_ENABLED": "0", "RAY_TMPDIR": folder}
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        address = next(line.split()[1] for line in process.stdout if line.startswith("address"))
        yield address
        process.stdin.write("\n")
        process.stdin.flush()
        process.wait(60)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
def test_a_sweep_on_ray_finishes_and_the_run_of_a_killed_worker_has_the_same_numbers(
    ray_cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", ray_cluster)
    _check_sweep(tmp_path, "--on", "ray")


@pytest.mark.slow
def test_a_sweep_by_submitit_finishes_and_the_run_of_a_killed_job_has_the_same_numbers(tmp_path: Path) -> None:
    pytest.importorskip("submitit", reason="the extra [slurm] is not installed")
    _check_sweep(tmp_path, "--on", "slurm", "--slurm", "cluster=local")


def _check_sweep(root: Path, *on: str) -> None:
    """A sweep with a worker that is killed in the middle, beside one in this process."""
    killed = None
    with _sweep(root / "there", *on) as process:
        while process.poll() is None and killed is None:
            time.sleep(0.05)
            for folder in (root / "there").glob("2*"):
                status = read_status(folder) if (folder / "status.json").exists() else None
                if status is not None and status.state == "running" and status.step > 20:
                    os.kill(status.pid, signal.SIGKILL)
                    killed = folder
                    break
        printed = process.communicate()
    assert process.returncode == 0, printed
    assert killed is not None
    assert "its worker was lost" in printed[1]
    with _sweep(root / "here") as process:
        process.communicate()
    there, here = _losses(root / "there"), _losses(root / "here")
    assert len(there) == SEEDS
    assert there == here
    lines = (killed / "log.txt").read_text(encoding="utf-8").splitlines()
    [line] = [line for line in lines if "goes on after step" in line]
    assert int(line.partition("after step ")[2].partition(",")[0]) > 0


def _sweep(root: Path, *more: str) -> subprocess.Popen[str]:
    settings = [part for pair in SETTINGS.split() for part in ("--set", pair)]
    command = [sys.executable, "-m", "engine", "sweep", "--data", "shapes", "--runs", str(root), "--seeds", str(SEEDS), "--yes"]
    pipe = subprocess.PIPE
    return subprocess.Popen([*command, *settings, *more], env=child_environment(1), stdout=pipe, stderr=pipe, text=True)


def _losses(root: Path) -> dict[int | None, dict[int, float]]:
    return {
        read_status(folder).seed: {line["step"]: line["loss"] for line in read_metrics(folder)[0] if line["event"] == "StepDone"}
        for folder in root.glob("2*")
    }
