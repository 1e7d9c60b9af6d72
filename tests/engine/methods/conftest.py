"""A small run of any method: 64 rendered images of 32 px, batches of 16, one thread, full precision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch

from engine.catalogue import entry, load
from engine.config.run import RunConfig
from engine.config.text import merge
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare
from tests.needed_data import needed_source
from tests.teacher_run import teacher_settings

# Where a method has such a setting: small enough that its memory is full after two batches, and that its plans take no time.
SMALL = {"queue": 32, "discriminator_width": 4, "candidates": 8, "rounds": 2}
# By what a method needs.
SMALL_OF = {
    "world": {"worlds": 4, "start": 32, "replay": 256},
    "clips": {"frames": 2, "fitness_clips": 16},
}
# Each patch of an image is encoded alone; a plan is searched for at each step of an episode.
SMALL_BY_ID = {"cpc": {"grid": 5}, "cpc_v2": {"grid": 5}, "lewm": {"horizon": 4, "candidates": 12, "rounds": 1}}

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Sum in a fixed order, on one core."""
    torch.set_num_threads(1)


@pytest.fixture
def small() -> Small:
    """A resolved config of a method: `small("simclr", {"train": {"seed": 1}})`."""

    def make(id: str, changes: Mapping[str, Any] | None = None) -> RunConfig:
        fields = load(id).Config.model_fields
        sizes = dict(SMALL)
        for need in entry(id).needs:
            sizes |= SMALL_OF.get(need, {})
        sizes |= SMALL_BY_ID.get(id, {})
        given = {
            "method": {"id": id, **{key: value for key, value in sizes.items() if key in fields}, **teacher_settings(id)},
            "data": {"source": needed_source(id), "count": 64, "size": 32},
            "train": {"batch": 16, "steps": 6, "device": "cpu", "precision": "fp32", "threads": 1, "keep": 0},
            "monitor": {"embed_images": 16, "knn_k": 5, "knn_every": 1000, "diagnose_every": 2},
        }
        return resolve(merge(given, changes or {}))

    return make


@pytest.fixture
def prepared(small: Small) -> Prepared:
    """A session of a method at step 0."""

    def make(id: str, changes: Mapping[str, Any] | None = None) -> Session:
        return prepare(small(id, changes))

    return make
