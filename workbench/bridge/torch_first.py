"""PyTorch before the window, where a machine needs that."""

from __future__ import annotations

import importlib
import os

VARIABLE = "PARALLAX_TORCH_FIRST"


def load_torch_first() -> bool:
    """Import torch now if PARALLAX_TORCH_FIRST is set; whether it was.

    On some Windows machines the libraries that Qt has loaded keep PyTorch's own from loading later ("DLL load failed"). The other
    order works there; it costs the seconds that the window otherwise saves before its first paint, so it has to be asked for."""
    if not os.environ.get(VARIABLE):
        return False
    importlib.import_module("torch")
    return True
