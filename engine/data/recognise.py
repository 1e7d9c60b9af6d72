"""What a folder or file is that a person gives the program, from its name and its first bytes. Takes milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from engine.config.small_files import FileError, is_file, is_folder, open_regular, parse_json
from engine.config.weights_text import ends_as_weights
from engine.data.folder_files import SHARD, TABLES
from engine.data.pictures import readable_endings
from engine.data.video_files import ENDINGS
from engine.runs.run_folder import CONFIG

Kind: TypeAlias = Literal["images", "arrays", "image", "run", "config", "encoder", "checkpoint", "unknown"]
_MOST_HEADER = 4 << 20  # bytes


@dataclass(frozen=True)
class Recognised:
    """`kind`: "images" a folder that is no run, or a file of many images, "arrays" an .npz file, "image" one image or video file,
    "run" a run or a file of one, "config" a YAML file, "encoder" an exported one, "checkpoint" one that lies in no run. `path`:
    what is to be used: of an image the folder that it lies in, of a file of a run the run's folder, else the path itself. `about`:
    the metadata of an encoder that this program exported."""

    kind: Kind
    path: Path
    about: Mapping[str, str] = field(default_factory=dict)


def recognise(path: Path) -> Recognised:
    """What a path is. "unknown" also for one that does not exist or cannot be read."""
    path = Path(path)
    run = _run_of(path)
    if run is not None:
        return Recognised("run", run)
    if is_folder(path):
        return Recognised("images", path)
    if not is_file(path):
        return Recognised("unknown", path)
    ending = path.suffix.lower()
    if ending == SHARD or ending in TABLES:
        return Recognised("images", path)
    if ending == ".npz":
        return Recognised("arrays", path)
    if ending in (".yaml", ".yml"):
        return Recognised("config", path)
    if ending in (".safetensors", ".onnx"):
        return Recognised("encoder", path, _metadata(path) if ending == ".safetensors" else {})
    if ends_as_weights(path.name):
        return Recognised("checkpoint", path)
    if ending in readable_endings() or ending in ENDINGS:
        return Recognised("image", path.parent)
    return Recognised("unknown", path)


def _run_of(path: Path) -> Path | None:
    """The run's folder that a path is, or in which it lies: checkpoints and snapshots lie one folder deeper."""
    inside = (path, path.parent, path.parent.parent) if path.suffix else (path,)
    return next((folder for folder in inside if is_file(folder / CONFIG) and is_file(folder / "status.json")), None)


def _metadata(path: Path) -> dict[str, str]:
    """The metadata of a safetensors file; empty where it has none, or is of another program.

    Source: https://huggingface.co/docs/safetensors, format: 8 bytes of the header's length, then the header as JSON."""
    try:
        with open_regular(path) as file:
            length = int.from_bytes(file.read(8), "little")
            header = parse_json(file.read(min(length, _MOST_HEADER)))
    except (OSError, FileError):
        return {}
    about = header.get("__metadata__") if isinstance(header, dict) else None
    if not isinstance(about, dict) or about.get("program") != "Parallax":
        return {}
    return {str(key): str(value) for key, value in about.items()}
