"""A folder of video files: flat, with a folder for each class, with folders of splits above those, or UCF101. Each file is a
clip."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.data.dataset import Bytes, Index
from engine.data.folder_classes import FoldersAre, arrange, class_names, suggested
from engine.data.folder_files import FolderFile
from engine.data.folder_listing import Listing
from engine.data.image_folder import state_of_files
from engine.data.image_store import Chunk, Order
from engine.data.pictures import in_threads, middle
from engine.data.source import ImageListing
from engine.data.splits import TEST, TRAIN
from engine.data.video_files import VideoClip, check_reader, problem_of, read_clip, read_header

LARGEST = 64  # the largest size that is chosen where the config has none: a clip is several images
_CHUNK = 16  # files between two reports of progress
_SAMPLE = 24  # files whose sides are read to choose a size
# UCF101 (1212.0402): v_ApplyEyeMakeup_g01_c02.avi is a part of the first of the 25 videos of its class.
_UCF = re.compile(r"v_(?P<action>[A-Za-z0-9]+)_g(?P<group>\d+)_c\d+", re.IGNORECASE)
_UCF_GROUPS = 25
_UCF_TEST = 7  # groups 1 to 7 are the test split of the first of the three official lists


def find(folder: Path, listed: Listing, size: int, frames: int, seconds: float, folders: FoldersAre = "classes") -> ImageListing:
    """The clips of a folder, `listed`, of `frames` frames at `size` px; 0 takes the median short side of a sample, to the nearest
    multiple of 8, at most 64. seconds: of the middle part of each file that is used, 0 for all of it. folders: as `data.folders`.
    As an image, a clip is its middle frame.

    Files of UCF101 are known by their names: clips that were cut from one video stay in one split, and where the set is whole its
    test split is that of its first official list.

    ConfigError, naming data.source, where PyAV is not installed."""
    check_reader()
    listed.leave_out([*listed.files, *listed.shards])
    empty = [file for file in listed.videos if not file.bytes]
    skipped = [*listed.skipped, *(f"{file.name}: it is empty" for file in empty)]
    arrangement = arrange([file for file in listed.videos if file.bytes])
    files = arrangement.files
    names, paths = tuple(file.name for file in files), tuple(file.path for file in files)
    groups = {"classes": arrangement.groups, "inner": arrangement.inner, "nothing": []}
    meanings = {meaning: class_names(of) for meaning, of in groups.items()}
    classes = meanings[folders]
    notes = [*listed.notes(), *arrangement.notes]
    if len(classes) == 1:
        notes.append(f"All labelled images lie in one folder, {classes[0]!r}: taken as images without labels.")
        classes = ()
    code = {name: index for index, name in enumerate(classes)}
    labels = np.array([code.get(group, -1) for group in groups[folders]] if classes else [-1] * len(files), dtype=np.int64)
    own, together = np.array(arrangement.tags, dtype=np.int8), _videos_of(names, notes)
    if together is not None and (own == TRAIN).all():
        _cut_ucf(own, names, notes)
    if seconds:
        notes.append(f"Each file is a clip: {frames} frames, evenly over the middle {seconds:g} seconds of the file.")
    else:
        notes.append(f"Each file is a clip: {frames} frames, evenly over the whole length of the file.")
    side = size or _own_size(files)

    def read(row: int) -> VideoClip | str:
        try:
            return read_clip(paths[row], frames, side, seconds)
        except Exception as error:  # a damaged file makes FFmpeg raise nearly anything
            return problem_of(error)

    def chunks() -> Iterator[Chunk]:
        row = 0
        for results in in_threads(read, range(len(paths)), _CHUNK):
            known = [(row + k, clip) for k, clip in enumerate(results) if not isinstance(clip, str)]
            clips = _stacked([clip.frames for _, clip in known], frames, side)
            rows = np.array([at for at, _ in known], np.int64)
            texts = (clip if isinstance(clip, str) else clip.problem for clip in results)
            yield Chunk(
                np.ascontiguousarray(clips[:, frames // 2]),
                rows,
                labels[rows],
                skipped=tuple(f"{names[row + k]}: {text}" for k, text in enumerate(texts) if text),
                content=np.array([clip.content for _, clip in known], np.uint64),
                clips=clips,
            )
            row += len(results)

    content = f"{state_of_files(files)} videos 1" + ("" if folders == "classes" else f" {folders}")
    label = "clips-" + re.sub(r"[^A-Za-z0-9]+", "-", folder.name)[:24].strip("-")
    return ImageListing(
        name=folder.name,
        order=Order(label, f"{folder} {frames} {seconds:g}", content, len(files), side, slow=True, frames=frames),
        chunks=chunks,
        own=own,
        classes=classes,
        names=names,
        labels=labels,
        paths=paths,
        meanings=meanings,
        suggested=suggested(folders, arrangement),
        skipped=(*skipped, *arrangement.strays),
        notes=tuple(notes),
        together=together,
        seconds=seconds,
    )


def _stacked(clips: Sequence[Bytes], frames: int, side: int) -> Bytes:
    return np.stack(clips) if clips else np.empty((0, frames, 3, side, side), np.uint8)


def _videos_of(names: Sequence[str], notes: list[str]) -> Index | None:
    """The number of the video that each file of UCF101 was cut from, (N,); None where the files are others."""
    matches = [_UCF.search(name.rpartition("/")[2]) for name in names]
    if not names or not all(matches):
        return None
    videos = [(match["action"].lower(), int(match["group"])) for match in matches if match is not None]
    number = {video: index for index, video in enumerate(dict.fromkeys(videos))}
    if len(number) == len(names):
        return None
    notes.append(f"UCF101: {len(names):,} clips of {len(number):,} videos. Clips of one video stay in one split.")
    return np.array([number[video] for video in videos], np.int64)


def _cut_ucf(own: npt.NDArray[np.int8], names: Sequence[str], notes: list[str]) -> None:
    """Give UCF101 the test split of its first list, where all 25 groups are there."""
    groups = np.array([int(match["group"]) for name in names if (match := _UCF.search(name.rpartition("/")[2]))])
    if set(groups.tolist()) == set(range(1, _UCF_GROUPS + 1)):
        own[groups <= _UCF_TEST] = TEST
        notes.append(f"UCF101: groups 1 to {_UCF_TEST} are the test split, as in its first official list.")


def _own_size(files: Sequence[FolderFile]) -> int:
    sides = []
    for index in np.unique(np.linspace(0, len(files) - 1, min(_SAMPLE, len(files))).astype(int)) if files else ():
        try:
            header = read_header(files[index].path)
        except Exception:  # it will be named when it is decoded
            continue
        sides.append(min(header.width, header.height))
    # Multiples of 8 divide evenly into patches and strides.
    return min(LARGEST, max(8, round(middle(sides) / 8) * 8)) if sides else 32
