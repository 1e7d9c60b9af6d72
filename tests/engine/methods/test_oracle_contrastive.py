"""The contrastive methods against naive computations from their own modules: which view is compared with which others, what takes a
gradient, and what memories hold when."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.augment.patch_grid import vary_patches
from engine.method import Batch
from tests.engine.methods.wiring import (
    Prepared,
    after_step,
    again,
    assert_same,
    at_share,
    average,
    dot,
    pick,
    small_session,
)

AT = at_share(0.5)
N = 4


def embedded(m: Any, batch: Batch) -> tuple[Tensor, Tensor]:
    """z of both views, encoded as one batch: (N, P) each."""
    z1, z2 = m.projector(m.backbone(torch.cat(batch.views))).chunk(2)
    return z1, z2


def per_view(z1: Tensor, z2: Tensor, tau: float, term: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """The mean over all 2N views of `term(positive, negatives)`: the cosine over tau with the image's other view, and those with
    both views of all other images."""
    views = [*((i, z) for i, z in enumerate(z1)), *((i, z) for i, z in enumerate(z2))]
    terms = []
    for index, (image, z) in enumerate(views):
        positive = next(dot(z, other) for k, (i, other) in enumerate(views) if i == image and k != index) / tau
        negative = torch.stack([dot(z, other) / tau for i, other in views if i != image])
        assert len(negative) == 2 * N - 2
        terms.append(term(positive, negative))
    return average(terms)


def nt_xent(positive: Tensor, negative: Tensor) -> Tensor:
    """2002.05709, Eq. 1."""
    return -(positive.exp() / (positive.exp() + negative.exp().sum())).log()


def dcl(positive: Tensor, negative: Tensor) -> Tensor:
    """2110.06848, Eq. 5: the positive is not in the sum."""
    return -positive + negative.exp().sum().log()


def hard(beta: float) -> Callable[[Tensor, Tensor], Tensor]:
    """2007.00224, Eq. 7 and 8 at tau+ = .1, with negatives weighted by 2010.04592 where beta is not 0; tau = .5."""

    def term(positive: Tensor, negative: Tensor) -> Tensor:
        n = len(negative)
        weight = (beta * negative).exp() / (beta * negative).exp().mean()
        total = (weight * negative.exp()).sum()
        floor = torch.tensor(n * math.exp(-1 / 0.5))
        g = torch.maximum((total - n * 0.1 * positive.exp()) / (1 - 0.1), floor)
        return -(positive.exp() / (positive.exp() + g)).log()

    return term


@pytest.mark.parametrize(("id", "tau", "settings", "term"), [
    ("simclr", 0.5, {}, nt_xent),
    ("dcl", 0.2, {}, dcl),
    ("debiased", 0.5, {"tau_plus": 0.1}, hard(0.0)),
    ("hard_negatives", 0.5, {"tau_plus": 0.1, "beta": 1.0}, hard(1.0)),
])  # fmt: skip
def test_each_view_finds_its_partner_among_the_views_of_other_images(
    prepared: Prepared, id: str, tau: float, settings: dict[str, Any], term: Callable[[Tensor, Tensor], Tensor]
) -> None:
    session = small_session(prepared, id, method={"temperature": tau, **settings})
    m: Any = session.method
    assert_same(m, session.batches.at(0), AT, lambda batch: per_view(*embedded(m, batch), tau, term))


def test_flat_nce_shows_nt_xent_and_descends_the_decoupled_loss(prepared: Prepared) -> None:
    """2107.01152: exp(v - stopgrad(v)) has the gradient of v = log sum exp(s- - s+); the number shown is InfoNCE."""
    session = small_session(prepared, "flat_nce", method={"temperature": 0.2})
    m: Any = session.method
    out = assert_same(m, session.batches.at(0), AT, lambda batch: per_view(*embedded(m, batch), 0.2, dcl), shown=False)
    shown = per_view(*embedded(m, session.batches.at(0)), 0.2, nt_xent)
    assert out.loss.item() == pytest.approx(shown.item(), rel=1e-4)


def test_align_uniform_pulls_views_together_and_images_apart(prepared: Prepared) -> None:
    """2005.10242, Sec. 4: E |x - y|^2 + 0.5 times the mean over both views of log E exp(-2 |x_i - x_j|^2)."""
    session = small_session(prepared, "align_uniform", method={"alpha": 2.0, "t": 2.0, "weight": 0.5})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        x, y = ([row / row.norm() for row in z] for z in embedded(m, batch))
        align = average([(a - b).norm() ** 2 for a, b in zip(x, y, strict=True)])
        spread = [average([(-2 * (z[i] - z[j]).norm() ** 2).exp() for i in range(N) for j in range(i)]).log() for z in (x, y)]
        return align + 0.5 * average(spread)

    assert_same(m, session.batches.at(0), AT, oracle)


def test_siamese_pulls_two_views_of_an_image_and_pushes_two_images(prepared: Prepared) -> None:
    """Hadsell 2006, Eq. 4, over N pairs of each kind; which images are paired is the batch's to draw, one circle through all."""
    session = small_session(prepared, "siamese", method={"margin": 50.0})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        z1, z2 = embedded(m, batch)
        circle = torch.randperm(N, generator=batch.generator).tolist()
        pairs = [(circle[k], circle[k - 1]) for k in range(N)]
        attract = [(z1[i] - z2[i]).norm() ** 2 for i in range(N)]
        repel = [(50.0 - (z1[i] - z2[j]).norm()).clamp(min=0) ** 2 for i, j in pairs]
        assert all(i != j for i, j in pairs)
        return average([*attract, *repel])

    assert_same(m, session.batches.at(0), AT, oracle)


