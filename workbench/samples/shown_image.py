"""An image that the window shows, as the commands for images need it. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.data.image_files import file_of
from workbench.bridge.map_questions import Map


@dataclass(frozen=True)
class ShownImage:
    """`index`: into the data set, -1 for a file that is not of it. `name`: of the image in its data set, "" where it has none;
    `path`: of its file, "" where it has none of its own. `neighbours`: of a placed image, the indices of the nearest samples of the
    map and their cosines; `note`: how it fits there."""

    index: int
    name: str = ""
    path: str = ""
    neighbours: tuple[tuple[int, float], ...] = ()
    note: str = ""

    @property
    def key(self) -> tuple[int, str]:
        """What tells it from other images."""
        return self.index, self.path if self.index < 0 else ""

    @property
    def file(self) -> str:
        """The name of its file without the folder."""
        return Path(self.name or self.path).name


@dataclass(frozen=True, eq=False)
class ImageContext:
    """Where images are shown. `folder`: of the run, "" for none; `data`: its data as questions hold them; `epoch`: of the snapshot
    in which neighbours are searched, None for none, in a `space` by a `metric`. `samples`: the indices of the samples of that
    snapshot that are known to be in it.

    `about(index)`: a line about a sample, such as its class; `name_of(index)`: its name in the data set, "" where unknown; `facts`:
    names and values about it that the data set does not hold, such as its tags."""

    folder: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    epoch: int | None = None
    space: str = "features"
    metric: str = "cosine"
    samples: frozenset[int] = frozenset()
    about: Callable[[int], str] = lambda _: ""
    name_of: Callable[[int], str] = lambda _: ""
    facts: Callable[[int], list[tuple[str, str]]] = lambda _: []

    @staticmethod
    def of_map(shown: Map, data: Mapping[str, Any], **about: Any) -> ImageContext:
        """The context of the images on a map."""
        samples = frozenset(shown.index.tolist())
        return ImageContext(shown.folder, data, shown.epoch, shown.space, shown.metric, samples, **about)

    def image(self, index: int) -> ShownImage:
        """The image at an index of the data set."""
        name = self.name_of(index)
        path = file_of(str(self.data.get("source", "")), name)
        return ShownImage(index, name, str(path) if path is not None else "")


def size_text(bytes: int) -> str:
    """A file's size: "812 B", "24 kB", "2.1 MB"."""
    if bytes < 1000:
        return f"{bytes} B"
    return f"{bytes / 1000:.0f} kB" if bytes < 1_000_000 else f"{bytes / 1e6:.1f} MB"


def name_and_text(name: str, text: str) -> str:
    """A tooltip about an image: its name in the data set and, on the next line, what is known of it."""
    return "\n".join(part for part in (name, text) if part)


def file_name(name: str) -> str:
    """The name of an image without the folders of its data set, which are its class."""
    return Path(name).name if name else ""
