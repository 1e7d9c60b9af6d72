"""Predicted patches and their nearest patches, as pictures. For `Method.pictures`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.augment.patch_grid import patch_places
from engine.pictures.matrix import HIGH, MARK, SIDE, bordered, strips

UNSEEN = 0.45  # brightness of patches outside the context
GAP = 4  # px


def predictions(images: Tensor, patches: Tensor, seen: Tensor, cells: Tensor, picked: Tensor) -> Tensor:
    """For each image, its context (the rest darkened) with frames around the predicted cells; beside it, two cells per row, the
    true patch and to its right the picked patch, with a green frame where it is the true one, else a red frame.

    images: (n, 3, S, S), patches: (n, G, G, 3, p, p), pixels between 0 and 1; seen: (G, G) bool, cells of the context;
    cells: (k,) k even, predicted cells of each image; picked: (n, k) indices among all n * G * G patches."""
    n, grid, p = len(images), patches.shape[1], patches.shape[-1]
    corners = patch_places(images.shape[-1], p, grid).tolist()
    flat = patches.flatten(0, 2)
    truth = torch.arange(n, device=picked.device)[:, None] * grid**2 + cells
    right = picked == truth  # (n, k)
    zoom = -(-SIDE // images.shape[-1])
    height = images.shape[-1] * zoom
    left = _context(images, corners, p, seen, zoom)
    for number in range(len(cells)):
        row, column = divmod(int(cells[number]), grid)
        y, x = corners[row] * zoom, corners[column] * zoom
        inside = (slice(None), slice(None), slice(y, y + p * zoom), slice(x, x + p * zoom))
        left[inside] = _framed(left[inside], right[:, number])
    side = min(height, height * 2 // len(cells))
    large = F.interpolate(flat, size=(side, side))  # nearest: the pixels of the network's input
    gap, white = images.new_ones(n, 3, side, GAP), images.new_ones(n, 3, height, GAP)
    rows = []
    for number in range(0, len(cells), 2):
        pairs = [[large[truth[:, i]], _framed(large[picked[:, i]], right[:, i])] for i in (number, number + 1)]
        rows.append(strips(*pairs[0], gap, *pairs[1]))
    beside = torch.cat(rows, dim=2)
    beside = F.pad(beside, (0, 0, 0, height - beside.shape[2]), value=1.0)
    # A margin to the right and below, because the pictures of several images are put side by side.
    return F.pad(strips(left, white, beside), (0, 2 * GAP, 0, 2 * GAP), value=1.0).clamp(0, 1)


def _context(images: Tensor, corners: list[int], p: int, seen: Tensor, zoom: int) -> Tensor:
    light = torch.full_like(images[0, 0], UNSEEN)
    for row, column in seen.nonzero().tolist():
        light[corners[row] : corners[row] + p, corners[column] : corners[column] + p] = 1.0
    return (images * light).repeat_interleave(zoom, 2).repeat_interleave(zoom, 3)


def _framed(images: Tensor, right: Tensor) -> Tensor:
    return torch.where(right.view(-1, 1, 1, 1), bordered(images, MARK), bordered(images, HIGH))


def mosaic(patches: Tensor) -> Tensor:
    """Patches (n, G, G, 3, p, p), pixels between 0 and 1, one picture per image (n, 3, h, h), with gaps between the patches."""
    n, grid, _, _, p, _ = patches.shape
    zoom = max(1, -(-SIDE // (grid * p)))
    apart = F.pad(patches, (0, 1, 0, 1), value=1.0)  # a line of white to the right of and below each
    picture = apart.permute(0, 3, 1, 4, 2, 5).reshape(n, 3, grid * (p + 1), grid * (p + 1))[..., :-1, :-1]
    large = picture.repeat_interleave(zoom, 2).repeat_interleave(zoom, 3)
    return F.pad(large, (0, 2 * GAP, 0, 2 * GAP), value=1.0)


def neighbour_prediction(middle: Tensor, beside: Tensor, likely: Tensor, true: Tensor) -> tuple[Tensor, Tensor]:
    """Two pictures of a patch and one of its 8 neighbours: side by side, and with the neighbour at its predicted position around
    the patch. The neighbour has a green frame where the prediction is correct, else a red one, with the true position in green.
    More likely positions are darker.

    middle, beside: (n, 3, p, p), pixels between 0 and 1; likely: (n, 8), probabilities of the positions, row by row; true: (n,).
    One picture per image: (n, 3, h, w) each."""
    zoom = max(1, -(-SIDE // (3 * middle.shape[-1])))
    patch, other = (tiles.repeat_interleave(zoom, 2).repeat_interleave(zoom, 3) for tiles in (middle, beside))
    shade = (1 - 0.75 * likely)[:, :, None, None, None].expand(-1, -1, *patch.shape[1:])  # (n, 8, 3, p, p)
    prediction, rows = likely.argmax(1), torch.arange(len(patch), device=patch.device)
    cells = shade.clone()
    cells[rows, true] = bordered(cells[rows, true], MARK)
    cells[rows, prediction] = _framed(other, prediction == true)
    board = torch.cat([cells[:, :4], patch[:, None], cells[:, 4:]], dim=1).view(len(patch), 3, 3, *patch.shape[1:])
    answer = mosaic(board)
    half = answer.shape[2] // 2 - 2 * GAP
    large = [F.interpolate(tiles, size=(half, half)) for tiles in (middle, beside)]  # nearest: the pixels of the network's input
    question = strips(large[0], patch.new_ones(len(patch), 3, half, GAP), large[1])
    return F.pad(question, (0, 2 * GAP, 0, 2 * GAP), value=1.0), answer
