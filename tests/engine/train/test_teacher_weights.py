"""Published weights and files of weights as the teacher of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.backbones import published as published_module
from engine.backbones.build import build_backbone
from engine.backbones.vit import VisionTransformer
from engine.backbones.weights import IMAGENET
from engine.config.errors import ConfigError
from engine.config.run import BackboneConfig, RunConfig
from engine.config.text import merge
from engine.evaluate.encoder import load_method
from engine.methods.distillation.feature_distillation import FeatureDistillation
from engine.train.control import Control
from engine.train.loop import progress
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare
from engine.train.teacher_run import fetch_all_weights
from engine.train.train_run import train

SETTINGS: dict[str, Any] = {
    "data": {"source": "shapes", "count": 24, "size": 32},
    "train": {"batch": 8, "steps": 1, "device": "cpu", "precision": "fp32", "threads": 1, "keep": 0},
    "monitor": {"embed_images": 0, "knn_every": 1000},
}


@pytest.fixture
def vit() -> VisionTransformer:
    torch.manual_seed(3)
    net = build_backbone(BackboneConfig(name="vit_micro", patch=8), 32).eval()
    assert isinstance(net, VisionTransformer)
    return net


@pytest.fixture
def file(vit: VisionTransformer, tmp_path: Path) -> Path:
    """The network as DINO's main_dino.py saves it: student and teacher, each a backbone beside its head."""
    network = {f"module.backbone.{name}": value for name, value in vit.state_dict().items()}
    network["module.head.last_layer.weight_g"] = torch.ones(4, 1)
    other = {name: value + 1 for name, value in network.items()}
    torch.save(
        {"student": other, "teacher": {name.removeprefix("module."): v for name, v in network.items()}}, tmp_path / "dino.pth"
    )
    return tmp_path / "dino.pth"


def student(teacher: object, changes: dict[str, Any] | None = None) -> RunConfig:
    return resolve(merge({"method": {"id": "feature_distillation", "teacher": teacher}, **SETTINGS}, changes or {}))


def method_of(session: Session) -> FeatureDistillation:
    assert isinstance(session.method, FeatureDistillation)
    return session.method


def for_teacher(session: Session, x: Tensor, size: int) -> Tensor:
    """Views of a session as a teacher of ImageNet sees them."""
    mean, std = (torch.tensor(value).view(1, 3, 1, 1) for value in (session.dataset.mean, session.dataset.std))
    theirs = [torch.tensor(value).view(1, 3, 1, 1) for value in IMAGENET]
    larger = torch.nn.functional.interpolate(x * std + mean, size=size, mode="bilinear", antialias=True)
    return (larger - theirs[0]) / theirs[1]


def test_each_patch_of_a_student_has_one_of_the_file_s_network(file: Path, vit: VisionTransformer) -> None:
    session = prepare(student(str(file), {"backbone": {"patch": 4}}))
    method = method_of(session).eval()
    # 8 x 8 patches of the student, of the teacher 8 x 8 of 8 px: images of 64 px.
    x = session.feed.at(0).views[0]
    with torch.no_grad():
        _, _, target = method._predict(x)
        tokens = vit.tokens(for_teacher(session, x, 64))
        expected = torch.nn.functional.layer_norm(tokens, tokens.shape[-1:])
    assert target.shape == (8, 65, 128)
    torch.testing.assert_close(target, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["resnet10_narrow", "convvit_micro"])
