"""The vision transformer of clips: tokens of some frames of a patch each, with positions in time and space (V-JEPA, 2404.08471)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.backbones.vit import VisionTransformer, initialise, resize_positions
from engine.data.clips import spread


class TubeletEmbed(nn.Module):
    """A linear map of each tubelet, `tubelet` frames of patch x patch pixels: a 3D convolution whose stride is its kernel."""

    def __init__(self, tubelet: int, patch: int, dim: int) -> None:
        super().__init__()
        self.tubelet, self.patch = tubelet, patch
        self.proj = nn.Linear(3 * tubelet * patch**2, dim)

    def forward(self, clips: Tensor) -> Tensor:
        """(N, T, 3, S, S) to (N, (T / tubelet) (S / patch)^2, dim): the first frames first, then row by row."""
        n, t, c, _, side = clips.shape
        p, across = self.patch, side // self.patch
        parts = clips.reshape(n, t // self.tubelet, self.tubelet, c, across, p, across, p)
        # Colours, frames, rows, columns: the order of a 3D convolution's weights.
        flat = parts.permute(0, 1, 4, 6, 3, 2, 5, 7).reshape(n, -1, self.proj.in_features)
        out: Tensor = self.proj(flat)
        return out


class ClipTransformer(Backbone):
    """Clips to features: the blocks and the last normalisation of a ViT on tokens of tubelets, with fixed 3D sine-cosine positions
    and without a class token. The feature is the mean of the tokens.

    `vit`: gives the blocks, which become a part of this encoder, the width and the side of a patch; its own patch embedding, class
    token and positions are not used. `frames`: how many of a clip's frames are encoded, evenly spaced, a multiple of `tubelet`. An
    image is a clip that stands still. Positions of images of another size than the ViT's are interpolated."""

    sees_clips = True

    def __init__(self, vit: VisionTransformer, frames: int, tubelet: int) -> None:
        super().__init__()
        assert frames % tubelet == 0
        self.dim, self.patch, self.side, self.init = vit.dim, vit.patch, vit.side, vit.init
        self.size, self.multiple = vit.size, vit.patch
        self.frames, self.tubelet, self.times = frames, tubelet, frames // tubelet
        self.patch_embed = TubeletEmbed(tubelet, vit.patch, vit.dim)
        initialise(self.patch_embed, vit.init)
        self.blocks, self.norm = vit.blocks, vit.norm
        self.register_buffer("positions", clip_positions(self.times, self.side, self.dim))
        self._draw_vit = vit.another

    positions: Tensor

    def tokens(self, clips: Tensor, keep: Tensor | None = None) -> Tensor:
        """Normalised tokens (N, T, dim) of the last block, the first frames first, then row by row; clips (N, frames, 3, S, S).
        `keep`: (N, K) indices of the tokens to keep, the others are left out before the blocks: (N, K, dim)."""
        x = self.patch_embed(clips) + self._positions(clips.shape[-1] // self.patch)
        if keep is not None:
            x = torch.gather(x, 1, keep.unsqueeze(-1).expand(-1, -1, self.dim))
        for block in self.blocks:
            x = block(x)
        out: Tensor = self.norm(x)
        return out

    def chosen(self, clips: Tensor) -> Tensor:
        """The frames that are encoded, (N, frames, 3, S, S), of clips (N, T, 3, S, S)."""
        return clips[:, spread(clips.shape[1], self.frames).tolist()]

    def encode_clips(self, clips: Tensor) -> Tensor:
        """Clips (N, T, 3, S, S) to features (N, dim)."""
        return self.tokens(self.chosen(clips)).mean(1)

    def forward(self, images: Tensor) -> Tensor:
        """Images (N, 3, S, S) to features (N, dim): those of a clip in which nothing moves."""
        return self.tokens(self._as_clip(images)).mean(1)

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """The tokens of images as a map (N, dim, s, s), their mean over time. Its cells are the patches, whatever `least` asks."""
        side = images.shape[-1] // self.patch
        tokens = self.tokens(self._as_clip(images)).unflatten(1, (self.times, side, side))  # (N, T, s, s, dim)
        maps: Tensor = tokens.mean(1).permute(0, 3, 1, 2)
        return maps

    def another(self) -> ClipTransformer:
        """The same architecture, drawn anew."""
        return ClipTransformer(self._draw_vit(), self.frames, self.tubelet)

    def _as_clip(self, images: Tensor) -> Tensor:
        return images[:, None].expand(-1, self.frames, -1, -1, -1)

    def _positions(self, side: int) -> Tensor:
        if side == self.side:
            return self.positions
        of_patches = self.positions.view(self.times, -1, self.dim).transpose(0, 1).flatten(1)[None]  # (1, s^2, times dim)
        resized = resize_positions(of_patches, side).view(-1, self.times, self.dim)
        return resized.transpose(0, 1).reshape(1, -1, self.dim)


def clip_positions(times: int, side: int, dim: int) -> Tensor:
    """Three-dimensional sine-cosine position embeddings (1, times side^2, dim), as in V-JEPA's official code with `uniform_power`:
    a third of the channels each for time, row and column, rounded up to an even number; what is beyond `dim` is cut off."""
    third = 2 * -(-dim // 6)
    rate = 1.0 / 10_000 ** (torch.arange(third // 2, dtype=torch.float64) / (third / 2))

    def along(count: int) -> Tensor:
        angle = torch.arange(count, dtype=torch.float64)[:, None] * rate
        return torch.cat([angle.sin(), angle.cos()], dim=1)  # (count, third)

    shape = (times, side, side, third)
    parts = [along(times)[:, None, None], along(side)[None, :, None], along(side)[None, None]]
    grid = torch.cat([part.expand(shape) for part in parts], dim=3)[..., :dim]
    return grid.reshape(1, -1, dim).float()
