"""Decode an image file of any format into a square of uint8. No other module decodes image files."""

from __future__ import annotations

import hashlib
import io
import math
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from os import cpu_count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, TypeAlias, TypeVar

import numpy as np

from engine.data.dataset import Bytes

if TYPE_CHECKING:
    from PIL.Image import Image

T = TypeVar("T")
R = TypeVar("R")

# An image as its file encodes it: the path of the file, or what is in it where it lies inside a larger one.
Encoded: TypeAlias = str | Path | bytes

READABLE = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".dib", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm"}
)
# Read where Pillow, as it is installed, knows them; HEIC where the library pillow-heif is there.
HEIF = frozenset({".heic", ".heif", ".hif", ".heics", ".heifs"})
MAYBE = HEIF | frozenset(
    {".tga", ".j2k", ".jp2", ".jpx", ".jpc", ".jpf", ".j2c", ".apng", ".mpo", ".pcx", ".qoi", ".avif", ".avifs"}
)
FOREIGN = frozenset({".jxl", ".svg", ".psd", ".raw", ".dng", ".cr2", ".nef", ".arw", ".exr", ".hdr", ".dcm"})
UNREAD = MAYBE  # named where they are not read
MOST_PIXELS = 250_000_000  # above this a file is taken for a decompression bomb
CHUNK = 256
MOST_SHOWN = 40_000_000  # pixels of a picture that is shown whole
_ORIENTATION = 0x112
_PILLOWS_LIMIT = 1024 * 1024 * 1024 // 4 // 3  # pixels
_SMALL = 4_000_000  # pixels that are decoded in one piece


def readable_endings() -> frozenset[str]:
    """The endings of the files that are read on this machine."""
    from PIL import Image

    Image.init()
    _add_heif()
    known = Image.registered_extensions()
    return READABLE | {ending for ending in MAYBE if known.get(ending) in Image.OPEN}


