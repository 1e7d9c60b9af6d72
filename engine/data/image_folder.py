"""A folder of images: flat, with a folder for each class, or with train, val and test folders above those, as for torchvision's
ImageFolder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from engine.config.errors import complain
from engine.data.annotated_images import boxes_in, captions_of, labels_of, maps_of
from engine.data.caption_files import caption_files, read_captions
from engine.data.dataset import Bytes
from engine.data.encoded_images import Decoded, decoded, image_chunks, own_scale, own_size, scale_note
from engine.data.folder_classes import FoldersAre, arrange, class_names, suggested
from engine.data.folder_files import FolderFile
from engine.data.folder_listing import Listing, list_folder
from engine.data.formats.layouts import Combined, recognise
from engine.data.image_store import Order
from engine.data.pictures import Scale, readable_endings
from engine.data.source import ImageListing
from engine.data.splits import TRAIN
from engine.data.target_files import read_targets, target_file
from engine.execute.progress import ProgressCallback, no_progress, part_of

_KEY = "data.source"


def find(
    folder: Path,
    listed: Listing,
    size: int,
    scale: Scale | None = None,
    as_before: bool = False,
    folders: FoldersAre = "classes",
    progress: ProgressCallback = no_progress,
    most_annotations: int | None = None,
) -> ImageListing:
    """The images of a folder, `listed`, at `size` pixels; 0 takes the median short side of a sample, to the nearest multiple of 8,
    at most 128. `scale`: of images deeper than 8 bits; None measures one for all of them. `as_before`: see `decode_known`.
    `folders`: what the folders in it are, as `data.folders`. `progress`: of reading files of annotations; not called where there
    are none. An error that it raises ends the reading and is passed on. `most_annotations`: bytes; larger annotations are not read,
    with a note.

    ConfigError, naming data.source, for a folder without images."""
    files, skipped = listed.files, listed.skipped
    listed.leave_out([*listed.videos, *listed.shards, *listed.tables])
    if not files:
        formats = ", ".join(sorted(name[1:] for name in readable_endings()))
        message = f"{len(skipped)} files there could not be used, the first: {skipped[0]}. " if skipped else "There is none in it. "
        raise complain(
            _KEY,
            "a folder with images or videos in it, directly or in a folder a class",
            str(folder),
            f"{message}Formats of images: {formats}.",
        )
    # Runs of earlier versions count every picture, masks as well.
    layout = None if as_before else recognise(files, listed.beside)
    arrangement = arrange(files if layout is None else layout.images)
    files = arrangement.files
    groups = {"classes": arrangement.groups, "inner": arrangement.inner, "nothing": []}
    meanings = {meaning: class_names(names) for meaning, names in groups.items()}
    classes = meanings[folders]
    notes = [*listed.notes(), *arrangement.notes]
    if layout is None:
        annotated = Combined()
    elif most_annotations is not None and layout.bytes > most_annotations:
        annotated = Combined(notes=[f"The annotations ({layout.bytes / 2**20:,.0f} MB) are read when the images are opened."])
    else:
        annotated = layout.read(frozenset(file.name for file in files), part_of(progress, 0.0, 0.8))
    notes += annotated.notes
    names = tuple(file.name for file in files)
    paths = tuple(file.path for file in files)
    of_objects, object_labels = labels_of(annotated, names, notes) if len(classes) < 2 else ((), None)
    if of_objects:
        classes = ()
    if len(classes) == 1:
        notes.append(f"All labelled images lie in one folder, {classes[0]!r}: taken as images without labels.")
        classes = ()
    code = {name: index for index, name in enumerate(classes)}
    labels = np.array([code.get(group, -1) for group in groups[folders]] if classes else [-1] * len(files), dtype=np.int64)
    if of_objects and object_labels is not None:
        classes, labels = of_objects, object_labels
    own = np.array(_tags(arrangement.tags, names, annotated.splits), dtype=np.int8)
    read = paths.__getitem__
    side = size or own_size(read, len(paths))
    if not as_before:
        scale = scale or own_scale(read, len(paths), notes)
        if scale is not None:
            notes.append(scale_note(scale))

    boxes = boxes_in(annotated, names, paths, notes, part_of(progress, 0.8, 1.0))
    maps = maps_of(annotated, notes)

    # A foreground is known where most images have a class map; all of an image without one counts as foreground, as far as it is
    # not known to be background.
    masked = maps is not None and 2 * maps.count(names) > len(names)

    def decode_row(row: int) -> tuple[Decoded, Bytes | None, str]:
        image = decoded(read, row, side, scale, as_before)
        if maps is None or isinstance(image, str):
            return image, None, ""
        return image, *maps.read(names[row], paths[row], side)

    slow = len(files) > 2000 or sum(file.bytes for file in files) > 32 << 20
    # The stored images have labels beside them.
    annotations = layout.used if layout is not None else []
    content = f"{state_of_files([*files, *annotations])} {scale} {as_before}" + ("" if folders == "classes" else f" {folders}")
    label = "folder-" + re.sub(r"[^A-Za-z0-9]+", "-", folder.name)[:24].strip("-")
    return ImageListing(
        name=folder.name,
        order=Order(label, str(folder), content, len(files), side, slow, masked=masked, mapped=maps is not None),
        chunks=lambda: image_chunks(decode_row, names, labels, side, maps is not None, masked),
        own=own,
        classes=classes,
        names=names,
        factors=read_targets(folder, names, notes),
        captions=read_captions(folder, names, notes) or captions_of(annotated, names),
        boxes=boxes,
        map_names=maps.names if maps is not None else (),
        scale=scale,
        labels=labels,
        paths=paths,
        meanings=meanings,
        suggested=suggested(folders, arrangement),
        skipped=(*skipped, *arrangement.strays),
        notes=tuple(notes),
    )


def state_of(folder: Path) -> str:
    """A value that changes when an image or video file of a folder, or a file of captions, targets or annotations, is added,
    removed or written. ConfigError where the folder cannot be read."""
    beside = ""
    for file in (*caption_files(folder), target_file(folder)):
        if file is not None:
            written = file.stat()
            beside += f" {file} {written.st_size} {written.st_mtime_ns}"
    listed = list_folder(folder)
    layout = recognise(listed.files, listed.beside)
    return (
        state_of_files(
            [*listed.files, *listed.videos, *listed.shards, *listed.tables, *(layout.used if layout is not None else ())]
        )
        + beside
    )


def _tags(tags: Sequence[int], names: Sequence[str], listed: Mapping[str, int]) -> Sequence[int]:
    """The split of each image: of its folder, else of the lists of a layout, where these name training images beside others.
    Images that no list names are training images."""
    if any(tag != TRAIN for tag in tags) or not {*listed.values()} > {TRAIN}:
        return tags
    return [listed.get(name, TRAIN) for name in names]


def state_of_files(files: Sequence[FolderFile]) -> str:
    """A value that changes with the name, the size or the time of the last change of any of the files."""
    state = hashlib.blake2b(b"2", digest_size=16)  # raised where the same files are decoded otherwise
    for file in files:
        state.update(f"{file.name}\0{file.bytes}\0{file.changed}\n".encode("utf-8", "surrogateescape"))
    return state.hexdigest()
