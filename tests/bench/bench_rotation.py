"""Whether the task of `rotation` can be learned on the default data: accuracy of the four angles on test images, with shapes that
lie at any angle and with shapes that stand upright and are lit from above (data.upright).

    python tests/bench/bench_rotation.py [--steps 120] [--seeds 3] [--images 2000]

Chance is .25. kNN of the shape (k = 20), trained and untrained, says whether what was learned for the task is of use: light from
above gives the angle away without the shape. Seconds are CPU-seconds of this process. Progress is printed after each run.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import torch

from engine.embed.features import encode
from engine.evaluate.knn import knn_accuracy
from engine.train.loop import take_step
from engine.train.own_task import score_task
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare

K = 20


def knn_of(session: Session) -> float:
    """kNN accuracy of the shape on test images."""
    data = session.dataset
    parts = []
    for split in ("train", "test"):
        index = data.splits[split]
        parts += [encode(session.method.encoder, data, index, size=data.size), torch.from_numpy(data.labels[index])]
    return knn_accuracy(*parts, K)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    table: dict[bool, list[tuple[float, float, float]]] = defaultdict(list)
    for seed in range(options.seeds):
        for upright in (False, True):
            train = {"steps": options.steps, "batch": options.batch, "seed": seed, "device": "cpu", "threads": options.threads}
            data = {"source": "shapes", "count": options.images, "upright": upright}
            session = prepare(resolve({"method": "rotation", "data": data, "train": {**train, "precision": "fp32"}}))
            before, started = knn_of(session), time.process_time()
            while session.step < session.steps:
                out, _ = take_step(session)
                session.step += 1
            seconds = time.process_time() - started
            score = score_task(session.method, session.batches, session.dataset.splits["test"], options.batch)
            assert score is not None
            table[upright].append((score.value, before, knn_of(session)))
            print(
                f"seed {seed} {'upright  ' if upright else 'any angle'} last loss {out.loss.item():.4f}, "
                f"accuracy {score.value:.4f} ({score.images} images), "
                f"kNN {before:.4f} -> {table[upright][-1][2]:.4f}, {seconds:.0f} CPU-s",
                flush=True,
            )
    print(f"\nshapes, {options.images} images, {options.steps} steps of {options.batch}, {options.seeds} seeds; chance .25")
    for upright, rows in table.items():
        values = [row[0] for row in rows]
        spread = f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else ""
        means = [statistics.mean(column) for column in zip(*rows, strict=True)]
        name = "upright  " if upright else "any angle"
        print(f"{name} accuracy {means[0]:.4f}{spread}, kNN of the shape {means[1]:.4f} untrained, {means[2]:.4f} trained")


if __name__ == "__main__":
    main()
