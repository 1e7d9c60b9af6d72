"""Encoders of clips: a network on each frame, then layers that compare frames."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.data.clips import evenly

WIDTHS = (16, 32, 64, 128)


class FrameNet(nn.Module):
    """A small convolutional network for frames of any number of channels: four layers, of which the first three halve the side."""

    def __init__(self, channels: int, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        self.dim = widths[-1]
        layers: list[nn.Module] = []
        for number, (before, after) in enumerate(zip((channels, *widths), widths, strict=False)):
            stride = 2 if number < 3 else 1
            layers += [nn.Conv2d(before, after, 3, stride, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        self.layers = nn.Sequential(*layers)

    def dense(self, images: Tensor) -> Tensor:
        """(N, channels, h, w) to (N, dim, h / 8, w / 8), rounded up."""
        out: Tensor = self.layers(images)
        return out


class FrameComparison(nn.Module):
    """A residual convolution over three frames, at every position of the maps by itself.

    A convolution over time adds up a linear map of the frame before, one of the frame itself and one of the frame after. These are
    computed once for each frame (`parts`), so that the same frames in other orders cost next to nothing."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.linear = nn.Conv2d(dim, 3 * dim, 1, bias=False)
        self.norm = nn.BatchNorm2d(dim)

    def parts(self, maps: Tensor) -> Tensor:
        """Maps (N, T, dim, s, t) to (N, T, 3, dim, s, t): for the frame after, the frame itself, the frame before."""
        clips, frames, dim = maps.shape[:3]
        parts: Tensor = self.linear(maps.flatten(0, 1)).view(clips, frames, 3, dim, *maps.shape[3:])
        return parts

    def forward(self, maps: Tensor, parts: Tensor, order: Tensor | None = None) -> Tensor:
        """Maps (N, T, dim, s, t), compared: the same shape. `order`: (N, T) in which order the frames of each clip are taken, the
        given one by default. Beyond both ends the clip stands still."""
        if order is not None:
            rows = torch.arange(len(maps), device=maps.device)[:, None]
            maps, parts = maps[rows, order], parts[rows, order]
        after, own, before = parts.unbind(2)  # what each frame adds to the next, to itself, to the last
        moved = own + torch.cat([after[:, :1], after[:, :-1]], dim=1) + torch.cat([before[:, 1:], before[:, -1:]], dim=1)
        out: Tensor = F.relu(maps + self.norm(moved.flatten(0, 1)).view_as(moved))
        return out


class ClipEncoder(Backbone):
    """Clips to features: `net` maps each frame, `comparison` compares the maps of neighbouring frames, and the mean over time and
    space is the feature. The spatial and the temporal convolutions are apart, as in R(2+1)D (Tran et al., 1711.11248), all spatial
    ones first. An image is a clip that stands still. `frames`: how many of a clip's frames are used, evenly spaced."""

    sees_clips = True

    def __init__(self, net: Backbone | FrameNet, frames: int) -> None:
        super().__init__()
        self.net, self.frames, self.dim = net, frames, net.dim
        self.size, self.multiple = getattr(net, "size", 0), getattr(net, "multiple", 1)
        self.comparison = FrameComparison(net.dim)

    def maps(self, clips: Tensor) -> Tensor:
        """The map of each frame by itself: (N, T, C, h, w) to (N, T, dim, s, t)."""
        maps: Tensor = self.net.dense(clips.flatten(0, 1)).unflatten(0, clips.shape[:2])
        return maps

    def compared(self, maps: Tensor) -> Tensor:
        """Maps (N, T, dim, s, t) after the layer that compares frames: the same shape."""
        out: Tensor = self.comparison(maps, self.comparison.parts(maps))
        return out

    def encode_clips(self, clips: Tensor) -> Tensor:
        """Clips (N, T, 3, S, S) to features (N, dim), of `frames` of their frames."""
        return pooled(self.compared(self.maps(clips[:, evenly(clips.shape[1], self.frames).tolist()])))

    def forward(self, images: Tensor) -> Tensor:
        """Images (N, 3, S, S) to features (N, dim): those of a clip in which nothing moves."""
        return pooled(self.compared(self.maps(images[:, None])))

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """The last map (N, dim, s, s) of images."""
        maps = self.net.dense(images, least) if isinstance(self.net, Backbone) else self.net.dense(images)
        return self.compared(maps[:, None])[:, 0]

    def another(self) -> ClipEncoder:
        """The same architecture, drawn anew."""
        assert isinstance(self.net, Backbone), "the encoder of a run"
        return ClipEncoder(self.net.another(), self.frames)


def pooled(maps: Tensor) -> Tensor:
    """Means over time and space: (N, T, dim, s, t) to (N, dim)."""
    return maps.mean((1, 3, 4))
