"""Small files of unknown origin: size limits, types, and error messages."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.config.errors import ConfigError
from engine.config.printable import printable
from engine.config.safe_yaml import DEEPEST, YamlSyntaxError, load_yaml
from engine.config.small_files import Count, FileError, Seconds, as_type, parse_json, read_object, read_small
from engine.config.text import assignments, read_yaml

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + k)}: &{chr(98 + k)} [{','.join(['*' + chr(97 + k)] * 9)}]\n" for k in range(9)
)
MERGES = "a: &a {x: 1, y: 2}\n" + "".join(
    f"{chr(98 + k)}: &{chr(98 + k)} {{<<: [{','.join(['*' + chr(97 + k)] * 9)}]}}\n" for k in range(9)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "values, those that its aliases stand for included"),
        (MERGES, "values, those that its aliases stand for included"),
        ("a: &a [*a]", "contains itself"),
        ("[" * 60 + "]" * 60, "nested at most"),
        ("[" * 100_000, "nest"),
        ("- " * 20_000, "nest"),
        ("a: 2024-13-45", "'2024-13-45' is not a date; put it into quotes"),
        ("a: 2024-02-30 25:00:00", "is not a date"),
        ("a: !!int x", "'x' is not a whole number"),
        ("a: !!float x", "'x' is not a number"),
        ("a: !!bool maybe", "'maybe' is not true or false"),
        ("a: !!timestamp x", "'x' is not a date"),
        ("a: !!int [1]", "line 1"),
        (f"a: {'9' * 5000}", "a whole number has at most 100 characters, not 5,000"),
        (f"a: 0x{'f' * 5000}", "a whole number has at most"),
        ("a: " + ":".join(["1"] * 5000), "a whole number has at most"),
        ("a: !!python/object/apply:os.getcwd []", "line 1"),
        ("a: *b", "not YAML"),
        ("{[1]: 2}", "line 1"),
        ("a: '\udc80'", "not YAML"),
        ("a: \x07", "not YAML"),
    ],
)
def test_yaml_that_is_no_config_is_refused_with_a_message(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_yaml(text)
    assert words in str(caught.value)


def test_aliases_dates_and_nesting_of_a_valid_file_are_read() -> None:
    text = "views: &v {size: 32}\nother: *v\nwhen: 2024-02-29\nnight: 2024-02-29 10:00:00\n"
    assert load_yaml(text) == {
        "views": {"size": 32},
        "other": {"size": 32},
        "when": "2024-02-29",
        "night": "2024-02-29 10:00:00",
    }
    deep = load_yaml("[" * DEEPEST + "1" + "]" * DEEPEST)
    for _ in range(DEEPEST):
        (deep,) = deep
    assert deep == 1


def test_command_line_values_that_are_no_yaml_are_text_and_invalid_ones_are_refused() -> None:
    assert assignments(["name=[a", "notes=2024-02-03"]) == {"name": "[a", "notes": "2024-02-03"}
    assert assignments(["views.groups.²=1"]) == {"views": {"groups": {"²": 1}}}
    assert assignments([f"views.groups.{'1' * 5000}=1"])["views"]["groups"] == {"1" * 5000: 1}
    for pair in ("notes=2024-13-45", "name=!!float x", f"train.steps={'9' * 5000}"):
        with pytest.raises(ConfigError, match=pair.partition("=")[0].replace(".", r"\.")) as caught:
            assignments([pair])
        assert not isinstance(caught.value, YamlSyntaxError)
    with pytest.raises(ConfigError, match="at most"):
        assignments([".".join(["a"] * 3000) + "=1"])


def test_a_file_is_read_completely_or_refused_before_reading(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 100)
    assert read_small(tmp_path / "file", 100) == b"x" * 100
    with pytest.raises(FileError, match="more than 99 bytes"):
        read_small(tmp_path / "file", 99)
    with pytest.raises(FileError, match="null"):
        read_small("a\0b")
    with pytest.raises(FileNotFoundError):
        read_small(tmp_path / "none")
    (tmp_path / "folder").mkdir()
    with pytest.raises((FileError, OSError)):
        read_small(tmp_path / "folder")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.yaml")
    with pytest.raises(FileError, match="not a regular file"):
        read_small(tmp_path / "config.yaml")
    with pytest.raises(ConfigError, match="not a regular file"):
        read_yaml(tmp_path / "config.yaml")


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 5000, b"\xff\xfe\xfd", b"\xff\xff{}", "{", "", '{"a": nan}'])
def test_invalid_json_is_refused_with_a_message(text: str | bytes) -> None:
    with pytest.raises(FileError, match=r"^it is "):
        parse_json(text)


def test_lone_surrogates_are_escaped() -> None:
    assert parse_json(r'{"a\ud800": ["\ud83d\ude00\udc00"]}') == {r"a\ud800": ["😀\\udc00"]}
    assert parse_json(rb'"\ud800"') == r"\ud800"


@dataclass(frozen=True)
class _Sample:
    step: Count = 0
    seconds: Seconds = 0.0
    name: str = ""


def test_values_are_converted_to_declared_types_and_checked_against_bounds(tmp_path: Path) -> None:
    assert as_type(_Sample, {"step": 3, "seconds": 1, "later": 5}) == _Sample(3, 1.0)
    for bad in ({"step": -1}, {"step": 1e999}, {"step": 10**400}, {"step": 0.5}, {"step": None}, {"step": [1]}):
        with pytest.raises(FileError, match="step"):
            as_type(_Sample, bad)
    for bad in ({"seconds": "NaN"}, {"seconds": 1e300}, {"seconds": -1}, {"seconds": float("inf")}):
        with pytest.raises(FileError, match="seconds must be"):
            as_type(_Sample, bad)
    for bad in ([1], None, "x", 3):
        with pytest.raises(FileError, match="must be a group of keys"):
            as_type(_Sample, bad)
    (tmp_path / "a.json").write_text(json.dumps([1]))
    with pytest.raises(FileError, match="a list in place of an object"):
        read_object(tmp_path / "a.json")


def test_control_characters_are_escaped() -> None:
    text = "\x1b]0;owned\x07red\nsecond\t\x9bline\u202eabc\u2028é漢\udcff\ud800"
    shown = printable(text)
    assert shown == r"\x1b]0;owned\x07red\nsecond\t\x9bline\u202eabc\u2028é漢\xff\ud800"
    assert shown.isprintable()
    assert printable("a\n\tb\rc", lines=True) == "a\n\tb\\rc"
    assert printable("abcdef", longest=3) == "abc..."
