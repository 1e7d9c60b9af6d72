"""What a description of data says, in sentences. No widgets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication

from engine.catalogue import Column
from engine.data.source_table import Source, find
from workbench.bridge.size_questions import SizeTime
from workbench.i18n.data_names import data_names
from workbench.models.runs import duration

if TYPE_CHECKING:
    from engine.data.describe import DataDescription

translate = QCoreApplication.translate
LISTED = 12  # classes in a line


def source_title(source: str) -> str:
    """A set's title, or the name of a folder or file."""
    row = find(source)
    return row.title if row is not None else Path(source).name or source


def about_source(row: Source) -> str:
    """Images, classes and size of a named set in a line."""
    parts = [translate("DataCard", "{0} images").format(f"{row.images:,}")]
    if row.classes:
        parts.append(translate("DataCard", "{0} classes").format(f"{row.classes:,}"))
    parts.append(translate("DataCard", "{0} px").format(row.size))
    return " · ".join([*parts, *column_names(row.columns)])


def column_names(columns: Iterable[Column]) -> list[str]:
    """What data have beside images, each in a word or two."""
    words: dict[Column, str] = {
        "captions": translate("DataCard", "captions"),
        "masks": translate("DataCard", "masks"),
        "class_maps": translate("DataCard", "class maps"),
        "boxes": translate("DataCard", "boxes"),
        "clips": translate("DataCard", "clips"),
        "clip_masks": translate("DataCard", "masks of all frames"),
        "flow": translate("DataCard", "flow"),
        "sound": translate("DataCard", "sound"),
        "world": translate("DataCard", "a world to act in"),
        "visible_goal": translate("DataCard", "a visible goal"),
    }
    return [words[column] for column in words if column in set(columns)]


def beside_images(data: DataDescription) -> str:
    """What the data have beside images, in a sentence; "" for nothing."""
    parts = [*column_names(data.columns), *_target_names(data)]
    return translate("DataCard", "Beside images: {0}.").format(", ".join(parts)) if parts else ""


def _target_names(data: DataDescription) -> list[str]:
    """The targets of a folder: "labels an image: 2 (hat, glasses)", "numbers: 1 (age)"."""
    parts = []
    for yes_or_no, words in (
        (True, translate("DataCard", "labels an image: {0} ({1})")),
        (False, translate("DataCard", "numbers: {0} ({1})")),
    ):
        names = [name for name, kind in data.targets.items() if kind == yes_or_no]
        if names:
            shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
            parts.append(words.format(len(names), shown))
    return parts


def megabytes(row: Source) -> str:
    """The size of a download: "170 MB", "2.6 GB"; "" where that is not known."""
    if not row.megabytes:
        return ""
    if row.megabytes < 1000:
        return translate("DataCard", "{0} MB").format(row.megabytes)
    return translate("DataCard", "{0} GB").format(f"{row.megabytes / 1000:.1f}")


def summary(data: DataDescription) -> str:
    """How many images, classes and files that were not read, and at which size, in a line."""
    return " · ".join((*_counts(data), translate("DataCard", "{0} px").format(data.size)))


def shorter_summary(data: DataDescription) -> tuple[str, ...]:
    """The summary for a narrow card: without the size, then without the classes. Files that were not read are always counted."""
    images, classes, *unread = _counts(data)
    return " · ".join((images, classes, *unread)), " · ".join((images, *unread))


def _counts(data: DataDescription) -> list[str]:
    many = translate("DataCard", "{0} clips") if data.frames else translate("DataCard", "{0} images")
    parts = [many.format(f"{data.images:,}")]
    if data.classes:
        parts.append(translate("DataCard", "{0} classes").format(f"{len(data.classes):,}"))
    else:
        parts.append(translate("DataCard", "no classes"))
    if data.unreadable:
        parts.append(translate("DataCard", "{0} not read").format(f"{len(data.unreadable):,}"))
    return parts


