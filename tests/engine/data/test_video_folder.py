"""A folder of videos as a data set: clips, classes, splits, files that are named and left out, progress, and a run on them."""

from __future__ import annotations

import builtins
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.data.describe import describe, survey
from engine.data.folder_listing import list_folder
from engine.data.recognise import recognise
from engine.data.traits import possible_traits
from engine.data.video_folder import find
from engine.embed.features import sound_of
from engine.execute.progress import Cancelled
from engine.study.large_image import large_image
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train
from tests.engine.data.videos import HEIGHT, WIDTH, Track, write_video

SIDE = 16


def pictures(seed: int, count: int = 6) -> list[np.ndarray]:
    return list(np.random.default_rng(seed).integers(0, 255, (count, HEIGHT, WIDTH, 3), dtype=np.uint8))


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes of eight videos each, an empty one, one that is text, and one without its end."""
    folder = tmp_path_factory.mktemp("clips")
    for code, name in enumerate(("jump", "run")):
        for k in range(8):
            write_video(folder / name / f"{k}.avi", pictures(20 * code + k), "mjpeg", "yuvj420p")
    (folder / "jump" / "empty.mp4").write_bytes(b"")
    (folder / "run" / "text.mkv").write_text("no video")
    cut = write_video(folder / "run" / "cut.avi", pictures(99), "mjpeg", "yuvj420p")
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    (folder / "list.txt").write_text("of no matter")
    Image.new("RGB", (8, 8)).save(folder / "poster.png")
    return folder


def test_a_folder_of_videos_is_a_set_of_clips(clips: Path, open_at) -> None:
    shown = []
    data = open_at(clips, frames=4, progress=lambda share, text="": shown.append(share))
    assert data.columns == ("clips",)
    assert data.clips.shape == (17, 4, 3, 32, 32)  # the height of the files
    assert np.array_equal(data.images, data.clips[:, 2])
    assert data.classes == ("jump", "run")
    assert np.bincount(data.labels).tolist() == [8, 9]
    assert [line.partition(":")[0] for line in data.skipped] == ["jump/empty.mp4", "run/cut.avi", "run/text.mkv"]
    assert "it is empty" in data.skipped[0]
    assert "its header says 6 frames" in data.skipped[1]
    assert "not a video" in data.skipped[2]
    assert set(data.names) == {f"{name}/{k}.avi" for name in ("jump", "run") for k in range(8)} | {"run/cut.avi"}
    assert any(".png (1)" in note for note in data.notes)
    assert any("4 frames, evenly over the whole length" in note for note in data.notes)
    assert shown[-1] == 1.0
    assert sorted(np.concatenate(list(data.splits.values())).tolist()) == list(range(17))


def test_frames_seconds_and_size_are_settings(clips: Path, open_at) -> None:
    whole, middle = (open_at(clips, frames=2, seconds=seconds, size=8) for seconds in (0, 0.2))
    assert whole.clips.shape == middle.clips.shape == (17, 2, 3, 8, 8)
    row = whole.names.index("run/3.avi")
    assert not np.array_equal(whole.clips[row], middle.clips[row])
    assert whole.digests.tolist() == middle.digests.tolist()
    assert {"videos", "folders"} <= possible_traits(str(clips))
    assert "videos" not in possible_traits("moving_shapes")


def test_the_card_says_what_was_understood(clips: Path, tmp_path: Path, open_at) -> None:
    config = DataConfig(source=str(clips), root=str(tmp_path / "root"), frames=4)
    before, after = survey(config), describe(open_at(clips, frames=4))
    for known in (before, after):
        assert (known.frames, known.classes) == (4, ("jump", "run"))
        assert "videos" in known.traits
        assert "clips" in known.columns
        assert {sample.label for sample in known.samples} == {"jump", "run"}
        assert all(sample.image.shape == (32, 32, 3) for sample in known.samples)
    assert before.images == 18
    assert before.unreadable == ("jump/empty.mp4: it is empty",)
    assert {tuple(one) for one in before.originals.tolist()} == {(WIDTH, HEIGHT)}
    assert before.lengths.max() == pytest.approx(0.6)
    assert (after.images, len(after.unreadable)) == (17, 3)


@pytest.fixture(scope="module")
def sounding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve videos, of which every third has no sound and one has sound in its first half alone."""
    folder = tmp_path_factory.mktemp("sounding")
    for k in range(12):
        track = Track(
            lambda t, k=k: 0.5 * np.sin(2 * np.pi * (300 + 50 * k) * t), 0.4 if k == 1 else 0.8, rate=16000, layout="mono"
        )
        write_video(folder / f"{k:02}.avi", pictures(k, 8), "mjpeg", "yuvj420p", sound=False if k % 3 == 0 else track)
    return folder


