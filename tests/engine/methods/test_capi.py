"""CAPI against a naive computation of the official code's losses; its mask, its predictor, and its atlas."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from engine.augment.masking import inverse_block
from engine.heads.cross_predictor import CrossPredictor
from engine.method import Batch
from engine.pictures.atlas import GAP, atlas
from tests.engine.losses import naive
from tests.engine.methods.wiring import Prepared, assert_same, at_share, average, blame, small_session

TINY = {"backbone": {"name": "vit_micro", "patch": 8, "pool": "mean"}}


def test_the_loss_is_the_official_code_s(prepared: Prepared) -> None:
    """do_teacher and do_student of train_capi.py, OnlineClustering and L2NormLinear of model.py: Sinkhorn-Knopp of the teacher's
    patches over the images at each position; the clustering learns its assignments, the student those of the hidden patches."""
    method = {"clusters": 5, "target_temperature": 0.3, "temperature": 0.4, "mask_ratio": 0.5}
    session = small_session(prepared, "capi", method=method, **TINY)
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        x, n = batch.views[0], len(batch.index)
        hidden = inverse_block(n, 4, 0.5, 0.5, batch.generator).hidden
        with torch.no_grad():
            whole = m.teacher.tokens(x)[:, 1:]
        scores = [[m.clustering.weight @ (p / p.norm()) + m.clustering.bias for p in image] for image in whole]
        codes = [torch.tensor(naive.sinkhorn(torch.stack([scores[i][t] for i in range(n)]).detach(), 0.3, 3)) for t in range(16)]
        clustering = [blame(codes[t][i], scores[i][t] / 0.4) for i in range(n) for t in range(16)]
        rows = [row / row.norm() for row in m.prototypes]
        student = []
        for i in range(n):
            visible, masked = (~hidden[i]).nonzero().flatten(), hidden[i].nonzero().flatten()
            assert (len(visible), len(masked)) == (8, 8)
            tokens = m.backbone.tokens(x[i : i + 1], visible[None])
            for t in masked.tolist():
                z = m.predictor(tokens, torch.tensor([[t]]))[0, 0]  # each hidden patch by itself
                logits = torch.stack([(z / z.norm() * row).sum() for row in rows])
                student.append(blame(codes[t][i], logits / 0.4))
        return average(student) + average(clustering)

    assert_same(m, session.batches.at(0), at_share(0.5), oracle)


def test_the_clustering_s_gradient_stays_in_the_clustering_and_it_has_its_own_rate(prepared: Prepared) -> None:
    session = prepared("capi", {"method": {"clusters": 5, "cluster_lr": 0.25}, **TINY})
    m: Any = session.method
    out = m(session.batches.at(0), at_share(0.5))
    gradients = torch.autograd.grad(out.terms["clustering"], [*m.backbone.parameters()][2:], allow_unused=True)
    assert all(g is None for g in gradients)
    assert [group.lr_scale for group in m.parameter_groups()] == [1.0, 0.25]


def test_the_visible_block_has_one_size_and_wraps_around_the_edges() -> None:
    generator = torch.Generator().manual_seed(0)
    hidden = inverse_block(400, 8, 0.65, 0.5, generator).hidden
    assert ((~hidden).sum(1) == 64 - int(0.65 * 64)).all()
    assert (hidden.float().mean(0) - hidden.float().mean()).abs().max() < 0.12  # every patch is as likely
    visible = (~hidden).view(-1, 8, 8)
    wrapped = visible[:, 0].any(1) & visible[:, -1].any(1)
    assert wrapped.any()
    for ratio in (0.01, 0.5, 0.99):
        count = inverse_block(20, 4, ratio, 0.5, generator).hidden.sum(1)
        assert (count == min(15, max(1, int(16 * ratio)))).all()


def test_a_query_of_the_predictor_sees_the_context_and_no_other_query() -> None:
    torch.manual_seed(0)
    predictor = CrossPredictor(16, 4, depth=2, heads=2, init="xavier")
    tokens, both = torch.randn(1, 5, 16), torch.tensor([[3, 9]])
    out = predictor(tokens, both)
    assert torch.allclose(predictor(tokens, both[:, 1:]), out[:, 1:], atol=1e-5)
    assert not torch.allclose(predictor(tokens + 1e-1 * torch.randn(1, 5, 16), both), out, atol=1e-4)
    assert not torch.allclose(out[:, 0], out[:, 1], atol=1e-4)


def test_the_atlas_has_the_largest_cluster_first_and_its_best_patches_in_order() -> None:
    images = torch.zeros(3, 3, 4, 4)
    images[:, 0] = torch.tensor([0.2, 0.4, 0.6]).view(3, 1, 1)
    scores = torch.zeros(3, 4, 3)
    scores[:, :, 1] = torch.tensor([1.0, 3.0, 2.0]).view(3, 1)  # all patches, most in image 1, then 2, then 0
    sheet = atlas(images, scores, rows=2, columns=3)[0]
    tile = (sheet.shape[2] - 2 * GAP) // 3
    middles = [float(sheet[0, tile // 2, column * (tile + GAP) + tile // 2]) for column in range(3)]
    assert [round(value, 2) for value in middles] == [0.4, 0.6, 0.2]
    assert sheet[:, tile + GAP :].min() == 1  # the second row's cluster has no patch
