"""Messages on a pipe: a header of JSON and arrays of raw bytes, compressed where that pays. Does not import torch.

    4 bytes   MARK
    4 bytes   length of the header
    8 bytes   length of the arrays
    header    JSON: {"arrays": [{"type": "<f4", "shape": [2, 3], "packed": 20}, ...], ...}
    arrays    one after another; zlib where "packed" is above 0, else as they are

Each side first writes GREETING, so that what a login shell prints before it is passed over. Whatever arrives, reading it takes no
more memory than `Limits` says, and executes nothing: bytes that are no message raise WrongBytes."""

from __future__ import annotations

import json
import math
import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

GREETING = b"\nparallax serve 1\n"
MARK = b"PXF1"
_LENGTHS = struct.Struct("!4sIQ")
# Bytes of a shell's own output that are passed over before the greeting.
MOST_BEFORE = 64 << 10
# Bytes below which an array is not compressed; bytes of the sample that decides, and the share that it must save.
SMALL, SAMPLE, WORTH = 2048, 64 << 10, 0.1
_TYPES = re.compile(r"[<>|](?:[biuf][1248]|[US][0-9]{1,5})")
_AT_ONCE = 1 << 18
BYTES = "bytes"  # in place of the type of an array: plain bytes


class WrongBytes(ValueError):
    """Bytes that are no message of this program; the message says what is wrong with them."""


class PipeEnded(Exception):
    """The other side has closed the pipe, between two messages or within one."""


@dataclass(frozen=True)
class Limits:
    """The largest message that is taken. Bytes of the header, bytes of its arrays when they are unpacked, and their number."""

    header: int = 16 << 20
    arrays: int = 512 << 20
    count: int = 20_000


@dataclass(frozen=True)
class Message:
    """`header`: values of JSON; `arrays`: what it refers to by number."""

    header: dict[str, Any]
    arrays: tuple[np.ndarray | bytes, ...] = ()


def pack(header: Mapping[str, Any], arrays: Sequence[np.ndarray | bytes] = ()) -> bytes:
    """A message as bytes. ValueError for an array of objects."""
    listed, parts = [], []
    for array in arrays:
        kind, shape, data = _plain(array)
        packed = _packed(data)
        listed.append({"type": kind, "shape": shape, "packed": len(packed) if packed is not None else 0})
        parts.append(data if packed is None else packed)
    text = json.dumps({**header, "arrays": listed}, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    return b"".join((_LENGTHS.pack(MARK, len(text), sum(map(len, parts))), text, *parts))


def unpack(stream: IO[bytes], limits: Limits) -> Message:
    """The next message of a stream. PipeEnded where it ends, WrongBytes where something else arrives."""
    mark, header, arrays = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    if mark != MARK:
        raise WrongBytes(f"a message begins with {MARK!r}, not with {mark!r}")
    if header > limits.header or arrays > limits.arrays:
        most = f"{limits.header:,} and {limits.arrays:,}"
        raise WrongBytes(f"a message has at most {most} bytes of header and arrays, not {header:,} and {arrays:,}")
    try:
        values = json.loads(_exactly(stream, header))
    except (ValueError, RecursionError) as error:
        raise WrongBytes(f"a header is JSON ({type(error).__name__})") from None
    if not isinstance(values, dict) or not isinstance(listed := values.pop("arrays", None), list) or len(listed) > limits.count:
        raise WrongBytes("a header is an object of JSON with a list of arrays")
    return Message(values, _arrays(listed, _exactly(stream, arrays), limits))


def skip_to_greeting(stream: IO[bytes]) -> bytes:
    """Read until the other side's greeting; returns what came before. PipeEnded where the stream ends, WrongBytes where too much
    comes before."""
    seen = bytearray()
    while not seen.endswith(GREETING):
        byte = stream.read(1)
        if not byte:
            raise PipeEnded
        seen += byte
        if len(seen) > MOST_BEFORE:
            raise WrongBytes("the program at the other end does not answer: something else writes there")
    return bytes(seen[: -len(GREETING)])


def _plain(array: np.ndarray | bytes) -> tuple[str, list[int], bytes]:
    if isinstance(array, bytes):
        return BYTES, [len(array)], array
    if not _TYPES.fullmatch(array.dtype.str):
        raise ValueError(f"an array of {array.dtype} cannot be sent")
    return array.dtype.str, list(array.shape), np.ascontiguousarray(array).tobytes()


def _packed(data: bytes) -> bytes | None:
    if len(data) < SMALL:
        return None
    if len(data) > SAMPLE and len(zlib.compress(data[:SAMPLE], 1)) > SAMPLE * (1 - WORTH):
        return None
    packed = zlib.compress(data, 1)
    return packed if len(packed) <= len(data) * (1 - WORTH) else None


def _exactly(stream: IO[bytes], count: int) -> bytearray:
    """So many bytes. Memory grows with what arrives, not with what was announced."""
    data = bytearray()
    while len(data) < count:
        part = stream.read(min(_AT_ONCE, count - len(data)))
        if not part:
            raise PipeEnded
        data += part
    return data


def _arrays(listed: list[Any], data: bytearray, limits: Limits) -> tuple[np.ndarray | bytes, ...]:
    at, total = 0, 0
    arrays: list[np.ndarray | bytes] = []
    for entry in listed:
        kind, shape, packed = _entry(entry)
        size = math.prod(shape) * (1 if kind == BYTES else np.dtype(kind).itemsize)
        stored = packed or size
        total += size
        if total > limits.arrays or at + stored > len(data):
            raise WrongBytes("the arrays are larger than what was sent")
        part = data[at : at + stored]
        at += stored
        raw = _unpacked(part, size) if packed else part
        arrays.append(bytes(raw) if kind == BYTES else np.frombuffer(raw, dtype=kind).reshape(shape))
    if at != len(data):
        raise WrongBytes("more bytes were sent than the arrays have")
    return tuple(arrays)


def _entry(entry: Any) -> tuple[str, list[int], int]:
    if not isinstance(entry, dict):
        raise WrongBytes("an array is described by an object")
    kind, shape, packed = entry.get("type"), entry.get("shape"), entry.get("packed")
    if not isinstance(kind, str) or not (kind == BYTES or _TYPES.fullmatch(kind)):
        raise WrongBytes("an array holds numbers or texts")
    if not isinstance(shape, list) or len(shape) > 16 or not all(type(side) is int and 0 <= side < 2**48 for side in shape):
        raise WrongBytes("the shape of an array is a list of whole numbers")
    if type(packed) is not int or packed < 0 or (kind == BYTES and len(shape) != 1):
        raise WrongBytes("the length of a packed array is a whole number")
    return kind, shape, packed


def _unpacked(part: bytearray, size: int) -> bytearray:
    unpacker = zlib.decompressobj()
    try:
        raw = unpacker.decompress(part, size + 1)
    except zlib.error:
        raise WrongBytes("an array cannot be unpacked") from None
    if len(raw) != size or not unpacker.eof or unpacker.unused_data:
        raise WrongBytes("an unpacked array has another size than was said")
    return bytearray(raw)
