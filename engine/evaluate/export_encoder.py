"""Export a run's encoder for other programs: as safetensors with another library's names, or as ONNX, compared with the
original."""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor, nn

from engine.config.errors import ConfigError, complain, unwritten
from engine.config.module_text import short_module
from engine.config.run import RunConfig
from engine.data.open import open_dataset
from engine.embed.features import normalised, whole
from engine.evaluate.encoder import TrainedOn, method_at, trained_on
from engine.evaluate.layouts import LIBRARIES, Library, layout
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.methods.build_method import input_size
from engine.runs.atomic_write import atomic_write

CHECKED = 16  # images on which the exported network is compared


@dataclass(frozen=True)
class Exported:
    """`path`: the file. `lines`: Python that loads it. `difference`: the largest difference of any feature from this program's own
    on `images` images, None where the library for the comparison is not installed. `scale`: the largest feature, for comparison.
    `noise`: the images are noise, because the run's own could not be opened."""

    path: Path
    lines: str
    difference: float | None
    scale: float
    images: int
    noise: bool = False


def export_encoder(
    folder: Path, out: Path, kind: str, epoch: int | None = None, progress: ProgressCallback | None = None
) -> Exported:
    """Write a run's encoder in the format `kind`: "onnx", or the name of a library for safetensors that load there. Errors: see
    `export_safetensors` and `export_onnx`."""
    if kind == "onnx":
        return export_onnx(folder, out, epoch, progress)
    for library in LIBRARIES:
        if library == kind:
            return export_safetensors(folder, out, library, epoch, progress)
    raise complain("kind", f"onnx or one of {', '.join(LIBRARIES)}", kind)


def export_safetensors(
    folder: Path, out: Path, library: Library = "torchvision", epoch: int | None = None, progress: ProgressCallback | None = None
) -> Exported:
    """Write a run's encoder as `out` (".safetensors" is added) with names that load into `library` with strict=True.

    The file's metadata says what it is and how images are normalised. `epoch`: see `method_at`. ConfigError where the library has
    no such network, or no file can be made."""
    report = progress or no_progress
    path = _target(out, ".safetensors")
    encoder, config, seen, pixels = _opened(folder, epoch, report)
    stored = layout(encoder, library)
    report(0.6, "writing")
    about = _about(folder, config, seen, epoch, encoder)
    # Not save_file, whose error on a full disk cannot be distinguished from other errors.
    _written(path, lambda part: part.write_bytes(save(dict(stored.state), about)))
    lines = _filled(stored.lines, path, folder)
    report(0.8, "checking")
    images = _noise(config) if pixels is None else pixels
    with torch.no_grad():
        own = encoder(normalised(seen, images))
        loaded = load_with(lines)
        difference = None if loaded is None else _difference(own, loaded(normalised(seen, images)))
    report(1.0, "done")
    return Exported(path, lines, difference, float(own.abs().max()), len(images), pixels is None)


def export_onnx(folder: Path, out: Path, epoch: int | None = None, progress: ProgressCallback | None = None) -> Exported:
    """Write a run's encoder as `out` (".onnx" is added): `pixels` (N, 3, S, S) float32 between 0 and 1 to `features` (N, dim), any
    N. The normalisation is a part of the network. ConfigError where onnx is not installed, or no file can be made."""
    report = progress or no_progress
    path = _target(out, ".onnx")
    if any(importlib.util.find_spec(name) is None for name in ("onnx", "onnxscript")):
        remedy = "For .onnx: pip install onnx onnxscript onnxruntime"
        raise complain("out", "a .safetensors file on this machine", str(path), remedy)
    encoder, config, seen, pixels = _opened(folder, epoch, report)
    network = _FromPixels(encoder, seen).eval()
    images = _noise(config) if pixels is None else pixels
    report(0.4, "writing")
    about = _about(folder, config, seen, epoch, encoder)
    try:
        _written(path, lambda part: _write_onnx(network, images[:2], part, about))
    except ImportError as error:  # a library that is installed and cannot be loaded
        remedy = f"{str(error).rstrip('.')}. For .onnx: pip install --force-reinstall onnx onnxscript"
        raise complain("out", "a .safetensors file on this machine", str(path), remedy) from None
    report(0.8, "checking")
    with torch.no_grad():
        own = network(images)
    lines = _ONNX.format(file=str(path), size=input_size(config))
    exported = _run_onnx(path, images)
    difference = None if exported is None else _difference(own, exported)
    report(1.0, "done")
    return Exported(path, lines, difference, float(own.abs().max()), len(images), pixels is None)


