"""What the engine writes for other programs. Torch is imported inside, in a background thread."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Literal, cast

from engine.runs.reader import checkpoint_epochs
from workbench.bridge.export_questions import DescribeExport, EncoderWritten, ExportChoices, ExportEncoder, ExportFeatures
from workbench.bridge.ticking import Tell, Wanted, ticking

NEEDED = {"onnx": ("onnx", "onnxscript"), "parquet": ("pyarrow",)}


def describe(asked: DescribeExport, progress: Tell, wanted: Wanted) -> ExportChoices:
    """From the run's config: nothing of the run is loaded but that."""
    from engine.evaluate.encoder import method_at
    from engine.evaluate.layouts import libraries_of

    folder = Path(asked.folder)
    method, _ = method_at(folder, 0)
    missing = {}
    for kind, modules in NEEDED.items():
        lacking = [name for name in modules if importlib.util.find_spec(name) is None]
        missing[kind] = f"pip install {' '.join(lacking)}" if lacking else ""
    return ExportChoices(libraries_of(method.encoder), tuple(checkpoint_epochs(folder)), missing)


def encoder(asked: ExportEncoder, progress: Tell, wanted: Wanted) -> EncoderWritten:
    """Written and checked."""
    from engine.evaluate.export_encoder import export_onnx, export_safetensors
    from engine.evaluate.layouts import Library

    folder, out, tell = Path(asked.folder), Path(asked.out), ticking(progress, wanted)
    if asked.kind == "onnx":
        found = export_onnx(folder, out, asked.epoch, tell)
    else:
        found = export_safetensors(folder, out, cast(Library, asked.kind), asked.epoch, tell)
    return EncoderWritten(str(found.path), found.lines, found.difference, found.scale, found.images, found.noise)


def features(asked: ExportFeatures, progress: Tell, wanted: Wanted) -> str:
    """Written; where."""
    from engine.evaluate.export import embed_run

    kind = cast(Literal["pca", "umap"] | None, asked.map or None)
    tell = ticking(progress, wanted)
    return str(embed_run(Path(asked.folder), Path(asked.out), kind, progress=tell, images=asked.source, epoch=asked.epoch))
