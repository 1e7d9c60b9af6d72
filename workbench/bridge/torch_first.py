"""Import PyTorch before Qt, on machines that need this order."""

from __future__ import annotations

import importlib
import os

VARIABLE = "PARALLAX_TORCH_FIRST"


def load_torch_first() -> bool:
    """Import torch now if PARALLAX_TORCH_FIRST is set; returns whether it is.

    On some Windows machines PyTorch's libraries cannot be loaded after those of Qt ("DLL load failed"), but before them. This
    delays the window's first paint by seconds, so it is off by default."""
    if not os.environ.get(VARIABLE):
        return False
    importlib.import_module("torch")
    return True
