"""The Method card: recipes under touched settings, problems that lead to their field, presets, copies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from engine.augment.presets import PRESETS, groups
from engine.catalogue import CATALOGUE
from engine.config.errors import ConfigError
from engine.config.notes import NO_LOCAL_VIEWS, Note
from engine.config.text import assignments, merge
from engine.data.source_table import SOURCES
from engine.train.resolve import method_form
from tests.workbench.stand_ins import StandInAnswers
from workbench.bridge.data_questions import DescribeData
from workbench.bridge.question import Question
from workbench.bridge.setup_questions import Checked, DescribeMethod, MethodForm
from workbench.panels.setup import preset_files
from workbench.panels.setup.draft_export import command_line, yaml_text
from workbench.panels.setup.draft_menus import PresetMenu
from workbench.panels.setup.encoder_editor import EncoderEditor
from workbench.panels.setup.panel import SetupPanel
from workbench.panels.setup.problems import ProblemButton
from workbench.panels.setup.setting_editors import ID, MethodEditor, MethodList
from workbench.requests import UseDraft


class Asking:
    """Answers at once, unless it is told to wait."""

    def __init__(self) -> None:
        self.answers = StandInAnswers()
        self.questions: list[Question] = []
        self.waiting: list[Callable[[], None]] = []
        self.wait = False

    def __call__(self, question: Question, answer: Any, failed: Any = None, progress: Any = None, /) -> None:
        self.questions.append(question)

        def reply() -> None:
            try:
                result = self.answers(question, lambda share: None, lambda: True)
            except ConfigError as error:
                failed(str(error))
            else:
                answer(result)

        if self.wait:
            self.waiting.append(reply)
        else:
            reply()


@pytest.fixture
def asking() -> Asking:
    return Asking()


@pytest.fixture
def panel(qtbot: QtBot, asking: Asking) -> SetupPanel:
    made = SetupPanel(asking)
    qtbot.addWidget(made)
    made.resize(300, 700)
    made.show()
    made.begin()
    return made


def type_into(qtbot: QtBot, panel: SetupPanel, key: str, text: str) -> None:
    line = panel.form.row(key).editor.focusProxy()
    assert isinstance(line, QLineEdit)
    line.selectAll()
    qtbot.keyClicks(line, text)


def choose_method(panel: SetupPanel, id: str) -> None:
    panel._method.list().chosen.emit(id)


def test_a_recipe_fills_untouched_fields_and_leaves_touched_ones(panel: SetupPanel, qtbot: QtBot) -> None:
    type_into(qtbot, panel, "optim.weight_decay", "0.5")
    choose_method(panel, "byol")
    draft = panel.draft()
    assert draft["method"]["id"] == "byol"
    assert draft["optim"] == {"weight_decay": 0.5}, "the rate is left to what follows optimiser and recipe"
    assert panel.form.value("optim.lr") == 0.004
    choose_method(panel, "simclr")
    assert panel.draft()["optim"] == {"weight_decay": 0.5}
    assert panel.form.value("optim.lr") == 0.002


def test_the_second_set_is_asked_for_by_methods_that_need_one_alone(panel: SetupPanel, qtbot: QtBot) -> None:
    assert not panel.form.row("data.other").relevant
    choose_method(panel, "cut")
    assert panel.form.row("data.other").relevant
    assert panel.form.value("data.other") == "orange_shapes"
    assert panel.draft()["data"] == {"source": "blue_shapes", "other": "orange_shapes"}
    type_into(qtbot, panel, "data.other", "/photographs")
    assert panel.given()["data"]["other"] == "/photographs"
    choose_method(panel, "simclr")
    assert not panel.form.row("data.other").relevant
    assert panel.form.value("data.source") == "shapes"


def test_a_method_with_an_encoder_of_its_own_shows_no_settings_of_encoders(panel: SetupPanel) -> None:
    def shown() -> list[str]:
        return [key for key in panel.form.keys() if key.startswith("backbone.") and panel.form.row(key).relevant]  # noqa: SIM118

    assert "backbone.name" in shown()
    choose_method(panel, "cut")
    assert shown() == []
    assert not panel.form._groups["backbone"].isVisible()
    choose_method(panel, "simclr")
    assert "backbone.name" in shown()
    assert panel.form._groups["backbone"].isVisible()


def test_the_data_of_a_recipe_are_described(panel: SetupPanel, asking: Asking) -> None:
    def described() -> str:
        return [question.data["source"] for question in asking.questions if isinstance(question, DescribeData)][-1]

    assert described() == "shapes"
    choose_method(panel, "cut")
    assert described() == "blue_shapes"
    choose_method(panel, "simclr")
    assert described() == "shapes"


def choose(panel: SetupPanel, key: str, value: Any) -> None:
    """As a person does it."""
    editor = panel.form.row(key).editor
    editor.set_value(value)
    editor.edited.emit()


def test_the_rate_follows_the_optimiser_and_the_batch_until_it_is_set(panel: SetupPanel, qtbot: QtBot) -> None:
    choose(panel, "optim.name", "lars")
    assert panel.form.value("optim.lr") == 0.3
    choose(panel, "train.batch", 64)
    assert panel.form.value("optim.lr") == 0.075
    assert "lr" not in panel.given()["optim"]
    choose(panel, "optim.name", "adamw")
    assert panel.form.value("optim.lr") == 0.002
    choose_method(panel, "byol")
    assert panel.form.value("optim.lr") == 0.004, "the recipe's"
    type_into(qtbot, panel, "optim.lr", "0.5")
    choose(panel, "optim.name", "sgd")
    assert panel.form.value("optim.lr") == 0.5
    assert panel.draft()["optim"]["lr"] == 0.5


@pytest.mark.parametrize("method", ["simclr", "byol"])
def test_a_config_that_names_its_rate_keeps_it(panel: SetupPanel, method: str) -> None:
    """An older run's LARS had AdamW's rate."""
    panel.set_draft({"method": {"id": method}, "optim": {"name": "lars", "lr": 0.002}})
    assert panel.form.value("optim.lr") == 0.002
    assert panel.given()["optim"] == {"name": "lars", "lr": 0.002}
    panel.set_draft({"method": {"id": method}, "optim": {"name": "lars"}})
    assert panel.form.value("optim.lr") == 0.3
    assert panel.given()["optim"] == {"name": "lars"}


def test_what_should_be_known_before_the_start_stands_below_the_form(panel: SetupPanel) -> None:
    panel._checked(Checked(notes=(Note("views.groups", NO_LOCAL_VIEWS, {"method": "SimCLR", "left": "8"}),)))
    notes = panel.messages.notes
    assert notes.isVisibleTo(panel)
    assert notes.text() == "SimCLR takes no local views. Not drawn: 8."
    panel._checked(Checked())
    assert not notes.isVisibleTo(panel)


def test_views_of_the_augmentation_card_join_the_draft_until_the_method_changes(panel: SetupPanel) -> None:
    views = {"preset": "simclr", "groups": [{"count": 2, "crop_min": 0.3}]}
    panel.set_views(views)
    assert panel.draft()["views"] == views
    choose_method(panel, "byol")
    assert panel.draft()["views"] == {"preset": "byol"}


def test_a_draft_goes_in_and_comes_out(panel: SetupPanel) -> None:
    draft = {
        "method": {"id": "byol", "temperature": 0.1},
        "data": {"source": "digits", "count": 50},
        "train": {"batch": 32, "device": "cuda:3"},
        "views": {"preset": "byol", "groups": [{"count": 2}]},
    }
    panel.set_draft(draft)
    given = panel.given()
    assert given == draft
    panel.set_draft({})
    assert panel.given() == {"method": {"id": "simclr"}, "data": {"source": "shapes"}}


def test_hyper_parameters_wait_for_the_form_of_their_method(panel: SetupPanel, asking: Asking) -> None:
    asking.wait = True
    panel.set_draft({"method": {"id": "byol", "temperature": 0.1}})
    assert not panel.ready
    assert panel.draft()["method"] == {"id": "byol", "temperature": 0.1}
    for reply in list(asking.waiting):
        reply()
    assert panel.ready
    assert panel.form.value("method.temperature") == 0.1


def test_the_answer_for_a_method_that_was_left_again_is_not_taken(panel: SetupPanel, asking: Asking) -> None:
    asking.wait = True
    choose_method(panel, "byol")
    choose_method(panel, "mae")
    asking.waiting[0]()
    assert panel.draft()["method"]["id"] == "mae"
    assert not panel.ready


def test_start_leads_to_what_is_wrong_instead_of_starting(panel: SetupPanel, qtbot: QtBot) -> None:
    started: list[dict[str, Any]] = []
    panel.startAsked.connect(started.append)
    type_into(qtbot, panel, "train.batch", "1")
    panel.start()
    assert started == []
    listed = [button for button in panel.findChildren(QPushButton, "problem") if not button.isHidden()]
    assert [button.toolTip() for button in listed] == ["Batch must be at least 2 and at most 65536. Got 1."]
    type_into(qtbot, panel, "train.batch", "64")
    panel.start()
    assert started[0]["train"] == {"batch": 64}


def test_problems_found_by_the_engine_stand_at_their_field(panel: SetupPanel, asking: Asking, qtbot: QtBot) -> None:
    asking.answers.problems = (("backbone.name", "backbone.name must be a ViT for mae. Got 'resnet18'. Choose one of them."),)
    choose_method(panel, "mae")
    qtbot.waitUntil(lambda: "backbone.name" in panel.form.problems())
    row = panel.form.row("backbone.name")
    assert row.complaint in row.editor.toolTip()
    button = next(button for button in panel.findChildren(ProblemButton) if button.isVisible())
    assert button.text().startswith("Backbone must be a ViT for mae.")
    button.click()
    assert panel.form.row("backbone.name").editor.isVisible()


def test_nothing_is_downloaded_unasked(panel: SetupPanel, asking: Asking, tmp_path: Path) -> None:
    before = len([one for one in asking.questions if isinstance(one, DescribeData)])
    panel.set_draft({"data": {"source": "cifar10", "root": str(tmp_path)}})
    assert len([one for one in asking.questions if isinstance(one, DescribeData)]) == before
    assert panel.data_card.act_button.isVisible()
    assert "170 MB" in panel.data_card.text
    panel.data_card.act_button.click()
    assert asking.questions[-1] == DescribeData({"source": "cifar10", "root": str(tmp_path)})


def test_the_methods_can_be_searched(panel: SetupPanel) -> None:
    methods = MethodList(panel)
    assert methods.search("") == len(CATALOGUE)
    assert methods.search("grill 2020") == 1
    assert methods.search("masked") == len(
        [entry for entry in CATALOGUE if "masked" in f"{entry.family} {entry.paper} {entry.line}".lower()]
    )
    assert methods.search("no such thing") == 0


def ids(methods: MethodList) -> list[str]:
    return [methods._items.item(at).data(ID) for at in range(methods._items.count())]


def test_families_have_headings_and_go_from_old_to_new(panel: SetupPanel) -> None:
    methods = MethodList(panel)
    listed = ids(methods)
    assert sorted(id for id in listed if id) == sorted(row.id for row in CATALOGUE)
    rows = {row.id: row for row in CATALOGUE}
    families, years = [], []
    for id in listed:
        if not id:
            years.append([])
            continue
        years[-1].append(rows[id].year)
        families.append(rows[id].family)
    assert len(years) == len(dict.fromkeys(families)) == len(set(families))
    assert all(group == sorted(group) for group in years)
    heading = methods._items.itemWidget(methods._items.item(0)).findChild(QLabel)
    assert methods._items.item(0).sizeHint().height() >= heading.sizeHint().height() + 8
    assert heading.text() == f"Contrastive · {families.count('contrastive')}"


def test_what_learns_from_labels_says_so_before_it_is_chosen(panel: SetupPanel) -> None:
    methods = MethodList(panel)
    few, every = (sum(row.labels == kind for row in CATALOGUE) for kind in ("few", "all"))
    assert few
    assert methods.search("uses labels") == few + every

    def tags(look: str) -> list[str]:
        widgets = [methods._items.itemWidget(methods._items.item(at)) for at in range(methods._items.count())]
        return [label.text() for widget in widgets for label in widget.findChildren(QLabel, look)]

    assert sorted(tags("warningTag")) == ["uses a few labels"] * few + ["uses labels"] * every
    assert methods.search("never trained") == 1
    assert tags("tag") == ["learns nothing"]


def test_keys_lead_through_the_list(panel: SetupPanel, qtbot: QtBot) -> None:
    methods = MethodList(panel)
    qtbot.addWidget(methods)
    taken: list[str] = []
    methods.chosen.connect(taken.append)
    listed = ids(methods)
    second = listed.index("", 1)
    for keys, id in (
        ((Qt.Key.Key_Down,), listed[2]),
        ((Qt.Key.Key_PageDown,), listed[second + 1]),
        ((Qt.Key.Key_Up,), listed[second - 1]),
        ((Qt.Key.Key_PageUp,), listed[1]),
    ):
        for key in keys:
            qtbot.keyClick(methods._search, key)
        qtbot.keyClick(methods._search, Qt.Key.Key_Return)
        assert taken[-1] == id


def test_every_method_s_line_links_to_its_paper_where_there_is_one(panel: SetupPanel) -> None:
    for row in CATALOGUE:
        choose_method(panel, row.id)
        text = panel.messages.line.text()
        assert (f'href="{row.url}"' in text) == bool(row.url), row.id
        assert (row.cited in text) == bool(row.authors) or not row.authors, row.id
        assert ("learns from class labels" in text) == (row.labels == "all"), row.id
        assert ("learns from a few class labels" in text) == (row.labels == "few"), row.id
        assert ", 0" not in text, row.id


def test_encoders_that_a_method_cannot_train_are_greyed(panel: SetupPanel) -> None:
    def able() -> list[str]:
        combo = panel.form.row("backbone.name").editor.focusProxy()
        assert isinstance(combo, QComboBox)
        return [combo.itemText(at) for at in range(combo.count()) if combo.model().item(at).isEnabled()]

    every = able()
    choose_method(panel, "mae")
    assert able() == [name for name in every if name.startswith("vit") or name.endswith("…")]
    choose_method(panel, "simclr")
    assert able() == every


def test_an_encoder_of_a_library_is_chosen_from_a_table(panel: SetupPanel, qtbot: QtBot) -> None:
    editor = panel.form.row("backbone.name").editor
    assert isinstance(editor, EncoderEditor)
    choose_method(panel, "mae")
    combo = editor.focusProxy()
    assert isinstance(combo, QComboBox)
    combo.setCurrentIndex(combo.count() - 1)
    combo.activated.emit(combo.count() - 1)
    table = editor.table()
    assert table.isVisible()
    # The choice is only made in the table.
    assert (editor.value(), combo.currentText()) == ("resnet10_narrow", "resnet10_narrow")
    assert table.search("torchvision nothing") == 0
    assert table.about.text() == "No encoder matches."
    assert table.search("torchvision convnext_tiny") == 1
    assert [table.rows.item(0, column).text() for column in range(5)] == ["torchvision/convnext_tiny", "27.8", "768", "224", "32"]
    assert "Every method can train it but" in table.about.text()
    assert "MAE" in table.about.text()
    qtbot.keyClick(table.search_line, Qt.Key.Key_Return)
    assert table.isVisible()  # MAE cannot train it
    assert table.search("torchvision vit_b_16") == 1
    qtbot.keyClick(table.search_line, Qt.Key.Key_Return)
    assert not table.isVisible()
    assert (editor.value(), combo.currentText()) == ("torchvision/vit_b_16", "torchvision/vit_b_16")
    assert panel.given()["backbone"] == {"name": "torchvision/vit_b_16"}


def test_a_clone_keeps_the_code_of_its_encoder_until_the_file_is_chosen_again(panel: SetupPanel) -> None:
    copied = {"name": "/a/net.py:Net", "sha256": "0" * 64, "text": "x"}
    panel.set_draft({"backbone": {"name": "/a/net.py:Net", "module": copied}})
    assert panel.given()["backbone"] == {"name": "/a/net.py:Net", "module": copied}
    panel.form.row("backbone.name").editor.edited.emit()
    assert panel.given()["backbone"] == {"name": "/a/net.py:Net"}


def test_the_paper_s_recipe_is_among_the_presets(panel: SetupPanel) -> None:
    choose_method(panel, "moco_v2")
    menu = PresetMenu(panel.given, panel)
    menu.chosen.connect(lambda config, title: panel.set_draft(config))

    def action() -> QAction:
        menu.aboutToShow.emit()
        return next(one for one in menu.actions() if one.text() == "The paper's recipe")

    action().trigger()
    given = panel.given()
    assert (given["optim"]["name"], given["optim"]["lr"], given["train"]["epochs"]) == ("sgd", 0.03, 200)
    assert [group["size"] for group in given["views"]["groups"]] == [224]
    choose_method(panel, "random")
    assert not action().isEnabled()
    assert "nothing is trained" in action().toolTip()


def test_a_method_without_settings_has_no_head_for_them(panel: SetupPanel) -> None:
    group = panel.form._groups
    assert group["method"].isVisible()
    choose_method(panel, "random")
    assert not group["method"].isVisible()
    choose_method(panel, "simclr")
    assert group["method"].isVisible()


def test_search_over_all_settings(panel: SetupPanel, qtbot: QtBot) -> None:
    panel._search.setText("weight decay")
    assert panel.form.row("optim.weight_decay").editor.isVisible()
    assert not panel.form.row("train.batch").editor.isVisible()


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("resolution", "data.size"),
        ("lr", "optim.lr"),
        ("learning rate", "optim.lr"),
        ("length", "train.epochs"),
        ("epochs", "train.epochs"),
        ("seed", "train.seed"),
        ("gpu", "train.device"),
        ("optimizer", "optim.name"),
        ("batch size", "train.batch"),
    ],
)
def test_a_search_finds_a_setting_by_other_words(query: str, key: str, panel: SetupPanel) -> None:
    panel._search.setText(query)
    assert panel.form.row(key).editor.isVisible()


def test_a_search_reaches_the_augmentation_card(panel: SetupPanel, qtbot: QtBot) -> None:
    def listed() -> list[str]:
        return [button.text() for button in panel._elsewhere.findChildren(QPushButton) if button.isVisible()]

    assert listed() == []
    panel._search.setText("hue")
    assert listed() == ["Hue", "Hue, turn"]
    panel._search.setText("color jitter")
    assert listed() == ["Colour jitter, probability", "Brightness", "Contrast", "Saturation", "Hue"]
    button = next(one for one in panel._elsewhere.findChildren(QPushButton) if one.text() == "Hue")
    with qtbot.waitSignal(panel.settingAsked) as signal:
        button.click()
    assert signal.args == ["views.groups.0.hue"]


# Undo and redo


def test_a_field_is_undone_and_done_again(panel: SetupPanel, qtbot: QtBot) -> None:
    choose(panel, "train.batch", 64)
    choose(panel, "optim.name", "lars")
    assert panel.history.undo_title == "Optimiser"
    panel.undo()
    assert (panel.form.value("optim.name"), panel.form.value("train.batch")) == ("adamw", 64)
    assert (panel.history.undo_title, panel.history.redo_title) == ("Batch", "Optimiser")
    panel.undo()
    assert panel.given() == {"method": {"id": "simclr"}, "data": {"source": "shapes"}}
    assert panel.history.undo_title == ""
    panel.redo()
    panel.redo()
    assert panel.given()["optim"] == {"name": "lars"}
    assert panel.form.value("optim.lr") == 0.075


def test_a_method_is_undone_with_the_settings_that_it_had(panel: SetupPanel, qtbot: QtBot) -> None:
    views = {"preset": "weak", "groups": [{"count": 2, "crop_min": 0.3}]}
    panel.set_views(views)
    choose(panel, "method.temperature", 0.4)
    before = panel.given()
    choose_method(panel, "random")
    assert "views" not in panel.given()
    panel.undo()
    assert panel.given() == before
    assert panel.form.value("method.temperature") == 0.4
    panel.redo()
    assert panel.given()["method"] == {"id": "random"}


def test_undo_does_not_wait_for_the_forms_of_methods(panel: SetupPanel, asking: Asking) -> None:
    choose(panel, "method.temperature", 0.4)
    before = panel.given()
    asking.wait = True
    choose_method(panel, "byol")
    choose_method(panel, "random")
    panel.undo()
    panel.undo()
    for reply in list(asking.waiting):
        reply()
    assert panel.given() == before
    assert panel.ready


def test_a_preset_a_run_and_a_reset_are_one_step_each(panel: SetupPanel) -> None:
    choose(panel, "train.epochs", 7)
    first = panel.given()
    panel.set_draft({"method": {"id": "byol"}, "train": {"batch": 32}}, "Preset A")
    panel.take_request(UseDraft({"method": {"id": "simclr"}, "optim": {"clip": 1.0}}))
    panel.set_draft({}, "Reset everything")
    titles = []
    while panel.history.undo_title:
        titles.append(panel.history.undo_title)
        panel.undo()
        if len(titles) == 3:
            assert panel.given() == first
    assert titles == ["Reset everything", "Settings of another run", "Preset A", "Epochs"]


def test_views_are_undone_and_shown_by_the_augmentation_card(panel: SetupPanel, qtbot: QtBot) -> None:
    base = [group.model_dump(mode="json") for group in groups("simclr")]
    panel.set_views({"preset": "simclr", "groups": [{**base[0], "hue": 0.3}]})
    assert panel.history.undo_title == "Hue (views)"
    panel.set_views({"preset": "byol", "groups": [{**base[0], "hue": 0.3}]})
    assert panel.history.undo_title == "Preset (views)"
    drafts: list[dict[str, Any]] = []
    panel.draftChanged.connect(drafts.append)
    panel.undo()
    assert drafts[-1]["views"]["groups"][0]["hue"] == 0.3
    panel.undo()
    assert "views" not in panel.given()


def test_keys_of_undo_in_a_field_undo_the_setting_and_not_its_letters(panel: SetupPanel, qtbot: QtBot) -> None:
    undone: list[bool] = []
    shortcut = QShortcut(QKeySequence("Ctrl+Z"), panel)
    shortcut.activated.connect(lambda: undone.append(True))
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    type_into(qtbot, panel, "train.batch", "64")
    line = panel.form.row("train.batch").editor.focusProxy()
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == [True]
    assert panel.form.value("train.batch") == 64


def test_what_was_restored_cannot_be_undone(panel: SetupPanel) -> None:
    choose(panel, "train.batch", 64)
    settings = QSettings()
    panel.save(settings)
    panel.set_draft({})
    panel.restore(settings)
    assert panel.given()["train"] == {"batch": 64}
    assert panel.history.undo_title == ""


def parse(line: str) -> dict[str, Any]:
    import shlex

    words = shlex.split(line)
    assert words[:4] == ["python", "-m", "engine", "train"]
    given: dict[str, Any] = {"train": {}}
    settings = []
    for name, value in zip(words[4::2], words[5::2], strict=True):
        if name == "--method":
            given["method"] = {"id": value}
        elif name == "--data":
            given["data"] = {"source": value}
        elif name == "--set":
            settings.append(value)
        else:
            given["train"][name.removeprefix("--")] = yaml.safe_load(value)
    return merge(given, assignments(settings))


def test_the_command_line_says_the_same_as_the_draft() -> None:
    base = [group.model_dump(mode="json") for group in groups("byol")]
    changed = merge({"groups": base}, {"groups": {1: {"flip": 0.0}}})["groups"]
    draft = {
        "method": {"id": "byol", "temperature": 0.1},
        "data": {"source": "my pictures/all", "count": 50},
        "train": {"epochs": 3, "seed": 4, "batch": 32},
        "optim": {"lr": 1e-5},
        "monitor": {"pictures": False},
        "views": {"preset": "byol", "groups": changed},
    }
    parsed = parse(command_line(draft))
    assert parsed.pop("views") == {"preset": "byol", "groups": {1: {"flip": 0.0}}}
    assert parsed == {key: value for key, value in draft.items() if key != "views"}


def test_yaml_comes_back_as_it_went() -> None:
    draft = {"method": {"id": "mae"}, "views": {"groups": ({"count": 1},)}, "notes": "größer"}
    assert yaml.safe_load(yaml_text(draft)) == {"method": {"id": "mae"}, "views": {"groups": [{"count": 1}]}, "notes": "größer"}


def test_presets_that_ship_name_what_exists() -> None:
    listed = preset_files.presets(Path("/nowhere"))
    assert len(listed) >= 5
    known = {source.id for source in SOURCES}
    for preset in listed:
        config = preset.config()
        assert config["method"]["id"] in {entry.id for entry in CATALOGUE}
        # That for one's own photographs leaves the data to the user.
        assert config["data"].get("source", "shapes") in known
        assert config.get("views", {}).get("preset", "simclr") in PRESETS


def test_own_presets_are_kept_and_listed_after_those_that_ship(tmp_path: Path) -> None:
    preset_files.save("My digits!", {"data": {"source": "digits"}}, tmp_path)
    last = preset_files.presets(tmp_path)[-1]
    assert (last.title, last.own, last.config()) == ("My digits!", True, {"data": {"source": "digits"}})
    with pytest.raises(ConfigError, match="preset must be"):
        preset_files.save("  ", {}, tmp_path)


@pytest.mark.parametrize(
    "draft",
    [
        [1],
        "text",
        {"method": [1], "data": 3},
        {"method": None, "views": "simclr"},
        {"train": {"batch": 10**40, "seed": -(2**70)}, "optim": {"lr": float("nan"), "schedule": 2**64}},
        {"optim": {"lr": float("inf"), "schedule": ["cosine"]}, "tags": 5},
        {"train": 3, "backbone": {"name": {"a": 1}}, "name": ["x"]},
    ],
    ids=str,
)
def test_a_draft_that_anyone_may_have_written_is_shown_as_far_as_it_is_one(panel: SetupPanel, draft: Any) -> None:
    panel.set_draft(draft)
    assert isinstance(panel.given(), dict)
    assert panel.given()["method"]["id"] == "simclr"
    panel.set_draft({"train": {"batch": 32}})
    assert panel.given()["train"]["batch"] == 32


def test_a_number_beyond_what_qt_knows_is_told_to_whoever_listens(panel: SetupPanel, qtbot: QtBot) -> None:
    drafts = list[dict[str, Any]]()
    panel.draftChanged.connect(drafts.append)
    panel.set_draft({"train": {"batch": 10**30}})
    assert drafts[-1]["train"]["batch"] == 10**30


def test_a_long_title_of_a_method_has_two_lines_or_ends_in_an_ellipsis_and_its_tooltip_has_it(qtbot):
    editor = MethodEditor()
    qtbot.addWidget(editor)
    editor.set_value("background_augmentation")
    editor.show()
    for width, text in (
        (400, "Background augmentation"),
        (143, "Background\naugmentation"),
        (60, ""),
        (400, "Background augmentation"),
    ):
        editor.resize(width, 30)
        assert not text or editor._button.text() == text
        assert ("Background augmentation" in editor._button.toolTip()) == (not text)
    # The button is as high as its lines.
    heights = []
    for width in (400, 143):
        editor.resize(width, 30)
        heights.append(editor._button.sizeHint().height())
    assert heights[1] >= heights[0] + editor._button.fontMetrics().height() - 2


def test_a_run_is_chosen_as_teacher_and_stays_in_the_draft(
    panel: SetupPanel, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def form(question: DescribeMethod) -> MethodForm:
        return MethodForm(question.id, *method_form(question.id))

    monkeypatch.setattr(asking.answers, "_DescribeMethod", form)
    runs = [("/runs/a", "DINO · shapes · s0")]
    panel.form.set_runs(lambda: runs)
    teacher = {"run": "/runs/a", "epoch": 3, "backbone": {"name": "vit_micro"}, "size": 32}
    panel.set_draft({"method": {"id": "feature_distillation", "teacher": teacher}})
    assert panel.form.value("method.teacher.run") == "/runs/a"
    # Its encoder and size follow the run: they are found again when the draft is checked.
    assert panel.draft()["method"]["teacher"] == {"run": "/runs/a", "epoch": 3}
    # A config file may name the folder alone.
    for _ in range(2):  # the second time the method's form is there
        panel.set_draft({"method": {"id": "feature_distillation", "teacher": "/runs/b"}})
        assert panel.draft()["method"]["teacher"] == {"run": "/runs/b"}
    # The setting of the same name of another method is a text.
    panel.set_draft({"method": {"id": "simclr_v2", "teacher": "resnet18"}})
    assert panel.draft()["method"]["teacher"] == "resnet18"
