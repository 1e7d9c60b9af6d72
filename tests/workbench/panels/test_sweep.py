"""The sweep's dialog: values chosen from lists; what is listed is what is queued, and nothing that is not valid."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.workbench.stand_ins import HeldAsker
from workbench.bridge.measured_speeds import MeasuredSpeeds, Speed
from workbench.bridge.setup_questions import CheckSweep, MeasureSpeed, PlannedRun, Refused, SweepChecked
from workbench.forms.field import Field, fields, get
from workbench.panels.setup.sections import view_fields
from workbench.panels.setup.sweep_dialog import SweepDialog
from workbench.panels.setup.value_picker import ValuePicker

SETTINGS = [
    Field("method.id", "Method", "", "text", "simclr"),
    Field("backbone.name", "Backbone", "", "choice", "resnet18", choices=("resnet10_narrow", "resnet18", "vit_micro")),
    Field("optim.lr", "Learning rate", "", "float", 0.002, low=0, high=100, exclusive_low=True),
    Field("train.batch", "Batch", "", "int", 256, low=2, high=65536),
    Field("method.temperature", "Temperature", "", "float", 0.2, low=0, exclusive_low=True),
    Field("monitor.pictures", "Pictures", "", "bool", True),
    view_fields()[0],
]
VIEWS = {"preset": "simclr", "groups": [{"count": 2, "hue": 0.3}]}
GIVEN = {"method": {"id": "simclr", "temperature": 0.5}, "data": {"source": "shapes"}, "views": VIEWS}


def train(config: dict[str, Any]) -> dict[str, Any]:
    return {"epochs": 20, "minutes": 0.0, "steps": 0, **config.get("train", {})}


def speed_settings(config: dict[str, Any]) -> dict[str, Any]:
    return {"method.id": config["method"]["id"], "train.batch": train(config).get("batch", 256)}


def answer(question: Any) -> Any:
    if isinstance(question, MeasureSpeed):
        # 20 epochs of 10 steps at 0.3 s
        return Speed(100.0, 0, 200, 60.0, 10, speed_settings(dict(question.config)))
    assert isinstance(question, CheckSweep)
    wrong = [index for index, one in enumerate(question.configs) if one.get("optim", {}).get("lr", 1) > 90]
    if wrong:
        return SweepChecked(wrong[0], "VICReg: optim.lr must be at most 90. Got 99.", "optim.lr")
    return SweepChecked(runs=tuple(PlannedRun(speed_settings(one), train(one)) for one in question.configs))


@pytest.fixture
def asker() -> HeldAsker:
    return HeldAsker(answer)


@pytest.fixture
def speeds() -> MeasuredSpeeds:
    return MeasuredSpeeds()


@pytest.fixture
def dialog(qtbot: QtBot, asker: HeldAsker, speeds: MeasuredSpeeds) -> SweepDialog:
    values = {"method": {"id": "simclr", "temperature": 0.5}, "optim": {"lr": 0.002}, "backbone": {"name": "resnet18"}}
    made = SweepDialog(asker, GIVEN, values, SETTINGS, speeds)
    qtbot.addWidget(made)
    made.show()
    return made


def tick(qtbot: QtBot, picker: ValuePicker, *titles: str) -> None:
    """As a person does it: open the list, click lines."""
    picker.button.click()
    for title in titles:
        (item,) = picker.list.items.findItems(title, Qt.MatchFlag.MatchExactly)
        picker.list.items.scrollToItem(item)
        at = picker.list.items.visualItemRect(item).center()
        qtbot.mouseClick(picker.list.items.viewport(), Qt.MouseButton.LeftButton, pos=at)
    picker.list.hide()


def offered(picker: ValuePicker) -> list[str]:
    picker.button.click()
    items = picker.list.items
    picker.list.hide()
    return [items.item(row).text() for row in range(items.count())]


def type_into(picker: ValuePicker, text: str) -> None:
    picker.line.setText(text)
    picker.line.textEdited.emit(text)


def queued(dialog: SweepDialog) -> list[dict[str, Any]]:
    taken: list[list[dict[str, Any]]] = []
    dialog.queued.connect(lambda configs, seconds: taken.append(configs))
    dialog.go.click()
    return taken[0]


def test_at_first_it_says_what_is_missing(dialog: SweepDialog, asker: HeldAsker) -> None:
    assert not dialog.go.isEnabled()
    assert "more than one seed" in dialog.message.text()
    assert dialog.rows.rows[0].key.currentText() == "Method"
    assert dialog.rows.rows[0].values.line.placeholderText() == "now SimCLR"
    assert not asker.questions


def test_methods_are_chosen_by_their_titles_and_take_their_own_views(dialog: SweepDialog, qtbot: QtBot) -> None:
    tick(qtbot, dialog.rows.rows[0].values, "SimCLR", "VICReg", "MAE")
    dialog.seeds.setValue(2)
    dialog.tag.setText("three")
    qtbot.waitUntil(dialog.go.isEnabled)
    assert dialog.message.text() == "6 runs, one after another"
    assert sorted(dialog.rows.rows[0].values.line.text().split(", ")) == ["MAE", "SimCLR", "VICReg"]
    configs = queued(dialog)
    assert {get(one, "method.id") for one in configs} == {"simclr", "vicreg", "mae"}
    for one in configs:
        own = get(one, "method.id") == "simclr"
        assert one.get("views") == (VIEWS if own else None)
        assert one["method"] == ({"id": "simclr", "temperature": 0.5} if own else {"id": get(one, "method.id")})
        assert one["tags"] == ["three"]
    names = dialog.list.toPlainText().splitlines()
    assert names == [one["name"] for one in configs]
    assert {"SimCLR · shapes · s0", "SimCLR · shapes · s1", "VICReg · shapes · s0"} < set(names)
    assert not dialog.isVisible()


def test_several_settings_at_once_give_every_combination(dialog: SweepDialog, qtbot: QtBot) -> None:
    tick(qtbot, dialog.add_setting("backbone.name"), "resnet10_narrow", "resnet18")
    tick(qtbot, dialog.add_setting("monitor.pictures"), "off", "on")
    type_into(dialog.add_setting("optim.lr"), "0.01, 0.1, 0.5")
    qtbot.waitUntil(dialog.go.isEnabled)
    configs = queued(dialog)
    taken = [(get(one, "backbone.name"), get(one, "monitor.pictures"), get(one, "optim.lr")) for one in configs]
    assert taken == [(b, p, lr) for b in ("resnet10_narrow", "resnet18") for p in (False, True) for lr in (0.01, 0.1, 0.5)]
    assert configs[0]["name"] == "SimCLR · shapes · name resnet10_narrow · pictures False · lr 0.01 · s0"


def test_numbers_are_offered_around_the_present_one_and_ticks_join_what_was_typed(dialog: SweepDialog, qtbot: QtBot) -> None:
    picker = dialog.add_setting("optim.lr")
    assert offered(picker) == ["0.0002", "0.0006", "0.002", "0.006", "0.02"]
    type_into(picker, "0.05")
    tick(qtbot, picker, "0.002", "0.02")
    assert picker.line.text() == "0.002, 0.02, 0.05"
    tick(qtbot, picker, "0.02")
    assert picker.line.text() == "0.002, 0.05"
    assert offered(picker) == ["0.0002", "0.0006", "0.002", "0.006", "0.02", "0.05"], "the typed one, too"
    assert offered(dialog.add_setting("train.batch")) == ["64", "128", "256", "512", "1024"]


def test_presets_of_views_are_chosen_whole(dialog: SweepDialog, qtbot: QtBot) -> None:
    picker = dialog.add_setting("views.preset")
    tick(qtbot, picker, "SimCLR", "BYOL")
    assert picker.line.text() == "SimCLR, BYOL"
    qtbot.waitUntil(dialog.go.isEnabled)
    simclr, byol = queued(dialog)
    assert simclr["views"]["groups"][0]["hue"] == 0.1, "the preset's, not that of the views at hand"
    assert [group["blur"] for group in byol["views"]["groups"]] == [1.0, 0.1]
    assert byol["name"] == "SimCLR · shapes · preset byol · s0"


def test_the_keyboard_alone_chooses_values(dialog: SweepDialog, qtbot: QtBot) -> None:
    picker = dialog.rows.rows[0].values
    qtbot.keyClick(picker.line, Qt.Key.Key_Down)
    assert picker.list.isVisible()
    qtbot.keyClicks(picker.list.search, "vicreg")
    shown = [row for row in range(picker.list.items.count()) if not picker.list.items.item(row).isHidden()]
    assert picker.list.items.item(shown[0]).text().startswith("VICReg")
    qtbot.keyClick(picker.list.search, Qt.Key.Key_Return)
    assert picker.line.text() == "VICReg"
    picker.list.search.clear()
    qtbot.keyClick(picker.list.search, Qt.Key.Key_Down)
    assert picker.list.focusWidget() is picker.list.items
    picker.list.hide()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("0.1, 0.1", "Learning rate must be each value once"),
        ("0..1 log 4", "above 0"),
        ("1, 99", "VICReg: Learning rate must be at most 90. Got 99."),
    ],
)
def test_what_cannot_be_is_said_and_not_queued(values: str, message: str, dialog: SweepDialog, qtbot: QtBot) -> None:
    picker = dialog.add_setting("optim.lr")
    type_into(picker, "0.1, 0.2")
    qtbot.waitUntil(dialog.go.isEnabled)
    type_into(picker, values)
    assert not dialog.go.isEnabled()

    def shown_problems() -> list[str]:
        return [button.text() for button in dialog.problems.findChildren(type(dialog.go)) if button.isVisible()]

    qtbot.waitUntil(lambda: any(message in text for text in shown_problems()))
    assert not dialog.go.isEnabled()
    assert dialog.list.toPlainText() == ""
    dialog.problems.clicked.emit("optim.lr")
    assert dialog.focusWidget() is picker.line
    type_into(picker, "0.3, 0.4")
    qtbot.waitUntil(dialog.go.isEnabled)


def test_a_problem_with_a_setting_that_is_not_varied_leads_out_of_the_dialog(dialog: SweepDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.settingAsked) as signal:
        dialog.problems.clicked.emit("train.epochs")
    assert signal.args == ["train.epochs"]
    assert not dialog.isVisible()


def test_a_late_answer_about_other_values_is_not_taken(dialog: SweepDialog, asker: HeldAsker, qtbot: QtBot) -> None:
    asker.at_once = False
    picker = dialog.add_setting("optim.lr")
    type_into(picker, "1, 99")
    qtbot.waitUntil(lambda: len(asker.waiting) == 1)
    type_into(picker, "1, 2")
    qtbot.waitUntil(lambda: len(asker.waiting) == 2)
    asker.reply()
    assert "checking" in dialog.message.text()
    asker.reply()
    assert dialog.go.isEnabled()


# The time


def test_the_time_is_unknown_until_it_is_measured(
    dialog: SweepDialog, qtbot: QtBot, asker: HeldAsker, speeds: MeasuredSpeeds
) -> None:
    tick(qtbot, dialog.rows.rows[0].values, "SimCLR", "VICReg")
    dialog.seeds.setValue(3)
    qtbot.waitUntil(dialog.go.isEnabled)
    assert dialog.time.text() == "How long they take is not known yet: it needs 2 dry runs of some 10 s each."
    asker.at_once = False
    dialog.measure.click()
    assert dialog.measure.text() == "Cancel"
    assert dialog.bar.isVisible()
    asker.reply()
    assert dialog.time.text() == "About 3 min 00 s for 3 of the runs. The others need 1 dry run."
    asker.reply()
    assert dialog.time.text() == "About 6 min 00 s in all, by the dry runs and the lengths that are set."
    assert not dialog.bar.isVisible()
    assert not dialog.measure.isVisible()
    assert speeds.newest is not None, "the Method card knows it, too"


def test_the_time_of_runs_that_are_measured_is_told_at_once(dialog: SweepDialog, qtbot: QtBot, speeds: MeasuredSpeeds) -> None:
    speeds.add(Speed(100.0, 0, 200, 60.0, 10, {"method.id": "simclr", "train.batch": 256}))
    type_into(dialog.add_setting("optim.lr"), "0.01, 0.1")
    qtbot.waitUntil(dialog.go.isEnabled)
    assert dialog.time.text().startswith("About 2 min 00 s in all")
    with qtbot.waitSignal(dialog.queued) as queue:
        dialog.go.click()
    assert queue.args[1] == 60.0, "of one run"


def test_measuring_is_cancelled_by_its_button_and_by_other_values(dialog: SweepDialog, qtbot: QtBot, asker: HeldAsker) -> None:
    dialog.seeds.setValue(2)
    qtbot.waitUntil(dialog.go.isEnabled)
    asker.at_once = False
    dialog.measure.click()
    with qtbot.waitSignal(dialog.cancelAsked) as cancelled:
        dialog.measure.click()
    assert cancelled.args == [asker.waiting[0][0]]
    dialog.measure.click()
    with qtbot.waitSignal(dialog.cancelAsked):
        dialog.seeds.setValue(3)
    assert dialog.measure.text() == "Measure"


def test_a_dry_run_that_is_refused_says_why(dialog: SweepDialog, qtbot: QtBot, asker: HeldAsker) -> None:
    dialog.seeds.setValue(2)
    qtbot.waitUntil(dialog.go.isEnabled)
    asker.make = lambda question: Refused((("train.batch", "train.batch must be at most 9. Got 256."),))
    dialog.measure.click()
    assert [key for key, _ in dialog.problems._shown] == ["train.batch"]
    assert not dialog.go.isEnabled()


def test_every_setting_of_a_run_offers_its_present_value_or_can_be_typed() -> None:
    from engine.config.run import RunConfig
    from workbench.panels.setup.sweep_values import is_typed, offers

    for field in fields(RunConfig.model_json_schema()):
        listed = [offer.value for offer in offers(field, field.default)]
        assert field.default in listed or is_typed(field) or field.key == "train.device", field.key
        assert all(field.accepts(value) for value in listed if field.kind in ("int", "float")), field.key


def test_tab_leads_from_the_values_to_the_seeds_also_after_the_list_was_open(
    qtbot: QtBot, asker: HeldAsker, speeds: MeasuredSpeeds
) -> None:
    dialog = SweepDialog(asker, GIVEN, GIVEN, SETTINGS, speeds)
    qtbot.addWidget(dialog)
    dialog.show()
    (picker,) = dialog.findChildren(ValuePicker)
    picker.open()
    picker.list.hide()
    picker.line.setFocus()
    for _ in range(3):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.focusWidget() is dialog.seeds