def class_counts(data: DataDescription, listed: int = LISTED) -> str:
    """The classes with their counts, the first ones by name: "bird 40, cat 40, and 8 more"."""
    if not data.classes:
        return translate("DataCard", "No classes: kNN and probes are not measured.")
    names = data_names(data.classes[:listed])
    parts = [f"{name} {count:,}" for name, count in zip(names, data.counts[:listed], strict=True)]
    if len(data.classes) > listed:
        parts.append(translate("DataCard", "and {0} more").format(f"{len(data.classes) - listed:,}"))
    if data.unlabelled:
        parts.append(translate("DataCard", "{0} without a class").format(f"{data.unlabelled:,}"))
    return ", ".join(parts)


def splits(data: DataDescription) -> str:
    """How many images each split has, and whether the source itself has it."""
    names = {
        "train": translate("DataCard", "training"),
        "validation": translate("DataCard", "validation"),
        "test": translate("DataCard", "test"),
    }
    parts = [f"{names.get(name, name)} {count:,}" for name, count in data.splits.items()]
    own = [names[name] for name in data.own_splits if name != "train"]
    text = " · ".join(parts)
    if not data.decoded:
        return text
    if not own:
        return translate("DataCard", "{0}. Validation and test are cut from the training images.").format(text)
    if len(own) == 2:
        return translate("DataCard", "{0}. All three are the source's own.").format(text)
    cut = next(names[name] for name in ("validation", "test") if name not in data.own_splits)
    return translate("DataCard", "{0}. {1} is the source's own, {2} is cut from the training images.").format(text, own[0], cut)


def scaling(data: DataDescription) -> str:
    """How the files become the squares that are trained on, in a sentence."""
    if not len(data.originals):
        return translate("DataCard", "Trained on at {0} px.").format(data.size)
    sides = data.originals
    if (sides == data.size).all():
        return translate("DataCard", "Used as they are, {0} px.").format(data.size)
    low, high = sides[np.argmin(sides.prod(1))], sides[np.argmax(sides.prod(1))]
    sizes = f"{low[0]:,} × {low[1]:,}"
    if (low != high).any():
        sizes = translate("DataCard", "{0} to {1}").format(sizes, f"{high[0]:,} × {high[1]:,}")
    cut = float(np.median(1 - sides.min(1) / sides.max(1)))
    if cut < 0.01:
        return translate("DataCard", "Files of {0} px, each scaled to {1} px.").format(sizes, data.size)
    text = translate("DataCard", "Files of {0} px: the short side is scaled to {1} px, the middle cut out ({2} % lost).")
    return text.format(sizes, data.size, round(cut * 100))


def clip_text(data: DataDescription) -> str:
    """How many frames a clip has, and how long the files are; "" for images."""
    if not data.frames:
        return ""
    if not len(data.lengths):
        return translate("DataCard", "Clips of {0} frames; methods of images get the middle one.").format(data.frames)
    low, high = f"{data.lengths.min():.1f}", f"{data.lengths.max():.1f}"
    long = translate("DataCard", "{0} to {1}").format(low, high) if low != high else low
    return translate("DataCard", "Clips of {0} frames, of files of {1} s; methods of images get the middle one.").format(
        data.frames, long
    )


def enlarged(data: DataDescription) -> str:
    """How many files are smaller than they are trained on; "" where none is."""
    smaller = float((data.originals.min(1) < data.size).mean()) if len(data.originals) else 0.0
    if not smaller:
        return ""
    return translate("DataCard", "{0} % of the files are smaller and are enlarged.").format(max(1, round(smaller * 100)))


def size_times(times: Sequence[SizeTime]) -> str:
    """How long a run takes at its size and at a smaller one."""
    large, small = times
    return translate("DataCard", "{0} px takes about {1} on this CPU, {2} px about {3}.").format(
        large.size, duration(large.seconds), small.size, duration(small.seconds)
    )


def suggestion(data: DataDescription) -> str:
    """That other folders are likely the classes; "" where that is not so."""
    if not data.suggested:
        return ""
    names = data.meanings.get(data.suggested, ())
    some = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
    if data.suggested == "inner":
        text = translate("DataCard", "The {0} folders one level down look like the classes: {1}")
    else:
        text = translate("DataCard", "There are no folders one level down. {0} folders look like the classes: {1}")
    return text.format(f"{len(names):,}", some)