def test_invaspread_recognises_the_augmented_view_and_mistakes_no_image(prepared: Prepared) -> None:
    """1904.03436, Sec. 3, with tau = .1."""
    session = small_session(prepared, "invaspread", method={"temperature": 0.1, "spread": 0.5})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        f, g = embedded(m, batch)
        terms = []
        for i in range(N):
            terms.append(pick([dot(f[k], g[i]) / 0.1 for k in range(N)], i))
            for j in range(N):
                if j != i:
                    among = torch.stack([dot(f[k], f[j]) / 0.1 for k in range(N)]).softmax(0)
                    terms.append(-0.5 * (1 - among[i]).log())
        return torch.stack(terms).sum() / N

    assert_same(m, session.batches.at(0), AT, oracle)


@pytest.mark.parametrize("id", ["moco_v1", "moco_v2"])
def test_moco_finds_its_key_among_the_keys_of_earlier_batches(prepared: Prepared, id: str) -> None:
    """Algorithm 1 of 1911.05722: view 1 is the query, view 2 the key, negatives the queue as it was before the batch. Both batch
    norms by halves of the batch, those of the keys shuffled."""
    session = small_session(prepared, id, batch=16, method={"temperature": 0.2, "queue": 8, "bn_splits": 2})
    m: Any = session.method
    queue = m.queue.vectors.clone()
    batch = session.batches.at(0)
    order = torch.randperm(16, generator=again(batch).generator).tolist()
    keys = torch.empty(16, m.queue.vectors.shape[1])
    with torch.no_grad():
        for part in (order[:8], order[8:]):
            keys[part] = m.key(batch.views[1][part])

    def oracle(batch: Batch) -> Tensor:
        q = m.projector(torch.cat([m.backbone(batch.views[0][:8]), m.backbone(batch.views[0][8:])]))
        return average([pick([dot(q[i], k) / 0.2 for k in (keys[i], *queue)], 0) for i in range(16)])

    out = assert_same(m, batch, AT, oracle)
    # The forward pass of the comparison leaves the queue as it was; after the step the last 8 keys are in it.
    assert torch.equal(m.queue.vectors, queue)
    after_step(m, AT, out)
    assert torch.allclose(m.queue.vectors, nn.functional.normalize(keys[8:], dim=1), atol=1e-5)


