"""Messages name settings by their titles in the window: every setting, of a run, of its views and of every method."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import engine
from engine.catalogue import CATALOGUE, load
from engine.config.errors import ConfigError, complain
from engine.config.run import RunConfig, ViewConfig
from engine.config.text import parse
from workbench.forms import setting_titles
from workbench.forms.field import Field, fields
from workbench.forms.setting_titles import keys_in, learn, title_for, with_titles

# Names of variables that hold a part of a message.
MESSAGE_NAMES = ("remedy", "allowed", "message", "problem")
KEY = re.compile(r"\b(?:data|method|backbone|optim|train|monitor|views)\.[a-z0-9_.]*[a-z0-9_]")


@cache
def of_runs() -> tuple[Field, ...]:
    return fields(RunConfig.model_json_schema())


@cache
def of_methods() -> tuple[tuple[str, tuple[Field, ...]], ...]:
    return tuple((entry.id, fields(load(entry.id).Config.model_json_schema(), "method")) for entry in CATALOGUE)


def message_of(key: str) -> str:
    return str(complain(key, f"below {key}", 1, f"Lower {key}."))


def expected(title: str) -> str:
    return f"{title} must be below “{title}”. Got 1. Lower “{title}”."


def test_every_setting_of_a_run_has_its_title() -> None:
    for field in of_runs():
        if "." in field.key:
            title = "Preset (views)" if field.key == "views.preset" else field.title
            assert with_titles(message_of(field.key), field.key) == expected(title)


@pytest.mark.parametrize("key", ["name", "notes", "tags", "method"])
def test_a_key_without_a_dot_is_replaced_where_the_message_is_about_it(key: str) -> None:
    message = str(complain(key, "text", 1))
    assert with_titles(message, key) == f"{key.capitalize()} must be text. Got 1."
    assert with_titles(message) == message, "it may be a word of the sentence"


def test_every_setting_of_the_views_has_its_title() -> None:
    for field in fields(ViewConfig.model_json_schema()):
        assert with_titles(message_of(f"views.groups.0.{field.key}")) == expected(f"{field.title} (views)")
        assert with_titles(message_of(f"views.groups.1.{field.key}")) == expected(f"{field.title} (views, kind 2)")
    assert with_titles("views.groups must hold 2 views.") == "Views must hold 2 views."


def test_every_setting_of_every_method_has_its_title(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setting_titles, "_of_methods", {})
    for id, settings in of_methods():
        for field in settings:
            assert not KEY.search(with_titles(message_of(field.key))), f"{id}: before its form is known"
        learn(settings)
        for field in settings:
            assert with_titles(message_of(field.key)) == expected(field.title), id


def wrong_values() -> Iterator[tuple[str, dict[str, Any]]]:
    for field in of_runs():
        if "." in field.key and not field.key.startswith(("method.", "train.plan")):
            group, _, name = field.key.partition(".")
            yield field.key, {group: {name: {"a": object()}}}


def test_what_the_check_of_a_config_says_of_each_setting_has_its_title() -> None:
    for key, values in wrong_values():
        with pytest.raises(ConfigError) as caught:
            parse(RunConfig, values)
        for problem in caught.value.problems:
            assert problem.key.startswith(key)
            assert not KEY.search(with_titles(problem.message, problem.key)), problem.message


def test_a_check_of_two_settings_names_both_by_their_keys_and_is_about_the_first() -> None:
    with pytest.raises(ConfigError) as caught:
        parse(RunConfig, {"views": {"groups": [{"crop_min": 0.8, "crop_max": 0.5}]}})
    (problem,) = caught.value.problems
    assert problem.key == "views.groups.0.crop_min"
    low, high = "views.groups.0.crop_min", "views.groups.0.crop_max"
    assert problem.message == f"{low} must be at most {high} (0.5). Got 0.8. Lower {low} or raise {high}."
    shown = "Crop, smallest area (views) must be at most “Crop, largest area (views)” (0.5)."
    assert with_titles(problem.message).startswith(shown)


@pytest.mark.parametrize(
    "message",
    [
        "Got '/data/train.batch/x'.",
        "Got 'optim.lr'.",
        "File: /home/me/data.source/views.groups.",
        "See train.py and method.id.txt/data.",
        "data.nothing must be known.",
        "views.groups.0.nothing must be known.",
    ],
)
def test_paths_values_and_unknown_keys_are_left(message: str) -> None:
    assert with_titles(message) == message
    assert keys_in(message) == []


def test_the_keys_in_a_message_are_found_in_order() -> None:
    assert keys_in("Run 3: train.batch must be at most 9. Lower train.batch or raise data.size.") == ["train.batch", "data.size"]
    assert title_for("nothing") == ""


def literals(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.JoinedStr):
            yield "".join(piece.value if isinstance(piece, ast.Constant) else "{}" for piece in part.values)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def test_messages_of_the_engine_name_settings_by_their_whole_keys() -> None:
    """A bare name could not be replaced by a title. Only names with an underscore differ from words."""
    listed = [field.key for _, settings in of_methods() for field in settings] + [field.key for field in of_runs()]
    listed += [f"views.groups.0.{field.key}" for field in fields(ViewConfig.model_json_schema())]
    names = {name for key in listed if "_" in (name := key.rpartition(".")[2])}
    bare = re.compile(rf"(?<![.\w])(?:{'|'.join(sorted(names))})(?!\w)")
    wrong = []
    for path in sorted(Path(next(iter(engine.__path__))).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = {"complain", "Problem"} & {getattr(node.func, "id", "")} if isinstance(node, ast.Call) else set()
            holds_message = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in (
                "remedy",
                "allowed",
                "message",
                "problem",
            )
            if named or holds_message:
                wrong += [f"{path.name}: {text}" for text in literals(node) if " " in text and bare.search(text)]
    assert wrong == []
