"""Open the images that a config names, whatever their source."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine import plugins
from engine.config.errors import ConfigError, Problem, complain, nearest
from engine.config.run import DataConfig
from engine.config.small_files import expanded, is_file, is_folder
from engine.data.annotations import ClassMaps
from engine.data.clips import Sound
from engine.data.dataset import Dataset, Factor, Index, statistics
from engine.data.directories import store_root
from engine.data.folder_files import SHARD, TABLES, FolderFile
from engine.data.folder_listing import list_folder
from engine.data.image_store import Chunk, keep
from engine.data.pictures import Scale
from engine.data.shard_paths import files_of_pattern, is_pattern
from engine.data.source import ImageListing
from engine.data.source_table import find, open_row, sources
from engine.data.splits import SPLITS, cut, shared
from engine.execute.progress import ProgressCallback, no_progress, part_of

_KEPT = 3
SOURCE, OTHER = "data.source", "data.other"


class _Cache:
    """Cache of the data sets opened last. A lock for each key: threads that request the same set at the same time open it once."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[object, threading.Lock] = {}
        self._sets: OrderedDict[object, tuple[Dataset, str]] = OrderedDict()

    def get(self, key: object, config: DataConfig, progress: ProgressCallback, split: bool, quick: bool) -> Dataset:
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            with self._guard:
                known = self._sets.get(key)
                if known is not None:
                    self._sets.move_to_end(key)
            if known is not None and quick:
                return known[0]
            state = _state(config)
            if known is not None and known[1] == state:
                return known[0]
            opened = _open(config, progress, split)
            with self._guard:
                self._sets[key] = opened, state
                while len(self._sets) > _KEPT:
                    gone, _ = self._sets.popitem(last=False)
                    self._locks.pop(gone, None)
            return opened


_CACHE = _Cache()


