"""The name by which a run is shown everywhere: "VICReg · shapes · s0". Pure text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

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


def elided(name: str, most: float = 40, width: Callable[[str], float] = len) -> str:
    """A name that is at most `most` wide. Its longest part, usually the data, is shortened first, so that method and seed stay.
    `width`: the width of a text; by default the number of characters.

    >>> elided("VICReg · a long name of data · s0", 22)
    'VICReg · a long … · s0'
    """
    if width(name) <= most:
        return name
    parts = name.split(SEPARATOR)
    longest = max(range(len(parts)), key=lambda index: len(parts[index]))
    before = SEPARATOR.join([*parts[:longest], ""]) if longest else ""
    after = SEPARATOR.join(["", *parts[longest + 1 :]]) if longest + 1 < len(parts) else ""
    shortest = f"{before}{parts[longest][:2]}…{after}"
    if len(parts) > 1 and width(shortest) <= most:
        return _longest(lambda count: f"{before}{parts[longest][:count]}…{after}", len(parts[longest]), most, width)
    return _longest(lambda count: f"{name[: count - count // 2]}…{name[len(name) - count // 2 :]}", len(name), most, width)


def _longest(text: Callable[[int], str], count: int, most: float, width: Callable[[str], float]) -> str:
    """`text` of the largest number below `count` that is at most `most` wide, by bisection."""
    low, high = 0, count
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if width(text(middle)) <= most else (low, middle)
    return text(low)
