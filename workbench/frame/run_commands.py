"""Commands on runs: start, resume, clone, rename, annotate, delete; and the key of each job's run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from engine.config.errors import ConfigError
from engine.config.run_name import data_name
from engine.config.small_files import text_in
from engine.runs.reader import read_config
from engine.runs.run_store import annotate, rename
from engine.runs.run_title import method_of, title_of_config
from engine.runs.status import Status
from workbench.bridge.bridge import Bridge
from workbench.bridge.jobs import Job
from workbench.bridge.run_questions import BinRun
from workbench.bridge.search_questions import search_title
from workbench.frame import dialogs
from workbench.models.queue_entries import QueueEntry
from workbench.models.runs import LIVE_STATES, RunsModel
from workbench.panels.export.dialog import ExportDialog
from workbench.panels.runs.log_dialog import LogDialog, show_log
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
        # The key of the job that is edited in Prepare, and whether it was held before.
        self._editing, self._was_held = "", False

    # The queue

    def start(self, draft: dict[str, Any]) -> None:
        """Start a run, or add it to the queue if one is training."""
        self.start_all([draft])

    def start_all(self, drafts: Sequence[dict[str, Any]], seconds: float = 0.0) -> None:
        """Start or queue many runs, in order; the list of runs changes once, not once per run of a sweep. A single one replaces the
        entry of the queue that is edited. `seconds`: the expected duration of one by a dry run, 0 where not measured."""
        if self.editing and len(drafts) == 1:
            self._end_editing(drafts[0])
            return
        training = self._bridge.current() is not None or any(job.waits for job in self._bridge.jobs())
        made = {self._bridge.start(draft, seconds): draft for draft in drafts}
        self._runs.add_jobs((key, *_named(draft)) for key, draft in made.items())
        if made and not training:
            self._started = next(iter(made))
            self.workspaceAsked.emit("train")

    def start_search(self, out: str, seconds: float = 0.0) -> None:
        """Train the runs of a search, or the rest of them; or add it to the queue if a run is training."""
        training = self._bridge.current() is not None or any(job.waits for job in self._bridge.jobs())
        key = self._bridge.search(out, seconds)
        if self._runs.row(key) is None and key not in self._keys:
            self._runs.add_jobs([(key, search_title(out), Status())])
        if not training:
            self._started = key
            self.workspaceAsked.emit("train")

    def list_waiting(self) -> None:
        """Add the waiting runs of the bridge to the list of runs: those that an earlier start of the program left."""
        known = {self.key_of(job) for job in self._bridge.jobs() if self._runs.row(self.key_of(job)) is not None}
        new = []
        for key, run in self._bridge.waiting().items():
            if run.folder:
                self._keys[key] = run.folder
            elif key not in known:
                new.append((key, *((search_title(run.search), Status()) if run.search else _named(run.config))))
        self._runs.add_jobs(new)

    def entries(self) -> list[QueueEntry]:
        """The queue, in order."""
        jobs, editing = {job.key: job for job in self._bridge.jobs()}, self.editing
        entries = []
        for key, run in self._bridge.waiting().items():
            job, shown = jobs[key], self._keys.get(key, key)
            row = self._runs.row(shown)
            title, hue = (row.title, row.hue) if row is not None else (job.title, -1)
            entries.append(QueueEntry(key, shown, title, hue, job.held, bool(run.config), edited=key == editing))
        return entries

    @property
    def editing(self) -> str:
        """The key of the entry of the queue that is being edited in Prepare; "" for none."""
        return self._editing if self._editing in self._bridge.waiting() else ""

    def edit_waiting(self, key: str) -> None:
        """Show the config of an entry of the queue in Prepare. It is not started meanwhile; Start replaces it."""
        run = self._bridge.waiting().get(key)
        if run is None or not run.config:
            return
        self.cancel_editing()
        self._editing, self._was_held = key, any(job.held for job in self._bridge.jobs() if job.key == key)
        self._bridge.hold([key])
        self.cloned.emit(run.config)
        self.workspaceAsked.emit("prepare")

    def cancel_editing(self) -> None:
        """The entry stays as it was."""
        key, self._editing = self.editing, ""
        if key and not self._was_held:
            self._bridge.release([key])

    def _end_editing(self, draft: dict[str, Any]) -> None:
        key = self.editing
        self._bridge.change(key, draft)
        self._runs.describe_job(key, *_named(draft))
        self.cancel_editing()

    def perform(self, action: str, key: str) -> None:
        """Call the method of this class that a row of RUN_ACTIONS names."""
        if action not in RUN_ACTIONS:
            raise ValueError(f"action must be one of {', '.join(RUN_ACTIONS)}. Got {action!r}.")
        getattr(self, action)(key)

    def withdraw(self, key: str) -> None:
        """Remove a waiting run from the queue. `key`: of the run in the list of runs."""
        self.withdraw_jobs([job for job in self._bridge.waiting() if self._keys.get(job, job) == key])

    def withdraw_jobs(self, keys: Sequence[str]) -> None:
        """Remove waiting runs from the queue, by the keys of their jobs."""
        waiting = self._bridge.waiting()
        self._bridge.withdraw(*keys)
        self._runs.remove_all([key for key in keys if key in waiting and not waiting[key].folder])
        for key in keys:
            if key in waiting and (folder := waiting[key].folder):
                self._runs.job_changed(self._keys.get(key, folder), folder, "stopped")

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
        if job.search and job.folder and before not in (job.key, job.folder):
            # The next run of a search: the row of the one before stays as it ended.
            self._runs.job_changed(before, before, "finished")
            self._runs.add_jobs([(job.key, job.title, Status())])
            followed = self._selected() == before
            before = self._keys[job.key] = job.key
            if followed:
                self._started = job.key
        # If another run is selected, it stays selected when the queue starts this one.
        shown = job.key == self._started or self._selected() in ("", before)
        if job.state == "stopped" and not job.folder:
            self._runs.remove(before)
        key = self._runs.job_changed(before, job.folder, job.state, job.message)
        self._keys[job.key] = key
        if job.folder and before != key and shown:
            self._started = ""
            self.chosen.emit(key)
        # Of a run that is not selected, its start and its end leave a quiet mark; the selection does not change.
        if job.folder and self._selected() != key and (before != key or job.state in ("preparing", "finished", "failed")):
            self._runs.set_news(key, True)
        if job.state == "failed":
            row = self._runs.row(key)
            title = (row.title if row is not None else job.title) or translate("Window", "The run")
            self.failed.emit(f"{title}: {job.message}", job.remedy, job.traceback)
            if not job.folder:
                self._runs.remove(key)

    def adopt(self, other: RunCommands) -> None:
        """Take over the keys of jobs from another window."""
        self._keys, self._started = dict(other._keys), other._started
        self._editing, self._was_held = other._editing, other._was_held

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
            self._bridge.ask(BinRun(row.folder), lambda _: self.touched.emit(), lambda text: self.failed.emit(text, "", ""))

    def open(self, key: str) -> None:
        """Open a run's folder, which is its key, or any other folder in the desktop's file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(key))

    def log(self, key: str) -> LogDialog | None:
        """Open the log of a run, which follows it while it trains."""
        row = self._runs.row(key)
        return show_log(self._bridge.asker(f"log {key}"), row.folder, row.title, self._window) if row and row.folder else None

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


def _named(draft: Mapping[str, Any]) -> tuple[str, Status]:
    """The title of a run that is described by a draft, and the status of a run that has not started."""
    source, seed = text_in(draft, "data", "source"), text_in(draft, "train", "seed")
    number = int(seed) if seed.isdecimal() else None
    return title_of_config(draft), Status(method=method_of(draft), data=data_name(source), seed=number)
