"""What a panel asks of the window or of another panel, as typed values.

No panel knows another one. A panel hands a request to `PanelContext.request`; the window acts on those that are its own and passes
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
    """Do something with a run. `action`: the id of a row of `workbench.panels.runs.run_actions.RUN_ACTIONS`."""

    action: str
    key: str


@dataclass(frozen=True)
class AnnotateRun(Request):
    """Write what a person says of a run; None leaves a value as it is."""

    key: str
    name: str | None = None
    notes: str | None = None
    tags: tuple[str, ...] | None = None
    star: bool | None = None


@dataclass(frozen=True)
class StartRuns(Request):
    """Start one run for each config, or add them to the queue, in order."""

    drafts: Sequence[dict[str, Any]]


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


# To panels


@dataclass(frozen=True)
class StartDraft(Request):
    """Start was pressed: the panel that holds the settings of the next run answers with StartRuns."""


@dataclass(frozen=True)
class SearchSettings(Request):
    """Move the focus to the search over all settings."""


@dataclass(frozen=True)
class UseDraft(Request):
    """Take a config as the settings of the next run."""

    draft: Mapping[str, Any]


@dataclass(frozen=True)
class DraftChanged(Request):
    """The settings of the next run are these now, complete or not."""

    draft: dict[str, Any]


@dataclass(frozen=True)
class ViewsChanged(Request):
    """The views of the next run are these now: the values of a ViewsConfig."""

    views: Mapping[str, Any]


@dataclass(frozen=True)
class EvaluateRuns(Request):
    """Ask which of several runs are to be evaluated. `chosen`: the keys of the selected runs; `listed`: of all that are listed."""

    chosen: Sequence[str]
    listed: Sequence[str]
