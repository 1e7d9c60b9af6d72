"""Seed patches, cut where an image has edges, and the strong random changes that make a class out of one patch.

Dosovitskiy et al., 1406.6909: a patch is drawn in proportion to its mean squared gradient; changed are its place, scale,
angle, contrast along the principal colours of all pixels, saturation and value, and hue. The paper gives ranges and no
distributions: factors and powers are drawn evenly in their logarithm here, so that half of them go either way, all else evenly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.augment.colour_jitter import recolour
from engine.augment.geometry import rotate, rotation_map
from engine.augment.hsv import hsv_to_rgb, rgb_to_hsv
from engine.distributed.rows import all_count, all_rows, own_rows

# The golden section: its multiples lie evenly between 0 and 1, however many there are.
_GOLDEN = (math.sqrt(5) - 1) / 2
# Numbers drawn for each sample: place (2), scale, angle, principal colours (3), powers, factors, sums (2 each), hue.
_DRAWS = 14


@dataclass(frozen=True)
class Changes:
    """How far a sample may go from its seed patch; as in the paper by default.

    `translation`: to either side, as a share of the patch. `scale`: largest factor of the patch's side, and its inverse the
    smallest. `rotation`: degrees to either side. `contrast`: largest factor along each principal colour. `power`, `factor`, `add`:
    of saturation and value. `hue`: turn to either side, as a share of the circle. Off at 0, factors and powers at 1."""

    translation: float = 0.2
    scale: float = 1.4
    rotation: float = 20.0
    contrast: float = 2.0
    power: float = 4.0
    factor: float = 1.4
    add: float = 0.1
    hue: float = 0.1


def gradient_energy(images: Tensor) -> Tensor:
    """Squared length of the gradient at each pixel, summed over colours: (n, 3, S, S) to (n, S, S). Differences of neighbours on
    both sides, as far as there are any."""
    padded = F.pad(images.float(), (1, 1, 1, 1), mode="replicate")
    across = (padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]) / 2
    down = (padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]) / 2
    return (across.square() + down.square()).sum(1)


def seed_chances(images: Tensor, side: int) -> Tensor:
    """With which probability each square of `side` px is the seed patch: in proportion to its mean squared gradient. (n, 3, S, S)
    to (n, P, P), P = S - side + 1, by the square's upper left pixel. An image without any gradient gives all the same chance."""
    energy = F.avg_pool2d(gradient_energy(images)[:, None], side, stride=1)[:, 0].double().cpu()
    flat = energy.sum((1, 2), keepdim=True) <= 0
    energy = torch.where(flat, 1.0, energy)
    return energy / energy.sum((1, 2), keepdim=True)


def seed_corners(images: Tensor, side: int, numbers: Tensor) -> Tensor:
    """x and y (n, 2) of the upper left pixels of the seed patches of classes `numbers` (n,) in images (n, 3, S, S). A pure function
    of image and number; over the numbers, every square is chosen in proportion to its chance."""
    chances = seed_chances(images, side)
    drawn = (numbers.double().cpu() + 1) * _GOLDEN % 1
    # Rounding may leave the last sum below 1.
    at = (chances.flatten(1).cumsum(1) <= drawn[:, None]).sum(1).clamp(max=chances[0].numel() - 1)
    return torch.stack([at % chances.shape[2], at // chances.shape[2]], dim=1)


def cut(images: Tensor, corners: Tensor, side: int) -> Tensor:
    """The squares (n, 3, side, side) of images (n, 3, S, S) at corners (n, 2), as they are."""
    return torch.stack([im[:, y : y + side, x : x + side] for im, (x, y) in zip(images, corners.tolist(), strict=True)])


def principal_colours(images: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (3,) and principal directions (3, 3), a row each, of all pixels of images (n, 3, h, w). On the CPU."""
    channels = images.double().transpose(0, 1).flatten(1).unbind(0)
    mean = torch.stack([c.mean() for c in channels])
    centred = [c - m for c, m in zip(channels, mean, strict=True)]
    covariance = torch.stack([torch.stack([(a * b).mean() for b in centred]) for a in centred])
    return mean.float().cpu(), torch.linalg.eigh(covariance.cpu()).eigenvectors.t().float()


def changed(
    images: Tensor, corners: Tensor, side: int, size: int, samples: int, changes: Changes, generator: torch.Generator
) -> Tensor:
    """`samples` random samples of each seed patch, (samples * n, 3, size, size), sample by sample.

    images: (n, 3, S, S) between 0 and 1; corners: (n, 2) of patches of `side` px. A patch that is moved, turned or widened shows
    what lies around it in the image, mirrored at the image's edge. All is drawn on the CPU from `generator`, the same numbers
    whatever is switched off."""
    n, source = len(images), images.shape[-1]
    u = own_rows(torch.rand(all_count(samples * n), _DRAWS, generator=generator), views=samples) * 2 - 1  # -1 to 1
    length = side * changes.scale ** u[:, 2]
    middle = corners.repeat(samples, 1) + side / 2 + changes.translation * side * u[:, :2]
    box = torch.cat([middle - length[:, None] / 2, length[:, None].expand(-1, 2)], dim=1)
    maps = rotation_map(box, torch.zeros(len(u), dtype=torch.bool), changes.rotation * u[:, 3], source)
    with torch.autocast(images.device.type, enabled=False):
        patches = torch.cat(
            [rotate(images.float(), part, size) for part in maps.to(images.device).split(n)],
        )
        return _recoloured(patches, images, u.to(images.device), changes).clamp(0, 1)


def _recoloured(patches: Tensor, images: Tensor, u: Tensor, changes: Changes) -> Tensor:
    """Contrast along the principal colours of the images, then saturation and value, then hue; u: (m, _DRAWS) of -1 to 1."""
    if changes.contrast > 1:
        mean, axes = (values.to(patches.device) for values in principal_colours(all_rows(images)))
        factors = changes.contrast ** u[:, 4:7]  # (m, 3)
        gain = (axes.t()[None, :, None, :] * factors[:, None, None, :] * axes.t()[None, None, :, :]).sum(3)  # V' diag(f) V
        centre = mean.view(1, 3, 1, 1)
        patches = recolour(patches - centre, gain, torch.zeros_like(gain), torch.empty_like(patches)).add_(centre).clamp_(0, 1)
    if changes.power == changes.factor == 1 and changes.add == changes.hue == 0:
        return patches
    hsv = rgb_to_hsv(patches)
    drawn = changes.power ** u[:, 7:9], changes.factor ** u[:, 9:11], changes.add * u[:, 11:13]
    power, factor, add = (values.view(-1, 2, 1, 1) for values in drawn)
    strength = (hsv[:, 1:] ** power * factor + add).clamp(0, 1)
    hue = hsv[:, :1] + changes.hue * u[:, 13].view(-1, 1, 1, 1)
    return hsv_to_rgb(torch.cat([hue, strength], dim=1))
