"""One method of each kind, for tests that are too slow to try all of them each time."""

from __future__ import annotations

from typing import Any

import pytest

from engine.catalogue import CATALOGUE


def one_of_each_kind() -> list[Any]:
    """All ids; with -m slow alone those whose family, data, labels and encoder an earlier one has. Conformance tries all."""
    kinds: set[tuple[object, ...]] = set()
    cases = []
    for row in CATALOGUE:
        kind = (row.family, row.needs, row.labels, row.kind)
        cases.append(pytest.param(row.id, marks=[pytest.mark.slow] if kind in kinds else []))
        kinds.add(kind)
    return cases
