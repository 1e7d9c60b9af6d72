"""Video files of many kinds, made with ffmpeg, as one data set: each must open, or be named with the reason.

    python tests/bench/bench_video_files.py [--keep DIR]

Makes a folder of containers and codecs, and of files as people have them: rotated by metadata, of a variable frame rate, without
sound, of one frame, without their end, damaged in the middle, 4K, of 10 bits, with pixels that are not square, interlaced, with a
wrong ending, empty, and no video at all. Opens it as `data.source`, prints a line for each file, and exits with 1 where a good file
did not open with the right picture, or one that cannot be read was not named. Needs the program ffmpeg on the PATH."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from engine.config.run import DataConfig
from engine.data.open import open_dataset

X264 = "-c:v libx264 -preset ultrafast"
# Name, what is made before the codec (the source is 2 s of ffmpeg's test picture, 160 x 120, 10 frames a second), options.
GOOD: dict[str, str] = {
    "h264.mp4": X264,
    "h265.mp4": "-c:v libx265 -preset ultrafast -x265-params log-level=none",
    "mpeg4.avi": "-c:v mpeg4",
    "xvid_b_frames.avi": "-c:v mpeg4 -bf 2 -vtag xvid",
    "vp8.webm": "-c:v libvpx",
    "vp9.webm": "-c:v libvpx-vp9 -cpu-used 8",
    "av1.mkv": "-c:v libaom-av1 -cpu-used 8",
    "ffv1.mkv": "-c:v ffv1",
    "theora.ogv": "-c:v libtheora",
    "mjpeg.mov": "-c:v mjpeg -pix_fmt yuvj420p",
    "prores.mov": "-c:v prores_ks",
    "mpeg1.mpg": "-r 25 -c:v mpeg1video",
    "mpeg2.vob": "-r 25 -c:v mpeg2video",
    "transport.ts": X264,
    "camera.mts": f"{X264} -f mpegts",
    "wmv2.wmv": "-c:v wmv2",
    "flash.flv": "-c:v flv",
    "phone.3gp": "-c:v mpeg4",
    "broadcast.mxf": "-r 25 -c:v mpeg2video",
    "raw.y4m": "-pix_fmt yuv420p",
    "ten_bits.mp4": f"{X264} -pix_fmt yuv420p10le",
    "interlaced.mpg": "-r 25 -c:v mpeg2video -flags +ilme+ildct",
    "sound.mp4": f"-f lavfi -i sine=duration=2 {X264} -c:a aac -shortest",
    "no_sound.mp4": f"{X264} -an",
    "one_frame.mp4": f"{X264} -frames:v 1",
    "variable_rate.mkv": f"-vf select='lt(n,5)+gte(n,15)' -fps_mode vfr {X264}",
    "fragments.mp4": f"{X264} -movflags frag_keyframe+empty_moov",
    "wide_pixels.mp4": f"-vf setsar=2 {X264}",
    "4k.mp4": f"-vf scale=3840:2160 {X264} -t 0.5",
}
TURNED = {"turned_90.mp4": "90", "turned_180.mp4": "180", "turned_270.mov": "270"}
NAMED = ("cut_index_lost.mp4", "empty.mp4", "text.mp4", "picture.avi", "sound_alone.mp4", "playlist.mp4")
PARTLY = ("cut.mkv", "cut.avi", "cut_fast_start.mp4")


def ffmpeg(*arguments: str) -> None:
    """Run ffmpeg; its message ends the program where it fails."""
    done = subprocess.run(["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"ffmpeg {' '.join(arguments)}\n{done.stderr}")


def half(path: Path, source: Path, share: float = 0.6) -> None:
    """The first part of a file."""
    path.write_bytes(source.read_bytes()[: int(source.stat().st_size * share)])


def make(folder: Path) -> None:
    """Every file."""
    source = ["-f", "lavfi", "-i", "testsrc=duration=2:size=160x120:rate=10"]
    for name, options in GOOD.items():
        ffmpeg(*source, *options.split(), str(folder / name))
    # Since version 6 an option of the input says how to turn it; before, a tag of the stream did.
    known = "display_rotation" in subprocess.run(["ffmpeg", "-hide_banner", "-h", "full"], capture_output=True, text=True).stdout
    for name, degrees in TURNED.items():
        before = ["-display_rotation", degrees] if known else []
        after = [] if known else ["-metadata:s:v:0", f"rotate={degrees}"]
        ffmpeg(*before, "-i", str(folder / "h264.mp4"), "-c", "copy", *after, str(folder / name))
        # As ffmpeg itself shows it, turned and without a word about turning.
        ffmpeg("-i", str(folder / name), "-pix_fmt", "yuv420p", str(folder / f"{name}.y4m"))
    shutil.copyfile(folder / "vp9.webm", folder / "wrong_ending.avi")
    shutil.copyfile(folder / "mpeg4.avi", folder / "no_ending")
    half(folder / "cut_index_lost.mp4", folder / "h264.mp4")
    half(folder / "cut.mkv", folder / "ffv1.mkv")
    half(folder / "cut.avi", folder / "mpeg4.avi")
    ffmpeg("-i", str(folder / "h264.mp4"), "-c", "copy", "-movflags", "faststart", str(folder / "whole.mp4"))
    half(folder / "cut_fast_start.mp4", folder / "whole.mp4", 0.7)
    (folder / "whole.mp4").unlink()
    damaged = bytearray((folder / "mpeg4.avi").read_bytes())
    damaged[len(damaged) // 3 : len(damaged) // 2] = bytes(range(256)) * (len(damaged) // 6 // 256)
    (folder / "damaged_in_the_middle.avi").write_bytes(damaged)
    (folder / "empty.mp4").touch()
    (folder / "text.mp4").write_text("no video\n" * 100)
    ffmpeg(*source, "-frames:v", "1", "-c:v", "png", "-f", "image2", str(folder / "picture.avi"))
    ffmpeg("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", str(folder / "sound_alone.mp4"))
    (folder / "playlist.mp4").write_text(f"#EXTM3U\n#EXTINF:2,\n{(folder / 'h264.mp4').as_uri()}\n#EXT-X-ENDLIST\n")


def main() -> int:
    """Make, open, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", default="", help="where the files are made; they are kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(options.keep or temporary) / "videos"
        folder.mkdir(parents=True, exist_ok=True)
        make(folder)
        started = time.monotonic()
        data = open_dataset(DataConfig(source=str(folder), root=str(Path(temporary) / "root"), frames=4, size=32))
        seconds = time.monotonic() - started
    assert data.clips is not None
    clips, reasons = dict(zip(data.names, data.clips, strict=True)), dict(line.split(": ", 1) for line in data.skipped)
    wrong = 0
    truth = clips["raw.y4m"].astype(int)  # nothing is lost in it
    for name in sorted({*clips, *reasons}):
        clip, reason = clips.get(name), reasons.get(name, "")
        text = "left out" if clip is None else ""
        fine = (clip is None) == (name in NAMED) and bool(reason or clip is not None)
        if name in PARTLY:
            fine &= bool(reason)
        if clip is not None and name in (*GOOD, *TURNED, "wrong_ending.avi", "no_ending") and name not in (
            "one_frame.mp4", "variable_rate.mkv", "wide_pixels.mp4", "4k.mp4",
        ):  # fmt: skip
            wanted = clips[f"{name}.y4m"].astype(int) if name in TURNED else truth
            # The codecs lose some; another frame or another orientation differs by 30 and more.
            difference = float(np.abs(clip.astype(int) - wanted).mean())
            text, fine = f"differs from the source by {difference:.1f} of 255", fine and difference < 14 and not reason
        wrong += not fine
        print(f"{'ok   ' if fine else 'WRONG'} {name:28} {text or 'opened'}{'; ' if reason else ''}{reason}")
    missing = {*GOOD, *TURNED, *NAMED, *PARTLY} - {*clips, *reasons}
    print(
        f"{len(clips)} clips, {len(reasons)} lines on files, {seconds:.1f} s; wrong: {wrong}; missing: {sorted(missing) or 'none'}"
    )
    return 1 if wrong or missing else 0


if __name__ == "__main__":
    sys.exit(main())
