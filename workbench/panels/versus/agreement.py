"""The card that says in numbers how much two spaces agree."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from workbench.bridge.versus_questions import Compared, CompareSpaces
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.card import Card


class AgreementCard(Card):
    """Neighbours kept and linear CKA, each with what it means."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Agreement"))
        self.kept, self.cka, self.words = QLabel("–"), QLabel("–"), QLabel()
        self.kept_words, self.cka_words = QLabel(), QLabel()
        cka_help = (
            self.tr("Linear centred kernel alignment (Kornblith et al. 2019): how alike the spaces are as a whole, from 0 to 1."),
            self.tr("It does not change when a space is rotated or scaled as a whole; directions of large variance count most."),
            self.tr("Two spaces can have a high CKA and still share few neighbours."),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(WIDE_GAP)
        grid.setVerticalSpacing(2)
        for row, (value, words) in enumerate(((self.kept, self.kept_words), (self.cka, self.cka_words))):
            value.setObjectName("heading")
            words.setObjectName("quiet")
            words.setWordWrap(True)
            grid.addWidget(value, row, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(words, row, 1)
        _help(self.cka, self.cka_words, cka_help)
        grid.setColumnMinimumWidth(0, 44)
        grid.setColumnStretch(1, 1)
        self.body.setSpacing(GAP // 2)
        self.body.addLayout(grid)
        self.words.setObjectName("quiet")
        self.words.setWordWrap(True)
        self.body.addWidget(self.words)
        self.body.addStretch(1)
        self.show_compared(None, "")

    def show_compared(self, found: Compared | None, words: str) -> None:
        """How much two spaces agree; None where it is not known. `words`: what is linked, or why nothing is."""
        known = found is not None and len(found.index) > 1
        self.kept.setText(_percent(found.share) if found is not None and known else "–")
        self.cka.setText("–" if found is None or not known or math.isnan(found.cka) else f"{found.cka:.2f}".lstrip("0") or "0")
        kept, cka = self.tr("neighbours kept"), self.tr("linear CKA")
        if found is not None and known:
            near = self.tr("neighbours kept: {0} of the {1} nearest; chance level {2}")
            kept = near.format(f"{found.share * found.k:.1f}", found.k, _percent(found.chance))
            if math.isnan(found.cka):
                cka = self.tr("linear CKA is not defined: one of the spaces has collapsed to a point")
            else:
                cka = self.tr("linear CKA; 1: the same space up to rotation and scale")
        looked = found.k if found is not None and known else CompareSpaces.k
        near = self.tr(
            "Of each sample's {0} nearest neighbours by cosine in the left space: the share that is among its {0} nearest in "
            "the right."
        )
        share = self.tr("Mean share over all samples; at 100 % every neighbourhood is the same in both spaces.")
        _help(self.kept, self.kept_words, (near.format(looked), share))
        self.kept_words.setText(kept)
        self.cka_words.setText(cka)
        self.kept.setAccessibleName(f"{kept}: {self.kept.text()}")
        self.cka.setAccessibleName(f"{cka}: {self.cka.text()}")
        self.words.setText(words)


def _help(value: QLabel, words: QLabel, lines: Sequence[str]) -> None:
    """What a figure means, for whoever points at it or hears it."""
    for part in (value, words):
        part.setToolTip(" ".join(lines))
    value.setAccessibleDescription(" ".join(lines))


def _percent(value: float) -> str:
    return f"{value:.1%}".replace("%", " %") if value < 0.1 else f"{value:.0%}".replace("%", " %")
