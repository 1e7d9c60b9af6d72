"""Colours as they are seen with each kind of colour vision, distances of two colours as they are perceived, and contrast."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

# Machado, Oliveira and Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision Deficiency", severity 1.0:
# linear RGB as seen with deuteranopia, protanopia, tritanopia.
COLOUR_VISION = {
    "normal": np.eye(3),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}


def linear(colour: str) -> np.ndarray:
    """Linear RGB (3,) of "#rrggbb" in sRGB (IEC 61966-2-1)."""
    part = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """OKLab (3,) of linear RGB (Ottosson 2020)."""
    lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return lab @ np.cbrt(np.clip(lms @ np.clip(rgb, 0, 1), 0, None))


def seen(colour: str, vision: str) -> np.ndarray:
    """OKLab (3,) of a colour as it is seen with one of COLOUR_VISION."""
    return oklab(COLOUR_VISION[vision] @ linear(colour))


def distance(one: str, other: str, vision: str = "normal") -> float:
    """The Euclidean distance in OKLab of two colours as they are seen; about 0.02 is just noticeable side by side."""
    return float(np.linalg.norm(seen(one, vision) - seen(other, vision)))


def least_distance(colours: Sequence[str], vision: str) -> float:
    """The smallest distance of two of the colours."""
    return min(distance(one, other, vision) for one, other in itertools.combinations(colours, 2))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2), from 1 to 21."""
    a, b = (float(np.array([0.2126, 0.7152, 0.0722]) @ linear(colour)) for colour in (one, other))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
