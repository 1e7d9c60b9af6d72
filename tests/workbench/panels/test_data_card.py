"""The Data card: what was understood is said in words, data are chosen from a list, and buttons change the settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.data.describe import DataDescription
from engine.data.source_table import SOURCES
from tests.workbench.panels.test_setup import Asking
from tests.workbench.stand_ins import StandInAnswers, description_of
from workbench.bridge.data_questions import DataInfo, DescribeData, SurveyData
from workbench.bridge.question import Question
from workbench.bridge.size_questions import CompareSizes, SizeTime
from workbench.panels.setup import data_words
from workbench.panels.setup.data_card import ROOMY
from workbench.panels.setup.data_picker import SOURCE, DataList, with_recent
from workbench.panels.setup.panel import SetupPanel
from workbench.requests import ChooseData


class Folder(StandInAnswers):
    """Answers with a folder: `about` before its images are decoded, the same afterwards with `unreadable` files."""

    def __init__(self, about: DataDescription) -> None:
        super().__init__()
        self.about = about
        self.unreadable: tuple[str, ...] = ()
        self.times: tuple[SizeTime, ...] = ()

    def _SurveyData(self, question: SurveyData) -> Any:
        return replace(self.about, decoded=False)

    def _DescribeData(self, question: DescribeData) -> Any:
        about, none = self.about, np.zeros((0, 2), np.int64)
        opened = replace(about, decoded=True, unreadable=self.unreadable, originals=none, meanings={}, suggested="")
        return DataInfo(about.name, about.size, 1, 1, 1, about.classes, (), self.unreadable, description=opened)

    def _CompareSizes(self, question: CompareSizes) -> Any:
        return self.times if question.wanted else ()


def panel_of(qtbot: QtBot, asking: Asking) -> SetupPanel:
    made = SetupPanel(asking)
    qtbot.addWidget(made)
    made.resize(300, ROOMY + 100)
    made.show()
    made.begin()
    return made


def photos(**more: Any) -> DataDescription:
    given = {
        "name": "photos",
        "images": 400,
        "size": 128,
        "classes": ("bird", "cat"),
        "counts": np.array([160, 240]),
        "splits": {"train": 400},
        "traits": frozenset({"folders", "no validation split", "no test split"}),
        "originals": np.array([(4000, 3000)] * 3 + [(3000, 4000)]),
        **more,
    }
    return description_of(**given)


@pytest.fixture
def asking() -> Asking:
    return Asking()


@pytest.fixture
def folder(asking: Asking) -> Folder:
    asking.answers = Folder(photos())
    return asking.answers


def test_a_folder_is_described_in_words(qtbot: QtBot, asking: Asking, folder: Folder) -> None:
    panel = panel_of(qtbot, asking)
    folder.unreadable = ("cat/1.png: damaged",)
    panel.take_request(ChooseData("/data/photos"))
    text = panel.data_card.text
    assert "400 images · 2 classes · 1 not read · 128 px" in text
    assert "bird 160, cat 240" in text
    # What only the files say is kept when the images are decoded.
    assert "the short side is scaled to 128 px" in text
    assert "25 % lost" in text
    assert len(panel.data_card.samples.cells) == 3
    assert panel.draft()["data"]["source"] == "/data/photos"


def test_the_card_says_what_the_data_bring_beside_images(qtbot: QtBot, asking: Asking, folder: Folder) -> None:
    panel = panel_of(qtbot, asking)
    panel.take_request(ChooseData("/data/photos"))
    assert "Beside images" not in panel.data_card.text
    folder.about = photos(name="pets", columns=("boxes", "captions"))
    panel.take_request(ChooseData("/data/pets"))
    assert "Beside images: captions, boxes." in panel.data_card.text
    targets = {"hat": True, "age": False, "glasses": True}
    folder.about = photos(name="people", columns=("boxes",), targets=targets)
    panel.take_request(ChooseData("/data/people"))
    assert "Beside images: boxes, labels an image: 2 (hat, glasses), numbers: 1 (age)." in panel.data_card.text
    rows = {row.id: data_words.about_source(row) for row in SOURCES}
    assert rows["scenes"].endswith("64 px · captions, masks, class maps, boxes".replace(", ", " · "))
    assert rows["digits"].endswith("32 px")


def test_the_survey_is_shown_while_the_images_are_decoded(qtbot: QtBot, asking: Asking, folder: Folder) -> None:
    panel = panel_of(qtbot, asking)
    asking.wait = True
    panel.take_request(ChooseData("/data/photos"))
    survey, describe = asking.questions[-2:]
    assert isinstance(survey, SurveyData)
    assert isinstance(describe, DescribeData)
    asking.waiting[-2]()
    assert "400 images" in panel.data_card.text
    assert panel.data_card.state == "reading"


def test_settings_without_effect_on_the_data_are_hidden(qtbot: QtBot, asking: Asking, folder: Folder) -> None:
    panel = panel_of(qtbot, asking)
    panel.form.open_section("data")
    folder.about = description_of()
    panel.take_request(ChooseData("simple_shapes"))
    assert panel.form.row("data.count").editor.isVisible()
    folder.about = photos(own_splits=("train", "test"), traits=frozenset({"folders", "no validation split"}))
    panel.take_request(ChooseData("/data/photos"))
    assert not panel.form.row("data.count").editor.isVisible()
    assert panel.form.row("data.validation").editor.isVisible()
    assert not panel.form.row("data.test").relevant


def test_folders_one_level_down_are_offered(qtbot: QtBot, asking: Asking, folder: Folder) -> None:
    panel = panel_of(qtbot, asking)
    meanings = {"classes": ("images",), "inner": ("bird", "cat"), "nothing": ()}
    folder.about = photos(classes=(), counts=np.zeros(0, np.int64), unlabelled=400, meanings=meanings, suggested="inner")
    panel.take_request(ChooseData("/data/photos"))
    assert "The 2 folders one level down look like the classes: bird, cat" in panel.data_card.text
    panel.data_card.act_button.click()
    assert panel.draft()["data"]["folders"] == "inner"
    questions = [one for one in asking.questions if isinstance(one, (SurveyData, DescribeData))]
    assert [one.data["folders"] for one in questions[-2:]] == ["inner", "inner"]


def test_a_size_that_takes_long_is_named_with_a_button(qtbot: QtBot, asking: Asking, folder: Folder) -> None:
    panel = panel_of(qtbot, asking)
    folder.times = (SizeTime(128, 4980.0), SizeTime(32, 360.0))
    panel.take_request(ChooseData("/data/photos"))
    qtbot.waitUntil(lambda: "1 h 23 min" in panel.data_card.text, timeout=5000)
    assert "128 px takes about 1 h 23 min on this CPU, 32 px about 6 min 00 s." in panel.data_card.text
    panel.data_card.act_button.click()
    assert panel.draft()["data"]["size"] == 32


def test_nothing_is_measured_while_a_run_trains_or_for_small_images(qtbot: QtBot, asking: Asking, folder: Folder) -> None:
    panel = panel_of(qtbot, asking)
    panel.training_changed("running")
    panel.take_request(ChooseData("/data/photos"))
    assert not panel._advice._soon.isActive()
    panel.training_changed("")
    assert panel._advice._soon.isActive()
    folder.about = photos(size=32)
    panel.take_request(ChooseData("/data/small"))
    assert not panel._advice._soon.isActive()


def test_recent_data_are_kept_for_the_next_start(qtbot: QtBot, asking: Asking, folder: Folder, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    panel = panel_of(qtbot, asking)
    for source in ("/data/photos", "digits", "/data/more, or less", "/data/photos"):
        panel.take_request(ChooseData(source))
    panel.save(settings)
    other = SetupPanel(asking)
    qtbot.addWidget(other)
    other.restore(settings)
    assert other.data_card.source.recent == ("/data/photos", "/data/more, or less")
    settings.setValue("data/recent", "{broken")
    other.restore(settings)
    assert other.data_card.source.recent == ()


def test_recent_data_are_few_and_without_named_sets() -> None:
    recent: tuple[str, ...] = ()
    for k in range(20):
        recent = with_recent(recent, f"/data/{k}")
    assert recent[0] == "/data/19"
    assert len(recent) == 8
    assert with_recent(recent, "shapes") == recent


def sources_in(listed: DataList) -> list[str]:
    return [source for at in range(listed._items.count()) if (source := listed._items.item(at).data(SOURCE))]


def test_the_list_has_recent_data_and_all_sets_and_takes_a_path(qtbot: QtBot, asking: Asking) -> None:
    panel = panel_of(qtbot, asking)
    listed = panel.data_card.source.list()
    listed.fill(("/data/photos",))
    assert sources_in(listed)[0] == "/data/photos"
    assert set(sources_in(listed)[1:]) == {row.id for row in SOURCES}
    assert listed.search("handwritten") == 2  # digits and MNIST
    assert listed.search("no such set") == 0
    listed._search.clear()
    qtbot.keyClicks(listed._search, "/data/other")
    qtbot.keyClick(listed._search, Qt.Key.Key_Return)
    assert panel.draft()["data"]["source"] == "/data/other"


def test_keys_move_in_the_list(qtbot: QtBot, asking: Asking) -> None:
    panel = panel_of(qtbot, asking)
    listed = panel.data_card.source.list()
    listed.fill(())
    first, second = sources_in(listed)[:2]
    assert listed._items.currentItem().data(SOURCE) == first
    qtbot.keyClick(listed._search, Qt.Key.Key_Down)
    assert listed._items.currentItem().data(SOURCE) == second


def test_a_set_that_is_not_here_says_its_size(qtbot: QtBot, asking: Asking, tmp_path: Path) -> None:
    panel = panel_of(qtbot, asking)
    listed = panel.data_card.source.list()
    listed.fill((), str(tmp_path))
    words = [listed._items.item(at).data(Qt.ItemDataRole.AccessibleTextRole) for at in range(listed._items.count())]
    assert "STL-10, 2.6 GB" in words
    assert "Digits, built in" in words


def test_the_samples_are_folded_where_there_is_little_room(qtbot: QtBot, asking: Asking) -> None:
    panel = panel_of(qtbot, asking)
    assert not panel.data_card.samples.isHidden()
    panel.resize(300, ROOMY - 40)
    qtbot.waitUntil(panel.data_card.samples.isHidden)
    panel.data_card._fold.click()
    assert not panel.data_card.samples.isHidden()
    panel.resize(300, ROOMY - 60)
    assert not panel.data_card.samples.isHidden(), "as the person wants it"


def test_details_list_every_class_and_every_file(qtbot: QtBot, asking: Asking, folder: Folder) -> None:
    panel = panel_of(qtbot, asking)
    folder.unreadable = tuple(f"cat/{k}.png: damaged" for k in range(30))
    panel.take_request(ChooseData("/data/photos"))
    panel.data_card.show_details()
    details = panel.data_card.details
    assert details is not None
    rows = [[details.classes.index(row, column).data() for column in (0, 1)] for row in range(details.classes.rowCount())]
    assert rows == [["bird", "160"], ["cat", "240"]]
    head, side = Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole
    for column, aligned in enumerate((Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)):
        assert details.classes.headerData(column, head, side) & aligned
    assert details.unread.rowCount() == 30
    details.classes.sort(1, Qt.SortOrder.DescendingOrder)
    assert details.classes.index(0, 0).data() == "cat"


def test_ten_thousand_classes_and_long_names(qtbot: QtBot, asking: Asking, folder: Folder) -> None:
    panel = panel_of(qtbot, asking)
    names = tuple(f"{'n' * 200} {k}" for k in range(10_000))
    folder.about = photos(classes=names, counts=np.full(10_000, 5), images=50_000)
    width = panel.minimumSizeHint().width()
    panel.take_request(ChooseData("/data/" + "x" * 200))
    assert "10,000 classes" in panel.data_card.text
    assert len(panel.data_card.text) < 4000
    assert panel.minimumSizeHint().width() == width
    panel.data_card.show_details()
    assert panel.data_card.details is not None
    assert panel.data_card.details.classes.rowCount() == 10_000


def test_scaling_in_words() -> None:
    square = photos(originals=np.array([(32, 32)] * 4), size=32)
    assert data_words.scaling(square) == "Used as they are, 32 px."
    squares = photos(originals=np.array([(96, 96), (512, 512)]), size=96)
    assert data_words.enlarged(squares) == ""
    assert data_words.scaling(squares) == "Files of 96 × 96 to 512 × 512 px, each scaled to 96 px."
    small = photos(originals=np.array([(20, 20), (64, 64), (64, 64), (64, 64)]), size=32)
    assert data_words.enlarged(small) == "25 % of the files are smaller and are enlarged."


def test_splits_in_words() -> None:
    counts = {"train": 300, "validation": 40, "test": 60}
    cut = photos(splits=counts, own_splits=("train",))
    assert data_words.splits(cut).endswith("Validation and test are cut from the training images.")
    half = photos(splits=counts, own_splits=("train", "test"))
    assert data_words.splits(half).endswith("test is the source's own, validation is cut from the training images.")
    assert data_words.splits(photos(splits=counts, own_splits=("train", "validation", "test"))).endswith("the source's own.")


def test_data_that_cannot_be_opened_are_a_problem_of_the_field(qtbot: QtBot, asking: Asking) -> None:
    class Broken(StandInAnswers):
        def __call__(self, question: Question, progress: Any, wanted: Any) -> Any:
            self.fail = {DescribeData, SurveyData} if getattr(question, "data", {}).get("source") == "/none" else set()
            return super().__call__(question, progress, wanted)

    asking.answers = Broken()
    panel = panel_of(qtbot, asking)
    panel.take_request(ChooseData("/none"))
    assert "cannot be opened" in panel.data_card.text
    assert isinstance(panel.data_card.source.focusProxy(), QPushButton)
    panel.take_request(ChooseData("shapes"))
    assert "6,000 images" in panel.data_card.text


def test_a_narrow_card_leaves_out_the_size_and_never_what_was_not_read(qtbot: QtBot, asking: Asking, folder: Folder) -> None:
    panel = panel_of(qtbot, asking)
    folder.unreadable = ("cat/1.png: damaged",)
    panel.take_request(ChooseData("/data/photos"))
    summary = panel.data_card._summary
    whole = summary.full_text
    width = summary.fontMetrics().horizontalAdvance
    summary.setFixedWidth(width(whole) - 4)
    qtbot.waitUntil(lambda: summary.text() == "400 images · 2 classes · 1 not read")
    summary.setFixedWidth(width("400 images · 2 classes · 1 not read") - 4)
    qtbot.waitUntil(lambda: summary.text() == "400 images · 1 not read")
