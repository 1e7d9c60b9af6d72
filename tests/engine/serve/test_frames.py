"""Messages on a pipe: what is sent arrives unchanged; what is no message is refused, and takes no memory."""

from __future__ import annotations

import io
import json
import struct
import tracemalloc
import zlib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from engine.config.run import DataConfig
from engine.serve.codec import Packer, Unpacker, unsendable
from engine.serve.frames import GREETING, Limits, PipeEnded, WrongBytes, pack, skip_to_greeting, unpack

LIMITS = Limits(header=1 << 16, arrays=1 << 20, count=10)


class Kind(Enum):
    ONE = "one"


@dataclass(frozen=True)
class Inner:
    name: str
    size: float | None


@dataclass(frozen=True, eq=False)
class Everything:
    array: np.ndarray
    data: bytes
    path: Path
    kind: Kind
    word: Literal["a", "b"]
    pair: tuple[int, str]
    rows: tuple[Inner, ...]
    by_name: dict[str, list[np.ndarray]]
    either: Inner | str | int
    settings: Any
    config: DataConfig


def everything() -> Everything:
    rows = (Inner("x", None), Inner("ü", 0.5))
    arrays = [np.arange(6, dtype=np.uint8).reshape(2, 3), np.zeros((0, 4), np.int64)]
    settings = {"train": {"steps": 3, "plan": []}, "on": True, "none": None}
    return Everything(
        np.linspace(0, 1, 5000, dtype=np.float32),
        b"\0\xff",
        Path("/runs/a"),
        Kind.ONE,
        "b",
        (2, "z"),
        rows,
        {"k": arrays},
        Inner("y", 1.0),
        settings,
        DataConfig(source="shapes"),
    )


def sent(value: Any, kind: Any) -> Any:
    packer = Packer()
    data = pack({"value": packer.pack(kind, value)}, packer.arrays)
    message = unpack(io.BytesIO(data), Limits())
    return Unpacker(message.arrays).unpack(kind, message.header["value"])


def test_a_value_of_every_kind_arrives_as_it_was() -> None:
    value = everything()
    got = sent(value, Everything)
    assert isinstance(got, Everything)
    np.testing.assert_array_equal(got.array, value.array)
    assert got.array.dtype == np.float32
    for mine, theirs in zip(value.by_name["k"], got.by_name["k"], strict=True):
        assert mine.dtype == theirs.dtype
        assert mine.shape == theirs.shape
        assert (mine == theirs).all()
    for name in ("data", "path", "kind", "word", "pair", "rows", "either", "settings", "config"):
        assert getattr(got, name) == getattr(value, name), name
    assert sent("text", Inner | str | int) == "text"
    assert sent(7, Inner | str | int) == 7
    assert unsendable(Everything) == ""
    assert "Callable" in unsendable(tuple[int, Any, __import__("collections").abc.Callable[[], None]])


def test_arrays_are_compressed_where_that_pays() -> None:
    flat, noise = np.zeros(200_000, np.uint8), np.random.default_rng(0).integers(0, 256, 200_000, np.uint8)
    assert len(pack({}, [flat])) < 2_000
    assert 200_000 < len(pack({}, [noise])) < 200_300


def test_a_text_is_mapped_on_its_way_in_keys_paths_and_settings() -> None:
    packer = Packer(lambda text: text.replace("/here", "/there"))
    packed = packer.pack(tuple[Path, dict[str, Any], Any], (Path("/here/a"), {"/here/b": 1}, {"teacher": "/here/c"}))
    assert packed == ["/there/a", [["/there/b", 1]], {"teacher": "/there/c"}]


def header_of(values: Any, arrays: bytes = b"") -> bytes:
    text = json.dumps(values).encode()
    return struct.pack("!4sIQ", b"PXF1", len(text), len(arrays)) + text + arrays


BOMB = zlib.compress(bytes(50 << 20))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"SSH-2.0-OpenSSH_9.2 and more", "begins with"),
        (struct.pack("!4sIQ", b"PXF1", 2**32 - 1, 0), "at most"),
        (struct.pack("!4sIQ", b"PXF1", 10, 2**60), "at most"),
        (struct.pack("!4sIQ", b"PXF1", 9, 0) + b"not JSON!", "JSON"),
        (struct.pack("!4sIQ", b"PXF1", 60_000, 0) + b"[" * 60_000, "JSON"),
        (header_of([1]), "object"),
        (header_of({"arrays": [{}] * 11}), "list of arrays"),
        (header_of({"arrays": [{"type": "|O", "shape": [1], "packed": 0}]}, b"12345678"), "numbers or texts"),
        (header_of({"arrays": [{"type": "<f4", "shape": [-1], "packed": 0}]}), "whole numbers"),
        (header_of({"arrays": [{"type": "<f4", "shape": [2**40], "packed": 0}]}), "larger than"),
        (header_of({"arrays": [{"type": "|u1", "shape": [1000], "packed": len(BOMB)}]}, BOMB), "another size"),
        (header_of({"arrays": [{"type": "|u1", "shape": [4], "packed": 4}]}, b"abcd"), "unpacked"),
        (header_of({"arrays": []}, b"rest"), "more bytes"),
    ],
)
def test_what_is_no_message_is_refused_without_memory(data: bytes, says: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(WrongBytes, match=says):
            unpack(io.BytesIO(data), LIMITS)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_a_pipe_that_ends_within_a_message_has_ended() -> None:
    whole = pack({"do": "ping"}, [np.arange(9)])
    for cut in (0, 3, 20, len(whole) - 1):
        with pytest.raises(PipeEnded):
            unpack(io.BytesIO(whole[:cut]), LIMITS)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, True),
        (str, 3),
        (Inner, {"name": "x"}),
        (Inner, {"name": "x", "size": 1.0, "more": 0}),
        (Inner, {"name": "x", "size": [5, 1.0]}),
        (Kind, "two"),
        (Literal["a"], "b"),
        (tuple[int, str], [1]),
        (dict[str, int], {"a": 1}),
        (dict[Inner | tuple[np.ndarray, ...], int], [[[1, [0]], 1]]),
        (np.ndarray, 1),
        (bytes, 0),
        (DataConfig, {"source": "shapes", "unknown": 1}),
    ],
)
def test_a_value_of_another_type_than_declared_is_refused(kind: Any, value: Any) -> None:
    with pytest.raises(WrongBytes):
        Unpacker([np.zeros(2)]).unpack(kind, value)


def test_what_a_shell_prints_before_the_greeting_is_passed_over() -> None:
    stream = io.BytesIO(b"Welcome to gpu-server!\n" + GREETING + b"rest")
    assert skip_to_greeting(stream) == b"Welcome to gpu-server!\n"
    assert stream.read() == b"rest"
    with pytest.raises(WrongBytes, match="something else writes"):
        skip_to_greeting(io.BytesIO(b"y\n" * 100_000))
