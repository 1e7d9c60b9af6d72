"""All runs under one folder: an efficient repeated listing, names and stars, and moving to the trash."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import send2trash
import yaml

from engine.catalogue import title_of
from engine.config.errors import ConfigError, complain, unwritten
from engine.config.printable import printable
from engine.config.run_name import run_name
from engine.config.small_files import FileError, expanded, read_small, text_in
from engine.config.text import from_yaml
from engine.events import RunState
from engine.runs.atomic_write import atomic_write
from engine.runs.evaluation import FILE as EVALUATION
from engine.runs.evaluation import figures_of
from engine.runs.lock import LOCK, writer_of
from engine.runs.measured import measured, read_evals
from engine.runs.reader import read_config, read_status
from engine.runs.run_colours import FILE as COLOUR
from engine.runs.run_colours import read_colour
from engine.runs.run_folder import CONFIG, default_root
from engine.runs.status import FILE as STATUS
from engine.runs.status import Status, read_status_file, settle

__all__ = [
    "About",
    "Changes",
    "RunStore",
    "RunSummary",
    "annotate",
    "copy_run",
    "default_root",
    "list_runs",
    "read_about",
    "rename",
    "to_bin",
]

ABOUT = "about.yaml"
MOST_BYTES = 1 << 20  # of about.yaml
LONGEST_NAME = 300
LONGEST_NOTES = 100_000
MOST_TAGS = 1000
# For a folder that has not changed for this long only its own modification time is checked, not those of its files.
SETTLED_SECONDS = 3.0
# A file that is overwritten in place does not change its folder's time: all files are checked once in so many refreshes.
TURNS = 16


@dataclass(frozen=True)
class About:
    """The user's notes on a run. They are stored beside config.yaml, which does not change after the run's start.

    None where not set: then the config's own name, notes and tags are used."""

    name: str | None = None
    notes: str | None = None
    tags: tuple[str, ...] | None = None
    star: bool = False


@dataclass(frozen=True)
class RunSummary:
    """One row of the list of runs. `state` is "broken" where the folder could not be read, and `problem` is the message; it also
    has the message for other files (about.yaml, evaluation.json) that cannot be read.

    `evaluation`: the last checkpoint's test accuracies by part. `config_time`: modification time of config.yaml (ns; 0 without
    one): a cache of its contents is outdated when this changes. `colour`: its colour number, None until a window gave it one."""

    folder: Path
    state: RunState | Literal["broken"]
    status: Status
    name: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    star: bool = False
    problem: str = ""
    evaluation: Mapping[str, float] = field(default_factory=dict)
    config_time: int = 0
    colour: int | None = None

    @property
    def id(self) -> str:
        """The folder's own name."""
        return self.folder.name

    @property
    def title(self) -> str:
        """The name given by the user, else made of method, data and seed ("VICReg · shapes · s0"), else the folder's."""
        at = self.status
        return run_name(title_of(at.method), at.data, at.seed, name=self.name) if self.name or at.method else self.folder.name


@dataclass(frozen=True)
class Changes:
    """The changes since the last refresh. `removed`: deleted folders."""

    added: tuple[RunSummary, ...] = ()
    changed: tuple[RunSummary, ...] = ()
    removed: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


_Stamp = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A run at the last refresh: the folder's modification time (ns), since when it has been that (s, monotonic), and its files'
    stamps."""

    folder: Path
    touched: int
    since: float
    stamp: _Stamp
    row: RunSummary


class RunStore:
    """Cache of the runs under `root`: a run whose files did not change is not read again. Not thread-safe."""

    def __init__(self, root: Path) -> None:
        self.root = expanded(root)
        self._seen: dict[str, _Seen] = {}
        self._turn = 0

    @property
    def runs(self) -> tuple[RunSummary, ...]:
        """All runs as of the last refresh, newest first."""
        rows = [seen.row for seen in self._seen.values()]
        return tuple(sorted(rows, key=lambda row: (row.status.started, row.folder.name), reverse=True))

    def refresh(self) -> Changes:
        """List again, and return the changes. A folder that cannot be read becomes a row with a message, and does not fail the
        list.

        Files of a run are replaced, not overwritten, so that a folder's modification time shows whether its files changed."""
        self._turn = (self._turn + 1) % TURNS
        seen: dict[str, _Seen] = {}
        added: list[RunSummary] = []
        changed: list[RunSummary] = []
        now = time.monotonic()
        for number, path in enumerate(_folders(self.root)):
            old = self._seen.get(path)
            try:
                touched = os.stat(path).st_mtime_ns  # noqa: PTH116  (called thousands of times)
            except OSError:
                continue
            same = old is not None and old.touched == touched
            since = old.since if old is not None and same else now
            settled = same and now - since > SETTLED_SECONDS and number % TURNS != self._turn
            if old is not None and settled and not old.row.status.live:
                seen[path] = old
                continue
            stamp = _stamp(path)
            if stamp[0] == _ABSENT and stamp[1] == _ABSENT:
                continue
            folder = old.folder if old is not None else Path(path)
            row = old.row if old is not None and old.stamp == stamp else _summary(folder)
            if row.status.live:
                # No file changes when a process dies: whether it runs is checked at every refresh.
                status = settle(row.status)
                row = row if status is row.status else dataclasses.replace(row, status=status, state=status.state)
            seen[path] = _Seen(folder, touched, since, stamp, row)
            if old is None:
                added.append(row)
            elif old.row != row:
                changed.append(row)
        removed = tuple(old.folder for path, old in self._seen.items() if path not in seen)
        self._seen = seen
        return Changes(tuple(added), tuple(changed), removed)


