"""The shared relative position bias against loops, and against timm."""

from __future__ import annotations

import pytest
import torch

from engine.backbones.build import build_backbone
from engine.backbones.relative_positions import RelativePositionBias, offset_index
from engine.backbones.vit import VisionTransformer
from engine.config.run import BackboneConfig

HEADS = 3


@pytest.fixture
def vit() -> VisionTransformer:
    torch.manual_seed(0)
    net = VisionTransformer(16, 4, dim=24, depth=3, heads=HEADS, init="xavier", rel_pos="shared").eval()
    assert net.shared_rel_pos is not None
    torch.nn.init.normal_(net.shared_rel_pos.relative_position_bias_table)
    return net


@pytest.mark.parametrize("side", [1, 2, 3, 5])
def test_each_pair_of_patches_takes_the_entry_of_its_offset(side: int) -> None:
    index = offset_index(side)
    across, t = 2 * side - 1, side**2
    for i in range(t):
        for j in range(t):
            down, right = i // side - j // side, i % side - j % side
            assert index[1 + i, 1 + j] == (down + side - 1) * across + right + side - 1
    assert (index[0, 1:] == across**2).all()
    assert (index[1:, 0] == across**2 + 1).all()
    assert index[0, 0] == across**2 + 2
    # Every offset that occurs has an entry of its own, and none is left over.
    assert sorted(index.unique().tolist()) == sorted({*range(across**2 + 3)} if side > 1 else {0, 1, 2, 3})


def test_a_shift_of_both_patches_leaves_the_bias_as_it_is() -> None:
    bias = RelativePositionBias(4, HEADS)
    torch.nn.init.normal_(bias.relative_position_bias_table)
    grid = bias(4)[:, 1:, 1:].unflatten(1, (4, 4)).unflatten(3, (4, 4))
    # From (row, column) to (row, column): moved by one row and one column.
    assert torch.equal(grid[:, :-1, :-1, :-1, :-1], grid[:, 1:, 1:, 1:, 1:])
    assert not torch.equal(grid[:, :-1, :-1, :-1, :-1], grid[:, 1:, 1:, :-1, :-1])


def test_index_and_bias_are_those_of_timm() -> None:
    timm = pytest.importorskip("timm.layers")
    theirs = timm.RelPosBias(window_size=(4, 4), num_heads=HEADS, prefix_tokens=1)
    ours = RelativePositionBias(4, HEADS)
    torch.nn.init.normal_(ours.relative_position_bias_table)
    theirs.load_state_dict(ours.state_dict(), strict=False)
    assert torch.equal(ours(4), theirs.get_bias()[0])


def test_attention_is_the_softmax_of_scores_and_bias(vit: VisionTransformer) -> None:
    attention, x = vit.blocks[1].attn, torch.randn(1, 17, 24)
    bias = vit.bias(4)
    assert bias is not None
    with torch.no_grad():
        q, k, v = (part.view(17, HEADS, 8) for part in attention.qkv(x)[0].split(24, dim=1))
        mixed = torch.zeros(17, HEADS, 8)
        for head in range(HEADS):
            for i in range(17):
                logits = torch.stack([q[i, head] @ k[j, head] / 8**0.5 + bias[head, i, j] for j in range(17)])
                weights = logits.exp() / logits.exp().sum()
                mixed[i, head] = sum(weight * v[j, head] for j, weight in enumerate(weights))
                assert torch.allclose(attention.weights(x, bias)[0, head, i], weights, atol=1e-5)
        expected = attention.proj(mixed.reshape(17, 24))
    assert torch.allclose(attention(x, bias=bias)[0], expected, atol=1e-5)


def test_without_position_embeddings_the_bias_alone_tells_where_a_patch_is(vit: VisionTransformer) -> None:
    images = torch.randn(2, 3, 16, 16)
    # Rows of patches turned upside down: the bag of patches is the same.
    turned = images.unflatten(2, (4, 4)).flip(2).flatten(2, 3)
    with torch.no_grad():
        assert not torch.allclose(vit(images), vit(turned), atol=1e-3)
        assert not vit.pos_embed.any()
        vit.drop_positions()
        assert torch.allclose(vit(images), vit(turned), atol=1e-5)


