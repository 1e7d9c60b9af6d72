"""Pictures of patches: right guesses are green, wrong ones red, what is not seen is dark, and pixels stay what they were."""

from __future__ import annotations

import torch

from engine.augment.patches import patch_grid
from engine.pictures.matrix import HIGH, MARK
from engine.pictures.patches import GAP, UNSEEN, guesses, mosaic


def test_frames_tell_right_from_wrong_and_the_unseen_is_dark() -> None:
    images = torch.full((2, 3, 32, 32), 0.5)
    patches = patch_grid(images, 8, 7)
    seen = torch.zeros(7, 7, dtype=torch.bool)
    seen[:3] = True
    cells = torch.tensor([4 * 7, 4 * 7 + 4])
    found = torch.stack([cells, cells])  # the second image's predictions find the first image's patches
    picture = guesses(images, patches, seen, cells, found)
    assert picture.shape[:3] == (2, 3, 128 + 2 * GAP)
    green, red = (torch.tensor(colour).view(3, 1) for colour in (MARK, HIGH))
    frame = slice(4 * 4 * 4, 4 * 4 * 4 + 32)  # rows 16 to 23 of the image, four pixels each
    assert torch.allclose(picture[0, :, frame, 0], green.expand(3, 32))
    assert torch.allclose(picture[1, :, frame, 0], red.expand(3, 32))
    assert torch.allclose(picture[0, :, 60, 100], torch.tensor(0.5))  # seen: rows 0 to 15 of the image
    assert torch.allclose(picture[0, :, 68, 100], torch.tensor(0.5 * UNSEEN))


def test_patches_in_a_mosaic_stand_apart() -> None:
    images = torch.rand(2, 3, 16, 16)
    patches = patch_grid(images, 8, 3)
    picture = mosaic(patches)[..., : -2 * GAP, : -2 * GAP]
    zoom = picture.shape[-1] // (3 * 9 - 1)
    small = picture[..., ::zoom, ::zoom]
    assert small.shape == (2, 3, 26, 26)
    for r in range(3):
        for c in range(3):
            assert torch.equal(small[:, :, 9 * r : 9 * r + 8, 9 * c : 9 * c + 8], patches[:, r, c])
    assert (small[:, :, 8] == 1).all()
