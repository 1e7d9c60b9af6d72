"""WebDataset shards: tar files in which the files of a sample have one name and different endings, such as 0001.jpg, 0001.cls,
0001.txt and 0001.json. Other tar files of images are read, too.

Source of the layout: https://github.com/webdataset/webdataset, "The WebDataset Format". Other than there, the files of a sample
need not follow each other. Nothing is unpacked to the disk, and nothing pickled (.pyd, .pickle) is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np

from engine.config.errors import complain
from engine.config.small_files import FileError, is_file, open_regular, parse_json
from engine.data.caption_files import LONGEST, MOST_AN_IMAGE, MOST_CHARACTERS, printable
from engine.data.captions import Captions
from engine.data.class_labels import written_classes
from engine.data.dataset import Bytes, Index
from engine.data.encoded_images import Decoded, decoded, image_chunks, own_scale, own_size, scale_note
from engine.data.folder_classes import FoldersAre, arrange, class_names, suggested
from engine.data.folder_files import FolderFile
from engine.data.folder_listing import some
from engine.data.formats.text_files import reason_of
from engine.data.image_folder import state_of_files
from engine.data.image_store import Order
from engine.data.pictures import FOREIGN, Scale, readable_endings
from engine.data.source import ImageListing
from engine.data.split_names import tags_of
from engine.data.tar_members import Member, TarMembers
from engine.execute.progress import ProgressCallback, no_progress

_KEY = "data.source"
_TEXTS = {"cls": 1 << 10, "txt": 64 << 10, "json": 1 << 20}  # bytes at most
_CLASS_KEYS = ("label", "cls", "class", "class_id", "category", "target")
_NAME_KEYS = ("class_name", "label_name", "category_name")
_CAPTION_KEYS = ("caption", "captions", "text", "txt")
_CLASS_FILES = ("classnames.txt", "classes.txt", "class_names.txt")
_MOST_CLASS_NAMES = 1 << 22  # bytes
_SAMPLE = 64  # images that are read for size and scale
# An ending of several parts, as in 0001.seg.png; of IMG.2021.jpg it is the last part alone.
_ENDING = re.compile(r"(?:[a-z][a-z0-9_-]*\.)*[a-z0-9]+", re.IGNORECASE)
_SHOWN = 3


@dataclass
class _Sample:
    """What a shard has of one sample. image: of the shard and the member."""

    key: str
    image: Member | None = None
    ending: str = ""  # of the image
    cls: str = ""
    name: str = ""  # of the class
    captions: tuple[str, ...] = ()


@dataclass
class _Shards:
    """All samples with an image, and what could not be used."""

    files: list[FolderFile] = field(default_factory=list)  # of each image, with its name in the shard
    shards: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    cls: list[str] = field(default_factory=list)
    class_names: dict[str, str] = field(default_factory=dict)  # by what .json has as label
    captions: list[tuple[str, ...]] = field(default_factory=list)
    characters: int = 0  # of all captions
    skipped: list[str] = field(default_factory=list)
    surplus: Counter[str] = field(default_factory=Counter)  # further images of a sample
    kinds: Counter[str] = field(default_factory=Counter)  # members that are not read
    problems: list[str] = field(default_factory=list)  # of members that are no images
    readable: frozenset[str] = field(default_factory=readable_endings)  # endings of images
    failed: int = 0

    def problem(self, name: str, reason: str) -> None:
        self.failed += 1
        if len(self.problems) < _SHOWN:
            self.problems.append(f"{name}: {reason}")

    def notes(self) -> list[str]:
        notes = []
        if self.failed:
            notes.append(f"{self.failed:,} files beside images could not be used: {'; '.join(self.problems)}.")
        if self.surplus:
            many = [f"{ending} ({count:,})" for ending, count in self.surplus.most_common()]
            notes.append(f"A sample has one image here; further ones are left out: {some(many)}.")
        if self.kinds:
            many = [f"{ending or 'no ending'} ({count:,})" for ending, count in self.kinds.most_common()]
            notes.append(f"Files of kinds that are not read are left out: {some(many)}.")
        if self.characters > MOST_CHARACTERS:
            notes.append(f"Captions are read up to {MOST_CHARACTERS:,} characters together; later images have none.")
        return notes


def find(
    source: str,
    files: Sequence[FolderFile],
    size: int,
    scale: Scale | None = None,
    folders: FoldersAre = "classes",
    skipped: Sequence[str] = (),
    notes: Sequence[str] = (),
    progress: ProgressCallback = no_progress,
) -> ImageListing:
    """The images in tar files at `size` pixels; 0 takes the median short side of a sample, to the nearest multiple of 8, at most
    128. `source`: the path of a tar file or a folder, or a pattern. `scale`: of images deeper than 8 bits; None measures one.
    `folders`: what the folders in the tar files are, as `data.folders`, where no sample has a class of its own. `skipped`, `notes`:
    of what was found beside the tar files. `progress`: of listing the members; an error that it raises is passed on.

    Classes are those of .cls (a number or a word) or of "label" in .json, with the names of "class_name" there or of classnames.txt
    beside the shards; captions are the lines of .txt, else "caption" in .json. Splits are told from the names of the shards or
    their folders (train, val, test).

    ConfigError, naming data.source, where no tar file has an image."""
    shards = _listed_shards(tuple(files), progress)
    if not shards.names:
        first = "; ".join([*skipped, *shards.skipped][:_SHOWN]) or "there is no image in them"
        raise complain(_KEY, "tar files with images in them", source, f"Of {len(files):,} tar files: {first}.")
    listed = [*notes, *shards.notes()]
    tags = tags_of([files[number].inside for number in shards.shards])
    classes, labels = _classes(shards, files, listed)
    meanings: dict[str, tuple[str, ...]] = {}
    likely = ""
    if not classes or tags is None:
        arrangement = arrange(shards.files)
        # Files beside the folders of splits are left out by arrange; here all stay.
        whole = not arrangement.strays
        if tags is None and whole:
            tags = np.array(arrangement.tags, np.int8)
        if not classes and whole:
            groups = {"classes": arrangement.groups, "inner": arrangement.inner, "nothing": [""] * len(shards.names)}
            meanings = {meaning: class_names(names) for meaning, names in groups.items()}
            classes, labels = written_classes(groups[folders], (), listed) if meanings[folders] else ((), labels)
            likely = suggested(folders, arrangement)
    if len(classes) == 1:
        listed.append(f"All labelled images are of one class, {classes[0]!r}: taken as images without labels.")
        classes, labels = (), np.full(len(labels), -1, np.int64)
    starts, sizes = np.array(shards.starts, np.int64), np.array(shards.sizes, np.int64)

    def read(row: int) -> bytes:
        with open_regular(files[shards.shards[row]].path) as file:
            file.seek(int(starts[row]))
            data = file.read(int(sizes[row]))
        if len(data) < sizes[row]:
            raise ValueError("the shard ends within it")
        return data

    side = size or own_size(read, len(starts), _SAMPLE)
    scale = scale or own_scale(read, len(starts), listed, _SAMPLE)
    if scale is not None:
        listed.append(scale_note(scale))

    def decode_row(row: int) -> tuple[Decoded, Bytes | None, str]:
        return decoded(read, row, side, scale), None, ""

    name = Path(source).name.removesuffix(".tar") or source
    label = "shards-" + re.sub(r"[^A-Za-z0-9]+", "-", name)[:24].strip("-")
    content = f"shards 1 {state_of_files(files)} {scale} {folders}"
    return ImageListing(
        name=name,
        order=Order(label, source, content, len(starts), side, slow=True),
        chunks=lambda: image_chunks(decode_row, shards.names, labels, side),
        own=tags if tags is not None else np.zeros(len(starts), np.int8),
        classes=classes,
        names=tuple(shards.names),
        captions=Captions(shards.captions) if any(shards.captions) else None,
        scale=scale,
        labels=labels,
        read=read,
        meanings=meanings,
        suggested=likely,
        skipped=(*skipped, *shards.skipped),
        notes=tuple(listed),
    )


# The shards that were listed last: a set is described and then opened, and each member costs tarfile about 0.1 ms.
_last: tuple[tuple[FolderFile, ...], _Shards] | None = None


def _listed_shards(files: tuple[FolderFile, ...], progress: ProgressCallback) -> _Shards:
    global _last
    last = _last
    if last is not None and last[0] == files:
        return last[1]
    shards = _Shards()
    for number, file in enumerate(files):
        progress(number / len(files), f"Listing the images of {file.name}: {number + 1:,} of {len(files):,} shards")
        _read_shard(shards, file, number)
    _last = files, shards
    return shards


def _read_shard(shards: _Shards, file: FolderFile, number: int) -> None:
    samples: dict[str, _Sample] = {}
    members = TarMembers(file.path)
    try:
        for member, tar in members:
            _take(shards, samples, member, tar, file.name)
    except (OSError, FileError) as error:
        shards.skipped.append(f"{file.name}: {reason_of(error) if isinstance(error, OSError) else error}")
    shards.skipped += [f"{file.name}: {problem}" for problem in members.problems]
    if members.others:
        shards.kinds["links, devices and sparse files"] += members.others
    for sample in samples.values():
        name = f"{file.name}/{sample.key}"
        image = sample.image
        if image is None:
            shards.skipped.append(f"{name}: it has no image of a format that is read")
            continue
        inside = tuple(image.name.split("/"))
        shards.files.append(FolderFile(file.path, inside, image.size, file.changed, inside))
        shards.shards.append(number)
        shards.starts.append(image.start)
        shards.sizes.append(image.size)
        shards.names.append(f"{file.name}/{image.name}")
        shards.cls.append(sample.cls)
        if sample.cls and sample.name:
            shards.class_names[sample.cls] = sample.name
        shards.characters += sum(map(len, sample.captions))
        shards.captions.append(sample.captions if shards.characters <= MOST_CHARACTERS else ())


def _take(shards: _Shards, samples: dict[str, _Sample], member: Member, tar: IO[bytes], shard: str) -> None:
    """Add a member to its sample."""
    base = member.name.rpartition("/")[2]
    # Files of operating systems beside the true ones, such as ._0001.jpg of macOS.
    if not base or base.startswith(".") or "__MACOSX" in member.name.split("/"):
        return
    key, ending = _parts(member.name)
    last = "." + ending.rpartition(".")[2]
    if last in shards.readable:
        _take_image(shards, samples, member, key, ending)
    elif ending in _TEXTS:
        text = _text(shards, member, tar, shard, _TEXTS[ending])
        if text is not None:
            _take_text(shards, samples.setdefault(key, _Sample(key)), ending, text, f"{shard}/{member.name}")
    elif last in FOREIGN:
        samples.setdefault(key, _Sample(key))
    else:
        shards.kinds[last] += 1


def _take_image(shards: _Shards, samples: dict[str, _Sample], member: Member, key: str, ending: str) -> None:
    sample = samples.setdefault(key, _Sample(key))
    if sample.image is not None and sample.ending == ending:
        # The same name again, as in tar files that were put together: a sample of its own.
        again = next(f"{key} ({count})" for count in range(2, len(samples) + 3) if f"{key} ({count})" not in samples)
        samples[again] = _Sample(key, member, ending)
    elif sample.image is None:
        sample.image, sample.ending = member, ending
    elif "." in sample.ending and "." not in ending:
        # 0001.jpg is the image rather than 0001.seg.png.
        shards.surplus[f".{sample.ending}"] += 1
        sample.image, sample.ending = member, ending
    else:
        shards.surplus[f".{ending}"] += 1


def _parts(name: str) -> tuple[str, str]:
    """The key of a sample and the ending in small letters: of "a/0001.seg.png" "a/0001" and "seg.png"."""
    folder, slash, base = name.rpartition("/")
    key, _, ending = base.partition(".")
    if not _ENDING.fullmatch(ending):
        key, _, ending = base.rpartition(".")
        if not key:
            key, ending = base, ""
    return f"{folder}{slash}{key}", ending.lower()


def _text(shards: _Shards, member: Member, tar: IO[bytes], shard: str, most: int) -> str | None:
    """What is in a small member; None, with a note, for one that is larger or no UTF-8."""
    name = f"{shard}/{member.name}"
    if not member.whole or member.size > most:
        shards.problem(name, "the shard ends within it" if not member.whole else f"it has more than {most:,} bytes")
        return None
    tar.seek(member.start)
    try:
        return tar.read(member.size).decode("utf-8-sig")
    except UnicodeDecodeError:
        shards.problem(name, "it is not UTF-8 text")
        return None


def _take_text(shards: _Shards, sample: _Sample, ending: str, text: str, name: str) -> None:
    if ending == "cls":
        sample.cls = printable(text)
    elif ending == "txt":
        sample.captions = _captions(text.splitlines())
    else:
        try:
            values = parse_json(text)
        except FileError as error:
            shards.problem(name, str(error))
            return
        if isinstance(values, dict):
            sample.cls = sample.cls or _word(values, _CLASS_KEYS)
            sample.name = _word(values, _NAME_KEYS)
            sample.cls = sample.cls or sample.name
            sample.captions = sample.captions or _captions(_listed(values, _CAPTION_KEYS))


def _word(values: dict[str, Any], keys: Sequence[str]) -> str:
    """The first value that is a word or a whole number."""
    words = (values[key] for key in keys if isinstance(values.get(key), str | int) and not isinstance(values[key], bool))
    return next((printable(str(value)) for value in words), "")


def _listed(values: dict[str, Any], keys: Sequence[str]) -> list[str]:
    known: Any = next((values[key] for key in keys if isinstance(values.get(key), str | list)), [])
    return [one for one in (known if isinstance(known, list) else [known]) if isinstance(one, str)]


def _captions(lines: Sequence[str]) -> tuple[str, ...]:
    known = dict.fromkeys(text[:LONGEST] for line in lines if (text := printable(line)))
    return tuple(known)[:MOST_AN_IMAGE]


def _classes(shards: _Shards, files: Sequence[FolderFile], notes: list[str]) -> tuple[tuple[str, ...], Index]:
    """Classes and labels by what the samples say."""
    numbers = [int(word) for word in shards.class_names if word.isdecimal()]
    names: Sequence[str] = ()
    if numbers and len(numbers) == len(shards.class_names) and max(numbers) < 1_000_000:
        names = [shards.class_names.get(str(number), str(number)) for number in range(max(numbers) + 1)]
    classes, labels = written_classes(shards.cls, names or _names_beside(files), notes)
    if classes and (missing := int((labels < 0).sum())):
        notes.append(f"{missing:,} of {len(labels):,} images have no class.")
    return classes, labels


def _names_beside(files: Sequence[FolderFile]) -> list[str]:
    """The names of the classes in a file beside the shards or above them, a line each; none where there is no such file."""
    folders = dict.fromkeys(folder for file in files for folder in list(Path(file.path).parents)[: len(file.inside)])
    for path in (folder / name for folder in folders for name in _CLASS_FILES):
        if is_file(path):
            try:
                with open_regular(path) as file:
                    text = file.read(_MOST_CLASS_NAMES).decode("utf-8-sig")
            except (OSError, FileError, UnicodeDecodeError):
                continue
            return [printable(line) for line in text.splitlines() if line.strip()]
    return []
