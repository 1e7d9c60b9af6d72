"""`python -m tests.bench.check_views`: every method under every preset of views, and every preset that ships, as one table.

A cell says what a run would do: `trains` on all views, on `some` of them (the rest is not drawn, and a note says so), or that the
preset is `refused` before a run folder is made. `--steps` also builds each method that trains and takes one step of two images."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

import torch

import assets
from engine.augment.presets import PRESETS
from engine.catalogue import CATALOGUE
from engine.config.errors import ConfigError
from engine.config.text import merge, read_yaml
from engine.train.loop import take_step
from engine.train.resolve import notes, resolve
from engine.train.setup import prepare

TINY = {"train": {"batch": 2, "steps": 3, "device": "cpu", "precision": "fp32", "threads": 1}}


def outcome(given: dict[str, Any], size: int, steps: bool) -> str:
    """What a run of these settings would do on rendered images of this side."""
    tiny = merge(TINY, {"data": {"source": "shapes", "size": size, "count": 16}})
    try:
        config = resolve(merge(given, tiny))
        if steps:
            out, _ = take_step(prepare(config))
            if not out.loss.isfinite():
                return "DIVERGES"
    except ConfigError as error:
        return "refused" if all(problem.key.startswith("views.groups") for problem in error.problems) else f"REFUSED: {error}"
    except Exception as error:  # what the program exists to find
        return f"FAILS: {type(error).__name__}: {error}"
    return "some" if any(note.key == "views.groups" for note in notes(config)) else "trains"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", action="store_true", help="take one step of each that trains")
    parser.add_argument("--size", type=int, default=32, help="side of the images in px (default 32)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    wide = max(len(row.id) for row in CATALOGUE)
    print("t trains on all views · s on some, which is said · - refused in words · ! anything else\n")
    for place, preset in enumerate(PRESETS, start=1):
        print(f"{place:>{wide}} {preset}")
    print(f"\n{'':{wide}} " + " ".join(f"{place:>2}" for place in range(1, len(PRESETS) + 1)))
    counts: Counter[str] = Counter()
    failed: list[str] = []
    for row in CATALOGUE:
        line = []
        for preset in PRESETS:
            found = outcome({"method": row.id, "views": {"preset": preset}}, options.size, options.steps)
            sign = {"trains": "t", "some": "s", "refused": "-"}.get(found, "!")
            line.append(f"{sign:>2}")
            counts[sign] += 1
            if sign == "!":
                failed.append(f"{row.id}, {preset}: {found}")
        print(f"{row.id:>{wide}} " + " ".join(line), flush=True)
    print("\n" + ", ".join(f"{sign}: {count}" for sign, count in sorted(counts.items())))
    print("\n".join(failed))
    print("\nPresets that ship, by the side of the images:")
    for path in sorted((Path(assets.__file__).parent / "presets").glob("*.yaml")):
        found = [f"{size} px {outcome(read_yaml(path), size, True)}" for size in (28, 32, 64, 96, 224)]
        print(f"{path.stem:<24} {', '.join(found)}", flush=True)


if __name__ == "__main__":
    main()
