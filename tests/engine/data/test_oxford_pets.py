"""Oxford-IIIT Pets with its trimaps, from files that lie as the archives are unpacked: read by torchvision, stored, read again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.data import downloads
from engine.data.annotations import UNKNOWN
from engine.data.columns import sets_with
from engine.data.dataset import Dataset
from engine.data.source_table import find

Open = Callable[..., Dataset]
PETS = ("Abyssinian_1", "Abyssinian_10", "american_bulldog_100", "american_bulldog_101", "Abyssinian_2", "american_bulldog_7")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six pictures of 60 x 40 as in the archives: grey trimaps, 1 the pet, 2 the background, 3 its outline. The pet fills the left
    half of the middle square of 40 x 40, with an outline of 10 pixels right of it."""
    base = tmp_path / "root" / "oxford-iiit-pet"
    trimaps = base / "annotations" / "trimaps"
    trimaps.mkdir(parents=True)
    (base / "images").mkdir()
    values = np.full((40, 60), 2, np.uint8)
    values[:, 10:30], values[:, 30:40] = 1, 3
    for number, name in enumerate(PETS):
        pixels = np.random.default_rng(number).integers(0, 256, (40, 60, 3), np.uint8)
        Image.fromarray(pixels).save(base / "images" / f"{name}.jpg")
        Image.fromarray(values).save(trimaps / f"{name}.png")
        # The archive was packed on a Mac.
        (trimaps / f"._{name}.png").write_bytes(b"\0\5\26\7")
    rows = [f"{name} {1 if name[0].isupper() else 2} {1 if name[0].isupper() else 2} 1\n" for name in PETS]
    (base / "annotations" / "trainval.txt").write_text("".join(rows[:4]))
    (base / "annotations" / "test.txt").write_text("".join(rows[4:]))
    (base / "annotations" / "list.txt").write_text("#Image CLASS-ID SPECIES BREED ID\n" + "".join(rows))
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: pytest.fail("asked the network"))
    row = find("oxford_pets")
    assert row is not None
    small = type(row)(**{**vars(row), "images": 6})
    monkeypatch.setattr("engine.data.open.find", lambda id: small if id == "oxford_pets" else find(id))
    return base


def test_masks_and_class_maps_of_the_unpacked_archives(folder: Path, open_at: Open) -> None:
    first = open_at("oxford_pets", size=8)
    shutil.rmtree(folder)
    for data in (first, open_at("oxford_pets", size=8, seed=1)):  # decoded, then from the store
        assert data.classes == ("Abyssinian", "American Bulldog")
        assert data.labels.tolist() == [0, 0, 1, 1, 0, 1]
        assert data.columns == ("masks", "class_maps")
        assert data.class_maps is not None
        assert data.masks is not None
        assert data.class_maps.names == ("background", "pet")
        assert (np.asarray(data.class_maps.values) == [1, 1, 1, 1, UNKNOWN, UNKNOWN, 0, 0]).all()
        assert (np.asarray(data.masks) == [True] * 6 + [False] * 2).all()
        assert data.skipped == ()
        assert data.notes == ()


def test_a_damaged_trimap_costs_its_map_alone(folder: Path, open_at: Open) -> None:
    trimaps = folder / "annotations" / "trimaps"
    whole = (trimaps / f"{PETS[1]}.png").read_bytes()
    (trimaps / f"{PETS[1]}.png").write_bytes(whole[: len(whole) // 2])
    Image.new("L", (40, 60), 1).save(trimaps / f"{PETS[2]}.png")
    Image.fromarray(np.full((40, 60), 9, np.uint8)).save(trimaps / f"{PETS[3]}.png")
    data = open_at("oxford_pets", size=8)
    assert len(data) == 6
    assert data.class_maps is not None
    unknown = [bool((np.asarray(codes) == UNKNOWN).all()) for codes in data.class_maps.values]
    assert unknown == [False, True, True, True, False, False]
    assert [line.partition(",")[0] for line in data.skipped] == ["image 1: its trimap", "image 2: its trimap"]
    assert "it has 40 x 60 pixels, its image 60 x 40" in data.skipped[1]


def test_what_was_converted_without_trimaps_opens_without_the_archives(
    folder: Path, open_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipes = downloads._RECIPES
    plain = downloads._Recipe("OxfordIIITPet", downloads._split("trainval", "test"))
    monkeypatch.setattr(downloads, "_RECIPES", {**recipes, "oxford_pets": plain})
    before = open_at("oxford_pets", size=8)
    assert before.columns == ()
    monkeypatch.setattr(downloads, "_RECIPES", recipes)
    # With the archives the images are the same to the bit, and have maps.
    moved = folder.rename(folder.with_name("away"))
    old = open_at("oxford_pets", size=8, seed=2)
    assert old.columns == ()
    assert any("without its trimaps" in note for note in old.notes)
    moved.rename(folder)
    new = open_at("oxford_pets", size=8, seed=3)
    assert new.columns == ("masks", "class_maps")
    assert (np.asarray(new.images) == np.asarray(before.images)).all()
    assert new.digests.tolist() == before.digests.tolist()


def test_the_set_is_named_where_masks_are_missing() -> None:
    assert "oxford_pets" in sets_with(("masks",))
