"""What a search may change."""

from __future__ import annotations

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.search.space import SPACES, Choice, Range, Space, overlaid, parse_space, value_at
from engine.train.resolve import resolve

PRESENT = resolve({"method": {"id": "simclr"}}).model_dump(mode="json")


def test_ranges_and_choices_are_read_with_their_kind() -> None:
    texts = ["optim.lr=1e-4..1e-1 log", "train.batch=16..64", "views.groups.*.hue=0..0.5", "method.id=simclr, byol"]
    assert parse_space(texts, PRESENT).dimensions == (
        Range("optim.lr", 1e-4, 1e-1, log=True),
        Range("train.batch", 16, 64, whole=True),
        Range("views.groups.*.hue", 0, 0.5),
        Choice("method.id", ("simclr", "byol")),
    )


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "neither"),
        (["optim.lr"], "of the form KEY=LOW..HIGH"),
        (["optim.lr=1..0"], "from a lower to a higher"),
        (["optim.lr=0..1 log"], "above 0 at both ends"),
        (["optim.lr=a..b"], "a range of numbers"),
        (["optim.lr=0..1 linear 5"], "a range of numbers"),
        (["train.batch=1.5..4"], "whole numbers"),
        (["backbone.name=0..1"], "backbone.name=A,B"),
        (["optim.lr=0.1"], "two values or more"),
        (["optim.lr=0..1", "optim.lr=0,1"], "optim.lr must be once"),
        (["train.seed=0..4"], "other than the seed"),
        (["data.*.count=1..2"], "alone"),
        ([f"a.{letter}=1,2,3,4,5" for letter in "abc"], "at most 64 combinations"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_words(texts: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_space(texts, PRESENT)


def test_points_become_values_within_the_bounds_and_back() -> None:
    space = Space((Range("a", 0, 0.5), Range("b", 1e-4, 1, log=True), Range("c", 2, 5, whole=True)))
    assert space.values(np.array([0.0, 0.0, 0.0])) == {"a": 0.0, "b": 1e-4, "c": 2}
    assert space.values(np.array([1.0, 1.0, 1.0])) == {"a": 0.5, "b": 1.0, "c": 5}
    assert space.values(np.array([0.2, 0.5, 0.5])) == {"a": 0.1, "b": 0.01, "c": 4}
    assert type(space.values(np.array([0.2, 0.5, 0.5]))["c"]) is int
    assert np.allclose(space.point({"a": 0.1, "b": 0.01}), [0.2, 0.5, 0.5])
    assert np.allclose(space.point({"a": 9.0, "b": 0.0, "c": -4}), [1.0, 0.5, 0.125])
    # Each whole number has the same share of the range.
    drawn = [space.values(np.array([0, 0, share]))["c"] for share in np.linspace(0, 0.999, 400)]
    assert [drawn.count(value) for value in (2, 3, 4, 5)] == [100, 100, 100, 100]


def test_every_kind_of_view_gets_the_strengths_and_local_crops_stay() -> None:
    base = {"method": {"id": "swav"}, "views": {"preset": "swav"}}
    groups = resolve(base).views.groups
    values = {"views.groups.*.hue": 0.4, "views.groups.*.crop_min": 0.9}
    changed = resolve(overlaid(base, values, [group.role for group in groups])).views.groups
    assert [group.role for group in changed] == ["global", "local"]
    assert [group.hue for group in changed] == [0.4, 0.4]
    assert [group.crop_min for group in changed] == [0.9, groups[1].crop_min]
    assert changed[0].model_copy(update={"hue": groups[0].hue, "crop_min": groups[0].crop_min}) == groups[0]


def test_another_method_does_not_take_the_hyper_parameters() -> None:
    base = {"method": {"id": "simclr", "temperature": 0.3}, "optim": {"lr": 0.01}}
    assert overlaid(base, {"method.id": "byol"}, ()) == {"method": {"id": "byol"}, "optim": {"lr": 0.01}}
    assert overlaid(base, {"method.id": "simclr"}, ())["method"] == {"id": "simclr", "temperature": 0.3}


def test_each_strength_of_the_named_space_is_a_setting_and_its_ends_are_allowed() -> None:
    space = parse_space(SPACES["augmentation"], PRESENT)
    for one in space.ranges:
        assert isinstance(value_at(PRESENT, one.key), float), one.key
        for end in (one.low, one.high):
            resolve(overlaid({"method": {"id": "simclr"}}, {one.key: end}, ["global"]))
