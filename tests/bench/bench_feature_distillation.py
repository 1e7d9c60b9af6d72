"""What feature distillation gives: accuracy of the teacher, of its student and of the untrained student after fine-tuning.

    python tests/bench/bench_feature_distillation.py [--teachers dino moco_v3] [--teacher-steps N] [--steps N] [--seeds 3]
        [--budget IMAGES] [--parts finetune_100,finetune_10] [--layer-decay F] [--data shapes|FILE.npz] [--threads 1]

For each teacher and seed two runs of a user are trained (`engine.train.train_run.train`): the teacher, a vit_micro, and a student
of the same size and seed, which has it as `method.teacher`. The teacher's run is deleted before the student is measured. Both are
measured on the test split by `engine.evaluate`, with one protocol: the learning rate of each encoder is chosen on validation, and
`--budget` is the most images of one fine-tuning at each rate. Lengths are in steps, so that the figures do not depend on what else
the machine does; the minutes that they took are printed.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import torch

from engine.config.text import assignments, merge
from engine.evaluate.protocol import Evaluation, evaluate
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train

ARMS = ("teacher", "student", "untrained")


def run(folder: Path, given: dict[str, Any]) -> float:
    """Train a run into a folder; its minutes."""
    started = time.monotonic()
    folder.mkdir()
    result = train(resolve(given), lambda event: None, Control(), folder)
    assert result.state == "finished", result.error
    return (time.monotonic() - started) / 60


def measured(folder: Path, options: argparse.Namespace) -> Evaluation:
    """The figures of a run's encoder, and of the same encoder untrained."""
    parts = [*options.parts.split(","), "knn"]
    return evaluate(folder, parts=parts, budget=options.budget, layer_decay=options.layer_decay)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teachers", nargs="*", default=["dino", "moco_v3"], metavar="METHOD")
    parser.add_argument("--data", default="shapes", help="a data set's name, or a path; cifar10_10k.npz for the figure of the docs")
    parser.add_argument("--teacher-steps", type=int, default=600)
    parser.add_argument("--steps", type=int, default=1000, help="of each student")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--parts", default="finetune_100,finetune_10")
    parser.add_argument("--budget", type=int, default=150_000, help="most images of one fine-tuning at each of its four rates")
    parser.add_argument("--layer-decay", type=float, default=1.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="settings of the student, as optim.lr=0.001")
    parser.add_argument("--both", nargs="*", default=[], metavar="KEY=VALUE", help="settings of both runs, as data.size=16")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    shown = [*options.parts.split(","), "knn", "minutes"]
    print(f"{options.data}: teachers {options.teacher_steps} steps, students {options.steps}, {options.seeds} seeds; ", end="")
    print(f"{options.budget:,} images of a fine-tuning at most, layer decay {options.layer_decay:g}, {options.threads} threads")
    for method in options.teachers:
        table: dict[str, dict[str, list[float]]] = {arm: defaultdict(list) for arm in ARMS}
        for seed in range(options.seeds):
            common: dict[str, Any] = {
                "data": {"source": options.data},
                "train": {"seed": seed, "device": "cpu", "threads": options.threads, "keep": 0},
                "monitor": {"embed_images": 0, "pictures": False, "knn_every": 100_000},
            }
            with tempfile.TemporaryDirectory() as name:
                teacher, student = Path(name) / "teacher", Path(name) / "student"
                common = merge(common, assignments(options.both))
                given = {"method": {"id": method}, "backbone": {"name": "vit_micro"}, "train": {"steps": options.teacher_steps}}
                table["teacher"]["minutes"].append(run(teacher, merge(common, given)))
                of_teacher = measured(teacher, options)
                given = {"method": {"id": "feature_distillation", "teacher": str(teacher)}, "train": {"steps": options.steps}}
                given = merge(given, assignments(options.set))
                table["student"]["minutes"].append(run(student, merge(common, given)))
                shutil.rmtree(teacher)
                of_student = measured(student, options)
            for figure in shown[:-1]:
                table["teacher"][figure].append(of_teacher.figures[figure].trained)
                table["student"][figure].append(of_student.figures[figure].trained)
                table["untrained"][figure].append(of_student.figures[figure].untrained)
            table["untrained"]["minutes"].append(0.0)
            latest = "; ".join(f"{arm} " + " ".join(f"{figure} {table[arm][figure][-1]:.4f}" for figure in shown) for arm in ARMS)
            print(f"  {method}, seed {seed}: {latest}", flush=True)
        print(f"\n{method:<12}" + "".join(f"{figure:>20}" for figure in shown))
        for arm in ARMS:
            cells = []
            for figure in shown:
                values = table[arm][figure]
                spread = f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else ""
                cells.append(f"{statistics.mean(values):.4f}{spread}")
            print(f"{arm:<12}" + "".join(f"{cell:>20}" for cell in cells))
        for figure in shown[:-2]:
            gains = [a - b for a, b in zip(table["student"][figure], table["teacher"][figure], strict=True)]
            more = [a - b for a, b in zip(table["student"][figure], table["untrained"][figure], strict=True)]
            print(f"{figure}: student over teacher {statistics.mean(gains):+.4f} (aim -.005 or more), ", end="")
            print(f"over untrained {statistics.mean(more):+.4f} (aim +.05)")
        print(flush=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
