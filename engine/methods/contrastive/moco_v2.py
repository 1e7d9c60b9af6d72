"""MoCo v2: MoCo with an MLP head, stronger augmentation and a cosine schedule."""

from __future__ import annotations

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.heads.mlp import mlp
from engine.method import Views
from engine.methods.momentum_contrast import MomentumContrast, MomentumContrastConfig


class MoCoV2Config(MomentumContrastConfig):
    """Hyper-parameters of MoCo v2."""

    temperature: float = setting(0.2, "Softmax temperature tau; .2 in v2 (.07 in v1).", gt=0, le=5)
    momentum: float = setting(
        0.99,
        "How much of the key encoder stays at each step. .999 in the paper's long runs, .99 in its CIFAR recipe; "
        "0 copies the query encoder and fails (1911.05722, Sec. 4.1), 1 never moves.",
        ge=0,
        le=1,
    )
    queue: int = setting(
        4096,
        "Keys in the queue: 65,536 for ImageNet, 4,096 in the CIFAR recipe. A queue longer than the data contains old keys of "
        "the same image.",
        ge=2,
        le=1_000_000,
    )
    hidden_dim: int = setting(512, "Width of the MLP head, v2's first addition; 2,048 for a ResNet-50.", ge=1, le=16384)


class MoCoV2(MomentumContrast[MoCoV2Config]):
    """Chen et al., Improved Baselines with Momentum Contrastive Learning, 2020 (2003.04297).

    Loss, key encoder and queue are those of He et al., Momentum Contrast for Unsupervised Visual Representation Learning, CVPR 2020
    (1911.05722). Different from the paper: AdamW, there SGD; batch normalisation is shuffled between parts of the batch on one
    device, there between GPUs (`bn_splits`)."""

    Config = MoCoV2Config
    views = Views(2, 2)
    recipe = {"views": {"preset": "moco_v2"}}

    def __init__(self, config: MoCoV2Config, backbone: Backbone) -> None:
        super().__init__(config, backbone, mlp(backbone.dim, config.hidden_dim, config.out_dim, norm=False))


METHOD = MoCoV2
