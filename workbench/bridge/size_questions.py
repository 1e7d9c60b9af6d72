"""A question about the size of the images: how long the run takes at its size and at a smaller one."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import ClassVar

from engine.config.errors import ConfigError
from workbench.bridge.open_data import open_config
from workbench.bridge.question import ConfigQuestion, Context, Lane

LONG = 15 * 60.0  # seconds of a run from which a smaller size is worth a word
SMALL = 32  # px, the smaller size
WORTH = 1.5  # how much quicker the smaller size must be
LARGE = 64  # px, from which the question is asked


@dataclass(frozen=True)
class SizeTime:
    """`seconds` of the whole run with images of `size` pixels."""

    size: int
    seconds: float


class _Speeds:
    """Images a second that were measured, by what was measured."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.known: dict[str, float] = {}


@dataclass(frozen=True)
class CompareSizes(ConfigQuestion[tuple[SizeTime, ...]]):
    """How long the run takes at the size of its images, and at a smaller one: answered by two SizeTimes, by none where that does
    not matter: on a GPU, with small images, for a run that is short, has a length in minutes, or would hardly be quicker. `wanted`:
    False asks nothing, which ends a measurement that is under way."""

    lane: ClassVar = Lane.LONG
    wanted: bool = True

    def answer(self, context: Context) -> tuple[SizeTime, ...]:
        """Measures each size once, in a child process."""
        if not self.wanted:
            return ()
        from engine.train.resolve import resolve
        from engine.train.size_speed import images_per_second, measured_config, seconds_of

        try:
            config = resolve(self.config)
            if config.train.device != "cpu" or (config.train.minutes and not config.train.steps):
                return ()
            data = open_config(context, config.data)
            if data.size < LARGE:
                return ()
            images, times = len(data.splits["train"]), []
            speeds = context.session.get(_Speeds)
            for size in (data.size, SMALL):
                key = measured_config(config, size).model_dump_json(exclude={"name", "notes", "tags"})
                with speeds.lock:
                    speed = speeds.known.get(key)
                if speed is None:
                    speed = images_per_second(config, size, context.wanted)
                    with speeds.lock:
                        speeds.known[key] = speed
                times.append(SizeTime(size, seconds_of(config, images, speed)))
                if times[0].seconds < LONG:
                    return ()
        except ConfigError:  # the form says what is wrong
            return ()
        return tuple(times) if times[0].seconds >= WORTH * times[1].seconds else ()
