"""A chart of the heads of each layer, and feature maps as colours."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.pictures.feature_maps import GAP, FeatureColours, loss_map
from engine.pictures.layer_chart import COLOURS, HEIGHT, TITLE, layer_chart
from engine.pictures.matrix import HIGH, MIDDLE


def rows_of(chart: Tensor, colour: tuple[float, float, float], columns: slice) -> Tensor:
    """The rows of pixels, from the bottom, that have the colour in these columns."""
    ink = torch.tensor(colour).view(3, 1, 1)
    inside = ((chart[0, :, TITLE:, columns] - ink).abs().amax(0) < 0.02).any(1)
    return HEIGHT - 1 - inside.nonzero().flatten()


def test_a_head_stands_as_high_as_its_value() -> None:
    for value, low, high in ((0.0, 0, 7), (0.5, 60, 67), (1.0, 120, 127), (3.0, 120, 127)):
        chart = layer_chart([("A", torch.tensor([[value]]))], top=1.0)
        at = rows_of(chart, COLOURS[0], slice(0, 128))
        assert low <= at.min()
        assert at.max() <= high


def test_layers_stand_from_left_to_right_and_networks_side_by_side_in_their_colours() -> None:
    values = torch.tensor([[0.2], [0.8]])
    chart = layer_chart([("Teacher", values), ("Student", values.flip(0))], top=1.0)
    half = chart.shape[3] // 2
    first, second = slice(0, 60), slice(70, 128)
    assert rows_of(chart, COLOURS[0], first).float().mean() < rows_of(chart, COLOURS[0], second).float().mean()
    right = (slice(half, half + 60), slice(half + 70, half + 128))
    assert rows_of(chart, COLOURS[1], right[0]).float().mean() > rows_of(chart, COLOURS[1], right[1]).float().mean()
    assert not len(rows_of(chart, COLOURS[1], slice(0, half)))


def test_a_line_marks_a_value_and_a_title_stands_above() -> None:
    values = torch.zeros(1, 2)
    without, with_line = (layer_chart([("A", values)], top=1.0, line=line) for line in (None, 0.5))
    different = (without != with_line).any(1)[0].any(1).nonzero().flatten() - TITLE
    assert (HEIGHT - 1 - different).float().mean().item() == 63.5
    assert without[0, :, :TITLE].min() < 0.5  # letters


def test_colours_are_the_first_three_components_and_grey_the_mean() -> None:
    torch.manual_seed(0)
    scores = torch.randn(2, 16, 3) * torch.tensor([4.0, 2.0, 1.0])
    axes = torch.linalg.qr(torch.randn(8, 3)).Q
    tokens = scores @ axes.t() + 5
    colours = FeatureColours.of(tokens)
    cells = colours(tokens)[:, :, 10:128:32, 10:128:32].flatten(2)  # the middle of each cell
    flat = scores.flatten(0, 1) - scores.flatten(0, 1).mean(0)
    for channel in range(3):
        shown = cells[:, channel].flatten() - 0.5
        inside = shown.abs() < 0.49
        correlation = torch.corrcoef(torch.stack([shown[inside], flat[inside, channel]]))[0, 1]
        assert correlation.abs() > 0.8
    mean = tokens.flatten(0, 1).mean(0).expand(1, 16, 8)
    assert torch.allclose(colours(mean)[..., :-GAP, :-GAP], torch.full((1, 3, 128, 128), 0.5), atol=1e-5)
    same = colours(torch.zeros(1, 16, 8), difference=True)
    assert torch.allclose(same[..., :-GAP, :-GAP], torch.full((1, 3, 128, 128), 0.5), atol=1e-5)


def test_features_of_fewer_dimensions_than_colours_have_some() -> None:
    tokens = torch.randn(1, 4, 2)
    assert FeatureColours.of(tokens)(tokens).isfinite().all()


def test_the_largest_loss_is_red_and_none_is_near_white() -> None:
    picture = loss_map(torch.tensor([0.0, 2.0, 1.0, 0.0]))
    cell = (picture.shape[2] - GAP) // 2
    middle = [(cell // 2, cell // 2), (cell // 2, cell + cell // 2)]
    for (row, column), colour in zip(middle, (MIDDLE, HIGH), strict=True):
        assert torch.allclose(picture[0, :, row, column], torch.tensor(colour), atol=1e-5)
