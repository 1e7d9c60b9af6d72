"""Fixtures of the run folder's tests."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Wait for a condition that another thread makes true; fail after a timeout."""

    def wait(done: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not done():
            assert time.monotonic() < end, "it never came"
            time.sleep(0.02)

    return wait
