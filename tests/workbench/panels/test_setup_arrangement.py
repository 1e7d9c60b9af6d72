"""The form gets the room that it needs: beside the data in a wide panel, scrolled with the data in a low one."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.workbench.stand_ins import HeldAsker, StandInAnswers
from workbench.panels.setup.panel import SetupPanel


@pytest.mark.parametrize(
    ("width", "height", "mode"), [(288, 900, "stacked"), (288, 560, "scrolled"), (288, 440, "low"), (690, 420, "beside")]
)
def test_the_form_is_at_least_300_px_high(qtbot: QtBot, width: int, height: int, mode: str) -> None:
    answers = StandInAnswers()
    panel = SetupPanel(HeldAsker(lambda question: answers(question, lambda share: None, lambda: True)))
    qtbot.addWidget(panel)
    panel.resize(width, height)
    with qtbot.waitExposed(panel):
        panel.show()
    qtbot.waitUntil(lambda: panel._arrangement.mode == mode)
    qtbot.waitUntil(lambda: panel._scroll.viewport().height() >= 300)
    assert panel._start.isVisible()
    assert panel.rect().contains(
        panel._start.geometry().translated(panel._start.parentWidget().mapTo(panel, panel._start.pos() * 0))
    )
    assert panel.data_card.isVisible()
    form = panel.form.mapTo(panel, panel.form.rect().topLeft())
    data = panel.data_card.mapTo(panel, panel.data_card.rect().topLeft())
    assert (form.x() > data.x() + 200) == (mode == "beside")


def test_the_dry_run_leaves_the_form_and_comes_back_with_the_height(qtbot: QtBot) -> None:
    answers = StandInAnswers()
    panel = SetupPanel(HeldAsker(lambda question: answers(question, lambda share: None, lambda: True)))
    qtbot.addWidget(panel)
    panel.resize(288, 440)
    with qtbot.waitExposed(panel):
        panel.show()
    for height, scrolled in ((440, True), (900, False), (440, True)):
        panel.resize(288, height)
        qtbot.waitUntil(lambda scrolled=scrolled: panel._scroll.isAncestorOf(panel.dry_run) == scrolled)  # type: ignore[misc]
        form = panel.form.mapTo(panel, panel.form.rect().bottomLeft()).y()
        assert panel.dry_run.mapTo(panel, panel.dry_run.rect().topLeft()).y() >= form or not scrolled
