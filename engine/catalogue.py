"""Every method in one readable table. Torch-free: importing a method's file is left to `load`.

Other packages add rows by the entry point `parallax.methods` (see engine.plugins); `methods` gives theirs, too."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, get_args

from engine import plugins
from engine.config.encoder_table import OWN, encoder_row, library_of
from engine.config.errors import ConfigError, complain, nearest
from engine.config.module_text import is_own_module, short_module

if TYPE_CHECKING:
    from engine.method import Method

Family = Literal[
    "contrastive", "distillation", "decorrelation", "clustering", "pretext", "masked", "multimodal", "applied", "baseline"
]
# Whose class labels a method learns from: of no image, of a few, of all.
Labels = Literal["none", "few", "all"]
# What the batches of a run are made from (engine.train.feed).
FeedKind = Literal["images", "clips", "domains", "world"]
# What a data set may bring beside images, and a method need (engine.data.columns says it in words).
Column = Literal["captions", "masks", "class_maps", "boxes", "clips", "clip_masks", "flow", "sound", "world", "visible_goal"]


@dataclass(frozen=True)
class Entry:
    """One row: `line` says what the method does in a sentence, `backbone` which encoders it can train ("own": one that it brings
    itself), `labels` whose class labels it learns from ("all": a baseline), `learns` that it learns at all, `needs` what it needs
    beside images, `teacher` that a trained run must be named as its teacher, `feed` what its batches are made from. `link` is the
    paper's page where it is not on arXiv. `one_device`: why it cannot be trained on several devices, as the end of a sentence; ""
    where it can, because what compares images is given those of all ranks (engine.distributed.rows). A row of another package must
    say so.
    A method without a paper has no authors, and 0 for its year. `source`: the module that holds the method as METHOD, for a row of
    another package; `package`: the distribution that adds it, "" for this program's own."""

    id: str
    title: str
    family: Family
    year: int
    authors: str
    paper: str
    arxiv: str
    line: str
    backbone: Literal["any", "vit", "convvit", "own"] = "any"
    labels: Labels = "none"
    learns: bool = True
    needs: tuple[Column, ...] = ()
    teacher: bool = False
    feed: FeedKind = "images"
    link: str = ""
    one_device: str | None = None
    source: str = ""
    package: str = ""

    def __post_init__(self) -> None:
        # Packages that were written for earlier versions say whether a method learns from labels.
        given: object = self.labels
        if isinstance(given, bool):
            object.__setattr__(self, "labels", "all" if given else "none")

    @property
    def not_on_several(self) -> str:
        """Why it cannot be trained on several devices, as the end of a sentence; "" where it can."""
        if self.feed == "world":
            return "its agent acts in one world, whose next picture depends on the weights"
        if self.one_device is None and self.package:
            return f"the package {self.package} does not say that it can be (one_device of its row)"
        return self.one_device or ""

    @property
    def uses_labels(self) -> bool:
        """Whether it learns from class labels, few or all."""
        return self.labels != "none"

    @property
    def other(self) -> bool:
        """Whether it needs a second set of images (`data.other`)."""
        return self.feed == "domains"

    @property
    def module(self) -> str:
        """The name of the method's module."""
        return self.source or f"engine.methods.{self.family}.{self.id}"

    @property
    def url(self) -> str:
        """The paper's page; empty where there is no paper."""
        return f"https://arxiv.org/abs/{self.arxiv}" if self.arxiv else self.link

    @property
    def cited(self) -> str:
        """Authors and year; empty where there is no paper."""
        return f"{self.authors} {self.year}" if self.authors else ""

    @property
    def kind(self) -> str:
        """The name of the encoders that it can train, where it cannot train all: "ViT"."""
        return {"any": "", "own": "", "vit": "ViT", "convvit": "ConvViT"}[self.backbone]

    def trains(self, backbone: str) -> bool:
        """Whether the method can train the encoder of this name; of a library's encoder that is not in the table it is only known
        where it is built."""
        if self.backbone in ("any", "own"):
            return True
        if is_own_module(backbone):
            return self.backbone == "vit"  # where its class is one of a ViT, which is known once it is built
        if library_of(backbone):
            row = encoder_row(backbone)
            return self.backbone == "vit" and (row is None or row.tokens)
        return backbone.startswith(self.backbone)


