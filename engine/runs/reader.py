"""Read a run folder, also an incomplete one, during or after the run. Does not import torch."""

from __future__ import annotations

import os
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from zipfile import ZipFile

import numpy as np
from PIL import Image

from engine.config.errors import ConfigError, Problem, complain
from engine.config.run import RunConfig
from engine.config.small_files import FileError, is_file, open_regular
from engine.config.text import parse, read_yaml
from engine.events import GENERAL
from engine.runs.arrays import codes_of, count_of, indices_of, read_arrays, rows_of
from engine.runs.atomic_write import atomic_write
from engine.runs.lines import parse_line
from engine.runs.run_folder import CONFIG
from engine.runs.status import FILE as STATUS
from engine.runs.status import Status, read_status_file, settle

METRICS = "metrics.jsonl"
_PICTURES = b'"PicturesReady"'
# Bytes at each end of a run's metrics that are searched for the order of its pictures.
LOGGED_WITHIN = 1 << 20
# Keys of every run's config since the first version.
_GROUPS = ("method", "data", "views", "backbone", "optim", "train", "monitor")
MOST_PIXELS = 64_000_000  # of a picture of a run; the largest have a few million
_EPOCH = re.compile(r"epoch_([0-9]+)")


@dataclass(frozen=True)
class Snapshot:
    """Features of a fixed sample of images: features (n, D), see `compact`, index (n,) into the data set, label (n,) or -1."""

    features: np.ndarray
    index: np.ndarray
    label: np.ndarray
    epoch: int
    step: int


def read_config(folder: Path) -> dict[str, Any]:
    """The run's config as nested values. ConfigError where the folder is no run."""
    folder = Path(folder)
    if not is_file(folder / CONFIG):
        raise complain(
            "run", "a run folder (one that holds config.yaml)", str(folder), "List the runs with `python -m engine runs`."
        )
    values = read_yaml(folder / CONFIG)
    if not values:
        # An empty file is never a config of defaults: a full disk or a crash left it.
        remedy = "Put back a copy of it, or delete the run: without its config it cannot be used."
        raise complain(f"{folder.name}/{CONFIG}", "the settings of a run", "an empty file", remedy)
    data = values.get("data") or {}
    if values and isinstance(data, dict) and "split_by" not in data:
        # A run of a version that split images by their index in the list: it is opened with that rule.
        values["data"] = {**data, "split_by": "list"}
    return values


def read_run_config(folder: Path) -> RunConfig:
    """The run's config, checked. ConfigError where the folder is no run, and for a config that is not valid in this version: of
    another version, or edited."""
    values = read_config(folder)
    # A run writes all of its settings, in this order: a missing one was cut off, and does not have its default.
    missing = [name for name in RunConfig.model_fields if name not in values and name in _GROUPS]
    if missing:
        remedy = "Put back a copy of it, or delete the run."
        raise complain(f"{Path(folder).name}/{CONFIG}", "the whole settings of a run", f"none of {', '.join(missing)}", remedy)
    try:
        return parse(RunConfig, values)
    except ConfigError as error:
        remedy = (
            f"So says {Path(folder).name}/config.yaml: the run is of another version of this program, which environment.yaml "
            "beside it names, or the config was edited. Its map, tags and samples can be used all the same; for the rest take that "
            "version."
        )
        raise ConfigError([*error.problems, Problem("config", remedy)]) from None


def read_status(folder: Path) -> Status:
    """The status of a run. A running one whose process has ended or does not respond is "interrupted", as is one that has a config
    and never started. ConfigError where the folder is no run, or its status.json is broken."""
    folder = Path(folder)
    try:
        return settle(read_status_file(folder))
    except FileNotFoundError:
        read_config(folder)
        return Status()
    except (OSError, ValueError) as error:
        raise complain(
            f"{folder.name}/{STATUS}", "a status as the run writes it", str(error), "Delete the file to read the run without it."
        ) from None


