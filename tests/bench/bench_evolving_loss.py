"""What evolved weights of the losses are worth: kNN of the motion on test clips, with weights that were evolved, all equal, and
drawn at random, and by the untrained encoder; and whether the fitness, which sees no label, follows the kNN of its candidates.

    python tests/bench/bench_evolving_loss.py [--steps 1200] [--seeds 3] [--random 8] [--clips 2000]

`--steps` is the length of the run with a search. The arms without one train for as many steps as that run does outside its search:
warm start and own training. kNN: k = 20 on the features of all training clips. Motions are drawn by Zipf's law, so that always
naming the most frequent one is right for a third of the clips; `mean over classes` counts every motion alike. Progress is printed
after each arm, peak memory at the end.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections import defaultdict
from typing import Any

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import torch
from scipy.stats import spearmanr

from engine.config.text import merge
from engine.embed.features import encode
from engine.evaluate.knn import knn_predict
from engine.methods.pretext.evolving_loss import EvolvingLoss
from engine.train.loop import take_step
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare

K = 20


def session_of(options: argparse.Namespace, seed: int, steps: int, method: dict[str, Any]) -> Session:
    """A run at its first step."""
    given = {
        "method": {"id": "evolving_loss", **method},
        "data": {"count": options.clips},
        "train": {
            "steps": steps,
            "batch": options.batch,
            "seed": seed,
            "device": "cpu",
            "threads": options.threads,
            "precision": "fp32",
        },
    }
    return prepare(resolve(given))


def scores(session: Session) -> tuple[float, float, float]:
    """kNN of the motion on the test clips: accuracy, the mean over classes, and the share of the most frequent motion."""
    data = session.dataset
    rows = {name: encode(session.method.encoder, data, data.splits[name], size=data.size) for name in ("train", "test")}
    labels = {name: torch.from_numpy(data.labels[data.splits[name]]) for name in ("train", "test")}
    right = knn_predict(rows["train"], labels["train"], rows["test"], K, classes=len(data.classes)) == labels["test"]
    each = [float(right[labels["test"] == code].double().mean()) for code in labels["test"].unique()]
    return float(right.double().mean()), statistics.mean(each), float(labels["test"].bincount().max() / len(right))


def trained(session: Session) -> float:
    """Train to the end; the seconds that it took."""
    started = time.monotonic()
    while session.step < session.steps:
        take_step(session)
        session.step += 1
    return time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1200, help="of the run with a search")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--random", type=int, default=8, help="runs with random weights for each seed")
    parser.add_argument("--clips", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="settings of the method, as candidate_steps=10")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    own = {key: float(value) if "." in value else int(value) for key, value in (item.split("=") for item in options.set)}
    table: dict[str, list[tuple[float, float, float]]] = defaultdict(list)

    def report(arm: str, seconds: float, values: tuple[float, float, float]) -> None:
        table[arm].append(values)
        print(f"    {arm:10} kNN {values[0]:.4f}, mean over classes {values[1]:.4f}, {seconds:.0f} s", flush=True)

    for seed in range(options.seeds):
        print(f"seed {seed}", flush=True)
        session = session_of(options, seed, options.steps, own)
        report("untrained", 0, scores(session))
        searching = next(span for span in session.spans if span.name == "evolution")
        rest = options.steps - (searching.last - searching.first)
        report("evolved", trained(session), scores(session))
        method = session.method
        assert isinstance(method, EvolvingLoss)
        costs, marks = method.search.costs, method.search.marks
        best = [f"{-float(costs[row]):.4f}" for row in method.search.best_by_generation()]
        print(f"    {len(costs)} candidates; best fitness by generation {' '.join(best)}")
        if len(costs) > 2:
            print(f"    Spearman of fitness and kNN over candidates {spearmanr(-costs, marks).statistic:+.3f}", flush=True)
        for arm, count in (("equal", 1), ("random", options.random)):
            for number in range(count):
                weights = session_of(options, seed + 100 * number, rest, merge(own, {"weights": arm}))
                report(arm, trained(weights), scores(weights))
    lengths = f"{options.steps} steps with a search, {rest} without"
    print(f"\nmoving_shapes, {options.clips} clips, {lengths}, {options.seeds} seeds, test clips")
    for arm, rows in table.items():
        means = [statistics.mean(column) for column in zip(*rows, strict=True)]
        spread = f" ± {statistics.stdev([row[0] for row in rows]):.4f}" if len(rows) > 1 else ""
        print(f"{arm:10} kNN {means[0]:.4f}{spread}, mean over classes {means[1]:.4f} ({len(rows)} runs)")
    print(f"the most frequent motion {rows[0][2]:.4f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
