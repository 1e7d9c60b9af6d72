"""One method of each kind, for tests that are too slow to try all of them each time."""

from __future__ import annotations

from typing import Any

import pytest

from engine.catalogue import CATALOGUE


def one_of_each_kind(*columns: str) -> list[Any]:
    """All ids; with -m slow alone those that have these columns of the catalogue from an earlier one: family, data, labels and
    encoder where none is named. Conformance tries all."""
    kinds: set[tuple[object, ...]] = set()
    cases = []
    for row in CATALOGUE:
        kind = tuple(getattr(row, column) for column in columns or ("family", "needs", "labels", "kind"))
        cases.append(pytest.param(row.id, marks=[pytest.mark.slow] if kind in kinds else []))
        kinds.add(kind)
    return cases
