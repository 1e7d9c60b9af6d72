"""The sound of a video file: which time it is of, channels, rates, tracks that are short, late, early or damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.data.clips import NO_SOUND
from engine.data.video_files import read_clip
from engine.data.video_sound import RATE, ClipSound, has_sound, read_sound, samples_of
from tests.engine.data.videos import Track, write_video

SIDE = 8


def sound_of(path: Path, frames: int, seconds: float = 0.0) -> ClipSound:
    clip = read_clip(path, frames, SIDE, seconds)
    return read_sound(path, clip.middles, clip.span, samples_of(frames, seconds))


def tone(times: np.ndarray, pitch: float = 440.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * pitch * times)


def steps(times: np.ndarray) -> np.ndarray:
    """A tone that is 100 Hz higher in each second: 300 Hz in the first."""
    return 0.5 * np.sin(2 * np.pi * (300 + 100 * np.floor(times)) * times)


def pitch_of(part: np.ndarray) -> float:
    """The strongest frequency of a part, Hz."""
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 8 * RATE))
    return float(spectrum.argmax() / 8)


@pytest.mark.parametrize(
    ("name", "track"),
    [
        ("a.mkv", Track(lambda t: np.stack([tone(t), tone(t)]), 1.6)),
        ("a.mov", Track(tone, 1.6, rate=44100, layout="mono")),
        ("b.mkv", Track(tone, 1.6, rate=11025, layout="mono")),
        ("c.mkv", Track(lambda t: np.stack([2 * tone(t), 0 * t]), 1.6)),  # one loud channel is half as loud in the mix
    ],
)
def test_where_the_parts_are_neighbours_it_is_the_sound_as_it_is(tmp_path: Path, name: str, track: Track) -> None:
    codec, pixels = ("ffv1", "yuv420p") if name.endswith("mkv") else ("mjpeg", "yuvj420p")
    path = write_video(tmp_path / name, 16, codec, pixels, sound=track)
    result = sound_of(path, 8, 1.6)
    assert (result.exists, result.problem, result.values.shape) == (True, "", (8 * 1600,))
    wanted = tone(np.arange(8 * 1600) / RATE)
    # Times are rounded to a sample of the file; where the track begins and ends the filter of the resampling rings.
    rounded = 0.5 * 2 * np.pi * 440 * 0.5 / track.rate
    assert np.abs(result.values / 32767 - wanted)[20:-20].max() < rounded + 0.002


def test_each_frame_has_the_sound_of_its_time(tmp_path: Path) -> None:
    track = Track(steps, 16.0, rate=16000, layout="mono")
    path = write_video(tmp_path / "a.mkv", 16, "ffv1", rate=1, sound=track)
    result = sound_of(path, 8)  # frames stand for the seconds 1, 3, 5, ... 15: a pitch changes there
    middle = sound_of(path, 4, 4.0)  # and here for 6.5, 7.5, 8.5, 9.5
    assert samples_of(8, 0) == samples_of(4, 4.0) == 2000
    for at, part in zip((1, 3, 5, 7, 9, 11, 13, 15), result.values.reshape(8, -1), strict=True):
        assert pitch_of(part[:900]) == pytest.approx(300 + 100 * (at - 1), abs=3)
        assert pitch_of(part[1100:]) == pytest.approx(300 + 100 * at, abs=3)
    for at, part in zip((6, 7, 8, 9), middle.values.reshape(4, -1), strict=True):
        assert pitch_of(part) == pytest.approx(300 + 100 * at, abs=3)
    # Parts that are no neighbours are joined without a step.
    joined = middle.values / 32767.0
    assert np.abs(np.diff(joined)).max() < 1.1 * 0.5 * 2 * np.pi * 1200 / RATE


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [("a.mp4", "aac", 44100), ("a.webm", "libopus", 48000), ("a.avi", "mp2", 44100), ("a.ts", "aac", 48000)],
)
def test_a_click_is_mixed_in_at_its_frame(tmp_path: Path, name: str, codec: str, rate: int, first: bool) -> None:
    """Encoders begin with samples that are not to be played, and streams at any time: MPEG-TS at 1.4 s."""

    def click(times: np.ndarray) -> np.ndarray:
        return np.where(np.abs(times - 1.25) < 0.01, np.sin(2 * np.pi * 1000 * times), 0)

    video = {"a.webm": "libvpx", "a.avi": "mpeg4"}.get(name, "libx264")
    path = write_video(tmp_path / name, 20, video, sound=Track(click, 2.0, rate=rate, codec=codec, layout="mono"), first=first)
    result = sound_of(path, 20, 2.0)
    loud = np.square(result.values.reshape(20, -1).astype(float)).sum(1)
    assert loud.argmax() == 12  # from 1.2 s to 1.3 s
    assert loud[12] > 0.9 * loud.sum()


def test_the_centre_of_five_channels_is_mixed_in(tmp_path: Path) -> None:
    track = Track(lambda t: np.stack([0 * t, 0 * t, tone(t), 0 * t, 0 * t, 0 * t]), 1.6, layout="5.1")
    result = sound_of(write_video(tmp_path / "a.mkv", 16, "ffv1", sound=track), 8, 1.6)
    assert pitch_of(result.values) == pytest.approx(440, abs=1)
    assert np.abs(result.values).max() > 1000


@pytest.mark.parametrize(
    ("track", "share"),
    [
        (Track(tone, 1.0, layout="mono"), 0.5),  # shorter than the picture
        (Track(tone, 1.5, begin=0.5, layout="mono"), 0.75),  # begins later
        (Track(tone, 5.0, layout="mono"), 1.0),  # longer
    ],
)
def test_silence_where_the_track_does_not_reach_is_named(tmp_path: Path, track: Track, share: float) -> None:
    result = sound_of(write_video(tmp_path / "a.mkv", 20, "ffv1", sound=track), 8, 2.0)
    times = np.arange(len(result.values)) / RATE
    inside = (times > track.begin + 0.01) & (times < track.begin + track.seconds - 0.01)
    assert np.abs(result.values / 32767 - tone(times))[inside].max() < 0.03
    assert (result.values[(times < track.begin - 0.01) | (times > track.begin + track.seconds + 0.01)] == 0).all()
    assert result.problem == ("" if share == 1 else f"{share:.0%} of the time of its frames has sound, the rest is silent")


def test_without_sound_there_is_none_and_no_silence(tmp_path: Path) -> None:
    silent = write_video(tmp_path / "a.mkv", 4, "ffv1")
    late = write_video(tmp_path / "b.mkv", 4, "ffv1", sound=Track(tone, 1.0, begin=3.0, layout="mono"))
    quiet = write_video(tmp_path / "c.mkv", 4, "ffv1", sound=Track(np.zeros_like, 1.0, layout="mono"))
    assert [has_sound(path) for path in (silent, late, quiet, tmp_path / "none")] == [False, True, True, False]
    assert (sound_of(silent, 2).values == NO_SOUND).all()
    result = sound_of(late, 2)
    assert (result.values == NO_SOUND).all()
    assert "no sound at the time of its frames" in result.problem
    assert (sound_of(quiet, 2).values == 0).all()
    assert sound_of(quiet, 2).problem == ""


def test_a_damaged_track_is_named_and_the_frames_stay(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mkv", 8, "ffv1", sound=Track(tone, 0.8, codec="flac", layout="mono", rate=16000))
    data = bytearray(path.read_bytes())
    frames = [k for k in range(len(data) - 2) if data[k : k + 2] == b"\xff\xf8"]
    for start in frames[len(frames) // 2 :]:
        data[start : start + 2] = b"\0\0"
    path.write_bytes(data)
    result = sound_of(path, 4, 0.8)
    assert result.exists
    assert "has sound, the rest is silent" in result.problem
