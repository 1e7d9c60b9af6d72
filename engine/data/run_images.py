"""The images of a run, after its folder or file may have changed: matched by content, not by their index in a list."""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.config.errors import complain
from engine.data.annotations import UNKNOWN
from engine.data.clips import NO_SOUND
from engine.data.dataset import Bytes, Dataset, Factor, Index, statistics
from engine.data.directories import store_root
from engine.data.image_store import Chunk, Order, digest_of, keep
from engine.runs.manifest import SPLITS, Manifest, read_manifest, write_manifest

_KEPT = 3
_NAMED = 3  # names in a message
_CHUNK = 256
# How far two computers may differ when they compute the mean of the same images.
_TOLERANCE = 1e-4

Check = Literal["list", "same figures", "other figures", "none"]


@dataclass(frozen=True)
class Changes:
    """How the images differ from those that a run was made with.

    `missing`: images of the run that no longer exist; `replaced`: those whose file has other content; `added`: images that are not
    in the run, which are left out; `relabelled`: those with another class than before; each a tuple of names. `used`: how many of
    the missing and replaced were training or validation images. `total`: how many images the run has.

    `check`: how that is known. "list": by the run's list of images. A run of an older version has none: "same figures" where mean
    and deviation of the training images are still those that the run stored, "other figures" where they are not, "none" where it
    stored none."""

    missing: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    relabelled: tuple[str, ...] = ()
    used: int = 0
    total: int = 0
    check: Check = "list"

    def __bool__(self) -> bool:
        """Whether something differs, as far as that is known."""
        return bool(self.missing or self.replaced or self.added or self.relabelled) or self.check == "other figures"

    def lines(self) -> tuple[str, ...]:
        """The changes as sentences for the user. Empty where the run's list of images shows no change."""
        if self.check == "other figures":
            return (
                "The data changed since this run was made: mean and deviation of the training images are not those that it "
                "stored. An older version made the run and kept no list of its images: which it was trained on is unknown.",
            )
        if self.check != "list":
            about = "are as it stored them" if self.check == "same figures" else "were not stored either"
            return (
                "An older version made this run and kept no list of its images, so that they cannot be checked one by one; "
                f"mean and deviation of the training images {about}.",
            )
        sentences = []
        if self.missing:
            sentences.append(
                f"The data changed since this run was made: {len(self.missing):,} of its {self.total:,} images are no longer there "
                f"({_some(self.missing)})."
            )
        if self.replaced:
            sentences.append(
                f"The data changed since this run was made: {len(self.replaced):,} of its {self.total:,} images have other content "
                f"({_some(self.replaced)})."
            )
        if self.added:
            sentences.append(
                f"The data changed since this run was made: {len(self.added):,} images were added ({_some(self.added)}). "
                "The run does not know them, and they are left out."
            )
        if self.relabelled:
            sentences.append(
                f"The data changed since this run was made: {len(self.relabelled):,} of its images have another class than then "
                f"({_some(self.relabelled)})."
            )
        return tuple(sentences)


def manifest_of(dataset: Dataset, source: str) -> Manifest | None:
    """The list of a data set's images, to be kept with a run; None where their content is not known."""
    if dataset.digests is None:
        return None
    split = np.full(len(dataset), -1, np.int8)
    for code, name in enumerate(SPLITS):
        split[dataset.splits.get(name, np.zeros(0, np.int64))] = code
    return Manifest(dataset.digests, split, dataset.labels, dataset.names, dataset.classes, source)


def keep_manifest(folder: Path, dataset: Dataset, source: str, other: bool = False) -> None:
    """Write the list of images of a run that begins, and that of its second set. ConfigError where its folder cannot be written."""
    if dataset.other is not None:
        keep_manifest(folder, dataset.other, dataset.other.source, other=True)
    manifest = manifest_of(dataset, source)
    if manifest is None:
        return
    try:
        write_manifest(folder, manifest, other)
    except OSError as error:
        reason = error.strerror or str(error)
        raise complain("runs folder", "writable", str(folder), f"{reason}. Choose another with --runs.") from None