class _Pairs:
    """Cache of the last sets with a second one. The same two sets give the same object."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: OrderedDict[tuple[int, int], tuple[Dataset, Dataset, Dataset]] = OrderedDict()

    def get(self, first: Dataset, second: Dataset) -> Dataset:
        key = id(first), id(second)
        with self._guard:
            if key not in self._known:
                # References to both sets keep their ids from being reused.
                self._known[key] = first, second, replace(first, other=second)
                while len(self._known) > _KEPT:
                    self._known.popitem(last=False)
            self._known.move_to_end(key)
            return self._known[key][2]


_PAIRS = _Pairs()


def open_dataset(config: DataConfig, progress: ProgressCallback | None = None, quick: bool = False) -> Dataset:
    """The images that a config names. While something is downloaded, annotations are read, or images decoded, `progress` is called
    with the fraction done, 0 to 1, and a line of text. An error that it raises, such as Cancelled, ends the opening and is passed
    on; no incomplete file is left.

    Opening the same config again gives the same object as long as it is one of the last few and its files did not change. `quick`
    checks only the folder and its direct subfolders for changes, not every file: for data that are opened often.
    ConfigError with the key for a source that does not exist or cannot be used.

    `data.other` is opened as `Dataset.other`, at the size of the first set."""
    if not config.other:
        return _CACHE.get((config, _stamp(config)), config, progress or no_progress, True, quick)
    report = progress or no_progress
    first = open_dataset(config.model_copy(update={"other": ""}), part_of(report, 0.0, 0.5), quick)
    try:
        second = open_dataset(other_config(config, first.size), part_of(report, 0.5, 1.0), quick)
    except ConfigError as error:
        raise ConfigError([Problem(OTHER, problem.message.replace(SOURCE, OTHER)) for problem in error.problems]) from None
    return _PAIRS.get(first, second)


def other_config(config: DataConfig, size: int) -> DataConfig:
    """The config of the second set, as a set by itself, with images of `size` px. Its splits are cut by the same seed and shares;
    the black and white levels of deep images are its own."""
    plain = DataConfig()
    values = {
        "source": config.other,
        "other": "",
        "size": size,
        "black": plain.black,
        "white": plain.white,
        "bias": plain.bias,
        "upright": plain.upright,
    }
    return config.model_copy(update=values)


def open_images(config: DataConfig, progress: ProgressCallback | None = None) -> Dataset:
    """The images that a config names, without splits, so that a single image is enough: for display, not for training. `splits` is
    empty, `mean` and `std` are over all images. Otherwise as `open_dataset`."""
    return _CACHE.get((config, _stamp(config), "no split"), config, progress or no_progress, False, False)


def _stamp(config: DataConfig) -> object:
    """A value that changes when a file is replaced, or when files are added to or removed from a folder or its direct subfolders.
    It is cheap, and does not notice a file edited in place or changes in deeper folders: see `_state`."""
    if find(config.source) is not None or is_pattern(config.source):
        return None
    path = expanded(config.source)
    try:
        state = path.stat()
        inner = tuple(sorted((p.name, p.stat().st_mtime_ns) for p in path.iterdir() if p.is_dir())) if path.is_dir() else ()
        return str(path.absolute()), state.st_mtime_ns, state.st_size, inner
    except OSError:
        return None


def _state(config: DataConfig) -> str:
    """A value that changes with any file in a folder of images or of a pattern; "" for other sources, for which `_stamp` is
    enough."""
    if find(config.source) is not None:
        return ""
    if is_pattern(config.source):
        from engine.data import image_folder

        return image_folder.state_of_files(files_of_pattern(config.source)[0])
    path = expanded(config.source).absolute()
    if not is_folder(path):
        return ""
    from engine.data import image_folder

    return image_folder.state_of(path)


def _open(config: DataConfig, progress: ProgressCallback, split: bool = True) -> Dataset:
    begin = 0.0

    def listed(share: float, text: str = "", /) -> None:
        nonlocal begin
        begin = 0.5
        part_of(progress, 0.0, 0.5)(share, text)

    listing = list_images(config, listed)
    # Where something was downloaded, or annotations were read, that was the first half.
    reading = part_of(progress, begin, 1.0)
    stored = keep(listing.order, lambda: _with_progress(listing, reading), config.storage, store_root(config.root))
    if len(stored.images) == 0:
        first = (*listing.skipped, *stored.skipped)[:3]
        raise complain(
            "data.source",
            "a source with at least one image that can be read",
            config.source,
            f"None of its {listing.order.expected} files could be. The first: {'; '.join(first)}.",
        )
    rows = stored.rows
    splits: dict[str, Index] = {}
    if split:
        splits = cut(
            listing.own[rows],
            stored.labels,
            stored.digests,
            config.validation,
            config.test,
            config.seed,
            config.source,
            stored.content,
            by_list=config.split_by == "list",
            together=listing.together[rows] if listing.together is not None else None,
        )
    mean, std = statistics(stored.images, splits["train"] if split else np.arange(len(stored.images)))
    notes = [*listing.notes, *stored.notes]
    notes += _label_notes(listing.classes, stored.labels, splits)
    twins = shared(splits, stored.digests) if split else 0
    if twins:
        notes.append(f"{twins} test images are equal to a training or validation image: the set's own splits overlap.")
    if listing.whole and len(listing.own) != listing.whole:
        many = f"The set should have {listing.whole:,} images and has {len(listing.own):,}"
        notes.append(f"{many}: its copy is incomplete, delete it from the data folder to get it again.")
    sound = Sound(values, listing.rate) if (values := stored.arrays.get("sound")) is not None else None
    if sound is not None:
        notes += sound.notes()
    for array in (*stored.arrays.values(), stored.labels):
        array.setflags(write=False)
    return Dataset(
        name=listing.name,
        images=stored.images,
        labels=stored.labels,
        classes=listing.classes,
        splits=splits,
        mean=mean,
        std=std,
        factors={name: Factor(f.values[rows], f.kind, f.names, f.unit) for name, f in listing.factors.items()},
        names=tuple(listing.names[row] for row in rows) if listing.names else (),
        masks=stored.arrays.get("masks"),
        captions=listing.captions.take(rows) if listing.captions is not None else None,
        boxes=listing.boxes.take(rows) if listing.boxes is not None else stored.boxes,
        class_maps=ClassMaps(maps, listing.map_names) if (maps := stored.arrays.get("class_maps")) is not None else None,
        clips=stored.arrays.get("clips"),
        clip_masks=stored.arrays.get("clip_masks"),
        flow=stored.arrays.get("flow"),
        sound=sound if sound is not None and sound.known.any() else None,
        skipped=(*listing.skipped, *stored.skipped),
        notes=tuple(notes),
        digests=stored.content,
        source=config.source,
        scale=listing.scale,
        world=listing.world,
        seconds=listing.seconds,
        own_splits=tuple(name for tag, name in enumerate(SPLITS) if (listing.own == tag).any()),
    )


def _label_notes(classes: tuple[str, ...], labels: Index, splits: Mapping[str, Index]) -> list[str]:
    """Notes on missing labels and classes that the user should read before the run starts."""
    notes: list[str] = []
    if not classes or not splits or not (labels[splits["train"]] >= 0).any():
        return notes
    lost = {"validation": "kNN on validation cannot be measured", "test": "figures on the test split cannot be computed"}
    known = np.unique(labels[splits["train"]])
    for name, what in lost.items():
        own = labels[splits[name]]
        own = own[own >= 0]
        if not len(own):
            notes.append(f"The {name} images have no labels: {what}.")
            continue
        alone = np.setdiff1d(own, known)
        if len(alone):
            names = ", ".join(classes[code] for code in alone[:3]) + (", ..." if len(alone) > 3 else "")
            many = int(np.isin(own, alone).sum())
            notes.append(
                f"{len(alone)} classes of the {name} images ({names}) have no training image: {many:,} of {len(own):,} labelled "
                f"{name} images are of classes that no kNN and no probe can name."
            )
    return notes


def _with_progress(listing: ImageListing, progress: ProgressCallback) -> Iterator[Chunk]:
    """The chunks of a listing. Calls `progress` after each."""
    done, total = 0, max(listing.order.expected, 1)
    progress(0.0, f"Reading {listing.name}")
    for chunk in listing.chunks():
        yield chunk
        done += len(chunk.images) + len(chunk.skipped)
        progress(min(done / total, 1.0), f"Reading {listing.name}: {done:,} of {total:,} images")


def list_images(config: DataConfig, progress: ProgressCallback = no_progress, most_annotations: int | None = None) -> ImageListing:
    """What a config names, before any image is decoded; a set that is not on this machine is downloaded. `most_annotations`: as
    engine.data.image_folder.find. ConfigError as `open_dataset`."""
    row = find(config.source)
    return open_row(row, config, progress) if row is not None else _path(config, progress, most_annotations)


def _path(config: DataConfig, progress: ProgressCallback, most_annotations: int | None) -> ImageListing:
    path = expanded(config.source).absolute()
    scale = Scale(config.black, config.white) if config.white > config.black else None
    if is_pattern(config.source):
        from engine.data import webdataset

        files, missing = files_of_pattern(config.source)
        return webdataset.find(str(path), files, config.size, scale, config.folders, missing, progress=progress)
    if is_folder(path):
        from engine.data import hf_datasets, image_folder, video_folder, webdataset

        listed = list_folder(path)
        if len(listed.videos) > len(listed.files):
            of_clips = config.frames, config.seconds, config.folders, config.sound, config.flow
            return video_folder.find(path, listed, config.size, *of_clips)
        beside = listed.skipped, listed.notes()
        if listed.tables and not listed.files and not listed.shards:
            return hf_datasets.find(path, listed.tables, config.size, scale, *beside, progress=progress)
        if listed.shards and not listed.files:
            return webdataset.find(str(path), listed.shards, config.size, scale, config.folders, *beside, progress=progress)
        as_before = config.split_by == "list"
        return image_folder.find(path, listed, config.size, scale, as_before, config.folders, progress, most_annotations)
    if is_file(path):
        if path.suffix.lower() == SHARD or path.suffix.lower() in TABLES:
            from engine.data import hf_datasets, webdataset

            state = path.stat()
            file = FolderFile(str(path), (path.name,), state.st_size, state.st_mtime_ns, (path.name,))
            if path.suffix.lower() in TABLES:
                return hf_datasets.find(path, [file], config.size, scale, progress=progress)
            return webdataset.find(str(path), [file], config.size, scale, config.folders, progress=progress)
        if path.suffix.lower() != ".npz":
            raise complain(
                "data.source",
                "a folder of images or videos, an .npz or .tar file or the name of a set",
                config.source,
                "Files of this kind are not read.",
            )
        from engine.data import npz

        return npz.find(path, config.size)
    known = [row.id for row in sources()]
    looks_like_path = any(mark in config.source for mark in ("/", "\\", ".", "~"))
    here = (
        ""
        if Path(config.source).is_absolute()
        else f" in the working folder {Path.cwd()}; a relative path means another place elsewhere"
    )
    hint = f"There is no such file or folder{here}. Check the path." if looks_like_path else ""
    hint = hint or plugins.problem_of(plugins.DATA, config.source) or nearest(config.source, known)
    raise complain(
        "data.source",
        "the name of a set, an existing folder of images or videos or an .npz or .tar file",
        config.source,
        hint or f"Known sets: {', '.join(known)}.",
    )
