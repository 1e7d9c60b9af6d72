"""CURL's arms by environment steps: success in held-out scenes, return, and what the encoder knows of the state.

    python tests/bench/bench_curl.py [--scenes fixed changing] [--env-steps 9600] [--seeds 0 1 2] [--threads 1] [--arms ...]

Five arms of double DQN: a frozen random encoder, no crop, random crop, crop and contrast, and an encoder that learns from the
contrast alone, without a gradient of the reward. The budget is in environment steps, so that it does not depend on the load of the
machine. Eight environment steps are taken for each training step. Success and return are means over 192 held-out episodes, by the
actions of the largest value; those of random actions in the same episodes are printed first. R² is that of a ridge regression from
the features of single pictures of the test split to the positions of agent and target (mean of x and y).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict
from typing import Any

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import numpy as np
import torch

from engine.config.text import merge
from engine.embed.features import encode
from engine.evaluate.probes import fit_ridge
from engine.train.experience import Experience
from engine.train.loop import take_step
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare
from engine.worlds.play import held_out

ARMS: dict[str, dict[str, Any]] = {
    "frozen random": {"contrast": 0.0, "detach": True},
    "no crop": {"contrast": 0.0, "crop": False},
    "crop": {"contrast": 0.0},
    "crop + CURL": {"contrast": 1.0},
    "CURL, no reward gradient": {"contrast": 1.0, "detach": True},
}
EPISODES = 192
LOOKS = 3  # measurements of a run, evenly


def session_of(options: argparse.Namespace, arm: str, scene: str, seed: int) -> Session:
    """A run at its first step."""
    given = {
        "method": {"id": "curl", "frames": options.frames},
        "data": {"source": options.world, "scene": scene, "count": 1500},
        "train": {"steps": 1, "seed": seed, "device": "cpu", "precision": "fp32", "threads": options.threads},
    }
    return prepare(resolve(merge(given, {"method": ARMS[arm]})))


def known(session: Session) -> dict[str, float]:
    """R² of positions, from features of the test split by a regression on the training split."""
    dataset = session.dataset
    names = [name for name, factor in dataset.factors.items() if factor.kind == "number" and name.endswith((" x", " y"))]
    table = torch.from_numpy(np.stack([dataset.factors[name].values for name in names], axis=1))
    features, values = {}, {}
    for part, index in dataset.splits.items():
        features[part], values[part] = encode(session.method.encoder, dataset, index), table[index]
    ridge = fit_ridge(features["train"], values["train"], features["validation"], values["validation"])
    wrong = (ridge.predict(features["test"]) - values["test"]).square().mean(0)
    scores = dict(zip(names, (1 - wrong / values["test"].var(0, correction=0)).tolist(), strict=True))
    things = dict.fromkeys(name[:-2] for name in scores)
    return {thing: statistics.mean(value for name, value in scores.items() if name[:-2] == thing) for thing in things}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", default="reach")
    parser.add_argument("--scenes", nargs="*", default=["fixed", "changing"])
    parser.add_argument("--env-steps", type=int, default=0, help="0: 9,600 in the fixed scene, 12,000 in changing ones")
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2])
    parser.add_argument("--arms", nargs="*", default=list(ARMS))
    parser.add_argument("--frames", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    for scene in options.scenes:
        budget = options.env_steps or {"fixed": 9600, "changing": 12_000}[scene]
        table: dict[str, list[tuple[float, float]]] = defaultdict(list)
        facts: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for seed in options.seeds:
            for arm in options.arms:
                started, session = time.process_time(), session_of(options, arm, scene, seed)
                feed = session.batches
                assert isinstance(feed, Experience)
                episodes = held_out(0, EPISODES)
                if arm == options.arms[0] and seed == options.seeds[0]:
                    chance = feed.play(episodes, random=True)
                    print(f"\n{options.world}, {scene} scene, {budget:,} environment steps, seeds {options.seeds}")
                    print(f"random actions: success {chance.success.mean():.3f}, return {chance.returns.mean():.2f}", flush=True)
                updates = (budget - feed.start_ticks * feed.acting.worlds) // feed.acting.worlds
                curve = []
                for step in range(updates):
                    take_step(session)
                    session.step += 1
                    if (step + 1) % (updates // LOOKS) == 0:
                        played = feed.play(episodes)
                        curve.append((feed.replay.count * feed.acting.worlds, played.success.mean(), played.returns.mean()))
                table[arm].append((float(curve[-1][1]), float(curve[-1][2])))
                for thing, value in known(session).items():
                    facts[arm][thing].append(value)
                shown = ", ".join(f"{steps:,}: {success:.2f}" for steps, success, _ in curve)
                print(f"  seed {seed}  {arm:25} {shown}   {time.process_time() - started:.0f} CPU-s", flush=True)
        print(f"{'arm':25} {'success':>15} {'return':>7}   R² of positions")
        for arm, rows in table.items():
            success, gained = (np.array(column) for column in zip(*rows, strict=True))
            spread = f" ± {success.std(ddof=1):.2f}" if len(rows) > 1 else ""
            kept = ", ".join(f"{thing} {statistics.mean(values):.2f}" for thing, values in facts[arm].items())
            print(f"{arm:25} {f'{success.mean():.2f}{spread}':>15} {gained.mean():7.2f}   {kept}", flush=True)


if __name__ == "__main__":
    main()
