"""Commands on runs: start, resume, clone, rename, annotate, delete; and the key of each job's run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from engine.config.errors import ConfigError
from engine.runs.reader import read_config
from engine.runs.run_store import annotate, rename, to_bin
from workbench.bridge.bridge import Bridge
from workbench.bridge.jobs import Job
from workbench.bridge.saved_queue import WaitingRun
from workbench.frame import dialogs
from workbench.models.runs import LIVE_STATES, RunsModel
from workbench.panels.export.dialog import ExportDialog
from workbench.panels.runs.run_actions import RUN_ACTIONS
from workbench.requests import AnnotateRun

translate = QCoreApplication.translate


class RunCommands(QObject):
    """Passes commands to the bridge and changes the folder of runs. `selected` returns the key of the run that panels show.

    `workspaceAsked` carries the name of a workspace to show, `chosen` the key of a run to select, `cloned` a config for Prepare,
    `failed` a message, a remedy and a traceback; `touched`: the folder of runs has changed."""

    workspaceAsked = Signal(str)
    chosen = Signal(str)
    cloned = Signal(dict)
    failed = Signal(str, str, str)
    touched = Signal()

    def __init__(self, bridge: Bridge, runs: RunsModel, selected: Callable[[], str], window: QWidget) -> None:
        super().__init__(window)
        self._bridge, self._runs, self._selected, self._window = bridge, runs, selected, window
        self._keys: dict[str, str] = {}
        # The job that was started while no run trained: its run is selected as soon as it has a folder.
        self._started = ""

    # The queue

    def start(self, draft: dict[str, Any]) -> None:
        """Start a run, or add it to the queue if one is training."""
        self.start_all([draft])

    def start_all(self, drafts: Sequence[dict[str, Any]]) -> None:
        """Start or queue many runs, in order; the list of runs changes once, not once per run of a sweep."""
        made = []
        for draft in drafts:
            method, source = _method_and_source(draft)
            made.append((self._bridge.start(draft), _title(draft), method, source))
        self._runs.add_jobs(made)
        waiting = sum(job.live or job.state == "queued" for job in self._bridge.jobs())
        if made and (self._bridge.current() is None or waiting == len(made)):
            self._started = made[0][0]
            self.workspaceAsked.emit("train")

    def title_of(self, run: WaitingRun) -> str:
        """The title of a queued run."""
        return _title(run.config) if run.config else Path(run.folder).name

    def queue_again(self, runs: Sequence[WaitingRun]) -> None:
        """Queue runs again that were waiting when the program was closed, in their order."""
        for folder, group in groupby(runs, key=lambda run: run.folder):
            if folder:
                for run in group:
                    self._keys[self._bridge.resume(folder, run.more_epochs)] = folder
            else:
                self.start_all([run.config for run in group])

    def perform(self, action: str, key: str) -> None:
        """Call the method of this class that a row of RUN_ACTIONS names."""
        if action not in RUN_ACTIONS:
            raise ValueError(f"action must be one of {', '.join(RUN_ACTIONS)}. Got {action!r}.")
        getattr(self, action)(key)

    def withdraw(self, key: str) -> None:
        """Remove a waiting run from the queue."""
        self._bridge.withdraw(key)

    def resume(self, key: str) -> None:
        """Resume a run."""
        row = self._runs.row(key)
        if row is None or not row.folder:
            return
        self._go_on(key, row.folder)

    def lengthen(self, key: str) -> None:
        """Ask for a number of additional epochs, and train a run for them."""
        row = self._runs.row(key)
        if row is None or not row.folder or row.state in LIVE_STATES:
            return
        more = dialogs.ask_more_epochs(self._window, row.title, max(1, row.status.epochs))
        if more:
            self._go_on(key, row.folder, more)

    def _go_on(self, key: str, folder: str, more_epochs: int = 0) -> None:
        job = self._bridge.resume(folder, more_epochs)
        self._keys[job] = key
        self.chosen.emit(key)
        self.workspaceAsked.emit("train")

    def toggle_pause(self) -> None:
        """Pause the current run, or continue it."""
        job = self._bridge.current()
        if job is not None and job.state == "running":
            self._bridge.pause()
        elif job is not None and job.state == "paused":
            self._bridge.unpause()

    def key_of(self, job: Job) -> str:
        """The key of a job's run in the list of runs."""
        return self._keys.get(job.key, job.key)

    def job_changed(self, job: Job) -> None:
        """Update the list of runs after a job has changed."""
        before = self.key_of(job)
        # If another run is selected, it stays selected when the queue starts this one.
        shown = job.key == self._started or self._selected() in ("", before)
        if job.state == "stopped" and not job.folder:
            self._runs.remove(before)
        key = self._runs.job_changed(before, job.folder, job.state, job.message)
        self._keys[job.key] = key
        if job.folder and before != key and shown:
            self._started = ""
            self.chosen.emit(key)
        if job.state == "failed":
            title = job.title or translate("Window", "The run")
            self.failed.emit(f"{title}: {job.message}", job.remedy, job.traceback)
            if not job.folder:
                self._runs.remove(key)

    def adopt(self, other: RunCommands) -> None:
        """Take over the keys of jobs from another window."""
        self._keys, self._started = dict(other._keys), other._started

    # Runs on disk

    def clone(self, key: str) -> None:
        """Use a run's config as the settings in Prepare."""
        try:
            config = read_config(Path(key))
        except ConfigError as error:
            self.failed.emit(str(error), "", "")
            return
        for own in ("name", "notes"):
            config.pop(own, None)
        train = config.get("train")
        # Steps that were computed from minutes are not copied: a new run computes its own.
        if isinstance(train, dict) and train.pop("plan", ()) and train.get("minutes"):
            train["steps"] = 0
        self.cloned.emit(config)
        self.workspaceAsked.emit("prepare")

    def rename(self, key: str) -> None:
        """Ask for a new name of a run, and rename it."""
        row = self._runs.row(key)
        if row is None or not row.folder:
            return
        name = dialogs.ask_name(self._window, row.title)
        if name:
            self._try(lambda: rename(Path(row.folder), name))

    def annotate(self, request: AnnotateRun) -> None:
        """Write a run's name, notes, tags or star to its folder."""
        row = self._runs.row(request.key)
        if row is None or not row.folder:
            return
        folder, name = Path(row.folder), request.name
        if name is not None:
            self._try(lambda: rename(folder, name))
        else:
            self._try(lambda: annotate(folder, notes=request.notes, tags=request.tags, star=request.star))

    def delete(self, key: str) -> None:
        """Move a run to the bin, after a confirmation."""
        row = self._runs.row(key)
        if row is None or not row.folder or row.state in LIVE_STATES:
            return
        if dialogs.confirm_delete(self._window, row.title, row.folder):
            self._try(lambda: to_bin(Path(row.folder)))

    def open(self, key: str) -> None:
        """Open a run's folder, which is its key, or any other folder in the desktop's file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(key))

    def export(self, key: str) -> ExportDialog | None:
        """Open the export dialog of a run."""
        row = self._runs.row(key)
        if row is None or not row.folder:
            return None
        dialog = ExportDialog(self._bridge.asker("export"), row.folder, row.title, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.cancelled.connect(lambda question: self._bridge.cancel(question, "export"))
        dialog.open()
        return dialog

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except (ConfigError, OSError) as error:
            self.failed.emit(str(error), "", "")
        self.touched.emit()


def _method_and_source(draft: Mapping[str, Any]) -> tuple[str, str]:
    """The method's id and the data's name; "" where a draft has none."""
    method, data = draft.get("method"), draft.get("data")
    id = method.get("id", "") if isinstance(method, Mapping) else method or ""
    return str(id), Path(str(data.get("source", "") if isinstance(data, Mapping) else "")).name


def _title(draft: Mapping[str, Any]) -> str:
    method, source = _method_and_source(draft)
    return str(draft.get("name") or f"{method} · {source}")
