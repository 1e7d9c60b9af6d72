"""Published recipes: each is of a method, every setting exists and validates, and the command line offers them."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from engine.augment.presets import groups
from engine.catalogue import CATALOGUE, entry
from engine.cli import main
from engine.config.errors import ConfigError
from engine.paper_recipes import OTHER_PACKAGE, RECIPES, WITHOUT, find_recipe, paper_settings, setting_words, why_none
from engine.train.resolve import resolve
from engine.train.setup import fit_to_data


def data_of(id: str) -> dict[str, Any]:
    """A named set that the method takes, and what else it needs."""
    row = entry(id)
    source = "moving_shapes" if "clips" in row.needs else "blue_shapes" if row.other else "shapes"
    source = "visit" if row.feed == "world" else source
    given: dict[str, Any] = {"data": {"source": source}}
    if row.teacher:
        given["method"] = {"teacher": {"weights": "torchvision/vit_b_16"}}
    return given


@pytest.mark.parametrize("row", RECIPES, ids=lambda row: row.id)
def test_every_setting_exists_and_the_views_fit_the_encoder(row: Any) -> None:
    config = resolve(paper_settings(row.id, data_of(row.id)))
    values = config.model_dump(mode="json")
    for line in setting_words(row.settings):
        key, _, text = line.partition("=")
        here: Any = values
        for part in key.split("."):
            here = here[int(part)] if isinstance(here, list) else here[part]
        assert here == pytest.approx(float(text), rel=1e-3) if isinstance(here, float) else str(here).lower() == text.lower(), line
    stored = SimpleNamespace(images=torch.empty(1, 3, config.data.size or 224, config.data.size or 224), scale=None)
    fitted = fit_to_data(config, stored)  # type: ignore[arg-type]
    assert fitted.views.groups[0].size >= 32
    assert row.source
    assert row.needs


def test_each_method_has_one_recipe_or_a_reason() -> None:
    ids, known = [row.id for row in RECIPES], {row.id for row in CATALOGUE}
    assert len(set(ids)) == len(ids)
    assert set(ids) | set(WITHOUT) == known, "a method without a recipe says why in WITHOUT"
    assert not set(ids) & set(WITHOUT)
    assert all(len(reason) > 20 for reason in WITHOUT.values())
    assert why_none("mp3") == WITHOUT["mp3"]
    assert why_none("of_a_plugin") == OTHER_PACKAGE


@pytest.mark.parametrize("row", RECIPES, ids=lambda row: row.id)
def test_a_source_can_be_found_again(row: Any) -> None:
    paper = re.search(r"\b\d{4}\.\d{4,5}(v\d)?, ", row.source)
    code = re.search(r"[\w.]+ .*of [\w.-]+/[\w.-]+", row.source)
    assert paper or code, "a paper with its number and place, or a file of a repository"
    assert "not looked up" not in " ".join(row.differs)


def test_the_rate_follows_the_batch_and_what_is_given_stays() -> None:
    paper = paper_settings("moco_v2")
    assert (paper["optim"]["lr"], paper["train"]) == (0.03, {"batch": 256, "epochs": 200})
    smaller = paper_settings("moco_v2", {"train": {"batch": 64}, "optim": {"accumulate": 2}})
    assert smaller["optim"]["lr"] == 0.015  # 128 images a step
    assert paper_settings("moco_v2", {"train": {"batch": 64}, "optim": {"lr": 1.0}})["optim"]["lr"] == 1.0
    assert paper_settings("swav", {"train": {"batch": 64}})["optim"]["lr"] == 4.8  # its source names no rule
    # 0.1 x square root of 1,024 images.
    assert paper_settings("simclr_v2", {"train": {"batch": 1024}})["optim"]["lr"] == pytest.approx(3.2)
    timed = paper_settings("moco_v2", {"train": {"minutes": 3.0}})["train"]
    assert timed == {"batch": 256, "minutes": 3.0}
    assert paper_settings("lejepa", {"train": {"minutes": 3.0}})["train"] == {"minutes": 3.0}  # its source names no length
    views = paper_settings("dino")["views"]
    assert [group["size"] for group in views["groups"]] == [224, 224, 96]
    assert views["groups"][2]["count"] == groups("dino")[2].count == 8
    with pytest.raises(ConfigError, match=r"in the table \(simclr, .*Got 'nce'. The estimator has no recipe"):
        paper_settings("nce")


def test_the_command_line_prints_and_starts_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["methods", "--recipes", "--json"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(rows) == [row.id for row in CATALOGUE]
    assert rows["byol"]["settings"]["optim"]["lr"] == 3.2
    assert rows["random"] == {"id": "random", "none": WITHOUT["random"]}
    assert main(["methods", "--recipes"]) == 0
    printed = capsys.readouterr().out
    assert "optim.name=lars optim.lr=3.2" in printed
    assert main(["train", "--method", "simsiam", "--recipe", "paper", "--data", "no_such_set"]) == 2
    assert "data.source" in capsys.readouterr().err
    row = find_recipe("simsiam")
    assert row is not None
    assert row.settings["train"]["batch"] == 512
