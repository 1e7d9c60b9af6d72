"""Needles are parallel to the edges that they represent."""

from __future__ import annotations

import torch

from engine.losses.hog import hog, oriented_gradients
from engine.pictures.gradient_needles import needles


def test_a_vertical_edge_is_a_vertical_needle_in_its_colour() -> None:
    images = torch.zeros(1, 3, 16, 16)
    images[:, 1] = torch.arange(16.0)  # green increases to the right
    drawn = needles(hog(oriented_gradients(images, 9), 8), 9, side=30)[0]
    assert drawn.shape == (3, 30, 30)
    assert drawn[[0, 2]].abs().max() == 0
    cell = drawn[1, :15, :15]
    assert (cell[2:-2, 7] > 0.9).all()
    assert cell[:, :4].max() == 0
    turned = needles(hog(oriented_gradients(images.transpose(2, 3), 9), 8), 9, side=30)[0, 1, :15, :15]
    assert turned[7, 7] > 0.8
    assert turned.sum(1).argmax() == 7, "a level edge is drawn level"


def test_negative_values_are_not_drawn_and_the_picture_is_in_range() -> None:
    assert needles(-torch.rand(1, 4, 27), 9).max() == 0
    drawn = needles(5 * torch.rand(1, 4, 27), 9)
    assert drawn.min() >= 0
    assert drawn.max() <= 1
