"""Questions that export a run's encoder, or its features of images."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from engine.runs.reader import checkpoint_epochs
from workbench.bridge.question import Context, Lane, Question, Where

# The packages that a format needs.
NEEDED = {"onnx": ("onnx", "onnxscript"), "parquet": ("pyarrow",)}


@dataclass(frozen=True)
class ExportChoices:
    """`libraries`: those that have the encoder's architecture, the usual one first. `epochs`: those whose checkpoint was kept,
    without the untrained one (0) and the last, which always exist. `missing`: for "onnx" and "parquet" the command that installs
    the missing packages, "" where none is missing."""

    libraries: tuple[str, ...]
    epochs: tuple[int, ...]
    missing: dict[str, str]


@dataclass(frozen=True)
class DescribeExport(Question[ExportChoices]):
    """The possible exports of a run: answered by ExportChoices."""

    lane: ClassVar = Lane.SLOW
    folder: str

    def answer(self, context: Context) -> ExportChoices:
        """Reads only the run's config."""
        from engine.evaluate.encoder import method_at
        from engine.evaluate.layouts import libraries_of

        folder = Path(self.folder)
        method, _ = method_at(folder, 0)
        missing = {}
        for kind, modules in NEEDED.items():
            lacking = [name for name in modules if importlib.util.find_spec(name) is None]
            missing[kind] = f"pip install {' '.join(lacking)}" if lacking else ""
        return ExportChoices(libraries_of(method.encoder), tuple(checkpoint_epochs(folder)), missing)


@dataclass(frozen=True)
class EncoderWritten:
    """`path`: of the file; `lines`: Python code that loads it; `difference`: the largest absolute difference between its features
    and the program's on `images` images, None where it could not be compared; `scale`: the largest feature; `noise`: whether the
    images were noise, because the run's could not be opened."""

    path: str
    lines: str
    difference: float | None
    scale: float
    images: int
    noise: bool = False


@dataclass(frozen=True)
class ExportEncoder(Question[EncoderWritten]):
    """Write a run's encoder: answered by EncoderWritten. `kind`: the name of a library for safetensors in its format, or "onnx".
    `epoch`: None for the last checkpoint."""

    lane: ClassVar = Lane.LONG
    where: ClassVar = Where.SAME
    folder: str
    out: str
    kind: str
    epoch: int | None = None

    def answer(self, context: Context) -> EncoderWritten:
        """Writes the file and compares its features with the program's."""
        from engine.evaluate.export_encoder import export_encoder

        written = export_encoder(Path(self.folder), Path(self.out), self.kind, self.epoch, context.part())
        return EncoderWritten(str(written.path), written.lines, written.difference, written.scale, written.images, written.noise)


@dataclass(frozen=True)
class ExportFeatures(Question[str]):
    """Write a run's features of its own images, or of those of another `source` (a folder, an .npz file), as .npz, .parquet or
    .csv, or as a folder in `format` ("fiftyone", "projector"): answered by the path. `map`: "pca" or "umap" adds the coordinates
    of a map."""

    lane: ClassVar = Lane.LONG
    where: ClassVar = Where.SAME
    folder: str
    out: str
    source: str = ""
    map: str = ""
    epoch: int | None = None
    format: str = ""

    def answer(self, context: Context) -> str:
        """ConfigError where it cannot be written."""
        from engine.evaluate.export_features import embed_run

        folder, out, report = Path(self.folder), Path(self.out), context.part()
        map, images = self.map or None, self.source
        return str(embed_run(folder, out, map, progress=report, images=images, epoch=self.epoch, format=self.format))
