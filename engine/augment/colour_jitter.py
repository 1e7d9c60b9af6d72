"""Brightness, contrast, saturation, hue and grayscale in one pass over an image; solarisation and erasing after it.

Differences from torchvision's operations, which go one by one: values are clamped to 0..1 once, at the end.

The hue turns around the circle of HSV, as in torchvision (`turn_hue`), once: such a turn commutes with scaling all values and with
adding a grey, so that whatever comes before and after it is a sum of the turned image, two greys and a constant (`mixture`). With
`hue_turn` "linear", as in runs of older versions, it turns about the grey axis of RGB instead, and all is one 3x4 matrix an image
(`matrices`). At turns of 0 and of a third of the circle the two agree; in between they lie apart by up to .02 on average over
CIFAR-10, where the turn itself changes values by .01 (at .05) to .1 (at .5). (A turn in YIQ lies apart by .03 to .04.) The price of
the exact turn: the views of SimCLR's recipe take 1.35 times as long at 32 px, 1.36 at 96 and 1.45 at 224 (one thread of an EPYC,
`tests/bench/bench_augment.py`), some milliseconds of a batch of 256.
"""

from __future__ import annotations

import math
from typing import NamedTuple

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


class Mixture(NamedTuple):
    """Colours as weights (n,) each: out = pixel * turned pixel + before * luma of the pixel + after * luma of the turned pixel +
    mean_before * its mean luma + mean_after * the turned image's mean luma. `turn`: (n,) by what share of the circle."""

    pixel: Tensor
    before: Tensor
    after: Tensor
    mean_before: Tensor
    mean_after: Tensor
    turn: Tensor

    def rows(self, part: slice) -> Mixture:
        """The weights of some of the images."""
        return Mixture(*(values[part] for values in self))

    def to(self, device: torch.device) -> Mixture:
        """The same weights on a device."""
        return Mixture(*(values.to(device, non_blocking=True) for values in self))


def mixture(draw: ViewDraw) -> Mixture:
    """What the drawn operations, in their order, and grayscale amount to.

    Brightness b, contrast c and saturation s keep an image a sum of its pixels and of greys: b x; c x + (1 - c) mean luma of x;
    s x + (1 - s) luma of x. The turn of the hue goes through the sum and leaves the greys as they are."""
    brightness, contrast, saturation, hue = draw.factors.t().double().contiguous()
    n, whole = len(draw), sum(LUMA)  # the luma of a grey of 1 is not quite 1
    pixel, zero = torch.ones(n, dtype=torch.float64), torch.zeros(n, dtype=torch.float64)
    # Of luma before and after the turn, and of their means.
    greys = [zero, zero, zero, zero]
    turned = torch.zeros(n, dtype=torch.bool)
    for slot in draw.order.t():
        # The luma of what there is by now, as the same five weights without the pixel's.
        luma = [whole * grey for grey in greys]
        luma[0] = luma[0] + pixel * ~turned
        luma[1] = luma[1] + pixel * turned
        mean = [zero, zero, luma[0] + luma[2], luma[1] + luma[3]]
        kept = torch.where(slot == 0, brightness, torch.where(slot == 1, contrast, torch.where(slot == 2, saturation, 1.0)))
        by_mean, by_luma = (slot == 1) * (1 - contrast), (slot == 2) * (1 - saturation)
        greys = [kept * grey + by_mean * m + by_luma * l for grey, m, l in zip(greys, mean, luma, strict=True)]
        pixel = kept * pixel
        turned = turned | (slot == 3)
    # All four slots are over: whatever is left of the pixel is turned.
    gray = [whole * grey for grey in greys]
    gray[1] = gray[1] + pixel
    greys = [torch.where(draw.gray, g, grey) for g, grey in zip(gray, greys, strict=True)]
    pixel = torch.where(draw.gray, 0.0, pixel)
    return Mixture(*(values.float() for values in (pixel, *greys, hue)))


def mix(images: Tensor, weights: Mixture, out: Tensor) -> Tensor:
    """What `mixture` says, of images (n, 3, h, w), not clamped: written to `out` (n, 3, h, w). `images` are overwritten."""

    def wide(values: Tensor) -> Tensor:
        return values.view(-1, 1, 1)

    # In this order no operation has two broadcast arguments: PyTorch's CPU kernels are not vectorised for that.
    luma = _luma(images)
    grey = luma.mean(dim=(1, 2)) * weights.mean_before
    light = luma.mul_(wide(weights.before))
    # Images that are not turned go the same way: to pick the others out takes longer.
    turned = _luma(turn_hue(images, weights.turn))
    grey = grey + turned.mean(dim=(1, 2)) * weights.mean_after
    light.add_(turned.mul_(wide(weights.after))).add_(wide(grey))
    for plane, channel in zip(out.unbind(1), images.unbind(1), strict=True):
        torch.addcmul(light, channel, wide(weights.pixel), out=plane)
    return out


def _luma(images: Tensor) -> Tensor:
    """(n, 3, h, w) to (n, h, w)."""
    red, green, blue = images.unbind(1)
    return torch.mul(red, LUMA[0]).add_(green, alpha=LUMA[1]).add_(blue, alpha=LUMA[2])


def turn_hue(images: Tensor, share: Tensor) -> Tensor:
    """The hue of images (n, 3, h, w), of any values, turned around the circle of HSV by `share` (n,), in place; a third takes red
    to green. Value and saturation stay. Gives the images back.

    With the least channel 0 and the largest 1 the distance of a hue from red is 1 - red + green + blue sixths of the circle, on the
    side of green or of blue, whichever is more. A channel is 1 up to a sixth from its own hue and 0 from a third on. Without
    choices and remainders, which are slow, this takes a third of the time of going to HSV and back."""
    red, green, blue = images.unbind(1)
    least = torch.minimum(red, green)
    chroma = torch.maximum(red, green)
    torch.minimum(least, blue, out=least)
    torch.maximum(chroma, blue, out=chroma).sub_(least)
    top = torch.add(least, chroma, alpha=2)
    hue = torch.add(green, blue).sub_(red).sub_(least)
    # A grey has no hue: its numerator is 0, too.
    hue.div_(torch.clamp(chroma, min=1e-12, out=least)).add_(1.0)
    torch.copysign(hue, torch.sub(green, blue, out=least), out=hue).mul_(1 / 6).add_(share.view(-1, 1, 1))
    away = torch.empty_like(hue)
    for own, channel in ((0.0, red), (1 / 3, green), (-1 / 3, blue)):
        torch.sub(hue, own, out=away)
        away.sub_(torch.round(away, out=least)).abs_().clamp_(1 / 6, 1 / 3)
        torch.addcmul(top, chroma, away, value=-6.0, out=channel)
    return images


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
