"""Sound, and the choice of frames of a clip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data.dataset import Index

# All samples of a clip without sound. Samples of sound are from -32767 to 32767.
NO_SOUND = -32768


@dataclass(frozen=True, eq=False)
class Sound:
    """The sound of N clips. values: (N, L) int16 samples, one channel, memory or a read-only memory map: as many equal parts as a
    clip has frames, each the sound around its frame; NO_SOUND throughout for a clip that has none. rate: samples a second."""

    values: npt.NDArray[np.int16]
    rate: int

    def __len__(self) -> int:
        return len(self.values)

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """(N,) which clips have sound."""
        return np.asarray(self.values[:, 0] != NO_SOUND)

    def notes(self) -> list[str]:
        """How many clips have no sound, as a message for people; none where all have."""
        silent = int((~self.known).sum())
        if not silent:
            return []
        return [f"{silent:,} of {len(self):,} clips have no sound: what uses sound leaves them out of it."]

    @property
    def seconds(self) -> float:
        """How long the sound of a clip is."""
        return float(self.values.shape[1] / self.rate)


def evenly(frames: int, count: int) -> Index:
    """`count` of a clip's `frames` frames, evenly spaced from the first to the last but one, which is the last with a flow to the
    next. A clip with too few frames gives some of them several times.

    >>> evenly(8, 4).tolist()
    [0, 2, 4, 6]
    """
    return np.linspace(0, max(0, frames - 2), count).round().astype(np.int64)


def spread(frames: int, count: int) -> Index:
    """`count` of a clip's `frames` frames, evenly spaced from the first to the last. A clip with too few frames gives some of them
    several times.

    >>> spread(8, 4).tolist()
    [0, 2, 5, 7]
    """
    return np.linspace(0, frames - 1, count).round().astype(np.int64)
