"""What encoders are worth for video without any training on it: J of label propagation on moving shapes, for trained encoders, the
untrained ones of the same architectures, the pixels alone, and the first mask copied to every frame.

    python tests/bench/bench_label_propagation.py [--steps 300] [--seeds 1] [--methods pixcontrast simclr dino mae] [--runs DIR]

Each encoder is that of a user's run with the recipe of its method on the middle frames of the clips; J is measured as
`engine evaluate RUN --parts label_propagation` measures it, on the test clips. `--runs`: where the runs are kept; one that is there
already is not trained again. A line is printed as soon as it is measured, the table at the end: mean and standard deviation over
seeds. Aims: a trained encoder at least .05 above its untrained one and .15 above the copy."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import torch

from engine.evaluate.protocol import evaluate
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train

METHODS = ("pixcontrast", "simclr", "dino", "mae")
GAIN, OVER_COPY = 0.05, 0.15


def trained(folder: Path, method: str, seed: int, options: argparse.Namespace) -> Path:
    """The folder of a run of the method, trained unless it is there."""
    if not (folder / "checkpoints" / "last.pt").is_file():
        config = resolve(
            {
                "method": {"id": method},
                "data": {"source": "moving_shapes", "count": options.count, "size": options.size},
                "train": {
                    "steps": options.steps,
                    "batch": options.batch,
                    "seed": seed,
                    "device": "cpu",
                    "threads": options.threads,
                },
                "monitor": {"embed_images": 0},
            }
        )
        end = train(config, lambda event: None, Control(), folder)
        if end.state != "finished":
            raise SystemExit(f"{method}, seed {seed}: {end}")
    return folder


def main() -> None:
    """Train, measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--count", type=int, default=2000, help="clips")
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--runs", default="")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    root = Path(options.runs or tempfile.mkdtemp(prefix="propagation"))
    rows: dict[str, list[float]] = defaultdict(list)
    for seed in range(options.seeds):
        for method in options.methods:
            started = time.process_time()
            run = trained(root / f"{method}-{seed}", method, seed, options)
            spent = time.process_time() - started
            figure = evaluate(run, parts=["label_propagation"]).figures["propagation_j"]
            words = f"J {figure.trained:.3f} ± {figure.error or 0:.3f}, untrained {figure.untrained:.3f}"
            others = ", ".join(f"{name} {share:.3f}" for name, share in figure.baselines.items())
            print(f"seed {seed}  {method:14} {words}, {others}; trained in {spent:.0f} CPU-s", flush=True)
            rows[method].append(figure.trained)
            rows[f"{method}, untrained"].append(figure.untrained)
            for name, share in figure.baselines.items():
                if len(rows[name]) <= seed:
                    rows[name].append(share)
    print(f"\n{options.steps} steps of {options.batch}, {options.count} clips of {options.size} px, {options.seeds} seeds")
    for name, values in rows.items():
        spread = f" ± {statistics.stdev(values):.3f}" if len(values) > 1 else ""
        print(f"  {name:28} {statistics.mean(values):.3f}{spread}")
    copy = statistics.mean(rows["copying"])
    for method in options.methods:
        own = statistics.mean(rows[method])
        gain, over = own - statistics.mean(rows[f"{method}, untrained"]), own - copy
        outcome = "met" if gain >= GAIN and over >= OVER_COPY else "missed"
        print(f"  aim {outcome}: {method} {gain:+.3f} over untrained (aim +{GAIN}), {over:+.3f} over copying (aim +{OVER_COPY})")


if __name__ == "__main__":
    main()
