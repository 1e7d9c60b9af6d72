"""RunConfig: everything that decides a run, in one immutable object. Torch-free, so that the window can show it at once.

0 or "auto" in a field means: decided from the data, the machine or the method when the run is resolved (engine.train.resolve);
the config written to a run's folder has no such field left where it would change the numbers.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, field_validator, model_validator

from engine.config.encoder_table import OWN, name_problem
from engine.config.module_text import ModuleCopy, keyword_arguments
from engine.config.part import Part, setting


class MethodChoice(Part):
    """The method's id and, beside it, the hyper-parameters that this method declares in its own file."""

    model_config = ConfigDict(frozen=True, extra="allow")
    id: str = setting(
        "simclr",
        "Id of the method, as listed by `python -m engine methods`.",
        title="Method",
        also="algorithm, model, loss, pretraining",
    )

    def values(self) -> dict[str, Any]:
        """The hyper-parameters that were given, without the id."""
        return dict(self.model_extra or {})


class DataConfig(Part):
    """Which images, how they are stored and how they are split."""

    source: str = setting(
        "shapes",
        "A built-in set (shapes, digits), a torchvision set (cifar10, stl10, ...), a folder of images or videos, WebDataset shards "
        "(.tar), a folder of a Hugging Face dataset or an .npz file.",
        title="Data",
        also="dataset, images, folder, pictures, photographs, video, clips, tar, webdataset, shards, hugging face, arrow, parquet",
    )
    other: str = setting(
        "",
        "A second set of images, for methods that translate between two: a built-in set, a torchvision set, a folder of images or "
        "an .npz file. Its images are stored at the size of the first set's and split alike. Methods of one set leave it out.",
        title="Second data",
        only="second set",
        also="target domain, domain B, style, unpaired",
    )
    size: int = setting(
        0,
        "Side of the stored square images; auto takes the set's own size.",
        unit="px",
        zero="auto",
        ge=0,
        le=1024,
        also="resolution, image size, pixels, width, height",
    )
    count: int = setting(
        6000,
        "How many images the shapes generator renders.",
        unit="images",
        only="rendered",
        ge=16,
        le=1_000_000,
        also="number of images, samples, dataset size",
    )
    seed: int = setting(
        0,
        "Seed of the shapes generator and of the split.",
        ge=0,
        advanced=True,
        also="random split",
    )
    bias: float = setting(
        0.0,
        "How much the backgrounds of the shapes tell of the shapes: the probability that the shape decides the hue and the pattern "
        "behind it. At .9 an encoder can name most shapes without looking at them; ImageNet-9's question (2006.09994).",
        title="Background bias",
        only="varied",
        ge=0,
        le=1,
        advanced=True,
        also="spurious correlation, shortcut, background",
    )
    scene: Literal["fixed", "changing"] = setting(
        "fixed",
        "Of a world to act in. `fixed`: the same background, hues and shapes in all episodes. `changing`: others in each, so that "
        "the background alone tells apart pictures of two episodes; only the disc keeps its hue, by which it is known.",
        title="Scene",
        only="world",
        also="background, episode, world, environment",
    )
    distractor: bool = setting(
        False,
        "Of a world to act in: whether there is another shape, which does nothing.",
        title="Distractor",
        only="world",
        advanced=True,
        also="world, environment",
    )
    upright: bool = setting(
        False,
        "Shapes stand upright (up to 30° to either side) and the light comes from above, so that a quarter turn can be seen. "
        "Otherwise they lie at any angle, and no method can tell by how much an image was turned.",
        title="Upright shapes",
        only="varied",
        advanced=True,
        also="gravity, up and down, rotation, symmetry, light from above",
    )
    validation: float = setting(
        0.1,
        "Share of the training images kept apart, on which choices are made while training.",
        only="no validation split",
        gt=0,
        le=0.5,
        also="validation split, holdout, dev set",
    )
    test: float = setting(
        0.15,
        "Share kept for the final test, where the set brings no test split of its own.",
        only="no test split",
        gt=0,
        le=0.5,
        advanced=True,
        also="test split, holdout",
    )
    split_by: Literal["content", "list"] = setting(
        "content",
        "What decides in which split an image lies. `content`: the image itself, so that images that are added or removed move no "
        "others. `list`: its place in the list of all images, as earlier versions had it; their runs keep it.",
        title="Split by",
        advanced=True,
        also="train test split",
    )
    frames: int = setting(
        8,
        "Of a folder of videos: how many frames each clip has, evenly spaced in time. Few miss short motions, many take memory and "
        "time: a clip of 16 is stored as 16 images.",
        title="Frames of a clip",
        unit="frames",
        only="videos",
        ge=2,
        le=64,
        also="video, clip length, sampling",
    )
    seconds: float = setting(
        0.0,
        "Of a folder of videos: how many seconds of each file a clip covers, from its middle; of a shorter file all of it. The "
        "shorter, the closer its frames: 8 frames of 2 s are .25 s apart.",
        title="Seconds of a clip",
        unit="s",
        zero="whole file",
        only="videos",
        ge=0,
        le=3600,
        also="video, clip duration, stride",
    )
    sound: Literal["auto", "yes", "no"] = setting(
        "auto",
        "Of a folder of videos: whether the sound of the files is read, too, mixed to one channel, a quarter of a second at most "
        "around each frame. `auto`: where one of a few files has sound.",
        title="Sound",
        only="videos",
        advanced=True,
        also="audio, audio track, microphone",
    )
    flow: bool = setting(
        False,
        "Of a folder of videos: whether the motion of each pixel from one frame of a clip to the next is estimated. It takes "
        "longer and more than twice the space, and means something where the frames are near in time.",
        title="Estimate flow",
        only="videos",
        advanced=True,
        also="optical flow, motion, OpenCV, DIS",
    )
    black: float = setting(
        0.0,
        "Of images deeper than 8 bits: the value that is black. Unless white is above it, both are measured over the set.",
        title="Black level",
        advanced=True,
        zero="0, or measured",
        only="deep",
    )
    white: float = setting(
        0.0,
        "Of images deeper than 8 bits: the value that is white. Unless it is above black, both are measured over the set.",
        title="White level",
        advanced=True,
        zero="measured",
        only="deep",
    )
    folders: Literal["classes", "inner", "nothing"] = setting(
        "classes",
        "What the folders in a folder of images are. `classes`: each is a class. `inner`: the folders in them are the classes, "
        "those of one name together. `nothing`: the images have no classes.",
        title="Folders are",
        only="folders",
        advanced=True,
    )
    root: str = setting(
        "",
        "Folder for downloaded sets; empty takes the user's cache folder.",
        advanced=True,
        also="download folder, dataset directory",
    )
    storage: Literal["auto", "memory", "disk"] = setting(
        "auto",
        "Decoded images in memory, in a memory-mapped file, or whichever fits.",
        advanced=True,
        also="cache, RAM, memory map",
    )


