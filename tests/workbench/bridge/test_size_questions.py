"""How long a run takes at two sizes is asked only where it matters, and measured once."""

from __future__ import annotations

from typing import Any

import pytest

from engine.config.run import DataConfig
from engine.data.open import open_dataset
from engine.train import size_speed
from workbench.bridge.question import Context, Session
from workbench.bridge.size_questions import CompareSizes

DATA = {"source": "simple_shapes", "count": 100, "size": 64}


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes that were measured: 1 image a second at 64 px, 10 at 32 px."""
    sizes: list[int] = []

    def measure(config: Any, size: int, wanted: Any) -> float:
        sizes.append(size)
        return 10.0 if size == 32 else 1.0

    monkeypatch.setattr(size_speed, "images_per_second", measure)
    return sizes


def ask(session: Session, epochs: int, wanted: bool = True, **data: Any) -> tuple[tuple[int, int], ...]:
    train = {"epochs": epochs, "batch": 16, "device": "cpu"}
    question = CompareSizes({"data": {**DATA, **data}, "train": train}, wanted=wanted)
    times = question.answer(Context(session, lambda share, text="": None, lambda: True))
    return tuple((time.size, round(time.seconds)) for time in times)


def test_two_times_from_two_speeds(measured: list[int]) -> None:
    session = Session()
    images = len(open_dataset(DataConfig.model_validate(DATA)).splits["train"])
    seconds = 100 * images / 0.95
    assert ask(session, 100) == ((64, round(seconds)), (32, round(seconds / 10)))
    assert ask(session, 200) == ((64, round(2 * seconds)), (32, round(seconds / 5)))
    assert measured == [64, 32], "each size once"


def test_nothing_is_said_where_it_does_not_matter(measured: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    assert ask(session, 1) == (), "a short run"
    assert ask(session, 100, size=32) == (), "small images"
    assert ask(session, 100, wanted=False) == ()
    assert measured == [64]
    monkeypatch.setattr(size_speed, "images_per_second", lambda config, size, wanted: 1.0)
    assert ask(Session(), 100) == (), "as slow with small images"
