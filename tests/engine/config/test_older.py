"""Configs of older versions: a run is rebuilt identically. The expected numbers were computed with the older version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from engine.augment.pipeline import Pipeline
from engine.config.older import from_older
from engine.config.run import RunConfig
from engine.config.text import parse, read_yaml, to_yaml
from engine.methods.build_method import build_method
from engine.runs.reader import read_run_config
from engine.train.resolve import resolve

# Keys that the first version did not have.
NEW = {"backbone": ("init", "least_map"), "method": ("last_layer", "context_least", "decay_positions")}
NEW_OF_VIEWS = ("blur_unit", "hue_turn")


def first_version(method: str, patch: int) -> dict[str, Any]:
    """A complete config of the first version: today's without the later keys."""
    given = {"method": method, "views": {"groups": {0: {"size": 32}}}, "train": {"seed": 3}, "backbone": {"patch": patch}}
    values: dict[str, Any] = yaml.safe_load(to_yaml(resolve(given)))
    for part, keys in NEW.items():
        values[part] = {key: value for key, value in values[part].items() if key not in keys}
    groups = values["views"]["groups"]
    values["views"]["groups"] = [{key: value for key, value in group.items() if key not in NEW_OF_VIEWS} for group in groups]
    return values


# The sum of the absolute values of all weights and buffers of the method before its first step.
@pytest.mark.parametrize(
    ("method", "patch", "total"),
    [
        ("dino", 0, 305164.08669664507),
        ("ibot", 8, 100684.43589982594),
        ("ijepa", 8, 49248.3748701753),
        ("beit", 8, 73763.67363454084),
        ("mp3", 8, 22270.906821785957),
    ],
)
def test_an_older_run_is_built_with_the_same_initial_weights(method: str, patch: int, total: float, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(first_version(method, patch)), encoding="utf-8")
    built = build_method(read_run_config(tmp_path))
    values = [part for part in built.state_dict().values() if part.is_floating_point()]
    assert sum(float(part.double().abs().sum()) for part in values) == pytest.approx(total, rel=1e-9)
    new = build_method(resolve({"method": method, "views": {"groups": {0: {"size": 32}}}, "backbone": {"patch": patch}}))
    assert sum(float(part.double().abs().sum()) for part in new.state_dict().values() if part.is_floating_point()) != pytest.approx(
        total, rel=0.02
    )


def test_an_older_run_draws_the_same_views(tmp_path: Path) -> None:
    values = first_version("simclr", 0)
    changes = {"count": 1, "size": 0, "blur": 0.5, "solarize": 0.2, "erase": 0.3, "hue": 0.3}
    values["views"]["groups"] = [{**values["views"]["groups"][0], **changes}]
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    pipeline = Pipeline(read_run_config(tmp_path).views, 40)
    images = (torch.arange(20 * 3 * 40 * 40).reshape(20, 3, 40, 40) * 7919 % 251).to(torch.uint8)
    (view,) = pipeline.apply(images, pipeline.draw(20, 3, 1, 7))
    # Exact on the machine where they were computed.
    assert float(view.double().sum()) == pytest.approx(45532.55445449846, rel=1e-7)
    weight = torch.arange(view.numel()).reshape(view.shape).remainder(97)
    assert float((view.double() * weight).sum()) == pytest.approx(2185027.3804661054, rel=1e-7)


def test_a_partial_config_gets_today_s_defaults(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("method: {id: dino}\nbackbone: {name: vit_micro}\n", encoding="utf-8")
    assert read_yaml(path) == {"method": {"id": "dino"}, "backbone": {"name": "vit_micro"}}


def test_a_config_of_this_version_is_read_unchanged(tmp_path: Path) -> None:
    values = yaml.safe_load(to_yaml(resolve({"method": "ibot"})))
    assert from_older(values) == values
    assert parse(RunConfig, from_older(values)) == resolve({"method": "ibot"})


def test_invalid_groups_are_left_for_the_validation() -> None:
    values = {**yaml.safe_load(to_yaml(RunConfig())), "backbone": "vit", "method": None}
    assert from_older(values)["backbone"] == "vit"
    assert from_older(values)["method"] is None
