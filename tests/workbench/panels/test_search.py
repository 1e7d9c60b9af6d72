"""The search's dialog: what is confirmed is the plan that the engine gets; rewards are marked; results are read from the record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.search.outcome import Outcome
from engine.search.record import Plan, SearchRun, append
from tests.workbench.bridge.test_queue import write_search
from tests.workbench.stand_ins import HeldAsker
from workbench.bridge.measured_speeds import MeasuredSpeeds, Speed
from workbench.bridge.search_questions import FOLDER, CheckSearch, ListSearches, MakeSearch, ReadSearch, SearchChecked
from workbench.bridge.setup_questions import PlannedRun, Refused
from workbench.forms.field import Field
from workbench.panels.setup.search_dialog import ALL, SearchDialog

SETTINGS = [
    Field("method.id", "Method", "", "text", "simclr"),
    Field("optim.lr", "Learning rate", "", "float", 0.002, low=0, high=100, exclusive_low=True),
    Field("train.batch", "Batch", "", "int", 256, low=2, high=65536),
    Field("optim.name", "Optimiser", "", "choice", "adamw", choices=("adamw", "sgd")),
]
GIVEN = {"method": {"id": "simclr"}, "data": {"source": "shapes"}, "views": {"preset": "simclr"}}
REFUSED = "optim.lr must be at most 100. Got 900."


class Answers:
    """Answers as the bridge does where nothing is computed; keeps the plans that were made."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.made: list[Plan] = []

    def __call__(self, question: Any) -> Any:
        if isinstance(question, CheckSearch):
            if any("900" in text for text in question.plan.space):
                return Refused((("optim.lr", REFUSED),))
            return SearchChecked(question.plan.count, PlannedRun({}, {"steps": 100, "minutes": 0.0, "epochs": 1}))
        if isinstance(question, MakeSearch):
            self.made.append(question.plan)
            return str(self.root / FOLDER / "new")
        assert isinstance(question, (ListSearches, ReadSearch))
        return question.answer(None)  # type: ignore[arg-type]


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    return Answers(tmp_path)


@pytest.fixture
def asker(answers: Answers) -> HeldAsker:
    return HeldAsker(answers)


@pytest.fixture
def dialog(qtbot: QtBot, asker: HeldAsker, tmp_path: Path) -> SearchDialog:
    speeds = MeasuredSpeeds([Speed(100.0, 0, 50, 10.0, 10, {})])
    values = {**GIVEN, "optim": {"lr": 0.002}, "train": {"batch": 256}}
    made = SearchDialog(asker, tmp_path, GIVEN, values, SETTINGS, speeds)
    qtbot.addWidget(made)
    made.show()
    return made


def check(dialog: SearchDialog) -> None:
    dialog._check.stop()
    dialog._check_now()


def test_the_strengths_of_the_augmentation_are_offered_first_and_the_plan_is_what_is_shown(
    dialog: SearchDialog, answers: Answers, qtbot: QtBot
) -> None:
    check(dialog)
    # One run of the recipe, 16 of the proposer, 16 at random; 100 steps of 0.2 s each.
    assert dialog.message.text() == "33 runs, one after another: about 11 min in all."
    with qtbot.waitSignal(dialog.queued) as queued:
        dialog.go.click()
    assert queued.args == [str(answers.root / FOLDER / "new"), 660.0]
    (plan,) = answers.made
    assert (plan.proposer, plan.reward, plan.budget, plan.compare) == ("cmaes", "knn", 16, True)
    assert plan.base == GIVEN
    assert len(plan.space) == 9
    assert "views.groups.*.hue=0..0.5" in plan.space


def test_a_setting_is_found_by_a_part_of_its_title(dialog: SearchDialog, qtbot: QtBot) -> None:
    row = dialog.rows.rows[0]
    line = row.key.lineEdit()
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "arning ra")
    completer = row.key.completer()
    assert completer is not None
    assert completer.currentCompletion() == "Learning rate"
    qtbot.keyClick(line, Qt.Key.Key_Down)
    popup = completer.popup()
    assert popup is not None
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert row.chosen == "optim.lr"
    assert dialog.space() == ("optim.lr=0.0002..0.02 log",)


