"""DINOv3: DINOv2 with Gram anchoring: the similarities between patches are held to those of an earlier teacher."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.backbones.vit import VisionTransformer
from engine.config.errors import complain
from engine.config.part import setting
from engine.losses.gram import gram_distance, gram_matrix
from engine.memory.teacher import frozen_copy
from engine.method import Batch, Out, Progress
from engine.methods.sinkhorn_distillation import SinkhornDistillation, SinkhornDistillationConfig
from engine.pictures.blocks import enlarged, framed_blocks
from engine.pictures.gram import gram_rows
from engine.pictures.heat import heat
from engine.pictures.matrix import spaced, strips


class DINOv3Config(SinkhornDistillationConfig):
    """Hyper-parameters of DINOv3."""

    gram_weight: float = setting(
        2.0,
        "Weight of the Gram distance once it is in the loss; 2 in the official code. At 0 DINOv3 is DINOv2, and the distance is "
        "only measured. Try this first.",
        ge=0,
        le=1000,
    )
    anchor_at: float = setting(
        0.2,
        "Share of the run after which the teacher is first copied as the anchor: early, because the maps of patches are cleanest "
        "then.",
        ge=0,
        le=1,
    )
    anchor_from: float = setting(
        0.5,
        "Share of the run from which the Gram distance is in the loss; not below method.anchor_at. At 1 it never is. In the "
        "official config it begins after 1,000,000 steps.",
        ge=0,
        le=1,
    )
    anchor_every: float = setting(
        0.0,
        "Share of the run after which the present teacher becomes the anchor, again and again from method.anchor_from on; every "
        "10,000 steps, three times at most, in the official config. A frequent renewal lets the patches drift.",
        zero="the first anchor stays",
        ge=0,
        le=1,
    )


class DINOv3(SinkhornDistillation[DINOv3Config]):
    """Siméoni et al., DINOv3, 2025 (2508.10104).

    The objective of DINOv2 with the Gram distance: of the global views, between all patches of the student, masked ones
    included, and of the anchor, an earlier copy of the teacher that sees the whole view; as in the official code
    (github.com/facebookresearch/dinov3, dinov3/train/ssl_meta_arch.py and dinov3/loss/gram_loss.py, config
    dinov3_vit7b16_gram_anchor.yaml) a mean over the pairs of patches of an image. The times are shares of a run, there steps of a
    training in two parts. Different from the code: the anchor sees the views at their size, there at twice the size; what is
    different in `dinov2` is so here; no rotary positions, registers, or separate normalisation of class token and patches.
    `gram drift` is measured from the first copy on, also before it is in the loss: a training of a few minutes shows how it grows
    and is pulled back, not that features of patches get worse without it, which the paper sees in long runs of large networks."""

    Config = DINOv3Config
    copies: Tensor

    def __init__(self, config: DINOv3Config, backbone: VisionTransformer) -> None:
        super().__init__(config, backbone)
        if config.anchor_from < config.anchor_at:
            raise complain("method.anchor_from", f"at least method.anchor_at ({config.anchor_at:g})", config.anchor_from)
        self.anchor = frozen_copy(self.encoder)
        self.register_buffer("copies", torch.zeros((), dtype=torch.long))  # how often the teacher was copied

    def regularisers(self, views: Tensor, tokens: Tensor, at: Progress) -> tuple[Tensor, dict[str, Tensor | float]]:
        """KoLeo, and from the first copy on the Gram distance of both views, the mean of the two."""
        added, terms = super().regularisers(views, tokens, at)
        if not self.copies:
            return added, terms
        loss = at.fraction >= self.config.anchor_from
        with torch.no_grad():
            anchor = self.anchor.tokens(views)[:, 1:]  # (2N, T, D)
        with torch.set_grad_enabled(loss and torch.is_grad_enabled()):
            distance = gram_distance(tokens[:, 1:], anchor).view(2, -1).mean(0)  # (N,)
        terms["gram drift"] = distance.detach().mean()
        return (added + self.config.gram_weight * distance if loss else added), terms

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Momentum update of the teacher; it is copied as the anchor when it is time."""
        super().after_step(at, *outs)
        config, copies = self.config, int(self.copies)
        done = Progress(at.step + 1, at.steps, at.epoch, at.epochs).fraction if at.share is None else at.share
        due = done >= config.anchor_at if copies == 0 else self._renewal_due(done, copies)
        if due:
            self.anchor.load_state_dict(self.encoder.state_dict())
            self.copies.add_(1)

    def _renewal_due(self, done: float, copies: int) -> bool:
        every = self.config.anchor_every
        return every > 0 and done >= self.config.anchor_from + copies * every - 1e-9

    def teachers(self) -> list[nn.Module]:
        """The teacher and the anchor."""
        return [self.teacher, self.anchor]

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """iBOT's; `gram matrix`: the cosines between all patches of each image, of the anchor, of the teacher now, and their
        difference; `similar to the framed patch`: those of the framed patch as heat maps, of the anchor (left) and of the teacher
        now. Before the first copy the anchor is the untrained network."""
        x, side = batch.views[0], self.backbone.side
        then, now = self.anchor.tokens(x)[:, 1:], self.encoder.tokens(x)[:, 1:]
        pixels = enlarged(batch.pixels(x))
        middle = side // 2 * side + side // 2
        frame = torch.full((len(x), 1, 1), middle, device=x.device)
        gram_then, gram_now = gram_matrix(then), gram_matrix(now)
        heats = [heat(pixels, gram[:, middle].view(-1, side, side)) for gram in (gram_then, gram_now)]
        maps = [framed_blocks(one, frame, side, first=1, count=2) for one in heats]  # not red, which is the heat's colour
        return {
            **super().pictures(batch),
            "gram matrix": spaced(gram_rows(gram_then, gram_now)),
            "similar to the framed patch": spaced(strips(*maps)),
        }


METHOD = DINOv3
