"""Visual tokens as colours."""

from __future__ import annotations

import torch

from engine.pictures.masked import HIDDEN
from engine.pictures.matrix import HIGH, MARK
from engine.pictures.token_map import GAP, coloured_tokens, token_colours


def test_tokens_have_distinct_and_constant_colours() -> None:
    colours = token_colours(torch.arange(64))
    assert colours.shape == (64, 3)
    assert colours.min() >= 0
    assert colours.max() <= 1
    assert torch.pdist(colours).min() > 0.03
    # Colours of neighbouring numbers are far apart.
    assert (colours[1:] - colours[:-1]).norm(dim=1).min() > 0.2
    assert torch.equal(token_colours(torch.tensor([[7]]))[0, 0], colours[7])


def test_each_cell_has_the_colour_of_its_token() -> None:
    drawn = coloured_tokens(torch.tensor([[3, 5, 5, 9]]), side=12)
    assert drawn.shape == (1, 3, 12 + GAP, 12 + GAP)
    assert (drawn[..., 12:] == 1).all()
    assert (drawn[..., 12:, :] == 1).all()
    colours = token_colours(torch.tensor([3, 5, 5, 9]))
    for cell, colour in enumerate(colours):
        y, x = divmod(cell, 2)
        assert torch.allclose(drawn[0, :, 6 * y : 6 * y + 6, 6 * x : 6 * x + 6], colour.view(3, 1, 1).expand(3, 6, 6))


def test_predictions_are_framed_by_correctness_and_the_rest_is_grey() -> None:
    visual_tokens, truth = torch.tensor([[1, 2, 3, 4]]), torch.tensor([[1, 0, 3, 4]])
    drawn = coloured_tokens(visual_tokens, torch.tensor([[True, True, False, False]]), truth, side=16)
    assert torch.allclose(drawn[0, :, 0, 0], torch.tensor(MARK))
    assert torch.allclose(drawn[0, :, 0, 8], torch.tensor(HIGH))
    assert torch.allclose(drawn[0, :, 4, 12], token_colours(torch.tensor(2)))
    assert (drawn[0, :, 8:16, :16] == HIDDEN).all()
