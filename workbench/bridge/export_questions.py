"""What the window asks to have written for other programs: a run's encoder, and its features of images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from workbench.bridge.question import Lane, Question


@dataclass(frozen=True)
class ExportChoices:
    """`libraries`: that have its encoder, the usual one first. `epochs`: whose checkpoint was kept, without the untrained one (0)
    and the last, which are always there. `missing`: by "onnx" and "parquet" what would have to be installed, "" where nothing."""

    libraries: tuple[str, ...]
    epochs: tuple[int, ...]
    missing: dict[str, str]


@dataclass(frozen=True)
class DescribeExport(Question[ExportChoices]):
    """What can be exported of a run: answered by ExportChoices."""

    lane: ClassVar = Lane.SLOW
    folder: str


@dataclass(frozen=True)
class EncoderWritten:
    """`path` of the file, `lines` of Python that load it; `difference`: the largest of any feature from the program's own on
    `images` images, None where nobody could tell; `scale`: the largest feature; `noise`: the images are noise, for the run's own
    could not be opened."""

    path: str
    lines: str
    difference: float | None
    scale: float
    images: int
    noise: bool = False


@dataclass(frozen=True)
class ExportEncoder(Question[EncoderWritten]):
    """Write a run's encoder: answered by EncoderWritten. `kind`: a library's name for safetensors that load there, or "onnx".
    `epoch` None: the last checkpoint."""

    lane: ClassVar = Lane.LONG
    folder: str
    out: str
    kind: str
    epoch: int | None = None


@dataclass(frozen=True)
class ExportFeatures(Question[str]):
    """Write a run's features of its own images, or of those of another `source` (a folder, an .npz file), as .npz or .parquet:
    answered by the path. `map`: "pca" or "umap" adds coordinates."""

    lane: ClassVar = Lane.LONG
    folder: str
    out: str
    source: str = ""
    map: str = ""
    epoch: int | None = None
