"""What is said below the form: what the chosen method does, notes on the settings, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from engine.catalogue import Entry
from engine.config.notes import Note
from workbench import theme
from workbench.forms.setting_titles import with_titles
from workbench.i18n.engine_texts import engine_text
from workbench.panels.setup.problems import Problems
from workbench.theme.plain import rich

METHOD_HELP = "method_help"  # the id of the window's action
HEIGHT = 58  # px: four lines of what the chosen method does, or of what is wrong
LOW_HEIGHT = 30  # px: two lines; the others are scrolled


class Messages(QStackedWidget):
    """A place of fixed height: nothing moves when a message comes. `clicked` carries the key of the setting of a problem,
    `linkActivated` the address of a paper, or METHOD_HELP."""

    clicked = Signal(str)
    linkActivated = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: Entry | None = None
        self.line = QLabel()
        self.line.setObjectName("quiet")
        self.line.setWordWrap(True)
        self.line.linkActivated.connect(self.linkActivated)
        rich(self.line)
        self.line.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.notes = QLabel()
        self.notes.setObjectName("quiet")
        self.notes.setWordWrap(True)
        self.notes.hide()
        self.problems = Problems()
        self.problems.clicked.connect(self.clicked)
        texts = QWidget()
        both = QVBoxLayout(texts)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(2)
        both.addWidget(self.notes)
        both.addWidget(self.line, 1)
        self._texts = QScrollArea()
        self._texts.setWidgetResizable(True)
        self._texts.setFrameShape(QFrame.Shape.NoFrame)
        self._texts.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._texts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._texts.setWidget(texts)
        self.addWidget(self._texts)
        self.addWidget(self.problems)
        self.setFixedHeight(HEIGHT)
        theme.changed.connect(self._apply_theme)

    def set_low(self, low: bool) -> None:
        """Take less height, in a low panel."""
        self.setFixedHeight(LOW_HEIGHT if low else HEIGHT)

    def say(self, text: str) -> None:
        """Show a text; "" shows what the chosen method does."""
        self.line.setText(escape(text) if text else self._method_text())
        self.line.setToolTip("" if text or self._entry is None else self._entry.paper)

    def set_method(self, entry: Entry | None) -> None:
        """The chosen method."""
        self._entry = entry
        self.say("")

    def set_notes(self, notes: Sequence[Note]) -> None:
        """Remarks on settings that are valid."""
        self.notes.setText("\n".join(with_titles(engine_text(note.text).format(**note.values)) for note in notes))
        self.notes.setVisible(bool(notes))

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """What is wrong, by the keys of the settings; without any, the texts."""
        self.problems.show_problems(list(problems.items()))
        self.setCurrentWidget(self.problems if problems else self._texts)

    def _apply_theme(self) -> None:
        self.say("")

    def _method_text(self) -> str:
        entry = self._entry
        if entry is None:
            return ""
        parts = [escape(engine_text(entry.line))]
        if entry.labels == "all":
            parts.append(self.tr("It learns from class labels: a baseline."))
        elif entry.labels == "few":
            parts.append(self.tr("It learns from a few class labels beside all images."))
        if entry.cited:
            # A colour of its own: rich text keeps that of the theme in which it was laid out.
            link = f'<a href="{entry.url}" style="color: {theme.current().accent}">{entry.cited}</a>'
            parts.append(link if entry.url else entry.cited)
        title = escape(self.tr("Documentation"))
        parts.append(f'<a href="{METHOD_HELP}" style="color: {theme.current().accent}">{title}</a>')
        return " ".join(parts)
