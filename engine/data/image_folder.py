"""A folder of images: flat, with a folder for each class, or with train, val and test folders above those, as for torchvision's
ImageFolder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import DirEntry, scandir
from pathlib import Path
from stat import S_ISREG
from typing import Literal, TypeAlias

import numpy as np

from engine.config.errors import complain
from engine.data.annotated_images import boxes_in, captions_of, labels_of, maps_of
from engine.data.caption_files import caption_files, read_captions
from engine.data.dataset import Bytes
from engine.data.folder_files import FolderFile
from engine.data.formats.layouts import BESIDE, Combined, recognise
from engine.data.image_store import Chunk, Order
from engine.data.pictures import (
    CHUNK,
    FOREIGN,
    UNREAD,
    Scale,
    decode_known,
    in_threads,
    loses_bits,
    middle,
    range_of,
    readable_endings,
    reason,
    scale_of,
    short_side,
)
from engine.data.source import ImageListing
from engine.data.split_names import split_of
from engine.data.splits import TRAIN
from engine.data.target_files import FILES as TARGET_FILES
from engine.data.target_files import read_targets, target_file
from engine.execute.progress import ProgressCallback, no_progress, part_of

FoldersAre: TypeAlias = Literal["classes", "inner", "nothing"]
_SCALE_SAMPLE = 200  # files
LARGEST = 128  # the largest size that is chosen where the config has none
_KEY = "data.source"
# Folders of operating systems, storage devices and photo programs: thumbnails, trash, snapshots.
_SYSTEM = frozenset(
    {"__macosx", "@eadir", "@tmp", "@recycle", "@recently-snapshot", "#recycle", "#snapshot", "$recycle.bin", "recycler"}
    | {"system volume information", "lost+found", "found.000", "__pycache__", "_vti_cnf", "@sharebin", "@appstore"}
)
# Files often found beside images: ignored without a note.
_OTHER = frozenset(
    {".txt", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".yaml", ".yml", ".md", ".rst", ".html", ".htm", ".pdf", ".doc", ".docx"}
    | {".db", ".ini", ".log", ".py", ".ipynb", ".sh", ".m", ".lnk", ".url", ".part", ".tmp", ".bak", ".xlsx", ".xls", ".names"}
)
_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF", b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51")
_FTYP = (b"heic", b"heix", b"mif1", b"avif")  # at byte 8 of HEIC and AVIF, after b"ftyp"


def find(
    folder: Path,
    size: int,
    scale: Scale | None = None,
    as_before: bool = False,
    folders: FoldersAre = "classes",
    progress: ProgressCallback = no_progress,
    most_annotations: int | None = None,
) -> ImageListing:
    """The images of a folder at `size` pixels; 0 takes the median short side of a sample, to the nearest multiple of 8, at most
    128. `scale`: of images deeper than 8 bits; None measures one for all of them. `as_before`: see `decode_known`. `folders`: what
    the folders in it are, as `data.folders`. `progress`: of reading files of annotations; not called where there are none. An error
    that it raises ends the reading and is passed on. `most_annotations`: bytes; larger annotations are not read, with a note.

    ConfigError, naming data.source, for a folder without images."""
    listed = _list(folder)
    files, skipped = listed.files, listed.skipped
    if not files:
        formats = ", ".join(sorted(name[1:] for name in readable_endings()))
        message = f"{len(skipped)} files there could not be used, the first: {skipped[0]}. " if skipped else "There is none in it. "
        raise complain(
            _KEY, "a folder with images in it, directly or in a folder a class", str(folder), f"{message}Formats: {formats}."
        )
    # Runs of earlier versions count every picture, masks as well.
    layout = None if as_before else recognise(files, listed.beside)
    arrangement = _arrange(files if layout is None else layout.images)
    files = arrangement.files
    groups = {"classes": arrangement.groups, "inner": arrangement.inner, "nothing": []}
    meanings = {meaning: _classes(names) for meaning, names in groups.items()}
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
    side = size or _own_size(files)
    if not as_before:
        scale = scale or _own_scale(paths, notes)
        if scale is not None:
            notes.append(f"Images deeper than 8 bits are brought to 256 grey levels, all on one scale: {scale.words()}.")

    boxes = boxes_in(annotated, names, paths, notes, part_of(progress, 0.8, 1.0))
    maps = maps_of(annotated, notes)

    # A foreground is known where most images have a class map; all of an image without one counts as foreground, as far as it is
    # not known to be background.
    masked = maps is not None and 2 * maps.count(names) > len(names)

    def decode_row(row: int) -> tuple[tuple[Bytes, int] | str, Bytes | None, str]:
        image = _try(paths[row], side, scale, as_before)
        if maps is None or isinstance(image, str):
            return image, None, ""
        return image, *maps.read(names[row], paths[row], side)

    def chunks() -> Iterator[Chunk]:
        row = 0
        for results in in_threads(decode_row, range(len(paths)), CHUNK):
            good = np.array([k for k, (image, _, _) in enumerate(results) if not isinstance(image, str)], dtype=np.int64)
            known = [image for image, _, _ in results if not isinstance(image, str)]
            images = np.stack([image for image, _ in known]) if known else np.empty((0, 3, side, side), np.uint8)
            content = np.array([digest for _, digest in known], np.uint64)
            bad = [f"{names[row + k]}: {image}" for k, (image, _, _) in enumerate(results) if isinstance(image, str)]
            bad += [problem for _, _, problem in results if problem]
            known_maps = [one for _, one, _ in results if one is not None]
            class_maps = np.stack(known_maps) if known_maps else np.empty((0, side, side), np.uint8)
            yield Chunk(
                images,
                good + row,
                labels[good + row],
                masks=class_maps > 0 if masked else None,
                class_maps=class_maps if maps is not None else None,
                skipped=tuple(bad),
                content=content,
            )
            row += len(results)

    slow = len(files) > 2000 or sum(file.bytes for file in files) > 32 << 20
    # The stored images have labels beside them.
    annotations = layout.used if layout is not None else []
    content = f"{_state([*files, *annotations])} {scale} {as_before}" + ("" if folders == "classes" else f" {folders}")
    label = "folder-" + re.sub(r"[^A-Za-z0-9]+", "-", folder.name)[:24].strip("-")
    return ImageListing(
        name=folder.name,
        order=Order(label, str(folder), content, len(files), side, slow, masked=masked, mapped=maps is not None),
        chunks=chunks,
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
        suggested=_suggested(folders, arrangement),
        skipped=(*skipped, *arrangement.strays),
        notes=tuple(notes),
    )


def state_of(folder: Path) -> str:
    """A value that changes when an image file of a folder, or a file of captions, targets or annotations, is added, removed or
    written. ConfigError where the folder cannot be read."""
    beside = ""
    for file in (*caption_files(folder), target_file(folder)):
        if file is not None:
            written = file.stat()
            beside += f" {file} {written.st_size} {written.st_mtime_ns}"
    listed = _list(folder)
    layout = recognise(listed.files, listed.beside)
    return _state([*listed.files, *(layout.used if layout is not None else ())]) + beside


def _tags(tags: Sequence[int], names: Sequence[str], listed: Mapping[str, int]) -> Sequence[int]:
    """The split of each image: of its folder, else of the lists of a layout, where these name training images beside others.
    Images that no list names are training images."""
    if any(tag != TRAIN for tag in tags) or not {*listed.values()} > {TRAIN}:
        return tags
    return [listed.get(name, TRAIN) for name in names]


def _state(files: Sequence[FolderFile]) -> str:
    state = hashlib.blake2b(b"2", digest_size=16)  # raised where the same files are decoded otherwise
    for file in files:
        state.update(f"{file.name}\0{file.bytes}\0{file.changed}\n".encode("utf-8", "surrogateescape"))
    return state.hexdigest()


def _try(path: str, size: int, scale: Scale | None, as_before: bool) -> tuple[Bytes, int] | str:
    try:
        return decode_known(path, size, scale, as_before)
    except Exception as error:  # a damaged file makes the decoders raise nearly anything
        return reason(error, path)


def _own_scale(paths: Sequence[str], notes: list[str]) -> Scale | None:
    """One scale for all images deeper than 8 bits, from a sample of them; None where the sample has no such image."""
    ranges, coloured = [], 0
    for path in (paths[index] for index in np.unique(np.linspace(0, len(paths) - 1, _SCALE_SAMPLE).astype(int))):
        with contextlib.suppress(Exception):  # a damaged file will be named when it is decoded
            if (known := range_of(path)) is not None:
                ranges.append(known)
            else:
                coloured += loses_bits(path)
    if coloured:
        notes.append("Colours of 16 bits are read with 8 bits: the lower half of each value is left out.")
    if not ranges:
        return None
    return scale_of(min(low for low, _ in ranges), max(high for _, high in ranges))


@dataclass
class _Listed:
    """The files of a folder. beside: those that may be annotations. skipped: "path: reason" of files that look like images and
    cannot be read. The other fields: what was ignored, folders and links by their path, files by their kind."""

    files: list[FolderFile] = field(default_factory=list)
    beside: list[FolderFile] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    system: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def notes(self) -> list[str]:
        lines = []
        if self.system:
            names = ", ".join(sorted({name.rpartition("/")[2] for name in self.system}))
            lines.append(f"Folders of the operating system or a storage device are left out: {names}.")
        if self.links:
            lines.append(f"Links to folders whose images are read anyway are not followed: {_some(self.links)}.")
        if self.named:
            lines.append(f"Folders with the ending of a file of annotations are not read as such: {_some(self.named)}.")
        if self.odd:
            what = "Pipes, sockets and devices with the ending of a file of annotations, and links that lead nowhere,"
            lines.append(f"{what} are not read: {_some(self.odd)}.")
        if self.kinds:
            kinds = [f"{kind or 'no ending'} ({count:,})" for kind, count in self.kinds.most_common()]
            lines.append(f"Files of kinds that are not read are left out: {_some(kinds)}.")
        return lines


def _list(root: Path) -> _Listed:
    """Every image file below a folder, in the order of their paths, and what is not read."""
    listed = _Listed()
    readable = readable_endings()
    # Where there are folders of splits they alone are read: a link from them to a neighbour is followed.
    splits = {path: tag for path in _folders(root) if (tag := split_of(path.name)) is not None}
    apart = TRAIN in splits.values() and len(set(splits.values())) > 1
    bases = [str(path.resolve()) for path in splits] if apart else [str(root.resolve())]
    seen: set[str] = set()

    def walk(folder: Path, inside: tuple[str, ...]) -> None:
        real = str(folder.resolve())
        if real in seen:
            listed.links.append("/".join(inside))
            return
        seen.add(real)
        try:
            with scandir(folder) as entries:
                # Folders of splits before their neighbours: a folder that is linked there is read there.
                names = sorted(entries, key=lambda entry: (not inside and apart and split_of(entry.name) is None, entry.name))
        except OSError as error:
            if not inside:
                raise complain(_KEY, "a folder that can be read", str(root), f"{error.strerror}.") from None
            listed.skipped.append(f"{'/'.join(inside)}: {error.strerror}")
            return
        for entry in names:
            if not entry.name.startswith("."):
                take(entry, (*inside, entry.name))

    def take(entry: DirEntry[str], inside: tuple[str, ...]) -> None:
        name, ending = "/".join(inside), Path(entry.name).suffix.lower()
        try:
            if entry.is_dir():
                if _annotates(ending, inside):
                    listed.named.append(name)
                if entry.name.lower() in _SYSTEM:
                    listed.system.append(name)
                elif entry.is_symlink() and _leads_back(entry.path, bases):
                    listed.links.append(name)
                else:
                    walk(Path(entry.path), inside)
                return
            state = entry.stat()
            if ending in readable or _looks_like_an_image(entry.path, ending, state.st_mode):
                if S_ISREG(state.st_mode):
                    files.append(FolderFile(entry.path, inside, state.st_size, state.st_mtime_ns, inside))
                else:
                    listed.skipped.append(f"{name}: it is no file of bytes but a pipe, a socket or a device")
            elif ending in FOREIGN or ending in UNREAD:
                listed.skipped.append(f"{name}: the format {ending[1:]} is not read")
            elif ending in BESIDE and S_ISREG(state.st_mode):
                listed.beside.append(FolderFile(entry.path, inside, state.st_size, state.st_mtime_ns, inside))
            elif _annotates(ending, inside) and not S_ISREG(state.st_mode):
                listed.odd.append(name)
            elif ending not in _OTHER and entry.name.lower() != "thumbs.db":
                listed.kinds[ending] += 1
        except OSError as error:
            if ending in readable or ending in FOREIGN:
                listed.skipped.append(f"{name}: {error.strerror}")
            elif _annotates(ending, inside):
                listed.odd.append(name)

    files = listed.files
    walk(root, ())
    return listed


def _folders(root: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in scandir(root) if entry.is_dir() and not entry.name.startswith(".")]
    except OSError:
        return []


def _annotates(ending: str, inside: tuple[str, ...]) -> bool:
    """Whether a file of this name may be one of annotations or targets; captions are looked after where they are read."""
    return ending in BESIDE or (len(inside) == 1 and inside[0] in TARGET_FILES)


def _leads_back(link: str, bases: list[str]) -> bool:
    """Whether a linked folder lies in one of the folders that are read (its images are listed there), or contains one (an endless
    link upwards)."""
    real = Path(os.path.realpath(link))
    return any(real.is_relative_to(base) or Path(base).is_relative_to(real) for base in bases)


def _looks_like_an_image(path: str, ending: str, mode: int) -> bool:
    """Whether the first bytes of a file with an unknown ending are those of an image format."""
    if ending in FOREIGN or ending in UNREAD or ending in _OTHER or not S_ISREG(mode):
        return False
    with Path(path).open("rb") as file:
        head = file.read(12)
    if head[4:8] == b"ftyp":
        return head[8:] in _FTYP
    return head.startswith(_MAGIC) and (not head.startswith(b"RIFF") or head[8:] == b"WEBP") and not head.startswith(b"BM" + b"\0")


@dataclass(frozen=True)
class _Arrangement:
    """Split and class folder ("" where there is none) of each file, the folder one level below that, the files that belong to the
    data set, and notes on those beside the split folders."""

    tags: list[int]
    groups: list[str]
    inner: list[str]
    files: list[FolderFile]
    strays: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def _arrange(files: list[FolderFile]) -> _Arrangement:
    """Splits and classes of the files, from the names of their folders."""
    depth = 0
    # An archive is often unpacked into a folder of its own: a single outer folder is skipped.
    while _splits_at(files, depth) is None and _goes_on(files, depth):
        depth += 1
    notes = [f"The set lies deeper, in the folder {'/'.join(files[0].levels[:depth])!r}."] if depth else []
    known = _splits_at(files, depth)
    if known is None:
        groups, deeper_groups = ([_folder_of(file, at) for file in files] for at in (depth, depth + 1))
        by_group: dict[str, list[FolderFile]] = {}
        for file, group in zip(files, groups, strict=True):
            by_group.setdefault(group, []).append(file)
        for group in sorted(by_group.keys() - {""}):
            inner, at = by_group[group], depth + 1
            while (deeper := _splits_at(inner, at)) is None and _goes_on(inner, at):
                at += 1
            if deeper is not None:
                names = " and ".join(sorted(deeper))
                notes.append(
                    f"{group!r} holds folders named {names}, and is taken for a class. Name that folder to have the splits."
                )
        return _Arrangement([TRAIN] * len(files), groups, deeper_groups, files, notes=notes)
    tags, taken, strays = [], [], []
    for file in files:
        tag = known.get(file.levels[depth]) if len(file.levels) > depth + 1 else None
        if tag is None:
            strays.append(f"{file.name}: lies beside the folders of the splits")
            continue
        tags.append(tag)
        taken.append(file)
    groups, deeper_groups = ([_folder_of(file, at) for file in taken] for at in (depth + 1, depth + 2))
    return _Arrangement(tags, groups, deeper_groups, taken, strays, notes)


def _folder_of(file: FolderFile, depth: int) -> str:
    """The folder at a depth in which a file lies; "" where it does not lie so deep."""
    return file.levels[depth] if len(file.levels) > depth + 1 else ""


def _suggested(chosen: FoldersAre, arrangement: _Arrangement) -> FoldersAre | Literal[""]:
    """The meaning of the folders that is more likely than the chosen one: the folders one level down are the classes where one
    outer folder holds them all, or where folders of the same names lie in several."""
    outer, inner = set(arrangement.groups) - {""}, set(arrangement.inner) - {""}
    if chosen == "classes" and len(inner) > 1:
        pairs = {pair for pair in zip(arrangement.groups, arrangement.inner, strict=True) if pair[1]}
        return "inner" if len(outer) == 1 or len(pairs) > len(inner) else ""
    return "classes" if chosen == "inner" and len(inner) < 2 <= len(outer) else ""


def _classes(groups: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(set(groups) - {""}, key=_natural))


def _goes_on(files: list[FolderFile], depth: int) -> bool:
    """Whether all files are in one folder at this depth, and there in subfolders."""
    return len({file.levels[depth] for file in files}) == 1 and all(len(file.levels) > depth + 2 for file in files)


def _splits_at(files: list[FolderFile], depth: int) -> dict[str, int] | None:
    """The folders at a depth that are splits; None where there is no training split beside another one."""
    tops = {file.levels[depth] for file in files if len(file.levels) > depth + 1}
    known = {top: tag for top in tops if (tag := split_of(top)) is not None}
    return known if TRAIN in known.values() and len(set(known.values())) > 1 else None


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")


def _own_size(files: list[FolderFile], sample: int = 64) -> int:
    sides = []
    for index in np.linspace(0, len(files) - 1, min(sample, len(files))).astype(int):
        try:
            sides.append(short_side(files[index].path))
        except Exception:  # it will be named when it is decoded
            continue
    if not sides:
        return 32
    # Multiples of 8 divide evenly into patches and strides.
    return min(LARGEST, max(8, round(middle(sides) / 8) * 8))


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts "2" before "10"."""
    return [(int(part), "") if part.isdecimal() else (-1, part.lower()) for part in re.split(r"(\d+)", name)] + [(-1, name)]