def run_images(
    folder: Path,
    dataset: Dataset,
    figures: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]] | None = None,
    root: str = "",
    other: bool = False,
) -> Dataset:
    """The images of the run in `folder`, taken from the data set as it is now: in the run's own order and splits, so that index i
    is image i of the run. `changes` of the result says what differs.

    Images that no longer exist are replaced by a crossed grey square and belong to no split; images that are not in the run are
    left out. `figures`: mean and deviation of the training images as the run stored them, by which a run without a
    list of images is checked. `root`: data.root, where a set too large for memory is kept in the run's order. `other`: whether the
    data set is the run's second set; that of a first set is arranged with it."""
    if dataset.digests is None:
        arranged = dataset
    elif (manifest := read_manifest(folder, other)) is not None:
        arranged = _ARRANGED.get(manifest, dataset, root)
    else:
        changes = Changes(total=len(dataset), check=_by_figures(dataset, figures))
        arranged = replace(dataset, changes=changes, notes=(*changes.lines(), *dataset.notes))
    if dataset.other is None:
        return arranged
    return replace(arranged, other=run_images(folder, dataset.other, None, root, other=True))


def resumable(folder: Path, dataset: Dataset, key: str = "data.source") -> None:
    """ConfigError, naming `key`, where the images that a run trains on, or measures itself on while it trains, are not those that
    it began with: it cannot go on with the numbers that it would have had. `dataset`: as `run_images` gave it."""
    if dataset.other is not None:
        resumable(folder, dataset.other, "data.other")
    changes = dataset.changes
    if changes is None or not changes or not (changes.used or changes.check == "other figures"):
        return
    raise complain(
        key,
        "the images that the run began with",
        f"other images in {dataset.source or dataset.name}",
        f"{' '.join(changes.lines())} Put the images back, or clone the run to train on the images as they are now.",
    )


def same_images(one: Path, other: Path) -> bool | None:
    """Whether index i of both runs' data is the same image, for all i that both have, by their lists of images; None where one of
    them has no list."""
    first, second = read_manifest(one), read_manifest(other)
    if first is None or second is None:
        return None
    shared = min(len(first), len(second))
    return bool(shared) and bool(np.array_equal(first.digests[:shared], second.digests[:shared]))


def known_splits(folder: Path, dataset: Dataset) -> list[str]:
    """In which split the run in `folder` had each image of any data set, by content: "" for images that are not in the run."""
    manifest = read_manifest(folder)
    if manifest is None or dataset.digests is None:
        return [""] * len(dataset)
    # An image that was trained on and tested on counts as trained on.
    listed = zip(manifest.digests.tolist(), manifest.split.tolist(), strict=True)
    code = dict(sorted(listed, key=lambda one: -one[1]))
    return [SPLITS[code[int(digest)]] if code.get(int(digest), -1) >= 0 else "" for digest in dataset.digests]


def _by_figures(dataset: Dataset, figures: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]] | None) -> Check:
    if figures is None:
        return "none"
    now = np.concatenate([dataset.mean, dataset.std])
    return "same figures" if np.allclose(now, np.concatenate(figures), rtol=_TOLERANCE, atol=_TOLERANCE) else "other figures"