def load_with(lines: str) -> nn.Module | None:
    """The network that the exported lines of Python build; None where their library is not installed, or cannot be loaded."""
    given: dict[str, Any] = {}
    try:
        exec(lines, given)  # our own lines, about a file that we wrote: this is the check
    except ImportError:
        return None
    net = given["net"]
    assert isinstance(net, nn.Module)
    return net


class _FromPixels(nn.Module):
    """Normalisation, then the encoder."""

    def __init__(self, encoder: nn.Module, seen: TrainedOn) -> None:
        super().__init__()
        self.encoder = encoder
        self.mean = nn.Buffer(torch.tensor(seen.mean, dtype=torch.float32).view(1, 3, 1, 1))
        self.std = nn.Buffer(torch.tensor(seen.std, dtype=torch.float32).view(1, 3, 1, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim)."""
        features: Tensor = self.encoder((pixels - self.mean) / self.std)
        return features


_ONNX = """import numpy, onnxruntime
session = onnxruntime.InferenceSession({file!r})
pixels = numpy.zeros((1, 3, {size}, {size}), numpy.float32)  # RGB between 0 and 1; the network normalises them itself
features = session.run(None, {{"pixels": pixels}})[0]"""


def _write_onnx(network: nn.Module, example: Tensor, path: Path, about: dict[str, str]) -> None:
    import onnx

    program = torch.onnx.export(
        network,
        (example,),
        input_names=["pixels"],
        output_names=["features"],
        dynamic_shapes={"pixels": {0: torch.export.Dim("images", min=1)}},
        dynamo=True,
        verbose=False,
    )
    assert program is not None
    model = program.model_proto
    onnx.helper.set_model_props(model, about)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def _run_onnx(path: Path, images: Tensor) -> Tensor | None:
    """The file's features of images; None where no runtime is installed."""
    try:
        onnxruntime = importlib.import_module("onnxruntime")
    except ImportError:
        return None
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return torch.from_numpy(np.asarray(session.run(None, {"pixels": images.numpy()})[0]))


def _opened(folder: Path, epoch: int | None, report: ProgressCallback) -> tuple[Any, RunConfig, TrainedOn, Tensor | None]:
    """Encoder, config, normalisation, and a few of the run's own images (n, 3, S, S), None where the data cannot be opened. Where
    the checkpoint has no normalisation, the data are required."""
    report(0.0, "loading the encoder")
    method, config = method_at(folder, epoch)
    encoder = method.encoder.eval().to(memory_format=torch.contiguous_format)
    seen = trained_on(folder, epoch)
    report(0.1, "opening the data")
    try:
        dataset = open_dataset(config.data, part_of(report, 0.1, 0.4))
    except ConfigError:
        if seen is None:
            raise
        return encoder, config, seen, None
    seen = seen or TrainedOn(dataset.name, dataset.mean, dataset.std)
    images = whole(dataset, dataset.splits["validation"][:CHECKED], torch.device("cpu"), input_size(config))
    return encoder, config, seen, images


def _noise(config: RunConfig) -> Tensor:
    """Random pixels for a comparison of two networks without images; the same each time."""
    size = input_size(config)
    return torch.rand(CHECKED, 3, size, size, generator=torch.Generator().manual_seed(0))


def _about(folder: Path, config: RunConfig, seen: TrainedOn, epoch: int | None, encoder: Any) -> dict[str, str]:
    """Metadata for users of the file: strings, as both formats require."""
    return {
        "program": "Parallax",
        "run": Path(folder).name,
        "epoch": "last" if epoch is None else str(epoch),
        "method": config.method.id,
        "data": seen.name,
        "backbone": short_module(config.backbone.name),
        "dim": str(encoder.dim),
        "size": str(input_size(config)),
        "mean": json.dumps([round(float(value), 6) for value in seen.mean]),
        "std": json.dumps([round(float(value), 6) for value in seen.std]),
    }


def _target(out: Path, suffix: str) -> Path:
    out = Path(out)
    path = out if out.suffix == suffix else out.with_name(out.name + suffix)
    if not path.absolute().parent.is_dir():
        raise complain("out", "in a folder that exists", str(path), "Make the folder first.")
    return path


def _written(path: Path, write: Callable[[Path], object]) -> None:
    """Write the file atomically."""
    try:
        with atomic_write(path) as part:
            write(part)
    except OSError as error:
        raise unwritten("out", "a file that can be written", path, error) from None


def _filled(lines: str, path: Path, folder: Path) -> str:
    return lines.format(file=str(path), run=str(folder))


def _difference(own: Tensor, other: Tensor) -> float:
    return float((own - other).abs().max())
