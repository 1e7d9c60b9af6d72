"""A guard against one defect of PySide6 6.12 on Python 3.11: its calls return None and True without owning a reference.

Each call of Qt that returns nothing takes one reference of None, each `Signal.emit` one of True; a minute of drawing would free
them and abort the process ("none_dealloc", "bool_dealloc"). From Python 3.12 on these objects cannot die (PEP 683).
"""

from __future__ import annotations

import ctypes
import sys

from PySide6.QtCore import QObject, Signal

SINGLES = (None, True, False, NotImplemented, ...)
SPARE = 1 << 40


class _Probe(QObject):
    said = Signal()


def keep_alive() -> bool:
    """Give the single objects references enough for any session, if Qt is seen to lose some; whether it was needed."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython" or sys.getrefcount(True) >= SPARE:
        return False
    probe = _Probe()
    before = sys.getrefcount(True)
    for _ in range(16):
        probe.said.emit()
    if sys.getrefcount(True) > before - 16:
        return False
    for single in SINGLES:
        # The count of references is the first word of every object.
        ctypes.c_ssize_t.from_address(id(single)).value += SPARE
    return True
