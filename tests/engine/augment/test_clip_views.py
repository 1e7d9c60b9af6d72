"""Clips and flow through the geometry of a view."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.augment.clip_views import clip_view, flow_view
from engine.augment.pipeline import Pipeline
from engine.config.run import ViewConfig, ViewsConfig

SIDE = 24


def pipeline_of(**changes: float) -> Pipeline:
    off = {"jitter": 0.0, "grayscale": 0.0, "blur": 0.0}
    return Pipeline(ViewsConfig(preset="none", groups=(ViewConfig(count=1, **{**off, **changes}),)), SIDE)


def test_all_frames_of_a_clip_get_one_draw_and_each_clip_its_own() -> None:
    pipeline = pipeline_of(crop_min=0.3, jitter=1.0, brightness=0.5)
    clips = torch.randint(0, 256, (3, 4, 3, SIDE, SIDE), dtype=torch.uint8)
    [draw] = pipeline.draw(3, 0, 0, 0)
    view = clip_view(pipeline, clips, draw)
    assert view.shape == (3, 4, 3, SIDE, SIDE)
    for clip in range(3):
        for frame in range(4):
            [alone] = pipeline.apply(clips[clip : clip + 1, frame], [draw.take([clip])])
            assert torch.equal(view[clip, frame], alone[0])
    assert len({tuple(row) for row in draw.crop.tolist()}) == 3


def moving_spot(at: tuple[float, float], by: tuple[float, float]) -> tuple[torch.Tensor, torch.Tensor]:
    """Two frames with a bright spot, and its flow: (1, 2, 3, S, S) uint8, (1, 1, 2, S, S)."""
    step = np.arange(SIDE) + 0.5
    frames = []
    for x, y in (at, (at[0] + by[0], at[1] + by[1])):
        spot = 255 * np.exp(-((step[None, :] - x) ** 2 + (step[:, None] - y) ** 2) / 6)
        frames.append(np.stack([spot] * 3))
    flow = torch.tensor(by).view(1, 1, 2, 1, 1).expand(1, 1, 2, SIDE, SIDE)
    return torch.from_numpy(np.stack(frames)[None]).byte(), flow


def centre(image: torch.Tensor) -> tuple[float, float]:
    weight = image[0].double()
    step = torch.arange(image.shape[-1]) + 0.5
    return float((weight.sum(0) * step).sum() / weight.sum()), float((weight.sum(1) * step).sum() / weight.sum())


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    "changes", [{"crop_min": 1.0, "flip": 1.0}, {"crop_min": 0.8, "flip": 0.5}, {"crop_min": 0.9, "rotation": 90.0}]
)
def test_the_flow_of_a_view_is_how_the_view_moves(changes: dict[str, float], seed: int) -> None:
    """The centre of a spot in the two views of its frames moves as the view's flow says."""
    pipeline = pipeline_of(ratio_min=0.7, ratio_max=1.4, **changes)
    frames, flow = moving_spot((11.0, 13.0), (1.5, -2.5))
    [draw] = pipeline.draw(1, seed, 0, 0)
    view = clip_view(pipeline, frames, draw)[0]
    before, after = centre(view[0]), centre(view[1])
    field = flow_view(flow, draw)[0, 0]
    row, column = int(before[1]), int(before[0])
    assert field[:, row, column].tolist() == pytest.approx([after[0] - before[0], after[1] - before[1]], abs=0.15)


def test_a_flip_mirrors_the_flow_exactly() -> None:
    pipeline = pipeline_of(crop_min=1.0, ratio_min=1.0, ratio_max=1.0, flip=1.0)
    flow = torch.randn(2, 3, 2, SIDE, SIDE)
    [draw] = pipeline.draw(2, 0, 0, 0)
    expected = flow.flip(-1).clone()
    expected[:, :, 0] *= -1
    torch.testing.assert_close(flow_view(flow, draw), expected)


def test_no_clip_gives_no_flow() -> None:
    pipeline = pipeline_of()
    [draw] = pipeline.draw(0, 0, 0, 0)
    assert flow_view(torch.zeros(0, 3, 2, SIDE, SIDE), draw).shape == (0, 3, 2, SIDE, SIDE)