def test_background_swaps_add_the_key_of_another_object_before_the_query_s_background(prepared: Prepared) -> None:
    """Sec. 3 of 2103.12719 on Algorithm 1 of 1911.05722: cross-entropy over the key, the queue and one key more, which takes no
    gradient and is not added to the queue. Both batches of keys are shuffled by themselves."""
    session = small_session(prepared, "background_augmentation", batch=16, method={"temperature": 0.2, "queue": 8, "bn_splits": 2})
    m: Any = session.method
    queue = m.queue.vectors.clone()
    batch = session.batches.at(0)
    assert batch.negatives is not None
    drawn, keys = again(batch).generator, {}
    with torch.no_grad():
        for name, images in (("own", batch.views[1]), ("swapped", batch.negatives)):
            order = torch.randperm(16, generator=drawn).tolist()
            keys[name] = torch.empty(16, m.queue.vectors.shape[1])
            for part in (order[:8], order[8:]):
                keys[name][part] = m.key(images[part])

    def oracle(batch: Batch) -> Tensor:
        q = m.projector(torch.cat([m.backbone(batch.views[0][:8]), m.backbone(batch.views[0][8:])]))
        terms = []
        for i in range(16):
            logits = [dot(q[i], k) / 0.2 for k in (keys["own"][i], *queue, keys["swapped"][i])]
            assert len(logits) == 1 + 8 + 1
            terms.append(pick(logits, 0))
        return average(terms)

    out = assert_same(m, batch, AT, oracle)
    after_step(m, AT, out)
    assert torch.allclose(m.queue.vectors, nn.functional.normalize(keys["own"][8:], dim=1), atol=1e-5)


def test_moco_v3_s_query_finds_the_key_of_the_other_view(prepared: Prepared) -> None:
    """Algorithm 1 of 2104.02057: ctr(q1, k2) + ctr(q2, k1), with 2 tau before it; keys take no gradient."""
    session = small_session(prepared, "moco_v3", method={"temperature": 0.5})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        q = [m.predictor(m.projector(m.backbone(view))) for view in batch.views]
        k = [m.key(view).detach() for view in batch.views]
        terms = [pick([dot(q[v][i], key) / 0.5 for key in k[1 - v]], i) for v in range(2) for i in range(N)]
        return 2 * 0.5 * 2 * average(terms)

    assert_same(m, session.batches.at(0), AT, oracle)


def test_nnclr_replaces_a_view_by_its_neighbour_in_the_queue_and_predicts_it_from_the_other(prepared: Prepared) -> None:
    """Eq. 2-4 of 2104.14548 and its algorithm: NN(z1) against p2 and NN(z2) against p1; neighbours come from the queue of earlier
    batches, without gradient."""
    session = small_session(prepared, "nnclr", method={"temperature": 0.1, "queue": 12})
    m: Any = session.method
    queue = m.queue.vectors.clone()

    def oracle(batch: Batch) -> Tensor:
        z = m.projector(m.backbone(torch.cat(batch.views)))
        p = m.predictor(z).chunk(2)
        terms = []
        for v, own in enumerate(z.detach().chunk(2)):
            nearest = [queue[max(range(12), key=lambda k, row=row: float(dot(row, queue[k])))] for row in own]  # type: ignore[misc]
            terms += [pick([dot(nearest[i], q) / 0.1 for q in p[1 - v]], i) for i in range(N)]
        return average(terms)

    batch = session.batches.at(0)
    with torch.no_grad():
        z1 = nn.functional.normalize(embedded(m, batch)[0], dim=1)
    out = assert_same(m, batch, AT, oracle)
    assert torch.equal(m.queue.vectors, queue)
    after_step(m, AT, out)
    assert torch.allclose(m.queue.vectors[:N], z1, atol=1e-5)
    assert torch.equal(m.queue.vectors[N:], queue[N:])


@pytest.mark.parametrize("momentum", [0.5, 0.8])
def test_instdisc_finds_its_row_among_those_of_all_images_and_moves_it_afterwards(prepared: Prepared, momentum: float) -> None:
    """Eq. 2 of 1805.01978 over the bank of all training images; its rows move after the step, m row + (1 - m) v."""
    session = small_session(prepared, "instdisc", method={"temperature": 0.2, "momentum": momentum})
    m: Any = session.method
    rows = m.bank.rows.clone()
    batch = session.batches.at(0)
    training = sorted(session.dataset.splits["train"].tolist())
    own = [training.index(int(index)) for index in batch.index]

    def oracle(batch: Batch) -> Tensor:
        v = m.projector(m.backbone(batch.views[0]))
        return average([pick([dot(v[i], row) / 0.2 for row in rows], own[i]) for i in range(N)])

    with torch.no_grad():
        v = nn.functional.normalize(m.projector(m.backbone(batch.views[0])), dim=1)
    out = assert_same(m, batch, AT, oracle)
    assert torch.equal(m.bank.rows, rows)
    after_step(m, AT, out)
    expected = rows.clone()
    for i, row in enumerate(own):
        mixed = momentum * rows[row] + (1 - momentum) * v[i]
        expected[row] = mixed / mixed.norm()
    assert torch.allclose(m.bank.rows, expected, atol=1e-5)


