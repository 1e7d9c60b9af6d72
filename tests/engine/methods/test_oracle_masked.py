"""Masked image modelling against naive computations from each method's own modules: what is seen, what is reconstructed, on which
patches the loss is taken, and what takes a gradient."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.augment.blockwise import block_mask
from engine.augment.masking import Mask, cut_quarter, fold_masks, multi_block, quarter_mask, random_mask, unit_mask
from engine.backbones.vit import Fill
from engine.method import Batch
from tests.engine.methods.wiring import Prepared, assert_same, at_share, average, blame, gradients, pick, small_session

AT = at_share(0.5)
N = 4


def cut(images: Tensor, side: int) -> Tensor:
    """(N, 3, S, S) in squares of `side` px, row by row: (N, T, side * side * 3), colours together."""
    size = images.shape[-1]
    corners = [(y, x) for y in range(0, size, side) for x in range(0, size, side)]
    return torch.stack([images[:, :, y : y + side, x : x + side].permute(0, 2, 3, 1).flatten(1) for y, x in corners], 1)


def standard(patches: Tensor) -> Tensor:
    """Each patch by its own mean and (unbiased) deviation, as in MAE's official code."""

    def one(patch: Tensor) -> Tensor:
        away = patch - patch.mean()
        return away / (away.pow(2).sum() / (len(patch) - 1) + 1e-6).sqrt()

    return torch.stack([torch.stack([one(patch) for patch in image]) for image in patches])


def hidden_of(mask: Mask, count: int) -> list[list[int]]:
    """Of each image the patches that are not among the visible ones."""
    return [sorted(set(range(count)) - set(keep)) for keep in mask.keep.tolist()]


def over_hidden(prediction: Tensor, target: Tensor, hidden: list[list[int]]) -> Tensor:
    """Mean squared error of the hidden patches of all images."""
    return average([(prediction[i, t] - target[i, t]).pow(2).mean() for i, row in enumerate(hidden) for t in row])


