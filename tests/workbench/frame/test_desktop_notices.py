"""A notification of the desktop: only while the window is not in front, and only if it is not switched off."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.runs.run_store import Changes, RunSummary
from engine.runs.status import Status
from workbench.bridge.jobs import Job
from workbench.frame.run_notices import DESKTOP, RunNotices
from workbench.models.runs import RunsModel
from workbench.widgets.notice import Notice


class NoJobs:
    """A bridge in which nothing trains or waits."""

    waits: tuple[Job, ...] = ()

    def jobs(self) -> tuple[Job, ...]:
        return self.waits

    def current(self) -> None:
        return None


class Keys:
    def key_of(self, job: Job) -> str:
        return job.folder


@pytest.mark.parametrize("on", [True, False])
def test_the_setting_switches_it_off(on: bool, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window, runs = QWidget(), RunsModel()
    qtbot.addWidget(window)
    notice = Notice(window, news=True)
    settings = QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat)
    settings.setValue(DESKTOP, on)
    bridge = NoJobs()
    notices = RunNotices(bridge, Keys(), runs, notice, settings, window)  # type: ignore[arg-type]
    shown: list[str] = []
    monkeypatch.setattr(notices._desktop, "show", lambda title, text: shown.append(text))
    for name, state in (("a", "finished"), ("b", "failed"), ("c", "finished")):
        status = Status(state=state, method="simclr", data="shapes", seed=0, step=8, steps=8, seconds=9.0)  # type: ignore[arg-type]
        runs.apply(Changes(added=(RunSummary(Path("/runs") / name, state, status, name=name, problem="why"),)))  # type: ignore[arg-type]
        bridge.waits = (Job("next", "queued", "next"),) if name != "c" else ()
        notices.job_changed(Job(name, state, name, f"/runs/{name}"))  # type: ignore[arg-type]
    end = "c has finished in 9 s. The queue is done: 2 finished, 1 failed."
    assert shown == (["b has failed: why", end] if on else [])
    assert notice.text == end
