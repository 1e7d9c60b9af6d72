"""Texts as pictures, for `Method.pictures`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

PAPER, INK = 250, 30  # grey levels
SIZE = 12  # px, the height of the font


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    # Pillow's own font: no file of the system, so that the pictures are the same everywhere.
    return ImageFont.load_default(SIZE)


def written(texts: Sequence[str], width: int, height: int, marked: Sequence[bool] = ()) -> Tensor:
    """Each text on paper, in as many lines as it needs and cut off where the height ends: (n, 3, height, width) pixels between 0
    and 1. `marked`: texts on a green ground. Letters that the font lacks are drawn as boxes."""
    pages = []
    for number, text in enumerate(texts):
        page = Image.new("RGB", (width, height), (205, 236, 217) if any(marked[number : number + 1]) else (PAPER,) * 3)
        draw = ImageDraw.Draw(page)
        for line, part in enumerate(_lines(text, width - 6)):
            draw.text((3, 2 + line * (SIZE + 2)), part, fill=(INK,) * 3, font=_font())
        pages.append(np.asarray(page))
    return torch.from_numpy(np.stack(pages)).permute(0, 3, 1, 2).float() / 255


def _lines(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _font().getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
