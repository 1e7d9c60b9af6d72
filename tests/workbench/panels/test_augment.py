"""The Augmentations panel: what it requests, what it shows, what it signals to the rest of the window."""

from dataclasses import replace

import numpy as np
import pytest
import yaml
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from engine.augment.presets import PRESETS
from engine.config.run import ViewsConfig
from tests.workbench.panels.on_screen import on_screen
from tests.workbench.stand_ins import HeldAsker
from workbench.bridge.view_questions import ComparePresets, PreviewViews, ViewsPreview
from workbench.panels.augment.overlap_line import OverlapLine
from workbench.panels.augment.panel import COMPARED, AugmentPanel
from workbench.panels.augment.strengths_card import titles_of


def preview_of(question):
    n, views, roles = len(question.rows), [], []
    for group in question.config["views"]["groups"]:
        roles += [group["role"]] * group["count"]
    views = tuple(np.full((n, 8, 8, 3), index, np.uint8) for index in range(len(roles)))
    boxes = tuple(np.tile([0.1 * index, 0.0, 0.1 * index + 0.5, 1.0], (n, 1)) for index in range(len(roles)))
    drawn = tuple(tuple({"flip": 1.0, "brightness": 0.875} for _ in range(n)) for _ in roles)
    return ViewsPreview(
        np.zeros((n, 8, 8, 3), np.uint8), views, boxes, drawn, tuple(roles), 3.0, shared=np.full(n, 2 / 3, np.float32)
    )


@pytest.fixture
def fake():
    return HeldAsker(preview_of)


def opened(qtbot, fake):
    return on_screen(qtbot, AugmentPanel(fake), 730, 640)


@pytest.fixture
def panel(qtbot, fake):
    return opened(qtbot, fake)


def start(panel, **views):
    panel.set_config({"data": {"source": "shapes"}, "views": views, "train": {"seed": 5}})


def test_a_partial_config_shows_the_presets_views(panel, fake):
    start(panel, preset="byol")
    config = fake.questions[-1].config["views"]
    assert ViewsConfig.model_validate(config).groups == PRESETS["byol"]
    assert len(panel.grid.cells) == 5 * 3
    assert panel.grid.columns == 3


def test_objects_are_outlined_on_request_where_the_data_have_them(panel, fake):
    start(panel, preset="byol")
    assert not panel.objects.isVisible(), "these data have no masks and no boxes"
    masks = tuple(np.full((5, 8, 8), image, np.bool_) for image in (True, False, True))
    corners = tuple(tuple(np.full((row, 4), 0.25 * image, np.float32) for row in range(5)) for image in range(3))
    fake.make = lambda question: replace(preview_of(question), masks=masks, objects=corners)
    panel.reroll.click()
    assert panel.objects.isVisible()
    assert all(cell.mask is None for cell in panel.grid.cells)
    panel.objects.click()
    for number, cell in enumerate(panel.grid.cells):
        row, image = divmod(number, 3)
        assert cell.mask.all() == (image != 1)
        own = [box for box in cell.boxes if (box.x0, box.x1) == (0.25 * image, 0.25 * image)]
        assert len(own) == row


def test_nothing_is_asked_before_there_is_a_config(panel, fake):
    panel.reroll.click()
    assert not fake.questions


def test_showing_a_config_says_nothing_to_the_window(qtbot, panel):
    with qtbot.assertNotEmitted(panel.viewsChanged):
        start(panel, preset="swav")


def test_a_slider_says_its_value_and_asks_anew(qtbot, panel, fake):
    start(panel, preset="simclr")
    with qtbot.waitSignal(panel.viewsChanged) as signal:
        panel.strengths.rows()["crop_min"].editor.slider.setValue(30)
    assert signal.args[0]["groups"][0]["crop_min"] == pytest.approx(0.3)
    assert fake.questions[-1].config["views"] == signal.args[0]
    ViewsConfig.model_validate(signal.args[0])


def test_a_bound_takes_the_other_along(panel):
    start(panel, preset="swav")
    panel.strengths.rows()["crop_min"].editor.slider.setValue(50)
    panel.strengths.rows()["crop_max"].editor.slider.setValue(20)
    group = panel.strengths.views["groups"][0]
    assert (group["crop_min"], group["crop_max"]) == (0.2, 0.2)


def test_every_slider_keeps_within_the_configs_bounds(panel):
    start(panel, preset="dino")
    for index in (0, 2):
        panel.strengths._show_group(index)
        for row in list(panel.strengths.rows().values()):
            if hasattr(row.editor, "slider"):
                row.editor.slider.setValue(row.editor.slider.minimum())
                ViewsConfig.model_validate(panel.strengths.views)
                row.editor.slider.setValue(row.editor.slider.maximum())
                ViewsConfig.model_validate(panel.strengths.views)


