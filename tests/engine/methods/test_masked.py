"""Masked image modelling: the output does not depend on hidden pixels, the loss does not depend on visible ones, and each paper's
construction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.config.errors import ConfigError
from engine.losses.reconstruction import masked_mse, patchify
from engine.method import Batch, Method, Progress
from engine.methods.masked.deep_mim import decoded_layers
from engine.methods.masked.local_mim import LocalMIM, cell_sides
from engine.methods.masked.simmim import SimMIM
from engine.pictures.masked import pixels_of
from engine.train.setup import Session

Prepared = Callable[..., Session]
AT = Progress(0, 10, 0, 1)


def batch_of(session: Session) -> Batch:
    return session.batches.at(0)


def hidden_of(method: Method, batch: Batch) -> Tensor:
    """(N, T) bool, the patches that a step with this batch hides: those that are grey in the picture of its input."""
    shown = method.inputs(replace(batch, generator=fresh()))["visible"]
    patch = method.backbone.multiple
    cells = patchify(shown, patch)
    return (cells == 0.5).all(-1)


def fresh() -> torch.Generator:
    return torch.Generator().manual_seed(3)


def loss_of(method: Method, batch: Batch) -> Tensor:
    return method(replace(batch, generator=fresh()), AT).loss


def changed(batch: Batch, hidden: Tensor, where: bool, patch: int) -> Batch:
    """The batch with other pixels in the hidden patches (`where`), or in the others."""
    x = batch.views[0]
    mask = pixels_of(hidden == where, x.shape[-1]).expand_as(x)
    torch.manual_seed(1)
    return replace(batch, views=[torch.where(mask, torch.randn_like(x), x)])


@pytest.mark.parametrize(("id", "share"), [("mae", 48 / 64), ("simmim", 39 / 64), ("local_mim", 48 / 64), ("deep_mim", 48 / 64)])
def test_features_do_not_depend_on_hidden_pixels(id: str, share: float, prepared: Prepared) -> None:
    session = prepared(id)
    method, batch = session.method.eval(), batch_of(session)
    hidden = hidden_of(method, batch)
    assert (hidden.float().mean(1) == share).all(), "the paper's share, in every image"
    other = changed(batch, hidden, True, method.backbone.multiple)
    with torch.no_grad():
        one = method(replace(batch, generator=fresh()), AT).features
        two = method(replace(other, generator=fresh()), AT).features
        three = method(replace(changed(batch, hidden, False, method.backbone.multiple), generator=fresh()), AT).features
    assert torch.allclose(one, two, atol=1e-5)
    assert not torch.allclose(one, three, atol=1e-2)


@pytest.mark.parametrize(("masking", "ratio"), [("random", 0.75), ("block", 0.75), ("block", 0.5), ("grid", 0.75)])
def test_mae_hides_the_same_number_of_patches_with_every_kind_of_mask(masking: str, ratio: float, prepared: Prepared) -> None:
    session = prepared("mae", {"method": {"masking": masking, "mask_ratio": ratio}})
    batch = batch_of(session)
    hidden = hidden_of(session.method, batch)
    assert (hidden.sum(1) == 64 * ratio).all()
    assert loss_of(session.method, batch).isfinite()
    grid = hidden.view(-1, 8, 8)
    alike = (grid[:, 1:] == grid[:, :-1]).float().mean()
    # Random neighbours agree in a^2 + (1 - a)^2 of the cases, those in blocks more often, those in a grid less often.
    chance = ratio**2 + (1 - ratio) ** 2
    assert {"random": abs(alike - chance) < 0.05, "block": alike > chance + 0.1, "grid": alike == 0.5}[masking]


def test_grid_masking_accepts_its_own_ratio_only(prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match=r"method\.mask_ratio must be 0\.75 with a grid\. Got 0\.6"):
        prepared("mae", {"method": {"masking": "grid", "mask_ratio": 0.6}})


def predict_zero(method: Method, batch: Batch) -> None:
    """Make every reconstruction 0. The loss is then the square or the absolute value of the target."""
    for name, parameter in method.named_parameters():
        if not name.startswith("backbone"):
            torch.nn.init.zeros_(parameter)


@pytest.mark.parametrize(("id", "changes"), [
    ("mae", {"normalise_pixels": False}), ("simmim", {}), ("deep_mim", {"normalise_pixels": False}),
])  # fmt: skip
def test_only_hidden_patches_count_in_the_loss(id: str, changes: dict[str, Any], prepared: Prepared) -> None:
    session = prepared(id, {"method": changes})
    method, batch = session.method.eval(), batch_of(session)
    hidden = hidden_of(method, batch)
    predict_zero(method, batch)
    plain = loss_of(method, batch).item()
    assert loss_of(method, changed(batch, hidden, False, method.backbone.multiple)).item() == pytest.approx(plain, rel=1e-6)
    assert loss_of(method, changed(batch, hidden, True, method.backbone.multiple)).item() != pytest.approx(plain, rel=1e-2)


def test_simmim_s_loss_can_count_all_patches(prepared: Prepared) -> None:
    session = prepared("simmim", {"method": {"loss_on": "all"}})
    method, batch = session.method.eval(), batch_of(session)
    predict_zero(method, batch)
    assert loss_of(method, batch).item() == pytest.approx(batch.views[0].abs().mean().item(), rel=1e-5)


@pytest.mark.parametrize(("unit", "size"), [(0.25, 2), (0.125, 1), (0.5, 4)])
def test_simmim_s_mask_units_are_whole_patches_and_scale_with_the_image(unit: float, size: int, prepared: Prepared) -> None:
    session = prepared("simmim", {"method": {"mask_unit": unit}})
    method = session.method
    assert isinstance(method, SimMIM)
    hidden = hidden_of(method, batch_of(session)).view(-1, 8 // size, size, 8 // size, size)
    assert torch.equal(hidden.amax((2, 4)), hidden.amin((2, 4)))


def test_simmim_s_mask_token_replaces_hidden_patches(prepared: Prepared) -> None:
    session = prepared("simmim")
    method, batch = session.method, batch_of(session)
    assert isinstance(method, SimMIM)
    loss_of(method, batch).backward()
    assert method.mask_token.grad is not None
    assert method.mask_token.grad.abs().sum() > 0
    with torch.no_grad():
        before = method(replace(batch, generator=fresh()), AT).features
        method.mask_token.add_(torch.randn_like(method.mask_token))
        assert not torch.allclose(method(replace(batch, generator=fresh()), AT).features, before, atol=1e-3)


def test_deep_mim_with_one_layer_equals_mae(prepared: Prepared) -> None:
    mae, deep = prepared("mae"), prepared("deep_mim", {"method": {"layers": 1}})
    state = {name.replace("decoder.", "decoders.0."): value for name, value in mae.method.state_dict().items()}
    deep.method.load_state_dict(state)
    batch = batch_of(mae)
    assert loss_of(deep.method, batch).item() == loss_of(mae.method, batch).item()


@pytest.mark.parametrize(("depth", "count", "layers"), [
    (12, 4, [6, 8, 10, 12]),  # the paper's
    (6, 4, [3, 4, 5, 6]), (6, 1, [6]), (12, 7, [6, 7, 8, 9, 10, 11, 12]), (12, 2, [6, 12]), (12, 3, [6, 9, 12]),
])  # fmt: skip
def test_deep_mim_s_layers_are_spaced_evenly_in_the_upper_half(depth: int, count: int, layers: list[int]) -> None:
    assert decoded_layers(depth, count) == layers


def test_deep_mim_refuses_more_layers_than_the_encoder_has_and_names_the_number(prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match=r"method\.layers must be at most 4 in an encoder of 6 layers\. Got 5"):
        prepared("deep_mim", {"method": {"layers": 5}})


@pytest.mark.parametrize("id", ["deep_mim", "local_mim"])
def test_a_layer_s_loss_gives_a_gradient_to_that_layer_and_those_below_only(id: str, prepared: Prepared) -> None:
    session = prepared(id)
    method = session.method
    out = method(batch_of(session), AT)
    assert out.loss.item() == pytest.approx(sum(float(v) for v in out.terms.values()), rel=1e-6)
    lowest = next(iter(out.terms.values()))
    lowest.backward()
    taught = {
        int(name.split(".")[2]) + 1
        for name, p in method.named_parameters()
        if name.startswith("backbone.blocks") and p.grad is not None
    }
    assert taught == set(range(1, method.layers[0] + 1))


def test_decoder_heads_must_divide_the_width(prepared: Prepared) -> None:
    for id in ("deep_mim", "local_mim"):
        with pytest.raises(ConfigError, match=r"method\.decoder_heads must be a divisor of method\.decoder_dim \(64\)"):
            prepared(id, {"method": {"decoder_heads": 5}})


@pytest.mark.parametrize(("patch", "side", "cells"), [
    (16, 14, [4, 8, 16, 32]),  # the paper's
    (4, 8, [2, 4, 8, 16]),
    (8, 8, [2, 4, 8, 16]),
    (4, 7, [2, 4, 4, 4]),  # 28 px: 8 does not divide it
    (3, 8, [3, 6, 12, 12]),
    (6, 4, [3, 6, 12, 12]),
    (2, 4, [2, 4, 4, 4]),
    (1, 2, [1, 1, 1, 1]),
])  # fmt: skip
def test_local_mim_s_cells_grow_from_layer_to_layer(patch: int, side: int, cells: list[int]) -> None:
    assert cell_sides(patch, side, 4) == cells


@pytest.mark.parametrize("target", ["hog", "pixels"])
@pytest.mark.parametrize(("size", "patch"), [(32, 0), (28, 4), (24, 3), (16, 8)])
def test_local_mim_reconstructs_every_image_at_every_scale(target: str, size: int, patch: int, prepared: Prepared) -> None:
    session = prepared("local_mim", {"method": {"target": target}, "data": {"size": size}, "backbone": {"patch": patch}})
    method, batch = session.method, batch_of(session)
    assert isinstance(method, LocalMIM)
    loss_of(method, batch).backward()
    method.eval()
    with torch.no_grad():
        assert all(images.isfinite().all() for images in method.pictures(batch).values())
        assert method.task_score(batch).value.isfinite()


def test_local_mim_s_loss_weights_a_coarse_cell_by_its_hidden_share(prepared: Prepared) -> None:
    session = prepared("local_mim")
    method, batch = session.method, batch_of(session)
    assert isinstance(method, LocalMIM)
    mask = method._mask(batch.views[0], fresh())
    grid = mask.hidden.view(-1, 8, 8).double()
    coarse = torch.stack([grid[:, y : y + 4, x : x + 4].mean((1, 2)) for y in (0, 4) for x in (0, 4)], dim=1)
    assert method.cells == [2, 4, 8, 16]
    assert torch.allclose(method._hidden(mask)[3].double(), coarse)
    assert torch.equal(method._hidden(mask)[1], mask.hidden.float())
    with torch.no_grad():
        predicted, target = method._predict(batch.views[0], mask)[1][3], method._targets(batch.views[0])[3]
        error = (predicted.double() - target.double()).square().mean(-1)
        expected = (error * coarse).sum() / coarse.sum()
        assert masked_mse(predicted, target, coarse.float()).mean().item() == pytest.approx(expected.item(), rel=1e-5)
        named = method(replace(batch, generator=fresh()), AT).terms
    assert float(named["layer 6, 16 px"]) == pytest.approx(expected.item(), rel=1e-4)


@pytest.mark.parametrize("target", ["hog", "pixels"])
def test_local_mim_s_baseline_is_the_loss_of_a_constant_prediction(target: str, prepared: Prepared) -> None:
    session = prepared("local_mim", {"method": {"target": target}})
    method, batch = session.method.eval(), batch_of(session)
    assert isinstance(method, LocalMIM)
    hidden = method._hidden(method._mask(batch.views[0], fresh()))
    expected = []
    for values, share in zip(method._targets(batch.views[0]), hidden, strict=True):
        cells = values.double().flatten(0, 1)
        away = cells - cells.mean(0) if target == "hog" else cells
        expected.append((away.square().mean(1) * share.flatten()).sum() / share.sum())
    with torch.no_grad():
        score = method.task_score(replace(batch, generator=fresh()))
    assert float(score.baseline) == pytest.approx(float(torch.stack(expected).mean()), rel=1e-5)
