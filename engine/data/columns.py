"""What data sets bring beside images, and which sets bring it. Imports nothing heavy.

A named set says it in its row (`Source.columns`), a folder or file once it is listed (`ImageListing.columns`), open data by what
they hold (`Dataset.columns`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args

from engine.catalogue import Column
from engine.config.errors import ConfigError, complain
from engine.data.source_table import sources

COLUMNS: tuple[Column, ...] = get_args(Column)
WORDS: dict[Column, str] = {
    "captions": "captions",
    "masks": "masks",
    "class_maps": "class maps",
    "boxes": "boxes",
    "clips": "clips",
    "clip_masks": "masks of all frames",
    "flow": "flow",
    "sound": "sound",
    "world": "a world to act in",
    "visible_goal": "a visible goal",
}
_PIXELS = "A folder of images has them in a folder masks or SegmentationClass, in trimaps, or as the regions of objects."
_NO_FOLDER = "A folder of images has none."
_WORLDS = f"{_NO_FOLDER} Environments of gymnasium are worlds, too: gym:CartPole-v1."
# How a folder of images comes to have each.
_IN_FOLDERS: dict[Column, str] = {
    "captions": "A folder of images has them in a file captions.csv or metadata.jsonl, or in COCO's captions.",
    "masks": _PIXELS,
    "class_maps": _PIXELS,
    "boxes": "A folder of images has them in files of COCO, VOC or YOLO.",
    "world": _WORLDS,
    "visible_goal": _WORLDS,
    "clips": f"{_NO_FOLDER} A folder of videos has them.",
    "clip_masks": _NO_FOLDER,
    "flow": f"{_NO_FOLDER} That of a folder of videos is estimated where Estimate flow (data.flow) is on.",
    "sound": f"{_NO_FOLDER} A folder of videos has it, where its files have and Sound (data.sound) is not no.",
}


def in_words(columns: Iterable[Column]) -> str:
    """The columns in the order of the table: "captions, masks and boxes"; "" for none."""
    given = set(columns)
    names = [WORDS[column] for column in COLUMNS if column in given]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def missing(needs: Iterable[Column], has: Iterable[Column]) -> tuple[Column, ...]:
    """What is needed and not there, in the order of the table."""
    lacking = set(needs) - set(has)
    return tuple(column for column in COLUMNS if column in lacking)


def sets_with(columns: Sequence[Column]) -> str:
    """A sentence on the sets that have all of these columns, for error messages."""
    names = [row.id for row in sources() if not missing(columns, row.columns)]
    known = f"Sets with {in_words(columns)}: {', '.join(names)}." if names else f"No named set has {in_words(columns)}."
    return " ".join([known, *dict.fromkeys(_IN_FOLDERS[column] for column in columns)])


def refusal(title: str, lacking: Sequence[Column], source: str) -> ConfigError:
    """The error for data that lack columns which the method or task `title` needs."""
    return complain("data.source", f"a set with {in_words(lacking)}, which {title} needs", source, sets_with(lacking))


def other_missing(title: str) -> ConfigError:
    """The error where a method that translates between two sets is given one."""
    allowed = f"a second set of images, which {title} needs: the one whose look the images of data.source are to get"
    return complain("data.other", allowed, "nothing", "Name a built-in set, a folder of images or an .npz file: --other.")
