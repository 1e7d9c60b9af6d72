"""What was drawn for one view of each image of a batch: small tensors, a row an image, readable by people."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from engine.augment.geometry import blur_radius, rotation_map
from engine.config.run import ViewConfig

# The side for which the sigmas of a ViewConfig are stated where their unit is the reference.
REFERENCE_SIZE = 224
# A blur's kernel as a share of the view's side (SimCLR, 2002.05709 App. A).
BLUR_KERNEL = 0.1
# Multi-crop recipes pair 96 px with 224 px (SwAV, 2006.09882 App. A.3).
_LOCAL, _WHOLE = 96, 224


def view_size(view: ViewConfig, source_size: int, patch: int = 0) -> int:
    """Side of a view in pixels. A given size stands. 0 gives a global view the stored side, or `least` where that is more, and a
    local one 96/224 of the stored side, rounded up to a multiple of 4 and at least 8 (224 -> 96, 96 -> 44, 64 -> 28, 32 -> 16).

    `patch`: side of the patches into which the encoder cuts views, 0 where it cuts none; open sizes are then rounded up to whole
    patches, a local view has at least 2 x 2 (patch 8: 96 -> 48; patch 16: 224 -> 96)."""
    if view.size:
        return view.size
    if view.role == "global":
        side, step, least = max(source_size, view.least), patch or 1, 1
    else:
        side, step, least = source_size * _LOCAL, _WHOLE * (patch or 4), 2
    return (patch or (1 if view.role == "global" else 4)) * max(least, -(-side // step))


def blur_scale(view: ViewConfig, size: int) -> float:
    """Pixels of a view of `size` px to one of those in which its blur is stated.

    Published code takes one sigma of .1 to 2 px at 224 px, for the local views of 96 px too (SwAV, DINO) and for small images
    (SimCLR at 32 px), where a kernel of a tenth of the side leaves 3 pixels of it."""
    return 1.0 if view.blur_unit == "view" else size / REFERENCE_SIZE


def blur_reach(view: ViewConfig, size: int) -> int:
    """How many pixels the blur of a view of `size` px mixes to either side; 0 where there is none."""
    if not view.blur or size <= 1:
        return 0
    return blur_radius(view.sigma_max * blur_scale(view, size), size, BLUR_KERNEL if view.blur_unit == "view" else 2.0)


@dataclass(frozen=True, eq=False)
class ViewDraw:
    """The parameters of one view of n images. Rows where an operation was not applied hold the values that change nothing.

    `view`: what they were drawn from; `source`, `size`: sides of the stored image and of the view, in pixels.
    `crop`: (n, 4) int32 x, y, width, height in stored pixels. `flip`: (n,) bool. `angle`: (n,) degrees, counter-clockwise.
    `jitter`: (n,) bool. `factors`: (n, 4) brightness, contrast and saturation as factors, hue as a share of the circle.
    `order`: (n, 4) in which order those four are applied. `gray`: (n,) bool. `sigma`: (n,) of the blur, in pixels of the view.
    `ground`: (n,) what is behind the object: below 0 its own background, else which other image's background, as a share of the
    way through the training images, or where backgrounds are removed which grey, 0 black to 1 white.
    `solarize`: (n,) bool. `erase`: (n, 4) int32 x, y, width, height in pixels of the view.
    """

    view: ViewConfig
    source: int
    size: int
    crop: Tensor
    flip: Tensor
    angle: Tensor
    jitter: Tensor
    factors: Tensor
    order: Tensor
    gray: Tensor
    sigma: Tensor
    solarize: Tensor
    erase: Tensor
    ground: Tensor

    def __len__(self) -> int:
        return len(self.crop)

    @property
    def boxes(self) -> Tensor:
        """(n, 4) x0, y0, x1, y1 of each crop as shares of the stored image. A rotation turns the view about this box's centre."""
        start, extent = self.crop[:, :2], self.crop[:, 2:]
        return torch.cat([start, start + extent], dim=1).float() / self.source

    def centres(self, side: int) -> Tensor:
        """(n, side * side, 2) x and y of the centres of a grid of side x side cells over each view, row by row, as shares of the
        stored image: where the cells of a feature map look, crop, flip and rotation taken into account."""
        maps = rotation_map(self.crop, self.flip, self.angle, self.source)  # (n, 2, 3)
        step = (torch.arange(side, dtype=torch.float32) * 2 + 1) / side - 1
        down, across = torch.meshgrid(step, step, indexing="ij")
        view = torch.stack([across.flatten(), down.flatten(), torch.ones(side * side)])  # (3, side^2)
        return ((maps @ view).transpose(1, 2) + 1) / 2

    def describe(self, row: int) -> dict[str, float]:
        """What was done to one image, by name: only operations that the config has and that this row got, in the order in which
        they are applied. Places and extents are shares (of the stored image for the crop, of the view for the erased
        rectangle), rotation is in degrees, blur is sigma in pixels of the view, hue a share of the circle, a removed
        background its grey from 0 to 1."""
        return self.take([row]).describe_all()[0]

    def describe_all(self) -> list[dict[str, float]]:
        """`describe` of every row. Each tensor is read once: a look at a single number costs as much as at all of them."""
        view, rows = self.view, list[dict[str, float]]()
        used = [bool(getattr(view, name)) for name in FACTORS]
        behind = "gray_background" if view.background_mode == "remove" else "other_background"
        columns = (
            (self.crop.double() / self.source).tolist(),
            self.flip.tolist(),
            self.angle.tolist(),
            self.sigma.tolist(),
            self.jitter.tolist(),
            self.order.tolist(),
            self.factors.tolist(),
            self.gray.tolist(),
            self.solarize.tolist(),
            (self.erase.double() / self.size).tolist(),
            self.ground.tolist(),
        )
        for crop, flip, angle, sigma, jitter, order, factors, gray, solarize, erase, ground in zip(*columns, strict=True):
            drawn = {behind: ground if view.background_mode == "remove" else 1.0} if ground >= 0 else {}
            drawn.update(zip(("crop_x", "crop_y", "crop_width", "crop_height"), crop, strict=True))
            if flip:
                drawn["flip"] = 1.0
            if view.rotation:
                drawn["rotation"] = angle
            if sigma > 0:
                drawn["blur"] = sigma
            if jitter:
                drawn.update((FACTORS[position], factors[position]) for position in order if used[position])
            if gray:
                drawn["grayscale"] = 1.0
            if solarize:
                drawn["solarize"] = 1.0
            if erase[2] > 0:
                drawn.update(zip(("erase_x", "erase_y", "erase_width", "erase_height"), erase, strict=True))
            rows.append(drawn)
        return rows

    def take(self, rows: Sequence[int] | Tensor | slice) -> ViewDraw:
        """The draw of some of the rows, in that order."""
        chosen = rows if isinstance(rows, (slice, Tensor)) else torch.as_tensor(list(rows), dtype=torch.int64)
        return self._each(lambda values: values[chosen])

    def to(self, device: torch.device | str) -> ViewDraw:
        """The same draw with its tensors on a device. Applying does not ask for it: that takes draws from anywhere."""
        return self._each(lambda values: values.to(device))

    def _each(self, change: Any) -> ViewDraw:
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return dataclasses.replace(self, **{name: change(v) for name, v in values.items() if isinstance(v, Tensor)})


# The columns of ViewDraw.factors, which are also the names of the strengths in ViewConfig.
FACTORS = ("brightness", "contrast", "saturation", "hue")
