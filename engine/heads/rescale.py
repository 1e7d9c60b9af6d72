"""From the tokens of a grid to the cells of a finer or coarser grid."""

from __future__ import annotations

from torch import Tensor, nn


class Deconvolution(nn.Module):
    """Each cell to 2 x 2 cells of half the width: a 2 x 2 transposed convolution with stride 2."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.spread = nn.Linear(width, 4 * (width // 2))

    def forward(self, x: Tensor) -> Tensor:
        """(N, s, s, width) to (N, 2s, 2s, width / 2)."""
        n, s, _, _ = x.shape
        cells: Tensor = self.spread(x).view(n, s, s, 2, 2, -1)
        return cells.transpose(2, 3).reshape(n, 2 * s, 2 * s, -1)


class Rescale(nn.Module):
    """Tokens (N, T, width) of a square grid to `out` numbers for each cell of another (LocalMIM 2303.05251, Fig. 2b, and its
    official code). `finer`: cells across a token, a power of 2, by deconvolutions with layer normalisation and GELU between them,
    each halving the width; `coarser`: tokens across a cell, by their mean. Then a linear map. One of the two is 1."""

    def __init__(self, width: int, out: int, *, finer: int = 1, coarser: int = 1) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        while finer > 1:
            if layers:
                layers += [nn.LayerNorm(width, eps=1e-6), nn.GELU()]
            layers.append(Deconvolution(width))
            finer, width = finer // 2, width // 2
        self.refine = nn.Sequential(*layers)
        self.coarser = coarser
        self.output = nn.Linear(width, out)

    def forward(self, tokens: Tensor) -> Tensor:
        """(N, T, width) to (N, T * finer^2 / coarser^2, out), row by row."""
        side = round(tokens.shape[1] ** 0.5)
        x: Tensor = self.refine(tokens.unflatten(1, (side, side)))
        if self.coarser > 1:
            x = x.unflatten(2, (-1, self.coarser)).unflatten(1, (-1, self.coarser)).mean((2, 4))
        out: Tensor = self.output(x).flatten(1, 2)
        return out
