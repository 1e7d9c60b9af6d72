"""A search of settings by short runs: what is searched, who proposes, what is rewarded; and what earlier searches found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.config.errors import ConfigError
from engine.search.record import MOST_RUNS, Plan
from engine.search.space import EVERY, SPACES
from workbench.bridge.ask import Ask
from workbench.bridge.measured_speeds import MeasuredSpeeds, run_seconds
from workbench.bridge.search_questions import CheckSearch, MakeSearch, SearchChecked
from workbench.bridge.setup_questions import Refused
from workbench.forms.editors import Combo
from workbench.forms.field import Field, show_number
from workbench.forms.number_boxes import WholeBox
from workbench.forms.setting_titles import with_titles
from workbench.i18n.engine_texts import engine_text
from workbench.models.runs import duration
from workbench.panels.setup.problems import Problems
from workbench.panels.setup.search_results import SearchResults
from workbench.panels.setup.sections import view_fields
from workbench.panels.setup.setting_rows import SettingRow, SettingRows
from workbench.panels.setup.sweep_values import is_typed, now_of
from workbench.panels.setup.value_picker import ValuePicker
from workbench.theme.palette import GAP
from workbench.theme.plain import tip
from workbench.widgets.room import keep_lines
from workbench.widgets.tabs import Tabs

translate = QCoreApplication.translate
CHECK_AFTER = 200  # ms
ALL = "augmentation"  # stands for all strengths of the views
METHOD = "method.id"
# What is offered first.
USUAL = (ALL, "optim.lr", METHOD, "method.temperature", "optim.weight_decay")


class SearchDialog(QDialog):
    """`queued`: the folder of a search whose plan was confirmed, or that is to go on, and its expected seconds, 0 where not known.
    `settingAsked`: the key of a setting that is wrong and is not searched.

    root: the folder of runs. given: the settings that were chosen by hand. values: all settings as they are. settings: those with a
    number or a few values. speeds: those that were measured."""

    queued = Signal(str, float)
    settingAsked = Signal(str)

    def __init__(
        self,
        ask: Ask,
        root: Path,
        given: Mapping[str, Any],
        values: Mapping[str, Any],
        settings: Sequence[Field],
        speeds: MeasuredSpeeds,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Search"))
        self.setMinimumWidth(680)
        self._ask, self._root, self._given, self._values, self._speeds = ask, root, given, values, speeds
        every = [field for field in settings if field.kind in ("int", "float", "bool", "choice") or field.key == METHOD]
        self._settings = {field.key: field for field in (self._all_strengths(), *_strengths(), *every)}
        self._plan: Plan | None = None
        self._checked: SearchChecked | None = None
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(CHECK_AFTER)
        self._check.timeout.connect(self._check_now)
        self._build()
        self.add_setting()

    def _all_strengths(self) -> Field:
        names = ", ".join(engine_text(field.title) for field in _strengths())
        title = self.tr("Augmentation, all strengths")
        return Field(ALL, title, self.tr("Searched together: {0}.").format(names), "text", "")

    def _build(self) -> None:
        page = QWidget()
        about = QLabel(
            self.tr(
                "Short runs are proposed, trained and rewarded, one after another; each proposal learns from the rewards before "
                "it. Bounds are typed as 0..0.5, or 1e-4..1e-1 log; values to choose from with commas."
            )
        )
        about.setObjectName("quiet")
        about.setWordWrap(True)
        names = self.tr("Setting of the search"), self.tr("Its bounds or values")
        self.rows = SettingRows(self._settings, USUAL, self._show_setting, *names)
        self.rows.changed.connect(self._changed)
        self.rows.arranged.connect(self._order)
        self.add = QPushButton(self.tr("Another setting"))
        self.add.clicked.connect(lambda: self.add_setting())
        self.proposer = self._combo(self.tr("Proposed by"), self._proposers())
        self.reward = self._combo(self.tr("Rewarded for"), self._rewards())
        self.mark = QLabel()
        self.mark.setObjectName("quiet")
        self.mark.setWordWrap(True)
        keep_lines(self.mark, 2)
        self.budget, self.seed = WholeBox(), WholeBox()
        self.budget.setRange(1, MOST_RUNS)
        self.budget.setValue(16)
        self.budget.setAccessibleName(self.tr("Runs of the proposer"))
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setAccessibleName(self.tr("Seed of the proposals"))
        self.compare = QCheckBox(self.tr("A random search of as many runs beside it"))
        self.compare.setChecked(True)
        self.compare.setToolTip(tip(self.tr("Without it nothing says whether the proposals were better than draws at random.")))
        for box in (self.budget, self.seed):
            box.valueChanged.connect(self._changed)
        self.compare.toggled.connect(self._changed)
        counts = QHBoxLayout()
        counts.setSpacing(GAP)
        counts.addWidget(self.budget)
        counts.addSpacing(GAP)
        label = QLabel(self.tr("Seed"))
        label.setBuddy(self.seed)
        counts.addWidget(label)
        counts.addWidget(self.seed)
        counts.addStretch(1)
        form = QFormLayout()
        form.setHorizontalSpacing(GAP)
        form.setVerticalSpacing(GAP)
        for title, widget in (
            (self.tr("Proposed by"), self.proposer),
            (self.tr("Rewarded for"), self.reward),
            ("", self.mark),
            (self.tr("Runs"), counts),
            ("", self.compare),
        ):
            form.addRow(title, widget)
        self.message = QLabel()
        self.message.setObjectName("quiet")
        self.message.setWordWrap(True)
        self.problems = Problems()
        self.problems.clicked.connect(self._go_to)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.problems)
        keep_lines(self._stack, 3)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, GAP, 0, 0)
        column.setSpacing(12)
        column.addWidget(about)
        column.addLayout(self.rows)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(form)
        column.addStretch(1)
        column.addWidget(self._stack)
        column.addWidget(self._buttons())
        self.results = SearchResults(self._ask, self._root, self.label_of)
        self.results.goOnAsked.connect(self._go_on)
        self.tabs = Tabs()
        self.tabs.add(page, self.tr("New search"))
        self.tabs.add(self.results, self.tr("Results"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 16)
        whole.addWidget(self.tabs)

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        self.go = QPushButton(self.tr("Add to the queue"))
        self.go.setObjectName("primary")
        buttons.addButton(self.go, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._accepted)
        buttons.rejected.connect(self.reject)
        return buttons

    def _combo(self, name: str, rows: Sequence[tuple[str, str, str]]) -> Combo:
        combo = Combo()
        combo.setAccessibleName(name)
        for id, title, help in rows:
            combo.addItem(title, id)
            combo.setItemData(combo.count() - 1, tip(help), Qt.ItemDataRole.ToolTipRole)
        combo.currentIndexChanged.connect(self._changed)
        return combo

    def _proposers(self) -> list[tuple[str, str, str]]:
        return [
            ("cmaes", self.tr("CMA-ES (settings with bounds)"), self.tr("Moves a normal distribution to what was rewarded.")),
            ("ucb", self.tr("Bandit UCB1 (values to choose from)"), self.tr("Tries what did best, or what was seldom tried.")),
            ("exp3", self.tr("Bandit Exp3 (values to choose from)"), self.tr("Draws more often what was rewarded.")),
            ("random", self.tr("Random (both)"), self.tr("Draws settings at random.")),
        ]

    def _rewards(self) -> list[tuple[str, str, str]]:
        return [
            ("knn", self.tr("kNN on validation images, with labels"), ""),
            ("rank", self.tr("RankMe, without labels"), ""),
            ("task", self.tr("The method's own task, without labels"), ""),
            ("rotation", self.tr("Linear probe of rotation, without labels"), ""),
        ]

    def _mark_of(self, reward: str) -> str:
        return {
            "knn": self.tr("It uses the labels of the validation images: not a search without labels."),
            "rank": self.tr("The effective rank of the features of validation images (2210.02885)."),
            "task": self.tr("Views that make the task easier are rewarded, too."),
            "rotation": self.tr("How well a quarter turn can be read from the features (2009.07724)."),
        }[reward]

    def label_of(self, key: str) -> str:
        """The title of a setting that is searched."""
        field = self._settings.get(key)
        return engine_text(field.title) if field is not None else key

    # What is searched

    def add_setting(self, key: str = "") -> ValuePicker:
        """One more setting, by default the next of the usual ones; returns what takes its bounds or values."""
        return self.rows.add(key).values

    def _show_setting(self, row: SettingRow) -> None:
        field, line = self._settings[row.chosen], row.values.line
        if field.key == ALL:
            row.values.set_field(field, "")
            line.setText(self.tr("{0} strengths, each from none to strong").format(len(SPACES[ALL])))
            line.setToolTip(tip(field.help))
        else:
            now = now_of(self._values, replace(field, key=field.key.replace(".*.", ".0.")))
            row.values.set_field(field, now)
            line.setText(_bounds(field, now))
            line.setToolTip(tip(engine_text(field.help)))
        line.setReadOnly(field.key == ALL or not row.values.typed)

    def _order(self) -> None:
        order = [part for row in self.rows.rows for part in row.parts]
        order += [self.add, self.proposer, self.reward, self.budget, self.seed, self.compare]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def space(self) -> tuple[str, ...]:
        """What is searched, as the engine takes it. ConfigError where typed values cannot be read."""
        texts: list[str] = []
        for row in self.rows.rows:
            if row.chosen == ALL:
                texts += SPACES[ALL]
            elif text := row.values.line.text().strip():
                if not row.values.typed:
                    chosen = row.values.axis()
                    text = ",".join(str(value) for value in chosen.values) if chosen is not None else ""
                texts.append(f"{row.chosen}={text.replace('，', ',')}")
        return tuple(texts)

    def _changed(self) -> None:
        self._plan = self._checked = None
        if not hasattr(self, "go"):
            return  # while it is built
        reward = str(self.reward.currentData())
        self.mark.setText(self._mark_of(reward))
        try:
            space = self.space()
        except ConfigError as error:
            self._show_problems([(problem.key, problem.message) for problem in error.problems])
            return
        if not space:
            self._show(self.tr("Choose a setting, and type its bounds."))
            return
        self._plan = Plan(
            base=self._base(space),
            space=space,
            proposer=str(self.proposer.currentData()),
            reward=reward,
            budget=self.budget.value(),
            seed=self.seed.value(),
            compare=self.compare.isChecked(),
        )
        self._show(self.tr("checking…"))
        self._check.start()

    def _base(self, space: Sequence[str]) -> dict[str, Any]:
        base = dict(self._given)
        if any(text.startswith(f"{METHOD}=") for text in space):
            # Each method has its own recipe of views.
            base.pop("views", None)
        return base

    def _check_now(self) -> None:
        plan = self._plan
        if plan is None:
            return

        def checked(answer: SearchChecked | Refused) -> None:
            if plan is not self._plan:
                return
            if isinstance(answer, Refused):
                self._show_problems(answer.problems)
                return
            self._checked = answer
            self._show(self._time())

        self._ask(CheckSearch(plan), checked, lambda message: self._show_problems([("", message.partition("\n\n")[0])]))

    @property
    def seconds(self) -> float:
        """The expected duration of all runs; 0 where it is not known."""
        if self._checked is None:
            return 0.0
        each = run_seconds(self._speeds.find(self._checked.run.speed_settings), self._checked.run.train)
        return (each or 0.0) * self._checked.runs

    def _time(self) -> str:
        assert self._checked is not None
        runs = self._checked.runs
        if self.seconds:
            return self.tr("{0} runs, one after another: about {1} in all.").format(runs, duration(self.seconds, estimate=True))
        return self.tr("{0} runs, one after another. How long they take is known after a dry run in Prepare.").format(runs)

    # What is said

    def _show(self, text: str) -> None:
        self.message.setText(text)
        self._stack.setCurrentWidget(self.message)
        self.go.setEnabled(self._checked is not None)

    def _show_problems(self, problems: Sequence[tuple[str, str]]) -> None:
        self._checked = None
        self._check.stop()
        self.problems.show_problems([(key, with_titles(message, key)) for key, message in problems])
        self._stack.setCurrentWidget(self.problems)
        self.go.setEnabled(False)

    def _go_to(self, key: str) -> None:
        row = self.rows.row_of(key)
        if row is not None:
            row.values.setFocus()
        elif "." in key and "*" not in key:
            self.reject()
            self.settingAsked.emit(key)

    def _accepted(self) -> None:
        if not self.go.isEnabled() or self._plan is None:
            return
        seconds = self.seconds
        self.go.setEnabled(False)

        def made(answer: str | Refused) -> None:
            if isinstance(answer, Refused):
                self._show_problems(answer.problems)
                return
            self.queued.emit(answer, seconds)
            self.accept()

        self._ask(
            MakeSearch(self._root, self._plan), made, lambda message: self._show_problems([("", message.partition("\n\n")[0])])
        )

    def _go_on(self, out: str) -> None:
        self.queued.emit(out, 0.0)
        self.accept()


def _strengths() -> list[Field]:
    """The strengths of the named space, of every kind of view."""
    known = {field.key.removeprefix("views.groups.0."): field for field in view_fields()}
    names = [text.partition("=")[0].removeprefix(EVERY) for text in SPACES[ALL]]
    return [replace(known[name], key=f"{EVERY}{name}") for name in names if name in known]


def _bounds(field: Field, now: Any) -> str:
    """The bounds that a setting begins with: those of the named space, its own, or a tenth to ten times its value."""
    named = next((text.partition("=")[2] for text in SPACES[ALL] if text.startswith(f"{field.key}=")), "")
    if named or field.kind not in ("int", "float") or not is_typed(field):
        return named
    low, high = field.low, field.high
    if (
        field.kind == "float"
        and low is not None
        and high is not None
        and high <= 1
        and not (field.exclusive_low or field.exclusive_high)
    ):
        return f"{show_number(low)}..{show_number(high)}"
    if isinstance(now, (int, float)) and not isinstance(now, bool) and now > 0:
        if field.kind == "int":
            return f"{max(1, int(now) // 2)}..{int(now) * 2}"
        return f"{show_number(now / 10)}..{show_number(now * 10)} log"
    return ""
