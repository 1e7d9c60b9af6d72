"""Decode a video file into a clip of square frames; its sound is decoded by engine.data.video_sound. No other module decodes video
files. Needs PyAV (the extra `video`), which brings its own FFmpeg."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from engine.config.errors import complain
from engine.data.dataset import Bytes, Index
from engine.data.pictures import MOST_PIXELS, fitted_picture, reason

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# .ts is not among them: files of translations and of TypeScript have it, too. MPEG transport streams are told by their first bytes.
ENDINGS = frozenset(
    {".mp4", ".m4v", ".mov", ".qt", ".avi", ".divx", ".mkv", ".webm", ".mpg", ".mpeg", ".m2v", ".m1v", ".vob", ".mts", ".m2ts"}
    | {".wmv", ".asf", ".flv", ".f4v", ".ogv", ".3gp", ".3g2", ".mxf", ".y4m", ".dv", ".rm", ".rmvb", ".ivf", ".nut"}
)
# FFmpeg's names of what is read. Others, such as playlists, could name files and addresses outside the folder; pictures are no
# clips.
_FORMATS = (
    "mov,matroska,webm,avi,mpeg,mpegts,mpegvideo,asf,flv,ogg,mxf,yuv4mpegpipe,dv,rm,ivf,nut,h264,hevc,m4v,obu,av1,vc1,gif,apng"
)
_BRANDS = (b"isom", b"iso", b"mp4", b"avc1", b"qt  ", b"3gp", b"3g2", b"M4V", b"mmp4", b"dash", b"f4v", b"MSNV")
_MAGIC = (
    b"\x1a\x45\xdf\xa3",  # Matroska, WebM
    b"FLV\x01",
    b"\x00\x00\x01\xba",  # MPEG program stream
    b"\x00\x00\x01\xb3",  # MPEG video
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # ASF, WMV
    b"YUV4MPEG2",
    b"DKIF",
    b".RMF",
)
_TRANSPORT = 0x47, 188  # first byte of each packet of an MPEG transport stream, and the packet's length
_LONG = 300  # frames: in files with more, the decoder jumps to the key frame before each wanted frame
_BLOCK = 2  # a large frame is first reduced to about so many pixels a side for each wanted one
_SLACK = 0.5  # seconds by which the length in the header may be wrong


def looks_like_video(head: bytes) -> bool:
    """Whether the first bytes of a file (at least 377 to know a transport stream) are those of a video format."""
    if head[4:8] == b"ftyp":
        return head[8:12].startswith(_BRANDS)
    if head.startswith(b"RIFF"):
        return head[8:12] == b"AVI "
    sync, step = _TRANSPORT
    if len(head) > 2 * step and head[0] == head[step] == head[2 * step] == sync:
        return True
    return head.startswith(_MAGIC)


def check_reader() -> None:
    """ConfigError, naming data.source, where PyAV is not installed."""
    try:
        import av  # noqa: F401
    except ImportError:
        raise complain(
            "data.source",
            "a folder of images or an .npz file, for PyAV, which reads videos, is not installed",
            "a folder of videos",
            "Install it with: pip install 'parallax-workbench[video]'.",
        ) from None


@dataclass(frozen=True, eq=False)
class VideoClip:
    """frames: (T, 3, S, S) uint8. rows: (T,) the number of each frame among those of the file in the order in which they are shown.
    count: frames in the file. seconds: how long the file is. content: a digest of its compressed frames, the same at every size and
    choice of frames. middles: (T,) the time for which each frame stands; span: when the first frame of the file begins and its last
    one ends; in seconds, as the file counts them. problem: what of the file could not be read; "" where all could."""

    frames: Bytes
    rows: Index
    count: int
    seconds: float
    content: int
    middles: npt.NDArray[np.float64]
    span: tuple[float, float]
    problem: str = ""


@dataclass(frozen=True)
class VideoHeader:
    """width, height: of a frame as it is seen, rotated. seconds: as the header says; 0 where it does not."""

    width: int
    height: int
    seconds: float


def read_clip(path: str | Path, frames: int, size: int, seconds: float = 0.0) -> VideoClip:
    """`frames` frames of a video file at `size` px: those that are shown in the middle of as many equal parts of the file, or of
    its middle `seconds` where these are above 0 and the file is longer. Times count, not numbers of frames, so that a file of a
    variable frame rate is sampled evenly. A file with fewer frames gives some of them several times.

    Each frame is rotated and mirrored as the file says, its pixels are made square, the short side is resized (antialiased) and the
    middle cut out, as pictures are.

    ValueError, with a reason for people, for a file without a frame that can be read."""
    with opened(path) as container:
        stream = _stream_of(container)
        index = _index(container, stream)
    rows = frames_at(index.shown, index.step, frames, index.ticks(seconds))
    wanted = np.unique(rows)
    taken, lost = _decode(path, index, wanted.tolist(), size)
    clip = np.stack([taken[row] for row in rows.tolist()])
    problem = index.problem or (f"{lost} of {len(wanted)} frames could not be decoded" if lost else "")
    middles = _middles(index.shown, index.step, frames, index.ticks(seconds)) * index.unit
    begin = float(index.shown[0]) * index.unit
    return VideoClip(clip, rows, len(index.shown), index.seconds, index.content, middles, (begin, begin + index.seconds), problem)


def problem_of(error: BaseException) -> str:
    """A short message for people on why a video cannot be read."""
    from av.error import ArgumentError, InvalidDataError

    # FFmpeg says "invalid argument" of a format that is not among those that are read.
    if isinstance(error, InvalidDataError | ArgumentError):
        return "not a video that can be read, or damaged at its beginning"
    return reason(error)


def frames_at(times: npt.NDArray[np.int64], step: int, count: int, length: int = 0) -> Index:
    """Which frames a clip of `count` has: the indices (count,) of those that are shown in the middle of as many equal parts of the
    time. times: (n,) when each frame begins to be shown, in rising order, the last one for `step`. length: of the middle part of
    the time that is used; 0 for all, and where there is no more.

    >>> frames_at(np.arange(0, 80, 10), 10, 8).tolist()
    [0, 1, 2, 3, 4, 5, 6, 7]
    >>> frames_at(np.array([0, 10, 20, 80]), 10, 3).tolist()
    [1, 2, 2]
    """
    at = _middles(times, step, count, length)
    return np.maximum(np.searchsorted(times, at, side="right") - 1, 0).astype(np.int64)


def _middles(times: npt.NDArray[np.int64], step: int, count: int, length: int) -> npt.NDArray[np.float64]:
    """The middles (count,) of the equal parts of `frames_at`."""
    begin, end = int(times[0]), int(times[-1]) + step
    if 0 < length < end - begin:
        begin += (end - begin - length) // 2
        end = begin + length
    return np.asarray(begin + (end - begin) * (np.arange(count) + 0.5) / count)


def read_header(path: str | Path) -> VideoHeader:
    """Sides and length of a video, from its header and its first frame. Raises as `read_clip` does."""
    with opened(path) as container:
        stream = _stream_of(container)
        frame = next(_frames(container, stream), None)
        if frame is None:
            raise ValueError("no frame of it can be decoded")
        width, height = _shown_size(frame, stream)
        if _is_transposed(_orientation(frame)):
            width, height = height, width
        length = container.duration or 0
        return VideoHeader(width, height, max(0.0, length / 1e6))


def whole_frame(path: str | Path, frames: int, seconds: float, row: int) -> Bytes:
    """Frame `row` of the clip that `read_clip` gives, as large as it is in the file: (H, W, 3) uint8. Raises as `read_clip`
    does."""
    with opened(path) as container:
        index = _index(container, _stream_of(container))
    wanted = int(frames_at(index.shown, index.step, frames, index.ticks(seconds))[row])
    return _decode(path, index, [wanted], 0)[0][wanted]


@dataclass(frozen=True, eq=False)
class _Index:
    """The frames of a file. shown: (n,) when each begins to be shown, in rising order, in units of `unit` seconds; the numbers of
    the frames where the file has no times (`timed` is False). keys: (k,) the times of the key frames. step: how long a frame is
    shown. problem: what of the file cannot be read, "" for nothing."""

    shown: npt.NDArray[np.int64]
    keys: npt.NDArray[np.int64]
    timed: bool
    step: int
    unit: float
    content: int
    problem: str

    @property
    def seconds(self) -> float:
        return (int(self.shown[-1]) - int(self.shown[0]) + self.step) * self.unit

    def ticks(self, seconds: float) -> int:
        """Seconds in units of the stream."""
        return max(1, round(seconds / self.unit)) if seconds > 0 else 0


def _index(container: InputContainer, stream: VideoStream) -> _Index:
    """The frames of a file, from its packets, without decoding them."""
    content = hashlib.blake2b(digest_size=8)
    times: list[int | None] = []
    keys: list[int] = []
    begins, ends = [], [0.0]  # of all streams, in seconds: sound may last longer than the frames
    problems: list[str] = []
    count = 0
    for packet in packets_of(container, None, problems):
        at = packet.pts if packet.pts is not None else packet.dts
        if at is not None and packet.time_base is not None:
            begins.append(float(at * packet.time_base))
            ends.append(float((at + (packet.duration or 0)) * packet.time_base))
        if packet.stream_index != stream.index:
            continue
        content.update(bytes(packet))
        count += 1
        if not packet.is_discard:
            times.append(packet.pts)
            if packet.is_keyframe and packet.pts is not None:
                keys.append(packet.pts)
    if not times:
        raise ValueError("it holds no frame")
    known = [time for time in times if time is not None]
    rate = float(stream.average_rate or stream.guessed_rate or 25)
    timed = len(set(known)) == len(times) and stream.time_base is not None
    if timed:
        shown = np.sort(np.array(known, np.int64))
        unit = float(stream.time_base or 1)
        step = int(np.median(np.diff(shown))) if len(shown) > 1 else round(1 / rate / unit)
    else:
        shown, unit, step = np.arange(len(times), dtype=np.int64), 1 / rate, 1
    claimed, here = (container.duration or 0) / 1e6, max(ends) - min(begins, default=0.0)
    if stream.frames > count + stream.frames // 50:
        problems.append(f"its header says {stream.frames:,} frames, {count:,} can be read and are used")
    elif claimed > here + max(_SLACK, claimed / 10):
        problems.append(f"its header says {claimed:.1f} seconds, {here:.1f} can be read and are used")
    return _Index(
        shown,
        np.sort(np.array(keys, np.int64)),
        timed,
        max(1, step),
        unit,
        int.from_bytes(content.digest(), "little"),
        problems[-1] if problems else "",
    )


def _decode(path: str | Path, index: _Index, wanted: Sequence[int], size: int) -> tuple[dict[int, Bytes], int]:
    """The frames `wanted` (rising) of a file as `_square` gives them, by number, and how many of them are damaged, or are the frame
    before because they could not be decoded."""
    if index.timed and len(index.shown) > _LONG and len(index.keys):
        # From key frame to key frame.
        taken, lost = dict[int, Bytes](), 0
        keys = np.searchsorted(index.keys, index.shown[list(wanted)], side="right") - 1
        try:
            with opened(path) as container:
                stream = _stream_of(container)
                for key in np.unique(keys).tolist():
                    some = [row for row, one in zip(wanted, keys.tolist(), strict=True) if one == key]
                    container.seek(int(index.keys[max(0, key)]), stream=stream)
                    part, gone = _take(container, stream, index, some, size, jumped=True)
                    taken, lost = taken | part, lost + gone
                return taken, lost
        except Exception:  # a file that cannot be searched is read from its beginning
            pass
    with opened(path) as container:
        return _take(container, _stream_of(container), index, wanted, size)


def _take(
    container: InputContainer, stream: VideoStream, index: _Index, wanted: Sequence[int], size: int, jumped: bool = False
) -> tuple[dict[int, Bytes], int]:
    """As `_decode`, from where the container stands. `jumped`: not at its beginning; ValueError where that is behind a frame that
    is wanted."""
    taken: dict[int, Bytes] = {}
    lost = 0
    todo = list(wanted)
    before: VideoFrame | None = None
    for count, frame in enumerate(_frames(container, stream)):
        at = min(count, len(index.shown) - 1)
        if index.timed and frame.pts is not None:
            at = int(np.searchsorted(index.shown, frame.pts, side="right")) - 1
        if jumped and before is None and at > todo[0]:
            raise ValueError("the file cannot be searched")
        while todo and todo[0] < at:
            taken[todo.pop(0)] = _square(before or frame, stream, size)
            lost += 1
        if todo and todo[0] == at:
            taken[todo.pop(0)] = _square(frame, stream, size)
            lost += frame.is_corrupt
        before = frame
        if not todo:
            break
    if before is None:
        raise ValueError("no frame of it can be decoded")
    for row in todo:
        taken[row] = _square(before, stream, size)
    return taken, lost + len(todo)


def opened(path: str | Path) -> InputContainer:
    """The container of a video file. Formats that name other files are not opened. FFmpeg's errors."""
    import av

    options = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
    return av.open(str(path), container_options=options, metadata_errors="replace")


