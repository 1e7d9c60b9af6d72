"""The card with the agreement of two spaces: the share of neighbours kept, and linear CKA."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from workbench.bridge.versus_questions import Compared, CompareSpaces
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.card import Card


class AgreementCard(Card):
    """Shows the share of neighbours kept and linear CKA, each with an explanation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Agreement"))
        self.kept, self.cka, self.words = QLabel("–"), QLabel("–"), QLabel()
        self.kept_label, self.cka_label = QLabel(), QLabel()
        cka_help = (
            self.tr("Linear centred kernel alignment (Kornblith et al. 2019): how similar the spaces are as a whole, from 0 to 1."),
            self.tr("Rotating or scaling a space as a whole does not change it; directions of large variance count most."),
            self.tr("Two spaces can have a high CKA and few neighbours in common."),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(WIDE_GAP)
        grid.setVerticalSpacing(2)
        for row, (value, label) in enumerate(((self.kept, self.kept_label), (self.cka, self.cka_label))):
            value.setObjectName("heading")
            label.setObjectName("quiet")
            label.setWordWrap(True)
            grid.addWidget(value, row, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(label, row, 1)
        _help(self.cka, self.cka_label, cka_help)
        grid.setColumnMinimumWidth(0, 44)
        grid.setColumnStretch(1, 1)
        self.body.setSpacing(GAP // 2)
        self.body.addLayout(grid)
        self.words.setObjectName("quiet")
        self.words.setWordWrap(True)
        self.body.addWidget(self.words)
        self.body.addStretch(1)
        self.show_compared(None, "")

    def show_compared(self, comparison: Compared | None, text: str) -> None:
        """Show a comparison of two spaces; None if there is none. `text`: which samples are linked, or why none are."""
        known = comparison is not None and len(comparison.index) > 1
        self.kept.setText(_percent(comparison.share) if comparison is not None and known else "–")
        defined = comparison is not None and known and not math.isnan(comparison.cka)
        self.cka.setText((f"{comparison.cka:.2f}".lstrip("0") or "0") if comparison is not None and defined else "–")
        kept, cka = self.tr("neighbours kept"), self.tr("linear CKA")
        if comparison is not None and known:
            kept = self.tr("neighbours kept: {0} of {1} nearest; chance level {2}").format(
                f"{comparison.share * comparison.k:.1f}", comparison.k, _percent(comparison.chance)
            )
            if math.isnan(comparison.cka):
                cka = self.tr("linear CKA is not defined: one of the spaces has collapsed to a point")
            else:
                cka = self.tr("linear CKA; 1: the same space up to rotation and scale")
        k = comparison.k if comparison is not None and known else CompareSpaces.k
        near = self.tr("Which of a sample's {0} nearest by cosine in the left space are among its {0} nearest in the right one.")
        share = self.tr("The share is the mean over all samples; 100 % means that every neighbourhood stayed the same.")
        _help(self.kept, self.kept_label, (near.format(k), share))
        self.kept_label.setText(kept)
        self.cka_label.setText(cka)
        self.kept.setAccessibleName(f"{kept}: {self.kept.text()}")
        self.cka.setAccessibleName(f"{cka}: {self.cka.text()}")
        self.words.setText(text)


def _help(value: QLabel, label: QLabel, lines: Sequence[str]) -> None:
    """Set the explanation of a value: as a tooltip, and for screen readers."""
    for part in (value, label):
        part.setToolTip(" ".join(lines))
    value.setAccessibleDescription(" ".join(lines))


def _percent(value: float) -> str:
    return f"{value:.1%}".replace("%", " %") if value < 0.1 else f"{value:.0%}".replace("%", " %")
