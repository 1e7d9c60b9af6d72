"""Sizes that are not set are taken from the data, and settings that do not fit are refused."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.data.open import open_dataset
from engine.train.setup import Session, fit_to_data, prepare

Small = Callable[..., RunConfig]


def fitted(config: RunConfig) -> RunConfig:
    return fit_to_data(config, open_dataset(config.data))


def test_every_size_is_set(small: Small) -> None:
    config = fitted(small("dino", {"backbone": {"name": "vit_micro"}, "views": {"preset": "dino"}}))
    assert config.data.size == 32
    assert [group.size for group in config.views.groups[:2]] == [32, 32]
    assert 0 < config.views.groups[2].size < 32
    assert config.backbone.patch == 4


def test_given_sizes_are_kept(small: Small) -> None:
    config = fitted(small("simclr", {"views": {"groups": {0: {"size": 24}}}}))
    assert config.views.groups[0].size == 24
    assert config.data.size == 32


def test_a_patch_size_that_does_not_divide_the_image_is_refused(small: Small) -> None:
    with pytest.raises(ConfigError, match=r"backbone\.patch must be .*Got 5"):
        fitted(small("mae", {"backbone": {"patch": 5}, "views": {"groups": {0: {"size": 32}}}}))
    with pytest.raises(ConfigError, match=r"backbone\.patch must be .*Got 32"):  # a single patch is refused
        fitted(small("mae", {"backbone": {"patch": 32}}))


@pytest.mark.parametrize(
    ("stored", "patch", "expected", "sides"),
    [
        (32, 0, 4, [32, 16]),
        (64, 0, 8, [64, 32]),
        (96, 0, 12, [96, 48]),  # 64 tokens; a common divisor of 96 and 44 would give 576
        (224, 0, 28, [224, 112]),
        (96, 8, 8, [96, 48]),
        (224, 16, 16, [224, 96]),  # the papers' local views
        (28, 8, 8, [32, 16]),  # a size that is not set depends on the patch
        (97, 0, 12, [108, 48]),  # a prime has no divisor except 1, which would give 9,409 tokens
    ],
)
def test_view_sizes_that_are_not_set_are_multiples_of_the_patch(
    small: Small, stored: int, patch: int, expected: int, sides: list[int]
) -> None:
    given = {"data": {"size": stored, "count": 16}, "backbone": {"name": "vit_micro", "patch": patch}, "views": {"preset": "dino"}}
    config = fitted(small("dino", given))
    assert config.backbone.patch == expected
    assert [config.views.groups[number].size for number in (0, 2)] == sides


def test_an_image_size_that_allows_only_tiny_patches_is_refused(small: Small) -> None:
    views = {"groups": {0: {"size": 97}}}
    with pytest.raises(ConfigError, match=r"backbone\.patch must be set for views of 97 px.*9,409 tokens.*patch to 1"):
        fitted(small("mae", {"views": views}))
    assert fitted(small("mae", {"views": views, "backbone": {"patch": 1}})).backbone.patch == 1


def test_a_batch_larger_than_the_data_is_refused(small: Small) -> None:
    with pytest.raises(ConfigError, match=r"train\.batch must be at most \d+.*Got 500"):
        prepare(small("simclr", {"train": {"batch": 500}}))


def test_the_length_is_given_by_steps_and_otherwise_by_epochs(prepared: Callable[..., Session]) -> None:
    by_steps = prepared("simclr", {"train": {"steps": 7, "epochs": 100}})
    assert by_steps.steps == 7
    by_epochs = prepared("simclr", {"train": {"steps": 0, "epochs": 4}})
    assert by_epochs.steps == 4 * by_epochs.steps_per_epoch
    assert by_epochs.steps_per_epoch == len(by_epochs.dataset.splits["train"]) // 16


def test_accumulated_batches_make_one_step(prepared: Callable[..., Session]) -> None:
    session = prepared("simclr", {"train": {"batch": 8, "steps": 0, "epochs": 2}, "optim": {"accumulate": 2}})
    batches = len(session.dataset.splits["train"]) // 8
    assert session.steps_per_epoch == math.ceil(batches / 2)


@pytest.mark.parametrize("accumulate", [1, 2, 3, 4, 8, 100])
def test_an_epoch_is_one_pass_at_any_accumulation(prepared: Callable[..., Session], accumulate: int) -> None:
    fifth = len(prepared("simclr").dataset.splits["train"]) // 5
    given = {"train": {"batch": fifth, "steps": 0, "epochs": 20}, "optim": {"accumulate": accumulate}}
    session = prepared("simclr", given)
    batches = session.batches.steps_per_epoch
    assert batches == 5, "of which 2, 3, 4 and 8 leave a rest"
    taken = [session.batches.of_step(step) for step in range(session.steps)]
    assert [number for step in taken for number in step] == list(range(20 * batches))
    assert all(1 <= len(step) <= accumulate for step in taken)
    # No step has batches of two epochs, so that an epoch ends with a step.
    for epoch in range(20):
        step = epoch * session.steps_per_epoch
        assert taken[step][0] == epoch * batches
    seen = np.concatenate([session.batches.index(number) for step in taken[: session.steps_per_epoch] for number in step])
    assert len(seen) == len(set(seen.tolist())) == batches * fifth
