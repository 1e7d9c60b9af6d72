"""Groups of runs that are equal but for the seed, and their mean and standard deviation. Pure: numbers in, numbers out, no Qt.

    groups = seed_groups({key: model.config(key) for key in keys})
    curve = mean_curve([(series.x("step"), series.y) for series in members])
    spread([0.53, 0.55, 0.51])      # Spread(mean=0.53, deviation=0.02, count=3)

The standard deviation is that of a sample, with n - 1 in the denominator; of a single run there is none.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config.difference import RECORDED, WORDS

Floats = NDArray[np.float64]
SEED = "train.seed"
# Settings that decide neither what a run learns nor how that is measured. The intervals of the measurements follow the speed of the
# machine, so that equal runs may have different ones.
NOT_COMPARED = frozenset(
    {
        SEED,
        *WORDS,
        *RECORDED,
        "data.root",
        "data.storage",
        "train.device",
        "train.threads",
        "train.checkpoint_seconds",
        "train.keep",
        "monitor.knn_every",
        "monitor.diagnose_every",
        "monitor.embed_images",
        "monitor.pictures",
    }
)
# The length of a run by minutes follows the speed of the machine.
MINUTES, LENGTH = "train.minutes", frozenset({"train.steps", "train.epochs"})


@dataclass(frozen=True)
class SeedGroup:
    """Runs that are equal but for the seed. `keys`: one run for each seed, the lowest seed first; `repeats`: runs whose seed
    another run of the group has. They are no further sample, so means leave them out."""

    keys: tuple[str, ...]
    repeats: tuple[str, ...] = ()


@dataclass(frozen=True)
class MeanCurve:
    """The mean of several runs at common steps. All arrays are (n,): ascending `steps`; `mean` and `deviation`, the standard
    deviation (n - 1), over the runs that have a value there; `count`, the number of those runs. `mean` is NaN where `count` is 0,
    `deviation` where it is below 2."""

    steps: Floats
    mean: Floats
    deviation: Floats
    count: NDArray[np.intp]


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation (n - 1) of `count` values; the deviation of a single one is NaN."""

    mean: float
    deviation: float
    count: int


def comparison_key(config: Mapping[str, Any]) -> Hashable:
    """What two runs have in common that are equal but for the seed. `config`: all settings by dotted key ("optim.lr"), as
    `RunsModel.config` has them."""
    ignored = NOT_COMPARED | (LENGTH if _is_positive(config.get(MINUTES)) else frozenset())
    return tuple(sorted((name, _hashable(value)) for name, value in config.items() if name not in ignored))


def seed_groups(configs: Mapping[str, Mapping[str, Any] | None]) -> tuple[SeedGroup, ...]:
    """All runs in groups, the groups in the order given; a group of one for a run that has no equal or whose settings are not
    known (None or empty). Of several runs with the same seed the first counts."""
    members: dict[Hashable, list[str]] = {}
    for key, config in configs.items():
        members.setdefault(comparison_key(config) if config else ("unknown", key), []).append(key)
    return tuple(_group(keys, configs) for keys in members.values())


def groups_to_draw(configs: Mapping[str, Mapping[str, Any] | None]) -> list[tuple[str, ...]]:
    """The runs that a chart draws as one, in the order given: those equal but for the seed together, every other by itself. Repeats
    of a seed in a group of several are left out."""
    groups = seed_groups(configs)
    several = [group.keys for group in groups if len(group.keys) > 1]
    single = [(key,) for group in groups if len(group.keys) < 2 for key in (*group.keys, *group.repeats)]
    order = {key: number for number, key in enumerate(configs)}
    return sorted([*several, *single], key=lambda keys: order[keys[0]])


def mean_curve(runs: Sequence[tuple[Floats, Floats]]) -> MeanCurve:
    """The mean curve of runs, each given as ascending steps and values (m,), NaN at a gap.

    The common steps are those of the run with the most, and those of other runs before its first and after its last one. A run
    without a value at a step is interpolated linearly between its two neighbouring steps, never across a gap and never before its
    first or after its last step: there the mean is over fewer runs."""
    steps = common_steps([x for x, _ in runs])
    values = np.stack([values_at(x, y, steps) for x, y in runs]) if runs else np.empty((0, 0))
    known = np.isfinite(values)
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=0) / count
        squares = np.where(known, values - mean, 0.0) ** 2
        deviation = np.sqrt(squares.sum(axis=0) / np.where(count > 1, count - 1, np.nan))
    return MeanCurve(steps, mean, deviation, count)