def test_one_question_at_a_time_and_the_newest_wins(qtbot):
    fake = HeldAsker(preview_of, at_once=False)
    panel = opened(qtbot, fake)
    start(panel, preset="simclr")
    slider = panel.strengths.rows()["flip"].editor.slider
    for value in (10, 20, 30, 90):
        slider.setValue(value)
    assert len(fake.questions) == 1
    fake.reply()
    assert len(fake.questions) == 2
    assert fake.questions[1].config["views"]["groups"][0]["flip"] == pytest.approx(0.9)
    fake.reply()
    assert len(fake.questions) == 2


def test_a_locked_seed_stays_and_an_unlocked_one_moves(panel, fake):
    start(panel, preset="simclr")
    seed = fake.questions[-1].seed
    panel.strengths.rows()["flip"].editor.slider.setValue(10)
    assert fake.questions[-1].seed == seed
    panel.lock.setChecked(False)
    seeds = set()
    for value in (20, 30, 40):
        panel.strengths.rows()["flip"].editor.slider.setValue(value)
        seeds.add(fake.questions[-1].seed)
    assert len(seeds | {seed}) > 1


def test_a_step_takes_the_seed_of_the_run(panel, fake):
    start(panel, preset="simclr")
    panel.step.setValue(1234)
    assert (fake.questions[-1].step, fake.questions[-1].seed) == (1234, 5)
    assert "1,234" in panel.views_card.state
    panel.reroll.click()
    assert fake.questions[-1].step is None


def test_samples_and_other_images(panel, fake):
    start(panel, preset="simclr")
    panel.samples.setValue(3)
    assert fake.questions[-1].rows == (0, 1, 2)
    panel.others.click()
    assert fake.questions[-1].rows == (3, 4, 5)


def test_more_room_shows_more_samples(qtbot, panel, fake):
    start(panel, preset="simclr")
    before = len(fake.questions[-1].rows)
    panel.resize(1600, 900)
    qtbot.waitUntil(lambda: len(fake.questions[-1].rows) > before, timeout=3000)
    assert panel.grid.columns in (6, 9)
    assert [box.colour for box in panel.grid.cells[0].boxes] == [box.colour for box in panel.grid.cells[3].boxes]


def test_past_the_last_image_it_begins_again(qtbot):
    fake = HeldAsker(preview_of, at_once=False)
    panel = opened(qtbot, fake)
    start(panel, preset="simclr")
    fake.reply()
    panel.others.click()
    fake.refuse("rows must be below 5.")
    assert fake.questions[-1].rows == (0, 1, 2, 3, 4)
    fake.reply()
    assert panel.preview is not None


def test_an_empty_answer_begins_again_too(panel, fake):
    start(panel, preset="simclr")
    panel._first_row = 5
    fake.at_once = False
    panel._want()
    _, answer, _ = fake.waiting.pop()
    answer(ViewsPreview(np.zeros((0, 8, 8, 3), np.uint8), (), (), (), (), 1.0))
    assert fake.questions[-1].rows == (0, 1, 2, 3, 4)


def test_a_hidden_panel_asks_only_once_it_is_seen(qtbot, fake):
    panel = AugmentPanel(fake)
    qtbot.addWidget(panel)
    start(panel, preset="byol")
    assert not fake.questions
    panel.show()
    qtbot.waitUntil(lambda: panel.preview is not None, timeout=3000)


def test_a_failure_is_said_in_place(qtbot):
    fake = HeldAsker(preview_of, at_once=False)
    panel = opened(qtbot, fake)
    start(panel, preset="simclr")
    fake.refuse("data.source must be a folder.")
    assert panel.preview is None
    assert panel.grid.accessibleDescription() == "data.source must be a folder."


def test_what_is_off_is_folded_away_and_a_click_switches_it_on(qtbot, panel):
    start(panel, preset="crop_flip")
    assert {"jitter", "brightness", "blur"}.isdisjoint(panel.strengths.rows())
    button = next(b for b in panel.strengths.findChildren(QPushButton) if b.property("field") == "hue")
    with qtbot.waitSignal(panel.viewsChanged) as signal:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert signal.args[0]["groups"][0]["hue"] == 0.1
    assert signal.args[0]["groups"][0]["jitter"] == 0.8
    assert "hue" in panel.strengths.rows()


