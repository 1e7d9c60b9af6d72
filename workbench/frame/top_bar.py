"""The top of the window: the four workspaces at the left, the device and the run's controls at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QAction, QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from workbench.bridge.setup_questions import DeviceInfo
from workbench.theme.palette import GAP, WIDE_GAP

translate = QCoreApplication.translate


class TopBar(QWidget):
    """Says which workspace is shown and what the run's buttons do now; what they do is told by signals."""

    placeAsked = Signal(str)
    startAsked = Signal()
    pauseAsked = Signal()
    stopAsked = Signal()

    def __init__(self, places: Sequence[str], actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP - 2)
        name = QLabel("Parallax")
        name.setObjectName("heading")
        row.addWidget(name)
        row.addSpacing(WIDE_GAP)
        self._group = QButtonGroup(self)
        self._places: dict[str, QPushButton] = {}
        for place in places:
            button = self._place(place, actions[place])
            self._group.addButton(button)
            self._places[place] = button
            row.addWidget(button)
        self._device = QLabel()
        self._device_words = ""
        self._device.setObjectName("quiet")
        # A long name gives way to the buttons.
        self._device.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._device.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._device, 1)
        row.addSpacing(GAP)
        self.pause_button = QPushButton()
        self.pause_button.clicked.connect(self.pauseAsked)
        self.stop_button = QPushButton()
        self.stop_button.clicked.connect(self.stopAsked)
        self.start_button = QPushButton(translate("Window", "Start"))
        self.start_button.clicked.connect(self.startAsked)
        self.menu_button = QToolButton()
        self.menu_button.setText("≡")
        self.menu_button.setObjectName("small")
        self.menu_button.setAccessibleName(translate("Window", "Menu"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        # Each has its own place, as wide as the longest of its words: a second click on Start must not meet Stop.
        _widest(self.start_button, translate("Window", "Start"), translate("Window", "Queue"))
        _widest(self.pause_button, translate("Window", "Pause"), translate("Window", "Go on"))
        _widest(self.stop_button, translate("Window", "Stop"), translate("Window", "Stopping…"))
        for widget in (self.start_button, self.pause_button, self.stop_button, self.menu_button):
            row.addWidget(widget)

    def _place(self, place: str, action: QAction) -> QPushButton:
        button = QPushButton(action.text())
        button.setObjectName("place")
        button.setCheckable(True)
        button.setToolTip(action.shortcut().toString())
        # The chosen one is bold: all keep the room for it.
        bold = QFont(button.font())
        bold.setBold(True)
        button.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(button.text()) + 32)
        button.clicked.connect(lambda: self.placeAsked.emit(place))
        return button

    def show_place(self, place: str) -> None:
        """Mark the workspace that is shown."""
        self._places[place].setChecked(True)

    def show_state(self, state: str) -> None:
        """What the buttons offer while the current run is in a state; "" while none goes on."""
        self.start_button.setText(translate("Window", "Queue") if state else translate("Window", "Start"))
        self.start_button.setToolTip(
            translate("Window", "Adds these settings to the queue: the run begins when the present one is over (Ctrl+Return)")
            if state
            else translate("Window", "Train with the settings of Prepare (Ctrl+Return)")
        )
        self.pause_button.setText(translate("Window", "Go on") if state == "paused" else translate("Window", "Pause"))
        self.pause_button.setEnabled(state in ("running", "paused"))
        self.stop_button.setText(translate("Window", "Stopping…") if state == "stopping" else translate("Window", "Stop"))
        self.stop_button.setEnabled(state in ("preparing", "running", "paused"))
        self.stop_button.setToolTip(translate("Window", "Ends after this step and keeps a checkpoint (Ctrl+.)"))

    def _elide(self) -> None:
        """As much of the device's name as there is room for."""
        room = max(0, self._device.width() - GAP)
        self._device.setText(self._device.fontMetrics().elidedText(self._device_words, Qt.TextElideMode.ElideRight, room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The name of the device gives way."""
        super().resizeEvent(event)
        self._elide()

    def show_devices(self, devices: tuple[DeviceInfo, ...]) -> None:
        """The device that runs would take, the others in its tooltip."""
        if not devices:
            return
        best = devices[0]
        free = translate("Window", "{0} GiB free").format(f"{best.free_bytes / 2**30:.0f}") if best.free_bytes else ""
        name = best.name if best.id != "cpu" else "CPU · " + best.name.rpartition(", ")[2]
        self._device_words = " · ".join(part for part in (name, free) if part)
        self._elide()
        self._device.setToolTip("\n".join(f"{device.id}: {device.name}" for device in devices))


def _widest(button: QPushButton, *texts: str) -> None:
    """As wide as the longest of these texts, whichever is on it."""
    kept = button.text()
    width = 0
    for text in texts:
        button.setText(text)
        width = max(width, button.sizeHint().width())
    button.setText(kept)
    button.setMinimumWidth(width)
