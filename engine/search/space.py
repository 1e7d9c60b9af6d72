"""What a search may change: settings with bounds, and settings with a few values to choose from. Does not import torch."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.config.errors import complain
from engine.config.sweep import axis
from engine.config.text import merge, nested

Point = npt.NDArray[np.float64]

# In a key: every kind of view, whatever their number.
EVERY = "views.groups.*."
# Local views keep their own bounds of the crop, which lie below those of global ones.
_OF_GLOBAL = ("crop_min", "crop_max")
METHOD, SEED = "method.id", "train.seed"
MOST_CHOICES = 64  # combinations of values to choose from

# Spaces that have a name. Strengths from none to as strong as a published recipe has them, or stronger.
SPACES: Mapping[str, tuple[str, ...]] = {
    "augmentation": (
        f"{EVERY}crop_min=0.08..1",
        f"{EVERY}rotation=0..90",
        f"{EVERY}jitter=0..1",
        f"{EVERY}brightness=0..1",
        f"{EVERY}contrast=0..1",
        f"{EVERY}saturation=0..1",
        f"{EVERY}hue=0..0.5",
        f"{EVERY}grayscale=0..1",
        f"{EVERY}blur=0..1",
    )
}
_FORM = "KEY=LOW..HIGH, KEY='LOW..HIGH log' or KEY=VALUE,VALUE"


@dataclass(frozen=True)
class Range:
    """A number from `low` to `high`. log: steps are ratios. whole: whole numbers alone."""

    key: str
    low: float
    high: float
    log: bool = False
    whole: bool = False

    def value(self, share: float) -> float | int:
        """The value at a share of the way from `low` to `high`, 0 to 1; four digits, so that a config can be read."""
        if self.whole:
            if self.log:
                return round(self._by_ratio(share))
            return min(int(self.high), int(self.low) + math.floor(share * (self.high - self.low + 1)))
        value = self._by_ratio(share) if self.log else self.low + share * (self.high - self.low)
        return min(self.high, max(self.low, float(f"{value:.4g}")))

    def _by_ratio(self, share: float) -> float:
        value: float = self.low * (self.high / self.low) ** share
        return value

    def share(self, value: float) -> float:
        """Where a value lies, 0 to 1; values outside count as the nearest end."""
        held = min(self.high, max(self.low, value))
        if self.whole and not self.log:
            return (held - self.low + 0.5) / (self.high - self.low + 1)
        if self.log:
            return math.log(held / self.low) / math.log(self.high / self.low)
        return (held - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Choice:
    """One of a few values."""

    key: str
    values: tuple[Any, ...]


Dimension = Range | Choice


@dataclass(frozen=True)
class Space:
    """Everything that a search may change, in order."""

    dimensions: tuple[Dimension, ...]

    @property
    def ranges(self) -> tuple[Range, ...]:
        """The dimensions with bounds."""
        return tuple(one for one in self.dimensions if isinstance(one, Range))

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The dimensions with values to choose from."""
        return tuple(one for one in self.dimensions if isinstance(one, Choice))

    def values(self, point: Point) -> dict[str, Any]:
        """The values at a point (dimensions,) of the unit cube, by key."""
        result: dict[str, Any] = {}
        for one, share in zip(self.dimensions, point.tolist(), strict=True):
            if isinstance(one, Range):
                result[one.key] = one.value(share)
            else:
                result[one.key] = one.values[min(len(one.values) - 1, int(share * len(one.values)))]
        return result

    def point(self, values: Mapping[str, Any]) -> Point:
        """The point (ranges,) of values by key; the middle where a range has none."""
        shares = []
        for one in self.ranges:
            value = values.get(one.key)
            number = float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan
            shares.append(one.share(number) if number > 0 or (number <= 0 and not one.log) else 0.5)
        return np.array(shares, np.float64)

    def arms(self) -> list[dict[str, Any]]:
        """Every combination of the values to choose from, the last dimension quickest."""
        keys = [one.key for one in self.choices]
        return [dict(zip(keys, values, strict=True)) for values in itertools.product(*(one.values for one in self.choices))]


