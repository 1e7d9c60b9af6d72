"""Estimated flow: against the exact flow of rendered clips, and a pattern that moves by whole pixels."""

from __future__ import annotations

import builtins

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.data.estimated_flow import check_estimator, estimated_flow
from engine.data.moving_shapes import draw, flow, render


def test_it_is_near_the_exact_flow() -> None:
    drawn = draw(0, np.arange(24))
    frames, masks = render(drawn, 32)
    exact = flow(drawn, masks).astype(float)
    inside = masks[:, :-1]
    errors = np.stack(
        [np.hypot(*(estimated_flow(clip) - true).transpose(1, 0, 2, 3)) for clip, true in zip(frames, exact, strict=True)]
    )
    moved = np.hypot(exact[:, :, 0], exact[:, :, 1])
    assert errors[inside].mean() < 0.4 * moved[inside].mean()
    assert errors[~inside].mean() < 0.3


@pytest.mark.parametrize("side", [8, 16, 40])
def test_what_moves_right_and_down_has_positive_flow(side: int) -> None:
    y, x = np.mgrid[:side, :side]
    frames = np.stack([128 + 100 * np.sin((x - t) / 3) * np.sin((y - 2 * t) / 4) for t in range(3)]).astype(np.uint8)
    moved = estimated_flow(np.repeat(frames[:, None], 3, axis=1))
    assert (moved.shape, moved.dtype) == ((2, 2, side, side), np.float16)
    middle = slice(side // 4, -(side // 4))
    assert np.median(moved[:, 0, middle, middle]) == pytest.approx(1, abs=0.4)
    assert np.median(moved[:, 1, middle, middle]) == pytest.approx(2, abs=0.6)


def test_without_opencv_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    load = builtins.__import__

    def refuse(name: str, *args: object, **more: object) -> object:
        if name == "cv2":
            raise ImportError
        return load(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ConfigError, match=r"data\.flow must be false, for OpenCV.*pip install 'parallax-workbench\[video\]'"):
        check_estimator()
