"""What is read of a run's folder beside its metrics (test_writer.py reads those back)."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.runs.reader import checkpoint_mark, checkpoint_path


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
