"""The exported torchvision code runs and has the view's operations."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from engine.augment.presets import PRESETS
from engine.augment.torchvision_code import as_torchvision
from engine.config.run import ViewConfig


def _transform(code: str) -> Any:
    names: dict[str, Any] = {}
    exec(code, names)
    return names["transform"]


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_exported_code_runs_for_every_preset(preset: str) -> None:
    image = torch.randint(0, 256, (3, 64, 64), dtype=torch.uint8)
    for view in PRESETS[preset]:
        made = _transform(as_torchvision(view, 64))(image)
        assert made.shape == (3, *[64 if view.role == "global" else 28] * 2)
        assert made.dtype == torch.float32


def test_the_code_has_the_enabled_operations_only() -> None:
    off = ViewConfig(flip=0, jitter=0, grayscale=0)
    names = ["Flip", "Rotation", "Jitter", "Grayscale", "Blur", "Solarize", "Erasing"]
    assert not any(name in as_torchvision(off) for name in names)
    full = ViewConfig(rotation=5, blur=0.5, solarize=0.5, erase=1.0)
    assert all(name in as_torchvision(full) for name in names)
    assert _transform(as_torchvision(full, 32))(torch.zeros(3, 32, 32, dtype=torch.uint8)).shape == (3, 32, 32)
