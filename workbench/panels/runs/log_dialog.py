"""The log of a run in a window of its own: live, with a filter by level and a search."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QFontDatabase,
    QGuiApplication,
    QKeySequence,
    QShortcut,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from engine.config.run_name import elided
from engine.runs.log_file import FILE, LogEntry
from workbench import theme
from workbench.bridge.ask import Ask
from workbench.bridge.log_questions import LogPart, ReadLog
from workbench.forms.editors import Combo
from workbench.theme.palette import GAP, WIDE_GAP

EVERY = 1000  # ms between two looks at the file
MOST_LINES = 20_000
LEVELS = ("info", "warning", "error")


class LogDialog(QDialog):
    """For one run. It does not block the window. Keys: Ctrl+F to the search, F3 and Shift+F3 to the next and the previous find."""

    def __init__(self, ask: Ask, folder: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Log of {0}").format(elided(title, 60)))
        self.resize(820, 520)
        self._ask, self._folder = ask, folder
        self._entries: list[LogEntry] = []
        self._after = 0
        self._asking = False
        self.level = Combo()
        self.level.setAccessibleName(self.tr("Level"))
        for name, text in zip(LEVELS, (self.tr("All"), self.tr("Warnings and errors"), self.tr("Errors")), strict=True):
            self.level.addItem(text, name)
        self.level.currentIndexChanged.connect(self._fill)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search the log"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search_from_top)
        self.search.returnPressed.connect(self.find_next)
        self._matches = QLabel()
        self._matches.setObjectName("quiet")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Log"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setMaximumBlockCount(MOST_LINES)
        self.text.setUndoRedoEnabled(False)
        self._state = QLabel()
        self._state.setObjectName("quiet")
        copy = QPushButton(self.tr("Copy"))
        copy.setToolTip(self.tr("Copy the selected text, or all that is shown"))
        copy.clicked.connect(self.copy)
        file = QPushButton(self.tr("Open file"))
        file.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(folder) / FILE))))
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.close)
        for button in (copy, file, close):
            button.setAutoDefault(False)
        tools = QHBoxLayout()
        tools.setSpacing(GAP)
        tools.addWidget(self.level)
        tools.addWidget(self.search, 1)
        tools.addWidget(self._matches)
        self._matches.hide()  # an empty label would leave a gap behind the field
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self._state, 1)
        for button in (copy, file, close):
            buttons.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        box.setSpacing(GAP)
        box.addLayout(tools)
        box.addWidget(self.text, 1)
        box.addLayout(buttons)
        for keys, act in (("Ctrl+F", self.search.setFocus), ("F3", self.find_next), ("Shift+F3", self.find_previous)):
            QShortcut(QKeySequence(keys), self).activated.connect(act)
        theme.changed.connect(self._fill)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self._say()
        self._look()

    def done(self, result: int) -> None:
        """Stop looking at the file."""
        self._timer.stop()
        super().done(result)

    def copy(self) -> None:
        """Copy the selected text, or all that is shown."""
        chosen = self.text.textCursor().selection().toPlainText()
        QGuiApplication.clipboard().setText(chosen or self.text.toPlainText())

    def find_next(self) -> None:
        """Select the next place with the text of the search, from the top again after the last one."""
        self._find(QTextDocument.FindFlag(0), QTextCursor.MoveOperation.Start)

    def find_previous(self) -> None:
        """Select the previous place with the text of the search."""
        self._find(QTextDocument.FindFlag.FindBackward, QTextCursor.MoveOperation.End)

    def _find(self, flags: QTextDocument.FindFlag, other_end: QTextCursor.MoveOperation) -> None:
        words = self.search.text()
        if not words or self.text.find(words, flags):
            return
        before = self.text.textCursor()
        self.text.moveCursor(other_end)
        if not self.text.find(words, flags):
            self.text.setTextCursor(before)

    def _search_from_top(self) -> None:
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self.find_next()
        self._count()

    def _count(self) -> None:
        words = self.search.text().lower()
        count = self.text.toPlainText().lower().count(words) if words else 0
        self._matches.setText(self.tr("{0} found").format(f"{count:,}") if words else "")
        self._matches.setVisible(bool(words))

    def _look(self) -> None:
        if not self._asking:
            self._asking = True
            self._ask(ReadLog(self._folder, self._after), self._came, self._failed)

    def _came(self, part: LogPart) -> None:
        self._asking = False
        self._after = part.after
        if part.anew and list(part.entries) != self._entries:
            self._entries = list(part.entries)
            self._fill()
        elif not part.anew and part.entries:
            entries = list(part.entries)
            if self._entries and not entries[0].time:  # the rest of a traceback
                last, first = self._entries.pop(), entries.pop(0)
                entries.insert(0, LogEntry(last.time, last.level, f"{last.text}\n{first.text}"))
                self._entries += entries
                self._fill()
            else:
                self._entries += entries
                self._append(entries)
        self._say()

    def _failed(self, message: str) -> None:
        self._asking = False
        self._state.setText(message)

    def _say(self) -> None:
        counts = {level: sum(entry.level == level for entry in self._entries) for level in LEVELS}
        if not self._entries:
            self._state.setText(self.tr("This run has no log yet."))
            return
        self._state.setText(
            self.tr("{0} entries · {1} warnings · {2} errors").format(
                f"{len(self._entries):,}", f"{counts['warning']:,}", f"{counts['error']:,}"
            )
        )

    def _fill(self) -> None:
        self.text.clear()
        self._append(self._entries[-MOST_LINES:])

    def _append(self, entries: list[LogEntry]) -> None:
        """Add entries of the chosen levels; the view stays at the end if it was there."""
        least = LEVELS.index(str(self.level.currentData()))
        bar = self.text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum()
        palette = theme.current()
        colours = {"info": palette.text, "warning": palette.warning, "error": palette.bad}
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for entry in entries:
            if LEVELS.index(entry.level) < least:
                continue
            if not self.text.document().isEmpty():
                cursor.insertBlock()
            for part, colour in ((f"{entry.time}  ", palette.quiet), (entry.text, colours[entry.level])):
                style = QTextCharFormat()
                style.setForeground(QColor(colour))
                cursor.insertText(part, style)
        cursor.endEditBlock()
        if at_end:
            bar.setValue(bar.maximum())
        self._count()


def show_log(ask: Ask, folder: str, title: str, parent: QWidget) -> LogDialog:
    """Open the log of a run."""
    dialog = LogDialog(ask, folder, title, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
    return dialog