def read_metrics(folder: Path, offset: int = 0, limit: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The events from byte `offset` on, and the offset for the next call. An incomplete last line is left for the next call; an
    invalid one is dropped.

    `limit`: read about so many bytes at most, whole lines only; 0 reads to the end. A long run has hundreds of megabytes.

    Where a resumed run truncated the file so that `offset` is no longer valid, the events are read again from the first. A reader
    must therefore drop, at each RunStarted, the steps beyond RunStarted's own `step` (0 drops everything)."""
    try:
        with open_regular(Path(folder) / METRICS) as file:
            size = os.fstat(file.fileno()).st_size
            if offset > 0:
                file.seek(min(offset, size) - 1)
                if offset > size or file.read(1) != b"\n":
                    offset = 0
            file.seek(offset)
            data = file.read(limit or -1)
            if limit and b"\n" not in data:
                data += file.readline()
    except (OSError, FileError):
        return [], 0
    whole = data[: data.rfind(b"\n") + 1]
    events = [event for line in whole.splitlines() if (event := parse_line(line)) is not None]
    return events, offset + len(whole)


def metrics_size(folder: Path) -> int:
    """Bytes of a run's metrics; 0 without any."""
    try:
        return (Path(folder) / METRICS).stat().st_size
    except OSError:
        return 0


def truncate_metrics(folder: Path, step: int) -> int:
    """Truncate metrics.jsonl to a checkpoint at `step` steps done: later events are removed, and an incomplete last line, because
    the resumed run writes them again. Returns the number of removed events. Replaces the file atomically."""
    path = Path(folder) / METRICS
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return 0
    kept, dropped = [], 0
    for line in data.splitlines(keepends=True):
        event = parse_line(line)
        if event is None or not line.endswith(b"\n") or _step_of(event) > step:
            dropped += 1
        else:
            kept.append(line)
    if dropped:
        # The events that stay are covered by a checkpoint and must survive a power failure.
        with atomic_write(path, one_writer=True) as temporary:
            temporary.write_bytes(b"".join(kept))
    return dropped


def _step_of(event: dict[str, Any]) -> int:
    """The step of an event, also of an unknown kind; 0 where it has none."""
    step = event.get("step", 0)
    return step if isinstance(step, int) else 0


def checkpoint_path(folder: Path, epoch: int | None = None) -> Path:
    """The path of the checkpoint of an epoch; None for the newest, from which a run is resumed."""
    return Path(folder) / "checkpoints" / ("last.pt" if epoch is None else f"epoch_{epoch:03d}.pt")


def checkpoint_epochs(folder: Path) -> list[int]:
    """The epochs with a stored checkpoint, in order, without the newest checkpoint."""
    return _epochs(Path(folder) / "checkpoints", ".pt")


def checkpoint_mark(folder: Path, epoch: int | None = None) -> int:
    """A hash of a checkpoint's contents; 0 where there is none that can be read. It is computed from the check sums in the
    archive's directory, so that nothing else is read, and is equal for a copy of the run."""
    try:
        with ZipFile(checkpoint_path(folder, epoch)) as archive:
            held = [(part.filename, part.file_size, part.CRC) for part in archive.infolist()]
    except Exception:  # zipfile can raise any exception for a damaged file
        return 0
    return zlib.crc32(repr(held).encode()) or 1


def snapshot_path(folder: Path, epoch: int) -> Path:
    """The path of the snapshot of an epoch."""
    return Path(folder) / "embeddings" / f"epoch_{epoch:03d}.npz"


def snapshots(folder: Path) -> list[int]:
    """The epochs that have an embedding snapshot, in order."""
    return _epochs(Path(folder) / "embeddings", ".npz")


def read_snapshot(folder: Path, epoch: int) -> Snapshot:
    """The snapshot of an epoch. ConfigError where there is none that can be read."""
    try:
        features, index, codes, step = read_arrays(snapshot_path(folder, epoch), ("features", "index", "label", "step"))
        if features.ndim != 2 or not features.shape[:1] == index.shape == codes.shape:
            raise FileError("its features, places and labels are not of as many images")
        return Snapshot(rows_of(features, len(index)), indices_of(index), codes_of(codes), epoch, count_of(step))
    except (OSError, ValueError) as error:
        have = ", ".join(map(str, snapshots(folder))) or "none"
        reason = "" if isinstance(error, FileNotFoundError) else f"The file is broken: {error}. "
        raise complain("epoch", "one with an embedding snapshot", epoch, f"{reason}Snapshots: {have}.") from None


def picture_path(folder: Path, epoch: int, name: str) -> Path:
    """The path of a picture. Every name is encoded as a file name, which `pictures` decodes."""
    return Path(folder) / "pictures" / f"epoch_{epoch:03d}" / f"{quote(name, safe=' ')}.png"


def picture_epochs(folder: Path) -> list[int]:
    """The epochs that have pictures, in order."""
    return _epochs(Path(folder) / "pictures", "")


def pictures(folder: Path, epoch: int) -> list[str]:
    """The names of an epoch's pictures: the method's own in its order, then those of every run. In alphabetical order where the
    metrics do not have the order."""
    directory = picture_path(folder, epoch, "x").parent
    names = [unquote(path.stem) for path in directory.glob("*.png")] if directory.is_dir() else []
    logged = _logged_pictures(folder, epoch) if len(names) > 1 else []
    rank = {name: number for number, name in enumerate(logged)}
    return sorted(names, key=lambda name: (rank.get(name, len(rank)), name in GENERAL, name))


def _logged_pictures(folder: Path, epoch: int) -> list[str]:
    """The names of an epoch's pictures in the order of their event; where that is far from both ends of a long file, those of
    another epoch."""
    of_epoch, other = list[str](), list[str]()
    for line in _ends(folder):
        event = parse_line(line) if _PICTURES in line else None
        if event is not None and event.get("event") == "PicturesReady" and isinstance(names := event.get("names"), list):
            # A resumed run writes the event of an epoch again: the last one is valid.
            if event.get("epoch") == epoch:
                of_epoch = [str(name) for name in names]
            else:
                other = [str(name) for name in names]
    return of_epoch or other


def _ends(folder: Path) -> list[bytes]:
    """The lines in the first and last LOGGED_WITHIN bytes of a run's metrics: this is called whenever pictures are shown, and the
    whole file can have hundreds of megabytes."""
    try:
        with open_regular(Path(folder) / METRICS) as file:
            size = os.fstat(file.fileno()).st_size
            if size <= 2 * LOGGED_WITHIN:
                return file.read().splitlines()
            first = file.read(LOGGED_WITHIN)
            file.seek(size - LOGGED_WITHIN)
            return first.splitlines() + file.read().splitlines()
    except (OSError, FileError):
        return []


def read_picture(folder: Path, epoch: int, name: str) -> np.ndarray:
    """One picture, (H, W, 3) uint8. ConfigError where there is none that can be read."""
    try:
        with open_regular(picture_path(folder, epoch, name)) as file, Image.open(file, formats=("PNG",)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise FileError(f"it has {image.width:,} x {image.height:,} pixels; at most {MOST_PIXELS:,} are read")
            return np.asarray(image.convert("RGB"))
    except Exception as error:  # a damaged file can raise any exception in the decoder
        reason = "" if isinstance(error, FileNotFoundError) else f"The file is broken: {str(error)[:200] or type(error).__name__}. "
        have = ", ".join(pictures(folder, epoch)) or "none"
        raise complain("picture", f"one of epoch {epoch}", name, f"{reason}Pictures: {have}.") from None


def _epochs(directory: Path, suffix: str) -> list[int]:
    try:
        names = [entry.name for entry in os.scandir(directory)]
    except OSError:
        return []
    matches = (_EPOCH.fullmatch(name.removesuffix(suffix)) for name in names if name.endswith(suffix))
    return sorted(int(match.group(1)) for match in matches if match and len(match.group(1)) < 10)