# fmt: off
CATALOGUE: tuple[Entry, ...] = (
    Entry("simclr", "SimCLR", "contrastive", 2020, "Chen et al.", "A Simple Framework for Contrastive Learning of Visual Representations", "2002.05709",
          "Two crops of an image must find each other among all the other crops of the batch."),
    Entry("simclr_v2", "SimCLR v2", "contrastive", 2020, "Chen et al.", "Big Self-Supervised Models are Strong Semi-Supervised Learners", "2006.10029",
          "SimCLR, then a few labels from the middle of its head, then all images again with the probabilities of that network.", labels="few"),
    Entry("moco_v1", "MoCo", "contrastive", 2019, "He et al.", "Momentum Contrast for Unsupervised Visual Representation Learning", "1911.05722",
          "A crop must find its partner among a long queue of earlier crops, which a slow copy of the encoder keeps comparable."),
    Entry("moco_v2", "MoCo v2", "contrastive", 2020, "Chen et al.", "Improved Baselines with Momentum Contrastive Learning", "2003.04297",
          "A crop must find its partner, encoded by a slow copy of the encoder, among a queue of earlier crops."),
    Entry("background_augmentation", "Background augmentation", "contrastive", 2021, "Ryali, Schwab and Morcos", "Characterizing and Improving the Robustness of Self-Supervised Learning through Background Augmentations", "2103.12719",
          "MoCo v2 whose views get other backgrounds, and which must tell an image from another object on its own background.", needs=("masks",)),
    Entry("moco_v3", "MoCo v3", "contrastive", 2021, "Chen, Xie and He", "An Empirical Study of Training Self-Supervised Vision Transformers", "2104.02057",
          "A crop must predict its partner, encoded by a slow copy of the encoder, among the other images of the batch."),
    Entry("cmc", "CMC", "contrastive", 2019, "Tian et al.", "Contrastive Multiview Coding", "1906.05849",
          "The lightness of an image must find its colour among the colours of the batch, each seen by an encoder of its own."),
    Entry("pixcontrast", "PixContrast", "contrastive", 2020, "Xie et al.", "Propagate Yourself: Exploring Pixel-Level Consistency for Unsupervised Visual Representation Learning", "2011.10043",
          "A small region of one crop must find the regions of another crop that show the same place of the image."),
    Entry("cpc", "CPC", "contrastive", 2018, "van den Oord, Li and Vinyals", "Representation Learning with Contrastive Predictive Coding", "1807.03748",
          "From the upper patches of an image, pick its lower patches out of those of many images."),
    Entry("cpc_v2", "CPC v2", "contrastive", 2019, "Hénaff et al.", "Data-Efficient Image Recognition with Contrastive Predictive Coding", "1905.09272",
          "Patches are picked from above, below, left and right, each patch with colours and direction of its own."),
    Entry("siamese", "Siamese", "contrastive", 2006, "Hadsell, Chopra and LeCun", "Dimensionality Reduction by Learning an Invariant Mapping", "",
          "Two views of an image are pulled together, two images pushed apart until a margin lies between them.", link="https://doi.org/10.1109/CVPR.2006.100"),
    Entry("align_uniform", "Alignment and uniformity", "contrastive", 2020, "Wang and Isola", "Understanding Contrastive Representation Learning through Alignment and Uniformity on the Hypersphere", "2005.10242",
          "Views of an image lie on one spot of a sphere, and images spread evenly over it."),
    Entry("debiased", "Debiased contrast", "contrastive", 2020, "Chuang et al.", "Debiased Contrastive Learning", "2007.00224",
          "SimCLR, corrected for the other images that are really of the same kind."),
    Entry("hard_negatives", "Hard negatives", "contrastive", 2020, "Robinson et al.", "Contrastive Learning with Hard Negative Samples", "2010.04592",
          "SimCLR in which the images that look most alike, though different, count most."),
    Entry("flat_nce", "FlatNCE", "contrastive", 2021, "Chen et al.", "Simpler, Faster, Stronger: Breaking The log-K Curse On Contrastive Learners With FlatNCE", "2107.01152",
          "A contrast that keeps teaching once the partner has been found, also in small batches."),
    Entry("dcl", "DCL", "contrastive", 2021, "Yeh et al.", "Decoupled Contrastive Learning", "2110.06848",
          "SimCLR in which the partner does not compete with the others, so that small batches learn as well."),
    Entry("nce", "NCE", "contrastive", 2010, "Gutmann and Hyvärinen", "Noise-contrastive estimation: A new estimation principle for unnormalized statistical models", "",
          "Decide for each pair of views by itself whether it is one image or noise.", link="https://proceedings.mlr.press/v9/gutmann10a.html"),
    Entry("instdisc", "InstDisc", "contrastive", 2018, "Wu et al.", "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", "1805.01978",
          "Every image is a class of its own: recognise it among what is remembered of all the others."),
    Entry("invaspread", "InvaSpread", "contrastive", 2019, "Ye et al.", "Unsupervised Embedding Learning via Invariant and Spreading Instance Feature", "1904.03436",
          "Augmentation must not change an image's features, and no image may be taken for another of the batch."),
    Entry("nnclr", "NNCLR", "contrastive", 2021, "Dwibedi et al.", "With a Little Help from My Friends: Nearest-Neighbor Contrastive Learning of Visual Representations", "2104.14548",
          "A crop must find not its partner but the image most like it among the ones seen before."),
    Entry("byol", "BYOL", "distillation", 2020, "Grill et al.", "Bootstrap Your Own Latent: A New Approach to Self-Supervised Learning", "2006.07733",
          "The encoder predicts the output of a slow copy of itself for another view; there are no negatives."),
    Entry("simsiam", "SimSiam", "distillation", 2020, "Chen and He", "Exploring Simple Siamese Representation Learning", "2011.10566",
          "Predict one view from the other; only a stop-gradient keeps it from collapsing."),
    Entry("dino", "DINO", "distillation", 2021, "Caron et al.", "Emerging Properties in Self-Supervised Vision Transformers", "2104.14294",
          "Small crops must agree with a slow teacher's sharpened, centred output for the large crops."),
    Entry("feature_distillation", "Feature distillation", "distillation", 2022, "Wei et al.", "Contrastive Learning Rivals Masked Image Modeling in Fine-tuning via Feature Distillation", "2205.14141",
          "An encoder from random weights learns the whitened features of a trained one, its teacher, and then fine-tunes better.", teacher=True),
    Entry("barlow_twins", "Barlow Twins", "decorrelation", 2021, "Zbontar et al.", "Barlow Twins: Self-Supervised Learning via Redundancy Reduction", "2103.03230",
          "Each output dimension agrees with itself across two views and with no other dimension."),
    Entry("vicreg", "VICReg", "decorrelation", 2021, "Bardes, Ponce and LeCun", "VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised Learning", "2105.04906",
          "Two views agree, each output dimension keeps its variance, and no two dimensions are correlated."),
    Entry("lejepa", "LeJEPA", "decorrelation", 2025, "Balestriero and LeCun", "LeJEPA: Provable and Scalable Self-Supervised Learning Without the Heuristics", "2511.08544",
          "Every view predicts the mean of all views, while the embeddings are held to a round Gaussian cloud."),
    Entry("visreg", "VISReg", "decorrelation", 2026, "Wu, Balestriero and Levine", "VISReg: Variance-Invariance-Sketching Regularization for JEPA training", "2606.02572",
          "Every view predicts the mean of all views, while centre, scale and shape of the embeddings are those of a standard normal."),
    Entry("swav", "SwAV", "clustering", 2020, "Caron et al.", "Unsupervised Learning of Visual Features by Contrasting Cluster Assignments", "2006.09882",
          "Each view predicts to which of the learned prototypes the other view is assigned."),
    Entry("capi", "CAPI", "clustering", 2025, "Darcet et al.", "Cluster and Predict Latent Patches for Improved Masked Image Modeling", "2502.08769",
          "From one visible block predict to which clusters a slow copy of the encoder assigns the hidden patches.", backbone="vit",
          one_device="its clustering sees the patches of one device alone so far"),
    Entry("inpainting", "Inpainting", "pretext", 2016, "Pathak et al.", "Context Encoders: Feature Learning by Inpainting", "1604.07379",
          "From what is around a hole in an image, reconstruct what was in it."),
    Entry("colorization", "Colorization", "pretext", 2016, "Zhang, Isola and Efros", "Colorful Image Colorization", "1603.08511",
          "From the lightness of an image predict its colours, position by position, as a distribution over all colours."),
    Entry("exemplar_cnn", "Exemplar-CNN", "pretext", 2014, "Dosovitskiy et al.", "Discriminative Unsupervised Feature Learning with Exemplar Convolutional Neural Networks", "1406.6909",
          "A patch, strongly changed in many ways, is a class of its own: tell thousands of such classes apart."),
    Entry("rotation", "Rotation", "pretext", 2018, "Gidaris et al.", "Unsupervised Representation Learning by Predicting Image Rotations", "1803.07728",
          "Predict by which of four right angles an image was turned."),
    Entry("context_prediction", "Context prediction", "pretext", 2015, "Doersch, Gupta and Efros", "Unsupervised Visual Representation Learning by Context Prediction", "1505.05192",
          "Of two patches that lie side by side, predict on which side the second lies."),
    Entry("jigsaw", "Jigsaw", "pretext", 2016, "Noroozi and Favaro", "Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles", "1603.09246",
          "Nine tiles of an image were shuffled: predict in which order they lie."),
    Entry("counting", "Counting", "pretext", 2017, "Noroozi, Pirsiavash and Favaro", "Representation Learning by Learning to Count", "1708.06734",
          "What is counted in the four quarters of an image must add up to what is counted in the whole."),
    Entry("jigsaw_clustering", "Jigsaw clustering", "pretext", 2021, "Chen, Liu and Jia", "Jigsaw Clustering for Unsupervised Visual Representation Learning", "2104.00323",
          "Patches of many images lie mixed in collages: predict which belong together and where in its image each lay.",
          one_device="its collages mix the patches of all images of a batch"),
    Entry("pic", "PIC", "pretext", 2020, "Cao et al.", "Parametric Instance Classification for Unsupervised Visual Feature Learning", "2006.14618",
          "Every image is a class of its own, and a plain classifier learns to name each from any view."),
    Entry("evolving_loss", "Evolving Losses", "pretext", 2020, "Piergiovanni et al.", "Evolving Losses for Unsupervised Video Representation Learning", "2002.12177",
          "Clips as RGB, flow, grey and sound learn seven tasks each; a search without labels finds how much each task counts.",
          needs=("clips", "flow", "sound"), one_device="its search compares candidates on the whole set after each of them"),
    Entry("mp3", "MP3", "pretext", 2022, "Zhai et al.", "Position Prediction as an Effective Pretraining Strategy", "2207.07611",
          "Predict of every patch where in the image it belongs, though nothing but what the patches show is given.", backbone="vit"),
    Entry("mae", "MAE", "masked", 2021, "He et al.", "Masked Autoencoders Are Scalable Vision Learners", "2111.06377",
          "See a quarter of the patches and reconstruct the rest.", backbone="vit"),
    Entry("simmim", "SimMIM", "masked", 2021, "Xie et al.", "SimMIM: a Simple Framework for Masked Image Modeling", "2111.09886",
          "Reconstruct the squares that are hidden, with one plain layer behind an encoder that sees where they are.", backbone="vit"),
    Entry("beit", "BEiT", "masked", 2021, "Bao et al.", "BEiT: BERT Pre-Training of Image Transformers", "2106.08254",
          "Predict the visual tokens of hidden patches; the tokenizer is learned first, from the same images.", backbone="vit"),
    Entry("ibot", "iBOT", "masked", 2021, "Zhou et al.", "iBOT: Image BERT Pre-Training with Online Tokenizer", "2111.07832",
          "A view and each hidden patch of it must get the assignment that a slow teacher, which sees the whole view, gives them.", backbone="vit"),
    Entry("dinov2", "DINOv2", "masked", 2023, "Oquab et al.", "DINOv2: Learning Robust Visual Features without Supervision", "2304.07193",
          "iBOT with a head of their own for patches, assignments shared out evenly over the prototypes, and images spread evenly.", backbone="vit",
          one_device="its targets and KoLeo compare the images of one device alone so far"),
    Entry("dinov3", "DINOv3", "masked", 2025, "Siméoni et al.", "DINOv3", "2508.10104",
          "DINOv2 whose similarities between the patches of an image are held to those of an earlier teacher.", backbone="vit",
          one_device="its targets and KoLeo compare the images of one device alone so far"),
    Entry("convmae", "ConvMAE", "masked", 2022, "Gao et al.", "ConvMAE: Masked Convolution Meets Masked Autoencoders", "2205.03892",
          "See a quarter of the patches by convolutions and a transformer, neither of which sees the rest, and reconstruct that.", backbone="convvit"),
    Entry("qb_heat", "QB-Heat", "masked", 2022, "Chen et al.", "Self-Supervised Learning based on Heat Equation", "2211.13228",
          "See one quarter of the image, let its features spread over the rest by one linear law, like heat, and reconstruct that."),
    Entry("local_mim", "LocalMIM", "masked", 2023, "Wang et al.", "Masked Image Modeling with Local Multi-Scale Reconstruction", "2303.05251",
          "Low layers reconstruct the fine detail of what is hidden, high layers its coarse form.", backbone="vit"),
    Entry("deep_mim", "DeepMIM", "masked", 2023, "Ren et al.", "DeepMIM: Deep Supervision for Masked Image Modeling", "2303.08817",
          "MAE in which the middle layers must reconstruct what is hidden as well, not the last alone.", backbone="vit"),
    Entry("ijepa", "I-JEPA", "masked", 2023, "Assran et al.", "Self-Supervised Learning from Images with a Joint-Embedding Predictive Architecture", "2301.08243",
          "From the visible part of an image predict the output of a slow copy of the encoder for the hidden blocks, not their pixels.", backbone="vit"),
    Entry("nepa", "NEPA", "masked", 2025, "Xu et al.", "Next-Embedding Prediction Makes Strong Vision Learners", "2512.16922",
          "Read the patches of an image row by row and predict the embedding of the next one, with a stop-gradient and nothing else.", backbone="vit"),
    Entry("vjepa", "V-JEPA", "masked", 2024, "Bardes et al.", "Revisiting Feature Prediction for Learning Visual Representations from Video", "2404.08471",
          "From the visible part of a clip predict the output of a slow copy of the encoder for what is hidden in all of its frames.",
          backbone="vit", needs=("clips",)),
    Entry("curl", "CURL", "applied", 2020, "Laskin, Srinivas and Abbeel", "CURL: Contrastive Unsupervised Representations for Reinforcement Learning", "2004.04136",
          "An agent learns to act from pixels, while two random crops of its observations must find each other in the batch.", needs=("world", "visible_goal"), feed="world"),
    Entry("lewm", "LeWorldModel", "applied", 2026, "Maes et al.", "LeWorldModel: Stable End-to-End Joint-Embedding Predictive Architecture from Pixels", "2603.19312",
          "From pictures of a world and the actions between them predict the embedding of the next picture, and plan with the predictions.", needs=("world",), feed="world"),
    Entry("clip", "CLIP", "multimodal", 2021, "Radford et al.", "Learning Transferable Visual Models From Natural Language Supervision", "2103.00020",
          "An image and its caption must find each other among all the images and captions of the batch.", needs=("captions",)),
    Entry("cut", "CUT", "applied", 2020, "Park et al.", "Contrastive Learning for Unpaired Image-to-Image Translation", "2007.15651",
          "Turn the images of one set into those of another, without pairs: each patch must be recognisable as the patch it was made of.",
          backbone="own", feed="domains"),
    Entry("random", "Random", "baseline", 0, "", "", "",
          "The encoder with its initial weights, never trained: what every method must beat.", learns=False),
    Entry("supervised", "Supervised", "baseline", 2012, "Krizhevsky et al.", "ImageNet Classification with Deep Convolutional Neural Networks", "",
          "Learn the class of each image from its label: what self-supervision is measured against.", labels="all",
          link="https://proceedings.neurips.cc/paper/2012/hash/c399862d3b9d6b76c8436e924a68c45b-Abstract.html"),
    Entry("supcon", "SupCon", "baseline", 2020, "Khosla et al.", "Supervised Contrastive Learning", "2004.11362",
          "SimCLR with labels: all views of a class must find each other, not only those of one image.", labels="all"),
)
# fmt: on