def test_a_student_without_tokens_learns_each_cell_of_its_map(file: Path, vit: VisionTransformer, name: str) -> None:
    session = prepare(student(str(file), {"backbone": {"name": name}}))
    method = method_of(session).eval()
    x = session.feed.at(0).views[0]
    with torch.no_grad():
        side = session.method.backbone.dense(x).shape[-1]
        out = method(session.feed.at(0), progress(session))
        _, predicted, target = method._predict(x)
        tokens = vit.tokens(for_teacher(session, x, 8 * side))[:, 1:]
    assert predicted.shape == target.shape == (8, side * side, 128)
    torch.testing.assert_close(target, torch.nn.functional.layer_norm(tokens, (128,)), rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(out.features, session.method.backbone.dense(x).mean((2, 3)), rtol=1e-4, atol=1e-4)


def test_a_run_needs_the_file_only_when_it_starts(file: Path, tmp_path: Path) -> None:
    config = student({"weights": str(file)})
    folder = tmp_path / "run"
    folder.mkdir()
    train(config, lambda event: None, Control(), folder)
    file.unlink()
    method, again = load_method(folder)
    teacher = again.method.values()["teacher"]
    assert (teacher["weights"], teacher["backbone"]["name"], teacher["size"]) == (str(file), "vit_micro", 0)
    torch.testing.assert_close(method.get_buffer("teacher.mean"), torch.tensor(IMAGENET[0]))
    with pytest.raises(ConfigError, match=r"method.teacher.weights must be a file that exists"):
        student({"weights": str(file)})


@pytest.mark.parametrize(
    ("name", "encoder"),
    [
        ("timm/vit_small_patch14_dinov2.lvd142m", "timm/vit_small_patch14_dinov2"),
        ("timm/vit_small_patch16_dinov3.lvd1689m", "timm/vit_small_patch16_dinov3"),
        ("timm/vit_base_patch32_clip_224.openai", "timm/vit_base_patch32_clip_224"),
        ("torchvision/resnet50.IMAGENET1K_V2", "torchvision/resnet50"),
    ],
)
def test_a_published_name_tells_its_encoder_and_a_machine_without_network_says_so_in_a_line(
    name: str, encoder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("timm")
    config = student(name)
    assert config.method.values()["teacher"]["backbone"]["name"] == encoder

    def offline(*given: object) -> Path:
        raise published_module.DownloadError("no network")

    monkeypatch.setattr(published_module, "download", offline)
    with pytest.raises(
        ConfigError, match=r"^method.teacher.weights must be weights that lie on this machine .*no network.*Connect"
    ) as error:
        fetch_all_weights(config)
    assert "\n" not in str(error.value)


def test_a_dinov2_file_is_recognised(tmp_path: Path) -> None:
    """Names and shapes of dinov2/models/vision_transformer.py, ViT-S/14."""
    file = {"cls_token": torch.zeros(1, 1, 384), "pos_embed": torch.zeros(1, 1370, 384), "mask_token": torch.zeros(1, 384)}
    file |= {"patch_embed.proj.weight": torch.zeros(384, 3, 14, 14), "blocks.0.ls1.gamma": torch.zeros(384)}
    torch.save(file, tmp_path / "dinov2_vits14_pretrain.pth")
    teacher = student(str(tmp_path / "dinov2_vits14_pretrain.pth")).method.values()["teacher"]
    assert teacher["backbone"]["name"] == "timm/vit_small_patch14_dinov2"


def test_what_cannot_teach(file: Path, tmp_path: Path) -> None:
    torch.save({"x.weight": torch.zeros(2, 2)}, tmp_path / "other.pth")
    for teacher, message in (
        ({"run": "a", "weights": str(file)}, r"must be empty where teacher.run names a run"),
        ({"weights": "some_run"}, r"method.teacher.weights must be a file of weights or published weights. Got 'some_run'"),
        (str(tmp_path / "other.pth"), r"method.teacher.weights must be weights whose names tell their encoder"),
        ("hf-hub:owner/name", r"method.teacher.encoder must be the encoder of hf-hub:owner/name"),
    ):
        with pytest.raises(ConfigError, match=message):
            student(teacher)
    given = student({"weights": str(tmp_path / "other.pth"), "encoder": "resnet18"})
    with pytest.raises(ConfigError, match=r"method.teacher.weights must be a file with weights of this encoder"):
        prepare(given)
