"""RunsOrder: sorts, filters and groups the runs of a view without model resets."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester

from engine.runs.run_store import Changes, RunSummary
from engine.runs.status import Status
from workbench.models.runs import RunsModel
from workbench.models.runs_order import FEW, RunsOrder


def summary(name: str, *, method: str = "simclr", state: str = "finished", tags: tuple[str, ...] = (), **more: Any) -> RunSummary:
    status = Status(state=state, step=10, steps=10, method=method, data="shapes", **more)  # type: ignore[arg-type]
    return RunSummary(Path("/runs") / name, state, status, name=name, tags=tags, config_time=1)  # type: ignore[arg-type]


RUNS = (
    summary("a", started=1.0, best=0.4, loss=3.0, tags=("probe",)),
    summary("b", started=3.0, best=0.6, method="byol", tags=("probe", "long")),
    summary("c", started=2.0, loss=20.0, method="BYOL", state="failed"),
    summary("d", started=4.0, best=0.4, loss=1.0),
)


@pytest.fixture
def model() -> RunsModel:
    made = RunsModel()
    made.apply(Changes(added=RUNS))
    return made


def names(order: RunsOrder, parent: QModelIndex | None = None) -> str:
    parent = parent or QModelIndex()
    return "".join(Path(order.key(order.index(row, 0, parent))).name for row in range(order.rowCount(parent)))


def grouped(order: RunsOrder) -> dict[str, str]:
    heads = [order.index(row, 0) for row in range(order.rowCount())]
    return {name: names(order, head) for name, head in zip(order.groups(), heads, strict=True)}


def test_newest_runs_come_first_and_queued_ones_before_them(model: RunsModel) -> None:
    order = RunsOrder(model)
    assert names(order) == "dbca"
    model.add_job("job-1", "mine", "simclr", "shapes")
    assert names(order) == "job-1dbca"


@pytest.mark.parametrize(
    ("column", "down", "wanted"),
    [
        ("best", True, "bdac"),
        ("best", False, "dabc"),
        ("loss", True, "cadb"),
        ("loss", False, "dacb"),
        ("method", False, "bcda"),
        ("title", True, "dcba"),
    ],
)
def test_sorting_is_numeric_and_stable_with_empty_values_last(model: RunsModel, column: str, down: bool, wanted: str) -> None:
    order = RunsOrder(model)
    order.sort_by(column, down)
    assert names(order) == wanted


def test_a_second_sort_keeps_the_first_order_among_equals(model: RunsModel) -> None:
    order = RunsOrder(model, ("title", "best", "state"))
    order.sort(0, Qt.SortOrder.AscendingOrder)
    order.sort(1, Qt.SortOrder.DescendingOrder)
    assert names(order) == "badc"
    order.sort(2, Qt.SortOrder.AscendingOrder)
    assert names(order) == "cbad"


def test_numbers_come_before_words_in_a_setting(model: RunsModel) -> None:
    wanted: list[str] = []
    model.configsWanted.connect(wanted.extend)
    order = RunsOrder(model)
    order.sort_by("train.x", False)
    assert len(wanted) == 4
    given = {"a": 10, "b": "auto", "c": 9.5}
    model.take_configs({f"/runs/{name}": {"train.x": value} for name, value in given.items()} | {"/runs/d": {}})
    assert names(order) == "cabd"
    assert model.complete


def test_the_filter_is_applied_again_when_configs_arrive_or_a_run_changes(model: RunsModel) -> None:
    order = RunsOrder(model)
    assert [doubt.kind for doubt in order.set_query("method.temperature>0.1").doubts] == ["unknown"]
    understood: list[int] = []
    order.understood.connect(lambda: understood.append(1))
    model.take_configs({"/runs/a": {"method.temperature": 0.2}, "/runs/b": {"method.temperature": 0.1}})
    assert understood
    assert names(order) == "a"
    order.set_query("state:failed")
    assert names(order) == "c"
    model.apply(Changes(changed=(replace(RUNS[0], state="failed"), replace(RUNS[2], state="finished"))))
    assert names(order) == "a"
    order.set_query("")
    order.set_starred(True)
    assert names(order) == ""
    model.apply(Changes(changed=(replace(RUNS[3], star=True),)))
    assert names(order) == "d"


def test_groups_contain_their_runs_and_a_run_with_two_tags_is_in_both(model: RunsModel) -> None:
    order = RunsOrder(model, ("title", "best"))
    order.set_grouping("tags")
    assert grouped(order) == {"long": "b", "probe": "ba", "": "dc"}
    assert order.shown() == ("/runs/b", "/runs/a", "/runs/d", "/runs/c")
    assert order.data(order.index(1, 0)) == "probe · 2 runs · best kNN .600"
    order.set_grouping("method")
    order.sort_by("title", False)
    assert grouped(order) == {"byol": "b", "BYOL": "c", "simclr": "ad"}
    model.apply(Changes(changed=(summary("a", method="moco", started=9.0),), removed=(Path("/runs/b"),)))
    assert grouped(order) == {"BYOL": "c", "moco": "a", "simclr": "d"}
    order.set_query("moco")
    assert grouped(order) == {"moco": "a"}
    order.set_grouping("")
    assert names(order) == "a"


def test_many_rows_are_inserted_and_removed_with_few_signals(model: RunsModel) -> None:
    model.apply(Changes(added=tuple(summary(f"{number:03d}", started=10.0 + number, best=number / 200) for number in range(200))))
    order = RunsOrder(model)
    order.sort_by("title", False)
    steps: list[str] = []
    order.rowsRemoved.connect(lambda: steps.append("removed"))
    order.rowsInserted.connect(lambda: steps.append("inserted"))
    mirror = Mirror(order)
    every_third = " ".join(f"-{number:03d}" for number in range(0, 200, 3))
    for text in (every_third, "", "knn>0.5", every_third, ""):
        steps.clear()
        order.set_query(text)
        assert len(steps) <= 2 * FEW, "67 runs that are not adjacent are removed or inserted"
        assert mirror.rows() == mirror.fresh()
        assert list(order.shown()) == sorted(order.shown())


@pytest.mark.parametrize("grouping", ["", "method", "tags", "seed"])
def test_the_model_stays_consistent_without_resets_under_random_changes(
    model: RunsModel, grouping: str, qtmodeltester: ModelTester
) -> None:
    order = RunsOrder(model, ("title", "best", "tags"))
    order.set_grouping(grouping)
    order.modelReset.connect(lambda: pytest.fail("a live model was reset"))
    qtmodeltester.check(order)
    # A second model that receives the signals as a view does, and maintains its rows only by them.
    mirror = Mirror(order)
    rng = random.Random(0)
    for number in range(120):
        action = rng.randrange(6)
        name = rng.choice("abcdefgh")
        tags = tuple(rng.sample(("probe", "long", "old"), rng.randrange(3)))
        made = summary(
            name, method=rng.choice(("simclr", "byol", "moco")), started=float(rng.randrange(9)), best=rng.random(), tags=tags
        )
        if action == 0:
            order.set_query(rng.choice(("", "simclr", "-tag:long", "knn>0.5", "nothing at all")))
        elif action == 1:
            order.sort_by(rng.choice(("title", "best", "started", "method")), rng.random() < 0.5)
        elif action == 2:
            model.apply(Changes(removed=(Path("/runs") / name,)))
        elif action == 3:
            model.add_job(f"job-{number}", "mine", "simclr", "shapes")
        else:
            known = model.row(str(made.folder)) is not None
            model.apply(Changes(changed=(made,)) if known else Changes(added=(made,)))
        assert mirror.rows() == mirror.fresh()
        assert {key for key, index in mirror.held.items() if index.isValid() and order.key(QModelIndex(index)) != key} == set()
        mirror.hold()


class Mirror:
    """The state of a view that is updated only by signals: rows by parent, and persistent indexes of each run."""

    def __init__(self, order: RunsOrder) -> None:
        self.order = order
        self.held: dict[str, QPersistentModelIndex] = {}
        self._rows = self.fresh()
        order.rowsInserted.connect(self._inserted)
        order.rowsRemoved.connect(self._removed)
        order.layoutChanged.connect(self._moved)
        self.hold()

    def fresh(self) -> dict[str, list[str]]:
        order = self.order
        if not order.grouping:
            return {"": [order.key(order.index(row, 0)) for row in range(order.rowCount())]}
        rows = {"*": list(order.groups())}
        for row, name in enumerate(order.groups()):
            head = order.index(row, 0)
            rows[name] = [order.key(order.index(child, 0, head)) for child in range(order.rowCount(head))]
        return rows

    def rows(self) -> dict[str, list[str]]:
        return self._rows

    def hold(self) -> None:
        self.held = {key: QPersistentModelIndex(self.order.index_of(key)) for key in self.order.shown()}

    def _name(self, parent: QModelIndex) -> str:
        if not self.order.grouping:
            return ""
        return self.order.groups()[parent.row()] if parent.isValid() else "*"

    def _inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        now, name = self.fresh(), self._name(parent)
        self._rows.setdefault(name, [])[first:first] = now[name][first : last + 1]
        if name == "*":
            self._rows.update({group: now[group] for group in now["*"][first : last + 1]})

    def _removed(self, parent: QModelIndex, first: int, last: int) -> None:
        gone = self._rows[self._name(parent)][first : last + 1]
        del self._rows[self._name(parent)][first : last + 1]
        if self._name(parent) == "*":
            for group in gone:
                del self._rows[group]

    def _moved(self) -> None:
        now = self.fresh()
        assert {name: sorted(rows) for name, rows in self._rows.items()} == {name: sorted(now[name]) for name in self._rows}
        self._rows = {name: now[name] for name in self._rows}


def test_columns_are_replaced_with_their_headers_and_texts(model: RunsModel) -> None:
    order = RunsOrder(model, ("title", "best"))
    order.set_columns(("best", "optim.lr", "loss"))
    assert order.columns == ("title", "best", "optim.lr", "loss")
    order.set_columns(("loss",))
    assert order.columns == ("title", "loss")
    row = order.index_of("/runs/c")
    assert [order.data(row.siblingAtColumn(column)) for column in (0, 1)] == ["c", "20.000"]
    assert order.headerData(1, Qt.Orientation.Horizontal) == "Loss"


def test_editing_a_cell_emits_edited_and_does_not_change_the_model(model: RunsModel) -> None:
    order = RunsOrder(model, ("title", "tags", "notes", "best"))
    edits: list[tuple[str, str, object]] = []
    order.edited.connect(lambda *what: edits.append(what))
    row = order.index_of("/runs/a")
    for column, text in ((0, " new "), (0, ""), (1, "x, y,, x"), (1, "probe"), (2, "n"), (2, "")):
        order.setData(row.siblingAtColumn(column), text)
    assert edits == [("/runs/a", "title", "new"), ("/runs/a", "tags", ("x", "y")), ("/runs/a", "notes", "n")]
    assert model.row("/runs/a").title == "a"  # type: ignore[union-attr]
    editable = [bool(order.flags(row.siblingAtColumn(column)) & Qt.ItemFlag.ItemIsEditable) for column in range(4)]
    assert editable == [True, True, True, False]


def test_many_runs_are_removed_with_one_arrangement() -> None:
    model = RunsModel()
    for number in range(6):
        model.add_job(f"job-{number}", f"r{number}", "simclr", "shapes")
    order = RunsOrder(model)
    counts: list[int] = []
    order.counted.connect(lambda: counts.append(len(order.shown())))
    model.remove_all(["job-0", "job-2", "job-3", "gone", "job-5"])
    assert counts == [2]
    assert [row.key for row in model.rows()] == ["job-1", "job-4"]
    assert sorted(order.shown()) == ["job-1", "job-4"]


def seeds(model: RunsModel, **settings: dict[str, Any]) -> None:
    """The settings of runs by name."""
    model.take_configs({f"/runs/{name}": {"method.id": "simclr", **values} for name, values in settings.items()})


def test_runs_by_seed_are_groups_with_mean_and_deviation(model: RunsModel) -> None:
    order = RunsOrder(model, ("title", "method", "best", "loss", "train.seed"))
    order.set_grouping("seed")
    assert grouped(order) == {"": "dbca"}
    seeds(model, a={"train.seed": 0}, b={"train.seed": 1}, d={"train.seed": 2}, c={"train.seed": 0, "optim.lr": 9.0})
    order.sort_by("best", True)
    (name, members), (_, other) = grouped(order).items()
    assert (sorted(members), other) == (["a", "b", "d"], "c")
    head = order.index(0, 0)
    texts = [order.data(head.siblingAtColumn(column)) for column in range(5)]
    # Best .4, .6 and .4; the loss of two of them, 3 and 1; and no mean of seeds.
    assert texts[0].endswith("shapes · 3 seeds")
    assert texts[1:] == ["", ".467 ± .115", "2.000 ± 1.414 (2)", ""]
    assert order.group_text(name) == texts[0]
    assert order.data(order.index(1, 0).siblingAtColumn(2)) == "—"


def test_groups_by_seed_stand_in_the_order_of_their_means(model: RunsModel) -> None:
    model.apply(Changes(added=(summary("e", best=0.9), summary("f", best=0.1))))
    order = RunsOrder(model)
    order.set_grouping("seed")
    seeds(model, a={"train.seed": 0}, d={"train.seed": 1}, e={"train.seed": 0, "x": 1}, f={"train.seed": 1, "x": 1}, b={"x": 2})
    order.sort_by("best", True)
    # Means of .6, .5 and .4, although the run with the largest value is in the second group; c's settings are not known.
    assert [set(members) for members in grouped(order).values()] == [{"b"}, {"e", "f"}, {"a", "d"}, {"c"}]
    order.sort_by("best", False)
    assert [set(members) for members in grouped(order).values()] == [{"a", "d"}, {"e", "f"}, {"b"}, {"c"}]


def test_a_repeated_seed_counts_once_in_the_mean(model: RunsModel) -> None:
    order = RunsOrder(model, ("title", "best"))
    order.set_grouping("seed")
    seeds(model, a={"train.seed": 0}, b={"train.seed": 1}, d={"train.seed": 0}, c={"train.seed": 2, "x": 1})
    (name,) = [name for name, members in grouped(order).items() if len(members) == 3]
    row = order.groups().index(name)
    assert order.data(order.index(row, 0)).endswith("2 seeds · 3 runs")
    assert order.data(order.index(row, 1)) == ".500 ± .141"
