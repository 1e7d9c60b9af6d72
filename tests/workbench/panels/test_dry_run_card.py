"""The dry run: progress, cancel, and for how long a result holds."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.workbench.stand_ins import HeldAsker, StandInAnswers
from workbench.bridge.question import Question
from workbench.bridge.setup_questions import MeasureSpeed, Refused
from workbench.panels.setup.panel import SetupPanel

RESULT = "1,140 images/s · 0.5 GiB · 2 min 55 s"


class Engine(HeldAsker):
    """Answers at once, except for dry runs, which wait."""

    def __init__(self) -> None:
        answers = StandInAnswers()
        self.refused: Refused | None = None
        super().__init__(lambda question: answers(question, lambda share: None, lambda: True))
        self.measuring: list[tuple[MeasureSpeed, Any, Any, Any]] = []

    def __call__(self, question: Question[Any], answer: Any, failed: Any = None, progress: Any = None) -> None:
        if isinstance(question, MeasureSpeed):
            self.measuring.append((question, answer, failed, progress))
        else:
            super().__call__(question, answer, failed, progress)

    def measured(self) -> None:
        question, answer, _, _ = self.measuring.pop(0)
        answer(self.refused or self.make(question))


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def panel(qtbot: QtBot, engine: Engine) -> SetupPanel:
    made = SetupPanel(engine)
    qtbot.addWidget(made)
    made.resize(320, 700)
    made.show()
    made.begin()
    made._check_now()
    return made


def choose(panel: SetupPanel, key: str, value: Any) -> None:
    editor = panel.form.row(key).editor
    editor.set_value(value)
    editor.edited.emit()
    panel._check_now()


def measure(panel: SetupPanel, engine: Engine) -> None:
    panel.dry_run.button.click()
    engine.measured()


def test_progress_and_result_are_shown(panel: SetupPanel, engine: Engine) -> None:
    card = panel.dry_run
    assert card.text.text() == "not measured yet"
    card.button.click()
    assert (card.button.text(), card.text.text(), card.bar.isVisible()) == ("Cancel", "Measuring… 0 %", True)
    engine.measuring[0][3](0.42)
    assert card.text.text() == "Measuring… 42 %"
    engine.measured()
    assert (card.button.text(), card.text.text(), card.bar.isVisible()) == ("Measure", RESULT, False)


def test_cancelling_keeps_the_earlier_result(panel: SetupPanel, engine: Engine, qtbot: QtBot) -> None:
    measure(panel, engine)
    panel.dry_run.button.click()
    with qtbot.waitSignal(panel.cancelAsked) as cancelled:
        panel.dry_run.button.click()
    assert cancelled.args == [engine.measuring[0][0], ""]
    assert panel.dry_run.text.text() == RESULT


def test_a_result_is_kept_while_only_what_is_learned_changes(panel: SetupPanel, engine: Engine) -> None:
    measure(panel, engine)
    for key, value in (("optim.lr", 0.5), ("train.seed", 3), ("name", "mine"), ("monitor.knn_k", 5)):
        choose(panel, key, value)
    assert panel.dry_run.text.text() == RESULT
    choose(panel, "train.epochs", 40)
    assert panel.dry_run.text.text() == "1,140 images/s · 0.5 GiB · 5 min 50 s"


def test_a_result_that_no_longer_holds_says_what_changed_and_comes_back(panel: SetupPanel, engine: Engine) -> None:
    measure(panel, engine)
    choose(panel, "train.batch", 64)
    assert panel.dry_run.text.text() == "Changed: Batch. Before: 1,140 images/s"
    choose(panel, "backbone.name", "resnet18")
    choose(panel, "optim.clip", 1.0)
    assert panel.dry_run.text.text() == "Changed: Backbone +2. Before: 1,140 images/s"
    assert "Changed since it was measured: Backbone, Batch, Clip." in panel.dry_run.text.toolTip()
    for key in ("train.batch", "backbone.name", "optim.clip"):
        panel.form.reset(key)
    panel._check_now()
    assert panel.dry_run.text.text() == RESULT


def test_results_are_there_at_the_next_start(panel: SetupPanel, engine: Engine, qtbot: QtBot) -> None:
    measure(panel, engine)
    settings = QSettings()
    panel.save(settings)
    later = SetupPanel(engine)
    qtbot.addWidget(later)
    later.restore(settings)
    later.begin()
    later._check_now()
    assert later.dry_run.text.text() == RESULT


def test_why_it_cannot_be_measured_leads_to_the_setting(panel: SetupPanel, engine: Engine, qtbot: QtBot) -> None:
    engine.refused = Refused((("train.batch", "train.batch must be at most 500. Got 1000. Lower train.batch."),))
    measure(panel, engine)
    button = next(one for one in panel.dry_run.findChildren(QPushButton, "problem") if one.isVisible())
    assert button.text() == "Batch must be at most 500. Got 1000. Lower “Batch”."
    panel._search.setText("epochs")
    button.click()
    editor = panel.form.row("train.batch").editor
    assert editor.isVisible()
    assert panel.focusWidget() is editor.focusProxy()
    choose(panel, "train.batch", 64)
    assert panel.dry_run.text.text() == "not measured yet"
