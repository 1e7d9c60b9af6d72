"""One image as large as it is known: the file that it came from, or else what the data set holds."""

from __future__ import annotations

from pathlib import Path

from engine.data.dataset import Dataset
from engine.data.image_files import file_of
from engine.data.pictures import Scale, original, reason
from engine.data.video_files import whole_frame
from engine.study.results import LargeImage
from engine.study.samples import images_of


def large_image(dataset: Dataset, index: int) -> LargeImage:
    """The image at an index of a data set; of a clip its middle frame. ConfigError where there is none."""
    stored = images_of(dataset, (index,))[0]
    size = stored.shape[1], stored.shape[0]
    name = dataset.names[index] if dataset.names else ""
    path = file_of(dataset.source, name)
    if path is None:
        return LargeImage(stored, size, "none", name)
    try:
        if dataset.clips is not None:
            frames = dataset.clips.shape[1]
            pixels = whole_frame(path, frames, dataset.seconds, frames // 2)
            return LargeImage(pixels, pixels.shape[1::-1], "file", name, str(path), path.stat().st_size)
        return large_file(path, dataset.scale, name)
    except FileNotFoundError:
        return LargeImage(stored, size, "missing", name, str(path))
    except Exception as error:  # a damaged file makes the decoders raise nearly anything
        return LargeImage(stored, size, "unreadable", name, str(path), message=reason(error, path))


def large_file(path: Path, scale: Scale | None = None, name: str = "") -> LargeImage:
    """The image in a file. Raises as `engine.data.pictures.decode` does; FileNotFoundError where there is no such file."""
    pixels, size = original(path, scale)
    return LargeImage(pixels, size, "file", name or path.name, str(path), path.stat().st_size)
