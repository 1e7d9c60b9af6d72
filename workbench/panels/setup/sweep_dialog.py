"""A sweep: a few settings with several values each; the runs are listed, counted and timed before any is queued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.config.errors import ConfigError
from engine.config.sweep import Axis, axis
from workbench.bridge.ask import Ask
from workbench.bridge.measured_speeds import MeasuredSpeeds, Speed
from workbench.bridge.setup_questions import CheckSweep, MeasureSpeed, PlannedRun, Refused, SweepChecked
from workbench.forms.field import Field
from workbench.forms.number_boxes import WholeBox
from workbench.forms.setting_titles import with_titles
from workbench.models.runs import duration
from workbench.panels.setup.problems import Problems
from workbench.panels.setup.setting_rows import SettingRow, SettingRows
from workbench.panels.setup.sweep_plan import METHOD, SEED, planned_configs, sweep_time
from workbench.panels.setup.sweep_values import Offer, now_of
from workbench.panels.setup.value_picker import ValuePicker
from workbench.theme.palette import GAP
from workbench.theme.plain import tip
from workbench.widgets.room import keep_lines, keep_room

CHECK_AFTER = 200  # ms
LISTED = 200  # runs
# The settings that a sweep is most often over, offered first where the form has them.
USUAL = (METHOD, "optim.lr", "backbone.name", "views.preset", "method.temperature", "train.batch", "optim.weight_decay")


class SweepDialog(QDialog):
    """`queued` carries the configs of all runs, in order, when they were confirmed, and the seconds of one on average, 0 where the
    time of any is not known; `cancelAsked` a question; `settingAsked` the
    key of a setting that the sweep does not vary and that is wrong; `searchAsked`: a search instead, or what searches found.

    given: the settings that were chosen by hand, which the runs vary. values: all settings as they are. settings: what can be
    varied. speeds: those that were measured; new ones are added. devices: the devices to choose from."""

    queued = Signal(list, float)
    cancelAsked = Signal(object)
    settingAsked = Signal(str)
    searchAsked = Signal()

    def __init__(
        self,
        ask: Ask,
        given: Mapping[str, Any],
        values: Mapping[str, Any],
        settings: Sequence[Field],
        speeds: MeasuredSpeeds,
        devices: tuple[Offer, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Sweep"))
        self.setMinimumWidth(620)
        self._ask, self._given, self._values, self._speeds, self._devices = ask, given, values, speeds, devices
        self._settings = {field.key: field for field in settings}
        self._configs: list[dict[str, Any]] = []
        self._runs: tuple[PlannedRun, ...] = ()
        self._question: MeasureSpeed | None = None
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(CHECK_AFTER)
        self._check.timeout.connect(self._check_now)
        self._build()
        self.add_setting()
        self.finished.connect(self._cancel)

    def _build(self) -> None:
        about = QLabel(
            self.tr(
                "Each combination becomes a run with this tag; the runs are trained one after another. Numbers can be typed, too: "
                "0.01, 0.1; whole numbers from 0..4; spaced ones 1e-4..1e-1 log 4, or 0..1 linear 5."
            )
        )
        about.setObjectName("quiet")
        about.setWordWrap(True)
        self.rows = SettingRows(self._settings, USUAL, self._show_setting, self.tr("Setting of the sweep"))
        self.rows.changed.connect(self._changed)
        self.rows.arranged.connect(self._order)
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
        self.search = QPushButton(self.tr("Search instead…"))
        self.search.setToolTip(tip(self.tr("Settings are proposed by the rewards of short runs; and what earlier searches found")))
        self.search.clicked.connect(self._search_instead)
        tools.addWidget(self.search)
        tools.addStretch(1)
        for text, widget in ((self.tr("Seeds"), self.seeds), (self.tr("Tag"), self.tag)):
            label = QLabel(text)
            label.setBuddy(widget)
            tools.addWidget(label)
            tools.addWidget(widget)
        self.list = QPlainTextEdit()
        self.list.setReadOnly(True)
        self.list.setTabChangesFocus(True)
        self.list.setAccessibleName(self.tr("The runs of the sweep"))
        self.list.setMinimumHeight(160)
        self.message = QLabel()
        self.message.setObjectName("quiet")
        self.message.setWordWrap(True)
        self.problems = Problems()
        self.problems.clicked.connect(self._go_to)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.problems)
        keep_lines(self._stack, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(about)
        column.addLayout(self.rows)
        column.addLayout(tools)
        column.addWidget(self.list, 1)
        column.addWidget(self._stack)
        column.addLayout(self._time_row())
        column.addWidget(self._button_row())

    def _time_row(self) -> QHBoxLayout:
        self.time = QLabel()
        self.time.setObjectName("quiet")
        self.time.setWordWrap(True)
        keep_lines(self.time, 2)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(96)
        self.bar.setAccessibleName(self.tr("Progress of the dry runs"))
        self.measure = QPushButton(self.tr("Measure"))
        self.measure.clicked.connect(self._measure_pressed)
        keep_room(self.bar, self.measure)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self.time, 1)
        row.addWidget(self.bar)
        row.addWidget(self.measure)
        return row

    def _button_row(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        self.go = QPushButton()
        self.go.setObjectName("primary")
        buttons.addButton(self.go, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._accepted)
        buttons.rejected.connect(self.reject)
        return buttons

    def _search_instead(self) -> None:
        self.reject()
        self.searchAsked.emit()

    # Settings and values

    def add_setting(self, key: str = "") -> ValuePicker:
        """One more setting to vary, by default the next of the usual ones; returns what chooses its values."""
        row = self.rows.add(key)
        row.values.setFocus()
        return row.values

    def _show_setting(self, row: SettingRow) -> None:
        field = self._settings[row.chosen]
        row.values.set_field(field, now_of(self._values, field), self._devices)

    def _order(self) -> None:
        order = [part for row in self.rows.rows for part in row.parts]
        for before, after in pairwise([*order, self.seeds, self.tag, self.list]):
            QWidget.setTabOrder(before, after)

    def _axes(self) -> list[Axis]:
        axes = [one for row in self.rows.rows if (one := row.values.axis()) is not None]
        if self.seeds.value() > 1:
            axes.append(axis(SEED, f"0..{self.seeds.value() - 1}"))
        return axes

    def _changed(self) -> None:
        self._cancel()
        self._configs, self._runs = [], ()
        try:
            axes = self._axes()
            configs = planned_configs(self._given, axes, self.tag.text().strip()) if axes else []
        except ConfigError as error:
            self._show_problem(error.problems[0].key, error.problems[0].message)
            return
        names = [str(config["name"]) for config in configs[:LISTED]]
        more = [self.tr("… and {0} more").format(len(configs) - LISTED)] if len(configs) > LISTED else []
        self.list.setPlainText("\n".join([*names, *more]))
        self._configs = configs
        if not configs:
            self._show(self.tr("Choose values for a setting, or more than one seed."))
            return
        self._show(self.tr("checking…"))
        self._check.start()

    # What is said

    def _show(self, text: str) -> None:
        self.message.setText(text)
        self._stack.setCurrentWidget(self.message)
        if not self._configs:
            self._check.stop()
        self._show_state()

    def _show_problem(self, key: str, message: str) -> None:
        self._configs, self._runs = [], ()
        self._check.stop()
        self.list.setPlainText("")
        self.problems.show_problems([(key, with_titles(message, key))])
        self._stack.setCurrentWidget(self.problems)
        self._show_state()

    def _show_state(self) -> None:
        count = len(self._configs)
        self.go.setEnabled(bool(self._runs))
        self.go.setText(self.tr("Add {0} runs to the queue").format(count) if count else self.tr("Add to the queue"))
        time = sweep_time(self._runs, self._speeds)
        measuring, missing = self._question is not None, len(time.unmeasured)
        self.bar.setVisible(measuring)
        self.measure.setVisible(measuring or missing > 0)
        self.measure.setText(self.tr("Cancel") if measuring else self.tr("Measure"))
        runs = self.tr("1 dry run") if missing == 1 else self.tr("{0} dry runs").format(missing)
        about = duration(time.seconds)
        if not self._runs:
            text = ""
        elif not missing:
            text = self.tr("About {0} in all, by the dry runs and the lengths that are set.").format(about)
        elif time.known:
            text = self.tr("About {0} for {1} of the runs. The others need {2}.").format(about, time.known, runs)
        else:
            text = self.tr("How long they take is not known yet: it needs {0} of some 10 s each.").format(runs)
        self.time.setText(text)

    def _go_to(self, key: str) -> None:
        row = self.rows.row_of(key)
        if row is not None:
            row.values.setFocus()
        else:
            self.reject()
            self.settingAsked.emit(key)

    def _check_now(self) -> None:
        configs = self._configs

        def checked(answer: SweepChecked) -> None:
            if configs is not self._configs:
                return
            if answer.index >= 0:
                self._show_problem(answer.key, answer.message)
                return
            self._runs = answer.runs
            self._show(self.tr("{0} runs, one after another").format(len(configs)))

        self._ask(CheckSweep(tuple(configs)), checked, lambda message: self._show_problem("", message.partition("\n\n")[0]))

    # Measuring

    def _measure_pressed(self) -> None:
        if self._question is not None:
            self._cancel()
        else:
            self._measure_next(0, len(sweep_time(self._runs, self._speeds).unmeasured))

    def _measure_next(self, done: int, count: int) -> None:
        """Measure the next speed that is missing, the first of those whose runs come first."""
        unmeasured = sweep_time(self._runs, self._speeds).unmeasured
        self._question = MeasureSpeed(self._configs[unmeasured[0]]) if unmeasured and done < count else None
        self._show_state()
        if self._question is None:
            return

        def answered(answer: Speed | Refused) -> None:
            if isinstance(answer, Refused):
                self._question = None
                self._show_problem(*answer.problems[0])
                return
            self._speeds.add(answer)
            self._measure_next(done + 1, count)

        def failed(message: str) -> None:
            self._question = None
            self._show(message.partition("\n\n")[0])

        def progress(share: float) -> None:
            self.bar.setValue(round(1000 * (done + share) / count))

        progress(0.0)
        self._ask(self._question, answered, failed, progress)

    def _cancel(self, _: object = None) -> None:
        question, self._question = self._question, None
        if question is not None:
            self.cancelAsked.emit(question)
            self._show_state()

    def _accepted(self) -> None:
        if self.go.isEnabled():
            time, count = sweep_time(self._runs, self._speeds), len(self._configs)
            self.queued.emit(self._configs, time.seconds / count if time.known == count else 0.0)
            self.accept()
