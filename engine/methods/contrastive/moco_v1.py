"""MoCo: contrast a view with the key of the other view, from a momentum encoder, and a queue of earlier keys."""

from __future__ import annotations

from torch import nn

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.method import Views
from engine.methods.momentum_contrast import MomentumContrast, MomentumContrastConfig


class MoCoV1Config(MomentumContrastConfig):
    """Hyper-parameters of MoCo."""

    temperature: float = setting(
        0.07,
        "Softmax temperature tau, Eq. 1; .07 in the paper. Small values weight only the nearest negatives, large ones weight all "
        "equally. Try this first: v2 is best at .2.",
        gt=0,
        le=5,
    )
    momentum: float = setting(
        0.99,
        "How much of the key encoder stays at each step. .999 in the paper's long runs, .99 in its CIFAR recipe; "
        "0 copies the query encoder and fails (Sec. 4.1), 1 never moves.",
        ge=0,
        le=1,
    )
    queue: int = setting(
        4096,
        "Keys in the queue: 65,536 for ImageNet, the more the better (Fig. 3); 4,096 in the CIFAR recipe. A queue longer than the "
        "data contains old keys of the same image.",
        ge=2,
        le=1_000_000,
    )


class MoCoV1(MomentumContrast[MoCoV1Config]):
    """He et al., Momentum Contrast for Unsupervised Visual Representation Learning, CVPR 2020 (1911.05722).

    It differs from v2 in its linear head, its temperature, its weaker augmentation and its stepwise learning rate. Different from
    the paper: AdamW as for the other contrastive methods here, there SGD; batch normalisation is shuffled between parts of the
    batch on one device, there between GPUs (`bn_splits`)."""

    Config = MoCoV1Config
    views = Views(2, 2)
    recipe = {"views": {"preset": "moco_v1"}, "optim": {"schedule": "step"}}

    def __init__(self, config: MoCoV1Config, backbone: Backbone) -> None:
        super().__init__(config, backbone, nn.Linear(backbone.dim, config.out_dim))


METHOD = MoCoV1
