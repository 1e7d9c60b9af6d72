"""Rotation on images that lie at any angle: said before the run starts."""

from __future__ import annotations

import pytest

from engine.train.resolve import notes, resolve


@pytest.mark.parametrize(("source", "said"), [("shapes", True), ("simple_shapes", False), ("cifar10", False)])
def test_data_without_an_upright_are_named(source: str, said: bool) -> None:
    found = [str(note) for note in notes(resolve({"method": "rotation", "data": {"source": source}}))]
    assert any("chance level" in text and source in text for text in found) == said


def test_views_that_are_turned_any_way_are_named() -> None:
    given = {"method": "rotation", "data": {"source": "cifar10"}, "views": {"groups": {0: {"rotation": 180.0}}}}
    assert "180 degrees" in str(notes(resolve(given))[0])


def test_other_methods_do_not_mind() -> None:
    assert notes(resolve({"method": "simclr", "data": {"source": "shapes"}})) == ()
