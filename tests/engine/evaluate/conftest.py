"""Fixtures of the conformance tests: small runs."""

from __future__ import annotations

from tests.engine.methods.conftest import one_thread, prepared, small

__all__ = ["one_thread", "prepared", "small"]
