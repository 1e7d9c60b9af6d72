"""Time and quality of maps, compared with umap-learn on the same features in the same run.

    python tests/bench/bench_map.py [--images 10000] [--dim 256] [--snapshot RUN/embeddings/epoch_010.npz] [--repeats 2]

First picture: PCA. Final map: `UmapJob`, cold (its worker process is not started yet) and warm. umap-learn: its default call,
`umap.UMAP().fit_transform(x)`; the same with the cosine metric, the metric of `UmapJob`; and with a fixed seed, with which its map
is reproducible as that of `UmapJob` always is; last `UmapLearnJob`, umap-learn in the workbench, without and with the classes. Each
is called cold (first call of a process) and warm. A call is timed from the features to the returned map, without the import of
umap-learn and PyTorch. All have 15 neighbours, `min_dist` 0.1 and the same number of epochs. The fastest of `--repeats` warm calls
is printed; the calls alternate, so that other programs slow both alike.

Trustworthiness by scikit-learn (k = 15, a sample of 3,000 rows, the metric of the map); neighbours kept (k = 15, 1,000 points
against all). Both use numba's cache on disk from earlier runs, as they do for a user.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.execute.prepare_process import prepare_process

if TYPE_CHECKING:  # both load PyTorch, for which the process is prepared first
    from engine.embed.feature_neighbours import Metric
    from engine.embed.umap import UmapJob

SAMPLE = 3000


def mixture(n: int, dim: int, seed: int = 0) -> tuple[Any, Any]:
    """Points (n, dim), float32, and their components (n,), int64: a mixture of twenty Gaussians of unequal weight, whose scale
    falls from axis to axis, with noise on all axes."""
    import numpy as np

    draw = np.random.default_rng(seed)
    weights = draw.dirichlet(np.full(20, 3.0))
    scales = np.exp(-np.arange(dim) / 40)
    middles = 2.0 * draw.normal(size=(20, dim)) * scales
    inside = draw.normal(size=(n, dim)) * scales
    label = draw.choice(20, n, p=weights)
    return (middles[label] + inside + 0.1 * draw.normal(size=(n, dim))).astype(np.float32), label


Made = tuple[float, Any]  # seconds, and the map


def theirs(x: Any, settings: dict[str, Any]) -> Made:
    """Time one call of umap-learn. Runs in a worker process."""
    warnings.simplefilter("ignore")
    from umap import UMAP

    began = time.perf_counter()
    xy = UMAP(**settings).fit_transform(x)
    return time.perf_counter() - began, xy


def ours(job: UmapJob, x: Any, metric: Metric) -> Made:
    """Time one call of `UmapJob`."""
    began = time.perf_counter()
    xy = job.run(x, metric=metric)
    return time.perf_counter() - began, xy


def quality_of(x: Any, xy: Any, metric: str) -> tuple[float, float]:
    """Trustworthiness and neighbours kept."""
    import numpy as np
    from sklearn.manifold import trustworthiness

    from engine.embed.quality import measure

    rows = np.linspace(0, len(x) - 1, min(SAMPLE, len(x))).astype(int)
    trust = float(trustworthiness(x[rows], xy[rows], n_neighbors=15, metric=metric))
    return trust, measure(x, xy, 15, metric).kept  # type: ignore[arg-type]


def compare(name: str, x: Any, label: Any, repeats: int) -> None:
    """Print the table of one space."""
    from engine.embed.pca import pca
    from engine.embed.umap import UmapJob
    from engine.embed.umap_learn import UmapLearnJob

    print(f"\n{name}: {len(x):,} x {x.shape[1]}")
    print(f"{'':34}{'cold s':>9}{'warm s':>9}  {'cosine: trust, kept':>20}  {'euclidean: trust, kept':>22}")

    def row(title: str, seconds: list[float], xy: Any) -> tuple[float, dict[str, tuple[float, float]]]:
        cold, warm = seconds[0], min(seconds[1:])
        quality = {metric: quality_of(x, xy, metric) for metric in ("cosine", "euclidean")}
        figures = "  ".join(f"{trust:15.4f} {kept:6.3f}" for trust, kept in quality.values())
        print(f"{title:34}{cold:9.2f}{warm:9.2f}  {figures}", flush=True)
        return warm, quality

    flat = [_seconds(lambda: pca(x)) for _ in range(1 + repeats)]
    row("first picture (PCA)", flat, pca(x))
    spawn = multiprocessing.get_context("spawn")
    metric: Metric
    for title, metric, settings in (
        ("umap.UMAP()", "euclidean", {}),
        ('umap.UMAP(metric="cosine")', "cosine", {"metric": "cosine"}),
        ("umap.UMAP(random_state=0)", "euclidean", {"random_state": 0}),
    ):
        mine: list[Made] = []
        other: list[Made] = []
        with UmapJob() as job, spawn.Pool(1) as pool:
            for _ in range(1 + repeats):
                mine.append(ours(job, x, metric))
                other.append(pool.apply(theirs, (x, settings)))
        warm, quality = row(f"UmapJob, {metric}", [seconds for seconds, _ in mine], mine[-1][1])
        their_warm, their_quality = row(title, [seconds for seconds, _ in other], other[-1][1])
        gain = quality[metric][0] - their_quality[metric][0]
        print(f"{'':4}warm, ours {their_warm / warm:.1f} times as fast, trustworthiness {gain:+.4f}")
    for title, labels in (("UmapLearnJob, cosine", None), ("UmapLearnJob, cosine, by class", label)):
        made: list[Made] = []
        with UmapLearnJob() as job:
            for _ in range(1 + repeats):
                began = time.perf_counter()
                xy = job.run(x, labels=labels)
                made.append((time.perf_counter() - began, xy))
        row(title, [seconds for seconds, _ in made], made[-1][1])


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--dim", type=int, default=256)
    parser.add_argument("--snapshot", help="a snapshot of a run, or any .npz with `features`, instead of drawn features")
    parser.add_argument("--repeats", type=int, default=2)
    options = parser.parse_args()
    prepare_process()
    import numba
    import numpy as np
    import torch
    import umap

    torch.set_num_threads(os.cpu_count() or 1)
    libraries = ", ".join(f"{module.__name__} {module.__version__}" for module in (numba, torch, umap))
    print(f"{os.cpu_count()} cores, {platform.machine()}; {libraries}")
    if options.snapshot:
        with np.load(options.snapshot) as file:
            compare(Path(options.snapshot).name, file["features"].astype(np.float32), file["label"], options.repeats)
    else:
        compare("a mixture of Gaussians with noise", *mixture(options.images, options.dim), options.repeats)


if __name__ == "__main__":
    main()
