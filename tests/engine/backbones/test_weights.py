"""Weights to start from: files with the names of published projects, hostile ones, and what does not fit."""

from __future__ import annotations

import argparse
import pickle
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.backbones.build import build_backbone
from engine.backbones.weights import Fitted, checked, fit_weights, read_weights
from engine.config.errors import ConfigError
from engine.config.run import BackboneConfig, RunConfig
from engine.evaluate.encoder import load_encoder, method_at
from engine.evaluate.layouts import _torchvision_vit_name
from engine.events import Event, Warned
from engine.train.control import Control
from engine.train.train_run import train
from tests.engine.methods.conftest import one_thread, small

__all__ = ["one_thread", "small"]
Small = Callable[..., RunConfig]
State = dict[str, Tensor]


@pytest.fixture(scope="module")
def resnet() -> nn.Module:
    """torchvision's ResNet-18, which the official PyTorch codes of ResNets have as theirs, by these names."""
    from torchvision.models import resnet18

    torch.manual_seed(3)
    return resnet18().eval()


@pytest.fixture
def encoder() -> Backbone:
    """The encoder of a config, drawn otherwise."""
    torch.manual_seed(4)
    return build_backbone(BackboneConfig(name="resnet18", stem="imagenet", least_map=1), 64).eval()


def vit(seed: int, size: int = 32) -> Backbone:
    """A small ViT with the names of timm, DINO and MAE."""
    torch.manual_seed(seed)
    return build_backbone(BackboneConfig(name="vit_micro", patch=8), size).eval()


def start_weights(path: str, backbone: Backbone, partial: bool) -> Fitted:
    """The weights of a file for an encoder."""
    return checked(fit_weights(read_weights(Path(path)), backbone), path, partial)


def under(start: str, state: Mapping[str, Tensor]) -> State:
    """A state whose names begin with `start`."""
    return {f"{start}{name}": value for name, value in state.items()}


def other(state: Mapping[str, Tensor]) -> State:
    """Another state with the same names and shapes."""
    return {name: torch.rand_like(value.float()) for name, value in state.items()}


HEAD = {"weight": torch.zeros(4, 512), "bias": torch.zeros(4)}


def layouts(state: State) -> dict[str, Mapping[str, Any]]:
    """Files of a ResNet by the names of each project: what `torch.save` is called with in its code."""
    body = {name: value for name, value in state.items() if not name.startswith("fc.")}
    index = {"conv1": "0", "bn1": "1", "layer1": "4", "layer2": "5", "layer3": "6", "layer4": "7"}
    listed = {f"{index[name.split('.')[0]]}.{name.partition('.')[2]}": value for name, value in body.items()}
    return {
        # moco/main_moco.py, moco/builder.py
        "MoCo v1 or v2": {
            "epoch": 200,
            "arch": "resnet18",
            "state_dict": {
                **under("module.encoder_k.", other(body)),
                **under("module.encoder_q.", body),
                **under("module.encoder_q.fc.0.", HEAD),
                "module.queue": torch.zeros(128, 64),
            },
        },
        # moco-v3/main_moco.py
        "MoCo v3": {
            "state_dict": {
                **under("module.base_encoder.", body),
                **under("module.base_encoder.fc.0.", HEAD),
                **under("module.momentum_encoder.", other(body)),
                **under("module.predictor.0.", HEAD),
            }
        },
        # swav: the published file is the state itself
        "SwAV": {
            **under("module.", body),
            **under("module.projection_head.0.", HEAD),
            "module.prototypes.weight": torch.zeros(30, 128),
        },
        # barlowtwins/main.py (checkpoint.pth), vicreg/main_vicreg.py (model.pth)
        "a backbone beside its head (Barlow Twins, VICReg, solo-learn, mmselfsup, Lightning)": {
            "epoch": 1,
            "model": {**under("module.backbone.", body), **under("module.projector.0.", HEAD)},
        },
        # solo-learn: Lightning's file
        "solo-learn": {
            "pytorch-lightning_version": "2.0",
            "state_dict": {
                **under("momentum_backbone.", other(body)),
                **under("backbone.", body),
                **under("projector.0.", HEAD),
                **under("classifier.", HEAD),
            },
        },
        # lightly's examples: nn.Sequential(*list(resnet.children())[:-1])
        "lightly": {"state_dict": {**under("backbone.", listed), **under("projection_head.layers.0.", HEAD)}},
        # barlowtwins/resnet50.pth, vicreg/resnet50.pth, torchvision, with its classifier
        "an encoder alone": state,
    }