def list_runs(root: Path) -> list[RunSummary]:
    """All runs under `root`, newest first; empty where `root` does not exist. For repeated calls, keep a RunStore and `refresh`
    it."""
    store = RunStore(root)
    store.refresh()
    return list(store.runs)


def read_about(folder: Path) -> About:
    """The user's notes on a run; empty where there are none or they cannot be read."""
    return _read_about(Path(folder))[0]


def _read_about(folder: Path) -> tuple[About, str]:
    """The user's notes on a run, and a message where the file cannot be read."""
    try:
        return _about(_about_values(folder)), ""
    except FileNotFoundError:
        return About(), ""
    except (OSError, ValueError) as error:
        return About(), f"{ABOUT} cannot be read: {error}"


def _about_values(folder: Path) -> dict[str, Any]:
    """The values of about.yaml. OSError, FileError or ConfigError where it cannot be read."""
    try:
        text = read_small(folder / ABOUT, MOST_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        raise FileError("it is not UTF-8 text") from None
    return from_yaml(text, ABOUT)


def _about(values: Mapping[str, Any]) -> About:
    tags = values.get("tags")
    return About(
        name=_text(values.get("name"), LONGEST_NAME),
        notes=_text(values.get("notes"), LONGEST_NOTES, lines=True),
        tags=_tags(tags) if isinstance(tags, list) else None,
        star=values.get("star", False) is True,
    )


def _text(value: object, longest: int, lines: bool = False) -> str | None:
    """A text that can be shown; None for other values, such as a list."""
    if value is None or isinstance(value, (list, dict, set, bytes)):
        return None
    return printable(value, lines=lines, longest=longest)


def _tags(tags: Iterable[object]) -> tuple[str, ...]:
    texts = (_text(tag, LONGEST_NAME) for tag in list(tags)[:MOST_TAGS])
    return tuple(text for text in texts if text)


def annotate(
    folder: Path,
    *,
    name: str | None = None,
    notes: str | None = None,
    tags: tuple[str, ...] | None = None,
    star: bool | None = None,
) -> About:
    """Change the user's notes on a run; None leaves a value unchanged, as are values of other programs. A run's own process never
    writes this file. ConfigError where the folder cannot be written, or the file is broken: the user's texts must not be lost."""
    folder = Path(folder)
    read_config(folder)
    given: dict[str, Any] = {"name": name, "notes": notes, "tags": tags, "star": star}
    values: dict[str, Any] = {"star": False}
    try:
        values |= _about_values(folder)
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise complain(f"{folder.name}/{ABOUT}", "YAML that can be read", str(error), "Fix the file, or delete it.") from None
    values |= {key: list(value) if isinstance(value, tuple) else value for key, value in given.items() if value is not None}
    try:
        with atomic_write(folder / ABOUT) as part:
            part.write_text(yaml.safe_dump(values, sort_keys=False, allow_unicode=True), encoding="utf-8")
    except OSError as error:
        raise unwritten("run folder", "writable", folder, error) from None
    return _about(values)


def rename(folder: Path, name: str) -> About:
    """Set a run's name. The folder's name does not change, so that paths stay valid; with an empty name the folder's is shown
    again."""
    return annotate(folder, name=name.strip())


def copy_run(folder: Path, root: Path, progress: Callable[[float], object] = lambda share: None) -> Path:
    """Copy a run into a folder of runs; the copy's folder, with a number after its name where the name is taken. It appears when it
    is complete: what `progress` raises ends it, and leaves nothing. OSError where it cannot be read or written."""
    folder, root = Path(folder), Path(root)
    root.mkdir(parents=True, exist_ok=True)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink() and path.name != LOCK]
    total, done = max(1, sum(path.stat().st_size for path in files)), 0
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=root))
    try:
        for path in files:
            progress(done / total)
            target = part / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
            done += target.stat().st_size
        number, final = 1, root / folder.name
        while final.exists():
            number += 1
            final = root / f"{folder.name}_{number}"
        part.rename(final)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return final


