"""Small video files, written by PyAV."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

WIDTH, HEIGHT, RATE = 48, 32, 10


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
    sound: bool = False,
    **muxer: str,
) -> Path:
    """Write a video and return its path. frames: pictures, or how many of `picture`. turned: by how many degrees, counterclockwise,
    a player is to rotate it, and whether to mirror it then. times: milliseconds of each frame. muxer: FFmpeg's options."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shown = [picture(k, frames) for k in range(frames)] if isinstance(frames, int) else list(frames)
    with av.open(str(path), "w", options=muxer) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width = shown[0].shape[:2]
        stream.pix_fmt = pixels
        if turned != (0, False):
            stream.set_display_rotation(turned[0], hflip=turned[1])
        voice = container.add_stream("aac", rate=8000) if sound else None
        for number, pixels_of_frame in enumerate(shown):
            frame = av.VideoFrame.from_ndarray(pixels_of_frame, "rgb24")
            if times:
                frame.pts, frame.time_base = times[number], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if voice is not None:
            noise = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), format="fltp", layout="mono")
            noise.sample_rate = 8000
            container.mux(voice.encode(noise))
            container.mux(voice.encode())
    return path