def values_at(x: Floats, y: Floats, at: Floats) -> Floats:
    """The values of a curve at positions `at` (n,): recorded values where there are any, between them on the straight line. NaN
    outside of the recorded range and beside a gap.

    x, y: (m,), x ascending; a gap is a NaN in y, which may stand at the same x as the value before it."""
    if not len(x):
        return np.full(len(at), np.nan)
    if len(x) <= len(at) and np.array_equal(x, at[: len(x)]):
        # The usual case: the same steps in every run, some of which are not over yet.
        return np.concatenate([y, np.full(len(at) - len(x), np.nan)])
    right = np.searchsorted(x, at, side="left")
    left = np.searchsorted(x, at, side="right") - 1
    within = (left >= 0) & (right < len(x))
    left, right = np.clip(left, 0, len(x) - 1), np.clip(right, 0, len(x) - 1)
    span = x[right] - x[left]
    with np.errstate(invalid="ignore", divide="ignore"):
        between = y[left] + (y[right] - y[left]) * np.where(span > 0, (at - x[left]) / span, 0.0)
    # At a recorded position `right` is the first and `left` the last of the values there.
    exact = right <= left
    result = np.where(exact, np.where(np.isfinite(y[right]), y[right], y[left]), between)
    return np.where(within, result, np.nan)


def spread(values: Iterable[float | None]) -> Spread | None:
    """Mean and standard deviation of the values that are numbers; None where there are none."""
    numbers = np.array([value for value in values if value is not None and math.isfinite(value)], np.float64)
    if not len(numbers):
        return None
    deviation = float(numbers.std(ddof=1)) if len(numbers) > 1 else math.nan
    return Spread(float(numbers.mean()), deviation, len(numbers))


def common_title(titles: Sequence[str], instead: str = "") -> str:
    """The title of a group: the words between " · " or ", " that all titles have, as the first title has them; `instead`, or the
    first title, if they have none in common."""
    if not titles:
        return ""
    words = [{word for part in title.split(" · ") for word in part.split(", ")} for title in titles]
    common = set.intersection(*words)
    parts = [", ".join(word for word in part.split(", ") if word in common) for part in titles[0].split(" · ")]
    return " · ".join(part for part in parts if part) or instead or titles[0]


def _group(keys: Sequence[str], configs: Mapping[str, Mapping[str, Any] | None]) -> SeedGroup:
    chosen: dict[Hashable, str] = {}
    for key in keys:
        config = configs[key]
        chosen.setdefault(_hashable(config.get(SEED)) if config else key, key)
    kept = tuple(sorted(chosen.values(), key=lambda key: _seed(configs[key])))
    return SeedGroup(kept, tuple(key for key in keys if key not in kept))


def _seed(config: Mapping[str, Any] | None) -> float:
    seed = config.get(SEED) if config else None
    return float(seed) if isinstance(seed, (int, float)) else 0.0


def common_steps(positions: Sequence[Floats]) -> Floats:
    """The steps of a mean curve of runs that have these ascending steps; see `mean_curve`."""
    known = [_ascending(x) for x in positions if len(x)]
    if not known:
        return np.empty(0)
    steps = max(known, key=len)
    before = [x[: np.searchsorted(x, steps[0], side="left")] for x in known]
    after = [x[np.searchsorted(x, steps[-1], side="right") :] for x in known]
    return np.concatenate([np.unique(np.concatenate(before)), steps, np.unique(np.concatenate(after))])


def _ascending(x: Floats) -> Floats:
    """Each position once."""
    return x if bool(np.all(x[1:] > x[:-1])) else np.unique(x)


def _is_positive(value: Any) -> bool:
    return isinstance(value, (int, float)) and value > 0


def _hashable(value: Any) -> Hashable:
    """Equal for values that mean the same to a run: 1 and 1.0 do, 1 and true do not; a list and a tuple do."""
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, (int, float)):
        return ("number", float(value))
    if isinstance(value, (list, tuple)):
        return ("list", *map(_hashable, value))
    if isinstance(value, Mapping):
        return ("group", *sorted((str(key), _hashable(inner)) for key, inner in value.items()))
    return ("text", str(value))
