"""A folder of video files: flat, with a folder for each class, with folders of splits above those, or UCF101. Each file is a
clip, with its sound."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from engine.data.dataset import Index
from engine.data.estimated_flow import check_estimator, estimated_flow
from engine.data.folder_classes import FoldersAre, arrange, class_names, suggested
from engine.data.folder_files import FolderFile
from engine.data.folder_listing import Listing
from engine.data.image_folder import state_of_files
from engine.data.image_store import Chunk, Order
from engine.data.pictures import in_threads, middle
from engine.data.source import ImageListing
from engine.data.splits import TEST, TRAIN
from engine.data.video_files import VideoClip, check_reader, problem_of, read_clip, read_header
from engine.data.video_sound import RATE, ClipSound, has_sound, read_sound, samples_of

LARGEST = 64  # the largest size that is chosen where the config has none: a clip is several images
_CHUNK = 16  # files between two reports of progress
_SAMPLE = 24  # files that are opened to choose a size, and to find out whether there is sound
SoundIs = Literal["auto", "yes", "no"]
T = TypeVar("T", bound=np.generic)
_NOTHING = np.zeros(0, np.int16)
_UNREAD = "its sound is not read, for the files that were looked at first have none: set Sound (data.sound) to yes"
# UCF101 (1212.0402): v_ApplyEyeMakeup_g01_c02.avi is a part of the first of the 25 videos of its class.
_UCF = re.compile(r"v_(?P<action>[A-Za-z0-9]+)_g(?P<group>\d+)_c\d+", re.IGNORECASE)
_UCF_GROUPS = 25
_UCF_TEST = 7  # groups 1 to 7 are the test split of the first of the three official lists


class _File(NamedTuple):
    """What was read of a file. sound: whether it has any, and that of the clip; flow: of the clip; None where they are not asked
    for."""

    clip: VideoClip
    sound: ClipSound | None
    flow: npt.NDArray[np.float16] | None


def find(
    folder: Path,
    listed: Listing,
    size: int,
    frames: int,
    seconds: float,
    folders: FoldersAre = "classes",
    sound: SoundIs = "auto",
    flow: bool = False,
) -> ImageListing:
    """The clips of a folder, `listed`, of `frames` frames at `size` px; 0 takes the median short side of a sample, to the nearest
    multiple of 8, at most 64. seconds: of the middle part of each file that is used, 0 for all of it. folders: as `data.folders`.
    As an image, a clip is its middle frame. sound, flow: as `data.sound`, `data.flow`.

    Files of UCF101 are known by their names: clips that were cut from one video stay in one split, and where the set is whole its
    test split is that of its first official list.

    ConfigError, naming data.source, where PyAV is not installed; naming data.flow, where OpenCV is not and flow is asked for."""
    check_reader()
    if flow:
        check_estimator()
    listed.leave_out([*listed.files, *listed.shards, *listed.tables])
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
    with_sound = sound == "yes" or (sound == "auto" and any(has_sound(file.path) for file in _some(files)))
    part = samples_of(frames, seconds) if with_sound else 0
    if flow:
        notes.append("The flow of the clips is estimated from their frames.")
    if with_sound:
        notes.append(f"The sound of each frame is that of {1000 * part / RATE:g} ms around it.")

    def read(row: int) -> _File | str:
        try:
            clip = read_clip(paths[row], frames, side, seconds)
        except Exception as error:  # a damaged file makes FFmpeg raise nearly anything
            return problem_of(error)
        moved = estimated_flow(clip.frames) if flow else None
        if part:
            return _File(clip, read_sound(paths[row], clip.middles, clip.span, part), moved)
        unread = sound == "auto" and has_sound(paths[row])
        return _File(clip, ClipSound(_NOTHING, exists=True, problem=_UNREAD) if unread else None, moved)

    def chunks() -> Iterator[Chunk]:
        row = 0
        for results in in_threads(read, range(len(paths)), _CHUNK):
            known = [(row + k, file) for k, file in enumerate(results) if not isinstance(file, str)]
            clips = _stacked([file.clip.frames for _, file in known], (frames, 3, side, side), np.uint8)
            rows = np.array([at for at, _ in known], np.int64)
            flows = [file.flow for _, file in known if file.flow is not None]
            sounds = [file.sound.values for _, file in known if file.sound is not None]
            yield Chunk(
                np.ascontiguousarray(clips[:, frames // 2]),
                rows,
                labels[rows],
                skipped=tuple(f"{names[row + k]}: {text}" for k, file in enumerate(results) for text in _problems(file)),
                content=np.array([file.clip.content for _, file in known], np.uint64),
                clips=clips,
                flow=_stacked(flows, (frames - 1, 2, side, side), np.float16) if flow else None,
                sound=_stacked(sounds, (frames * part,), np.int16) if part else None,
            )
            row += len(results)

    content = f"{state_of_files(files)} videos 1" + ("" if folders == "classes" else f" {folders}")
    origin = f"{folder} {frames} {seconds:g}" + (f" sound {part} 1" if part else "") + (" flow 1" if flow else "")
    label = "clips-" + re.sub(r"[^A-Za-z0-9]+", "-", folder.name)[:24].strip("-")
    return ImageListing(
        name=folder.name,
        order=Order(label, origin, content, len(files), side, slow=True, frames=frames, flowing=flow, samples=frames * part),
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
        rate=RATE if part else 0,
    )


def _stacked(arrays: Sequence[npt.NDArray[T]], shape: tuple[int, ...], kind: type[T]) -> npt.NDArray[T]:
    return np.stack(arrays) if arrays else np.empty((0, *shape), kind)


def _problems(file: _File | str) -> list[str]:
    """What cannot be read of a file."""
    if isinstance(file, str):
        return [file]
    return [text for text in (file.clip.problem, file.sound.problem if file.sound is not None else "") if text]


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


def _some(files: Sequence[FolderFile]) -> list[FolderFile]:
    """At most _SAMPLE files, evenly over all."""
    rows = np.unique(np.linspace(0, len(files) - 1, min(_SAMPLE, len(files))).astype(int)) if files else ()
    return [files[row] for row in rows]


def _own_size(files: Sequence[FolderFile]) -> int:
    sides = []
    for file in _some(files):
        try:
            header = read_header(file.path)
        except Exception:  # it will be named when it is decoded
            continue
        sides.append(min(header.width, header.height))
    # Multiples of 8 divide evenly into patches and strides.
    return min(LARGEST, max(8, round(middle(sides) / 8) * 8)) if sides else 32
