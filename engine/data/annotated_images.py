"""Boxes, class maps and labels of the images of a folder, from its annotation files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.data.annotations import UNKNOWN, Boxes, boxes_of
from engine.data.captions import Captions
from engine.data.dataset import Bytes, Index
from engine.data.formats.annotated import Annotations, MaskFiles, Problems, Unusable
from engine.data.formats.layouts import Combined
from engine.data.formats.mask_files import BACKGROUND
from engine.data.formats.placing import Frame, frame_of, map_from_file, map_from_regions, stored_box
from engine.data.pictures import CHUNK, in_threads, reason
from engine.execute.progress import ProgressCallback, no_progress

_MOST_CLASSES = UNKNOWN - 1  # of a class map, beside the background


def labels_of(combined: Combined, names: Sequence[str], notes: list[str]) -> tuple[tuple[str, ...], Index]:
    """Classes and labels (N,) of images: the classes that the annotations give them, else the category of the objects of each image
    that has objects of one category only; -1 for the others. No classes where fewer than two would have images."""
    nothing = (), np.full(len(names), -1, np.int64)
    if combined.classes:
        classes = tuple(sorted(set(combined.classes.values())))
        code = {name: index for index, name in enumerate(classes)}
        return classes, np.array([code[combined.classes[name]] for name in names], np.int64)
    if combined.objects is None:
        return nothing
    labels = np.full(len(names), -1, np.int64)
    for row, name in enumerate(names):
        image = combined.objects.images.get(name)
        categories = {thing.category for thing in image.objects} if image is not None else set()
        if len(categories) == 1:
            labels[row] = categories.pop()
    if len(np.unique(labels[labels >= 0])) < 2:
        return nothing
    count = int((labels >= 0).sum())
    notes.append(
        f"The class of an image is the category of its objects, where all are of one: {count:,} of {len(names):,} images have one."
    )
    return combined.objects.categories, labels


def captions_of(combined: Combined, names: Sequence[str]) -> Captions | None:
    """The captions that the annotations have; None where they have none."""
    if not combined.captions:
        return None
    return Captions([tuple(combined.captions.get(name, ())) for name in names])


def boxes_in(
    combined: Combined,
    names: Sequence[str],
    paths: Sequence[str],
    notes: list[str],
    progress: ProgressCallback = no_progress,
) -> Boxes | None:
    """The boxes of images, from the sides in the headers of their files; None where the annotations have none."""
    objects = combined.objects
    if objects is None or not any(image.objects for image in objects.images.values()):
        return None
    problems = Problems(objects.format)
    images: list[list[tuple[float, float, float, float, int]] | None] = [None] * len(names)
    crowd: list[bool] = []
    known = [row for row, name in enumerate(names) if name in objects.images]
    frames = (frame for part in in_threads(_frame, [paths[row] for row in known]) for frame in part)
    for number, (row, frame) in enumerate(zip(known, frames, strict=True)):
        if number % CHUNK == 0:
            progress(number / len(known), f"Placing boxes: {number:,} of {len(known):,} images")
        if frame is None:
            continue
        image = objects.images[names[row]]
        if frame.turned(image.size) is None:
            problems.add("images with another ratio of their sides than in the annotations, which are left out", names[row])
            continue
        placed = [(thing, stored_box(thing.box, image.size, frame)) for thing in image.objects]
        inside = [(thing, box) for thing, box in placed if box is not None]
        for _ in range(len(placed) - len(inside)):
            problems.add("boxes outside the middle square that is kept of an image are left out", names[row])
        images[row] = [(*box, thing.category) for thing, box in inside]
        crowd += [thing.crowd for thing, _ in inside]
    notes += problems.lines()
    return boxes_of(images, objects.categories, crowd)


def _frame(path: str) -> Frame | None:
    try:
        return frame_of(path)
    except Exception:  # a damaged image is named when it is decoded
        return None


@dataclass(frozen=True)
class MapSource:
    """Where the class maps of images come from: files, or the regions of objects. names: of the codes."""

    names: tuple[str, ...]
    masks: MaskFiles | None
    objects: Annotations | None

    def read(self, name: str, path: str, side: int) -> tuple[Bytes, str]:
        """The class map (side, side) of an image, UNKNOWN all over where there is none or it cannot be read, and why it cannot."""
        nothing = np.full((side, side), UNKNOWN, np.uint8)
        if self.masks is not None:
            mask = self.masks.paths.get(name)
            if mask is None:
                return nothing, ""
            try:
                return map_from_file(self.masks, mask, frame_of(path), side), ""
            except Exception as error:  # a damaged file makes the decoders raise nearly anything
                return nothing, f"{mask.parent.name}/{mask.name}: {reason(error, mask)}"
        image = self.objects.images.get(name) if self.objects is not None else None
        if image is None:
            return nothing, ""
        try:
            return map_from_regions(image, frame_of(path), side), ""
        except (Unusable, MemoryError) as error:
            return nothing, f"{name}: the regions of its objects, {reason(error)}"

    def count(self, names: Sequence[str]) -> int:
        """How many images have a map."""
        known = self.masks.paths if self.masks is not None else self.objects.images if self.objects is not None else {}
        return sum(name in known for name in names)


def maps_of(combined: Combined, notes: list[str]) -> MapSource | None:
    """The source of class maps; None where the annotations have none."""
    if combined.masks is not None:
        return MapSource(combined.masks.names, combined.masks, None)
    objects = combined.objects
    if objects is None or not objects.regions:
        return None
    if len(objects.categories) > _MOST_CLASSES:
        notes.append(f"{objects.format}: no class maps, for {len(objects.categories):,} categories are more than {_MOST_CLASSES}.")
        return None
    return MapSource((BACKGROUND, *objects.categories), None, objects)
