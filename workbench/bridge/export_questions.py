"""Questions that write for other programs: a run's encoder, and its features of images."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from engine.runs.reader import checkpoint_epochs
from workbench.bridge.question import Context, Lane, Question

# The packages that a format needs.
NEEDED = {"onnx": ("onnx", "onnxscript"), "parquet": ("pyarrow",)}


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

    def answer(self, context: Context) -> ExportChoices:
        """From the run's config: nothing else of the run is loaded."""
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

    def answer(self, context: Context) -> EncoderWritten:
        """Written and compared."""
        from engine.evaluate.export_encoder import export_encoder

        written = export_encoder(Path(self.folder), Path(self.out), self.kind, self.epoch, context.part())
        return EncoderWritten(str(written.path), written.lines, written.difference, written.scale, written.images, written.noise)


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

    def answer(self, context: Context) -> str:
        """ConfigError where no file can be made."""
        from engine.evaluate.export_features import embed_run

        folder, out = Path(self.folder), Path(self.out)
        return str(embed_run(folder, out, self.map or None, progress=context.part(), images=self.source, epoch=self.epoch))
