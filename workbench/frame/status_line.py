"""The status line at the bottom of the window: the current run, what is being opened, the connection, the lag of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from workbench.bridge.remote_host import HostState
from workbench.models.runs import RunRow, RunsModel, duration
from workbench.theme.palette import WIDE_GAP
from workbench.widgets.lag import Lag

translate = QCoreApplication.translate


def host_text(state: HostState) -> str:
    """The connection with the machine of the engine in words."""
    if state.phase == "connecting":
        return translate("Window", "connecting with {0}…").format(state.host)
    if state.phase == "lost":
        return translate("Window", "connection with {0} lost, trying again in {1} s").format(state.host, state.again)
    if state.phase == "failed":
        return translate("Window", "no connection with {0}").format(state.host)
    if state.latency is None:
        return state.host
    return translate("Window", "{0}: {1} ms").format(state.host, f"{state.latency * 1000:.0f}")


class StatusLine(QWidget):
    """One line of text, with `busy` and the window's lag at the right end."""

    def __init__(self, runs: RunsModel, busy: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._label = QLabel()
        self._label.setObjectName("quiet")
        self._label.setAccessibleName(translate("Window", "Status"))
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._host = QLabel()
        self._host.setObjectName("quiet")
        self._host.setAccessibleName(translate("Window", "Connection"))
        self._host.hide()
        self._lag = QLabel()
        self._lag.setObjectName("quiet")
        self._lag.setAccessibleName(translate("Window", "Lag of the window"))
        row.setSpacing(WIDE_GAP)
        row.addWidget(self._label, 1)
        row.addWidget(busy)
        row.addWidget(self._host)
        row.addWidget(self._lag)

    @property
    def text(self) -> str:
        """The text that is shown."""
        return self._label.text()

    def show_chosen(self, row: RunRow | None) -> None:
        """Show the problem of the selected run, if it has one. Called while no run trains."""
        self._label.setText((row.problem if row is not None else "") or translate("Window", "Ready"))

    def show_run(self, row: RunRow, state: str, waiting: int) -> None:
        """Show the progress of the training run. `waiting`: the number of runs in the queue."""
        at, left = row.status, row.seconds_left
        if not at.step:
            self._label.setText(f"{row.title} · {self._runs.state_text(state)}…")
            return
        parts = [
            row.title,
            translate("Window", "epoch {0}/{1}").format(min(at.epochs, int(at.epoch) + 1), at.epochs),
            translate("Window", "step {0}/{1}").format(f"{at.step:,}", f"{at.steps:,}"),
            translate("Window", "{0} images/s").format(f"{at.images_per_second:,.0f}"),
            translate("Window", "{0} left").format(duration(left)) if left is not None and state == "running" else "",
            self._runs.state_text(state) if state != "running" else "",
            translate("Window", "{0} in the queue").format(waiting) if waiting else "",
        ]
        self._label.setText(" · ".join(part for part in parts if part))

    def show_host(self, state: HostState) -> None:
        """Show the connection with the machine of the engine."""
        self._host.setText(host_text(state))
        self._host.setToolTip(state.reason if state.phase in ("lost", "failed") else "")
        self._host.show()

    def show_lag(self, lag: Lag) -> None:
        """Show the lag of the event loop."""
        self._lag.setText(translate("Window", "window lag {0} ms").format(f"{lag.p99:.0f}"))
        self._lag.setToolTip(
            translate(
                "Window",
                "Delay of the window's response over the last 5 s: median {0} ms, 99th percentile {1} ms, maximum {2} ms",
            ).format(f"{lag.p50:.1f}", f"{lag.p99:.1f}", f"{lag.most:.1f}")
        )
