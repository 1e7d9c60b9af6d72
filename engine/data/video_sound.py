"""The sound of a video file: one part for each frame of a clip, around the time at which the frame is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.data.clips import NO_SOUND
from engine.data.video_files import decoded, opened, packets_of, problem_of

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler
    from av.audio.stream import AudioStream
    from av.container import InputContainer

RATE = 8000  # samples a second that are stored
LONGEST = 0.25  # seconds of a part
_COMPLETE = 0.95  # of the parts: where less of them has sound, the file is named
_SEAM = 32  # samples on both sides of a seam, over which a part fades into the next
_PAD = 160  # samples before and after what is used, for the filter of the resampling
_APART = 2.0  # seconds: a longer stretch between two parts is not decoded
_BEFORE = 0.5  # seconds that are decoded before the first wanted sample, for codecs that need some frames to begin
_JITTER = 0.02  # seconds by which times of frames may be rounded: no gap
_LIMIT = 32767

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ClipSound:
    """values: (T n,) int16, NO_SOUND throughout where there is none. exists: whether the file has sound. problem: what could not be
    read of it; "" for nothing."""

    values: npt.NDArray[np.int16]
    exists: bool
    problem: str = ""


def samples_of(frames: int, seconds: float) -> int:
    """How many samples the part of a frame has: of the time between two frames where a clip covers `seconds`, a quarter of a second
    at most, and so much where it covers a whole file (`seconds` 0)."""
    part = min(LONGEST, seconds / frames) if seconds > 0 else LONGEST
    return max(1, round(part * RATE))


def has_sound(path: str | Path) -> bool:
    """Whether a file has a track of sound; False for one that cannot be read."""
    try:
        with opened(path) as container:
            return container.streams.best("audio") is not None
    except Exception:  # it will be named when it is decoded
        return False


def read_sound(path: str | Path, middles: Floats, span: tuple[float, float], samples: int) -> ClipSound:
    """The sound of a clip at RATE samples a second, mixed to one channel: of each frame the `samples` samples around the time for
    which it stands, `middles` (T,), in seconds of the file; near the ends of the file's frames, `span`, those nearest to it. Where
    frames are as far apart as the parts are long this is the sound as it is, else each part fades into the next within 8 ms.

    Where the track does not reach, there is silence, and `problem` says how much has sound. It never raises for a damaged file."""
    none = np.full(len(middles) * samples, NO_SOUND, np.int16)
    starts = _starts(middles, span, samples / RATE)
    try:
        with opened(path) as container:
            stream = _track(container)
            if stream is None:
                return ClipSound(none, exists=False)
            parts, share = _parts(container, stream, starts, samples)
    except Exception as error:  # a damaged file makes FFmpeg raise nearly anything
        return ClipSound(none, exists=True, problem=f"its sound cannot be read: {problem_of(error)}")
    if share == 0:
        return ClipSound(none, exists=True, problem="it has no sound at the time of its frames, or none that can be decoded")
    problem = f"{share:.0%} of the time of its frames has sound, the rest is silent" if share < _COMPLETE else ""
    values = np.clip(np.round(_joined(parts, samples) * _LIMIT), -_LIMIT, _LIMIT).astype(np.int16)
    return ClipSound(values, exists=True, problem=problem)


def _track(container: InputContainer) -> AudioStream | None:
    """The track that a player plays."""
    from av.audio.stream import AudioStream as Track

    stream = container.streams.best("audio")
    return stream if isinstance(stream, Track) else None


def _starts(middles: Floats, span: tuple[float, float], length: float) -> Floats:
    """When the part of each frame begins, (T,) seconds: half its length before the middle, inside the span where it is long
    enough."""
    return np.clip(middles - length / 2, span[0], max(span[0], span[1] - length))


def _parts(container: InputContainer, stream: AudioStream, starts: Floats, samples: int) -> tuple[Floats, float]:
    """The parts with a seam before and behind each, (T, samples + 2 _SEAM) from -1 to 1, and the share of the parts that has
    sound."""
    length, pad = samples / RATE, (_PAD + _SEAM) / RATE
    parts, shares = [], []
    for group in np.split(starts, np.flatnonzero(np.diff(starts) > length + _APART) + 1):
        begin, end = float(group[0]) - pad, float(group[-1]) + length + pad
        stretch = _stretch(container, stream, begin, end)
        for start in group.tolist():
            first = round((start - begin) * stretch.rate)
            shares.append(stretch.known[first : first + max(1, round(length * stretch.rate))].mean())
        whole = _resampled(stretch)
        first_rows = np.round((group - begin) * RATE).astype(np.int64) - _SEAM
        parts.append(whole[first_rows[:, None] + np.arange(samples + 2 * _SEAM)])
    return np.concatenate(parts), float(np.mean(shares))


def _joined(parts: Floats, samples: int) -> Floats:
    """The parts (T, samples + 2 _SEAM) one after another, (T samples,). Around its end a part fades into the next; that changes
    nothing where the two are neighbours in the file."""
    seam = min(_SEAM, samples // 2)
    joined = parts[:, _SEAM : _SEAM + samples].copy()
    rising = (np.arange(2 * seam) + 0.5) / (2 * seam)  # of the later part
    ending = parts[:-1, _SEAM + samples - seam : _SEAM + samples + seam]
    beginning = parts[1:, _SEAM - seam : _SEAM + seam]
    mixed = ending * (1 - rising) + beginning * rising
    joined[:-1, samples - seam :], joined[1:, :seam] = mixed[:, :seam], mixed[:, seam:]
    return joined.reshape(-1)


@dataclass(frozen=True, eq=False)
class _Stretch:
    """A stretch of a track. values: (n,) one channel, -1 to 1, 0 where the file has nothing. known: (n,) where it has something.
    rate: samples a second. late: the file was read from a position behind the stretch's beginning."""

    values: npt.NDArray[np.float32]
    known: npt.NDArray[np.bool_]
    rate: int
    late: bool = False

    @classmethod
    def empty(cls, seconds: float, rate: int) -> _Stretch:
        count = round(seconds * rate) + 1
        return cls(np.zeros(count, np.float32), np.zeros(count, np.bool_), rate)

    def write(self, samples: npt.NDArray[np.float32], first: int) -> None:
        """Write samples from index `first` on, as far as they lie inside."""
        low, high = max(0, first), min(len(self.values), first + len(samples))
        if low < high:
            self.values[low:high] = samples[low - first : high - first]
            self.known[low:high] = True


