"""README and documentation pages are correct where a program can check it: commands parse, files and links exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from engine.cli.options import parser

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "examples" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ids = [page.relative_to(ROOT).as_posix() for page in PAGES]


def commands(page: Path) -> list[str]:
    lines = page.read_text(encoding="utf-8").splitlines()
    return [line[line.index("python -m engine") :] for line in lines if re.match(r"(\.venv/bin/)?python -m engine ", line)]


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_command_of_a_page_is_parsed(page: Path) -> None:
    for command in commands(page):
        parser().parse_args(shlex.split(command, comments=True)[3:])


def test_there_are_commands_to_check() -> None:
    assert len(commands(ROOT / "README.md")) >= 5
    assert sum(len(commands(page)) for page in PAGES) >= 15


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_file_named_on_a_page_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:engine|workbench|tests|docs|assets|examples)/[\w./*-]+)`", text)
    named += [link for link in re.findall(r"\]\(([^)#:]+)\)", text) if "generated/" not in link]
    # A path is read from the root of the project, or, in a link, from the page itself.
    missing = [path for path in named if not any(any(base.glob(path)) for base in (ROOT, page.parent) if ".." not in path)]
    assert [path for path in missing if not (page.parent / path).exists()] == []


def test_the_readme_is_short_and_has_its_commands_near_the_top() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 120
    for comment in ("<!-- demo -->", "<!-- test -->"):
        position = lines.index(comment)
        assert position < 25
        assert lines[position + 1] == "```sh"
        assert lines[position + 3] == "```"
