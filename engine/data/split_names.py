"""Which split a folder or file holds, from its name."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.data.splits import TEST, TRAIN, VALIDATION

# Words in the name of a split's folder ("train", "Training Set", "seg_test", "val2017").
_SPLITS = {
    "train": TRAIN, "training": TRAIN, "trainset": TRAIN, "trn": TRAIN, "trainval": TRAIN, "unlabeled": TRAIN, "unlabelled": TRAIN,
    "val": VALIDATION, "valid": VALIDATION, "validation": VALIDATION, "valset": VALIDATION,
    "test": TEST, "testing": TEST, "testset": TEST, "tst": TEST,
}  # fmt: skip
_BESIDE = frozenset({"", "set", "sets", "data", "dataset", "split", "seg", "image", "images", "img", "imgs", "photos", "pictures"})


def split_of(name: str) -> int | None:
    """The split that a folder of this name contains; None for any other name."""
    words = re.split(r"[^a-z]+", name.lower())
    splits = {_SPLITS[word] for word in words if word in _SPLITS}
    rest = [word for word in words if word not in _SPLITS]
    return splits.pop() if len(splits) == 1 and all(word in _BESIDE for word in rest) else None


def tags_of(paths: Sequence[tuple[str, ...]]) -> npt.NDArray[np.int8] | None:
    """The split of each image, (N,), by the parts of the path of the file that holds it and others; None where the paths name no
    training split beside another one. Images of files that name none are training images."""
    known = {path: split_in(path) for path in dict.fromkeys(paths)}
    if {*known.values()} - {None} <= {TRAIN} or TRAIN not in known.values():
        return None
    return np.array([TRAIN if (tag := known[path]) is None else tag for path in paths], np.int8)


def split_in(inside: Sequence[str]) -> int | None:
    """The split of a file by its path: that of the last folder that is called like one, else the only one that the words of its
    own name say ("imagenet-train-000012.tar"); None where neither does."""
    for folder in reversed(inside[:-1]):
        if (tag := split_of(folder)) is not None:
            return tag
    words = re.split(r"[^a-z]+", inside[-1].lower())
    splits = {_SPLITS[word] for word in words if word in _SPLITS}
    return splits.pop() if len(splits) == 1 else None
