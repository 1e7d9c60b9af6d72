"""Disjoint splits into training, validation and test images. Copies of the same picture are in the same split."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.config.errors import complain
from engine.data.dataset import Index

TRAIN, VALIDATION, TEST = 0, 1, 2
SPLITS = ("train", "validation", "test")


def cut(
    own: npt.NDArray[np.int8],
    labels: Index,
    digests: npt.NDArray[np.uint64],
    validation: float,
    test: float,
    seed: int,
    source: str = "",
    content: npt.NDArray[np.uint64] | None = None,
    by_list: bool = False,
    together: Index | None = None,
) -> dict[str, Index]:
    """Indices of "train", "validation" and "test", disjoint and each in rising order.

    own: (N,) the split that the source put each image in; a split of its own is kept as it is. A missing test split takes about
    the share `test` of the training images, a missing validation split then about the share `validation` of those that are left.
    An image's split depends only on `seed` and its `content` ((N,) digests; without them the `digests`): added or removed images
    do not move others, and every class has about the same share. Images with the same digest stay together, and so do those with
    the same number in `together` (N,). Where a split would stay empty it gets one image. ConfigError, naming data.source, where the
    images are too few to leave one in each.

    by_list: the rule of earlier versions, exact shares drawn over the list of all images: there one image more moves others."""
    tags = own.copy()
    if together is not None:
        digests = _joined(digests, together)
    group, first = _groups(digests, digests if content is None else content)
    for tag, share in ((TEST, test), (VALIDATION, validation)):
        if not np.any(tags == tag):
            left = np.flatnonzero(tags == TRAIN)
            if by_list:
                taken = _draw(left, labels, digests, share, np.random.Generator(np.random.PCG64([seed, tag])))
            else:
                taken = _by_content(left, group, first, share, seed, tag)
            tags[taken] = tag
    result = {name: np.flatnonzero(tags == tag).astype(np.int64) for tag, name in enumerate(SPLITS)}
    empty = [name for name, index in result.items() if len(index) == 0]
    if empty:
        distinct = len(np.unique(digests))
        raise complain(
            "data.source",
            "a set with at least one image for each of training, validation and test",
            source,
            f"It holds {len(own)} images, {distinct} of them different, which leaves none for {' and '.join(empty)}. Add images.",
        )
    return result


def _groups(
    digests: npt.NDArray[np.uint64], content: npt.NDArray[np.uint64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    """Groups of equal images: the group's number of each image (N,), and a digest of each group (G,)."""
    _, group = np.unique(digests, return_inverse=True)
    group = group.reshape(-1).astype(np.int64)
    first = np.full(int(group.max(initial=-1)) + 1, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(first, group, content)
    return group, first


def _joined(digests: npt.NDArray[np.uint64], together: Index) -> npt.NDArray[np.uint64]:
    """Numbers (N,) that are equal for images which a chain of equal digests and of equal `together` connects."""
    lowest = np.arange(len(digests), dtype=np.uint64)
    keys = [np.unique(one, return_inverse=True)[1].reshape(-1) for one in (digests, together)]
    while True:
        before = lowest
        for key in keys:
            of_key = np.full(int(key.max(initial=-1)) + 1, len(digests), np.uint64)
            np.minimum.at(of_key, key, lowest)
            lowest = of_key[key]
        if np.array_equal(before, lowest):
            return lowest


def _by_content(
    left: Index, group: npt.NDArray[np.int64], content: npt.NDArray[np.uint64], share: float, seed: int, tag: int
) -> Index:
    """Members of `left` whose content draws a number below `share`; the group with the smallest number where none does, none where
    there is but one group, and all but the one with the largest where all do."""
    groups = np.unique(group[left])
    if len(groups) < 2:
        return left[:0]
    number = uniform(content[groups], seed, tag)
    chosen = number < share
    if not chosen.any():
        chosen[number.argmin()] = True
    # At least one image must stay for every split that is still to be drawn, and for training.
    stay = 2 if tag == TEST and len(groups) > 2 else 1
    if (~chosen).sum() < stay:
        chosen[np.argsort(number)[len(number) - stay :]] = False
    return left[np.isin(group[left], groups[chosen])]


def uniform(content: npt.NDArray[np.uint64], seed: int, tag: int) -> npt.NDArray[np.float64]:
    """Numbers in [0, 1) (N,), a pure function of content (N,), seed and tag.

    The mixing is SplitMix64 (Steele, Lea, Flood, 2014), chained over the three numbers."""
    state = np.full(1, (seed * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) % 2**64, np.uint64)
    with np.errstate(over="ignore"):
        state = _mix(_mix(state) + np.uint64((tag * 0xD1B54A32D192ED03 + 1) % 2**64))
        state = _mix(_mix(content.astype(np.uint64)) + state)
    return np.asarray((state >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def _mix(value: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(value ^ (value >> np.uint64(31)))


def shared(splits: dict[str, Index], digests: npt.NDArray[np.uint64]) -> int:
    """How many test images are equal to a training or validation image: a flaw that a set's own splits can have."""
    seen = np.concatenate([digests[splits["train"]], digests[splits["validation"]]])
    return int(np.isin(digests[splits["test"]], seen).sum())


def _draw(left: Index, labels: Index, digests: npt.NDArray[np.uint64], share: float, generator: np.random.Generator) -> Index:
    """Members of `left` that make up about `share` of it, every class alike, at least one unless it would be all."""
    if len(left) == 0:
        return left
    _, first, group = np.unique(digests[left], return_index=True, return_inverse=True)
    strata = labels[left][first]
    order = generator.permutation(len(first))
    names, sizes = np.unique(strata, return_counts=True)
    wanted = min(max(round(share * len(first)), 1), len(first) - 1)
    exact = sizes * (wanted / len(first))
    quota = np.floor(exact).astype(np.int64)
    # Largest remainders get the rest; ties are broken at random, so that no class is always favoured.
    rest = wanted - int(quota.sum())
    lot = generator.permutation(len(names))
    quota[lot[np.argsort(-(exact - quota)[lot], kind="stable")[:rest]]] += 1
    taken = [order[strata[order] == name][:many] for name, many in zip(names, quota, strict=True)]
    chosen = np.zeros(len(first), dtype=bool)
    chosen[np.concatenate(taken)] = True
    return left[chosen[group.reshape(-1)]]
