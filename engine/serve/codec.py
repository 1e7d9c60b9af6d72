"""Typed values as JSON and arrays, and back, by the annotations of dataclasses and pydantic models. Does not import torch.

What arrives is built from the declared types alone: a field that is unknown, missing or of another type raises WrongBytes, and no
name in the data is looked up anywhere."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import numpy as np
from pydantic import BaseModel, ValidationError

from engine.serve.frames import WrongBytes

Text = Callable[[str], str]
Array = np.ndarray | bytes
_PLAIN = (str, int, float, bool, type(None))


def as_it_is(text: str) -> str:
    """Leaves a text unchanged."""
    return text


class Packer:
    """Turns values into JSON; `arrays` collects the arrays that it refers to by number. `text`: is applied to every text, such as
    the path of a run's folder, which the other side has elsewhere."""

    def __init__(self, text: Text = as_it_is) -> None:
        self.arrays: list[Array] = []
        self._text = text

    def pack(self, kind: Any, value: Any) -> Any:
        """A value of a declared type. TypeError where it is of another one, or the type cannot be sent."""
        kind = _bare(kind)
        origin, inner = get_origin(kind), get_args(kind)
        if kind is np.ndarray or origin is np.ndarray:
            return self._array(np.asarray(value))
        if kind is bytes:
            return self._array(bytes(value))
        if kind in (Any, object):
            return self._any(value)
        if origin in (Union, types.UnionType):
            return self._union(inner, value)
        if origin is Literal:
            return self._any(value)
        if origin in (list, set, frozenset, Sequence):
            return [self.pack(inner[0], item) for item in value]
        if origin is tuple:
            return self._tuple(inner, value)
        if origin in (dict, Mapping):
            return [[self.pack(inner[0], key), self.pack(inner[1], item)] for key, item in value.items()]
        return self._class(kind, value)

    def _class(self, kind: Any, value: Any) -> Any:
        if not isinstance(kind, type):
            raise TypeError(f"{kind} cannot be sent")
        if kind is float and type(value) is int:
            return value
        if isinstance(value, np.generic):
            value = value.item()
        if not isinstance(value, kind):
            raise TypeError(f"{type(value).__name__} is not {kind.__name__}")
        if isinstance(value, Enum):
            return self._any(value.value)
        if issubclass(kind, PurePath):
            return self._text(str(value))
        if kind in (str, int, float, bool, type(None)):
            return self._any(value)
        if isinstance(value, BaseModel):
            return self._any(value.model_dump(mode="json"))
        if dataclasses.is_dataclass(kind):
            if type(value) is not kind:
                raise TypeError(f"{type(value).__name__} is not {kind.__name__}")
            return {name: self.pack(hint, getattr(value, name)) for name, hint in fields_of(kind).items()}
        raise TypeError(f"{kind.__name__} cannot be sent")

    def _array(self, array: Array) -> int:
        self.arrays.append(array)
        return len(self.arrays) - 1

    def _any(self, value: Any) -> Any:
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, (str, PurePath)):
            return self._text(str(value))
        if isinstance(value, _PLAIN):
            return value
        if isinstance(value, Mapping):
            if not all(isinstance(key, str) for key in value):
                raise TypeError("a key of a group of settings must be a text")
            return {self._text(key): self._any(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._any(item) for item in value]
        raise TypeError(f"{type(value).__name__} cannot be sent")

    def _tuple(self, inner: tuple[Any, ...], value: Any) -> list[Any]:
        if len(inner) == 2 and inner[1] is Ellipsis:
            return [self.pack(inner[0], item) for item in value]
        return [self.pack(kind, item) for kind, item in zip(_members(inner), value, strict=True)]

    def _union(self, inner: tuple[Any, ...], value: Any) -> Any:
        if value is None and type(None) in inner:
            return None
        number = next((number for number, kind in enumerate(inner) if _fits(kind, value)), None)
        if number is None:
            raise TypeError(f"{type(value).__name__} is none of the types that are declared")
        return [number, self.pack(inner[number], value)]


class Unpacker:
    """The opposite of Packer. `arrays`: those of the message; `text`: is applied to every text."""

    def __init__(self, arrays: Sequence[Array], text: Text = as_it_is) -> None:
        self._arrays = arrays
        self._text = text

    def unpack(self, kind: Any, value: Any) -> Any:
        """A value of a declared type. WrongBytes where the JSON is not of that type."""
        kind = _bare(kind)
        origin, inner = get_origin(kind), get_args(kind)
        if kind is np.ndarray or origin is np.ndarray or kind is bytes:
            return self._array(value, bytes if kind is bytes else np.ndarray)
        if kind in (Any, object):
            return self._any(value)
        if origin in (Union, types.UnionType):
            return self._union(inner, value)
        if origin is Literal:
            if not any(value == choice and type(value) is type(choice) for choice in inner):
                raise WrongBytes("a value is none of those that are declared")
            return value
        if origin in (list, set, frozenset, Sequence, tuple, dict, Mapping):
            return self._collection(origin, inner, _listed(value))
        return self._class(kind, value)

    def _collection(self, origin: Any, inner: tuple[Any, ...], items: list[Any]) -> Any:
        if origin in (dict, Mapping):
            if not all(isinstance(item, list) and len(item) == 2 for item in items):
                raise WrongBytes("a mapping is a list of pairs")
            return {self._hashable(inner[0], key): self.unpack(inner[1], item) for key, item in items}
        if origin is tuple and not (len(inner) == 2 and inner[1] is Ellipsis):
            kinds = _members(inner)
            if len(kinds) != len(items):
                raise WrongBytes("a tuple has another length than is declared")
            return tuple(self.unpack(kind, item) for kind, item in zip(kinds, items, strict=True))
        if origin in (set, frozenset):
            return origin(self._hashable(inner[0], item) for item in items)
        made = [self.unpack(inner[0], item) for item in items]
        return tuple(made) if origin is tuple else made

    def _hashable(self, kind: Any, value: Any) -> Any:
        made = self.unpack(kind, value)
        try:
            hash(made)
        except TypeError:
            raise WrongBytes("a key is no plain value") from None
        return made

    def _class(self, kind: Any, value: Any) -> Any:
        if kind is float and type(value) in (int, float):
            return float(value)
        if kind in (str, int, bool, type(None)):
            if type(value) is not kind:
                raise WrongBytes(f"{kind.__name__} was expected, not {type(value).__name__}")
            return self._text(value) if kind is str else value
        if not isinstance(kind, type):
            raise WrongBytes(f"{kind} cannot be received")
        try:
            if issubclass(kind, Enum):
                return kind(value)
            if issubclass(kind, PurePath) and isinstance(value, str):
                return kind(self._text(value))
            if issubclass(kind, BaseModel):
                return kind.model_validate(self._any(value))
            if dataclasses.is_dataclass(kind) and isinstance(value, dict):
                hints = fields_of(kind)
                if hints.keys() != value.keys():
                    raise WrongBytes(f"{kind.__name__} has other fields than were sent")
                return kind(**{name: self.unpack(hint, value[name]) for name, hint in hints.items()})
        except (ValidationError, ValueError, TypeError, OverflowError) as error:
            if isinstance(error, WrongBytes):
                raise
            raise WrongBytes(f"{kind.__name__} cannot be made of what was sent ({type(error).__name__})") from None
        raise WrongBytes(f"{kind.__name__} was expected, not {type(value).__name__}")

    def _array(self, number: Any, kind: type) -> Array:
        if type(number) is not int or not 0 <= number < len(self._arrays) or not isinstance(self._arrays[number], kind):
            raise WrongBytes("an array is named that was not sent")
        return self._arrays[number]

    def _any(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            return {self._text(key): self._any(item) for key, item in value.items()}
        return [self._any(item) for item in value] if isinstance(value, list) else value

    def _union(self, inner: tuple[Any, ...], value: Any) -> Any:
        if value is None and type(None) in inner:
            return None
        if not isinstance(value, list) or len(value) != 2 or type(value[0]) is not int or not 0 <= value[0] < len(inner):
            raise WrongBytes("a value is none of the types that are declared")
        return self.unpack(inner[value[0]], value[1])


@cache
def fields_of(kind: type) -> dict[str, Any]:
    """The types of the fields of a dataclass, by name, as its constructor takes them."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(cast(Any, kind)) if field.init}


def answer_of(kind: type) -> Any:
    """The type that a question declares for its answer: `Question[Speed]` is answered by a Speed. TypeError where it has none."""
    for base in kind.__mro__:
        for generic in base.__dict__.get("__orig_bases__", ()):
            given = get_args(generic)
            if given and not isinstance(given[0], TypeVar):
                return given[0]
    raise TypeError(f"{kind.__name__} declares no answer")


def unsendable(kind: Any, _above: tuple[Any, ...] = ()) -> str:
    """The first part of a type that cannot be sent; "" where all of it can."""
    kind = _bare(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if kind in (Any, object, np.ndarray, bytes, float, *_PLAIN) or origin in (np.ndarray, Literal) or kind in _above:
        return ""
    if origin in (Union, types.UnionType, list, set, frozenset, Sequence, tuple, dict, Mapping):
        parts = [part for part in inner if part is not Ellipsis]
    elif isinstance(kind, type) and issubclass(kind, (Enum, PurePath, BaseModel)):
        return ""
    elif isinstance(kind, type) and dataclasses.is_dataclass(kind):
        parts = list(fields_of(kind).values())
    else:
        return str(kind)
    return next((wrong for part in parts if (wrong := unsendable(part, (*_above, kind)))), "")


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _members(inner: tuple[Any, ...]) -> tuple[Any, ...]:
    return () if inner == ((),) else inner


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise WrongBytes(f"a list was expected, not {type(value).__name__}")
    return value


def _fits(kind: Any, value: Any) -> bool:
    """Whether a value can be of one of the types of a union."""
    kind = _bare(kind)
    origin = get_origin(kind)
    if kind in (Any, object):
        return True
    if origin is Literal:
        return value in get_args(kind)
    if origin is not None:
        return isinstance(value, origin) and not (origin is Sequence and isinstance(value, str))
    if kind is float:
        return isinstance(value, (float, int)) and not isinstance(value, bool)
    return type(value) is kind or (issubclass(kind, (Path, np.ndarray, Enum)) and isinstance(value, kind))
