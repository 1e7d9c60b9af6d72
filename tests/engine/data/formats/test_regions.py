"""Run lengths and polygons against values made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.formats.annotated import Runs, Unusable
from engine.data.formats.regions import from_polygon, from_runs, region_mask, run_lengths


def _encoded(counts: list[int]) -> bytes:
    """COCO's text of run lengths: groups of five bits, each with a sixth where more follow, plus 48, of the difference to the count
    before the last from the fourth count on."""
    text = bytearray()
    for index, count in enumerate(counts):
        number = count - counts[index - 2] if index > 2 else count
        more = True
        while more:
            bits = number & 0x1F
            number >>= 5
            more = number != (-1 if bits & 0x10 else 0)
            text.append(bits + 48 + (32 if more else 0))
    return bytes(text)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        # 6 = 48 + 6, 1 = 48 + 1, then 40 = 8 + 1 * 32: "X" is 48 + 8 + 32, "1" the rest.
        (b"61X1", [6, 1, 40]),
        # The fourth count is 3 more than the second, the fifth 2 less than the third: -2 is 30, of five bits with the sign.
        (b"5263N", [5, 2, 6, 5, 4]),
        (b"", []),
    ],
)
def test_compressed_text_gives_run_lengths(text: bytes, counts: list[int]) -> None:
    assert run_lengths(text).tolist() == counts


def test_any_run_lengths_come_back_from_their_text() -> None:
    random = np.random.default_rng(0)
    for _ in range(50):
        counts = [int(10 ** random.uniform(0, 5)) for _ in range(random.integers(1, 30))]
        assert run_lengths(_encoded(counts)).tolist() == counts


def test_runs_go_down_the_columns() -> None:
    # 3 rows, 4 columns: the first pixel is outside, then two inside, ...
    mask = from_runs(Runs(np.array([1, 2, 4, 1, 4]), 3, 4))
    assert mask.astype(int).tolist() == [[0, 0, 0, 0], [1, 0, 1, 0], [1, 0, 0, 0]]


def test_mask_of_a_public_example_of_compressed_runs_has_its_size() -> None:
    # The example of the documentation of armengot/COCOtoolsFORK, 50 x 70 pixels.
    text = (
        b"0g05b08J4M2N2NA^O1`0OCO=0E090H080IO68DH;>@C>a0_O_O`0j0OWOF<:CM72I24NL43JM92FN;1ENKO72L0LO91J0MO92INO0NO122OO0M031O000NO"
        b"31OO11MO40N011MO41MO21L06OL021L06OL021L06OL021L060J040L060J040L060J040L060J040L060J040L060J040L060KO31L060KO31L06OL021L06"
        b"OL021L06OL021MO41MO21MO40N100NO310O00M0310O00NO1220NO92IONO91KOMO72M0<1EO:2GN63KM34OLM73JF<;=1G_O_Ob0=AC`07EH=1IO71H090F0"
        b":1DO>1_O1b0>2N2N3L6H]O"
    )
    assert from_runs(Runs(text, 50, 70)).shape == (50, 70)


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        (Runs(np.array([1, 2]), 2, 2), "3 pixels in place of 2 x 2"),
        (Runs(np.array([5, -1]), 2, 2), "in place of"),
        (Runs(b"a", 2, 2), "within a number"),
        (Runs(b"\x01", 2, 2), "not that of run lengths"),
        (Runs(b"o" * 40 + b"0", 2, 2), "longer than any picture"),
    ],
)
def test_wrong_runs_are_refused_in_words(runs: Runs, message: str) -> None:
    with pytest.raises(Unusable, match=message):
        from_runs(runs)


def test_polygon_holds_the_pixels_whose_centres_are_inside() -> None:
    def inside(x: float, y: float, points: list[tuple[float, float]]) -> bool:
        odd = False
        for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
                odd = not odd
        return odd

    random = np.random.default_rng(1)
    for _ in range(20):
        points = [(float(x), float(y)) for x, y in random.uniform(-3, 13, (random.integers(3, 9), 2)).astype(np.float32)]
        mask = from_polygon(np.array(points, np.float32), 11, 9)
        expected = [[inside(x + 0.5, y + 0.5, points) for x in range(11)] for y in range(9)]
        assert mask.tolist() == expected


def test_rectangle_of_ten_by_ten_has_a_hundred_pixels() -> None:
    square = np.array([[10, 10], [20, 10], [20, 20], [10, 20]], np.float32)
    assert from_polygon(square, 40, 30).sum() == 100
    # On a canvas of half the size a quarter of them.
    assert region_mask((square,), (40, 30), (20, 15)).sum() == 25


def test_parts_of_a_region_are_joined() -> None:
    parts = tuple(np.array([[x, 0], [x + 2, 0], [x + 2, 2], [x, 2]], np.float32) for x in (0, 1, 6))
    assert region_mask(parts, (10, 4), (10, 4)).astype(int)[0].tolist() == [1, 1, 1, 0, 0, 0, 1, 1, 0, 0]
