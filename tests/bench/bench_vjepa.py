"""What features of clips are worth: kNN of the motion on test clips of `moving_shapes`, of V-JEPA beside MAE, which learns from
single frames, each trained and untrained, and of the pixels.

    python tests/bench/bench_vjepa.py [--steps 400] [--mae-steps 400] [--seeds 3] [--clips 2000] [--arms vjepa mae]

MAE trains on all frames of the training clips, each an image of its own, with its recipe. The feature of a clip is then the
features of its frames side by side, in which the place of the shape at each time can be read, or their mean, in which it cannot.
V-JEPA's is that of its teacher. kNN: k = 20 on the features of all training clips. Motions are drawn by Zipf's law, so that always
naming the most frequent one is right for a third of the clips; `mean over classes` counts every motion alike. Seconds are
CPU-seconds of this process. Progress is printed after each arm, peak memory at the end.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import numpy as np
import torch
from torch import Tensor

from engine.config.text import merge
from engine.data.dataset import Dataset
from engine.embed.features import encode
from engine.evaluate.knn import knn_predict
from engine.train.loop import take_step
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare

K = 20

Features = Callable[[str], Tensor]


def session_of(
    options: argparse.Namespace, id: str, seed: int, steps: int, dataset: Dataset | None = None, **parts: Any
) -> Session:
    """A run at its first step."""
    given = {
        "method": {"id": id},
        "data": {"source": "moving_shapes", "count": options.clips},
        "train": {"steps": steps, "seed": seed, "device": "cpu", "threads": options.threads, "precision": "fp32"},
    }
    return prepare(resolve(merge(given, parts)), dataset)


def trained(session: Session) -> float:
    """Train to the end; the CPU-seconds that it took."""
    started, every = time.process_time(), max(1, session.steps // 8)
    while session.step < session.steps:
        out, _ = take_step(session)
        session.step += 1
        if session.step % every == 0:
            terms = ", ".join(f"{name} {float(value):.3f}" for name, value in out.terms.items())
            print(f"        step {session.step}: loss {float(out.loss):.4f} {terms}", flush=True)
    return time.process_time() - started


def frames_of(clips: Dataset) -> Dataset:
    """All frames of the clips as images, those of a clip one after another."""
    assert clips.clips is not None
    times = clips.clips.shape[1]
    splits = {name: (index[:, None] * times + np.arange(times)).reshape(-1) for name, index in clips.splits.items()}
    return replace(
        clips,
        images=np.ascontiguousarray(clips.clips).reshape(-1, *clips.clips.shape[2:]),
        labels=np.repeat(clips.labels, times),
        splits=splits,
        factors={},
        masks=None,
        clips=None,
        flow=None,
        sound=None,
        digests=None,
    )


def scores(data: Dataset, features: Features) -> tuple[float, float, float]:
    """kNN of the motion on the test clips: accuracy, the mean over classes, and the share of the most frequent motion."""
    labels = {name: torch.from_numpy(data.labels[data.splits[name]]) for name in ("train", "test")}
    right = knn_predict(features("train"), labels["train"], features("test"), K, classes=len(data.classes)) == labels["test"]
    each = [float(right[labels["test"] == code].double().mean()) for code in labels["test"].unique()]
    return float(right.double().mean()), statistics.mean(each), float(labels["test"].bincount().max() / len(right))


def of_pixels(data: Dataset) -> Features:
    """All pixels of a clip, around the middle of their range."""
    assert data.clips is not None
    pixels = torch.from_numpy(data.clips).flatten(1)
    return lambda split: pixels[torch.from_numpy(data.splits[split])].float() - 128


def of_clips(session: Session) -> Features:
    """The features of whole clips."""
    data = session.dataset
    return lambda split: encode(session.method.encoder, data, data.splits[split], size=data.size)


def of_frames(session: Session, times: int, average: bool) -> Features:
    """The features of a clip's frames, side by side or their mean."""
    data = session.dataset

    def features(split: str) -> Tensor:
        each = encode(session.method.encoder, data, data.splits[split], size=data.size).unflatten(0, (-1, times))
        return each.mean(1) if average else each.flatten(1)

    return features


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=400, help="of V-JEPA")
    parser.add_argument("--mae-steps", type=int, default=0, help="of MAE; 0: as many as of V-JEPA")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--clips", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--arms", nargs="+", default=["vjepa", "mae"], choices=("vjepa", "mae"))
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="settings of V-JEPA, as momentum=0.99")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    own = {key: float(value) if "." in value else int(value) for key, value in (item.split("=") for item in options.set)}
    table: dict[str, list[tuple[float, float, float]]] = defaultdict(list)

    def report(arm: str, values: tuple[float, float, float], seconds: float = 0) -> None:
        table[arm].append(values)
        print(f"    {arm:28} kNN {values[0]:.4f}, mean over classes {values[1]:.4f}, {seconds:.0f} CPU-s", flush=True)

    for seed in range(options.first, options.first + options.seeds):
        print(f"seed {seed}", flush=True)
        session = session_of(options, "vjepa", seed, options.steps, method=own)
        clips = session.dataset
        assert clips.clips is not None
        times = clips.clips.shape[1]
        report("pixels", scores(clips, of_pixels(clips)))
        if "vjepa" in options.arms:
            report("vjepa, untrained", scores(clips, of_clips(session)))
            seconds = trained(session)
            report("vjepa", scores(clips, of_clips(session)), seconds)
        if "mae" not in options.arms:
            continue
        session = session_of(options, "mae", seed, options.mae_steps or options.steps, frames_of(clips))
        for name in ("mae, untrained", "mae"):
            seconds = trained(session) if name == "mae" else 0
            report(f"{name}, side by side", scores(clips, of_frames(session, times, False)), seconds)
            report(f"{name}, mean of frames", scores(clips, of_frames(session, times, True)), seconds)
    print(f"\nmoving_shapes, {options.clips} clips, {options.steps} steps, {options.seeds} seeds, test clips")
    for arm, rows in table.items():
        means = [statistics.mean(column) for column in zip(*rows, strict=True)]
        spread = f" ± {statistics.stdev([row[0] for row in rows]):.4f}" if len(rows) > 1 else ""
        print(f"{arm:28} kNN {means[0]:.4f}{spread}, mean over classes {means[1]:.4f} ({len(rows)} runs)")
    print(f"the most frequent motion {rows[0][2]:.4f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
