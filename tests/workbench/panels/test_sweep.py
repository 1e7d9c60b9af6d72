"""The sweep's dialog: what is listed is what is queued, and nothing that is not fit."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.config.sweep import axis, sweep
from tests.workbench.stand_ins import HeldAsker
from workbench.bridge.setup_questions import CheckSweep, SweepChecked
from workbench.forms.field import Field
from workbench.panels.setup.sweep_dialog import SweepDialog

SETTINGS = [
    Field("optim.lr", "Learning rate", "", "float", 0.002),
    Field("train.batch", "Batch", "", "int", 256),
    Field("method.temperature", "Temperature", "", "float", 0.2),
]
BASE = {"method": {"id": "simclr", "temperature": 0.5}, "data": {"source": "shapes"}}


def fit(question: CheckSweep) -> SweepChecked:
    wrong = [index for index, one in enumerate(question.configs) if one.get("optim", {}).get("lr", 1) < 0]
    return SweepChecked(wrong[0], "optim.lr must be above 0.") if wrong else SweepChecked()


@pytest.fixture
def asker() -> HeldAsker:
    return HeldAsker(fit)


@pytest.fixture
def dialog(qtbot: QtBot, asker: HeldAsker) -> SweepDialog:
    made = SweepDialog(asker, BASE, SETTINGS, 90.0)
    qtbot.addWidget(made)
    made.show()
    return made


def test_at_first_it_says_what_is_missing(dialog: SweepDialog, asker: HeldAsker) -> None:
    assert not dialog.go.isEnabled()
    assert "more than one seed" in dialog.message.text()
    assert dialog._rows[0].key.currentData() == "optim.lr"
    assert "0.002" in dialog._rows[0].values.placeholderText()
    assert not asker.questions


def test_what_is_listed_is_what_is_queued(dialog: SweepDialog, qtbot: QtBot) -> None:
    dialog._rows[0].values.setText("0.01, 0.1")
    dialog.add_setting("method.temperature", "0.1, 0.2, 0.5")
    dialog.seeds.setValue(2)
    dialog.tag.setText("both")
    qtbot.waitUntil(dialog.go.isEnabled)
    assert "12 runs" in dialog.message.text()
    assert "18 min" in dialog.message.text()
    queued: list[list[dict[str, Any]]] = []
    dialog.queued.connect(queued.append)
    dialog.go.click()
    axes = [axis("optim.lr", "0.01, 0.1"), axis("method.temperature", "0.1, 0.2, 0.5"), axis("train.seed", "0..1")]
    expected = sweep(BASE, axes, "both")
    assert queued == [expected]
    assert dialog.list.toPlainText().splitlines() == [one["name"] for one in expected]
    assert not dialog.isVisible()


@pytest.mark.parametrize(("values", "message"), [("0.1, 0.1", "comes twice"), ("0..1 log 4", "above 0"), ("-1, 1", "above 0")])
def test_what_cannot_be_is_said_and_not_queued(values: str, message: str, dialog: SweepDialog, qtbot: QtBot) -> None:
    dialog._rows[0].values.setText("0.1, 0.2")
    qtbot.waitUntil(dialog.go.isEnabled)
    dialog._rows[0].values.setText(values)
    assert not dialog.go.isEnabled()
    qtbot.waitUntil(lambda: message in dialog.message.text())
    assert not dialog.go.isEnabled()
    assert dialog.list.toPlainText() == ""
    dialog._rows[0].values.setText("0.3, 0.4")
    qtbot.waitUntil(dialog.go.isEnabled)


def test_a_late_answer_about_other_values_is_not_taken(dialog: SweepDialog, asker: HeldAsker, qtbot: QtBot) -> None:
    asker.at_once = False
    dialog._rows[0].values.setText("-1, 1")
    qtbot.waitUntil(lambda: len(asker.waiting) == 1)
    dialog._rows[0].values.setText("1, 2")
    qtbot.waitUntil(lambda: len(asker.waiting) == 2)
    asker.reply()
    assert "checking" in dialog.message.text()
    asker.reply()
    assert dialog.go.isEnabled()


def test_settings_come_and_go(dialog: SweepDialog) -> None:
    dialog.add_setting()
    dialog.add_setting()
    assert [row.key.currentData() for row in dialog._rows] == ["optim.lr", "method.temperature", "train.batch"]
    assert "0.5" in dialog._rows[1].values.placeholderText(), "what the draft has, not the default"
    dialog._rows[0].remove.click()
    assert [row.key.currentData() for row in dialog._rows] == ["method.temperature", "train.batch"]
