"""The engine as the queue's trainer. Its heavy parts are imported in the training thread, not with the window."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.config.errors import ConfigError
from engine.events import Event, RunState
from engine.train.control import Control


class EngineTrainer:
    """Trains with engine.train; everything a run says goes to its folder and to the window."""

    def device(self, config: Mapping[str, Any] | None, folder: Path | None) -> str:
        """From the config's own words, and what this machine has."""
        from engine.execute.devices import resolve_device
        from engine.runs.reader import read_config

        try:
            given = read_config(folder) if config is None and folder is not None else config or {}
            train = given.get("train", {})
            return resolve_device(str(train.get("device", "auto")) if isinstance(train, Mapping) else "auto")
        except ConfigError:
            return ""  # the run itself will say what is wrong

    def begin(
        self, config: Mapping[str, Any], root: Path, emit: Callable[[Event], None], control: Control, born: Callable[[Path], None]
    ) -> None:
        """Resolve a config, make its folder, train it."""
        from engine.runs.run_folder import create_folder
        from engine.runs.writer import RunWriter
        from engine.train.resolve import resolve
        from engine.train.run import train

        resolved = resolve(config)
        folder = create_folder(root, resolved)
        born(folder)
        with RunWriter(folder) as writer, _Marking(writer.mark, control):
            train(resolved, _both(writer, emit), control, folder)

    def resume(self, folder: Path, emit: Callable[[Event], None], control: Control, more_epochs: int = 0) -> None:
        """Go on with the run in a folder, and train it so many epochs longer. Where its device is not here, on the best one that
        is, which a warning says."""
        from engine.runs.writer import RunWriter
        from engine.train.run import Longer, resume

        device = "" if self.device(None, folder) else "auto"
        longer = Longer(more_epochs, "epochs", more=True) if more_epochs else None
        with RunWriter(folder) as writer, _Marking(writer.mark, control):
            resume(folder, _both(writer, emit), control, device, longer)


def _both(first: Callable[[Event], None], second: Callable[[Event], None]) -> Callable[[Event], None]:
    def emit(event: Event) -> None:
        # The disk first: what the window shows of a run can be found in its folder.
        first(event)
        second(event)

    return emit


class _Marking:
    """Writes "paused" and "running" into the run's status: a pause is no event, and others may be reading the folder."""

    def __init__(self, mark: Callable[[RunState], None], control: Control) -> None:
        self._mark = mark
        self._control = control
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="pause watch", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        marked = False
        while not self._over.wait(0.25):
            if self._control.paused != marked:
                marked = self._control.paused
                self._mark("paused" if marked else "running")
