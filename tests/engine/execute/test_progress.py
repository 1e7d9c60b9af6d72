"""Progress of a part as progress of the whole, and cancelling in a callback."""

from __future__ import annotations

import pytest

from engine.execute.progress import Cancelled, cancellable, no_progress, part_of


def test_a_part_reports_its_share_of_the_whole_and_its_text() -> None:
    reports: list[tuple[float, str]] = []
    part = part_of(lambda share, text="": reports.append((share, text)), 0.5, 0.75, "encoding")
    part(0.0)
    part(0.5, "its own text")
    part(1.0)
    assert reports == [(0.5, "encoding"), (0.625, "encoding"), (0.75, "encoding")]


def test_a_part_without_a_text_passes_on_the_inner_text_if_any() -> None:
    reports: list[tuple[object, ...]] = []
    part = part_of(part_of(lambda *given: reports.append(given), 0.0, 0.5), 0.5, 1.0)
    part(1.0, "reading")
    part(0.0)
    assert reports == [(0.5, "reading"), (0.25,)]


def test_cancelled_work_raises_before_it_reports() -> None:
    reports: list[float] = []
    answers = iter([True, False])
    report = cancellable(reports.append, lambda: next(answers))
    report(0.1)
    with pytest.raises(Cancelled):
        report(0.2)
    assert reports == [0.1]
    no_progress(0.5, "nobody follows")