class ViewConfig(Part):
    """One kind of view, and how many of it: what is drawn for each image, with which probability and strength."""

    count: int = setting(
        2,
        "How many views of this kind each image gets.",
        ge=1,
        le=16,
        also="number of views, crops",
    )
    role: Literal["global", "local"] = setting(
        "global",
        "Local views are seen by the student alone (multi-crop).",
        advanced=True,
        also="multi-crop, local crops, global crops",
    )
    size: int = setting(
        0,
        "Side of the view; `stored`: the stored size, rounded up to whole patches where a ViT or the method cuts it.",
        unit="px",
        zero="stored",
        ge=0,
        le=1024,
        also="resolution, crop size, image size",
    )
    least: int = setting(
        0,
        "Where the size is the stored one, smaller images are enlarged to this side: a tile of a small image would hold too few "
        "pixels.",
        title="Least side",
        unit="px",
        zero="any",
        ge=0,
        le=1024,
        advanced=True,
    )
    crop_min: float = setting(
        0.08,
        "Smallest area of the random crop, as a share of the image.",
        title="Crop, smallest area",
        gt=0,
        le=1,
        also="random resized crop, scale, zoom",
    )
    crop_max: float = setting(
        1.0,
        "Largest area of the random crop, as a share of the image.",
        title="Crop, largest area",
        gt=0,
        le=1,
        also="random resized crop, scale, zoom",
    )
    ratio_min: float = setting(
        0.75,
        "Narrowest aspect ratio of the crop.",
        title="Crop, narrowest",
        gt=0.1,
        le=1,
        advanced=True,
        also="aspect ratio",
    )
    ratio_max: float = setting(
        1.3333333,
        "Widest aspect ratio of the crop.",
        title="Crop, widest",
        ge=1,
        le=10,
        advanced=True,
        also="aspect ratio",
    )
    flip: float = setting(
        0.5,
        "Probability of a horizontal flip.",
        ge=0,
        le=1,
        also="mirror, horizontal flip",
    )
    rotation: float = setting(
        0.0,
        "Largest rotation to either side.",
        unit="°",
        ge=0,
        le=180,
        also="rotate, angle",
    )
    jitter: float = setting(
        0.8,
        "Probability of the colour jitter.",
        title="Colour jitter, probability",
        ge=0,
        le=1,
        also="color jitter, colour distortion",
    )
    brightness: float = setting(
        0.4,
        "Largest relative change of brightness.",
        ge=0,
        le=1,
        also="color jitter, light",
    )
    contrast: float = setting(
        0.4,
        "Largest relative change of contrast.",
        ge=0,
        le=1,
        also="color jitter",
    )
    saturation: float = setting(
        0.4,
        "Largest relative change of saturation.",
        ge=0,
        le=1,
        also="color jitter, colourfulness",
    )
    hue: float = setting(
        0.1,
        "Largest turn of the hue, as a share of the full circle.",
        ge=0,
        le=0.5,
        also="color jitter, tint",
    )
    hue_turn: Literal["hsv", "linear"] = setting(
        "hsv",
        "How the hue turns: around the circle of HSV, as in published code, or about the grey axis of RGB, as in runs of older "
        "versions of this program. `linear` saves about a quarter of the time that views take and misses a turn of .1 by four "
        "fifths of what it changes.",
        title="Hue, turn",
        advanced=True,
    )
    grayscale: float = setting(
        0.2,
        "Probability of grey.",
        ge=0,
        le=1,
        also="greyscale, gray, black and white",
    )
    blur: float = setting(
        0.0,
        "Probability of a Gaussian blur.",
        ge=0,
        le=1,
        also="Gaussian blur, smoothing",
    )
    sigma_min: float = setting(
        0.1,
        "Smallest standard deviation of the blur, in pixels of the view, whatever its size, as published for 224 px and for the "
        "96 px of local views.",
        unit="px",
        gt=0,
        le=10,
        advanced=True,
        also="blur radius, blur strength",
    )
    sigma_max: float = setting(
        2.0,
        "Largest standard deviation of the blur, in pixels of the view. The kernel is a tenth of the view's side (SimCLR, App. A): "
        "3 pixels at 32 px, 9 at 96, 23 at 224.",
        unit="px",
        gt=0,
        le=10,
        advanced=True,
        also="blur radius, blur strength",
    )
    blur_unit: Literal["view", "reference"] = setting(
        "view",
        "What a blur is stated for: pixels of the `view`, or a `reference` of 224 px that is scaled to the view, as in runs of "
        "older versions of this program: at 32 px such a blur changes nothing.",
        advanced=True,
    )
    solarize: float = setting(
        0.0,
        "Probability of inverting all values above one half.",
        ge=0,
        le=1,
        also="solarisation, invert",
    )
    erase: float = setting(
        0.0,
        "Probability of erasing a random rectangle.",
        ge=0,
        le=1,
        also="random erasing, cutout",
    )

    background: float = setting(
        0.0,
        "Probability of another background behind the object. The data must have masks of their objects.",
        title="Background, probability",
        ge=0,
        le=1,
        also="background augmentation, BG_RM, BG_Random, mask, foreground",
    )
    background_mode: Literal["remove", "random"] = setting(
        "random",
        "What is put behind the object (2103.12719). `random`: the background of another training image, which helps more. "
        "`remove`: one grey, drawn for each view.",
        title="Background, new",
        also="background augmentation, BG_RM, BG_Random",
    )

    @model_validator(mode="after")
    def _ordered(self) -> ViewConfig:
        for low, high in (("crop_min", "crop_max"), ("sigma_min", "sigma_max")):
            if getattr(self, low) > getattr(self, high):
                least, most = getattr(self, low), getattr(self, high)
                raise ValueError(f"{low} must be at most {high} ({most:g}). Got {least:g}. Lower {low} or raise {high}.")
        return self


