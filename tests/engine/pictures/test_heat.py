"""Heat over images."""

from __future__ import annotations

import torch

from engine.pictures.heat import heat


def test_an_even_map_leaves_a_grey_image() -> None:
    images = torch.rand(2, 3, 8, 8)
    drawn = heat(images, torch.full((2, 4, 4), 0.7))
    torch.testing.assert_close(drawn, images.mean(1, keepdim=True).expand_as(images))


def test_the_hottest_place_is_the_reddest_and_scale_and_offset_do_not_matter() -> None:
    values = torch.zeros(1, 4, 4)
    values[0, 3, 0] = 0.25
    drawn = heat(torch.full((1, 3, 8, 8), 0.5), values)
    redness = (drawn[:, 0] - drawn[:, 2])[0]
    y, x = divmod(int(redness.argmax()), 8)
    assert (y >= 6, x <= 1) == (True, True)
    assert redness[:4, 4:].abs().max() == 0
    assert torch.allclose(heat(torch.full((1, 3, 8, 8), 0.5), 8 * values - 16), drawn)
