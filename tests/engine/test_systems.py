"""The systems of the articles: each is a method, none is missing, and the page and the command line say the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import manual
from engine.catalogue import CATALOGUE, load
from engine.systems import ARTICLES, SYSTEMS, beyond, summary

# Methods that the articles do not name: these, and whatever is added later.
BEYOND = {"dcl", "nnclr", "vicreg", "lejepa", "ijepa", "vjepa", "random", "supervised", "supcon"}
NAMED = {system.id for system in SYSTEMS}
# How many systems each part of the articles explains, counted in the articles.
COUNTS = {
    "survey, 1 Pretext tasks": 10,
    "survey, 2 (1) Contrastive losses": 7,
    "survey, 2 (2) Parallel augmentation": 9,
    "survey, 2 (3) Memory bank": 4,
    "survey, 2 (4) Several modalities": 2,
    "survey, 2 (5) Applications": 4,
    "survey, 3 Masked image modelling": 8,
}
# The articles lie beside the tree where the project is developed.
SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
FILES = {"breakthroughs": "000", "survey": "001", "examples": "002", "day 22": "003"}
# As articles write the systems that they do not name in the words of the survey.
WRITTEN = {
    ("day 22", "jigsaw"): "拼圖",
    ("day 22", "colorization"): "圖片上色",
    ("day 22", "rotation"): "預測旋轉",
    ("day 22", "inpainting"): "圖片修復",
    ("day 22", "simclr"): "SimCLR",
    ("breakthroughs", "simclr"): "SimCLR",
    ("breakthroughs", "instdisc"): "Instance Discrimination",
    ("examples", "rotation"): "图像旋转预测",
    ("examples", "siamese"): "Siamese Network",
}


def test_every_system_of_the_articles_is_a_method_of_its_own() -> None:
    assert len(SYSTEMS) == 46
    assert len({system.id for system in SYSTEMS}) == len({system.name for system in SYSTEMS}) == 46
    ids = [row.id for row in CATALOGUE]
    assert set(ids) >= NAMED
    assert beyond(ids) == tuple(id for id in ids if id not in NAMED)
    assert set(beyond(ids)) >= BEYOND
    assert len(ids) == 46 + len(beyond(ids))


def test_no_part_of_the_articles_is_left_out() -> None:
    for part, count in COUNTS.items():
        assert sum(part in system.sections for system in SYSTEMS) == count, part
    assert {section.partition(",")[0] for system in SYSTEMS for section in system.sections} == set(ARTICLES)
    others = {system.id for system in SYSTEMS if not any(section in COUNTS for section in system.sections)}
    assert others == {"siamese", "inpainting"}


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the articles are not here")
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.id)
def test_an_article_that_is_named_names_the_system(system: object) -> None:
    assert hasattr(system, "sections")
    for section in system.sections:
        article = section.partition(",")[0]
        [file] = SEEDS.glob(f"{FILES[article]}_*.txt")
        assert WRITTEN.get((article, system.id), system.name) in file.read_text(encoding="utf-8"), section  # type: ignore[attr-defined]


def test_the_page_lists_every_method_once_and_says_what_the_command_line_says() -> None:
    text = manual.page("systems")
    named, _, others = text.partition("## Beyond the articles")
    for row in CATALOGUE:
        link = f"[`{row.id}`](methods/{row.id}.md)"
        assert (named.count(link), others.count(link)) == ((1, 0) if row.id in NAMED else (0, 1))
    assert summary(row.id for row in CATALOGUE) in text
    flat_nce = "| FlatNCE | [`flat_nce`](methods/flat_nce.md) | survey, 2 (1) Contrastive losses | What the article prints is DCL"
    assert flat_nce in text


def test_methods_of_other_packages_are_beyond_and_missing_systems_are_counted() -> None:
    assert summary(["simclr", "theirs"]) == "1 of the 46 systems of the articles, and beyond them 1: theirs."
    assert summary(["simclr"]) == "1 of the 46 systems of the articles."


def test_the_page_of_a_method_names_data_that_it_can_use() -> None:
    vjepa = next(row for row in CATALOGUE if row.id == "vjepa")
    assert "--method vjepa --minutes 3" in manual.method_page(vjepa)
    assert "Four images of `moving_shapes`" in manual.method_page(vjepa, "views.png")
    assert "--method simclr --data shapes --minutes 3" in manual.method_page(next(row for row in CATALOGUE if row.id == "simclr"))
    for row in CATALOGUE:
        assert row.needs in ((), ("masks",), ("captions",)) or load(row.id).recipe["data"]["source"]
