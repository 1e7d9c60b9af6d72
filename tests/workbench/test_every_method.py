"""One method of each kind (with -m slow every one) is set up in the form, trains in the window's thread, and resumes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.events import Event, PicturesReady, StepDone
from engine.runs.reader import read_status
from engine.train.control import Control
from tests.engine.methods.conftest import SMALL
from tests.kinds import one_of_each_kind
from tests.needed_data import needed_source
from tests.teacher_run import teacher_settings
from workbench.bridge.bridge import Bridge
from workbench.bridge.jobs import Job
from workbench.bridge.trainer import EngineTrainer
from workbench.panels.setup.panel import SetupPanel

DRAFT: dict[str, Any] = {
    "data": {"count": 64, "size": 32},
    "train": {"batch": 16, "steps": 3, "device": "cpu", "threads": 1},
    "monitor": {"embed_images": 8, "knn_k": 5},
}


class StopsAfterTwo(EngineTrainer):
    """The window's trainer, which stops each new run at its second step."""

    def begin(
        self, config: Mapping[str, Any], root: Path, emit: Callable[[Event], None], control: Control, born: Callable[[Path], None]
    ) -> None:
        def emit_and_stop(event: Event) -> None:
            emit(event)
            if isinstance(event, StepDone) and event.step == 2:
                control.stop()

        super().begin(config, root, emit_and_stop, control, born)


@pytest.fixture
def bridge(tmp_path: Path, qtbot: QtBot) -> Iterator[Bridge]:
    made = Bridge(tmp_path, StopsAfterTwo())
    yield made
    assert made.close(10)


# What the window shows differs by what a method needs; the training is that of the command line.
@pytest.mark.parametrize("id", one_of_each_kind("needs", "feed", "kind", "teacher"))
def test_every_method_trains_and_resumes_from_the_window(
    id: str, bridge: Bridge, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.train import loop

    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    panel = SetupPanel(bridge.asker("setup"))
    qtbot.addWidget(panel)
    panel.startAsked.connect(bridge.start)
    jobs: list[Job] = []
    events: list[Event] = []
    bridge.jobChanged.connect(jobs.append)
    bridge.events.connect(lambda folder, batch: events.extend(batch))

    draft = {**DRAFT, "data": {**DRAFT["data"], "source": needed_source(id)}}
    panel.set_draft({**draft, "method": {"id": id}})
    qtbot.waitUntil(lambda: panel.ready, timeout=20_000)
    known = set(panel.form.keys())
    small = {key: value for key, value in SMALL.items() if f"method.{key}" in known}
    panel.set_draft({**draft, "method": {"id": id, **small, **teacher_settings(id)}})
    panel.start()
    qtbot.waitUntil(lambda: bool(jobs) and jobs[-1].state in ("stopped", "failed", "finished"), timeout=20_000)
    assert jobs[-1].state == "stopped", jobs[-1]
    folder = Path(jobs[-1].folder)
    assert read_status(folder).step == 2

    bridge.resume(str(folder))
    qtbot.waitUntil(lambda: jobs[-1].state in ("finished", "failed"), timeout=20_000)
    assert jobs[-1].state == "finished", jobs[-1]
    qtbot.waitUntil(lambda: not bridge.busy, timeout=20_000)
    assert [event.step for event in events if isinstance(event, StepDone)] == [1, 2, 3]
    assert any(isinstance(event, PicturesReady) for event in events)
    assert read_status(folder).state == "finished"
