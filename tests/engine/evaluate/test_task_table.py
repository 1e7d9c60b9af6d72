"""Evaluation tasks as rows: what another package adds is measured or refused in words, and what the data lack is said."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import engine.evaluate.encoder as encoder_module
from engine import plugins
from engine.config.errors import ConfigError
from engine.config.run import MethodChoice, RunConfig, TrainConfig, ViewConfig, ViewsConfig
from engine.data.dataset import Dataset
from engine.evaluate.protocol import evaluate
from engine.evaluate.subject import Subject
from engine.evaluate.task_table import Task, figure_title, tasks
from engine.methods.build_method import build_method
from engine.runs.evaluation import Figure, read_evaluation
from engine.runs.run_folder import create_folder
from tests.engine.embed.world import small_world

NO_LABELS = frozenset[Any]()
ROWS = {
    "constant": Task("constant", "Constant", ("constant",), "added_tasks:constant", needs=NO_LABELS),
    "raises": Task("raises", "Raises", ("raises",), "added_tasks:raises", needs=NO_LABELS),
    "too_large": Task("too_large", "Too large", ("too_large",), "added_tasks:too_large", needs=NO_LABELS),
    "foreign": Task("foreign", "Foreign", ("its_own",), "added_tasks:constant", needs=NO_LABELS),
    "gone": Task("gone", "Gone", ("gone",), "added_tasks:gone", needs=NO_LABELS),
    "masked": Task("masked", "Masked", ("masked",), "added_tasks:constant", needs=frozenset({"masks"})),
    # Refused when the table is read:
    "taken": Task("taken", "Taken", ("knn",), "added_tasks:constant"),
    "no_function": Task("no_function", "No function", ("no_function",), "added_tasks"),
    "trains": Task("trains", "Trains", ("trains",), "added_tasks:constant", frozen=False),
    "knn": Task("knn", "Another kNN", ("another",), "added_tasks:constant"),
}


def constant(subject: Subject) -> Iterator[Figure]:
    assert {name: len(rows) for name, rows in subject.features("trained").items()} == subject.counts
    yield Figure("constant", 0.75, 0.5, 0, "Always the same.")


def raises(subject: Subject) -> Iterator[Figure]:
    raise KeyError("no such column")


def too_large(subject: Subject) -> Iterator[Figure]:
    yield Figure("too_large", 75.0, 50.0, 0, "In per cent, by mistake.")


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The rows of a package `added-tasks`, whose functions are those above."""
    module = types.ModuleType("added_tasks")
    vars(module).update(constant=constant, raises=raises, too_large=too_large)
    monkeypatch.setitem(sys.modules, "added_tasks", module)
    rows = tuple(plugins.PluginRow(name, "added-tasks", row) for name, row in ROWS.items())
    load: Callable[[str], Any] = lambda group: (rows if group == plugins.EVALUATION else (), ())  # noqa: E731
    monkeypatch.setattr(plugins, "load_group", load)
    tasks.cache_clear()
    yield
    tasks.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = RunConfig(
        method=MethodChoice(id="simclr"), views=ViewsConfig(groups=(ViewConfig(size=16),)), train=TrainConfig(seed=5)
    )
    folder = create_folder(tmp_path / "runs", config)
    torch.save({"step": 3, "epoch": 1, "method": build_method(config).state_dict()}, folder / "checkpoints" / "last.pt")
    return folder


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    world = small_world(images=120, size=16)
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: world)
    return world


def test_usable_rows_follow_the_own_ones_and_the_others_are_reported(added: None) -> None:
    assert [row.id for row in tasks()][-6:] == ["constant", "raises", "too_large", "foreign", "gone", "masked"]
    own = ["knn", "linear", "image_retrieval", "zero_shot", "retrieval", "multi_label", "regression"]
    own += ["label_propagation", "motion", "speed", "sound_retrieval", "own_sound_retrieval", "event_spotting"]
    own += ["finetune_1", "finetune_10", "finetune_100"]
    assert [row.id for row in tasks()][: len(own)] == own
    reasons = {problem.name: problem.error for problem in plugins.problems(plugins.EVALUATION)}
    assert set(reasons) == {"taken", "no_function", "trains", "knn"}
    assert "names of its own" in reasons["taken"]
    assert "module:function" in reasons["no_function"]
    assert "frozen must be True" in reasons["trains"]
    assert "exists already" in reasons["knn"]
    assert figure_title("constant") == "Constant"


def test_a_task_of_another_package_is_measured_and_kept(added: None, folder: Path, world: Dataset) -> None:
    result = evaluate(folder, parts=("constant",))
    assert {name: (figure.trained, figure.untrained) for name, figure in result.figures.items()} == {"constant": (0.75, 0.5)}
    stored = read_evaluation(folder)
    assert stored is not None
    assert stored.at(None) == result.figures


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("raises", "It is of the package added-tasks: KeyError"),
        ("too_large", "shares from 0 to 1"),
        ("foreign", "the figures of foreign must be its_own"),
        ("gone", "It is of the package added-tasks: AttributeError"),
    ],
)
def test_a_task_that_fails_names_its_package(part: str, words: str, added: None, folder: Path, world: Dataset) -> None:
    with pytest.raises(ConfigError, match=words):
        evaluate(folder, parts=(part,))
    assert read_evaluation(folder) is None


def test_what_the_data_lack_is_said(added: None, folder: Path, world: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = replace(world, masks=None)
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: bare)
    with pytest.raises(ConfigError, match=r"data\.source must be a set with masks, which Masked needs"):
        evaluate(folder, parts=("masked",))


def test_a_task_without_need_of_labels_takes_data_that_have_none(
    added: None, folder: Path, world: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlabelled = replace(world, labels=world.labels * 0 - 1, classes=())
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: unlabelled)
    assert evaluate(folder, parts=("constant",)).chance == 0.0
    with pytest.raises(ConfigError, match="labels"):
        evaluate(folder, parts=("constant", "knn"))
