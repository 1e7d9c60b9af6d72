"""Linear extrapolation of a feature map beyond the input of the encoder, and a decoder of its cells (QB-Heat, 2211.13228)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LinearExtrapolation(nn.Module):
    """Extrapolates a quarter of a feature map to the whole map by dz/dx = A z and dz/dy = B z, in steps of a cell (2211.13228):

        z(x + dx, y) = (I + dx A) z(x, y),    z(x, y + dy) = (I + dy B) z(x, y),

    from the last visible cell of each row and column. x and y are 0 to 1 over the image, so that A and B do not depend on the
    number of cells. To the left and upwards dx and dy are negative. In the opposite quarter there are two paths, across first and
    down first, which are equal only where A and B commute; they are not forced to, and the mean of both is used.

    `both_ways`: one A and one B, as in the equations; else each of the four directions has its own matrix."""

    def __init__(self, dim: int, *, both_ways: bool = True) -> None:
        super().__init__()
        ways = 1 if both_ways else 2
        # Forwards, then backwards.
        self.across = nn.Parameter(torch.randn(ways, dim, dim) / dim**0.5)  # A
        self.down = nn.Parameter(torch.randn(ways, dim, dim) / dim**0.5)  # B

    def forward(self, block: Tensor, lower: Tensor, right: Tensor) -> Tensor:
        """The visible block (N, c, c, dim), and whether it is in the `lower` or `right` half: (N,) bool each. To the map
        (N, 2c, 2c, dim), in float32 also under autocast, with the block unchanged in its corner."""
        c = block.shape[1]
        with torch.autocast(block.device.type, enabled=False):
            z = _mirrored(block.to(self.across.dtype), lower, right)  # now the block is the upper left quarter
            beside = self._march(self.across, z[:, :, -1], right, c).permute(1, 2, 0, 3)  # (N, c, c, dim)
            below = self._march(self.down, z[:, -1], lower, c).transpose(0, 1)
            across_first = self._march(self.down, beside[:, -1], lower, c).transpose(0, 1)
            down_first = self._march(self.across, below[:, :, -1], right, c).permute(1, 2, 0, 3)
            corner = (across_first + down_first) / 2
            whole = torch.cat([torch.cat([z, beside], dim=2), torch.cat([below, corner], dim=2)], dim=1)
            return _mirrored(whole, lower, right)

    def discord(self) -> Tensor:
        """|AB - BA| / (|AB| + |BA|) in Frobenius norms: 0 where A and B commute, so that both paths are equal, .71 for random
        matrices, at most 1."""
        with torch.autocast(self.across.device.type, enabled=False):
            a, b = self.across[0].detach(), self.down[0].detach()
            one, other = a @ b, b @ a
            out: Tensor = (one - other).norm() / (one.norm() + other.norm()).clamp(min=1e-12)
            return out

    def _march(self, matrices: Tensor, z: Tensor, back: Tensor, steps: int) -> Tensor:
        """A row or column of cells (N, m, dim) after each of `steps` steps: (steps, N, m, dim). back: (N,) bool, towards smaller x
        or y."""
        step = torch.where(back, -1.0, 1.0).view(-1, 1, 1).to(z) / (2 * steps)
        states = []
        for _ in range(steps):
            change = z @ matrices[0].t()
            if len(matrices) > 1:
                change = torch.where(step < 0, z @ matrices[1].t(), change)
            z = z + step * change
            states.append(z)
        return torch.stack(states)


def _mirrored(z: Tensor, lower: Tensor, right: Tensor) -> Tensor:
    """Maps (N, s, s, dim), flipped vertically where `lower` and horizontally where `right`."""
    z = torch.where(lower.view(-1, 1, 1, 1), z.flip(1), z)
    return torch.where(right.view(-1, 1, 1, 1), z.flip(2), z)


class CellDecoder(nn.Module):
    """Each cell of a map to `out` numbers, its pixels: layer normalisation, `depth` 3x3 convolutions of `width` channels, a linear
    layer. Its receptive field is `depth` cells to each side, so that information from further away must be in the features."""

    def __init__(self, dim: int, out: int, *, width: int, depth: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        layers: list[nn.Module] = []
        for before in [dim, *[width] * depth][:depth]:
            layers += [nn.Conv2d(before, width, 3, padding=1), nn.GELU()]
        self.layers = nn.Sequential(*layers)
        self.output = nn.Linear(width if depth else dim, out)
        nn.init.trunc_normal_(self.output.weight, std=0.02)  # the first predictions are near the mean
        nn.init.zeros_(self.output.bias)

    def forward(self, cells: Tensor) -> Tensor:
        """(N, s, s, dim) to (N, s * s, out), row by row."""
        y = self.layers(self.norm(cells).permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        out: Tensor = self.output(y).flatten(1, 2)
        return out