def test_all_blocks_share_one_table_and_learn_it(vit: VisionTransformer) -> None:
    names = [name for name, p in vit.named_parameters() if "rel_pos" in name]
    assert names == ["shared_rel_pos.relative_position_bias_table"]
    vit(torch.randn(2, 3, 16, 16)).square().sum().backward()
    table = vit.get_parameter(names[0])
    assert table.shape == (7 * 7 + 3, HEADS)
    assert table.grad is not None
    assert (table.grad != 0).all()
    assert not vit.pos_embed.requires_grad


def test_kept_and_attended_patches_take_their_own_rows_and_columns(vit: VisionTransformer) -> None:
    whole = vit.bias(4)
    assert whole is not None
    keep = torch.tensor([[3, 0, 9], [15, 2, 7]])
    tokens = torch.tensor([[0, 4, 1, 10], [0, 16, 3, 8]])
    bias = vit.bias(4, keep)
    assert bias is not None
    assert bias.shape == (2, HEADS, 4, 4)
    attended = vit.bias(4, None, tokens)
    assert attended is not None
    assert attended.shape == (2, HEADS, 17, 4)
    for n in range(2):
        assert torch.equal(bias[n], whole[:, tokens[n]][:, :, tokens[n]])
        assert torch.equal(attended[n], whole[:, :, tokens[n]])
    # All patches, kept in another order, give the tokens of the whole image in that order.
    images, order = torch.randn(2, 3, 16, 16), torch.stack([torch.randperm(16), torch.randperm(16)])
    with torch.no_grad():
        tokens_of, kept = vit.tokens(images), vit.tokens(images, order)
    for n in range(2):
        assert torch.allclose(kept[n, 1:], tokens_of[n, 1:][order[n]], atol=1e-5)


def test_images_of_another_size_get_an_interpolated_table(vit: VisionTransformer) -> None:
    assert vit.shared_rel_pos is not None
    table = vit.shared_rel_pos.relative_position_bias_table
    with torch.no_grad():
        # Linear in the offset: so is what lies between.
        line = torch.linspace(-1, 1, 7)
        table[:49] = (line[:, None] + 0 * line).flatten()[:, None]
        bias = vit.shared_rel_pos(6)
        assert bias.shape == (HEADS, 37, 37)
        assert torch.equal(bias[:, 0, 0], table[51])
        middle = bias[0, 1 + 14, 1 + 14]
        assert middle == pytest.approx(0.0, abs=1e-5)
        assert bias[0, 1 + 20, 1 + 14] > middle > bias[0, 1 + 8, 1 + 14]
        assert vit(torch.randn(1, 3, 24, 24)).shape == (1, 24)


def test_the_config_s_setting_and_a_network_drawn_anew() -> None:
    net = build_backbone(BackboneConfig(name="vit_micro", rel_pos="shared"), 32)
    assert isinstance(net, VisionTransformer)
    other = net.another()
    assert other.shared_rel_pos is not None
    assert {n: p.shape for n, p in other.named_parameters()} == {n: p.shape for n, p in net.named_parameters()}
    plain = build_backbone(BackboneConfig(name="vit_micro"), 32)
    assert isinstance(plain, VisionTransformer)
    assert plain.shared_rel_pos is None
    assert plain.bias(8) is None


def test_bf16_products_take_the_bias_as_the_fused_kernel_does(vit: VisionTransformer) -> None:
    images = torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        exact = vit(images)
        with torch.autocast("cpu", torch.bfloat16):
            rough = vit(images)
    assert torch.nn.functional.cosine_similarity(exact, rough.float()).min() > 0.99


def test_attentions_of_all_blocks_are_those_that_the_forward_pass_uses(vit: VisionTransformer) -> None:
    images = torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        listed = vit.attentions(images)
        assert len(listed) == 3
        assert all(layer.shape == (2, HEADS, 17, 17) for layer in listed)
        assert all(torch.allclose(layer.sum(-1), torch.ones(2, HEADS, 17), atol=1e-5) for layer in listed)
        # The last block, from the attention of the list, gives the tokens of the network.
        x = vit.depths(images)[1]
        block = vit.blocks[2]
        v = block.attn.split(block.norm1(x))[2]
        x = x + block.attn.proj((listed[2] @ v).transpose(1, 2).flatten(2))
        x = x + block.mlp(block.norm2(x))
        assert torch.allclose(vit.norm(x), vit.tokens(images), atol=1e-5)
        assert torch.equal(vit.attention(images).flatten(2), listed[2][:, :, 0, 1:])
