"""What is read ahead are the rows of the batches that come next, and nothing of what the array holds changes."""

import os
import threading
from itertools import pairwise

import numpy as np
import pytest

from engine.data import read_ahead
from engine.data.read_ahead import MOST_BATCHES, MOST_BYTES, ReadAhead


@pytest.fixture
def stored(tmp_path):
    """A memory map of 40 rows of 200,000 bytes, 64 bytes into its file."""
    values = np.random.default_rng(0).integers(0, 256, (40, 200_000), dtype=np.uint8)
    (tmp_path / "rows.u8").write_bytes(bytes(64) + values.tobytes())
    return np.memmap(tmp_path / "rows.u8", np.uint8, "r", 64, values.shape)


@pytest.fixture
def requests(monkeypatch):
    """The parts of the file that are asked for."""
    made = []
    monkeypatch.setattr(read_ahead, "_request", lambda file, start, size: made.append((start, size)))
    return made


def test_the_rows_of_the_batches_are_read_in_order_of_the_file(stored, requests):
    ahead = ReadAhead([stored, None, np.zeros((40, 3))])
    rows = {1: [7, 3], 2: [39, 0, 5]}
    ahead.expect([1, 2], lambda number: np.array(rows[number]))
    ahead.finish()
    assert requests == [(64 + row * 200_000, 200_000) for row in (3, 7, 0, 5, 39)]


def test_a_batch_is_read_once_and_what_is_not_wanted_any_more_is_dropped(stored, requests):
    ahead = ReadAhead([stored])
    held = threading.Event()

    def rows_of(number):
        held.wait(10)
        return np.array([number])

    ahead.expect([1, 2, 3], rows_of)
    ahead.expect([3, 4], rows_of)
    held.set()
    ahead.finish()
    assert [start // 200_000 for start, _ in requests] in ([1, 3, 4], [3, 4])


def test_rows_that_cannot_be_computed_do_not_end_what_is_read_ahead(stored, requests):
    def rows_of(number):
        if number == 1:
            raise RuntimeError("no rows")
        return np.array([number])

    ahead = ReadAhead([stored])
    ahead.expect([1, 2], rows_of)
    ahead.finish()
    ahead.expect([3], rows_of)
    ahead.finish()
    assert [start // 200_000 for start, _ in requests] == [2, 3]


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="this system has no posix_fadvise")
def test_long_rows_are_requested_in_pieces_that_linux_takes_whole(stored, monkeypatch):
    pieces = []

    def advise(file, start, size, advice):
        if advice == os.POSIX_FADV_WILLNEED:
            pieces.append((start, size))

    monkeypatch.setattr(os, "posix_fadvise", advise)
    ahead = ReadAhead([stored])
    ahead.expect([0], lambda number: np.array([2]))
    ahead.finish()
    assert pieces[0][0] == 64 + 400_000
    assert sum(size for _, size in pieces) == 200_000
    assert all(start + size == following for (start, size), (following, _) in pairwise(pieces))
    assert max(size for _, size in pieces) <= 128 << 10


@pytest.mark.parametrize("lacks", [(), ("posix_fadvise",), ("posix_fadvise", "pread", "preadv")])
def test_the_rows_are_those_of_the_array_whatever_the_system_has(stored, monkeypatch, lacks):
    for name in lacks:
        monkeypatch.delattr(os, name, raising=False)
    ahead = ReadAhead([stored])
    ahead.expect([0], lambda number: np.arange(40))
    ahead.finish()
    rows = np.array([39, 0, 7, 7, 12])
    assert np.array_equal(ahead.take(stored, rows), np.asarray(stored)[rows])
    other = np.arange(80).reshape(40, 2)
    assert np.array_equal(ahead.take(other, rows), other[rows])
    assert len(ahead.take(stored, rows[:0])) == 0


def test_a_file_that_became_shorter_is_not_half_read(stored, monkeypatch):
    monkeypatch.setattr(os, "preadv", lambda file, buffers, start: 10)
    assert np.array_equal(ReadAhead([stored]).take(stored, np.array([3, 1])), np.asarray(stored)[[3, 1]])


def test_what_is_in_memory_and_parts_of_a_map_are_left_out(stored):
    assert not ReadAhead([np.zeros((4, 4)), None, stored[3:], stored[:0]]).wanted
    assert ReadAhead([stored]).wanted


def test_a_file_that_is_gone_or_an_error_of_the_disk_ends_nothing(stored, monkeypatch):
    def fail(file, start, size):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(read_ahead, "_request", fail)
    ahead = ReadAhead([stored])
    ahead.expect([0], lambda number: np.arange(3))
    ahead.finish()


def test_the_page_cache_that_it_may_take_is_bounded(stored):
    ahead = ReadAhead([stored])
    assert ahead.depth(8) == MOST_BATCHES
    assert ahead.depth(1500) == 1
    assert all(ahead.depth(rows) * rows * ahead.bytes <= MOST_BYTES for rows in (1, 100, 600, 1300, 2600))
