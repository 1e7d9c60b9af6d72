"""The ViT against timm: tokens, position embeddings and attention."""

from __future__ import annotations

import math

import pytest
import torch

from engine.backbones.build import VITS, build_backbone, patch_of
from engine.backbones.vit import VisionTransformer, sincos_positions
from engine.config.errors import ConfigError
from engine.config.run import BackboneConfig


@pytest.fixture
def vit() -> VisionTransformer:
    torch.manual_seed(0)
    return VisionTransformer(16, 4, dim=24, depth=3, heads=3).eval()


@pytest.mark.parametrize("name", VITS)
def test_state_loads_into_timm_and_gives_the_same_features(name: str) -> None:
    timm = pytest.importorskip("timm.models.vision_transformer")
    dim, depth, heads = VITS[name]
    ours = build_backbone(BackboneConfig(name=name), 32).eval()
    theirs = timm.VisionTransformer(img_size=32, patch_size=4, embed_dim=dim, depth=depth, num_heads=heads, num_classes=0).eval()
    theirs.load_state_dict(ours.state_dict(), strict=True)
    images = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.allclose(ours(images), theirs(images), atol=1e-4)


def test_parameter_names_are_the_common_ones(vit: VisionTransformer) -> None:
    names = {n: tuple(p.shape) for n, p in vit.named_parameters()}
    block = {f"blocks.0.{n}": s for n, s in {
        "norm1.weight": (24,), "norm1.bias": (24,), "attn.qkv.weight": (72, 24), "attn.qkv.bias": (72,),
        "attn.proj.weight": (24, 24), "attn.proj.bias": (24,), "norm2.weight": (24,), "norm2.bias": (24,),
        "mlp.fc1.weight": (96, 24), "mlp.fc1.bias": (96,),
        "mlp.fc2.weight": (24, 96), "mlp.fc2.bias": (24,),
    }.items()}  # fmt: skip
    outside = {
        "cls_token": (1, 1, 24),
        "pos_embed": (1, 17, 24),
        "patch_embed.proj.weight": (24, 3, 4, 4),
        "patch_embed.proj.bias": (24,),
    }
    expected = {**outside, **block, "norm.weight": (24,), "norm.bias": (24,)}
    assert {n: s for n, s in names.items() if not n.startswith(("blocks.1", "blocks.2"))} == expected


def test_attention_equals_the_loops(vit: VisionTransformer) -> None:
    attention = vit.blocks[0].attn
    x = torch.randn(1, 5, 24)
    with torch.no_grad():
        q, k, v = (part.view(5, 3, 8) for part in attention.qkv(x)[0].split(24, dim=1))
        mixed = torch.zeros(5, 24)
        for head in range(3):
            for i in range(5):
                logits = [float(q[i, head] @ k[j, head]) / math.sqrt(8) for j in range(5)]
                shares = torch.tensor(logits).softmax(0)
                assert torch.allclose(attention.weights(x)[0, head, i], shares, atol=1e-6)
                mixed[i, 8 * head : 8 * head + 8] = sum(shares[j] * v[j, head] for j in range(5))
        assert torch.allclose(attention(x)[0], attention.proj(mixed), atol=1e-5)


def test_patches_are_embedded_row_by_row(vit: VisionTransformer) -> None:
    images = torch.zeros(1, 3, 16, 16)
    images[0, :, 4:8, 8:12] = 1.0  # row 1, column 2 of the 4 x 4 grid
    changed = (vit.patch_embed(images) - vit.patch_embed(torch.zeros(1, 3, 16, 16))).abs().sum(-1)[0]
    assert changed.nonzero().flatten().tolist() == [6]


def test_tokens_depend_on_kept_patches_only(vit: VisionTransformer) -> None:
    images, keep = torch.randn(2, 3, 16, 16), torch.tensor([[5, 0, 9], [2, 3, 15]])
    with torch.no_grad():
        tokens = vit.tokens(images, keep)
        assert tokens.shape == (2, 4, 24)
        hidden = images.clone()
        hidden[0, :, :4, 4:8] += 100  # patch 1 is not among image 0's kept ones
        assert torch.equal(vit.tokens(hidden, keep), tokens)
        seen = images.clone()
        seen[0, :, :4, :4] += 100  # patch 0 is
        assert not torch.equal(vit.tokens(seen, keep)[0], tokens[0])
        assert torch.equal(vit.tokens(seen, keep)[1], tokens[1])


