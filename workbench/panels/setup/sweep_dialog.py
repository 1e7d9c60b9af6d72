"""A sweep: a few settings with several values each; the runs are listed and counted before any is queued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.config.errors import ConfigError
from engine.config.sweep import Axis, axis, sweep
from workbench.bridge.ask import Ask
from workbench.bridge.setup_questions import CheckSweep, SweepChecked
from workbench.forms.editors import Combo
from workbench.forms.field import Field
from workbench.forms.number_boxes import WholeBox
from workbench.i18n.engine_texts import engine_text
from workbench.models.runs import duration
from workbench.theme.palette import GAP

CHECK_AFTER = 200  # ms
LISTED = 200  # runs
# The keys that a sweep is most often over, offered first where the form has them.
USUAL = ("optim.lr", "method.temperature", "train.batch", "optim.weight_decay")


class _Row:
    """One setting and its values."""

    def __init__(self, dialog: SweepDialog, settings: Sequence[Field], chosen: str) -> None:
        self.key = Combo()
        for field in settings:
            self.key.addItem(f"{engine_text(field.title)}  ·  {field.key}", field.key)
        self.key.setCurrentIndex(max(0, self.key.findData(chosen)))
        self.key.setEditable(True)
        self.key.setInsertPolicy(Combo.InsertPolicy.NoInsert)
        completer = self.key.completer()
        assert completer is not None  # an editable list has one
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.key.setAccessibleName(dialog.tr("Setting of the sweep"))
        self.values = QLineEdit()
        self.values.setAccessibleName(dialog.tr("Its values"))
        self.remove = QToolButton()
        self.remove.setText("×")
        self.remove.setObjectName("small")
        self.remove.setAccessibleName(dialog.tr("Remove this setting"))

    def axis(self) -> Axis:
        """ConfigError where the values cannot be read."""
        return axis(str(self.key.currentData() or self.key.currentText()), self.values.text())


class SweepDialog(QDialog):
    """`queued` carries the configs of all runs, in order, when they were confirmed.

    `base`: the draft that they vary. `settings`: what can be varied. `seconds`: of one run, where it was measured."""

    queued = Signal(list)

    def __init__(
        self, ask: Ask, base: Mapping[str, Any], settings: Sequence[Field], seconds: float = 0.0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Sweep"))
        self.setMinimumWidth(620)
        self._ask, self._base, self._settings, self._seconds = ask, base, tuple(settings), seconds
        self._rows: list[_Row] = []
        self._configs: list[dict[str, Any]] = []
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(CHECK_AFTER)
        self._check.timeout.connect(self._check_now)
        self._build()
        known = {field.key for field in self._settings}
        self.add_setting(next((key for key in USUAL if key in known), ""))

    def _build(self) -> None:
        about = QLabel(
            self.tr(
                "Each combination becomes a run with this tag; the runs are trained one after another. Values: 0.01, 0.1; a "
                "range of whole numbers: 0..4; spaced values: 1e-4..1e-1 log 4, or 0..1 linear 5."
            )
        )
        about.setObjectName("quiet")
        about.setWordWrap(True)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(GAP)
        add = QPushButton(self.tr("Another setting"))
        add.clicked.connect(lambda: self.add_setting())
        self.seeds = WholeBox()
        self.seeds.setRange(1, 100)
        self.seeds.setAccessibleName(self.tr("Seeds of each combination"))
        self.seeds.valueChanged.connect(self._changed)
        self.tag = QLineEdit("sweep")
        self.tag.setAccessibleName(self.tr("Tag"))
        self.tag.setFixedWidth(140)
        self.tag.textChanged.connect(self._changed)
        tools = QHBoxLayout()
        tools.setSpacing(GAP)
        tools.addWidget(add)
        tools.addStretch(1)
        for words, widget in ((self.tr("Seeds"), self.seeds), (self.tr("Tag"), self.tag)):
            label = QLabel(words)
            label.setBuddy(widget)
            tools.addWidget(label)
            tools.addWidget(widget)
        self.list = QPlainTextEdit()
        self.list.setReadOnly(True)
        self.list.setTabChangesFocus(True)
        self.list.setAccessibleName(self.tr("The runs of the sweep"))
        self.list.setMinimumHeight(160)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setMinimumHeight(34)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        self.go = QPushButton()
        self.go.setObjectName("primary")
        self._buttons.addButton(self.go, QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.accepted.connect(self._accepted)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(about)
        column.addLayout(self._grid)
        column.addLayout(tools)
        column.addWidget(self.list, 1)
        column.addWidget(self.message)
        column.addWidget(self._buttons)

    def add_setting(self, key: str = "", values: str = "") -> None:
        """One more setting to vary; by default the next of the usual ones."""
        taken = {str(row.key.currentData()) for row in self._rows}
        known = [field.key for field in self._settings]
        key = key or next((usual for usual in (*USUAL, *known) if usual in known and usual not in taken), "")
        row = _Row(self, self._settings, key)
        row.values.setText(values)
        row.values.setPlaceholderText(self._now(key))
        self._rows.append(row)
        row.key.currentIndexChanged.connect(lambda: self._rekeyed(row))
        row.key.editTextChanged.connect(self._changed)
        row.values.textChanged.connect(self._changed)
        row.remove.clicked.connect(lambda: self._remove(row))
        self._lay_out()
        row.values.setFocus()
        self._changed()

    def _now(self, key: str) -> str:
        """What a setting is without the sweep, as an example of a value."""
        here: Any = self._base
        for part in key.split("."):
            here = here.get(part) if isinstance(here, Mapping) else None
        default = next((field.default for field in self._settings if field.key == key), None)
        return self.tr("now {0}").format(here if here is not None else default)

    def _rekeyed(self, row: _Row) -> None:
        row.values.setPlaceholderText(self._now(str(row.key.currentData())))
        self._changed()

    def _remove(self, row: _Row) -> None:
        self._rows.remove(row)
        for widget in (row.key, row.values, row.remove):
            self._grid.removeWidget(widget)
            widget.deleteLater()
        self._lay_out()
        self._changed()

    def _lay_out(self) -> None:
        for line, row in enumerate(self._rows):
            for column, widget in enumerate((row.key, row.values, row.remove)):
                self._grid.addWidget(widget, line, column)
        for before, after in zip(self._order(), self._order()[1:], strict=False):
            QWidget.setTabOrder(before, after)

    def _order(self) -> list[QWidget]:
        return [widget for row in self._rows for widget in (row.key, row.values, row.remove)] + [self.seeds, self.tag, self.list]

    def _changed(self) -> None:
        self._configs = []
        try:
            axes = [row.axis() for row in self._rows if row.values.text().strip()]
            if self.seeds.value() > 1:
                axes.append(axis("train.seed", f"0..{self.seeds.value() - 1}"))
            configs = sweep(self._base, axes, self.tag.text().strip()) if axes else []
        except ConfigError as error:
            self._say(str(error), wrong=True)
            return
        names = [str(config["name"]) for config in configs[:LISTED]]
        more = [self.tr("… and {0} more").format(len(configs) - LISTED)] if len(configs) > LISTED else []
        self.list.setPlainText("\n".join([*names, *more]))
        if not configs:
            self._say(self.tr("Enter values for a setting, or more than one seed."))
            return
        self._configs = configs
        self._say(self.tr("checking…"))
        self._check.start()

    def _say(self, words: str, wrong: bool = False, ready: bool = False) -> None:
        if not ready and not self._configs:
            self._check.stop()
        if wrong:
            self.list.setPlainText("")
        self.message.setText(words)
        self.message.setObjectName("bad" if wrong else "quiet")
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)
        self.go.setEnabled(ready)
        count = len(self._configs)
        self.go.setText(self.tr("Add {0} runs to the queue").format(count) if count else self.tr("Add to the queue"))

    def _check_now(self) -> None:
        configs = self._configs

        def checked(answer: SweepChecked) -> None:
            if configs is not self._configs:
                return
            if answer.index >= 0:
                self._configs = []
                self._say(answer.message, wrong=True)
                return
            words = self.tr("{0} runs, one after another").format(len(configs))
            if self._seconds:
                words += self.tr(": about {0} by the last measurement").format(duration(self._seconds * len(configs)))
            self._say(words, ready=True)

        self._ask(CheckSweep(tuple(configs)), checked, lambda message: self._say(message.partition("\n\n")[0], wrong=True))

    def _accepted(self) -> None:
        if self.go.isEnabled():
            self.queued.emit(self._configs)
            self.accept()
