"""Features of the two views of each image of a batch by a trained encoder, and the effect of one augmentation on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.augment.draw import draw_view
from engine.augment.seeds import generator_for
from engine.augment.views import FACTORS, REFERENCE_SIZE, ViewDraw, blur_scale
from engine.config.errors import complain
from engine.config.run import ViewConfig
from engine.execute.progress import ProgressCallback
from engine.runs.reader import read_run_config
from engine.study.not_shown import check_shown
from engine.study.pair_measures import Floats, cosines
from engine.study.spaces import Spaces

# Largest strength of each operation: the share of the area that a crop leaves out, the relative change of a colour, the hue's
# rotation as a share of the circle, degrees, and the sigma of a blur in pixels of the view.
OPERATIONS = {"crop": 0.95, "brightness": 1.0, "contrast": 1.0, "saturation": 1.0, "hue": 0.5, "rotation": 180.0, "blur": 4.0}
STRENGTHS = 11
# Operations that are on or off: a horizontal flip, grayscale, solarization, an erased rectangle.
SWITCHES = ("flip", "grayscale", "solarize", "erase")
TEMPERATURE = 0.2


@dataclass(frozen=True, eq=False)
class Paired:
    """Two views of n images. `index`: (n,) indices into the data set; `draws`: the augmentation parameters of each view; `views`:
    two (n, s, s, 3) uint8; `rows`: by space the (2n, d) features of view 1 of every image, then of view 2."""

    index: np.ndarray
    draws: tuple[ViewDraw, ViewDraw]
    views: tuple[np.ndarray, np.ndarray]
    rows: dict[str, Floats]


@dataclass(frozen=True, eq=False)
class Strengths:
    """The effect of one operation, without the others. `strengths`: (k,) from 0, of a switch (0, 1); `cosine`: by space (k, n) of
    each image and its view; `others`: by space (n(n - 1) / 2,) of different images without augmentation; `own`: the largest
    strength in the run's own augmentation, of a switch the share of its views; `examples`: (k, s, s, 3) uint8, the first image at
    each strength."""

    operation: str
    strengths: Floats
    cosine: dict[str, Floats]
    others: dict[str, Floats]
    own: float
    examples: np.ndarray


class PairInspector:
    """A run's method after an epoch (see `Spaces`), its data and its views. On the CPU, in eval mode.

    ConfigError where there is no run or checkpoint, and for a run without pairs. Not thread-safe."""

    def __init__(self, folder: Path, epoch: int | None = None, progress: ProgressCallback | None = None) -> None:
        check_shown(read_run_config(folder).method.id, "pairs")
        self.seen = Spaces(folder, epoch, progress)
        self.config, self.dataset, self.pipeline = self.seen.config, self.seen.dataset, self.seen.pipeline
        self.spaces = self.seen.names

    @property
    def temperature(self) -> float | None:
        """The method's softmax temperature; None where it has none of that name."""
        given = self.config.method.values().get("temperature")
        return float(given) if isinstance(given, (int, float)) and given > 0 else None

    def pairs(self, split: str, images: int, seed: int, tick: ProgressCallback | None = None) -> Paired:
        """Two views each of `images` images of a split, drawn as the run draws: its first two global views; where it has only one,
        two draws of that one. `tick` is called with the fraction done between chunks."""
        index = self.seen.choose(split, images, seed)
        n, positions = len(index), [position for position, role in enumerate(self.pipeline.roles) if role == "global"][:2] or [0]
        draws = [(position, 0) for position in positions] if len(positions) == 2 else [(positions[0], epoch) for epoch in (0, 1)]
        one, other = (self.pipeline.draw(n, seed, epoch, 0, [position])[0] for position, epoch in draws)
        pixels = self.seen.pixels(index, (one, other))
        rows = self.seen.of(pixels, index, tick)
        views = tuple((view * 255).round().byte().permute(0, 2, 3, 1).contiguous().numpy() for view in pixels)
        return Paired(index, (one, other), (views[0], views[1]), rows)

    def strengths(self, operation: str, split: str, images: int, seed: int, tick: ProgressCallback | None = None) -> Strengths:
        """Similarity of images to their augmented versions, while the strength of one operation rises from 0 to its largest. Each
        image is changed by exactly that strength, in a random direction; a crop of that area is at a random position. A switch is
        off, then on."""
        if operation not in OPERATIONS and operation not in SWITCHES:
            raise complain("operation", f"one of {', '.join((*OPERATIONS, *SWITCHES))}", operation)
        index = self.seen.choose(split, images, seed)
        most, count = (1.0, 2) if operation in SWITCHES else (OPERATIONS[operation], STRENGTHS)
        n, grid = len(index), np.linspace(0, most, count, dtype=np.float32)
        size = self.pipeline.sizes[0]
        plain = only(operation, 0.0, self.dataset.size, size, n, seed)
        cosine: dict[str, list[Floats]] = {space: [] for space in self.spaces}
        others: dict[str, Floats] = {}
        examples = []
        for number, strength in enumerate(grid):
            draw = only(operation, float(strength), self.dataset.size, size, n, seed)
            whole, view = self.seen.pixels(index, (plain, draw))
            examples.append((view[0] * 255).round().byte().permute(1, 2, 0).numpy())
            for space, rows in self.seen.of((whole, view), index).items():
                cosine[space].append(np.diagonal(cosines(rows[:n], rows[n:])).copy())
                if number == 0:
                    others[space] = cosines(rows[:n], rows[:n])[np.triu_indices(n, 1)]
            if tick is not None:
                tick((number + 1) / len(grid))
        cosines_by_space = {space: np.stack(values) for space, values in cosine.items()}
        views = zip(self.pipeline.views, self.pipeline.roles, strict=True)
        own = max(own_strength(operation, view) for view, role in views if role == "global")
        return Strengths(operation, grid, cosines_by_space, others, own, np.stack(examples))


