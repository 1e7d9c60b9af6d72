"""Every named set of images in one readable table. Imports nothing heavy.

Other packages add rows by the entry point `parallax.data` (see engine.plugins); `sources` gives theirs, too."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from engine import plugins
from engine.catalogue import Column
from engine.config.errors import ConfigError, complain
from engine.config.run import DataConfig
from engine.config.small_files import expanded, is_file, is_folder
from engine.data.directories import data_root, store_root
from engine.data.shard_paths import is_pattern
from engine.runs.csv_rows import readable

if TYPE_CHECKING:
    from engine.data.source import ImageListing
    from engine.execute.progress import ProgressCallback

    # Opens a set: arguments are its row, the config, and a progress callback.
    Opener: TypeAlias = Callable[["Source", DataConfig, ProgressCallback], ImageListing]


@dataclass(frozen=True)
class Source:
    """One row. `images` counts all splits, `classes` is 0 where there are none, `size` is the stored side in pixels.

    `opener`: "module:function" of its `Opener`, which is imported when the set is opened. `rendered`: `data.seed` and
    `data.count` decide the images. `columns`: what it brings beside images.
    `package`: the distribution that adds the row, "" for this program's own.

    For a downloaded set: `files` are the archives, below the data folder, with which no download is necessary, `marks` what they
    unpack to, `url` their source, `megabytes` their size."""

    id: str
    title: str
    kind: Literal["embedded", "download"]
    images: int
    classes: int
    size: int
    line: str
    url: str = ""
    files: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    megabytes: int = 0
    opener: str = "engine.data.downloads:open_source"
    rendered: bool = False
    columns: tuple[Column, ...] = ()
    package: str = ""


_GYM = "gym:"
_MNIST = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
_STL = ("http://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz", ("stl10_binary.tar.gz",), ("stl10_binary",), 2640)


def _mnist(folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(f"{folder}/raw/{name}.gz" for name in _MNIST), tuple(f"{folder}/raw/{name}" for name in _MNIST)


# fmt: off
SOURCES: tuple[Source, ...] = (
    Source("shapes", "Shapes", "embedded", 6000, 10, 32,
           "A rendered world of shapes whose every factor is known: shape, hue, size, place, rotation, background, light.",
           opener="engine.data.rendered_shapes:open_source", rendered=True, columns=("captions", "masks")),
    Source("simple_shapes", "Simple shapes", "embedded", 6000, 10, 32,
           "The same shapes upright on a plain dark background: a first run sorts them within minutes.",
           opener="engine.data.rendered_shapes:open_source", rendered=True, columns=("captions", "masks")),
    Source("scenes", "Scenes", "embedded", 6000, 10, 64,
           "One to four of the shapes before a textured background, with the box of each and the class of each pixel.",
           opener="engine.data.rendered_scenes:open_source", rendered=True,
           columns=("captions", "masks", "class_maps", "boxes")),
    Source("moving_shapes", "Moving shapes", "embedded", 6000, 10, 32,
           "Clips of one of the shapes, of eight frames each: its motion is the class, its flow is exact, and it makes a sound.",
           opener="engine.data.rendered_clips:open_source", rendered=True,
           columns=("masks", "clips", "clip_masks", "flow", "sound")),
    Source("reach", "Reach", "embedded", 6000, 4, 32,
           "A world to act in: move a disc to a shape. As images: its scenes, with the true positions as factors.",
           opener="engine.worlds.frames:open_source", rendered=True, columns=("world", "visible_goal")),
    Source("catch", "Catch", "embedded", 6000, 3, 32,
           "A world to act in: move a square below a falling disc, which drifts to a side.",
           opener="engine.worlds.frames:open_source", rendered=True, columns=("world", "visible_goal")),
    Source("visit", "Visit", "embedded", 6000, 4, 32,
           "A world to act in: move a disc to where a picture shows it. Nothing else moves: for models that plan.",
           opener="engine.worlds.frames:open_source", rendered=True, columns=("world",)),
    Source("digits", "Digits", "embedded", 1797, 10, 32,
           "Real handwritten digits of 43 people, from scikit-learn; small and quick.",
           opener="engine.data.digits:open_source"),
    Source("blue_shapes", "Blue shapes", "embedded", 6000, 10, 32,
           "The rendered shapes, all of them blue before plain mauve: the first of two sets for methods that translate.",
           opener="engine.data.domain_shapes:open_source", rendered=True, columns=("masks",)),
    Source("orange_shapes", "Orange shapes", "embedded", 6000, 10, 32,
           "The rendered shapes, all of them orange before green stripes; none is the twin of a blue one.",
           opener="engine.data.domain_shapes:open_source", rendered=True, columns=("masks",)),
    Source("cifar10", "CIFAR-10", "download", 60_000, 10, 32,
           "Ten kinds of animals and vehicles: the field's first benchmark.",
           "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz", ("cifar-10-python.tar.gz",), ("cifar-10-batches-py",), 170),
    Source("cifar100", "CIFAR-100", "download", 60_000, 100, 32,
           "A hundred fine classes of things, at the size of CIFAR-10.",
           "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz", ("cifar-100-python.tar.gz",), ("cifar-100-python",), 169),
    Source("stl10", "STL-10", "download", 13_000, 10, 96,
           "Ten kinds of animals and vehicles at 96 px, few of them labelled.", *_STL),
    Source("stl10_unlabeled", "STL-10 with its unlabelled images", "download", 113_000, 10, 96,
           "STL-10 as it was meant: 100,000 images without a label beside the 5,000 with one.", *_STL),
    Source("imagenette", "Imagenette", "download", 13_394, 10, 128,
           "Ten easily distinguished classes of ImageNet.",
           "https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-160.tgz", ("imagenette2-160.tgz",), ("imagenette2-160",), 99),
    Source("svhn", "SVHN", "download", 99_289, 10, 32,
           "House numbers photographed from the street, cut out digit by digit.",
           "http://ufldl.stanford.edu/housenumbers/", ("train_32x32.mat", "test_32x32.mat"), (), 246),
    Source("flowers102", "Flowers 102", "download", 8189, 102, 128,
           "Flowers of 102 kinds; a fine-grained set with few images a class.",
           "https://www.robots.ox.ac.uk/~vgg/data/flowers/102/",
           ("flowers-102/102flowers.tgz", "flowers-102/imagelabels.mat", "flowers-102/setid.mat"), ("flowers-102/jpg",), 345),
    Source("oxford_pets", "Oxford-IIIT Pets", "download", 7349, 37, 128,
           "Cats and dogs of 37 breeds.",
           "https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz",
           ("oxford-iiit-pet/images.tar.gz", "oxford-iiit-pet/annotations.tar.gz"),
           ("oxford-iiit-pet/images", "oxford-iiit-pet/annotations"), 811, columns=("masks", "class_maps")),
    Source("food101", "Food-101", "download", 101_000, 101, 128,
           "Photographed dishes of 101 kinds, with noisy labels in the training split.",
           "http://data.vision.ee.ethz.ch/cvl/food-101.tar.gz", ("food-101.tar.gz",), ("food-101/meta", "food-101/images"), 4997),
    Source("eurosat", "EuroSAT", "download", 27_000, 10, 64,
           "Land use seen by the Sentinel-2 satellite, in its three visible bands.",
           "https://huggingface.co/datasets/torchgeo/eurosat", ("eurosat/EuroSAT.zip",), ("eurosat/2750",), 95),
    Source("mnist", "MNIST", "download", 70_000, 10, 32,
           "Handwritten digits, at 32 px.",
           "https://ossci-datasets.s3.amazonaws.com/mnist/", *_mnist("MNIST"), 12),
    Source("fashion_mnist", "FashionMNIST", "download", 70_000, 10, 32,
           "Grey pictures of clothes and shoes, at 32 px.",
           "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", *_mnist("FashionMNIST"), 31),
)
# fmt: on


@cache
def sources() -> tuple[Source, ...]:
    """All named sets: this program's own, then those of other packages by package and id."""
    return (*SOURCES, *plugins.plugin_rows(plugins.DATA, Source, [row.id for row in SOURCES], _unusable))


