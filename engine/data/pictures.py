"""One picture, whatever its format, as a square of bytes: the only place where image files are decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from engine.data.dataset import Bytes
from engine.data.store import digest_of

if TYPE_CHECKING:
    from PIL.Image import Image

T = TypeVar("T")
R = TypeVar("R")

READABLE = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".dib", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm"}
)
FOREIGN = frozenset(
    {".heic", ".heif", ".avif", ".jxl", ".jp2", ".svg", ".psd", ".raw", ".dng", ".cr2", ".nef", ".arw", ".exr", ".hdr", ".dcm"}
)
MOST_PIXELS = 250_000_000  # above this a file is taken for a decompression bomb
CHUNK = 256
_ORIENTATION = 0x112


def decode(path: str | Path, size: int) -> Bytes:
    """The picture in a file as (3, size, size) uint8: turned as its EXIF data say, short side resized (antialiased), centre
    cropped.

    Raises whatever the decoder raises for a damaged file; ValueError for one with more than MOST_PIXELS pixels."""
    return decode_known(path, size)[0]


def decode_known(path: str | Path, size: int) -> tuple[Bytes, int]:
    """What `decode` gives, and a digest of the content (64 bits): the same at every size, in every lossless format, and without or
    with comments in a JPEG."""
    from PIL import Image

    with Image.open(path) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError(f"{picture.width} x {picture.height} pixels are more than the {MOST_PIXELS:,} that are read")
        if picture.format == "JPEG":
            turned = str(picture.getexif().get(_ORIENTATION, 1)).encode()
            content = digest_of(turned, _jpeg_content(Path(path).read_bytes()))
            # A JPEG is decoded at a fraction of its size at once; twice the wanted size keeps the resampling clean.
            picture.draft(None, (2 * size, 2 * size))
            return square(picture, size), content
        rgb, content = _upright(picture)
        return _cropped(rgb, size), content


def square(picture: Image, size: int) -> Bytes:
    """A Pillow image as (3, size, size) uint8 in sRGB, transparency over white, 16-bit and float values brought to 8 bits."""
    return _cropped(_upright(picture, False)[0], size)


def _upright(picture: Image, known: bool = True) -> tuple[Image, int]:
    """The picture in RGB, turned as its EXIF data say, and a digest of its pixels (0 unless `known`)."""
    from PIL import ImageOps

    picture = ImageOps.exif_transpose(picture)
    deep = picture.mode.startswith("I") or picture.mode == "F"
    rgb = _to_rgb(picture)
    # Deep values before they are brought to 8 bits: on which scale that is done is not the picture's own.
    pixels = picture if deep else rgb
    return rgb, digest_of(f"{pixels.mode} {pixels.size}".encode(), pixels.tobytes()) if known else 0


def _cropped(rgb: Image, size: int) -> Bytes:
    from PIL import Image, ImageOps

    if rgb.size != (size, size):
        rgb = ImageOps.fit(rgb, (size, size), method=Image.Resampling.BICUBIC)
    return np.ascontiguousarray(np.asarray(rgb, dtype=np.uint8).transpose(2, 0, 1))


def _jpeg_content(data: bytes) -> bytes:
    """What a JPEG file says of its pixels: all but the segments of EXIF, colour profiles and comments, which a copy may lose."""
    kept, at = [], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:  # the scan: pixels from here to the end
            break
        # APP14 tells how colours are coded.
        if marker == 0xEE or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(data[at : at + 2 + length])
        at += 2 + max(length, 2)
    return b"".join([*kept, data[at:]])


def short_side(path: str | Path) -> int:
    """Short side in pixels, from the file's header alone. Raises whatever the decoder raises."""
    from PIL import Image

    with Image.open(path) as picture:
        return min(picture.size)


def in_threads(work: Callable[[T], R], items: Sequence[T], size: int = CHUNK) -> Iterator[list[R]]:
    """work(item) for all items in order, a list of at most `size` results at a time, on a pool of threads (decoders release the
    GIL)."""
    with ThreadPoolExecutor(max_workers=min(8, (cpu_count() or 1) + 1), thread_name_prefix="decode") as pool:
        for start in range(0, len(items), size):
            yield list(pool.map(work, items[start : start + size]))


def reason(error: BaseException) -> str:
    """Why a file could not be decoded, in a few words."""
    text = " ".join(str(error).split())
    if "cannot identify image file" in text:
        return "not an image, or damaged at its beginning"
    if isinstance(error, PermissionError):
        return "no permission to read it"
    return text[:120] or type(error).__name__


def _to_rgb(picture: Image) -> Image:
    from PIL import Image

    mode = picture.mode
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        if mode in ("La", "RGBa"):
            picture = picture.convert("LA" if mode == "La" else "RGBA")
        over = picture.convert("RGBA")
        white = Image.new("RGBA", over.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, over).convert("RGB")
    if mode.startswith("I") or mode == "F":
        return Image.fromarray(_to_bytes(np.asarray(picture), mode)).convert("RGB")
    return picture.convert("RGB")


def _to_bytes(values: np.ndarray, mode: str) -> Bytes:
    """Gray values deeper than 8 bits as 8 bits. 16-bit files keep their scale (65535 is white); 32-bit files have none, so theirs
    is read off
    the values: 0..1, 0..255, 0..65535, or else from the darkest to the brightest."""
    values = np.nan_to_num(values.astype(np.float64))
    low, high = float(values.min(initial=0)), float(values.max(initial=0))
    if mode.startswith("I;16"):
        top = 65535.0
    elif low < 0 or high > 65535:
        values, top = values - low, max(high - low, 1e-12)
    elif mode == "F" and high <= 1:
        top = 1.0
    else:
        top = 255.0 if high <= 255 else 65535.0
    return np.round(values * (255 / top)).clip(0, 255).astype(np.uint8)


def middle(values: Iterable[int]) -> int:
    """The median of whole numbers."""
    return int(np.median(np.fromiter(values, dtype=np.int64)))
