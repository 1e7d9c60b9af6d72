"""Files that are there whole or not at all: whatever happens while one is written, what lay there before stays. Torch-free."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def set_aside(path: Path) -> Path:
    """Gives a file that cannot be read another name beside its own (x.json: x.broken.json, x.broken-2.json, ...), so that a new one
    loses nothing of it; where it lies then. OSError where that cannot be."""
    number = 1
    while (place := path.with_name(f"{path.stem}.broken{'' if number == 1 else f'-{number}'}{path.suffix}")).exists():
        number += 1
    return path.replace(place)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to. It takes the place of `path` where the block ends, and goes where the block raises.

    The name is hidden and nobody else's: neither another thread's or program's that writes the same file, nor a person's. It is
    short also where the file's own name is as long as the system allows."""
    part = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.part")
    try:
        yield part
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
