"""One video file as a clip: which frames, in which orientation, and what is said of files that are damaged or odd."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.data import video_files
from engine.data.video_files import frames_at, looks_like_video, problem_of, read_clip, read_header, whole_frame
from tests.engine.data.videos import HEIGHT, WIDTH, grey, write_video

SIDE = 16
# Container and codec; the first bytes of all but MXF are known to the program.
KINDS = (
    ("a.mp4", "libx264"),
    ("a.avi", "mpeg4"),
    ("a.webm", "libvpx"),
    ("a.mkv", "ffv1"),
    ("a.mov", "mjpeg"),
    ("a.mpg", "mpeg2video"),
    ("a.ts", "libx264"),
    ("a.wmv", "wmv2"),
    ("a.flv", "flv"),
    ("a.mxf", "mpeg2video"),
)


def greys(clip: np.ndarray) -> np.ndarray:
    """The middle of the lower right quarter of each frame (T, 3, S, S)."""
    return clip[:, 1, 3 * SIDE // 4, 3 * SIDE // 4].astype(int)


@pytest.mark.parametrize(("name", "codec"), KINDS)
def test_every_kind_of_file_gives_the_frames_of_its_time(tmp_path: Path, name: str, codec: str) -> None:
    rate = 25 if codec == "mpeg2video" else 10
    path = write_video(tmp_path / name, 16, codec, "yuvj420p" if codec == "mjpeg" else "yuv420p", rate)
    clip = read_clip(path, 8, SIDE)
    assert clip.frames.shape == (8, 3, SIDE, SIDE)
    # 16 frames in 8 equal parts of 2: the middle of a part is where its second frame begins.
    assert clip.rows.tolist() == [1, 3, 5, 7, 9, 11, 13, 15]
    assert np.abs(greys(clip.frames) - [grey(k, 16) for k in clip.rows]).max() <= 8
    assert (clip.frames[:, 0, 2, 2] > 200).all()
    assert (clip.frames[:, 2, 2, 2] < 60).all()
    assert (clip.count, clip.problem) == (16, "")
    assert clip.seconds == pytest.approx(16 / rate, abs=0.02)
    assert looks_like_video(path.read_bytes()[:512]) == (not name.endswith(".mxf"))


@pytest.mark.parametrize("degrees", [0, 90, 180, -90])
@pytest.mark.parametrize("mirrored", [False, True])
def test_frames_are_turned_and_mirrored_as_the_file_says(tmp_path: Path, degrees: int, mirrored: bool) -> None:
    path = write_video(tmp_path / "a.mp4", 2, "libx264", turned=(degrees, mirrored))
    wanted = Image.fromarray(whole_frame(write_video(tmp_path / "plain.mp4", 2, "libx264"), 2, 0, 0))
    # Pillow turns counterclockwise, too. PyAV says that it mirrors after it has turned.
    wanted = wanted.rotate(degrees, expand=True)
    if mirrored:
        wanted = wanted.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert np.array_equal(whole_frame(path, 2, 0, 0), np.asarray(wanted))
    header = read_header(path)
    assert (header.width, header.height) == ((HEIGHT, WIDTH) if degrees % 180 else (WIDTH, HEIGHT))


def test_a_variable_frame_rate_is_sampled_by_time(tmp_path: Path) -> None:
    times = [0, 100, 200, 300, 400, 500, 600, 5000]
    clip = read_clip(write_video(tmp_path / "a.mp4", 8, "libx264", times=times), 8, SIDE)
    # Eight parts of 5.1 s: their middles are at .32, .96, 1.59 ... 4.78 s; the seventh frame is shown from .6 to 5 s.
    assert clip.rows.tolist() == [3, 6, 6, 6, 6, 6, 6, 6]


def test_the_middle_seconds_of_a_file(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 40, "libx264")  # 4 s
    # The middle second is that of frames 15 to 24, in parts of .25 s.
    assert read_clip(path, 4, SIDE, 1.0).rows.tolist() == [16, 18, 21, 23]
    assert read_clip(path, 4, SIDE, 60.0).rows.tolist() == read_clip(path, 4, SIDE).rows.tolist() == [5, 15, 25, 35]


def test_a_long_file_is_searched_and_gives_the_same_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_video(tmp_path / "a.mp4", 120, "libx264")
    straight = read_clip(path, 8, SIDE)
    sought: list[int] = []
    take = video_files._take
    monkeypatch.setattr(video_files, "_LONG", 50)
    monkeypatch.setattr(video_files, "_take", lambda *a, **k: sought.append(k.get("jumped", False)) or take(*a, **k))
    assert np.array_equal(read_clip(path, 8, SIDE).frames, straight.frames)
    assert sought
    assert all(sought)


def test_few_frames_are_repeated_and_sound_does_not_matter(tmp_path: Path) -> None:
    one = read_clip(write_video(tmp_path / "one.mp4", 1, "libx264"), 4, SIDE)
    assert (one.rows.tolist(), one.count, one.problem) == ([0, 0, 0, 0], 1, "")
    # Without loss: what x264 makes of a picture depends on the bytes behind it in memory.
    sound = read_clip(write_video(tmp_path / "sound.mkv", 16, "ffv1", sound=True), 4, SIDE)
    silent = read_clip(write_video(tmp_path / "silent.mkv", 16, "ffv1"), 4, SIDE)
    assert np.array_equal(sound.frames, silent.frames)
    assert sound.content == silent.content


def test_the_content_is_that_of_the_file_at_every_size_and_container(tmp_path: Path) -> None:
    first = read_clip(write_video(tmp_path / "a.avi", 8), 4, SIDE)
    assert read_clip(write_video(tmp_path / "b.avi", 8), 2, 8).content == first.content
    assert read_clip(write_video(tmp_path / "c.avi", 9), 4, SIDE).content != first.content


def test_pixels_that_are_not_square_are_made_square(tmp_path: Path) -> None:
    import av

    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.sample_aspect_ratio = 2
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((HEIGHT, WIDTH, 3), np.uint8), "rgb24")))
        container.mux(stream.encode())
    assert whole_frame(path, 2, 0, 0).shape == (HEIGHT, 2 * WIDTH, 3)
    assert read_header(path).width == 2 * WIDTH


@pytest.mark.parametrize(("name", "codec", "claimed"), [("a.avi", "mpeg4", "40 frames"), ("a.mkv", "ffv1", "4.0 seconds")])
def test_a_file_whose_end_is_missing_gives_what_is_there_and_is_named(tmp_path: Path, name: str, codec: str, claimed: str) -> None:
    rng = np.random.default_rng(0)
    path = write_video(tmp_path / name, list(rng.integers(0, 255, (40, 32, 48, 3), dtype=np.uint8)), codec)
    whole = read_clip(path, 4, SIDE)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    half = read_clip(path, 4, SIDE)
    assert 5 < half.count < 30
    assert f"its header says {claimed}" in half.problem
    assert whole.problem == ""


def test_frames_that_cannot_be_decoded_are_counted(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mov", 12, "png", "rgb24")
    data = bytearray(path.read_bytes())
    frames = [k for k in range(len(data) - 4) if data[k : k + 4] == b"\x89PNG"]
    for start in frames[5:7]:
        data[start : start + 40] = bytes(40)
    path.write_bytes(data)
    clip = read_clip(path, 12, SIDE)
    assert clip.problem == "2 of 12 frames could not be decoded"
    # The frame before is shown in their place.
    shown = [*range(5), 4, 4, *range(7, 12)]
    assert np.abs(greys(clip.frames) - [grey(k, 12) for k in shown]).max() <= 3


def test_what_is_no_video_is_refused_with_a_reason(tmp_path: Path) -> None:
    video = write_video(tmp_path / "good.mp4", 4, "libx264")
    video.with_name("cut.mp4").write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "text.mp4").write_text("no video\n" * 50)
    Image.new("RGB", (32, 32)).save(tmp_path / "picture.png")
    (tmp_path / "picture.png").rename(tmp_path / "picture.avi")
    with wave.open(str(tmp_path / "sound.avi"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    # Lists of other files are not followed, wherever they lead.
    (tmp_path / "list.mp4").write_text(f"ffconcat version 1.0\nfile '{video}'\n")
    (tmp_path / "play.mp4").write_text(f"#EXTM3U\n#EXTINF:10,\n{video.as_uri()}\n#EXT-X-ENDLIST\n")
    for name in ("cut.mp4", "empty.mp4", "text.mp4", "picture.avi", "sound.avi", "list.mp4", "play.mp4"):
        with pytest.raises(Exception) as caught:  # noqa: PT011, FFmpeg's own errors
            read_clip(tmp_path / name, 4, SIDE)
        assert problem_of(caught.value) == "not a video that can be read, or damaged at its beginning", name
    # The name does not matter.
    video.rename(tmp_path / "wrong.avi")
    assert read_clip(tmp_path / "wrong.avi", 4, SIDE).problem == ""


def test_a_file_of_sound_alone_holds_no_frames(tmp_path: Path) -> None:
    import av

    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        container.mux([*stream.encode(frame), *stream.encode()])
    with pytest.raises(ValueError, match="sound and no frames"):
        read_clip(path, 4, SIDE)


def test_frames_are_those_in_the_middle_of_equal_parts() -> None:
    assert frames_at(np.array([100, 110, 120, 130]), 10, 2).tolist() == [1, 3]
    assert frames_at(np.array([0]), 5, 3).tolist() == [0, 0, 0]
    # Parts of 20 from 40 to 80; frames 5 and 7 begin at their middles.
    assert frames_at(np.arange(0, 120, 10), 10, 2, 40).tolist() == [5, 7]