def only(operation: str, strength: float, source: int, size: int, n: int, seed: int) -> ViewDraw:
    """A draw (n,) of the whole image, resized to `size` px, with one operation of OPERATIONS at exactly this strength, or one
    of SWITCHES off (0) or on (1) for all."""
    fixed = ViewConfig(
        count=1,
        size=size,
        crop_min=1.0 - strength if operation == "crop" else 1.0,
        crop_max=1.0 - strength if operation == "crop" else 1.0,
        ratio_min=1.0,
        ratio_max=1.0,
        flip=strength if operation == "flip" else 0.0,
        rotation=strength if operation == "rotation" else 0.0,
        jitter=1.0 if operation in FACTORS and strength else 0.0,
        grayscale=strength if operation == "grayscale" else 0.0,
        solarize=strength if operation == "solarize" else 0.0,
        erase=strength if operation == "erase" else 0.0,
        blur=1.0 if operation == "blur" and strength else 0.0,
        sigma_min=strength if operation == "blur" and strength else 0.1,
        sigma_max=strength if operation == "blur" and strength else 0.1,
        brightness=strength if operation == "brightness" else 0.0,
        contrast=strength if operation == "contrast" else 0.0,
        saturation=strength if operation == "saturation" else 0.0,
        hue=strength if operation == "hue" else 0.0,
    )
    drawn = draw_view(fixed, source, n, generator_for(seed, "strength", operation))
    if operation == "rotation":
        return replace(drawn, angle=_side(drawn.angle) * strength)
    if operation in FACTORS and strength:
        column, middle = FACTORS.index(operation), 0.0 if operation == "hue" else 1.0
        factors = drawn.factors.clone()
        factors[:, column] = middle + _side(factors[:, column] - middle) * strength
        return replace(drawn, factors=factors)
    return drawn


def _side(drawn: Tensor) -> Tensor:
    """(n,) 1 or -1."""
    return torch.where(drawn < 0, -1.0, 1.0)


def own_strength(operation: str, view: ViewConfig) -> float:
    """The largest strength of an operation in a view's config; for a switch its probability; 0 where it is off."""
    if operation == "crop":
        return 1.0 - view.crop_min
    if operation == "blur":
        return view.sigma_max * blur_scale(view, view.size or REFERENCE_SIZE) if view.blur else 0.0
    if operation in FACTORS:
        return float(getattr(view, operation)) if view.jitter else 0.0
    return float(getattr(view, operation))
