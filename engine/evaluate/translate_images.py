"""Translations of a folder of images by the generator of a run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from engine.config.errors import ConfigError, Problem, complain
from engine.config.run import DataConfig
from engine.config.small_files import expanded, is_folder
from engine.config.text import parse
from engine.data.dataset import Bytes
from engine.data.open import list_images
from engine.evaluate.encoder import method_at
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.methods.build_method import input_size
from engine.methods.image_translation import TranslationMethod
from engine.runs.run_folder import CONFIG

_BATCH = 32
_KEY = "--images"
MOST = 1024  # px, the largest size in which images are stored


@dataclass(frozen=True)
class Translated:
    """folder: of the translations; count: how many; size: their side in px; skipped: files that could not be read, as "name:
    reason"."""

    folder: Path
    count: int
    size: int
    skipped: tuple[str, ...]


def load_translator(run: Path, epoch: int | None = None) -> tuple[TranslationMethod, int]:
    """The method of a run that translates, in eval mode on the CPU, and the side of its views in px. ConfigError where the method
    does not translate."""
    method, config = method_at(run, epoch)
    if not isinstance(method, TranslationMethod):
        raise complain("run", "of a method that translates images (cut)", config.method.id, f"Its {CONFIG} names that method.")
    return method, input_size(config)


@torch.no_grad()
def translate(method: TranslationMethod, images: Bytes) -> Bytes:
    """Translations of images (n, 3, S, S) uint8, of the same type and shape."""
    pixels = method.translate(torch.from_numpy(images.copy()).float() / 255)
    return np.asarray((pixels * 255).round().clamp(0, 255).to(torch.uint8).numpy())


def translate_images(
    run: Path,
    images: str,
    out: Path,
    epoch: int | None = None,
    size: int = 0,
    overwrite: bool = False,
    progress: ProgressCallback = no_progress,
) -> Translated:
    """Write the translation of each image of a folder, an .npz file or a named set as `<out>/<its path>.png`: of its middle square
    at `size` px, by default the side of the run's views, which is what the generator has learned.

    epoch: whose checkpoint, by default the last. Nothing is written before all is translated: an error (a full disk) leaves `out`
    as it was. ConfigError where the method does not translate, the images cannot be read, `out` lies in the folder of images or
    holds files and `overwrite` is not given; OSError where it cannot be written."""
    method, side = load_translator(run, epoch)
    multiple = method.encoder.multiple
    size = size or side
    if not multiple <= size <= MOST or size % multiple:
        raise complain(
            "--size", f"a multiple of {multiple} from {multiple} to {MOST}", size, "Leave it out for the size of the run."
        )
    source, folder = expanded(images).absolute(), out.expanduser().absolute()
    if is_folder(source) and folder.resolve().is_relative_to(source.resolve()):
        raise complain("--out", "outside of the folder of images", str(out), "It would hold the translations, too.")
    if folder.exists() and not folder.is_dir():
        raise complain("--out", "a folder", str(out), "Name another: this is a file.")
    if folder.is_dir() and any(folder.iterdir()) and not overwrite:
        raise complain("--out", "a folder that is new or empty", str(out), "Name another, or add --overwrite to replace its files.")
    try:
        listing = list_images(parse(DataConfig, {"source": images, "size": size}, "data"), part_of(progress, 0.0, 0.1))
    except ConfigError as error:
        raise ConfigError([Problem(_KEY, one.message.replace("data.source", _KEY)) for one in error.problems]) from None
    count, skipped = 0, list(listing.skipped)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for chunk in listing.chunks():
            skipped += chunk.skipped
            for rows in _parts(len(chunk.images)):
                made = translate(method, chunk.images[rows])
                for row, image in zip(chunk.rows[rows].tolist(), made, strict=True):
                    path = _free(unfinished, listing.names[row] if listing.names else f"{row:06d}")
                    path.parent.mkdir(parents=True, exist_ok=True)
                    Image.fromarray(image.transpose(1, 2, 0)).save(path)
                    count += 1
                progress(0.1 + 0.9 * min(1.0, count / max(1, listing.order.expected)), f"Translations: {count:,}")
        if not count:
            first = "; ".join(skipped[:3])
            raise complain(_KEY, "a source with at least one image that can be read", images, f"The first: {first}.")
        unfinished.chmod(0o755)  # mkdtemp's folder is its owner's alone
        _put(unfinished, folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return Translated(folder, count, size, tuple(skipped))


def _parts(count: int) -> Iterator[slice]:
    return (slice(start, start + _BATCH) for start in range(0, count, _BATCH))


def _free(folder: Path, name: str) -> Path:
    """The path of an image's translation: two images that differ in their ending alone have one each."""
    path = (folder / name).with_suffix(".png")
    return folder / f"{name}.png" if path.exists() else path


def _put(finished: Path, folder: Path) -> None:
    """Move a folder of finished files to its place. Files of other names that are there already stay."""
    if not folder.exists() or not any(folder.iterdir()):
        finished.replace(folder)
        return
    for path in sorted(finished.rglob("*.png")):
        target = folder / path.relative_to(finished)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    shutil.rmtree(finished)
