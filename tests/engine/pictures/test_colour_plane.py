"""The plane of colours: red to the right, yellow at the top, and the bin with the largest share is the brightest."""

from __future__ import annotations

import torch

from engine.augment.colour_bins import GRID, bin_centres
from engine.pictures.colour_plane import DARK, colour_plane


def test_each_bin_is_at_its_position_in_its_colour() -> None:
    centres = bin_centres()
    shares = torch.zeros(2, len(centres))
    red = (centres == torch.tensor([60.0, 40.0])).all(1).nonzero().item()
    blue = (centres == torch.tensor([10.0, -40.0])).all(1).nonzero().item()
    shares[0, red], shares[1, blue] = 1.0, 1.0  # type: ignore[index]
    picture = colour_plane(shares, centres, GRID)
    assert picture.shape == (2, 3, 23 * 6, 23 * 6)
    r, g, b = picture[0, :, (11 - 4) * 6 + 3, (11 + 6) * 6 + 3].tolist()
    assert r > 0.9
    assert g < 0.55 > b
    r, g, b = picture[1, :, (11 + 4) * 6 + 3, (11 + 1) * 6 + 3].tolist()
    assert b > 0.8 > r
    assert picture[0, :, 0, 0].tolist() == [torch.tensor(DARK).item()] * 3
