"""The name of a run that is described by a config, complete or in part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalogue import title_of
from engine.config.run import RunConfig
from engine.config.run_name import run_name
from engine.config.small_files import text_in


def title_of_config(config: Mapping[str, Any]) -> str:
    """The name under which the run of a config is shown: the user's own, else "VICReg · shapes · s0". What the config leaves out
    has its default."""
    seed = text_in(config, "train", "seed") or "0"
    source = text_in(config, "data", "source") or RunConfig().data.source
    return run_name(title_of(method_of(config)), source, int(seed) if seed.isdecimal() else None, name=text_in(config, "name"))


def method_of(config: Mapping[str, Any]) -> str:
    """The id of the method of a config, "" where it names none."""
    return text_in(config, "method") or text_in(config, "method", "id")
