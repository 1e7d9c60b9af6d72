"""Published recipes of views, by name. Torch-free.

Blur and solarisation probabilities are the papers', and so is the blur's sigma, .1 to 2 pixels of the view, which published code
takes at 224 px and for the local views of 96 px alike; the kernel is a tenth of the view's side (SimCLR, App. A).
Sources: SimCLR 2002.05709 App. A (strength 1.0 on ImageNet; 0.5 and no blur on CIFAR-10, App. B.9); BYOL 2006.07733 Table 6;
MoCo v1 1911.05722 Sec. 3.3; MoCo v2 2003.04297 Sec. 3; SwAV 2006.09882 App. A.3; DINO 2104.14294 App. C; MAE 2111.06377 App. A.1;
SimMIM 2111.09886 Sec. 4.1; LeJEPA 2511.08544 as in its official code;
backgrounds 2103.12719, MoCo v2's views before other backgrounds;
InstDisc 1805.01978 and InvaSpread 1904.03436 as in their official code.
MoCo, SwAV and DINO were checked against their official code; DINO's eight local views are its default (the paper's best run has
ten). Not as published: MoCo v1 and InstDisc grey before their jitter, we after it; DINO and MAE resize bicubically (as do BYOL,
Barlow Twins and VICReg), we bilinearly.
"""

from __future__ import annotations

from typing import Any

from engine.config.errors import complain, nearest
from engine.config.run import ViewConfig

