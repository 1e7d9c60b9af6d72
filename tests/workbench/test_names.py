"""Classes and factors of the shapes data, and the column of tags, are in the table of translated names."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication

from engine.data import moving_shapes, outlines, shapes
from engine.worlds.visit import QUARTERS
from workbench.i18n import data_names
from workbench.i18n.data_names import data_name
from workbench.panels.embedding.samples_card import TAG


def test_every_name_of_the_shapes_data_is_in_the_table() -> None:
    world = shapes.factors(shapes.draw(0, np.arange(2)))
    moving = {*moving_shapes.factors(moving_shapes.draw(0, np.arange(2))), *moving_shapes.MOTIONS}
    classes = (*outlines.SHAPES, *shapes.BACKGROUNDS, *QUARTERS)
    assert {"class", "caption", TAG, *world, *moving, *classes} == set(data_names._known())


def test_known_names_are_translated_and_others_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_name("hexagon") == "hexagon"
    monkeypatch.setattr(data_names, "translate", lambda context, text: f"<{QCoreApplication.translate(context, text)}>")
    assert data_name("hexagon") == "<hexagon>"
    assert data_name("airplane") == "airplane"
