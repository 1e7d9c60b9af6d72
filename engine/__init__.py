"""Self-supervised visual representation learning on PyTorch, without a window.

`from engine import api` is the interface for scripts and notebooks (see engine.api); `python -m engine` is the command line.
Importing this package loads nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine import api as api

__all__ = ["api"]


def __getattr__(name: str) -> Any:
    """`engine.api`, imported when it is first used."""
    if name == "api":
        import importlib

        return importlib.import_module("engine.api")
    raise AttributeError(f"module 'engine' has no attribute {name!r}")