def parse_space(texts: Sequence[str], present: Mapping[str, Any]) -> Space:
    """The space of texts KEY=VALUES: "optim.lr=1e-4..1e-1 log", "views.groups.*.hue=0..0.5", "method.id=simclr,byol".

    `present`: the resolved config, nested, which says whether a setting is a whole number. `*` in `views.groups.*.hue` stands for
    every kind of view. ConfigError for an unknown key, for bounds that are none, and where a key comes twice."""
    dimensions: list[Dimension] = []
    for text in texts:
        key, sign, values = (part.strip() for part in text.partition("="))
        if not sign or not key or not values:
            raise complain("the space of a search", f"of the form {_FORM}", text)
        if key == SEED:
            raise complain(
                "the space of a search", "a setting other than the seed", key, "All runs of a search begin with the same seed."
            )
        if "*" in key and (not key.startswith(EVERY) or "*" in key.removeprefix(EVERY)):
            raise complain("the space of a search", f"a key of the config, with * in {EVERY}NAME alone", key)
        if any(one.key == key for one in dimensions):
            raise complain(key, "once in a search", "twice", "Give its bounds or its values once.")
        dimensions.append(_dimension(key, values, value_at(present, key)))
    if not dimensions:
        raise complain("the space of a search", "given, or --space", "neither", "Say what is searched: --space augmentation")
    space = Space(tuple(dimensions))
    count = math.prod(len(one.values) for one in space.choices)
    if count > MOST_CHOICES:
        raise complain(
            "the space of a search", f"of at most {MOST_CHOICES} combinations of values to choose from", count, "Take fewer values."
        )
    return space


def _dimension(key: str, text: str, now: Any) -> Dimension:
    low_text, dots, rest = text.partition("..")
    words = rest.split()
    if not dots:
        values = axis(key, text).values
        if len(values) < 2:
            raise complain(key, "two values or more to choose from, or a range", text, f"The form is {_FORM}.")
        return Choice(key, values)
    try:
        low, high = float(low_text), float(words[0])
    except (ValueError, IndexError):
        raise complain(key, "a range of numbers", text, f"The form is {_FORM}.") from None
    log = words[1:] == ["log"]
    if not (math.isfinite(low) and math.isfinite(high)) or (words[1:] and not log):
        raise complain(key, "a range of numbers", text, f"The form is {_FORM}.")
    if low >= high:
        raise complain(key, "a range from a lower to a higher number", text)
    if log and low <= 0:
        raise complain(key, "above 0 at both ends of a range by logarithm", text)
    if isinstance(now, bool) or (now is not None and not isinstance(now, (int, float))):
        raise complain(key, "a number to have a range", now, f"Give it values: {key}=A,B")
    whole = isinstance(now, int)
    if whole and not (low.is_integer() and high.is_integer()):
        raise complain(key, "a range of whole numbers", text)
    return Range(key, low, high, log, whole)


def value_at(values: Mapping[str, Any], key: str) -> Any:
    """The value of a dotted key in nested values; with `*` that of the first kind of view. None where there is none."""
    here: Any = values
    for part in key.replace(".*.", ".0.").split("."):
        if isinstance(here, Mapping):
            here = here.get(part, here.get(int(part)) if part.isdigit() else None)
        elif isinstance(here, (list, tuple)) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
        else:
            return None
    return here


def overlaid(base: Mapping[str, Any], values: Mapping[str, Any], groups: Sequence[str]) -> dict[str, Any]:
    """`base` with the values of a proposal. `groups`: the roles of the run's kinds of views, for keys with `*`.

    Another method than that of `base` does not take its hyper-parameters."""
    given = dict(base)
    method = given.get("method", {})
    own = method.get("id") if isinstance(method, Mapping) else method
    if METHOD in values and values[METHOD] != own:
        given = {**given, "method": {"id": values[METHOD]}}
    elif isinstance(method, str):
        given = {**given, "method": {"id": method}}
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if not key.startswith(EVERY):
            flat[key] = value
            continue
        name = key.removeprefix(EVERY)
        for index, role in enumerate(groups):
            if role == "global" or name not in _OF_GLOBAL:
                flat[f"views.groups.{index}.{name}"] = value
    return merge(given, nested(flat))
