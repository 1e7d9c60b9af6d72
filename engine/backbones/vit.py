"""The vision transformer (Dosovitskiy et al., 2010.11929), with access to its tokens and timm's parameter names."""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.attention import attend
from engine.backbones.backbone import Backbone
from engine.backbones.relative_positions import RelativePositionBias
from engine.distributed.rows import all_count, own_rows

# How linear layers are drawn: see `initialise`.
Init = Literal["normal", "xavier"]
# Whether blocks add a bias by relative position to the attention scores.
RelPos = Literal["none", "shared"]


class Attention(nn.Module):
    """Multi-head self-attention."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def split(self, x: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values (N, heads, T, dim / heads) of tokens (N, T, dim). `context`: (N, K) indices of the tokens that
        give keys and values (N, heads, K, dim / heads); the others attend and are not attended to."""
        n, t, d = x.shape
        if context is None:
            q, k, v = self.qkv(x).view(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
            return q, k, v
        seen = torch.gather(x, 1, context.unsqueeze(-1).expand(-1, -1, d))  # (N, K, dim)
        of_query, of_seen = self.qkv.weight.split([d, 2 * d])
        q_bias, kv_bias = self.qkv.bias.split([d, 2 * d])
        q = F.linear(x, of_query, q_bias).view(n, t, self.heads, d // self.heads).transpose(1, 2)
        k, v = F.linear(seen, of_seen, kv_bias).view(n, -1, 2, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        return q, k, v

    def forward(self, x: Tensor, context: Tensor | None = None, bias: Tensor | None = None) -> Tensor:
        """(N, T, dim) to (N, T, dim). `context`: (N, K) indices of the tokens that are attended to, by default all. `bias`: added
        to the attention scores, (heads, T, K) or (N, heads, T, K)."""
        n, t, d = x.shape
        x = attend(*self.split(x, context), bias=bias)  # (N, heads, T, dim / heads)
        out: Tensor = self.proj(x.transpose(1, 2).reshape(n, t, d))
        return out

    def weights(self, x: Tensor, bias: Tensor | None = None) -> Tensor:
        """The attention itself, (N, heads, T, T): for pictures, not for training. `bias`: as in `forward`."""
        q, k, _ = self.split(x)
        scores = (q @ k.transpose(-2, -1)) / q.shape[-1] ** 0.5
        out: Tensor = (scores if bias is None else scores + bias).softmax(-1)
        return out


class Mlp(nn.Module):
    """The block's two-layer perceptron."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(dim, hidden)
        self.fc2 = nn.Linear(hidden, dim)

    def forward(self, x: Tensor) -> Tensor:
        """(N, T, dim) to (N, T, dim)."""
        out: Tensor = self.fc2(F.gelu(self.fc1(x)))
        return out


class Block(nn.Module):
    """A pre-norm transformer block with stochastic depth (1603.09382)."""

    def __init__(self, dim: int, heads: int, drop_path: float = 0.0, mlp_ratio: float = 4.0) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps=1e-6)
        self.attn = Attention(dim, heads)
        self.norm2 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = Mlp(dim, int(dim * mlp_ratio))
        self.drop_path = drop_path

    def _keep(self, x: Tensor) -> Tensor:
        return skip_at_random(x, self.drop_path if self.training else 0.0)

    def forward(self, x: Tensor, context: Tensor | None = None, bias: Tensor | None = None) -> Tensor:
        """(N, T, dim) to (N, T, dim). `context`: (N, K) indices of the tokens that are attended to, by default all. `bias`: added
        to the attention scores, (heads, T, K) or (N, heads, T, K)."""
        x = x + self._keep(self.attn(self.norm1(x), context, bias))
        return x + self._keep(self.mlp(self.norm2(x)))


class PatchEmbed(nn.Module):
    """A linear map of each patch."""

    def __init__(self, patch: int, dim: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, dim, patch, stride=patch)

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, (S / patch)^2, dim), row by row."""
        out: Tensor = self.proj(images).flatten(2).transpose(1, 2)
        return out


class Fill(NamedTuple):
    """A learned token that replaces some patches: `hidden` (N, T) bool, true where it does; `token` (1, 1, dim)."""

    hidden: Tensor
    token: Tensor


class VisionTransformer(Backbone):
    """A ViT whose state loads into timm's VisionTransformer of the same size (num_classes=0).

    Tokens carry the class token first. Images of another size than `size` get interpolated position embeddings. `rel_pos`:
    "shared" adds one relative position bias to the attention scores of every block (2205.14141), in place of the position
    embeddings, which are 0 and are not trained; timm has no such network with a position embedding."""

    def __init__(
        self,
        size: int,
        patch: int,
        dim: int,
        depth: int,
        heads: int,
        *,
        drop_path: float = 0.0,
        pool: Literal["cls", "mean"] = "cls",
        init: Init = "normal",
        rel_pos: RelPos = "none",
    ) -> None:
        super().__init__()
        self.dim, self.patch, self.side, self.pool = dim, patch, size // patch, pool
        self.size, self.multiple = size, patch
        self.drawn, self.init = (size, patch, dim, depth, heads, drop_path), init
        self.cls_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + self.side**2, dim))
        self.patch_embed = PatchEmbed(patch, dim)
        rates = torch.linspace(0, drop_path, depth, device="cpu").tolist()
        self.blocks = nn.ModuleList(Block(dim, heads, rate) for rate in rates)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        nn.init.trunc_normal_(self.cls_token, std=0.02)
        nn.init.trunc_normal_(self.pos_embed, std=0.02)
        initialise(self, init)
        self.rel_pos = rel_pos
        self.shared_rel_pos: RelativePositionBias | None = None
        if rel_pos == "shared":
            self.drop_positions()
            self.shared_rel_pos = RelativePositionBias(self.side, heads)

    def fix_positions(self) -> None:
        """Fixed sine-cosine position embeddings instead of learned ones (MAE, 2111.06377 Sec. 3)."""
        self.pos_embed.data = sincos_positions(self.side, self.dim, cls=True)
        self.pos_embed.requires_grad_(False)

    def drop_positions(self) -> None:
        """Remove position embeddings and the relative position bias: tokens then have no positions, and the network is equivariant
        to their order."""
        self.pos_embed.data.zero_()
        self.pos_embed.requires_grad_(False)
        self.shared_rel_pos = None

    def positions(self, side: int) -> Tensor:
        """Position embeddings (1, 1 + side^2, dim), interpolated where `side` is not the one trained."""
        if side == self.side:
            return self.pos_embed
        return torch.cat([self.pos_embed[:, :1], resize_positions(self.pos_embed[:, 1:], side)], dim=1)

    def patches(self, images: Tensor) -> Tensor:
        """Embeddings (N, T, dim) of the patches, without positions."""
        out: Tensor = self.patch_embed(images)
        return out

    def embed(self, images: Tensor, keep: Tensor | None = None, fill: Fill | None = None) -> Tensor:
        """Tokens (N, 1 + T, dim) that enter the blocks. `keep`: (N, K) indices of the patches to keep, the others are left out.
        `fill`: which patches a learned token replaces; the patch's position is kept."""
        x = self.patch_embed(images)  # (N, T, dim)
        if fill is not None:
            x = torch.where(fill.hidden.unsqueeze(-1), fill.token.to(x.dtype), x)
        positions = self.positions(images.shape[-1] // self.patch)
        x = x + positions[:, 1:]
        if keep is not None:
            x = torch.gather(x, 1, keep.unsqueeze(-1).expand(-1, -1, self.dim))  # (N, K, dim)
        cls = (self.cls_token + positions[:, :1]).expand(x.shape[0], -1, -1)
        return torch.cat([cls.to(x.dtype), x], dim=1)

    def depths(
        self,
        images: Tensor,
        keep: Tensor | None = None,
        fill: Fill | None = None,
        context: Tensor | None = None,
        causal: bool = False,
    ) -> list[Tensor]:
        """Tokens (N, 1 + T, dim) after each block, the class token first, not normalised. `context`: (N, K) the patches that are
        attended to in every block, beside the class token: the others attend to these alone, not to themselves. `causal`: each
        token attends to itself and those before it; not together with `context`."""
        x = self.embed(images, keep, fill)
        if context is not None:
            context = F.pad(context + 1, (1, 0))  # (N, 1 + K): the class token is token 0
        bias = self.bias(images.shape[-1] // self.patch, keep, context)
        if causal:
            later = x.new_full((x.shape[1], x.shape[1]), float("-inf")).triu(1)[None]  # (1, 1 + T, 1 + T)
            bias = later if bias is None else bias + later
        features = []
        for block in self.blocks:
            x = block(x, context, bias)
            features.append(x)
        return features

    def bias(self, side: int, keep: Tensor | None = None, context: Tensor | None = None) -> Tensor | None:
        """The relative position bias of the tokens of an image of side x side patches, (heads, T, K) or (N, heads, T, K), the same
        in every block; None without one. `keep`: as in `embed`; `context`: (N, K) the attended tokens."""
        if self.shared_rel_pos is None:
            return None
        kept = None if keep is None else F.pad(keep + 1, (1, 0))  # (N, 1 + K)
        bias: Tensor = self.shared_rel_pos(side, kept, context)
        return bias

    def tokens(
        self,
        images: Tensor,
        keep: Tensor | None = None,
        fill: Fill | None = None,
        context: Tensor | None = None,
        causal: bool = False,
    ) -> Tensor:
        """Normalised tokens of the last block (N, 1 + T, dim), the class token first. Arguments as in `depths`."""
        out: Tensor = self.norm(self.depths(images, keep, fill, context, causal)[-1])
        return out

    def pooled(self, tokens: Tensor) -> Tensor:
        """Features (N, dim) of tokens (N, 1 + T, dim)."""
        return tokens[:, 0] if self.pool == "cls" else tokens[:, 1:].mean(1)

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim)."""
        return self.pooled(self.tokens(images))

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """The patch tokens as a map, (N, dim, side, side). Its cells are the patches, whatever `least` asks for."""
        x = self.tokens(images)[:, 1:].transpose(1, 2)  # (N, dim, T)
        side = images.shape[-1] // self.patch
        return x.reshape(x.shape[0], self.dim, side, side)

    def another(self) -> VisionTransformer:
        """The same architecture, drawn anew."""
        size, patch, dim, depth, heads, drop_path = self.drawn
        return VisionTransformer(
            size, patch, dim, depth, heads, drop_path=drop_path, pool=self.pool, init=self.init, rel_pos=self.rel_pos
        )

    def attentions(self, images: Tensor) -> list[Tensor]:
        """The attention of every block between all tokens, (N, heads, 1 + T, 1 + T) each, the class token first: rows attend to
        columns. For pictures, not for training."""
        x, bias = self.embed(images), self.bias(images.shape[-1] // self.patch)
        weights = []
        for block in self.blocks:
            assert isinstance(block, Block)
            weights.append(block.attn.weights(block.norm1(x), bias))
            x = block(x, None, bias)
        return weights

    def attention(self, images: Tensor) -> Tensor:
        """The last block's attention from the class token to the patches, (N, heads, side, side), for pictures."""
        side = images.shape[-1] // self.patch
        looks = self.attentions(images)[-1][:, :, 0, 1:]  # (N, heads, T)
        return looks.reshape(*looks.shape[:2], side, side)


def initialise(module: nn.Module, linear: Init = "normal") -> None:
    """Linear maps by a truncated normal of standard deviation .02, as ViTs of width 384 to 1,280 are initialised (DINO, iBOT, BEiT,
    I-JEPA), or by Xavier's uniform law, sqrt(2 / (inputs + outputs)), as MAE's are (official codes); the patch projection like a
    linear map, by Xavier's. The first is the second at a width of 2,500, and .23 of it at 128: there a block adds 4.5 % to its
    input, with Xavier's 45 %."""
    for part in module.modules():
        if isinstance(part, nn.Linear):
            if linear == "xavier":
                nn.init.xavier_uniform_(part.weight)
            else:
                nn.init.trunc_normal_(part.weight, std=0.02)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
        elif type(part).__name__ == "PatchEmbed":  # this program's or timm's
            projection = part.proj
            assert isinstance(projection, nn.Conv2d)
            nn.init.xavier_uniform_(projection.weight.view(projection.weight.shape[0], -1))
            if projection.bias is not None:
                nn.init.zeros_(projection.bias)


def stop_drop_path(module: nn.Module) -> None:
    """Set stochastic depth of a ViT's blocks, this program's or timm's, to 0: of a teacher, as in the official codes."""
    for part in module.modules():
        if isinstance(part, Block):
            part.drop_path = 0.0
        elif type(part).__name__ == "DropPath":
            part.drop_prob = 0.0  # type: ignore[assignment]


def skip_at_random(x: Tensor, rate: float) -> Tensor:
    """A residual branch (N, ...), left out of each image with probability `rate` and scaled so that its mean stays (1603.09382)."""
    if rate == 0.0:
        return x
    keep = own_rows(torch.rand(all_count(len(x)), *(1,) * (x.ndim - 1), device=x.device)) >= rate
    return x * keep / (1.0 - rate)


def resize_positions(grid: Tensor, side: int) -> Tensor:
    """Position embeddings (1, s^2, dim) of a square grid, interpolated to (1, side^2, dim)."""
    before = round(grid.shape[1] ** 0.5)
    if before == side:
        return grid
    square = grid.transpose(1, 2).reshape(1, -1, before, before)
    square = F.interpolate(square.float(), (side, side), mode="bicubic", antialias=side < before)
    return square.flatten(2).transpose(1, 2).to(grid.dtype)


def sincos_positions(side: int, dim: int, *, cls: bool) -> Tensor:
    """Two-dimensional sine-cosine position embeddings (1, [1 +] side^2, dim): half the channels for the row, half for the column.

    `dim` must be a multiple of 4. The class token's row, if asked for, is zero."""
    rate = 1.0 / 10_000 ** (torch.arange(dim // 4, dtype=torch.float64) / (dim / 4))
    angle = torch.arange(side, dtype=torch.float64)[:, None] * rate  # (side, dim / 4)
    one = torch.cat([angle.sin(), angle.cos()], dim=1)  # (side, dim / 2)
    grid = torch.cat([one[None, :, :].expand(side, -1, -1), one[:, None, :].expand(-1, side, -1)], dim=2).reshape(side * side, dim)
    if cls:
        grid = torch.cat([torch.zeros(1, dim, dtype=grid.dtype), grid])
    return grid.float().unsqueeze(0)
