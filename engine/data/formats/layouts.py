"""Which layouts of annotation files a folder of images has, and what they say together.

A file belongs to the image whose path is the same without the folders that only say what lies in them (images, JPEGImages, labels,
Annotations, masks ...) and without the ending: labels/train/a.txt and images/train/a.jpg, train/labels/a.txt and
train/images/a.jpg, a.xml and a.jpg. Where several layouts say the same thing, one is used, and the notes say which: boxes of COCO
before VOC before YOLO, classes of pixels from files before those from regions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from engine.config.small_files import FileError, open_regular
from engine.data.folder_files import FolderFile
from engine.data.formats.annotated import Annotations, MaskFiles, Names, Problems, Unusable, stem
from engine.data.formats.coco import read_coco
from engine.data.formats.mask_files import masks, segmentation_class, trimaps
from engine.data.formats.text_files import encoding_of, read_text
from engine.data.formats.voc import is_list, read_lists, read_voc
from engine.data.formats.yolo import names_of, read_yolo
from engine.data.split_names import split_of
from engine.execute.progress import ProgressCallback, no_progress, part_of

_IMAGE_FOLDERS = frozenset({"images", "jpegimages", "imgs", "img", "obj_train_data", "obj_valid_data", "obj_test_data"})
_MASK_FOLDERS = frozenset({"masks", "mask", "segmentationclass", "segmentationclasspng", "trimaps"})
_NOTE_FOLDERS = frozenset({"labels", "annotations", "annotation", "xmls"}) | _MASK_FOLDERS
_COCO_NAMES = frozenset(
    {"annotations.json", "labels.json", "result.json", "coco.json", "instances.json", "captions.json", "_annotations.coco.json"}
    | {f"{split}.json" for split in ("train", "val", "valid", "test")}
)
_OTHER_COCO = ("person_keypoints", "panoptic", "stuff", "image_info")
_LABEL_FILES = ("labelmap.txt", "classes.txt", "class_names.txt", "names.txt", "labels.txt")
_YOLO_NAMES = ("classes.txt", "obj.names")
_SAMPLE = 20  # files whose first bytes decide
_HEAD = 1 << 16
_EVERY = 200  # files between two reports of progress
_MOST_FOLDERS = 64
BESIDE = frozenset({".json", ".xml", ".txt", ".yaml", ".yml", ".names"})  # endings of the files that a layout may have


@dataclass
class Combined:
    """What the annotation files of a folder say. objects: boxes and regions, of the format that is used. masks: the files with the
    classes of pixels. captions, splits, classes: by the image's name; classes of images as a whole. notes: for the person."""

    objects: Annotations | None = None
    masks: MaskFiles | None = None
    captions: Mapping[str, list[str]] = field(default_factory=dict)
    splits: Mapping[str, int] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass
