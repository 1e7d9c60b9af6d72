"""A description of data for the person who chooses them: what was understood, and a few samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.catalogue import Column
from engine.config.run import DataConfig
from engine.data.dataset import Bytes, Dataset, Factor, Index
from engine.data.open import list_images
from engine.data.pictures import Encoded, decode, in_threads, sides
from engine.data.source import ImageListing
from engine.data.source_table import find
from engine.data.splits import SPLITS
from engine.data.traits import traits_of
from engine.data.video_files import VideoHeader, read_clip, read_header
from engine.execute.progress import ProgressCallback, no_progress

SAMPLES = 12
HEADERS = 64  # files whose width and height are read
MOST_ANNOTATIONS = 32 << 20  # bytes, which take about two seconds to read
MOST_SIDE = 128  # px of a sample that is read from its file


@dataclass(frozen=True, eq=False)
class Sample:
    """One image of the data, as training gets it: (S, S, 3) uint8. `name`: of its file, "" where it has none. `label`: its class,
    "" where that is not known. `clip`: (T, S, S, 3) uint8, its frames, where it is one."""

    image: Bytes
    name: str
    label: str
    clip: Bytes | None = None


@dataclass(frozen=True, eq=False)
class DataDescription:
    """What data are, as far as it is known.

    images: how many. size: side in pixels of the stored squares. classes, counts: the names of the classes and how many images each
    has, (C,) int64. unlabelled: images without a class. splits: how many images each split has; own_splits: those that the source
    itself has. unreadable: files that cannot be read, as "path: reason". notes: what else there is to know. traits: see
    engine.data.traits. columns: what the data have beside images. targets: the targets of a folder by name, True for labels that an
    image has or has not, False for numbers. samples: at most SAMPLES, evenly over the images.

    decoded: whether every image was read: else images that cannot be decoded are not known yet, and splits that the source does not
    have are not cut. originals: width and height of some of the files, (n, 2) int64. meanings, suggested: as in ImageListing.
    frames: of a clip, 0 for images. lengths: (n,) seconds of some of the video files."""

    name: str
    images: int
    size: int
    classes: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    unlabelled: int
    splits: Mapping[str, int]
    own_splits: tuple[str, ...]
    unreadable: tuple[str, ...]
    notes: tuple[str, ...]
    traits: frozenset[str]
    samples: tuple[Sample, ...]
    decoded: bool
    originals: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    meanings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    suggested: str = ""
    frames: int = 0
    lengths: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    columns: tuple[Column, ...] = ()
    targets: Mapping[str, bool] = field(default_factory=dict)


def survey(config: DataConfig, progress: ProgressCallback = no_progress) -> DataDescription | None:
    """The description of a folder or file before its images are decoded: a second or two for 50,000 files; large annotations are
    left to the opening, with a note. None for named sets.
    ConfigError as engine.data.open.open_dataset."""
    if find(config.source) is not None:
        return None
    listing = list_images(config, progress, MOST_ANNOTATIONS)
    labels = np.full(listing.order.expected, -1, np.int64) if listing.labels is None else listing.labels
    counts, unlabelled = _count(listing.classes, labels)
    own = {name: int((listing.own == tag).sum()) for tag, name in enumerate(SPLITS)}
    some = _evenly(_encoded(listing), HEADERS)
    clips = listing.order.frames > 0
    headers = _headers([listing.paths[row] for row in some]) if clips else []
    sizes = [(one.width, one.height) for one in headers]
    known = sizes if clips else [size for row in some if (size := _sides(listing, int(row))) is not None]
    return DataDescription(
        name=listing.name,
        images=listing.order.expected,
        size=listing.order.size,
        classes=listing.classes,
        counts=counts,
        unlabelled=unlabelled,
        splits={name: count for name, count in own.items() if count},
        own_splits=tuple(name for name, count in own.items() if count),
        unreadable=listing.skipped,
        notes=listing.notes,
        traits=traits_of(
            config.source, [name for name, count in own.items() if count], listing.names, listing.scale is not None, clips
        ),
        samples=_read_samples(listing, labels),
        decoded=False,
        originals=np.array(known, np.int64).reshape(-1, 2),
        meanings=listing.meanings,
        suggested=listing.suggested,
        frames=listing.order.frames,
        lengths=np.array([one.seconds for one in headers if one.seconds > 0]),
        columns=listing.columns,
        targets=_targets(config.source, listing.factors),
    )


def describe(dataset: Dataset) -> DataDescription:
    """The description of data that are open, without what is known of files alone: `originals`, `lengths`, `meanings` and
    `suggested`."""
    counts, unlabelled = _count(dataset.classes, dataset.labels)
    rows = _evenly(len(dataset), SAMPLES)
    images = np.ascontiguousarray(np.asarray(dataset.images[rows]).transpose(0, 2, 3, 1))
    return DataDescription(
        name=dataset.name,
        images=len(dataset),
        size=dataset.size,
        classes=dataset.classes,
        counts=counts,
        unlabelled=unlabelled,
        splits={name: len(index) for name, index in dataset.splits.items()},
        own_splits=dataset.own_splits,
        unreadable=dataset.skipped,
        notes=dataset.notes,
        traits=traits_of(dataset.source, dataset.own_splits, dataset.names, dataset.scale is not None, dataset.clips is not None),
        samples=tuple(
            Sample(
                image,
                dataset.names[row] if dataset.names else "",
                _label(dataset.classes, int(dataset.labels[row])),
                clip_of(dataset, int(row)),
            )
            for image, row in zip(images, rows, strict=True)
        ),
        decoded=True,
        frames=dataset.clips.shape[1] if dataset.clips is not None else 0,
        columns=dataset.columns,
        targets=_targets(dataset.source, dataset.factors),
    )


def _targets(source: str, factors: Mapping[str, Factor]) -> dict[str, bool]:
    """The factors of images of a folder; those of named sets are described there."""
    return {name: factor.yes_or_no for name, factor in factors.items()} if find(source) is None else {}


def _evenly(count: int, most: int) -> Index:
    """At most `most` indices, evenly over `count`."""
    if not count:
        return np.zeros(0, np.int64)
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))


def _count(classes: tuple[str, ...], labels: Index) -> tuple[npt.NDArray[np.int64], int]:
    known = labels[labels >= 0]
    return np.bincount(known, minlength=len(classes)).astype(np.int64), len(labels) - len(known)


def _label(classes: tuple[str, ...], code: int) -> str:
    return classes[code] if 0 <= code < len(classes) else ""


def _encoded(listing: ImageListing) -> int:
    """How many images can be read by themselves: all or none."""
    return len(listing.paths) if listing.read is None else listing.order.expected


def _image(listing: ImageListing, row: int) -> Encoded:
    return listing.paths[row] if listing.read is None else listing.read(row)


def _sides(listing: ImageListing, row: int) -> tuple[int, int] | None:
    try:
        return sides(_image(listing, row))
    except Exception:  # it will be named when it is decoded
        return None


def clip_of(dataset: Dataset, row: int) -> Bytes | None:
    """The frames of a clip, (T, S, S, 3) uint8; None for an image."""
    if dataset.clips is None:
        return None
    return np.ascontiguousarray(np.asarray(dataset.clips[row]).transpose(0, 2, 3, 1))


def _headers(paths: list[str]) -> list[VideoHeader]:
    """The headers of video files. Those that cannot be read are left out: they will be named when they are decoded."""

    def read(path: str) -> VideoHeader | None:
        try:
            return read_header(path)
        except Exception:
            return None

    return [one for one in next(in_threads(read, paths), []) if one is not None]


def _read_samples(listing: ImageListing, labels: Index) -> tuple[Sample, ...]:
    """Samples from the files themselves. Those that cannot be decoded are left out."""
    rows = _evenly(_encoded(listing), SAMPLES)
    side = min(listing.order.size, MOST_SIDE)

    def read(row: int) -> Sample | None:
        try:
            frames = listing.order.frames
            clip = read_clip(listing.paths[row], frames, side, listing.seconds).frames if frames else None
            image = decode(_image(listing, row), side, listing.scale) if clip is None else clip[frames // 2]
        except Exception:  # a damaged file makes the decoders raise nearly anything
            return None
        name = listing.names[row] if listing.names else Path(listing.paths[row]).name
        shown = None if clip is None else np.ascontiguousarray(clip.transpose(0, 2, 3, 1))
        return Sample(np.ascontiguousarray(image.transpose(1, 2, 0)), name, _label(listing.classes, int(labels[row])), shown)

    samples = next(in_threads(read, [int(row) for row in rows]), [])
    return tuple(sample for sample in samples if sample is not None)
