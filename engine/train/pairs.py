"""The two views of each image of a batch as a trained encoder takes them, and how far one operation moves an image for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.augment.draw import draw_view
from engine.augment.pipeline import Pipeline
from engine.augment.seeds import generator_for
from engine.augment.views import FACTORS, ViewDraw
from engine.config.errors import complain
from engine.config.run import ViewConfig
from engine.data.open import open_dataset
from engine.evaluate.encoder import load_method
from engine.evaluate.pairs import Floats, cosines
from engine.method import Batch, Method, Progress

# What an operation can be turned up to: the share of the area that a crop leaves out, the relative change of a colour, the hue's
# turn as a share of the circle, degrees, and the sigma of a blur in pixels of a view of 224 px.
OPERATIONS = {"crop": 0.95, "brightness": 1.0, "contrast": 1.0, "saturation": 1.0, "hue": 0.5, "rotation": 180.0, "blur": 10.0}
STRENGTHS = 11
# Of the backbone, which is what is evaluated and exported; of the projector, on which the method's own loss acts.
FEATURES, EMBEDDING = "features", "embedding"
TEMPERATURE = 0.2
CHUNK = 64
# Images on which the method is asked whether its embedding is one of single views.
_TRIED = 4

Tick = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Paired:
    """Two views of n images. `index`: (n,) places in the data set; `draws`: what was drawn for each view; `views`: two (n, s, s, 3)
    uint8; `rows`: by space the (2n, d) features of view 1 of every image, then of view 2."""

    index: np.ndarray
    draws: tuple[ViewDraw, ViewDraw]
    views: tuple[np.ndarray, np.ndarray]
    rows: dict[str, Floats]


@dataclass(frozen=True, eq=False)
class Strengths:
    """One operation turned up, all else left alone. `strengths`: (k,) from 0; `cosine`: by space (k, n) of each image and its view;
    `others`: by space (n(n - 1) / 2,) of different images as they are; `own`: the strength up to which the run itself draws;
    `examples`: (k, s, s, 3) uint8, the first image at each strength."""

    operation: str
    strengths: Floats
    cosine: dict[str, Floats]
    others: dict[str, Floats]
    own: float
    examples: np.ndarray


class PairInspector:
    """A run's method at its last checkpoint (or the file at `checkpoint`), its data and its views. On the CPU, in eval mode.

    ConfigError where there is no run or checkpoint. Not for several threads at once."""

    def __init__(self, folder: Path, checkpoint: Path | None = None, progress: Callable[[float, str], None] | None = None) -> None:
        self.method, self.config = load_method(folder, checkpoint)
        self.dataset = open_dataset(self.config.data, progress) if progress is not None else open_dataset(self.config.data)
        self.pipeline = Pipeline(self.config.views, self.dataset.size)
        self.mean, self.std = torch.from_numpy(self.dataset.mean).float(), torch.from_numpy(self.dataset.std).float()
        self.spaces = (FEATURES, EMBEDDING) if self._embeds_views() else (FEATURES,)

    @property
    def temperature(self) -> float | None:
        """The method's softmax temperature; None where it has none of that name."""
        given = self.config.method.values().get("temperature")
        return float(given) if isinstance(given, (int, float)) and given > 0 else None

    def choose(self, split: str, images: int, seed: int) -> np.ndarray:
        """(n,) images of a split, drawn from the seed, in rising order."""
        index = self.dataset.splits.get(split, np.zeros(0, np.int64))
        if not len(index):
            names = ", ".join(name for name, places in self.dataset.splits.items() if len(places))
            raise complain("split", "one with images in it", split, f"Choose one of: {names}.")
        order = torch.randperm(len(index), generator=generator_for(seed, "pairs")).numpy()
        return np.sort(index[order[:images]])

    def pairs(self, split: str, images: int, seed: int, tick: Tick | None = None) -> Paired:
        """Two views each of `images` images of a split, drawn as the run draws: its first two global views; where it has but one,
        that one drawn twice. `tick` hears a share from 0 to 1 between chunks."""
        index = self.choose(split, images, seed)
        n, places = len(index), [place for place, role in enumerate(self.pipeline.roles) if role == "global"][:2] or [0]
        asked = [(place, 0) for place in places] if len(places) == 2 else [(places[0], epoch) for epoch in (0, 1)]
        one, other = (self.pipeline.draw(n, seed, epoch, 0, [place])[0] for place, epoch in asked)
        pixels = self._pixels(index, (one, other))
        rows = self._rows(pixels, index, tick)
        views = tuple((view * 255).round().byte().permute(0, 2, 3, 1).contiguous().numpy() for view in pixels)
        return Paired(index, (one, other), (views[0], views[1]), rows)

    def strengths(self, operation: str, split: str, images: int, seed: int, tick: Tick | None = None) -> Strengths:
        """How near images stay to themselves while one operation is turned up from nothing to its most, each image changed by
        exactly that strength: to a side drawn by chance, a crop of that area at a place drawn by chance."""
        if operation not in OPERATIONS:
            raise complain("operation", f"one of {', '.join(OPERATIONS)}", operation)
        index = self.choose(split, images, seed)
        n, grid = len(index), np.linspace(0, OPERATIONS[operation], STRENGTHS, dtype=np.float32)
        size = self.pipeline.sizes[0]
        plain = only(operation, 0.0, self.dataset.size, size, n, seed)
        cosine: dict[str, list[Floats]] = {space: [] for space in self.spaces}
        others: dict[str, Floats] = {}
        examples = []
        for place, strength in enumerate(grid):
            draw = only(operation, float(strength), self.dataset.size, size, n, seed)
            whole, view = self._pixels(index, (plain, draw))
            examples.append((view[0] * 255).round().byte().permute(1, 2, 0).numpy())
            for space, rows in self._rows((whole, view), index).items():
                cosine[space].append(np.diagonal(cosines(rows[:n], rows[n:])).copy())
                if place == 0:
                    others[space] = cosines(rows[:n], rows[:n])[np.triu_indices(n, 1)]
            if tick is not None:
                tick((place + 1) / len(grid))
        found = {space: np.stack(values) for space, values in cosine.items()}
        return Strengths(operation, grid, found, others, own_strength(operation, self.pipeline.views[0]), np.stack(examples))

    # Views into features

    def _pixels(self, index: np.ndarray, draws: Sequence[ViewDraw]) -> list[Tensor]:
        """The views (n, 3, s, s) of images, pixels between 0 and 1, a draw a view."""
        return self.pipeline.apply(torch.from_numpy(np.ascontiguousarray(self.dataset.images[index])), draws)

    def _rows(self, pixels: Sequence[Tensor], index: np.ndarray, tick: Tick | None = None) -> dict[str, Floats]:
        found: dict[str, list[tuple[Tensor, Tensor]]] = {space: [] for space in self.spaces}
        with torch.no_grad():
            for start in range(0, len(index), CHUNK):
                part = slice(start, start + CHUNK)
                batch = self._batch([view[part] for view in pixels], index[part])
                one, other = (self.method.encoder(view).float() for view in batch.views)
                found[FEATURES].append((one, other))
                if EMBEDDING in found:
                    found[EMBEDDING].append(_embedded(self.method, batch))
                if tick is not None:
                    tick(min(1.0, (start + CHUNK) / len(index)))
        return {
            space: torch.cat([torch.cat([pair[view] for pair in parts]) for view in (0, 1)]).numpy()
            for space, parts in found.items()
        }

    def _batch(self, pixels: Sequence[Tensor], index: np.ndarray) -> Batch:
        empty = Batch([], torch.from_numpy(index), generator_for(0, "pairs"), mean=self.mean, std=self.std)
        labels = torch.from_numpy(self.dataset.labels[index])
        return replace(empty, views=[empty.normalised(view) for view in pixels], label=labels)

    def _embeds_views(self) -> bool:
        """Whether the method's embedding has a row for each of two views that depends on that view alone: then the rows change
        places with the views. One that compares other things (tiles, colour channels, a view with a queue) has no such space, and
        none that knows training images alone (a class an image)."""
        return all(self._swaps(split) for split in ("train", "validation") if len(self.dataset.splits.get(split, ())))

    def _swaps(self, split: str) -> bool:
        index = self.choose(split, _TRIED, 0)
        try:
            first, second = self._pixels(index, [self.pipeline.draw(len(index), 0, epoch, 0, [0])[0] for epoch in (0, 1)])
            with torch.no_grad():
                one = _embedded(self.method, self._batch([first, second], index))
                other = _embedded(self.method, self._batch([second, first], index))
        except Exception:  # a method that asks for more than two views, or for other images, says so in its own way
            return False
        return all(torch.allclose(a, b, rtol=1e-3, atol=1e-4) for a, b in zip(one, reversed(other), strict=True))


