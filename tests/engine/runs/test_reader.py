"""Reading a run's folder except its metrics, which test_writer.py reads."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.config.errors import ConfigError
from engine.runs.lines import parse_line
from engine.runs.reader import checkpoint_mark, checkpoint_path, read_snapshot, snapshot_path


def test_a_checkpoint_s_mark_changes_with_its_content(tmp_path: Path) -> None:
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


def test_a_snapshot_with_inconsistent_arrays_is_refused(tmp_path: Path) -> None:
    path = snapshot_path(tmp_path, 3)
    path.parent.mkdir()
    good = {"features": np.zeros((6, 4)), "index": np.arange(6), "label": np.zeros(6, np.int64), "step": np.int64(9)}
    for name, wrong in (("label", np.zeros(2)), ("index", np.arange(7)), ("features", np.zeros(6))):
        np.savez(path, **{**good, name: wrong})
        with pytest.raises(ConfigError, match=r"The file is broken: its features, places and labels are not of as many images"):
            read_snapshot(tmp_path, 3)
    np.savez(path, **good)
    assert len(read_snapshot(tmp_path, 3).index) == 6


@pytest.mark.parametrize(
    "line",
    [
        "[" * 3000 + "]" * 3000,
        '{"event":"StepDone"}',
        '{"event":"StepDone","step":"x"}',
        '{"event":"StepDone","step":-1,"epoch":1,"images_per_second":1}',
        '{"event":"StepDone","step":1e999,"epoch":1,"images_per_second":1}',
        '{"event":"StepDone","step":1,"epoch":[],"images_per_second":1}',
        '{"event":"StepDone","step":1,"epoch":"NaN","images_per_second":1}',
        '{"event":"StepDone","step":1,"epoch":1,"images_per_second":1,"seconds":1e300}',
        '{"event":"StepDone","step":1,"epoch":1,"images_per_second":1,"terms":"x"}',
        '{"event":"StepDone","step":1,"epoch":1,"images_per_second":1,"terms":{"a":[1]}}',
        '{"event":"EvalDone","values":{"knn":1}}',
        '{"event":"EvalDone","epoch":1,"step":1,"values":{"knn":"much"}}',
        '{"event":"Warned","message":["x"],"step":1}',
        '{"event":"StepDone","step":' + "9" * 5000 + "}",
    ],
    ids=lambda line: line[:50],
)
def test_a_line_with_an_invalid_value_is_ignored(line: str) -> None:
    assert parse_line(line) is None


def test_nan_losses_and_events_of_later_versions_are_read() -> None:
    line = '{"event":"StepDone","step":1,"epoch":0.5,"images_per_second":2,"loss":"NaN","terms":{"a":"Infinity"},"new":[1]}'
    event = parse_line(line)
    assert event is not None
    assert math.isnan(event["loss"])
    assert event["terms"]["a"] == math.inf
    assert parse_line('{"event":"Tomorrow","step":"x"}') == {"event": "Tomorrow", "step": "x"}
