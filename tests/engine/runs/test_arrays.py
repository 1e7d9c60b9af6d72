"""Arrays in files of unknown origin: what is invalid is refused with a message, at once and without using memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.config.errors import ConfigError
from engine.config.small_files import FileError
from engine.embed.cluster_tracking import ClusterStore, TrackedClusters
from engine.embed.map_store import MapStore, StoredMap
from engine.runs.arrays import read_arrays
from engine.runs.reader import picture_path, read_picture, read_snapshot, snapshot_path

GOOD = {"features": np.zeros((3, 2), np.float16), "index": np.arange(3), "label": np.arange(3), "step": np.int64(7)}


def archive(**arrays: object) -> bytearray:
    file = io.BytesIO()
    np.savez(file, **{**GOOD, **arrays})
    return bytearray(file.getvalue())


def central(data: bytearray, offset: int, value: bytes) -> bytearray:
    """The archive with other bytes in its central directory, at an offset into the first entry."""
    start = data.find(b"PK\x01\x02")
    data[start + offset : start + offset + len(value)] = value
    return data


def packed_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": "<f2", "fortran_order": False, "shape": (1 << 26, 1)})
        made.writestr("features.npy", header.getvalue() + bytes(1 << 27))
        for name in ("index", "label", "step"):
            part = io.BytesIO()
            np.save(part, GOOD[name])
            made.writestr(f"{name}.npy", part.getvalue())
    return file.getvalue()


def claims(shape: str) -> bytes:
    """An archive in which the header of `features` has a shape that does not match the number of bytes."""
    data = bytes(archive())
    assert data.count(b"(3, 2), }") == 1
    padded = f"{shape}, }}".encode()
    return data.replace(b"(3, 2), }" + b" " * (len(padded) - 9), padded)


BAD: dict[str, Callable[[], bytes]] = {
    "encrypted": lambda: bytes(central(archive(), 8, b"\1\0")),
    "method 99": lambda: bytes(central(archive(), 10, b"\x63\0")),
    "a size of 4 GB": lambda: bytes(central(archive(), 24, b"\xfe\xff\xff\xff")),
    "packed a thousand times": packed_bomb,
    "a shape of terabytes": lambda: claims("(999999999, 9999)"),
    "a shape below 0": lambda: claims("(-1, 2)"),
    "complex step": lambda: bytes(archive(step=1j)),
    "objects": lambda: bytes(archive(features=np.array([{}, {}, {}], object))),
    "index without a size": lambda: bytes(archive(index=np.int64(3))),
    "index below 0": lambda: bytes(archive(index=np.array([-1, 0, 1]))),
    "index of floats": lambda: bytes(archive(index=np.zeros(3))),
    "index beyond whole floats": lambda: bytes(archive(index=np.array([0, 1, 2**63], np.uint64))),
    "labels of infinity": lambda: bytes(archive(label=np.full(3, np.inf))),
    "labels below -1": lambda: bytes(archive(label=np.full(3, -2))),
    "step of three": lambda: bytes(archive(step=np.arange(3))),
    "other rows": lambda: bytes(archive(features=np.zeros((4, 2), np.float16))),
    "no columns": lambda: bytes(archive(features=np.zeros((3, 0), np.float16))),
    "text for features": lambda: bytes(archive(features=np.full((3, 2), "a"))),
    "cut off": lambda: bytes(archive())[:-60],
    "one bit": lambda: bytes(archive()).replace(b"\x93NUMPY", b"\x93NUMPX"),
    "nothing": bytes,
    "a single array": lambda: b"\x93NUMPY\1\0",
}


@pytest.mark.parametrize("name", BAD)
def test_a_damaged_or_malicious_snapshot_is_refused_with_a_message(name: str, tmp_path: Path) -> None:
    path = snapshot_path(tmp_path, 0)
    path.parent.mkdir(parents=True)
    path.write_bytes(BAD[name]())
    with pytest.raises(ConfigError, match="The file is broken"):
        read_snapshot(tmp_path, 0)


def test_a_valid_snapshot_is_read_compressed_or_not(tmp_path: Path) -> None:
    path = snapshot_path(tmp_path, 0)
    path.parent.mkdir(parents=True)
    for save in (np.savez, np.savez_compressed):
        save(path, **GOOD)
        snapshot = read_snapshot(tmp_path, 0)
        assert (snapshot.step, snapshot.features.dtype, snapshot.index.tolist()) == (7, np.float16, [0, 1, 2])
    with pytest.raises(FileError, match="missing"):
        read_arrays(path, ["masks"])


def test_maps_and_clusters_that_do_not_match_are_computed_again(tmp_path: Path) -> None:
    maps, clusters = MapStore(tmp_path, "umap", {}), ClusterStore(tmp_path, "kmeans", {})
    maps.write(1, 5, StoredMap(np.zeros((3, 2), np.float32), np.arange(3), 0.5, 0.5, 3, 1.0))
    clusters.write(1, 5, TrackedClusters(np.zeros(3, np.int64), np.arange(3), None))
    assert maps.read(1, 5) is not None
    assert clusters.read(1, 5) is not None
    assert maps.read(1, 6) is None
    (path,) = (tmp_path / "maps").rglob("*.npz")
    own = dict(np.load(path))
    for change in (
        {"xy": np.zeros((3, 3))},
        {"xy": np.zeros(3)},
        {"index": np.arange(4)},
        {"seconds": np.array("x")},
        {"kept": 1j},
    ):
        np.savez(path, **{**own, **change})
        assert maps.read(1, 5) is None
    (path,) = (tmp_path / "clusters").rglob("*.npz")
    own = dict(np.load(path))
    for change in (
        {"label": np.full(3, 2**40)},
        {"label": np.zeros(2, int)},
        {"after": np.arange(3)},
        {"after": 0.5},
        {"same": "x"},
    ):
        np.savez(path, **{**own, **change})
        assert clusters.read(1, 5) is None


def test_a_damaged_or_too_large_picture_is_refused_with_a_message(tmp_path: Path) -> None:
    path = picture_path(tmp_path, 0, "x")
    path.parent.mkdir(parents=True)
    file = io.BytesIO()
    Image.effect_noise((60, 60), 90).save(file, "PNG")
    good = file.getvalue()
    path.write_bytes(good)
    assert read_picture(tmp_path, 0, "x").shape == (60, 60, 3)
    start = good.index(b"IDAT")
    broken = good[: start - 4] + (10).to_bytes(4, "big") + good[start:]
    large = io.BytesIO()
    Image.new("1", (9000, 9000)).save(large, "PNG")
    jpeg = io.BytesIO()
    Image.new("RGB", (9, 9)).save(jpeg, "JPEG")
    odd = ((broken, "broken"), (good[:200], "broken"), (large.getvalue(), "9,000 x 9,000 pixels"), (jpeg.getvalue(), "broken"))
    for data, words in odd:
        path.write_bytes(data)
        with pytest.raises(ConfigError, match=words):
            read_picture(tmp_path, 0, "x")
