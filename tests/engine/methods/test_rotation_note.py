"""Rotation prediction on images without an upright orientation: a note is shown before the run starts."""

from __future__ import annotations

import pytest

from engine.train.resolve import notes, resolve


@pytest.mark.parametrize(("source", "expected"), [("shapes", True), ("simple_shapes", False), ("cifar10", False)])
def test_data_without_an_upright_orientation_give_a_note(source: str, expected: bool) -> None:
    texts = [str(note) for note in notes(resolve({"method": "rotation", "data": {"source": source}}))]
    assert any("chance level" in text and source in text for text in texts) == expected


def test_views_with_random_rotation_give_a_note() -> None:
    given = {"method": "rotation", "data": {"source": "cifar10"}, "views": {"groups": {0: {"rotation": 180.0}}}}
    assert "180 degrees" in str(notes(resolve(given))[0])


def test_other_methods_give_no_note() -> None:
    assert notes(resolve({"method": "simclr", "data": {"source": "shapes"}})) == ()