@pytest.mark.parametrize("normalise", [True, False])
def test_mae_encodes_the_visible_patches_and_reconstructs_the_hidden(prepared: Prepared, normalise: bool) -> None:
    """2111.06377, Sec. 3: the encoder sees a quarter of the patches, the loss is the squared error on the other three, by
    default of patches normalised one by one."""
    session = small_session(prepared, "mae", method={"mask_ratio": 0.75, "normalise_pixels": normalise})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        x, count = batch.views[0], m.backbone.side**2
        mask = random_mask(N, count, 0.75, batch.generator)
        hidden = hidden_of(mask, count)
        assert [len(row) for row in hidden] == [3 * count // 4] * N
        target = cut(x, m.backbone.patch)
        return over_hidden(m.decoder(m.backbone.tokens(x, mask.keep), mask), standard(target) if normalise else target, hidden)

    assert_same(m, session.batches.at(0), AT, oracle)


def test_simmim_reconstructs_raw_pixels_behind_a_learned_token(prepared: Prepared) -> None:
    """2111.09886, Sec. 3: the token stands in the hidden patches, one linear layer, L1 on the hidden pixels."""
    session = small_session(prepared, "simmim", method={"mask_ratio": 0.6, "mask_unit": 0.25})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        x, side = batch.views[0], m.backbone.side
        hidden = unit_mask(N, side, side // 4, 0.6, batch.generator).hidden
        assert (hidden.sum(1) == 10 * (side // 4) ** 2).all()  # .6 of 16, rounded up
        painted = m.output(m.backbone.tokens(x, fill=Fill(hidden, m.mask_token))[:, 1:])
        target = cut(x, m.backbone.patch)
        return average([(painted[i, t] - target[i, t]).abs().mean() for i in range(N) for t in hidden[i].nonzero().flatten()])

    assert_same(m, session.batches.at(0), AT, oracle)


BEIT = {"vocabulary": 12, "tokenizer_width": 16, "mask_ratio": 0.4, "tokenizer_share": 0.25}


def test_beit_predicts_the_visual_tokens_of_the_hidden_patches_and_its_tokenizer_is_fixed(prepared: Prepared) -> None:
    """Eq. 2 of 2106.08254: tokens of the whole image, the encoder sees it with holes; nothing teaches the tokenizer any more."""
    session = small_session(prepared, "beit", method=BEIT)
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        x, side = batch.views[0], m.backbone.side
        hidden = block_mask(torch.full((N,), round(0.4 * side**2)), side, batch.generator)
        tokens = m.tokenizer.encode(x).detach().argmax(-1)
        logits = m.classifier(m.backbone.tokens(x, fill=Fill(hidden, m.mask_token))[:, 1:])
        return average([pick([*logits[i, t]], int(tokens[i, t])) for i in range(N) for t in hidden[i].nonzero().flatten()])

    assert_same(m, session.batches.at(0), AT, oracle)
    assert not any(g.any() for name, g in gradients(m(session.batches.at(0), AT).loss, m).items() if name.startswith("tokenizer"))


@pytest.mark.parametrize(("share", "temperature"), [(0.0, 1.0), (0.125, 0.53125), (0.24, 0.1)])
def test_beit_s_first_stage_teaches_the_tokenizer_alone(prepared: Prepared, share: float, temperature: float) -> None:
    """The discrete VAE of 2102.12092: reconstruction from relaxed tokens, whose temperature falls to 1/16 over the stage, and both
    parts of the prior's KL."""
    session = small_session(prepared, "beit", method={**BEIT, "even_use": 0.3, "unsure": 0.2})
    m: Any = session.method
    at = replace(at_share(share, 1000), stage="tokenizer")

    def oracle(batch: Batch) -> Tensor:
        x = batch.views[0]
        logits = m.tokenizer.encode(x)
        noise = -torch.empty(logits.shape).exponential_(generator=batch.generator).log()
        painted = m.tokenizer.decode(((logits + noise) / temperature).softmax(-1))
        q = logits.softmax(-1).flatten(0, 1)  # (patches, V)
        p = torch.stack([*q]).mean(0)
        informed = average([(row * (row / p).log()).sum() for row in q])
        uneven = (p * (p * 12).log()).sum()
        return (painted - x).pow(2).mean() + 0.2 * informed + 0.3 * uneven

    assert_same(m, session.batches.at(0), at, oracle)
    moved = {name.split(".")[0] for name, g in gradients(m(session.batches.at(0), at).loss, m).items() if g.any()}
    assert moved == {"tokenizer"}


@pytest.mark.parametrize(("share", "class_temperature", "patch_temperature"), [(0.1, 0.05, 0.055), (0.6, 0.06, 0.07)])
def test_ibot_s_hidden_patches_learn_from_the_same_view_and_its_class_tokens_from_the_other(
    prepared: Prepared, share: float, class_temperature: float, patch_temperature: float
) -> None:
    """Eq. 1 and 2 of 2111.07832: the teacher sees whole views; patch targets are of the same view at the same place, class targets
    of the other view, each with its centre and temperature."""
    settings = {
        "teacher_temperature": 0.06, "patch_temperature": 0.07, "warmup_teacher_temperature": 0.04, "warmup": 0.2, "out_dim": 16,
        "patch_weight": 0.5, "mask_chance": 0.5, "mask_ratio": 0.3, "mask_spread": 0.2,
    }  # fmt: skip
    session = small_session(prepared, "ibot", method=settings)
    m: Any = session.method
    centre, patch_centre = m.centre.value[0].clone(), m.patch_centre.value[0].clone()

    def oracle(batch: Batch) -> Tensor:
        large, side = torch.cat(batch.views), m.backbone.side
        drawn = torch.rand(2, 2 * N, generator=batch.generator)
        parts = [0.3 + (2 * float(drawn[1, i]) - 1) * 0.2 if drawn[0, i] < 0.5 else 0.0 for i in range(2 * N)]
        counts = torch.tensor([int(torch.tensor(part) * side**2) for part in parts])
        hidden = block_mask(counts, side, batch.generator, exact=False)
        assert hidden.any()
        tokens = m.backbone.tokens(large, fill=Fill(hidden, m.mask_token))
        local = m.backbone.tokens(torch.cat(batch.local))[:, 0]
        student = m.head(torch.cat([tokens[:, 0], local])).split(N)
        with torch.no_grad():
            whole = m.teacher[0].tokens(large)
            outputs = torch.stack([m.teacher[1](row) for row in whole])  # (2N, 1 + T, K)
        terms, images = [], []
        for i in range(N):
            for t in range(2):
                target = ((outputs[t * N + i, 0] - centre) / class_temperature).softmax(0)
                terms += [blame(target, view[i] / 0.1) for s, view in enumerate(student) if s != t]
        for row in range(2 * N):
            own = [torch.zeros(())]
            patches = hidden[row].nonzero().flatten().tolist()
            for patch in patches:
                target = ((outputs[row, 1 + patch] - patch_centre) / patch_temperature).softmax(0)
                own.append(blame(target, m.head(tokens[row, 1 + patch][None])[0] / 0.1))
            images.append(torch.stack(own).sum() / max(1, len(patches)))
        return average(terms) + 0.5 * average(images)

    assert_same(m, session.batches.at(0), at_share(share), oracle)


@pytest.mark.parametrize("loss", ["smooth_l1", "l2"])
def test_ijepa_predicts_the_teacher_s_features_of_blocks_outside_the_context(prepared: Prepared, loss: str) -> None:
    """2301.08243, Sec. 3: the student sees the context alone, the teacher the whole image; its features are normalised, without
    gradient."""
    session = small_session(prepared, "ijepa", method={"loss": loss}, backbone={"patch": 4})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        x, c = batch.views[0], m.config
        blocks = multi_block(
            N, m.backbone.side, batch.generator, targets=c.targets, target_share=(c.target_min, c.target_max),
            aspect=(c.aspect_min, c.aspect_max), context_share=(c.context_min, c.context_max), context_least=c.context_least,
            tries=20,
        )  # fmt: skip
        for seen, hidden in zip(blocks.context.tolist(), blocks.targets.flatten(1).tolist(), strict=True):
            assert not set(seen) & set(hidden)
        predicted = m.predictor(m.backbone.tokens(x, blocks.context)[:, 1:], blocks.context, blocks.targets)
        with torch.no_grad():
            features = m.teacher.tokens(x)[:, 1:]
        terms = []
        for i in range(N):
            for block, patches in enumerate(blocks.targets[i].tolist()):
                for k, patch in enumerate(patches):
                    f = features[i, patch]
                    away = predicted[i, block, k] - (f - f.mean()) / (f.var(unbiased=False) + 1e-5).sqrt()
                    near = away.abs() < 1
                    terms.append(away.pow(2).mean() if loss == "l2" else torch.where(near, away**2 / 2, away.abs() - 0.5).mean())
        return average(terms)

    assert_same(m, session.batches.at(0), AT, oracle)


@pytest.mark.parametrize("folds", [1, 4])
def test_convmae_reconstructs_what_each_mask_hides(prepared: Prepared, folds: int) -> None:
    """2205.03892: features of three stages added up for the decoder; MAE's loss, of every complementary mask."""
    session = small_session(prepared, "convmae", method={"folds": folds, "mask_ratio": 0.75})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        x, count = batch.views[0], m.backbone.side**2
        masks = [random_mask(N, count, 0.75, batch.generator)] if folds == 1 else fold_masks(N, count, folds, batch.generator)
        target = standard(cut(x, m.backbone.patch))
        losses = []
        for mask in masks:
            first, second, tokens = m.backbone.stages(x, [mask.keep])
            fused = tokens + m.fusion.down[0](first.flatten(2)) + m.fusion.down[1](second.flatten(2))
            losses.append(over_hidden(m.decoder(m.backbone.norm(fused), mask), target, hidden_of(mask, count)))
        return average(losses)

    assert_same(m, session.batches.at(0), AT, oracle)


def test_deep_mim_reconstructs_from_several_layers_and_adds_the_losses(prepared: Prepared) -> None:
    """2303.08817: decoders at layers 3 to 6 of 6, each with a loss of its own on the same mask."""
    session = small_session(prepared, "deep_mim", method={"layers": 4})
    m: Any = session.method
    assert len(m.backbone.blocks) == 6

    def oracle(batch: Batch) -> Tensor:
        x, count = batch.views[0], m.backbone.side**2
        mask = random_mask(N, count, 0.75, batch.generator)
        depths = m.backbone.depths(x, mask.keep)
        sources = [depths[2], depths[3], depths[4], m.backbone.norm(depths[5])]
        target, hidden = standard(cut(x, m.backbone.patch)), hidden_of(mask, count)
        return torch.stack([
            over_hidden(decoder(source, mask), target, hidden) for decoder, source in zip(m.decoders, sources, strict=True)
        ]).sum()  # fmt: skip

    assert_same(m, session.batches.at(0), AT, oracle)


def test_local_mim_reconstructs_finer_cells_from_lower_layers(prepared: Prepared) -> None:
    """2303.05251, Eq. 3: from layers 1, 2, 5 and 6 of 6, cells of 2, 4, 8 and 16 px, each by the share of it that is hidden."""
    session = small_session(prepared, "local_mim", method={"target": "pixels"})
    m: Any = session.method
    assert (len(m.backbone.blocks), m.backbone.patch, m.backbone.side) == (6, 4, 8)

    def oracle(batch: Batch) -> Tensor:
        x = batch.views[0]
        mask = random_mask(N, 64, 0.75, batch.generator)
        depths = m.backbone.depths(x, mask.keep)
        total = []
        for k, (layer, cell) in enumerate(((1, 2), (2, 4), (5, 8), (6, 16))):
            norm = m.norms[k] if k < 3 else m.backbone.norm
            predicted = m.scales[k](m.decoders[k](norm(depths[layer - 1]), mask))
            target = standard(cut(x, cell))
            weight, error = [], []
            for i, row in enumerate(hidden_of(mask, 64)):
                pixels = torch.zeros(32, 32)
                for t in row:
                    pixels[4 * (t // 8) : 4 * (t // 8) + 4, 4 * (t % 8) : 4 * (t % 8) + 4] = 1
                share = cut(pixels.expand(1, 3, 32, 32), cell)[0].mean(1)
                for index, w in enumerate(share.tolist()):
                    weight.append(w)
                    error.append(w * (predicted[i, index] - target[i, index]).pow(2).mean())
            total.append(torch.stack(error).sum() / math.fsum(weight))
        return torch.stack(total).sum()

    assert_same(m, session.batches.at(0), AT, oracle)


def test_qb_heat_encodes_one_quarter_and_reconstructs_the_other_three(prepared: Prepared) -> None:
    """2211.13228: the quarter is encoded alone; its features are continued over the image; squared error of the hidden pixels."""
    session = small_session(prepared, "qb_heat", method={"cells": 4, "normalise_pixels": False})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        x = batch.views[0]
        quarter = quarter_mask(N, 8, batch.generator)
        z = m.backbone.dense(cut_quarter(x, quarter), least=4)
        assert z.shape[-2:] == (4, 4)
        predicted = m.decoder(m.heat(z.permute(0, 2, 3, 1), quarter.lower, quarter.right))
        terms = []
        target = cut(x, 4)
        for i in range(N):
            rows = range(4, 8) if quarter.lower[i] else range(4)
            columns = range(4, 8) if quarter.right[i] else range(4)
            outside = [t for t in range(64) if not (t // 8 in rows and t % 8 in columns)]
            assert len(outside) == 48
            terms += [(predicted[i, t] - target[i, t]).pow(2).mean() for t in outside]
        return average(terms)

    assert_same(m, session.batches.at(0), AT, oracle)
