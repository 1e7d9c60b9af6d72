"""Charts as images: heights of bars, the target line and the normal curve."""

from __future__ import annotations

import math

import pytest
import torch

from engine.pictures.bars import HEIGHT, bars, grid, histograms, quantile_charts
from engine.pictures.matrix import LOW, MARK


def ink(picture: torch.Tensor, colour: tuple[float, float, float]) -> torch.Tensor:
    """A mask (h, w) of the pixels of a picture (1, 3, h, w) that have a colour."""
    return torch.isclose(picture[0], torch.tensor(colour).view(3, 1, 1), atol=1e-4).all(0)


def test_a_bar_s_height_is_its_share_of_twice_the_target() -> None:
    picture = bars(torch.tensor([0.0, 0.5, 1.5, 9.0]), goal=1.0, width=4)
    assert picture.shape == (1, 3, HEIGHT, 16)
    heights = (ink(picture, LOW) | ink(picture, MARK)).sum(0)
    assert heights[4].item() == HEIGHT // 4 + 2  # and the line above it
    assert heights[8].item() == HEIGHT * 3 // 4
    assert heights[12].item() == HEIGHT
    assert heights[0].item() == 2


def test_the_target_is_a_horizontal_line_at_half_the_height() -> None:
    rows = ink(bars(torch.rand(8), goal=0.3), MARK).all(1).nonzero().flatten().tolist()
    assert rows == [HEIGHT // 2 - 1, HEIGHT // 2]


def test_the_histogram_of_a_normal_distribution_follows_its_curve() -> None:
    quantiles = torch.special.ndtri((torch.arange(20_000) + 0.5) / 20_000)[:, None]
    picture = histograms(quantiles)
    density = (ink(picture, LOW) | ink(picture, MARK)).sum(0) / HEIGHT * 1.5 / math.sqrt(2 * math.pi)
    x = (torch.arange(128) + 0.5) / 16 - 4
    assert (density - torch.exp(-x.square() / 2) / math.sqrt(2 * math.pi)).abs().max() < 0.06
    assert density.mean().item() * 8 == pytest.approx(1.0, abs=0.08)  # the line is 2 px thick


def test_a_collapsed_direction_is_one_high_bar_and_outliers_count_in_the_end_bins() -> None:
    middle = ink(histograms(torch.zeros(50, 1)), LOW).any(0).nonzero().flatten()
    assert middle.min() >= 64
    assert middle.max() < 68
    ends = ink(histograms(torch.tensor([[-100.0], [100.0]])), LOW).any(0).nonzero().flatten()
    assert (ends.min().item(), ends.max().item()) == (0, 127)


def test_charts_are_arranged_in_rows() -> None:
    sheet = grid(torch.zeros(5, 3, 10, 20), columns=4, gap=2)
    assert sheet.shape == (1, 3, 22, 86)
    assert sheet[0, :, 12:, 22:].min() == 1  # nothing beside the fifth
    assert histograms(torch.randn(30, 8)).shape == (1, 3, 2 * HEIGHT + 6, 4 * 128 + 18)


def test_sorted_normal_samples_lie_on_the_diagonal_and_wider_ones_on_a_steeper_line() -> None:
    quantiles = torch.special.ndtri(torch.arange(1, 2001) / 2001)[:, None]
    for width, column in ((1.0, 96), (1.5, 96), (0.5, 32)):
        line = ink(quantile_charts(width * quantiles), LOW)[:, column].nonzero().flatten()
        height = HEIGHT - 0.5 - line.float().mean()  # px from below
        assert height.item() == pytest.approx(64 + width * (column - 63.5), abs=1.5)
    assert quantile_charts(torch.zeros(1, 2)).shape == (1, 3, HEIGHT, 2 * HEIGHT + 6)
