"""Drawing: what happens to each image of a batch in one view, from one generator and nothing else.

Every row uses the same number of random numbers, whatever is on or off. So moving one setting leaves all that the others drew as
it was, and the first rows of a large draw are the rows of a small one.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engine.augment.seeds import generator_for
from engine.augment.views import ViewDraw, blur_scale, view_size
from engine.config.run import ViewConfig

# torchvision's RandomResizedCrop and RandomErasing give up after so many tries.
_TRIES = 10
# torchvision's RandomErasing: area as a share of the view, and aspect ratio (Zhong et al. 1708.04896, Sec. 5.1).
_ERASE_AREA = (0.02, 0.33)
_ERASE_RATIO = (0.3, 3.3)
_COLUMNS = 4 * _TRIES + 20


def draw_view(view: ViewConfig, source: int, n: int, generator: torch.Generator) -> ViewDraw:
    """Draws one view of n images stored with side `source` px. Takes n x 60 numbers from `generator` (on the CPU)."""
    size = view_size(view, source)
    numbers = torch.rand(n, _COLUMNS, generator=generator).t().contiguous()
    tries, u = numbers[: 4 * _TRIES].view(4, _TRIES, n), numbers[4 * _TRIES :]

    jitter = u[0] < view.jitter
    gray = u[1] < view.grayscale
    flip = u[2] < view.flip
    blur = u[3] < view.blur
    solarize = u[4] < view.solarize
    erase = u[5] < view.erase
    crop = _crop(view, source, tries[0], tries[1], u[6:8])
    angle = (2 * u[8] - 1) * view.rotation
    factors = torch.where(jitter, _factors(view, u[9:13]), torch.tensor([[1.0], [1.0], [1.0], [0.0]])).t()
    order = u[13:17].argsort(dim=0).t()
    sigma = (view.sigma_min + u[17] * (view.sigma_max - view.sigma_min)) * blur_scale(view, size) * blur
    rectangle = _rectangle(size, tries[2], tries[3], u[18:20], _ERASE_AREA, _ERASE_RATIO, size - 1)
    ground = torch.full((n,), -1.0)
    if view.background:
        # From a generator of its own, so that no other draw depends on whether backgrounds are replaced.
        applied, which = torch.rand(n, 2, generator=generator_for(generator.initial_seed(), "background")).unbind(1)
        ground = torch.where(applied < view.background, which, ground)
    return ViewDraw(
        view=view,
        source=source,
        size=size,
        crop=crop,
        flip=flip,
        angle=angle,
        jitter=jitter,
        factors=factors.contiguous(),
        order=order.contiguous(),
        gray=gray,
        sigma=sigma,
        solarize=solarize,
        erase=(rectangle * erase).t().contiguous(),
        ground=ground,
    )


def _crop(view: ViewConfig, side: int, areas: Tensor, ratios: Tensor, positions: Tensor) -> Tensor:
    """(n, 4) boxes by torchvision's rule: the first try that fits, else the whole image (a square always has a ratio within the
    bounds, since these lie on either side of 1)."""
    box = _rectangle(side, areas, ratios, positions, (view.crop_min, view.crop_max), (view.ratio_min, view.ratio_max), side)
    whole = torch.tensor([[0], [0], [side], [side]], dtype=torch.int32)
    return torch.where(box[2] > 0, box, whole).t().contiguous()


def _rectangle(
    side: int,
    areas: Tensor,
    ratios: Tensor,
    positions: Tensor,
    area_range: tuple[float, float],
    ratio_range: tuple[float, float],
    largest: int,
) -> Tensor:
    """(4, n) int32 x, y, width, height within a square of `side`: area uniform, ratio log-uniform, both sides from 1 to
    `largest`; the first of the tries (rows of `areas` and `ratios`, uniform) that fits, else width and height 0."""
    low, high = math.log(ratio_range[0]), math.log(ratio_range[1])
    root = (areas * (area_range[1] - area_range[0]) + area_range[0]).mul_(side * side).sqrt_()
    stretch = (ratios * (high - low) + low).mul_(0.5).exp_()
    sides = torch.stack([root * stretch, root / stretch]).round_()
    fits = ((sides >= 1) & (sides <= largest)).all(dim=0)
    first = fits.to(torch.uint8).argmax(dim=0)
    extent = sides.gather(1, first.expand(2, 1, -1))[:, 0] * fits.any(dim=0)
    # min(): a number just below 1 times the count can round up to the count.
    start = torch.minimum((positions * (side + 1 - extent)).floor_(), side - extent)
    return torch.cat([start, extent]).to(torch.int32)


def _factors(view: ViewConfig, u: Tensor) -> Tensor:
    """(4, n) as torchvision's ColorJitter draws them: factors from max(0, 1-b) to 1+b, the hue's turn from -h to h."""
    low, high = [], []
    for strength in (view.brightness, view.contrast, view.saturation):
        low.append(max(0.0, 1 - strength))
        high.append(1 + strength)
    bottom = torch.tensor([*low, -view.hue]).unsqueeze(1)
    top = torch.tensor([*high, view.hue]).unsqueeze(1)
    return bottom + u * (top - bottom)
