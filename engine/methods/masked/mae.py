"""MAE: see a quarter of the patches and paint the rest."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.augment.masking import Mask, random_mask
from engine.backbones.backbone import Backbone
from engine.backbones.vit import Block, VisionTransformer, initialise, sincos_positions
from engine.config.errors import complain
from engine.config.part import setting
from engine.losses.reconstruction import masked_mse, normalise_patches, patchify, unpatchify
from engine.method import Batch, Method, MethodConfig, Out, Progress


class MAEConfig(MethodConfig):
    """Hyper-parameters of MAE."""

    mask_ratio: float = setting(
        0.75,
        "Share of the patches that is hidden; .75 is best in the paper; a linear probe falls off below .6 (Fig. 5).",
        gt=0,
        lt=1,
    )
    decoder_dim: int = setting(64, "Width of the decoder, a multiple of 4; 512 in the paper.", ge=8, le=4096, multiple_of=4)
    decoder_depth: int = setting(1, "Blocks of the decoder; 8 in the paper, 1 is enough for fine-tuning (Table 1a).", ge=1, le=24)
    decoder_heads: int = setting(4, "Attention heads of the decoder; must divide its width.", ge=1, le=64)
    normalise_pixels: bool = setting(True, "Reconstruct each patch normalised by its own mean and deviation (Table 1d).")


class MAE(Method):
    """He et al., Masked Autoencoders Are Scalable Vision Learners, CVPR 2022 (2111.06377)."""

    Config = MAEConfig
    recipe = {
        "views": {"preset": "mae"},
        "backbone": {"name": "vit_micro", "pool": "mean"},
        "optim": {"lr": 0.002, "weight_decay": 0.05, "beta2": 0.95, "warmup": 0.1},
        # Many small steps: a short run ends long before a large batch pays.
        "train": {"batch": 128},
    }

    def __init__(self, config: MAEConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        if not isinstance(backbone, VisionTransformer):
            raise complain(
                "backbone.name", "a ViT for mae (vit_micro, vit_tiny, vit_small)", type(backbone).__name__, "Choose one of them."
            )
        if config.decoder_dim % config.decoder_heads:
            raise complain("method.decoder_heads", f"a divisor of decoder_dim ({config.decoder_dim})", config.decoder_heads)
        backbone.fix_positions()
        dim = config.decoder_dim
        self.enter = nn.Linear(backbone.dim, dim)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.positions = nn.Parameter(sincos_positions(backbone.side, dim, cls=True), requires_grad=False)
        self.decoder = nn.ModuleList(Block(dim, config.decoder_heads) for _ in range(config.decoder_depth))
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.paint = nn.Linear(dim, backbone.patch**2 * 3)
        for part in (backbone, self.enter, self.decoder, self.paint):
            initialise(part, "xavier")
        nn.init.normal_(self.mask_token, std=0.02)

    @property
    def vit(self) -> VisionTransformer:
        """The backbone, known to be a ViT."""
        assert isinstance(self.backbone, VisionTransformer)
        return self.backbone

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Encode what is visible, paint what is hidden, compare there alone."""
        x = batch.views[0]
        mask = self._mask(x, batch.generator)
        tokens, painted = self._paint(x, mask)
        target = patchify(x, self.vit.patch)  # (N, T, p*p*3)
        if self.config.normalise_pixels:
            target = normalise_patches(target)[0]
        return Out(masked_mse(painted, target, mask.hidden.float()), features=self.vit.pooled(tokens))

    def _mask(self, x: Tensor, generator: torch.Generator) -> Mask:
        drawn = random_mask(len(x), self.vit.side**2, self.config.mask_ratio, generator)
        return Mask(*(part.to(x.device) for part in drawn))

    def _paint(self, x: Tensor, mask: Mask) -> tuple[Tensor, Tensor]:
        """Encoder tokens (N, 1 + K, D) and painted patches (N, T, p*p*3)."""
        tokens = self.vit.tokens(x, mask.keep)
        y = self.enter(tokens)  # (N, 1 + K, d)
        holes = self.mask_token.to(y.dtype).expand(len(y), mask.restore.shape[1] - mask.keep.shape[1], -1)
        patches = torch.cat([y[:, 1:], holes], dim=1)
        patches = torch.gather(patches, 1, mask.restore.unsqueeze(-1).expand(-1, -1, y.shape[-1]))  # back in their places
        y = torch.cat([y[:, :1], patches], dim=1) + self.positions
        for block in self.decoder:
            y = block(y)
        return tokens, self.paint(self.norm(y))[:, 1:]

    def chance(self, batch_size: int) -> float | None:
        """Filling in each patch's own mean leaves a variance of 1 (p*p*3 - 1 over p*p*3 with the unbiased deviation)."""
        size = self.vit.patch**2 * 3
        return (size - 1) / size if self.config.normalise_pixels else None

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Image, what is visible of it, the painting, and where it errs."""
        x = batch.views[0]
        mask = self._mask(x, batch.generator)
        painted = self._paint(x, mask)[1].float()
        patches = patchify(x, self.vit.patch)
        if self.config.normalise_pixels:
            _, mean, deviation = normalise_patches(patches)
            painted = painted * deviation + mean
        hidden = mask.hidden.unsqueeze(-1)
        image = batch.pixels(x)
        whole = batch.pixels(unpatchify(torch.where(hidden, painted, patches), self.vit.patch))
        grey = patchify(torch.full_like(image, 0.5), self.vit.patch)
        seen = unpatchify(torch.where(hidden, grey, patchify(image, self.vit.patch)), self.vit.patch)
        return {"image": image, "visible": seen, "reconstruction": whole, "error": (whole - image).abs().mul(2).clamp(0, 1)}


METHOD = MAE