class _Arranged:
    """Cache of the data sets arranged last."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: OrderedDict[tuple[int, int], tuple[Manifest, Dataset, Dataset]] = OrderedDict()

    def get(self, manifest: Manifest, dataset: Dataset, root: str) -> Dataset:
        key = id(manifest), id(dataset)
        with self._guard:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key][2]
            made = _arrange(manifest, dataset, root)
            # References to manifest and data set keep their ids from being reused.
            self._known[key] = manifest, dataset, made
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            return made


_ARRANGED = _Arranged()


def _arrange(manifest: Manifest, dataset: Dataset, root: str) -> Dataset:
    rows, replaced = _match(manifest, dataset)
    gone = rows < 0
    splits = {name: np.flatnonzero((manifest.split == code) & ~gone).astype(np.int64) for code, name in enumerate(SPLITS)}
    used = (manifest.split == 0) | (manifest.split == 1)
    labels, relabelled = _labels(manifest, dataset, rows)
    left_out = np.setdiff1d(np.arange(len(dataset)), rows[~gone])
    changes = Changes(
        missing=_names(manifest.names, np.flatnonzero(gone)),
        replaced=_names(manifest.names, np.flatnonzero(replaced)),
        added=_names(dataset.names, left_out),
        relabelled=_names(manifest.names, np.flatnonzero(relabelled)),
        used=int((used & (gone | replaced)).sum()),
        total=len(manifest),
    )
    if len(rows) == len(dataset) and np.array_equal(rows, np.arange(len(rows))):
        arrays, names = pixel_arrays(dataset), dataset.names
    else:
        arrays = _pixels(manifest, dataset, rows, root)
        now = dataset.names
        names = tuple(now[row] if row >= 0 else old for row, old in zip(rows, manifest.names, strict=True)) if now else ()
    mean, std = (dataset.mean, dataset.std) if not len(splits["train"]) else statistics(arrays["images"], splits["train"])
    return replace(
        dataset,
        images=arrays["images"],
        labels=labels,
        splits=splits,
        mean=mean,
        std=std,
        factors={name: _factor(factor, rows) for name, factor in dataset.factors.items()},
        names=names or manifest.names,
        masks=arrays.get("masks"),
        captions=dataset.captions.take(rows) if dataset.captions is not None else None,
        boxes=dataset.boxes.take(rows) if dataset.boxes is not None else None,
        class_maps=replace(dataset.class_maps, values=arrays["class_maps"]) if dataset.class_maps is not None else None,
        clips=arrays.get("clips"),
        clip_masks=arrays.get("clip_masks"),
        flow=arrays.get("flow"),
        sound=replace(dataset.sound, values=arrays["sound"]) if dataset.sound is not None else None,
        digests=manifest.digests,
        notes=(*changes.lines(), *dataset.notes),
        changes=changes,
    )


def _match(manifest: Manifest, dataset: Dataset) -> tuple[Index, npt.NDArray[np.bool_]]:
    """For each image of the run its row in the data set, -1 for none, and whether it has other content under the same name."""
    assert dataset.digests is not None
    count = len(manifest)
    replaced = np.zeros(count, np.bool_)
    if np.array_equal(manifest.digests, dataset.digests):
        return np.arange(count, dtype=np.int64), replaced
    by_digest: dict[int, list[int]] = defaultdict(list)
    for row, digest in enumerate(dataset.digests.tolist()):
        by_digest[digest].append(row)
    by_name = {name: row for row, name in enumerate(dataset.names)}
    wanted = manifest.digests.tolist()
    rows = np.full(count, -1, np.int64)
    # Among equal images the one of the same name first, and then in order.
    for index, name in enumerate(manifest.names):
        row = by_name.get(name, -1)
        if row >= 0 and int(dataset.digests[row]) == wanted[index]:
            rows[index] = row
    taken, known = set(rows[rows >= 0].tolist()), set(wanted)
    free = {digest: iter([row for row in same if row not in taken]) for digest, same in by_digest.items()}
    for index in np.flatnonzero(rows < 0).tolist():
        rows[index] = next(free.get(wanted[index], iter(())), -1)
    taken = set(rows[rows >= 0].tolist())
    for index in np.flatnonzero(rows < 0).tolist():
        row = by_name.get(manifest.names[index], -1) if manifest.names else -1
        # A copy of another of the run's images is that image, whatever its name: a test image is not replaced by a trained one.
        if row >= 0 and row not in taken and int(dataset.digests[row]) not in known:
            rows[index], replaced[index] = row, True
    return rows, replaced


def _labels(manifest: Manifest, dataset: Dataset, rows: Index) -> tuple[Index, npt.NDArray[np.bool_]]:
    """Labels in the run's order, by the classes as they are now, and which of them are of another class than before."""
    code = {name: index for index, name in enumerate(dataset.classes)}
    known = manifest.labels
    before = np.array([code.get(name, -1) for name in manifest.classes] or [-1], np.int64)
    inside = (known >= 0) & (known < len(manifest.classes))
    old = np.where(inside, before[np.where(inside, known, 0)], -1)
    if not manifest.classes and not dataset.classes:
        old = known.copy()
    here = rows >= 0
    labels = old.copy()
    labels[here] = dataset.labels[rows[here]]
    return labels, here & (labels != old)


