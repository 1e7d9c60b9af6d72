"""Visualizations: pictures as they are reported and as they were stored."""

import numpy as np
import pytest

from engine.events import EpochDone, PicturesReady
from workbench.panels.visualizations import panel as module
from workbench.panels.visualizations.panel import VisualizationsPanel


def came(epoch, **pictures):
    return PicturesReady(epoch, epoch * 10, {name: np.full((4, 8, 3), value, np.uint8) for name, value in pictures.items()})


@pytest.fixture
def panel(qtbot):
    made = VisualizationsPanel()
    qtbot.addWidget(made)
    made.resize(290, 300)
    made.show_run("run")
    return made


def shade(panel):
    return panel.picture._image.pixelColor(0, 0).red()


def test_the_newest_picture_is_followed(panel):
    panel.take_events("run", [came(1, views=10), EpochDone(1, 10, 1.0, 1.0), came(2, views=20)])
    assert panel.current_epoch == 2
    assert panel.card.state.endswith("epoch 2")
    assert shade(panel) == 20
    panel.take_events("run", [came(3, views=30)])
    assert shade(panel) == 30


def test_somebody_who_looks_back_is_left_there(panel):
    panel.take_events("run", [came(1, views=10), came(2, views=20)])
    panel.epoch.setValue(0)
    assert shade(panel) == 10
    panel.take_events("run", [came(3, views=30)])
    assert panel.current_epoch == 1
    assert shade(panel) == 10


def test_a_picture_is_chosen_by_name_and_stays_chosen(panel):
    panel.take_events("run", [came(1, views=10, error=11)])
    assert not panel.names.isHidden()
    panel.names.setCurrentIndex(panel.names.findData("error"))
    panel.names.activated.emit(1)
    assert shade(panel) == 11
    panel.take_events("run", [came(2, views=20, error=21)])
    assert shade(panel) == 21


def test_stored_pictures_are_read(panel, monkeypatch):
    stored = {(3, "views"): 33, (6, "views"): 66}
    monkeypatch.setattr(module, "picture_epochs", lambda folder: [3, 6])
    monkeypatch.setattr(module, "pictures", lambda folder, epoch: ["views"])
    monkeypatch.setattr(module, "read_picture", lambda folder, epoch, name: np.full((4, 4, 3), stored[epoch, name], np.uint8))
    panel.show_run("run")
    assert (panel.current_epoch, shade(panel)) == (6, 66)
    panel.epoch.setValue(0)
    assert shade(panel) == 33
    panel.take_events("run", [came(9, views=99)])
    assert shade(panel) == 33


def test_empty_says_what_will_come(panel, monkeypatch):
    panel.show_run(None)
    assert "Choose or start a run" in panel._empty.text()
    monkeypatch.setattr(module, "picture_epochs", lambda folder: [])
    panel.show_run("run")
    assert "are made with each snapshot" in panel._empty.text()
    assert panel._scroll.isHidden()


def test_a_picture_that_cannot_be_read_is_no_accident(panel, monkeypatch):
    def broken(folder, epoch, name):
        raise OSError("torn")

    monkeypatch.setattr(module, "picture_epochs", lambda folder: [1])
    monkeypatch.setattr(module, "pictures", lambda folder, epoch: ["views"])
    monkeypatch.setattr(module, "read_picture", broken)
    panel.show_run("run")
    assert panel._scroll.isHidden()


def test_the_picture_keeps_its_shape(panel):
    panel.take_events("run", [came(1, views=10)])
    assert panel.picture.heightForWidth(16) == 8
    assert panel.picture.heightForWidth(1000) == 500
