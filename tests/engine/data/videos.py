"""Small video files, written by PyAV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

WIDTH, HEIGHT, RATE = 48, 32, 10


@dataclass(frozen=True)
class Track:
    """Sound of a video. wave: of times (n,) in seconds of the file, (channels, n) from -1 to 1. begin: of the track, seconds."""

    wave: Callable[[np.ndarray], np.ndarray]
    seconds: float
    begin: float = 0.0
    rate: int = 48000
    codec: str = "pcm_s16le"
    layout: str = "stereo"

    def write(self, container: av.container.OutputContainer, stream: av.AudioStream) -> None:
        size = stream.codec_context.frame_size or 1024
        count = round(self.seconds * self.rate)
        for start in range(0, count, size):
            rows = np.arange(start, min(start + size, count))
            values = np.atleast_2d(self.wave(self.begin + rows / self.rate)).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(values), format="fltp", layout=self.layout)
            frame.sample_rate, frame.time_base = self.rate, Fraction(1, self.rate)
            frame.pts = start + round(self.begin * self.rate)
            for part in av.AudioResampler(format=stream.format.name, layout=self.layout, rate=self.rate).resample(frame):
                container.mux(stream.encode(part))
        container.mux(stream.encode(None))


def grey(frame: int, count: int) -> int:
    """The grey of a frame outside its red corner."""
    return frame * 255 // max(count - 1, 1)


def picture(frame: int, count: int) -> np.ndarray:
    """A frame (HEIGHT, WIDTH, 3): its grey rises with its number, its upper left quarter is red."""
    pixels = np.full((HEIGHT, WIDTH, 3), grey(frame, count), np.uint8)
    pixels[: HEIGHT // 2, : WIDTH // 2] = 255, 0, 0
    return pixels


def write_video(
    path: Path,
    frames: Sequence[np.ndarray] | int = 16,
    codec: str = "mpeg4",
    pixels: str = "yuv420p",
    rate: int = RATE,
    turned: tuple[int, bool] = (0, False),
    times: Sequence[int] = (),
    sound: bool | Track = False,
    first: bool = False,
    **muxer: str,
) -> Path:
    """Write a video and return its path. frames: pictures, or how many of `picture`. turned: by how many degrees, counterclockwise,
    a player is to rotate it, and whether to mirror it then. times: milliseconds of each frame. sound: True for a silent track.
    first: the sound is written before the frames. muxer: FFmpeg's options."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shown = [picture(k, frames) for k in range(frames)] if isinstance(frames, int) else list(frames)
    with av.open(str(path), "w", options=muxer) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width = shown[0].shape[:2]
        stream.pix_fmt = pixels
        if turned != (0, False):
            stream.set_display_rotation(turned[0], hflip=turned[1])
        track = Track(np.zeros_like, 1.0, rate=8000, codec="aac", layout="mono") if sound is True else sound
        voice = container.add_stream(track.codec, rate=track.rate, layout=track.layout) if track else None
        if track and voice is not None and first:
            track.write(container, voice)
        for number, pixels_of_frame in enumerate(shown):
            frame = av.VideoFrame.from_ndarray(pixels_of_frame, "rgb24")
            if times:
                frame.pts, frame.time_base = times[number], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if track and voice is not None and not first:
            track.write(container, voice)
    return path
