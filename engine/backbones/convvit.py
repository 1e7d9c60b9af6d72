"""ConvViT, the hybrid encoder of ConvMAE (Gao et al., 2205.03892): two stages of convolutions, then transformer blocks.

Its feature maps are stored patch by patch, (M, K, f, f, dim): K patches of an image, each f x f cells. Hidden patches are left out,
so that nothing is computed for them and no information leaks from them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.backbones.vit import Block, Init, Mlp, initialise, resize_positions, sincos_positions, skip_at_random


class ConvBlock(nn.Module):
    """A transformer block with a 5x5 depthwise convolution instead of attention (2205.03892, Sec. 3.2).

    The masked convolution: cells of patches that are not given count as zeros, as cells beyond the edge do."""

    def __init__(self, dim: int, drop_path: float = 0.0) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps=1e-6)
        self.enter = nn.Linear(dim, dim)
        self.conv = nn.Conv2d(dim, dim, 5, padding=2, groups=dim)
        self.leave = nn.Linear(dim, dim)
        self.norm2 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = Mlp(dim, 4 * dim)
        self.drop_path = drop_path

    def forward(self, x: Tensor, keep: Tensor, side: int) -> Tensor:
        """Patches (M, K, f, f, dim) to patches of the same shape. `keep`: (M, K) their indices among side x side patches."""
        x = x + self._keep(self.leave(self._mix(self.enter(self.norm1(x)), keep, side)))
        return x + self._keep(self.mlp(self.norm2(x)))

    def _mix(self, y: Tensor, keep: Tensor, side: int) -> Tensor:
        m, _, f, _, dim = y.shape
        image = torch.arange(m, device=y.device)[:, None]
        whole = y.new_zeros(m, side * side, f, f, dim).index_put((image, keep), y)
        whole = whole.view(m, side, side, f, f, dim).transpose(2, 3).reshape(m, side * f, side * f, dim)
        whole = self.conv(whole.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        out: Tensor = whole.reshape(m, side, f, side, f, dim).transpose(2, 3).flatten(1, 2)[image, keep]
        return out

    def _keep(self, x: Tensor) -> Tensor:
        return skip_at_random(x, self.drop_path if self.training else 0.0)


class CellEmbed(nn.Module):
    """A linear map of each square of stride x stride cells, normalised: a convolution whose squares do not overlap."""

    def __init__(self, before: int, dim: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.proj = nn.Linear(stride**2 * before, dim)
        self.norm = nn.LayerNorm(dim, eps=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        """(M, K, f, f, before) to (M, K, f / stride, f / stride, dim)."""
        out: Tensor = F.gelu(self.norm(self.proj(squares(x, self.stride))))
        return out


class ConvViT(Backbone):
    """Stages 1 and 2 are convolution blocks on maps four times and twice as fine as the tokens of stage 3, which are `patch` px
    apart and pass through transformer blocks. There is no class token: the features are the mean of the tokens.

    The paper's patch of 16 px is taken in strides of 4, 2 and 2; a patch that is no multiple of 4 has stages nearer to each other.
    `dims`: widths of the stages; `depths`: their blocks. Images of another size than `size` get interpolated positions."""

    def __init__(
        self,
        size: int,
        patch: int,
        dims: tuple[int, int, int],
        depths: tuple[int, int, int],
        heads: int,
        *,
        drop_path: float = 0.0,
        init: Init = "normal",
    ) -> None:
        super().__init__()
        self.drawn, self.init = (size, patch, dims, depths, heads, drop_path), init
        self.dim, self.dims, self.patch, self.side = dims[-1], dims, patch, size // patch
        self.size, self.multiple = size, patch
        second, third = (2 if patch % 4 == 0 else 1), (2 if patch % 2 == 0 else 1)
        # Cells of stages 1 and 2 to a token, across.
        self.finer = (second * third, third)
        strides = (patch // (second * third), second, third)
        self.embeds = nn.ModuleList(CellEmbed(b, d, s) for b, d, s in zip((3, *dims), dims, strides, strict=False))
        rates = torch.linspace(0, drop_path, sum(depths)).tolist()
        self.blocks1 = nn.ModuleList(ConvBlock(dims[0], rates.pop(0)) for _ in range(depths[0]))
        self.blocks2 = nn.ModuleList(ConvBlock(dims[1], rates.pop(0)) for _ in range(depths[1]))
        self.enter = nn.Linear(dims[2], dims[2])
        self.pos_embed = nn.Parameter(torch.zeros(1, self.side**2, dims[2]))
        self.blocks = nn.ModuleList(Block(dims[2], heads, rate) for rate in rates)
        self.norm = nn.LayerNorm(dims[2], eps=1e-6)
        nn.init.trunc_normal_(self.pos_embed, std=0.02)
        initialise(self, init)

    def fix_positions(self) -> None:
        """Fixed sine-cosine position embeddings instead of learned ones, as in pre-training (official code)."""
        self.pos_embed.data = sincos_positions(self.side, self.dim, cls=False)
        self.pos_embed.requires_grad_(False)

    def stages(self, images: Tensor, keeps: Sequence[Tensor] = ()) -> tuple[Tensor, Tensor, Tensor]:
        """Images (N, 3, S, S) to what each stage gives: patches (M, K, f1, f1, dims[0]) and (M, K, f2, f2, dims[1]), f1 and f2 =
        `finer`, and the tokens (M, K, dim) of the last block, not normalised.

        `keeps`: F sets of visible patches, each with their indices (N, K), the same number in each. M is then F * N, set by set,
        and a set's output does not depend on patches outside it. Without sets all patches are visible: M is N, and K all."""
        side = images.shape[-1] // self.patch
        patches = squares(images.permute(0, 2, 3, 1)[:, None], self.patch)  # (N, 1, side, side, p * p * 3)
        patches = patches.reshape(images.shape[0], side**2, self.patch, self.patch, 3)
        every = torch.arange(side**2, device=images.device).expand(images.shape[0], -1)
        keep = torch.cat(list(keeps)) if keeps else every  # (M, K)
        image = torch.arange(keep.shape[0], device=images.device)[:, None]
        # Without sets an image is its own: the remainder would stand in an exported network, and not every format has one.
        x = self.embeds[0](patches[image % images.shape[0] if keeps else image, keep])
        for block in self.blocks1:
            x = block(x, keep, side)
        first, x = x, self.embeds[1](x)
        for block in self.blocks2:
            x = block(x, keep, side)
        second, x = x, self.embeds[2](x).flatten(2)  # (M, K, dim)
        tokens = self.enter(x) + resize_positions(self.pos_embed, side)[0, keep]
        for block in self.blocks:
            tokens = block(tokens)
        return first, second, tokens

    def tokens(self, images: Tensor, keep: Tensor | None = None) -> Tensor:
        """Normalised tokens of the last block: all (N, T, dim), row by row, or with `keep` (N, K) those of the visible patches
        (N, K, dim), which do not depend on the others."""
        out: Tensor = self.norm(self.stages(images, () if keep is None else (keep,))[2])
        return out

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim)."""
        return self.tokens(images).mean(1)

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """The tokens as a map, (N, dim, s, s). Its cells are the patches, whatever `least` asks for."""
        x = self.tokens(images)
        side = images.shape[-1] // self.patch
        return x.transpose(1, 2).reshape(len(x), self.dim, side, side)

    def another(self) -> ConvViT:
        """The same architecture, drawn anew."""
        size, patch, dims, depths, heads, drop_path = self.drawn
        return ConvViT(size, patch, dims, depths, heads, drop_path=drop_path, init=self.init)


def squares(x: Tensor, side: int) -> Tensor:
    """Maps (M, K, f, f, dim) cut into squares of side x side cells: (M, K, f / side, f / side, side * side * dim)."""
    m, k, f, _, dim = x.shape
    cut = x.reshape(m, k, f // side, side, f // side, side, dim)
    return cut.transpose(3, 4).reshape(m, k, f // side, f // side, side * side * dim)
