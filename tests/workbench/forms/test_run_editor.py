"""The editor of a setting that names a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QFileDialog, QToolButton
from pytestqt.qtbot import QtBot

from engine.catalogue import load
from workbench.forms.field import Field, fields
from workbench.forms.form import Form, Section
from workbench.forms.run_editor import RunEditor

RUNS = [("/runs/b", "DINO · shapes · s0"), ("/runs/a", "MoCo v3 · shapes · s1")]


def settings() -> tuple[Field, ...]:
    return fields(load("feature_distillation").Config.model_json_schema(), "method")


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    made = Form([Section("method", "", settings())])
    qtbot.addWidget(made)
    return made


def editor_of(form: Form) -> RunEditor:
    editor = form.row("method.teacher.run").editor
    assert isinstance(editor, RunEditor)
    return editor


def listed(form: Form) -> list[tuple[str, str]]:
    combo = editor_of(form).findChild(QComboBox)
    assert combo is not None
    return [(combo.itemData(row), combo.itemText(row)) for row in range(combo.count())]


def shown(form: Form) -> str:
    combo = editor_of(form).findChild(QComboBox)
    assert combo is not None
    return combo.currentText()


def test_what_the_program_writes_has_no_field() -> None:
    assert [field.key for field in settings()] == [
        "method.teacher.run",
        "method.teacher.epoch",
        "method.teacher.weights",
        "method.teacher.encoder",
        "method.whitening",
        "method.beta",
    ]
    assert settings()[0].kind == "run"


def test_runs_are_chosen_by_title_and_named_by_folder(form: Form, qtbot: QtBot) -> None:
    assert listed(form) == [("", "No run is there yet")]
    runs = list(RUNS)
    form.set_runs(lambda: runs)
    assert listed(form) == [("", "Choose a run"), *RUNS]
    assert (shown(form), form.changes()) == ("Choose a run", {})
    combo = editor_of(form).findChild(QComboBox)
    assert combo is not None
    with qtbot.waitSignal(form.changed) as changed:
        combo.setCurrentIndex(2)
        combo.activated.emit(2)
    assert changed.args == ["method.teacher.run"]
    assert form.changes() == {"method": {"teacher": {"run": "/runs/a"}}}
    # A run that comes later is in the list when it opens; the choice stays.
    runs.insert(0, ("/runs/c", "BYOL · shapes · s0"))
    combo.showPopup()
    combo.hidePopup()
    assert listed(form)[1] == ("/runs/c", "BYOL · shapes · s0")
    assert shown(form) == RUNS[1][1]


def test_a_folder_that_is_not_listed_is_shown_by_its_name(form: Form) -> None:
    form.set_runs(lambda: RUNS)
    form.set_values({"method": {"teacher": {"run": "/elsewhere/my_run", "epoch": 4}}})
    assert shown(form) == "my_run"
    assert form.changes()["method"]["teacher"] == {"run": "/elsewhere/my_run", "epoch": 4}
    form.reset("method.teacher.run")
    assert form.value("method.teacher.run") == ""


def test_a_folder_is_chosen_in_a_dialog(form: Form, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qtbot: QtBot) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *rest: str(tmp_path))
    button = editor_of(form).findChild(QToolButton)
    assert button is not None
    with qtbot.waitSignal(form.changed):
        button.click()
    assert form.value("method.teacher.run") == str(tmp_path)


def test_the_list_outlives_a_section_that_is_replaced(form: Form) -> None:
    form.set_runs(lambda: RUNS)
    form.set_value("method.teacher.run", "/runs/b")
    form.replace_section(Section("method", "", settings()))
    assert listed(form) == [("", "Choose a run"), *RUNS]
    assert shown(form) == RUNS[0][1]