class ViewsConfig(Part):
    """The views of one image. `groups` rules; where it is empty it is filled from the preset."""

    preset: str = setting(
        "simclr",
        "A published recipe of views, the starting point of the groups below.",
        also="augmentation, transforms",
    )
    groups: tuple[ViewConfig, ...] = setting((), "Kinds of views, in the order in which the method gets them.")


class BackboneConfig(Part):
    """The encoder."""

    name: str = setting(
        "resnet10_narrow",
        "Encoder architecture. resnet10_narrow, vit_micro and convvit_micro (convolutions, then a ViT) are sized for a CPU. "
        "pixel_encoder is that of agents: four convolutions and a linear layer on the whole map, which keeps positions. "
        "timm/NAME and torchvision/NAME: any encoder of these libraries, its weights drawn anew. path/to/file.py:ClassName: a "
        "torch.nn.Module of your own, whose file is copied into the run; plugin/NAME: one of another package.",
        title="Backbone",
        also="encoder, network, model, architecture, ResNet, ViT, transformer, timm, torchvision, ConvNeXt, EfficientNet, Swin, "
        "own, custom, file, nn.Module",
        suggestions=OWN,
    )
    arguments: str = setting(
        "",
        "Of an encoder of your own: the arguments with which its class is called, as Python writes them: width=64, norm='batch'. "
        "An argument img_size, image_size or input_size that is not given here gets the side of the views.",
        title="Arguments",
        advanced=True,
        also="constructor, keyword arguments, kwargs, own encoder",
    )
    module: ModuleCopy | None = setting(
        None, "The code of an encoder of your own. Written by the program: it follows the file.", title="Code", written=True
    )
    stem: Literal["auto", "small", "imagenet"] = setting(
        "auto",
        "First layers of a ResNet: `small` keeps small images from shrinking at once.",
        advanced=True,
        also="first layers, CIFAR stem",
    )
    least_map: int = setting(
        2,
        "A ResNet's maps have at least so many cells a side: on small images and tiles strides that would leave fewer are left "
        "out. On a single cell a 3x3 convolution uses one of its nine weights, and the others would stay as they were drawn. 1 in "
        "runs of older versions of this program; then other libraries can load the encoder of the smallest images, too.",
        title="Least map",
        unit="cells",
        ge=1,
        le=8,
        advanced=True,
    )
    patch: int = setting(
        0,
        "Side of a ViT's or ConvViT's patch; auto takes about an eighth of the first view, 8 x 8 patches, and for a ViT of timm or "
        "torchvision its own, which its name often says.",
        unit="px",
        zero="auto",
        ge=0,
        le=64,
        also="patch size, tokens",
    )
    pool: Literal["cls", "mean"] = setting(
        "cls",
        "What a ViT gives as its features: the class token, or the mean of the patch tokens. A ConvViT gives the mean. Of timm's "
        "encoders it concerns those whose patches a method can mask; others are pooled as timm does.",
        advanced=True,
        also="pooling, class token",
    )
    init: Literal["auto", "xavier", "normal"] = setting(
        "auto",
        "First weights of a ViT's or ConvViT's linear layers. `normal`: standard deviation .02, as published from a width of 384 "
        "on; at a width of 128 each block then adds 4.5 % to its input. `xavier`: by the layer's width, as in MAE and the methods "
        "built on it, which take it whatever is set here. `auto`: xavier below a width of 384, normal from there on; a ViT of "
        "timm is drawn as timm draws it.",
        title="First weights",
        advanced=True,
        also="initialisation",
    )
    weights: str = setting(
        "",
        "Weights to begin with. A file (.safetensors, .pth, .pt, .ckpt, .bin, .pth.tar): of this program's export, of timm or "
        "torchvision, "
        "or a published checkpoint (MoCo, SwAV, DINO, DINOv2, Barlow Twins, VICReg, MAE, I-JEPA, solo-learn, lightly, ...). A run: "
        "its folder or name, with @N for the checkpoint of epoch N. Published weights by name: torchvision/resnet50.IMAGENET1K_V2, "
        "timm/convnext_tiny.in12k_ft_in1k, hf-hub:OWNER/NAME; they are downloaded once. All are read as data alone, and copied "
        "when the run starts; afterwards they are not needed.",
        title="Weights",
        also="pretrained, checkpoint, finetune, continue, initialisation, transfer, foundation model, Hugging Face, run",
        picker="weights",
    )
    frozen: int = setting(
        0,
        "How many of the encoder's first layers keep the weights that they begin with; their normalisation keeps its statistics. A "
        "layer is the stem, a block or a stage; of a ViT, the projection of its patches is the first. With weights to begin with "
        "this costs less memory and time, and keeps what the first layers know.",
        title="Frozen layers",
        unit="layers",
        zero="none",
        ge=0,
        le=1000,
        advanced=True,
        also="freeze, fixed, fine-tuning, transfer, continue",
    )
    partial: bool = setting(
        False,
        "Begin also where the weights lack some of the encoder's, or have them in another shape. These are then drawn.",
        title="Weights in part",
        advanced=True,
        also="strict, missing keys",
    )
    normalise: Literal["auto", "data", "imagenet"] = setting(
        "auto",
        "How images are normalised before the encoder sees them. `data`: by mean and deviation of the training images. `imagenet`: "
        "by those of ImageNet, for which most published encoders were trained. `auto`: as for the weights to begin with, where "
        "that is known (a run, an export of this program, a published name), and else by the training images.",
        title="Normalisation",
        advanced=True,
        also="mean, standard deviation, ImageNet statistics",
    )
    rel_pos: Literal["none", "shared"] = setting(
        "none",
        "How a ViT knows where its patches lie. `none`: by position embeddings. `shared`: by a learned bias for each distance and "
        "direction of two patches, the same in all blocks, without position embeddings; a shift of the image then changes less "
        "(2205.14141). Such an encoder cannot be exported for timm or torchvision.",
        title="Relative positions",
        advanced=True,
        also="relative position bias, position embedding, RPB",
    )
    drop_path: float = setting(
        0.0,
        "Probability of skipping a block of a ViT, a ConvViT, or of an encoder of timm or torchvision that can (stochastic depth).",
        ge=0,
        lt=1,
        advanced=True,
        also="stochastic depth, dropout, regularisation",
    )

    @field_validator("arguments")
    @classmethod
    def _keywords(cls, text: str) -> str:
        try:
            keyword_arguments(text)
        except ValueError as error:
            raise ValueError(f"backbone.arguments must be arguments as width=64, norm='batch'. Got {text!r}. {error}.") from None
        return text

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        if problem := name_problem(name):
            raise ValueError(problem)
        return name


