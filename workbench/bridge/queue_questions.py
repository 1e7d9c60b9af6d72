"""The expected duration of the runs in the queue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from engine.config.errors import ConfigError
from engine.runs.expected_time import expected_seconds, remaining_seconds, speed_key
from engine.runs.reader import read_config, read_status
from engine.runs.run_store import RunStore
from engine.runs.status import Status
from engine.search.outcome import read_outcome
from workbench.bridge.question import Context, Lane, Question
from workbench.bridge.saved_queue import WaitingRun

NEWEST = 12  # past runs of the same method, data and backbone whose configs are compared


class _PastRuns:
    """Past runs of one folder of runs, with the configs that were read."""

    def __init__(self) -> None:
        self._store = RunStore(Path())
        self._keys: dict[Path, tuple[int, str]] = {}

    def refresh(self, root: Path) -> None:
        """Read what has changed."""
        if self._store.root != root:
            self._store, self._keys = RunStore(root), {}
        self._store.refresh()

    def like(self, config: Mapping[str, Any]) -> list[Status]:
        """The statuses of runs that take the same time per epoch, the newest first."""
        wanted, alike = speed_key(config), []
        own = config["method"]["id"], config["backbone"]["name"], config["train"]["device"], config["train"]["precision"]
        compared = 0
        for row in self._store.runs:
            at = row.status
            if (at.method, at.backbone, at.device, at.precision) != own or not at.step:
                continue
            if compared == NEWEST:
                break
            compared += 1
            if self._key(row.folder, row.config_time) == wanted:
                alike.append(at)
        return alike

    def _key(self, folder: Path, time: int) -> str:
        known = self._keys.get(folder)
        if known is None or known[0] != time:
            try:
                known = time, speed_key(read_config(folder))
            except ConfigError:
                known = time, ""
            self._keys[folder] = known
        return known[1]


@dataclass(frozen=True)
class EstimateRuns(Question[tuple[float | None, ...]]):
    """The expected duration of each of these runs in s, None where it is unknown: from the newest past run with the same settings,
    else from the dry run that was made of it. `root`: the folder of runs."""

    lane: ClassVar = Lane.SLOW
    root: Path
    runs: tuple[WaitingRun, ...]

    def answer(self, context: Context) -> tuple[float | None, ...]:
        """Stops where the answer is no longer wanted."""
        past = context.session.get(_PastRuns)
        past.refresh(self.root)
        known: dict[str, float | None] = {}
        answer: list[float | None] = []
        for run in self.runs:
            if not context.wanted():
                break
            # Runs of a sweep over seeds or learning rates take the same time: one of them is resolved.
            text = json.dumps(_without_names(run), sort_keys=True, default=str)
            if text not in known:
                known[text] = _seconds(run, past)
            answer.append(known[text])
        return tuple(answer)


def _without_names(run: WaitingRun) -> dict[str, Any]:
    config = {key: value for key, value in run.config.items() if key not in ("name", "notes", "tags", "optim")}
    if isinstance(config.get("train"), Mapping):
        config["train"] = {key: value for key, value in config["train"].items() if key != "seed"}
    return {"config": config, "folder": run.folder, "more": run.more_epochs, "seconds": run.seconds, "search": run.search}


def _search_seconds(run: WaitingRun) -> float | None:
    """By its runs that have ended, else by the dry run."""
    try:
        outcome = read_outcome(Path(run.search))
    except ConfigError:
        return None
    spent = [one.seconds for one in outcome.trials if one.seconds]
    left = outcome.plan.count - outcome.ended
    return left * sum(spent) / len(spent) if spent else run.seconds or None


def _seconds(run: WaitingRun, past: _PastRuns) -> float | None:
    if run.search:
        return _search_seconds(run)
    if run.folder:
        try:
            return remaining_seconds(read_status(Path(run.folder)), run.more_epochs)
        except ConfigError:
            return None
    from engine.execute.devices import with_threads
    from engine.train.resolve import resolve

    try:
        config = with_threads(resolve(run.config))
    except ConfigError:
        return None
    values = config.model_dump(mode="json")
    return expected_seconds(values, past.like(values)) or run.seconds or None
