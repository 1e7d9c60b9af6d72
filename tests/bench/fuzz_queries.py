"""Random and mutated queries to the map's search field and to the filter of runs.

    python tests/bench/fuzz_queries.py --queries 10000

Each must give a selection of samples or an error message. For queries built from known conditions the selection is compared with
the samples that satisfy the conditions. Prints a table; the exit code is 1 if a query had another outcome or took longer than
LIMIT.
"""

from __future__ import annotations

import argparse
import random
import signal
import string
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from types import FrameType

import numpy as np

from engine.data.captions import Captions
from engine.data.dataset import Dataset
from engine.study.caption_search import search_captions
from workbench.bridge.data_questions import Labels
from workbench.models.run_query import Query, parse
from workbench.panels.embedding.query import LONGEST, QueryError, Table, caption_conditions, find

LIMIT = 10  # s per query
COUNT = 10_000
CLASSES = [
    "pickup truck",
    "car",
    "cat and dog",
    "dog's house",
    "a=b",
    "5",
    'say "hi"',
    "é",
    *(f"species {code:03d}" for code in range(292)),
]
ALPHABET = string.ascii_letters + string.digits + " \t\"'#<>=!~,._-°()[]*+?\\/|^$&%@"
ODD = "\u00e9\u00df\u0130\u4e2d\u0661\u00b2\u200b\u202e\u00a0\u2028\ud800\U0001f600\x00\x1b\n\r"
COLUMNS = (
    "title",
    "method",
    "data",
    "best",
    "time",
    "tags",
    "notes",
    "optim.lr",
    "method.temperature",
    "train.batch",
    "star",
    "shown",
    "live",
)


def table_of(count: int) -> Table:
    """Samples with classes, a number, an angle, tags and files."""
    rng = np.random.default_rng(0)
    code = rng.integers(-1, len(CLASSES), count)
    columns = {"class": code, "size": rng.random(count).astype(np.float32), "background hue": rng.uniform(0, 360, count)}
    kinds = {"class": "category", "size": "number", "background hue": "angle"}
    labels = Labels(columns, {"class": tuple(CLASSES)}, kinds, captioned=True)
    index = np.arange(count) * 3 + 5
    tags = {"odd": tuple(index[::7].tolist()), "very odd": tuple(index[::11].tolist())}
    return Table(index, labels, tags, tuple(f"photos/IMG_{row:05d}.jpg" for row in range(count)), ("loss", "outlier"))


COLOURS, THINGS = ("red", "Blue", "dark green"), ("circle", "Star", 'so-called "ring"', "cat and dog")


def captions_of(index: int) -> tuple[str, ...]:
    """The captions of a sample: none of every fifth one."""
    if index % 5 == 0:
        return ()
    return tuple(f"a {COLOURS[index % 3]}  {THINGS[(index + one) % 4]}" for one in range(1 + index % 2))


@cache
def captioned(count: int) -> Dataset:
    """A data set whose image i is the sample i of the table."""
    nothing, ones = np.zeros(0, np.int64), np.ones(3, np.float32)
    texts = [captions_of(index) for index in (np.arange(count) * 3 + 5).tolist()]
    images = np.zeros((count, 3, 1, 1), np.uint8)
    return Dataset("captions", images, nothing, (), {}, ones, ones, captions=Captions(texts))


class Builder:
    """Creates queries: from conditions with known samples, by mutating those, and at random."""

    def __init__(self, table: Table, seed: int) -> None:
        self.table, self.draw = table, random.Random(seed)

    def condition(self) -> tuple[str, np.ndarray]:
        """A condition, and the mask of the samples that satisfy it, computed independently."""
        draw, table = self.draw, self.table
        assert table.labels is not None
        kind = draw.randrange(6)
        if kind == 0:
            code = draw.randrange(len(CLASSES))
            name = CLASSES[code]
            mark = "'" if '"' in name else '"'
            quoted = f"{mark}{name}{mark}" if "'" not in name or mark == '"' else name
            same = table.labels.columns["class"] == code
            return draw.choice(((f"class = {quoted}", same), (f"CLASS!={quoted}", ~same)))
        if kind == 1:
            bound = round(draw.random(), 3)
            values = table.labels.columns["size"].astype(float)
            return draw.choice(((f"size > {bound}", values > bound), (f"size<={bound}", values <= bound)))
        if kind == 2:
            bound = draw.randrange(360)
            return f"'background hue' >= {bound}°", table.labels.columns["background hue"] >= bound
        if kind == 3:
            bound = draw.randrange(3 * len(table.index))
            return f"index < {bound}", table.index < bound
        if kind == 4:
            colour, thing = draw.choice(COLOURS), draw.choice(THINGS)
            mark = "'" if '"' in thing else '"'
            part = np.array([f" {colour}  {thing}" in "|".join(captions_of(int(one))) for one in table.index])
            return f"caption ~ {mark}{colour.upper()} {thing}{mark}", part
        odd = np.isin(table.index, table.tags["odd"])
        return draw.choice((("tag = odd", odd), ("tag != odd", ~odd)))

    def built(self) -> tuple[str, np.ndarray | None]:
        """One to four conditions joined by "and"."""
        conditions = [self.condition() for _ in range(self.draw.randint(1, 4))]
        joiner = self.draw.choice((" and ", "  AND ", "\tand\t"))
        return joiner.join(text for text, _ in conditions), np.logical_and.reduce([means for _, means in conditions])

    def mutated(self) -> tuple[str, np.ndarray | None]:
        """A built query with some characters inserted, removed, repeated or exchanged."""
        text = list(self.built()[0])
        for _ in range(self.draw.randint(1, 8)):
            at = self.draw.randrange(len(text) + 1)
            what = self.draw.choices(range(4), (4, 4, 4, 1))[0]
            if what == 0:
                text.insert(at, self.draw.choice(ALPHABET + ODD))
            elif what == 1 and text:
                del text[min(at, len(text) - 1)]
            elif what == 2:
                begin = self.draw.randrange(len(text) + 1)
                text[at:at] = text[begin : begin + self.draw.randint(1, 20)]
            else:
                self.draw.shuffle(text)
        return "".join(text), None

    def random(self) -> tuple[str, np.ndarray | None]:
        """Random characters."""
        letters = self.draw.choice((ALPHABET, ALPHABET + ODD, "\"' and", "<>=!~ \"'a", "#0123456789, ", ODD))
        return "".join(self.draw.choices(letters, k=self.draw.randint(0, 200))), None

    def long(self) -> tuple[str, np.ndarray | None]:
        """One piece repeated, up to slightly more than the longest query: this makes regular expressions backtrack."""
        draw = self.draw
        pieces = (
            '""',
            '"a" ',
            "'",
            '"',
            " ",
            "\t ",
            "a and ",
            " and",
            "and ",
            "=",
            "!",
            "<=",
            "#1 ",
            "#",
            "9",
            "a ",
            "a\"b'",
            "1,",
            "é",
        )
        piece = draw.choice(pieces)
        length = int(10 ** draw.uniform(1, np.log10(LONGEST * 1.02)))
        return draw.choice(("", "#", "class = ", "size > ", '"', "a")) + (piece * length)[:length] + draw.choice(
            ("", "x", "!", " = 1")
        ), None