def to_bin(folder: Path, trash: Callable[[str], object] = send2trash.send2trash) -> Path | None:
    """Move a run to the system's trash, from which it can be restored, and return None.

    Where the system has no trash for that disk, the folder is moved to `.bin` beside the runs, and its new path is returned.
    ConfigError for a folder that is no run, for a running one, and where it cannot be moved."""
    folder = Path(folder)
    if not any((folder / name).is_file() for name in (CONFIG, STATUS)):
        raise complain("run", "a run folder (one that holds config.yaml)", str(folder))
    try:
        live = read_status(folder).live
    except ConfigError:
        live = False
    if live or writer_of(folder) is not None:
        raise complain("run", "stopped before it is deleted", folder.name, "Stop it first.")
    try:
        trash(str(folder.absolute()))
    except Exception:  # the trash of each system has its own exceptions; the fallback is the same
        if not folder.exists():
            return None
    else:
        return None
    bin = folder.absolute().parent / ".bin"
    try:
        bin.mkdir(exist_ok=True)
        target, number = bin / folder.name, 1
        while target.exists():
            target, number = bin / f"{folder.name}.{number}", number + 1
        shutil.move(str(folder), str(target))
    except OSError as error:
        raise unwritten("run folder", "free to be moved", folder, error) from None
    return target


_ABSENT = (0, -1)


def _folders(root: Path) -> list[str]:
    try:
        with os.scandir(root) as entries:
            return [entry.path for entry in entries if not entry.name.startswith(".") and _is_folder(entry)]
    except OSError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a circular link, for example: it is no run, and must not fail the list
        return False


def _stamp(folder: str) -> _Stamp:
    stamps = []
    for name in (STATUS, CONFIG, ABOUT, EVALUATION, COLOUR):
        try:
            status = os.stat(f"{folder}/{name}")  # noqa: PTH116
            stamps.append((status.st_mtime_ns, status.st_size))
        except OSError:
            stamps.append(_ABSENT)
    return tuple(stamps)


def summary_of(folder: Path) -> RunSummary:
    """One run, as the list of runs has it."""
    return _summary(Path(folder))


def _summary(folder: Path) -> RunSummary:
    try:
        return _read_summary(folder)
    except Exception as error:  # a folder may contain anything: it must not fail the list
        return RunSummary(folder, "broken", Status(), problem=f"{type(error).__name__}: {printable(error, longest=LONGEST_NAME)}")


def _read_summary(folder: Path) -> RunSummary:
    about, wrong = _read_about(folder)
    evaluation, unread = figures_of(folder)
    status, problem = Status(), ""
    try:
        try:
            # A row's values are all in status.json: parsing a thousand configs would take seconds.
            status = settle(read_status_file(folder))
            if status.best is not None and status.untrained is None and (evals := read_evals(folder)):
                # Of an older version, in which the best kNN could be that of the untrained encoder.
                status = dataclasses.replace(status, **measured(evals))
            if status.seed is None:
                status = dataclasses.replace(status, seed=_seed_of(folder))
        except FileNotFoundError:
            status = _from_config(folder)
    except (OSError, ValueError) as error:
        problem = str(error) or type(error).__name__
    return RunSummary(
        folder=folder,
        state="broken" if problem else status.state,
        status=status,
        name=printable(status.name, longest=LONGEST_NAME) if about.name is None else about.name,
        notes=printable(status.notes, lines=True, longest=LONGEST_NOTES) if about.notes is None else about.notes,
        tags=_tags(status.tags) if about.tags is None else about.tags,
        star=about.star,
        problem=printable(problem or wrong or unread, longest=2000),
        evaluation=evaluation,
        config_time=_stamp(str(folder))[1][0],
        colour=read_colour(folder),
    )


# In config.yaml as `to_yaml` writes it. Parsing the YAML takes milliseconds, and there may be a thousand runs.
_SEED = re.compile(rb"^train:\n(?:  .*\n)*?  seed: (\d{1,10})$", re.MULTILINE)


def _seed_of(folder: Path) -> int | None:
    """The seed of a run whose status.json an earlier version wrote; None where it is not found."""
    try:
        match = _SEED.search(read_small(folder / CONFIG, MOST_BYTES))
    except (OSError, FileError):
        return None
    return int(match[1]) if match else None


def _from_config(folder: Path) -> Status:
    """The row of a run without a status.json."""
    values = read_config(folder)
    tags = values.get("tags")
    return Status(
        method=text_in(values, "method") or text_in(values, "method", "id"),
        data=text_in(values, "data", "source"),
        backbone=text_in(values, "backbone", "name"),
        seed=int(seed) if (seed := text_in(values, "train", "seed")).isdecimal() else None,
        name=text_in(values, "name"),
        notes=text_in(values, "notes"),
        tags=_tags(tags) if isinstance(tags, list) else (),
    )
