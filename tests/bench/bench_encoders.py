"""Encoders of timm and torchvision of different kinds: a few steps of SimCLR, DINO and, where patches can be masked, MAE; export,
and a strict load of what was exported by the lines of Python that come with it.

    python tests/bench/bench_encoders.py [--steps 2] [--size 64] [--only NAME ...] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from engine.catalogue import entry
from engine.config.encoder_table import encoder_row
from engine.config.errors import ConfigError
from engine.evaluate.export_encoder import export_safetensors
from engine.events import Event, StepDone
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train

# A small one of each kind; its views have this side in px where they need another than --size: DINO's local views are less than
# half as large, and those of ConvNeXt must have 32 px.
ENCODERS: tuple[tuple[str, str, int], ...] = (
    ("timm/resnet10t", "plain CNN", 0),
    ("timm/mobilenetv3_small_050", "depthwise CNN", 0),
    ("timm/efficientnet_lite0", "depthwise CNN", 0),
    ("timm/convnext_atto", "depthwise, layer norm", 128),
    ("timm/regnetx_002", "grouped CNN", 0),
    ("timm/levit_128s", "hybrid, convolutions then attention", 224),
    ("timm/mobilevit_xxs", "hybrid, convolutions and attention", 0),
    ("timm/swin_tiny_patch4_window7_224", "hierarchical transformer", 224),
    ("timm/vit_tiny_patch16_224", "ViT", 0),
    ("timm/vit_little_patch16_reg4_gap_256", "ViT with registers", 0),
    ("torchvision/resnet18", "plain CNN", 0),
    ("torchvision/squeezenet1_1", "plain CNN", 0),
    ("torchvision/mobilenet_v2", "depthwise CNN", 0),
    ("torchvision/shufflenet_v2_x0_5", "channel shuffle", 0),
    ("torchvision/swin_t", "hierarchical transformer", 0),
)
METHODS = ("simclr", "dino", "mae")


@dataclass
class Row:
    """What one encoder did: by method the last loss, or why there is none; `exported` by whose library; `difference`: the largest
    of the features after the strict load, and `scale` the largest feature."""

    encoder: str
    kind: str
    parameters: float = 0.0
    size: int = 0
    losses: dict[str, str] = field(default_factory=dict)
    library: str = ""
    difference: float | None = None
    scale: float = 0.0
    cpu_seconds: float = 0.0


def tried(encoder: str, kind: str, size: int, steps: int) -> Row:
    """Train an encoder by each method, and export it after the first."""
    known = encoder_row(encoder)
    row, before = (
        Row(encoder, kind, known.parameters / 1e6 if known else 0.0, size),
        resource.getrusage(resource.RUSAGE_SELF).ru_utime,
    )
    for method in METHODS:
        if not entry(method).trains(encoder):
            row.losses[method] = "no tokens"
            continue
        with tempfile.TemporaryDirectory() as root:
            folder, losses = Path(root) / "run", list[float]()
            folder.mkdir()

            def emit(event: Event, losses: list[float] = losses) -> None:
                if isinstance(event, StepDone):
                    losses.append(event.loss)

            try:
                given: dict[str, Any] = {
                    "method": {"id": method},
                    "data": {"source": "shapes", "count": 32, "size": size},
                    "backbone": {"name": encoder},
                    "train": {"steps": steps, "batch": 8, "device": "cpu", "threads": 1, "keep": 0},
                    "monitor": {"embed_images": 0, "pictures": False, "knn_every": 1000},
                }
                ended = train(resolve(given), emit, Control(), folder)
            except ConfigError as error:
                row.losses[method] = str(error)
                continue
            finite = bool(losses) and all(loss == loss for loss in losses)
            row.losses[method] = f"{losses[-1]:.3f}" if finite and not ended.error else ended.error or "not finite"
            if not row.library:
                library = "timm" if encoder.startswith("timm/") else "torchvision"
                exported = export_safetensors(folder, Path(root) / "encoder.safetensors", library)
                row.library, row.difference, row.scale = library, exported.difference, exported.scale
    row.cpu_seconds = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
    return row


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown."""
    head = ("encoder", "kind", "M", "px", *METHODS, "strict load, difference / largest feature", "CPU-s")
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for row in rows:
        loaded = f"{row.difference:.1g} / {row.scale:.2g}" if row.difference is not None else "not loaded"
        losses = [row.losses.get(method, "-") for method in METHODS]
        cells = [row.encoder, row.kind, f"{row.parameters:.1f}", str(row.size), *losses, loaded, f"{row.cpu_seconds:.0f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table, a row when it is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = list[Row]()
    for encoder, kind, own in ENCODERS:
        if options.only and encoder not in options.only:
            continue
        started = time.monotonic()
        rows.append(tried(encoder, kind, own or options.size, options.steps))
        print(f"{encoder}: {rows[-1].losses}, {rows[-1].difference}, {time.monotonic() - started:.0f} s", flush=True)
        if options.json:
            options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    print(table(rows))


if __name__ == "__main__":
    main()
