"""The context of a patch depends on the rows above it and on no row below, in each of the four directions."""

from __future__ import annotations

import pytest
import torch

from engine.heads.context import DIRECTIONS, RowPredictor, match_patches, turned


def predictor(side: int = 5, blocks: int = 2, offsets: tuple[int, ...] = (2, 3)) -> RowPredictor:
    torch.manual_seed(0)
    return RowPredictor(6, 8, blocks, 4, offsets)


def beyond(direction: str, cell: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether `other` is beyond `cell` as seen from `direction`."""
    (r, c), (y, x) = cell, other
    return {"above": y > r, "below": y < r, "left": x > c, "right": x < c}[direction]


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_no_context_depends_on_a_cell_that_it_must_predict(direction: str) -> None:
    head = predictor(blocks=5).double()
    for parameter in head.parameters():  # positive weights, so that no ReLU hides a dependence
        parameter.data.uniform_(0.1, 1.0)
    side = 5
    numbers = turned(torch.arange(side * side).view(1, side, side), direction)[0]
    for turned_cell in range(side * side):
        z = torch.rand(1, side, side, 6, dtype=torch.float64, requires_grad=True)
        c = head.context(turned(z, direction))[0].flatten(0, 1)[turned_cell]
        (gradient,) = torch.autograd.grad(c.sum(), z)
        touched = gradient[0].abs().sum(-1) > 0  # (G, G) in the image's orientation
        cell = divmod(int(numbers.flatten()[turned_cell]), side)
        for y in range(side):
            for x in range(side):
                if beyond(direction, cell, (y, x)):
                    assert not touched[y, x], (direction, cell, (y, x))
        assert touched[cell]
        # Cells behind are used, within the receptive field.
        behind = {"above": (cell[0] - 1, cell[1]), "below": (cell[0] + 1, cell[1]), "left": (cell[0], cell[1] - 1)}
        y, x = behind.get(direction, (cell[0], cell[1] + 1))
        if 0 <= y < side and 0 <= x < side:
            assert touched[y, x]


def test_the_prediction_at_offset_k_depends_on_rows_k_above_its_target() -> None:
    head = predictor()
    z = torch.randn(3, 5, 5, 6)
    predictions = head(z)
    assert {k: tuple(v.shape) for k, v in predictions.items()} == {2: (3, 3, 5, 4), 3: (3, 2, 5, 4)}
    changed = z.clone()
    changed[:, 2:] += 1.0
    for before, after in zip(predictions.values(), head(changed).values(), strict=True):
        assert torch.equal(before[:, :2], after[:, :2])  # computed from rows 0 and 1
        assert not torch.equal(before[:, 2:], after[:, 2:]) or before.shape[1] <= 2


def test_turned_rotates_the_named_side_to_the_top() -> None:
    grid = torch.arange(9).view(1, 3, 3)
    tops = {side: turned(grid, side)[0, 0].tolist() for side in DIRECTIONS}
    assert {side: sorted(top) for side, top in tops.items()} == {
        "above": [0, 1, 2],
        "below": [6, 7, 8],
        "left": [0, 3, 6],
        "right": [2, 5, 8],
    }


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_find_predicts_unseen_cells_and_an_oracle_finds_every_target(direction: str) -> None:
    head, n, side = predictor(), 2, 5
    target = torch.eye(n * side * side).view(n, side, side, -1)

    class Oracle(RowPredictor):
        def forward(self, z: torch.Tensor) -> dict[int, torch.Tensor]:
            return {k: turned(target, direction)[:, k:] for k in self.offsets}

    oracle = Oracle(6, 8, 1, 4, head.offsets)
    result = match_patches(oracle, torch.randn(n, side, side, 6), target, direction)
    assert result.seen.sum() == 2 * side  # offsets 2 and 3: the second row is the last with both
    assert not result.seen.flatten()[result.cells].any()
    assert torch.equal(result.picked, torch.arange(n)[:, None] * side**2 + result.cells)
    assert torch.equal(result.logits, torch.eye(n * side))
