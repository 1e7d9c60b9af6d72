"""A run's normalisation statistics are stored with it, so that its data may be deleted or changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open

from engine.config.errors import ConfigError
from engine.config.run import DataConfig, RunConfig
from engine.data.open import open_dataset
from engine.embed.features import encode
from engine.evaluate.encoder import data_of, load_encoder, trained_on
from engine.evaluate.export_encoder import export_onnx, export_safetensors
from engine.evaluate.export_features import embed_run
from engine.evaluate.protocol import evaluate
from engine.events import Event, StepDone
from engine.runs.manifest import manifest_path
from engine.runs.reader import checkpoint_path
from engine.study.spaces import Spaces
from engine.train import loop
from engine.train.control import Control
from engine.train.train_run import resume, train
from tests.engine.methods.conftest import one_thread, small

__all__ = ["one_thread", "small"]
Small = Callable[..., RunConfig]
SIZE = 32


def write_folder(folder: Path, name: str, low: int, high: int, count: int = 60) -> Path:
    """A folder of images in two classes, whose channels have different means and deviations."""
    generator = np.random.default_rng(0)
    for number in range(count):
        image = generator.integers(low, high, (SIZE, SIZE, 3)) // np.array([1, 2, 4])
        path = folder / f"class{number % 2}" / f"{name}{number:02d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image.astype(np.uint8)).save(path)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "data", "first", 0, 256)


@pytest.fixture
def run(small: Small, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run stopped after its first epoch, with the checkpoint of that epoch."""
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    folder = tmp_path / "run"
    folder.mkdir()
    changes = {
        "data": {"source": str(data), "size": SIZE, "validation": 0.2, "test": 0.2},
        "train": {"batch": 8, "epochs": 3, "steps": 0, "keep": 2},
        "monitor": {"pictures": False},
    }
    control = Control()

    def emit(event: Event) -> None:
        if isinstance(event, StepDone) and event.epoch > 1:
            control.stop()

    train(small("simclr", changes), emit, control, folder)
    return folder


def change(data: Path) -> None:
    """Replace the images with the same number of much darker ones."""
    shutil.rmtree(data)
    write_folder(data, "second", 0, 64)


def strip(run: Path) -> None:
    """Remove the statistics from the checkpoints, as in older versions."""
    for path in (checkpoint_path(run), checkpoint_path(run, 1)):
        state = torch.load(path, weights_only=True)
        torch.save({key: value for key, value in state.items() if key not in ("mean", "std", "data")}, path)


def figures(data: Path) -> tuple[np.ndarray, np.ndarray]:
    dataset = open_dataset(DataConfig(source=str(data), size=SIZE, validation=0.2, test=0.2))
    return dataset.mean, dataset.std


def metadata(path: Path) -> dict[str, str]:
    with safe_open(path, "pt") as file:
        return dict(file.metadata())


def test_every_checkpoint_stores_the_statistics_and_changed_data_do_not_change_them(run: Path, data: Path) -> None:
    mean, std = figures(data)
    for epoch in (None, 1, 0):
        seen = trained_on(run, epoch)
        assert seen is not None
        np.testing.assert_array_equal(seen.mean, mean)
        np.testing.assert_array_equal(seen.std, std)
        assert seen.name == "data"
    assert trained_on(run, 2) is None
    write_folder(data, "zzz", 0, 64, 40)
    assert np.abs(figures(data)[0] - mean).max() > 0.05
    resume(run, lambda event: None, Control())
    after = trained_on(run)
    assert after is not None
    np.testing.assert_array_equal(after.mean, mean)
    np.testing.assert_array_equal(after.std, std)


def test_a_run_is_not_resumed_with_other_images(run: Path, data: Path) -> None:
    change(data)
    with pytest.raises(ConfigError, match=r"data\.source must be the images that the run began with"):
        resume(run, lambda event: None, Control())
    with pytest.raises(ConfigError, match=r"data\.source must be a set that still holds test images of the run"):
        evaluate(run)


def test_an_older_run_of_other_images_is_neither_resumed_nor_evaluated(run: Path, data: Path) -> None:
    manifest_path(run).unlink()
    evaluate(run, parts=("knn",))
    change(data)
    for refused in (lambda: resume(run, lambda event: None, Control()), lambda: evaluate(run)):
        with pytest.raises(ConfigError, match="mean and deviation of the training images are not those that it stored"):
            refused()


def test_a_run_s_data_are_opened_with_the_stored_statistics(run: Path, data: Path) -> None:
    mean, std = figures(data)
    change(data)
    config = load_encoder(run)[1]
    for opened in (data_of(run, config), Spaces(run).dataset):
        np.testing.assert_array_equal(opened.mean, mean)
        np.testing.assert_array_equal(opened.std, std)
    strip(run)
    manifest_path(run).unlink()
    np.testing.assert_array_equal(data_of(run, config).mean, figures(data)[0])


