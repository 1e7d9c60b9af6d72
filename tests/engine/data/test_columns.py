"""What sets bring beside images: said before they are opened, and in messages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.catalogue import entry
from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.data import source_table
from engine.data.columns import COLUMNS, WORDS, in_words, missing, refusal, sets_with
from engine.data.open import list_images
from engine.data.source_table import Source, find
from engine.train.resolve import resolve
from engine.train.setup import check_columns
from workbench.panels.setup.data_words import column_names


@pytest.mark.parametrize("id", ["shapes", "simple_shapes", "scenes", "moving_shapes", "reach", "catch", "visit", "digits"])
def test_a_set_brings_what_its_row_says(id: str, open_at) -> None:
    listing = list_images(DataConfig(source=id, count=20))
    data = open_at(id, count=20, size=16)
    assert set(find(id).columns) == set(listing.columns) == set(data.columns)
    held = {name: getattr(data, name) for name in COLUMNS if name != "visible_goal"}
    assert {name for name, value in held.items() if value is not None} == {*data.columns} - {"visible_goal"}


def test_columns_in_words() -> None:
    assert in_words(()) == ""
    assert in_words(["boxes"]) == "boxes"
    assert in_words({"boxes", "captions", "class_maps"}) == "captions, class maps and boxes"
    assert missing(["boxes", "masks"], ["masks", "captions"]) == ("boxes",)


def test_a_refusal_names_the_sets_that_have_what_is_missing() -> None:
    message = str(refusal("Detection", ("boxes",), "shapes"))
    assert "data.source must be a set with boxes, which Detection needs. Got 'shapes'." in message
    assert "Sets with boxes: scenes." in message
    both = sets_with(("captions", "masks"))
    assert both.startswith("Sets with captions and masks: shapes, simple_shapes, scenes.")
    assert "captions.csv" in both
    # What is true of two columns is said once.
    assert sets_with(("masks", "class_maps")).count("SegmentationClass") == 1


def test_any_column_that_a_method_needs_is_asked_of_the_data(open_at, monkeypatch: pytest.MonkeyPatch) -> None:
    row = entry("simclr")
    needing = type(row)(**{**vars(row), "needs": ("masks", "boxes")})
    monkeypatch.setattr("engine.train.resolve.entry", lambda id: needing)
    monkeypatch.setattr("engine.train.setup.entry", lambda id: needing)
    with pytest.raises(ConfigError, match=r"a set with boxes, which SimCLR needs\. Got 'shapes'\. Sets with boxes: scenes"):
        resolve({"method": "simclr", "data": {"source": "shapes"}})
    config = resolve({"method": "simclr", "data": {"source": "scenes", "count": 20}})
    check_columns(config, open_at("scenes", count=20, size=16))
    with pytest.raises(ConfigError, match="a set with masks and boxes"):
        check_columns(config, open_at("digits"))


def test_a_row_of_another_package_with_an_unknown_column_is_refused() -> None:
    row = Source("theirs", "Theirs", "embedded", 1, 0, 8, "", opener="a:b", columns=("depth",))  # type: ignore[arg-type]
    assert (
        "must be among captions, masks, class_maps, boxes, clips, clip_masks, flow, sound, world, visible_goal. Got depth."
        in source_table._unusable(row)
    )
    assert source_table._unusable(Source("theirs", "Theirs", "embedded", 1, 0, 8, "", opener="a:b", columns=("masks",))) == ""


def test_a_folder_says_what_it_brings_before_it_is_decoded(photos: Path) -> None:
    config = DataConfig(source=str(photos))
    assert list_images(config).columns == ()
    (photos / "captions.csv").write_text("filename,caption\ncat/00.png,a cat\n", encoding="utf-8")
    assert list_images(config).columns == ("captions",)


def test_a_folder_with_boxes_says_so_before_it_is_decoded(photos: Path) -> None:
    (photos / "classes.txt").write_text("cat\n", encoding="utf-8")
    (photos / "cat" / "00.txt").write_text("0 0.5 0.5 0.25 0.25\n", encoding="utf-8")
    assert list_images(DataConfig(source=str(photos))).columns == ("boxes",)
    # A polygon is a box and a region; a foreground is known only where most images have one.
    (photos / "cat" / "00.txt").write_text("0 0.1 0.1 0.9 0.1 0.5 0.9\n", encoding="utf-8")
    assert list_images(DataConfig(source=str(photos))).columns == ("class_maps", "boxes")


def test_every_column_has_its_words_everywhere() -> None:
    everything = ("captions", "masks", "class_maps", "boxes", "clips", "clip_masks", "flow", "sound", "world", "visible_goal")
    assert everything == COLUMNS == tuple(WORDS)
    for column in COLUMNS:
        assert re.search("A folder of images has (them|none)", sets_with((column,)))
        assert len(column_names([column])) == 1
