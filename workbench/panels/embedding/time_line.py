"""The time line: a slider over the epochs of a run that have a snapshot, and a button that plays them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from workbench.theme.palette import GAP

PLAY_MS = 900


class TimeLine(QWidget):
    """`moved`: the epoch changed, by hand or by playing, or the playing ended."""

    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.epochs: tuple[int, ...] = ()
        self.play = QPushButton("▶")
        self.play.setStyleSheet("padding: 3px 8px;")
        self.play.setFixedWidth(36)
        self.play.setCheckable(True)
        self.play.setToolTip(self.tr("Play the epochs"))
        self.play.setAccessibleName(self.tr("Play the epochs"))
        self.play.toggled.connect(self._play_toggled)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Epoch of the map"))
        self.slider.setPageStep(1)
        self.slider.valueChanged.connect(self._slider_moved)
        self.words = QLabel()
        self.words.setObjectName("quiet")
        self.words.setMinimumWidth(88)
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(GAP)
        self.row.addWidget(self.play)
        self.row.addWidget(self.slider, 1)
        self.row.addWidget(self.words)
        self.player = QTimer(self)
        self.player.setInterval(PLAY_MS)
        self.player.timeout.connect(self._next_epoch)

    @property
    def epoch(self) -> int | None:
        """The epoch at the slider; None if there is none."""
        return self.epochs[self.slider.value()] if self.epochs else None

    @property
    def playing(self) -> bool:
        """Whether the epochs are being played."""
        return self.play.isChecked()

    def set_epochs(self, epochs: Sequence[int]) -> None:
        """Set the epochs that have a snapshot and move to the last one, without emitting `moved`."""
        self._fill(tuple(epochs), len(epochs) - 1)

    def add(self, epoch: int) -> bool:
        """Add an epoch. Returns whether the slider was at the end and moved to the new end."""
        at_end = not self.epochs or self.slider.value() == len(self.epochs) - 1
        now = self.epoch
        epochs = tuple(sorted({*self.epochs, epoch}))
        self._fill(epochs, len(epochs) - 1 if at_end or now is None else epochs.index(now))
        return at_end

    def go_to(self, epoch: int) -> None:
        """Move to an epoch, without emitting `moved`."""
        if epoch in self.epochs:
            self._fill(self.epochs, self.epochs.index(epoch))

    def stop(self) -> None:
        """Stop playing."""
        self.play.setChecked(False)

    def update_text(self) -> None:
        """Update the text with the current epoch."""
        epoch = self.epoch
        self.words.setText("" if epoch is None else self.tr("epoch {0} / {1}").format(epoch, self.epochs[-1]))

    def _fill(self, epochs: tuple[int, ...], index: int) -> None:
        self.epochs = epochs
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(epochs) - 1))
        self.slider.setValue(max(0, index))
        self.slider.blockSignals(False)
        for widget in (self.slider, self.play):
            widget.setEnabled(len(epochs) > 1)
        self.update_text()

    def _slider_moved(self) -> None:
        self.update_text()
        self.moved.emit()

    def _play_toggled(self, on: bool) -> None:
        self.play.setText("❚❚" if on else "▶")
        if not on:
            self.player.stop()
            self.moved.emit()
            return
        if self.slider.value() == self.slider.maximum():
            self.slider.setValue(0)
        self.player.start()

    def _next_epoch(self) -> None:
        if self.slider.value() < self.slider.maximum():
            self.slider.setValue(self.slider.value() + 1)
        else:
            self.stop()
