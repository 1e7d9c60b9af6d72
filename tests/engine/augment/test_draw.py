"""Draws of augmentations: ranges, frequencies, independence and description."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.augment.draw import draw_view
from engine.augment.seeds import generator_for
from engine.augment.views import ViewDraw, blur_reach, view_size
from engine.config.run import ViewConfig

MANY = 20_000


def _draw(source: int = 64, n: int = MANY, **settings: float | str | int) -> ViewDraw:
    return draw_view(ViewConfig.model_validate(settings), source, n, generator_for(7, "test"))


def _share(values: Tensor) -> float:
    return float(values.float().mean())


def _near(probability: float, n: int = MANY) -> object:
    """A probability within five standard errors."""
    return pytest.approx(probability, abs=5 * math.sqrt(probability * (1 - probability) / n) + 1e-9)


def test_crops_are_within_the_image_and_in_the_ranges() -> None:
    draw = _draw(crop_min=0.2, crop_max=0.6, source=224)
    x, y, w, h = draw.crop.double().unbind(1)
    assert draw.crop.min() >= 0
    assert (x + w).max() <= 224
    assert (y + h).max() <= 224
    area, ratio = w * h / 224**2, w / h
    assert area.min() > 0.19
    assert area.max() < 0.61
    assert ratio.min() > 0.74
    assert ratio.max() < 1.35
    assert _share(area) == pytest.approx(0.4, abs=0.005)  # uniform in area
    assert _share(ratio.log()) == pytest.approx(0.0, abs=0.01)  # uniform in the ratio's logarithm


def test_crops_follow_torchvisions_distribution() -> None:
    """Compared with torchvision's sampler at settings where many attempts fail."""
    from torchvision.transforms.v2 import RandomResizedCrop

    theirs = RandomResizedCrop(32, scale=(0.5, 1.0), ratio=(0.5, 2.0))
    image = torch.zeros(3, 32, 32)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        drawn = [theirs.make_params([image]) for _ in range(3000)]
    sides = torch.tensor([[d["left"], d["top"], d["width"], d["height"]] for d in drawn]).double()
    mine = _draw(32, crop_min=0.5, crop_max=1.0, ratio_min=0.5, ratio_max=2.0).crop.double()
    error = 5 * sides.std(dim=0) / math.sqrt(len(sides))
    assert ((sides.mean(dim=0) - mine.mean(dim=0)).abs() < error).all()
    assert ((sides.std(dim=0) - mine.std(dim=0)).abs() < error).all()


def test_a_crop_that_cannot_fit_becomes_the_whole_image() -> None:
    draw = _draw(n=500, crop_min=1.0, crop_max=1.0, ratio_min=0.2, ratio_max=1.0)
    whole = (draw.crop == torch.tensor([0, 0, 64, 64])).all(dim=1)
    assert _share(whole) > 0.5  # only a ratio of 1 fits, which is rarely drawn
    assert ((draw.crop[:, 2:] >= 1) & (draw.crop[:, 2:] <= 64)).all()


def test_operations_have_the_given_probabilities() -> None:
    draw = _draw(flip=0.3, jitter=0.8, grayscale=0.2, blur=0.4, solarize=0.1, erase=0.25)
    assert _share(draw.flip) == _near(0.3)
    assert _share(draw.jitter) == _near(0.8)
    assert _share(draw.gray) == _near(0.2)
    assert _share(draw.sigma > 0) == _near(0.4)
    assert _share(draw.solarize) == _near(0.1)
    assert _share(draw.erase[:, 2] > 0) == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_probabilities_of_0_and_1(probability: float) -> None:
    draw = _draw(n=500, flip=probability, jitter=probability, grayscale=probability, blur=probability, solarize=probability)
    for values in (draw.flip, draw.jitter, draw.gray, draw.sigma > 0, draw.solarize):
        assert _share(values) == probability


def test_jitter_factors_are_torchvisions() -> None:
    draw = _draw(jitter=1.0, brightness=0.4, contrast=0.8, saturation=1.0, hue=0.1)
    for column, (low, high) in zip(draw.factors.unbind(1), [(0.6, 1.4), (0.2, 1.8), (0.0, 2.0), (-0.1, 0.1)], strict=True):
        assert column.min() >= low - 1e-6
        assert column.max() <= high + 1e-6
        width = high - low
        assert _share(column) == pytest.approx((low + high) / 2, abs=0.02 * width)
        assert float(column.std()) == pytest.approx(width / math.sqrt(12), rel=0.03)


def test_all_orders_are_equally_frequent() -> None:
    draw = _draw()
    code = (draw.order * torch.tensor([64, 16, 4, 1])).sum(dim=1)
    _, counts = code.unique(return_counts=True)
    assert len(counts) == 24
    assert (counts / MANY - 1 / 24).abs().max() < 0.008


def test_without_jitter_the_factors_are_the_identity() -> None:
    draw = _draw(jitter=0.5)
    assert torch.equal(draw.factors[~draw.jitter], torch.tensor([1.0, 1.0, 1.0, 0.0]).expand(int((~draw.jitter).sum()), 4))


