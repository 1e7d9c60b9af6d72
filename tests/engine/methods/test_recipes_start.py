"""The recipe of every method and every shipped preset run one training step on small, medium and large images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import assets
from engine.catalogue import CATALOGUE
from engine.config.text import merge, read_yaml
from engine.train.loop import take_step
from engine.train.resolve import resolve
from engine.train.setup import prepare
from tests.needed_data import needed_source
from tests.teacher_run import teacher_settings

SIZES = (28, 64, 96, 224)
IDS = [row.id for row in CATALOGUE]
PRESETS = sorted((Path(assets.__file__).parent / "presets").glob("*.yaml"))
STORED = {"shapes": 32, "simple_shapes": 32, "blue_shapes": 32, "digits": 32, "cifar10": 32, "stl10_unlabeled": 96}  # px
TINY = {"train": {"batch": 2, "steps": 3, "device": "cpu", "precision": "fp32", "threads": 1}}


def start(given: dict[str, Any], size: int) -> None:
    """Run the first step on rendered images of this size."""
    method = given.get("method", "simclr")
    source = needed_source(method if isinstance(method, str) else method["id"])
    tiny = merge(TINY, {"data": {"source": source, "size": size, "count": 16}})
    session = prepare(resolve(merge(given, tiny)))
    out, _ = take_step(session)
    assert out.loss.isfinite()
    sizes = {group.size for group in session.config.views.groups}
    assert all(side % session.method.backbone.multiple == 0 for side in sizes)


@pytest.mark.parametrize(("number", "id"), list(enumerate(IDS)))
def test_a_recipe_starts(number: int, id: str) -> None:
    """Each method at one of the sizes; `-m slow` runs all sizes."""
    size = SIZES[number % 3]
    start({"method": {"id": id, **teacher_settings(id, size)}}, size)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("id", IDS)
def test_a_recipe_starts_at_every_size(id: str, size: int) -> None:
    start({"method": {"id": id, **teacher_settings(id, size)}}, size)


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_preset_starts_on_images_of_its_own_size(path: Path) -> None:
    given = read_yaml(path)
    # The preset for photographs has a size and no data: a person chooses the folder.
    start(given, given["data"].get("size") or STORED[given["data"]["source"]])


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_preset_starts_at_every_size(path: Path, size: int) -> None:
    start(read_yaml(path), size)