def test_sound_is_read_with_the_frames_and_what_has_none_is_counted(sounding: Path, open_at) -> None:
    data = open_at(sounding, frames=4)
    assert data.columns == ("clips", "sound")
    assert (data.sound.rate, data.sound.values.shape) == (8000, (12, 4 * 2000))
    assert [name for name, known in zip(data.names, data.sound.known, strict=True) if not known] == [
        "00.avi",
        "03.avi",
        "06.avi",
        "09.avi",
    ]
    assert "4 of 12 clips have no sound: what uses sound leaves them out of it." in data.notes
    assert "The sound of each frame is that of 250 ms around it." in data.notes
    assert data.skipped == ("01.avi: 50% of the time of its frames has sound, the rest is silent",)
    for row in (2, 11):
        spectrum = np.abs(np.fft.rfft(data.sound.values[row][2000:4000] * np.hanning(2000), 16000))
        assert spectrum.argmax() / 2 == pytest.approx(300 + 50 * row, abs=4)
    sound, known = sound_of(data.sound, np.array([3, 2, 0]), torch.device("cpu"))
    assert known.tolist() == [False, True, False]
    assert sound[0].abs().max() == sound[2].abs().max() == 0
    assert 0.4 < float(sound[1].max()) <= 0.51


def test_sound_can_be_left_out_and_asked_for(sounding: Path, clips: Path, tmp_path: Path, open_at) -> None:
    assert open_at(sounding, frames=4, sound="no").sound is None
    assert open_at(clips, frames=4, sound="yes").sound is None  # no file of these has any
    many = tmp_path / "many"
    many.mkdir()
    for k in range(30):
        shutil.copyfile(clips / "run" / f"{k % 8}.avi", many / f"{k:02}.avi")
    shutil.copyfile(sounding / "01.avi", many / "04.avi")  # not among the 24 that are looked at first
    data = open_at(many, frames=2)
    assert data.sound is None
    assert [line for line in data.skipped if line.startswith("04.avi: its sound is not read")]
    assert int(open_at(many, frames=2, sound="yes").sound.known.sum()) == 1


def test_evolving_losses_learn_from_files_with_sound_and_estimated_flow(sounding: Path, tmp_path: Path) -> None:
    """Four modalities of real files, clips without sound among them."""
    values = {
        "method": {"id": "evolving_loss", "weights": "equal", "frames": 2},
        "data": {"source": str(sounding), "frames": 4, "size": 16, "root": str(tmp_path / "root"), "validation": 0.2, "test": 0.2},
        "train": {"batch": 4, "steps": 2, "device": "cpu", "precision": "fp32", "threads": 1, "keep": 0},
        "monitor": {"embed_images": 0, "knn_every": 1000, "pictures": False},
    }
    losses = []
    finished = train(resolve(values), lambda event: losses.append(getattr(event, "loss", 0.0)), Control(), tmp_path / "run")
    assert finished.state == "finished"
    assert np.isfinite(losses).all()
    lacking = resolve({**values, "data": {**values["data"], "flow": False}})
    with pytest.raises(ConfigError, match=r"a set with flow, which Evolving Losses needs.*Estimate flow \(data\.flow\)"):
        train(lacking, lambda event: None, Control(), tmp_path / "other")


