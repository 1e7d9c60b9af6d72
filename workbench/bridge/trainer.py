"""The Trainer that calls the engine. Heavy modules are imported in the training thread, not with the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.config.errors import ConfigError
from engine.events import Event
from engine.execute.progress import Cancelled
from engine.train.control import Control
from engine.train.run_requests import following_requests
from workbench.bridge.torch_first import import_torch


class EngineTrainer:
    """Trains with engine.train; the events of a run are written to its folder and passed to the window."""

    def device(self, config: Mapping[str, Any] | None, folder: Path | None) -> str:
        """The config's device, resolved on this machine."""
        from engine.execute.devices import resolve_device
        from engine.runs.reader import read_config

        try:
            given = read_config(folder) if config is None and folder is not None else config or {}
            train = given.get("train", {})
            return resolve_device(str(train.get("device", "auto")) if isinstance(train, Mapping) else "auto")
        except ConfigError:
            return ""  # the run itself will report it

    def begin(
        self,
        config: Mapping[str, Any],
        root: Path,
        emit: Callable[[Event], None],
        control: Control,
        created: Callable[[Path], None],
    ) -> None:
        """Resolve a config, create its folder, train it."""
        import_torch()
        from engine.runs.run_folder import create_folder
        from engine.runs.writer import RunWriter
        from engine.train.device_check import check_one_process
        from engine.train.resolve import resolve
        from engine.train.teacher_run import fetch_all_weights
        from engine.train.train_run import train

        resolved = resolve(config)
        check_one_process(resolved)

        def wait(share: float, text: str = "", /) -> None:
            if control.stopping:
                raise Cancelled

        # Before there is a folder: a run that cannot start leaves none.
        try:
            fetch_all_weights(resolved, wait)
        except Cancelled:
            return
        folder = create_folder(root, resolved)
        created(folder)
        with RunWriter(folder) as writer, following_requests(folder, control, writer.mark):
            train(resolved, _both(writer, emit), control, folder)

    def resume(self, folder: Path, emit: Callable[[Event], None], control: Control, more_epochs: int = 0) -> None:
        """Resume the run in a folder, and train it for this many more epochs. If its device is missing, the best available one is
        used, with a warning."""
        import_torch()
        from engine.runs.writer import RunWriter
        from engine.train.train_run import Longer, resume

        device = "" if self.device(None, folder) else "auto"
        longer = Longer(more_epochs, "epochs", more=True) if more_epochs else None
        with RunWriter(folder) as writer, following_requests(folder, control, writer.mark):
            resume(folder, _both(writer, emit), control, device, longer)

    def search(
        self, out: Path, root: Path, emit: Callable[[Event], None], control: Control, created: Callable[[Path], None]
    ) -> bool:
        """Train the runs of a search, or the rest of them, one after another; a stop ends the current one with a checkpoint."""
        import_torch()
        from engine.search.run_search import run_search

        return run_search(out, _SearchRunner(self, root, emit, control, created)).complete


@dataclass(frozen=True)
class _SearchRunner:
    """Trains the runs of a search as those of the queue."""

    trainer: EngineTrainer
    root: Path
    emit: Callable[[Event], None]
    control: Control
    created: Callable[[Path], None]

    @property
    def stopping(self) -> bool:
        return self.control.stopping

    def begin(self, config: Mapping[str, Any], created: Callable[[Path], None]) -> None:
        def both(folder: Path) -> None:
            created(folder)
            self.created(folder)

        self.trainer.begin(config, self.root, self.emit, self.control, both)

    def resume(self, folder: Path) -> None:
        self.created(folder)
        self.trainer.resume(folder, self.emit, self.control)


def _both(first: Callable[[Event], None], second: Callable[[Event], None]) -> Callable[[Event], None]:
    def emit(event: Event) -> None:
        # The file first: everything that the window shows is in the folder.
        first(event)
        second(event)

    return emit
