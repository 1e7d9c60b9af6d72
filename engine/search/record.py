"""The folder of a search: its plan, and a line for each run that began or ended, from which it goes on. Does not import torch."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from engine.config.errors import complain, unwritten
from engine.config.small_files import FileError, read_object, read_small
from engine.runs.atomic_write import atomic_write, sync_file

PLAN, RECORD = "search.json", "search.jsonl"
MOST_BYTES = 64 << 20
MOST_RUNS = 1000
# Who proposed a run: the recipe as it is, the random search beside a proposer, or the proposer itself by its id.
DEFAULT, RANDOM = "default", "random"


@dataclass(frozen=True)
class Plan:
    """What a search does: everything that decides its proposals.

    base: nested settings, as given and not resolved. space: texts KEY=VALUES, see `parse_space`. proposer, reward: ids. factor:
    of the labels of the reward knn, "" for the classes. budget: runs of the proposer. seed: of its draws. compare: whether a random
    search has as many runs beside it. tag: of its runs."""

    base: dict[str, Any]
    space: tuple[str, ...]
    proposer: str = "cmaes"
    reward: str = "knn"
    factor: str = ""
    budget: int = 16
    seed: int = 0
    compare: bool = True
    tag: str = "search"

    @property
    def arms(self) -> tuple[str, ...]:
        """Who proposes runs: the proposer, and the random search beside it."""
        return (self.proposer, RANDOM) if self.compare and self.proposer != RANDOM else (self.proposer,)

    def runs(self) -> Iterator[tuple[str, int]]:
        """Every run in its order, by who proposes it and its number: the recipe first, then each in turn, so that a search that was
        broken off has compared equal budgets."""
        yield DEFAULT, 0
        for number in range(self.budget):
            for arm in self.arms:
                yield arm, number

    @property
    def count(self) -> int:
        """How many runs there are in all."""
        return 1 + self.budget * len(self.arms)


@dataclass(frozen=True)
class SearchRun:
    """A run of a search. values: by key; {} for the recipe. seed: of the run. folder: of the run, "" until it has one. reward: None
    until it is measured, and for a run that failed, whose `error` says why. seconds: how long it trained. test: its kNN accuracy on
    the held-out test images, of those alone that are compared in the end."""

    arm: str
    number: int
    values: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    folder: str = ""
    reward: float | None = None
    error: str = ""
    seconds: float = 0.0
    test: float | None = None

    @property
    def ended(self) -> bool:
        """Whether it has a reward, or failed."""
        return self.reward is not None or bool(self.error)


def write_plan(out: Path, plan: Plan) -> Plan:
    """Make the folder of a search, or check that it is of the same plan. Returns the plan as it is stored.

    ConfigError where the folder is of another search, and where it cannot be written."""
    checked = _as_stored(plan)
    path = out / PLAN
    try:
        out.mkdir(parents=True, exist_ok=True)
        if path.exists():
            stored = read_plan(out)
            if stored != checked:
                names = [one.name for one in fields(Plan) if getattr(stored, one.name) != getattr(checked, one.name)]
                remedy = (
                    f"Another search is in it, which differs in {', '.join(names)}: repeat its command, or take another folder."
                )
                raise complain("the folder of a search", "new, or one of the same search", str(out), remedy)
            return stored
        with atomic_write(path) as part:
            part.write_text(json.dumps(asdict(checked), indent=2), encoding="utf-8")
    except OSError as error:
        raise unwritten("the folder of a search", "one that can be written", out, error) from None
    return checked


def read_plan(out: Path) -> Plan:
    """The plan of a search. ConfigError where there is none, or none that can be read."""
    path = Path(out) / PLAN
    try:
        values = read_object(path)
        plan = Plan(**{**values, "space": tuple(values["space"])})
        _check_plan(plan)
    except OSError as error:
        raise complain("search", f"a folder that holds {PLAN}", str(out), f"{error.strerror}.") from None
    except (FileError, TypeError, KeyError, ValueError):
        raise complain(
            "search", f"a folder whose {PLAN} can be read", str(out), "Take another folder, or delete that file."
        ) from None
    return replace(plan, base=_with_numbers(plan.base))


def _check_plan(plan: Plan) -> None:
    texts = (plan.proposer, plan.reward, plan.factor, plan.tag, *plan.space)
    right = all(isinstance(text, str) for text in texts) and isinstance(plan.base, dict) and type(plan.compare) is bool
    if (
        not right
        or type(plan.budget) is not int
        or type(plan.seed) is not int
        or not 1 <= plan.budget <= MOST_RUNS
        or plan.seed < 0
    ):
        raise ValueError("a value of another type")


def _as_stored(plan: Plan) -> Plan:
    """The plan as JSON gives it back."""
    if not 1 <= plan.budget <= MOST_RUNS:
        raise complain("budget", f"from 1 to {MOST_RUNS:,} runs", plan.budget)
    if plan.seed < 0:
        raise complain("the seed of a search", "at least 0", plan.seed)
    values = json.loads(json.dumps(asdict(plan), default=str))
    return Plan(**{**values, "space": tuple(values["space"]), "base": _with_numbers(values["base"])})


def _with_numbers(value: Any) -> Any:
    """Keys that index a list are whole numbers, which JSON writes as texts."""
    if not isinstance(value, Mapping):
        return value
    return {int(key) if str(key).isdecimal() else key: _with_numbers(item) for key, item in value.items()}


def read_trials(out: Path) -> dict[tuple[str, int], SearchRun]:
    """The runs that have begun so far, by who proposed them and their number, in the order of the record. An incomplete last line,
    of a process that was killed, is left out.

    ConfigError where another line is damaged: with fewer rewards than there were, other runs would be proposed."""
    lines = _lines(out)
    trials: dict[tuple[str, int], SearchRun] = {}
    for number, line in enumerate(lines, start=1):
        values = _parsed(line)
        if values is None:
            remedy = "Put back a copy of it, or take another folder: without that line other runs would be proposed."
            raise complain(f"line {number} of {RECORD}", "as it was written", line[:80], remedy)
        key = str(values["arm"]), int(values["number"])
        trials[key] = replace(trials.get(key, SearchRun(*key)), **values)
    return trials


def _lines(out: Path) -> list[str]:
    try:
        data = read_small(Path(out) / RECORD, MOST_BYTES)
    except FileNotFoundError:
        return []
    except (OSError, FileError) as error:
        raise complain(RECORD, "a file that can be read", str(out), f"{error}.") from None
    return data[: data.rfind(b"\n") + 1].decode("utf-8", "replace").splitlines()


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict):
        return None
    known = {name: _FITS[name] for name in values if name in _FITS}
    whole = {"arm", "number"} <= set(known) and len(known) == len(values)
    return values if whole and all(fits(values[name]) for name, fits in known.items()) else None


def _is_number(value: object) -> bool:
    return value is None or (type(value) in (int, float) and math.isfinite(value))  # type: ignore[arg-type]


_FITS = {
    "arm": lambda value: type(value) is str,
    "number": lambda value: type(value) is int and 0 <= value < MOST_RUNS,
    "values": lambda value: type(value) is dict,
    "seed": lambda value: type(value) is int and value >= 0,
    "folder": lambda value: type(value) is str,
    "reward": _is_number,
    "error": lambda value: type(value) is str,
    "seconds": lambda value: value is not None and _is_number(value),
    "test": _is_number,
}


def append(out: Path, trial: SearchRun, *names: str) -> None:
    """Write a line with these fields of a run; it is on the disk when this returns. ConfigError where it cannot be written."""
    path = Path(out) / RECORD
    line = json.dumps({name: getattr(trial, name) for name in ("arm", "number", *names)}, ensure_ascii=False, allow_nan=False)
    try:
        _remove_incomplete(path)
        with path.open("ab") as file:
            file.write(f"{line}\n".encode("utf-8", "backslashreplace"))
        sync_file(path)
    except OSError as error:
        raise unwritten(RECORD, "a file that can be written", out, error) from None


def _remove_incomplete(path: Path) -> None:
    """Remove what a killed process left of its last line."""
    data = path.read_bytes() if path.exists() else b""
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        os.truncate(path, whole)