def test_blur_in_pixels_does_not_depend_on_the_size() -> None:
    """SimCLR, SwAV and DINO draw sigma from .1 to 2 px at 224 px; SwAV and DINO also at 96, SimCLR's code at 32."""
    for size in (32, 96, 224):
        sigma = _draw(source=size, blur=1.0, sigma_min=0.1, sigma_max=2.0).sigma
        assert sigma.min() == pytest.approx(0.1, abs=0.01)
        assert sigma.max() == pytest.approx(2.0, abs=0.01)


def test_the_blur_of_an_older_run_is_scaled_from_224_px() -> None:
    for size in (32, 224):
        sigma = _draw(source=size, blur=1.0, sigma_min=0.5, sigma_max=2.0, blur_unit="reference").sigma * 224 / size
        assert sigma.min() == pytest.approx(0.5, abs=0.01)
        assert sigma.max() == pytest.approx(2.0, abs=0.01)


@pytest.mark.parametrize(("size", "kernel"), [(224, 13), (96, 9), (44, 5), (32, 3), (16, 3)])
def test_the_blur_kernel_is_a_tenth_of_the_side(size: int, kernel: int) -> None:
    """SimCLR, App. A; at least 3 pixels, and at most three sigmas of 2 px to each side."""
    assert 2 * blur_reach(ViewConfig(blur=1.0), size) + 1 == kernel


def test_erased_rectangles_are_torchvisions() -> None:
    draw = _draw(source=224, erase=1.0)
    x, y, w, h = draw.erase.double().unbind(1)
    assert (x + w).max() <= 224
    assert (y + h).max() <= 224
    area, ratio = w * h / 224**2, w / h
    assert area.min() > 0.019
    assert area.max() < 0.335
    assert ratio.min() > 0.27
    assert ratio.max() < 3.7


def test_rotation_angles_are_drawn_in_both_directions() -> None:
    angle = _draw(rotation=15).angle
    assert -15 <= angle.min() < -14.5
    assert 14.5 < angle.max() <= 15


def test_changing_one_setting_does_not_change_the_other_draws() -> None:
    one, other = _draw(n=100), _draw(n=100, flip=0.9, blur=1.0, erase=0.5, crop_min=0.9)
    assert torch.equal(one.factors, other.factors)
    assert torch.equal(one.gray, other.gray)
    assert not torch.equal(one.crop, other.crop)


def test_a_draw_of_fewer_rows_is_the_beginning_of_a_longer_one() -> None:
    small, large = _draw(n=3), _draw(n=300)
    assert torch.equal(small.crop, large.crop[:3])
    assert torch.equal(small.factors, large.factors[:3])


def test_boxes_are_the_crops_as_shares_of_the_image() -> None:
    draw = _draw(source=50, n=500)
    assert draw.boxes.shape == (500, 4)
    assert draw.boxes.min() >= 0
    assert draw.boxes.max() <= 1
    torch.testing.assert_close(draw.boxes[:, 2:] - draw.boxes[:, :2], draw.crop[:, 2:] / 50)


def test_describe_lists_the_applied_operations_only() -> None:
    draw = _draw(n=200, blur=0.5, solarize=0.5, erase=0.5, rotation=10, hue=0.0)
    descriptions = [draw.describe(row) for row in range(len(draw))]
    for row, description in enumerate(descriptions):
        assert torch.tensor([description[k] for k in ("crop_x", "crop_y", "crop_width", "crop_height")]).mul(
            64
        ).tolist() == pytest.approx(draw.crop[row].tolist())
        assert ("flip" in description) == bool(draw.flip[row])
        assert ("brightness" in description) == bool(draw.jitter[row])
        assert "hue" not in description  # its strength is 0
        assert ("grayscale" in description) == bool(draw.gray[row])
        assert description.get("blur", 0.0) == pytest.approx(float(draw.sigma[row]))
        assert ("solarize" in description) == bool(draw.solarize[row])
        assert ("erase_width" in description) == bool(draw.erase[row, 2] > 0)
        assert description["rotation"] == pytest.approx(float(draw.angle[row]))
        if draw.jitter[row]:
            assert description["contrast"] == pytest.approx(float(draw.factors[row, 1]))
    assert not any("rotation" in _draw(n=20).describe(row) for row in range(20))


def test_take_returns_rows_in_the_given_order() -> None:
    draw = _draw(n=10)
    for rows in ([7, 2], torch.tensor([7, 2])):
        taken = draw.take(rows)
        assert len(taken) == 2
        assert torch.equal(taken.crop, draw.crop[[7, 2]])
        assert taken.describe(0) == draw.describe(7)
    assert len(draw.take(slice(2, 5))) == 3


def test_view_sizes() -> None:
    local = ViewConfig(role="local")
    assert [view_size(local, side) for side in (224, 96, 64, 32, 8)] == [96, 44, 28, 16, 8]
    assert view_size(ViewConfig(), 48) == 48
    assert view_size(ViewConfig(role="local", size=20), 48) == 20
