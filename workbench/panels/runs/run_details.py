"""One chosen run: what it is, a person's notes, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from workbench.models.runs import RunRow
from workbench.panels.runs.run_actions import RUN_ACTIONS
from workbench.theme.palette import GAP
from workbench.widgets.flow import FlowLayout

NOTES = 56  # px, the least height of the notes


class _Notes(QPlainTextEdit):
    """A field that takes the height that the rest leaves: with the height of Qt's hint the buttons below lie out of sight."""

    def sizeHint(self) -> QSize:
        """The least height."""
        return QSize(super().sizeHint().width(), NOTES)


class AboutRun(QWidget):
    """Facts, notes and actions of one run. Notes are kept a moment after the last key. `commandAsked` carries the id of a row of
    RUN_ACTIONS and the run's key."""

    commandAsked = Signal(str, str)
    notesChanged = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: RunRow | None = None
        self._facts = QLabel()
        self._facts.setObjectName("quiet")
        self._facts.setWordWrap(True)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._problem = QLabel()
        self._problem.setObjectName("bad")
        self._problem.setWordWrap(True)
        self.notes = _Notes()
        self.notes.setPlaceholderText(self.tr("Notes, stored with the run"))
        self.notes.setAccessibleName(self.tr("Notes"))
        # Tab leads on to the buttons: no field is a place that keys cannot leave.
        self.notes.setTabChangesFocus(True)
        self.notes.setMinimumHeight(NOTES)
        self._save = QTimer(self)
        self._save.setSingleShot(True)
        self._save.setInterval(600)
        self._save.timeout.connect(self.keep_notes)
        self.notes.textChanged.connect(self._save.start)
        self.buttons: dict[str, QPushButton] = {}
        row = FlowLayout(spacing=GAP - 2)
        for action in RUN_ACTIONS.values():
            button = self.buttons[action.id] = QPushButton(action.text)
            button.clicked.connect(lambda _=False, id=action.id: self.commandAsked.emit(id, self.shown))
            if action.danger:
                button.setObjectName("danger")
            button.setStyleSheet("padding: 4px 8px;")
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self._facts)
        column.addWidget(self.notes, 1)
        column.addWidget(self._problem)
        column.addLayout(row)

    @property
    def shown(self) -> str:
        """The key of the run; "" for none."""
        return self._row.key if self._row else ""

    def show_run(self, row: RunRow | None) -> None:
        """Another run, or the same one as it is now: what is being written in the notes stays."""
        same = row is not None and self.shown == row.key
        if not same:
            self.keep_notes()
        before = self._row
        self._row = row
        unwritten = not same or (before is not None and self.notes.toPlainText() == before.notes)
        if unwritten and self.notes.toPlainText() != (row.notes if row else ""):
            self.notes.blockSignals(True)
            self.notes.setPlainText(row.notes if row else "")
            self.notes.blockSignals(False)
        self.notes.setEnabled(bool(row and row.folder))
        self._problem.setText(row.problem if row else "")
        self._problem.setVisible(bool(row and row.problem))
        steps = f"{row.status.step:,} / {row.status.steps:,}" if row and row.status.steps else ""
        parts = (row.status.backbone, steps, row.folder) if row else ()
        # A folder's name may break behind its strokes.
        self._facts.setText(" · ".join(part for part in parts if part).replace("/", "/\u200b").replace("_", "_\u200b"))
        for id, button in self.buttons.items():
            button.setVisible(RUN_ACTIONS[id].button(row or RunRow("")))
            button.setEnabled(row is not None and RUN_ACTIONS[id].enabled(row))

    def keep_notes(self) -> None:
        """Keep what was written at once."""
        self._save.stop()
        row = self._row
        if row is not None and row.folder and self.notes.toPlainText() != row.notes:
            self.notesChanged.emit(row.key, self.notes.toPlainText())
