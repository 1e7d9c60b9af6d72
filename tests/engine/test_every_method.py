"""One method of each kind (with -m slow every one) trains from the command line, is stopped by Ctrl+C, and resumes."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from engine import cli
from engine.catalogue import CATALOGUE, load
from engine.cli.training import Bar
from engine.events import Event, StepDone
from engine.runs.reader import read_metrics, read_status
from engine.train import loop
from tests.engine.methods.conftest import SMALL
from tests.engine.test_systems import NAMED
from tests.kinds import one_of_each_kind
from tests.needed_data import needed_source
from tests.teacher_run import teacher_settings

SETTINGS = {
    "data.count": 64,
    "data.size": 32,
    "train.batch": 16,
    "train.steps": 3,
    "train.device": "cpu",
    "train.threads": 1,
    "monitor.embed_images": 8,
    "monitor.knn_k": 5,
}


@pytest.mark.parametrize("id", one_of_each_kind("needs", "feed", "labels", "kind", "teacher"))
def test_every_method_trains_and_resumes_from_the_command_line(
    id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    monkeypatch.setattr(cli, "prepare_process", lambda: None)  # it is meant for a separate process
    show, interrupted = Bar.__call__, []

    def interrupt_after_two(bar: Bar, event: Event) -> None:
        show(bar, event)
        if isinstance(event, StepDone) and event.step == 2 and not interrupted:
            interrupted.append(event.step)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Bar, "__call__", interrupt_after_two)
    own = {f"method.{key}": value for key, value in SMALL.items() if key in load(id).Config.model_fields}
    own |= {f"method.{name}.run": teacher["run"] for name, teacher in teacher_settings(id).items()}
    settings = [word for key, value in {**SETTINGS, **own}.items() for word in ("--set", f"{key}={value}")]
    assert cli.main(["train", "--method", id, "--data", needed_source(id), "--quiet", "--runs", str(tmp_path), *settings]) == 130
    folder = Path(capsys.readouterr().out.strip())
    assert (read_status(folder).state, read_status(folder).step) == ("stopped", 2)
    assert cli.main(["resume", str(folder), "--quiet"]) == 0
    assert (read_status(folder).state, read_status(folder).step) == ("finished", 3)
    assert [event["step"] for event in read_metrics(folder)[0] if event["event"] == "StepDone"] == [1, 2, 3]


def test_every_method_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["methods"]) == 0
    lines = capsys.readouterr().out.splitlines()
    others = [row.id for row in CATALOGUE if row.id not in NAMED]
    assert [line.split()[0] for line in lines[:-1]] == [row.id for row in CATALOGUE]
    assert [line.split()[0] for line in lines[:-1] if line.split()[2] == "beyond"] == others
    assert lines[-1] == f"46 of the 46 systems of the articles, and beyond them {len(others)}: {', '.join(others)}."
    assert cli.main(["methods", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in rows if row["beyond"]] == others
    assert [(row["id"], row["url"], row["labels"]) for row in rows] == [(row.id, row.url, row.labels) for row in CATALOGUE]
