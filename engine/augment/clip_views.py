"""Clips through the geometry and the colours of a view: one draw for all frames of a clip."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.augment import geometry
from engine.augment.pipeline import Pipeline
from engine.augment.views import ViewDraw


def clip_view(pipeline: Pipeline, clips: Tensor, draw: ViewDraw) -> Tensor:
    """Frames (n, T, 3, S, S) uint8 to (n, T, 3, s, s) float32 in 0..1: row i of the draw for all frames of clip i."""
    count, frames = clips.shape[:2]
    each = torch.arange(count).repeat_interleave(frames)
    [view] = pipeline.apply(clips.flatten(0, 1), [draw.take(each)])
    out: Tensor = view.unflatten(0, (count, frames))
    return out


def flow_view(flow: Tensor, draw: ViewDraw) -> Tensor:
    """Flow (n, T, 2, S, S), in pixels of the stored images, to (n, T, 2, s, s), in pixels of the view: its field is resampled as an
    image is, without the blur, and its vectors are scaled, mirrored and turned as the view is."""
    if not len(flow):
        return flow.new_zeros(0, flow.shape[1], 2, draw.size, draw.size)
    draw, device, (count, times) = draw.to("cpu"), flow.device, flow.shape[:2]
    maps = geometry.rotation_map(draw.crop, draw.flip, draw.angle, draw.source)  # (n, 2, 3), from the view to the stored image
    each = torch.arange(count).repeat_interleave(times)
    values = flow.float().flatten(0, 1)  # (n T, 2, S, S)
    if draw.view.rotation:
        field = geometry.rotate(values, maps[each].to(device), draw.size)
    else:
        some = draw.take(each)
        x = geometry.resize_taps(some.crop[:, 0], some.crop[:, 2], draw.size, some.flip).to(device)
        y = geometry.resize_taps(some.crop[:, 1], some.crop[:, 3], draw.size).to(device)
        field = geometry.resample(geometry.columns_first(values), x, y, channels=2)
    # In shares of the side, as the maps have coordinates; back from the stored image to the view.
    back = torch.linalg.inv(maps[:, :, :2].double()).float().to(device) * (draw.size / draw.source)  # (n, 2, 2)
    return torch.einsum("nij,ntjhw->ntihw", back, field.unflatten(0, (count, times)))
