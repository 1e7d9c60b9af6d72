"""The field that filters runs: says its grammar in the tooltip, and what it did not understand."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from workbench.models.run_query import Doubt
from workbench.models.runs_order import RunsOrder


class FilterField(QLineEdit):
    """Filters a RunsOrder while one types. `doubted` carries what was not understood, in words; "" where all was."""

    doubted = Signal(str)

    def __init__(self, order: RunsOrder, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._order = order
        self._help = "\n".join(
            (
                self.tr("Words that must all occur: simclr batch"),
                self.tr('An exact phrase: "large batch"'),
                self.tr("In one column: method:simclr, state:failed, tag:probe"),
                self.tr("Exactly this value: tag=probe; without these: -tag:old"),
                self.tr("Numbers: knn>0.4, lr<=0.01, last.rank>=50"),
                self.tr("is:starred, is:shown, is:live"),
            )
        )
        self.setPlaceholderText(placeholder)
        self.setClearButtonEnabled(True)
        self.setAccessibleName(self.tr("Filter runs"))
        self.setToolTip(self._help)
        self.textChanged.connect(self._filter)
        order.understood.connect(self._show_doubts)
        self.doubt = ""

    def _filter(self, text: str) -> None:
        self._order.set_query(text)
        self._show_doubts()

    def _show_doubts(self) -> None:
        doubts = self._order.query.doubts
        if not self._order.complete:
            # A method's own settings are known once they have been read.
            doubts = tuple(doubt for doubt in doubts if doubt.kind != "unknown")
        self.doubt = " ".join(self._worded(doubt) for doubt in doubts)
        if bool(self.property("wrong")) != bool(doubts):
            self.setProperty("wrong", bool(doubts))
            self.style().unpolish(self)
            self.style().polish(self)
        self.setToolTip(f"{self.doubt}\n\n{self._help}" if self.doubt else self._help)
        self.doubted.emit(self.doubt)

    def _worded(self, doubt: Doubt) -> str:
        hint = self.tr("Did you mean {0}?").format(doubt.hint)
        if doubt.kind == "number":
            return self.tr("{0} must compare with a number, as in knn>0.4.").format(doubt.token)
        if doubt.kind == "several":
            return self.tr("{0} may be any of {1}: write the full name.").format(doubt.token, doubt.hint)
        if doubt.kind == "is":
            return self.tr("is: must be followed by starred, shown or live.") + (f" {hint}" if doubt.hint else "")
        unknown = self.tr("{0} is neither a column nor a setting of these runs.").format(doubt.token)
        return f"{unknown} {hint}" if doubt.hint else unknown
