"""What the searches of a folder of runs have found so far: the best of each proposer, and the regret against random search."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.search.record import DEFAULT, RANDOM
from workbench import theme
from workbench.bridge.ask import Ask
from workbench.bridge.search_questions import ListSearches, ReadSearch, search_title
from workbench.bridge.setup_questions import Refused
from workbench.forms.editors import Combo
from workbench.forms.field import show_number
from workbench.forms.setting_titles import with_titles
from workbench.plots.curve import CurvePlot
from workbench.plots.series import Series
from workbench.theme.palette import GAP
from workbench.theme.plain import rich
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.room import keep_lines

if TYPE_CHECKING:
    from engine.search.outcome import Outcome

translate = QCoreApplication.translate
AGAIN = 2000  # ms between two reads of a search that is not complete


class SearchResults(QWidget):
    """`goOnAsked`: the folder of a search that is to be trained further.

    root: the folder of runs. label_of: the title of a setting by its key."""

    goOnAsked = Signal(str)

    def __init__(self, ask: Ask, root: Path, label_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask, self._root, self._label_of = ask, root, label_of
        self._outcome: Outcome | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AGAIN)
        self._timer.timeout.connect(self._read)
        self.choice = Combo()
        self.choice.setAccessibleName(self.tr("Search"))
        self.choice.currentIndexChanged.connect(self._read)
        self.go_on = QPushButton(self.tr("Go on"))
        self.go_on.clicked.connect(lambda: self.goOnAsked.emit(str(self.choice.currentData())))
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self.choice, 1)
        top.addWidget(self.go_on)
        self.state = QLabel()
        self.state.setObjectName("quiet")
        self.state.setWordWrap(True)
        keep_lines(self.state, 2)
        self.table = QTableWidget()
        self.table.setAccessibleName(self.tr("The best of each proposer"))
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setTabKeyNavigation(False)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.setMinimumHeight(130)
        self.caption = QLabel(
            self.tr("Regret after each run: how far the best reward so far is below the best of the whole search")
        )
        self.caption.setObjectName("quiet")
        self.caption.setWordWrap(True)
        self.legend = QLabel()
        rich(self.legend)
        self.plot = CurvePlot(self.tr("Regret"))
        self.plot.setMinimumHeight(150)
        self.empty = EmptyState()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GAP, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(top)
        column.addWidget(self.state)
        column.addWidget(self.table)
        column.addWidget(self.caption)
        column.addWidget(self.legend)
        column.addWidget(self.plot, 1)
        column.addWidget(self.empty, 1)
        theme.changed.connect(self._draw)
        self._show(None)

    def showEvent(self, event: QShowEvent) -> None:
        """What has happened since it was last visible."""
        super().showEvent(event)
        self._ask(ListSearches(self._root), self._listed)

    def hideEvent(self, event: QHideEvent) -> None:
        """A hidden list is not read."""
        super().hideEvent(event)
        self._timer.stop()

    @property
    def outcome(self) -> Outcome | None:
        """The search that is shown."""
        return self._outcome

    def _listed(self, folders: tuple[str, ...]) -> None:
        before = self.choice.currentData()
        self.choice.blockSignals(True)
        self.choice.clear()
        for folder in folders:
            self.choice.addItem(search_title(folder), folder)
        self.choice.setCurrentIndex(max(0, self.choice.findData(before)) if folders else -1)
        self.choice.blockSignals(False)
        self._read()

    def _read(self) -> None:
        out = self.choice.currentData()
        if not out:
            self._show(None)
            return

        def read(answer: Outcome | Refused) -> None:
            if out != self.choice.currentData():
                return
            if isinstance(answer, Refused):
                self._show(None)
                self.empty.show_text("\n".join(with_titles(message, key) for key, message in answer.problems))
                return
            self._show(answer)
            if not answer.complete and self.isVisible():
                self._timer.start()

        self._ask(ReadSearch(str(out)), read)

    def _show(self, outcome: Outcome | None) -> None:
        self._outcome = outcome
        for part in (self.state, self.table, self.caption, self.legend, self.plot):
            part.setVisible(outcome is not None)
        self.choice.setVisible(self.choice.count() > 0)
        self.empty.setVisible(outcome is None)
        self.go_on.setVisible(outcome is not None and not outcome.complete)
        if outcome is None:
            self.empty.show_text(self.tr("There is no search yet. Begin one in the other tab; what it finds is shown here."))
            return
        self.state.setText(self._state_text(outcome))
        self._fill(outcome)
        self._draw()

    def _state_text(self, outcome: Outcome) -> str:
        plan = outcome.plan
        labels = self.tr("uses validation labels") if plan.reward == "knn" else self.tr("uses no labels")
        failed = sum(bool(one.error) for one in outcome.trials)
        text = self.tr("{0} of {1} runs have ended. Reward: {2}, {3}.").format(
            outcome.ended, plan.count, reward_title(plan.reward, plan.factor), labels
        )
        return " ".join([text, self.tr("{0} failed.").format(failed)]) if failed else text

    def _fill(self, outcome: Outcome) -> None:
        best = outcome.compared
        keys = list(dict.fromkeys(key for one in outcome.trials for key in one.values))
        heads = [self.tr("Proposed by"), self.tr("Reward"), self.tr("Test kNN"), *(self._label_of(key) for key in keys)]
        self.table.setColumnCount(len(heads))
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setRowCount(len(best))
        for row, one in enumerate(best):
            cells = [arm_title(one.arm), _number(one.reward), _number(one.test), *(_value(one.values.get(key)) for key in keys)]
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)
        self.table.resizeColumnsToContents()

    def _draw(self) -> None:
        outcome = self._outcome
        if outcome is None:
            return
        legend = []
        for key in self.plot.keys:
            self.plot.remove_curve(key)
        for number, arm in enumerate(outcome.plan.arms):
            series, colour = Series(), theme.current().run_colour(number)
            for run, regret in enumerate(outcome.regret(arm), start=1):
                series.append(regret if np.isfinite(regret) else np.nan, step=float(run))
            self.plot.set_curve(arm, series, arm_title(arm), colour)
            legend.append(f'<span style="color:{colour}">●</span> {escape(arm_title(arm))}')
        default = outcome.best(DEFAULT)
        rewards = [one.reward for one in outcome.trials if one.reward is not None]
        lines = [(max(rewards) - default.reward, arm_title(DEFAULT))] if default is not None and default.reward is not None else []
        self.plot.set_references(lines)
        self.legend.setText("&nbsp;&nbsp;&nbsp;".join(legend))
        self.plot.refresh()


def arm_title(arm: str) -> str:
    """What a proposer is called."""
    return {
        DEFAULT: translate("Search", "Default recipe"),
        RANDOM: translate("Search", "Random search"),
        "cmaes": translate("Search", "CMA-ES"),
        "ucb": translate("Search", "Bandit UCB1"),
        "exp3": translate("Search", "Bandit Exp3"),
    }.get(arm, arm)


def reward_title(reward: str, factor: str) -> str:
    """What a reward is called."""
    title = {
        "knn": translate("Search", "kNN"),
        "rank": translate("Search", "RankMe"),
        "task": translate("Search", "the method's own task"),
        "rotation": translate("Search", "linear probe of rotation"),
    }.get(reward, reward)
    return f"{title} ({factor})" if factor else title


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _value(value: Any) -> str:
    return (
        ""
        if value is None
        else show_number(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool)
        else str(value)
    )
