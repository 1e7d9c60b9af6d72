"""The captions of samples, requested when they are needed, and how they are shown. No widgets."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication

from workbench.bridge.ask import Ask
from workbench.bridge.sample_questions import SampleCaptions

KEPT = 1024  # samples
# The most characters of a caption where there is room for a few lines only.
SHORT = 240

Captions = tuple[str, ...]


class CaptionCache:
    """Captions by sample. A data set can have millions: those of the last samples are kept, the others are requested again."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._data: Mapping[str, Any] = {}
        self._captioned = False
        self._known: OrderedDict[int, Captions] = OrderedDict()

    def set_data(self, data: Mapping[str, Any], captioned: bool) -> None:
        """Set the data set, and whether it has captions. Where it has none, nothing is requested."""
        if data != self._data:
            self._data = data
            self._known.clear()
        self._captioned = captioned

    def want(self, index: int, then: Callable[[Captions], None]) -> None:
        """Call `then` with the captions of a sample, at once where they are known; with none where they cannot be read. A newer
        request replaces one that waits."""
        if not self._captioned:
            then(())
        elif index in self._known:
            self._known.move_to_end(index)
            then(self._known[index])
        else:
            data = self._data

            def receive(captions: tuple[Captions, ...] | None) -> None:
                if data == self._data:
                    self._known[index] = captions[0] if captions else ()
                    while len(self._known) > KEPT:
                        self._known.popitem(last=False)
                    then(self._known[index])

            self._ask(SampleCaptions(data, (index,)), receive, lambda _: then(()))


def in_short(captions: Sequence[str], longest: int = SHORT) -> tuple[str, str]:
    """The first caption, shortened where it is longer than `longest` characters, and how many more there are: "and 4 more". Empty
    texts where there are none."""
    if not captions:
        return "", ""
    first = captions[0]
    text = first if len(first) <= longest else f"{first[:longest].rstrip()}…"
    more = QCoreApplication.translate("Captions", "and {0} more").format(f"{len(captions) - 1:,}") if len(captions) > 1 else ""
    return text, more
