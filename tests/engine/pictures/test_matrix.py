"""Pictures of matrices: colours of values, frames of positives, values from 0 to 1."""

from __future__ import annotations

import torch

from engine.pictures.matrix import HIGH, LOW, MARK, bordered, diverging, matrix, ranked, similarity, spaced, strips, weights


def test_the_ends_of_the_range_have_their_colours() -> None:
    ends = diverging(torch.tensor([[-1.0, 1.0]]))
    assert torch.allclose(ends[:, 0, 0], torch.tensor(LOW))
    assert torch.allclose(ends[:, 0, 1], torch.tensor(HIGH))


def test_every_cell_is_a_square_and_marks_are_frames() -> None:
    picture = matrix(torch.zeros(4, 4), torch.eye(4, dtype=torch.bool), side=64)
    assert picture.shape == (1, 3, 64, 64)
    green = torch.tensor(MARK).view(3, 1, 1)
    corner, middle = picture[0, :, 16:32, 16:32], picture[0, :, 22:26, 22:26]
    assert torch.equal(corner[:, :1], green.expand(3, 1, 16))
    assert not torch.isclose(middle, green).all()
    assert not torch.isclose(picture[0, :, :16, 16:32], green).all(0).any()


def test_similarity_is_red_on_the_diagonal_of_identical_embeddings() -> None:
    z = torch.eye(5)
    picture = similarity(z, z)
    cell = picture.shape[-1] // 5
    centre = cell // 2
    assert torch.allclose(picture[0, :, centre, centre], torch.tensor(HIGH))


def test_ranked_shows_the_own_key_and_then_the_bank_by_similarity() -> None:
    query = torch.eye(3)
    bank = torch.tensor([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.6, 0.8, 0.0]])
    picture = ranked(query, -query, bank, count=2)
    cell = picture.shape[-1] // 3
    assert picture.shape == (1, 3, 3 * cell, 3 * cell)
    centres = picture[0, :, cell // 2 :: cell, cell // 2 :: cell]
    expected = diverging(torch.tensor([[-1.0, 1.0, 0.6], [-1.0, 0.8, 0.0], [-1.0, 1.0, 0.0]]))
    assert torch.allclose(centres, expected, atol=1e-5)
    assert torch.allclose(picture[0, :, 0, 0], torch.tensor(MARK))
    assert torch.allclose(picture[0, :, 0, cell], torch.tensor(HIGH))
    assert ranked(query, query, bank).shape[-1] == 4 * (picture.shape[-1] // 4) == 128


def test_weights_of_0_give_a_valid_picture() -> None:
    assert weights(torch.zeros(3, 3)).isfinite().all()


def test_strips_and_borders_keep_the_pixels() -> None:
    images = torch.rand(2, 3, 32, 32)
    both = strips(images, bordered(images))
    assert both.shape == (2, 3, 32, 64)
    assert torch.equal(both[..., :32], images)
    assert torch.equal(both[..., 2:-2, 34:62], images[..., 2:-2, 2:-2])


def test_spaced_pictures_have_a_white_margin() -> None:
    images = torch.rand(2, 3, 8, 12)
    sheet = spaced(images, 3)
    assert sheet.shape == (2, 3, 14, 18)
    assert torch.equal(sheet[..., 3:-3, 3:-3], images)
    assert (sheet[..., :3, :] == 1).all()