@cache
def methods() -> tuple[Entry, ...]:
    """All methods: this program's own, then those of other packages by package and id."""
    return (*CATALOGUE, *plugins.plugin_rows(plugins.METHODS, Entry, [row.id for row in CATALOGUE], _unusable))


def _unusable(row: Entry) -> str:
    if row.family not in get_args(Family):
        return f"its family must be one of {', '.join(get_args(Family))}. Got {row.family!r}."
    if row.backbone not in ("any", "vit", "convvit", "own"):
        return f"its backbone must be any, vit, convvit or own. Got {row.backbone!r}."
    if row.labels not in get_args(Labels):
        return f"its labels must be none, few or all. Got {row.labels!r}."
    if row.feed not in get_args(FeedKind):
        return f"its feed must be one of {', '.join(get_args(FeedKind))}. Got {row.feed!r}."
    return "" if row.source else "its source must be the module that holds the method as METHOD. Got nothing."


def entry(id: str) -> Entry:
    """The row of a method. ConfigError with the nearest known id where there is none."""
    for row in methods():
        if row.id == id:
            return row
    known = [row.id for row in methods()]
    hint = plugins.problem_of(plugins.METHODS, id) or nearest(id, known) or f"Known: {', '.join(known)}."
    raise complain("method.id", "the id of a method in the catalogue", id, hint)


