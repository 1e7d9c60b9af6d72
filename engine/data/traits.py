"""Traits of data: which settings have an effect depends on them (`only` of engine.config.part.setting)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from engine.data.shard_paths import name_in_shard
from engine.data.source_table import find

RENDERED = "rendered"  # `data.count` decides how many images there are
WORLD = "world"  # `data.scene` and `data.distractor` decide how a world to act in looks
WORLDS = ("reach", "catch", "visit")
VARIED = "varied"  # `data.bias` and `data.upright` decide what is drawn
VARIED_SOURCE = "shapes"
FOLDERS = "folders"  # a folder of images in folders
VIDEOS = "videos"  # a folder of videos: `data.frames` and `data.seconds` decide what a clip is
DEEP = "deep"  # images deeper than 8 bits
NO_VALIDATION = "no validation split"
NO_TEST = "no test split"
SECOND_SET = "second set"  # of the method rather than of the data: it needs `data.other`
_CUT = frozenset({NO_VALIDATION, NO_TEST})


def possible_traits(source: str) -> frozenset[str]:
    """The traits that the data of a `data.source` may have, as far as that is known before they are opened."""
    row = find(source)
    if row is None:
        return _CUT | {FOLDERS, VIDEOS, DEEP}
    own = {RENDERED: row.rendered, VARIED: source == VARIED_SOURCE, WORLD: source in WORLDS}
    return _CUT | {trait for trait, holds in own.items() if holds}


def traits_of(source: str, own_splits: Collection[str], names: Iterable[str], deep: bool, clips: bool = False) -> frozenset[str]:
    """The traits of the data of a `data.source`. `own_splits`: the splits that it has itself. `names`: of its files, in folders
    with "/". `deep`: whether there are images deeper than 8 bits. `clips`: whether they are clips."""
    row = find(source)
    known = {
        RENDERED: row is not None and row.rendered,
        WORLD: source in WORLDS,
        VARIED: source == VARIED_SOURCE,
        FOLDERS: row is None and any("/" in name_in_shard(name) for name in names),
        VIDEOS: row is None and clips,
        DEEP: deep,
        NO_VALIDATION: "validation" not in own_splits,
        NO_TEST: "test" not in own_splits,
    }
    return frozenset(trait for trait, holds in known.items() if holds)
