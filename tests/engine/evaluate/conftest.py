"""The small runs of the conformance tests."""

from __future__ import annotations

from tests.engine.methods.conftest import one_thread, prepared, small

__all__ = ["one_thread", "prepared", "small"]
