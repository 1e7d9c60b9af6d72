"""Translations of a folder: what is written, where, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.cli import main
from engine.config.errors import ConfigError
from engine.data.open import open_dataset
from engine.evaluate import translate_images as module
from engine.evaluate.encoder import load_method
from engine.evaluate.translate_images import translate, translate_images
from engine.methods.image_translation import TranslationMethod
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train

TRAIN = {"batch": 4, "steps": 2, "device": "cpu", "precision": "fp32", "threads": 1, "keep": 0}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "cut"
    folder.mkdir()
    config = resolve({"method": "cut", "data": {"count": 64, "size": 32}, "train": TRAIN, "monitor": {"embed_images": 0}})
    assert train(config, lambda event: None, Control(), folder).state == "finished"
    return folder


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Seven images in two folders, one of them not square, two of one stem, and two files that are no images."""
    folder = tmp_path / "images"
    generator = np.random.default_rng(0)
    for name in ("a/one.png", "a/two.png", "a/two.bmp", "b/three.png", "b/four.png", "b/five.png", "b/six.png"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(generator.integers(0, 255, (40, 60, 3), dtype=np.uint8)).save(path)
    (folder / "a" / "broken.png").write_bytes(b"\x89PNG no image")
    (folder / "b" / "empty.png").write_bytes(b"")
    return folder


def test_each_image_is_translated_under_its_own_path(run: Path, images: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    made = translate_images(run, str(images), tmp_path / "out", progress=lambda share, text="", /: shares.append(share))
    names = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.*"))
    assert len(names) == made.count == 7
    assert {"a/one.png", "a/two.png", "b/six.png"} < set(names)
    assert len([name for name in names if name.startswith("a/two")]) == 2
    assert len(made.skipped) == 2
    assert made.size == 32
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0, abs=0.25)
    method, _ = load_method(run)
    assert isinstance(method, TranslationMethod)
    [middle] = [Image.open(images / "b" / "six.png").crop((10, 0, 50, 40))]
    shown = np.asarray(Image.open(tmp_path / "out" / "b" / "six.png"))
    assert shown.shape == (32, 32, 3)
    expected = translate(method, np.asarray(middle.resize((32, 32), Image.Resampling.LANCZOS)).transpose(2, 0, 1)[None])
    # The set's own reduction differs a little from Pillow's.
    assert np.abs(expected[0].transpose(1, 2, 0).astype(int) - shown).mean() < 12


def test_translations_are_those_of_the_generator(run: Path) -> None:
    method, config = load_method(run)
    assert isinstance(method, TranslationMethod)
    pixels = open_dataset(config.data).images[:3]
    made = translate(method, pixels)
    assert made.shape == pixels.shape
    assert made.dtype == np.uint8
    assert np.array_equal(translate(method, pixels[1:2])[0], made[1])


def test_a_folder_with_files_is_refused_and_overwritten_when_asked(run: Path, images: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "a").mkdir(parents=True)
    (out / "a" / "one.png").write_bytes(b"mine")
    (out / "kept.txt").write_text("kept")
    with pytest.raises(ConfigError, match=r"--out must be a folder that is new or empty.*--overwrite"):
        translate_images(run, str(images), out)
    assert (out / "a" / "one.png").read_bytes() == b"mine"
    translate_images(run, str(images), out, overwrite=True)
    assert Image.open(out / "a" / "one.png").size == (32, 32)
    assert (out / "kept.txt").read_text() == "kept"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".out")]


def test_a_full_disk_leaves_nothing_behind(run: Path, images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def save(self: Image.Image, path: Path) -> None:
        calls.append(path)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.Image.Image, "save", save)
    with pytest.raises(OSError, match="No space left"):
        translate_images(run, str(images), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images"]


def test_what_cannot_be_translated_is_refused_with_a_reason(run: Path, images: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(ConfigError, match=r"--size must be a multiple of 4"):
        translate_images(run, str(images), out, size=30)
    with pytest.raises(ConfigError, match=r"--out must be outside of the folder of images"):
        translate_images(run, str(images), images / "out")
    with pytest.raises(ConfigError, match=r"--images must be"):
        translate_images(run, str(tmp_path / "nothing"), out)
    only = tmp_path / "only"
    only.mkdir()
    (only / "broken.png").write_bytes(b"\x89PNG no image")
    with pytest.raises(ConfigError, match=r"--images must be a source with at least one image"):
        translate_images(run, str(only), out)
    assert not out.exists()
    simclr = tmp_path / "simclr"
    simclr.mkdir()
    config = resolve({"method": "random", "data": {"count": 64}, "train": {**TRAIN, "batch": 16}, "monitor": {"embed_images": 0}})
    train(config, lambda event: None, Control(), simclr)
    with pytest.raises(ConfigError, match=r"run must be of a method that translates images \(cut\)\. Got 'random'"):
        translate_images(simclr, str(images), out)


def test_the_command_prints_the_folder(run: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["translate", str(run), "--images", str(images), "--out", str(tmp_path / "out"), "--size", "40", "--quiet"])
    printed = capsys.readouterr()
    assert code == 0
    assert printed.out.strip() == str(tmp_path / "out")
    assert "7 translations of 40 px" in printed.err
    assert printed.err.count("note: not translated") == 2
    assert main(["translate", str(run), "--images", str(images), "--out", str(tmp_path / "out"), "--quiet"]) == 2