def _stream_of(container: InputContainer) -> VideoStream:
    """The stream of frames that a player shows; not the picture of an album's cover. ValueError where there is none, or its frames
    have too many pixels."""
    from av.video.stream import VideoStream as Frames

    stream = container.streams.best("video")
    if not isinstance(stream, Frames):
        raise ValueError("it holds sound and no frames" if container.streams.audio else "it holds no frames")
    if stream.width * stream.height > MOST_PIXELS:
        raise ValueError(f"{stream.width} x {stream.height} pixels are more than the {MOST_PIXELS:,} that are read")
    # Files are read on several threads already.
    stream.thread_count = 1
    return stream


def packets_of(container: InputContainer, stream: VideoStream | AudioStream | None, problems: list[str]) -> Iterator[Packet[Any]]:
    """The packets of a file up to its end, or to where it cannot be read on, which is added to `problems`."""
    packets: Iterator[Packet[Any]] = container.demux(stream) if stream is not None else container.demux()
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except Exception as error:  # a damaged file makes FFmpeg raise nearly anything
            problems.append(f"a part of it cannot be read: {error}")
            return
        if packet.size:
            yield packet


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """The frames of a file in the order in which they are shown. Packets that cannot be decoded are left out."""
    for packet in packets_of(container, stream, []):
        yield from decoded(stream, packet)
    yield from decoded(stream, None)


