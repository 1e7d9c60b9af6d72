"""BEiT: its two stages train different weights, and both losses equal those computed with loops."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from engine.backbones.tokenizer import gumbel_softmax
from engine.backbones.vit import VisionTransformer
from engine.config.run import OptimConfig
from engine.method import Batch, Progress
from engine.methods.masked.beit import TOKENIZER, BEiT, BEiTConfig
from engine.optim.optimisers import build_optimiser
from engine.train.loop import progress, take_step
from engine.train.setup import Session
from tests.engine.losses import naive

Prepared = Callable[..., Session]
FIRST, SECOND = Progress(0, 100, 0, 10, TOKENIZER), Progress(50, 100, 5, 10)


def first_batch(prepared: Prepared, **changes: object) -> tuple[BEiT, Batch]:
    session = prepared("beit", {"train": {"batch": 4}, "method": changes})
    assert isinstance(session.method, BEiT)
    return session.method, session.batches.at(0)


def again(batch: Batch) -> torch.Generator:
    """The batch's generator in the state at the start of the step."""
    return torch.Generator().manual_seed(batch.generator.initial_seed())


def names_with_gradient(method: BEiT) -> set[str]:
    return {name.split(".")[0] for name, p in method.named_parameters() if p.grad is not None and p.grad.abs().sum() > 0}


def test_each_stage_gives_a_gradient_to_its_own_weights_only(prepared: Prepared) -> None:
    method, batch = first_batch(prepared)
    method(batch, FIRST).loss.backward()
    assert names_with_gradient(method) == {"tokenizer"}
    method.zero_grad(set_to_none=True)
    method(batch, SECOND).loss.backward()
    assert names_with_gradient(method) == {"backbone", "mask_token", "classifier"}
    assert all(p.grad is None for p in method.tokenizer.parameters())


def test_the_tokenizer_is_trained_first_and_frozen_afterwards(prepared: Prepared) -> None:
    session = prepared("beit", {"train": {"steps": 8}, "method": {"tokenizer_share": 0.5}})
    stages, moved = [], []
    for _ in range(8):
        before = {name: p.detach().clone() for name, p in session.method.named_parameters()}
        stages.append(progress(session).stage)
        take_step(session)
        session.step += 1
        after = dict(session.method.named_parameters())
        moved.append({name.split(".")[0] for name, p in before.items() if not torch.equal(p, after[name])})
    assert stages == [TOKENIZER] * 4 + [""] * 4
    assert moved == [{"tokenizer"}] * 4 + [{"backbone", "mask_token", "classifier"}] * 4


def test_a_tokenizer_share_of_0_gives_no_tokenizer_stage(prepared: Prepared) -> None:
    session = prepared("beit", {"method": {"tokenizer_share": 0.0}})
    assert session.method.stages() == ()
    assert progress(session).stage == ""


def test_the_loss_is_the_cross_entropy_of_the_visual_tokens_of_hidden_patches(prepared: Prepared) -> None:
    """Eq. 2 with loops over all patches; only hidden patches count."""
    method, batch = first_batch(prepared)
    x = batch.views[0]
    hidden = method._hidden(x, again(batch))
    assert hidden.sum(1).tolist() == [round(0.4 * 64)] * 4
    with torch.no_grad():
        visual_tokens = method.tokenizer.tokens(x)
        logits = method.classifier(method._predict(x, hidden)[0][:, 1:])  # (N, T, V)
        loss = method(batch, SECOND).loss.item()
    terms = []
    for n in range(4):
        for t in range(64):
            if hidden[n, t]:
                row = naive.rows(logits[n])[t]
                terms.append(naive.log_sum_exp(row) - row[int(visual_tokens[n, t])])
    assert loss == pytest.approx(math.fsum(terms) / len(terms), rel=1e-5)


def test_the_output_does_not_depend_on_hidden_pixels(prepared: Prepared) -> None:
    method, batch = first_batch(prepared)
    x = batch.views[0]
    hidden = torch.zeros(4, 64, dtype=torch.bool)
    hidden[:, 27] = True  # row 3, column 3
    other = x.clone()
    other[:, :, 12:16, 12:16] += 1
    with torch.no_grad():
        assert torch.equal(method._predict(x, hidden)[1], method._predict(other, hidden)[1])


