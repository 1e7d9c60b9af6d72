"""Encoders of timm and torchvision by name: against the libraries' own networks, trained, resumed, refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from engine.backbones import library_net
from engine.backbones.backbone import Backbone
from engine.backbones.build import build_backbone
from engine.backbones.library_encoder import LibraryBackbone, measured_row
from engine.backbones.library_net import Build
from engine.backbones.timm_vit import TimmVisionTransformer
from engine.backbones.vit import Fill
from engine.config import encoder_table
from engine.config.encoder_table import encoder_row, encoder_rows
from engine.config.errors import ConfigError
from engine.config.run import BackboneConfig, RunConfig
from engine.evaluate.dense_training import step_draws
from engine.evaluate.export_encoder import export_safetensors, load_with
from engine.evaluate.layouts import layout, libraries_of
from engine.events import Event, StepDone
from engine.methods.build_method import build_method
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.setup import prepare
from engine.train.train_run import resume, train
from tests.engine.evaluate.test_export_encoder import moved
from tests.engine.methods.conftest import one_thread, small

__all__ = ["one_thread", "small"]
timm = pytest.importorskip("timm")
Small = Callable[..., RunConfig]

# Plain, depthwise, with a normalisation or a convolution after the pooling, hybrid, tokens; and the size of their views.
ENCODERS = [
    ("timm/test_resnet", 32),
    ("timm/mobilenetv4_conv_small", 32),
    ("timm/test_convnext", 32),
    ("timm/test_vit", 32),
    ("timm/test_vit2", 32),
    ("timm/edgenext_xx_small", 64),
    ("torchvision/shufflenet_v2_x0_5", 32),
    ("torchvision/mnasnet0_5", 32),
    ("torchvision/squeezenet1_1", 32),
    ("torchvision/mobilenet_v3_small", 32),
]


def built(name: str, size: int = 32, **options: object) -> Backbone:
    """An encoder whose weights are a function of its name."""
    torch.manual_seed(0)
    return build_backbone(BackboneConfig(name=name, **options), size)  # type: ignore[arg-type]


def images(size: int, count: int = 3) -> Tensor:
    """Images of noise."""
    return torch.randn(count, 3, size, size, generator=torch.Generator().manual_seed(1))


def vit_with_registers(size: int = 32, **options: object) -> TimmVisionTransformer:
    """A small ViT with four registers, positions of the patches alone, layer scale."""
    given = {"img_size": size, "dynamic_img_size": True, "patch_size": 8, "depth": 2, "reg_tokens": 4, "no_embed_class": True}
    torch.manual_seed(0)
    return TimmVisionTransformer(Build("timm", "vit_tiny_patch16_224", size, 224, {**given, "init_values": 0.1, **options}))


@pytest.mark.parametrize(("name", "size"), ENCODERS)
def test_state_loads_strictly_into_the_library_s_network_with_the_same_features(name: str, size: int, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    net = moved(built(name, size))
    library = name.partition("/")[0]
    assert libraries_of(net)[0] == library  # type: ignore[arg-type]
    exported = layout(net, library)  # type: ignore[arg-type]
    save_file(dict(exported.state), tmp_path / "net.safetensors")
    other = load_with(exported.lines.format(file=str(tmp_path / "net.safetensors")))
    assert other is not None
    assert type(other).__module__.startswith(library)
    with torch.no_grad():
        expected = net(images(size))
        assert expected.shape == (3, net.dim)
        assert (other(images(size)).flatten(1) - expected).abs().max() <= 1e-5 * expected.abs().max()


@pytest.mark.parametrize(("name", "size"), ENCODERS)
def test_maps_are_as_wide_as_the_features_and_as_fine_as_asked(name: str, size: int) -> None:
    net = built(name, size).eval()
    with torch.no_grad():
        assert net.dense(images(size)).shape[:2] == (3, net.dim)
        finer = net.dense(images(size), least=3)
    assert finer.shape[1] == net.dim
    # The patches of a ViT that can be masked are its cells, whatever is asked for.
    assert finer.shape[-1] >= 3 or isinstance(net, TimmVisionTransformer)


@pytest.mark.parametrize("name", ["timm/test_resnet", "torchvision/shufflenet_v2_x0_5"])
def test_the_mean_of_the_map_of_a_plain_network_is_its_features(name: str) -> None:
    net = built(name, 64).eval()
    with torch.no_grad():
        cells, features = net.dense(images(64)), net(images(64))
    assert cells.shape[-1] == 2
    assert torch.allclose(cells.mean((2, 3)), features, atol=1e-5)


def test_another_is_drawn_anew_and_a_copy_is_the_same() -> None:
    for net in (built("timm/test_convnext").eval(), built("timm/test_vit").eval()):
        with torch.no_grad():
            features, copied, another = net(images(32)), copy.deepcopy(net)(images(32)), net.another().eval()(images(32))
        assert torch.equal(features, copied)
        assert another.shape == features.shape
        assert not torch.allclose(another, features)


@pytest.mark.parametrize("name", ["timm/test_efficientnet", "timm/test_vit", "torchvision/efficientnet_b0"])
def test_weights_are_a_function_of_the_seed_alone(name: str) -> None:
    first, second = built(name), built(name)
    assert all(torch.equal(a, b) for a, b in zip(first.state_dict().values(), second.state_dict().values(), strict=True))


# Tokens


@pytest.mark.parametrize("size", [32, 48])
def test_tokens_are_timm_s_own_without_registers(size: int) -> None:
    vit = vit_with_registers().eval()
    net = timm.create_model(
        "vit_tiny_patch16_224",
        num_classes=0,
        img_size=32,
        dynamic_img_size=True,
        patch_size=8,
        depth=2,
        reg_tokens=4,
        no_embed_class=True,
        init_values=0.1,
    )
    net.load_state_dict(vit.state_dict(), strict=True)
    with torch.no_grad():
        theirs = net.eval().forward_features(images(size))
        ours = vit.tokens(images(size))
    assert ours.shape[1] == 1 + (size // 8) ** 2
    assert torch.allclose(ours[:, 0], theirs[:, 0], atol=1e-6)
    assert torch.allclose(ours[:, 1:], theirs[:, 5:], atol=1e-6)


@pytest.mark.parametrize("make", [vit_with_registers, lambda: built("timm/test_vit", 64)], ids=["registers", "plain"])
def test_patches_left_out_or_replaced_are_not_seen(make: Callable[[], TimmVisionTransformer]) -> None:
    vit = make().eval()
    x, patch = images(vit.size), vit.patch
    changed = x.clone()
    changed[:, :, :patch, :patch] = 5.0  # patch 0
    keep = torch.arange(1, vit.side**2).expand(3, -1)
    fill = Fill(torch.zeros(3, vit.side**2, dtype=torch.bool), torch.ones(1, 1, vit.dim))
    fill.hidden[:, 0] = True
    with torch.no_grad():
        assert not torch.allclose(vit.tokens(x), vit.tokens(changed))
        assert vit.tokens(x, keep).shape == (3, vit.side**2, vit.dim)
        assert torch.equal(vit.tokens(x, keep), vit.tokens(changed, keep))
        assert torch.equal(vit.tokens(x, fill=fill), vit.tokens(changed, fill=fill))
        # Of a context the other patches are looked at by themselves alone: they change no other token.
        before, after = vit.tokens(x, context=keep), vit.tokens(changed, context=keep)
        assert torch.equal(before[:, [0, *range(2, vit.side**2 + 1)]], after[:, [0, *range(2, vit.side**2 + 1)]])
        assert not torch.allclose(before[:, 1], after[:, 1])
        # A kept patch keeps its position: all patches in another order are the same tokens in that order.
        order = torch.randperm(vit.side**2, generator=torch.Generator().manual_seed(0))
        assert torch.allclose(vit.tokens(x, order.expand(3, -1))[:, 1:], vit.tokens(x)[:, 1:][:, order], atol=1e-5)


def test_attention_is_that_of_the_last_block() -> None:
    vit = vit_with_registers().eval()
    taken: list[Tensor] = []
    last = vit.blocks[-1]
    last.attn.fused_attn = False  # type: ignore[union-attr]
    last.attn.attn_drop.register_forward_hook(lambda module, given, out: taken.append(out))  # type: ignore[union-attr]
    with torch.no_grad():
        attention = vit.attention(images(32))
        vit.tokens(images(32))
    assert attention.shape == (3, 3, 4, 4)
    assert torch.allclose(attention.flatten(2), taken[0][:, :, 0, 5:], atol=1e-6)


def test_pooling_by_the_mean_leaves_out_class_token_and_registers() -> None:
    vit = built("timm/test_vit", 64, pool="mean").eval()
    with torch.no_grad():
        assert torch.allclose(vit(images(64)), vit.tokens(images(64))[:, 1:].mean(1), atol=1e-6)  # type: ignore[operator]


def test_fixed_positions_are_mae_s_and_take_no_gradient() -> None:
    vit = vit_with_registers(no_embed_class=False)
    vit.fix_positions()
    assert not vit.pos_embed.requires_grad
    assert vit.pos_embed.shape == (1, 5 + 16, vit.dim)
    assert not vit.pos_embed[:, :5].any()
    # The first half of the channels is sine and cosine of the column, at the lowest rate 1 (MAE, util/pos_embed.py).
    assert vit.pos_embed[0, 5 + 3, 0].item() == pytest.approx(torch.tensor(3.0).sin().item())


# Training


@pytest.mark.parametrize(
    ("method", "name", "size"),
    [
        ("simclr", "timm/test_convnext", 32),
        ("simclr", "torchvision/mnasnet0_5", 32),
        ("dino", "timm/test_vit", 64),
        ("dino", "timm/test_resnet", 32),
        ("mae", "timm/test_vit", 64),
        *(pytest.param(method, "timm/test_vit", 64, marks=pytest.mark.slow) for method in ("ibot", "mp3", "beit")),
    ],
)
def test_training_resumes_to_the_bit(method: str, name: str, size: int, small: Small, tmp_path: Path) -> None:
    changes = {
        "backbone": {"name": name, "patch": 8 if "vit" in name else 0, "drop_path": 0.1 if "mnasnet" not in name else 0.0},
        "data": {"size": size},
        "train": {"steps": 4, "batch": 16},
        "monitor": {"pictures": False},
    }
    config = small(method, changes)
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    losses: dict[Path, dict[int, float]] = {whole: {}, halves: {}}
    for folder in losses:
        folder.mkdir()

    def keep(folder: Path, stop: Control | None = None) -> Callable[[Event], None]:
        def emit(event: Event) -> None:
            if isinstance(event, StepDone):
                losses[folder][event.step] = event.loss
                if stop is not None and event.step == 2:
                    stop.stop()

        return emit

    train(config, keep(whole), Control(), whole)
    control = Control()
    train(config, keep(halves, control), control, halves)
    resume(halves, keep(halves), Control())
    assert losses[whole] == losses[halves]
    assert len(losses[whole]) == 4


def test_views_of_a_vit_are_whole_patches(small: Small) -> None:
    config = small("simclr", {"backbone": {"name": "timm/test_vit"}, "data": {"size": 40}})
    session = prepare(config)
    assert {group.size for group in session.config.views.groups} == {48}
    assert session.config.backbone.patch == 0
    patched = prepare(small("simclr", {"backbone": {"name": "timm/test_vit", "patch": 8}, "data": {"size": 40}}))
    assert {group.size for group in patched.config.views.groups} == {40}


def test_a_run_is_exported_to_its_library(small: Small, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    changes = {"backbone": {"name": "timm/test_vit"}, "train": {"steps": 2}, "monitor": {"pictures": False}}
    train(small("simclr", changes), lambda event: None, Control(), folder)
    exported = export_safetensors(folder, tmp_path / "encoder", "timm")
    assert exported.difference is not None
    assert exported.difference <= 1e-5 * exported.scale
    assert "timm.create_model" in exported.lines


# Refusals


def test_names_that_no_library_has() -> None:
    with pytest.raises(ConfigError, match=r"an encoder of the installed timm\. .*'timm/convnext_tiny'"):
        built("timm/convnext_tinny")
    with pytest.raises(ConfigError, match=r"'torchvision/efficientnet_b0'"):
        built("torchvision/eficientnet_b0")
    with pytest.raises(ConfigError, match=r"Write 'timm/vit_base_patch16_224'"):
        resolve({"backbone": {"name": "timm/vit_base_patch16_224.augreg_in1k"}})
    with pytest.raises(
        ConfigError,
        match=r"backbone.name must be resnet10_narrow, .* Did you mean 'torchvision/convnext_tiny' or 'timm/convnext_tiny'",
    ):
        resolve({"backbone": {"name": "convnext_tiny"}})


def test_a_library_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_net, "installed", lambda library: library != "timm")
    with pytest.raises(ConfigError, match=r"timm is not\. Got 'timm/resnet10t'\. Install it: pip install timm"):
        resolve({"backbone": {"name": "timm/resnet10t"}})


def test_masking_needs_tokens() -> None:
    for name in ("timm/convnext_atto", "torchvision/swin_t"):
        with pytest.raises(ConfigError, match=r"a ViT with tokens for mae .*works on single patches inside the encoder"):
            resolve({"method": "mae", "backbone": {"name": name}})
    # One that is not in the table is measured.
    config = resolve({"method": "mae", "backbone": {"name": "timm/test_resnet"}, "views": {"groups": [{"count": 1, "size": 32}]}})
    with pytest.raises(ConfigError, match=r"a ViT with tokens for mae"):
        build_method(config)
    with pytest.raises(ConfigError, match=r"backbone.name must be a ConvViT for convmae"):
        resolve({"method": "convmae", "backbone": {"name": "timm/vit_tiny_patch16_224"}})


def test_settings_that_an_encoder_does_not_have() -> None:
    with pytest.raises(ConfigError, match=r"backbone.drop_path must be 0 for torchvision/mnasnet0_5"):
        built("torchvision/mnasnet0_5", drop_path=0.1)
    with pytest.raises(ConfigError, match=r"backbone.patch must be 0 for timm/test_resnet"):
        built("timm/test_resnet", patch=4)
    with pytest.raises(ConfigError, match=r"backbone.patch must be a divisor .* of 32 px, at most half of it\. Got 5"):
        built("timm/test_vit", patch=5)
    with pytest.raises(ConfigError, match=r"backbone.patch must be .* that of timm/vit_tiny_patch16_224 is not\. Got 16"):
        built("timm/vit_tiny_patch16_224", 24)


def test_a_size_that_an_encoder_does_not_take() -> None:
    with pytest.raises(ConfigError, match=r"views.groups.0.size must be a size that torchvision/inception_v3 takes. Got 32"):
        built("torchvision/inception_v3", 32)


@pytest.mark.parametrize(("name", "size"), [("timm/convnext_atto", 32), ("timm/levit_128s", 224)])
def test_local_views_that_an_encoder_does_not_take(small: Small, name: str, size: int) -> None:
    """Too small for its strides, or not of the one size that it takes."""
    changes = {"backbone": {"name": name}, "data": {"size": size, "count": 32}}
    with pytest.raises(ConfigError, match=rf"views\.groups\.\d\.size must be a size that {name} takes\. Got \d+"):
        prepare(small("dino", changes))
    assert prepare(small("simclr", changes)).method.backbone.dim


def test_stochastic_depth_is_that_of_the_config() -> None:
    assert not step_draws(built("torchvision/efficientnet_b0"))
    assert step_draws(built("torchvision/efficientnet_b0", drop_path=0.2))
    assert not step_draws(built("timm/test_convnext"))
    assert step_draws(built("timm/test_convnext", drop_path=0.2))


# The table


def test_the_table_holds_what_the_networks_are() -> None:
    names = ["timm/mobilenetv4_conv_small", "timm/vit_tiny_patch16_224", "torchvision/shufflenet_v2_x0_5", "timm/convnext_atto"]
    for name in names:
        row = encoder_row(name)
        assert row is not None
        net = built(name, 64).eval()
        assert row.dim == net.dim
        assert row.tokens == isinstance(net, TimmVisionTransformer)
        with torch.no_grad():
            assert net.dense(images(64)).shape[-1] == 64 // row.stride
        positions = net.pos_embed.numel() - (1 + (row.size // 16) ** 2) * net.dim if row.tokens else 0
        assert row.parameters == sum(part.numel() for part in net.parameters()) - positions
        assert row.batch_norm == any(isinstance(part, nn.BatchNorm2d) for part in net.modules())


def test_every_name_of_the_table_is_known_to_the_libraries() -> None:
    """A release of timm can drop a name; more than a few gone mean that the table must be made again."""
    known = {*library_net.library_names("timm"), *library_net.library_names("torchvision")}
    names = {row.name for row in encoder_rows()}
    assert len(names) > 30
    assert len(names - known) < 20
    assert encoder_table.search_encoders("VIT tiny patch16_224")[0].name == "timm/vit_tiny_patch16_224"


def test_what_is_not_in_the_table_is_measured() -> None:
    assert encoder_row("timm/test_vit") is None
    row = measured_row("timm/test_vit")
    assert (row.dim, row.stride, row.multiple, row.tokens) == (64, 16, 16, True)
    assert isinstance(built("timm/test_resnet"), LibraryBackbone)


def test_a_network_that_refuses_several_options_at_once_is_built_without_them() -> None:
    """HRNet of timm lists all arguments that it does not take in one message."""
    network = build_backbone(BackboneConfig(name="timm/hrnet_w18_small"), 64)
    assert isinstance(network, LibraryBackbone)
    assert network.build.options == {}
    assert network(torch.zeros(2, 3, 64, 64)).shape == (2, network.dim)
