"""Encoders of a person's own: a class in a Python file. What they give, what is refused, and whose code runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import api, plugins
from engine.backbones import encoder_plugins
from engine.backbones.build import build_backbone, has_patches, is_transformer, patch_step
from engine.backbones.encoder_plugins import PluginEncoder
from engine.backbones.trusted_code import list_file, trust_file, trust_name
from engine.cli import main
from engine.config.errors import ConfigError
from engine.config.module_text import keyword_arguments
from engine.config.run import BackboneConfig, ViewConfig
from engine.config.text import parse, read_yaml, to_yaml
from engine.evaluate.layouts import layout, libraries_of
from engine.train.resolve import notes, resolve
from engine.train.view_check import check_encoder_sizes

CODE = """
import torch
from torch import nn
from engine.backbones.vit import VisionTransformer

class Maps(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 4, stride=4)
    def forward(self, images):
        return self.conv(images)

class Features(Maps):
    def forward(self, images):
        return self.conv(images).amax((2, 3))

class Dense(Features):
    def dense(self, images):
        return self.conv(images)

class Tokens(Features):
    def tokens(self, images):
        patches = self.conv(images).flatten(2).transpose(1, 2)
        return torch.cat([patches.mean(1, keepdim=True), patches], 1)

class Sized(Maps):
    multiple = 4
    def __init__(self, width, image_size):
        super().__init__(width)
        self.norm = nn.BatchNorm2d(width)
        self.side = image_size // 4
    def forward(self, images):
        assert images.shape[-1] == 4 * self.side, "another size"
        return self.norm(self.conv(images))

class Vit(VisionTransformer):
    def __init__(self, image_size, depth=1):
        super().__init__(image_size, 8, 12, depth, 2)

class Sequence(Maps):
    def forward(self, images):
        return self.conv(images).flatten(2)

class Fails(Maps):
    def __init__(self):
        super().__init__()
        raise RuntimeError("no weights here")

def number():
    return 3
