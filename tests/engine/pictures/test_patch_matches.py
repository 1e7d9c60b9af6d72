"""Pictures of patches: correct predictions are green, wrong ones red, unseen patches dark, and other pixels unchanged."""

from __future__ import annotations

import torch

from engine.augment.patch_grid import patch_grid
from engine.pictures.matrix import HIGH, MARK
from engine.pictures.patch_matches import GAP, UNSEEN, mosaic, neighbour_prediction, predictions


def test_correct_and_wrong_predictions_have_other_frames_and_unseen_patches_are_dark() -> None:
    images = torch.full((2, 3, 32, 32), 0.5)
    patches = patch_grid(images, 8, 7)
    seen = torch.zeros(7, 7, dtype=torch.bool)
    seen[:3] = True
    cells = torch.tensor([4 * 7, 4 * 7 + 4])
    predicted = torch.stack([cells, cells])  # the second image's predictions find the first image's patches
    picture = predictions(images, patches, seen, cells, predicted)
    assert picture.shape[:3] == (2, 3, 128 + 2 * GAP)
    green, red = (torch.tensor(colour).view(3, 1) for colour in (MARK, HIGH))
    frame = slice(4 * 4 * 4, 4 * 4 * 4 + 32)  # rows 16 to 23 of the image, four pixels each
    assert torch.allclose(picture[0, :, frame, 0], green.expand(3, 32))
    assert torch.allclose(picture[1, :, frame, 0], red.expand(3, 32))
    assert torch.allclose(picture[0, :, 60, 100], torch.tensor(0.5))  # seen: rows 0 to 15 of the image
    assert torch.allclose(picture[0, :, 68, 100], torch.tensor(0.5 * UNSEEN))


def test_patches_in_a_mosaic_have_gaps() -> None:
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


def test_a_neighbour_is_at_its_predicted_position_and_the_true_one_is_framed() -> None:
    middle, beside = torch.full((2, 3, 43, 43), 0.2), torch.full((2, 3, 43, 43), 0.4)
    likely = torch.zeros(2, 8)
    likely[:, 1] = 1.0  # above
    true = torch.tensor([1, 4])  # above; to the right
    question, answer = neighbour_prediction(middle, beside, likely, true)
    half = (question.shape[3] - 3 * GAP) // 2
    assert (question[..., :half, :half] == 0.2).all()
    assert (question[..., :half, half + GAP : 2 * half + GAP] == 0.4).all()
    green, red = (torch.tensor(colour).view(3, 1) for colour in (MARK, HIGH))
    corner, centre = slice(0, 2), 21
    cells = [slice(k * 44, k * 44 + 43) for k in range(3)]

    def cell(n: int, row: int, column: int) -> torch.Tensor:
        return answer[n, :, cells[row], cells[column]]

    for n in range(2):
        assert (cell(n, 1, 1) == 0.2).all()
        assert torch.allclose(cell(n, 0, 1)[:, centre, centre], torch.tensor(0.4))
    assert torch.allclose(cell(0, 0, 1)[:, 0, corner], green.expand(3, 2))
    assert torch.allclose(cell(1, 0, 1)[:, 0, corner], red.expand(3, 2))
    assert torch.allclose(cell(1, 1, 2)[:, 0, corner], green.expand(3, 2))
    assert (cell(1, 2, 2) == 1).all()  # predicted with a probability of 0