_OFF: dict[str, Any] = {"jitter": 0.0, "brightness": 0.0, "contrast": 0.0, "saturation": 0.0, "hue": 0.0, "grayscale": 0.0}
_STRONG: dict[str, Any] = {"jitter": 0.8, "brightness": 0.8, "contrast": 0.8, "saturation": 0.8, "hue": 0.2, "grayscale": 0.2}
_HALF: dict[str, Any] = {"jitter": 0.8, "brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1, "grayscale": 0.2}
_BYOL: dict[str, Any] = {"jitter": 0.8, "brightness": 0.4, "contrast": 0.4, "saturation": 0.2, "hue": 0.1, "grayscale": 0.2}
# One recipe of colours for the memory banks of 2018 and what followed them: InstDisc, InvaSpread, MoCo v1.
_WU: dict[str, Any] = {**_HALF, "jitter": 1.0, "hue": 0.4}

PRESETS: dict[str, tuple[ViewConfig, ...]] = {
    "none": (ViewConfig(count=1, crop_min=1.0, ratio_min=1.0, ratio_max=1.0, flip=0.0, **_OFF),),
    "crop_flip": (ViewConfig(count=1, crop_min=0.2, **_OFF),),
    "translation": (ViewConfig(count=1, crop_min=0.8, ratio_min=1.0, ratio_max=1.0, **_OFF),),
    "feature_distillation": (ViewConfig(count=1, crop_min=0.08, **_OFF),),
    "weak": (ViewConfig(count=2, crop_min=0.5, jitter=0.5, brightness=0.2, contrast=0.2, saturation=0.2, hue=0.05, grayscale=0.0),),
    "simclr": (ViewConfig(count=2, crop_min=0.08, **_HALF),),
    "simclr_imagenet": (ViewConfig(count=2, crop_min=0.08, blur=0.5, **_STRONG),),
    "moco_v1": (ViewConfig(count=2, crop_min=0.2, **_WU),),
    "moco_v2": (ViewConfig(count=2, crop_min=0.2, blur=0.5, **_HALF),),
    "backgrounds": (ViewConfig(count=2, crop_min=0.2, blur=0.5, background=0.5, **_HALF),),
    "byol": (
        ViewConfig(count=1, crop_min=0.08, blur=1.0, **_BYOL),
        ViewConfig(count=1, crop_min=0.08, blur=0.1, solarize=0.2, **_BYOL),
    ),
    "swav": (
        ViewConfig(count=2, crop_min=0.14, blur=0.5, **_STRONG),
        ViewConfig(count=6, role="local", crop_min=0.05, crop_max=0.14, blur=0.5, **_STRONG),
    ),
    "dino": (
        ViewConfig(count=1, crop_min=0.4, blur=1.0, **_BYOL),
        ViewConfig(count=1, crop_min=0.4, blur=0.1, solarize=0.2, **_BYOL),
        ViewConfig(count=8, role="local", crop_min=0.05, crop_max=0.4, blur=0.5, **_BYOL),
    ),
    "lejepa": (
        ViewConfig(count=2, crop_min=0.3, blur=0.5, solarize=0.2, **_BYOL),
        ViewConfig(count=6, role="local", crop_min=0.05, crop_max=0.3, blur=0.5, solarize=0.2, **_BYOL),
    ),
    # For the rendered shapes: crops keep the object in sight and colours say nothing, so that what two views share is the shape.
    "shapes": (
        ViewConfig(count=2, crop_min=0.6, jitter=1.0, brightness=0.6, contrast=0.6, saturation=0.8, hue=0.5, grayscale=0.3),
    ),
    # Multi-crop for images of some 32 px, where a twentieth of the area holds nothing to recognise: larger and fewer local crops,
    # SimCLR's CIFAR strength of colour, no blur.
    "swav_small": (
        ViewConfig(count=2, crop_min=0.2, **_HALF),
        ViewConfig(count=2, role="local", crop_min=0.1, crop_max=0.4, **_HALF),
    ),
    "dino_small": (
        ViewConfig(count=2, crop_min=0.25, **_HALF),
        ViewConfig(count=3, role="local", crop_min=0.1, crop_max=0.4, **_HALF),
    ),
    # A square crop out of the resized image, which is all that CLIP draws (2103.00020 Sec. 2.5): captions name colours and sides.
    "clip": (ViewConfig(count=1, crop_min=0.75, ratio_min=1.0, ratio_max=1.0, flip=0.0, **_OFF),),
    "mae": (ViewConfig(count=1, crop_min=0.2, **_OFF),),
    # Crops and nothing else, not even flips (2301.08243 Sec. 4, and its official code).
    "ijepa": (ViewConfig(count=1, crop_min=0.3, flip=0.0, **_OFF),),
    # Flip and colours as in BEiT's official code; its crops start at .08 of the area, too little of a small image (2106.08254).
    "beit": (ViewConfig(count=1, crop_min=0.2, jitter=1.0, brightness=0.4, contrast=0.4, saturation=0.4, hue=0.0, grayscale=0.0),),
    "simmim": (ViewConfig(count=1, crop_min=0.67, **_OFF),),
    "instdisc": (ViewConfig(count=1, crop_min=0.2, **_WU),),
    # What the paper calls the original image is, in its official code, a second random view. The text's form is the other preset.
    "invaspread": (ViewConfig(count=2, crop_min=0.2, **_WU),),
    "invaspread_original": (
        ViewConfig(count=1, crop_min=1.0, ratio_min=1.0, ratio_max=1.0, flip=0.0, **_OFF),
        ViewConfig(count=1, crop_min=0.2, **_WU),
    ),
    # One view of SimCLR's CIFAR recipe; the paper takes SimCLR's ImageNet recipe, with blur and crops from .08 on.
    "pic": (ViewConfig(count=1, crop_min=0.2, **_HALF),),
    # CPC looks at one view. The paper crops 256 px out of 300 and makes all grey (1807.03748 Sec. 3.2). Grey in half of the views
    # keeps colour from telling patches of two images apart at once, and still teaches colour; v2 drops colours patch by patch.
    "cpc": (ViewConfig(count=1, crop_min=0.6, **{**_OFF, "grayscale": 0.5}),),
    "cpc_v2": (ViewConfig(count=1, crop_min=0.6, **_OFF),),
    # Two thirds grey (1708.06734 Sec. 4): in colour, a lens's fringes tell where in the image a tile lay.
    "counting": (ViewConfig(count=1, crop_min=0.6, **{**_OFF, "grayscale": 0.67}),),
    # Views larger than a small image, so that a tile has pixels enough; the encoder is evaluated at this size, too. Crops keep
    # most of the scene: 225 of 256 px in the jigsaw paper (1603.09246), where some images are grey. Context prediction
    # (1505.05192) drops colours patch by patch.
    "jigsaw": (ViewConfig(count=1, least=64, crop_min=0.5, **{**_OFF, "grayscale": 0.3}),),
    "context_prediction": (ViewConfig(count=1, least=64, crop_min=0.5, **_OFF),),
    # A view for each of the four patches, with colours of its own; crop and flip are drawn for each patch, by the method. Colours
    # and blur as in the official code of Jigsaw Clustering (2104.00323).
    "jigsaw_clustering": (ViewConfig(count=4, crop_min=1.0, ratio_min=1.0, ratio_max=1.0, flip=0.0, blur=0.5, **_HALF),),
}


def groups(preset: str) -> tuple[ViewConfig, ...]:
    """The groups of a preset. ConfigError with the nearest known name where there is none."""
    if preset not in PRESETS:
        hint = nearest(preset, PRESETS) or f"Known: {', '.join(PRESETS)}."
        raise complain("views.preset", "the name of a preset", preset, hint)
    return PRESETS[preset]
