"""UMAP in a child process. Starting it and compiling takes seconds, so one worker is used for one long test."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest

from engine.embed.job import MapFailed
from engine.embed.quality import trustworthiness
from engine.embed.umap import UmapJob
from engine.execute.child_environment import child_environment
from engine.execute.progress import Cancelled


def clusters(n: int) -> np.ndarray:
    draw = np.random.default_rng(0)
    return (draw.normal(size=(4, 16))[np.arange(n) % 4] * 4 + draw.normal(size=(n, 16))).astype(np.float32)


def test_maps_are_accurate_repeatable_and_can_be_cancelled() -> None:
    features = clusters(200)
    shares: list[float] = []
    with UmapJob() as job:
        first = job.run(features, epochs=100, progress=shares.append)
        assert first.shape == (200, 2)
        assert first.dtype == np.float32
        assert np.isfinite(first).all()
        assert shares == sorted(shares)
        assert (shares[0], shares[-1]) == (0.0, 1.0)
        assert trustworthiness(features, first, 10) > 0.9
        np.testing.assert_array_equal(job.run(features, epochs=100), first)

        # Few points and identical points give a map.
        for n in (5, 8, 16):
            assert np.isfinite(job.run(features[:n], epochs=20)).all()
        assert np.isfinite(job.run(np.ones((30, 4), np.float32), epochs=20)).all()

        # A given initial layout, such as the previous epoch's map, determines the orientation.
        started = job.run(features, epochs=15, init=first)
        assert np.corrcoef(started[:, 0], first[:, 0])[0, 1] > 0.9

        # Cancelled from the callback and from another thread; the next map is as accurate.
        def refuse(share: float) -> None:
            if share > 0:
                raise KeyError("enough")

        with pytest.raises(KeyError):
            job.run(features, epochs=100_000, progress=refuse)
        timer = threading.Timer(0.3, job.cancel)
        timer.start()
        with pytest.raises(Cancelled):
            job.run(features, epochs=100_000)
        timer.join()
        np.testing.assert_array_equal(job.run(features, epochs=100), first)

        # If the worker dies, an error is raised, and the job can be used again.
        child = job._child
        assert child is not None
        timer = threading.Timer(0.3, child.kill)
        timer.start()
        with pytest.raises(MapFailed, match="ended by itself"):
            job.run(features, epochs=100_000)
        timer.join()
        assert not job.alive
    assert not child.alive


def test_very_few_points_need_no_worker() -> None:
    job = UmapJob()
    for n in range(5):
        assert job.run(clusters(8)[:n]).shape == (n, 2)
    assert not job.alive
    with pytest.raises(ValueError, match="init must have the shape"):
        job.run(clusters(8), init=np.zeros((3, 2)))
    job.cancel()
    job.close()


def test_the_worker_ends_with_its_parent_process_and_does_not_import_torch() -> None:
    worker = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "engine.embed.worker"],
        env=child_environment(1),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    _, modules = worker.communicate(b"", timeout=60)
    assert worker.returncode == 0
    assert b"numpy" in modules
    assert b" torch" not in modules


def test_a_worker_ends_if_its_parent_dies_within_a_message() -> None:
    process = subprocess.Popen([sys.executable, "-m", "engine.embed.worker"], stdin=subprocess.PIPE, env=child_environment(1))
    assert process.stdin is not None
    word = pickle.dumps((1, np.zeros(1000)), protocol=5)
    process.stdin.write(word[: len(word) // 2])
    process.stdin.close()
    try:
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
