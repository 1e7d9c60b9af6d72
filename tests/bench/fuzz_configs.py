"""Random and mutated configs through everything that checks one: each must become a resolved config or an error in words.

    python -m tests.bench.fuzz_configs --count 3000 --seed 0

Half are a valid config in which some keys have odd values, a third are the YAML text of one with bytes changed, the rest are
`--set` pairs and values of a sweep. Prints how many ended how, and the slowest; what ended otherwise than it should is listed with
its seed, and the exit code is 1 then. Each has a time limit, and each worker a limit of memory."""

from __future__ import annotations

import copy
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from engine.catalogue import CATALOGUE
from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.config.sweep import axis, sweep
from engine.config.text import assignments, from_yaml, merge, to_yaml
from engine.train.resolve import resolve
from tests.bench.fuzzing import Case, mutated, run

ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2,
    3,
    7,
    31,
    33,
    10**6,
    2**31,
    2**63,
    10**40,
    -(2**70),
    0.0,
    -0.0,
    1e-300,
    1e300,
    0.5,
    1.5,
    float("nan"),
    float("inf"),
    float("-inf"),
    "",
    " ",
    "0",
    "-1",
    "1e-3",
    "nan",
    "auto",
    "cpu",
    "cuda:99",
    "mps",
    "cuda:-1",
    "\0",
    "\x1b[31m",
    "a\nb",
    "\ud800",
    "é漢",
    "x" * 5000,
    "../..",
    "~nobody/x",
    "/dev/null",
    "/proc/self/mem",
    "shapes",
    "digits",
    [],
    [None],
    [1, 2],
    [[]],
    {},
    {"a": 1},
    {"id": "simclr"},
    {1: 2},
    {None: 1},
    "simclr",
    "no such",
    [{}],
    [{"size": 1}],
    [{"count": 0}],
    b"bytes",
)


def base(draw: random.Random) -> dict[str, Any]:
    """A config that may be resolved: of any method, with views or without."""
    values = RunConfig().model_dump(mode="json")
    row = draw.choice(CATALOGUE)
    values["method"] = {"id": row.id}
    # Others than the method's own are often refused: a ViT is needed, or a group of global views.
    values["backbone"] = resolve({"method": {"id": row.id}, "data": {"count": 64}}).backbone.model_dump(mode="json")
    values["data"]["count"] = 64
    if draw.random() < 0.3:
        values["views"]["groups"] = [
            {"count": draw.choice((1, 2, 3, 8)), "size": draw.choice((8, 16, 32, 44, 96)), "role": draw.choice(("global", "local"))}
            for _ in range(draw.choice((1, 2, 3)))
        ]
    if draw.random() < 0.1:
        values["backbone"] = {"name": draw.choice(("vit_micro", "resnet18", "convvit_micro", "resnet10_narrow", "vit_tiny"))}
    return values


def odd_value(draw: random.Random) -> Any:
    """A value that somebody could have written."""
    if draw.random() < 0.7:
        return copy.deepcopy(draw.choice(ODD))
    return draw.choice((draw.randint(-10, 1000), draw.uniform(-2, 2), 10 ** draw.uniform(-12, 12), [draw.randint(0, 5)] * 3))


