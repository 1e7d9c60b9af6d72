"""A step's batch depends on the seed and the step only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.data import read_ahead
from engine.data.open import open_dataset
from engine.method import Batch
from engine.train.batches import Batches
from engine.train.resolve import resolve

Small = Callable[..., RunConfig]


def batches(config: RunConfig) -> Batches:
    return Batches(config, open_dataset(config.data), "cpu")


def same(one: Batch, two: Batch) -> bool:
    return (
        torch.equal(one.index, two.index)
        and all(torch.equal(a, b) for a, b in zip([*one.views, *one.local], [*two.views, *two.local], strict=True))
        and torch.equal(torch.rand(5, generator=one.generator), torch.rand(5, generator=two.generator))
    )


def test_a_step_can_be_repeated_in_any_order(small: Small) -> None:
    config = small("dino")
    one, two = batches(config), batches(config)
    forwards = [one.at(step) for step in range(4)]
    torch.manual_seed(9)
    np.random.seed(9)  # noqa: NPY002 - the legacy generator must not matter
    backwards = [two.at(step) for step in reversed(range(4))][::-1]
    assert all(same(a, b) for a, b in zip(forwards, backwards, strict=True))


def test_global_generators_are_not_changed(small: Small) -> None:
    stream = batches(small("dino"))
    before = torch.random.get_rng_state()
    legacy = np.random.get_state()[1].copy()  # type: ignore[index] # noqa: NPY002
    stream.at(0)
    stream.of(np.arange(3))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert (np.random.get_state()[1] == legacy).all()  # type: ignore[index] # noqa: NPY002


def test_batches_differ_between_steps_seeds_and_views(small: Small) -> None:
    stream = batches(small("simclr"))
    batch = stream.at(0)
    assert not torch.equal(batch.views[0], batch.views[1])
    assert not torch.equal(stream.at(1).views[0], batch.views[0])
    other = batches(small("simclr", {"train": {"seed": 1}})).at(0)
    assert not torch.equal(other.views[0], batch.views[0])


def test_an_epoch_has_every_training_image_once_and_no_other(small: Small) -> None:
    config = small("simclr")
    stream = batches(config)
    splits = open_dataset(config.data).splits
    for epoch in range(2):
        start = epoch * stream.steps_per_epoch
        seen = np.concatenate([stream.at(start + step).index.numpy() for step in range(stream.steps_per_epoch)])
        assert len(set(seen)) == len(seen) == 16 * stream.steps_per_epoch
        assert set(seen) <= set(splits["train"])


def test_views_are_normalised_with_the_training_split_s_statistics(small: Small) -> None:
    config = small("mae", {"views": {"preset": "none"}})
    stream = batches(config)
    batch = stream.at(0)
    stored = torch.from_numpy(open_dataset(config.data).images[batch.index.numpy()]).float() / 255
    assert torch.allclose(batch.pixels(batch.views[0]), stored, atol=1e-2)
    assert torch.allclose(batch.views[0], (stored - stream.mean.view(1, 3, 1, 1)) / stream.std.view(1, 3, 1, 1), atol=5e-2)


def test_labels_and_indices_belong_to_the_images(small: Small) -> None:
    config = small("simclr")
    batch = batches(config).at(2)
    assert batch.label is not None
    assert batch.label.tolist() == open_dataset(config.data).labels[batch.index.numpy()].tolist()


def test_local_views_are_separate_and_smaller(small: Small) -> None:
    batch = batches(small("dino", {"views": {"preset": "dino"}})).at(0)
    assert [tuple(view.shape) for view in batch.views] == [(16, 3, 32, 32)] * 2
    assert len(batch.local) == 8
    assert all(view.shape[-1] < 32 for view in batch.local)


def test_other_backgrounds_are_refused_for_data_without_masks() -> None:
    view = {"count": 2, "background": 0.5}
    with pytest.raises(
        ConfigError, match=r"views\.groups\.0\.background must be 0 for data without masks.*Sets with masks: shapes"
    ):
        resolve({"data": {"source": "digits"}, "views": {"groups": [view]}})
    with pytest.raises(
        ConfigError, match=r"data\.source must be a set with masks, which Background augmentation needs\. Got 'digits'"
    ):
        resolve({"method": "background_augmentation", "data": {"source": "digits"}})
    assert resolve({"data": {"source": "simple_shapes"}, "views": {"groups": [view]}}).views.groups[0].background == 0.5


def test_the_negatives_of_background_swaps_have_the_background_of_the_first_view(small: Small) -> None:
    whole = {"count": 2, "crop_min": 1.0, "flip": 0.0, "jitter": 0.0, "grayscale": 0.0, "blur": 0.0, "background": 0.5}
    made = batches(small("background_augmentation", {"views": {"groups": [whole]}}))
    batch, masks = made.at(0), made.dataset.masks
    assert masks is not None
    assert batch.negatives is not None
    assert batch.masks is not None
    view, negative = batch.pixels(batch.views[0]), batch.pixels(batch.negatives)
    same = ((view - negative).abs() < 1e-4).all(1)  # (N, S, S)
    own = torch.from_numpy(masks[batch.index.numpy()])
    assert torch.equal(batch.masks()[0], own)
    share = (same & ~own).flatten(1).sum(1) / (~own).flatten(1).sum(1)
    assert (share > 0.5).all(), "most of the background is that of the first view"
    assert (share < 1).any(), "but for the object of another image"
    assert (same & own).flatten(1).sum(1).float().mean() < 0.5 * own.flatten(1).sum(1).float().mean()
    again = made.at(0).negatives
    assert again is not None
    assert torch.equal(batch.negatives, again)
    assert batches(small("moco_v2")).at(0).negatives is None


def test_images_on_the_disk_give_the_same_batches_and_the_next_ones_are_read_ahead(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    requested: list[int] = []
    monkeypatch.setattr(read_ahead, "_request", lambda file, start, size: requested.append(start // size))
    memory, disk = (batches(small("simclr", {"data": {"storage": storage}})) for storage in ("memory", "disk"))
    assert disk.dataset.on_disk
    assert not memory.dataset.on_disk
    assert same(memory.at(2), disk.at(2))
    disk._ahead.finish()
    # The batch itself, and the next ones.
    assert sorted(requested) == sorted(row for step in range(2, 3 + read_ahead.MOST_BATCHES) for row in memory.index(step).tolist())
    for step in (3, 9, 0):
        assert same(memory.at(step), disk.at(step))
