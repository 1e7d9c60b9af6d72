"""Cyclic garbage is collected by the thread of the window alone."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from workbench.bridge.bridge import Bridge
from workbench.bridge.garbage import FULL_SECONDS, MANY_MODULES, GarbageCollection


class Cycle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collection() -> Iterator[GarbageCollection]:
    now[0] = 0.0
    one = GarbageCollection(lambda: now[0])
    yield one
    one.end()


now = [0.0]


def many() -> None:
    kept = [Cycle() for _ in range(10 * gc.get_threshold()[0])]
    del kept


def test_a_thread_that_makes_garbage_does_not_collect(collection: GarbageCollection) -> None:
    gone = weakref.ref(Cycle())
    thread = threading.Thread(target=many)
    thread.start()
    thread.join()
    assert gone() is not None
    collection.collect()
    assert gone() is None


def test_all_objects_are_collected_once_a_minute(collection: GarbageCollection) -> None:
    cycle = Cycle()
    gc.collect(1)
    gc.collect(1)  # it is old now
    gone = weakref.ref(cycle)
    del cycle
    kept: list[list[int]] = [[] for _ in range(2 * gc.get_threshold()[0])]
    collection.collect()
    assert gone() is not None
    now[0] = FULL_SECONDS
    kept += [[] for _ in range(2 * gc.get_threshold()[0])]
    collection.collect()
    assert gone() is None


def test_modules_that_were_imported_since_are_set_aside_before_all_objects_are_collected(
    collection: GarbageCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[list[int]] = [[] for _ in range(2 * gc.get_threshold()[0])]
    collection.collect()
    assert gc.get_freeze_count() == 0  # nothing was imported
    for number in range(MANY_MODULES):
        monkeypatch.setitem(sys.modules, f"a_module_of_this_test_{number}", sys)
    kept += [[] for _ in range(2 * gc.get_threshold()[0])]
    collection.collect()
    aside = gc.get_freeze_count()
    assert aside > 10_000
    assert len(gc.get_objects()) < aside / 10
    now[0] = FULL_SECONDS
    kept += [[] for _ in range(2 * gc.get_threshold()[0])]
    collection.collect()
    assert gc.get_freeze_count() == aside  # without imports nothing more is kept
    collection.end()
    assert gc.get_freeze_count() == 0


def test_later_imports_are_set_aside_after_all_objects_were_collected(
    collection: GarbageCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that what was closed meanwhile is not kept."""
    now[0] = FULL_SECONDS
    kept: list[list[int]] = [[] for _ in range(2 * gc.get_threshold()[0])]
    collection.collect()
    for number in range(MANY_MODULES):
        monkeypatch.setitem(sys.modules, f"a_module_of_this_test_{number}", sys)
    cycle = Cycle()
    gone = weakref.ref(cycle)
    kept += [[] for _ in range(2 * gc.get_threshold()[0])]
    collection.collect()
    assert gc.get_freeze_count() == 0
    del cycle
    now[0] = 2 * FULL_SECONDS
    kept += [[] for _ in range(2 * gc.get_threshold()[0])]
    collection.collect()
    assert gone() is None
    assert gc.get_freeze_count() > 0


def test_few_new_objects_are_no_reason(collection: GarbageCollection) -> None:
    gc.collect()
    gone = weakref.ref(Cycle())
    collection.collect()
    assert gone() is not None


def test_the_end_turns_automatic_collection_on() -> None:
    GarbageCollection().end()
    assert gc.isenabled()


def test_the_bridge_collects_while_it_is_open(qtbot: QtBot, tmp_path: Path) -> None:
    gc.enable()
    bridge = Bridge(tmp_path)
    assert not gc.isenabled()
    gone = weakref.ref(Cycle())
    many()
    assert gone() is not None
    bridge.drain()
    assert gone() is None
    assert bridge.close()
    assert gc.isenabled()
