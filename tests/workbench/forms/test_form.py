"""A form: new defaults, changes by the user, errors at the fields, and the mouse wheel."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from engine.config.run import RunConfig
from workbench import theme
from workbench.forms.editors import Combo, TextEditor
from workbench.forms.field import fields
from workbench.forms.form import Form, Section

SCHEMA = {
    "properties": {
        "lr": {"type": "number", "default": 0.002, "exclusiveMinimum": 0, "maximum": 100, "description": "Peak learning rate."},
        "batch": {"type": "integer", "default": 256, "minimum": 2, "unit": "images"},
        "name": {"enum": ["adamw", "sgd"], "default": "adamw"},
        "pictures": {"type": "boolean", "default": True},
        "beta": {"type": "number", "default": 0.9, "advanced": True},
        "words": {"type": "array", "items": {"type": "string"}, "default": []},
        "note": {"type": "string", "default": ""},
    }
}


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    made = Form([Section("a", "Optimiser", fields(SCHEMA, "optim"))])
    qtbot.addWidget(made)
    made.show()
    return made


def inner(form: Form, key: str) -> object:
    return form.row(key).editor.focusProxy()


def type_into(qtbot: QtBot, form: Form, key: str, text: str) -> None:
    line = inner(form, key)
    assert isinstance(line, QLineEdit)
    line.selectAll()
    qtbot.keyClicks(line, text)


def test_values_that_are_set_are_returned(form: Form) -> None:
    given = {"optim": {"lr": 1e-5, "batch": 64, "name": "sgd", "pictures": False, "beta": 0.5, "words": ["a", "b"], "note": "x"}}
    form.set_values(given)
    assert form.values() == given
    assert form.changes() == given


def test_changes_contain_only_edited_fields(form: Form, qtbot: QtBot) -> None:
    assert form.changes() == {}
    with qtbot.waitSignal(form.changed) as signal:
        type_into(qtbot, form, "optim.batch", "64")
    assert signal.args == ["optim.batch"]
    assert form.changes() == {"optim": {"batch": 64}}
    form.reset("optim.batch")
    assert form.changes() == {}


def test_new_defaults_change_only_fields_that_were_not_edited(form: Form, qtbot: QtBot) -> None:
    type_into(qtbot, form, "optim.batch", "64")
    form.set_defaults({"optim": {"lr": 0.1, "batch": 512}})
    assert form.value("optim.lr") == 0.1
    assert form.value("optim.batch") == 64
    assert form.changes() == {"optim": {"batch": 64}}
    form.set_defaults({})
    assert form.value("optim.lr") == 0.002


def test_a_number_out_of_bounds_shows_an_error_at_its_field(form: Form, qtbot: QtBot) -> None:
    type_into(qtbot, form, "optim.lr", "-1")
    row = form.row("optim.lr")
    assert row.complaint in row.editor.toolTip()
    assert row.complaint == "Learning rate must be above 0 and at most 100. Got -1."
    type_into(qtbot, form, "optim.batch", "many")
    assert form.problems()["optim.batch"] == "Batch must be a whole number. Got many."
    type_into(qtbot, form, "optim.lr", "0.1")
    assert row.complaint == ""
    assert list(form.problems()) == ["optim.batch"]


def test_external_errors_are_shown_at_their_field_until_it_changes(form: Form, qtbot: QtBot) -> None:
    form.set_problems({"optim.note": "optim.note must be kind.", "views": "views must be given."})
    assert "optim.note must be kind." in form.row("optim.note").editor.toolTip()
    assert form.problems() == {"optim.note": "optim.note must be kind.", "views": "views must be given."}
    type_into(qtbot, form, "optim.note", "dear")
    assert "optim.note must be kind." not in form.row("optim.note").editor.toolTip()


def wheel(widget: object) -> None:
    position = QPointF(5, 5)
    button, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(position, position, QPoint(), QPoint(0, 120), button, Qt.KeyboardModifier.NoModifier, phase, False)
    QApplication.sendEvent(widget, event)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["optim.lr", "optim.batch", "optim.name"])
def test_the_wheel_over_a_field_without_focus_changes_nothing(form: Form, key: str) -> None:
    before = form.values()
    widget = inner(form, key)
    widget.clearFocus()  # type: ignore[attr-defined]
    wheel(widget)
    assert form.values() == before


def test_arrow_keys_change_the_last_digit(form: Form, qtbot: QtBot) -> None:
    for key, up, down in (("optim.lr", 0.003, 0.002), ("optim.batch", 257, 256)):
        widget = inner(form, key)
        qtbot.keyClick(widget, Qt.Key.Key_Up)
        assert form.value(key) == up
        qtbot.keyClick(widget, Qt.Key.Key_Down)
        assert form.value(key) == down
    form.set_value("optim.lr", 0.001)
    qtbot.keyClick(inner(form, "optim.lr"), Qt.Key.Key_Down)
    assert form.value("optim.lr") == 0.0009
    form.set_value("optim.batch", 2)
    qtbot.keyClick(inner(form, "optim.batch"), Qt.Key.Key_Down)
    assert form.value("optim.batch") == 2


def test_a_value_that_was_not_edited_keeps_all_its_digits(form: Form) -> None:
    form.set_values({"optim": {"beta": 1 / 3}})
    assert form.value("optim.beta") == 1 / 3


def test_advanced_fields_are_hidden_until_focused(form: Form) -> None:
    assert not form.row("optim.beta").editor.isVisible()
    form.set_problems({"optim.beta": "optim.beta must be below 1."})
    # Showing it would move the fields below.
    assert not form.row("optim.beta").editor.isVisible()
    form.focus("optim.beta")
    assert form.row("optim.beta").editor.isVisible()


def test_the_search_finds_by_title_help_and_key(form: Form) -> None:
    assert form.filter("peak") == 1
    assert form.row("optim.lr").editor.isVisible()
    assert not form.row("optim.batch").editor.isVisible()
    assert form.filter("beta") == 1
    assert form.filter("nothing of the kind") == 0
    assert form.filter("") == 6


def test_each_kind_has_its_widget(form: Form) -> None:
    kinds = {key: type(inner(form, key)) for key in form.keys()}  # noqa: SIM118
    assert issubclass(kinds["optim.name"], QComboBox)
    assert issubclass(kinds["optim.pictures"], QCheckBox)
    assert issubclass(kinds["optim.lr"], QLineEdit)


def test_the_rows_of_a_list_of_choices_have_room(qtbot: QtBot) -> None:
    theme.apply("dark")
    combo = Combo()
    qtbot.addWidget(combo)
    combo.addItems(["one", "two"])
    combo.show()
    assert combo.view().sizeHintForRow(0) >= combo.fontMetrics().height() + 4


def test_replacing_a_section_keeps_values_of_fields_in_both(form: Form) -> None:
    form.set_values({"optim": {"lr": 0.5, "note": "mine"}})
    form.replace_section(Section("a", "Other", fields({"properties": {"lr": {"type": "number", "default": 1.0}}}, "optim")))
    assert form.values() == {"optim": {"lr": 0.5}}


def test_help_contains_bounds_and_default(form: Form) -> None:
    assert form.row("optim.lr").help() == "Peak learning rate. Above 0 and at most 100. Default: 0.002."


ZEROS = {
    "properties": {
        "size": {"type": "integer", "default": 0, "minimum": 0, "maximum": 1024, "unit": "px", "zero": "auto"},
        "clip": {"type": "number", "default": 0.0, "minimum": 0, "zero": "no limit"},
        "count": {"type": "integer", "default": 600, "minimum": 16, "only": "rendered"},
        "share": {"type": "number", "default": 0.1, "advanced": True, "only": "cut"},
    }
}


@pytest.fixture
def zeros(qtbot: QtBot) -> Form:
    made = Form([Section("a", "Data", fields(ZEROS, "data"))])
    qtbot.addWidget(made)
    made.show()
    return made


def shown_text(form: Form, key: str) -> str:
    line = inner(form, key)
    assert isinstance(line, QLineEdit)
    return line.text() or line.placeholderText()


def test_zero_is_shown_as_what_it_stands_for(zeros: Form, qtbot: QtBot) -> None:
    assert shown_text(zeros, "data.size") == "auto"
    assert shown_text(zeros, "data.clip") == "no limit"
    zeros.set_automatic({"data.size": 128})
    assert shown_text(zeros, "data.size") == "auto (128 px)"
    assert "Default: auto." in zeros.row("data.size").help()
    type_into(qtbot, zeros, "data.size", "64")
    assert (zeros.value("data.size"), shown_text(zeros, "data.size")) == (64, "64")
    line = inner(zeros, "data.size")
    assert isinstance(line, QLineEdit)
    line.selectAll()
    qtbot.keyClick(line, Qt.Key.Key_Delete)
    assert zeros.value("data.size") == 0
    assert zeros.changes() == {}
    assert zeros.problems() == {}
    assert shown_text(zeros, "data.size") == "auto (128 px)"
    qtbot.keyClick(line, Qt.Key.Key_Up)
    assert zeros.value("data.size") == 129, "arrow keys start at the number that is in effect"
    type_into(qtbot, zeros, "data.size", "5000")
    assert zeros.problems()["data.size"] == "Size must be empty (auto) or above 0 and at most 1024. Got 5000."


def test_no_numeric_setting_shows_a_zero_that_is_no_number(qtbot: QtBot) -> None:
    """The settings of a run whose 0 is explained in words elsewhere in the program."""
    automatic = {"data.size", "backbone.patch", "train.threads", "monitor.knn_every", "train.minutes", "train.steps", "optim.clip"}
    automatic |= {"train.keep", "monitor.embed_images", "data.white"}
    listed = [field for field in fields(RunConfig.model_json_schema()) if not field.key.startswith("views.")]
    form = Form([Section("all", "All", tuple(listed))])
    qtbot.addWidget(form)
    for field in listed:
        if field.key in automatic:
            form.set_value(field.key, 0)
            assert shown_text(form, field.key) not in ("", "0"), field.key
        if field.kind in ("int", "float"):
            assert "0 takes" not in field.help, field.key


def test_settings_without_effect_on_the_data_are_not_shown(zeros: Form) -> None:
    def visible() -> list[str]:
        return [key for key in zeros.keys() if zeros.row(key).editor.isVisible()]  # noqa: SIM118

    assert "data.count" in visible()
    zeros.set_traits({"cut"})
    assert visible() == ["data.size", "data.clip"]
    assert zeros.filter("count") == 0
    assert zeros.filter("share") == 1
    zeros.filter("")
    zeros.set_value("data.count", 99)
    assert zeros.changes() == {"data": {"count": 99}}, "values stay, for other data"
    zeros.set_traits({"rendered"})
    assert "data.count" in visible()
    assert not zeros._groups["a"].more.isVisible(), "no advanced setting is left"


def test_a_problem_leads_to_a_setting_that_is_not_shown(zeros: Form) -> None:
    zeros.set_traits(())
    assert zeros.focus("data.count")
    assert zeros.row("data.count").editor.isVisible()


def test_an_editor_in_another_place_is_part_of_the_form(qtbot: QtBot) -> None:
    elsewhere = TextEditor(fields(SCHEMA, "optim")[-1])
    qtbot.addWidget(elsewhere)
    made = Form([Section("a", "", fields(SCHEMA, "optim"), elsewhere=frozenset({"optim.note"}))], {"optim.note": elsewhere})
    qtbot.addWidget(made)
    made.show()
    assert not made.isAncestorOf(elsewhere)
    elsewhere.set_value("x")
    elsewhere.edited.emit()
    assert made.changes() == {"optim": {"note": "x"}}
