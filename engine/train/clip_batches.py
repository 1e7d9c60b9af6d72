"""The clips of a batch: views of them, or the whole clips."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.augment import presets
from engine.augment.clip_views import clip_view, flow_view
from engine.augment.draw import draw_view
from engine.augment.pipeline import Pipeline
from engine.augment.views import ViewDraw
from engine.config.run import ViewsConfig
from engine.data.dataset import Dataset
from engine.embed.features import normalised, sound_of, taken
from engine.method import ClipViews


def clip_batch(pipeline: Pipeline, dataset: Dataset, index: np.ndarray, draw: ViewDraw, device: torch.device) -> ClipViews:
    """The views of clips (n,) at `index` by a draw of n rows."""
    assert dataset.clips is not None, "checked when the run begins"
    view = clip_view(pipeline, taken(dataset.clips, index, device), draw)
    frames = normalised(dataset, view.flatten(0, 1)).unflatten(0, view.shape[:2])
    count, times = frames.shape[:2]
    flow = frames.new_zeros(count, max(0, times - 1), 2, *frames.shape[-2:])
    if dataset.flow is not None:
        flow = flow_view(taken(dataset.flow, index, device), draw)
    if dataset.sound is None:
        return ClipViews(frames, flow, frames.new_zeros(count, 0), torch.zeros(count, dtype=torch.bool, device=device))
    sound, has_sound = sound_of(dataset.sound, index, device)
    return ClipViews(frames, flow, sound, has_sound, dataset.sound.rate)


class WholeClips:
    """Gives the whole clips of a data set at views of `size` px: the same every time."""

    def __init__(self, dataset: Dataset, size: int) -> None:
        self.dataset = dataset
        self.view = presets.groups("none")[0].model_copy(update={"size": size})
        self.pipeline = Pipeline(ViewsConfig(preset="none", groups=(self.view,)), dataset.size)

    def __deepcopy__(self, memo: object) -> WholeClips:
        return self

    def __call__(self, index: Tensor) -> ClipViews:
        rows = index.cpu().numpy()
        draw = draw_view(self.view, self.dataset.size, len(rows), torch.Generator().manual_seed(0))
        return clip_batch(self.pipeline, self.dataset, rows, draw, index.device)