def test_instdisc_s_nce_parts_its_row_from_rows_drawn_at_random(prepared: Prepared) -> None:
    """Eq. 5-8 and 10 of 1805.01978: h = P / (P + m / M), Z from the first batch; the proximal term only of rows already seen."""
    session = small_session(prepared, "instdisc", method={"objective": "nce", "temperature": 0.2, "negatives": 6, "proximal": 3.0})
    m: Any = session.method
    rows, batch = m.bank.rows.clone(), session.batches.at(0)
    training = sorted(session.dataset.splits["train"].tolist())
    own = [training.index(int(index)) for index in batch.index]
    m.bank.visits[own[0]] = 1
    m.log_z.fill_(math.log(2.5 * len(rows)))

    def oracle(batch: Batch) -> Tensor:
        f = m.projector(m.backbone(batch.views[0]))
        drawn = torch.randint(len(rows), (6,), generator=batch.generator).tolist()
        z, share = 2.5 * len(rows), 6 / len(rows)
        terms = []
        for i in range(N):
            p = (dot(f[i], rows[own[i]]) / 0.2).exp() / z
            terms.append(-(p / (p + share)).log())
            for row in drawn:
                p = (dot(f[i], rows[row]) / 0.2).exp() / z
                terms.append(-(1 - p / (p + share)).log())
            if i == 0:
                terms.append(3.0 * ((f[i] / f[i].norm() - rows[own[i]]) ** 2).sum())
        return torch.stack(terms).sum() / N

    assert_same(m, batch, AT, oracle)


def test_nce_parts_a_view_s_partner_from_views_of_other_images(prepared: Prepared) -> None:
    """Gutmann and Hyvarinen's logistic regression, k of noise for each of the data, noise uniform over n images, c learned."""
    session = small_session(prepared, "nce", method={"temperature": 0.2, "noise": 5})
    m: Any = session.method
    images = len(session.dataset.splits["train"])

    def oracle(batch: Batch) -> Tensor:
        z = torch.cat(embedded(m, batch))
        offset = torch.randint(1, N, (2 * N, 5), generator=batch.generator).tolist()
        view = torch.randint(2, (2 * N, 5), generator=batch.generator).tolist()
        terms = []
        for i in range(2 * N):

            def ratio(j: int, i: int = i) -> Tensor:
                return dot(z[i], z[j]) / 0.2 + m.c[0] - math.log(5 / images)

            terms.append(-torch.sigmoid(ratio((i + N) % (2 * N))).log())
            for steps, which in zip(offset[i], view[i], strict=True):
                other = (i % N + steps) % N
                assert other != i % N
                terms.append(-(1 - torch.sigmoid(ratio(other + N * which))).log())
        return torch.stack(terms).sum() / (2 * N)

    assert_same(m, session.batches.at(0), AT, oracle)


def test_cmc_finds_the_colour_of_a_lightness_and_the_lightness_of_a_colour(prepared: Prepared) -> None:
    """Eq. 2 and 4 of 1906.05849: both directions, each over the images of the batch."""
    session = small_session(prepared, "cmc", method={"temperature": 0.1})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        light, colour = m.backbone.channels(batch.pixels(batch.views[0]))
        a, b = m.head_l(m.backbone.lightness(light)), m.head_ab(m.backbone.colour(colour))
        terms = [pick([dot(a[i], b[j]) / 0.1 for j in range(N)], i) for i in range(N)]
        terms += [pick([dot(b[i], a[j]) / 0.1 for j in range(N)], i) for i in range(N)]
        return torch.stack(terms).sum() / N

    assert_same(m, session.batches.at(0), AT, oracle)


