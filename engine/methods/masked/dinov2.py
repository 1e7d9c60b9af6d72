"""DINOv2: iBOT with a head for class tokens and one for patches, Sinkhorn-Knopp in place of centres, and KoLeo."""

from __future__ import annotations

from engine.methods.sinkhorn_distillation import SinkhornDistillation, SinkhornDistillationConfig


class DINOv2Config(SinkhornDistillationConfig):
    """Hyper-parameters of DINOv2."""


class DINOv2(SinkhornDistillation[DINOv2Config]):
    """Oquab et al., DINOv2: Learning Robust Visual Features without Supervision, TMLR 2024 (2304.07193).

    The objective of Sec. 4, as in the official code (github.com/facebookresearch/dinov2, dinov2/train/ssl_meta_arch.py and
    dinov2/loss): the student gets all crops, masked in half of the global ones, the teacher gets the whole global ones; KoLeo is
    added for each global view, not averaged over the two. Sinkhorn-Knopp and untied heads are those of the paper; the code's
    default config has centres and one head. Different from the code: masks are drawn for each view independently, there exactly
    half of the views of a batch have one; both temperatures are warmed up for a tenth of the run; learning rate and weight decay
    are those of the other methods here, without decay by layer, a slower patch embedding and rising weight decay; neither
    LayerScale nor the last part of the training at a high resolution."""

    Config = DINOv2Config


METHOD = DINOv2