def test_a_context_of_all_tokens_equals_no_context(vit: VisionTransformer) -> None:
    images = torch.randn(2, 3, 16, 16)
    order = torch.stack([torch.randperm(16) for _ in range(2)])
    with torch.no_grad():
        assert torch.allclose(vit.tokens(images, context=order), vit.tokens(images), atol=1e-5)


def test_attention_to_a_context_equals_the_loops(vit: VisionTransformer) -> None:
    attention = vit.blocks[0].attn
    x, context = torch.randn(2, 5, 24), torch.tensor([[3, 0], [4, 1]])
    with torch.no_grad():
        q, k, v = (part.view(2, 5, 3, 8) for part in attention.qkv(x).split(24, dim=2))
        mixed = torch.zeros(2, 5, 24)
        for n in range(2):
            for head in range(3):
                for i in range(5):
                    logits = [float(q[n, i, head] @ k[n, j, head]) / math.sqrt(8) for j in context[n]]
                    shares = torch.tensor(logits).softmax(0)
                    value = sum(share * v[n, j, head] for share, j in zip(shares, context[n], strict=True))
                    mixed[n, i, 8 * head : 8 * head + 8] = value
        assert torch.allclose(attention(x, context), attention.proj(mixed), atol=1e-5)


def test_patches_outside_the_context_change_their_own_tokens_only(vit: VisionTransformer) -> None:
    images, context = torch.randn(1, 3, 16, 16), torch.tensor([[5, 0, 9]])
    outside, inside = images.clone(), images.clone()
    outside[0, :, :4, 4:8] += 1  # patch 1
    inside[0, :, :4, :4] += 1  # patch 0
    with torch.no_grad():
        plain = vit.tokens(images, context=context)
        moved = (vit.tokens(outside, context=context) - plain).abs().sum(-1)[0]
        assert moved.nonzero().flatten().tolist() == [1 + 1]
        assert (vit.tokens(inside, context=context) - plain).abs().sum(-1).min() > 0


def test_without_positions_shuffled_patches_give_shuffled_tokens(vit: VisionTransformer) -> None:
    images, order = torch.randn(1, 3, 16, 16), torch.randperm(16)
    cut = images.unfold(2, 4, 4).unfold(3, 4, 4).reshape(1, 3, 16, 4, 4)[:, :, order]
    shuffled = cut.reshape(1, 3, 4, 4, 4, 4).permute(0, 1, 2, 4, 3, 5).reshape(1, 3, 16, 16)
    with torch.no_grad():
        assert not torch.allclose(vit.tokens(shuffled)[:, 1:], vit.tokens(images)[:, 1:][:, order], atol=1e-2)
        vit.drop_positions()
        assert torch.allclose(vit.tokens(shuffled)[:, 1:], vit.tokens(images)[:, 1:][:, order], atol=1e-5)
        assert vit.positions(8).count_nonzero() == 0  # also when interpolated
        assert not vit.pos_embed.requires_grad


def test_keeping_every_patch_in_any_order_equals_the_whole_image(vit: VisionTransformer) -> None:
    images = torch.randn(1, 3, 16, 16)
    order = torch.randperm(16)[None]
    with torch.no_grad():
        whole, shuffled = vit.tokens(images), vit.tokens(images, order)
    assert torch.allclose(shuffled[:, 0], whole[:, 0], atol=1e-5)
    assert torch.allclose(shuffled[:, 1:], whole[:, 1:][:, order[0]], atol=1e-5)


def test_positions_at_native_size_are_the_learned_ones(vit: VisionTransformer) -> None:
    assert vit.positions(4) is vit.pos_embed
    other = vit.positions(2)
    assert other.shape == (1, 5, 24)
    assert torch.equal(other[:, 0], vit.pos_embed[:, 0])


