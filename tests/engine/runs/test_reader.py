"""What is read of a run's folder beside its metrics (test_writer.py reads those back)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.config.errors import ConfigError
from engine.runs.reader import checkpoint_mark, checkpoint_path, read_snapshot, snapshot_path


def test_a_checkpoint_s_mark_names_what_it_holds(tmp_path: Path) -> None:
    def write(epoch: int | None, value: float) -> None:
        checkpoint_path(tmp_path, epoch).parent.mkdir(exist_ok=True)
        with checkpoint_path(tmp_path, epoch).open("wb") as file:
            torch.save({"method": {"weight": torch.full((3,), value)}}, file)

    assert checkpoint_mark(tmp_path) == 0
    write(None, 1.0)
    write(2, 1.0)
    write(4, 2.0)
    marks = [checkpoint_mark(tmp_path, epoch) for epoch in (None, 2, 4)]
    assert marks[0] == marks[1] != marks[2]
    assert 0 not in marks
    checkpoint_path(tmp_path).write_bytes(b"torn")
    assert checkpoint_mark(tmp_path) == 0


def test_a_snapshot_whose_arrays_do_not_belong_together_is_broken(tmp_path: Path) -> None:
    path = snapshot_path(tmp_path, 3)
    path.parent.mkdir()
    good = {"features": np.zeros((6, 4)), "index": np.arange(6), "label": np.zeros(6, np.int64), "step": np.int64(9)}
    for name, wrong in (("label", np.zeros(2)), ("index", np.arange(7)), ("features", np.zeros(6))):
        np.savez(path, **{**good, name: wrong})
        with pytest.raises(ConfigError, match=r"The file is broken: its features, places and labels are not of as many images"):
            read_snapshot(tmp_path, 3)
    np.savez(path, **good)
    assert len(read_snapshot(tmp_path, 3).index) == 6
