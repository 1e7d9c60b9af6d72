"""Sets of Hugging Face `datasets`: a folder that `save_to_disk` wrote, with a folder a split or without, and folders or files of
Arrow or Parquet with a column of images, as the hub has them.

Source of the layout: https://huggingface.co/docs/datasets, "Dataset features" and the files of datasets.arrow_dataset. A column of
images holds {"bytes", "path"}. Read by pyarrow; the package `datasets` is not needed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.config.errors import complain
from engine.config.small_files import FileError, is_file, open_regular, read_object
from engine.data.caption_files import LONGEST, MOST_AN_IMAGE, MOST_CHARACTERS, printable
from engine.data.captions import Captions
from engine.data.class_labels import numbered_classes, written_classes
from engine.data.dataset import Bytes, Factor, Index
from engine.data.encoded_images import Decoded, decoded, image_chunks, own_scale, own_size, scale_note
from engine.data.folder_files import FolderFile
from engine.data.folder_listing import some
from engine.data.image_folder import state_of_files
from engine.data.image_store import Order
from engine.data.pictures import Scale
from engine.data.source import ImageListing
from engine.data.split_names import tags_of
from engine.data.table_files import Table, Tables, check_reader, open_table
from engine.data.tar_members import safe_name
from engine.execute.progress import ProgressCallback, no_progress

if TYPE_CHECKING:
    import pyarrow as pa

_KEY = "data.source"
_IMAGES = ("image", "img", "jpg", "png", "webp", "picture", "photo")  # names of a column of images, the likeliest first
_CLASSES = ("label", "labels", "class", "cls", "category", "target", "fine_label")
_CAPTIONS = ("caption", "captions", "text", "sentences", "sentence", "description")
_SAMPLE = 12  # images that are read for size and scale: in Parquet each costs the reading of a group of rows
_SHOWN = 3
_MOST_BYTES = 1 << 30  # of the file of an image


def find(
    path: Path,
    files: Sequence[FolderFile],
    size: int,
    scale: Scale | None = None,
    skipped: Sequence[str] = (),
    notes: Sequence[str] = (),
    progress: ProgressCallback = no_progress,
) -> ImageListing:
    """The images in files of Arrow and Parquet at `size` pixels; 0 takes the median short side of a sample, to the nearest multiple
    of 8, at most 128. `path`: the file or the folder that holds `files`. `scale`, `skipped`, `notes`, `progress`: as
    engine.data.webdataset.find.

    Classes are those of a ClassLabel, or a column "label" of numbers or words; further ClassLabels and columns of decimal numbers
    are factors. Captions are a column "caption" or "text" of texts or lists of texts. Splits are told by the names of folders and
    files (train, validation, test).

    ConfigError, naming data.source, where pyarrow is not installed, or no file has a column of images."""
    check_reader()
    problems = list(skipped)
    used: list[FolderFile] = []
    opened: list[Table] = []
    image = ""
    for number, file in enumerate(_own_files(files)):
        progress(number / len(files), f"Reading the tables of {path.name}")
        try:
            table = open_table(file.path)
        except FileError as error:
            problems.append(f"{file.name}: {error}")
            continue
        column = _image_column(table)
        if not column or column != (image or column):
            problems.append(f"{file.name}: it has no column {image or 'of images'} among {some(table.schema.names)}")
            continue
        if table.problem:
            problems.append(f"{file.name}: its rows from {table.rows:,} on cannot be read: {table.problem}")
        image = column
        used.append(file)
        opened.append(table)
    tables = Tables(opened)
    if not tables.rows:
        remedy = f"Of {len(files):,} tables: {'; '.join(problems[:_SHOWN]) or 'all are empty'}."
        raise complain(_KEY, "tables with a column of images", str(path), remedy)
    listed = list(notes)
    columns = _Columns(tables, image, _about(opened[0], used[0]), listed)

    def read(row: int) -> bytes:
        return _bytes_of(tables.value(image, row), path if path.is_dir() else path.parent)

    side = size or own_size(read, tables.rows, _SAMPLE)
    scale = scale or own_scale(read, tables.rows, listed, _SAMPLE)
    if scale is not None:
        listed.append(scale_note(scale))
    names = _names(used, opened, image)

    def decode_row(row: int) -> tuple[Decoded, Bytes | None, str]:
        return decoded(read, row, side, scale), None, ""

    tags = tags_of([file.inside for file, table in zip(used, opened, strict=True) for _ in range(table.rows)])
    name = path.stem if path.suffix.lower() in (".arrow", ".parquet") else path.name
    label = "tables-" + re.sub(r"[^A-Za-z0-9]+", "-", name)[:24].strip("-")
    return ImageListing(
        name=name,
        order=Order(label, str(path), f"tables 1 {state_of_files(used)} {scale} {image}", tables.rows, side, slow=True),
        chunks=lambda: image_chunks(decode_row, names, columns.labels, side),
        own=tags if tags is not None else np.zeros(tables.rows, np.int8),
        classes=columns.classes,
        names=names,
        factors=columns.factors,
        captions=columns.captions,
        scale=scale,
        labels=columns.labels,
        read=read,
        skipped=tuple(problems),
        notes=tuple(listed),
    )


def _own_files(files: Sequence[FolderFile]) -> list[FolderFile]:
    """The files that belong to the set: those that state.json names where it is beside them, and none of a cache."""
    named: dict[Path, frozenset[str] | None] = {}
    for folder in dict.fromkeys(Path(file.path).parent for file in files):
        named[folder] = None
        try:
            listed = read_object(folder / "state.json").get("_data_files")
        except (OSError, FileError):
            continue
        if isinstance(listed, list):
            named[folder] = frozenset(str(one.get("filename")) for one in listed if isinstance(one, dict))
    taken = []
    for file in files:
        known = named[Path(file.path).parent]
        if file.inside[-1] in known if known else not file.inside[-1].startswith("cache-"):
            taken.append(file)
    return taken


def _about(table: Table, file: FolderFile) -> Mapping[str, Any]:
    """What is known of the columns: from the table, else from dataset_info.json beside it."""
    if table.features:
        return table.features
    try:
        features = read_object(Path(file.path).parent / "dataset_info.json").get("features")
    except (OSError, FileError):
        return {}
    return features if isinstance(features, dict) else {}


def _image_column(table: Table) -> str:
    """The column of images; "" where there is none."""
    import pyarrow.types as kinds

    def holds_images(field: pa.Field) -> bool:
        about = table.features.get(field.name)
        if isinstance(about, dict) and about.get("_type") == "Image":
            return True
        if kinds.is_struct(field.type):
            return bool(field.type.get_field_index("bytes") >= 0)
        return field.name in _IMAGES and bool(kinds.is_binary(field.type) or kinds.is_large_binary(field.type))

    names = [field.name for field in table.schema if holds_images(field)]
    return next((name for name in _IMAGES if name in names), names[0] if names else "")


def _bytes_of(value: Any, folder: Path) -> bytes:
    """What is in the file of an image. ValueError where it is not there: a file outside of the set's folder is not read."""
    if isinstance(value, dict):
        content, path = value.get("bytes"), value.get("path")
        if content is None and isinstance(path, str) and path:
            inside = (folder / path).resolve()
            if not inside.is_relative_to(folder.resolve()) or not is_file(inside):
                raise ValueError(f"it is not in the table, and its file {path!r} is not in the folder")
            with open_regular(inside) as file:
                return file.read(_MOST_BYTES)
        value = content
    if not isinstance(value, bytes):
        raise ValueError("the row has no image")
    return value


