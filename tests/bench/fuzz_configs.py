"""Random and mutated configs: each must give a resolved config or a ConfigError with a message.

    python -m tests.bench.fuzz_configs --count 3000 --seed 0

Half are a valid config in which some keys have odd values, a third are the YAML text of one with bytes changed, the rest are
`--set` pairs and values of a sweep. Prints the counts of outcomes and the slowest case. Unexpected outcomes are listed with their
seed, and the exit code is then 1. Each case has a time limit, each worker a memory limit."""

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
from tests.teacher_run import teacher_settings

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
    """A valid config of a random method, with or without views."""
    values = RunConfig().model_dump(mode="json")
    row = draw.choice(CATALOGUE)
    values["method"] = {"id": row.id, **teacher_settings(row.id)}
    # The method's own backbone: others are often refused, for example because a ViT is required.
    values["backbone"] = resolve({"method": values["method"], "data": {"count": 64}}).backbone.model_dump(mode="json")
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
    """A value as a user could write it."""
    if draw.random() < 0.7:
        return copy.deepcopy(draw.choice(ODD))
    return draw.choice((draw.randint(-10, 1000), draw.uniform(-2, 2), 10 ** draw.uniform(-12, 12), [draw.randint(0, 5)] * 3))


def changed(values: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """A copy in which up to four keys, at any depth, are changed, added, renamed or removed."""
    result = copy.deepcopy(values)
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        here: Any = result
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
    return result


def reworded(text: bytes, draw: random.Random) -> bytes:
    """The text with some values replaced, and some lines repeated, removed or indented."""
    lines = text.split(b"\n")
    for _ in range(draw.choice((1, 1, 2, 3))):
        row, what = draw.randrange(len(lines)), draw.random()
        if what < 0.7:
            lines[row] = lines[row].partition(b":")[0] + b": " + draw.choice(WORDS)
        elif what < 0.8:
            lines.insert(row, lines[row])
        elif what < 0.9:
            del lines[row]
        else:
            lines[row] = b"  " + lines[row]
    return b"\n".join(lines)


def check(values: Any) -> None:
    """Resolve a config as `python -m engine train` does before it opens the data, write it as a run folder does and read it."""
    config = resolve(values)
    again = from_yaml(to_yaml(config))
    if resolve(again) != config:
        raise AssertionError("the config differs after writing and reading it")


def one(seed: int) -> Case:
    """The case of a seed."""
    draw = random.Random(seed)
    kind = seed % 6
    if kind < 3:
        values = changed(base(draw), draw)
        return Case("values", lambda: check(values), (ConfigError,))
    if kind < 5:
        text = yaml.safe_dump(base(draw), sort_keys=False).encode()
        # Bytes that are not UTF-8 fail early, so half of the texts are changed only by whole values.
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
    """These cases need no files."""
    return one


if __name__ == "__main__":
    sys.exit(run("tests.bench.fuzz_configs", __doc__ or "", prepare, 3000))