def test_other_image_sizes_are_accepted(vit: VisionTransformer) -> None:
    for size in (8, 16, 24):
        assert vit(torch.randn(2, 3, size, size)).shape == (2, 24)
        assert vit.tokens(torch.randn(1, 3, size, size)).shape == (1, 1 + (size // 4) ** 2, 24)


def test_features_are_pooled_as_set(vit: VisionTransformer) -> None:
    images = torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        tokens = vit.tokens(images)
        assert torch.equal(vit(images), tokens[:, 0])
        vit.pool = "mean"
        assert torch.allclose(vit(images), tokens[:, 1:].mean(1))


def test_the_attention_map_has_softmax_shares(vit: VisionTransformer) -> None:
    look = vit.attention(torch.randn(2, 3, 16, 16))
    assert look.shape == (2, 3, 4, 4)
    assert (look >= 0).all()
    assert (look.sum((2, 3)) < 1).all()  # the class token attends to itself too


def test_stochastic_depth_keeps_the_mean_and_is_off_in_eval_mode() -> None:
    torch.manual_seed(0)
    block = VisionTransformer(8, 4, dim=8, depth=2, heads=2, drop_path=0.5).blocks[1]
    assert block.drop_path == 0.5
    x = torch.ones(4000, 1, 8)
    block.train()
    kept = block._keep(x)
    assert set(kept.unique().tolist()) == {0.0, 2.0}
    assert kept.mean().item() == pytest.approx(1.0, abs=0.1)
    assert block.eval()._keep(x) is x


def test_sincos_equals_the_loops() -> None:
    side, dim = 3, 8
    expected = [[0.0] * dim]
    for row in range(side):
        for column in range(side):
            values = []
            for position in (column, row):
                angles = [position / 10_000 ** (i / (dim / 4)) for i in range(dim // 4)]
                values += [math.sin(a) for a in angles] + [math.cos(a) for a in angles]
            expected.append(values)
    assert torch.allclose(sincos_positions(side, dim, cls=True)[0], torch.tensor(expected), atol=1e-6)
    assert torch.allclose(sincos_positions(side, dim, cls=False)[0], torch.tensor(expected[1:]), atol=1e-6)


def test_fixed_positions_have_no_gradient(vit: VisionTransformer) -> None:
    vit.fix_positions()
    assert not vit.pos_embed.requires_grad
    assert torch.equal(vit.pos_embed, sincos_positions(4, 24, cls=True))


def test_patch_defaults_to_an_eighth_and_must_divide() -> None:
    assert patch_of(BackboneConfig(name="vit_micro"), 32) == 4
    assert patch_of(BackboneConfig(name="vit_micro", patch=8), 32) == 8
    with pytest.raises(ConfigError, match=r"backbone\.patch must be .*Got 5"):
        patch_of(BackboneConfig(name="vit_micro", patch=5), 32)
    with pytest.raises(ConfigError, match=r"backbone\.patch"):
        patch_of(BackboneConfig(name="vit_micro", patch=32), 32)


def test_the_dense_map_has_the_patch_tokens_at_their_positions() -> None:
    net = VisionTransformer(16, 4, 32, 2, 2).eval()
    images = torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        tokens, dense = net.tokens(images), net.dense(images)
    assert dense.shape == (2, 32, 4, 4)
    assert torch.equal(dense[:, :, 1, 2], tokens[:, 1 + 4 + 2])
    other = net.another()
    assert {n: p.shape for n, p in other.named_parameters()} == {n: p.shape for n, p in net.named_parameters()}
    assert not torch.equal(other.pos_embed, net.pos_embed)


@pytest.mark.parametrize(("name", "init", "xavier"), [
    ("vit_micro", "auto", True), ("vit_tiny", "auto", True), ("vit_small", "auto", False),
    ("vit_micro", "normal", False), ("vit_small", "xavier", True),
])  # fmt: skip
def test_the_initialisation_depends_on_the_width(name: str, init: str, xavier: bool) -> None:
    """.02 is published for widths of 384 and more (DINO's ViT-S); Xavier's deviation is sqrt(2 / (inputs + outputs))."""
    torch.manual_seed(0)
    net = build_backbone(BackboneConfig(name=name, init=init), 32)  # type: ignore[arg-type]
    for layer in (net.blocks[0].attn.qkv, net.blocks[-1].mlp.fc2):
        expected = math.sqrt(2 / (layer.in_features + layer.out_features)) if xavier else 0.02
        assert float(layer.weight.detach().std()) == pytest.approx(expected, rel=0.02)
        assert not layer.bias.any()


def test_at_a_width_of_128_a_deviation_of_002_makes_blocks_nearly_the_identity() -> None:
    """The norm of what a block adds relative to its input: about 4 % with .02 and about 45 % with Xavier."""
    share = {}
    for init in ("normal", "xavier"):
        torch.manual_seed(0)
        block = build_backbone(BackboneConfig(name="vit_micro", init=init), 32).blocks[0]  # type: ignore[arg-type]
        x = torch.randn(4, 16, 128)
        with torch.no_grad():
            share[init] = float((block(x) - x).norm() / x.norm())
    assert share["normal"] < 0.06
    assert 0.3 < share["xavier"] < 0.6
