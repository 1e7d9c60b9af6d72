"""Create a run folder: its name, the config, and a description of the machine."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import secrets
import shutil
import sys
import time
from importlib import metadata
from pathlib import Path

import platformdirs
import psutil
import yaml

from engine.config.errors import ConfigError, complain
from engine.config.module_text import short_module
from engine.config.run import RunConfig
from engine.config.run_name import data_name
from engine.config.small_files import expanded
from engine.config.text import to_yaml
from engine.runs.atomic_write import atomic_write, sync_directory
from engine.runs.status import FILE as STATUS
from engine.runs.status import Status, this_process, write_status

CONFIG = "config.yaml"
ENVIRONMENT = "environment.yaml"
_PACKAGES = (
    "parallax-workbench",
    "torch",
    "torchvision",
    "numpy",
    "pillow",
    "pydantic",
    "safetensors",
    "scikit-learn",
    "numba",
)


def default_root() -> Path:
    """The default folder of runs: the environment's PARALLAX_RUNS, or the user's data folder."""
    given = os.environ.get("PARALLAX_RUNS", "").strip()
    return expanded(given) if given else Path(platformdirs.user_data_dir("parallax", appauthor=False)) / "runs"


def create_folder(root: Path, config: RunConfig) -> Path:
    """A new, empty run under `root` with config.yaml, environment.yaml and a first status.json.

    Its name is like 2026-11-21_2214_simclr_shapes_a1b2, and new. ConfigError where `root` cannot be written."""
    folder = reserve_folder(root, config)
    fill_folder(folder, config)
    return folder


def reserve_folder(root: Path, config: RunConfig) -> Path:
    """An empty folder of a new name for a run that `fill_folder` begins, perhaps on another machine. It is listed as a run from
    then on. ConfigError where `root` cannot be written."""
    root = expanded(root)
    stem = f"{time.strftime('%Y-%m-%d_%H%M')}_{_word(config.method.id)}_{_word(data_name(config.data.source))}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        return _new(root, stem)
    except OSError as error:
        raise _unwritable(root, error) from None


def fill_folder(folder: Path, config: RunConfig) -> None:
    """Write config.yaml, environment.yaml and a first status.json of this process into a reserved folder, which is removed where
    they cannot be written: ConfigError."""
    text = to_yaml(config)
    try:
        try:
            with atomic_write(folder / CONFIG) as part:
                part.write_text(text, encoding="utf-8")
            with atomic_write(folder / ENVIRONMENT) as part:
                part.write_text(yaml.safe_dump(environment(config), sort_keys=False, allow_unicode=True), encoding="utf-8")
            for name in ("checkpoints", "embeddings", "pictures"):
                (folder / name).mkdir(exist_ok=True)
            write_status(folder, first_status(config))
        except OSError:
            # An incomplete folder is removed: it would be listed as a run that cannot be used.
            shutil.rmtree(folder, ignore_errors=True)
            raise
        sync_directory(folder.parent)
    except OSError as error:
        raise _unwritable(folder.parent, error) from None


def drop_reserved(folder: Path) -> None:
    """Remove a folder that was reserved for a run that did not begin; one with files stays."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def is_begun(folder: Path) -> bool:
    """Whether a folder is more than reserved: its run can go on, or has ended."""
    return (folder / CONFIG).exists() and (folder / STATUS).exists()


def write_config(folder: Path, config: RunConfig) -> None:
    """Replace a run's config.yaml, atomically. ConfigError where the folder cannot be written."""
    try:
        with atomic_write(folder / CONFIG) as part:
            part.write_text(to_yaml(config), encoding="utf-8")
    except OSError as error:
        raise _unwritable(folder, error) from None


def first_status(config: RunConfig) -> Status:
    """The status of a run that is being set up by this process."""
    now = time.time()
    return Status(
        state="running",
        started=now,
        heartbeat=now,
        method=config.method.id,
        data=data_name(config.data.source),
        backbone=short_module(config.backbone.name),
        device=config.train.device,
        precision=config.train.precision,
        seed=config.train.seed,
        name=config.name,
        notes=config.notes,
        tags=config.tags,
        epochs=config.train.epochs,
        steps=config.train.steps,
        **this_process(),
    )


def environment(config: RunConfig) -> dict[str, object]:
    """The machine and the library versions of a run, as plain values."""
    versions = {}
    for name in _PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return {
        "created": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu": _cpu(),
        "cores": psutil.cpu_count(logical=True) or 0,
        "memory_bytes": int(psutil.virtual_memory().total),
        "device": config.train.device,
        "precision": config.train.precision,
        "seed": config.train.seed,
        "versions": versions,
    }


def _new(root: Path, stem: str) -> Path:
    for _ in range(100):
        folder = root / f"{stem}_{secrets.token_hex(2)}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise FileExistsError("every name that was tried is taken")


def _unwritable(root: Path, error: OSError) -> ConfigError:
    reason = error.strerror or str(error)
    return complain("runs folder", "writable", str(root), f"{reason}. Choose another with --runs or the variable PARALLAX_RUNS.")


def _word(text: str) -> str:
    """A text as part of a file name that is valid on every system."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower()[:32] or "data"


def _cpu() -> str:
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
