"""Advice on the size of the images: where a run on a CPU would take long, how long it takes at a smaller size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer

from workbench.bridge.ask import Ask
from workbench.bridge.size_questions import LARGE, CompareSizes, SizeTime
from workbench.panels.setup.data_card import DataCard

AFTER = 1500  # ms without a change of the settings until the speed is measured


class SizeAdvice(QObject):
    """Asks when the settings have not changed for a while, nothing trains and the images are large; the card says the answer."""

    def __init__(self, ask: Ask, card: DataCard, draft: Callable[[], Mapping[str, Any]], parent: QObject) -> None:
        super().__init__(parent)
        self._ask, self._card, self._draft = ask, card, draft
        self._free = True
        self._measuring = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(AFTER)
        self._soon.timeout.connect(self._compare)

    def refresh(self) -> None:
        """The settings or what is known of the data have changed."""
        self._card.show_times(())
        self._end()
        data = self._card.description
        if self._free and data is not None and data.decoded and data.size >= LARGE:
            self._soon.start()

    def set_free(self, free: bool) -> None:
        """Whether the processor is free to measure on: no run trains, and no other measurement is under way."""
        self._free = free
        self.refresh()

    def _compare(self) -> None:
        self._measuring = True
        self._ask(CompareSizes(self._draft()), self._answered, lambda message: None)

    def _answered(self, times: tuple[SizeTime, ...]) -> None:
        self._measuring = False
        self._card.show_times(times)

    def _end(self) -> None:
        """End a measurement that is under way: a newer question replaces it."""
        self._soon.stop()
        if self._measuring:
            self._measuring = False
            self._ask(CompareSizes({}, wanted=False), lambda times: None, lambda message: None)
