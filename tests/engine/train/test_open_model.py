"""A model that exists, shown without training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from engine.backbones.build import build_backbone
from engine.backbones.recognise_encoder import recognise_encoder
from engine.config.errors import ConfigError
from engine.config.run import BackboneConfig
from engine.config.text import merge
from engine.evaluate.encoder import method_at, trained_on
from engine.events import EmbeddingDone, EvalDone, Event, RunEnded
from engine.train.control import Control
from engine.train.open_model import open_model
from engine.train.resolve import resolve
from engine.train.train_run import train
from tests.engine.methods.conftest import one_thread

__all__ = ["one_thread"]


@pytest.fixture(scope="module")
def vit_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of a small ViT with patches of 8 px, for images of 32 px."""
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("models") / "mine.safetensors"
    save_file(build_backbone(BackboneConfig(name="vit_micro", patch=8), 32).state_dict(), path)
    return path


def test_a_model_is_shown_beside_itself_untrained(vit_file: Path, tmp_path: Path) -> None:
    opened = open_model(str(vit_file), "shapes")
    assert (opened.settings["name"], opened.size) == ("mine.safetensors · shapes", 32)
    assert "ImageNet" in opened.normalisation
    small: dict[str, Any] = {
        "data": {"count": 64},
        "train": {"device": "cpu"},
        "monitor": {"embed_images": 16, "pictures": False},
    }
    folder = tmp_path / "run"
    folder.mkdir()
    events: list[Event] = []
    train(resolve(merge(dict(opened.settings), small)), events.append, Control(), folder)
    assert [event.state for event in events if isinstance(event, RunEnded)] == ["finished"]
    assert [event.epoch for event in events if isinstance(event, EvalDone)] == [0, 1]
    drawn, shown = (event.features for event in events if isinstance(event, EmbeddingDone))
    assert abs(drawn - shown).max() > 0.01
    # The model's weights, as they are in the file, and before them those that its architecture is drawn with.
    trained, _ = method_at(folder)
    untrained, _ = method_at(folder, 0)
    torch.manual_seed(1)
    source = build_backbone(BackboneConfig(name="vit_micro", patch=8), 32)
    for name, value in source.state_dict().items():
        assert torch.equal(trained.encoder.state_dict()[name], value), name
    name = "blocks.0.attn.qkv.weight"
    assert not torch.equal(untrained.encoder.state_dict()[name], source.state_dict()[name])
    seen = trained_on(folder)
    assert seen is not None
    assert seen.mean.tolist() == pytest.approx([0.485, 0.456, 0.406])


def test_encoders_are_recognised_by_names_and_shapes() -> None:
    from torchvision.models import resnet18, resnet50

    with torch.device("meta"):
        states = {"a": resnet18().state_dict(), "b": resnet50().state_dict()}
        small = resnet18()
        small.conv1 = torch.nn.Conv2d(3, 64, 3, bias=False)
        vit = build_backbone(BackboneConfig(name="torchvision/vit_b_16"), 224).state_dict()
    assert recognise_encoder(states["a"]).settings == {"name": "torchvision/resnet18"}
    prefixed = {"state_dict": {f"module.encoder_q.{name}": value for name, value in states["b"].items()}}
    assert (recognise_encoder(prefixed).settings, recognise_encoder(prefixed).size) == ({"name": "torchvision/resnet50"}, 224)
    assert recognise_encoder(small.state_dict()).settings == {"name": "resnet18", "stem": "small", "least_map": 1}
    encoder = recognise_encoder({"model": vit})
    assert (encoder.settings, encoder.size) == ({"name": "torchvision/vit_b_16", "patch": 16}, 224)
    dinov2 = {**vit, "blocks.0.ls1.gamma": torch.zeros(768, device="meta")}
    assert recognise_encoder(dinov2).settings == {"name": "timm/vit_base_patch16_dinov2"}
    with pytest.raises(ConfigError, match=r"Name its encoder: --backbone timm/NAME"):
        recognise_encoder({"stages.0.weight": torch.zeros(3)})


def test_the_size_of_a_published_model_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("timm")
    monkeypatch.setattr("engine.train.open_model.fetched", lambda weights, progress: Path("none"))
    opened = open_model("timm/vit_small_patch14_dinov2.lvd142m", "shapes", name="mine")
    assert (opened.size, opened.settings["name"]) == (224, "mine")
    assert opened.settings["backbone"]["name"] == "timm/vit_small_patch14_dinov2"
    assert open_model("timm/resnet18.a1_in1k", "shapes", size=64).size == 64


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a run \(its folder or its name"):
        open_model(str(tmp_path / "nothing"), "shapes")
    with pytest.raises(ConfigError, match=r"a file that exists"):
        open_model(str(tmp_path / "nothing.pth"), "shapes")