@overload
def decoded(stream: VideoStream, packet: Packet[Any] | None) -> list[VideoFrame]: ...


@overload
def decoded(stream: AudioStream, packet: Packet[Any] | None) -> list[AudioFrame]: ...


def decoded(stream: VideoStream | AudioStream, packet: Packet[Any] | None) -> list[Any]:
    """The frames of a packet, or at the end (None) those that are left; none where it cannot be decoded."""
    try:
        return stream.decode(packet)
    except Exception:  # as in `packets_of`
        return []


def _shown_size(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Width and height of a frame with square pixels, before it is rotated."""
    ratio = float(stream.sample_aspect_ratio or 1)
    return max(1, round(frame.width * ratio)) if 0.1 < ratio < 10 else frame.width, frame.height


def _square(frame: VideoFrame, stream: VideoStream, size: int) -> Bytes:
    """A frame as (3, size, size); of size 0 whole, (H, W, 3)."""
    width, height = _shown_size(frame, stream)
    if size:
        factor = max(1, min(width, height) // (_BLOCK * size))
        width, height = max(1, round(width / factor)), max(1, round(height / factor))
    rgb = frame.reformat(width, height, format="rgb24", interpolation="AREA")
    pixels = _oriented(np.asarray(rgb.to_ndarray(), np.uint8), _orientation(frame))
    return fitted_picture(pixels, size) if size else pixels


def _orientation(frame: VideoFrame) -> tuple[int, int, int, int]:
    """The signs (a, b, c, d) of the matrix by which a frame is to be shown: what is at (x, y) is shown at (a x + c y, b x + d y), y
    points down. (1, 0, 0, 1) where the file has none. Quarter turns and mirrors are what cameras write; of other angles the nearest
    is taken.

    Source: libavutil/display.h of FFmpeg, which keeps the matrix of ISO/IEC 14496-12: nine numbers, a b u, c d v, x y w."""
    data: Any = frame.side_data.get("DISPLAYMATRIX")
    if data is None:
        return 1, 0, 0, 1
    a, b, _, c, d = struct.unpack("=5i", bytes(data)[:20])
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return (-1 if a < 0 else 1), 0, 0, (-1 if d < 0 else 1)
    return 0, (-1 if b < 0 else 1), (-1 if c < 0 else 1), 0


def _oriented(pixels: Bytes, signs: tuple[int, int, int, int]) -> Bytes:
    a, b, c, d = signs
    if _is_transposed(signs):
        pixels = pixels.transpose(1, 0, 2)
    across, down = a + c, b + d
    return np.ascontiguousarray(pixels[::down, ::across])


def _is_transposed(signs: tuple[int, int, int, int]) -> bool:
    return signs[0] == 0
