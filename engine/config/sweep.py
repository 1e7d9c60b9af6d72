"""A sweep: one config, a few keys with several values each, every combination a run."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from engine.config.errors import ConfigError, Problem, complain
from engine.config.run import RunConfig
from engine.config.run_name import SEPARATOR, run_name
from engine.config.small_files import text_in
from engine.config.text import assignments, merge, value_of

# These are part of every run's name.
_NAMED = frozenset({"method", "method.id", "data.source", "train.seed"})
MOST = 1000  # runs; a sweep beyond it is a slip of the pen
_FORM = "values with commas (0.01, 0.1), whole numbers from to (0..4), or a spaced range (1e-4..1e-1 log 4, 0..1 linear 5)"


@dataclass(frozen=True)
class Axis:
    """One key of the config, dotted ("optim.lr"), and the values that it takes in turn."""

    key: str
    values: tuple[Any, ...]


def axis(key: str, text: str) -> Axis:
    """The values that a text names: "0.01, 0.03, 0.1"; "0..4", whole numbers, the last included; "1e-4..1e-1 log 4" or
    "0..1 linear 5", so many numbers spaced evenly by their logarithm or by themselves. ConfigError where it names none, or one
    twice."""
    key, text = key.strip(), text.strip()
    span = _span(text)
    values = _spaced(key, text, span) if span else tuple(_value(key, part) for part in _parts(text))
    if not key or not values:
        raise complain(key or "the key of a sweep", _FORM if key else "a key of the config", text)
    shown = [repr(value) for value in values]
    twice = next((one for position, one in enumerate(shown) if one in shown[:position]), None)
    if twice is not None:
        raise complain(key, "each value once", text, f"{twice} comes twice: runs of the same config are the same run.")
    return Axis(key, values)


def sweep(
    base: Mapping[str, Any], axes: Sequence[Axis], tag: str = "sweep", title_of: Callable[[str], str] = str
) -> list[dict[str, Any]]:
    """The configs of all combinations, the last axis quickest, each laid over `base`, with a name that says what is its own and
    with `tag` among its tags. `title_of`: a method's title by its id. ConfigError where a key comes twice, or for more than 1,000
    runs."""
    keys = [one.key for one in axes]
    twice = next((key for position, key in enumerate(keys) if key in keys[:position]), None)
    if twice is not None:
        raise complain(twice, "once in a sweep", "twice", "Put all its values into one list.")
    count = math.prod(len(one.values) for one in axes)
    if count > MOST:
        raise complain("the sweep", f"of at most {MOST:,} runs", count, "Take fewer values.")
    before, tags = str(base.get("name", "")), tuple(base.get("tags", ()))
    configs = []
    for values in itertools.product(*(one.values for one in axes)):
        config = merge(base, _nested(keys, values))
        own = [f"{_short(key, keys)} {_shown(value)}" for key, value in zip(keys, values, strict=True) if key not in _NAMED]
        seed = text_in(config, "train", "seed") or "0"
        if before:
            config["name"] = SEPARATOR.join([before, *own, *([f"s{seed}"] if "train.seed" in keys else [])])
        else:
            source = text_in(config, "data", "source") or RunConfig().data.source
            config["name"] = run_name(title_of(_method(config)), source, int(seed) if seed.isdecimal() else None, own)
        config["tags"] = [*tags, *([tag] if tag and tag not in tags else [])]
        configs.append(config)
    return configs


def _method(base: Mapping[str, Any]) -> str:
    method = base.get("method", {})
    return str(method.get("id", "") if isinstance(method, Mapping) else method)


def _nested(keys: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for key, value in zip(keys, values, strict=True):
        nested = merge(nested, assignments([f"{key}={yaml.safe_dump(value, default_flow_style=True).removesuffix('...').strip()}"]))
    return nested


def _short(key: str, keys: Sequence[str]) -> str:
    """The last part of a key, as much of it as tells it from the others."""
    parts = key.split(".")
    for length in range(1, len(parts) + 1):
        short = ".".join(parts[-length:])
        if not short.isdigit() and sum(other == short or other.endswith(f".{short}") for other in keys) == 1:
            return short
    return key


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _parts(text: str) -> list[str]:
    """What stands between the commas that are in no bracket."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "[{(") - (letter in "]})")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def _value(key: str, text: str) -> Any:
    value = value_of(text, key)
    # YAML 1.1 takes 1e-3 for a word.
    return _number(value) if isinstance(value, str) and _number(value) is not None else value


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _span(text: str) -> tuple[str, str, str, int] | None:
    """The ends of "first..last" or "first..last log count", how it is spaced ("" for whole numbers) and the count; None where the
    text is no range."""
    first, dots, rest = text.partition("..")
    first, words = first.strip(), rest.split()
    if not dots or not first or len(first.split()) > 1:
        return None
    if len(words) == 1:
        return first, words[0], "", 0
    if len(words) == 3 and words[1] in ("log", "linear") and words[2].isdecimal():
        return first, words[0], words[1], int(words[2]) if len(words[2]) < 10 else MOST + 1
    return None


def _spaced(key: str, text: str, span: tuple[str, str, str, int]) -> tuple[Any, ...]:
    first, last, how = _number(span[0]), _number(span[1]), span[2]
    if first is None or last is None:
        raise complain(key, _FORM, text)
    if not how:
        if not (first.is_integer() and last.is_integer() and first <= last):
            raise ConfigError([Problem(key, f"{key} must go from one whole number to a higher one. Got {text}. Or write {_FORM}.")])
        if last - first >= MOST:
            raise complain(key, f"at most {MOST:,} values", text)
        return tuple(range(int(first), int(last) + 1))
    count = span[3]
    if not 2 <= count <= MOST:
        raise complain(key, f"2 to {MOST:,} values", text)
    if how == "linear":
        return tuple(_rounded(first + (last - first) * position / (count - 1)) for position in range(count))
    if first <= 0 or last <= 0:
        raise complain(key, "above 0 at both ends of a range by logarithm", text)
    return tuple(_rounded(first * (last / first) ** (position / (count - 1))) for position in range(count))


def _rounded(value: float) -> float:
    """Four digits: 0.0003162, not 0.00031622776601683794."""
    return float(f"{value:.4g}")
