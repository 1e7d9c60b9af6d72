"""Typed requests of a panel to the window or to other panels.

No panel imports another one. A panel passes a request to `PanelContext.request`; the window handles its own requests and passes
every request to every panel's `take_request`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.bridge.setup_questions import DeviceInfo


class Request:
    """Base class of all requests. A third party's panels may define requests of their own; the window passes them on."""


# To the window


@dataclass(frozen=True)
class SelectRun(Request):
    """Show a run in every panel. `key`: the run's key in the list of runs."""

    key: str


@dataclass(frozen=True)
class RunCommand(Request):
    """Perform an action on a run. `action`: the id of a row of `workbench.panels.runs.run_actions.RUN_ACTIONS`."""

    action: str
    key: str


@dataclass(frozen=True)
class AnnotateRun(Request):
    """Change a run's name, notes, tags or star; None leaves a value unchanged."""

    key: str
    name: str | None = None
    notes: str | None = None
    tags: tuple[str, ...] | None = None
    star: bool | None = None


@dataclass(frozen=True)
class StartRuns(Request):
    """Start one run for each config, or add them to the queue, in order. `seconds`: the expected duration of one of them by the dry
    run; 0 where it was not measured."""

    drafts: Sequence[dict[str, Any]]
    seconds: float = 0.0


@dataclass(frozen=True)
class StartSearch(Request):
    """Train the runs of the search in the folder `out`, or the rest of them, or add it to the queue. `seconds`: its expected
    duration; 0 where it is not known."""

    out: str
    seconds: float = 0.0


@dataclass(frozen=True)
class ShowWorkspace(Request):
    """Show a workspace, by its name."""

    name: str


@dataclass(frozen=True)
class ShowPanel(Request):
    """Bring a panel to the front of its tabs, by the id of its row."""

    id: str


@dataclass(frozen=True)
class DevicesFound(Request):
    """The devices on which a run can train, the best one first."""

    devices: tuple[DeviceInfo, ...]


@dataclass(frozen=True)
class SettingsHistory(Request):
    """What undo and redo of the settings would undo and do again, by title; "" for nothing."""

    undo: str
    redo: str


# To panels


@dataclass(frozen=True)
class StartDraft(Request):
    """Start was pressed: the panel with the settings of the next run responds with StartRuns."""


@dataclass(frozen=True)
class SearchSettings(Request):
    """Move the focus to the search over all settings."""


@dataclass(frozen=True)
class StepSettings(Request):
    """Undo the last change of the settings if `back`, else do the last undone change again."""

    back: bool


@dataclass(frozen=True)
class FocusSetting(Request):
    """Show Prepare, and move the focus to a setting, by its key ("optim.lr", "views.groups.0.hue")."""

    key: str


@dataclass(frozen=True)
class UseDraft(Request):
    """Use a config as the settings of the next run."""

    draft: Mapping[str, Any]


@dataclass(frozen=True)
class UsePhotographs(Request):
    """Use the preset for one's own photographs as the settings of the next run, after a choice of their folder."""


@dataclass(frozen=True)
class ChooseData(Request):
    """Use these images in the next run. `source`: as `data.source` of a config."""

    source: str


@dataclass(frozen=True)
class DraftChanged(Request):
    """The settings of the next run have changed to these, which may be invalid."""

    draft: dict[str, Any]


@dataclass(frozen=True)
class ViewsChanged(Request):
    """The views of the next run have changed to these: the values of a ViewsConfig."""

    views: Mapping[str, Any]


@dataclass(frozen=True)
class EvaluateRuns(Request):
    """Open the dialog that evaluates several runs. `chosen`: the keys of the selected runs; `listed`: of all listed runs."""

    chosen: Sequence[str]
    listed: Sequence[str]
