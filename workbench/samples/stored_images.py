"""Images of samples for several parts of a panel: requested one question at a time and cached."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.data.source_table import find
from workbench.bridge.ask import Ask
from workbench.bridge.data_questions import GetClip, GetImages

Then = Callable[[list[np.ndarray]], None]
Lost = Callable[[], None]
KEPT = 4096
KEPT_CLIPS = 32


class Images:
    """A cache of images. Each request names a slot ("hover", "selected"); a newer request in a slot replaces one that waits.

    Only one question is asked at a time, because a newer question of the same topic would cancel the older one."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._data: Mapping[str, Any] = {}
        self._known: OrderedDict[int, np.ndarray] = OrderedDict()
        self._waiting: OrderedDict[str, tuple[tuple[int, ...], Then, Lost | None]] = OrderedDict()
        self._asking = False
        self._generation = 0
        self._clips: OrderedDict[int, np.ndarray] = OrderedDict()
        self._has_clips = False

    def set_data(self, data: Mapping[str, Any]) -> None:
        """Set the data set; the cache is cleared if it is another one."""
        if data != self._data:
            self._data = data
            self._known.clear()
            self._clips.clear()
            row = find(str(data.get("source", "")))
            # Of a folder it is known once a first answer is there.
            self._has_clips = row is None or "clips" in row.columns
        self._waiting.clear()
        self._generation += 1
        self._asking = False

    def want(self, slot: str, index: Sequence[int], then: Then, lost: Lost | None = None) -> None:
        """Call `then` with the images of these samples, uint8 (S, S, 3) each, at once if they are cached. `lost` is called where
        they cannot be loaded, for instance because the data were moved."""
        indices = tuple(int(one) for one in index)
        self._waiting.pop(slot, None)
        if all(one in self._known for one in indices):
            then([self._take(one) for one in indices])
        elif self._data:
            self._waiting[slot] = indices, then, lost
            self._next()
        elif lost is not None:
            lost()

    def want_clip(self, index: int, then: Callable[[np.ndarray], None]) -> None:
        """Call `then` with the frames (T, S, S, 3) of the clip that a sample is, at once if they are cached; not for images. A
        newer request replaces one that waits; one that fails is left out, for its image is shown anyway."""
        if index in self._clips:
            self._clips.move_to_end(index)
            then(self._clips[index])
        elif self._data and self._has_clips:
            generation = self._generation

            def answered(clip: np.ndarray | None) -> None:
                if generation != self._generation:
                    return
                self._has_clips = clip is not None
                if clip is not None:
                    self._clips[index] = clip
                    while len(self._clips) > KEPT_CLIPS:
                        self._clips.popitem(last=False)
                    then(clip)

            self._ask(GetClip(self._data, index), answered, lambda _: None)

    def forget(self, slot: str) -> None:
        """Cancel the request of a slot that waits."""
        self._waiting.pop(slot, None)

    def _take(self, one: int) -> np.ndarray:
        self._known.move_to_end(one)
        return self._known[one]

    def _next(self) -> None:
        if self._asking or not self._waiting:
            return
        slot, (indices, then, lost) = self._waiting.popitem(last=False)
        missing = tuple(dict.fromkeys(one for one in indices if one not in self._known))
        generation = self._generation
        if not missing:
            then([self._take(one) for one in indices])
            self._next()
            return

        def answered(images: np.ndarray) -> None:
            if generation != self._generation:
                return
            self._asking = False
            for one, image in zip(missing, images, strict=True):
                self._known[one] = np.array(image)
            # A newer request of this slot replaces this one.
            if slot not in self._waiting and all(one in self._known for one in indices):
                then([self._take(one) for one in indices])
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
            self._next()

        def failed(_: str) -> None:
            if generation == self._generation:
                self._asking = False
                if lost is not None and slot not in self._waiting:
                    lost()
                self._next()

        self._asking = True
        self._ask(GetImages(self._data, missing), answered, failed)
