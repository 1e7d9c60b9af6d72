"""The views of a batch: drawn from (seed, epoch, step, view), applied where the images are, the same to the bit every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.augment import colour_jitter, geometry, presets
from engine.augment.annotation_views import class_map_view, mask_view
from engine.augment.backgrounds import Backgrounds
from engine.augment.draw import draw_view
from engine.augment.geometry import Taps
from engine.augment.seeds import generator_for
from engine.augment.views import ViewDraw, blur_reach, view_size
from engine.config.run import ViewsConfig

Role = Literal["global", "local"]

# Values of the source that are worked on at once: about what a core's cache holds, on a GPU what is easily spared.
_CHUNK_CPU = 1 << 18
_CHUNK_GPU = 1 << 28


class Pipeline:
    """All views of a config, for images stored with side `source_size` px. A config without groups gets those of its preset.
    `backgrounds`: those of the data set, which views with other backgrounds need.

    `roles` and `sizes` (px) have an entry a view, in the order in which `draw` and `apply` give them: group by group.
    """

    def __init__(self, views: ViewsConfig, source_size: int, backgrounds: Backgrounds | None = None) -> None:
        groups = views.groups or presets.groups(views.preset)
        self.source_size = source_size
        self.backgrounds = backgrounds
        self.views = tuple(group for group in groups for _ in range(group.count))
        self.roles: tuple[Role, ...] = tuple(view.role for view in self.views)
        self.sizes = tuple(view_size(view, source_size) for view in self.views)

    def draw(self, n: int, seed: int, epoch: int, step: int, selected: Sequence[int] | None = None) -> list[ViewDraw]:
        """What happens to n images in this step, a draw a view, or for the `selected` views alone. Depends on nothing but the
        arguments."""
        return [
            draw_view(self.views[number], self.source_size, n, generator_for(seed, "views", epoch, step, number))
            for number in (range(len(self.views)) if selected is None else selected)
        ]

    @torch.no_grad()
    def apply(self, images: Tensor, draws: Sequence[ViewDraw], index: npt.NDArray[np.int64] | None = None) -> list[Tensor]:
        """The views of images (n, 3, S, S) uint8: for each draw a contiguous (n, 3, s, s) float32 in 0..1, on the images' device.

        index: (n,) of the images in the data set, which draws with other backgrounds need. A row depends on its image, its index
        and its row of the draw alone: `apply(images[rows], [d.take(rows)], index[rows])` gives the same bits.
        """
        n, side = len(images), self.source_size
        assert images.dtype == torch.uint8, f"images must be uint8, got {images.dtype}"
        assert images.shape[1:] == (3, side, side), f"images must be (n, 3, {side}, {side}), got {tuple(images.shape)}"
        assert all(len(draw) == n for draw in draws), "each draw must have a row an image"
        plans = [_plan(draw, images.device) for draw in draws]
        results = [torch.empty(n, 3, draw.size, draw.size, device=images.device) for draw in draws]
        largest = max([side, *(draw.size for draw in draws)])
        chunk = max(1, (_CHUNK_CPU if images.device.type == "cpu" else _CHUNK_GPU) // (3 * largest * largest))
        for first in range(0, n, chunk):
            part = slice(first, first + chunk)
            source = _Source(images[part])
            for draw, plan, result in zip(draws, plans, results, strict=True):
                plan.rows(part).views(self._behind(source, draw, part, index), result[part])
        for plan, result in zip(plans, results, strict=True):
            plan.finish(result)
        return results

    def _behind(self, source: _Source, draw: ViewDraw, part: slice, index: npt.NDArray[np.int64] | None) -> _Source:
        """The source with the backgrounds that the view has behind its objects."""
        if not draw.view.background or not bool((draw.ground[part] >= 0).any()):
            return source
        assert self.backgrounds is not None, "views with other backgrounds need those of the data set"
        assert index is not None, "views with other backgrounds need the indices of their images"
        return _Source(self.backgrounds.replaced(source.images, index[part], draw.take(part)))

    @torch.no_grad()
    def apply_masks(self, masks: Tensor, draws: Sequence[ViewDraw]) -> list[Tensor]:
        """The masks (n, S, S) bool of the images in their views: for each draw (n, s, s) bool, by the very geometry that was
        drawn."""
        return [mask_view(masks, draw) for draw in draws]

    @torch.no_grad()
    def apply_class_maps(self, values: Tensor, draws: Sequence[ViewDraw]) -> list[Tensor]:
        """The class maps (n, S, S) uint8 of the images in their views: for each draw (n, s, s) uint8."""
        return [class_map_view(values, draw) for draw in draws]

    def pictures(
        self, images: np.ndarray, draws: Sequence[ViewDraw], index: npt.NDArray[np.int64] | None = None
    ) -> list[np.ndarray]:
        """`apply` for those who know no tensors: images (n, 3, S, S) uint8 to views (n, s, s, 3) uint8, a draw a view."""
        views = self.apply(torch.from_numpy(np.ascontiguousarray(images)), draws, index)
        return [(view.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).contiguous().numpy() for view in views]


class _Source:
    """Images of a chunk in the two layouts that the resamplings read, made when first asked for and shared by all views."""

    def __init__(self, images: Tensor) -> None:
        self.images = images
        self._columns: Tensor | None = None
        self._floats: Tensor | None = None

    @property
    def columns(self) -> Tensor:
        if self._columns is None:
            self._columns = geometry.columns_first(self.images)
        return self._columns

    @property
    def floats(self) -> Tensor:
        if self._floats is None:
            self._floats = self.images.float()
        return self._floats


@dataclass(frozen=True, eq=False)
class _Plan:
    """A draw worked out: taps or maps, colour matrices or a mixture, and rows, on the device of the images. Values are scaled to
    0..1 by `y`."""

    size: int
    x: Taps | None
    y: Taps | None
    maps: Tensor | None
    gain: Tensor | None
    lift: Tensor | None
    mixture: colour_jitter.Mixture | None
    solarized: Tensor
    erased: Tensor
    rectangles: Tensor

    def rows(self, part: slice) -> _Plan:
        def cut(values: Tensor | None) -> Tensor | None:
            return None if values is None else values[part]

        return _Plan(
            self.size,
            None if self.x is None else self.x.rows(part),
            None if self.y is None else self.y.rows(part),
            cut(self.maps),
            cut(self.gain),
            cut(self.lift),
            None if self.mixture is None else self.mixture.rows(part),
            self.solarized,
            self.erased,
            self.rectangles,
        )

    def views(self, source: _Source, out: Tensor) -> None:
        """The views of a chunk, written to `out` (m, 3, size, size)."""
        if self.maps is None:
            columns = source.columns
        else:
            turned = geometry.rotate(source.floats, self.maps, self.size)
            columns = geometry.columns_first(turned) if self.x is not None else turned.mul_(1 / 255)
        view = columns if self.x is None or self.y is None else geometry.resample(columns, self.x, self.y)
        if self.mixture is not None:
            colour_jitter.mix(view, self.mixture, out)
        elif self.gain is None or self.lift is None:
            out.copy_(view)
        else:
            colour_jitter.recolour(view, self.gain, self.lift, out)
        out.clamp_(0, 1)

    def finish(self, view: Tensor) -> None:
        """What only some rows get, in place, on the whole batch."""
        if len(self.solarized):
            colour_jitter.solarize(view, self.solarized)
        if len(self.erased):
            colour_jitter.erase(view, self.rectangles, self.erased)


def _plan(draw: ViewDraw, device: torch.device) -> _Plan:
    """Works a draw out on the CPU, where many small operations are cheap, and moves the result."""
    draw, view, size = draw.to("cpu"), draw.view, draw.size
    radius = blur_reach(view, size)
    maps = geometry.rotation_map(draw.crop, draw.flip, draw.angle, draw.source).to(device) if view.rotation else None
    x = y = None
    if maps is None or radius:
        if maps is None:
            x = geometry.resize_taps(draw.crop[:, 0], draw.crop[:, 2], size, draw.flip)
            y = geometry.resize_taps(draw.crop[:, 1], draw.crop[:, 3], size)
        else:
            # The view is there already, turned; all that is left for the taps to do is the blur.
            whole = torch.full((len(draw),), size, dtype=torch.int32)
            x = y = geometry.resize_taps(torch.zeros_like(whole), whole, size)
        if radius:
            x, y = geometry.blurred(x, draw.sigma, radius), geometry.blurred(y, draw.sigma, radius)
        x, y = x.to(device), Taps(y.index, y.weight * (1 / 255)).to(device)
    gain = lift = mixture = None
    coloured = view.jitter and (view.brightness or view.contrast or view.saturation or view.hue)
    if view.jitter and view.hue and view.hue_turn == "hsv":
        mixture = colour_jitter.mixture(draw).to(device)
    elif coloured or view.grayscale:
        gain, lift = (values.to(device, non_blocking=True) for values in colour_jitter.matrices(draw))
    erased = draw.erase[:, 2].nonzero().flatten()
    return _Plan(
        size=size,
        x=x,
        y=y,
        maps=maps,
        gain=gain,
        lift=lift,
        mixture=mixture,
        solarized=draw.solarize.nonzero().flatten().to(device),
        erased=erased.to(device),
        rectangles=draw.erase[erased].to(device),
    )
