"""CheckSweep checks each config of a sweep like that of a single run."""

from __future__ import annotations

from engine.config.sweep import axis, sweep
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.setup_questions import CheckSweep, SweepChecked


def test_the_first_invalid_config_of_a_sweep_is_reported() -> None:
    answers, base = EngineAnswers(), {"method": {"id": "simclr"}}
    good = sweep(base, [axis("optim.lr", "0.01, 0.1")])
    checked: SweepChecked = answers(CheckSweep(tuple(good)), lambda share: None, lambda: True)
    assert (checked.index, checked.message) == (-1, "")
    first, second = checked.runs
    assert first.speed_settings == second.speed_settings, "the rate does not change the speed"
    assert first.train["epochs"] == 20
    bad = sweep(base, [axis("method.temperature", "0.1, -1, 0")])
    result = answers(CheckSweep(tuple(bad)), lambda share: None, lambda: True)
    assert (result.index, result.key) == (1, "method.temperature")
    assert "simclr · shapes · temperature -1 · s0: method.temperature must be above 0" in result.message
    answers.close()
