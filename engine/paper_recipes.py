"""Published recipes of the methods: the settings of the paper or of its official code, with their source. Torch-free.

`python -m engine methods --recipes` prints them; `--recipe paper` of `train`, `api.train(recipe="paper")` and the window start from
one. A row holds what was read in its source and nothing else: what is not known, or cannot be set in this program, is said in
`differs`.

Rates are those of the published batch. `scaled` says how they follow it: a run with another batch gets a rate in proportion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.augment.presets import groups
from engine.config.errors import complain
from engine.config.text import merge

# Stored images are larger than the crops of 224 px, so that a crop of a part has pixels enough. This is of this program, no
# paper says it.
STORED = 256


@dataclass(frozen=True)
class PaperRecipe:
    """The published recipe of a method.

    `id`: of the method; `settings`: nested, as in a config; `source`: where they stand; `needs`: machines and data with which they
    were used; `scaled`: how the rate follows the batch, "" where it does not; `differs`: what is left out or is otherwise here."""

    id: str
    settings: Mapping[str, Any]
    source: str
    needs: str
    scaled: str = ""
    differs: tuple[str, ...] = field(default=())


def _views(preset: str, groups: int = 1, local: int | None = None, size: int = 224, **changes: Any) -> dict[str, Any]:
    """The views of a preset at the published sizes: groups of global views of `size` px, then one of local views of `local` px.
    `changes`: of every global group."""
    sized: dict[int, dict[str, Any]] = {number: {"size": size, **changes} for number in range(groups)}
    if local is not None:
        sized[groups] = {"size": local}
    return {"preset": preset, "groups": sized}


def _local(views: dict[str, Any], number: int, **changes: Any) -> dict[str, Any]:
    """Views with changes of the group of this number."""
    return merge(views, {"groups": {number: changes}})


def _sgd(lr: float, decay: float, warmup: float = 0.0, **more: Any) -> dict[str, Any]:
    return {"name": "sgd", "lr": lr, "momentum": 0.9, "weight_decay": decay, "warmup": warmup, **more}


def _lars(lr: float, decay: float, warmup: float, **more: Any) -> dict[str, Any]:
    return {"name": "lars", "lr": lr, "momentum": 0.9, "weight_decay": decay, "warmup": warmup, "schedule": "cosine", **more}


def _adamw(lr: float, decay: float, warmup: float, **more: Any) -> dict[str, Any]:
    return {"name": "adamw", "lr": lr, "weight_decay": decay, "warmup": warmup, "schedule": "cosine", **more}


_RESNET50 = {"name": "resnet50", "stem": "imagenet"}
_CIFAR_RESNET50 = {"name": "resnet50", "stem": "small"}
_VIT_B = {"name": "torchvision/vit_b_16"}
_BY_256 = "base rate x batch / 256"
_ADAM = "Adam with the decay in its gradient; here AdamW"

RECIPES: tuple[PaperRecipe, ...] = (
    PaperRecipe(
        "simclr",
        {
            "method": {"temperature": 0.1, "hidden_dim": 2048, "out_dim": 128},
            "views": _views("simclr_imagenet"),
            "backbone": _RESNET50,
            "optim": _lars(4.8, 1e-4, 0.1),
            "train": {"batch": 4096, "epochs": 100},
        },
        "tf2/README.md (the paper's defaults) and run.py of google-research/simclr; 2002.05709, Sec. 2.2",
        "32 to 128 TPU v3 cores; 100 epochs of ImageNet",
        _BY_256,
    ),
    PaperRecipe(
        "moco_v1",
        {
            "method": {"temperature": 0.07, "momentum": 0.999, "queue": 65536, "out_dim": 128, "bn_splits": 8},
            "views": _views("moco_v1"),
            "backbone": _RESNET50,
            "optim": _sgd(0.03, 1e-4, schedule="step"),
            "train": {"batch": 256, "epochs": 200},
        },
        "1911.05722, Sec. 3.3 and 4; main_moco.py of facebookresearch/moco",
        "8 GPUs; 200 epochs of ImageNet",
        _BY_256,
    ),
    PaperRecipe(
        "moco_v2",
        {
            "method": {"temperature": 0.2, "momentum": 0.999, "queue": 65536, "hidden_dim": 2048, "out_dim": 128, "bn_splits": 8},
            "views": _views("moco_v2"),
            "backbone": _RESNET50,
            "optim": _sgd(0.03, 1e-4, schedule="cosine"),
            "train": {"batch": 256, "epochs": 200},
        },
        "2003.04297, Sec. 3; README and main_moco.py of facebookresearch/moco (--mlp --moco-t 0.2 --aug-plus --cos)",
        "8 GPUs; 200 or 800 epochs of ImageNet",
        _BY_256,
    ),
    PaperRecipe(
        "moco_v3",
        {
            "method": {"temperature": 0.2, "momentum": 0.99, "freeze_patch": True, "hidden_dim": 4096, "out_dim": 256},
            "views": _views("byol", 2),
            "backbone": _VIT_B,
            "optim": _adamw(2.4e-3, 0.1, 40 / 300),
            "train": {"batch": 4096, "epochs": 300},
        },
        "CONFIG.md of facebookresearch/moco-v3, ViT-Base; 2104.02057, Sec. 4",
        "64 GPUs; 300 epochs of ImageNet",
        _BY_256,
    ),
    PaperRecipe(
        "cmc",
        {
            "method": {"temperature": 0.07, "hidden_dim": 0, "out_dim": 128},
            "views": _views("crop_flip"),
            "backbone": _RESNET50,
            "optim": _sgd(0.03, 1e-4, schedule="step"),
            "train": {"batch": 128, "epochs": 240},
        },
        "train_CMC.py of HobbitLong/CMC",
        "240 epochs of ImageNet",
        "",
        (
            "its rate falls to a tenth at epochs 120, 160 and 200, here twice",
            "16,384 negatives of a memory bank; here those of the batch",
        ),
    ),
    PaperRecipe(
        "pixcontrast",
        {
            "method": {"temperature": 0.3, "threshold": 0.7, "momentum": 0.99, "out_dim": 256},
            "views": _views("byol", 2),
            "backbone": _RESNET50,
            "optim": _lars(4.0, 1e-5, 0.05),
            "train": {"batch": 1024, "epochs": 100},
        },
        "tools/pixpro_base_r50_100ep.sh and contrast/option.py of zdaxie/PixPro",
        "8 GPUs; 100 epochs of ImageNet",
        _BY_256,
        ("the script is of PixPro, its sibling; temperature: 2011.10043, Sec. 3.1",),
    ),
    PaperRecipe(
        "align_uniform",
        {
            "method": {"alpha": 2.0, "t": 2.0, "weight": 1.0, "out_dim": 128},
            "optim": _sgd(0.36, 1e-4, schedule="step"),
            "train": {"batch": 768, "epochs": 200},
        },
        "examples/stl10/main.py of SsnL/align_uniform",
        "STL-10, 200 epochs",
        "0.12 x batch / 256",
        ("its rate falls to a tenth at epochs 155, 170 and 185", "its encoder is a small AlexNet, which is not here: any is taken"),
    ),
    PaperRecipe(
        "debiased",
        {
            "method": {"temperature": 0.5, "tau_plus": 0.1, "hidden_dim": 512, "out_dim": 128},
            "backbone": _CIFAR_RESNET50,
            "optim": {"name": "adamw", "lr": 1e-3, "weight_decay": 1e-6, "schedule": "constant", "warmup": 0.0},
            "train": {"batch": 256, "epochs": 500},
        },
        "main.py of chingyaoc/DCL",
        "STL-10 or CIFAR-10, 500 epochs",
        "",
        (_ADAM,),
    ),
    PaperRecipe(
        "hard_negatives",
        {
            "method": {"temperature": 0.5, "tau_plus": 0.1, "beta": 1.0, "hidden_dim": 512, "out_dim": 128},
            "backbone": _CIFAR_RESNET50,
            "optim": {"name": "adamw", "lr": 1e-3, "weight_decay": 1e-6, "schedule": "constant", "warmup": 0.0},
            "train": {"batch": 256, "epochs": 400},
        },
        "image/main.py of joshr17/HCL",
        "STL-10, CIFAR-10 or CIFAR-100, 400 epochs",
        "",
        (_ADAM,),
    ),
    PaperRecipe(
        "instdisc",
        {
            "method": {"objective": "nce", "temperature": 0.07, "momentum": 0.5, "out_dim": 128, "negatives": 4096},
            "views": _views("instdisc"),
            "backbone": {"name": "resnet18", "stem": "imagenet"},
            "optim": _sgd(0.03, 1e-4, schedule="step"),
            "train": {"batch": 256, "epochs": 200},
        },
        "README and main.py of zhirongw/lemniscate.pytorch",
        "200 epochs of ImageNet",
    ),
    PaperRecipe(
        "invaspread",
        {
            "method": {"temperature": 0.1, "out_dim": 128},
            "backbone": {"name": "resnet18", "stem": "small"},
            "optim": _sgd(0.03, 5e-4, schedule="step"),
            "train": {"batch": 128, "epochs": 301},
        },
        "README and demo_seen.py of mangye16/Unsupervised_Embedding_Learning",
        "4 GPUs; CIFAR-10, 301 epochs",
        "",
        ("its rate falls at epochs 120, 160 and 200; here at 60 % and 80 %",),
    ),
    PaperRecipe(
        "byol",
        {
            "method": {"momentum": 0.996, "hidden_dim": 4096, "out_dim": 256},
            "views": _views("byol", 2),
            "backbone": _RESNET50,
            "optim": _lars(3.2, 1.5e-6, 0.01),
            "train": {"batch": 4096, "epochs": 1000},
        },
        "2006.07733, Sec. 3.3 and App. B",
        "512 TPU v3 cores; 1,000 epochs of ImageNet",
        _BY_256,
    ),
    PaperRecipe(
        "simsiam",
        {
            "method": {"out_dim": 2048, "predictor_dim": 512, "stop_gradient": True},
            "views": _views("moco_v2"),
            "backbone": _RESNET50,
            "optim": _sgd(0.1, 1e-4, schedule="cosine"),
            "train": {"batch": 512, "epochs": 100},
        },
        "2011.10566, Sec. 3; README and main_simsiam.py of facebookresearch/simsiam (--fix-pred-lr)",
        "8 GPUs; 100 epochs of ImageNet",
        _BY_256,
    ),
    PaperRecipe(
        "dino",
        {
            "method": {
                "student_temperature": 0.1,
                "teacher_temperature": 0.04,
                "warmup_teacher_temperature": 0.04,
                "momentum": 0.996,
                "centre_momentum": 0.9,
                "freeze_last": 0.01,
                "clip": 3.0,
                "head_norm": False,
                "hidden_dim": 2048,
                "bottleneck_dim": 256,
                "out_dim": 65536,
            },
            "views": _views("dino", 2, 96),
            "backbone": {"name": "vit_small", "patch": 16, "drop_path": 0.1},
            "optim": _adamw(1e-3, 0.04, 0.1, weight_decay_end=0.4, final=1e-3),
            "train": {"batch": 512, "epochs": 100},
        },
        "README (vanilla training) and main_dino.py of facebookresearch/dino; 2104.14294, Sec. 3.2",
        "8 GPUs; 100 epochs of ImageNet",
        "0.0005 x batch / 256",
    ),
    PaperRecipe(
        "feature_distillation",
        {
            "method": {"whitening": True, "beta": 2.0},
            "views": _views("feature_distillation"),
            "backbone": {"name": "vit_small", "patch": 16, "pool": "mean", "rel_pos": "shared", "drop_path": 0.3},
            "optim": _adamw(1.2e-3, 0.05, 10 / 300, clip=3.0, final=1 / 60),
            "train": {"batch": 2048, "epochs": 300},
        },
        "configs/pretrain/fd_pretrain__dino_vit_base__img224__300ep.yaml of SwinTransformer/Feature-Distillation",
        "16 GPUs; 300 epochs of ImageNet; a DINO ViT-B as teacher",
        "0.0003 x batch / 512",
        ("a ViT-B; here a ViT-S, the largest with shared relative positions",),
    ),
    PaperRecipe(
        "barlow_twins",
        {
            "method": {"redundancy": 0.0051, "out_dim": 8192, "scale": 1.0},
            "views": _views("byol", 2),
            "backbone": _RESNET50,
            "optim": _lars(1.6, 1e-6, 0.01, bias_rate=0.024, final=1e-3),
            "train": {"batch": 2048, "epochs": 1000},
        },
        "main.py of facebookresearch/barlowtwins; 2103.03230, Sec. 2.2",
        "16 V100 GPUs for 7 days; 1,000 epochs of ImageNet",
        _BY_256,
    ),
    PaperRecipe(
        "vicreg",
        {
            "method": {"invariance": 25.0, "variance": 25.0, "covariance": 1.0, "out_dim": 8192},
            "views": _views("byol", 2),
            "backbone": _RESNET50,
            "optim": _lars(1.6, 1e-6, 0.01, final=1e-3),
            "train": {"batch": 2048, "epochs": 1000},
        },
        "README and main_vicreg.py of facebookresearch/vicreg",
        "32 GPUs; 1,000 epochs of ImageNet",
        _BY_256,
    ),
    PaperRecipe(
        "lejepa",
        {
            "views": _views("lejepa", 1, 96),
            "optim": _adamw(5e-4, 0.05, 0.05, final=1e-3),
        },
        "README of rbalestr-lab/lejepa, Training Configuration",
        "any encoder; no length or batch is named",
        "",
        ("length of the warm-up, batch and epochs are not named", "decay is for ViTs; 0.0005 for ResNets"),
    ),
    PaperRecipe(
        "swav",
        {
            "method": {
                "prototypes": 3000,
                "temperature": 0.1,
                "epsilon": 0.05,
                "sinkhorn_iterations": 3,
                "queue": 0,
                "freeze": 1 / 800,
                "hidden_dim": 2048,
                "out_dim": 128,
            },
            "views": _views("swav", 1, 96),
            "backbone": _RESNET50,
            "optim": _lars(4.8, 1e-6, 10 / 800, final=1e-3),
            "train": {"batch": 4096, "epochs": 800},
        },
        "scripts/swav_800ep_pretrain.sh of facebookresearch/swav",
        "64 GPUs; 800 epochs of ImageNet",
        "",
        ("the warm-up starts at a rate of 0.3; here near 0",),
    ),
    PaperRecipe(
        "inpainting",
        {
            "views": _views("crop_flip", size=128),
            "optim": {"name": "adamw", "lr": 2e-4, "beta1": 0.5, "schedule": "constant", "warmup": 0.0, "weight_decay": 0.0},
            "train": {"batch": 64, "epochs": 25},
        },
        "train.lua of pathak22/context-encoder",
        "one GPU; 25 epochs",
        "",
        (_ADAM,),
    ),
    PaperRecipe(
        "rotation",
        {
            "views": _views("crop_flip"),
            "backbone": {"name": "torchvision/alexnet"},
            "optim": _sgd(0.1, 5e-4, schedule="step"),
            "train": {"batch": 192, "epochs": 50},
        },
        "config/ImageNet_RotNet_AlexNet.py of gidariss/FeatureLearningRotNet",
        "50 epochs of ImageNet",
        "",
        (
            "its rate falls to a tenth at epochs 15, 30 and 45",
            "Nesterov's momentum",
            "each image in all four turns, so that a step has 768",
        ),
    ),
    PaperRecipe(
        "jigsaw_clustering",
        {
            "method": {"temperature": 0.3, "overlap": 0.3, "clustering": 1.0, "location": 1.0, "out_dim": 128},
            "views": _views("jigsaw_clustering"),
            "backbone": _RESNET50,
            "optim": _sgd(0.03, 1e-4, schedule="cosine"),
            "train": {"batch": 256, "epochs": 200},
        },
        "README and main.py of dvlab-research/JigsawClustering",
        "200 epochs of ImageNet",
    ),
    PaperRecipe(
        "mae",
        {
            "method": {
                "mask_ratio": 0.75,
                "masking": "random",
                "decoder_dim": 512,
                "decoder_depth": 8,
                "decoder_heads": 16,
                "normalise_pixels": True,
            },
            "views": _views("mae"),
            "backbone": {"name": "torchvision/vit_l_16"},
            "optim": _adamw(2.4e-3, 0.05, 0.05, beta1=0.9, beta2=0.95),
            "train": {"batch": 4096, "epochs": 800},
        },
        "PRETRAIN.md of facebookresearch/mae; 2111.06377, Table 8",
        "64 V100 GPUs for 42 hours; 800 epochs of ImageNet",
        "0.00015 x batch / 256",
    ),
    PaperRecipe(
        "simmim",
        {
            "method": {"mask_ratio": 0.6, "mask_unit": 32 / 224, "loss_on": "hidden"},
            "views": _views("simmim"),
            "backbone": {**_VIT_B, "drop_path": 0.1},
            "optim": {"name": "adamw", "lr": 4e-4, "weight_decay": 0.05, "schedule": "constant", "warmup": 10 / 800, "clip": 5.0},
            "train": {"batch": 2048, "epochs": 800},
        },
        "configs/vit_base__800ep/simmim_pretrain__vit_base__img224__800ep.yaml, config.py and README of microsoft/SimMIM",
        "16 GPUs; 800 epochs of ImageNet",
        "0.0001 x batch / 512",
        ("its rate falls to a tenth at epoch 700", "shared relative positions in place of position embeddings"),
    ),
    PaperRecipe(
        "ibot",
        {
            "method": {
                "mask_chance": 0.5,
                "mask_ratio": 0.3,
                "mask_spread": 0.2,
                "patch_weight": 1.0,
                "teacher_temperature": 0.07,
                "patch_temperature": 0.07,
                "warmup_teacher_temperature": 0.04,
                "warmup": 30 / 800,
                "momentum": 0.996,
                "freeze_last": 1 / 800,
                "clip": 3.0,
                "out_dim": 8192,
            },
            "views": _local(_views("dino", 2, 96, crop_min=0.25), 2, count=10, crop_max=0.25),
            "backbone": {"name": "vit_small", "patch": 16, "drop_path": 0.1},
            "optim": _adamw(2e-3, 0.04, 10 / 800, weight_decay_end=0.4, final=5e-4),
            "train": {"batch": 1024, "epochs": 800},
        },
        "README (ViT-S/16, 800 epochs) and main_ibot.py of bytedance/ibot",
        "16 GPUs; 800 epochs of ImageNet",
        "0.0005 x batch / 256",
        ("hidden width and bottleneck of its head: not looked up",),
    ),
    PaperRecipe(
        "convmae",
        {
            "method": {
                "mask_ratio": 0.75,
                "normalise_pixels": True,
                "decoder_dim": 512,
                "decoder_depth": 8,
                "decoder_heads": 16,
            },
            "views": _views("mae"),
            "backbone": {"name": "convvit_small"},
            "optim": _adamw(1.8e-3, 0.05, 40 / 1600, beta2=0.95),
            "train": {"batch": 3072, "epochs": 1600},
        },
        "PRETRAIN.md and models_convmae.py of Alpha-VL/ConvMAE",
        "24 GPUs; 1,600 epochs of ImageNet",
        "0.00015 x batch / 256",
        ("a ConvViT-Base; here the small one, the largest there is",),
    ),
    PaperRecipe(
        "deep_mim",
        {
            "method": {"mask_ratio": 0.75, "normalise_pixels": True},
            "views": _views("mae"),
            "backbone": _VIT_B,
            "optim": _adamw(2.4e-3, 0.05, 40 / 1600, beta2=0.95),
            "train": {"batch": 4096, "epochs": 1600},
        },
        "README of OliverRensu/DeepMIM",
        "32 GPUs; 1,600 epochs of ImageNet",
        "0.00015 x batch / 256",
        ("targets of CLIP; here pixels", "its decoder: not looked up"),
    ),
    PaperRecipe(
        "ijepa",
        {
            "method": {
                "targets": 4,
                "target_min": 0.15,
                "target_max": 0.2,
                "aspect_min": 0.75,
                "aspect_max": 1.5,
                "context_min": 0.85,
                "context_max": 1.0,
                "momentum": 0.996,
                "loss": "smooth_l1",
                "predictor_dim": 384,
                "predictor_depth": 12,
            },
            "views": _views("ijepa"),
            "backbone": {"name": "torchvision/vit_h_14"},
            "optim": _adamw(1e-3, 0.04, 40 / 300, weight_decay_end=0.4, final=1e-3),
            "train": {"batch": 2048, "epochs": 300},
        },
        "configs/in1k_vith14_ep300.yaml of facebookresearch/ijepa",
        "16 A100 GPUs; 300 epochs of ImageNet",
        "",
        ("the warm-up starts at a rate of 0.0002; here near 0", "heads of its predictor: not looked up"),
    ),
    PaperRecipe(
        "vjepa",
        {
            "method": {
                "frames": 16,
                "tubelet": 2,
                "short_blocks": 8,
                "short_share": 0.15,
                "long_blocks": 2,
                "long_share": 0.7,
                "aspect_min": 0.75,
                "aspect_max": 1.5,
                "momentum": 0.998,
                "predictor_dim": 384,
                "predictor_depth": 12,
            },
            "data": {"frames": 16},
            "views": _views("ijepa", ratio_max=1.35),
            "backbone": {"name": "torchvision/vit_l_16"},
            "optim": _adamw(6.25e-4, 0.04, 40 / 300, weight_decay_end=0.4, final=1.6e-3, clip=10.0),
            "train": {"batch": 3072, "steps": 90000},
        },
        "configs/pretrain/vitl16.yaml of facebookresearch/jepa",
        "128 GPUs; 90,000 steps of Kinetics-710, Something-Something v2 and HowTo100M",
        "",
        ("the warm-up starts at a rate of 0.0002; here near 0", "heads of its predictor: not looked up"),
    ),
    PaperRecipe(
        "cut",
        {
            "method": {
                "contrast": 1.0,
                "identity": True,
                "adversarial": 1.0,
                "flip_equivariance": False,
                "temperature": 0.07,
                "patches": 256,
                "out_dim": 256,
                "width": 64,
                "blocks": 9,
                "discriminator_width": 64,
            },
            "views": _views("translation", size=256),
            "optim": {
                "name": "adamw",
                "lr": 2e-4,
                "beta1": 0.5,
                "beta2": 0.999,
                "weight_decay": 0.0,
                "schedule": "linear",
                "warmup": 0.0,
            },
            "data": {"size": 286},
            "train": {"batch": 2, "epochs": 400},
        },
        "options/train_options.py, base_options.py and models/cut_model.py of taesungp/contrastive-unpaired-translation",
        "one GPU; 400 epochs of horse2zebra",
        "",
        ("one image a step; here at least two", _ADAM),
    ),
    PaperRecipe(
        "supcon",
        {
            "method": {"temperature": 0.1, "hidden_dim": 2048, "out_dim": 128},
            "views": _views("simclr", size=32, crop_min=0.2),
            "backbone": _CIFAR_RESNET50,
            "optim": _sgd(0.5, 1e-4, 0.01, schedule="cosine"),
            "train": {"batch": 1024, "epochs": 1000},
        },
        "README (CIFAR-10) and main_supcon.py of HobbitLong/SupContrast",
        "CIFAR-10, 1,000 epochs",
        "",
    ),
)

# Why a method has none.
WITHOUT: Mapping[str, str] = {
    "random": "nothing is trained",
    "nce": "the estimator has no recipe for images",
    "siamese": "of 2006, with networks of its own: no recipe for the encoders here",
    "curl": "its official code trains by SAC, this program by double DQN: the settings do not carry over",
}
NOT_LOOKED_UP = "not looked up yet"


def paper_recipe(id: str) -> PaperRecipe:
    """The published recipe of a method. ConfigError where the table has none."""
    row = find_recipe(id)
    if row is None:
        known = ", ".join(row.id for row in RECIPES)
        raise complain("--recipe paper", f"of a method whose recipe is in the table ({known})", id, f"{why_none(id).capitalize()}.")
    return row


def find_recipe(id: str) -> PaperRecipe | None:
    """The published recipe of a method; None where the table has none."""
    return next((row for row in RECIPES if row.id == id), None)


def why_none(id: str) -> str:
    """Why the table has no recipe of a method."""
    return WITHOUT.get(id, NOT_LOOKED_UP)


def paper_settings(id: str, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The settings of a run with a method's published recipe, and over them those that are given, nested. Where a batch is given
    and no rate, and the recipe's rate follows the batch, it is scaled to it. Errors: see `paper_recipe`."""
    row, own = paper_recipe(id), merge({}, given or {})
    values = merge(row.settings, {"method": {"id": id}})
    if views := values.get("views"):
        # Whole groups, as the Augmentation card has them.
        shown = [group.model_dump(mode="json") for group in groups(views["preset"])]
        shown = merge({"groups": shown}, {"groups": views["groups"]})["groups"]
        values["views"] = {"preset": views["preset"], "groups": shown}
        if shown[0]["size"] > STORED // 2 and "size" not in values.get("data", {}):
            values = merge(values, {"data": {"size": STORED}})
    train, optim = own.get("train", {}), own.get("optim", {})
    if isinstance(train, Mapping) and isinstance(optim, Mapping):
        if row.scaled and "lr" not in optim:
            published = row.settings["train"]["batch"]
            images = [train.get("batch", published), optim.get("accumulate", 1)]
            if all(isinstance(number, int) for number in images):
                rate = row.settings["optim"]["lr"] * images[0] * images[1] / published
                values = merge(values, {"optim": {"lr": float(f"{rate:.4g}")}})
        # A length that is given stands in place of the recipe's.
        if {"minutes", "steps", "epochs"} & train.keys():
            values["train"] = {key: value for key, value in values["train"].items() if key not in ("epochs", "steps")}
    if isinstance(own.get("method"), str):
        own["method"] = {"id": own["method"]}
    return merge(values, own)


def setting_words(settings: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Nested settings as "optim.lr=4.8", in their order."""
    lines = []
    for key, value in settings.items():
        if isinstance(value, Mapping):
            lines += setting_words(value, f"{prefix}{key}.")
        else:
            shown = f"{value:.4g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)
            lines.append(f"{prefix}{key}={shown}")
    return lines
