"""A run as a job for other machines. Imports torch when it runs."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.config.errors import ConfigError, complain
from engine.config.text import merge, parse
from engine.events import RunState
from engine.execute.machines import Needs
from engine.runs.lock import wait_until_free
from engine.runs.reader import read_config, read_status
from engine.runs.run_folder import fill_folder, is_begun, reserve_folder

if TYPE_CHECKING:
    from engine.config.run import RunConfig


@dataclass(frozen=True)
class RunEnd:
    """How a run ended, as its folder has it."""

    state: RunState
    step: int
    error: str = ""


@dataclass(frozen=True)
class RunJob:
    """Train the run of a folder, or the rest of it. folder: reserved, or of a run that was begun, on a disk that all machines
    share. config: nested settings of a run that has not begun; its device is chosen where it runs."""

    title: str
    folder: Path
    config: Mapping[str, Any]
    needs: Needs

    @property
    def shared(self) -> Path:
        return self.folder

    def run(self, stop: threading.Event) -> RunEnd:
        """Train it to its end. ConfigError where the config or the data do not fit this machine."""
        train_folder(self.folder, self.config, stop)
        if not is_begun(self.folder):
            return RunEnd("stopped", 0)
        status = read_status(self.folder)
        return RunEnd(status.state, status.step, f"{status.error} {status.remedy}".strip())


def train_folder(folder: Path, config: Mapping[str, Any], stop: threading.Event) -> None:
    """Begin the run of a reserved folder, or go on with it from its checkpoint; nothing where it is finished. It waits while
    another process still writes it. ConfigError where it cannot be done."""
    from engine.execute.devices import resolve_device
    from engine.execute.progress import Cancelled
    from engine.runs.writer import RunWriter
    from engine.train.control import Control
    from engine.train.resolve import resolve
    from engine.train.run_requests import following_requests
    from engine.train.teacher_run import fetch_all_weights
    from engine.train.train_run import resume, train

    def wait(share: float, text: str = "", /) -> None:
        if stop.is_set():
            raise Cancelled

    wait_until_free(folder, stop)
    if stop.is_set():
        return
    control = Control(stop)
    if not is_begun(folder):
        resolved = resolve(config)
        try:
            fetch_all_weights(resolved, wait)
        except Cancelled:
            return
        fill_folder(folder, resolved)
        with RunWriter(folder) as writer, following_requests(folder, control, writer.mark):
            train(resolved, writer, control, folder)
    elif read_status(folder).state != "finished":
        device = ""
        try:
            resolve_device(str(read_config(folder)["train"]["device"]))
        except ConfigError:  # the worker before this one had another
            device = "auto"
        with RunWriter(folder) as writer, following_requests(folder, control, writer.mark):
            resume(folder, writer, control, device)


def run_job(root: Path, given: Mapping[str, Any], folder: Path | None = None) -> RunJob:
    """A job for new settings, in a reserved folder: `folder`, or a new one under `root`. ConfigError for settings that no machine
    can train."""
    config = for_any_machine(given)
    settings = merge(config.model_dump(mode="json"), {"train": _device_settings(given)})
    folder = folder or reserve_folder(root.absolute(), config)
    return RunJob(config.name or folder.name, folder, settings, needs_of(given))


def rest_of(folder: Path) -> RunJob:
    """A job for the rest of a run."""
    config = read_config(folder)
    # The number of its GPU was of the machine that it was on.
    needs = needs_of(merge(config, {"train": {"device": _device_settings(config)["device"].partition(":")[0], "devices": 1}}))
    return RunJob(str(config.get("name") or folder.name), folder.absolute(), config, needs)


def for_any_machine(given: Mapping[str, Any]) -> RunConfig:
    """The settings resolved without a look at the devices of this machine, which need not have those of the others. ConfigError for
    what no machine can train."""
    from engine.train.resolve import resolve

    needs_of(given)
    return resolve(without_device(given))


def without_device(given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings whose device is not looked for on this machine: another one may train the run."""
    values = dict(given)
    return merge(values, {"train": {"device": "cpu", "devices": 1}}) if isinstance(values.get("train", {}), Mapping) else values


def needs_of(given: Mapping[str, Any]) -> Needs:
    """The GPUs and cores that settings ask for. ConfigError for a GPU by its number, and for several devices."""
    wanted = _device_settings(given)
    if wanted["devices"] != 1:
        remedy = "Train a run on several devices with python -m engine train, on a machine that has them."
        raise complain("train.devices", "1 for runs on other machines", wanted["devices"], remedy)
    kind, _, number = wanted["device"].partition(":")
    if number not in ("", "0"):
        raise complain("train.device", f"{kind} for runs on other machines, where its number is chosen", wanted["device"])
    return Needs({"cuda": 1, "auto": None}.get(kind, 0), max(1, wanted["threads"]))


def _device_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """What settings say about devices, as given: it is resolved where the run is trained. ConfigError for what is no setting."""
    from engine.config.run import TrainConfig

    train = given.get("train", {})
    names = ("device", "devices", "precision", "threads")
    named = {name: train[name] for name in names if name in train} if isinstance(train, Mapping) else {}
    return parse(TrainConfig, named, "train").model_dump(mode="json", include=set(names))
