"""Which runs share an axis."""

from __future__ import annotations

import pytest

from workbench.models.axis_groups import AxisFacts, axis_groups

SIMCLR, OTHER_DATA, MAE = AxisFacts("simclr", "shapes"), AxisFacts("simclr", "cifar10"), AxisFacts("mae", "shapes")
RUNS = {"a": MAE, "b": SIMCLR, "c": SIMCLR, "d": OTHER_DATA}


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("loss", [("b", "c", "d"), ("a",)]),
        ("terms.positive", [("b", "c", "d"), ("a",)]),
        ("stages.tokenizer", [("b", "c", "d"), ("a",)]),
        ("eval.knn", [("a", "b", "c"), ("d",)]),
        ("eval.task", [("b", "c"), ("a",), ("d",)]),
        ("diagnostics.std", [("a", "b", "c", "d")]),
        ("lr", [("a", "b", "c", "d")]),
        ("images_per_second", [("a", "b", "c", "d")]),
    ],
)
def test_each_figure_is_compared_only_where_it_means_the_same(name: str, groups: list[tuple[str, ...]]) -> None:
    assert [group.keys for group in axis_groups(name, RUNS)] == groups


def test_a_group_is_named_by_what_its_runs_share() -> None:
    loss, other = axis_groups("loss", RUNS)
    assert (loss.method, loss.data, other.method) == ("simclr", "", "mae")
    assert [group.data for group in axis_groups("eval.knn", RUNS)] == ["shapes", "cifar10"]


def test_the_loss_of_a_stage_is_another_loss_until_the_stage_is_over() -> None:
    runs = {"a": AxisFacts("beit", "shapes", "tokenizer"), "b": AxisFacts("beit", "shapes")}
    assert [group.keys for group in axis_groups("loss", runs)] == [("a",), ("b",)]
    assert [group.keys for group in axis_groups("eval.knn", runs)] == [("a", "b")]


def test_settings_on_which_the_values_depend_are_named() -> None:
    base = {"method.id": "simclr", "method.temperature": 0.1, "train.batch": 128, "data.count": 6000, "optim.lr": 0.1}
    other = base | {"method.temperature": 0.5, "train.batch": 256, "data.count": 500, "data.root": "/x", "optim.lr": 0.2}
    runs = {"a": AxisFacts("simclr", "shapes", config=base), "b": AxisFacts("simclr", "shapes", config=other)}
    assert axis_groups("loss", runs)[0].differing == ("method.temperature", "train.batch")
    assert axis_groups("eval.knn", runs)[0].differing == ("data.count",)
    assert axis_groups("diagnostics.std", runs)[0].differing == ()


def test_the_same_loss_on_other_data_is_named() -> None:
    assert axis_groups("loss", {"b": SIMCLR, "d": OTHER_DATA})[0].differing == ("data.source",)


def test_what_is_not_known_does_not_differ() -> None:
    runs = {"a": AxisFacts("simclr", "shapes", config={"train.batch": 64}), "b": AxisFacts("simclr", "shapes", config=None)}
    assert axis_groups("loss", runs)[0].differing == ()


def test_no_runs_are_no_group() -> None:
    assert axis_groups("loss", {}) == ()


def test_a_setting_that_an_older_run_lacks_is_no_difference() -> None:
    older, newer = {"data.seed": 0}, {"data.seed": 0, "data.folders": "classes"}
    runs = {"a": AxisFacts("simclr", "shapes", config=older), "b": AxisFacts("vicreg", "shapes", config=newer)}
    (group,) = axis_groups("eval.knn", runs)
    assert group.differing == ()
