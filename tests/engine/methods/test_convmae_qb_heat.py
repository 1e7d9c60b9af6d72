"""ConvMAE and QB-Heat: no dependence on hidden pixels, complementary masks equal single masks, too small images are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.losses.reconstruction import masked_mse
from engine.method import Batch
from engine.train.loop import progress
from engine.train.setup import Session

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]


def with_views(batch: Batch, views: list[torch.Tensor]) -> Batch:
    return Batch(**{**{name: getattr(batch, name) for name in Batch.__dataclass_fields__}, "views": views})


def hidden_pixels(hidden: torch.Tensor) -> torch.Tensor:
    return hidden.view(-1, 1, 8, 8).repeat_interleave(4, 2).repeat_interleave(4, 3)


@pytest.mark.parametrize("folds", [2, 4])
def test_the_loss_over_complementary_masks_is_the_mean_of_the_single_losses(prepared: Prepared, folds: int) -> None:
    session = prepared("convmae", {"method": {"folds": folds}})
    method: Any = session.method.eval()
    batch = session.batches.at(0)
    x = batch.views[0]
    masks = method._masks(x, batch.generator)
    with torch.no_grad():
        single = [masked_mse(method._predict(x, [m])[1], method._target(x, [m]), m.hidden.float()) for m in masks]
        out = method(session.batches.at(0), progress(session))
    assert out.features.shape == (16 * folds, method.backbone.dim)
    assert out.views == folds
    assert out.loss.item() == pytest.approx(torch.stack(single).mean().item(), rel=1e-5)
    assert torch.allclose(out.per_image, torch.stack(single).mean(0), rtol=1e-4)


def test_four_folds_train(prepared: Prepared) -> None:
    session = prepared("convmae", {"method": {"folds": 4, "multi_scale": False}})
    session.method(session.batches.at(0), progress(session)).loss.backward()
    assert all(p.grad is not None for p in session.method.parameters() if p.requires_grad)


def test_folds_must_divide_the_patches(prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match=r"method\.folds must be a divisor of the number of patches \(64\)\. Got 3\."):
        prepared("convmae", {"method": {"folds": 3}})


@pytest.mark.parametrize("backbone", ["resnet10_narrow", "resnet18", "vit_micro", "convvit_micro"])
def test_qb_heat_s_reconstruction_depends_on_the_visible_quarter_only(prepared: Prepared, backbone: str) -> None:
    session = prepared("qb_heat", {"backbone": {"name": backbone}})
    method: Any = session.method.eval()
    batch = session.batches.at(0)
    x = batch.views[0]
    quarter = method._quarter(x, batch.generator)
    outside, inside = hidden_pixels(quarter.mask.hidden), hidden_pixels(~quarter.mask.hidden)
    with torch.no_grad():
        z, predicted = method._predict(x, quarter)
        assert z.shape == (16, 4, 4, method.backbone.dim)
        assert torch.equal(method._predict(x.masked_fill(outside, 9.0), quarter)[1], predicted)
        assert not torch.equal(method._predict(x.masked_fill(inside, 9.0), quarter)[1], predicted)


def test_qb_heat_s_loss_is_over_the_hidden_pixels(prepared: Prepared) -> None:
    """The mean squared difference over the three hidden quarters."""
    session = prepared("qb_heat")
    method: Any = session.method.eval()
    batch = session.batches.at(0)
    x = batch.views[0]
    quarter = method._quarter(x, batch.generator)
    with torch.no_grad():
        predicted = method._predict(x, quarter)[1].view(16, 8, 8, 4, 4, 3).permute(0, 5, 1, 3, 2, 4).reshape(16, 3, 32, 32)
        loss = method(session.batches.at(0), progress(session)).loss
    outside = hidden_pixels(quarter.mask.hidden).expand_as(x)
    assert loss.item() == pytest.approx((predicted - x)[outside].square().mean().item(), rel=1e-5)


def test_qb_heat_cells_scale_with_the_image(prepared: Prepared) -> None:
    for size, cells, patch in ((32, 4, 4), (64, 4, 8), (48, 3, 8)):
        method: Any = prepared("qb_heat", {"method": {"cells": cells}, "views": {"groups": {0: {"size": size}}}}).method
        assert method.patch == patch


def test_qb_heat_refuses_too_small_images_with_the_smallest_size(prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match=r"views\.groups\.0\.size must be a multiple of 16 px, at least 64 px\. Got 32\."):
        prepared("qb_heat", {"method": {"cells": 8}})
    with pytest.raises(ConfigError, match=r"backbone\.patch must be such that an even number of patches"):
        prepared("qb_heat", {"backbone": {"name": "vit_micro", "patch": 4}, "views": {"groups": {0: {"size": 36}}}})
