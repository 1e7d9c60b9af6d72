"""The encoders that a config can name, in one table; torch-free, so that the window and the command line list them at once.

Own encoders are listed in `OWN`. Those of timm and torchvision are rows of `encoder_table.csv`, measured by

    python -m engine.backbones.encoder_table_maker

from the networks themselves. A name of an installed library that is not in the table works, too: it is then measured when it is
first used (engine.backbones.library_encoder)."""

from __future__ import annotations

import csv
import difflib
import importlib.util
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from engine.config.module_text import FORM, PLUGIN, is_own_module

# Encoders of this program, in the order in which they are offered.
OWN = (
    "resnet10_narrow",
    "resnet18",
    "resnet34",
    "resnet50",
    "vit_micro",
    "vit_tiny",
    "vit_small",
    "convvit_micro",
    "convvit_small",
    "pixel_encoder",
)
Library = Literal["timm", "torchvision"]
LIBRARIES: tuple[Library, ...] = ("timm", "torchvision")
FILE = Path(__file__).with_name("encoder_table.csv")
# Names close to a misspelt one that an error lists.
SHOWN = 4


@dataclass(frozen=True)
class EncoderRow:
    """An encoder of a library, without its classifier.

    `name` with the library before it, "timm/convnext_tiny"; `family`: the library's module in which it is defined, "convnext";
    `parameters`: their number; `dim`: width of its features; `size`: side in px of the images for which it was published; `stride`:
    px of the image for a cell of its last map, 0 where it is not known; `multiple`: the side of an image must be a multiple of so
    many px; `tokens`: whether a method can leave out or replace its patches inside it; `batch_norm`: whether it normalises by
    batches."""

    name: str
    family: str
    parameters: int
    dim: int
    size: int
    stride: int
    multiple: int
    tokens: bool
    batch_norm: bool

    @property
    def library(self) -> str:
        """The library that has it."""
        return self.name.partition("/")[0]


@cache
def encoder_rows() -> tuple[EncoderRow, ...]:
    """All rows of the table, torchvision's first, each library's in alphabetical order."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = tuple(
            EncoderRow(
                name=line["name"],
                family=line["family"],
                parameters=int(line["parameters"]),
                dim=int(line["dim"]),
                size=int(line["size"]),
                stride=int(line["stride"]),
                multiple=int(line["multiple"]),
                tokens=line["tokens"] == "yes",
                batch_norm=line["batch_norm"] == "yes",
            )
            for line in csv.DictReader(line for line in file if not line.startswith("#"))
        )
    return tuple(sorted(rows, key=lambda row: (row.library != "torchvision", row.name)))


@cache
def _by_name() -> dict[str, EncoderRow]:
    return {row.name: row for row in encoder_rows()}


def encoder_row(name: str) -> EncoderRow | None:
    """The row of an encoder of a library; None for own encoders and for those that are not in the table."""
    return _by_name().get(name)


def library_of(name: str) -> Library | None:
    """The library that has the encoder of this name; None for others."""
    return next((library for library in LIBRARIES if name.startswith(f"{library}/")), None)


def installed(library: str) -> bool:
    """Whether a library is installed, found without importing it."""
    return importlib.util.find_spec(library) is not None


def search_encoders(text: str) -> tuple[EncoderRow, ...]:
    """The rows whose name or family holds every word of a search; all of them without a word."""
    words = text.lower().split()
    return tuple(row for row in encoder_rows() if all(word in f"{row.name} {row.family}" for word in words))


def close_names(name: str, known: Iterable[str]) -> str:
    """A hint with the known names closest to a misspelt one, with or without a library before it: "Did you mean 'a' or 'b'?"; ""
    where none is close."""
    names = list(known)
    exact = [full for full in names if full.rpartition("/")[2] == name.rpartition("/")[2]]
    close = list(dict.fromkeys([*exact, *difflib.get_close_matches(name, names, n=SHOWN, cutoff=0.6)]))
    if not close:
        bare = {full.rpartition("/")[2]: full for full in reversed(names)}
        close = [bare[word] for word in difflib.get_close_matches(name.rpartition("/")[2], list(bare), n=SHOWN, cutoff=0.6)]
    quoted = [f"'{word}'" for word in close[:SHOWN]]
    return f"Did you mean {' or '.join(quoted)}?" if quoted else ""


def name_problem(name: str) -> str:
    """What is wrong with the way in which a name of an encoder is written, in sentences; "" where nothing is. Whether an installed
    library has it is checked where it is built."""
    if name in OWN or (is_own_module(name) and name != PLUGIN):
        return ""
    if library_of(name):
        bare = name.partition("/")[2]
        if re.fullmatch(r"[A-Za-z0-9_]+", bare):
            return ""
        plain = re.match(r"[A-Za-z0-9_]+", bare)
        allowed = "the name of an architecture after the library's"
        remedy = (
            f"What follows the point names published weights. Write {name.partition('.')[0]!r}."
            if "." in bare and plain
            else "`python -m engine encoders SEARCH` lists them."
        )
        return f"backbone.name must be {allowed}. Got {name!r}. {remedy}"
    hint = close_names(name, [*OWN, *(row.name for row in encoder_rows())])
    allowed = f"{', '.join(OWN)}, an encoder of a library as timm/NAME or torchvision/NAME, or a class in a Python file as {FORM}"
    remedy = hint or "`python -m engine encoders SEARCH` lists those of the libraries."
    return f"backbone.name must be {allowed}. Got {name!r}. {remedy}"