"""
IMAGES = torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "net.py"
    path.write_text(CODE, encoding="utf-8")
    trust_file(path)
    return path


@pytest.fixture
def strangers() -> Callable[[], None]:
    """Forgets whose code may run, as on another computer."""
    return lambda: list_file().unlink(missing_ok=True)


def config(file: Path, name: str, **more: Any) -> BackboneConfig:
    return BackboneConfig(name=f"{file}:{name}", **more)


def given(file: Path, name: str = "Maps", **backbone: Any) -> dict[str, Any]:
    return {
        "data": {"source": "shapes", "count": 64, "size": 16},
        "train": {"batch": 16, "steps": 1, "device": "cpu"},
        "backbone": {"name": f"{file}:{name}", **backbone},
    }


@pytest.mark.parametrize("name", ["Maps", "Features", "Dense", "Tokens"])
def test_features_and_maps_are_those_of_the_module(file: Path, name: str) -> None:
    net: Any = build_backbone(config(file, name), 16).eval()
    assert net.dim == 4
    with torch.no_grad():
        map_ = net.net.conv(IMAGES)  # (2, 4, 4, 4)
        assert torch.equal(net(IMAGES), map_.mean((2, 3)) if name == "Maps" else map_.amax((2, 3)))
        if name == "Features":
            with pytest.raises(ConfigError, match=r"feature map as wide as its features.*net.py:Features"):
                net.dense(IMAGES)
        else:
            assert torch.equal(net.dense(IMAGES), map_)
        assert not torch.allclose(net.another()(IMAGES), net(IMAGES))


def test_arguments_and_the_size_are_given_and_traits_are_the_module_s(file: Path) -> None:
    sized = config(file, "Sized", arguments="width=8")
    net: Any = build_backbone(sized, 16)
    assert (net.dim, net.net.side) == (8, 4)
    assert patch_step(sized, [ViewConfig()], 32) == 4
    assert (is_transformer(sized), is_transformer(config(file, "Maps"))) == (False, True)
    vit = config(file, "Vit", arguments="depth=2")
    assert (has_patches(vit), has_patches(sized)) == (True, False)
    twin: Any = build_backbone(vit, 16).another()
    assert (type(twin).__name__, len(twin.blocks)) == ("Vit", 2)


def test_keyword_arguments() -> None:
    assert keyword_arguments("width=64, norm='batch', sizes=[1, 2], last=None") == {
        "width": 64,
        "norm": "batch",
        "sizes": [1, 2],
        "last": None,
    }
    for wrong in ("64", "width=open('x')", "**{}", "width=", "width=1) or (2"):
        with pytest.raises(ValueError, match="NAME=VALUE"):
            keyword_arguments(wrong)


@pytest.mark.parametrize(
    ("name", "more", "message"),
    [
        ("Nothing", {}, r"must be a class that net.py has. Got 'Nothing'. Its modules: .*Maps"),
        (
            "Sized",
            {},
            r"backbone.arguments must be the arguments of net.py:Sized, \(width, image_size\). Got 'none'. Missing .*'width'",
        ),
        ("Maps", {"arguments": "wide=1"}, r"Got 'wide=1'. Got an unexpected keyword argument 'wide'"),
        ("Sequence", {}, r"features \(N, D\) or a map .* Got 'shape \(1, 4, 16\) from net.py:Sequence'. Return the class token"),
        ("Fails", {}, r"Line 47 of net.py \(raise RuntimeError\(\"no weights here\"\)\): RuntimeError: no weights here"),
        ("number", {}, r"a class of torch.nn.Module, or a function that makes one. Got 'net.py:number, a int'"),
        ("Maps", {"patch": 4}, r"backbone.patch must be 0 for net.py:Maps"),
        ("Maps", {"drop_path": 0.1}, r"backbone.drop_path must be 0 for net.py:Maps"),
    ],
)
def test_what_cannot_be_built_is_refused_in_words(file: Path, name: str, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build_backbone(config(file, name, **more), 16)


def test_a_file_that_is_missing_or_does_not_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"file that can be read. Got '.*gone.py'. No such file"):
        resolve(given(tmp_path / "gone.py"))
    for code, message in (
        (
            "from torch import nn\nimport no_such_package\n",
            r"Line 2 of net.py \(import no_such_package\): ModuleNotFoundError.*must be",
        ),
        ("class Net(:\n", r"Line 1 of net.py: SyntaxError"),
    ):
        (tmp_path / "net.py").write_text(code, encoding="utf-8")
        trust_file(tmp_path / "net.py")
        with pytest.raises(ConfigError, match=message):
            build_backbone(config(tmp_path / "net.py", "Net"), 16)
    with pytest.raises(ConfigError, match=r"or a class in a Python file as path/to/file.py:ClassName. Got 'net.py'"):
        parse(BackboneConfig, {"name": "net.py"}, "backbone")


def test_views_of_a_size_that_the_module_does_not_take_are_refused(file: Path) -> None:
    views = {"views": {"groups": [{"size": 16}, {"size": 8, "role": "local", "count": 2}]}, "method": "dino"}
    resolved = resolve(given(file, "Sized", arguments="width=8") | views)
    with pytest.raises(
        ConfigError,
        match=r"views.groups.1.size must be a size that net.py:Sized takes. Got 8. Line 33 of net.py \(assert.*another size",
    ):
        check_encoder_sizes(resolved, build_backbone(resolved.backbone, 16))


def test_a_run_opens_after_its_file_is_gone_and_elsewhere_only_when_it_is_trusted(
    file: Path, tmp_path: Path, strangers: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    strangers()
    run = api.train("simclr", settings=given(file, arguments="width=6"), folder_of_runs=tmp_path / "runs")
    assert run.state == "finished"
    features = run.embed(IMAGES.sigmoid())
    assert features.shape == (2, 6)
    file.write_text("raise SystemExit", encoding="utf-8")
    (note,) = [note for note in notes(run.config) if note.key == "backbone.name"]
    assert str(note).startswith("The file of net.py:Maps is another than the copy")
    file.unlink()
    assert (run.embed(IMAGES.sigmoid()) == features).all()
    # The lines of an export load the weights strictly.
    encoder = run.encoder().backbone
    assert libraries_of(encoder) == ("parallax",)
    assert run.config.backbone.module is not None
    assert run.config.backbone.module.text == CODE
    names: dict[str, Any] = {}
    assert main(["export", str(run.folder), "--out", str(tmp_path / "net.safetensors")]) == 0
    capsys.readouterr()
    exec(layout(encoder, "parallax").lines.format(file=str(tmp_path / "net.safetensors"), run=str(run.folder)), names)
    assert torch.equal(names["net"](IMAGES), encoder(IMAGES))

    strangers()
    with pytest.raises(ConfigError, match=r"code you have allowed .* Got 'net.py:Maps'.*python -m engine trust"):
        run.embed(IMAGES.sigmoid())
    with pytest.raises(ConfigError, match="allowed to run"):
        run.resume("1 step")
    assert main(["trust", str(run.folder)]) == 0
    assert "may run on this computer" in capsys.readouterr().out
    assert (run.embed(IMAGES.sigmoid()) == features).all()
    path = run.folder / "config.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("import torch\n", "import os\n", 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"check sum of the copied code .* The copy was changed"):
        run.encoder()


def test_a_config_that_somebody_sent_does_not_run_its_file(file: Path, tmp_path: Path, strangers: Callable[[], None]) -> None:
    strangers()
    sent = tmp_path / "config.yaml"
    file.write_text(CODE + "\nopen(__file__)\n", encoding="utf-8")  # fails where it runs
    sent.write_text(to_yaml(BackboneConfig(name=f"{file}:Maps")), encoding="utf-8")
    with pytest.raises(ConfigError, match="allowed to run"):
        api.open_config({"backbone": read_yaml(sent)})
    trust_name(f"{file}:Maps")
    with pytest.raises(ConfigError, match=r"Line \d+ of net.py .*NameError"):
        api.open_config({"backbone": read_yaml(sent)})


def test_a_method_that_masks_patches_takes_a_vit_alone(file: Path) -> None:
    assert resolve(given(file, "Vit") | {"method": "mae"}).backbone.name == f"{file}:Vit"
    from engine.methods.build_method import build_method

    for name, refused in (("Vit", False), ("Maps", True)):
        ready = resolve(given(file, name) | {"method": "mae"})
        if refused:
            with pytest.raises(ConfigError, match=r"a ViT with tokens for mae. Got 'net.py:Maps'"):
                build_method(ready, 16)
        else:
            assert build_method(ready, 16).backbone.size == 16


def test_an_encoder_of_another_package(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    rows = (PluginEncoder("tiny", "torch.nn:Flatten", "pixels as they are", "a_package"),)
    monkeypatch.setattr("engine.backbones.own_module.plugin_encoders", lambda: rows)
    monkeypatch.setattr("engine.cli.list_commands.plugin_encoders", lambda: rows)
    assert build_backbone(BackboneConfig(name="plugin/tiny"), 4).dim == 48
    assert main(["encoders", "tiny"]) == 0
    assert any(line.startswith("plugin/tiny ") and line.endswith("[a_package]") for line in capsys.readouterr().out.splitlines())
    with pytest.raises(ConfigError, match=r"an encoder of an installed package. Got 'plugin/other'. There are: plugin/tiny"):
        build_backbone(BackboneConfig(name="plugin/other"), 4)
    assert "must be module:class" in encoder_plugins._unusable(PluginEncoder("x", "net"))
    assert plugins.ENCODERS == "parallax.encoders"


def test_the_example() -> None:
    path = Path(__file__).parents[3] / "examples" / "my_encoder.py"
    trust_file(path)
    net = build_backbone(BackboneConfig(name=f"{path}:SmallNet", arguments="width=8, depth=2"), 16)
    assert net.dim == 16
    assert net.dense(IMAGES).shape == (2, 16, 4, 4)
