"""The Evaluate panel: what is asked and when, and that every figure on it is of the run, checkpoint and part that it says."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from engine.evaluate.plan import BEGUN, DEFAULT
from engine.evaluate.task_table import TASKS
from engine.runs.evaluation import likely
from engine.runs.run_store import Changes, RunSummary
from engine.runs.status import Status
from tests.workbench.painted import painted_texts
from tests.workbench.panels.on_screen import on_screen
from tests.workbench.stand_ins import HeldAsker, estimate_of, evaluation_of, finished_runs
from workbench import theme
from workbench.bridge.evaluate_questions import EstimateEvaluation, EvaluateRun, KeptEvaluation, ReadEvaluations
from workbench.panels.evaluate.evaluation_text import about, signed
from workbench.panels.evaluate.panel import EvaluatePanel

RUNS = ("/runs/one", "/runs/two", "/runs/three")


class Asker(HeldAsker):
    """Answers reading and estimates at once from what it holds, evaluations when told to."""

    def __init__(self) -> None:
        super().__init__(self._made, at_once=False)
        self.kept: dict[str, KeptEvaluation] = {}
        self.progress: dict[str, object] = {}

    def _made(self, question):
        if isinstance(question, ReadEvaluations):
            return {folder: self.kept.get(folder, KeptEvaluation(None)) for folder in question.folders}
        if isinstance(question, EstimateEvaluation):
            return estimate_of()
        self.kept[question.folder] = evaluation_of(question)
        return self.kept[question.folder]

    def __call__(self, question, answer, failed=None, progress=None):
        super().__call__(question, answer, failed, progress)
        if isinstance(question, EvaluateRun):
            self.progress[question.folder] = progress
        elif not isinstance(question, EstimateEvaluation) or not getattr(self, "hold", False):
            last = len(self.waiting) - 1
            pending, reply, _ = self.waiting.pop(last)
            reply(self.make(pending))

    @property
    def evaluations(self):
        return [question for question in self.questions if isinstance(question, EvaluateRun)]


@pytest.fixture
def fake():
    return Asker()


@pytest.fixture
def runs():
    return finished_runs(RUNS)


@pytest.fixture
def panel(qtbot, fake, runs):
    return on_screen(qtbot, EvaluatePanel(fake, runs), 1028, 590)


def texts(table):
    return [[table.item(row, column).text() for column in range(table.columnCount())] for row in range(table.rowCount())]


# Asking


def test_without_a_run_it_says_what_to_do(panel, fake):
    assert "Choose a run" in panel.words.text()
    assert not panel.start_button.isEnabled()
    assert fake.questions == [ReadEvaluations(RUNS)]
    assert "No run is evaluated yet" in panel.compare.empty.text()


def test_a_hidden_panel_asks_for_nothing(panel, fake):
    panel.hide()
    fake.questions.clear()
    panel.show_run(RUNS[0])
    assert fake.questions == []
    panel.show()
    assert EstimateEvaluation(RUNS[0]) in fake.questions


def test_each_part_has_its_time_and_the_chosen_ones_their_sum(panel, fake):
    panel.show_run(RUNS[0])
    assert panel.choices.parts == DEFAULT
    estimate = estimate_of()
    for part in (row.id for row in TASKS):
        assert panel.choices._times[part].text() == about(estimate.seconds((part,)))
    assert panel.words.text() == f"{about(estimate.seconds(DEFAULT))} on cpu"
    panel.choices.boxes["finetune_100"].setChecked(True)
    assert panel.words.text() == f"{about(estimate.seconds((*DEFAULT, 'finetune_100')))} on cpu"
    assert "a note" in panel.choices.boxes["finetune_1"].toolTip()
    for box in panel.choices.boxes.values():
        box.setChecked(False)
    assert not panel.start_button.isEnabled()
    assert panel.words.text() == "Tick what to measure."
    assert sum(isinstance(question, EstimateEvaluation) for question in fake.questions) == 1


def test_a_run_without_a_checkpoint_cannot_be_evaluated(panel, fake):
    fake.kept[RUNS[1]] = KeptEvaluation(None, checkpoint=False)
    panel.checkpoint_saved(RUNS[1])
    panel.show_run(RUNS[1])
    panel.hide()
    panel.show()
    assert not panel.start_button.isEnabled()
    assert "no checkpoint yet" in panel.words.text()
    fake.kept[RUNS[1]] = KeptEvaluation(None)
    panel.checkpoint_saved(RUNS[1])
    assert panel.start_button.isEnabled()


# Going


def test_what_is_ticked_is_evaluated_and_its_progress_is_in_words(panel, fake):
    panel.show_run(RUNS[0])
    panel.choices.boxes["finetune_1"].setChecked(True)
    QTest.mouseClick(panel.start_button, Qt.MouseButton.LeftButton)
    assert fake.evaluations == [EvaluateRun(RUNS[0], ("knn", "linear", "finetune_1"), None)]
    assert panel.words.text() == "Starting…"
    assert not panel.start_button.isVisible()
    progress = fake.progress[RUNS[0]]
    progress(0.02)
    assert panel.words.text() == "Opening · 2 %"
    progress(BEGUN)
    assert panel.words.text() == "Encoding, trained · 5 %"
    progress(0.999)
    assert panel.words.text().startswith("Fine-tuning, 1 % of the labels, untrained, learning rate 4 of 4 · 100 %")
    assert panel.bar.value() == 999
    fake.reply()
    assert texts(panel.figures.table) == [
        ["kNN, k = 20", "20.0 %", "50.0 %", "+30.0", "100"],
        ["kNN, k = 200", "20.0 %", "50.0 %", "+30.0", "100"],
        ["Linear probe", "20.0 %", "50.0 %", "+30.0", "100"],
        ["Fine-tuned, 1 %", "20.0 %", "50.0 %", "+30.0", "100"],
    ]
    assert panel.start_button.isVisible()
    assert not panel.bar.isVisible()


def test_the_protocol_is_behind_a_fold(panel, fake):
    panel.show_run(RUNS[0])
    panel.start()
    fake.reply()
    assert not panel.figures.protocol.isVisible()
    panel.figures.fold.click()
    assert panel.figures.protocol.isVisible()
    words = panel.figures.protocol.toPlainText()
    assert "resnet10_narrow on shapes, 32 px, 4 classes, chance level 25.0 %" in words
    assert "at most 5.0 %" in words  # of 100 images
    for part in ("knn", "knn_200", "linear"):
        assert f"Words of {part}." in words


def test_another_run_waits_and_each_is_called_off_by_itself(panel, fake, qtbot):
    panel.show_run(RUNS[0])
    panel.start()
    fake.progress[RUNS[0]](0.5)
    panel.show_run(RUNS[1])
    assert panel.start_button.text() == "Evaluate next"
    panel.start()
    assert panel.words.text() == "Waiting for the evaluation of another run."
    with qtbot.waitSignal(panel.cancelAsked) as signal:
        panel.cancel_button.click()
    assert signal.args == [RUNS[1]]
    assert panel.start_button.isVisible()
    panel.show_run(RUNS[0])
    assert "50 %" in panel.words.text()
    fake.kept[RUNS[0]] = evaluation_of(EvaluateRun(RUNS[0], ("knn",)))  # was done before it was called off
    with qtbot.waitSignal(panel.cancelAsked) as signal:
        QTest.keyClick(panel.cancel_button, Qt.Key.Key_Escape)
    assert signal.args == [RUNS[0]]
    assert panel.figures.table.rowCount() == 2
    assert len(fake.evaluations) == 2


def test_what_went_wrong_is_said_and_what_was_done_stays(panel, fake):
    panel.show_run(RUNS[0])
    panel.start()
    fake.kept[RUNS[0]] = evaluation_of(EvaluateRun(RUNS[0], ("knn",)))
    fake.refuse("device must be one with enough memory.")
    assert panel.words.text() == "device must be one with enough memory."
    assert panel.figures.table.rowCount() == 2
    panel.start()
    assert panel.words.text() == "Starting…"


def test_a_training_is_told_of(panel):
    panel.show_run(RUNS[0])
    assert not panel.trains.isVisible()
    panel.training_changed("running")
    assert panel.trains.isVisible()
    panel.training_changed("")
    assert not panel.trains.isVisible()


# Checkpoints


def test_a_kept_checkpoint_has_figures_of_its_own(panel, fake):
    kept = evaluation_of(EvaluateRun(RUNS[0], ("knn",)), 0.5, epochs=(4, 8))
    other = evaluation_of(EvaluateRun(RUNS[0], ("linear",), 4), 0.3).evaluation.at(4)["linear"]
    fake.kept[RUNS[0]] = replace(kept, evaluation=kept.evaluation.with_figure(4, other))
    panel.checkpoint_saved(RUNS[0])
    panel.hide()
    panel.show()
    panel.show_run(RUNS[0])
    assert [row[0] for row in texts(panel.figures.table)] == ["kNN, k = 20", "kNN, k = 200"]
    panel.choices.choose(4)
    assert texts(panel.figures.table) == [["Linear probe", "20.0 %", "30.0 %", "+10.0", "100"]]
    panel.start()
    assert fake.evaluations[-1].epoch == 4
    panel.choices.choose(8)
    assert not panel.figures.isVisible()


def test_figures_of_an_older_checkpoint_are_marked(panel, fake):
    fake.kept[RUNS[0]] = replace(evaluation_of(EvaluateRun(RUNS[0], ("knn", "linear"))), stale=frozenset({"linear"}))
    panel.hide()
    panel.show()
    panel.show_run(RUNS[0])
    names = [row[0] for row in texts(panel.figures.table)]
    assert names == ["kNN, k = 20", "kNN, k = 200", "Linear probe (older checkpoint)"]
    assert "50.0 ± 5.0*" in [cell for row in texts(panel.compare.table) for cell in row]


# Comparing


@pytest.fixture
def compared(panel, fake):
    fake.kept[RUNS[0]] = evaluation_of(EvaluateRun(RUNS[0], ("knn", "linear")), 0.5)
    fake.kept[RUNS[1]] = evaluation_of(EvaluateRun(RUNS[1], ("linear",)), 0.7)
    fake.kept[RUNS[2]] = evaluation_of(EvaluateRun(RUNS[2], ("knn",)), 0.9, digest="other")
    panel.hide()
    panel.show()
    panel.show_run(RUNS[0])
    return panel.compare


def test_runs_on_the_same_data_are_compared_and_others_left_out(compared, runs):
    assert [line.key for line in compared.lines] == [RUNS[0], RUNS[1]]
    assert compared.state == "2 on shapes, in %; 1 on other data left out"
    dots = {(dot.key, dot.row, dot.value, dot.hollow) for dot in compared.chart.dots}
    assert dots == {
        *((RUNS[0], row, 0.5, False) for row in range(3)),
        *((RUNS[0], row, 0.2, True) for row in range(3)),
        (RUNS[1], 2, 0.7, False),
    }
    assert {dot.colour for dot in compared.chart.dots if dot.key == RUNS[1]} == {runs.colour(RUNS[1])}
    assert texts(compared.table) == [
        ["one", "50.0 ± 5.0", "50.0 ± 5.0", "50.0 ± 5.0"],
        ["two", "–", "–", "70.0 ± 4.6"],
    ]


def test_the_best_of_a_column_is_marked_and_each_share_has_its_interval(compared):
    cells = {(row, column): compared.table.item(row, column) for row in range(2) for column in range(1, 4)}
    # Of one run alone there is no best.
    assert [index for index, cell in cells.items() if cell.font().bold()] == [(1, 3)]
    assert "The best of these runs" in cells[1, 3].toolTip()
    low, high = likely(0.7, 100)
    assert f"95 % interval: {low * 100:.1f} % to {high * 100:.1f} %, from 100 test images" in cells[1, 3].toolTip()


def test_the_table_sorts_by_number_with_gaps_last(compared):
    compared.table.sortItems(1, Qt.SortOrder.DescendingOrder)
    assert [row[0] for row in texts(compared.table)] == ["one", "two"]
    compared.table.sortItems(3, Qt.SortOrder.DescendingOrder)
    assert [row[0] for row in texts(compared.table)] == ["two", "one"]


def test_an_r2_below_0_is_shown_as_it_is(panel, fake, qtbot):
    for run, trained in zip(RUNS, (-1.5, 0.25), strict=False):
        kept = evaluation_of(EvaluateRun(run, ("regression",)), trained).evaluation
        figure = replace(kept.at(None)["regression"], part="regression_r2", error=0.5, untrained=-0.0004)
        fake.kept[run] = KeptEvaluation(replace(kept, figures={None: {"regression_r2": figure}}))
    panel.hide()
    panel.show()
    panel.show_run(RUNS[0])
    assert texts(panel.compare.table) == [["two", "25.0 ± 50.0"], ["one", "−150.0 ± 50.0"]]
    assert "95 % interval: −248.0 % to −52.0 %" in panel.compare.table.item(1, 1).toolTip()
    assert "95 % interval: −73.0 % to 100.0 %" in panel.compare.table.item(0, 1).toolTip()
    assert texts(panel.figures.table)[0][1:4] == ["0.0 %", "−150.0 %", "−150.0"]
    chart = panel.compare.chart
    assert {dot.value for dot in chart.dots if not dot.hollow} == {-1.5, 0.25}
    assert chart.bounds[0] < -1.5
    area = chart._area()
    assert all(area.left() <= position.x() <= area.right() for position in chart.positions())
    ticks = [text.text for text in painted_texts(chart) if text.text.endswith("%")]
    assert {"−150 %", "0 %"} <= set(ticks)
    panel.compare.table.sortItems(1, Qt.SortOrder.AscendingOrder)
    assert [row[0] for row in texts(panel.compare.table)] == ["one", "two"]


def test_a_click_on_a_head_sorts_and_says_so(compared):
    table, head = compared.table, compared.table.horizontalHeader()
    seen = set()

    def heads():
        return [table.horizontalHeaderItem(column).text() for column in range(table.columnCount())]

    assert heads() == ["Run", "kNN 20 ↓", "kNN 200", "Linear"]
    for _ in range(2):
        position = QPoint(head.sectionViewportPosition(3) + 10, head.height() // 2)
        QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=position)
        down = head.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        assert heads()[1:] == ["kNN 20", "kNN 200", f"Linear {'↓' if down else '↑'}"]
        assert [row[0] for row in texts(table)] == (["two", "one"] if down else ["one", "two"])
        seen.add(down)
    assert seen == {True, False}


def test_a_click_on_a_dot_or_a_line_chooses_the_run(compared, panel, qtbot):
    chart = compared.chart
    position = next(p for dot, p in zip(chart.dots, chart.positions(), strict=True) if dot.key == RUNS[1])
    with qtbot.waitSignal(panel.chosen) as signal:
        QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=(position + QPointF(2, 1)).toPoint())
    assert signal.args == [RUNS[1]]
    with qtbot.waitSignal(panel.chosen) as signal:
        compared.table.selectRow(1)
    assert signal.args == [RUNS[1]]
    chart.setFocus()
    for _ in chart.dots:
        QTest.keyClick(chart, Qt.Key.Key_Right)
    with qtbot.waitSignal(panel.chosen) as signal:
        QTest.keyClick(chart, Qt.Key.Key_Return)
    assert signal.args == [chart.dots[-1].key]


def test_the_table_is_copied_for_a_page_and_for_a_program(compared):
    compared.copy_markdown()
    text = QGuiApplication.clipboard().text()
    assert "| run | method | kNN, k = 20 | kNN, k = 200 | Linear probe |" in text
    assert "| two | simclr | – | – | **70.0 ± 4.6** (+50.0) |" in text
    assert "| one | simclr | 50.0 ± 5.0 (+30.0) | 50.0 ± 5.0 (+30.0) | 50.0 ± 5.0 (+30.0) |" in text
    compared.copy_csv()
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert (rows[1]["run"], rows[1]["linear"], rows[1]["linear_untrained"], rows[1]["knn"]) == ("two", "0.7", "0.2", "")
    assert float(rows[1]["linear_error"]) == pytest.approx((0.7 * 0.3 / 100) ** 0.5)
    assert rows[1]["test_images"] == "100"
    # As the table is sorted.
    compared.table.sortItems(3, Qt.SortOrder.DescendingOrder)
    compared.copy_csv()
    assert [row["run"] for row in csv.DictReader(io.StringIO(QGuiApplication.clipboard().text()))] == ["two", "one"]
    compared.copy_markdown()
    assert QGuiApplication.clipboard().text().index("| two |") < QGuiApplication.clipboard().text().index("| one |")


def test_a_run_that_goes_leaves_the_comparison(compared, runs):
    runs.remove(RUNS[1])
    assert [line.key for line in compared.lines] == [RUNS[0]]


def test_dots_that_would_cover_each_other_stand_beside_each_other(panel, fake):
    for folder, value in zip(RUNS, (0.5, 0.5, 0.9), strict=True):
        fake.kept[folder] = evaluation_of(EvaluateRun(folder, ("linear",)), value)
    panel.hide()
    panel.show()
    chart = panel.compare.chart
    positions = {dot.key: position for dot, position in zip(chart.dots, chart.positions(), strict=True) if not dot.hollow}
    assert positions[RUNS[0]].x() == pytest.approx(positions[RUNS[1]].x())
    assert abs(positions[RUNS[0]].y() - positions[RUNS[1]].y()) >= 8
    assert positions[RUNS[2]].x() > positions[RUNS[0]].x()
    chart.grab()


def test_it_fits_beside_the_list_on_a_small_screen(panel, fake):
    panel.show_run(RUNS[0])
    for box in panel.choices.boxes.values():
        box.setChecked(True)
    panel.start()
    fake.reply()
    panel.training_changed("running")
    assert panel.minimumSizeHint().width() <= 1028
    assert panel.minimumSizeHint().height() <= 590


def test_a_narrow_table_leaves_out_the_labels_and_the_tooltip_has_them(panel, fake, qtbot):
    panel.show_run(RUNS[0])
    next(iter(panel.choices.boxes.values())).setChecked(True)
    panel.start()
    fake.reply()
    figures = panel.figures
    labels = figures.table.item(0, 4).text()
    for width, hidden in ((700, False), (300, True), (700, False), (300, True)):
        figures.setFixedWidth(width)
        qtbot.waitUntil(lambda hidden=hidden: figures.table.isColumnHidden(4) == hidden)
    assert f"{labels} labelled images" in figures.table.item(0, 0).toolTip().splitlines()
    # The names are whole before the untrained encoder's figures are shown.
    untrained, table = figures.table.item(0, 1).text(), figures.table
    figures.setFixedWidth(280)
    names = table.sizeHintForColumn(0)
    assert table.columnWidth(0) >= names
    assert f"untrained {untrained}" in table.item(0, 0).toolTip().splitlines()


def test_times_and_gains_in_words():
    assert [about(seconds) for seconds in (0.2, 7.4, 33, 89, 130, 3 * 3600)] == [
        "about 1 s",
        "about 7 s",
        "about 35 s",
        "about 90 s",
        "about 2 min",
        "about 3.0 h",
    ]
    assert [signed(gain) for gain in (0.123, -0.045, 0.0, 0.0004, -0.0004, -0.1)] == ["+12.3", "−4.5", "0.0", "0.0", "0.0", "−10.0"]


def test_a_title_leaves_out_the_data_that_all_share(panel, fake, runs):
    status = Status(state="finished", method="byol", data="shapes", step=8, steps=8)
    runs.apply(Changes(added=(RunSummary(Path("/runs/four"), "finished", status),)))
    fake.kept["/runs/four"] = evaluation_of(EvaluateRun("/runs/four", ("knn",)), 0.4)
    panel.hide()
    panel.show()
    assert runs.row("/runs/four").title == "BYOL · shapes"
    assert panel.compare.table.item(0, 0).text() == "BYOL"
    assert panel.compare.table.item(0, 0).toolTip().startswith("BYOL · shapes")


@pytest.mark.parametrize(("trained", "look"), [(0.5, "good"), (0.1, "bad"), (0.2003, "text")])
def test_a_gain_is_coloured_by_what_is_shown(panel, trained, look):
    kept = evaluation_of(EvaluateRun(RUNS[0], ("knn",)), trained)
    panel.figures.show_figures(kept.evaluation, None, frozenset())
    assert panel.figures.table.item(0, 3).foreground().color().name() == getattr(theme.current(), look)