class OptimConfig(Part):
    """Optimiser and learning-rate schedule."""

    name: Literal["adamw", "sgd", "lars"] = setting(
        "adamw",
        "Optimiser.",
        title="Optimiser",
        also="optimizer, AdamW, SGD, LARS, Adam",
    )
    lr: float = setting(
        0.002,
        "Peak learning rate. Unless it is set it follows the optimiser and the method's recipe, and for SGD and LARS it is "
        "proportional to the images of a step. A rate that is set is used as it is.",
        gt=0,
        le=100,
        also="lr, step size, rate",
    )
    weight_decay: float = setting(
        1e-4,
        "Weight decay; biases and normalisation layers are left out. AdamW takes rate times decay off "
        "the weights at each step: the default, 1e-4 at a rate of .002, takes a five-thousandth off in a thousand steps and is in "
        "effect off.",
        ge=0,
        le=1,
        also="L2, regularisation, wd",
    )
    weight_decay_end: float = setting(
        0.0,
        "Weight decay at the end: it moves there from the other, above 0, along half a cosine over the run, as DINO's and "
        "I-JEPA's, from .04 to .4. `constant`: the same for the whole run.",
        title="Weight decay at the end",
        zero="constant",
        ge=0,
        le=1,
        advanced=True,
        also="L2, regularisation, wd, schedule",
    )
    bias_rate: float = setting(
        1.0,
        "Learning rate of biases and normalisation layers, as a share of that of the other weights. Barlow Twins takes .024 with "
        "LARS, which scales the steps of matrices alone.",
        title="Rate of biases",
        gt=0,
        le=10,
        advanced=True,
        also="LARS, bias, batch norm, learning rate",
    )
    encoder_rate: float = setting(
        1.0,
        "Learning rate of the encoder, as a share of that of the method's heads. Below 1 an encoder that begins with weights keeps "
        "more of them while the heads, which are drawn anew, learn.",
        title="Rate of the encoder",
        gt=0,
        le=10,
        advanced=True,
        also="backbone learning rate, differential, discriminative, fine-tuning, continue",
    )
    layer_decay: float = setting(
        1.0,
        "Learning rate of each of the encoder's layers, as a share of that of the layer after it; 1 for the same rate in all. A "
        "layer is the stem, a block or a stage. BEiT takes .65 to .75 for fine-tuning.",
        title="Rate by layer",
        gt=0,
        le=1,
        advanced=True,
        also="layer-wise learning rate decay, LLRD, BEiT, fine-tuning, continue",
    )
    momentum: float = setting(
        0.9,
        "Momentum of SGD and LARS.",
        ge=0,
        lt=1,
        advanced=True,
        also="beta1",
    )
    beta1: float = setting(
        0.9,
        "First moment's decay of AdamW. Methods with a discriminator take .5: the loss of each network changes with the other.",
        ge=0,
        lt=1,
        advanced=True,
        also="betas, Adam, momentum",
    )
    beta2: float = setting(
        0.999,
        "Second moment's decay of AdamW.",
        gt=0,
        lt=1,
        advanced=True,
        also="betas, Adam",
    )
    schedule: Literal["cosine", "constant", "step", "linear"] = setting(
        "cosine",
        "How the learning rate moves after the warm-up; `step` divides it by ten after 60 % and after 80 % of the run, `linear` "
        "lowers it in a straight line over the second half.",
        also="scheduler, cosine annealing, learning rate decay, linear decay",
    )
    warmup: float = setting(
        0.05,
        "Share of the run in which the learning rate rises from 0.",
        ge=0,
        le=0.9,
        also="warm-up, ramp",
    )
    final: float = setting(
        0.0,
        "Learning rate at the end, as a share of the peak.",
        ge=0,
        le=1,
        advanced=True,
        also="minimum learning rate, eta min, end",
    )
    clip: float = setting(
        0.0,
        "Largest norm of the gradient.",
        zero="no limit",
        ge=0,
        le=1000,
        also="gradient clipping, grad norm",
    )
    accumulate: int = setting(
        1,
        "Batches whose gradients are added up before one step; the last step of an epoch takes those that are left. A method that "
        "compares the images of a batch, and batch normalisation, see the single batches none the less.",
        unit="batches",
        ge=1,
        le=1024,
        advanced=True,
        also="gradient accumulation, effective batch size",
    )


