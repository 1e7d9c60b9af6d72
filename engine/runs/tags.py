"""The user's tags of samples of a run's data, in tags.json of the run's folder. Does not import torch.

A tag is a name and the indices of its samples in the data set, which never change: it means the same images at every epoch, on
every map, and in any order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.config.errors import ConfigError, complain, unwritten
from engine.config.printable import printable
from engine.config.small_files import read_json
from engine.runs.atomic_write import atomic_write, set_aside

FILE = "tags.json"
MOST_BYTES = 64 << 20
LONGEST = 60
LONGEST_READ = 200  # of a name that another program wrote
# Larger indices do not fit into an array.
_LAST_INDEX = 2**62
# Separates the tags of one sample where a table has one column for them.
BETWEEN = ";"

Tags = Mapping[str, tuple[int, ...]]


def read_tags(folder: Path) -> dict[str, tuple[int, ...]]:
    """The tags of a run by name, each with the indices of its samples in the data set, rising; empty where nothing was tagged.

    ConfigError where the file is broken. It stays as it is."""
    return _tags_of(_read(Path(folder)))


def change_tags(folder: Path, name: str, add: Iterable[int] = (), remove: Iterable[int] = ()) -> dict[str, tuple[int, ...]]:
    """Add a tag to samples, or remove it from them; other contents of the file are kept. A tag without samples is removed.

    The file is read anew first, because another window may have written it, and replaced atomically. A broken one is renamed to
    tags.broken.json (tags.broken-2.json, ...), so that nothing is lost. Returns all tags, as `read_tags` does. ConfigError for an
    invalid name, for indices below 0, and where the folder cannot be written."""
    folder, name = Path(folder), tag_name(name)
    added, removed = ({int(index) for index in indices} for indices in (add, remove))
    if wrong := sorted(index for index in added if index < 0):
        raise complain("sample", "a place in the data set, from 0 on", wrong[0])
    try:
        values = _read(folder)
        tags = _tags_of(values)
    except ConfigError:
        try:
            set_aside(folder / FILE)
        except OSError as error:
            raise unwritten("run folder", "writable", folder, error) from None
        values, tags = {}, {}
    samples = (set(tags.get(name, ())) | added) - removed
    tags = {key: indices for key, indices in {**tags, name: tuple(sorted(samples))}.items() if indices}
    try:
        with atomic_write(folder / FILE) as part:
            part.write_text(json.dumps({**values, "tags": tags}, ensure_ascii=False, indent=1), encoding="utf-8", errors="replace")
    except OSError as error:
        raise unwritten("run folder", "writable", folder, error) from None
    return dict(sorted(tags.items()))


def tag_name(name: str) -> str:
    """The name without surrounding spaces. ConfigError for an invalid one."""
    tidy = " ".join(name.split())
    if not 0 < len(tidy) <= LONGEST or BETWEEN in tidy or not tidy.isprintable():
        raise complain("tag", f"a name of 1 to {LONGEST} characters without '{BETWEEN}'", name)
    return tidy


def _read(folder: Path) -> dict[str, Any]:
    try:
        values = read_json(folder / FILE, MOST_BYTES)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _broken(folder, str(error)) from None
    if not isinstance(values, dict):
        raise _broken(folder, f"a {type(values).__name__}")
    return values


def _tags_of(values: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    tags = values.get("tags", {})
    if not isinstance(tags, dict):
        raise _broken(None, f"a {type(tags).__name__} in place of the tags")
    result = {}
    for name, indices in tags.items():
        if not isinstance(indices, list) or not all(type(index) is int and 0 <= index <= _LAST_INDEX for index in indices):
            raise _broken(None, f"no list of places at '{name}'")
        result[printable(name, longest=LONGEST_READ)] = tuple(sorted(set(indices)))
    return dict(sorted(result.items()))


def _broken(folder: Path | None, got: str) -> ConfigError:
    return complain(
        FILE if folder is None else f"{folder.name}/{FILE}",
        "tags as they are written here",
        got,
        "The file stays as it is. Fix it; or give a tag: the file is then set aside under another name, and a new one begun.",
    )