def test_bounds_are_offered_and_typed_and_methods_leave_their_views_to_the_recipe(dialog: SearchDialog, answers: Answers) -> None:
    dialog.add_setting("optim.lr")
    batch = dialog.add_setting("train.batch")
    dialog.rows.remove(dialog.rows.rows[0])
    assert dialog.space() == ("optim.lr=0.0002..0.02 log", "train.batch=128..512")
    batch.line.setText("16..64")
    dialog.add_setting("optim.name").choose(["adamw", "sgd"])
    assert dialog.space()[1:] == ("train.batch=16..64", "optim.name=adamw,sgd")
    dialog.add_setting("method.id").choose(["simclr", "byol"])
    assert dialog._plan is not None
    assert "views" not in dialog._plan.base


def test_a_reward_says_whether_it_uses_labels(dialog: SearchDialog) -> None:
    for row in range(dialog.reward.count()):
        dialog.reward.setCurrentIndex(row)
        with_labels = dialog.reward.currentData() == "knn"
        assert ("with labels" in dialog.reward.currentText()) == with_labels
        assert ("without labels" in dialog.reward.currentText()) != with_labels
        assert ("not a search without labels" in dialog.mark.text()) == with_labels


def test_what_the_engine_refuses_is_shown_and_cannot_be_queued(dialog: SearchDialog, qtbot: QtBot) -> None:
    check(dialog)
    assert dialog.go.isEnabled()
    dialog.add_setting("optim.lr").line.setText("1..900")
    dialog._changed()
    assert not dialog.go.isEnabled()
    check(dialog)
    assert dialog._stack.currentWidget() is dialog.problems
    assert not dialog.go.isEnabled()


def recorded_search(root: Path) -> Path:
    """A search of four runs each, of which all but the last have ended."""
    out = write_search(root / FOLDER)
    rewards = {"default": [0.30], "cmaes": [0.25, 0.35, 0.42, 0.40], "random": [0.31, 0.29, 0.38]}
    for arm, listed in rewards.items():
        for number, reward in enumerate(listed):
            run = SearchRun(arm, number, {"optim.lr": 0.01 * (number + 1)} if arm != "default" else {}, reward=reward, seconds=3.0)
            append(out, run, "values", "seed", "reward", "seconds")
    append(out, SearchRun("cmaes", 2, test=0.41), "test")
    return out


def test_results_show_the_best_of_each_and_the_regret(dialog: SearchDialog, tmp_path: Path, qtbot: QtBot) -> None:
    out = recorded_search(tmp_path)
    dialog.tabs.bar.setCurrentIndex(1)
    results, table = dialog.results, dialog.results.table
    rows = [[table.item(row, column).text() for column in range(table.columnCount())] for row in range(table.rowCount())]
    assert rows == [
        ["Default recipe", "0.300", "", ""],
        ["CMA-ES", "0.420", "0.410", "0.03"],
        ["Random search", "0.380", "", "0.03"],
    ]
    assert table.horizontalHeaderItem(3).text() == "Learning rate"
    assert "8 of 9 runs have ended" in results.state.text()
    assert "uses validation labels" in results.state.text()
    assert isinstance(results.outcome, Outcome)
    assert results.plot._curves["cmaes"].series.y.tolist() == pytest.approx([0.17, 0.07, 0.0, 0.0])
    assert results.plot._curves["random"].series.y.tolist() == pytest.approx([0.11, 0.11, 0.04])
    assert results.go_on.isVisible()
    with qtbot.waitSignal(dialog.queued) as queued:
        results.go_on.click()
    assert queued.args == [str(out), 0.0]


def test_without_a_search_the_results_say_so(dialog: SearchDialog) -> None:
    dialog.tabs.bar.setCurrentIndex(1)
    assert "no search yet" in dialog.results.empty.text()
    assert not dialog.results.table.isVisible()


def test_the_strengths_have_titles(dialog: SearchDialog) -> None:
    assert dialog.label_of("views.groups.*.hue") == "Hue"
    assert dialog.label_of(ALL) == "Augmentation, all strengths"