class Layout:
    """images: the files that are images of the set, each with its `levels`. used: every other file that decides what `read`
    gives."""

    images: list[FolderFile]
    used: list[FolderFile]
    coco: list[FolderFile]
    voc: list[FolderFile]
    yolo: list[FolderFile]
    masks: list[FolderFile]
    lists: list[FolderFile]
    labels: list[FolderFile]
    notes: list[str]

    @property
    def bytes(self) -> int:
        """Of the files of annotations that `read` reads before any image is decoded."""
        return sum(file.bytes for file in (*self.coco, *self.voc, *self.yolo))

    def read(self, kept: Collection[str], progress: ProgressCallback = no_progress) -> Combined:
        """What the files say of the images `kept`, by name. Whatever cannot be used is named in the notes. `progress`: called again
        and again where there are files of boxes; an error that it raises ends the reading."""
        images = [file for file in self.images if file.name in kept]
        names = [file.name for file in images]
        finder = Names(names)
        keys = _by_key(images)
        sources = []
        formats = [name for name, files in (("coco", self.coco), ("voc", self.voc), ("yolo", self.yolo)) if files]

        def part(name: str) -> ProgressCallback:
            at = formats.index(name)
            return part_of(progress, at / len(formats), (at + 1) / len(formats))

        if self.coco:
            folders = _image_folders(images)
            files = [(Path(file.path), file.name, _split_in(file)) for file in self.coco]
            likely = {file.name: _likely(file, folders) for file in self.coco}
            sources.append(read_coco(files, finder, likely, part("coco")))
        if self.voc:
            pets = any("xmls" in _lower(file) for file in self.voc)
            label = "Oxford Pets, boxes of heads" if pets else "VOC"
            sources.append(read_voc(_reported(_matched(self.voc, keys), part("voc"), "XML files"), label))
        if self.yolo:
            notes: list[str] = []
            classes, more = self._yolo_names(notes)
            matched = _reported(_matched(self.yolo, keys), part("yolo"), "label files")
            sources.append(read_yolo(matched, classes, _keypoints(more)))
            sources[-1].notes[:0] = notes
        result = Combined(notes=list(self.notes))
        for one in sources:
            result.notes += self._summary(one, len(names)) + one.notes
            if one.images and result.objects is None:
                result.objects = one
            elif one.images and result.objects is not None:
                result.notes.append(f"Boxes are those of {result.objects.format}; those of {one.format} are not used.")
        result.captions = next((one.captions for one in sources if one.captions), {})
        self._add_masks(result, keys, len(names))
        self._add_splits(result, finder, _image_folders(images), next((one.splits for one in sources if one.splits), {}))
        if any("trimaps" in _lower(file) for file in self.masks):
            # Oxford Pets names its images by breed and number.
            result.classes = {name: _breed(name) for name in names}
        return result

    def _summary(self, one: Annotations, count: int) -> list[str]:
        lines = []
        if one.images:
            objects = sum(len(image.objects) for image in one.images.values())
            regions = ", with regions" if one.regions else ""
            lines.append(
                f"{one.format}: {len(one.images):,} of {count:,} images are annotated, {objects:,} objects of "
                f"{len(one.categories):,} categories{regions}."
            )
        if one.captions:
            texts = sum(map(len, one.captions.values()))
            lines.append(f"{one.format}: {texts:,} captions of {len(one.captions):,} of {count:,} images.")
        return lines

    def _yolo_names(self, notes: list[str]) -> tuple[tuple[str, ...], Mapping[str, object]]:
        known: tuple[str, ...] = ()
        other: Mapping[str, object] = {}
        for file in sorted(self.labels, key=lambda file: (not file.name.endswith((".yaml", ".yml")), len(file.inside), file.name)):
            if file.name.endswith((".yaml", ".yml", ".names")) or file.inside[-1] in _YOLO_NAMES:
                classes, more = names_of(Path(file.path), notes, file.name)
                known, other = known or classes, other or more
        if not known:
            notes.append("YOLO: no data.yaml, classes.txt or obj.names names the classes: they have their numbers.")
        return known, other

    def _add_masks(self, result: Combined, keys: Mapping[tuple[str, ...], list[str]], count: int) -> None:
        if not self.masks:
            return
        paths = {name: Path(path) for path, _, name in _matched(self.masks, keys)}
        folder = next(part for part in self.masks[0].inside if part.lower() in _MASK_FOLDERS)
        near = [file for file in self.labels if file.inside[-1].lower() in _LABEL_FILES]
        inside = [file for file in near if any(part == folder for part in file.inside)]
        labels = min(inside or near, key=lambda file: _LABEL_FILES.index(file.inside[-1].lower()), default=None)
        label_path = Path(labels.path) if labels is not None else None
        lowered = folder.lower()
        if lowered == "trimaps":
            result.masks = trimaps(paths)
        elif lowered.startswith("segmentation"):
            result.masks = segmentation_class(paths, label_path, result.notes)
        else:
            result.masks = masks(paths, label_path, folder, result.notes)
        line = f"{folder}: the classes of the pixels of {len(paths):,} of {count:,} images ({_some(result.masks.names)})"
        over = ""
        if result.objects is not None and result.objects.regions:
            over = f"; the regions of {result.objects.format} are not used for them"
        result.notes.append(f"{line}{over}.")

    def _add_splits(self, result: Combined, finder: Names, folders: Sequence[str], of_files: Mapping[str, int]) -> None:
        splits: dict[str, int] = {}
        imagesets = [(Path(file.path), file.name) for file in self.lists if "imagesets" in _lower(file)]
        if imagesets:
            splits = read_lists(imagesets, finder, tuple(folders), result.notes)
        for file in self.lists:
            if "imagesets" not in _lower(file):
                _read_list(file, finder, splits, result.notes)
        result.splits = splits or of_files


