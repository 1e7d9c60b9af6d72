"""The code of a person's own encoder: read from its file, copied into the config, and run where it is trusted.

A run keeps the copy (`backbone.module`), so that it can be opened after the file has changed or is gone. The copy is one file: what
it imports must be installed."""

from __future__ import annotations

import importlib
import inspect
import linecache
import sys
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from engine.backbones.encoder_plugins import plugin_encoders
from engine.backbones.trusted_code import KEY, trust_text, trusted_file, trusted_text
from engine.config.errors import ConfigError, complain
from engine.config.module_text import (
    FORM,
    MOST_CHARACTERS,
    PLUGIN,
    ModuleCopy,
    absolute_module,
    check_sum,
    keyword_arguments,
    short_module,
    split_module,
)
from engine.config.run import BackboneConfig
from engine.config.small_files import FileError, expanded, read_small
from engine.plugins import ENCODERS, problem_of, sentence

# Arguments of a constructor that get the side of the views unless a person gives them.
SIZES = ("img_size", "image_size", "input_size")
# Makes the module; called with keyword arguments.
Factory = Callable[..., Any]


def with_module(config: BackboneConfig) -> BackboneConfig:
    """The config with the copy of its encoder's code and an absolute path, where the encoder is a person's own; a copy that it has
    already stays. ConfigError where the file cannot be read, or may not run."""
    if split_module(config.name) is None:
        return config.model_copy(update={"module": None}) if config.module is not None else config
    name = absolute_module(config.name)
    if config.module is not None and config.module.name == name:
        return config.model_copy(update={"name": name})
    path = expanded(split_module(name)[0])  # type: ignore[index]
    text = read_code(path)
    if trusted_file(path):
        trust_text(text)
    return config.model_copy(update={"name": name, "module": ModuleCopy(name=name, sha256=check_sum(text), text=text)})


def read_code(path: Path) -> str:
    """The code in a file, line ends as "\\n". ConfigError where it cannot be read."""
    try:
        text = read_small(path, MOST_CHARACTERS).decode("utf-8-sig")
    except OSError as error:
        raise complain(KEY, f"{FORM} with a file that can be read", str(path), f"{error.strerror or error}.") from None
    except FileError as error:
        raise complain(KEY, f"{FORM} with a file that can be read", str(path), f"The file cannot be taken: {error}.") from None
    except UnicodeDecodeError:
        raise complain(KEY, f"{FORM} with a file in UTF-8", str(path), "Save it as UTF-8.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def file_changed(config: BackboneConfig) -> bool:
    """Whether the file of an encoder of one's own is there and differs from the copy in the config."""
    if config.module is None or split_module(config.name) is None:
        return False
    try:
        return check_sum(read_code(expanded(split_module(config.name)[0]))) != config.module.sha256  # type: ignore[index]
    except ConfigError:
        return False


def factory_of(config: BackboneConfig) -> Factory:
    """The class (or function) that makes a person's own encoder. ConfigError where its code may not run, fails, or lacks
    it."""
    parts = split_module(config.name)
    if parts is None:
        return _plugin_factory(config.name)
    config = with_module(config)
    assert config.module is not None
    if not trusted_text(config.module.text):
        allowed = "an encoder whose code you have allowed to run on this computer"
        remedy = (
            "A run or config of somebody else can hold any code. Read it (backbone.module.text in its config.yaml, or the file), "
            "and if you trust it: python -m engine trust RUN_OR_FILE"
        )
        raise complain(KEY, allowed, short_module(config.name), remedy)
    module = _executed(config.module.text, Path(parts[0]).name)
    value = getattr(module, parts[1], None)
    if value is None:
        names = [name for name, value in vars(module).items() if isinstance(value, type) and issubclass(value, nn.Module)]
        listed = ", ".join(names) or "none"
        raise complain(KEY, f"a class that {Path(parts[0]).name} has", parts[1], f"Its modules: {listed}.")
    return _callable(value, config.name)


def made(config: BackboneConfig, size: int) -> nn.Module:
    """The module, its weights drawn from torch's global generator, for views of `size` px. ConfigError where its class does not
    take the arguments, fails, or makes something else."""
    factory, name = factory_of(config), short_module(config.name)
    arguments = keyword_arguments(config.arguments)
    try:
        signature = inspect.signature(factory)
    except (TypeError, ValueError):
        signature = None
    if signature is not None:
        arguments |= {one: size for one in SIZES if one in signature.parameters and one not in arguments}
        try:
            signature.bind(**arguments)
        except TypeError as error:
            shown = f"the arguments of {name}, {signature.replace(return_annotation=inspect.Signature.empty)}"
            got = config.arguments or "none"
            raise complain("backbone.arguments", shown, got, f"{str(error).capitalize()}.") from None
    try:
        net = factory(**arguments)
    except Exception as error:  # code of others may fail in any way
        allowed = "an encoder that can be built" + (f" with {config.arguments}" if config.arguments else "")
        raise complain(KEY, allowed, name, described(error, config)) from error
    if not isinstance(net, nn.Module):
        raise complain(KEY, "a class of torch.nn.Module, or a function that makes one", f"{name}, a {type(net).__name__}")
    return net


def described(error: BaseException, config: BackboneConfig) -> str:
    """An exception of a person's code in a sentence or two, with the line of their file where there is one."""
    parts = split_module(config.name)
    file = "" if parts is None else Path(parts[0]).name
    return _described(error, file)


def _described(error: BaseException, file: str) -> str:
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(f"{file}>")] if file else []
    if isinstance(error, SyntaxError) and error.lineno:
        return f"Line {error.lineno} of {file}: SyntaxError: {error.msg}."
    where = f"Line {lines[-1].lineno} of {file} ({lines[-1].line}): " if lines else ""
    return where + sentence(error)


@cache
def _executed(text: str, file: str) -> ModuleType:
    """A module with this code. It has a name of its own, by its check sum, so that two versions of a file do not meet."""
    name = f"parallax_own_{check_sum(text)[:16]}"
    shown = f"<{name} {file}>"
    linecache.cache[shown] = (len(text), None, text.splitlines(keepends=True), shown)
    module = ModuleType(name)
    sys.modules[name] = module
    try:
        exec(compile(text, shown, "exec"), module.__dict__)
    except Exception as error:
        del sys.modules[name]
        remedy = _described(error, file)
        if isinstance(error, ImportError):
            remedy += " One file is copied into the run: what it imports must be installed, or in the file itself."
        raise complain(KEY, "a file whose code runs", file, remedy) from error
    return module


def _plugin_factory(name: str) -> Factory:
    id = name.removeprefix(PLUGIN)
    row = next((row for row in plugin_encoders() if row.id == id), None)
    if row is None:
        known = ", ".join(PLUGIN + row.id for row in plugin_encoders())
        remedy = problem_of(ENCODERS, id) or (f"There are: {known}." if known else "Install the package that has it.")
        raise complain(KEY, "an encoder of an installed package", name, remedy)
    module, _, attribute = row.source.partition(":")
    try:
        value = getattr(importlib.import_module(module), attribute)
    except Exception as error:  # code of others may fail in any way
        remedy = f"It is of the package {row.package}: {sentence(error)}"
        raise complain(KEY, "an encoder that can be loaded", name, remedy) from error
    return _callable(value, name)


def _callable(value: Any, name: str) -> Factory:
    if not callable(value):
        raise complain(
            KEY, "a class of torch.nn.Module, or a function that makes one", f"{short_module(name)}, a {type(value).__name__}"
        )
    factory: Factory = value
    return factory
