"""The systems of the four articles that this program began from: where each stands in them, and the method that is it here.

The page `systems` of the documentation and `python -m engine methods` are made from SYSTEMS. Torch-free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# The articles by the short name that the table uses; all are in Chinese. The titles are translated.
ARTICLES = {
    "survey": "Self-Supervised Learning, a survey of methods with their formulas",
    "breakthroughs": "Breakthroughs of self-supervised pretraining in vision (自监督预训练在视觉领域的突破)",
    "examples": "Self-supervised and contrastive learning by example, with code (自监督学习和对比学习举例讲解)",
    "day 22": "From classical image processing to deep learning, day 22 (自監督學習與對比學習)",
}
PRETEXT = "survey, 1 Pretext tasks"
LOSSES = "survey, 2 (1) Contrastive losses"
PARALLEL = "survey, 2 (2) Parallel augmentation"
MEMORY = "survey, 2 (3) Memory bank"
MODALITIES = "survey, 2 (4) Several modalities"
APPLICATIONS = "survey, 2 (5) Applications"
MASKED = "survey, 3 Masked image modelling"


@dataclass(frozen=True)
class System:
    """A system of the articles. `name`: as they write it, in English; `id`: of the method that is it here; `sections`: article and
    section, the first is where it is explained best; `note`: where what the article prints is not what the paper does, which the
    method follows."""

    name: str
    id: str
    sections: tuple[str, ...]
    note: str = ""


# fmt: off
SYSTEMS: tuple[System, ...] = (
    System("Exemplar-CNN", "exemplar_cnn", (PRETEXT,)),
    System("Context Prediction", "context_prediction", (PRETEXT,)),
    System("Jigsaw Puzzle", "jigsaw", (PRETEXT, "day 22, pretext tasks")),
    System("Image Colorization", "colorization", (PRETEXT, "day 22, pretext tasks"),
           "The article leaves out the soft targets and the weights of rare colours."),
    System("Learning to Count", "counting", (PRETEXT,)),
    System("Image Rotation", "rotation", (PRETEXT, "examples, image rotation", "day 22, pretext tasks"),
           "The examples turn each image once, by one of four angles; the paper takes all four of each."),
    System("Jigsaw Clustering", "jigsaw_clustering", (PRETEXT,)),
    System("Evolving Loss", "evolving_loss", (PRETEXT,)),
    System("Parametric Instance Classification", "pic", (PRETEXT,)),
    System("Masked Patch Position Prediction", "mp3", (PRETEXT,)),
    System("Noise Contrastive Estimation", "nce", (LOSSES,)),
    System("Contrastive Predictive Coding", "cpc", (LOSSES,)),
    System("CPC v2", "cpc_v2", (LOSSES,),
           "In the article the context sees what lies above and to the left; in the paper what lies above, of four sides."),
    System("Alignment and Uniformity", "align_uniform", (LOSSES,)),
    System("Debiased Contrastive Loss", "debiased", (LOSSES,),
           "The floor of the article's formula needs similarities divided by the temperature."),
    System("Hard Negative Samples", "hard_negatives", (LOSSES,),
           "The article multiplies by β; in the paper it is an exponent."),
    System("FlatNCE", "flat_nce", (LOSSES,),
           "What the article prints is DCL (`dcl`)."),
    System("Invariant and Spreading Instance Feature", "invaspread", (PARALLEL,)),
    System("Simple Framework for Contrastive Learning of Visual Representation", "simclr",
           (PARALLEL, "breakthroughs, 3 to 5", "day 22, contrastive learning"),
           "The code of day 22 counts the positive twice; that of the breakthroughs takes the logarithm of a cosine."),
    System("SimCLRv2", "simclr_v2", (PARALLEL,)),
    System("Bootstrap your own latent", "byol", (PARALLEL,)),
    System("Simple Siamese Representation Learning", "simsiam", (PARALLEL,)),
    System("Self-distillation with no labels", "dino", (PARALLEL,),
           "The article leaves out the two temperatures and the small crops."),
    System("Swapping Assignments between multiple Views", "swav", (PARALLEL,),
           "The article takes the prototypes as given; in the paper they are learned, and codes are balanced over the batch."),
    System("Pixel-level Contrastive Learning", "pixcontrast", (PARALLEL,)),
    System("Barlow Twins", "barlow_twins", (PARALLEL,),
           "The article's formula leaves out that features are centred over the batch."),
    System("Instance-level Discrimination", "instdisc", (MEMORY, "breakthroughs, 4")),
    System("Momentum Contrast", "moco_v1", (MEMORY,)),
    System("MoCo v2", "moco_v2", (MEMORY,)),
    System("MoCo v3", "moco_v3", (MEMORY,)),
    System("Contrastive Multiview Coding", "cmc", (MODALITIES,)),
    System("Contrastive Language-Image Pre-training", "clip", (MODALITIES,)),
    System("Contrastive Unsupervised Representations for Reinforcement Learning", "curl", (APPLICATIONS,)),
    System("Contrastive Unpaired Translation", "cut", (APPLICATIONS,)),
    System("Background Augmentation", "background_augmentation", (APPLICATIONS,)),
    System("Feature Distillation", "feature_distillation", (APPLICATIONS,)),
    System("BEiT", "beit", (MASKED,)),
    System("Masked Autoencoder", "mae", (MASKED,)),
    System("SimMIM", "simmim", (MASKED,)),
    System("iBOT", "ibot", (MASKED,)),
    System("ConvMAE", "convmae", (MASKED,)),
    System("QB-Heat", "qb_heat", (MASKED,)),
    System("LocalMIM", "local_mim", (MASKED,)),
    System("DeepMIM", "deep_mim", (MASKED,)),
    System("Siamese Network", "siamese", ("examples, contrastive learning",),
           "The code pairs images by class labels and pulls apart what has the same one; here two views of an image are a pair."),
    System("Image inpainting", "inpainting", ("day 22, pretext tasks",)),
)
# fmt: on


def beyond(ids: Iterable[str]) -> tuple[str, ...]:
    """Those of the methods with these ids that no article names, in their order."""
    named = {system.id for system in SYSTEMS}
    return tuple(id for id in ids if id not in named)


def summary(ids: Iterable[str]) -> str:
    """How many systems of the articles there are among the methods with these ids, and which are beyond them, in a sentence."""
    ids = tuple(ids)
    others = beyond(ids)
    line = f"{len(set(ids)) - len(set(others))} of the {len(SYSTEMS)} systems of the articles"
    return f"{line}, and beyond them {len(others)}: {', '.join(others)}." if others else f"{line}."
