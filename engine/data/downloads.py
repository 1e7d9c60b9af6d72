"""torchvision's data sets: downloaded once, converted once into the store of decoded images, and afterwards opened without
torchvision."""

from __future__ import annotations

import contextlib
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from engine.config.errors import ConfigError, complain
from engine.config.run import DataConfig
from engine.data.annotations import UNKNOWN
from engine.data.dataset import Bytes
from engine.data.directories import data_root, store_root
from engine.data.formats.mask_files import TRIMAP_NAMES, trimap_codes
from engine.data.image_store import Chunk, Order, read
from engine.data.pictures import CHUNK, fitted, in_threads, reason, square
from engine.data.source import ImageListing
from engine.data.source_table import Source, sources
from engine.data.source_table import find as find_source
from engine.data.splits import TEST, TRAIN, VALIDATION
from engine.execute.child_process import ChildEnded, ChildProcess, Parent, module_command
from engine.execute.progress import ProgressCallback
from engine.runs.atomic_write import atomic_write

if TYPE_CHECKING:
    from PIL.Image import Image

_KEY = "data.source"
_TIMEOUT = 15.0  # seconds for the first answer of a server
# Last lines of a download's standard error that are kept for a message.
KEPT_ERRORS = 20
# What torchvision raises where a set cannot be fetched or read.
_FAILED = (OSError, RuntimeError, EOFError, ValueError, ImportError)


class _Set(Sized, Protocol):
    def __getitem__(self, index: int) -> tuple[Any, Any]: ...


@dataclass(frozen=True)
class _Recipe:
    """A torchvision data set: its class and the arguments for each split. A split that the set lacks is taken from the training
    images. trimaps: whether its targets are a label and a trimap."""

    cls: str
    parts: tuple[tuple[int, Mapping[str, Any]], ...]
    trimaps: bool = False


def _split(train: str, test: str, validation: str = "") -> tuple[tuple[int, Mapping[str, Any]], ...]:
    rows = [(TRAIN, {"split": train}), (VALIDATION, {"split": validation}), (TEST, {"split": test})]
    return tuple((tag, arguments) for tag, arguments in rows if arguments["split"])


_FLAG = ((TRAIN, {"train": True}), (TEST, {"train": False}))
_RECIPES: Mapping[str, _Recipe] = {
    "cifar10": _Recipe("CIFAR10", _FLAG),
    "cifar100": _Recipe("CIFAR100", _FLAG),
    "stl10": _Recipe("STL10", _split("train", "test")),
    "stl10_unlabeled": _Recipe("STL10", _split("train+unlabeled", "test")),
    # Imagenette's leaderboard tests on its "val".
    "imagenette": _Recipe("Imagenette", tuple((tag, {**more, "size": "160px"}) for tag, more in _split("train", "val"))),
    "svhn": _Recipe("SVHN", _split("train", "test")),
    "flowers102": _Recipe("Flowers102", _split("train", "test", "val")),
    "oxford_pets": _Recipe(
        "OxfordIIITPet",
        tuple((tag, {**more, "target_types": ("category", "segmentation")}) for tag, more in _split("trainval", "test")),
        trimaps=True,
    ),
    "food101": _Recipe("Food101", _split("train", "test")),
    "eurosat": _Recipe("EuroSAT", ((TRAIN, {}),)),
    "mnist": _Recipe("MNIST", _FLAG),
    "fashion_mnist": _Recipe("FashionMNIST", _FLAG),
}


def open_source(row: Source, config: DataConfig, progress: ProgressCallback) -> ImageListing:
    """The images of a torchvision set: downloaded and converted where that has not been done before."""
    return find(row, config.size, config.root, progress)


