"""Other backgrounds behind the objects of images, by their masks (Ryali et al., 2103.12719).

The background is replaced in the stored image, before crop and colours. Where an object was, and a pixel around it, another
image's background is continued: its pixels are averaged on ever coarser grids until the hole is closed, then taken back to the
full size.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.augment.views import ViewDraw

Index = npt.NDArray[np.int64]

# Values that are filled at once.
_CHUNK = 1 << 22
_GREY = 127.5  # where an image is all object
_TRIES = 64  # images without a mask count as all object, and can be many


class Backgrounds:
    """The backgrounds of a data set.

    take: gives the stored images (n, 3, S, S) uint8 at indices (n,), on any device. masks: (N, S, S) bool of all images, True on
    objects. pool: (m,) indices of the images whose backgrounds and objects are put elsewhere. An image without a mask, or
    with an empty one, stays as it is."""

    def __init__(self, take: Callable[[Index], Tensor], masks: npt.NDArray[np.bool_], pool: Index) -> None:
        self._take, self._masks, self._pool = take, masks, pool

    def replaced(self, images: Tensor, index: Index, draw: ViewDraw) -> Tensor:
        """Images (n, 3, S, S) uint8 at `index` (n,) with the backgrounds of `draw`: pixels of objects to the bit as they were, all
        others those of the new background. The images themselves are not changed."""
        chosen = (draw.ground >= 0).nonzero().flatten().cpu()
        if not len(chosen):
            return images
        result = images.clone()
        for rows in chosen.split(max(1, _CHUNK // images[0].numel())):
            own = images[rows.to(images.device)]
            objects = self.masks(index[rows.numpy()], images.device)
            ground = self._grounds(own, objects, index[rows.numpy()], draw.take(rows))
            known = objects.flatten(1).any(1)
            objects = objects | ~known.view(-1, 1, 1)
            result[rows.to(images.device)] = torch.where(objects.unsqueeze(1), own, ground)
        return result

    def swapped(self, images: Tensor, index: Index, draw: ViewDraw, chance: Tensor) -> Tensor:
        """For each image (n, 3, S, S) uint8 at `index` (n,) another image's object before the background that the image has under
        `draw`: BG_Swaps' negative (Sec. 3). chance: (n,) numbers from 0 to 1 that choose the other images. Another image
        without a mask is given as it is."""
        parts = []
        for rows in torch.arange(len(images)).split(max(1, _CHUNK // images[0].numel())):
            own = images[rows.to(images.device)]
            ground = self._grounds(own, self.masks(index[rows.numpy()], images.device), index[rows.numpy()], draw.take(rows))
            others = self._chosen(chance[rows], index[rows.numpy()])
            figures, objects = self._take(others).to(images.device), self.masks(others, images.device)
            objects = objects | ~objects.flatten(1).any(1).view(-1, 1, 1)
            parts.append(torch.where(objects.unsqueeze(1), figures, ground))
        return torch.cat(parts)

    def masks(self, index: Index, device: torch.device | str) -> Tensor:
        """(n, S, S) bool masks of the images at `index`."""
        order = np.argsort(index, kind="stable")  # a memory map is read in rising order
        masks = np.empty((len(index), *self._masks.shape[1:]), np.bool_)
        masks[order] = self._masks[index[order]]
        return torch.from_numpy(masks).to(device)

    def _grounds(self, images: Tensor, objects: Tensor, index: Index, draw: ViewDraw) -> Tensor:
        """The whole background of each image under the draw, (n, 3, S, S) uint8."""
        number = draw.ground.to(images.device).view(-1, 1, 1, 1)
        if draw.view.background_mode == "remove":
            other = (number * 255).round().clamp(0, 255).byte().expand_as(images)
        else:
            others = self._chosen(draw.ground.clamp(min=0), index)
            other = fill_holes(self._take(others).to(images.device), _widened(self.masks(others, images.device)))
        own = fill_holes(images, _widened(objects)) if bool((number < 0).any()) else images
        return torch.where(number >= 0, other, own)

    def _chosen(self, chance: Tensor, index: Index) -> Index:
        """An image of the pool for each of `index` (n,): another than itself, and one that shows some background, where the next
        few of the pool have such a one."""
        rows = np.minimum((chance.cpu().double().numpy() * len(self._pool)).astype(np.int64), len(self._pool) - 1)
        for _ in range(_TRIES):
            whole = self.masks(self._pool[rows], "cpu").flatten(1).all(1).numpy()
            unsuitable = whole | (self._pool[rows] == index)
            if not unsuitable.any():
                break
            rows = np.where(unsuitable, (rows + 1) % len(self._pool), rows)
        return self._pool[rows]


def _widened(masks: Tensor) -> Tensor:
    """Masks (n, S, S) and the pixels beside them: at the edge of an object a pixel has some of its colour, which would show where
    it was."""
    return F.max_pool2d(masks.float().unsqueeze(1), 3, stride=1, padding=1)[:, 0] > 0


def fill_holes(images: Tensor, masks: Tensor) -> Tensor:
    """Images (n, 3, S, S) uint8 without what lies under masks (n, S, S) bool: there the colours around go on, blurred the more
    the farther from the edge; all other pixels to the bit as they were."""
    weight = (~masks).float().unsqueeze(1)
    colour = images.float() * weight  # times its weight
    levels = []
    while weight.shape[-1] > 1:
        levels.append((colour, weight))
        colour, weight = (F.avg_pool2d(values, 2, ceil_mode=True, count_include_pad=False) for values in (colour, weight))
    filled = torch.where(weight > 0, colour / weight.clamp(min=1e-12), torch.full_like(colour, _GREY))
    for colour, weight in reversed(levels):
        larger = F.interpolate(filled, size=colour.shape[-2:], mode="bilinear", align_corners=False)
        filled = colour + (1 - weight) * larger
    return torch.where(masks.unsqueeze(1), filled.round().clamp(0, 255).byte(), images)
