"""Decorrelation, the baselines and the pretext tasks against naive computations from their own modules."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.augment.colour_bins import soft_bins
from engine.augment.downsample import KERNELS, downsample
from engine.augment.exemplar import Changes, changed, seed_corners
from engine.augment.lab import rgb_to_lab
from engine.augment.masking import random_mask
from engine.augment.montage import cut_patches, make_montage
from engine.augment.patch_grid import patch_side, vary_patches
from engine.augment.puzzle_tiles import cut_tiles, tiling
from engine.augment.regions import random_regions
from engine.method import Batch
from tests.engine.methods.wiring import (
    Prepared,
    after_step,
    again,
    assert_same,
    at_share,
    average,
    dot,
    gradients,
    pick,
    small_session,
)

AT = at_share(0.5)
N = 4


def test_barlow_twins_correlates_each_dimension_with_itself_across_views(prepared: Prepared) -> None:
    """Eq. 1 and 2 of 2103.03230: C_ij between dimension i of view 1 and j of view 2 over the batch."""
    session = small_session(prepared, "barlow_twins", method={"out_dim": 6, "redundancy": 0.05, "scale": 0.1})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        z = [m.projector(m.backbone(view)) for view in batch.views]
        a, b = ((one - one.mean(0)) / (one.var(0, unbiased=False) + 1e-5).sqrt() for one in z)
        c = [[(a[:, i] * b[:, j]).mean() for j in range(6)] for i in range(6)]
        own = [(1 - c[i][i]) ** 2 for i in range(6)]
        others = [c[i][j] ** 2 for i in range(6) for j in range(6) if i != j]
        return 0.1 * (torch.stack(own).sum() + 0.05 * torch.stack(others).sum())

    assert_same(m, session.batches.at(0), AT, oracle)


def test_vicreg_takes_variance_and_covariance_of_each_view_and_invariance_across_them(prepared: Prepared) -> None:
    """Eq. 1-6 of 2105.04906, scaled as in the official code."""
    session = small_session(prepared, "vicreg", method={"out_dim": 6, "invariance": 2.0, "variance": 3.0, "covariance": 5.0})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        z = [m.expander(m.backbone(view)) for view in batch.views]
        invariance = average([(z[0][i] - z[1][i]).pow(2).mean() for i in range(N)])
        hinge, off = [], []
        for one in z:
            centred = one - one.mean(0)
            c = [[(centred[:, i] * centred[:, j]).sum() / (N - 1) for j in range(6)] for i in range(6)]
            hinge += [(1 - (c[j][j] + 1e-4).sqrt()).clamp(min=0) for j in range(6)]
            off += [c[i][j] ** 2 / 6 for i in range(6) for j in range(6) if i != j]
        return 2.0 * invariance + 3.0 * average(hinge) + 5.0 * torch.stack(off).sum()

    assert_same(m, session.batches.at(0), AT, oracle)


def test_lejepa_s_views_predict_the_mean_of_the_large_ones_and_each_is_held_to_a_gaussian(prepared: Prepared) -> None:
    """Algorithms 1 and 2 of 2511.08544: the centre takes a gradient too; 17 points of the characteristic function, -5 to 5."""
    session = small_session(prepared, "lejepa", method={"out_dim": 4, "slices": 5, "weight": 0.3}, views={"preset": "dino_small"})
    m: Any = session.method

    def normality(z: Tensor, directions: Tensor) -> Tensor:
        terms = []
        for direction in directions.t():
            x = z @ direction
            points = [-5 + 10 * k / 16 for k in range(17)]
            values = []
            for t in points:
                real, imaginary = (t * x).cos().mean(), (t * x).sin().mean()
                values.append(((real - math.exp(-(t**2) / 2)) ** 2 + imaginary**2) * math.exp(-(t**2) / 2))
            area = sum((values[k] + values[k + 1]) / 2 * 10 / 16 for k in range(16))
            terms.append(len(z) * area)
        return average(terms)  # type: ignore[arg-type]

    def oracle(batch: Batch) -> Tensor:
        h = torch.cat([m.backbone(torch.cat(batch.views)), m.backbone(torch.cat(batch.local))])
        z = m.projector(h).split(N)
        centre = (z[0] + z[1]) / 2
        drawn = torch.randn(4, 5, generator=batch.generator)
        directions = torch.stack([column / column.norm() for column in drawn.t()], 1)
        prediction = average([(view - centre).pow(2).mean() for view in z])
        return 0.7 * prediction + 0.3 * average([normality(view, directions) for view in z])

    assert_same(m, session.batches.at(0), AT, oracle)


def test_supervised_learns_the_label_of_each_image(prepared: Prepared) -> None:
    session = small_session(prepared, "supervised", method={"label_smoothing": 0.2})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        logits = m.backbone(batch.views[0]) @ m.classifier.weight.t() + m.classifier.bias
        assert batch.label is not None
        terms = []
        for row, label in zip(logits, batch.label.tolist(), strict=True):
            logs = row.log_softmax(0)
            terms.append(-0.8 * logs[label] - 0.2 * logs.mean())
        return average(terms)

    assert_same(m, session.batches.at(0), AT, oracle)


def test_supcon_s_positives_are_the_views_of_the_class(prepared: Prepared) -> None:
    """Eq. 2 of 2004.11362, the mean over positives outside the logarithm; an image without a label is a class of its own."""
    session = small_session(prepared, "supcon", batch=6, method={"temperature": 0.2})
    m: Any = session.method
    batch = session.batches.at(0)
    assert batch.label is not None
    batch.label.copy_(torch.tensor([0, 1, 0, -1, 1, -1]))
    classes = [0, 1, 0, "a", 1, "b"] * 2

    def oracle(batch: Batch) -> Tensor:
        z = m.projector(m.backbone(torch.cat(batch.views)))
        terms = []
        for i in range(12):
            others = [a for a in range(12) if a != i]
            total = torch.stack([dot(z[i], z[a]) / 0.2 for a in others]).logsumexp(0)
            terms.append(average([total - dot(z[i], z[p]) / 0.2 for p in others if classes[p] == classes[i]]))
        return average(terms)

    assert_same(m, batch, AT, oracle)


def test_rotation_names_the_angle_of_each_of_four_turned_images(prepared: Prepared) -> None:
    """Eq. 3 of 1803.07728; a quarter turn is a transposition and a reflection of rows."""
    session = small_session(prepared, "rotation")
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        turned = [batch.views[0]]
        for _ in range(3):
            turned.append(turned[-1].transpose(2, 3).flip(2))
        logits = m.classifier(m.backbone(torch.cat(turned)))
        return average([pick([*logits[angle * N + i]], angle) for angle in range(4) for i in range(N)])

    assert_same(m, session.batches.at(0), AT, oracle)


def test_jigsaw_names_the_order_in_which_the_tiles_lie(prepared: Prepared) -> None:
    """Sec. 3 of 1603.09246: each tile alone through the network, laid by a permutation, whose number is the answer."""
    session = small_session(prepared, "jigsaw", method={"permutations": 10, "puzzles": 2, "parted": 0.03})
    m: Any = session.method
    orders = m.orders.tolist()
    assert len({tuple(order) for order in orders}) == 10

    def oracle(batch: Batch) -> Tensor:
        images = batch.views[0]
        where = tiling(images.shape[-1], 3, m.config.gap, m.config.jitter)
        tiles = cut_tiles(images, where, batch.generator, max(1, round(0.03 * where.tile)))
        h = m.backbone(tiles.flatten(0, 2)).view(N, 9, -1)
        drawn = torch.randint(10, (N, 2), generator=batch.generator).tolist()
        laid = torch.stack([
            torch.cat([m.reduce(h[i, tile]) for tile in orders[number]]) for i in range(N) for number in drawn[i]
        ])  # fmt: skip
        logits = m.join(laid)
        return average([pick([*logits[2 * i + k]], drawn[i][k]) for i in range(N) for k in range(2)])

    assert_same(m, session.batches.at(0), AT, oracle)


def test_context_prediction_names_the_side_on_which_a_neighbour_lies(prepared: Prepared) -> None:
    """1505.05192: the eight places around a patch, row by row, each of the same weight."""
    session = small_session(prepared, "context_prediction", method={"grid": 3, "gap": 0.0, "jitter": 0.0})
    m: Any = session.method
    sides = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]

    def oracle(batch: Batch) -> Tensor:
        patches = cut_tiles(batch.views[0], tiling(batch.views[0].shape[-1], 3, 0.0, 0.0), batch.generator)
        patches = vary_patches(patches, batch.generator, drop=m.config.dropped, jitter=0.0, flip=0.0)
        h = m.backbone(patches.flatten(0, 2)).view(N, 3, 3, -1)
        pairs, answers = [], []
        for i in range(N):
            for row in range(3):
                for column in range(3):
                    for side, (down, across) in enumerate(sides):
                        if 0 <= row + down < 3 and 0 <= column + across < 3:
                            pairs.append(torch.cat([h[i, row, column], h[i, row + down, column + across]]))
                            answers.append(side)
        logits = m.fuse(torch.stack(pairs))
        losses = [pick([*row], side) for row, side in zip(logits, answers, strict=True)]
        return average([
            average([loss for loss, answer in zip(losses, answers, strict=True) if answer == side]) for side in range(8)
        ])  # fmt: skip

    assert_same(m, session.batches.at(0), AT, oracle)


def test_counting_compares_the_whole_with_its_parts_and_with_another_image(prepared: Prepared) -> None:
    """Eq. 3 and 4 of 1708.06734: the four quarters add up to the image made half as large, and not to another image."""
    session = small_session(prepared, "counting", method={"margin": 10.0})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        x = batch.views[0]
        half = x.shape[-1] // 2
        kernel = torch.randint(len(KERNELS), (N,), generator=batch.generator)
        quarters = [x[i, :, y : y + half, z : z + half] for i in range(N) for y in (0, half) for z in (0, half)]
        counts = m.head(m.backbone(torch.cat([downsample(x, half, kernel), torch.stack(quarters)]))).relu()
        whole, parts = counts[:N], counts[N:].view(N, 4, -1)
        terms = []
        for i in range(N):
            total = parts[i, 0] + parts[i, 1] + parts[i, 2] + parts[i, 3]
            other = whole[(i - 1) % N]
            assert (other - total).pow(2).sum() < 10, "this test would not see which image is the other one"
            terms.append((whole[i] - total).pow(2).sum() + (10.0 - (other - total).pow(2).sum()).clamp(min=0))
        return average(terms)

    assert_same(m, session.batches.at(0), AT, oracle)


def test_exemplar_cnn_names_the_seed_patch_of_each_sample(prepared: Prepared) -> None:
    """1406.6909: every training image gives a patch, every patch is a class, and its samples are told from those of others."""
    session = small_session(prepared, "exemplar_cnn", method={"samples": 2, "patches": 1})
    m: Any = session.method
    training = sorted(session.dataset.splits["train"].tolist())

    def oracle(batch: Batch) -> Tensor:
        number = [training.index(int(index)) for index in batch.index]
        torch.rand(N, generator=batch.generator)  # which of an image's patches: it has one
        assert batch.stored is not None
        images = batch.stored(batch.index)
        side = patch_side(images.shape[-1], m.config.patch)
        corners = seed_corners(images, side, torch.tensor(number))
        settings = {name: getattr(m.config, name) for name in Changes.__dataclass_fields__}
        size = batch.views[0].shape[-1]
        samples = changed(images, corners, side, size, 2, Changes(**settings), batch.generator)
        z = m.head(m.backbone((samples - batch.mean.view(1, 3, 1, 1)) / batch.std.view(1, 3, 1, 1)))
        logits = z @ m.classifier.weight.t() + m.classifier.bias
        assert logits.shape[1] == len(training)
        return average([pick([*logits[k * N + i]], number[i]) for k in range(2) for i in range(N)])

    assert_same(m, session.batches.at(0), AT, oracle)


def test_pic_names_the_image_among_those_of_the_batch_and_those_met_last(prepared: Prepared) -> None:
    """2006.14618: cosines with learned class vectors over tau; here of the batch and of the 4 images met before."""
    session = small_session(prepared, "pic", method={"temperature": 0.2, "negatives": 8})
    m: Any = session.method
    training = sorted(session.dataset.splits["train"].tolist())
    met = []
    for number in (0, 1):
        after_step(m, AT, m(session.batches.at(number), AT))
        met.append([training.index(int(index)) for index in session.batches.at(number).index])

    def oracle(batch: Batch) -> Tensor:
        own = [training.index(int(index)) for index in batch.index]
        compared = [*own, *met[1]]
        assert len(set(compared)) == 8
        z = m.projector(m.backbone(torch.cat(batch.views)))
        count = len(batch.views)
        return average([
            pick([dot(z[v * N + i], m.classes.weight[row]) / 0.2 for row in compared], i) for v in range(count) for i in range(N)
        ])  # fmt: skip

    assert_same(m, session.batches.at(2), AT, oracle)


def test_jigsaw_clustering_gathers_the_patches_of_an_image_and_names_their_places(prepared: Prepared) -> None:
    """Eq. 1-3 of 2104.00323 over the patches of shuffled montages, each cell of the feature map pooled alone."""
    session = small_session(prepared, "jigsaw_clustering", method={"clustering": 0.5, "location": 2.0, "temperature": 0.3})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        c = m.config
        patches = cut_patches(batch.views, 2, c.overlap, crop_min=c.crop_min, flip=c.flip, generator=batch.generator)
        order = torch.randperm(4 * N, generator=batch.generator)
        maps = m.backbone.dense(make_montage(patches, order).images, 2)
        half = maps.shape[-1] // 2
        assert maps.shape[-1] == 2 * half
        cells = [maps[:, :, y : y + half, x : x + half].mean((2, 3)) for y in (0, half) for x in (0, half)]
        h = torch.cat(cells)  # row k * N + i: cell k of montage i
        # Patch k of image i was number k * N + i before they were shuffled.
        image, position = [int(o) % N for o in order], [int(o) // N for o in order]
        z, logits = m.projector(h), m.locator(h)
        terms = []
        for a in range(4 * N):
            others = [b for b in range(4 * N) if b != a]
            total = torch.stack([dot(z[a], z[b]) / 0.3 for b in others]).logsumexp(0)
            positives = [total - dot(z[a], z[b]) / 0.3 for b in others if image[b] == image[a]]
            assert len(positives) == 3
            terms.append(0.5 * average(positives) + 2.0 * pick([*logits[a]], position[a]))
        return average(terms)

    assert_same(m, session.batches.at(0), AT, oracle)


def test_mp3_names_the_place_of_every_patch_from_those_in_the_context(prepared: Prepared) -> None:
    """2207.07611 (MP3), Sec. 3: no position embeddings; only the context is attended to; all patches answer."""
    session = small_session(prepared, "mp3", method={"mask_ratio": 0.75})
    m: Any = session.method
    assert not m.backbone.pos_embed.any()

    def oracle(batch: Batch) -> Tensor:
        count = m.backbone.side**2
        context = random_mask(N, count, 0.75, batch.generator).keep
        assert context.shape == (N, count // 4)
        logits = m.classifier(m.backbone.tokens(batch.views[0], context=context)[:, 1:])
        return average([pick([*logits[i, t]], t) for i in range(N) for t in range(count)])

    assert_same(m, session.batches.at(0), AT, oracle)


def test_colorization_learns_the_soft_bins_of_the_colours_weighed_by_their_rarity(prepared: Prepared) -> None:
    """Eq. 2-4 of 1603.08511: rarity by the mean frequency of the batches so far, the present one included."""
    session = small_session(prepared, "colorization", method={"rebalance": 0.4, "detail": 4, "neighbours": 5})
    m: Any = session.method
    bins = len(m.centres)

    def colours(batch: Batch) -> tuple[Tensor, Tensor]:
        lab = rgb_to_lab(batch.pixels(batch.views[0]))
        return lab[:, 0], lab[:, 1:, 2::4, 2::4]

    def shares(batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        picked, share = soft_bins(colours(batch)[1], m.centres, 5, m.config.sigma)
        soft = torch.zeros(N, *picked.shape[2:], bins)
        for k in range(5):
            soft.scatter_(3, picked[:, k, ..., None], share[:, k, ..., None])
        often = soft.mean((0, 1, 2))
        return picked[:, 0], soft, often / often.sum()

    earlier = shares(session.batches.at(0))[2]
    after_step(m, AT, m(session.batches.at(0), AT))

    def oracle(batch: Batch) -> Tensor:
        nearest, soft, often = shares(batch)
        p = (earlier + often) / 2
        w = 1 / ((1 - 0.4) * p + 0.4 / bins)
        w = w / (p * w).sum()
        light = ((colours(batch)[0] - 50) / 50)[:, None].expand(-1, 3, -1, -1)
        logs = m.decoder(m.backbone.net.dense(light, m.least)).log_softmax(1).permute(0, 2, 3, 1)
        terms = [
            (w[nearest[i, y, x]], -(soft[i, y, x] * logs[i, y, x]).sum())
            for i in range(N)
            for y in range(logs.shape[1])
            for x in range(logs.shape[2])
        ]
        return torch.stack([v * loss for v, loss in terms]).sum() / torch.stack([v for v, _ in terms]).sum()

    assert_same(m, session.batches.at(1), AT, oracle)


def test_inpainting_paints_the_hole_and_its_discriminator_learns_apart(prepared: Prepared) -> None:
    """Eq. 1-3 of 1604.07379, the loss of the painter in its form that does not saturate; each network learns by its own loss."""
    session = small_session(prepared, "inpainting", method={"adversarial": 0.3, "rim_weight": 10.0, "share": 0.25})
    m: Any = session.method
    batch = session.batches.at(0)
    discriminator = next(module for name, module in m.named_children() if name not in ("backbone", "decoder"))
    hole = random_regions(N, 32, 0.25, again(batch).generator)
    weight = hole.float()
    for y in range(32):
        for x in range(32):
            around = hole[:, max(0, y - 1) : y + 2, max(0, x - 1) : x + 2].flatten(1).any(1)
            weight[:, y, x] += 10.0 * (around & ~hole[:, y, x])
    region = (weight > 0)[:, None]
    truth = 2 * (batch.views[0] * batch.std.view(1, 3, 1, 1) + batch.mean.view(1, 3, 1, 1)) - 1
    seen = torch.where(hole[:, None], 0.0, batch.views[0])
    painted = m.decoder(m.backbone.dense(seen)).tanh()
    error = ((painted - truth).pow(2).mean(1) * weight).sum() / region.sum()
    deceiving = average([-torch.sigmoid(logit).log() for logit in discriminator(painted * region)])
    real, made = discriminator(truth * region), discriminator(painted.detach() * region)
    classified = average([-torch.sigmoid(a).log() - (1 - torch.sigmoid(b)).log() for a, b in zip(real, made, strict=True)])
    joint = 0.7 * error + 0.3 * deceiving
    out = m(again(batch), AT)
    assert out.loss.item() == pytest.approx(joint.item(), rel=1e-4)
    got, of_painter, of_discriminator = (gradients(loss, m) for loss in (out.loss, joint, classified))
    for name, gradient in got.items():
        expected = (of_painter if name.startswith(("backbone", "decoder")) else of_discriminator)[name]
        assert torch.allclose(gradient, expected, rtol=5e-3, atol=2e-3 * float(expected.abs().max()) + 1e-7), name


def test_the_untrained_baseline_learns_nothing(prepared: Prepared) -> None:
    session = small_session(prepared, "random")
    out = session.method(session.batches.at(0), AT)
    out.loss.backward()
    assert out.loss.item() == 0
    assert not any(p.requires_grad or p.grad is not None for p in session.method.parameters())
