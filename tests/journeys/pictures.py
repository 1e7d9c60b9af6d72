"""Pictures for the journeys: small photographs-like images of rendered shapes in folders, made without a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = ("boats", "cats", "flowers", "houses", "trees")


def write_photographs(folder: Path, count: int, side: int = 64, seed: int = 0) -> Path:
    """Write `count` JPEG files, shared among folders of CLASSES; the folder."""
    shares = [count // len(CLASSES) + (index < count % len(CLASSES)) for index in range(len(CLASSES))]
    for code, (name, number) in enumerate(zip(CLASSES, shares, strict=True)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for index in range(number):
            _image(code, seed * 1_000_003 + code * 10_007 + index, side).save(folder / name / f"{name}_{index:04d}.jpg", quality=88)
    return folder


def write_unlabelled(folder: Path, count: int, odd: int = 12, side: int = 32, seed: int = 0) -> tuple[Path, list[str]]:
    """Write `count` pictures into one folder, `odd` of which are like no other: the folder and the names of the odd ones."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    strange = set(rng.choice(count, odd, replace=False).tolist())
    names = []
    for index in range(count):
        name = f"IMG_{index:05d}.jpg"
        if index in strange:
            Image.fromarray(_odd(rng, side)).save(folder / name, quality=88)
            names.append(name)
        else:
            _image(int(rng.integers(len(CLASSES))), seed * 7_919 + index, side).save(folder / name, quality=88)
    return folder, names


def _odd(rng: np.random.Generator, side: int) -> np.ndarray:
    """A picture like no other: waves of a frequency, direction and colours of its own."""
    y, x = np.mgrid[0:side, 0:side] / side
    turns, angle = rng.uniform(3, 14), rng.uniform(0, np.pi)
    wave = np.sin(2 * np.pi * turns * (x * np.cos(angle) + y * np.sin(angle)) + rng.uniform(0, 6))
    one, other = rng.uniform(0, 255, (2, 3))
    pixels: np.ndarray = np.clip(np.where(wave[..., None] > 0, one, other), 0, 255).astype(np.uint8)
    return pixels


def _image(code: int, seed: int, side: int) -> Image.Image:
    """A ground, and a disc, square, stripe, ring or triangle in a hue of its own, with noise; the same for the same seed."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side] / side
    cx, cy = rng.uniform(0.3, 0.7, 2)
    size = rng.uniform(0.15, 0.3)
    radius = np.hypot(x - cx, y - cy)
    mask = (
        radius < size,
        (np.abs(x - cx) < size) & (np.abs(y - cy) < size),
        np.abs((x - cx) + (y - cy)) < size / 2,
        np.abs(radius - size) < 0.06,
        (y - cy < size) & (y - cy > -size) & (np.abs(x - cx) < (y - cy + size) / 2),
    )[code]
    ground, colour = rng.uniform(40, 120, 3), rng.uniform(120, 250, 3)
    pixels = np.where(mask[..., None], colour, ground * (0.6 + 0.6 * y[..., None]))
    return Image.fromarray(np.clip(pixels + rng.normal(0, 6, pixels.shape), 0, 255).astype(np.uint8))
