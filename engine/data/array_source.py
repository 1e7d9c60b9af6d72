"""A source whose images are arrays in memory: the shortest way to add a named set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from engine.config.errors import complain
from engine.data.image_store import Chunk, Order, digest_of
from engine.data.pictures import CHUNK, square
from engine.data.source import ImageListing


def listing_of_arrays(
    name: str,
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.integer] | None = None,
    classes: Sequence[str] = (),
    size: int = 0,
    splits: npt.NDArray[np.integer] | None = None,
) -> ImageListing:
    """A listing of images in memory, for the opener of a row in the table of data sources.

    Args:
        name: the set's id.
        images: (N, H, W, 3) or (N, H, W) uint8, N above 0.
        labels: (N,) whole numbers into `classes`, -1 where unknown; None where there are none.
        classes: the names of the classes, in the order of their labels.
        size: side in pixels of the stored squares, `data.size` of the config; 0 takes the short side of the images. Other images
            are resized on the short side and cropped at the centre.
        splits: (N,) of 0 (training, from which validation and test are cut where the set has none), 1 (validation) and 2 (test);
            None: all 0.

    Returns:
        The listing, as an opener has to give it.

    Raises:
        ConfigError: an array of another shape or type.

    Example:
        >>> import numpy as np
        >>> grey = np.zeros((20, 8, 8), np.uint8)
        >>> listing = listing_of_arrays("blank", grey, np.arange(20) % 2, ["even", "odd"], size=16)
        >>> next(listing.chunks()).images.shape
        (20, 3, 16, 16)
    """
    shaped = images.ndim == 3 or (images.ndim == 4 and images.shape[3] == 3)
    if images.dtype != np.uint8 or not shaped or not images.size:
        allowed = "an array of (N, H, W) or (N, H, W, 3) of type uint8, N above 0"
        raise complain(f"images of {name}", allowed, f"{images.shape} of {images.dtype}")
    count = len(images)
    codes = np.full(count, -1, np.int64) if labels is None else np.asarray(labels, np.int64)
    if codes.shape != (count,) or (codes >= len(classes)).any():
        allowed = f"an array of ({count},) with values below the number of classes, {len(classes)}"
        raise complain(f"labels of {name}", allowed, f"{codes.shape}, at most {codes.max(initial=-1)}")
    own = np.zeros(count, np.int8) if splits is None else np.asarray(splits, np.int8)
    if own.shape != (count,) or not np.isin(own, (0, 1, 2)).all():
        raise complain(f"splits of {name}", f"an array of ({count},) of 0, 1 and 2", own.shape)
    side = size or min(images.shape[1:3])
    content = np.array([digest_of(str(image.shape).encode(), np.ascontiguousarray(image).data) for image in images], np.uint64)

    def chunks() -> Iterator[Chunk]:
        from PIL import Image

        for start in range(0, count, CHUNK):
            part = slice(start, min(start + CHUNK, count))
            pixels = np.stack([square(Image.fromarray(image), side) for image in images[part]])
            yield Chunk(pixels, np.arange(part.start, part.stop), codes[part], content=content[part])

    order = Order(name, name, str(digest_of(content.tobytes())), count, side, slow=False)
    return ImageListing(name, order, chunks, own, tuple(classes))