def _embedded(method: Method, batch: Batch) -> tuple[Tensor, Tensor]:
    """The method's own embedding of both views, (n, P) each. ValueError where it has no row for each."""
    out = method(batch, Progress(0, 1, 0, 1))
    n = len(batch.index)
    if out.embedding is None or out.views != 2 or len(out.embedding) != 2 * n:
        raise ValueError("the method's embedding must have a row for each of two views")
    one, other = out.embedding.float().flatten(1).split(n)
    return one, other


def only(operation: str, strength: float, source: int, size: int, n: int, seed: int) -> ViewDraw:
    """A draw (n,) of the whole image, resized to `size` px, with one operation of OPERATIONS at exactly this strength."""
    still = ViewConfig(
        count=1,
        size=size,
        crop_min=1.0 - strength if operation == "crop" else 1.0,
        crop_max=1.0 - strength if operation == "crop" else 1.0,
        ratio_min=1.0,
        ratio_max=1.0,
        flip=0.0,
        rotation=strength if operation == "rotation" else 0.0,
        jitter=1.0 if operation in FACTORS and strength else 0.0,
        grayscale=0.0,
        blur=1.0 if operation == "blur" and strength else 0.0,
        sigma_min=strength if operation == "blur" and strength else 0.1,
        sigma_max=strength if operation == "blur" and strength else 0.1,
        brightness=strength if operation == "brightness" else 0.0,
        contrast=strength if operation == "contrast" else 0.0,
        saturation=strength if operation == "saturation" else 0.0,
        hue=strength if operation == "hue" else 0.0,
    )
    drawn = draw_view(still, source, n, generator_for(seed, "strength", operation))
    if operation == "rotation":
        return replace(drawn, angle=_side(drawn.angle) * strength)
    if operation in FACTORS and strength:
        place, middle = FACTORS.index(operation), 0.0 if operation == "hue" else 1.0
        factors = drawn.factors.clone()
        factors[:, place] = middle + _side(factors[:, place] - middle) * strength
        return replace(drawn, factors=factors)
    return drawn


def _side(drawn: Tensor) -> Tensor:
    """(n,) 1 or -1."""
    return torch.where(drawn < 0, -1.0, 1.0)


def own_strength(operation: str, view: ViewConfig) -> float:
    """The most that a kind of view draws of an operation; 0 where it is off."""
    if operation == "crop":
        return 1.0 - view.crop_min
    if operation == "blur":
        return view.sigma_max if view.blur else 0.0
    if operation in FACTORS:
        return float(getattr(view, operation)) if view.jitter else 0.0
    return float(getattr(view, operation))
