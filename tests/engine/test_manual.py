"""The documentation without a network: every page can be read, its links lead to pages, and it has no directive of Sphinx."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import manual
from engine.catalogue import CATALOGUE
from engine.config.errors import ConfigError


@pytest.mark.parametrize("name", [*manual.WRITTEN, *manual.MADE, "methods/simclr", "methods/mae"])
def test_a_page_is_markdown_whose_links_lead_somewhere(name: str) -> None:
    text = manual.page(name)
    assert text.startswith("# ")
    assert "{toctree}" not in text
    assert "{eval-rst}" not in text
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target = link.partition("#")[0]
        if target.endswith(".md"):
            assert target.removesuffix(".md") in {*manual.WRITTEN, *manual.MADE, *(f"methods/{row.id}" for row in CATALOGUE)}
        else:
            assert target.startswith(("http://", "https://")), target


def test_the_page_of_a_method_has_its_settings_with_bounds_and_its_paper() -> None:
    text = manual.page("methods/vicreg")
    assert "| `variance` | 25.0 | ≥ 0, ≤ 1000 |" in text
    assert "(https://arxiv.org/abs/2105.04906)" in text


def test_the_contents_name_every_page_by_its_heading() -> None:
    titles = manual.contents()
    assert list(titles) == [*manual.WRITTEN, *manual.MADE]
    assert titles["configuration"] == "Configuration"
    assert all(titles.values())


def test_a_link_to_a_page_that_is_not_there_becomes_text_and_another_keeps_its_page() -> None:
    text = "See [losses](../losses.md#simclr), [settings](generated/configuration.md#train) and [a paper](https://x.org/a.md)."
    assert manual.for_viewers(text) == "See losses, [settings](configuration.md) and [a paper](https://x.org/a.md)."


def test_directives_are_left_out() -> None:
    text = "# A\n\n```{toctree}\nstart\n```\n\nText\n\n```sh\nls\n```\n"
    assert manual.for_viewers(text) == "# A\n\n\nText\n\n```sh\nls\n```\n"


def test_an_unknown_page_is_an_error_that_lists_the_pages() -> None:
    with pytest.raises(ConfigError, match="configuration"):
        manual.page("nowhere")
    with pytest.raises(ConfigError, match="simclr"):
        manual.page("methods/simclrr")


def test_an_installed_program_reads_the_pages_beside_its_assets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert (manual.written_pages() / "window.md").is_file()
    monkeypatch.setattr(manual, "ROOT", tmp_path)
    assert manual.written_pages().parts[-2:] == ("assets", "manual")
