"""A vision transformer of timm with access to its tokens: patches are left out or replaced before its blocks."""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.backbones.library_net import Build, library_net
from engine.backbones.vit import Fill, VisionTransformer, sincos_positions


def has_tokens(net: nn.Module) -> bool:
    """Whether a network of timm is a ViT whose patches can be left out or replaced: one sequence of tokens from its patches on,
    each with a learned position of its own, and a class token. Hierarchical networks mix neighbouring patches, and those with
    rotary or relative positions need all of them."""
    embed = getattr(net, "patch_embed", None)
    return (
        f"{type(net).__module__}.{type(net).__name__}" == "timm.models.vision_transformer.VisionTransformer"
        and type(embed).__name__ == "PatchEmbed"
        and isinstance(getattr(net, "pos_embed", None), nn.Parameter)
        and isinstance(getattr(net, "cls_token", None), nn.Parameter)
        and getattr(net, "attn_pool", None) is None
        and all(_attends(block) for block in net.get_submodule("blocks").children())
    )


def _attends(block: nn.Module) -> bool:
    return (type(block).__name__, type(getattr(block, "attn", None)).__name__) == ("Block", "Attention")


class TimmVisionTransformer(VisionTransformer):
    """The parts of timm's network, by its own names, so that its state loads into it and back.

    Registers (2309.16588) pass through the blocks behind the class token and are left out of what methods get: tokens are the
    class token and the patches, as of this program's own ViT. The options of `build` have `dynamic_img_size`."""

    reg_token: nn.Parameter | None

    def __init__(self, build: Build, pool: Literal["cls", "mean"] = "cls") -> None:
        Backbone.__init__(self)
        net: Any
        net, self.build = library_net(build)
        if not has_tokens(net):
            raise TypeError(f"{type(net).__name__} is no ViT of timm with tokens")
        self.dim, self.patch = int(net.embed_dim), int(net.patch_embed.patch_size[0])
        self.side, self.size, self.multiple, self.pool = build.size // self.patch, build.size, self.patch, pool
        self.init, self.rel_pos, self.shared_rel_pos = "normal", "none", None
        # Whether only patches have positions, not the class token and the registers.
        self.patches_alone = bool(net.no_embed_class)
        self.cls_token, self.pos_embed = net.cls_token, net.pos_embed
        self.reg_token = net.reg_token
        self.patch_embed, self.norm_pre = net.patch_embed, net.norm_pre
        self.blocks, self.norm = net.blocks, net.norm

    @property
    def registers(self) -> int:
        """The number of registers."""
        return 0 if self.reg_token is None else self.reg_token.shape[1]

    def fix_positions(self) -> None:
        """Fixed sine-cosine position embeddings of the patches instead of learned ones, none of the class token and registers
        (MAE, 2111.06377 Sec. 3)."""
        fixed = sincos_positions(self.side, self.dim, cls=False)
        others = self.pos_embed.shape[1] - self.side**2
        self.pos_embed.data = torch.cat([torch.zeros(1, others, self.dim), fixed], dim=1)
        self.pos_embed.requires_grad_(False)

    def positions(self, side: int) -> Tensor:
        """Position embeddings (1, P + side^2, dim), interpolated as timm does where `side` is not the one trained; P: the class
        token and the registers, 0 where they have none."""
        if side == self.side:
            return self.pos_embed
        from timm.layers.pos_embed import resample_abs_pos_embed

        others = self.pos_embed.shape[1] - self.side**2
        out: Tensor = resample_abs_pos_embed(self.pos_embed, [side, side], [self.side, self.side], num_prefix_tokens=others)
        return out

    def patches(self, images: Tensor) -> Tensor:
        """Embeddings (N, T, dim) of the patches, without positions."""
        return self.patch_embed(images).flatten(1, 2)  # type: ignore[no-any-return]

    def embed(self, images: Tensor, keep: Tensor | None = None, fill: Fill | None = None) -> Tensor:
        """Tokens (N, 1 + T, dim) that enter the blocks, without registers. `keep`, `fill`: as of `VisionTransformer`."""
        return self._without_registers(self._embed(images, keep, fill))

    def depths(
        self,
        images: Tensor,
        keep: Tensor | None = None,
        fill: Fill | None = None,
        context: Tensor | None = None,
        causal: bool = False,
    ) -> list[Tensor]:
        """Tokens (N, 1 + T, dim) after each block, without registers, not normalised. `context`, `causal`: as of
        `VisionTransformer`; the registers are attended to by all but the class token where `causal`, else by all."""
        x = self._embed(images, keep, fill)
        seen: dict[str, Tensor] = {}
        if context is not None:
            first = 1 + self.registers
            mask = torch.zeros(x.shape[:2], dtype=torch.bool, device=x.device)
            mask[:, :first] = True
            mask.scatter_(1, context + first, True)
            seen = {"attn_mask": mask[:, None, None, :]}  # (N, 1, 1, all tokens)
        elif causal:
            seen = {"attn_mask": torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).tril()}
        features = []
        for block in self.blocks:
            x = block(x, **seen)
            features.append(self._without_registers(x))
        return features

    def another(self) -> TimmVisionTransformer:
        """The same architecture, drawn anew."""
        return TimmVisionTransformer(self.build, self.pool)

    def attentions(self, images: Tensor) -> list[Tensor]:
        """The attention of every block between class token and patches, (N, heads, 1 + T, 1 + T) each: rows attend to columns, and
        what is missing to 1 in a row goes to the registers. For pictures, not for training."""
        x = self._embed(images)
        weights = []
        for block in self.blocks:
            attn: Any = block.attn
            normed = block.norm1(x)  # type: ignore[operator]
            n, t, _ = normed.shape
            q, k, _ = attn.qkv(normed).reshape(n, t, 3, attn.num_heads, -1).permute(2, 0, 3, 1, 4)
            scores: Tensor = attn.q_norm(q) @ attn.k_norm(k).transpose(-2, -1) * attn.scale
            looks = scores.softmax(-1)  # (N, heads, all tokens, all tokens)
            weights.append(self._without_registers(self._without_registers(looks, 2), 3))
            x = block(x)
        return weights

    def _embed(self, images: Tensor, keep: Tensor | None = None, fill: Fill | None = None) -> Tensor:
        """Tokens (N, 1 + R + T, dim), R registers, that enter the blocks."""
        x = self.patch_embed(images).flatten(1, 2)  # (N, T, dim)
        if fill is not None:
            x = torch.where(fill.hidden.unsqueeze(-1), fill.token.to(x.dtype), x)
        positions = self.positions(images.shape[-1] // self.patch)
        x = x + positions[:, positions.shape[1] - x.shape[1] :]
        if keep is not None:
            x = torch.gather(x, 1, keep.unsqueeze(-1).expand(-1, -1, self.dim))  # (N, K, dim)
        first: list[Tensor] = [self.cls_token] if self.reg_token is None else [self.cls_token, self.reg_token]
        others = torch.cat(first, dim=1)  # (1, 1 + R, dim)
        if not self.patches_alone:
            others = others + positions[:, : others.shape[1]]
        out: Tensor = self.norm_pre(torch.cat([others.expand(len(x), -1, -1).to(x.dtype), x], dim=1))
        return out

    def _without_registers(self, x: Tensor, dim: int = 1) -> Tensor:
        if self.reg_token is None:
            return x
        after = 1 + self.registers
        return torch.cat([x.narrow(dim, 0, 1), x.narrow(dim, after, x.shape[dim] - after)], dim=dim)
