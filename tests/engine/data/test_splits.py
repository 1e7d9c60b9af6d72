"""Splits are disjoint, and a sampler's order is a pure function."""

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.data.dataset import statistics
from engine.data.sampler import Sampler
from engine.data.splits import TEST, TRAIN, cut, shared


def make(n, classes=5, own=None):
    return np.zeros(n, np.int8) if own is None else own, np.arange(n) % classes, np.arange(n, dtype=np.uint64)


def test_splits_are_disjoint_and_complete_and_have_the_given_shares():
    own, labels, digests = make(4000)
    splits = cut(own, labels, digests, 0.1, 0.15, 0)
    everything = np.concatenate(list(splits.values()))
    assert np.array_equal(np.sort(everything), np.arange(4000))
    # Each image is drawn independently: within four standard deviations, overall and per class.
    for name, share in (("train", 0.765), ("validation", 0.085), ("test", 0.15)):
        for index, many in ((splits[name], 4000), *((splits[name][labels[splits[name]] == k], 800) for k in range(5))):
            assert abs(len(index) - share * many) < 4 * np.sqrt(many * share * (1 - share))


def split_of(digests, **more):
    n = len(digests)
    splits = cut(np.zeros(n, np.int8), np.arange(n) % 3, np.asarray(digests, np.uint64), 0.1, 0.15, 7, **more)
    return {int(digests[i]): name for name, index in splits.items() for i in index}


def test_added_and_removed_images_do_not_change_the_split_of_others():
    random = np.random.default_rng(0)
    digests = random.integers(0, 2**63, 600).astype(np.uint64)
    before = split_of(digests)
    more = split_of(np.concatenate([random.integers(0, 2**63, 50).astype(np.uint64), digests[::-1]]))
    assert {one: more[one] for one in before} == before
    fewer = split_of(np.delete(digests, np.arange(0, 600, 3)))
    assert {one: before[one] for one in fewer} == fewer
    # A duplicate does not either.
    assert split_of(np.repeat(digests, 2)) == before


def test_the_split_does_not_depend_on_the_stored_size():
    content = np.random.default_rng(0).integers(0, 2**63, 300).astype(np.uint64)
    one, other = (split_of(digests, content=content) for digests in (np.arange(300), np.arange(300)[::-1]))
    assert [one[i] for i in range(300)] == [other[299 - i] for i in range(300)]


def test_runs_of_earlier_versions_keep_their_splits():
    own, labels, digests = make(1000)
    splits = cut(own, labels, digests, 0.1, 0.15, 0, by_list=True)
    assert [len(splits[name]) for name in ("train", "validation", "test")] == [765, 85, 150]
    assert splits["test"][:6].tolist() == [6, 7, 18, 19, 22, 30]
    for index in splits.values():
        counts = np.bincount(labels[index], minlength=5)
        assert counts.max() - counts.min() <= 1


def test_another_seed_gives_other_splits():
    arrays = make(200)
    assert np.array_equal(cut(*arrays, 0.1, 0.1, 4)["test"], cut(*arrays, 0.1, 0.1, 4)["test"])
    assert not np.array_equal(cut(*arrays, 0.1, 0.1, 4)["test"], cut(*arrays, 0.1, 0.1, 5)["test"])


def test_the_data_s_own_test_split_is_used():
    own = np.array([TRAIN] * 80 + [TEST] * 20, np.int8)
    splits = cut(*make(100, own=own), 0.1, 0.5, 0)
    assert np.array_equal(splits["test"], np.arange(80, 100))
    assert 1 <= len(splits["validation"]) <= 20
    assert splits["validation"].max() < 80


def test_duplicates_are_in_the_same_split():
    labels, digests = np.zeros(300, np.int64), np.repeat(np.arange(60, dtype=np.uint64), 5)
    splits = cut(np.zeros(300, np.int8), labels, digests, 0.2, 0.2, 1)
    seen = [set(digests[index]) for index in splits.values()]
    assert not seen[0] & seen[1]
    assert not (seen[0] | seen[1]) & seen[2]
    assert shared(splits, digests) == 0


def test_the_overlap_of_the_data_s_own_splits_is_counted():
    own = np.array([TRAIN] * 8 + [TEST] * 2, np.int8)
    digests = np.array([0, 1, 2, 3, 4, 5, 6, 7, 3, 9], np.uint64)
    assert shared(cut(own, np.zeros(10, np.int64), digests, 0.1, 0.1, 0), digests) == 1


@pytest.mark.parametrize("n", [3, 4, 7])
def test_a_very_small_data_set_has_every_split(n):
    assert all(len(index) for index in cut(*make(n), 0.01, 0.01, 0).values())


@pytest.mark.parametrize("n", [1, 2])
def test_too_few_images_are_refused(n):
    with pytest.raises(ConfigError, match=r"data.source must be a set with at least one image for each"):
        cut(*make(n), 0.1, 0.1, 0, "here")


def test_every_epoch_is_a_permutation_in_whole_batches():
    index = np.arange(50, 153)
    sampler = Sampler(index, 10, seed=3)
    assert sampler.steps_per_epoch == 10
    epochs = [np.concatenate([sampler.at(step) for step in range(e * 10, e * 10 + 10)]) for e in range(3)]
    for epoch in epochs:
        assert len(set(epoch)) == 100
        assert set(epoch) <= set(index)
    assert not np.array_equal(epochs[0], epochs[1])


def test_a_step_is_a_pure_function():
    index = np.arange(64)
    forward, backward = Sampler(index, 8, 1), Sampler(index, 8, 1)
    steps = {step: forward.at(step) for step in range(40)}
    for step in reversed(range(40)):
        assert np.array_equal(steps[step], backward.at(step))
    forward.at(0)[:] = -1
    assert np.array_equal(forward.at(0), steps[0])
    assert not np.array_equal(Sampler(index, 8, 2).at(0), steps[0])


def test_a_batch_larger_than_the_training_split_is_refused():
    with pytest.raises(ConfigError) as caught:
        Sampler(np.arange(10), 11, 0)
    assert caught.value.problems[0].key == "train.batch"
    assert "at most 10" in str(caught.value)


def test_mean_and_deviation_are_those_of_the_split():
    images = np.random.default_rng(0).integers(0, 256, (100, 3, 8, 8), dtype=np.uint8)
    images[:, 2] = 51
    mean, std = statistics(images, np.arange(10, 60))
    expected = images[10:60].astype(float) / 255
    assert mean == pytest.approx(expected.mean((0, 2, 3)), abs=1e-5)
    assert std[:2] == pytest.approx(expected.std((0, 2, 3))[:2], abs=1e-5)
    assert std[2] > 0