def find(source: Source, size: int, root: str, progress: ProgressCallback) -> ImageListing:
    """A downloaded set at `size` pixels (0: its own), fetched below `root` where it is not there yet.

    ConfigError for data.source where it cannot be downloaded, with the URL, where the files can be put by hand, and which sets
    work offline."""
    side = size or source.size
    trimaps = _RECIPES[source.id].trimaps
    # Earlier versions stored no trimaps. Where the archives are gone, what they stored is all there is.
    for maps in (True, False) if trimaps and not _here(source, data_root(root)) else (trimaps,):
        order = _order(source, source.images, side, maps)
        if read(order, store_root(root), in_memory=False) is None:
            continue
        own, classes = _recall(store_root(root), source)
        if len(own) == source.images:
            notes = (f"It was converted without its trimaps. With the archives in {data_root(root)} it has them.",)
            return ImageListing(
                source.id,
                order,
                lambda: iter(()),
                own,
                classes,
                map_names=TRIMAP_NAMES if maps else (),
                notes=notes if trimaps and not maps else (),
                whole=source.images,
            )
    parts = _fetch(source, data_root(root), progress)
    own = np.concatenate([np.full(len(images), tag, np.int8) for tag, images in parts])
    classes = _classes(parts[0][1], source)
    # The number of images in the key keeps an incomplete copy from being read as the whole set the next time.
    order = _order(source, len(own), side, trimaps)

    def chunks() -> Iterator[Chunk]:
        row = 0
        for _, images in parts:
            for start in range(0, len(images), CHUNK):
                yield _chunk(images, range(start, min(start + CHUNK, len(images))), row + start, side, trimaps)
            row += len(images)

    _remember(store_root(root), source, own, classes)
    names = TRIMAP_NAMES if trimaps else ()
    return ImageListing(source.id, order, chunks, own, classes, map_names=names, whole=source.images)


def _order(source: Source, count: int, side: int, trimaps: bool) -> Order:
    return Order(source.id, source.id, str(count), count, side, slow=True, masked=trimaps, mapped=trimaps)


def _here(source: Source, folder: Path) -> bool:
    """Whether the files of a set are here: its archives, or what was unpacked from them."""
    return any(names and all((folder / name).exists() for name in names) for names in (source.marks, source.files))


def _chunk(images: _Set, indices: range, row: int, side: int, trimaps: bool) -> Chunk:
    def take(index: int) -> tuple[Bytes, int, Bytes | None, str] | str:
        try:
            picture, target = images[index]
            label, trimap = target if trimaps else (target, None)
            codes, problem = _class_map(trimap, picture, side) if trimap is not None else (None, "")
            return square(picture, side), int(label), codes, f"image {index}: its trimap, {problem}" if problem else ""
        except Exception as error:  # a damaged file makes the decoders raise nearly anything
            return f"image {index}: {reason(error)}"

    results = next(in_threads(take, indices, len(indices)))
    good = [(k, *result) for k, result in enumerate(results) if not isinstance(result, str)]
    known = [codes for _, _, _, codes, _ in good if codes is not None]
    maps = np.stack(known) if known else np.empty((0, side, side), np.uint8)
    skipped = [result if isinstance(result, str) else result[3] for result in results]
    return Chunk(
        images=np.stack([image for _, image, _, _, _ in good]) if good else np.empty((0, 3, side, side), np.uint8),
        rows=np.array([row + k for k, _, _, _, _ in good], dtype=np.int64),
        labels=np.array([label for _, _, label, _, _ in good], dtype=np.int64),
        # As in folders, what is not known to be background counts as foreground.
        masks=maps > 0 if trimaps else None,
        class_maps=maps if trimaps else None,
        skipped=tuple(line for line in skipped if line),
    )


def _class_map(trimap: Image, picture: Image, side: int) -> tuple[Bytes, str]:
    """The stored class map of a picture, UNKNOWN all over where its trimap cannot be used, and why it cannot."""
    from PIL import ExifTags

    try:
        if trimap.size != picture.size:
            sides = " x ".join(map(str, trimap.size)), " x ".join(map(str, picture.size))
            return np.full((side, side), UNKNOWN, np.uint8), f"it has {sides[0]} pixels, its image {sides[1]}"
        values = np.array(trimap, np.uint8)
        codes = trimap_codes(values if values.ndim == 2 else values[..., 0])
        return fitted(codes, side, picture.getexif().get(ExifTags.Base.Orientation, 1)), ""
    except Exception as error:  # a damaged file makes the decoders raise nearly anything
        return np.full((side, side), UNKNOWN, np.uint8), reason(error)


