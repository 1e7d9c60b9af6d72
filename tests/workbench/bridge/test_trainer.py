"""The trainer of the window, which calls the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.config.errors import ConfigError
from engine.train.control import Control
from workbench.bridge.trainer import EngineTrainer


def test_a_run_on_several_devices_is_refused_before_it_has_a_folder(tmp_path: Path) -> None:
    config = {"method": {"id": "simclr"}, "train": {"devices": 2, "device": "cpu", "batch": 8}}
    with pytest.raises(ConfigError, match=r"train\.devices must be 1 .* Got 2\. .*python -m engine train CONFIG\.yaml"):
        EngineTrainer().begin(config, tmp_path, lambda event: None, Control(), lambda folder: pytest.fail("it has a folder"))
    assert list(tmp_path.iterdir()) == []
