"""`python -m tests.bench.check_views`: a table of every method with every views preset, and of the presets that are shipped.

A cell shows the outcome of a run: it trains on all views (t), on some of them (s; the others are not drawn, and a note reports it),
or the preset is refused before a run folder is created (-). `--steps` also builds each method and takes one step on two images."""

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
from tests.teacher_run import teacher_settings

TINY = {"train": {"batch": 2, "steps": 3, "device": "cpu", "precision": "fp32", "threads": 1}}


def outcome(given: dict[str, Any], size: int, steps: bool) -> str:
    """The outcome of a run with these settings on rendered images of `size` px."""
    tiny = merge(TINY, {"data": {"source": "shapes", "size": size, "count": 16}})
    try:
        config = resolve(merge(given, tiny))
        if steps:
            out, _ = take_step(prepare(config))
            if not out.loss.isfinite():
                return "DIVERGES"
    except ConfigError as error:
        return "refused" if all(problem.key.startswith("views.groups") for problem in error.problems) else f"REFUSED: {error}"
    except Exception as error:  # what this program searches for
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
    print("t trains on all views · s on some, with a note · - refused with an error message · ! anything else\n")
    for number, preset in enumerate(PRESETS, start=1):
        print(f"{number:>{wide}} {preset}")
    print(f"\n{'':{wide}} " + " ".join(f"{number:>2}" for number in range(1, len(PRESETS) + 1)))
    counts: Counter[str] = Counter()
    failed: list[str] = []
    for row in CATALOGUE:
        line = []
        for preset in PRESETS:
            result = outcome(
                {"method": {"id": row.id, **teacher_settings(row.id, options.size)}, "views": {"preset": preset}},
                options.size,
                options.steps,
            )
            sign = {"trains": "t", "some": "s", "refused": "-"}.get(result, "!")
            line.append(f"{sign:>2}")
            counts[sign] += 1
            if sign == "!":
                failed.append(f"{row.id}, {preset}: {result}")
        print(f"{row.id:>{wide}} " + " ".join(line), flush=True)
    print("\n" + ", ".join(f"{sign}: {count}" for sign, count in sorted(counts.items())))
    print("\n".join(failed))
    print("\nShipped presets, by image size:")
    for path in sorted((Path(assets.__file__).parent / "presets").glob("*.yaml")):
        result = [f"{size} px {outcome(read_yaml(path), size, True)}" for size in (28, 32, 64, 96, 224)]
        print(f"{path.stem:<24} {', '.join(result)}", flush=True)


if __name__ == "__main__":
    main()
