"""One factor in words, and its course over the epochs, with what the signs mean."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from engine.runs.invariance_file import Invariance
from workbench import theme
from workbench.panels.invariance import factor_text
from workbench.panels.invariance.epoch_plot import CoursePlot
from workbench.theme.plain import rich
from workbench.widgets.card import Card

TALLEST, LEAST = 240, 216


class FactorCard(Card):
    """What was read of the factor that is chosen in the chart, and the chart's legend."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Factor"))
        self.detail, self.legend, self.help = QLabel(), QLabel(), QLabel()
        for label in (self.detail, self.legend, self.help):
            label.setWordWrap(True)
            rich(label)
        for label in (self.legend, self.help):
            label.setObjectName("quiet")
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.course = CoursePlot()
        self.course.setMaximumHeight(TALLEST)
        self.body.addWidget(self.detail)
        self.body.addWidget(self.course, 1)
        self.body.addStretch(0)
        self.body.addWidget(self.legend)
        self.body.addWidget(self.help)
        self.setMinimumWidth(LEAST)

    def show_factor(self, invariance: Invariance, index: int, epoch: int) -> None:
        """The factor at a place of what was found, and its readings at an epoch."""
        factor = invariance.factors[index]
        self.set_title(factor_text.factor_name(factor.name))
        self.set_state(factor_text.group_name(factor.group))
        lines = [factor_text.described(factor, space, epoch) for space in factor.readings]
        lines.append(self.tr("Pixels: {0}").format(factor_text.score_words(factor, factor.pixels)))
        lines.append(factor_text.own_words(factor))
        self.detail.setText("<br>".join(line for line in lines if line))
        self.course.setVisible(len(invariance.epochs) > 1)
        self.course.show_factor(factor, invariance.epochs, epoch)
        self.course.setAccessibleName(self.tr("{0} over the epochs").format(factor_text.factor_name(factor.name)))

    def show_legend(self, invariance: Invariance, compared: bool) -> None:
        """What the signs mean; `compared`: another run's are there too."""
        palette = theme.current()
        signs = ("●", "◆")
        spaces = [
            f'<span style="color:{palette.hue(index)}">{signs[index % 2]}</span> {factor_text.space_name(space)}'
            for index, space in enumerate(invariance.spaces)
        ]
        rest = self.tr("bar: interval of 95 %; short tick: untrained; dotted: 8 × 8 pixels")
        if compared:
            rest += self.tr("; hollow: the other run")
        self.legend.setText(" &nbsp; ".join(spaces) + " &nbsp; " + rest)
        self.help.setText(
            self.tr(
                "0 is chance level, 1 is perfect. Kept: the interval lies above 0.5. Discarded: below 0.2, although the pixels "
                "or the untrained encoder give more. Not readable: below 0.2, and these give no more."
            )
        )
