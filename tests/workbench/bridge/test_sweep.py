"""A sweep is checked config by config, as each run would be."""

from __future__ import annotations

from engine.config.sweep import axis, sweep
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.setup_questions import CheckSweep, SweepChecked


def test_the_first_config_that_is_not_fit_is_named() -> None:
    answers, base = EngineAnswers(), {"method": {"id": "simclr"}}
    good = sweep(base, [axis("optim.lr", "0.01, 0.1")])
    assert answers(CheckSweep(tuple(good)), lambda share: None, lambda: True) == SweepChecked()
    bad = sweep(base, [axis("method.temperature", "0.1, -1, 0")])
    found = answers(CheckSweep(tuple(bad)), lambda share: None, lambda: True)
    assert found.index == 1
    assert "simclr · temperature -1: method.temperature must be above 0" in found.message
    answers.close()
