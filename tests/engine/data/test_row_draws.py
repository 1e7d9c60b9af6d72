"""Draws for many rows at once, against numpy's own generators."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.row_draws import uniform


@pytest.mark.parametrize("seed", [0, 1, 12345, 2**31, 2**32 - 1, 2**32, 2**80 + 7])
@pytest.mark.parametrize("stream", [0, 7_331])
def test_each_row_has_the_draws_of_its_own_generator(seed: int, stream: int) -> None:
    index = np.array([0, 1, 2, 999, 49_999, 2**31, 2**32 - 1, 5, 5], np.int64)
    drawn = uniform(seed, index, stream, 31)
    assert drawn.shape == (9, 31)
    for row, numbers in zip(index.tolist(), drawn, strict=True):
        expected = np.random.Generator(np.random.PCG64([seed, row, stream])).random(31)
        assert numbers.tolist() == expected.tolist()


def test_no_rows_and_rows_of_two_words() -> None:
    assert uniform(0, np.zeros(0, np.int64), 1, 3).shape == (0, 3)
    (drawn,) = uniform(0, np.array([2**40]), 1, 3)
    assert drawn.tolist() == np.random.Generator(np.random.PCG64([0, 2**40, 1])).random(3).tolist()
