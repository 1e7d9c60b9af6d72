"""Heat over images."""

from __future__ import annotations

import torch

from engine.pictures.heat import heat, lit


def test_a_constant_map_gives_a_grey_image() -> None:
    images = torch.rand(2, 3, 8, 8)
    drawn = heat(images, torch.full((2, 4, 4), 0.7))
    torch.testing.assert_close(drawn, images.mean(1, keepdim=True).expand_as(images))


def test_the_largest_value_is_the_reddest_at_any_scale_and_offset() -> None:
    values = torch.zeros(1, 4, 4)
    values[0, 3, 0] = 0.25
    drawn = heat(torch.full((1, 3, 8, 8), 0.5), values)
    redness = (drawn[:, 0] - drawn[:, 2])[0]
    y, x = divmod(int(redness.argmax()), 8)
    assert (y >= 6, x <= 1) == (True, True)
    assert redness[:4, 4:].abs().max() == 0
    assert torch.allclose(heat(torch.full((1, 3, 8, 8), 0.5), 8 * values - 16), drawn)


def test_the_largest_attention_is_white_with_sharp_edges() -> None:
    attention = torch.zeros(2, 3, 2, 2)
    attention[0, :, 0, 1] = torch.tensor([0.3, 0.6, 0.0])
    attention[0, :, 1, 1] = 0.15
    drawn = lit(attention, 8)
    assert drawn.shape == (2, 3, 8, 8)
    assert (drawn[0, :, :4, 4:] == 1).all()
    assert torch.allclose(drawn[0, :, 4:, 4:], torch.tensor(0.5))
    assert (drawn[0, :, :, :4] == 0).all()
    assert (drawn[1] == 0).all()
