"""Entries of other packages: valid ones are added to the tables, broken ones give a warning and stop nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import plugins
from engine.catalogue import entry, load, methods
from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.data.open import open_dataset
from engine.data.source_table import find, sources

ROWS = """
from engine.catalogue import Entry
from engine.data.source_table import Source

GOOD = Entry("good", "Good", "contrastive", 2020, "Doe", "A paper", "", "One line.", source="third_party.good")
TAKEN = Entry("simclr", "Not SimCLR", "contrastive", 2020, "Doe", "A paper", "", "One line.", source="third_party.good")
OTHER_NAME = Entry("a_name", "Other", "contrastive", 2020, "Doe", "A paper", "", "One line.", source="third_party.good")
NO_SOURCE = Entry("no_source", "No source", "contrastive", 2020, "Doe", "A paper", "", "One line.")
MISSING = Entry("missing", "Missing", "contrastive", 2020, "Doe", "A paper", "", "One line.", source="third_party.not_there")
NO_ROW = "a text"
STRIPES = Source("stripes", "Stripes", "embedded", 40, 2, 8, "One line.", opener="third_party.images:stripes")
BROKEN = Source("broken_set", "Broken", "embedded", 40, 2, 8, "One line.", opener="third_party.images:broken")
"""
IMAGES = """
import numpy as np
from engine.data.array_source import listing_of_arrays

def stripes(row, config, progress):
    images = np.zeros((40, 8, 8), np.uint8)
    images[::2, ::2] = 255
    images += np.arange(40, dtype=np.uint8)[:, None, None]
    return listing_of_arrays(row.id, images, np.arange(40) % 2, ["lines", "plain"], config.size)

def broken(row, config, progress):
    raise KeyError("no such column")
"""
POINTS = """
[parallax.methods]
good = third_party.rows:GOOD
simclr = third_party.rows:TAKEN
another_name = third_party.rows:OTHER_NAME
no_source = third_party.rows:NO_SOURCE
missing = third_party.rows:MISSING
no_row = third_party.rows:NO_ROW
unimportable = third_party.nowhere:ROW

[parallax.data]
stripes = third_party.rows:STRIPES
broken_set = third_party.rows:BROKEN
"""


def write_package(root: Path) -> None:
    """An installed distribution: modules and metadata."""
    package, info = root / "third_party", root / "third_party-1.0.dist-info"
    package.mkdir()
    info.mkdir()
    (package / "__init__.py").write_text("")
    (package / "rows.py").write_text(ROWS)
    (package / "images.py").write_text(IMAGES)
    (package / "good.py").write_text("METHOD = object\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: third-party\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)


def forget() -> None:
    for table in (plugins.load_group, methods, sources):
        table.cache_clear()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    write_package(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    forget()
    yield tmp_path
    monkeypatch.undo()
    for name in [name for name in sys.modules if name.partition(".")[0] == "third_party"]:
        del sys.modules[name]
    forget()


def test_entries_of_other_packages_follow_the_engine_s(installed: Path) -> None:
    added = [row for row in methods() if row.package]
    assert [(row.id, row.package, row.module) for row in added] == [
        ("good", "third-party", "third_party.good"),
        ("missing", "third-party", "third_party.not_there"),
    ]
    assert methods()[-2:] == tuple(added)
    assert entry("simclr").title == "SimCLR"
    row = find("stripes")
    assert row is not None
    assert row.package == "third-party"


def test_each_invalid_entry_is_reported_with_name_package_and_reason(installed: Path) -> None:
    methods()
    reasons = {problem.name: problem for problem in plugins.problems(plugins.METHODS)}
    assert set(reasons) == {"simclr", "another_name", "no_source", "no_row", "unimportable"}
    assert {problem.package for problem in reasons.values()} == {"third-party"}
    for name, words in {
        "simclr": "exists already",
        "another_name": "a_name",
        "no_source": "source",
        "no_row": "Got a str",
        "unimportable": "ModuleNotFoundError",
    }.items():
        assert words in reasons[name].error


def test_a_config_with_a_broken_entry_is_refused_with_the_reason(installed: Path) -> None:
    with pytest.raises(ConfigError, match="third-party is not used: ModuleNotFoundError"):
        entry("unimportable")


@pytest.mark.parametrize(("id", "words"), [("missing", "ModuleNotFoundError"), ("good", "no subclass of engine.method.Method")])
def test_the_error_of_a_method_that_cannot_be_loaded_names_its_package(installed: Path, id: str, words: str) -> None:
    with pytest.raises(ConfigError, match=f"package third-party.*{words}"):
        load(id)


def test_images_of_another_package_are_opened_and_split(installed: Path) -> None:
    dataset = open_dataset(DataConfig(source="stripes", size=16))
    assert dataset.images.shape == (40, 3, 16, 16)
    assert dataset.classes == ("lines", "plain")
    assert sum(len(index) for index in dataset.splits.values()) == 40
    # Image i has the value i, and every other row of even images has 255 more (modulo 256).
    for row in (0, 1, 24):
        assert set(dataset.images[row].ravel()[:1]) == {(255 + row) % 256 if row % 2 == 0 else row}


def test_an_opener_that_fails_is_a_config_error_with_its_package(installed: Path) -> None:
    with pytest.raises(ConfigError, match=r"data\.source must be .*Got 'broken_set'\. It is of the package third-party: KeyError"):
        open_dataset(DataConfig(source="broken_set"))


def test_the_list_commands_name_the_package_and_warn_of_broken_entries(tmp_path: Path) -> None:
    write_package(tmp_path)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from engine.cli import main; sys.exit(main(['methods']))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    lines = {line.split()[0]: line for line in result.stdout.splitlines()}
    assert lines["good"].endswith("[third-party]")
    assert not lines["simclr"].endswith("]")
    assert "warning: parallax.methods 'unimportable' of the package third-party is not used" in result.stderr