def _resampled(stretch: _Stretch) -> Floats:
    """The samples at RATE, as many as the stretch is long."""
    from scipy.signal import resample_poly

    ratio = Fraction(RATE, stretch.rate)
    return np.asarray(resample_poly(stretch.values.astype(np.float64), ratio.numerator, ratio.denominator))


def _stretch(container: InputContainer, stream: AudioStream, begin: float, end: float) -> _Stretch:
    """The track from `begin` to `end`, in seconds of the file."""
    unit, start = float(stream.time_base or 1), _start_of(stream)
    try:
        container.seek(round(max(begin - _BEFORE, start) / unit), stream=stream)
        taken = _decode(container, stream, begin, end)
        if not taken.late:
            return taken
    except Exception:  # a file that cannot be searched is read from its beginning
        pass
    with opened(container.name) as again:
        track = _track(again)
        assert track is not None, "it had one"
        return _decode(again, track, begin, end)


def _start_of(stream: AudioStream) -> float:
    """When the track begins, in seconds of the file."""
    return float((stream.start_time or 0) * (stream.time_base or 0))


def _decode(container: InputContainer, stream: AudioStream, begin: float, end: float) -> _Stretch:
    """As `_stretch`, from where the container stands."""
    mixer = _Mixer()
    taken: _Stretch | None = None
    late, after = False, _start_of(stream)
    for frame in _frames(container, stream):
        at = after if frame.time is None or (taken is not None and abs(frame.time - after) < _JITTER) else frame.time
        after = at + frame.samples / frame.sample_rate
        if taken is None:
            late = at > max(begin, _start_of(stream)) + 1e-3
            taken = _Stretch.empty(end - begin, frame.sample_rate)
        if at >= end:
            break
        # A track that changes its rate on the way is used as far as it has the first one.
        if after > begin and frame.sample_rate == taken.rate:
            taken.write(mixer.mixed(frame), round((at - begin) * taken.rate))
    return replace(taken, late=late) if taken is not None else _Stretch.empty(end - begin, RATE)


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """The frames of a track from where the container stands. Packets that cannot be decoded are left out."""
    for packet in packets_of(container, stream, []):
        yield from decoded(stream, packet)
    yield from decoded(stream, None)


class _Mixer:
    """Mixes frames of any layout to one channel by FFmpeg's weights. In 16 bits, for which FFmpeg scales the weights so that
    nothing is clipped."""

    def __init__(self) -> None:
        self._mixers: dict[tuple[str, str], AudioResampler] = {}

    def mixed(self, frame: AudioFrame) -> npt.NDArray[np.float32]:
        """(samples,) from -1 to 1."""
        from av import AudioResampler

        key = frame.format.name, frame.layout.name
        if key not in self._mixers:
            self._mixers[key] = AudioResampler(format="s16", layout="mono", rate=frame.sample_rate)
        parts = [part.to_ndarray().reshape(-1) for part in self._mixers[key].resample(frame)]
        return np.asarray(np.concatenate([np.zeros(0, np.int16), *parts]) / (_LIMIT + 1), np.float32)