def recognise(files: Sequence[FolderFile], beside: Sequence[FolderFile]) -> Layout | None:
    """The layout of a folder with these image files, and files of text beside them; None where there are only images. Reads a few
    first bytes."""
    images, masked = _apart(files)
    keys = _by_key(images)
    coco = [file for file in beside if _is_coco(file)]
    voc = _of_images(beside, ".xml", keys, _is_voc)
    yolo = _of_images(beside, ".txt", keys, _is_yolo)
    if not (coco or voc or yolo or masked):
        return None
    notes = []
    matched = [file for file in masked if _image_of(file, keys)]
    if len(matched) < len(masked):
        alone = [file.name for file in masked if not _image_of(file, keys)]
        notes.append(f"Masks that belong to no image are left out: {_some(alone)}.")
    if coco:
        # The pictures of COCO's panoptic annotations.
        images = [file for file in images if "annotations" not in _lower(file)] or images
    levelled = [replace(file, levels=_without(file.inside, _IMAGE_FOLDERS)) for file in images]
    lists = [file for file in beside if _is_split_list(file, bool(voc or matched), bool(yolo), bool(matched))]
    labels = [
        file
        for file in beside
        if (yolo and file.name.endswith((".yaml", ".yml", ".names")))
        or (yolo and file.inside[-1] in _YOLO_NAMES)
        or (matched and file.inside[-1].lower() in _LABEL_FILES)
    ]
    labelled = set(labels)
    yolo = [file for file in yolo if file not in labelled]
    used = list(dict.fromkeys((*coco, *voc, *yolo, *matched, *lists, *labels)))
    return Layout(levelled, used, coco, voc, yolo, matched, lists, labels, notes)


def _apart(files: Sequence[FolderFile]) -> tuple[list[FolderFile], list[FolderFile]]:
    """The images, and the pictures that are masks of them: those in a folder of masks, where at least half of these belong to an
    image outside it. Else such a folder is a class like others."""
    groups: dict[str, list[FolderFile]] = defaultdict(list)
    images = []
    for file in files:
        folder = next((part for part in file.inside[:-1] if part.lower() in _MASK_FOLDERS), None)
        if folder is None:
            images.append(file)
        else:
            groups[folder].append(file)
    side = [file for file in images if any(_is_side_product(part) for part in file.inside[:-1])]
    left = set(side)
    keys = _by_key([file for file in images if file not in left])
    masked: list[FolderFile] = []
    for _, group in sorted(groups.items(), key=lambda item: -len(item[1])):
        if 2 * sum(bool(_image_of(file, keys)) for file in group) < len(group):
            images += group
        elif not masked:
            masked = group
    if masked and side:
        images = [file for file in images if file not in left]
    images.sort(key=lambda file: file.inside)
    return images, masked


def _is_side_product(part: str) -> bool:
    """Whether a folder holds what tools write beside SegmentationClass: single objects, pictures for people."""
    part = part.lower()
    return (part.startswith("segmentation") and part not in _MASK_FOLDERS) or part.endswith("visualization")


def _lower(file: FolderFile) -> tuple[str, ...]:
    return tuple(part.lower() for part in file.inside[:-1])


def _without(inside: tuple[str, ...], folders: frozenset[str]) -> tuple[str, ...]:
    return (*(part for part in inside[:-1] if part.lower() not in folders), inside[-1])


def _key(file: FolderFile) -> tuple[str, ...]:
    """What a file and its image have in common."""
    parts = _without(file.inside, _IMAGE_FOLDERS | _NOTE_FOLDERS)
    return (*(part.lower() for part in parts[:-1]), stem(parts[-1]))


def _by_key(images: Sequence[FolderFile]) -> dict[tuple[str, ...], list[str]]:
    keys: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for file in images:
        keys[_key(file)].append(file.name)
    return dict(keys)


def _image_of(file: FolderFile, keys: Mapping[tuple[str, ...], list[str]]) -> list[str]:
    key = _key(file)
    if key in keys:
        return keys[key]
    return keys.get((*key[:-1], key[-1].removesuffix("_mask")), [])


def _matched(files: Sequence[FolderFile], keys: Mapping[tuple[str, ...], list[str]]) -> list[tuple[Path, str, str]]:
    return [(Path(file.path), file.name, name) for file in files for name in _image_of(file, keys)]


def _reported(files: Sequence[tuple[Path, str, str]], progress: ProgressCallback, what: str) -> Iterator[tuple[Path, str, str]]:
    """The files, one after another, with progress."""
    for number, file in enumerate(files):
        if number % _EVERY == 0:
            progress(number / len(files), f"Reading {what}: {number:,} of {len(files):,}")
        yield file


