"""Encoders that other packages add by entry points: in a config plugin/NAME. Torch-free.

[project.entry-points."parallax.encoders"]
my_net = "my_package.rows:MY_NET"
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from engine import plugins


@dataclass(frozen=True)
class PluginEncoder:
    """An encoder of another package. `source`: the module and the class, or function, that makes it, "my_package.net:MyNet"; see
    `engine.backbones.module_encoder` for what it must give. `line`: what it is, in a sentence. `package` is set by the program."""

    id: str
    source: str
    line: str = ""
    package: str = ""


@cache
def plugin_encoders() -> tuple[PluginEncoder, ...]:
    """All usable rows, by package and id."""
    return plugins.plugin_rows(plugins.ENCODERS, PluginEncoder, (), _unusable)


def _unusable(row: PluginEncoder) -> str:
    module, sign, name = row.source.partition(":")
    good = bool(module and sign and name)
    return "" if good else f"its source must be module:class, as my_package.net:MyNet. Got {row.source!r}."
