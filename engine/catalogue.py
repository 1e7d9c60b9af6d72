"""Every method in one readable table. Torch-free: importing a method's file is left to `load`."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.config.errors import complain, nearest

if TYPE_CHECKING:
    from engine.method import Method

Family = Literal["contrastive", "distillation", "decorrelation", "clustering", "pretext", "masked", "baseline"]


@dataclass(frozen=True)
class Entry:
    """One row: `line` says what the method does in a sentence, `backbone` which encoders it can train, `labels` that it learns from
    class labels (a baseline), `learns` that it learns at all. `link` is the paper's page where it is not on arXiv."""

    id: str
    title: str
    family: Family
    year: int
    authors: str
    paper: str
    arxiv: str
    line: str
    backbone: Literal["any", "vit"] = "any"
    labels: bool = False
    learns: bool = True
    link: str = ""

    @property
    def module(self) -> str:
        """Where the method's one file lies."""
        return f"engine.methods.{self.family}.{self.id}"

    @property
    def url(self) -> str:
        """The paper's page; empty where there is no paper."""
        return f"https://arxiv.org/abs/{self.arxiv}" if self.arxiv else self.link


# fmt: off
CATALOGUE: tuple[Entry, ...] = (
    Entry("simclr", "SimCLR", "contrastive", 2020, "Chen et al.", "A Simple Framework for Contrastive Learning of Visual Representations", "2002.05709",
          "Two crops of an image must find each other among all the other crops of the batch."),
    Entry("moco_v2", "MoCo v2", "contrastive", 2020, "Chen et al.", "Improved Baselines with Momentum Contrastive Learning", "2003.04297",
          "A crop must find its partner, encoded by a slow copy of the encoder, among a queue of earlier crops."),
    Entry("byol", "BYOL", "distillation", 2020, "Grill et al.", "Bootstrap Your Own Latent: A New Approach to Self-Supervised Learning", "2006.07733",
          "The encoder predicts what a slow copy of itself says of another view; there are no negatives."),
    Entry("simsiam", "SimSiam", "distillation", 2020, "Chen and He", "Exploring Simple Siamese Representation Learning", "2011.10566",
          "Predict one view from the other; only a stop-gradient keeps it from collapsing."),
    Entry("dino", "DINO", "distillation", 2021, "Caron et al.", "Emerging Properties in Self-Supervised Vision Transformers", "2104.14294",
          "Small crops must agree with a slow teacher's sharpened, centred opinion of the large crops."),
    Entry("barlow_twins", "Barlow Twins", "decorrelation", 2021, "Zbontar et al.", "Barlow Twins: Self-Supervised Learning via Redundancy Reduction", "2103.03230",
          "Each output dimension agrees with itself across two views and with no other dimension."),
    Entry("swav", "SwAV", "clustering", 2020, "Caron et al.", "Unsupervised Learning of Visual Features by Contrasting Cluster Assignments", "2006.09882",
          "Each view predicts to which of the learned prototypes the other view is assigned."),
    Entry("rotation", "Rotation", "pretext", 2018, "Gidaris et al.", "Unsupervised Representation Learning by Predicting Image Rotations", "1803.07728",
          "Tell by which of four right angles an image was turned."),
    Entry("mae", "MAE", "masked", 2021, "He et al.", "Masked Autoencoders Are Scalable Vision Learners", "2111.06377",
          "See a quarter of the patches and paint the rest.", backbone="vit"),
)
# fmt: on


def entry(id: str) -> Entry:
    """The row of a method. ConfigError with the nearest known id where there is none."""
    for row in CATALOGUE:
        if row.id == id:
            return row
    known = [row.id for row in CATALOGUE]
    hint = nearest(id, known) or f"Known: {', '.join(known)}."
    raise complain("method.id", "the id of a method in the catalogue", id, hint)


def load(id: str) -> type[Method]:
    """The class of a method; imports its file, and with it torch."""
    row = entry(id)
    module = importlib.import_module(row.module)
    found: type[Method] = module.METHOD
    return found