@cache
def _add_heif() -> None:
    """Let Pillow read HEIC, the format of phones. Without the library such files are listed as not read."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return
    register_heif_opener()


@dataclass(frozen=True)
class Scale:
    """Which values of an image deeper than 8 bits are black and white: one for all images of a set."""

    black: float
    white: float

    def words(self) -> str:
        """For a person."""
        return f"{self.black:,g} as black to {self.white:,g} as white"


def decode(image: Encoded, size: int, scale: Scale | None = None) -> Bytes:
    """The picture in a file, or in what is in one, as (3, size, size) uint8: rotated by its EXIF orientation, short side resized
    (antialiased), centre cropped. `scale`: of values deeper than 8 bits; None takes 0 to 65535 for 16 bits, else one that suits the
    picture's own values (see `scale_of`).

    For a damaged file the decoder can raise any exception; ValueError for one with more than MOST_PIXELS pixels, and for one that
    this machine has too little memory to decode."""
    return decode_known(image, size, scale)[0]


def decode_known(image: Encoded, size: int, scale: Scale | None = None, as_before: bool = False) -> tuple[Bytes, int]:
    """What `decode` gives, and a digest of the content (64 bits): the same at every size, in every lossless format, and without or
    with comments in a JPEG. `as_before`: values deeper than 8 bits are scaled picture by picture, as earlier versions did."""
    with _opened(image) as picture:
        jpeg = picture.format == "JPEG"
        content = hashlib.blake2b(digest_size=8)
        if jpeg:
            content.update(_jpeg_content(image if isinstance(image, bytes) else Path(image).read_bytes()))
            # A JPEG is decoded at a fraction of its size at once; twice the wanted size keeps the resampling clean.
            picture.draft(None, (2 * size, 2 * size))
        with _ROOM.taken(picture.width * picture.height * _BYTES.get(picture.mode, 4)):
            picture.load()
            turned = picture.getexif().get(_ORIENTATION, 1)  # a TIFF is turned by Pillow while it is loaded
            content.update(f"{turned}".encode())
            if is_deep(picture):
                values = np.asarray(picture)
                content.update(f"{picture.mode} {picture.size}".encode() + np.ascontiguousarray(values).tobytes())
                rgb = _deep_to_rgb(picture, values, scale, as_before)
            else:
                rgb = _in_bands(picture, size, None if jpeg else content)
            return _cropped(_turned(rgb, turned), size), int.from_bytes(content.digest(), "little")


def original(path: str | Path, scale: Scale | None = None, most: int = MOST_SHOWN) -> tuple[Bytes, tuple[int, int]]:
    """The whole picture in a file as (H, W, 3) uint8, rotated by its EXIF orientation and not cropped, and the width and height
    that it has in the file, rotated too. One of more than `most` pixels is made smaller by a whole factor. `scale`, errors: as for
    `decode`."""
    with _opened(path) as picture:
        width, height = picture.size
        factor = max(1, math.ceil(math.sqrt(width * height / most)))
        if picture.format == "JPEG" and factor > 1:
            picture.draft(None, (width // factor, height // factor))
        with _ROOM.taken(picture.width * picture.height * _BYTES.get(picture.mode, 4)):
            picture.load()
            turned = picture.getexif().get(_ORIENTATION, 1)
            deep = is_deep(picture)
            rgb = _deep_to_rgb(picture, np.asarray(picture), scale, False) if deep else _to_rgb(picture)
            factor = max(1, math.ceil(math.sqrt(rgb.width * rgb.height / most)))
            rgb = _turned(rgb.reduce(factor) if factor > 1 else rgb, turned)
    across = isinstance(turned, int) and 5 <= turned <= 8
    return np.ascontiguousarray(np.asarray(rgb, dtype=np.uint8)), (height, width) if across else (width, height)


def square(picture: Image, size: int) -> Bytes:
    """A Pillow image as (3, size, size) uint8 in sRGB, transparency over white, 16-bit and float values brought to 8 bits."""
    from PIL import ImageOps

    picture = ImageOps.exif_transpose(picture)
    if is_deep(picture):
        return _cropped(_deep_to_rgb(picture, np.asarray(picture), None, False), size)
    return _cropped(_to_rgb(picture), size)


def fitted_picture(pixels: Bytes, size: int) -> Bytes:
    """Colours (H, W, 3) as (3, size, size): short side resized (antialiased), centre cropped."""
    from PIL import Image

    return _cropped(Image.fromarray(pixels), size)


def is_deep(picture: Image) -> bool:
    """Whether a picture holds one value a pixel of more than 8 bits."""
    return picture.mode.startswith("I") or picture.mode == "F"


def scale_of(low: float, high: float) -> Scale:
    """The scale for values from `low` to `high`: 0 to 1, or from 0 (where hardly anything is below) or minus a power of two to the
    next power of two, as a camera or a scanner of so many bits gives them; so that pictures of one kind have one scale."""
    if not high > low:
        low, high = min(low, 0.0), max(high, low, 0.0)
    if high <= 1 and low >= -1 and float(high) != round(high):
        white = 1.0 if high > 0.25 else 2.0 ** math.ceil(math.log2(max(high, 2.0**-60)))
    else:
        white = float(2 ** max(8, math.ceil(math.log2(max(high, 1) + 1))) - 1) if not 0 <= high <= 1 else 1.0
    black = 0.0 if low >= -0.02 * white else -(2.0 ** math.ceil(math.log2(-low)))
    return Scale(black, white)


def range_of(image: Encoded) -> tuple[float, float] | None:
    """The smallest and the largest value in a picture deeper than 8 bits; None for any other. Raises as `decode` does."""
    with _opened(image) as picture:
        if not is_deep(picture):
            return None
        with _ROOM.taken(picture.width * picture.height * 4):
            values = np.asarray(picture)
            values = values[np.isfinite(values)]
            return (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)


def loses_bits(image: Encoded) -> bool:
    """Whether the file has colours of 16 bits, of which Pillow reads the upper 8. Raises as `decode` does."""
    with _opened(image) as picture:
        return picture.mode in ("RGB", "RGBA", "LA") and any("16" in str(tile[3]) for tile in getattr(picture, "tile", ()))


def _opened(image: Encoded) -> Image:
    """A picture whose pixels are not read yet. ValueError for one of too many."""
    from PIL import Image

    _add_heif()
    # Pillow's own limit is lower, and only warns; a limit set by other code is kept.
    if Image.MAX_IMAGE_PIXELS == _PILLOWS_LIMIT:
        Image.MAX_IMAGE_PIXELS = MOST_PIXELS
        warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
    picture = Image.open(io.BytesIO(image) if isinstance(image, bytes) else image)
    if picture.width * picture.height > MOST_PIXELS:
        picture.close()
        raise ValueError(f"{picture.width} x {picture.height} pixels are more than the {MOST_PIXELS:,} that are read")
    return picture


class _Room:
    """Limits the memory of all pictures that are decoded at the same time; a picture that needs all of it is decoded alone."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._used = 0
        self._free = threading.Condition()

    @contextmanager
    def taken(self, size: int) -> Iterator[None]:
        """Waits until there is room. ValueError where the machine has too little for this picture alone."""
        if size > self._most:
            import psutil

            free = int(psutil.virtual_memory().available)
            if size > 0.75 * free:
                raise ValueError(f"it takes {size / 1e9:.1f} GB to decode, and {free / 1e9:.1f} GB of memory are free")
        size = min(size, self._most)
        with self._free:
            self._free.wait_for(lambda: self._used + size <= self._most)
            self._used += size
        try:
            yield
        finally:
            with self._free:
                self._used -= size
                self._free.notify_all()


