"""What a run is worth: kNN, linear probe and fine-tuning, for its encoder and for the same encoder untrained.

Every choice is made on the validation split; the test split is read once, for the figures that are reported.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.catalogue import entry
from engine.config.errors import because, complain
from engine.config.run import RunConfig
from engine.data.dataset import Dataset
from engine.embed.features import encode
from engine.evaluate.diagnostics import effective_rank
from engine.evaluate.encoder import data_of, input_size, load_encoder, method_at, read_checkpoint, untrained_encoder
from engine.evaluate.finetune import FineTuning, Tuned
from engine.evaluate.knn import knn_accuracy
from engine.evaluate.linear import GRID, fit_probe
from engine.evaluate.plan import BEGUN, BUDGET, DEFAULT, NEIGHBOURS, TUNINGS, check_parts, stages
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.runs.evaluation import Evaluated, Figure, keep_figure, read_evaluation
from engine.runs.reader import checkpoint_path

TEMPERATURE = 0.07


@dataclass(frozen=True)
class Scores:
    """Of one encoder: shares of test images that are right, 0 to 1; `knn` of 20 neighbours, `knn_200` of 200; `l2` is the strength
    that validation chose for the probe, `linear_validation` what it reached there; `rank` is the effective rank of the test
    features. None for what was not asked for."""

    knn: float | None = None
    linear: float | None = None
    linear_validation: float | None = None
    l2: float | None = None
    rank: float | None = None
    knn_200: float | None = None


@dataclass(frozen=True)
class Evaluation:
    """A run's figures. `chance`: share of the test split's most frequent class. `images`: labelled images of each split.
    `protocol`: how the figures came about, in words, so that they can be told from others' and repeated. `figures`: the same
    figures and those of fine-tuning, by part, each with its own protocol, as they are kept with the run; `step`: of the
    checkpoint; `epoch`: the one that was asked for, None the last; `notes`: what else is to be known; `unkept`: why figures could
    not be kept with the run, "" where they are."""

    run: str
    method: str
    data: str
    backbone: str
    trained: Scores
    untrained: Scores
    chance: float
    classes: int
    images: dict[str, int]
    size: int
    protocol: str
    figures: dict[str, Figure] = field(default_factory=dict)
    step: int = 0
    epoch: int | None = None
    notes: tuple[str, ...] = ()
    unkept: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def evaluate(
    folder: Path,
    checkpoint: Path | None = None,
    device: str | None = None,
    batch: int = 512,
    progress: ProgressCallback | None = None,
    *,
    parts: Sequence[str] = DEFAULT,
    epoch: int | None = None,
    budget: int = BUDGET,
) -> Evaluation:
    """Evaluates a run folder: its last checkpoint, the one kept of `epoch` (0: untrained), or the file at `checkpoint`.

    `parts`: of engine.evaluate.plan.PARTS. `device` is a torch name, None the CPU. `budget`: the most images that one fine-tuning
    sees. `progress` gets 0 to 1 and what is being done; an error that it raises ends the work and passes. Each figure is kept in
    the run's folder (evaluation.json) as soon as it is there, unless a file was given.

    ConfigError where there is no run or checkpoint, where the data has no labels (or a single class) to ask for, and where the
    device has too little memory."""
    asked = check_parts(parts)
    report = progress or no_progress
    folder = Path(folder)
    report(0.0, "loading the encoder")
    if epoch is None:
        trained, config = load_encoder(folder, checkpoint)
        path = checkpoint or checkpoint_path(folder)
    else:
        method, config = method_at(folder, epoch)
        trained, path = method.encoder, checkpoint_path(folder, epoch)
    step = int(read_checkpoint(path).get("step", 0)) if epoch != 0 else 0
    report(0.02, "opening the data")
    dataset = data_of(folder, config)
    _check_images(config, dataset)
    splits = {name: labelled(dataset, name) for name in ("train", "validation", "test")}
    check_labels(config.data.source, dataset, splits)
    work = _Work(config, dataset, splits, device or "cpu", batch, budget, asked)
    encoders = {"trained": trained, "untrained": untrained_encoder(config)}
    made = _Made(folder if checkpoint is None else None, work.head(folder.name), epoch, step)
    with _enough_memory(work.device):
        scores = work.frozen(encoders, made, report)
        for part in asked:
            if part in TUNINGS:
                work.tuned(part, encoders, made, report)
    report(1.0, "done")
    return Evaluation(
        run=folder.name,
        method=config.method.id,
        data=dataset.name,
        backbone=config.backbone.name,
        trained=scores["trained"],
        untrained=scores["untrained"],
        chance=made.head.chance,
        classes=made.head.classes,
        images=dict(made.head.images),
        size=input_size(config),
        protocol=" ".join([work.setting(), *dict.fromkeys(figure.protocol for figure in made.figures.values()), work.baseline()]),
        figures=made.figures,
        step=step,
        epoch=epoch,
        notes=(*made.about, *dataset.notes, *([made.unkept] if made.unkept else [])),
        unkept=made.unkept,
    )


def _check_images(config: RunConfig, dataset: Dataset) -> None:
    """ConfigError where test images cannot be told from those that the run was trained on, or where none of them is left."""
    changes = dataset.changes
    if not changes:
        return
    if changes.check == "other figures":
        raise complain(
            "data.source",
            "the images that the run was trained on",
            "other images",
            f"{' '.join(changes.lines())} Figures on them would count images that it has seen. Put the images back as they "
            "were, or train a new run on them.",
        )
    if not len(dataset.splits.get("test", ())):
        raise complain(
            "data.source",
            "a set that still holds test images of the run",
            config.data.source,
            f"{' '.join(changes.lines())} Put them back, or train a new run.",
        )


class _Made:
    """The figures as they come, each kept in the run's folder (None: nowhere) at once."""

    def __init__(self, folder: Path | None, head: Evaluated, epoch: int | None, step: int) -> None:
        self.folder, self.head, self.epoch, self.step = folder, head, epoch, step
        self.figures: dict[str, Figure] = {}
        self.about = (
            ("Trained on all class labels: fine-tuning on few of them is not learning from few.",)
            if entry(head.method).labels
            else ()
        )
        self.unkept = ""

    def add(self, figure: Figure) -> None:
        """One more."""
        figure = replace(figure, step=self.step, date=time.time(), notes=(*figure.notes, *self.about))
        self.figures[figure.part] = figure
        if self.folder is None:
            return
        try:
            keep_figure(self.folder, self.head, self.epoch, figure)
        except OSError as error:
            self.unkept = f"The figures could not be kept with the run: {because(error)}"

    def untrained(self, part: str, protocol: str) -> Figure | None:
        """A figure of the same run, data and protocol at another checkpoint, whose untrained encoder was this one."""
        before = read_evaluation(self.folder) if self.folder is not None else None
        if before is None or before.digest != self.head.digest:
            return None
        known = (figures.get(part) for figures in before.figures.values())
        return next((figure for figure in known if figure is not None and figure.protocol == protocol), None)


