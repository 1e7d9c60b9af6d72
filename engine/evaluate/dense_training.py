"""Training of a head on the feature maps of an encoder, frozen or tuned with it: the learning rate is chosen on validation, the
test images are used once."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import AdamW

from engine.augment.seeds import drawn_from, generator_for
from engine.backbones.backbone import Backbone
from engine.backbones.modes import evaluating
from engine.config.errors import complain
from engine.config.run import OptimConfig, RunConfig
from engine.data.dataset import Dataset, Index
from engine.data.sampler import Sampler
from engine.embed.features import normalised, on_device, whole
from engine.evaluate.dense_plan import DENSE, SEED, DenseTask, annotated, share_of
from engine.evaluate.finetune import thaw
from engine.evaluate.plan import BUDGET, dense_length
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.methods.build_method import input_size
from engine.optim.schedule import rate_factor

WEIGHT_DECAY = 0.01
WARMUP = 0.05
CACHE = 1 << 30  # bytes of feature maps that are kept; where they would be more, they are computed anew for every batch
MOST_CELLS = 32  # a side of the maps, where the encoder has no finer ones by itself
_BATCH = 64

P = TypeVar("P")


@dataclass(frozen=True)
class Trained(Generic[P]):
    """A head's predictions for the test images, in their order. `rate`: the learning rate with the best validation score,
    `validation`; `tried`: the score of each rate, 0 where the training diverged."""

    test: P
    rate: float
    validation: float
    tried: Mapping[float, float]


class Maps:
    """Feature maps of images by a frozen encoder in eval mode, float16 on the CPU; computed once where they fit into `cache`
    bytes."""

    def __init__(
        self, encode: Callable[[Index], Tensor], index: Index, cache: int = CACHE, progress: ProgressCallback = no_progress
    ) -> None:
        self._encode = encode
        self._kept: Tensor | None = None
        self._row: dict[int, int] = {}
        if not len(index):
            return
        first = encode(index[:1])[0]
        if 2 * first.numel() * len(index) > cache:
            return
        self._row = {image: row for row, image in enumerate(index.tolist())}
        self._kept = torch.empty(len(index), *first.shape, dtype=torch.float16)
        for start in range(0, len(index), _BATCH):
            part = index[start : start + _BATCH]
            self._kept[start : start + len(part)] = _half(encode(part))
            progress((start + len(part)) / len(index))

    def __call__(self, images: Index) -> Tensor:
        """(b, D, s, s) float32 of these images. Computed ones are rounded to float16, too, so that the cache changes nothing."""
        if self._kept is None:
            return _half(self._encode(images)).float()
        return self._kept[[self._row[image] for image in images.tolist()]].float()


def _half(maps: Tensor) -> Tensor:
    most = torch.finfo(torch.float16).max
    return maps.clamp(-most, most).half().cpu()


class DenseTraining(ABC, Generic[P]):
    """One task, the same for every encoder that it is given: images, order, initial weights and learning rates are fixed by the
    data. A subclass says what the head is, its loss, its predictions and their score.

    `budget`: the most images, repeats counted, at each rate. ConfigError where a split has no annotated image."""

    def __init__(self, part: str, config: RunConfig, dataset: Dataset, device: str = "cpu", budget: int = BUDGET) -> None:
        self.part, self.dataset, self.device = part, dataset, torch.device(device)
        self.task: DenseTask = DENSE[part]
        self.size = input_size(config)
        self.splits = annotated(dataset, self.task.column)
        for name, index in self.splits.items():
            if not len(index):
                allowed = f"a set with {self.task.column.replace('_', ' ')} for its {name} images"
                raise complain("data.source", allowed, config.data.source, "Leave out this part, or annotate images of this split.")
        self.index = share_of(self.splits["train"], self.task.share)
        self.length = dense_length(part, dataset, budget)
        self.sampler = Sampler(self.index, self.length.batch, SEED)
        self.least = min(-(-self.size // self.task.cell), MOST_CELLS)

    # What a task is

    @abstractmethod
    def head(self, dim: int) -> nn.Module:
        """A new head for maps of `dim` channels. Its random weights are drawn from a fixed seed."""

    @abstractmethod
    def loss(self, head: nn.Module, maps: Tensor, images: Index, flipped: Tensor) -> Tensor:
        """The loss of a batch of maps (b, D, s, s); `flipped` (b,) bool: images that were mirrored."""

    @abstractmethod
    def predict(self, head: nn.Module, batches: Iterator[tuple[Index, Tensor]], index: Index) -> P:
        """The predictions for images `index`, of which batches of indices and maps are given in order."""

    @abstractmethod
    def score(self, predictions: P) -> float:
        """What is best on validation, 0 to 1."""

    @abstractmethod
    def protocol(self) -> str:
        """How the figures are made, in words."""

    # Training

    def run(self, backbone: Backbone, progress: ProgressCallback = no_progress) -> Trained[P]:
        """Train a head at each rate, with a copy of the encoder where it is tuned; the encoder itself is not changed."""
        tried: dict[float, float] = {}
        best: tuple[Backbone, nn.Module] | None = None
        chosen, begin = self.task.rates[0], 0.0
        with evaluating(backbone), on_device(backbone, self.device):
            maps: Maps | None = None
            if not self.task.tuned:
                index = np.concatenate([self.index, self.splits["validation"]])
                begin = 0.2
                maps = Maps(lambda images: self.encoded(backbone, images), index, progress=part_of(progress, 0.0, begin))
            for number, rate in enumerate(self.task.rates):
                span = (0.95 - begin) / len(self.task.rates)
                report = part_of(progress, begin + number * span, begin + (number + 1) * span)
                encoder, head, finite = self.train(backbone, rate, maps, report)
                score = self.score(self._predicted(encoder, head, "validation", maps)) if finite else 0.0
                if best is None or score > max(tried.values()):
                    best, chosen = (encoder, head), rate
                tried[rate] = score
            assert best is not None
            test = self._predicted(*best, "test")
        progress(1.0)
        return Trained(test, chosen, tried[chosen], tried)

    def train(
        self,
        backbone: Backbone,
        rate: float,
        maps: Maps | None = None,
        progress: ProgressCallback = no_progress,
        steps: int = 0,
    ) -> tuple[Backbone, nn.Module, bool]:
        """The encoder (a tuned copy, or the same), the trained head in eval mode, and whether the loss stayed finite. `maps`: of
        the frozen encoder. `steps`: fewer than its length, for a trial."""
        steps = steps or self.length.steps
        with drawn_from(generator_for(SEED, "dense").initial_seed()):
            head = self.head(backbone.dim).to(self.device).train()
        encoder = backbone
        if self.task.tuned:
            encoder = copy.deepcopy(backbone).to(self.device)
            thaw(encoder)
            encoder.train()
        weights = [weight for net in (head, *([encoder] if self.task.tuned else [])) for weight in net.parameters()]
        optimiser = AdamW([weight for weight in weights if weight.requires_grad], lr=rate, weight_decay=WEIGHT_DECAY)
        schedule = OptimConfig(name="adamw", warmup=WARMUP)
        loss = torch.zeros(())
        with torch.enable_grad(), torch.autocast(self.device.type, enabled=False):
            for step in range(steps):
                for group in optimiser.param_groups:
                    group["lr"] = rate * rate_factor(schedule, step, steps)
                images = self.sampler.at(step)
                flipped = torch.zeros(len(images), dtype=torch.bool)
                if self.task.tuned:
                    flipped = torch.rand(len(images), generator=generator_for(SEED, "dense flips", step)) < 0.5
                    pixels = self._pixels(images)
                    pixels = torch.where(flipped.view(-1, 1, 1, 1).to(self.device), pixels.flip(3), pixels)
                    # Stochastic depth draws without naming a generator.
                    with (
                        drawn_from(generator_for(SEED, "dense drops", step).initial_seed())
                        if step_draws(encoder)
                        else nullcontext()
                    ):
                        features = encoder.dense(pixels, self.least)
                else:
                    features = (maps(images) if maps is not None else self.encoded(backbone, images)).to(self.device)
                loss = self.loss(head, features, images, flipped)
                optimiser.zero_grad(set_to_none=True)
                loss.backward()
                optimiser.step()
                progress((step + 1) / steps)
        return encoder.eval(), head.eval(), bool(torch.isfinite(loss))

    def encoded(self, encoder: Backbone, images: Index) -> Tensor:
        """Feature maps (b, D, s, s) of whole images, on the device, without gradients."""
        with torch.no_grad(), torch.autocast(self.device.type, enabled=False):
            return encoder.dense(self._pixels(images), self.least).float()

    def _pixels(self, images: Index) -> Tensor:
        return normalised(self.dataset, whole(self.dataset, images, self.device, self.size))

    def _predicted(self, encoder: Backbone, head: nn.Module, split: str, maps: Maps | None = None) -> P:
        index = self.splits[split]

        def batches() -> Iterator[tuple[Index, Tensor]]:
            for start in range(0, len(index), _BATCH):
                images = index[start : start + _BATCH]
                if maps is not None:
                    features = maps(images)
                else:  # rounded as those of the training are, where the encoder is frozen
                    features = self.encoded(encoder, images) if self.task.tuned else _half(self.encoded(encoder, images)).float()
                yield images, features.to(self.device)

        with torch.no_grad():
            return self.predict(head, batches(), index)

    # Texts

    def how(self) -> str:
        """How the head is trained, in words."""
        at, share = self.length, self.task.share
        images = f"all {at.labels}" if share >= 1 else f"{at.labels} ({share:.0%}, drawn once for all runs on this data)"
        encoder = (
            "encoder and head trained end to end, images mirrored at random" if self.task.tuned else "frozen encoder in eval mode"
        )
        rates = ", ".join(f"{rate:g}" for rate in self.task.rates)
        return (
            f"{encoder}; {self.size} px, float32; trained on {images} annotated images, {at.steps} steps of {at.batch}, AdamW, "
            f"weight decay {WEIGHT_DECAY:g}, half-cosine schedule; learning rate of {{{rates}}} chosen on "
            f"{len(self.splits['validation'])} validation images, for each encoder; measured once on "
            f"{len(self.splits['test'])} test images."
        )

    def notes(self) -> tuple[str, ...]:
        """Notes on the result."""
        cut = f"Cut to {self.length.seen:,} images seen at each learning rate; --budget allows for more."
        return (cut,) if self.length.cut else ()

    def edge(self, rate: float) -> tuple[str, ...]:
        """A note where the chosen rate of the trained encoder is at the end of the grid."""
        if rate not in (self.task.rates[0], self.task.rates[-1]):
            return ()
        side, other = ("smallest", "smaller") if rate == self.task.rates[0] else ("largest", "larger")
        return (f"Validation chose the {side} learning rate, {rate:g}: a {other} one might do better.",)


def step_draws(encoder: Backbone) -> bool:
    """Whether a training step of the encoder draws random numbers (stochastic depth, dropout)."""
    for part in encoder.modules():
        # "drop_path" of this program's blocks, "drop_prob" of timm's, "p" of PyTorch's dropout and torchvision's stochastic depth;
        # "p" of other layers is not a rate.
        kind = type(part).__name__
        names = ("drop_path", "drop_prob", "p") if "Drop" in kind or kind == "StochasticDepth" else ("drop_path",)
        if any(isinstance(rate := getattr(part, name, 0.0), float) and rate > 0 for name in names):
            return True
    return False