def _of_images(
    beside: Sequence[FolderFile], ending: str, keys: Mapping[tuple[str, ...], list[str]], test: Callable[[Path], bool]
) -> list[FolderFile]:
    """The files with an ending that belong to images, where at least one of the first few holds what it should."""
    files = [file for file in beside if file.inside[-1].lower().endswith(ending) and _image_of(file, keys)]
    step = max(1, len(files) // _SAMPLE)
    return files if any(test(Path(file.path)) for file in files[::step]) else []


def _head(path: Path) -> str:
    try:
        with open_regular(path) as file:
            data = file.read(_HEAD)
    except (OSError, FileError):
        return ""
    return data.decode(encoding_of(data), "replace")


def _is_coco(file: FolderFile) -> bool:
    name = file.inside[-1].lower()
    if not name.endswith(".json") or name.startswith(_OTHER_COCO):
        return False
    if name.startswith(("instances_", "captions_")) or name == "_annotations.coco.json":
        return True
    if name not in _COCO_NAMES and "annotations" not in _lower(file):
        return False
    head = _head(Path(file.path)).lstrip("\ufeff \t\r\n")
    return head.startswith("{") and any(f'"{key}"' in head for key in ("images", "annotations", "categories"))


def _is_voc(path: Path) -> bool:
    return "<annotation" in _head(path)[:4096]


def _is_yolo(path: Path) -> bool:
    for line in _head(path).splitlines()[:5]:
        words = line.split()
        if len(words) >= 5:
            try:
                values = [float(word) for word in words]
            except ValueError:
                return False
            return values[0] >= 0 and values[0].is_integer()
    return False


def _is_split_list(file: FolderFile, voc: bool, yolo: bool, masked: bool) -> bool:
    name, folders = file.inside[-1].lower(), _lower(file)
    if not name.endswith(".txt"):
        return False
    if voc and "imagesets" in folders:
        return is_list(name) and folders[-1] in ("main", "segmentation", "imagesets")
    if yolo and (name.startswith("autosplit_") or not folders or folders[-1] == "data"):
        return split_of(name.removesuffix(".txt").removeprefix("autosplit_")) is not None
    return masked and folders[-1:] == ("annotations",) and name in ("trainval.txt", "test.txt")


def _read_list(file: FolderFile, finder: Names, splits: dict[str, int], notes: list[str]) -> None:
    """The splits of images from a list with a path on each line (YOLO), or a name without ending (Oxford Pets)."""
    list_name = file.inside[-1].lower().removesuffix(".txt").removeprefix("autosplit_")
    tag = split_of(list_name)
    assert tag is not None
    problems = Problems(file.name)
    try:
        lines = read_text(Path(file.path)).splitlines()
    except Unusable as error:
        notes.append(f"{file.name} is not used: {error}.")
        return
    for line in lines:
        words = line.split()
        if not words or line.startswith("#"):
            continue
        matches = [image] if (image := finder.find(line.strip())) else finder.of_stem(f"images/{words[0]}")
        if not matches:
            problems.add("images that it lists are not in the folder", line.strip())
        for name in matches:
            splits.setdefault(name, tag)
    notes += problems.lines()


def _split_in(file: FolderFile) -> int | None:
    """The split that a COCO file's name says: instances_val2017.json."""
    name = file.inside[-1].lower().removesuffix(".json")
    return split_of(name.split("_", 1)[-1])


def _image_folders(images: Sequence[FolderFile]) -> list[str]:
    return list(dict.fromkeys("/".join(file.inside[:-1]) for file in images))


def _likely(file: FolderFile, folders: Sequence[str]) -> tuple[str, ...]:
    """The folders in which the images of a COCO file may lie, most likely first: its own, those that are called like the end of its
    name, those of its split, the others."""
    own = "/".join(file.inside[:-1])
    end = stem(file.inside[-1]).split("_", 1)[-1].lower()
    split = _split_in(file)

    def rank(folder: str) -> int:
        parts = [part.lower() for part in PurePosixPath(folder).parts]
        if folder == own or end in parts:
            return 0 if folder == own else 1
        return 2 if split is not None and split in [split_of(part) for part in parts] else 3

    return tuple(sorted(folders, key=rank)[:_MOST_FOLDERS])


def _keypoints(values: Mapping[str, object]) -> int:
    """The numbers of the keypoints after a box, in data for poses."""
    shape = values.get("kpt_shape")
    if isinstance(shape, list) and len(shape) == 2 and all(isinstance(side, int) and 0 < side < 1000 for side in shape):
        return int(shape[0] * shape[1])
    return 0


def _breed(name: str) -> str:
    """The breed in the name of an image: great_pyrenees_12.jpg is a Great Pyrenees, as torchvision writes it."""
    return " ".join(part.title() for part in stem(name.rpartition("/")[2]).rpartition("_")[0].split("_"))


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
