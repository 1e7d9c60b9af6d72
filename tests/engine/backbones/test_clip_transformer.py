"""The transformer of clips: tubelets as a 3D convolution, positions in time and space, images as clips that stand still."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F

from engine.backbones.clip_transformer import ClipTransformer, clip_positions
from engine.backbones.vit import VisionTransformer


@pytest.fixture
def encoder() -> ClipTransformer:
    torch.manual_seed(0)
    return ClipTransformer(VisionTransformer(16, 4, 24, 2, 4, pool="mean", init="xavier"), frames=6, tubelet=2).eval()


def test_tubelets_are_a_3d_convolution_in_the_order_of_the_positions(encoder: ClipTransformer) -> None:
    clips = torch.randn(2, 6, 3, 16, 16)
    embed = encoder.patch_embed
    weight = embed.proj.weight.view(24, 3, 2, 4, 4)
    expected = F.conv3d(clips.transpose(1, 2), weight, embed.proj.bias, stride=(2, 4, 4)).flatten(2).transpose(1, 2)
    torch.testing.assert_close(embed(clips), expected, rtol=1e-4, atol=1e-5)
    assert embed(clips).shape == (2, 3 * 4 * 4, 24)


@pytest.mark.parametrize("dim", [24, 128, 64])
def test_positions_hold_time_row_and_column_in_a_third_each(dim: int) -> None:
    positions = clip_positions(3, 5, dim).view(3, 5, 5, dim)
    third = math.ceil(dim / 6) * 2
    for time, row, column in ((0, 0, 0), (2, 4, 1), (1, 0, 3)):
        values = []
        for position in (time, row, column):
            angles = [position / 10_000 ** (k / (third / 2)) for k in range(third // 2)]
            values += [*map(math.sin, angles), *map(math.cos, angles)]
        torch.testing.assert_close(positions[time, row, column], torch.tensor(values[:dim]))


def test_left_out_tokens_change_nothing_but_what_attends_to_them(encoder: ClipTransformer) -> None:
    clips = torch.randn(2, 6, 3, 16, 16)
    keep = torch.tensor([[0, 5, 17, 40], [3, 16, 32, 47]])
    with torch.no_grad():
        tokens = encoder.tokens(clips, keep)
        x = encoder.patch_embed(clips) + encoder.positions
        x = torch.stack([x[row, keep[row]] for row in range(2)])
        for block in encoder.blocks:
            x = block(x)
        torch.testing.assert_close(tokens, encoder.norm(x))
        # Pixels of a token that is left out do not matter: token 1 is the second patch of the first two frames.
        other = clips.clone()
        other[0, :2, :, :4, 4:8] = 9.0
        assert torch.equal(encoder.tokens(other, keep), tokens)
        other[0, :2, :, :4, :4] = 9.0
        assert not torch.allclose(encoder.tokens(other, keep)[0], tokens[0])


def test_an_image_is_a_clip_that_stands_still_and_its_map_is_the_mean_over_time(encoder: ClipTransformer) -> None:
    images = torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        of_clip = encoder.encode_clips(images[:, None].expand(-1, 9, -1, -1, -1))
        torch.testing.assert_close(encoder(images), of_clip)
        maps = encoder.dense(images)
        assert maps.shape == (2, 24, 4, 4)
        torch.testing.assert_close(maps.mean((2, 3)), encoder(images))
        tokens = encoder.tokens(images[:, None].expand(-1, 6, -1, -1, -1)).view(2, 3, 4, 4, 24)
        torch.testing.assert_close(maps[1, :, 2, 3], tokens[1, :, 2, 3].mean(0))


def test_frames_are_evenly_spaced_and_their_order_matters(encoder: ClipTransformer) -> None:
    clips = torch.randn(2, 11, 3, 16, 16)
    assert torch.equal(encoder.chosen(clips), clips[:, [0, 2, 4, 6, 8, 10]])
    assert torch.equal(encoder.chosen(clips[:, :3]), clips[:, [0, 0, 1, 1, 2, 2]])
    with torch.no_grad():
        assert (encoder.encode_clips(clips) - encoder.encode_clips(clips.flip(1))).abs().max() > 1e-3


def test_positions_of_another_size_are_interpolated_frame_by_frame(encoder: ClipTransformer) -> None:
    with torch.no_grad():
        assert encoder(torch.randn(1, 3, 32, 32)).shape == (1, 24)
        assert encoder.dense(torch.randn(1, 3, 32, 32)).shape == (1, 24, 8, 8)
    # The part of the time is the same at every place.
    of_time = encoder._positions(8).view(3, 64, 24)[..., :8]
    first = encoder.positions.view(3, 16, 24)[:, :1, :8]
    torch.testing.assert_close(of_time, first.expand(3, 64, 8), atol=1e-5, rtol=1e-5)


def test_another_has_the_same_architecture_and_other_weights(encoder: ClipTransformer) -> None:
    other = encoder.another()
    assert {name: value.shape for name, value in other.state_dict().items()} == {
        name: value.shape for name, value in encoder.state_dict().items()
    }
    assert not torch.equal(other.patch_embed.proj.weight, encoder.patch_embed.proj.weight)
