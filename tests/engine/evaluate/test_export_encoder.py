"""The exported encoder, loaded by other libraries, gives the same features."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors import safe_open
from torch import nn

from engine.backbones.build import build_backbone
from engine.config.errors import ConfigError
from engine.config.run import BackboneConfig, DataConfig, RunConfig
from engine.data.dataset import Dataset
from engine.data.open import open_dataset
from engine.evaluate import export_encoder
from engine.evaluate.export_encoder import export_onnx, export_safetensors, load_with
from engine.evaluate.export_features import embed_run
from engine.evaluate.layouts import layout, libraries_of
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.setup import fit_to_data
from engine.train.train_run import train
from tests.engine.methods.conftest import one_thread, small

__all__ = ["one_thread", "small"]
Small = Callable[..., RunConfig]
SIZE = 32


def shapes() -> Dataset:
    """A few rendered images."""
    return open_dataset(DataConfig(source="shapes", count=64, size=SIZE))


def moved(net: nn.Module) -> nn.Module:
    """Change every weight and statistic from its initial value, so that a missing or exchanged one is detected."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for value in net.state_dict().values():
            if value.dtype.is_floating_point:
                value.add_(0.05 * torch.rand(value.shape, generator=generator))
    return net.eval()


@pytest.mark.parametrize(
    "backbone",
    [
        {"name": "resnet18", "stem": "small"},
        {"name": "resnet18", "stem": "imagenet", "least_map": 1},
        {"name": "resnet50", "stem": "small"},
        {"name": "resnet10_narrow", "stem": "small"},
        {"name": "resnet10_narrow", "stem": "imagenet", "least_map": 1},
        {"name": "vit_micro", "patch": 8, "pool": "cls"},
        {"name": "vit_micro", "patch": 8, "pool": "mean"},
    ],
    ids=lambda given: "-".join(str(value) for value in given.values()),
)
def test_other_libraries_load_the_state_strictly(backbone: dict[str, object], tmp_path: Path) -> None:
    from safetensors.torch import save_file

    net = moved(build_backbone(BackboneConfig(**backbone), SIZE))  # type: ignore[arg-type]
    images = torch.randn(3, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))
    others = [library for library in libraries_of(net) if library != "parallax"]  # type: ignore[arg-type]
    assert others
    for library in others:
        if library == "timm":
            pytest.importorskip("timm")
        exported = layout(net, library)  # type: ignore[arg-type]
        save_file(dict(exported.state), tmp_path / "net.safetensors")
        other = load_with(exported.lines.format(file=str(tmp_path / "net.safetensors")))
        assert other is not None
        assert type(other).__module__.startswith(library)
        with torch.no_grad():
            expected = net(images)
            assert (other(images) - expected).abs().max() < 1e-4 * expected.abs().max()


def test_an_encoder_that_no_other_library_has() -> None:
    net = build_backbone(BackboneConfig(name="convvit_micro", patch=8), SIZE)
    assert libraries_of(net) == ("parallax",)
    with pytest.raises(ConfigError, match=r"library must be one that has this encoder: parallax. Got 'timm'"):
        layout(net, "timm")


