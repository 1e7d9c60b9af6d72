"""scikit-learn's handwritten digits: 1,797 real pictures of 8 x 8, enlarged smoothly. They come with scikit-learn, so no network is
needed.

Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.config.run import DataConfig
from engine.data.dataset import Bytes
from engine.data.image_store import Chunk, Order, digest_of
from engine.data.source import ImageListing
from engine.data.source_table import Source
from engine.execute.progress import ProgressCallback

SIZE = 32
COUNT = 1797


def open_source(row: Source, config: DataConfig, progress: ProgressCallback) -> ImageListing:
    """The digits at `data.size` pixels (0: 32), white on black, classes "0" to "9"."""
    side = config.size or SIZE

    def chunks() -> Iterator[Chunk]:
        from sklearn.datasets import load_digits

        ink, labels = load_digits(return_X_y=True)
        content = np.array([digest_of(row.astype(np.uint8).tobytes()) for row in ink], np.uint64)
        images = _enlarge(ink.reshape(-1, 8, 8), side)
        yield Chunk(images, np.arange(len(labels)), labels.astype(np.int64), content=content)

    order = Order("digits", "digits", "2", COUNT, side, slow=False)
    return ImageListing("digits", order, chunks, own=np.zeros(COUNT, np.int8), classes=tuple("0123456789"))


def _enlarge(ink: np.ndarray, side: int) -> Bytes:
    """(n, 8, 8) of 0..16 as (n, 3, side, side) uint8."""
    from PIL import Image

    result = np.empty((len(ink), 3, side, side), np.uint8)
    for row, values in enumerate(ink):
        # Float pixels: the bicubic overshoot is clipped once at the end, without rounding before.
        smooth = Image.fromarray((values * (255 / 16)).astype(np.float32)).resize((side, side), Image.Resampling.BICUBIC)
        result[row] = np.asarray(smooth).round().clip(0, 255).astype(np.uint8)
    return result
