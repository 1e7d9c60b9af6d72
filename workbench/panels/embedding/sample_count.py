"""The menu of how many samples are mapped: a part of the snapshot, all of it, or more of the data, up to all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from workbench.panels.embedding.settings import LIMITS

# Beyond the counts of the settings.
MORE = (50_000, 100_000)


def counts(have: int, total: int) -> list[int]:
    """The counts to choose from, rising: `have` samples have features, the data have `total` images (0 where unknown)."""
    most = max(have, total)
    return sorted({count for count in (*LIMITS, *MORE) if count < most} | ({have, most} - {0}))


class SampleCount(QToolButton):
    """`chosen(count)`: map so many samples."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("flat")
        self.show_encoding(None)
        self.setAccessibleName(self.tr("How many samples are mapped"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.setMenu(self._menu)
        self.hide()

    def show_counts(self, mapped: int, have: int, total: int) -> None:
        """Show the counts to choose from, with that of the map marked; see `counts`. Nothing for fewer than two."""
        choices = counts(have, total)
        self._menu.clear()
        for count in choices:
            text = self.tr("all {0}").format(f"{count:,}") if count == max(have, total) else f"{count:,}"
            if count > have:
                text = self.tr("{0} (encode {1} more images)").format(text, f"{count - have:,}")
            action = self._menu.addAction(text)
            action.triggered.connect(lambda _=False, count=count: self.chosen.emit(count))
            action.setCheckable(True)
            action.setChecked(count == mapped)
        more = self.tr("More than the {0} samples that the run stored are encoded by its checkpoint, and kept with the run.")
        self.setToolTip(
            "\n".join(
                [
                    self.tr("How many samples are mapped: {0} of {1}").format(f"{mapped:,}", f"{max(have, total):,}"),
                    *([more.format(f"{have:,}")] if total > have else []),
                ]
            )
        )
        self.setVisible(len(choices) > 1 and bool(mapped))

    def show_encoding(self, share: float | None) -> None:
        """Show how many of the further images are encoded, from 0 to 1; None while none are."""
        text = self.tr("Samples") + " ▾" if share is None else self.tr("Encoding… {0} %").format(round(100 * share))
        self.setText(text)
        self.setEnabled(share is None)

    @property
    def actions_shown(self) -> Sequence[QAction]:
        """The rows of the menu."""
        return self._menu.actions()