def test_pixcontrast_s_cells_find_the_cells_of_the_other_view_at_the_same_place(prepared: Prepared) -> None:
    """Eq. 1 and 2 of 2011.10043, both ways, against the momentum encoder's cells, and whole images beside them."""
    session = small_session(
        prepared,
        "pixcontrast",
        method={"temperature": 0.3, "threshold": 0.7, "cells": 4, "instance": 0.5, "instance_temperature": 0.2},
    )
    m: Any = session.method

    def maps(network: Any, images: Tensor) -> tuple[Tensor, Tensor]:
        backbone, projector, instance = network
        dense = backbone.dense(images, 4)
        cells = projector(dense.flatten(2).transpose(1, 2).flatten(0, 1)).view(len(images), -1, projector[-1].out_features)
        return cells, instance(dense.mean((2, 3)))

    def oracle(batch: Batch) -> Tensor:
        both = torch.cat(batch.views)
        x, q = (part.chunk(2) for part in maps((m.backbone, m.projector, m.instance), both))
        y, k = (part.detach().chunk(2) for part in maps(m.momentum_encoder, both))
        side = round(x[0].shape[1] ** 0.5)
        boxes = [draw.boxes for draw in batch.draws]
        terms: list[Tensor] = []
        for i in range(N):
            size = [(box[i, 2:] - box[i, :2]) / side for box in boxes]
            diagonal = max(float(cell.norm()) for cell in size)
            centres = [draw.centres(side)[i] for draw in batch.draws]
            own: list[Tensor] = []
            for v in range(2):
                rows = []
                for a in range(side**2):
                    logits = torch.stack([dot(x[v][i, a], other) / 0.3 for other in y[1 - v][i]])
                    near = [float((centres[v][a] - centres[1 - v][b]).norm()) / diagonal < 0.7 for b in range(side**2)]
                    if any(near):
                        rows.append(logits.logsumexp(0) - logits[torch.tensor(near)].logsumexp(0))
                if rows:
                    own.append(average(rows) / 2)
            if own:
                terms.append(torch.stack(own).sum())
        pixel = average(terms)
        whole = [pick([dot(q[v][i], key) / 0.2 for key in k[1 - v]], i) for v in range(2) for i in range(N)]
        return pixel + 0.5 * average(whole)

    assert_same(m, session.batches.at(0), AT, oracle)


def cpc_terms(z: Tensor, target: Tensor, predictor: Any, together: int, scale: float, offsets: tuple[int, ...]) -> list[Tensor]:
    """Of each offset k: the prediction of row r + k from the context of row r, against all patches of the images compared."""
    images, side = z.shape[0], z.shape[1]
    losses = []
    for number, k in enumerate(offsets):
        context = predictor.context(z)
        terms = []
        for first in range(0, images, together):
            group = range(first, min(images, first + together))
            among = [(i, r, c) for i in group for r in range(side) for c in range(side)]
            every = torch.stack([target[i, r, c] for i, r, c in among])
            for i in group:
                for r in range(side - k):
                    for c in range(side):
                        logits = scale * (every @ predictor.steps[number](context[i, r, c]))
                        terms.append(logits.logsumexp(0) - logits[among.index((i, r + k, c))])
        losses.append(average(terms))
    return losses


def test_cpc_finds_the_patches_below_among_those_of_the_images_compared(prepared: Prepared) -> None:
    """Eq. 3 and 4 of 1807.03748: from the rows above, the same column k rows below; one row skipped."""
    session = small_session(prepared, "cpc", method={"grid": 4, "skip": 1, "steps": 2, "together": 2, "scale": 0.1})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        z = m.backbone.grid(batch.views[0])
        return average(cpc_terms(z, z, m.predictor, 2, 0.1, (2, 3)))

    assert_same(m, session.batches.at(0), AT, oracle)


def test_cpc_v2_looks_from_all_four_sides(prepared: Prepared) -> None:
    """1905.09272: each side has a network of its own and sees the grid turned so that it lies above."""
    session = small_session(prepared, "cpc_v2", method={"grid": 4, "skip": 1, "steps": 1, "together": 4, "scale": 0.3})
    m: Any = session.method
    turns: dict[str, Callable[[Tensor], Tensor]] = {
        "above": lambda g: g,
        "below": lambda g: torch.stack([g[:, r] for r in (3, 2, 1, 0)], 1),
        "left": lambda g: torch.stack([g[:, :, c] for c in range(4)], 1),
        "right": lambda g: torch.stack([g[:, :, c] for c in (3, 2, 1, 0)], 1),
    }

    def oracle(batch: Batch) -> Tensor:
        patches = m.backbone.cut(batch.views[0])
        c = m.config
        z = m.backbone.encode(vary_patches(patches, batch.generator, drop=c.drop, jitter=c.jitter, flip=c.flip))
        target = m.target(z)
        assert list(m.predictors) == list(turns)
        return average([
            term for side, turn in turns.items() for term in cpc_terms(turn(z), turn(target), m.predictors[side], 4, 0.3, (2,))
        ])  # fmt: skip

    assert_same(m, session.batches.at(0), AT, oracle)