def test_photographs_beside_few_videos_stay_photographs(clips: Path, photos: Path, open_at) -> None:
    shutil.copyfile(clips / "run" / "0.avi", photos / "cat" / "film.avi")
    data = open_at(photos)
    assert data.clips is None
    assert len(data) == 24
    assert any(".avi (1)" in note for note in data.notes)


def test_an_unknown_ending_is_told_by_the_first_bytes(clips: Path, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    shutil.copyfile(clips / "run" / "0.avi", tmp_path / "d" / "film")
    (tmp_path / "d" / "words.ts").write_text("<TS>no video</TS>")
    write_video(tmp_path / "d" / "stream.ts", 2, "mpeg2video", rate=25)
    assert [file.name for file in list_folder(tmp_path / "d").videos] == ["film", "stream.ts"]


def test_a_cancelled_opening_leaves_nothing(clips: Path, tmp_path: Path, open_at) -> None:
    def stop(share: float, text: str = "") -> None:
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        open_at(clips, frames=3, progress=stop)
    assert not list((tmp_path / "root").rglob("*.u8"))
    assert open_at(clips, frames=3).clips.shape[1] == 3


def test_a_folder_without_a_readable_video_says_why(tmp_path: Path, open_at) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "text.mp4").write_text("no video")
    with pytest.raises(ConfigError, match=r"text.mp4: not a video"):
        open_at(tmp_path / "d")


def test_without_pyav_the_remedy_is_named(clips: Path, open_at, monkeypatch: pytest.MonkeyPatch) -> None:
    load = builtins.__import__

    def refuse(name: str, *args: object, **more: object) -> object:
        if name == "av":
            raise ImportError
        return load(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ConfigError, match=r"pip install 'parallax-workbench\[video\]'"):
        open_at(clips, frames=5)


def ucf(folder: Path, groups: int) -> Path:
    """Files named as those of UCF101: of each group three clips. Their content is not read."""
    for action in ("Archery", "Biking"):
        for group in range(1, groups + 1):
            for part in (1, 2, 3):
                path = folder / action / f"v_{action}_g{group:02}_c{part:02}.avi"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"RIFF")
    return folder


def test_ucf101_has_the_test_split_of_its_first_list(tmp_path: Path) -> None:
    folder = ucf(tmp_path / "UCF-101", 25)
    listing = find(folder, list_folder(folder), 16, 8, 0)
    group = np.array([int(name.partition("_g")[2][:2]) for name in listing.names])
    assert np.array_equal(listing.own == 2, group <= 7)
    assert listing.classes == ("Archery", "Biking")
    assert listing.together is not None
    assert len(np.unique(listing.together)) == 50


def test_clips_of_one_video_of_ucf101_stay_in_one_split(tmp_path: Path, open_at) -> None:
    for group in range(1, 13):
        for part in (1, 2):
            write_video(
                tmp_path / "u" / f"v_Biking_g{group:02}_c{part:02}.avi", pictures(10 * group + part, 2), "mjpeg", "yuvj420p"
            )
    data = open_at(tmp_path / "u", frames=2, test=0.3, validation=0.3)
    split = {row: name for name, index in data.splits.items() for row in index.tolist()}
    by_group: dict[str, set[str]] = {}
    for row, name in enumerate(data.names):
        by_group.setdefault(name[:12], set()).add(split[row])
    assert all(len(names) == 1 for names in by_group.values())
    assert {next(iter(names)) for names in by_group.values()} == {"train", "validation", "test"}
    assert data.own_splits == ("train",)


def test_a_clip_is_seen_as_large_as_its_file(clips: Path, open_at) -> None:
    data = open_at(clips, frames=4)
    large = large_image(data, 0)
    assert (large.origin, large.pixels.shape) == ("file", (HEIGHT, WIDTH, 3))
    assert recognise(clips / "run" / "0.avi").path == clips / "run"
    assert recognise(clips / "run" / "0.avi").kind == "image"
