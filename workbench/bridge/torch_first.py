"""When PyTorch is imported: before Qt, on machines that need this order, and by one thread at a time."""

from __future__ import annotations

import importlib
import os
import threading
from contextlib import suppress

VARIABLE = "PARALLAX_TORCH_FIRST"

_importing = threading.Lock()


def load_torch_first() -> bool:
    """Import torch now if PARALLAX_TORCH_FIRST is set; returns whether it is.

    On some Windows machines PyTorch's libraries cannot be loaded after those of Qt ("DLL load failed"), but before them. This
    delays the window's first paint by seconds, so it is off by default."""
    if not os.environ.get(VARIABLE):
        return False
    importlib.import_module("torch")
    return True


def import_torch() -> None:
    """Import torch and torchvision, unless they are, while other threads that call this wait.

    Their modules import each other in circles: of two threads that import parts of them at once, one can get a module that is not
    complete ("'_OpNamespace' 'prims' object has no attribute 'view_of'"). Where they are not installed nothing happens; the answer
    that needs them says so."""
    with _importing, suppress(ImportError):
        importlib.import_module("torch")
        importlib.import_module("torchvision")