def more_layouts(state: State) -> dict[str, Mapping[str, Any]]:
    """The same of projects that keep a second network of the same names, whose weights are not those that they evaluate."""
    body = {name: value for name, value in state.items() if not name.startswith("fc.")}
    return {
        # lightly/benchmarks/imagenet/resnet50/dino.py evaluates `backbone`, its teacher
        "lightly, DINO": {
            "pytorch-lightning_version": "2.0",
            "state_dict": {
                **under("backbone.", body),
                **under("student_backbone.", other(body)),
                **under("student_projection_head.layers.0.", HEAD),
            },
        },
        # lightly/benchmarks/imagenet/resnet50/byol.py evaluates `backbone`, its student
        "lightly, BYOL": {"state_dict": {**under("teacher_backbone.", other(body)), **under("backbone.", body)}},
        # mmselfsup/models/algorithms/byol.py: target_net = CosineEMA(nn.Sequential(backbone, neck))
        "mmselfsup's BYOL": {
            "meta": {"epoch": 200},
            "state_dict": {
                **under("backbone.", body),
                **under("neck.fc0.", HEAD),
                **under("target_net.module.0.", other(body)),
                "target_net.steps": torch.tensor(5),
            },
        },
        # mmselfsup/models/algorithms/moco.py: encoder_q = nn.Sequential(backbone, neck)
        "MoCo v1 or v2": {
            "state_dict": {**under("encoder_k.0.", other(body)), **under("encoder_q.0.", body), "queue": torch.zeros(128, 64)}
        },
        # byol_pytorch/byol_pytorch.py: `net` and `online_encoder.net` are one network
        "BYOL": {
            **under("target_encoder.net.", other(state)),
            **under("net.", state),
            **under("online_encoder.net.", state),
            **under("online_encoder.projector.0.", HEAD),
        },
        # stable-pretraining/benchmarks/cifar10/byol-resnet18.py: spt.TeacherStudentWrapper(backbone)
        "stable-pretraining": {
            "pytorch-lightning_version": "2.5",
            "state_dict": {**under("backbone.student.", other(body)), **under("backbone.teacher.", body)},
        },
        # solo/methods/base.py with method=dino or byol: BaseMomentumMethod
        "solo-learn": {"state_dict": {**under("momentum_backbone.", other(body)), **under("backbone.", body)}},
    }


@pytest.mark.parametrize("project", list(more_layouts({})))
def test_the_network_that_a_project_evaluates_is_taken(project: str, resnet: nn.Module, encoder: Backbone) -> None:
    fitted = fit_weights(more_layouts(resnet.state_dict())[project], encoder)
    assert fitted.layout == {"lightly, DINO": "lightly", "lightly, BYOL": "lightly"}.get(project, project)
    assert not fitted.partial
    for name, value in fitted.state.items():
        assert torch.equal(value, resnet.state_dict()[name.removeprefix("net.")]), name


@pytest.mark.parametrize("project", list(layouts({})))
def test_a_resnet_by_the_names_of_a_project(project: str, resnet: nn.Module, encoder: Backbone) -> None:
    fitted = fit_weights(layouts(resnet.state_dict())[project], encoder)
    assert (fitted.layout, fitted.partial, fitted.resized) == (project, False, ())
    encoder.load_state_dict(dict(fitted.state), strict=True)
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    taken: list[Tensor] = []
    hook = resnet.avgpool.register_forward_hook(lambda module, given, out: taken.append(out.flatten(1)))  # type: ignore[union-attr]
    with torch.no_grad():
        resnet(images)
        hook.remove()
        assert (encoder(images) - taken[0]).abs().max() < 1e-5


