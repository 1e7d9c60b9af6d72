"""Brightness, contrast, saturation, hue and grayscale as one 3x4 matrix an image; solarisation and erasing after it.

Differences from torchvision's operations, which go one by one: values are clamped to 0..1 once, at the end; and the hue turns
about the grey axis of RGB instead of around the HSV hexagon. At turns of 0 and of a third of the circle the two agree; in between
they lie apart by up to .02 on average over CIFAR-10, where the turn itself changes values by .01 (at .05) to .1 (at .5). (A turn in
YIQ lies apart by .03 to .04.)
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engine.augment.views import ViewDraw

# Rec. 601 luma, as in torchvision's rgb_to_grayscale.
LUMA = (0.2989, 0.587, 0.114)


def matrices(draw: ViewDraw) -> tuple[Tensor, Tensor]:
    """Gain and lift, each (n, 3, 3): out = gain @ pixel + lift @ mean, with the view's own mean colour.

    Contrast f is f * pixel + (1 - f) * luma(mean), the mean taken of the image as it is by then. Up to there all is linear, so that
    mean is a matrix times the view's first mean, and the whole needs to see the pixels' mean only once.
    """
    n = len(draw)
    # The images are the last axis here: the small matrices are then multiplied entry by entry, over all images at once.
    eye, grey = torch.eye(3).unsqueeze(-1), torch.tensor(LUMA).expand(3, 3).unsqueeze(-1)
    brightness, contrast, saturation, hue = draw.factors.t().contiguous()
    pixel = torch.stack([brightness * eye, contrast * eye, saturation * eye + (1 - saturation) * grey, _turn(hue)])
    # The path of the mean: the same but for contrast, which is the one place where pixels and mean part.
    spread = pixel.clone()
    spread[1] = (1 - contrast) * grey
    slots = draw.order.t().view(4, 1, 1, 1, n).expand(4, 2, 3, 3, n)
    first, *later = torch.stack([pixel, spread], dim=1).gather(0, slots)
    for step in later:
        first = _product(step, first)
    first = torch.where(draw.gray, _product(grey, first), first)
    gain, lift = first.permute(0, 3, 1, 2).contiguous()
    return gain, lift


def _product(a: Tensor, b: Tensor) -> Tensor:
    """The matrices a @ b for (..., 3, 3, n), as sums of products: a matmul's precision follows global settings."""
    red, green, blue = (a[..., k : k + 1, :] * b[..., k : k + 1, :, :] for k in range(3))
    return red + green + blue


def _turn(share: Tensor) -> Tensor:
    """Rotation about the grey axis (1, 1, 1) by a share of the circle, share (n,): (3, 3, n). A third takes red to green."""
    # In double precision: a float's sine may differ in its last bit with a row's place in the batch.
    angle = 2 * math.pi * share.double()
    cos, sin = angle.cos(), angle.sin() / math.sqrt(3)
    axis = torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]], dtype=torch.float64).unsqueeze(-1)
    return (cos * torch.eye(3, dtype=torch.float64).unsqueeze(-1) + (1 - cos) / 3 + sin * axis).float()


def recolour(images: Tensor, gain: Tensor, lift: Tensor, out: Tensor) -> Tensor:
    """gain @ pixel + lift @ mean for images (n, 3, h, w), gain and lift (n, 3, 3), not clamped: written to `out` (n, 3, h, w)."""
    mean = images.mean(dim=(2, 3))
    bias = lift[..., 0] * mean[:, 0:1] + lift[..., 1] * mean[:, 1:2] + lift[..., 2] * mean[:, 2:3]
    gain, bias = gain.unsqueeze(-1).unsqueeze(-1), bias.unsqueeze(-1).unsqueeze(-1)
    red, green, blue = images.unbind(1)
    for channel, plane in enumerate(out.unbind(1)):
        # Never two broadcast arguments in one operation: PyTorch's CPU kernels are not vectorised for that, and 5 times slower.
        torch.mul(red, gain[:, channel, 0], out=plane)
        plane.addcmul_(green, gain[:, channel, 1]).addcmul_(blue, gain[:, channel, 2]).add_(bias[:, channel])
    return out


def solarize(images: Tensor, rows: Tensor) -> None:
    """Inverts values above one half, in place, in the chosen rows (int64) of images (n, 3, h, w) between 0 and 1."""
    chosen = images[rows]
    # Of v and 1 - v, the smaller: v itself up to one half, its inverse above.
    images[rows] = torch.minimum(chosen, 1 - chosen)


def erase(images: Tensor, rectangles: Tensor, rows: Tensor) -> None:
    """Fills rectangles (m, 4) x, y, width, height with the view's own mean colour, in place, in the chosen rows (m,) int64.

    (torchvision fills with 0, usually after normalisation, where 0 is the mean colour of the data.)
    """
    chosen = images[rows]
    x, y, width, height = rectangles.view(-1, 4, 1, 1, 1).unbind(1)
    across = torch.arange(images.shape[3], device=images.device).view(1, 1, 1, -1)
    down = torch.arange(images.shape[2], device=images.device).view(1, 1, -1, 1)
    hidden = (across >= x) & (across < x + width) & (down >= y) & (down < y + height)
    images[rows] = torch.where(hidden, chosen.mean(dim=(2, 3), keepdim=True), chosen)


def normalise(images: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """(images - mean) / std, in place, for images (n, 3, h, w) between 0 and 1 and mean, std (3,). Gives the images back."""
    mean, std = (values.to(images.device, torch.float32).view(1, 3, 1, 1) for values in (mean, std))
    return images.sub_(mean).mul_(1 / std)