@pytest.mark.parametrize("fraction", [0.0, 0.125, 0.25])
def test_the_tokenizer_s_loss_equals_loops(fraction: float, prepared: Prepared) -> None:
    """Squared error of the reconstruction plus KL(q, uniform); the temperature falls from 1 to 1/16 within the stage."""
    method, batch = first_batch(prepared, unsure=6.6, even_use=6.6)
    x = batch.views[0]
    temperature = {0.0: 1.0, 0.125: (1 + 1 / 16) / 2, 0.25: 1 / 16}[fraction]
    with torch.no_grad():
        logits = method.tokenizer.encode(x)
        predicted = method.tokenizer.decode(gumbel_softmax(logits, temperature, again(batch)))
        out = method(batch, Progress(int(1000 * fraction), 1000, 0, 1, TOKENIZER))
    error = (predicted - x).square().mean().item()
    rows = [naive.softmax(row) for row in naive.rows(logits.flatten(0, 1))]
    divergence = math.fsum(q * math.log(q * 512) for row in rows for q in row if q > 0) / len(rows)
    assert out.terms["reconstruction error"].item() == pytest.approx(error, rel=1e-4)
    assert out.terms["KL"].item() == pytest.approx(divergence, rel=1e-4)
    assert out.loss.item() == pytest.approx(error + 6.6 * divergence, rel=1e-4)


@pytest.mark.slow
def test_the_prior_s_weight_keeps_more_visual_tokens_in_use(prepared: Prepared) -> None:
    """Without the prior a discrete autoencoder collapses onto few visual tokens."""

    def in_use(weight: float) -> float:
        session = prepared(
            "beit", {"train": {"batch": 16, "steps": 60}, "method": {"tokenizer_share": 0.9, "even_use": weight, "vocabulary": 64}}
        )
        for _ in range(54):
            out, _ = take_step(session)
            session.step += 1
        share: Tensor = out.terms["words in use"]  # type: ignore[assignment]
        return float(share)

    assert in_use(0.05) > 1.5 * in_use(0.0)


def test_the_baseline_is_the_share_of_the_most_frequent_visual_token(prepared: Prepared) -> None:
    method, batch = first_batch(prepared)
    method.eval()
    visual_tokens = method.tokenizer.tokens(batch.views[0])
    hidden = method._hidden(batch.views[0], again(batch))
    counts = torch.bincount(visual_tokens[hidden])
    with torch.no_grad():
        # A network that always predicts the most frequent token scores exactly the baseline.
        method.classifier.weight.zero_()
        method.classifier.bias.zero_()[counts.argmax()] = 1
    score = method.task_score(replace(batch, generator=again(batch)))
    assert float(score.value) == pytest.approx(float(score.baseline))
    assert float(score.baseline) == pytest.approx(float(counts.max() / counts.sum()))


@pytest.mark.parametrize("decays", [False, True])
def test_positions_and_class_token_take_no_weight_decay(decays: bool) -> None:
    """False as in the official code (no_weight_decay); True as in older runs."""
    config = BEiTConfig(tokenizer_width=16, vocabulary=8, decay_positions=decays)
    method = BEiT(config, VisionTransformer(16, 4, 16, 1, 2))
    groups = [(g.parameters, g.lr_scale, g.fixed_lr, g.decay) for g in method.parameter_groups()]
    decay = {
        id(p): g["weight_decay"] for g in build_optimiser(groups, OptimConfig(weight_decay=0.05)).param_groups for p in g["params"]
    }
    expected = 0.05 if decays else 0.0
    assert decay[id(method.backbone.pos_embed)] == decay[id(method.backbone.cls_token)] == expected
    assert decay[id(method.backbone.blocks[0].mlp.fc1.weight)] == decay[id(method.mask_token)] == 0.05
    assert decay[id(method.backbone.blocks[0].mlp.fc1.bias)] == 0.0
    assert len(decay) == sum(p.requires_grad for p in method.parameters())
