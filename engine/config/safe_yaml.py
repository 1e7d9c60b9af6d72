"""YAML that anyone may have written, as plain values: bounded in size, depth and what aliases stand for, with errors in words.

A text of 600 bytes whose aliases name one another stands for a billion values; one that is nested deeply enough ends the process
that reads it; a date that is none, or a number of 5,000 digits, raises what no caller expects. All YAML is read here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from engine.config.errors import ConfigError, Problem

MOST_CHARACTERS = 4 << 20
MOST_VALUES = 200_000
DEEPEST = 50
LONGEST_NUMBER = 100

# libyaml reads a run's config eight times as fast; a thousand runs are read for a table. Not every build of PyYAML has it.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlSyntaxError(ConfigError):
    """A text that is no YAML at all, in contrast to one whose values cannot be used."""


class _Loader(_Base):  # type: ignore[misc]
    """PyYAML's safe loader whose numbers are bounded, whose errors are YAML errors, and which keeps dates as text."""


def load_yaml(text: str, where: str = "config") -> Any:
    """The plain values (texts, numbers, lists, mappings) in a YAML text. `where` is what an error names.

    ConfigError for what is no YAML (YamlSyntaxError), for a value that is not of its type, and for more or deeper values than any
    file of this program has. A date is a text, as it was written."""
    if len(text) > MOST_CHARACTERS:
        raise _wrong(f"{where} must have at most {MOST_CHARACTERS:,} characters. Got {len(text):,}.")
    try:
        _check_events(text, where)
        return yaml.load(text, Loader=_Loader)
    except yaml.constructor.ConstructorError as error:
        raise _wrong(f"{where} cannot be read{_line(error)}: {_problem(error)}.") from None
    except yaml.YAMLError as error:
        raise YamlSyntaxError([Problem("", f"{where} is not YAML{_line(error)}: {_problem(error)}.")]) from None
    except UnicodeError:
        raise YamlSyntaxError([Problem("", f"{where} is not YAML: it has characters that are no text.")]) from None
    except RecursionError:
        raise _wrong(f"{where} must be nested at most {DEEPEST} deep.") from None


def _check_events(text: str, where: str) -> None:
    """ConfigError where a text stands for too many values, or for too deep ones. Nothing is built: this takes the time of reading
    the text alone, whatever its aliases stand for."""
    total, sizes = 0, dict[str, int]()
    open_: list[tuple[str | None, int]] = []  # the anchor of each group that is not over, and how many values there were before it
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                # One that nobody declared is complained of by the loader.
                if any(anchor == event.anchor for anchor, _ in open_):
                    raise _wrong(f"{where} must not contain a value that contains itself. Got the alias '{event.anchor}'.")
                continue
            total += sizes[event.anchor]
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
            if event.anchor:
                sizes[event.anchor] = 1
        elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            open_.append((event.anchor, total))
            total += 1
            if len(open_) > DEEPEST:
                raise _wrong(f"{where} must be nested at most {DEEPEST} deep.")
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            anchor, before = open_.pop()
            if anchor:
                sizes[anchor] = total - before
        if total > MOST_VALUES:
            raise _wrong(f"{where} must hold at most {MOST_VALUES:,} values, those that its aliases stand for included.")


def _wrong(message: str) -> ConfigError:
    return ConfigError([Problem("", message)])


def _line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" at line {mark.line + 1}" if mark is not None else ""


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or getattr(error, "reason", None) or str(error).partition("\n")[0])


def _checked(make: Callable[[Any, Any], Any], kind: str) -> Callable[[Any, Any], Any]:
    """A constructor whose failures are errors in words at a line."""

    def construct(loader: Any, node: Any) -> Any:
        text = loader.construct_scalar(node)
        if len(text) > LONGEST_NUMBER:
            problem = f"{kind} has at most {LONGEST_NUMBER} characters, not {len(text):,}"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        try:
            return make(loader, node)
        except yaml.YAMLError:
            raise
        except Exception:  # PyYAML's constructors raise ValueError, KeyError, AttributeError, OverflowError, as the text has it
            problem = f"{text!r} is not {kind}; put it into quotes where it is meant as text"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from None

    return construct


def _date(loader: Any, node: Any) -> Any:
    loader.construct_yaml_timestamp(node)
    return loader.construct_scalar(node)


for _tag, _make, _kind in (
    ("int", _Base.construct_yaml_int, "a whole number"),
    ("float", _Base.construct_yaml_float, "a number"),
    ("bool", _Base.construct_yaml_bool, "true or false"),
    ("timestamp", _date, "a date"),
):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _checked(_make, _kind))
