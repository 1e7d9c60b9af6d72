"""An episode that plays in Visualizations: only for a run in a world, step by step, and no longer than it is seen."""

from __future__ import annotations

import numpy as np
import pytest

from engine.events import PicturesReady
from engine.runs.status import Status
from engine.study.results import Episode
from tests.workbench.panels.on_screen import on_screen
from tests.workbench.stand_ins import HeldAsker
from workbench.bridge.episode_questions import PlayEpisode
from workbench.panels.visualizations import panel as module
from workbench.panels.visualizations.panel import VisualizationsPanel


def episode_of(question: PlayEpisode) -> Episode:
    frames = np.stack([np.full((16, 16, 3), 10 * step + question.number, np.uint8) for step in range(4)])
    values = np.array([[0.5, 1.0], [2.0, 0.25], [0.0, 3.0]], np.float32)
    return Episode(
        question.folder, question.number, frames, ("up", "left", "up"), ("left", "up"), values, np.array([0.5, -0.25, 1.0]), True
    )


@pytest.fixture
def asker():
    return HeldAsker(episode_of)


def shown(qtbot, asker, monkeypatch, method):
    monkeypatch.setattr(module, "read_status", lambda folder: Status(method=method))
    made = on_screen(qtbot, VisualizationsPanel(asker), 420, 600)
    made.show_run("run")
    made.take_events("run", [PicturesReady(1, 10, {"crops": np.zeros((4, 8, 3), np.uint8)})])
    return made


def choose_episode(panel):
    row = panel.names.findData("@episode")
    assert row >= 0
    panel.names.setCurrentIndex(row)
    panel.names.activated.emit(row)


def test_only_a_run_in_a_world_has_an_episode(qtbot, asker, monkeypatch):
    panel = shown(qtbot, asker, monkeypatch, "simclr")
    assert panel.names.findData("@episode") == -1
    assert asker.questions == []
    assert shown(qtbot, asker, monkeypatch, "curl").names.findData("@episode") >= 0


def test_it_plays_and_says_what_the_agent_does_and_expects(qtbot, asker, monkeypatch):
    panel = shown(qtbot, asker, monkeypatch, "curl")
    choose_episode(panel)
    player = panel.player
    assert asker.questions == [PlayEpisode("run", 0)]
    assert player.isVisible()
    assert player.playing
    assert player.note.text() == "Step 1 of 3: up. Return so far 0.00."
    assert player.values.text() == "Values: left 0.50, up 1.00"
    assert panel.card.state == "held-out episode 1"
    player._advance()
    assert player.note.text() == "Step 2 of 3: left. Return so far 0.50."
    assert player.picture._image.pixelColor(0, 0).red() == 10
    player._advance()
    player._advance()
    assert player.note.text() == "The goal is reached after 3 steps. Return 1.25."
    player._advance()
    assert player.step.value() == 0, "it begins again"


def test_pause_slider_and_another_episode(qtbot, asker, monkeypatch):
    panel = shown(qtbot, asker, monkeypatch, "curl")
    choose_episode(panel)
    player = panel.player
    player.play.click()
    assert not player.playing
    assert player.play.text() == "Play"
    player.step.setValue(2)
    assert player.picture._image.pixelColor(0, 0).red() == 20
    player.another.click()
    assert asker.questions[-1] == PlayEpisode("run", 1)
    assert player.picture._image.pixelColor(0, 0).red() == 1


def test_it_stops_when_it_is_no_longer_seen_and_an_old_answer_is_dropped(qtbot, asker, monkeypatch):
    panel = shown(qtbot, asker, monkeypatch, "curl")
    choose_episode(panel)
    assert panel.player.playing
    panel.hide()
    assert not panel.player.playing
    panel.show()
    asker.at_once = False
    panel.player.another.click()
    panel.show_run("other")
    asker.reply()
    assert panel.player._episode is None
    assert not panel.player.isVisible()


def test_a_failure_is_said_in_its_place(qtbot, asker, monkeypatch):
    panel = shown(qtbot, asker, monkeypatch, "curl")
    asker.at_once = False
    choose_episode(panel)
    asker.refuse("The run has saved no checkpoint yet.")
    assert panel.player.note.text() == "The run has saved no checkpoint yet."
    assert not panel.player.picture.isVisible()
