"""Patchify, unpatchify and losses on masked patches."""

from __future__ import annotations

import pytest
import torch

from engine.losses.reconstruction import masked_l1, masked_mse, normalise_patches, patchify, unpatchify, weighted_mse
from tests.engine.losses import naive


@pytest.mark.parametrize(("size", "patch"), [(8, 4), (8, 2), (6, 3), (4, 4)])
def test_patches_are_cut_row_by_row_colour_last(size: int, patch: int) -> None:
    images = torch.randn(2, 3, size, size)
    expected = torch.tensor([naive.patches(image, patch) for image in images])
    assert torch.equal(patchify(images, patch), expected)


@pytest.mark.parametrize(("size", "patch"), [(8, 4), (32, 4), (6, 3), (5, 1)])
def test_unpatchify_is_the_inverse(size: int, patch: int) -> None:
    images = torch.randn(2, 3, size, size)
    assert torch.equal(unpatchify(patchify(images, patch), patch), images)


def test_normalised_patches_have_mean_0_and_variance_1_and_can_be_inverted() -> None:
    patches = 5 * torch.randn(2, 4, 12) + 3
    normalised, mean, deviation = normalise_patches(patches)
    assert torch.allclose(normalised.mean(-1), torch.zeros(2, 4), atol=1e-5)
    assert torch.allclose(normalised.var(-1), torch.ones(2, 4), atol=1e-4)
    assert torch.allclose(normalised * deviation + mean, patches, atol=1e-5)


def test_a_flat_patch_normalises_to_zero() -> None:
    assert normalise_patches(torch.full((1, 1, 12), 0.7))[0].abs().max() < 1e-3


def test_loss_equals_the_loops() -> None:
    prediction, target = torch.randn(2, 4, 6), torch.randn(2, 4, 6)
    mask = torch.tensor([[1, 0, 1, 1], [0, 0, 1, 0]]).float()
    errors = [
        [sum((float(prediction[n, t, d]) - float(target[n, t, d])) ** 2 for d in range(6)) / 6 for t in range(4) if mask[n, t]]
        for n in range(2)
    ]
    loss = masked_mse(prediction, target, mask)
    assert loss.mean().item() == pytest.approx(sum(map(sum, errors)) / 4, rel=1e-5)
    # Three hidden patches in one image and one in the other, two on average: each image's sum is divided by two.
    assert loss.tolist() == pytest.approx([sum(own) / 2 for own in errors], rel=1e-5)


def test_visible_patches_do_not_count() -> None:
    prediction, target = torch.randn(2, 4, 6, requires_grad=True), torch.randn(2, 4, 6)
    mask = torch.tensor([[1, 0, 0, 1], [0, 1, 0, 0]]).float()
    other = torch.where(mask.bool()[..., None], prediction.detach(), torch.tensor(1e6))
    assert torch.equal(masked_mse(other, target, mask), masked_mse(prediction, target, mask))
    masked_mse(prediction, target, mask).mean().backward()
    assert prediction.grad is not None
    assert torch.equal(prediction.grad.abs().sum(-1) > 0, mask.bool())


def test_without_masked_patches_the_loss_is_0() -> None:
    assert masked_mse(torch.ones(2, 2, 3), torch.zeros(2, 2, 3), torch.zeros(2, 2)).tolist() == [0.0, 0.0]


def test_l1_is_the_sum_over_hidden_pixels_divided_by_their_number_and_the_number_of_colours() -> None:
    """As in SimMIM's official code, with a loop over pixels in double precision."""
    images, predicted = torch.randn(2, 3, 8, 8), torch.randn(2, 3, 8, 8)
    mask = torch.tensor([[1, 0, 1, 1], [0, 0, 1, 0]]).float()
    total, pixels = 0.0, 0
    for n in range(2):
        for y in range(8):
            for x in range(8):
                if mask[n, 2 * (y // 4) + x // 4]:
                    pixels += 1
                    total += sum(abs(float(images[n, c, y, x]) - float(predicted[n, c, y, x])) for c in range(3))
    loss = masked_l1(patchify(predicted, 4), patchify(images, 4), mask)
    assert loss.mean().item() == pytest.approx(total / pixels / 3, rel=1e-6)
    assert masked_l1(torch.ones(1, 2, 3), torch.zeros(1, 2, 3), torch.zeros(1, 2)).item() == 0.0


def test_the_weighted_loss_is_divided_by_the_number_of_pixels_with_a_weight() -> None:
    prediction, target = torch.randn(2, 3, 4, 4), torch.randn(2, 3, 4, 4)
    weight = torch.zeros(2, 4, 4)
    weight[0, 1:3, 1:3], weight[0, 1, 1], weight[1, 0] = 1.0, 10.0, 1.0
    weight[1, 3, 2] = 10.0
    totals, pixels = [0.0, 0.0], 0
    for n in range(2):
        for y in range(4):
            for x in range(4):
                errors = [(float(prediction[n, c, y, x]) - float(target[n, c, y, x])) ** 2 for c in range(3)]
                totals[n] += float(weight[n, y, x]) * sum(errors) / 3
                pixels += bool(weight[n, y, x])
    loss = weighted_mse(prediction, target, weight)
    assert loss.mean().item() == pytest.approx(sum(totals) / pixels, rel=1e-5)
    assert loss.tolist() == pytest.approx([total / (pixels / 2) for total in totals], rel=1e-5)
    assert weighted_mse(prediction, target, torch.zeros(2, 4, 4)).tolist() == [0.0, 0.0]


def test_a_partly_hidden_cell_has_a_partial_weight() -> None:
    prediction, target = torch.tensor([[[1.0], [3.0]]]), torch.zeros(1, 2, 1)
    assert masked_mse(prediction, target, torch.tensor([[1.0, 0.25]])).item() == pytest.approx((1 + 0.25 * 9) / 1.25)
