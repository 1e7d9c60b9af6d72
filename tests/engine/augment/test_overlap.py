"""Intersection over union of crops."""

from __future__ import annotations

import pytest
import torch

from engine.augment.overlap import overlaps


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 0, 1, 1), (0, 0, 1, 1), 1.0),
        ((0, 0, 0.5, 1), (0.5, 0, 1, 1), 0.0),
        ((0, 0, 0.4, 0.4), (0.6, 0.6, 1, 1), 0.0),
        ((0, 0, 1, 1), (0, 0, 0.5, 0.5), 0.25),
        ((0, 0, 0.6, 1), (0.4, 0, 1, 1), 0.2),
        ((0.3, 0.3, 0.3, 0.3), (0.3, 0.3, 0.3, 0.3), 0.0),
    ],
)
def test_boxes_with_a_known_overlap(one: tuple[float, ...], other: tuple[float, ...], expected: float) -> None:
    overlap = overlaps(torch.tensor([one]).double(), torch.tensor([other]).double())
    assert overlap.item() == pytest.approx(expected)


def test_the_overlap_equals_a_count_of_pixels() -> None:
    generator = torch.Generator().manual_seed(0)
    corner = torch.randint(0, 20, (50, 2, 2), generator=generator)
    boxes = torch.cat([corner, corner + torch.randint(1, 12, (50, 2, 2), generator=generator)], dim=2)
    x = torch.arange(40)
    inside = [
        ((x >= b[:, 0, None]) & (x < b[:, 2, None]))[:, None, :] & ((x >= b[:, 1, None]) & (x < b[:, 3, None]))[:, :, None]
        for b in boxes.unbind(1)
    ]
    counted = (inside[0] & inside[1]).sum((1, 2)) / (inside[0] | inside[1]).sum((1, 2))
    assert torch.allclose(overlaps(boxes[:, 0].float(), boxes[:, 1].float()), counted, atol=1e-6)
