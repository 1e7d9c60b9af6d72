"""Samples by their own loss in the map's panel: computed when asked for, called off, coloured, sorted, found, exported."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.workbench.panels.on_screen import on_screen
from workbench.bridge.data_questions import GetImages, GetLabels, Labels
from workbench.bridge.map_questions import Losses, Map, MapSnapshot, Numbers, SampleLosses, SampleNumbers
from workbench.bridge.sample_questions import Exported, ExportRows
from workbench.panels.embedding import panel as module
from workbench.panels.embedding.panel import EmbeddingPanel

N = 50
XY = np.random.default_rng(0).normal(size=(N, 2)).astype(np.float32)
INDEX = np.random.default_rng(1).permutation(N) * 2 + 1
LOSS = np.random.default_rng(2).permutation(N).astype(np.float32) / 10
AGREEMENT = np.linspace(-0.5, 1, N, dtype=np.float32)
EPOCHS = [1, 4, 9]
WHOLE = "VICReg's loss is the batch's as a whole."


class Fake:
    """A snapshot of N samples. Losses come when told to, as a checkpoint of epoch 8 has them."""

    def __init__(self):
        self.waiting, self.exported, self.loss, self.notes = [], [], True, {}

    def __call__(self, question, answer, failed=None, progress=None):
        if isinstance(question, SampleLosses):
            # As the bridge does: a newer question of a topic replaces the one before.
            self.waiting = [one for one in self.waiting if one[0].topic != question.topic]
            self.waiting.append((question, answer, failed, progress))
        elif isinstance(question, MapSnapshot):
            answer(Map(question.folder, question.epoch, question.kind, XY, INDEX, INDEX % 3, 0.9, rows=np.arange(N), total=N))
        elif isinstance(question, SampleNumbers):
            answer(Numbers(question.folder, question.epoch, "features", INDEX, {"outlier": LOSS[::-1].copy()}, {}))
        elif isinstance(question, GetLabels):
            answer(Labels({"class": np.array(question.index) % 3}, {"class": ("disc", "square", "star")}, {"class": "category"}))
        elif isinstance(question, GetImages):
            answer(np.zeros((len(question.index), 4, 4, 3), np.uint8))
        elif isinstance(question, ExportRows):
            self.exported.append(question)
            answer(Exported(question.path, len(question.index), 0, 10))

    def come(self):
        question, answer, _, _ = self.waiting.pop()
        columns = {"loss": LOSS + question.epoch, "agreement": AGREEMENT} if self.loss else {"agreement": AGREEMENT}
        notes = self.notes if self.loss else {"loss": WHOLE}
        steady = dict.fromkeys(columns, 0.52)
        answer(Losses(question.folder, question.epoch, 8, INDEX, columns, 12.25 if self.loss else None, notes, steady))
        return question


@pytest.fixture
def fake():
    return Fake()


@pytest.fixture
def panel(qtbot, fake, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "snapshots", lambda folder: EPOCHS)
    made = on_screen(qtbot, EmbeddingPanel(fake), 1020, 620)
    made.choose_kind("pca")
    made.show_run(str(tmp_path), {"source": "shapes"})
    return made


def choose(panel, column):
    index = panel.legend.column.findData(column)
    assert index >= 0
    panel.legend.column.setCurrentIndex(index)
    panel.legend.column.activated.emit(index)


def test_losses_are_computed_only_when_chosen(panel, fake):
    assert not fake.waiting
    choose(panel, "class")
    assert not fake.waiting
    choose(panel, "loss")
    assert [question.epoch for question, *_ in fake.waiting] == [9]


def test_progress_is_shown_and_then_the_loss_colours_the_map(panel, fake):
    choose(panel, "loss")
    fake.waiting[-1][3](0.4)
    assert panel.tools.progress.isVisible()
    assert panel.tools.progress.value() == 40
    assert panel.tools.note.text() == "loss 40 %"
    assert (panel.plot._codes == -1).all()  # not those of the classes, which the legend no longer explains
    assert "40 %" in panel.computed.note.text()
    fake.come()
    assert not panel.tools.progress.isVisible()
    assert panel.plot._codes[np.argmin(LOSS)] == 0
    assert panel.plot._codes[np.argmax(LOSS)] == 31
    assert panel.computed.note.text() == "checkpoint of epoch 8 · steadiness .52"
    assert "own part of the loss" in panel.computed.note.toolTip()
    assert panel.legend._chance.text() == "chance 12.2"
    low, high = np.quantile(LOSS + 9, [0.01, 0.99])
    assert panel.legend._bar._mark == pytest.approx((12.25 - low) / (high - low), abs=1e-5)
    row = int(np.argmax(LOSS))
    assert panel._text(row).split(" · ")[1:] == ["loss 13.90", f"agreement {AGREEMENT[row]:.2f}"]
    choose(panel, "agreement")
    assert not fake.waiting  # it came with the loss
    assert panel.legend._chance.text() == ""
    assert panel.legend._bar._mark is None


@pytest.mark.parametrize(("chance", "words"), [(0.5, "‹ chance 0.500"), (20.0, "chance 20.0 ›")])
def test_a_chance_level_outside_the_colour_bar_has_an_arrow(panel, fake, chance, words):
    choose(panel, "loss")
    question, answer, _, _ = fake.waiting.pop()
    answer(Losses(question.folder, question.epoch, 9, INDEX, {"loss": LOSS + 9}, chance, {}, {}))
    assert panel.legend._chance.text() == words
    assert panel.legend._bar._mark is None


def test_choosing_another_column_cancels_the_computation(qtbot, panel, fake):
    choose(panel, "loss")
    question = fake.waiting[0][0]
    with qtbot.waitSignal(panel.mapCancelled) as signal:
        choose(panel, "class")
    assert signal.args == [question]
    fake.come()  # too late
    assert "loss" not in panel._labels.columns
    assert not panel.tools.progress.isVisible()
    choose(panel, "loss")
    with qtbot.assertNotEmitted(panel.mapCancelled):
        choose(panel, "agreement")  # the same answer has both
    assert len(fake.waiting) == 1
    with qtbot.waitSignal(panel.mapCancelled):
        panel.show_run(None, None)


def test_the_cancel_button_cancels_and_the_column_can_be_chosen_again(qtbot, panel, fake):
    choose(panel, "loss")
    fake.waiting[-1][3](0.1)
    with qtbot.waitSignal(panel.mapCancelled):
        panel.tools.cancel.click()
    assert not panel.tools.progress.isVisible()
    assert "Cancelled" in panel.computed.note.text()
    fake.waiting.clear()
    choose(panel, "loss")
    fake.come()
    assert "loss" in panel._labels.columns


def test_the_progress_of_the_map_has_priority(panel, fake):
    choose(panel, "loss")
    fake.waiting[-1][3](0.3)
    panel.tools.show_progress("UMAP", 0.7)
    fake.waiting[-1][3](0.4)
    assert panel.tools.note.text() == "UMAP 70 %"
    panel.tools.show_progress("UMAP", None)
    assert panel.tools.note.text() == "loss 40 %"


def test_losses_of_one_epoch_are_not_shown_for_another(panel, fake):
    choose(panel, "loss")
    fake.come()
    panel.time_line.slider.setValue(0)
    assert "loss" not in panel._labels.columns
    assert fake.waiting[-1][0].epoch == 1
    panel.time_line.slider.setValue(2)
    assert fake.waiting[-1][0].epoch == 9
    fake.come()
    np.testing.assert_allclose(panel._labels.columns["loss"], LOSS + 9)


def test_an_unavailable_column_is_disabled_with_a_reason(panel, fake):
    fake.loss = False
    choose(panel, "loss")
    fake.come()
    assert panel.computed.note.text() == WHOLE
    column = panel.legend.column
    index = column.findData("loss")
    assert not column.model().item(index).isEnabled()
    assert column.itemData(index, Qt.ItemDataRole.ToolTipRole) == WHOLE
    assert column.model().item(column.findData("agreement")).isEnabled()
    choose(panel, "agreement")
    assert not fake.waiting
    assert panel.plot._codes[-1] == 31
    choose(panel, "loss")
    panel.time_line.slider.setValue(0)
    assert not fake.waiting  # asked in vain once, not at every epoch


def test_a_sample_without_a_loss_is_grey_and_sorted_last(panel, fake):
    loss = LOSS.copy()
    loss[:5] = np.nan
    choose(panel, "loss")
    question, answer, _, _ = fake.waiting.pop()
    answer(Losses(question.folder, question.epoch, 9, INDEX, {"loss": loss}, None, {"loss": "Training images alone."}, {}))
    assert (panel.plot._codes[:5] == -1).all()
    assert panel.computed.note.text() == "checkpoint of epoch 9 · 5 have none"
    assert "Training images alone." in panel.computed.note.toolTip()
    panel.samples.selection.all()
    panel.samples.sort.choose("highest")
    assert set(panel.samples._rows[-5:].tolist()) == set(range(5))
    assert "loss" not in panel._text(0)


def test_selected_samples_are_sorted_by_the_column_that_colours_the_map(panel, fake):
    samples = panel.samples
    samples.selection.select_rows(np.arange(10, 30))
    assert not samples.sort.isVisible()
    choose(panel, "loss")
    fake.come()
    assert samples.sort.isVisible()
    samples.sort.actions_of["highest"].trigger()
    order = 10 + np.argsort(-LOSS[10:30])
    assert samples.selected.ids.tolist() == INDEX[order].tolist()
    panel.plot.hovered.emit(int(order[3]))
    assert samples.selected._ring == 3
    samples.sort.actions_of["lowest"].trigger()
    assert samples.selected.ids.tolist() == INDEX[order[::-1]].tolist()
    samples.selection.none()
    assert not samples.sort.isVisible()
    samples.selection.select_rows(np.arange(10, 30))
    choose(panel, "class")
    assert samples.selected.ids.tolist() == INDEX[10:30].tolist()


def test_a_computed_loss_can_be_queried(panel, fake):
    panel.samples.search("loss > 10")
    assert "not computed yet" in panel.samples.note.text()
    choose(panel, "loss")
    fake.come()
    panel.samples.search("loss>12 and agreement < 0.2")
    np.testing.assert_array_equal(panel.plot.selected, np.flatnonzero((LOSS + 9 > 12) & (AGREEMENT < 0.2)))


@pytest.mark.parametrize(
    ("kind", "rows", "words"),
    [
        ("loss", np.argsort(-LOSS), "The 50 samples of highest loss by the checkpoint of epoch 8: 9.00 or more"),
        (
            "agreement",
            np.arange(N),
            "The 50 samples whose views agree least by the checkpoint of epoch 8: a mean cosine of 1.00 or less",
        ),
    ],
)
def test_suggested_selections(panel, fake, kind, rows, words):
    panel.samples.suggestions.search(kind)
    fake.waiting[-1][3](0.25)
    assert panel.samples.note.text() == "Searching… 25 %"
    choose(panel, "loss")  # does not replace it
    assert len(fake.waiting) == 2
    fake.waiting.reverse()
    fake.come()
    assert panel.samples.note.text() == words
    assert panel.plot.selected.tolist() == sorted(rows.tolist())


def test_a_suggestion_of_another_kind_cancels_the_computation(qtbot, panel, fake):
    panel.samples.suggestions.search("loss")
    question = fake.waiting[0][0]
    with qtbot.waitSignal(panel.mapCancelled) as signal:
        panel.samples.suggestions.search("margin")
    assert signal.args == [question]
    fake.loss = False
    panel.samples.suggestions.search("loss")
    fake.come()
    assert panel.samples.note.text() == WHOLE


def test_computed_numbers_are_exported(panel, fake, tmp_path):
    choose(panel, "outlier")
    choose(panel, "loss")
    fake.come()
    panel.samples.export.write(tmp_path / "a.csv", panel._map, panel._labels, np.array([4, 2]))
    numbers = fake.exported[0].numbers
    assert list(numbers) == ["outlier", "loss", "agreement"]
    np.testing.assert_allclose(numbers["loss"], (LOSS + 9)[[4, 2]])
