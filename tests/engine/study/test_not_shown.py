"""What cannot be shown of a run whose batches are no function of the step: commands and panels say why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from engine.catalogue import CATALOGUE, FeedKind, entry
from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.data.open import open_dataset
from engine.runs.run_folder import create_folder
from engine.runs.writer import RunWriter
from engine.study import not_shown
from engine.study.not_shown import NOT_SHOWN, What, check_shown, why_not_shown
from engine.study.pair_inspector import PairInspector
from engine.study.replay import views_sheet
from engine.study.sample_losses import image_loss, sample_losses
from engine.train.batches import Batches
from engine.train.checkpoint import load, save
from engine.train.control import Control
from engine.train.feed import Feed
from engine.train.setup import prepare
from engine.train.train_run import train

Small = Callable[..., RunConfig]


@pytest.fixture
def world_run(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run of a method whose row says that it acts in a world."""
    config = small("simclr", {"train": {"steps": 2}})
    folder = create_folder(tmp_path, config)
    with RunWriter(folder) as writer:
        assert train(config, writer, Control(), folder).state == "finished"
    monkeypatch.setattr(not_shown, "methods", lambda: (replace(entry("simclr"), feed="world"),))
    return folder


def test_each_kind_has_its_sentences_and_images_show_everything() -> None:
    assert set(NOT_SHOWN) == set(get_args(FeedKind))
    assert NOT_SHOWN["images"] == {}
    assert set(NOT_SHOWN["world"]) == set(get_args(What))
    for row in CATALOGUE:
        if row.feed == "images":
            assert not any(why_not_shown(row.id, what) for what in get_args(What))
    assert why_not_shown("of a package that is gone", "pairs") == ""
    check_shown("simclr", "pairs")


def test_pairs_and_views_of_a_step_are_refused_in_words(world_run: Path) -> None:
    with pytest.raises(ConfigError, match="has no pairs of views: it learns from what its agent met"):
        PairInspector(world_run)
    with pytest.raises(ConfigError, match="cannot be drawn again"):
        views_sheet(world_run, 1, 4)


def test_losses_of_images_are_missing_with_a_reason(world_run: Path) -> None:
    losses = sample_losses(world_run, 0, np.arange(4))
    assert losses.loss is losses.agreement is None
    assert set(losses.notes.values()) == {NOT_SHOWN["world"]["losses of images"]}
    assert image_loss(world_run, 0, 1).note == NOT_SHOWN["world"]["losses of images"]
    assert image_loss(world_run, 0, 1).loss is None


def test_the_feed_of_images_has_no_state_and_accepts_none(small: Small, tmp_path: Path) -> None:
    config = small("simclr")
    feed: Feed = Batches(config, open_dataset(config.data), "cpu")
    assert (feed.kind, feed.state_dict()) == ("images", {})
    feed.load_state_dict({})
    session = prepare(config)
    save(session, tmp_path)
    session.batches.state_dict = lambda: {"worlds": 3}  # type: ignore[method-assign]
    (tmp_path / "other").mkdir()
    save(session, tmp_path / "other")
    fresh = prepare(config)
    load(fresh, tmp_path)
    with pytest.raises(ConfigError, match="not train on images alone"):
        load(fresh, tmp_path / "other")