class TrainConfig(Part):
    """Length, batch, device and precision."""

    batch: int = setting(
        256,
        "Images a batch.",
        title="Batch",
        unit="images",
        ge=2,
        le=65536,
        also="batch size, minibatch",
    )
    order: Literal["shuffle", "sliding_window"] = setting(
        "shuffle",
        "How images follow one another. `shuffle`: each once an epoch. `sliding_window`: from a window that moves slowly over the "
        "images, so that each comes again soon and several times, and then rests (PIC, 2006.14618).",
        title="Order of the images",
        advanced=True,
        also="sampler, shuffling",
    )
    window: float = setting(
        0.1,
        "Sliding window alone: its images as a share of all, rounded to whole batches; the paper has 131,072 of 1.28 million. "
        "The smaller it is the sooner an image comes again. 1 holds all: a shuffle.",
        title="Window, size",
        gt=0,
        le=1,
        advanced=True,
    )
    stride: float = setting(
        0.125,
        "Sliding window alone: by which share of itself the window moves on after each pass. With the paper's eighth an image "
        "comes eight times before it rests, and a run of fewer than eight epochs does not see every image.",
        title="Window, stride",
        gt=0,
        le=1,
        advanced=True,
    )
    epochs: int = setting(
        20,
        "Passes through the training images.",
        ge=1,
        le=100_000,
        also="length, duration, training time, iterations",
    )
    minutes: float = setting(
        0.0,
        "Length as a time, which is kept: the steps are estimated first, and again on the way from the clock. The schedules "
        "follow, and what came out is recorded in steps and plan. Without it the run goes by epochs.",
        unit="min",
        zero="not set",
        ge=0,
        le=100_000,
        also="length, duration, training time, hours, time limit",
    )
    steps: int = setting(
        0,
        "Length in steps. Without it the run goes by minutes or epochs.",
        zero="not set",
        ge=0,
        le=1_000_000_000,
        advanced=True,
        also="length, duration, iterations, updates",
    )
    plan: tuple[tuple[int, int, float], ...] = setting(
        (),
        "Written by the run, not by a person: where its length was changed on the way, as (step, total, share of the run done "
        "there). With it the run repeats to the last digit; it means nothing where its last total is not the run's length.",
        advanced=True,
    )
    seed: int = setting(
        0,
        "Seed of everything that is drawn: weights, order, views, masks.",
        ge=0,
        le=2**31 - 1,
        also="random seed, reproducible, repeat",
    )
    device: str = setting(
        "auto",
        "auto, cpu, mps, cuda or cuda:N.",
        also="GPU, CPU, CUDA, MPS, graphics card",
    )
    devices: int = setting(
        1,
        "How many devices train the run together, each on its share of every batch: GPUs of this machine, or with `cpu` as many "
        "processes. The losses are those of one device. Such a run starts from the command line; torchrun spreads one over several "
        "machines.",
        title="Devices",
        ge=1,
        le=1024,
        also="several GPUs, multi-GPU, distributed, data parallel, DDP, ranks, torchrun, NCCL, gloo, world size",
    )
    precision: Literal["auto", "fp32", "bf16"] = setting(
        "auto",
        "auto takes bf16 where the machine is fast at it.",
        also="mixed precision, amp, bf16, float16, fp32",
    )
    threads: int = setting(
        0,
        "CPU threads. Where other programs are busy, fewer are faster.",
        zero="every core",
        ge=0,
        le=1024,
        advanced=True,
        also="cores, workers, processes",
    )
    checkpoint_seconds: float = setting(
        60.0,
        "A checkpoint at least this often.",
        unit="s",
        gt=0,
        le=86_400,
        advanced=True,
        also="save, autosave, checkpoint interval",
    )
    keep: int = setting(
        4,
        "Checkpoints kept along the way, evenly over the epochs, weights alone, to look back at, beside the newest.",
        title="Checkpoints kept",
        zero="the newest alone",
        ge=0,
        le=1000,
        advanced=True,
        also="save, snapshots, history",
    )


