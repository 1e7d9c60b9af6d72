"""Stored features are half precision, unless that would make them infinite."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.events import EmbeddingDone
from engine.runs.compact import compact
from engine.runs.reader import read_snapshot
from engine.runs.writer import RunWriter


def test_half_precision_where_it_holds_the_values() -> None:
    features = np.array([[1.0, -65_504.0], [np.nan, 3.0]], np.float32)
    assert compact(features).dtype == np.float16
    np.testing.assert_array_equal(compact(features), features)
    assert compact(np.empty((0, 4), np.float32)).dtype == np.float16


def test_larger_values_are_kept() -> None:
    features = np.array([[70_000.0, 1.5], [-1e9, 0.0]], np.float32)
    assert compact(features).dtype == np.float32
    np.testing.assert_array_equal(compact(features), features)


def test_a_diverging_run_keeps_finite_features(tmp_path: Path) -> None:
    features = np.linspace(-3e5, 3e5, 12, dtype=np.float32).reshape(4, 3)
    with RunWriter(tmp_path) as writer:
        writer(EmbeddingDone(1, 5, compact(features), np.arange(4), np.arange(4)))
    np.testing.assert_array_equal(read_snapshot(tmp_path, 1).features, features)