@pytest.fixture
def run(small: Small, tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    changes = {"train": {"steps": 4, "batch": 16, "keep": 1, "epochs": 2}, "monitor": {"pictures": False}}
    train(small("simclr", changes), lambda event: None, Control(), folder)
    return folder


@pytest.mark.parametrize("library", ["torchvision", "parallax"])
def test_safetensors_have_metadata_and_the_encoder_s_features(run: Path, tmp_path: Path, library: str) -> None:
    exported = export_safetensors(run, tmp_path / "encoder", library)  # type: ignore[arg-type]
    assert exported.path == tmp_path / "encoder.safetensors"
    assert exported.difference is not None
    assert exported.difference <= 1e-4 * exported.scale
    assert exported.images > 1
    with safe_open(exported.path, "pt") as file:
        about = file.metadata()
    assert (about["method"], about["backbone"], about["dim"], about["size"]) == ("simclr", "resnet10_narrow", "256", "32")
    dataset = open_dataset(method_config(run).data)
    assert json.loads(about["mean"]) == pytest.approx(dataset.mean.tolist(), abs=1e-6)
    assert not list(tmp_path.glob("*.part"))


def method_config(run: Path) -> RunConfig:
    from engine.evaluate.encoder import load_method

    return load_method(run)[1]


def test_a_kept_epoch_and_the_untrained_weights_can_be_exported(run: Path, tmp_path: Path) -> None:
    files = [export_safetensors(run, tmp_path / str(epoch), "torchvision", epoch).path.read_bytes() for epoch in (None, 0)]
    assert files[0] != files[1]
    with pytest.raises(ConfigError, match="one whose checkpoint was kept"):
        export_safetensors(run, tmp_path / "x", "torchvision", 99)


@pytest.mark.parametrize(
    "backbone",
    [
        {"name": "resnet10_narrow", "stem": "small"},
        pytest.param({"name": "vit_micro", "patch": 8, "pool": "cls"}, marks=pytest.mark.slow),
        {"name": "vit_micro", "patch": 8, "pool": "mean"},
        pytest.param({"name": "convvit_micro", "patch": 8}, marks=pytest.mark.slow),
    ],
    ids=lambda given: "-".join(str(value) for value in given.values()),
)
def test_every_kind_of_encoder_is_exported_to_onnx_with_a_dynamic_batch(
    backbone: dict[str, object], small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxscript")
    onnxruntime = pytest.importorskip("onnxruntime")
    net = moved(build_backbone(BackboneConfig(**backbone), SIZE))  # type: ignore[arg-type]
    config = fit_to_data(resolve({"method": {"id": "simclr"}, "data": {"source": "shapes", "count": 64, "size": SIZE}}), shapes())
    held = SimpleNamespace(encoder=net)
    monkeypatch.setattr(export_encoder, "method_at", lambda folder, epoch: (held, config))
    exported = export_onnx(tmp_path, tmp_path / "net")
    assert exported.difference is not None
    assert exported.difference <= 1e-4 * exported.scale
    session = onnxruntime.InferenceSession(str(exported.path))
    assert [len(session.run(None, {"pixels": np.zeros((n, 3, SIZE, SIZE), np.float32)})[0]) for n in (1, 3)] == [1, 3]


def test_the_onnx_model_takes_pixels_in_batches_of_any_size(run: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnxscript")
    onnxruntime = pytest.importorskip("onnxruntime")
    exported = export_onnx(run, tmp_path / "encoder.onnx")
    assert exported.difference is not None
    assert exported.difference <= 1e-4 * exported.scale
    given: dict[str, np.ndarray] = {}
    exec(exported.lines, given)
    assert given["features"].shape == (1, 256)
    session = onnxruntime.InferenceSession(str(exported.path))
    assert session.run(None, {"pixels": np.zeros((5, 3, 32, 32), np.float32)})[0].shape == (5, 256)
    assert session.get_modelmeta().custom_metadata_map["method"] == "simclr"


def test_missing_libraries_give_an_error_with_the_install_command(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_encoder.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"a .safetensors file on this machine.*pip install onnx onnxscript"):
        export_onnx(run, tmp_path / "encoder.onnx")


def test_unusable_file_names_are_refused(run: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="in a folder that exists"):
        export_safetensors(run, tmp_path / "none" / "x", "torchvision")
    (tmp_path / "taken.safetensors").mkdir()
    with pytest.raises(ConfigError, match="a file that can be written"):
        export_safetensors(run, tmp_path / "taken", "torchvision")
    assert not list(tmp_path.glob("*.part"))


class _Broken(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Libraries that are installed but fail on import, as with a missing shared library."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def find_spec(self, name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(name, self) if name.partition(".")[0] in self.names else None

    def create_module(self, spec: object) -> None:
        return None

    def exec_module(self, module: object) -> None:
        raise ImportError("libonnx.so: cannot open shared object file")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def breaks(*names: str) -> None:
        for name in [name for name in sys.modules if name.partition(".")[0] in names]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setattr(sys, "meta_path", [_Broken(*names), *sys.meta_path])

    return breaks


def test_installed_libraries_that_fail_on_import_give_an_error(run: Path, tmp_path: Path, broken: Callable[..., None]) -> None:
    broken("onnx", "onnxscript", "onnxruntime", "pyarrow", "timm")
    with pytest.raises(ConfigError, match=r"cannot open shared object file\. For \.onnx: pip install --force-reinstall"):
        export_onnx(run, tmp_path / "encoder.onnx")
    with pytest.raises(ConfigError, match=r"cannot open shared object file\. For \.parquet: pip install --force-reinstall pyarrow"):
        embed_run(run, tmp_path / "all.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert export_encoder._run_onnx(tmp_path / "encoder.onnx", torch.zeros(1, 3, 16, 16)) is None
    assert export_encoder.load_with("import timm") is None
