"""What feature distillation gives: accuracy of the teacher, of its student and of the untrained student after fine-tuning.

    python tests/bench/bench_feature_distillation.py [--teachers dino moco_v3] [--teacher-steps N] [--steps N] [--seeds 3]
        [--budget IMAGES] [--rates F ...] [--parts finetune_100,finetune_10] [--layer-decay F ...] [--data shapes|FILE.npz]

For each teacher and seed two runs of a user are trained (`engine.train.train_run.train`): the teacher, a vit_micro, and a student
of the same size and seed, which has it as `method.teacher`. The teacher's run is deleted before the student is measured. All are
fine-tuned as by `engine evaluate` (`engine.evaluate.finetune`), with one protocol: the learning rate of each encoder is chosen on
validation among `--rates`, and `--budget` is the most images of one fine-tuning at each rate. Fine-tuning takes most of the time:
each seed has 3 encoders x parts x rates x layer decays of it. Lengths are in steps, so that the figures do not depend on what else
the machine does; the CPU-seconds that they took are printed.
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
from engine.embed.features import encode
from engine.evaluate.encoder import data_of, load_method
from engine.evaluate.finetune import FineTuning
from engine.evaluate.knn import knn_accuracy
from engine.evaluate.plan import TUNINGS
from engine.evaluate.protocol import labelled
from engine.methods.build_method import build_method
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train

ARMS = ("teacher", "student", "untrained")
SPLITS = ("train", "validation", "test")


def run(folder: Path, given: dict[str, Any]) -> float:
    """Train a run into a folder; its CPU-seconds."""
    started = time.process_time()
    folder.mkdir()
    result = train(resolve(given), lambda event: None, Control(), folder)
    assert result.state == "finished", result.error
    return time.process_time() - started


def measured(folder: Path, encoders: tuple[str, ...], options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Test accuracies of the encoders "trained" and "untrained" of a run, by encoder and figure."""
    method, config = load_method(folder)
    dataset = data_of(folder, config)
    splits = {name: labelled(dataset, name) for name in SPLITS}
    train_labels, test_labels = (torch.from_numpy(dataset.labels[splits[name]]) for name in ("train", "test"))
    result: dict[str, dict[str, float]] = {}
    for name in encoders:
        backbone = (method if name == "trained" else build_method(config).eval()).encoder
        bank, test = (encode(backbone, dataset, splits[part]) for part in ("train", "test"))
        result[name] = {"knn": knn_accuracy(bank, train_labels, test, test_labels)}
        for part in options.parts:
            for decay in options.layer_decay:
                own = (splits, len(dataset.classes), "cpu", options.budget, decay)
                tuning = FineTuning(part, config, dataset, *own)
                tuning.rates = tuple(options.rates) or tuning.rates
                started, tuned = time.process_time(), tuning.run(backbone)
                result[name][figure_of(part, decay)] = tuned.test
                shown = ", ".join(f"{rate:g}: {value:.4f}" for rate, value in tuned.tried.items())
                print(f"    {config.method.id} {name}, {figure_of(part, decay)}: {tuned.test:.4f}, on validation {shown}; ", end="")
                spent = time.process_time() - started
                print(f"{tuning.length.steps} steps of {tuning.length.batch}, {spent:.0f} CPU-s", flush=True)
    return result


def figure_of(part: str, decay: float) -> str:
    """The name of a fine-tuning."""
    return part if decay == 1 else f"{part}, {decay:g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teachers", nargs="*", default=["dino", "moco_v3"], metavar="METHOD")
    parser.add_argument("--data", default="shapes", help="a data set's name, or a path; cifar10_10k.npz for the figure of the docs")
    parser.add_argument("--teacher-steps", type=int, default=600)
    parser.add_argument("--steps", type=int, default=1000, help="of each student")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--parts", nargs="*", choices=list(TUNINGS), default=["finetune_100", "finetune_10"])
    parser.add_argument("--budget", type=int, default=150_000, help="most images of one fine-tuning at each of its rates")
    parser.add_argument("--rates", type=float, nargs="*", default=[], help="learning rates of fine-tuning; its own four where none")
    parser.add_argument("--layer-decay", type=float, nargs="*", default=[1.0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="settings of the student, as optim.lr=0.001")
    parser.add_argument("--both", nargs="*", default=[], metavar="KEY=VALUE", help="settings of both runs, as data.size=16")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    tunings = [figure_of(part, decay) for part in options.parts for decay in options.layer_decay]
    shown = [*tunings, "knn", "CPU-s"]
    print(f"{options.data}: teachers {options.teacher_steps} steps, students {options.steps}, {options.seeds} seeds; ", end="")
    print(f"{options.budget:,} images of a fine-tuning at most, {options.threads} threads", flush=True)
    for method in options.teachers:
        table: dict[str, dict[str, list[float]]] = {arm: defaultdict(list) for arm in ARMS}
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            common: dict[str, Any] = {
                "data": {"source": options.data},
                "train": {"seed": seed, "device": "cpu", "threads": options.threads, "keep": 0},
                "monitor": {"embed_images": 0, "pictures": False, "knn_every": 100_000},
            }
            with tempfile.TemporaryDirectory() as name:
                teacher, student = Path(name) / "teacher", Path(name) / "student"
                common = merge(common, assignments(options.both))
                given = {"method": {"id": method}, "backbone": {"name": "vit_micro"}, "train": {"steps": options.teacher_steps}}
                spent = {"teacher": run(teacher, merge(common, given))}
                of_teacher = measured(teacher, ("trained",), options)
                given = {"method": {"id": "feature_distillation", "teacher": str(teacher)}, "train": {"steps": options.steps}}
                given = merge(given, assignments(options.set))
                spent["student"] = run(student, merge(common, given))
                shutil.rmtree(teacher)
                of_student = measured(student, ("trained", "untrained"), options)
            rows = {"teacher": of_teacher["trained"], "student": of_student["trained"], "untrained": of_student["untrained"]}
            for arm, row in rows.items():
                for figure, value in {**row, "CPU-s": spent.get(arm, 0.0)}.items():
                    table[arm][figure].append(value)
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
        for figure in tunings:
            gains = [a - b for a, b in zip(table["student"][figure], table["teacher"][figure], strict=True)]
            more = [a - b for a, b in zip(table["student"][figure], table["untrained"][figure], strict=True)]
            print(f"{figure}: student over teacher {statistics.mean(gains):+.4f} (aim -.005 or more), ", end="")
            print(f"over untrained {statistics.mean(more):+.4f} (aim +.05)")
        print(flush=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
