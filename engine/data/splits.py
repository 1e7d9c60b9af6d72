"""Training, validation and test images, so cut that they never mix: not by index, and not by two copies of one picture."""

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
) -> dict[str, Index]:
    """Indices of "train", "validation" and "test", disjoint and each in rising order.

    own: (N,) the split that the source put each image in; a split of its own is kept as it is. A missing test split takes the
    share `test` of the training images, a missing validation split then the share `validation` of those that are left: the same
    share of every class, drawn by `seed`. Images with the same digest stay together. ConfigError, naming data.source, where the
    images are too few to leave one in each split."""
    found = own.copy()
    for tag, share in ((TEST, test), (VALIDATION, validation)):
        if not np.any(found == tag):
            left = np.flatnonzero(found == TRAIN)
            taken = _draw(left, labels, digests, share, np.random.Generator(np.random.PCG64([seed, tag])))
            found[taken] = tag
    result = {name: np.flatnonzero(found == tag).astype(np.int64) for tag, name in enumerate(SPLITS)}
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


def shared(splits: dict[str, Index], digests: npt.NDArray[np.uint64]) -> int:
    """How many test images have an equal among the training or validation images: a flaw that a set's own splits can bring."""
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
    # Largest remainders get the rest; equal ones in a drawn order, so that no class is always favoured.
    rest = wanted - int(quota.sum())
    lot = generator.permutation(len(names))
    quota[lot[np.argsort(-(exact - quota)[lot], kind="stable")[:rest]]] += 1
    taken = [order[strata[order] == name][:many] for name, many in zip(names, quota, strict=True)]
    chosen = np.zeros(len(first), dtype=bool)
    chosen[np.concatenate(taken)] = True
    return left[chosen[group.reshape(-1)]]
