"""What a dropped folder or file is, from its name and first bytes."""

from __future__ import annotations

import json
from pathlib import Path

from engine.data.recognise import recognise


def safetensors(path: Path, metadata: object) -> None:
    header = json.dumps({"__metadata__": metadata}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header)


def test_data_and_settings(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("photos/a.jpg", "a.npz", "a.yaml", "a.txt"):
        (tmp_path / name).write_bytes(b"x")
    known = recognise(tmp_path / "photos")
    assert (known.kind, known.path) == ("images", tmp_path / "photos")
    image = recognise(tmp_path / "photos" / "a.jpg")
    assert (image.kind, image.path) == ("image", tmp_path / "photos")
    assert [recognise(tmp_path / name).kind for name in ("a.npz", "a.yaml", "a.txt", "none")] == [
        "arrays",
        "config",
        "unknown",
        "unknown",
    ]


def test_runs_and_their_files(tmp_path: Path) -> None:
    run = tmp_path / "run"
    (run / "checkpoints").mkdir(parents=True)
    for name in ("config.yaml", "status.json", "checkpoints/last.pt"):
        (run / name).write_bytes(b"x")
    for path in (run, run / "config.yaml", run / "checkpoints" / "last.pt"):
        assert (recognise(path).kind, recognise(path).path) == ("run", run)
    (tmp_path / "lonely.pt").write_bytes(b"x")
    assert recognise(tmp_path / "lonely.pt").kind == "checkpoint"


def test_encoders_tell_their_run_where_this_program_wrote_them(tmp_path: Path) -> None:
    safetensors(tmp_path / "own.safetensors", {"program": "Parallax", "run": "shapes_1", "method": "simclr"})
    known = recognise(tmp_path / "own.safetensors")
    assert (known.kind, known.about["run"]) == ("encoder", "shapes_1")
    safetensors(tmp_path / "other.safetensors", {"format": "pt"})
    (tmp_path / "broken.safetensors").write_bytes(b"\xff" * 40)
    for name in ("other", "broken"):
        other = recognise(tmp_path / f"{name}.safetensors")
        assert (other.kind, dict(other.about)) == ("encoder", {})