@pytest.mark.parametrize("gone", [True, False], ids=["gone", "changed"])
def test_the_encoder_is_exported_with_the_stored_statistics(run: Path, data: Path, tmp_path: Path, gone: bool) -> None:
    mean, std = figures(data)
    shutil.rmtree(data) if gone else change(data)
    exported = export_safetensors(run, tmp_path / "net", "torchvision", 1)
    assert exported.noise == gone
    assert exported.difference is not None
    assert exported.difference <= 1e-4 * exported.scale
    assert exported.scale > 0.01
    about = metadata(exported.path)
    assert json.loads(about["mean"]) == pytest.approx(mean.tolist(), abs=1e-6)
    assert json.loads(about["std"]) == pytest.approx(std.tolist(), abs=1e-6)
    assert about["data"] == "data"


def test_onnx_normalises_with_the_stored_statistics(run: Path, data: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnxscript")
    onnxruntime = pytest.importorskip("onnxruntime")
    mean, std = (torch.from_numpy(part).view(1, 3, 1, 1) for part in figures(data))
    shutil.rmtree(data)
    exported = export_onnx(run, tmp_path / "net")
    assert exported.noise
    assert exported.difference is not None
    pixels = torch.rand(3, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        expected = load_encoder(run)[0]((pixels - mean) / std).numpy()
    features = onnxruntime.InferenceSession(str(exported.path)).run(None, {"pixels": pixels.numpy()})[0]
    assert features == pytest.approx(expected, abs=1e-4 * float(np.abs(expected).max()))


@pytest.mark.parametrize("gone", [True, False], ids=["gone", "changed"])
def test_other_images_are_normalised_with_the_stored_statistics(run: Path, data: Path, tmp_path: Path, gone: bool) -> None:
    other = write_folder(tmp_path / "other", "other", 100, 200, 12)
    config = DataConfig(source=str(other), size=SIZE)
    mean, std = figures(data)
    shutil.rmtree(data) if gone else change(data)
    with np.load(embed_run(run, tmp_path / "other.npz", images=str(other))) as file:
        features, index = file["features"], file["index"]
    pixels = (torch.from_numpy(open_dataset(config).images[index]).float() / 255 - torch.from_numpy(mean).view(1, 3, 1, 1)) / (
        torch.from_numpy(std).view(1, 3, 1, 1)
    )
    with torch.no_grad():
        expected = load_encoder(run)[0](pixels).numpy()
    assert features == pytest.approx(expected, abs=1e-4 * float(np.abs(expected).max()))
    if not gone:
        with pytest.raises(ConfigError, match="are no longer there"):
            embed_run(run, tmp_path / "own.npz")


def test_the_run_s_images_are_normalised_with_the_stored_statistics(run: Path, data: Path, tmp_path: Path) -> None:
    write_folder(data, "zzz", 0, 64, 40)
    now = open_dataset(DataConfig(source=str(data), size=SIZE, validation=0.2, test=0.2))
    notes: list[str] = []
    with np.load(embed_run(run, tmp_path / "own.npz", note=notes.append)) as file:
        assert sorted(file["index"]) == list(range(60))
        assert not any("zzz" in name for name in file["name"])
        rows = [now.names.index(name) for name in file["name"]]
        plain = encode(load_encoder(run)[0], now, np.array(rows)).numpy()
        assert np.abs(file["features"] - plain).max() > 1e-2 * np.abs(plain).max()
    assert "40 images were added" in notes[0]
    with np.load(embed_run(run, tmp_path / "new.npz", images=str(data))) as file:
        unknown = np.array(["zzz" in name for name in file["name"]])
        assert set(file["split"][unknown]) == {""}
        assert set(file["split"][~unknown]) == {"train", "validation", "test"}
    one = tmp_path / "one"
    one.mkdir()
    shutil.copy(next(data.rglob("zzz*.png")), one)
    with np.load(embed_run(run, tmp_path / "one.npz", images=str(one))) as file:
        assert file["features"].shape[0] == 1
        assert file["split"].tolist() == [""]


def test_a_checkpoint_of_an_older_version_needs_its_data(run: Path, data: Path, tmp_path: Path) -> None:
    other = write_folder(tmp_path / "other", "other", 100, 200, 12)
    mean, _ = figures(data)
    strip(run)
    assert trained_on(run) is None
    exported = export_safetensors(run, tmp_path / "net", "torchvision")
    assert not exported.noise
    assert json.loads(metadata(exported.path)["mean"]) == pytest.approx(mean.tolist(), abs=1e-6)
    embed_run(run, tmp_path / "a.npz", images=str(other))
    shutil.rmtree(data)
    with pytest.raises(ConfigError, match=r"data\.source"):
        export_safetensors(run, tmp_path / "net2", "torchvision")
    with pytest.raises(ConfigError, match=r"data\.source"):
        embed_run(run, tmp_path / "b.npz", images=str(other))


@pytest.mark.parametrize("wrong", [torch.zeros(2), torch.full((3,), float("nan")), "0.5", torch.zeros(3)])
def test_invalid_statistics_count_as_missing(run: Path, wrong: object) -> None:
    state = torch.load(checkpoint_path(run), weights_only=True)
    torch.save({**state, "std": wrong}, checkpoint_path(run))
    assert trained_on(run) is None
