"""PixContrast beyond the conformance tests: crops that do not overlap, the contrast of whole images, ViTs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
import torch

from engine.augment.views import ViewDraw
from engine.config.run import RunConfig
from engine.method import Batch
from engine.train.loop import progress
from engine.train.setup import Session

Prepared = Callable[..., Session]


def cropped(draw: ViewDraw, x: int, y: int) -> ViewDraw:
    """The same draw with all its crops 12 px a side, at x, y."""
    crop = torch.tensor([x, y, 12, 12], dtype=torch.int32).expand(len(draw), 4)
    return dataclasses.replace(draw, crop=crop)


def test_crops_that_never_overlap_give_no_loss_and_no_gradient(prepared: Prepared) -> None:
    session = prepared("pixcontrast")
    batch: Batch = session.batches.at(0)
    one, two = batch.draws
    apart = dataclasses.replace(batch, draws=[cropped(one, 0, 0), cropped(two, 20, 20)])
    out = session.method(apart, progress(session))
    out.loss.backward()
    assert out.loss.item() == 0
    assert out.terms["pairs matched"] == 0
    assert out.terms["cells matched"] == 0
    assert all(p.grad is not None and not p.grad.any() for p in session.method.backbone.parameters())
    with torch.no_grad():
        pictures = session.method.eval().pictures(apart)
    assert all(images.isfinite().all() for images in pictures.values())


def test_the_image_level_loss_is_added_with_its_weight(prepared: Prepared) -> None:
    session = prepared("pixcontrast", {"method": {"instance": 0.5}})
    out = session.method(session.batches.at(0), progress(session))
    out.loss.backward()
    pixel, instance = (torch.as_tensor(out.terms[name]).item() for name in ("pixel", "instance"))
    assert out.loss.item() == pytest.approx(pixel + 0.5 * instance, rel=1e-6)
    assert all(p.grad is not None for p in session.method.instance.parameters())
    assert session.method.instance[-1].weight.grad.abs().sum() > 0
    plain = prepared("pixcontrast")
    assert not any(name.startswith("instance") for name, _ in plain.method.named_parameters())


def test_a_vit_s_pixel_features_are_its_patch_tokens(small: Callable[..., RunConfig], prepared: Prepared) -> None:
    assert small("pixcontrast", {"backbone": {"name": "vit_micro"}}).backbone.pool == "mean"
    session = prepared("pixcontrast", {"backbone": {"name": "vit_micro"}})
    batch, method = session.batches.at(0), session.method.eval()
    with torch.no_grad():
        out = method(batch, progress(session))
        assert torch.allclose(out.features, method.backbone(torch.cat(batch.views)), atol=1e-5)