def title_of(id: str) -> str:
    """The title of a method; the id itself for an unknown one."""
    return next((row.title for row in methods() if row.id == id), id)


def check_encoder(id: str, backbone: str) -> None:
    """ConfigError where a method cannot train the encoder of this name."""
    row = entry(id)
    if not row.trains(backbone):
        raise untrainable(id, backbone)


def untrainable(id: str, backbone: str) -> ConfigError:
    """The error for an encoder that a method cannot train."""
    row = entry(id)
    able = ", ".join(name for name in OWN if row.trains(name))
    if row.backbone == "vit" and is_own_module(backbone):
        remedy = "Make its class a subclass of engine.backbones.vit.VisionTransformer, or choose another method."
        return complain("backbone.name", f"a ViT with tokens for {row.id}", short_module(backbone), remedy)
    if row.backbone == "vit" and library_of(backbone):
        remedy = (
            f"{row.title} works on single patches inside the encoder, as methods do that mask some of them: it needs a token for each "
            "patch, with a position of its own. Choose one of them, or a plain ViT of timm or torchvision "
            "(`python -m engine encoders --method " + id + "`)."
        )
        return complain("backbone.name", f"a ViT with tokens for {row.id} ({able}, ...)", backbone, remedy)
    return complain("backbone.name", f"a {row.kind} for {row.id} ({able})", backbone, "Choose one of them.")


def load(id: str) -> type[Method]:
    """The class of a method; imports its file, and with it torch. ConfigError where there is no such method, and where that of
    another package cannot be imported."""
    row = entry(id)
    if not row.package:
        method: type[Method] = importlib.import_module(row.module).METHOD
        return method
    remedy = f"It is of the package {row.package}: "
    try:
        method = importlib.import_module(row.module).METHOD
    except Exception as error:  # code of others may fail in any way
        raise complain("method.id", "a method that can be loaded", id, remedy + plugins.sentence(error)) from error
    base = importlib.import_module("engine.method").Method
    if not (isinstance(method, type) and issubclass(method, base)):
        remedy += f"METHOD of {row.module} is no subclass of engine.method.Method."
        raise complain("method.id", "a method that can be loaded", id, remedy)
    return method