def _renamed(name: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for ours, theirs in pairs:
        name = re.sub(ours, theirs, name)
    return name


def _chunked(name: str) -> str:
    return _renamed(name, ((r"^blocks\.([0-2])\.", r"blocks.0.\1."), (r"^blocks\.([3-5])\.", r"blocks.1.\1.")))


def _mm(name: str) -> str:
    pairs = (
        (r"^norm\.", "ln1."),
        (r"^patch_embed\.proj\.", "patch_embed.projection."),
        (r"^blocks\.", "layers."),
        (r"\.norm(\d)\.", r".ln\1."),
        (r"\.mlp\.fc1\.", ".ffn.layers.0.0."),
        (r"\.mlp\.fc2\.", ".ffn.layers.1."),
    )
    return _renamed(name, pairs)


def _hugging_face(state: State) -> State:
    pairs = (
        (r"^(cls_token)$", r"embeddings.\1"),
        (r"^pos_embed$", "embeddings.position_embeddings"),
        (r"^patch_embed\.proj\.", "embeddings.patch_embeddings.projection."),
        (r"^norm\.", "layernorm."),
        (r"^blocks\.(\d)\.norm1\.", r"encoder.layer.\1.layernorm_before."),
        (r"^blocks\.(\d)\.norm2\.", r"encoder.layer.\1.layernorm_after."),
        (r"^blocks\.(\d)\.mlp\.fc1\.", r"encoder.layer.\1.intermediate.dense."),
        (r"^blocks\.(\d)\.mlp\.fc2\.", r"encoder.layer.\1.output.dense."),
        (r"^blocks\.(\d)\.attn\.proj\.", r"encoder.layer.\1.attention.output.dense."),
    )
    made: State = {}
    for name, value in state.items():
        block = re.fullmatch(r"blocks\.(\d)\.attn\.qkv\.(weight|bias)", name)
        if block is None:
            made[_renamed(name, pairs)] = value
        else:
            for part, piece in zip(("query", "key", "value"), value.chunk(3), strict=True):
                made[f"encoder.layer.{block[1]}.attention.attention.{part}.{block[2]}"] = piece.clone()
    return made


def vit_layouts(state: State) -> dict[str, Mapping[str, Any]]:
    """Files of a ViT by the names of each project."""
    head = {"mlp.0.weight": torch.zeros(4, 128), "last_layer.weight_v": torch.zeros(4, 4)}
    return {
        # dino/main_dino.py: the teacher is what is evaluated
        "DINO": {
            "student": {**under("module.backbone.", other(state)), **under("module.head.", head)},
            "teacher": {**under("backbone.", state), **under("head.", head)},
            "args": argparse.Namespace(arch="vit_small", patch_size=8),
        },
        # mae/main_pretrain.py
        "MAE": {
            "model": {
                **state,
                "mask_token": torch.zeros(1, 1, 64),
                "decoder_pos_embed": torch.zeros(1, 17, 64),
                "decoder_blocks.0.norm1.weight": torch.zeros(64),
            },
            "args": argparse.Namespace(mask_ratio=0.75),
        },
        # dinov2/models/vision_transformer.py with block_chunks > 0
        "DINOv2": {"teacher": under("backbone.", {_chunked(name): value for name, value in state.items()})},
        # torchvision/models/vision_transformer.py, and MAEBackbone.from_vit of lightly's examples
        "torchvision": under("backbone.", {_torchvision_vit_name(name): value for name, value in state.items()}),
        # mmselfsup/tools/model_converters/mmcls2timm.py, and mmpretrain/models/backbones/vision_transformer.py
        "mmselfsup or mmpretrain": {"state_dict": under("backbone.", {_mm(name): value for name, value in state.items()})},
        # transformers/models/vit/modeling_vit.py, as ViTForImageClassification and ViTMAEForPreTraining hold it
        "Hugging Face": under("vit.", _hugging_face(state)),
        # timm and deit
        "an encoder alone": {"model": {**state, "head.weight": torch.zeros(10, 128), "head.bias": torch.zeros(10)}},
    }


@pytest.mark.parametrize("project", list(vit_layouts({})))
def test_a_vit_by_the_names_of_a_project(project: str, tmp_path: Path) -> None:
    source, mine = vit(1), vit(2)
    path = tmp_path / "checkpoint.pth"
    torch.save(vit_layouts(source.state_dict())[project], path)
    fitted = start_weights(str(path), mine, partial=False)
    assert (fitted.layout, fitted.missing, fitted.other_shape) == (project, (), ())
    mine.load_state_dict(dict(fitted.state), strict=True)
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert (mine(images) - source(images)).abs().max() < 1e-5


def test_ijepa_has_no_class_token_and_is_taken_in_part_alone(tmp_path: Path) -> None:
    source, mine = vit(1), vit(2)
    body = {name: value for name, value in source.state_dict().items() if name not in ("cls_token", "pos_embed")}
    body["pos_embed"] = source.state_dict()["pos_embed"][:, 1:]
    # ijepa/src/helper.py, train.py
    predictor = under("module.predictor_", body)
    networks = {"encoder": under("module.", other(body)), "predictor": predictor, "target_encoder": under("module.", body)}
    torch.save(networks, tmp_path / "jepa.pth.tar.pth")
    with pytest.raises(ConfigError, match=r"Not in the file: cls_token\. .*Set backbone.partial=true"):
        start_weights(str(tmp_path / "jepa.pth.tar.pth"), mine, partial=False)
    fitted = start_weights(str(tmp_path / "jepa.pth.tar.pth"), mine, partial=True)
    assert fitted.of == "target_encoder.module"
    assert torch.equal(fitted.state["blocks.3.attn.qkv.weight"], source.state_dict()["blocks.3.attn.qkv.weight"])
    assert torch.equal(fitted.state["pos_embed"][:, 1:], source.state_dict()["pos_embed"][:, 1:])
    assert torch.equal(fitted.state["cls_token"], mine.state_dict()["cls_token"])


def test_positions_of_another_size_are_interpolated(tmp_path: Path) -> None:
    source, mine = vit(1, 64), vit(2, 32)
    save_file(source.state_dict(), tmp_path / "vit.safetensors")
    fitted = start_weights(str(tmp_path / "vit.safetensors"), mine, partial=False)
    assert fitted.resized == ("pos_embed 8 x 8 to 4 x 4",)
    assert "Position embeddings were interpolated" in fitted.report()
    mine.load_state_dict(dict(fitted.state))
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert (mine(images) - source(images)).abs().max() < 1e-5  # the source interpolates for small images, too


def test_dinov2_with_registers_opens_in_timm_s_network() -> None:
    pytest.importorskip("timm")
    from tests.engine.backbones.test_library_encoder import vit_with_registers

    source, mine = vit_with_registers(), vit_with_registers()
    state = {name.replace("reg_token", "register_tokens"): torch.randn_like(value) for name, value in source.state_dict().items()}
    first = torch.randn(1, 1, source.dim)
    # dinov2/models/vision_transformer.py adds a position to the class token, too.
    file = {**state, "pos_embed": torch.cat([first, state["pos_embed"]], dim=1), "mask_token": torch.zeros(1, source.dim)}
    fitted = fit_weights(file, mine)
    assert (fitted.layout, fitted.partial) == ("DINOv2 with registers", False)
    assert torch.allclose(fitted.state["cls_token"], state["cls_token"] + first)
    assert torch.equal(fitted.state["reg_token"], state["register_tokens"])
    assert torch.allclose(fitted.state["pos_embed"], state["pos_embed"])


def test_dinov3_opens_in_timm_s_network() -> None:
    pytest.importorskip("timm")
    torch.manual_seed(5)
    source = build_backbone(BackboneConfig(name="timm/vit_small_patch16_dinov3"), 32).eval()
    mine = source.another().eval()  # type: ignore[attr-defined]
    file: State = {}
    for name, value in source.state_dict().items():
        value = value + 0.02 * torch.randn_like(value)
        source.state_dict()[name].copy_(value)
        pairs = ((r"^net\.", ""), (r"gamma_(\d)$", r"ls\1.gamma"), (r"^reg_token$", "storage_tokens"))
        file[_renamed(name, pairs)] = value
    dim = source.dim
    for block in range(12):
        file[f"blocks.{block}.attn.qkv.bias"] = torch.zeros(3 * dim)
        file[f"blocks.{block}.attn.qkv.bias_mask"] = torch.ones(3 * dim)
    # dinov3/models/vision_transformer.py
    file |= {"mask_token": torch.zeros(1, dim), "rope_embed.periods": torch.ones(16)}
    fitted = fit_weights({"teacher": under("backbone.", file)}, mine)
    assert (fitted.layout, fitted.partial) == ("DINOv3", False)
    mine.load_state_dict(dict(fitted.state))
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert (mine(images) - source(images)).abs().max() < 1e-5


# Refusals


def test_a_shape_that_differs_is_refused_and_named(tmp_path: Path) -> None:
    state = vit(1).state_dict()
    state["blocks.0.mlp.fc1.weight"] = torch.zeros(3, 3)
    save_file(state, tmp_path / "vit.safetensors")
    with pytest.raises(ConfigError, match=r"Of another shape: blocks.0.mlp.fc1.weight \(3, 3\) in place of \(512, 128\)"):
        start_weights(str(tmp_path / "vit.safetensors"), vit(2), partial=False)


def test_weights_of_another_encoder(encoder: Backbone) -> None:
    with pytest.raises(ConfigError, match=r"a file with weights of this encoder\. .*first name in the file is"):
        fit_weights(vit(1).state_dict(), encoder)


class Payload:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def test_code_in_a_file_is_not_run(tmp_path: Path) -> None:
    for name, save in (
        ("zip.pth", torch.save),
        ("old.pth", partial(torch.save, _use_new_zipfile_serialization=False)),
        ("plain.pt", lambda value, path: path.write_bytes(pickle.dumps(value))),
    ):
        save({"state_dict": {"conv1.weight": torch.zeros(1)}, "x": Payload(tmp_path / "done")}, tmp_path / name)  # type: ignore[operator]
        with pytest.raises(ConfigError, match=r"backbone.weights must be a file of tensors and plain values"):
            read_weights(tmp_path / name)
    assert not (tmp_path / "done").exists()


class Settings(dict[str, Any]):
    """Settings as Lightning and Hydra keep them: an object beside the weights."""

    loaded: ClassVar[list[str]] = []

    def __setstate__(self, state: object) -> None:
        self.loaded.append("a class of the file was used")


def test_objects_beside_the_weights_are_left_out(resnet: nn.Module, encoder: Backbone, tmp_path: Path) -> None:
    settings = Settings(rate=0.1, where=Path("/data"))
    settings.kept = True  # type: ignore[attr-defined]
    path = tmp_path / "epoch=99.ckpt"
    names = {f"backbone.{name}": value for name, value in resnet.state_dict().items()}
    torch.save({"state_dict": names, "hyper_parameters": settings, "best": np.float64(0.5)}, path)
    fitted = fit_weights(read_weights(path), encoder)
    assert torch.equal(fitted.state["net.conv1.weight"], resnet.state_dict()["conv1.weight"])
    assert Settings.loaded == []


def test_a_file_in_the_format_before_pytorch_1_6(resnet: nn.Module, encoder: Backbone, tmp_path: Path) -> None:
    for number, options in enumerate((argparse.Namespace(arch="resnet18"), Settings(rate=0.1))):
        path = tmp_path / f"{number}.pth.tar"
        torch.save({"state_dict": resnet.state_dict(), "args": options}, path, _use_new_zipfile_serialization=False)
        assert not fit_weights(read_weights(path), encoder).partial


@pytest.mark.parametrize("key", ["", "model"])
def test_a_model_that_was_saved_whole_gives_its_weights(key: str, resnet: nn.Module, encoder: Backbone, tmp_path: Path) -> None:
    torch.save({key: resnet, "epoch": 3} if key else resnet, tmp_path / "model.pth.tar")
    read = read_weights(tmp_path / "model.pth.tar")
    table = read[key] if key else read
    assert table.keys() == resnet.state_dict().keys()
    assert all(torch.equal(table[name], value) for name, value in resnet.state_dict().items())
    assert not fit_weights(read, encoder).partial


def test_damaged_and_missing_files(tmp_path: Path) -> None:
    (tmp_path / "huge.safetensors").write_bytes((2**62).to_bytes(8, "little") + b"{}")
    with pytest.raises(ConfigError, match=r"a safetensors file that is whole"):
        read_weights(tmp_path / "huge.safetensors")
    (tmp_path / "cut.pth").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(ConfigError, match=r"It is damaged, cut off or of another kind"):
        read_weights(tmp_path / "cut.pth")
    with pytest.raises(ConfigError, match=r"a file that exists"):
        read_weights(tmp_path / "none.pth")
    with pytest.raises(ConfigError, match=r"a file that ends in"):
        read_weights(tmp_path / "weights.npz")
    torch.save([torch.zeros(1)], tmp_path / "list.pt")
    with pytest.raises(ConfigError, match=r"a table of weights by name"):
        read_weights(tmp_path / "list.pt")


# A run


@pytest.mark.parametrize("method", ["simclr", "dino", "mae"])
def test_a_run_begins_with_the_weights_and_then_does_not_need_the_file(method: str, small: Small, tmp_path: Path) -> None:
    source, path, folder = vit(1), tmp_path / "vit.safetensors", tmp_path / "run"
    save_file(source.state_dict(), path)
    folder.mkdir()
    changes = {
        "backbone": {"name": "vit_micro", "patch": 8, "weights": str(path)},
        "train": {"steps": 1, "batch": 16},
        "monitor": {"pictures": False, "embed_images": 0},
    }
    events: list[Event] = []
    train(small(method, changes), events.append, Control(), folder)
    assert any(isinstance(event, Warned) and "weights of the encoder were taken" in event.message for event in events)
    path.unlink()
    started, _ = method_at(folder, 0)
    for name, value in started.encoder.state_dict().items():
        # MAE's positions are fixed.
        if name != "pos_embed" or method != "mae":
            assert torch.equal(value, source.state_dict()[name]), name
    trained, _ = load_encoder(folder)
    moved = trained.state_dict()["blocks.0.attn.qkv.weight"] - source.state_dict()["blocks.0.attn.qkv.weight"]
    assert moved.abs().max() < 0.05  # one step away from the start, not drawn anew


OWN_ENCODERS = (
    *("resnet10_narrow", "resnet18", "vit_micro", "convvit_micro", "pixel_encoder"),
    *("torchvision/mobilenet_v3_small", "torchvision/squeezenet1_1", "torchvision/shufflenet_v2_x0_5", "timm/crossvit_tiny_240"),
)


@pytest.mark.parametrize("start", ["", "module.encoder_q."])
@pytest.mark.parametrize("name", OWN_ENCODERS)
def test_an_encoder_begins_with_weights_of_its_own_kind(name: str, start: str) -> None:
    """Whatever its stem is called: what another project calls so is not taken for it."""
    given, own = (build_backbone(BackboneConfig(name=name), 240 if "240" in name else 64) for _ in range(2))
    state = {name.removeprefix("net."): value for name, value in given.state_dict().items()}
    fitted = fit_weights({f"{start}{name}": value for name, value in state.items()}, own)
    assert not fitted.missing
    assert not fitted.other_shape
    for key, value in given.state_dict().items():
        assert torch.equal(fitted.state[key], value), key