class _Work:
    """One run's evaluation: its data, and how far it is."""

    def __init__(
        self,
        config: RunConfig,
        dataset: Dataset,
        splits: Mapping[str, np.ndarray],
        device: str,
        batch: int,
        budget: int,
        parts: Sequence[str],
    ) -> None:
        self.config, self.dataset, self.splits, self.device, self.batch = config, dataset, splits, device, batch
        self.parts, self.size = parts, input_size(config)
        self.classes = _classes(dataset)
        self.tunings = {
            part: FineTuning(part, config, dataset, splits, self.classes, device, budget) for part in parts if part in TUNINGS
        }
        self.counts = {name: len(index) for name, index in splits.items()}
        self.stages = stages(parts, self.counts, {part: tuning.length for part, tuning in self.tunings.items()})

    def head(self, run: str) -> Evaluated:
        """Of which run and data the figures are."""
        _, counts = np.unique(self.dataset.labels[self.splits["test"]], return_counts=True)
        return Evaluated(
            run=run,
            method=self.config.method.id,
            data=self.dataset.name,
            digest=data_digest(self.dataset),
            backbone=self.config.backbone.name,
            classes=self.classes,
            chance=float(counts.max() / counts.sum()),
            images=self.counts,
            size=self.size,
        )

    def within(self, report: ProgressCallback, part: str, encoder: str, rate: int, text: str) -> ProgressCallback:
        """Progress of a piece as progress of the whole, from 5 % on."""
        total, before, own = sum(stage.cost for stage in self.stages), 0.0, 0.0
        for stage in self.stages:
            if (stage.part, stage.encoder, stage.rate) == (part, encoder, rate):
                own = stage.cost
                break
            before += stage.cost
        begin, end = (BEGUN + (1 - BEGUN) * cost / max(total, 1e-9) for cost in (before, before + own))
        return part_of(report, begin, end, text)

    def frozen(self, encoders: Mapping[str, Backbone], made: _Made, report: ProgressCallback) -> dict[str, Scores]:
        """kNN and linear probe of the encoders as they are."""
        if "knn" not in self.parts and "linear" not in self.parts:
            return dict.fromkeys(encoders, Scores())
        begun, found = time.monotonic(), {}
        for name, backbone in encoders.items():
            features = self._features(backbone, self.within(report, "encode", name, 0, f"encoding, {name}"))
            probing = self.within(report, "linear", name, 0, f"linear probe, {name}")
            found[name] = self._score(features, probing)
        one, other = found["trained"], found["untrained"]
        seconds, labels = time.monotonic() - begun, self.counts["train"]
        if one.knn is not None and other.knn is not None and one.knn_200 is not None and other.knn_200 is not None:
            pairs = ((one.knn, other.knn), (one.knn_200, other.knn_200))
            for (trained, untrained), part, k in zip(pairs, ("knn", "knn_200"), NEIGHBOURS, strict=True):
                made.add(Figure(part, trained, untrained, labels, self._knn_protocol(k), seconds=seconds))
        if one.linear is not None and other.linear is not None:
            made.add(
                Figure(
                    "linear",
                    one.linear,
                    other.linear,
                    labels,
                    self._linear_protocol(),
                    _chosen(one),
                    _chosen(other),
                    seconds=seconds,
                )
            )
        return found

    def tuned(self, part: str, encoders: Mapping[str, Backbone], made: _Made, report: ProgressCallback) -> None:
        """One fine-tuning of both encoders. The untrained one's is not done again where it is known."""
        tuning, begun = self.tunings[part], time.monotonic()
        protocol, notes = tuning.protocol(), list(tuning.notes())
        share = f"{TUNINGS[part].share:.0%}".replace("%", " %")
        known = made.untrained(part, protocol)
        found: dict[str, Tuned] = {}
        for name, backbone in encoders.items():
            if name == "untrained" and known is not None:
                continue

            def tick(rate: int, name: str = name) -> ProgressCallback:
                text = f"fine-tuning on {share}, {name}, learning rate {rate + 1} of {len(tuning.rates)}"
                return self.within(report, part, name, rate, text)

            found[name] = tuning.run(backbone, tick)
        one, other = found["trained"], found.get("untrained")
        notes += tuning.edge(one.rate)
        if known is not None:
            untrained, untrained_by = known.untrained, dict(known.untrained_by)
        else:
            assert other is not None
            untrained, untrained_by = other.test, {"rate": other.rate, "validation": other.validation}
        made.add(
            Figure(
                part,
                one.test,
                untrained,
                tuning.length.labels,
                protocol,
                {"rate": one.rate, "validation": one.validation},
                untrained_by,
                tuple(notes),
                seconds=time.monotonic() - begun,
            )
        )

    def _features(self, backbone: Backbone, report: ProgressCallback) -> dict[str, Tensor]:
        whole = np.concatenate(list(self.splits.values()))
        features = encode(backbone, self.dataset, whole, self.batch, self.device, self.size, report)
        edges = np.cumsum(list(self.counts.values()))[:-1].tolist()
        return dict(zip(self.splits, features.tensor_split(edges), strict=True))

    def _score(self, x: Mapping[str, Tensor], report: ProgressCallback) -> Scores:
        y = {name: torch.tensor(self.dataset.labels[index]) for name, index in self.splits.items()}
        scores = Scores(rank=effective_rank(x["test"]))
        if "knn" in self.parts:
            few, many = (
                knn_accuracy(x["train"], y["train"], x["test"], y["test"], k, TEMPERATURE, self.classes) for k in NEIGHBOURS
            )
            scores = replace(scores, knn=few, knn_200=many)
        if "linear" in self.parts:
            probe = fit_probe(x["train"], y["train"], x["validation"], y["validation"], self.classes, tick=report)
            right = probe.accuracy(x["test"], y["test"])
            scores = replace(scores, linear=right, linear_validation=probe.validation, l2=probe.l2)
        return scores

    # In words

    def setting(self) -> str:
        """What holds for every figure."""
        stored = "" if self.dataset.size == self.size else f", resized from {self.dataset.size} px with antialiasing"
        return (
            f"{self.config.backbone.name}, features of the backbone, before the projector. All figures are shares of "
            f"{self.counts['test']} test images, read once, each whole, centred and without augmentation, {self.size} px{stored}, "
            f"normalised with the training split's mean and deviation."
        )

    def baseline(self) -> str:
        """What the figures are compared with."""
        return (
            f"Untrained: the same encoder with this run's own initial weights (seed {self.config.train.seed}), "
            f"batch-normalisation statistics as initialised, under the same protocol."
        )

    def _knn_protocol(self, k: int) -> str:
        bank = self.counts["train"]
        number = f"{k} nearest" if k <= bank else f"{bank} nearest, which are all there are in place of {k},"
        return (
            f"kNN: frozen encoder in eval mode, float32; {number} by cosine of L2-normalised features among all {bank} labelled "
            f"training images, votes weighted exp(cosine / {TEMPERATURE:g}) (1805.01978)."
        )

    def _linear_protocol(self) -> str:
        grid = ", ".join(f"{value:g}" for value in sorted(GRID))
        return (
            f"Linear: frozen encoder in eval mode, float32; multinomial logistic regression (L-BFGS) on all {self.counts['train']} "
            f"labelled training images, features standardised with training statistics, L2 strength of {{{grid}}} chosen on "
            f"{self.counts['validation']} validation images."
        )