@dataclass
class Tally:
    """The outcomes of the queries of one kind."""

    count: int = 0
    results: int = 0
    words: int = 0
    other: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


class Late(BaseException):
    """A query took longer than LIMIT."""


def _late(number: int, frame: FrameType | None) -> None:
    raise Late


def try_map(text: str, means: np.ndarray | None, table: Table, tally: Tally) -> None:
    """Search the map."""
    try:
        got = find(text, table)
        if wanted := caption_conditions(text):
            masks = search_captions(captioned(len(table.index)), np.arange(len(table.index)), wanted)
            assert masks is not None
            got = find(text, replace(table, captions=dict(zip(wanted, masks, strict=True))))
    except QueryError as error:
        tally.words += 1
        if means is not None and not any(words in str(error) for words in ("No sample", "No caption")):
            tally.other.append(f"refused: {text!r}: {error}")
        if not 10 < len(str(error)) < 2000:
            tally.other.append(f"words of {len(str(error))} characters: {text[:80]!r}")
        return
    tally.results += 1
    if got.dtype != bool or got.shape != table.index.shape:
        tally.other.append(f"no mask: {text[:80]!r}")
    elif means is not None and not np.array_equal(got, means):
        tally.other.append(f"other samples: {text!r}")


def try_filter(text: str, tally: Tally) -> None:
    """Filter one run."""
    query = parse(text, COLUMNS)
    assert isinstance(query, Query)
    values = {"best": 0.5, "tags": ("odd",), "title": "simclr", "optim.lr": 0.1, "star": True}
    query.accepts("simclr shapes odd", values.get)
    tally.words += bool(query.doubts)
    tally.results += not query.doubts


def measure(count: int, seed: int, samples: int) -> dict[str, Tally]:
    """Try queries of all kinds in turn, each in both fields."""
    table = table_of(samples)
    make = Builder(table, seed)
    kinds: dict[str, Callable[[], tuple[str, np.ndarray | None]]] = {
        "built": make.built,
        "mutated": make.mutated,
        "random": make.random,
        "long": make.long,
    }
    tallies = {f"{where}, {kind}": Tally() for where in ("map", "runs") for kind in kinds}
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, _late)
    for number in range(count):
        kind = list(kinds)[number % len(kinds)]
        text, means = kinds[kind]()
        for where in ("map", "runs"):
            tally = tallies[f"{where}, {kind}"]
            tally.count += 1
            if hasattr(signal, "SIGALRM"):
                signal.alarm(LIMIT)
            begun = time.perf_counter()
            try:
                try_map(text, means, table, tally) if where == "map" else try_filter(text, tally)
            except (Late, Exception) as error:
                tally.other.append(f"{type(error).__name__}: {str(error)[:80]}: {text[:80]!r}")
            finally:
                if hasattr(signal, "SIGALRM"):
                    signal.alarm(0)
            tally.seconds.append(time.perf_counter() - begun)
    return tallies


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=COUNT)
    parser.add_argument("--samples", type=int, default=10_000, help="samples on the map")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    tallies = measure(options.queries, options.seed, options.samples)
    print(f"{options.queries:,} queries, seed {options.seed}, a map of {options.samples:,} samples and {len(CLASSES)} classes\n")
    print("| field, kind | queries | result | error in words | other | mean s | max s |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, one in tallies.items():
        mean, most = sum(one.seconds) / max(1, len(one.seconds)), max(one.seconds, default=0.0)
        print(f"| {name} | {one.count:,} | {one.results:,} | {one.words:,} | {len(one.other)} | {mean:.4f} | {most:.3f} |")
    wrong = [line for one in tallies.values() for line in one.other]
    for line in wrong[:20]:
        print(line.encode("unicode_escape").decode(), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
