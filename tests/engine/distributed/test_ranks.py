"""Two ranks compute what one process does. They are started once; a rank that is killed ends the run and it goes on from there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from engine.catalogue import methods
from engine.cli import main
from engine.config.errors import ConfigError
from engine.distributed.launch import Launcher
from engine.runs.reader import read_metrics, read_status
from engine.train.resolve import resolve
from tests.engine.distributed import rank_work


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("ranks") / "results.pt"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        assert Launcher(["-m", "tests.engine.distributed.rank_work", str(path)], 2, 1).run() is None
    return torch.load(path)


def test_rows_of_all_ranks_and_their_gradient(results: dict[str, Any]) -> None:
    values = results["gathered"]
    assert values["rows"] == 0
    assert values["gradient"] < 1e-5
    assert values["count"] == 6
    assert values["mean"] == 0.5


@pytest.mark.parametrize("kind", ["line", "map"])
def test_batch_normalisation_over_all_ranks(results: dict[str, Any], kind: str) -> None:
    assert {name: float(value) for name, value in results[kind].items() if value > 1e-6} == {}


@pytest.mark.parametrize("id", rank_work.METHODS)
def test_losses_and_gradients_are_those_of_one_process(results: dict[str, Any], id: str) -> None:
    # In float64: in float32 the networks make 1e-2 of a rounding error within some steps.
    assert results[id]["losses"] < 1e-9
    assert results[id]["gradient"] < 1e-9


def _config(**given: Any) -> dict[str, Any]:
    return {"method": {"id": given.pop("id", "simclr")}, "train": {"device": "cpu", "devices": 2, **given}}


@pytest.mark.parametrize(
    ("given", "key", "words"),
    [
        ({"id": "curl"}, "train.devices", "one world"),
        ({"id": "jigsaw_clustering"}, "train.devices", "collages mix"),
        ({"batch": 15}, "train.batch", "multiple of the 2 devices"),
        ({"batch": 2}, "train.batch", "two images for each"),
        ({"id": "moco_v2", "batch": 64, "devices": 8}, "method.bn_splits", "multiple of the 8 devices"),
        ({"device": "cuda:0"}, "train.device", "device of this machine")
        if not torch.cuda.is_available()
        else ({"batch": 15}, "train.batch", "2"),
    ],
)
def test_what_cannot_run_on_several_devices_is_refused(given: dict[str, Any], key: str, words: str) -> None:
    with pytest.raises(ConfigError) as raised:
        resolve(_config(**given))
    assert [problem.key for problem in raised.value.problems] == [key]
    assert words in str(raised.value)


def test_rows_of_other_packages_must_say_that_they_take_several_devices() -> None:
    from dataclasses import replace

    row = next(row for row in methods() if row.id == "simclr")
    assert row.not_on_several == ""
    assert "my-package" in replace(row, package="my-package").not_on_several
    assert replace(row, package="my-package", one_device="").not_on_several == ""


SETTINGS = """
method: {id: mae, decoder_dim: 32, decoder_depth: 1}
backbone: {name: vit_micro, patch: 8}
data: {source: shapes, count: 64, size: 32}
optim: {schedule: constant, warmup: 0}
train: {batch: 16, steps: %d, device: cpu, precision: fp32, threads: 1, checkpoint_seconds: 0.01}
monitor: {embed_images: 0, pictures: false, knn_every: 100000}
"""


@pytest.mark.slow
def test_a_killed_rank_is_named_and_the_run_goes_on_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(SETTINGS % 100_000)
    command = [sys.executable, "-m", "engine", "train", str(config), "--runs", str(tmp_path / "two"), "--set", "train.devices=2"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([*command, "--quiet"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        folder = _once(lambda: next(iter((tmp_path / "two").glob("*")), None), process)
        _once(lambda: sum(row["event"] == "CheckpointSaved" for row in read_metrics(folder)[0]) > 1, process)
        [second] = [child for child in psutil.Process(process.pid).children() if child.environ().get("RANK") == "1"]
        second.send_signal(signal.SIGKILL)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 1
    [line] = [line for line in errors.splitlines() if line.startswith("error")]
    assert f"Rank 1 (process {second.pid}) was killed by signal 9" in line
    assert f"python -m engine resume {folder}" in line
    status = read_status(folder)
    assert status.state == "failed"
    assert "Rank 1" in status.error

    checkpoint = torch.load(folder / "checkpoints" / "last.pt", weights_only=True)["step"]
    last = checkpoint + 2
    assert main(["resume", str(folder), "--devices", "1", "--steps", str(last), "--quiet"]) == 0
    config.write_text(SETTINGS % last)
    assert main(["train", str(config), "--runs", str(tmp_path / "one"), "--quiet"]) == 0
    [alone] = (tmp_path / "one").glob("*")
    losses = [{row["step"]: row["loss"] for row in read_metrics(run)[0] if row["event"] == "StepDone"} for run in (folder, alone)]
    assert sorted(losses[0]) == sorted(losses[1]) == list(range(1, last + 1))
    assert losses[0] == pytest.approx(losses[1], abs=1e-4)
    capsys.readouterr()


def _once(find: Any, process: subprocess.Popen[str]) -> Any:
    """What `find` returns once it is true; the process must still be running."""
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            if value := find():
                return value
        except (ConfigError, OSError, json.JSONDecodeError):
            pass
        time.sleep(0.02)
    process.kill()
    raise AssertionError(f"the run ended or did not begin: {process.communicate()}")