def _chosen(score: Scores) -> dict[str, float]:
    """What validation chose for a linear probe, and what it reached there."""
    return {"l2": score.l2 or 0.0, "validation": score.linear_validation or 0.0}


def data_digest(dataset: Dataset) -> str:
    """A word that is the same for the same images in the same splits: of the labels, the splits and the images' statistics."""
    found = hashlib.blake2b(digest_size=8)
    for array in (dataset.labels, *(dataset.splits[name] for name in sorted(dataset.splits)), dataset.mean, dataset.std):
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


@contextmanager
def _enough_memory(device: str) -> Iterator[None]:
    """ConfigError, in words, where there is none left."""
    remedy = "Close what else uses it, evaluate fewer parts, or take another device (cpu has the machine's whole memory)."
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError):
        raise complain("device", "one with enough memory for this encoder", device, remedy) from None
    except RuntimeError as error:
        # PyTorch's allocator on a CPU has no error of its own.
        if "can't allocate memory" not in str(error):
            raise
        raise complain("device", "one with enough memory for this encoder", device, remedy) from None


def labelled(dataset: Dataset, split: str) -> np.ndarray:
    """The images of a split whose class is known."""
    index = dataset.splits.get(split, np.zeros(0, np.int64))
    return index[dataset.labels[index] >= 0]


def check_labels(source: str, dataset: Dataset, splits: Mapping[str, np.ndarray]) -> None:
    """ConfigError where classes cannot be asked for."""
    remedy = "Give class folders or labels, or use `python -m engine embed`, which needs none."
    for name, index in splits.items():
        if not len(index):
            raise complain(
                "data.source", f"a set with labels in its {name} split, which kNN and linear probe ask for", source, remedy
            )
    if len(np.unique(dataset.labels[splits["train"]])) < 2:
        raise complain("data.source", "a set of at least two classes, which kNN and linear probe report apart", source, remedy)


def _classes(dataset: Dataset) -> int:
    return max(len(dataset.classes), int(dataset.labels.max()) + 1)
