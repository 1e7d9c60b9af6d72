"""Draws from a generator of its own for each of many rows, made for all of them at once.

A generator of numpy takes some 15 µs to be made, which is long where each of 50,000 images has one. The same numbers, bit for bit,
follow from the published algorithms on arrays: seeding by `numpy.random.SeedSequence` (M. O'Neill's seed_seq_fe128,
https://www.pcg-random.org/posts/developing-a-seed_seq-alternative.html; numpy/random/bit_generator.pyx), and PCG64 (XSL RR 128/64,
https://www.pcg-random.org/paper.html; numpy/random/src/pcg64/pcg64.h)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice

import numpy as np
import numpy.typing as npt

from engine.data.dataset import Index

_Words = npt.NDArray[np.uint32]
_Longs = npt.NDArray[np.uint64]
_POOL = 4
_INIT_A, _MULT_A, _INIT_B, _MULT_B = 0x43B0D7E5, 0x931E8875, 0x8B51F9DD, 0x58F38DED
_MIX_LEFT, _MIX_RIGHT = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)
_HALF = np.uint32(16)
_MULTIPLIER = 0x2360ED05_1FC65DA4, 0x4385DF64_9FCCF645  # of PCG64's step, high and low
_LOW = np.uint64(0xFFFFFFFF)
_32, _58, _63, _64, _11, _1 = (np.uint64(bits) for bits in (32, 58, 63, 64, 11, 1))


def uniform(seed: int, index: Index, stream: int, count: int) -> npt.NDArray[np.float64]:
    """(n, count) numbers in [0, 1): for each of the rows `index` (n,), at least 0, those that
    `numpy.random.Generator(numpy.random.PCG64([seed, row, stream])).random(count)` gives."""
    if not len(index):
        return np.zeros((0, count))
    if max(seed, stream, int(index.max())) >= 1 << 32:
        # Numbers of more than one word, which no image of this program has.
        rows = (np.random.Generator(np.random.PCG64([seed, int(row), stream])).random(count) for row in index)
        return np.stack(list(rows))
    words = _seeded([np.full(len(index), seed, np.uint32), index.astype(np.uint32), np.full(len(index), stream, np.uint32)])
    # Two numbers of 128 bits, each its high half first: the state and the sequence.
    start, sequence = (words[0], words[1]), (words[2], words[3])
    odd = (sequence[0] << _1) | (sequence[1] >> _63), (sequence[1] << _1) | _1
    state = _step(_add(odd, start), odd)
    drawn = np.empty((len(index), count))
    for column in range(count):
        state = _step(state, odd)
        drawn[:, column] = (_output(state) >> _11) * 2.0**-53
    return drawn


def _constants(first: int, factor: int) -> Iterator[tuple[np.uint32, np.uint32]]:
    """The constants of the hashes, before and after each."""
    while True:
        after = first * factor & 0xFFFFFFFF
        yield np.uint32(first), np.uint32(after)
        first = after


def _hashed(value: _Words, constants: Iterator[tuple[np.uint32, np.uint32]]) -> _Words:
    before, after = next(constants)
    value = (value ^ before) * after
    return value ^ (value >> _HALF)


def _mixed(one: _Words, other: _Words) -> _Words:
    value: _Words = _MIX_LEFT * one - _MIX_RIGHT * other
    return value ^ (value >> _HALF)


def _seeded(entropy: list[_Words]) -> tuple[_Longs, ...]:
    """Four words of 64 bits for each row, from at most four of 32."""
    constants = _constants(_INIT_A, _MULT_A)
    zero = np.zeros_like(entropy[0])
    pool = [_hashed(entropy[at] if at < len(entropy) else zero, constants) for at in range(_POOL)]
    for source in range(_POOL):
        for target in range(_POOL):
            if source != target:
                pool[target] = _mixed(pool[target], _hashed(pool[source], constants))
    constants = _constants(_INIT_B, _MULT_B)
    words = [_hashed(word, constants).astype(np.uint64) for word in islice(cycle(pool), 2 * _POOL)]
    return tuple(low | (high << _32) for low, high in zip(words[::2], words[1::2], strict=True))


def _add(one: tuple[_Longs, _Longs], other: tuple[_Longs, _Longs]) -> tuple[_Longs, _Longs]:
    low = one[1] + other[1]
    return one[0] + other[0] + (low < one[1]), low


def _step(state: tuple[_Longs, _Longs], odd: tuple[_Longs, _Longs]) -> tuple[_Longs, _Longs]:
    """The next state: times the multiplier, plus the odd number of the sequence, of 128 bits."""
    high, low = state
    factor_high, factor_low = (np.uint64(half) for half in _MULTIPLIER)
    # The high half of low times factor_low, from products of 32 bits.
    a, b, c, d = low >> _32, low & _LOW, factor_low >> _32, factor_low & _LOW
    middle = a * d + (b * d >> _32)
    other = b * c + (middle & _LOW)
    carried = a * c + (middle >> _32) + (other >> _32)
    return _add((carried + high * factor_low + low * factor_high, low * factor_low), odd)


def _output(state: tuple[_Longs, _Longs]) -> _Longs:
    """64 bits of a state: both halves, turned to the right by its six highest bits."""
    value: _Longs = state[0] ^ state[1]
    turn: _Longs = state[0] >> _58
    return (value >> turn) | (value << ((_64 - turn) & np.uint64(63)))
