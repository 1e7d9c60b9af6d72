"""The bar at the top of the window: the workspaces at the left, the device and the run's buttons at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from workbench.bridge.setup_questions import DeviceInfo
from workbench.frame.actions import keys_of, trigger_by
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.steady_button import SteadyButton

translate = QCoreApplication.translate


class TopBar(QWidget):
    """Buttons for the workspaces and for the current run; each triggers its action. The name of a workspace is the id of its
    action."""

    def __init__(self, workspaces: Sequence[str], actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP - 2)
        heading = QLabel("Parallax")
        heading.setObjectName("heading")
        row.addWidget(heading)
        row.addSpacing(WIDE_GAP)
        self._group = QButtonGroup(self)
        self._workspaces: dict[str, QPushButton] = {}
        for name in workspaces:
            button = self._workspace_button(actions[name])
            self._group.addButton(button)
            self._workspaces[name] = button
            row.addWidget(button)
        self._device = QLabel()
        self._device_text = ""
        self._device.setObjectName("quiet")
        # A long name is cut off instead of moving the buttons.
        self._device.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._device.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._device, 1)
        row.addSpacing(GAP)
        self.pause_button = SteadyButton(translate("Window", "Pause"), translate("Window", "Continue"))
        self.stop_button = SteadyButton(translate("Window", "Stop"), translate("Window", "Stopping…"))
        self.start_button = SteadyButton(translate("Window", "Start"), translate("Window", "Queue"), translate("Window", "Save"))
        for button, id in ((self.start_button, "start"), (self.pause_button, "pause"), (self.stop_button, "stop")):
            trigger_by(button, actions[id])
        self.menu_button = QToolButton()
        self.menu_button.setText("≡")
        self.menu_button.setObjectName("small")
        self.menu_button.setAccessibleName(translate("Window", "Menu"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        for widget in (self.start_button, self.pause_button, self.stop_button, self.menu_button):
            row.addWidget(widget)

    def _workspace_button(self, action: QAction) -> QPushButton:
        button = QPushButton(action.text())
        button.setObjectName("place")
        button.setCheckable(True)
        button.setToolTip(keys_of(action))
        # The checked one is bold: all have the width of the bold text.
        bold = QFont(button.font())
        bold.setBold(True)
        button.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(button.text()) + 32)
        trigger_by(button, action)
        return button

    def show_workspace(self, name: str) -> None:
        """Mark the workspace that is shown."""
        self._workspaces[name].setChecked(True)

    def show_state(self, state: str, editing: bool = False) -> None:
        """Update the buttons for the state of the current run; "" while none trains. `editing`: Start changes an entry of the
        queue."""
        text = translate("Window", "Save") if editing else translate("Window", "Queue") if state else translate("Window", "Start")
        self.start_button.setText(text)
        if editing:
            help = translate("Window", "Puts these settings back into the queue, in place of the entry that is edited ({0})")
        elif state:
            help = translate("Window", "Adds these settings to the queue: the run starts when the current one has ended ({0})")
        else:
            help = translate("Window", "Train with the settings of Prepare ({0})")
        self.start_button.setToolTip(help.format(keys_of(self._actions["start"])))
        self.pause_button.setText(translate("Window", "Continue") if state == "paused" else translate("Window", "Pause"))
        self.pause_button.setEnabled(state in ("running", "paused"))
        self.stop_button.setText(translate("Window", "Stopping…") if state == "stopping" else translate("Window", "Stop"))
        self.stop_button.setEnabled(state in ("preparing", "running", "paused"))
        help = translate("Window", "Stops this run after its step and keeps a checkpoint; the next one of the queue starts ({0})")
        self.stop_button.setToolTip(help.format(keys_of(self._actions["stop"])))

    def _elide(self) -> None:
        """Cut the device's name off to the space that is left."""
        room = max(0, self._device.width() - GAP)
        self._device.setText(self._device.fontMetrics().elidedText(self._device_text, Qt.TextElideMode.ElideRight, room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the device's name off to the new width."""
        super().resizeEvent(event)
        self._elide()

    def show_devices(self, devices: tuple[DeviceInfo, ...]) -> None:
        """Show the device that runs would use, and the others in its tooltip."""
        if not devices:
            return
        best = devices[0]
        free = translate("Window", "{0} GiB free").format(f"{best.free_bytes / 2**30:.0f}") if best.free_bytes else ""
        cores = best.name.rpartition(", ")[2].removesuffix(" cores")
        name = best.name if best.id != "cpu" else "CPU · " + translate("Window", "{0} cores").format(cores)
        self._device_text = " · ".join(part for part in (name, free) if part)
        self._elide()
        self._device.setToolTip("\n".join(f"{device.id}: {device.name}" for device in devices))
