"""Builds the feed that a run's method needs."""

from __future__ import annotations

from engine.catalogue import entry
from engine.config.run import RunConfig
from engine.data.dataset import Dataset
from engine.method import Method
from engine.train.batches import Batches
from engine.train.experience import Experience
from engine.train.feed import Feed


def build_feed(config: RunConfig, dataset: Dataset, method: Method, device: str) -> Feed:
    """The feed of a run, of the kind that the method's row in the catalogue names, at its first step. `config` is fitted to the
    data. `method`: acts in the run's world, if it has one."""
    if entry(config.method.id).feed == "world":
        return Experience(config, dataset, method, device)
    return Batches(config, dataset, device)
