"""Every line of the metrics is read as a valid event or ignored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.health import Watch
from engine.runs.lines import parse_line
from engine.runs.reader import read_metrics, truncate_metrics
from workbench.panels.curves.history import History

GOOD = b'{"event":"StepDone","step":2,"epoch":0.5,"loss":1.5,"images_per_second":9.5,"terms":{"a":"NaN"}}'
ODD = (
    b"[" * 3000 + b"]" * 3000,
    b'{"event":"StepDone","terms":' + b'{"a":' * 3000 + b"1" + b"}" * 3001,
    b'{"event":"StepDone"}',
    b'{"event":"StepDone","step":"x"}',
    b'{"event":"StepDone","step":true}',
    b'{"event":"StepDone","step":-1}',
    b'{"event":"StepDone","step":1.5}',
    b'{"event":"StepDone","step":1e999}',
    b'{"event":"StepDone","step":"Infinity"}',
    b'{"event":"StepDone","step":1' + b"0" * 4000 + b"}",
    b'{"event":"StepDone","step":1,"loss":1' + b"0" * 4000 + b"}",
    b'{"event":"StepDone","step":1' + b"0" * 5000 + b"}",
    b'{"event":"StepDone","step":1,"terms":"x"}',
    b'{"event":"StepDone","step":1,"terms":{"a":[]}}',
    b'{"event":"StepDone","step":1,"diagnostics":["a"]}',
    b'{"event":"StepDone","step":1,"epoch":[]}',
    b'{"event":"StepDone","step":1,"stage":3}',
    b'{"event":"EpochDone","step":1,"loss":{}}',
    b'{"event":"EvalDone","values":{"knn":1}}',
    b'{"event":"EvalDone","step":1}',
    b'{"event":"EvalDone","step":1,"values":{"knn":"high"}}',
    b'{"event":"CheckpointSaved","step":null}',
    b'{"event":"RunStarted","step":"Infinity"}',
    b'{"event":"RunStarted","step":0,"batch":[]}',
    b'{"event":"Warned","message":{},"step":1}',
    b'{"event":["StepDone"]}',
    b'"StepDone"',
    b"\0" * 400,
    b"\xff\xfe",
)


@pytest.mark.parametrize("line", ODD, ids=range(len(ODD)))
def test_an_invalid_line_is_ignored_and_removed_when_the_run_is_resumed(line: bytes, tmp_path: Path) -> None:
    assert parse_line(line) is None
    (tmp_path / "metrics.jsonl").write_bytes(line + b"\n" + GOOD + b"\n")
    events, _ = read_metrics(tmp_path)
    history, watch = History(), Watch()
    for event in events:
        history.take_line(event)
        watch.take(event)
    watch.verdict()
    assert history.series["loss"].size == 1
    assert truncate_metrics(tmp_path, 2) == 1
    assert (tmp_path / "metrics.jsonl").read_bytes() == GOOD + b"\n"


def test_events_of_other_versions_are_returned() -> None:
    assert parse_line(b'{"event":"EpochDone","epoch":0,"step":1}') == {"event": "EpochDone", "epoch": 0, "step": 1}
    assert parse_line(b'{"event":"OfTomorrow","step":3,"what":[1]}') == {"event": "OfTomorrow", "step": 3, "what": [1]}
    more = json.loads(GOOD) | {"new": [1, 2]}
    assert parse_line(json.dumps(more)) is not None
