"""What a connected program can ask of any server: a class for each, which answers itself. Does not import torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from engine.config.errors import complain
from engine.execute.progress import Wanted

A_co = TypeVar("A_co", covariant=True)


@dataclass(frozen=True)
class Server:
    """The context of an answer. `root`: the folder of runs of this machine; `wanted`: whether the answer is still needed."""

    root: Path
    wanted: Wanted

    def folder_of(self, path: Path) -> Path:
        """A folder of the folder of runs. ConfigError for any other path."""
        folder = Path(path)
        if folder.parent != self.root or folder.name.startswith("."):
            raise complain("folder", f"the folder of a run in {self.root}", str(path))
        return folder


@dataclass(frozen=True)
class Command(ABC, Generic[A_co]):
    """Base of commands. `Command[str]` is answered by a text."""

    @abstractmethod
    def answer(self, server: Server) -> A_co:
        """Do it, in a thread of its own. ConfigError where the user can fix the problem."""
