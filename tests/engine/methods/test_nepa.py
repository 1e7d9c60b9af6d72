"""NEPA: each token predicts the patch after it from what came before, under a stop-gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.method import Batch
from engine.pictures.masked import patches_put
from engine.train.loop import progress
from engine.train.setup import Session
from tests.engine.methods.wiring import assert_same, average, dot, small_session

Prepared = Callable[..., Session]
TINY = {"backbone": {"name": "vit_micro", "patch": 16, "pool": "mean"}}


def causal_outputs(vit: Any, image: Tensor) -> list[Tensor]:
    """The normalised output at each token. Each block gets every prefix alone, so that its last token can see no later one."""
    x = vit.embed(image[None])
    for block in vit.blocks:
        x = torch.cat([block(x[:, :end])[:, -1:] for end in range(1, x.shape[1] + 1)], dim=1)
    return [*vit.norm(x)[0]]


@pytest.mark.parametrize("stop", [True, False])
def test_the_loss_is_the_official_code_s(prepared: Prepared, stop: bool) -> None:
    """prediction_loss of modeling_vit_nepa.py, written as loops: -cos(h_out[t], sg(h_in[t + 1])), the mean over tokens and images;
    h_in is the class token and the linear maps of the patches, without positions."""
    session = small_session(prepared, "nepa", method={"stop_gradient": stop}, **TINY)
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        vit, losses = m.backbone, []
        weight, bias = vit.patch_embed.proj.weight, vit.patch_embed.proj.bias
        for image in batch.views[0]:
            outputs = causal_outputs(vit, image)
            t = 0
            for row in range(0, 32, 16):
                for column in range(0, 32, 16):
                    target = (weight * image[None, :, row : row + 16, column : column + 16]).sum((1, 2, 3)) + bias
                    losses.append(-dot(outputs[t], target.detach() if stop else target))
                    t += 1
        return average(losses)

    out = assert_same(m, session.batches.at(0), progress(session), oracle)
    assert out.per_image is not None
    assert out.per_image.shape == (4,)


def test_a_later_patch_changes_no_earlier_output_in_a_vit_of_timm_with_registers() -> None:
    timm_vit = pytest.importorskip("engine.backbones.timm_vit")
    pytest.importorskip("timm")
    from engine.backbones.library_net import Build

    options = {
        "img_size": 64,
        "dynamic_img_size": True,
        "patch_size": 16,
        "embed_dim": 32,
        "depth": 2,
        "num_heads": 2,
        "reg_tokens": 2,
    }
    vit = timm_vit.TimmVisionTransformer(Build("timm", "vit_tiny_patch16_224", 64, 224, options)).eval()
    images = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    changed = images.clone()
    changed[:, :, 32:48, 16:32] += 1  # patch 9 of 16, token 10
    with torch.no_grad():
        one, two = vit.tokens(images, causal=True), vit.tokens(changed, causal=True)
        patches = vit.patches(images)
    different = (one - two).abs().amax((0, 2)) > 1e-6
    assert different.tolist() == [False] * 10 + [True] * 7
    assert patches.shape == (1, 16, 32)


def test_no_gradient_reaches_the_patch_embedding_by_the_last_patch(prepared: Prepared) -> None:
    """The last patch is only a target; with the stop-gradient its pixels have no influence on the gradient of its embedding."""
    session = prepared("nepa", {**TINY, "train": {"batch": 4}})
    m: Any = session.method.eval()
    batch = session.batches.at(0)
    maps: list[Tensor] = []
    handle = m.backbone.patch_embed.register_forward_hook(lambda module, inputs, out: (out.retain_grad(), maps.append(out))[0])
    m(batch, progress(session)).loss.backward()
    handle.remove()
    into_the_blocks = next(out.grad for out in maps if out.grad is not None)
    assert into_the_blocks[:, -1].abs().max() == 0
    assert (into_the_blocks[:, :-1].abs().amax((0, 2)) > 0).all()


def test_the_score_s_baseline_is_a_copy_of_the_patch_before(prepared: Prepared) -> None:
    session = prepared("nepa", TINY)
    m: Any = session.method.eval()
    nn.init.zeros_(m.backbone.patch_embed.proj.bias)
    batch = session.batches.at(0)
    batch.views[0] = torch.ones_like(batch.views[0])
    with torch.no_grad():
        score = m.task_score(batch)
    assert float(score.baseline) == pytest.approx(1.0, abs=1e-5)
    assert float(score.value) < 0.9


def test_patches_are_put_where_they_are_asked_for() -> None:
    images = torch.rand(2, 3, 4, 4)
    same = patches_put(images, torch.arange(8).view(2, 4), 2)
    assert torch.equal(same, images)
    moved = patches_put(images, torch.tensor([[5, 0, 0, 0], [0, 0, 0, 3]]), 2)
    assert torch.equal(moved[0, :, :2, :2], images[1, :, :2, 2:])
    assert torch.equal(moved[1, :, 2:, 2:], images[0, :, 2:, 2:])
