"""I-JEPA's block predictor: which inputs its output depends on."""

from __future__ import annotations

import pytest
import torch

from engine.config.errors import ConfigError
from engine.heads.block_predictor import BlockPredictor

CONTEXT = torch.tensor([[0, 1, 2, 9], [5, 6, 7, 8]])
TARGETS = torch.tensor([[[10, 11], [14, 15], [3, 7]], [[0, 1], [1, 2], [14, 15]]])


@pytest.fixture
def predictor() -> BlockPredictor:
    torch.manual_seed(0)
    net = BlockPredictor(24, 4, width=16, depth=2, heads=4).eval()
    for parameter in net.parameters():
        if parameter.requires_grad and parameter.ndim == 2:
            torch.nn.init.normal_(parameter, std=0.3)  # at the initial weights attention is nearly uniform
    return net


def test_blocks_and_images_are_predicted_independently(predictor: BlockPredictor) -> None:
    tokens = torch.randn(2, 4, 24)
    with torch.no_grad():
        all_ = predictor(tokens, CONTEXT, TARGETS)
        assert all_.shape == (2, 3, 2, 24)
        for n in range(2):
            for m in range(3):
                alone = predictor(tokens[n : n + 1], CONTEXT[n : n + 1], TARGETS[n : n + 1, m : m + 1])
                assert torch.allclose(all_[n, m], alone[0, 0], atol=1e-5)


def test_the_prediction_depends_on_context_positions_and_not_on_their_order(predictor: BlockPredictor) -> None:
    tokens, order = torch.randn(2, 4, 24), torch.tensor([2, 0, 3, 1])
    with torch.no_grad():
        plain = predictor(tokens, CONTEXT, TARGETS)
        assert torch.allclose(predictor(tokens[:, order], CONTEXT[:, order], TARGETS), plain, atol=1e-5)
        assert not torch.allclose(predictor(tokens, CONTEXT[:, order], TARGETS), plain, atol=1e-3)


def test_the_prediction_depends_on_the_target_position(predictor: BlockPredictor) -> None:
    tokens = torch.randn(2, 4, 24)
    with torch.no_grad():
        plain = predictor(tokens, CONTEXT, TARGETS)
        turned = predictor(tokens, CONTEXT, TARGETS.flip(2))
    assert torch.allclose(turned.flip(2), plain, atol=1e-5)
    assert not torch.allclose(plain[:, :, 0], plain[:, :, 1], atol=1e-3)


def test_heads_must_divide_the_width() -> None:
    with pytest.raises(ConfigError, match=r"method\.predictor_heads must be a divisor of method\.predictor_dim \(16\)\. Got 3"):
        BlockPredictor(24, 4, width=16, depth=1, heads=3)
