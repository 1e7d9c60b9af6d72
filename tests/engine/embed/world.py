"""A small data set in memory: each class is a colour with noise."""

from __future__ import annotations

import numpy as np

from engine.data.dataset import Dataset, statistics


def small_world(images: int = 60, classes: int = 3, size: int = 12, labels: bool = True) -> Dataset:
    """`images` split 60 / 20 / 20 into train, validation and test."""
    draw = np.random.default_rng(0)
    label = (np.arange(images) % classes).astype(np.int64)
    colours = draw.integers(40, 215, (classes, 3, 1, 1))
    pixels = np.clip(colours[label] + draw.normal(0, 12, (images, 3, size, size)), 0, 255).astype(np.uint8)
    edges = (int(images * 0.6), int(images * 0.8))
    train, validation, test = np.split(np.arange(images), edges)
    mean, std = statistics(pixels, train)
    for array in (pixels, label, mean, std):
        array.flags.writeable = False  # as the data sources do
    return Dataset(
        name="world",
        images=pixels,
        labels=label if labels else np.full(images, -1),
        classes=tuple(f"c{i}" for i in range(classes)) if labels else (),
        splits={"train": train, "validation": validation, "test": test},
        mean=mean,
        std=std,
    )
