"""The successors of SimCLR: settings at which they equal SimCLR or each other, and how pairs are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from engine.config.errors import ConfigError
from engine.methods.contrastive.siamese import others
from engine.train.setup import Session
from tests.engine.methods.steps import losses

Prepared = Callable[..., Session]


@pytest.mark.parametrize(("id", "settings"), [("debiased", {"tau_plus": 0}), ("hard_negatives", {"tau_plus": 0, "beta": 0})])
def test_without_bias_and_hardness_it_is_simclr(id: str, settings: dict[str, Any], prepared: Prepared) -> None:
    expected = losses(prepared("simclr", {"method": {"temperature": 0.5}}), 3)
    assert losses(prepared(id, {"method": {"temperature": 0.5, **settings}}), 3) == pytest.approx(expected, rel=1e-4)


def test_flat_nce_reports_simclr_s_loss_and_has_dcl_s_gradient(prepared: Prepared) -> None:
    flat, dcl, simclr = prepared("flat_nce"), prepared("dcl"), prepared("simclr")
    assert losses(flat, 1) == pytest.approx(losses(simclr, 1), rel=1e-5)
    losses(dcl, 1)
    for name, learned in flat.method.named_parameters():
        # Adam's first step depends on the sign only: where a gradient is only rounding error the sign is arbitrary.
        other = dcl.method.get_parameter(name)
        assert ((learned - other).abs() < 1e-6).float().mean() > 0.99


def test_dclw_has_another_loss_than_dcl_and_unknown_weightings_are_refused(prepared: Prepared) -> None:
    plain, weighted = (losses(prepared("dcl", {"method": {"weighting": name}}), 3) for name in ("none", "von_mises_fisher"))
    assert weighted[0] != pytest.approx(plain[0], rel=1e-6)
    with pytest.raises(ConfigError, match=r"method\.weighting must be"):
        prepared("dcl", {"method": {"weighting": "cosine"}})


@pytest.mark.parametrize("n", [2, 3, 16, 257])
def test_every_pair_is_of_two_images_and_every_image_is_drawn_once(n: int) -> None:
    for seed in range(20):
        partner = others(n, torch.Generator().manual_seed(seed))
        assert (partner != torch.arange(n)).all()
        assert torch.equal(partner.sort().values, torch.arange(n))
