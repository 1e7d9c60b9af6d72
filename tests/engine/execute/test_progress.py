"""Progress of parts as progress of the whole, and how a callback cancels."""

from __future__ import annotations

import pytest

from engine.execute.progress import Cancelled, cancellable, no_progress, part_of


def test_a_part_reports_its_share_of_the_whole_and_its_text() -> None:
    heard: list[tuple[float, str]] = []
    part = part_of(lambda share, text="": heard.append((share, text)), 0.5, 0.75, "encoding")
    part(0.0)
    part(0.5, "its own text")
    part(1.0)
    assert heard == [(0.5, "encoding"), (0.625, "encoding"), (0.75, "encoding")]


def test_without_a_text_a_part_passes_its_own_on_and_a_function_of_the_share_alone_will_do() -> None:
    heard: list[tuple[object, ...]] = []
    part = part_of(part_of(lambda *given: heard.append(given), 0.0, 0.5), 0.5, 1.0)
    part(1.0, "reading")
    part(0.0)
    assert heard == [(0.5, "reading"), (0.25,)]


def test_work_that_is_not_wanted_is_cancelled_before_it_reports() -> None:
    heard: list[float] = []
    answers = iter([True, False])
    report = cancellable(heard.append, lambda: next(answers))
    report(0.1)
    with pytest.raises(Cancelled):
        report(0.2)
    assert heard == [0.1]
    no_progress(0.5, "nobody follows")