def _names(files: Sequence[FolderFile], tables: Sequence[Table], image: str) -> tuple[str, ...]:
    """The name of each image: its file, its row there, and the name that it had before, where that is known."""
    import pyarrow.types as kinds

    names: list[str] = []
    for file, table in zip(files, tables, strict=True):
        kind = table.schema.field(image).type
        has_path = kinds.is_struct(kind) and kind.get_field_index("path") >= 0
        paths = table.column(f"{image}.path") if has_path else [None] * table.rows
        for row, path in enumerate(paths):
            known = safe_name(path).rpartition("/")[2] if isinstance(path, str) else ""
            names.append(f"{file.name}/{row:07}{'_' if known else ''}{known}")
    return tuple(names)


class _Columns:
    """What the tables have beside images."""

    def __init__(self, tables: Tables, image: str, features: Mapping[str, Any], notes: list[str]) -> None:
        self._tables, self._features, self._notes = tables, features, notes
        self._schema = tables.tables[0].schema
        left = [name for name in self._schema.names if name != image and all(name in t.schema.names for t in tables.tables)]
        self._coded = [name for name in left if self._names_of(name)]
        self.classes: tuple[str, ...] = ()
        self.labels: Index = np.full(tables.rows, -1, np.int64)
        used: list[str] = []
        label = next((name for name in _CLASSES if name in self._coded), self._coded[0] if self._coded else "")
        label = label or next((name for name in _CLASSES if name in left), "")
        if label and self._take_classes(label):
            used.append(label)
        self.captions = None
        for name in (name for name in _CAPTIONS if name in left and name not in used and self.captions is None):
            self.captions = self._captions(name)
            used += [name] if self.captions is not None else []
        self.factors = {name: factor for name in left if name not in used and (factor := self._factor(name)) is not None}
        rest = [name for name in left if name not in used and name not in self.factors]
        if rest:
            notes.append(f"Columns that are not read: {some(rest)}.")

    def _names_of(self, name: str) -> tuple[str, ...]:
        """The names of a ClassLabel; none for another column."""
        about = self._features.get(name)
        names = about.get("names") if isinstance(about, dict) and about.get("_type") == "ClassLabel" else None
        return tuple(printable(str(one)) for one in names) if isinstance(names, list) else ()

    def _take_classes(self, name: str) -> bool:
        values = self._tables.column(name)
        whole = [
            value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**62) for value in values
        ]
        if all(whole):
            numbers = np.array([-1 if value is None else value for value in values], np.int64)
            classes, labels = numbered_classes(numbers, self._names_of(name), self._notes)
        elif all(value is None or isinstance(value, str) for value in values):
            classes, labels = written_classes([printable(value or "") for value in values], (), self._notes)
        else:
            return False
        if len(classes) == 1:
            self._notes.append(f"All labelled images are of one class, {classes[0]!r}: taken as images without labels.")
            return True
        self.classes, self.labels = classes, labels
        return True

    def _captions(self, name: str) -> Captions | None:
        texts: list[tuple[str, ...]] = []
        characters = 0
        for value in self._tables.column(name):
            given = value if isinstance(value, list) else [value]
            known = dict.fromkeys(text[:LONGEST] for one in given if isinstance(one, str) and (text := printable(one)))
            characters += sum(map(len, known))
            texts.append(tuple(known)[:MOST_AN_IMAGE] if characters <= MOST_CHARACTERS else ())
        if characters > MOST_CHARACTERS:
            self._notes.append(f"Captions are read up to {MOST_CHARACTERS:,} characters together; later images have none.")
        return Captions(texts) if any(texts) else None

    def _factor(self, name: str) -> Factor | None:
        import pyarrow.types as kinds

        if names := self._names_of(name):
            codes = [value if isinstance(value, int) and 0 <= value < len(names) else -1 for value in self._tables.column(name)]
            return Factor(np.array(codes, np.int64), "category", names)
        if kinds.is_floating(self._schema.field(name).type):
            values = [np.nan if value is None else value for value in self._tables.column(name)]
            numbers = np.array(values, np.float32)
            return Factor(numbers, "number") if np.isfinite(numbers).any() else None
        return None
