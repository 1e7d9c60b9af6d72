"""The name by which a run is shown everywhere: "VICReg · shapes · s0". Pure text."""

from __future__ import annotations

import re
from collections.abc import Sequence

SEPARATOR = " · "
LONGEST_PART = 120  # characters of the data's name


def run_name(method: str, data: str, seed: int | None, differs: Sequence[str] = (), name: str = "") -> str:
    """A run's name. `name`: the user's own, which is returned unchanged. `method`: its title. `data`: the source or a path.
    `differs`: what distinguishes it from the other runs of its sweep. The seed is last; None where it is not known.

    >>> run_name("VICReg", "/data/shapes", 0)
    'VICReg · shapes · s0'
    >>> run_name("VICReg", "cifar.npz", 2, ["lr 0.3"])
    'VICReg · cifar · lr 0.3 · s2'
    >>> run_name("VICReg", "shapes", 0, name="Mine")
    'Mine'
    """
    if name.strip():
        return name
    parts = (method, data_name(data)[:LONGEST_PART], *differs, "" if seed is None else f"s{seed}")
    return SEPARATOR.join(part for part in parts if part)


def data_name(source: str) -> str:
    """The name of a data source: "photos" of "/data/photos/", "cifar10_10k" of "../cifar10_10k.npz"."""
    last = re.split(r"[/\\]", source.rstrip("/\\"))[-1]
    return last[:-4] if last.lower().endswith(".npz") else last


def elided(name: str, most: int = 40) -> str:
    """A name with at most `most` characters: its middle is left out, so that method and seed stay.

    >>> elided("VICReg · a long name of data · s0", 20)
    'VICReg · a…data · s0'
    """
    if len(name) <= most:
        return name
    end = (most - 1) // 2
    return f"{name[: most - 1 - end]}…{name[len(name) - end :]}"
