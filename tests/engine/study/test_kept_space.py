"""Features at an epoch: the checkpoint used, the rows, and when they are computed again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.runs.reader import checkpoint_path, snapshot_path
from engine.study.kept_space import kept_space, nearest_checkpoint
from engine.study.spaces import Spaces
from engine.train.control import Control
from engine.train.train_run import train

Small = Callable[..., RunConfig]


def test_the_checkpoint_is_the_nearest_kept_one(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("{}")
    assert nearest_checkpoint(tmp_path, 7) == (0, 0)
    checkpoint_path(tmp_path).parent.mkdir()
    for epoch in (4, 8):
        checkpoint_path(tmp_path, epoch).write_bytes(b"")
    torch.save({"epoch": 12, "step": 125, "method": {"weight": torch.zeros(3)}}, checkpoint_path(tmp_path))
    nearest = {epoch: nearest_checkpoint(tmp_path, epoch) for epoch in (0, 1, 2, 5, 6, 9, 10, 11, 40)}
    assert nearest == {
        0: (0, 0),
        1: (0, 0),
        2: (4, 4),
        5: (4, 4),
        6: (8, 8),
        9: (8, 8),
        10: (None, 12),
        11: (None, 12),
        40: (None, 12),
    }
    # Stopped within the 13th epoch, which has a snapshot of the last step.
    snapshot_path(tmp_path, 13).parent.mkdir()
    np.savez(snapshot_path(tmp_path, 13), step=np.int64(125))
    assert nearest_checkpoint(tmp_path, 13) == (None, 13)


def test_rows_equal_run_spaces_and_are_computed_again_for_another_checkpoint(small: Small, tmp_path: Path) -> None:
    train(small("simclr", {"train": {"steps": 2}}), lambda event: None, Control(), tmp_path)
    index, shares = np.array([5, 0, 9, 2, 7]), list[float]()
    opened = Spaces(tmp_path)
    for space in ("features", "embedding"):
        rows, _ = kept_space(tmp_path, 99, space, index, shares.append)
        np.testing.assert_allclose(rows, opened.whole(index)[space], rtol=2e-3, atol=2e-3)
    assert shares == sorted(shares)
    reports: list[float] = []
    np.testing.assert_array_equal(kept_space(tmp_path, 99, "embedding", index, reports.append)[0], rows)
    assert not reports  # read, not computed
    assert len(kept_space(tmp_path, 99, "embedding", index[:3], reports.append)[0]) == 3
    assert reports
    reports.clear()
    state = torch.load(checkpoint_path(tmp_path), weights_only=True)
    next(iter(state["method"].values())).add_(1e-3)
    with checkpoint_path(tmp_path).open("wb") as file:
        torch.save(state, file)
    kept_space(tmp_path, 99, "embedding", index[:3], reports.append)
    assert reports


def test_a_method_without_an_embedding_of_single_views_raises_an_error(small: Small, tmp_path: Path) -> None:
    train(small("rotation", {"train": {"steps": 1}}), lambda event: None, Control(), tmp_path)
    with pytest.raises(ConfigError, match="rotation has no embedding of single views"):
        kept_space(tmp_path, 0, "embedding", np.arange(4))
    with pytest.raises(ConfigError, match="one of features, embedding"):
        kept_space(tmp_path, 0, "logits", np.arange(4))