def pixel_arrays(dataset: Dataset) -> dict[str, np.ndarray]:
    """The arrays of a data set that are stored as they are, by their names in `Order.shapes`."""
    maps = dataset.class_maps.values if dataset.class_maps is not None else None
    sound = dataset.sound.values if dataset.sound is not None else None
    arrays = {
        "images": dataset.images,
        "masks": dataset.masks,
        "class_maps": maps,
        "clips": dataset.clips,
        "clip_masks": dataset.clip_masks,
        "flow": dataset.flow,
        "sound": sound,
    }
    return {name: array for name, array in arrays.items() if array is not None}


def _pixels(manifest: Manifest, dataset: Dataset, rows: Index, root: str) -> dict[str, np.ndarray]:
    """Images of the run and what is stored beside them, by name. An image that is gone has no foreground, no pixel whose class is
    known, no flow and no sound."""
    known, blank = pixel_arrays(dataset), _blank(dataset.size)
    gone: dict[str, object] = {"images": blank, "class_maps": UNKNOWN, "clips": blank, "sound": NO_SOUND}

    def chunks() -> list[Chunk]:
        return [chunk(start) for start in range(0, len(rows), _CHUNK)]

    def chunk(start: int) -> Chunk:
        part = rows[start : start + _CHUNK]
        here = part >= 0
        taken: dict[str, np.ndarray] = {}
        for name, array in known.items():
            taken[name] = np.empty((len(part), *array.shape[1:]), array.dtype)
            taken[name][here] = array[part[here]]
            taken[name][~here] = gone.get(name, 0)
        return Chunk(
            taken["images"],
            np.arange(start, start + len(part)),
            np.full(len(part), -1, np.int64),
            taken.get("masks"),
            class_maps=taken.get("class_maps"),
            clips=taken.get("clips"),
            clip_masks=taken.get("clip_masks"),
            flow=taken.get("flow"),
            sound=taken.get("sound"),
        )

    if not dataset.on_disk:
        made = chunks()
        arrays = {name: np.concatenate([array[:0], *(getattr(one, name) for one in made)]) for name, array in known.items()}
    else:
        assert dataset.digests is not None
        content = np.concatenate([manifest.digests, dataset.digests]).tobytes().hex()
        if dataset.class_maps is not None:  # they can change where the images do not
            maps = dataset.class_maps.values
            parts = (maps[start : start + _CHUNK] for start in range(0, len(maps), _CHUNK))
            content += f" {digest_of(*(np.ascontiguousarray(part).data for part in parts))}"
        order = Order(
            "run",
            manifest.digests.tobytes().hex(),
            content,
            len(rows),
            dataset.size,
            slow=True,
            masked="masks" in known,
            mapped="class_maps" in known,
            frames=known["clips"].shape[1] if "clips" in known else 0,
            flowing="flow" in known,
            frames_masked="clip_masks" in known,
            samples=known["sound"].shape[1] if "sound" in known else 0,
        )
        stored = keep(order, lambda: (chunk(start) for start in range(0, len(rows), _CHUNK)), "disk", store_root(root))
        arrays = dict(stored.arrays)
    for array in arrays.values():
        array.setflags(write=False)
    return arrays


def _blank(size: int) -> Bytes:
    """The placeholder for an image that no longer exists, (3, S, S): a crossed grey square."""
    image = np.full((3, size, size), 128, np.uint8)
    diagonal = np.arange(size)
    image[:, diagonal, diagonal] = 64
    image[:, diagonal, size - 1 - diagonal] = 64
    return image


def _factor(factor: Factor, rows: Index) -> Factor:
    values = factor.values[np.maximum(rows, 0)].copy()
    values[rows < 0] = -1 if factor.kind == "category" else np.nan
    return replace(factor, values=values)


def _names(names: Sequence[str], indices: Index) -> tuple[str, ...]:
    return tuple(names[index] if names else f"image {index}" for index in indices.tolist())


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
