"""Linear extrapolation against matrix powers, in all four corners, and the decoder's receptive field."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.heads.extrapolation import CellDecoder, LinearExtrapolation

C, DIM = 3, 5  # cells across the visible block, features


def made(*, both_ways: bool = True, commuting: bool = False) -> LinearExtrapolation:
    torch.manual_seed(0)
    heat = LinearExtrapolation(DIM, both_ways=both_ways).double()
    if commuting:  # a polynomial of A commutes with A
        a = heat.across.data
        heat.down.data = 0.3 * torch.eye(DIM, dtype=a.dtype) - 0.5 * a + 0.7 * a @ a
    return heat


def law(matrices: Tensor, back: bool) -> Tensor:
    """I + dx A in float64, with dx the width of a cell in an image of width 1, negative towards smaller x."""
    if len(matrices) == 1:
        return torch.eye(DIM, dtype=torch.float64) + (-1 if back else 1) / (2 * C) * matrices[0]
    return torch.eye(DIM, dtype=torch.float64) + (-1 if back else 1) / (2 * C) * matrices[int(back)]


def nearest(index: int, back: bool) -> tuple[int, int]:
    """For a row or column of the whole map: the nearest cell of the block, and the number of steps from it."""
    if back:  # the block is at C .. 2C - 1
        return (index - C, 0) if index >= C else (0, C - index)
    return (index, 0) if index < C else (C - 1, index - C + 1)


@pytest.mark.parametrize("both_ways", [True, False])
@pytest.mark.parametrize(("lower", "right"), [(False, False), (False, True), (True, False), (True, True)])
def test_every_cell_is_the_matrix_power_of_the_nearest_visible_one(lower: bool, right: bool, both_ways: bool) -> None:
    heat, block = made(both_ways=both_ways), torch.randn(2, C, C, DIM, dtype=torch.float64)
    with torch.no_grad():
        heat_map = heat(block, torch.tensor([lower, lower]), torch.tensor([right, right]))
        across, down = law(heat.across, right), law(heat.down, lower)
        assert heat_map.shape == (2, 2 * C, 2 * C, DIM)
        for n in range(2):
            for y in range(2 * C):
                for x in range(2 * C):
                    (row, j), (column, i) = nearest(y, lower), nearest(x, right)
                    a, b = torch.linalg.matrix_power(across, i), torch.linalg.matrix_power(down, j)
                    expected = (a @ b + b @ a) / 2 @ block[n, row, column]
                    assert torch.allclose(heat_map[n, y, x], expected, atol=1e-12), (y, x)


def test_where_a_and_b_commute_the_order_does_not_matter() -> None:
    heat, block = made(commuting=True), torch.randn(1, C, C, DIM, dtype=torch.float64)
    no = torch.tensor([False])
    with torch.no_grad():
        across, down = law(heat.across, False), law(heat.down, False)
        corner = heat(block, no, no)[0, -1, -1]
        for one, two in ((across, down), (down, across)):
            power = torch.linalg.matrix_power(one, C) @ torch.linalg.matrix_power(two, C)
            assert torch.allclose(corner, power @ block[0, -1, -1], atol=1e-12)
    assert heat.discord() < 1e-6


def test_discord_of_random_matrices_is_the_square_root_of_one_half() -> None:
    """|AB - BA|^2 is |AB|^2 + |BA|^2 for independent matrices."""
    torch.manual_seed(0)
    assert LinearExtrapolation(256).discord().item() == pytest.approx(0.5**0.5, abs=0.02)


def test_each_image_of_a_batch_may_have_another_corner() -> None:
    heat, block = made(), torch.randn(4, C, C, DIM, dtype=torch.float64)
    lower, right = torch.tensor([False, False, True, True]), torch.tensor([False, True, False, True])
    with torch.no_grad():
        together = heat(block, lower, right)
        for n in range(4):
            alone = heat(block[n : n + 1], lower[n : n + 1], right[n : n + 1])
            assert torch.allclose(together[n], alone[0], atol=1e-12)
            top, left = C * int(lower[n]), C * int(right[n])
            assert torch.equal(together[n, top : top + C, left : left + C], block[n])


def test_many_small_steps_converge_to_the_matrix_exponential() -> None:
    """dz/dx = A z is solved by exp(x A) z(0); a finer grid is closer to it."""
    heat = made()
    heat.across.data *= 0.5
    no, z = torch.tensor([False]), torch.randn(DIM, dtype=torch.float64)
    exact = torch.linalg.matrix_exp(heat.across.data[0] / 2) @ z
    errors = []
    for c in (4, 16, 64):
        with torch.no_grad():
            errors.append(float((heat(z.expand(1, c, c, DIM), no, no)[0, 0, -1] - exact).norm()))
    assert errors[1] < errors[0] / 3
    assert errors[2] < errors[1] / 3


def test_steps_stay_in_float32_under_autocast() -> None:
    torch.manual_seed(0)
    heat, block, no = LinearExtrapolation(DIM), torch.randn(1, C, C, DIM), torch.tensor([False])
    with torch.autocast("cpu", torch.bfloat16), torch.no_grad():
        low = heat(block, no, no)
    assert low.dtype == torch.float32
    assert torch.equal(low, heat(block, no, no).detach())


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_the_decoder_s_receptive_field_is_depth_cells_in_each_direction(depth: int) -> None:
    torch.manual_seed(0)
    decoder, cells = CellDecoder(6, 12, width=8, depth=depth), torch.randn(1, 7, 7, 6)
    other = cells.clone()
    other[0, 3, 3] += torch.randn(6)
    with torch.no_grad():
        moved = (decoder(cells) - decoder(other)).abs().sum(-1).view(7, 7) > 0
    index = torch.arange(7)
    near = (index[:, None] - 3).abs().maximum((index - 3).abs()) <= depth
    assert torch.equal(moved, near)
