"""Several runs evaluated: what the dialog counts and promises, and that they go on one after another whatever happens to one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.evaluate.plan import DEFAULT
from tests.workbench.panels.on_screen import on_screen
from tests.workbench.stand_ins import HeldAsker, estimate_of, evaluation_of, finished_runs
from workbench.bridge.evaluate_questions import (
    EstimateEvaluation,
    EstimateEvaluations,
    EvaluateRun,
    KeptEvaluation,
    ReadEvaluations,
)
from workbench.panels.evaluate.evaluation_batch import Batch, Todo, plan
from workbench.panels.evaluate.evaluation_text import about
from workbench.panels.evaluate.panel import EvaluatePanel
from workbench.panels.runs.runs_table import RunsTable

RUNS = ("/runs/one", "/runs/two", "/runs/three", "/runs/four")
ONE, TWO, THREE, FOUR = RUNS


class Asker(HeldAsker):
    """Answers reading at once, everything else when told to."""

    def __init__(self) -> None:
        super().__init__(self._made, at_once=False)
        self.kept: dict[str, KeptEvaluation] = {}
        self.unfit: dict[str, str] = {}
        self.progress: dict[object, object] = {}

    def _made(self, question):
        if isinstance(question, ReadEvaluations):
            return {folder: self.kept.get(folder, KeptEvaluation(None)) for folder in question.folders}
        if isinstance(question, EstimateEvaluation):
            return estimate_of()
        if isinstance(question, EstimateEvaluations):
            return {folder: self.unfit.get(folder, estimate_of()) for folder in question.folders}
        made = evaluation_of(question, 0.7)
        evaluation = self.kept[question.folder].evaluation if question.folder in self.kept else None
        for figure in made.evaluation.at(None).values():
            evaluation = (evaluation or made.evaluation).with_figure(None, figure)
        self.kept[question.folder] = KeptEvaluation(evaluation)
        return self.kept[question.folder]

    def __call__(self, question, answer, failed=None, progress=None):
        super().__call__(question, answer, failed, progress)
        self.progress[question] = progress
        if isinstance(question, ReadEvaluations):
            self.waiting.pop()
            answer(self.make(question))

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


@pytest.fixture
def dialog(panel, fake):
    fake.kept[TWO] = evaluation_of(EvaluateRun(TWO, ("knn",)))
    fake.kept[THREE] = KeptEvaluation(None, checkpoint=False)
    return panel.ask_several([ONE, TWO, THREE], RUNS)


def lines(dialog):
    return dialog.list.toPlainText().splitlines()


# Before


def test_nothing_is_begun_before_the_count_and_the_time_are_said(dialog, fake):
    assert EstimateEvaluations((ONE, TWO)) in fake.questions  # of the one without a checkpoint nothing is to be known
    assert not dialog.go.isEnabled()
    fake.progress[EstimateEvaluations((ONE, TWO))](0.4)
    assert "estimating the duration, 40 %" in dialog.summary.text()
    fake.reply()
    known = estimate_of()
    both, linear = known.seconds(DEFAULT), known.seconds(("linear",))
    assert lines(dialog) == [
        f"one: kNN, linear · {about(both)}",
        f"two: linear · {about(linear)}",
        "three: left out, no checkpoint yet",
    ]
    assert dialog.summary.text() == f"2 of 3 runs, one after another · {about(both + linear)} on cpu · left out: 1"
    assert dialog.go.text() == "Evaluate 2 runs"
    assert dialog._times["knn"].text() == about(known.seconds(("knn",)))  # of one run: the other has it
    assert fake.evaluations == []


def test_what_is_kept_of_the_same_checkpoint_is_left_out_and_said(dialog, fake):
    fake.reply()
    dialog.boxes["linear"].setChecked(False)
    assert lines(dialog)[1] == "two: already evaluated"
    assert "already evaluated at the same checkpoint: 1" in dialog.summary.text()
    assert dialog.go.text() == "Evaluate 1 runs"
    dialog.again.setChecked(True)
    assert lines(dialog)[1].startswith("two: kNN ·")
    dialog.again.setChecked(False)
    fake.kept[TWO] = replace(fake.kept[TWO], stale=frozenset({"knn_200"}))
    dialog.take_kept(fake.kept)
    assert lines(dialog)[1].startswith("two: kNN ·")
    dialog.boxes["knn"].setChecked(False)
    assert dialog.summary.text() == "Tick what to measure."
    assert not dialog.go.isEnabled()


def test_all_runs_that_are_shown_can_be_taken_and_one_that_is_not_fit_is_left_out(dialog, fake):
    fake.unfit[FOUR] = "data.source must be a set with labels."
    fake.reply()
    assert [dialog.which.itemText(index) for index in range(2)] == ["the chosen runs: 3", "all runs that the table shows: 4"]
    dialog.which.setCurrentIndex(1)
    dialog.which.activated.emit(1)
    assert fake.questions[-1] == EstimateEvaluations((FOUR,))
    fake.reply()
    assert lines(dialog)[3] == "four: left out, data.source must be a set with labels."
    assert "2 of 4 runs" in dialog.summary.text()
    assert [todo.folder for todo in dialog.todos if todo.parts] == [ONE, TWO]


def test_parts_are_offered_where_the_data_of_a_run_allow_them(dialog, fake):
    """Of the targets, and of the classes where no run has any."""
    targets = {"multi_label", "regression"}
    assert {part for part, box in dialog.boxes.items() if box.isHidden()} == targets
    assert dialog.parts == DEFAULT
    able = frozenset(targets)
    dialog.take_estimates({ONE: replace(estimate_of(), able=able), TWO: replace(estimate_of(), able=frozenset(DEFAULT))})
    assert {part for part, box in dialog.boxes.items() if not box.isHidden()} == {*targets, *DEFAULT}
    for part in targets:
        dialog.boxes[part].setChecked(True)
    assert dialog.parts == (*DEFAULT, "multi_label", "regression")
    whole = estimate_of()
    assert lines(dialog)[:2] == [
        f"one: multi-label, regression · {about(whole.seconds(('multi_label', 'regression')))}",
        f"two: linear · {about(whole.seconds(('linear',)))}",
    ]
    assert [todo.parts for todo in dialog.todos] == [("multi_label", "regression"), ("linear",), ()]
    # Where no run has classes, what needs them is neither shown nor measured.
    dialog.take_estimates({TWO: replace(estimate_of(), able=able)})
    assert {part for part, box in dialog.boxes.items() if not box.isHidden()} == targets
    assert set(dialog.parts) == targets
    # Where no run has targets, they are not.
    dialog.take_estimates({folder: replace(estimate_of(), able=frozenset(DEFAULT)) for folder in (ONE, TWO)})
    assert dialog.parts == DEFAULT


def test_a_time_that_cannot_be_told_holds_nobody_up(dialog, fake):
    fake.refuse("MemoryError: none\n\nTraceback")
    assert "The duration cannot be estimated: MemoryError: none" in dialog.summary.text()
    assert "Traceback" not in dialog.summary.text()
    assert dialog.go.isEnabled()


def test_a_dialog_that_is_closed_asks_no_further(dialog, panel, fake, qtbot):
    with qtbot.waitSignal(panel.estimatesDropped):
        dialog.reject()
    fake.reply()  # an answer that was under way finds nobody
    assert fake.evaluations == []


# Going


def go(dialog, fake):
    fake.reply()
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)


def test_runs_go_on_one_after_another(panel, fake, qtbot):
    dialog = panel.ask_several(RUNS, RUNS)
    fake.reply()
    assert dialog.which.count() == 1  # the chosen are all that are shown
    with qtbot.waitSignal(panel.severalBegun):
        dialog.go.click()
    strip = panel.strip
    assert strip.isVisible()
    assert fake.evaluations == [EvaluateRun(ONE, DEFAULT)]
    assert strip.words.text() == "Run 1 of 4: one"
    fake.progress[EvaluateRun(ONE, DEFAULT)](0.5)
    assert strip.words.text().startswith("Run 1 of 4: one · Linear probe, trained · 50 % · about ")
    assert strip.words.text().endswith("left for all")
    assert strip.bar.value() == 125
    for number, folder in enumerate(RUNS, start=1):
        assert fake.evaluations[-1] == EvaluateRun(folder, DEFAULT)
        assert strip.words.text().startswith(f"Run {number} of 4")
        fake.reply()
    assert len(fake.evaluations) == 4
    assert strip.words.text() == "Evaluated: 4 of 4 runs"
    assert not strip.failures.isVisible()
    assert len(panel.compare.lines) == 4
    strip.close_button.click()
    assert not strip.isVisible()


def test_a_run_that_fails_is_said_and_skipped(dialog, panel, fake):
    go(dialog, fake)
    fake.refuse("device must be one with enough memory.\n\nTraceback")
    assert panel.strip.failures.text() == "one: device must be one with enough memory."
    assert panel.strip.words.text().startswith("Run 2 of 2: two")
    assert fake.evaluations[-1] == EvaluateRun(TWO, ("linear",))
    fake.reply()
    assert panel.strip.words.text() == "Evaluated: 1 of 2 runs · not completed: 1"
    assert panel.strip.failures.isVisible()


def test_the_strip_leaves_room_however_much_fails(panel, fake):
    panel.evaluate_several([Todo(folder, folder, ("knn",)) for folder in RUNS])
    for _ in RUNS:
        fake.refuse("A reason. " * 100)
    errors = panel.strip.failures.text().splitlines()
    assert len(errors) == 3
    assert max(map(len, errors)) < 200
    assert errors[-1] == "… and 2 more"
    assert all(folder in panel.strip.failures.toolTip() for folder in RUNS)
    assert panel.minimumSizeHint().height() <= 590
    assert panel.minimumSizeHint().width() <= 1028


def test_cancel_ends_this_run_and_all_that_wait(dialog, panel, fake, qtbot):
    go(dialog, fake)
    with qtbot.waitSignal(panel.cancelAsked) as signal:
        panel.strip.cancel.click()
    assert signal.args == [ONE]
    assert len(fake.evaluations) == 1
    assert panel.strip.words.text().startswith("Cancelled; evaluated: 0 runs.")
    assert panel.strip.close_button.isVisible()
    assert not panel._going


def test_one_of_them_called_off_by_itself_lets_the_next_begin(dialog, panel, fake):
    go(dialog, fake)
    panel.show_run(ONE)
    panel.cancel_button.click()
    assert panel.strip.failures.text() == "one: cancelled"
    assert fake.evaluations[-1].folder == TWO


def test_a_run_that_is_evaluated_by_itself_is_waited_for_and_not_done_again(panel, fake):
    panel.show_run(ONE)
    fake.waiting.clear()  # its trial
    panel.start()
    panel.evaluate_several((Todo(ONE, "one", ("knn",)),))
    assert panel.strip.words.text() == "1 runs wait for the evaluation in progress."
    fake.reply()
    assert len(fake.evaluations) == 1
    assert panel.strip.words.text() == "Evaluated: 1 of 1 runs"


def test_more_runs_stand_behind_those_that_wait(panel, fake):
    panel.evaluate_several((Todo(ONE, "one", ("knn",)), Todo(TWO, "two", ("knn",))))
    panel.evaluate_several((Todo(THREE, "three", ("linear",)), Todo(TWO, "two", ("knn",))))
    assert panel.strip.words.text() == "Run 1 of 4: one"
    for _ in range(3):
        fake.reply()
    assert [(question.folder, question.parts) for question in fake.evaluations] == [
        (ONE, ("knn",)),
        (TWO, ("knn",)),
        (THREE, ("linear",)),
    ]
    assert panel.strip.words.text() == "Evaluated: 4 of 4 runs"


def test_how_far_all_are_goes_by_time():
    batch = Batch()
    batch.add((Todo("a", "a", ("knn",), seconds=30.0), Todo("b", "b", ("knn",), seconds=10.0), Todo("c", "c", ("knn",))))
    assert batch.next(()).folder == "a"
    assert batch.next(()) is None
    batch.share = 0.5
    assert batch.done == pytest.approx(15 / 60)  # the third as long as the others in the mean
    batch._begun = 100.0
    assert batch.seconds_left(115.0) == pytest.approx(45.0)
    assert not batch.end("b")
    assert batch.end("a")
    assert batch.next({"b"}).folder == "c"
    assert batch.done == pytest.approx(0.5)


# From the table


def test_the_table_asks_for_what_is_chosen_or_shown(qtbot, runs, fake):
    table = on_screen(qtbot, RunsTable(runs, fake), 1028, 590)
    with qtbot.waitSignal(table.evaluateAsked) as signal:
        QTest.mouseClick(table.evaluate, Qt.MouseButton.LeftButton)
    assert signal.args[0] == []
    assert sorted(signal.args[1]) == sorted(RUNS)
    table.view.choose([TWO, FOUR])
    with qtbot.waitSignal(table.evaluateAsked) as signal:
        table.evaluate.click()
    assert sorted(signal.args[0]) == sorted([TWO, FOUR])
    table.order.set_query("two")
    with qtbot.waitSignal(table.evaluateAsked) as signal:
        table.evaluate.click()
    assert signal.args[1] == [TWO]
    table.order.set_query("no such run")
    assert not table.evaluate.isEnabled()


# In a new window


class Taken:
    """Takes over the questions of some folders: who is informed of them now."""

    def __init__(self, folders):
        self.folders, self.listeners = folders, {}

    def __call__(self, question, *hearing):
        if question.folder in self.folders:
            self.listeners[question.folder] = hearing
        return question.folder in self.folders


def test_a_panel_that_takes_the_place_of_another_goes_on_with_its_batch(panel, fake, runs, qtbot):
    panel.evaluate_several((Todo(ONE, "one", ("knn",)), Todo(TWO, "two", ("knn",)), Todo(THREE, "three", ("knn",))))
    fake.reply()
    fake.progress[EvaluateRun(TWO, ("knn",))](0.5)
    begun = len(fake.evaluations)
    heir, taken = on_screen(qtbot, EvaluatePanel(fake, runs), 1028, 590), Taken((TWO,))
    heir.show_run(TWO)
    heir.adopt(panel, taken)
    assert len(fake.evaluations) == begun  # nothing is begun twice
    assert heir.strip.isVisible()
    assert heir.strip.words.text().startswith("Run 2 of 3: two")
    assert heir.bar.isVisible()
    assert heir.bar.value() == 500
    assert heir.cancel_button.isVisible()
    answer, _, progress = taken.listeners[TWO]
    progress(0.75)
    assert heir.bar.value() == 750
    answer(evaluation_of(EvaluateRun(TWO, ("knn",))))
    assert not heir.bar.isVisible()
    assert fake.evaluations[-1] == EvaluateRun(THREE, ("knn",))
    assert heir.strip.words.text().startswith("Run 3 of 3: three")
    with qtbot.waitSignal(heir.cancelAsked) as signal:
        heir.strip.cancel.click()
    assert signal.args == [THREE]


def test_what_ended_while_the_windows_changed_is_read_and_the_next_begins(panel, fake, runs, qtbot):
    panel.evaluate_several((Todo(ONE, "one", ("knn",)), Todo(TWO, "two", ("knn",))))
    fake.kept[ONE] = evaluation_of(EvaluateRun(ONE, ("knn",)))
    heir = on_screen(qtbot, EvaluatePanel(fake, runs), 1028, 590)
    heir.adopt(panel, Taken(()))
    assert fake.evaluations[-1] == EvaluateRun(TWO, ("knn",))
    assert heir.strip.words.text().startswith("Run 2 of 2: two")
    assert [line.title for line in heir.compare.lines] == ["one"]


def test_nothing_is_adopted_where_nothing_goes_on(panel, fake, runs, qtbot):
    heir = on_screen(qtbot, EvaluatePanel(fake, runs), 1028, 590)
    heir.adopt(panel, Taken(RUNS))
    assert not heir.strip.isVisible()
    assert not heir._going
    assert fake.evaluations == []


def test_parts_that_the_data_of_a_run_do_not_allow_are_left_out():
    known = replace(estimate_of(), able=frozenset({"segmentation", "linear"}))
    [todo] = plan((("/runs/a", "a"),), {}, {"/runs/a": known}, ("knn", "linear"), False, "")
    assert todo.parts == ("linear",)
    [todo] = plan((("/runs/a", "a"),), {}, {"/runs/a": known}, ("knn",), False, "")
    assert todo.why == "its data lack what these parts need"
