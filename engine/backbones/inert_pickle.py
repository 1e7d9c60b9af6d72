"""Read the tensors of a checkpoint that holds objects beside them, without loading the classes of these objects.

Checkpoints of Lightning and of programs with Hydra hold their settings as objects, and some hold whole models. `torch.load` with
`weights_only=True` refuses such files. Here each such object becomes an `Inert` that only keeps what it was given as data: nothing
is imported and nothing is called, so that nothing in the file can run. Names of Python's own functions are refused all the same: no
checkpoint needs them, and files made to do harm do.
"""

from __future__ import annotations

import pickle
import sys
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import torch
from torch import Tensor

# What tensors are made of: torch calls these when it reads any checkpoint.
_REBUILT = ("_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_parameter")
# Modules of Python whose objects are plain values; and its built-in types.
_PLAIN = frozenset({"_codecs", "argparse", "collections", "copyreg", "datetime", "decimal", "enum", "pathlib", "typing", "uuid"})
_TYPES = frozenset(
    {"bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "long", "object", "set", "slice"}
    | {"str", "tuple", "unicode"}
)
_BUILT_IN = frozenset({"builtins", "__builtin__"})
_DEPTH = 64  # modules within modules


class Inert:
    """An object whose class was not loaded. `state`: what it would have been given to restore itself from."""

    state: object

    def __new__(cls, *arguments: object, **named: object) -> Inert:
        """Keep nothing of the arguments: they are those of a class that is not known."""
        made = object.__new__(cls)
        made.state = None
        return made

    def __setstate__(self, state: object) -> None:
        self.state = state

    def __setitem__(self, key: object, value: object) -> None:
        """Of a kind of dict: left out."""

    def append(self, value: object) -> None:
        """Of a kind of list: left out."""

    def extend(self, values: object) -> None:
        """Of a kind of list: left out."""

    def add(self, value: object) -> None:
        """Of a kind of set: left out."""


class _Unpickler(pickle.Unpickler):
    """Finds what tensors are made of, and an `Inert` for any other name."""

    def find_class(self, module: str, name: str) -> Any:
        """UnpicklingError for a name of Python's own that is no plain value."""
        if module == "torch._utils" and name in _REBUILT:
            return getattr(torch._utils, name)
        if module == "torch" and isinstance(getattr(torch, name, None), torch.dtype):
            return getattr(torch, name)
        if (module, name) == ("torch", "Size"):
            return torch.Size
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        package = module.partition(".")[0]
        own = package in sys.stdlib_module_names or package in _BUILT_IN
        if own and package not in _PLAIN and not (package in _BUILT_IN and name in _TYPES):
            raise pickle.UnpicklingError(f"GLOBAL {module}.{name} is not loaded")
        return type(name, (Inert,), {"__module__": module})


def _load(file: IO[bytes], **options: Any) -> Any:
    return _Unpickler(file, **options).load()


def read_inert(path: Path) -> Any:
    """The contents of a file of `torch.save`, also in the format before PyTorch 1.6, tensors on the CPU. Raises an exception for a
    file that is none, is a TorchScript archive, or names one of Python's own functions."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as file:
            if any(name.endswith("/constants.pkl") for name in file.namelist()):
                raise pickle.UnpicklingError("a TorchScript archive")
    reader = SimpleNamespace(Unpickler=_Unpickler, load=_load, __name__="inert_pickle")
    return torch.load(path, map_location="cpu", pickle_module=reader, weights_only=False)


def tables_for_models(contents: Any, depth: int = 0) -> Any:
    """The contents with the table of weights in the place of each whole model, recognised by its state."""
    if isinstance(contents, Inert):
        return weights_of(contents) or contents
    if isinstance(contents, Mapping) and depth < _DEPTH:
        return {key: tables_for_models(value, depth + 1) for key, value in contents.items()}
    return contents


def weights_of(model: Inert, prefix: str = "", depth: int = 0) -> dict[str, Tensor]:
    """The weights and buffers, by dotted name, of a torch.nn.Module that was saved whole; empty for an object that is none."""
    weights: dict[str, Tensor] = {}
    if not isinstance(model.state, Mapping) or depth > _DEPTH:
        return weights
    for kind in ("_parameters", "_buffers"):
        values = model.state.get(kind)
        if isinstance(values, Mapping):
            weights |= {f"{prefix}{name}": value for name, value in values.items() if isinstance(value, Tensor)}
    children = model.state.get("_modules")
    if isinstance(children, Mapping):
        for name, child in children.items():
            if isinstance(child, Inert):
                weights |= weights_of(child, f"{prefix}{name}.", depth + 1)
    return weights
