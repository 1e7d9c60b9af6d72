"""DINOv2 and DINOv3 against naive computations of the official codes' loss; when the anchor is copied, and when it counts."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from engine.augment.blockwise import block_mask
from engine.backbones.vit import Fill
from engine.config.errors import ConfigError
from engine.method import Batch, Progress
from tests.engine.losses import naive
from tests.engine.methods.wiring import Prepared, assert_same, at_share, average, blame, dot, rising, small_session, step

N = 4
SETTINGS = {
    "teacher_temperature": 0.06, "patch_temperature": 0.07, "warmup_teacher_temperature": 0.04, "warmup": 0.2, "out_dim": 6,
    "patch_weight": 0.5, "koleo": 0.3,
}  # fmt: skip
TINY = {"backbone": {"name": "vit_micro", "patch": 8}}


def dinov2_loss(m: Any, batch: Batch, temperatures: tuple[float, float]) -> tuple[Tensor, Tensor]:
    """The losses of ssl_meta_arch.py: DINO over all pairs of different crops, KoLeo of each global crop added, the masked patches
    of each crop averaged and then the crops. Also the student's tokens."""
    large, side = torch.cat(batch.views), m.backbone.side
    drawn = torch.rand(2, 2 * N, generator=batch.generator)
    shares = torch.where(drawn[0] < 0.5, 0.3 + (2 * drawn[1] - 1) * 0.2, 0.0)
    hidden = block_mask((shares * side**2).long(), side, batch.generator, exact=False)
    assert hidden.any()
    tokens = m.backbone.tokens(large, fill=Fill(hidden, m.mask_token))
    student = m.head(torch.cat([tokens[:, 0], m.backbone.tokens(torch.cat(batch.local))[:, 0]])).split(N)
    with torch.no_grad():
        whole = m.teacher[0].tokens(large)
        classes = torch.tensor(naive.sinkhorn(m.teacher[1](whole[:, 0]), temperatures[0], 3)).split(N)
        patches = torch.tensor(naive.sinkhorn(m.teacher[2](whole[:, 1:][hidden]), temperatures[1], 3))
    terms = [blame(classes[t][i], view[i] / 0.1) for i in range(N) for t in range(2) for s, view in enumerate(student) if s != t]
    rows, crops = iter(patches), []
    for crop in range(2 * N):
        own = [blame(next(rows), m.patch_head(tokens[crop, 1 + t][None])[0] / 0.1) for t in hidden[crop].nonzero().flatten()]
        crops.append(torch.stack(own).mean() if own else torch.zeros(()))
    spread = []
    for view in (tokens[:N, 0], tokens[N:, 0]):
        unit = [row / row.norm() for row in view]
        nearest = [torch.stack([(a - b).norm() for b in unit if b is not a]).min() for a in unit]
        spread.append(average([-distance.log() for distance in nearest]))
    return average(terms) + 0.5 * average(crops) + 0.3 * (spread[0] + spread[1]), tokens


@pytest.mark.parametrize(("share", "temperatures"), [(0.1, (0.05, 0.055)), (0.6, (0.06, 0.07))])
def test_dinov2_s_loss_is_the_official_code_s(prepared: Prepared, share: float, temperatures: tuple[float, float]) -> None:
    session = small_session(prepared, "dinov2", method=SETTINGS, **TINY)
    m: Any = session.method
    assert_same(m, session.batches.at(0), at_share(share), lambda batch: dinov2_loss(m, batch, temperatures)[0])


@pytest.mark.parametrize(("share", "weight"), [(0.4, 0.0), (0.6, 3.0)])
def test_dinov3_adds_the_distance_of_the_gram_matrices_from_its_time_on(prepared: Prepared, share: float, weight: float) -> None:
    settings = {**SETTINGS, "gram_weight": 3.0, "anchor_at": 0.2, "anchor_from": 0.5}
    session = small_session(prepared, "dinov3", method=settings, **TINY)
    m: Any = session.method
    m.copies.fill_(1)
    drift = []

    def oracle(batch: Batch) -> Tensor:
        loss, tokens = dinov2_loss(m, batch, (0.06, 0.07))
        with torch.no_grad():
            anchor = m.anchor.tokens(torch.cat(batch.views))
        crops = []
        for crop in range(2 * N):
            ours, theirs = tokens[crop, 1:], anchor[crop, 1:]
            pairs = [(dot(ours[i], ours[j]) - dot(theirs[i], theirs[j])) ** 2 for i in range(len(ours)) for j in range(len(ours))]
            crops.append(average(pairs))
        drift.append(float(average(crops).detach()))
        return loss + weight * average(crops)

    out = assert_same(m, session.batches.at(0), at_share(share), oracle)
    assert float(out.terms["gram drift"]) == pytest.approx(drift[0], rel=1e-3)


def test_the_anchor_is_the_teacher_of_its_time_and_renewed_when_asked(prepared: Prepared) -> None:
    settings = {"out_dim": 6, "anchor_at": 0.2, "anchor_from": 0.5, "anchor_every": 0.2}
    session = small_session(prepared, "dinov3", method=settings, **TINY)
    m: Any = session.method
    batch, copied = session.batches.at(0), []
    for number in range(10):
        before = int(m.copies)
        out = step(m, batch, Progress(number, 10, 0, 1))
        assert ("gram drift" in out.terms) == (before > 0)
        with torch.no_grad():
            for parameter in m.backbone.parameters():
                parameter.add_(0.01)
        equal = all(torch.equal(a, b) for a, b in zip(m.anchor.parameters(), m.encoder.parameters(), strict=True))
        assert equal == (int(m.copies) > before)
        if equal:
            copied.append(number + 1)
    assert copied == [2, 7, 9]  # at .2, and at .5 + .2 and .5 + .4
    assert rising(m.config.momentum, 0.5) < 1


def test_an_anchor_that_counts_before_it_is_copied_is_refused(prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match="anchor_from"):
        prepared("dinov3", {"method": {"anchor_at": 0.6, "anchor_from": 0.5}, **TINY})


def test_without_masked_patches_the_loss_is_finite(prepared: Prepared) -> None:
    session = small_session(prepared, "dinov2", method={**SETTINGS, "mask_chance": 0.0}, **TINY)
    out = session.method(session.batches.at(0), at_share(0.5))
    assert out.loss.isfinite()
    assert float(out.terms["patch loss"].detach()) == 0
