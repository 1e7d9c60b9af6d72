"""The Pairs panel: which questions it asks, and that its numbers and images are those of the shown pair."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from engine.study.pair_measures import partner, softmax_row
from tests.workbench.panels.on_screen import on_screen
from tests.workbench.stand_ins import HeldAsker, pairs_of, strength_of
from workbench.bridge.pair_questions import InspectPairs, MeasureStrength
from workbench.panels.pairs.panel import IMAGES, PairsPanel

N = 12


def answer_of(question, spaces):
    make = pairs_of if isinstance(question, InspectPairs) else strength_of
    return make(question, spaces=spaces)


@pytest.fixture
def fake():
    asker = HeldAsker(lambda question: answer_of(question, asker.spaces))
    asker.spaces = ("features", "embedding")
    return asker


@pytest.fixture
def panel(qtbot, fake):
    return on_screen(qtbot, PairsPanel(fake), 1028, 600)


def test_without_a_run_a_hint_is_shown_and_nothing_is_requested(panel, fake):
    assert fake.questions == []
    assert "Pick a run" in panel.empty.text()
    assert panel.matrix.isHidden()


def test_a_hidden_panel_requests_nothing_until_it_is_shown(panel, fake):
    panel.hide()
    panel.show_run("run")
    assert fake.questions == []
    panel.show()
    assert fake.questions == [InspectPairs("run", "validation", IMAGES, 0)]
    panel.hide()
    panel.show()
    assert len(fake.questions) == 1


def test_the_hardest_positive_is_shown_first(panel):
    panel.show_run("run")
    hardest = int(np.argmin(panel.shown.data.positive))
    assert panel.pair_card.rows == (hardest, hardest + N)
    assert panel.matrix.current == (hardest, hardest)
    assert panel.pair_card.title == "Positive pair"
    assert len(panel.pair_card.grid.cells) == 3
    assert len(panel.pair_card.grid.cells[0].boxes) == 2


def test_a_click_chooses_the_cell_under_the_mouse_in_any_order(panel, qtbot):
    panel.show_run("run")
    for order in ("index", "class", "cluster"):
        panel.choices.choose(order=order)
        row, column = 3, 8
        center = panel.matrix.rect_of(row, column).center().toPoint()
        qtbot.mouseClick(panel.matrix, Qt.MouseButton.LeftButton, pos=QPoint(center))
        assert panel.pair_card.rows == (row, column + N)
        cells = panel.pair_card.grid.cells
        assert np.array_equal(cells[0].image, panel.shown.pairs.originals[row])
        assert np.array_equal(cells[1].image, panel.shown.pairs.views[0][row])
        assert np.array_equal(cells[2].image, panel.shown.pairs.views[1][column])
        assert np.array_equal(cells[3].image, panel.shown.pairs.originals[column])
        assert f"{panel.shown.data.matrix[row, column + N]:.2f}".replace("-", "−") in panel.pair_card.state


def test_arrow_keys_move_in_the_shown_order(panel, qtbot):
    panel.show_run("run")
    panel.choices.choose(order="class")
    order = panel.shown.order("class")
    panel.matrix.set_current(int(order[2]), int(order[5]))
    qtbot.keyClick(panel.matrix, Qt.Key.Key_Down)
    assert panel.matrix.current == (order[3], order[5])
    qtbot.keyClick(panel.matrix, Qt.Key.Key_Left)
    assert panel.matrix.current == (order[3], order[4])
    qtbot.keyClick(panel.matrix, Qt.Key.Key_Home)
    assert panel.pair_card.rows == (order[3], order[3] + N)


def test_classes_are_blocks_with_names(panel):
    panel.show_run("run")
    panel.choices.choose(order="class")
    assert panel.matrix._starts == (0, 3, 6, 9)
    assert panel.matrix._names == ("a", "b", "c", "d")
    panel.choices.choose(order="index")
    assert panel.matrix._names == ()


def test_the_softmax_is_that_of_the_row_at_the_temperature(panel):
    panel.show_run("run")
    assert panel.pair_card.temperature.value() == 0.5
    panel.open(2, 5 + N)
    for temperature in (0.5, 0.1):
        panel.pair_card.temperature.setValue(temperature)
        probabilities = softmax_row(panel.shown.data.matrix, 2, temperature)
        assert panel.pair_card.bars.values == pytest.approx(np.sort(probabilities)[::-1])
        order = np.argsort(-probabilities, kind="stable")
        assert panel.pair_card.bars.kinds.index("positive") == list(order).index(partner(2, 2 * N))
        assert panel.pair_card.bars.kinds.index("shown") == list(order).index(5 + N)


def test_hard_pairs_are_the_lowest_and_false_negatives_the_highest(panel):
    panel.show_run("run")
    data = panel.shown.data
    cosines = [data.matrix[pair] for pair in panel.rows.hardest.rows]
    assert cosines == sorted(data.positive)[: len(cosines)]
    assert panel.rows.wrong.rows[0] == (data.near.first[0], data.near.second[0])
    assert f"{data.wrong.rate:.0%}"[:-1] in panel.rows.wrong.words.text()
    panel.rows.wrong.grid.activated.emit(1)
    assert panel.pair_card.rows == panel.rows.wrong.rows[1]
    count = len(panel.rows.hardest.rows)
    panel.rows.hardest.grid.activated.emit(count + 2)
    assert panel.pair_card.rows == panel.rows.hardest.rows[2]


def test_the_histogram_card_shows_auc_and_median(panel):
    panel.show_run("run")
    separation = panel.shown.data.separation
    assert f"{separation.auc:.3f}" in panel.histogram.state
    assert f"{separation.median:.2f}" in panel.histogram.words.text()
    assert panel.histogram._bars.counts.sum(1) == pytest.approx([1, 1])


def test_another_space_shows_the_same_pair(panel):
    panel.show_run("run")
    assert panel.shown.space == "embedding"
    panel.open(1, 4)
    panel.choices.choose(space="features")
    assert panel.shown.space == "features"
    assert panel.pair_card.rows == (1, 4)
    assert f"{panel.shown.data.matrix[1, 4]:.2f}".replace("-", "−") in panel.pair_card.state


def test_a_pair_of_second_and_first_view_is_marked_in_the_matrix(panel):
    panel.show_run("run")
    panel.open(3 + N, 7)
    assert panel.matrix.current == (7, 3)


def test_a_run_without_embedding(panel, fake):
    fake.spaces = ("features",)
    panel.show_run("run")
    assert panel.shown.space == "features"


def test_other_images_and_other_runs_are_requested(panel, fake):
    panel.show_run("run")
    panel.choices.others.click()
    panel.show_run("other")
    assert fake.questions == [
        InspectPairs("run", "validation", IMAGES, 0),
        InspectPairs("run", "validation", IMAGES, 1),
        InspectPairs("other", "validation", IMAGES, 1),
    ]


def test_a_late_answer_for_another_run_is_not_shown(panel, fake):
    fake.at_once = False
    panel.show_run("run")
    panel.show_run("other")
    fake.reply()
    assert panel.shown is None
    fake.reply()
    assert panel.shown.pairs.folder == "other"


def test_an_error_is_shown_and_a_new_checkpoint_requests_the_pairs_again(panel, fake):
    fake.at_once = False
    panel.show_run("run")
    fake.refuse("The run has saved none yet.")
    assert panel.empty.text() == "The run has saved none yet."
    assert not panel.empty.isHidden()
    panel.checkpoint_saved("another")
    assert not fake.waiting
    panel.checkpoint_saved("run")
    fake.reply()
    assert panel.shown is not None


def test_a_newer_checkpoint_waits_for_a_click(panel, fake):
    panel.show_run("run")
    panel.checkpoint_saved("run")
    assert panel.choices._reload.isVisible()
    assert len(fake.questions) == 1
    panel.choices._reload.click()
    assert len(fake.questions) == 2
    assert not panel.choices._reload.isVisible()


def test_the_strength_curve_is_requested_when_its_tab_is_shown(panel, fake):
    panel.show_run("run")
    panel.tabs.go(1)
    assert fake.questions[-1] == MeasureStrength("run", "crop", "validation", 64, 0)
    panel.strength.choice.setCurrentIndex(1)
    panel.strength.choice.activated.emit(1)
    assert fake.questions[-1].operation == "brightness"
    count = len(fake.questions)
    panel.tabs.go(0)
    panel.tabs.go(1)
    assert len(fake.questions) == count


def test_too_easy_and_destroyed_ranges_follow_the_rule(panel):
    panel.show_run("run")
    panel.tabs.go(1)
    # The curve falls from 1 to .2 along a strength from 0 to 1; other images are below .4.
    assert panel.strength.plot.marked(True)[0] == pytest.approx((0, 0.0625))
    assert panel.strength.plot.marked(False)[-1] == pytest.approx((0.75, 1))
    assert "75 % – 100 %" in panel.strength.words.text()
    assert "0.95" in panel.strength.rule.text()
    assert "0.40" in panel.strength.rule.text()
    panel.strength.plot.grab()


def test_the_panel_fits_beside_the_run_list_on_a_small_screen(panel):
    assert panel.minimumSizeHint().width() <= 1028
    assert panel.minimumSizeHint().height() <= 590


def test_any_kept_checkpoint_can_be_chosen(qtbot, fake, tmp_path):
    checkpoints = tmp_path / "run" / "checkpoints"
    checkpoints.mkdir(parents=True)
    for name in ("last.pt", "epoch_003.pt", "epoch_012.pt"):
        (checkpoints / name).touch()
    folder = str(tmp_path / "run")
    panel = PairsPanel(fake)
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.show_run(folder)
    for epoch, requested in (("0", 0), ("3", 3), ("12", 12), ("last", None)):
        panel.choices.choose(epoch=epoch)
        assert fake.questions[-1] == InspectPairs(folder, "validation", IMAGES, 0, requested)
    panel.choices.choose(epoch="3")
    panel.tabs.go(1)
    assert fake.questions[-1] == MeasureStrength(folder, "crop", "validation", 64, 0, 3)
    (checkpoints / "epoch_021.pt").touch()
    panel.checkpoint_saved(folder)
    assert panel.choices.epoch == 3, "a new checkpoint keeps the choice"
    assert not panel.choices._reload.isVisible(), "what is shown is not of the newest checkpoint"
    panel.choices.choose(epoch="21")
    assert fake.questions[-2].epoch == 21
    panel.show_run("another")
    assert panel.choices.epoch is None


def test_requesting_other_images_clears_the_outdated_mark(panel, fake):
    panel.show_run("run")
    panel.checkpoint_saved("run")
    panel.choices.others.click()
    assert not panel.choices._reload.isVisible()


def test_the_pair_card_lists_the_augmentation_parameters_of_both_views(panel):
    panel.show_run("run")
    panel.open(2, 5 + N)
    one, other = panel.shown.pairs.drawn[0][2], panel.shown.pairs.drawn[1][5]
    lines = {line[0]: line[1:] for line in panel.pair_card.drawn.lines}
    area, corners = lines["crop, area"], lines["crop, left and top"]
    assert area == tuple(f"{drawn['crop_width'] * drawn['crop_height'] * 100:.0f} %" for drawn in (one, other))
    assert corners == tuple(f"{drawn['crop_x'] * 100:.0f} %, {drawn['crop_y'] * 100:.0f} %" for drawn in (one, other))
    assert lines["flip"] == ("–", "yes")
    assert lines["brightness"] == (f"× {one['brightness']:.2f}", "–")
    assert lines["hue"] == ("−0.05", "–")
    assert lines["blur, sigma"] == ("–", "1.5 px")
    assert "solarize" not in lines, "neither view has it"
    assert not panel.pair_card.drawn.isHidden()
    panel.show_run(None)
    assert panel.pair_card.drawn.isHidden()


def test_operations_without_strength_show_the_drop_of_the_cosine(panel, fake):
    panel.show_run("run")
    panel.tabs.go(1)
    choice = panel.strength.choice
    texts = {}
    for operation in ("flip", "grayscale", "solarize", "erase"):
        choice.setCurrentIndex(choice.findData(operation))
        choice.activated.emit(choice.currentIndex())
        assert fake.questions[-1] == MeasureStrength("run", operation, "validation", 64, 0)
        panel.strength.plot.grab()
        texts[operation] = panel.strength.words.text()
    assert texts["grayscale"].startswith("Grayscale lowers the cosine by 0.30, to a mean of 0.70")
    assert "0.60 to 0.80" in texts["grayscale"]
    assert "50 % of its views" in texts["grayscale"]
    assert "Too easy" in texts["flip"]
    assert "destroys" in texts["solarize"]
    assert "destroys" in texts["erase"]
    assert "Too easy" not in texts["grayscale"]
    assert "destroys" not in texts["grayscale"]


def test_every_operation_that_the_engine_measures_can_be_chosen(panel):
    from engine.study import pair_inspector

    choice = panel.strength.choice
    assert [choice.itemData(index) for index in range(choice.count())] == [*pair_inspector.OPERATIONS, *pair_inspector.SWITCHES]


def test_an_image_of_a_pair_has_its_name_and_opens_large(qtbot, fake, monkeypatch):
    names = tuple(f"cats/{'x' * 190}_{number}.jpg" for number in range(N))
    fake.spaces = ("features",)
    made = on_screen(qtbot, PairsPanel(fake), 1028, 600)
    opened = []
    monkeypatch.setattr(made.actions_of_image, "open", lambda images, position: opened.append(images[position].index))
    made.show_run("run")
    made._pairs = replace(made._pairs, names=names)
    made._show()
    made.open(3, 8 + N)
    cells = made.pair_card.grid.cells
    assert (cells[0].caption, cells[3].caption) == (names[3].removeprefix("cats/"), names[8].removeprefix("cats/"))
    assert cells[0].text.splitlines()[0] == names[3]
    made.pair_card.grid.setFocus()
    made.pair_card.grid.set_current(2)
    qtbot.keyClick(made.pair_card.grid, Qt.Key.Key_Return)
    first, second = made.rows.hardest.rows[1]
    grid = made.rows.hardest.grid
    assert names[first % N] in grid.cells[1].text
    qtbot.mouseDClick(grid, Qt.MouseButton.LeftButton, pos=grid.rect_of(1).center())
    index = made.shown.pairs.index
    assert opened == [int(index[8]), int(index[first])]
    with qtbot.waitSignal(made.rows.menuRequested) as signal:
        made.rows.menuRequested.disconnect(made._show_menu)
        grid.menuRequested.emit(len(made.rows.hardest.rows) + 1, QPoint(5, 5))
    indices, position, _ = signal.args
    assert indices[position] == int(index[second % N])


def test_in_a_small_panel_table_and_matrix_are_whole(qtbot, fake):
    fake.spaces = ("features", "embedding")
    made = on_screen(qtbot, PairsPanel(fake), 688, 420)
    made.show_run("run")
    card = made.pair_card
    qtbot.waitUntil(lambda: card.drawn.y() > card.grid.geometry().bottom())
    assert made.width() == 688, "nothing is scrolled sideways"
    for part in (card.drawn, card.words, card.bars):
        assert part.geometry().right() <= card.width()
        assert part.width() >= part.minimumSizeHint().width()
    qtbot.waitUntil(lambda: made.matrix.area.width() >= 150)
    made.resize(1200, 600)
    qtbot.waitUntil(lambda: card.drawn.x() > card.grid.geometry().right())