def _fetch(source: Source, folder: Path, progress: ProgressCallback) -> list[tuple[int, _Set]]:
    """Every split of a set, tagged, downloading what is missing."""
    files, unpacked = [folder / name for name in source.files], [folder / name for name in source.marks]
    ready = all(path.exists() for path in (unpacked or files))
    if ready:
        with contextlib.suppress(*_FAILED):  # damaged: fetched again
            return _parts(source, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise complain(
            "data.root", "a folder that can be written to", str(folder), f"{error.strerror}. Name another one."
        ) from None
    try:
        # With the archives in place torchvision only unpacks them.
        if not all(path.exists() for path in files):
            progress(0.0, f"Looking for {source.title} on the network")
            _reach(source.url)
        _download(source, folder, progress)
        return _parts(source, folder)
    except _FAILED as error:
        raise _offline(source, folder, error) from None


def _parts(source: Source, folder: Path, download: bool = False) -> list[tuple[int, _Set]]:
    recipe = _RECIPES[source.id]
    return [(tag, _construct(recipe.cls, folder, {"download": download, **arguments})) for tag, arguments in recipe.parts]


def _construct(name: str, folder: Path, arguments: Mapping[str, Any]) -> _Set:
    import torchvision.datasets

    made: _Set = getattr(torchvision.datasets, name)(str(folder), **arguments)
    return made


def _reach(url: str) -> None:
    """Raises OSError within seconds where a server cannot be reached; torchvision itself has no timeout."""
    request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "parallax"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT):
            pass
    except urllib.error.HTTPError:
        return  # the server answered; whether it has the files, the download shows


def _download(source: Source, folder: Path, progress: ProgressCallback) -> None:
    """Download and unpack a set in a child process: torchvision has no other way to be cancelled, not even while it waits for a
    server that does not answer. An error of `progress` ends it and is passed on. OSError where it failed, with torchvision's
    message.

    The files of a download that was ended are removed: torchvision treats an incompletely unpacked folder as complete."""
    files, unpacked = [folder / name for name in source.files], [folder / name for name in source.marks]
    new = [path for path in (*files, *unpacked) if not path.exists()]

    def report() -> None:
        megabytes = sum(path.stat().st_size for path in files if path.exists()) / 1e6
        share = min(megabytes / max(source.megabytes, 1), 1.0)
        of = f"{megabytes:.0f} of {source.megabytes} MB"
        progress(0.5 * share, f"Downloading {source.title}: {of}" if share < 1 else f"Unpacking {source.title}")

    failed: str | None = None
    try:
        with ChildProcess(module_command("engine.data.downloads"), kept_errors=KEPT_ERRORS) as child:
            child.send((source.id, str(folder)))
            failed = child.receive(report)
    except BaseException as error:
        for path in new:
            _remove(path)
        if isinstance(error, ChildEnded):
            raise OSError("\n".join([str(error), *error.errors[-1:]])) from None
        raise
    if failed is not None:
        raise OSError(failed)


def main() -> None:
    """The child process: receives a set's id and a folder, downloads it there, sends None or the error message."""
    parent = Parent()
    id, folder = parent.receive()
    source = find_source(id)
    assert source is not None
    failed: str | None = None
    try:
        _parts(source, Path(folder), download=True)
    except _FAILED as error:
        failed = str(getattr(error, "reason", None) or error) or type(error).__name__
    parent.send(failed)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


def _offline(source: Source, folder: Path, error: BaseException) -> ConfigError:
    why = getattr(error, "reason", None) or " ".join(str(error).split())[:200] or type(error).__name__
    why = str(why).rstrip(".")
    files = ", ".join(str(folder / name) for name in source.files)
    offline = ", ".join(row.id for row in sources() if row.kind == "embedded")
    return complain(
        _KEY,
        "a set that lies on this machine or can be downloaded",
        source.id,
        f"Tried {source.url}: {why}. Connect to the network, or put the files there by hand as {files}. "
        f"{offline} need no network, nor does a folder of images or an .npz file.",
    )


def _classes(images: _Set, source: Source) -> tuple[str, ...]:
    given = getattr(images, "classes", None)
    if given is None:
        return tuple(str(k) for k in range(source.classes))
    # Imagenette gives every class several names.
    return tuple(str(name[0] if isinstance(name, tuple) else name) for name in given)


def _remember(root: Path, source: Source, own: np.ndarray, classes: tuple[str, ...]) -> None:
    """Store splits and classes beside the decoded images; without them the set is converted again."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        with atomic_write(root / f"{source.id}.npz") as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, own=own, classes=np.array(classes))
    except OSError:
        return


def _recall(root: Path, source: Source) -> tuple[np.ndarray, tuple[str, ...]]:
    try:
        with np.load(root / f"{source.id}.npz", allow_pickle=False) as file:
            return file["own"], tuple(str(name) for name in file["classes"])
    except (OSError, ValueError, KeyError, EOFError):
        return np.empty(0, np.int8), ()


if __name__ == "__main__":
    main()
