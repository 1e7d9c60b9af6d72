"""Charts of a search: tables of weights, shares against a law, points of two measures. For `Method.pictures`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.gauges import DARK
from engine.pictures.matrix import HIGH, LOW, MARK, MIDDLE, diverging
from engine.pictures.written import written

LINE = 18  # px, the height of a row with a text
LABEL = 112  # px, the width of a text to the left
HEIGHT, BAR = 144, 18  # px


def table(values: Tensor, rows: Sequence[str], columns: Sequence[str] = (), width: int = 20) -> Tensor:
    """Values (r, c), 0 to 1, as red squares of LINE x `width` px, white at 0, with the names of the rows to the left and of the
    columns above: one picture (1, 3, H, W)."""
    cells = diverging(values.float()).repeat_interleave(LINE, 1).repeat_interleave(width, 2)
    cells[:, ::LINE] = 1.0
    cells[:, :, ::width] = 1.0
    sheet = torch.cat([_column(rows).to(cells), cells], dim=2)
    if columns:
        heads = [torch.ones(1, 3, LINE, LABEL), *(written([name], width, LINE) for name in columns)]
        sheet = torch.cat([torch.cat(heads, dim=3)[0].to(sheet), sheet], dim=1)
    return sheet[None].clamp(0, 1)


def ranked_shares(shares: Tensor, law: Tensor) -> Tensor:
    """Shares (k,), the largest first, as blue bars, with a green line at the law's share (k,) over each: one picture (1, 3, HEIGHT,
    k * BAR). The top is a little above the largest of both."""
    top = float(torch.maximum(shares.max(), law.max())) * 1.05
    row = (torch.arange(HEIGHT, 0, -1, device=shares.device) - 0.5)[:, None] / HEIGHT * top  # (HEIGHT, 1)
    inside = (row <= shares.float()).repeat_interleave(BAR, dim=1)
    inside[:, BAR - 2 :: BAR] = False
    inside[:, BAR - 1 :: BAR] = False
    line = ((row - law.float()).abs() <= 1.5 * top / HEIGHT).repeat_interleave(BAR, dim=1)
    picture = torch.where(inside, _ink(LOW, shares), _ink(MIDDLE, shares))
    return torch.where(line, _ink(MARK, shares), picture)[None]


def scatter(x: Tensor, y: Tensor, marked: int, across: str, up: str, side: int = 200) -> Tensor:
    """Points (m,), scaled from the least to the largest of each measure, as dots, that of number `marked` in red and larger, with
    the names and ranges of both measures below: one picture (1, 3, H, side)."""
    edge = 8
    at = [(v.double() - v.min()) / (v.max() - v.min()).clamp(min=1e-12) for v in (x, y)]
    step = torch.arange(side, dtype=torch.float64)
    picture = _ink(MIDDLE, torch.zeros(())).expand(3, side, side).clone()
    order = [*(row for row in range(len(x)) if row != marked), marked]
    for row in order:
        right, down = edge + at[0][row] * (side - 2 * edge), side - edge - at[1][row] * (side - 2 * edge)
        radius = 4.5 if row == marked else 3.0
        inside = (step[None, :] + 0.5 - right) ** 2 + (step[:, None] + 0.5 - down) ** 2 <= radius**2
        picture = torch.where(inside, _ink(HIGH if row == marked else LOW, picture), picture)
    picture[:, :, 0] = picture[:, -1] = torch.tensor(DARK).view(3, 1)
    texts = [f"across: {across}, {x.min():.3g} to {x.max():.3g}", f"up: {up}, {y.min():.3g} to {y.max():.3g}"]
    return torch.cat([picture, *written(texts, side, LINE)], dim=1)[None].clamp(0, 1)


def _column(names: Sequence[str]) -> Tensor:
    return torch.cat(list(written(names, LABEL, LINE)), dim=1)


def _ink(colour: tuple[float, float, float], like: Tensor) -> Tensor:
    return torch.tensor(colour, device=like.device).view(3, 1, 1)


def padded(picture: Tensor, edge: int = 4) -> Tensor:
    """A picture with a white margin."""
    return F.pad(picture, (edge, edge, edge, edge), value=1.0)
