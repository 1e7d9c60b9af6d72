"""The Health panel: a word, a sentence, the evidence, for the run that is chosen."""

import pytest

from engine.events import EvalDone, StepDone
from engine.health import RULES
from tests.engine.test_health import falling, run
from tests.workbench.panels.on_screen import on_screen
from workbench.panels.health.panel import _TITLES, HealthPanel


@pytest.fixture
def panel(qtbot):
    return on_screen(qtbot, HealthPanel(), 300, 320)


def test_it_says_what_to_do_while_there_is_no_run_and_no_figure(panel):
    assert "Choose a run" in panel.message_label.text()
    panel.show_run("a")
    assert panel.message_label.text() == "Nothing was measured yet."
    assert panel.verdict is None


def test_a_healthy_run_is_a_word_and_its_figures(panel):
    panel.load("a", run(falling, chance=6.2, evals={1: {"knn": 0.3}, 300: {"knn": 0.45}}))
    panel.show_run("a")
    assert panel.word.text() == "Learning"
    assert not panel.message_label.isVisible()
    assert not panel.remedy.isVisible()
    shown = {name: [part.text() for part in parts] for name, parts in panel._lines.items() if parts[0].isVisible()}
    assert shown["knn"][1:] == ["0.450", "0.300 untrained"]
    assert shown["loss"][2] == "chance level 6.20"
    assert "task" not in shown


def test_a_collapse_is_a_word_a_sentence_and_a_remedy(panel):
    panel.load("a", run(falling, lambda step: {"std": 0.001, "rank_features": 100.0}))
    panel.load("b", run(falling))
    panel.show_run("a")
    assert panel.word.text() == "Complete collapse"
    assert panel.message_label.isVisible()
    assert panel.remedy.isVisible()
    assert "2011.10566" in panel.source.text()
    panel.show_run("b")
    assert panel.word.text() == "Learning"


def test_a_run_that_is_gone_is_forgotten(panel):
    panel.load("a", run(falling))
    panel.show_run("a")
    panel.run_removed("a")
    assert panel.verdict is None


def test_steps_are_shown_once_in_a_while_and_what_is_rare_at_once(qtbot, panel, monkeypatch):
    shown, show = [], HealthPanel._show
    monkeypatch.setattr(HealthPanel, "_show", lambda panel: (shown.append(1), show(panel)))
    panel.show_run("a")
    shown.clear()
    for step in range(1, 101):
        panel.take_events("a", [StepDone(step, step / 10, 6.0, 0.1, 100.0, step / 10)])
    assert len(shown) == 1
    assert panel.card.state == "step 1"
    panel.take_events("b", [EvalDone(1, 100, {"knn": 0.25}, 1.0)])
    assert len(shown) == 1
    panel.take_events("a", [EvalDone(1, 100, {"knn": 0.25}, 1.0)])
    assert len(shown) == 2
    assert panel.card.state == "step 100"
    panel.take_events("a", [StepDone(101, 10.1, 6.0, 0.1, 100.0, 10.1)])
    assert panel.card.state == "step 100"
    qtbot.waitUntil(lambda: panel.card.state == "step 101")
    assert len(shown) == 3


def test_nothing_is_set_for_nobody(qtbot, panel):
    panel.show_run("a")
    panel.hide()
    panel.take_events("a", [StepDone(7, 0.7, 6.0, 0.1, 100.0, 0.7)])
    assert panel.card.state == ""
    with qtbot.waitExposed(panel):
        panel.show()
    assert panel.card.state == "step 7"


def test_every_kind_of_verdict_has_a_word():
    assert {rule.kind for rule in RULES} == set(_TITLES)


def test_a_teacher_that_collapsed_is_told_with_its_figures(panel):
    terms = {"teacher entropy": 0.08, "KL": 0.44, "prototypes used": 0.012}
    panel.load("a", run(falling, terms=lambda step: terms))
    panel.show_run("a")
    assert panel.word.text() == "Collapse: few prototypes dominate"
    shown = {name: parts[1].text() for name, parts in panel._lines.items() if parts[0].isVisible()}
    assert (shown["entropy"], shown["kl"], shown["used"]) == ("0.080", "0.440", "0.012")
    panel.load("a", run(falling))
    assert not panel._lines["entropy"][0].isVisible()


def test_figures_are_scrolled_and_not_squeezed_where_the_card_is_low(qtbot):
    panel = on_screen(qtbot, HealthPanel(), 300, 200)
    panel.load("a", run(falling, lambda step: {"std": 0.001, "rank_features": 100.0}, chance=6.2, evals={1: {"knn": 0.3}}))
    panel.show_run("a")
    qtbot.waitUntil(lambda: panel.scrolled.verticalScrollBar().maximum() > 0)
    labels = [label for line in panel._lines.values() for label in line if label.isVisible() and label.text()]
    assert len(labels) > 5
    assert all(label.height() >= label.fontMetrics().height() for label in labels)


def test_a_reference_takes_a_second_line_in_a_narrow_panel(qtbot):
    narrow = on_screen(qtbot, HealthPanel(), 200, 320)
    narrow.load("a", run(falling, chance=6.2, evals={1: {"knn": 0.3}, 300: {"knn": 0.45}}))
    narrow.show_run("a")
    reference = narrow._lines["loss"][2]
    qtbot.waitUntil(lambda: reference.height() >= 2 * reference.fontMetrics().height() - 2)
    assert reference.text() == "chance level 6.20"
