"""MP3: the output depends on no position, and on no patch outside the context except the predicted one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from engine.augment.masking import random_mask
from engine.augment.patch_grid import patch_grid
from engine.losses.reconstruction import patchify, unpatchify
from engine.methods.pretext.mp3 import MP3
from engine.train.loop import progress
from engine.train.setup import Session

Prepared = Callable[..., Session]


@pytest.fixture
def method(prepared: Prepared) -> MP3:
    mp3 = prepared("mp3", {"backbone": {"patch": 4}}).method.eval()
    assert isinstance(mp3, MP3)
    return mp3


def prediction(method: MP3, images: Tensor, context: Tensor | None) -> Tensor:
    with torch.no_grad():
        return method._predict(images, context)[1]


def test_shuffled_patches_give_shuffled_logits(method: MP3) -> None:
    """Each image has its own permutation, so that the network has no information on a patch's position."""
    images = torch.randn(3, 3, 32, 32)
    order = torch.stack([torch.randperm(64) for _ in range(3)])
    patches = patchify(images, 4)
    shuffled = unpatchify(torch.gather(patches, 1, order[..., None].expand_as(patches)), 4)
    logits = prediction(method, images, None)
    expected = torch.gather(logits, 1, order[..., None].expand_as(logits))
    assert torch.allclose(prediction(method, shuffled, None), expected, atol=1e-5)
    assert not torch.allclose(expected, logits, atol=1e-3)  # the patches do differ
    # The same with a context, which is permuted with its patches: new index j holds the old patch order[j].
    context = random_mask(3, 64, 0.75, torch.Generator().manual_seed(0)).keep
    moved = torch.gather(order.argsort(1), 1, context)
    expected = torch.gather(prediction(method, images, context), 1, order[..., None].expand_as(logits))
    assert torch.allclose(prediction(method, shuffled, moved), expected, atol=1e-5)


def test_a_patch_outside_the_context_changes_its_own_logits_only(method: MP3) -> None:
    images = torch.randn(1, 3, 32, 32)
    context = random_mask(1, 64, 0.75, torch.Generator().manual_seed(1)).keep
    assert context.shape == (1, 16)
    plain = prediction(method, images, context)
    for patch in range(64):
        row, column = divmod(patch, 8)
        changed = images.clone()
        changed[..., 4 * row : 4 * row + 4, 4 * column : 4 * column + 4] += 1.0
        moved = (prediction(method, changed, context) - plain).abs().amax(-1)[0] > 0
        if patch in context:
            assert moved.all()
        else:
            assert moved.nonzero().flatten().tolist() == [patch]


def test_position_embeddings_stay_0_in_training(prepared: Prepared) -> None:
    session = prepared("mp3")
    method = session.method
    method(session.batches.at(0), progress(session)).loss.backward()
    session.optimiser.step()
    assert isinstance(method, MP3)
    assert method.backbone.pos_embed.count_nonzero() == 0


def test_without_a_context_mask_every_patch_attends_to_all(prepared: Prepared) -> None:
    session = prepared("mp3", {"method": {"mask_ratio": 0.0}})
    out = session.method(session.batches.at(0), progress(session))
    out.loss.backward()
    assert out.loss.isfinite()


def test_the_preview_shows_what_the_step_draws(prepared: Prepared) -> None:
    session = prepared("mp3", {"backbone": {"patch": 4}})
    method = session.method
    batch = session.batches.at(0)
    shown = method.inputs(batch)["puzzle"]
    assert isinstance(method, MP3)
    context = method._context(batch.views[0], session.batches.at(0).generator)
    assert context is not None
    # The mean brightness is that of context patches at 100 % and other patches at 45 %, without white lines and margins.
    tiles = patch_grid(batch.pixels(batch.views[0]), 4, 8).flatten(1, 2)
    light = tiles.sum((2, 3, 4))
    seen = torch.zeros(len(light), 64).scatter(1, context, 1.0)
    expected = 16 * (light * (0.45 + 0.55 * seen)).sum(1)
    white = 3 * ((137 + 6) ** 2 - 128**2)
    assert torch.allclose(shown.sum((1, 2, 3)) - white, expected, rtol=1e-3)