class MonitorConfig(Part):
    """What is measured while the run goes on. None of it changes what is learned."""

    knn_every: int = setting(
        0,
        "Epochs between two kNN checks on validation; auto spends about 5 % of the time on them.",
        unit="epochs",
        zero="auto",
        ge=0,
        also="evaluation interval, accuracy, k nearest neighbours",
    )
    knn_k: int = setting(
        20,
        "Neighbours that vote.",
        ge=1,
        le=1000,
        advanced=True,
        also="neighbors, k nearest neighbours",
    )
    knn_images: int = setting(
        4000,
        "Most training images in the kNN's bank while training.",
        unit="images",
        ge=10,
        advanced=True,
        also="k nearest neighbours, evaluation",
    )
    diagnose_every: int = setting(
        10,
        "Steps between two looks at the collapse diagnostics.",
        unit="steps",
        ge=1,
        advanced=True,
        also="collapse, health, logging interval",
    )
    embed_images: int = setting(
        2000,
        "Images in an embedding snapshot; without any there are no maps.",
        unit="images",
        zero="none",
        ge=0,
        also="map, embedding, snapshot",
    )
    pictures: bool = setting(
        True,
        "Keep the method's own pictures with every embedding snapshot.",
        advanced=True,
        also="visualizations, images",
    )


class RunConfig(Part):
    """A whole run. YAML in, YAML out; the same config and the same machine give the same numbers."""

    name: str = setting(
        "",
        "A name of your own for the run.",
        also="title, label",
    )
    method: MethodChoice = MethodChoice()
    data: DataConfig = DataConfig()
    views: ViewsConfig = ViewsConfig()
    backbone: BackboneConfig = BackboneConfig()
    optim: OptimConfig = OptimConfig()
    train: TrainConfig = TrainConfig()
    monitor: MonitorConfig = MonitorConfig()
    notes: str = setting(
        "",
        "Notes, stored with the run.",
        also="comment, description, remarks",
    )
    tags: tuple[str, ...] = setting(
        (),
        "Labels by which the run is found.",
        also="labels, groups",
    )
