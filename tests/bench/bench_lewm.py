"""LeWorldModel with and without SIGReg: success of its plans in held-out scenes, and what its embeddings know of the state.

    python tests/bench/bench_lewm.py [--world reach] [--steps 3000] [--seeds 0 1 2] [--threads 1] [--arms 0.1 0]

An arm is a value of lambda. Success is over 64 held-out episodes, by plans made anew at each step; that of random actions in the
same episodes is printed first. R² is that of a ridge regression from the embeddings of single pictures of the test split to the
positions of agent and target (mean of x and y). `std x sqrt(d)` and `rank` are those of Health, of the embeddings of the last
batch; `error` is the squared error of the prediction of a training step, as a share of that of predicting no change.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import numpy as np
import torch

from engine.embed.features import encode
from engine.evaluate.diagnostics import diagnose
from engine.evaluate.probes import fit_ridge
from engine.methods.applied.lewm import LeWM
from engine.train.experience import Experience
from engine.train.loop import take_step
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare
from engine.worlds.play import held_out

EPISODES = 64
LOOKS = 3  # measurements of a run, evenly


def session_of(options: argparse.Namespace, weight: float, seed: int) -> Session:
    """A run at its first step."""
    given = {
        "method": {"id": "lewm", "weight": weight, "distance": options.distance},
        "data": {"source": options.world, "count": 1500},
        "train": {"steps": options.steps, "seed": seed, "device": "cpu", "precision": "fp32", "threads": options.threads},
    }
    return prepare(resolve(given))


def known(session: Session) -> dict[str, float]:
    """R² of positions, from embeddings of the test split by a regression on the training split."""
    dataset, method = session.dataset, session.method
    assert isinstance(method, LeWM)
    names = [name for name, factor in dataset.factors.items() if factor.kind == "number" and name.endswith((" x", " y"))]
    table = torch.from_numpy(np.stack([dataset.factors[name].values for name in names], axis=1))
    features, values = {}, {}
    method.eval()
    for part, index in dataset.splits.items():
        with torch.no_grad():
            features[part] = method.projector(encode(method.encoder, dataset, index))
        values[part] = table[index]
    method.train()
    ridge = fit_ridge(features["train"], values["train"], features["validation"], values["validation"])
    wrong = (ridge.predict(features["test"]) - values["test"]).square().mean(0)
    scores = dict(zip(names, (1 - wrong / values["test"].var(0, correction=0)).tolist(), strict=True))
    things = dict.fromkeys(name[:-2] for name in scores)
    return {thing: statistics.mean(value for name, value in scores.items() if name[:-2] == thing) for thing in things}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", default="reach")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2])
    parser.add_argument("--arms", type=float, nargs="*", default=[0.1, 0.0], help="values of lambda")
    parser.add_argument("--distance", default="mean", choices=["mean", "last"])
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    table: dict[float, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    print(f"{options.world}, {options.steps:,} steps, seeds {options.seeds}, cost: {options.distance}")
    for seed in options.seeds:
        for weight in options.arms:
            started, session = time.process_time(), session_of(options, weight, seed)
            feed = session.batches
            assert isinstance(feed, Experience)
            episodes, curve = held_out(0, EPISODES), []
            if weight == options.arms[0]:
                chance = feed.play(episodes, random=True).success.mean()
                table[-1]["success"].append(float(chance))
                print(f"  seed {seed}  random actions: success {chance:.3f}", flush=True)
            for step in range(options.steps):
                out, _ = take_step(session)
                session.step += 1
                if (step + 1) % (options.steps // LOOKS) == 0:
                    curve.append((step + 1, feed.play(episodes).success.mean()))
            row = table[weight]
            row["success"].append(float(curve[-1][1]))
            row["error"].append(float(out.terms["prediction"]) / float(out.terms["no change"]))
            looked = diagnose(out.features, out.embedding)
            row["std x sqrt(d)"].append(looked["std"])
            row["rank"].append(looked["rank_embedding"])
            for thing, value in known(session).items():
                row[f"R² {thing}"].append(value)
            shown = ", ".join(f"{steps:,}: {success:.2f}" for steps, success in curve)
            print(f"  seed {seed}  lambda {weight:<5g} {shown}   {time.process_time() - started:.0f} CPU-s", flush=True)
    for weight, columns in table.items():
        name = "random actions" if weight < 0 else f"lambda {weight:g}"
        print(f"{name:15}", "  ".join(f"{column} {np.mean(values):.3f}" for column, values in columns.items()), flush=True)


if __name__ == "__main__":
    main()
