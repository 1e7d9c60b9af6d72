"""The gallery: three finished runs to walk through before the first training of one's own. They are made by a command and stored in
the user's cache directory; the window copies them into the folder of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import platformdirs

from engine.config.errors import ConfigError, unwritten
from engine.runs.reader import read_config, read_status
from engine.runs.run_store import copy_run
from workbench.bridge.question import Context, Lane, Question, Where

TAG = "example"
MINUTES = 4  # about the time that all of them take on one core of a CPU
# Small and short: each shows one thing, and is named by it.
CONFIGS: tuple[Mapping[str, Any], ...] = (
    {
        "name": "Example: SimCLR learns",
        "notes": "Train: the loss falls and kNN rises. Explore: move the epoch from 0 to the last, and the shapes separate.",
        "tags": [TAG],
        "method": {"id": "simclr"},
        "data": {"source": "simple_shapes"},
        "views": {"preset": "shapes"},
        "train": {"steps": 400, "batch": 128, "seed": 7},
        "monitor": {"knn_every": 2},
    },
    {
        "name": "Example: VICReg collapses",
        "notes": "Its variance term is off. Train: the loss falls to zero while kNN stays low, and Health says why and what to do.",
        "tags": [TAG],
        "method": {"id": "vicreg", "variance": 0.0},
        "data": {"source": "simple_shapes"},
        "views": {"preset": "shapes"},
        "train": {"steps": 160, "batch": 128, "seed": 7},
        "monitor": {"knn_every": 2},
    },
    {
        "name": "Example: MAE reconstructs",
        "notes": "Three quarters of each image are hidden. Train: Visualizations show what it predicts, epoch by epoch.",
        "tags": [TAG],
        "method": {"id": "mae"},
        "data": {"source": "simple_shapes"},
        "backbone": {"name": "vit_micro"},
        "train": {"steps": 400, "batch": 128, "seed": 7},
        "monitor": {"knn_every": 4},
    },
)


def gallery_root() -> Path:
    """Where the runs of the gallery are stored."""
    return Path(platformdirs.user_cache_dir("parallax", appauthor=False)) / "gallery"


def finished(root: Path) -> dict[str, Path]:
    """The finished runs of the gallery below a folder, by name."""
    runs_by_name: dict[str, Path] = {}
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        try:
            name = str(read_config(folder).get("name", ""))
            if read_status(folder).state == "finished":
                runs_by_name[name] = folder
        except (ConfigError, OSError):
            continue
    return {str(config["name"]): runs_by_name[str(config["name"])] for config in CONFIGS if config["name"] in runs_by_name}


def make_gallery(root: Path | None = None, configs: Sequence[Mapping[str, Any]] = CONFIGS) -> list[Path]:
    """Train the runs of the gallery that are not there yet; the folders of all. Used by `workbench --make-gallery`."""
    from engine import api

    root = root or gallery_root()
    folders = []
    for config in configs:
        folder = finished(root).get(str(config["name"]))
        if folder is None:
            print(f"{config['name']}…", flush=True)
            folder = api.train(str(config["method"]["id"]), settings=config, folder_of_runs=root).folder
        print(folder, flush=True)
        folders.append(folder)
    return folders


@dataclass(frozen=True)
class CopyGallery(Question[tuple[str, ...]]):
    """Copy the finished runs of the gallery into the folder of runs, those that are not there yet: answered by the folders of all
    of them in it; none where the gallery has not been made."""

    lane: ClassVar = Lane.SLOW
    where: ClassVar = Where.SAME
    root: str

    def answer(self, context: Context) -> tuple[str, ...]:
        """ConfigError where the folder cannot be written."""
        root = Path(self.root)
        there = finished(root)
        runs = finished(gallery_root())
        for number, (name, folder) in enumerate(runs.items()):
            context.progress(number / len(runs))
            if name in there:
                continue
            try:
                there[name] = copy_run(folder, root)
            except OSError as error:
                raise unwritten("folder of runs", "one that can be written", root, error) from None
        return tuple(str(there[name]) for name in there)
