"""What may be asked of several runs at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.bridge.question import Lane, Question


@dataclass(frozen=True)
class ReadConfigs(Question[dict[str, Mapping[str, Any]]]):
    """The configs of some run folders: answered by a dict of nested values by folder, empty for one that cannot be read.

    `purpose` keeps those apart who ask for different things."""

    lane: ClassVar = Lane.QUICK
    folders: tuple[str, ...]
    purpose: str = ""

    @property
    def topic(self) -> str:
        """Purposes do not displace each other."""
        return f"{type(self).__name__}.{self.purpose}"