def test_the_preset_comes_back(panel):
    start(panel, preset="simclr")
    panel.strengths.rows()["hue"].editor.slider.setValue(0)
    assert panel.strengths.state == "changed"
    panel.strengths._reset.click()
    assert panel.strengths.views["groups"][0]["hue"] == 0.1
    assert panel.strengths.state == ""


def test_the_rows_carry_title_help_and_names(panel):
    start(panel, preset="simclr")
    row = panel.strengths.rows()["crop_min"]
    assert row.title.text() == "Crop, smallest area"
    assert row.editor.slider.accessibleName() == "Crop, smallest area"
    assert "share of the image" in row.toolTip()


def test_drawn_values_of_a_view_and_its_box(panel):
    start(panel, preset="dino")
    panel.grid.set_current(4)
    assert "local 2" in panel.drawn_text(4)
    assert "brightness 0.875" in panel.drawn_text(4).replace("0.88", "0.875")
    assert len(panel.grid.cells[0].boxes) == 3
    assert len(panel.grid.cells[11].boxes) == 2


def test_kinds_of_views_have_names():
    groups = [{"count": 1, "role": "global"}, {"count": 2, "role": "global"}, {"count": 6, "role": "local"}]
    assert titles_of(groups, "view", "views", "local") == ["view 1", "views 2–3", "local × 6"]


def test_what_the_method_makes_of_the_views_is_shown_beside_them(qtbot, monkeypatch):
    made = preview_of

    def with_tiles(question):
        plain = made(question)
        return ViewsPreview(plain.originals, plain.views, plain.boxes, plain.drawn, plain.roles, 3.0, {"tiles": plain.views[0] + 9})

    monkeypatch.setitem(globals(), "preview_of", with_tiles)
    panel = opened(qtbot, HeldAsker(preview_of))
    panel.set_config({"views": ViewsConfig(groups=PRESETS["crop_flip"]).model_dump(mode="json")})
    qtbot.waitUntil(lambda: bool(panel.grid.cells))
    assert panel.grid.cells[2].image[0, 0, 0] == 9
    assert "tiles" in panel.grid.cells[2].text
    # A look at the second sample's view frames the crop in the second sample's original.
    panel.grid.hovered.emit(4)
    assert panel.drawn_text(4).startswith("view 1")


def test_presets_are_compared_a_row_each_and_the_way_back_is_open(qtbot):
    def answer(question):
        if isinstance(question, ComparePresets):
            return {preset: [np.zeros((8, 8, 3), np.uint8)] * (index + 1) for index, preset in enumerate(question.presets)}
        return preview_of(question)

    fake = HeldAsker(answer)
    panel = opened(qtbot, fake)
    panel.set_config({"views": ViewsConfig(groups=PRESETS["simclr"]).model_dump(mode="json")})
    before = len(panel.grid.cells)
    panel.presets.setChecked(True)
    assert fake.questions[-1].presets == COMPARED
    assert len(panel.grid.cells) == 5 * len(COMPARED), "a column a preset, the shorter ones filled up"
    assert [panel.grid.cells[index].text for index in (0, 1, len(COMPARED), len(COMPARED) + 1)] == [
        "weak 1",
        "SimCLR 1",
        "",
        "SimCLR 2",
    ]
    begun = len(fake.questions)
    panel.reroll.click()
    assert isinstance(fake.questions[begun], ComparePresets)
    panel.presets.setChecked(False)
    assert len(panel.grid.cells) == before
    assert isinstance(fake.questions[-1], PreviewViews)


def test_views_are_copied_as_yaml_and_as_code(qtbot, panel, fake):
    panel.set_config({"views": ViewsConfig(groups=PRESETS["byol"]).model_dump(mode="json"), "data": {"size": 64}})
    panel.strengths.copyAsked.emit("yaml")
    copied = yaml.safe_load(QGuiApplication.clipboard().text())
    assert ViewsConfig(**copied["views"]).groups == PRESETS["byol"]
    fake.at_once = False
    panel.strengths.copyAsked.emit("torchvision")
    question, answer, _ = fake.waiting.pop()
    assert (question.size, question.view["blur"]) == (64, 1.0)
    answer("the code")
    assert QGuiApplication.clipboard().text() == "the code"


def test_the_overlap_of_two_crops_is_said_in_figures():
    line = OverlapLine()
    line.show_overlaps(np.array([0.0, 0.0, 0.5, 1.0]))
    assert line.words.text() == "Overlap of the crops: median 0.25 · none in 50%"
    line.show_overlaps(np.zeros(0))
    assert line.isHidden()