def changed(values: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """With up to four keys changed, added, renamed or gone, at any depth."""
    found = copy.deepcopy(values)
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        here: Any = found
        while True:
            if isinstance(here, dict) and here:
                key: Any = draw.choice(list(here))
            elif isinstance(here, list) and here:
                key = draw.randrange(len(here))
            else:
                break
            if isinstance(here[key], (dict, list)) and here[key] and draw.random() < 0.8:
                here = here[key]
                continue
            what = draw.random()
            if what < 0.4 and type(here[key]) in (int, float):
                here[key] = type(here[key])(here[key] * draw.choice((0, 0.5, 0.9, 1.1, 2, 10)) + draw.choice((0, 0, 1, -1)))
            elif what < 0.4 and type(here[key]) is bool:
                here[key] = not here[key]
            elif what < 0.75:
                here[key] = odd_value(draw)
            elif what < 0.85 and isinstance(here, dict):
                here[draw.choice(("lrr", "", "id", "\0", 3, None, "x" * 300))] = odd_value(draw)
            elif isinstance(here, dict):
                del here[key]
            break
    return found


def reworded(text: bytes, draw: random.Random) -> bytes:
    """With a few values of its lines replaced, and a few lines doubled, gone or indented otherwise."""
    lines = text.split(b"\n")
    for _ in range(draw.choice((1, 1, 2, 3))):
        place, what = draw.randrange(len(lines)), draw.random()
        if what < 0.7:
            lines[place] = lines[place].partition(b":")[0] + b": " + draw.choice(WORDS)
        elif what < 0.8:
            lines.insert(place, lines[place])
        elif what < 0.9:
            del lines[place]
        else:
            lines[place] = b"  " + lines[place]
    return b"\n".join(lines)


def check(values: Any) -> None:
    """What `python -m engine train` does with a config before it opens the data, and what a run folder keeps."""
    config = resolve(values)
    again = from_yaml(to_yaml(config))
    if resolve(again) != config:
        raise AssertionError("the config is another one after it was written and read")


def one(seed: int) -> Case:
    """What is tried with a seed."""
    draw = random.Random(seed)
    kind = seed % 6
    if kind < 3:
        values = changed(base(draw), draw)
        return Case("values", lambda: check(values), (ConfigError,))
    if kind < 5:
        text = yaml.safe_dump(base(draw), sort_keys=False).encode()
        # Bytes that are no text end it at once, so that half are changed by words alone.
        data = mutated(text, draw, WORDS) if draw.random() < 0.5 else reworded(text, draw)
        return Case("YAML text", lambda: check(from_yaml(data.decode("utf-8", "surrogateescape"))), (ConfigError,))
    keys = [".".join(draw.choice(KEYS) for _ in range(draw.choice((1, 2, 2, 3, 4)))) for _ in range(3)]
    words = [mutated(draw.choice(WORDS), draw, WORDS).decode("utf-8", "surrogateescape") for _ in keys]
    values = base(draw)

    def pairs() -> None:
        check(merge(values, assignments([f"{key}={word}" for key, word in zip(keys, words, strict=True)])))

    def axes() -> None:
        for config in sweep(values, [axis(key, word) for key, word in zip(keys, words, strict=True)])[:3]:
            check(config)

    return Case("--set and --grid", draw.choice((pairs, axes)), (ConfigError,))


KEYS = (
    "method",
    "id",
    "temperature",
    "views",
    "groups",
    "0",
    "1",
    "size",
    "count",
    "optim",
    "lr",
    "name",
    "train",
    "batch",
    "seed",
    "steps",
    "data",
    "source",
    "backbone",
    "patch",
    "²",
    "-1",
    "99999999999999999999",
    "",
    "monitor",
    "tags",
    "validation",
)
WORDS = (
    b"0.01, 0.1",
    b"0..4",
    b"1e-4..1e-1 log 4",
    b"0..1 linear 5",
    b"9" * 5000,
    b"0x" + b"f" * 5000,
    b"2024-13-45",
    b"[1, 2]",
    b"{a: 1}",
    b"!!float x",
    b"!!int x",
    b"!!python/object/apply:os.system [ls]",
    b"&a [*a]",
    b"*x",
    b"<<: *x",
    b"nan",
    b".inf",
    b"-.inf",
    b"~",
    b"'",
    b'"\\0"',
    b'"\\ud800"',
    b"[" * 200,
    b"- " * 200,
    b"{" * 90,
    b"1:1:1:1",
    b"0b" + b"1" * 300,
    b"true",
    b"\xff",
    b"\x1b[31m",
    b"? ",
    b"| \n",
    b"simclr",
    b"dino",
    b"0..1000000000000",
    b"1..1e308 log 1000",
    b"-1e308..1e308 linear 3",
    b"\t",
    b"%",
    b"@",
    b"`",
)


def prepare(folder: Path) -> Callable[[int], Case]:
    """Nothing lies on the disk."""
    return one


if __name__ == "__main__":
    sys.exit(run("tests.bench.fuzz_configs", __doc__ or "", prepare, 3000))