def _unusable(row: Source) -> str:
    if row.kind != "embedded":
        return f"its kind must be embedded, for only this program's own sets are downloaded. Got {row.kind!r}."
    if row.opener.count(":") != 1 or row.opener == Source.opener:
        return f'its opener must be "module:function". Got {row.opener!r}.'
    if not set(row.columns) <= set(get_args(Column)):
        return f"its columns must be among {', '.join(get_args(Column))}. Got {', '.join(map(str, row.columns))}."
    return ""


def find(id: str) -> Source | None:
    """The row of a named set, or None. An environment of gymnasium, `gym:` and its id, has a row that is made here."""
    if id.startswith(_GYM) and len(id) > len(_GYM):
        return Source(
            id,
            id.removeprefix(_GYM),
            "embedded",
            6000,
            0,
            64,
            "An environment of gymnasium, seen as pixels.",
            opener="engine.worlds.frames:open_source",
            rendered=True,
            columns=("world", "visible_goal"),
        )
    return next((row for row in sources() if row.id == id), None)


def open_row(row: Source, config: DataConfig, progress: ProgressCallback) -> ImageListing:
    """The images of a named set, by its opener. An error in the opener of another package becomes a ConfigError with the package's
    name; a ConfigError, and Cancelled from `progress`, are passed on."""
    from engine.execute.progress import Cancelled

    module, _, name = row.opener.partition(":")
    if not row.package:
        opener: Opener = getattr(importlib.import_module(module), name)
        return opener(row, config, progress)
    try:
        opener = getattr(importlib.import_module(module), name)
        return opener(row, config, progress)
    except (ConfigError, Cancelled):
        raise
    except Exception as error:  # code of others may fail in any way
        remedy = f"It is of the package {row.package}: {plugins.sentence(error)}"
        raise complain("data.source", "a set that can be opened", row.id, remedy) from error


def absolute_source(source: str) -> str:
    """A config's `data.source`, independent of the working directory: a named set unchanged, a path absolute.

    ConfigError for a path that is not UTF-8, for example from an old disk or archive: YAML cannot store it."""
    if not source or find(source) is not None:
        return source
    path = expanded(source)
    named = is_pattern(source) or is_folder(path) or is_file(path)
    # A word that is not an existing path is unchanged, for the error message.
    absolute = str(path.absolute()) if named else source
    try:
        absolute.encode("utf-8")
    except UnicodeEncodeError:
        allowed = "a path of letters that UTF-8 has, for it is written into the run's config"
        raise complain("data.source", allowed, readable(absolute), "Rename the folder, or link it under another name.") from None
    return absolute


def available(source: Source, root: str | Path = "") -> bool:
    """Whether a set opens without the network: built in, unpacked or archived below `root`, or converted before. Checks only file
    names."""
    if source.kind == "embedded":
        return True
    folder = data_root(str(root) if root else "")
    for needed in (source.marks, source.files):
        if needed and all((folder / name).exists() for name in needed):
            return True
    return any(store_root(str(root) if root else "").glob(f"{source.id}-*/images.u8"))
