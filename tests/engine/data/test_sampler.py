"""PIC's sliding window: all images are equally frequent, and an image is repeated after the images of a window."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import pytest

from engine.config.run import TrainConfig
from engine.data.sampler import Sampler, sampler_for, window_of


def rounds(sampler: Sampler, images: int, batch: int) -> int:
    """Steps until the window is at its start again for the first time."""
    return int(np.lcm(images, sampler.stride)) // sampler.stride * sampler.window // batch


@pytest.mark.parametrize(("images", "batch", "window", "stride"), [(96, 8, 0.25, 0.125), (103, 8, 0.5, 0.25), (50, 7, 0.3, 0.4)])
def test_over_whole_rounds_all_images_are_equally_frequent(images: int, batch: int, window: float, stride: float) -> None:
    sampler = Sampler(np.arange(7, 7 + images), batch, 0, window, stride)
    steps = rounds(sampler, images, batch)
    seen = Counter(np.concatenate([sampler.at(step) for step in range(steps)]).tolist())
    assert set(seen) == set(range(7, 7 + images))
    assert set(seen.values()) == {steps * batch // images}


def test_each_pass_has_the_window_s_images_once_and_windows_are_one_stride_apart() -> None:
    sampler = Sampler(np.arange(400), 10, 3, 0.2, 0.125)
    assert (sampler.window, sampler.stride) == (80, 10)
    passes = [np.concatenate([sampler.at(8 * p + step) for step in range(8)]) for p in range(60)]
    for one, two in pairwise(passes):
        assert len(set(one)) == 80
        assert len(set(one) & set(two)) == 70
    # 40 strides are a round: then the same images follow in another order.
    assert set(passes[0]) == set(passes[40])
    assert not np.array_equal(passes[0], passes[40])
    # An image is in eight successive windows.
    held = [image in set(p) for image in [passes[20][0]] for p in passes[:40]]
    assert sum(held) == 8
    first = held.index(True)
    assert all(held[first : first + 8])


def test_an_image_is_repeated_after_a_window_s_images_on_average() -> None:
    """As in the paper: an image in the window is repeated after W images on average, with shuffling after N."""
    sampler, images = Sampler(np.arange(1000), 10, 0, 0.1, 0.1), 1000
    visits: dict[int, list[int]] = defaultdict(list)
    for step in range(1000):
        for position, image in enumerate(sampler.at(step).tolist()):
            visits[image].append(10 * step + position)
    gaps = np.concatenate([np.diff(times) for times in visits.values()])
    within = gaps[gaps < images / 2]
    assert within.mean() == pytest.approx(sampler.window, rel=0.02)
    assert len(within) / len(gaps) > 0.85


def test_a_window_over_all_images_has_every_image_once_per_pass() -> None:
    sampler = Sampler(np.arange(64), 8, 0, 1.0, 1.0)
    assert (sampler.window, sampler.stride) == (64, 64)
    passes = [np.concatenate([sampler.at(8 * p + step) for step in range(8)]) for p in range(2)]
    assert all(sorted(one) == list(range(64)) for one in passes)
    assert not np.array_equal(*passes)


def test_a_step_of_the_window_is_a_pure_function() -> None:
    one, two, other = (Sampler(np.arange(90), 6, seed, 0.4, 0.25) for seed in (1, 1, 2))
    steps = [one.at(step) for step in range(120)]
    for step in reversed(range(120)):
        assert np.array_equal(two.at(step), steps[step])
        assert len(set(steps[step])) == 6
    assert not np.array_equal(other.at(0), steps[0])
    steps[0][:] = -1
    assert (one.at(0) >= 0).all()


@pytest.mark.parametrize("images", [2, 17, 1000])
@pytest.mark.parametrize("batch", [1, 2, 16])
@pytest.mark.parametrize("share", [0.001, 0.3, 1.0])
def test_windows_are_whole_batches_and_whole_strides(images: int, batch: int, share: float) -> None:
    if batch > images:
        pytest.skip("refused elsewhere")
    for stride in (0.01, 0.125, 1.0):
        size, step = window_of(images, batch, share, stride)
        assert 0 < size <= images
        assert size % batch == 0
        assert size % step == 0


def test_the_default_window_is_the_paper_s() -> None:
    assert window_of(1_281_167, 512, 131_072 / 1_281_167, 16_384 / 131_072) == (131_072, 16_384)


def test_the_config_selects_the_sampler() -> None:
    index = np.arange(100)
    plain = sampler_for(TrainConfig(batch=10), index)
    assert plain.window == 0
    assert np.array_equal(plain.at(3), Sampler(index, 10, 0).at(3))
    sliding = sampler_for(TrainConfig(batch=10, order="sliding_window", window=0.5, stride=0.2, seed=4), index)
    assert (sliding.window, sliding.stride, sliding.steps_per_epoch) == (50, 10, 10)
    assert np.array_equal(sliding.at(3), Sampler(index, 10, 4, 0.5, 0.2).at(3))


def test_every_epoch_has_all_images_in_another_order() -> None:
    sampler = Sampler(np.arange(40), 10, 3)
    epochs = [np.concatenate([sampler.at(4 * epoch + step) for step in range(4)]).tolist() for epoch in range(3)]
    assert [sorted(epoch) for epoch in epochs] == 3 * [list(range(40))]
    assert len({tuple(epoch) for epoch in epochs}) == 3