_ROOM = _Room(1 << 30)
_BYTES = {"1": 1, "L": 1, "P": 1, "LA": 4, "PA": 4, "I;16": 2}  # a pixel in memory; others take 4


def _in_bands(picture: Image, size: int, content: hashlib.blake2b | None) -> Image:
    """The picture in RGB, band after band, so that a large one is in memory but once; one of many pixels is made smaller by a whole
    factor on the way, to four times `size` at the least. `content` takes its pixels."""
    from PIL import Image

    width, height = picture.size
    if content is not None:
        content.update(f"RGB {picture.size}".encode())
    if width * height <= _SMALL:
        rgb = _to_rgb(picture)
        if content is not None:
            content.update(rgb.tobytes())
        return rgb
    factor = max(1, min(width, height) // (4 * size))
    rows = max(1, _SMALL // width // factor) * factor
    small = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for top in range(0, height, rows):
        band = picture.crop((0, top, width, min(top + rows, height)))
        band.info = picture.info
        rgb = _to_rgb(band)
        if content is not None:
            content.update(rgb.tobytes())
        small.paste(rgb.reduce(factor) if factor > 1 else rgb, (0, top // factor))
    return small


def _turned(picture: Image, orientation: object) -> Image:
    """A picture, rotated and mirrored as its EXIF orientation says."""
    from PIL import Image

    way = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }.get(orientation if isinstance(orientation, int) else 1)
    return picture if way is None else picture.transpose(way)


def _cropped(rgb: Image, size: int) -> Bytes:
    return np.ascontiguousarray(_squared(rgb, size).transpose(2, 0, 1))


def _squared(picture: Image, size: int) -> Bytes:
    from PIL import Image, ImageOps

    if picture.size != (size, size):
        picture = ImageOps.fit(picture, (size, size), method=Image.Resampling.BICUBIC)
    return np.asarray(picture, dtype=np.uint8)


def _jpeg_content(data: bytes) -> bytes:
    """The bytes of a JPEG file that determine its pixels: all but the segments of EXIF, colour profiles and comments, which a copy
    may lose."""
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


def short_side(image: Encoded) -> int:
    """Short side in pixels, from the file's header alone. Raises whatever the decoder raises."""
    return min(sides(image))


def sides(image: Encoded) -> tuple[int, int]:
    """Width and height in pixels, from the file's header alone, not rotated. Raises whatever the decoder raises."""
    with _opened(image) as picture:
        return picture.size


def upright(path: str | Path) -> tuple[int, int, int]:
    """Width and height in pixels as the picture is seen, and its EXIF orientation (1 to 8), from the file's header alone. Raises
    whatever the decoder raises."""
    with _opened(path) as picture:
        turned = picture.getexif().get(_ORIENTATION, 1)
        turned = turned if isinstance(turned, int) and 1 <= turned <= 8 else 1
        width, height = picture.size
        # Pillow gives a TIFF's sides as they are seen.
        return (height, width, turned) if turned >= 5 and picture.format != "TIFF" else (width, height, turned)


def values_in(path: str | Path) -> Bytes:
    """The values of a picture that holds codes, not colours, as they are in the file: (H, W) of a grey picture or of one with a
    palette, whose indices they are, (H, W, 3) of one in colours. Values of more than 8 bits end at 255. Raises as `decode` does."""
    with _opened(path) as picture, _ROOM.taken(picture.width * picture.height * 4):
        picture.load()
        if is_deep(picture):
            return np.array(np.nan_to_num(np.asarray(picture)).clip(0, 255), np.uint8)
        if picture.mode in ("1", "LA", "PA", "La"):
            picture = picture.convert("P" if picture.mode == "PA" else "L") if picture.mode != "1" else picture
            return np.array(picture, np.uint8)
        if picture.mode not in ("L", "P", "RGB"):
            picture = picture.convert("RGB")
        return np.array(picture, np.uint8)


def fitted(codes: Bytes, size: int, orientation: int = 1) -> Bytes:
    """Codes of pixels (H, W), through the crop and the scaling with which a photograph is stored, as (size, size): each stored
    pixel has the code with the largest share of it, the lower one of two equal shares. orientation: EXIF's, by which they are
    turned before."""
    from PIL import Image

    known = np.unique(codes)
    if len(known) == 1:
        return np.full((size, size), known[0], np.uint8)
    best = np.full((size, size), known[0], np.uint8)
    most = np.full((size, size), -1, np.int16)
    for code in known:
        region = _turned(Image.fromarray((codes == code).astype(np.uint8) * 255), orientation)
        share = _squared(region, size).astype(np.int16)
        best[share > most] = code
        most = np.maximum(most, share)
    return best


def in_threads(work: Callable[[T], R], items: Sequence[T], size: int = CHUNK) -> Iterator[list[R]]:
    """work(item) for all items in order, a list of at most `size` results at a time, on a pool of threads (decoders release the
    GIL)."""
    with ThreadPoolExecutor(max_workers=min(8, (cpu_count() or 1) + 1), thread_name_prefix="decode") as pool:
        for start in range(0, len(items), size):
            yield list(pool.map(work, items[start : start + size]))


def reason(error: BaseException, image: Encoded = "") -> str:
    """A short message for an error in decoding `image`."""
    text = " ".join(str(error).split())
    if "cannot identify image file" in text and image and (kind := tiff_kind(image)):
        return f"a kind of TIFF that is not read: {kind}"
    if isinstance(error, MemoryError):
        return "too little memory to decode it"
    if "cannot identify image file" in text:
        return "not an image, or damaged at its beginning"
    if isinstance(error, PermissionError):
        return "no permission to read it"
    return text[:120] or type(error).__name__


def tiff_kind(image: Encoded) -> str:
    """A description of a TIFF that Pillow cannot read; "" for a file that is no TIFF or whose header is damaged."""
    try:
        with _bytes_of(image) as file:
            head = file.read(8)
            order: Literal["little", "big"] = "little" if head[:2] == b"II" else "big"
            if head[:4] not in (b"II*\0", b"MM\0*"):
                return ""
            file.seek(int.from_bytes(head[4:8], order))
            table = file.read(2)
            tags = {}
            for _ in range(min(int.from_bytes(table, order), 200)):
                entry = file.read(12)
                if len(entry) < 12:
                    return ""
                tag, kind, count = (int.from_bytes(entry[at : at + n], order) for at, n in ((0, 2), (2, 2), (4, 4)))
                tags[tag] = entry, kind, count
            each = {3: 2, 4: 4}

            def first(tag: int, default: int) -> int:
                if tag not in tags or tags[tag][1] not in each:
                    return default
                entry, kind, count = tags[tag]
                data = entry[8:12]
                if count * each[kind] > 4:
                    file.seek(int.from_bytes(data, order))
                    data = file.read(each[kind])
                return int.from_bytes(data[: each[kind]], order)

            if not {256, 257} <= set(tags):
                return ""
            form = {1: "", 2: " signed", 3: " floating-point"}.get(first(339, 1), "")
            return f"{first(277, 1)} values a pixel of {first(258, 1)}{form} bits"
    except OSError:
        return ""


def _bytes_of(image: Encoded) -> IO[bytes]:
    return io.BytesIO(image) if isinstance(image, bytes) else Path(image).open("rb")


def _to_rgb(picture: Image) -> Image:
    """A picture of 8 bits a value or fewer."""
    from PIL import Image

    mode = picture.mode
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        if mode in ("La", "RGBa"):
            picture = picture.convert("LA" if mode == "La" else "RGBA")
        over = picture.convert("RGBA")
        white = Image.new("RGBA", over.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, over).convert("RGB")
    return picture.convert("RGB")


def _deep_to_rgb(picture: Image, values: np.ndarray, scale: Scale | None, as_before: bool) -> Image:
    """A picture of values deeper than 8 bits, on a scale; those that it calls transparent are white."""
    from PIL import Image

    if as_before:
        return Image.fromarray(_to_bytes(values, picture.mode)).convert("RGB")
    finite = values[np.isfinite(values)]
    if scale is None and picture.mode.startswith("I;16"):
        scale = Scale(0.0, 65535.0)  # the range of the format
    if scale is None:
        scale = scale_of(float(finite.min(initial=0)), float(finite.max(initial=0))) if finite.size else Scale(0.0, 1.0)
    known = np.nan_to_num(values.astype(np.float32), nan=scale.black, posinf=scale.white, neginf=scale.black)
    grey = np.round((known - np.float32(scale.black)) * np.float32(255 / (scale.white - scale.black))).clip(0, 255).astype(np.uint8)
    clear = picture.info.get("transparency")
    if isinstance(clear, int):
        grey[values == clear] = 255
    return Image.fromarray(grey).convert("RGB")


def _to_bytes(values: np.ndarray, mode: str) -> Bytes:
    """Gray values deeper than 8 bits as 8 bits, as earlier versions did it, picture by picture: 65535 is white in 16-bit
    files; 32-bit files have the scale that their values suggest: 0..1, 0..255, 0..65535, or from the darkest to the brightest."""
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
