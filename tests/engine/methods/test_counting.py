"""Counting and jigsaw clustering: the network's input, its sizes, and the settings that allow a shortcut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from engine.backbones.backbone import Backbone
from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.method import Batch, Progress
from engine.methods.pretext.counting import Counting, CountingConfig
from engine.methods.pretext.jigsaw_clustering import JigsawClustering, JigsawClusteringConfig
from engine.train.setup import Session

Prepared = Callable[..., Session]


class Pixels(Backbone):
    """An encoder whose output is the sum of all pixels and whose feature map is the pixels."""

    dim, size = 3, 32

    def __init__(self, size: int = 32, multiple: int = 1) -> None:
        super().__init__()
        self.size, self.multiple = size, multiple

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images.mean((2, 3))

    def dense(self, images: torch.Tensor, least: int = 0) -> torch.Tensor:
        return images


def batch(views: list[torch.Tensor], seed: int = 0) -> Batch:
    return Batch(views=views, index=torch.arange(len(views[0])), generator=torch.Generator().manual_seed(seed))


def test_mean_colours_satisfy_the_counting_equation() -> None:
    """The mean colour of the halved image is a quarter of the sum of its tiles' mean colours."""
    method = Counting(CountingConfig(downsampling="area"), Pixels())
    h, _, _ = method._count(*method._cut(batch([torch.rand(6, 3, 32, 32)])))
    torch.testing.assert_close(h[:6], h[6:].view(6, 4, 3).mean(1))


def test_the_halved_image_and_the_tiles_have_the_same_size() -> None:
    method = Counting(CountingConfig(), Pixels())
    x = torch.rand(5, 3, 32, 32)
    small, tiles = method._cut(batch([x]))
    assert small.shape == (5, 3, 16, 16)
    assert tiles.shape == (5, 2, 2, 3, 16, 16)
    assert torch.equal(tiles[:, 1, 0], x[:, :, 16:, :16])


def test_the_loss_pairs_each_image_with_another() -> None:
    method = Counting(CountingConfig(counts=8, margin=100.0), Pixels())
    out = method(batch([torch.rand(2, 3, 32, 32)]), Progress(0, 1, 0, 1))
    small, tiles = method._cut(batch([torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(1))]))
    _, whole, parts = method._count(small, tiles)
    assert out.loss.isfinite()
    assert whole.min() >= 0
    assert parts.min() >= 0


@pytest.mark.parametrize("kernel", ["area", "lanczos"])
def test_random_kernels_can_be_switched_off(kernel: str) -> None:
    x = torch.rand(64, 3, 32, 32)[:1].expand(64, -1, -1, -1)

    def kinds(method: Counting) -> int:
        small, _ = method._cut(batch([x]))
        return len(small.flatten(1).mul(1e4).round().unique(dim=0))

    assert kinds(Counting(CountingConfig(), Pixels())) == 4
    assert kinds(Counting(CountingConfig(downsampling=kernel), Pixels())) == 1


@pytest.mark.parametrize(
    ("size", "multiple", "message"), [(33, 1, "multiple of 2 px, at least 8"), (6, 1, "at least 8"), (36, 4, "multiple of 8 px")]
)
def test_images_that_cannot_be_halved_are_refused_with_a_message(size: int, multiple: int, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Counting(CountingConfig(), Pixels(size, multiple))


@pytest.mark.parametrize(
    ("size", "grid", "message"),
    [(32, 3, r"multiple of 3 px, at least 12.*Take 33 px"), (6, 2, "at least 8"), (40, 8, "multiple of 8 px")],
)
def test_images_that_do_not_fit_a_montage_are_refused_with_a_message(size: int, grid: int, message: str) -> None:
    if size == 40:
        JigsawClustering(JigsawClusteringConfig(grid=grid), Pixels(size))
        return
    with pytest.raises(ConfigError, match=message):
        JigsawClustering(JigsawClusteringConfig(grid=grid), Pixels(size))


def test_features_of_the_montage_are_returned_in_the_order_of_the_images() -> None:
    """For images of one colour, a network that outputs a patch's colour outputs the same for all patches of an image."""
    method = JigsawClustering(JigsawClusteringConfig(), Pixels())
    colours = torch.rand(6, 3)
    x = colours.view(6, 3, 1, 1).expand(6, 3, 32, 32).contiguous()
    out = method(batch([x] * 4), Progress(0, 1, 0, 1))
    assert out.views == 4
    torch.testing.assert_close(out.features, colours.repeat(4, 1))
    score = method.task_score(batch([x] * 4))
    assert score.value.item() == 1.0
    assert score.baseline == pytest.approx(3 / 23)


def test_without_shuffling_the_montage_is_the_image() -> None:
    method = JigsawClustering(JigsawClusteringConfig(shuffle=False, overlap=0.0, crop_min=1.0, flip=0.0), Pixels())
    x = torch.rand(3, 3, 32, 32)
    montage = method._montage(batch([x] * 4))
    torch.testing.assert_close(montage.images, x)
    assert montage.cell.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_the_preset_draws_one_view_per_patch(prepared: Prepared) -> None:
    session: Any = prepared("jigsaw_clustering")
    config: RunConfig = session.config
    assert config.views.groups[0].count == session.method.config.grid**2
    views = session.batches.at(0).views
    assert len(views) == 4
    assert all(not torch.equal(views[0], view) for view in views[1:])
