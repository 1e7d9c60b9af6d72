"""A value of each head of each layer as dots, network beside network. For `Method.pictures`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.pictures.matrix import HIGH, LOW, MARK, MIDDLE
from engine.pictures.written import SIZE, written

HEIGHT, COLUMN, GAP = 128, 18, 10  # px
RADIUS = 3.2  # px
LINE = (0.45, 0.45, 0.45)
TITLE = SIZE + 8  # px
COLOURS = (LOW, HIGH, MARK)


def layer_chart(networks: Sequence[tuple[str, Tensor]], top: float, line: float | None = None, unit: str = "") -> Tensor:
    """Networks with a title and values (layers, heads), 0 to `top`, side by side: a column a layer, the first at the left, with a
    dot for each head and a bar at their mean; 0 is at the bottom. `line`: a value that is marked by a grey line. Above each chart
    stand its title and the mean over its layers, with `unit`. One picture (1, 3, H, W)."""
    charts: list[Tensor] = []
    for number, (title, values) in enumerate(networks):
        chart = _dots(values.float(), top, line, COLOURS[number % len(COLOURS)])
        label = f"{title}: {float(values.mean()):.2f}{unit}"
        head = written([label], chart.shape[2], TITLE)[0].to(chart)
        charts += [torch.cat([head, chart], dim=1), chart.new_ones(3, TITLE + HEIGHT, GAP)]
    return torch.cat(charts, dim=2)[None].clamp(0, 1)


def _dots(values: Tensor, top: float, line: float | None, colour: tuple[float, float, float]) -> Tensor:
    layers = len(values)
    device = values.device
    # Wide enough for its title.
    column = max(COLUMN, -(-128 // layers))
    picture = torch.tensor(MIDDLE, device=device).view(3, 1, 1).repeat(1, HEIGHT, layers * column)
    y = torch.arange(HEIGHT, 0, -1, device=device)[:, None] - 0.5  # px from the bottom
    x = torch.arange(layers * column, device=device)[None] + 0.5
    picture[:, :, ::column] = 1.0

    def paint(cover: Tensor, ink: tuple[float, float, float]) -> None:
        picture.lerp_(torch.tensor(ink, device=device).view(3, 1, 1).expand_as(picture), cover.expand_as(picture))

    def height(value: float) -> float:
        return RADIUS + (HEIGHT - 2 * RADIUS) * min(max(value / top, 0.0), 1.0)

    if line is not None:
        paint(((y - height(line)).abs() <= 0.5).expand(HEIGHT, layers * column).float(), LINE)
    for layer, row in enumerate(values.tolist()):
        middle = (layer + 0.5) * column
        for value in row:
            away = ((x - middle).square() + (y - height(value)).square()).sqrt()
            paint((RADIUS + 0.5 - away).clamp(0, 1), colour)
        if len(row) > 1:
            mean = height(sum(row) / len(row))
            paint((((y - mean).abs() <= 1) & ((x - middle).abs() <= column / 2 - 2)).float(), (0.1, 0.1, 0.1))
    return picture
