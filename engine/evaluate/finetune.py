"""Fine-tuning: the encoder and a linear head trained end to end on few labels, or on all.

SimCLR, 2002.05709, Sec. 6 and App. B.5: a class-balanced share of the labels, SGD with Nesterov momentum 0.9, no weight decay, no
warm-up, random crops and flips alone, 60 epochs for 1 % and 30 for 10 %; SimCLRv2, 2006.10029, Sec. 3, 30 for all. The learning
rate falls along a half cosine, as in SimCLR's official code. A transformer is not trained well by SGD: it gets AdamW with weight
decay 0.05, as in MAE (2111.06377, Table 9), without that recipe's mixing of images. Its layer-wise rates (BEiT, 2106.08254:
the learning rate of a layer is that of the layer above it times a constant) are off unless they are asked for.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD, Optimizer

from engine.augment.pipeline import Pipeline
from engine.augment.seeds import drawn_from, generator_for
from engine.backbones.backbone import Backbone
from engine.backbones.build import is_plain_vit, is_transformer
from engine.backbones.layers import layer_scales
from engine.backbones.vit import VisionTransformer
from engine.config.errors import complain
from engine.config.run import OptimConfig, RunConfig, ViewConfig, ViewsConfig
from engine.data.dataset import Dataset, Index
from engine.data.sampler import Sampler
from engine.embed.features import encode, normalised
from engine.evaluate.plan import BUDGET, FACTORS, SEED, TUNINGS, Length, few_labels, images_each, length
from engine.execute.progress import ProgressCallback
from engine.methods.build_method import input_size
from engine.optim.optimisers import build_optimiser
from engine.optim.schedule import rate_factor

MOMENTUM = 0.9
WEIGHT_DECAY = 0.05
WARMUP = 0.05
# Learning rates of the sources for a batch of 256: SimCLR's 0.05, MAE's 0.001.
SGD_RATE, ADAMW_RATE = 0.05, 0.001


@dataclass(frozen=True)
class Tuned:
    """Accuracies of a fine-tuning, 0 to 1. `rate`: the learning rate with the best validation accuracy; `tried`: the validation
    accuracy of each rate of the grid; 0 where it diverged."""

    test: float
    validation: float
    rate: float
    tried: Mapping[float, float]


class FineTuning:
    """One fine-tuning, the same for every encoder that it is given: labels, order, crops and learning rates are fixed by the data.

    `splits`: labelled images of "train", "validation" and "test". `budget`: the most images, repeats counted, at each rate.
    `layer_decay`: above 0, at most 1; see `layer_scales`. ConfigError for one below 1 where the encoder is no ViT."""

    def __init__(
        self,
        part: str,
        config: RunConfig,
        dataset: Dataset,
        splits: Mapping[str, Index],
        classes: int,
        device: str = "cpu",
        budget: int = BUDGET,
        layer_decay: float = 1.0,
    ) -> None:
        self.part, self.dataset, self.splits, self.classes = part, dataset, splits, classes
        self.device = torch.device(device)
        self.size = input_size(config)
        self.index = few_labels(dataset.labels, splits["train"], TUNINGS[part].share)
        self.length: Length = length(part, len(self.index), budget)
        self.sampler = Sampler(self.index, self.length.batch, SEED)
        view = ViewConfig(count=1, size=self.size, jitter=0.0, grayscale=0.0)
        self.pipeline = Pipeline(ViewsConfig(groups=(view,)), dataset.size)
        self.transformer = is_transformer(config.backbone)
        self.plain_layout = is_plain_vit(config.backbone)
        self.drops = config.backbone.drop_path > 0
        if not 0 < layer_decay <= 1:
            raise complain("layer decay", "above 0 and at most 1", layer_decay)
        if layer_decay < 1 and not self.plain_layout:
            allowed = f"1 for {config.backbone.name}, whose layers have no such order; below 1 is for a ViT"
            raise complain("layer decay", allowed, layer_decay)
        self.layer_decay = layer_decay
        own = (ADAMW_RATE if self.transformer else SGD_RATE) * self.length.batch / 256
        self.rates = tuple(float(f"{own * factor:.3g}") for factor in FACTORS)

    def run(self, backbone: Backbone, tick: Callable[[int], ProgressCallback] | None = None) -> Tuned:
        """Fine-tune a copy of the encoder at each rate; the encoder itself is not changed. The copy with the best validation
        accuracy is evaluated on the test images, once. `tick` gives the progress callback of a rate, by its index."""
        tried: dict[float, float] = {}
        best: tuple[Backbone, nn.Linear] | None = None
        chosen = self.rates[0]
        for index, rate in enumerate(self.rates):
            backbone_now, head, finite = self.train(backbone, rate, tick(index) if tick is not None else None)
            right = self.accuracy(backbone_now, head, "validation") if finite else 0.0
            if best is None or right > max(tried.values()):
                best, chosen = (backbone_now, head), rate
            tried[rate] = right
        assert best is not None
        return Tuned(self.accuracy(*best, "test"), tried[chosen], chosen, tried)

    def train(
        self, backbone: Backbone, rate: float, tick: ProgressCallback | None = None, steps: int = 0
    ) -> tuple[Backbone, nn.Linear, bool]:
        """A fine-tuned copy of the encoder and its head, in eval mode, and whether the loss stayed finite. `steps`: fewer than its
        length, for a trial."""
        steps = steps or self.length.steps
        encoder = copy.deepcopy(backbone)
        thaw(encoder)
        # nn.Linear's own initialisation would use PyTorch's global generator.
        head = nn.utils.skip_init(nn.Linear, encoder.dim, self.classes)
        nn.init.zeros_(head.weight)
        nn.init.zeros_(head.bias)
        model = nn.Sequential(encoder, head).to(self.device)
        if not self.plain_layout:
            model = model.to(memory_format=torch.channels_last)
        optimiser, schedule = self._optimiser(model, rate)
        model.train()
        loss = torch.zeros(())
        with torch.enable_grad():
            for step in range(steps):
                factor = rate_factor(schedule, step, steps)
                for group in optimiser.param_groups:
                    group["lr"] = rate * factor * group.get("peak", 1.0)
                images, labels = self.batch(step)
                # Stochastic depth uses PyTorch's global generator, whose state is restored for other training in this process.
                seed = generator_for(SEED, "finetune", step).initial_seed()
                with drawn_from(seed) if self.drops else nullcontext():
                    loss = cross_entropy(model(images), labels)
                optimiser.zero_grad(set_to_none=True)
                loss.backward()
                optimiser.step()
                if tick is not None:
                    tick((step + 1) / steps)
        return encoder.eval(), head.eval(), bool(torch.isfinite(loss))

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Crops (b, 3, s, s), normalised, and labels (b,) of a step, on the device."""
        indices = self.sampler.at(step)
        images = torch.from_numpy(np.ascontiguousarray(self.dataset.images[indices])).to(self.device)
        [pixels] = self.pipeline.apply(images, self.pipeline.draw(len(indices), SEED, 0, step))
        return normalised(self.dataset, pixels), torch.from_numpy(self.dataset.labels[indices]).to(self.device)

    def accuracy(self, backbone: Backbone, head: nn.Linear, split: str) -> float:
        """Accuracy on a split's whole images."""
        index = self.splits[split]
        features = encode(backbone, self.dataset, index, device=self.device, size=self.size)
        with torch.no_grad():
            predicted = head(features.to(self.device)).argmax(1).cpu()
        return float((predicted == torch.from_numpy(self.dataset.labels[index])).double().mean())

    def _optimiser(self, model: nn.Module, rate: float) -> tuple[Optimizer, OptimConfig]:
        """The optimiser, and the config that has its schedule alone; the rate is set at every step."""
        trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
        if self.transformer:
            # At a rate of 1 the peak of a group is its factor.
            config = OptimConfig(name="adamw", lr=1.0, weight_decay=WEIGHT_DECAY, warmup=WARMUP)
            encoder = model.get_submodule("0")
            if self.layer_decay == 1 or not isinstance(encoder, VisionTransformer):
                return build_optimiser([(trained, 1.0, False)], config), config
            scales = layer_scales(encoder, self.layer_decay)
            groups: dict[float, list[nn.Parameter]] = {}
            for name, parameter in model.named_parameters():
                if parameter.requires_grad:
                    groups.setdefault(scales.get(name.removeprefix("0."), 1.0), []).append(parameter)
            return build_optimiser([(group, scale, False) for scale, group in groups.items()], config), config
        return SGD(trained, lr=rate, momentum=MOMENTUM, nesterov=True), OptimConfig(name="sgd", warmup=0.0)

    # Texts

    def protocol(self) -> str:
        """A description of the protocol."""
        tuning, at = TUNINGS[self.part], self.length
        if tuning.share < 1:
            labels = f"{at.labels} training labels, {self._each()} of each class, drawn once for all runs on this data"
        else:
            labels = f"all {at.labels} training labels"
        optimiser = (
            f"AdamW, weight decay {WEIGHT_DECAY:g}, the rate rising in the first {WARMUP:.0%} of the steps"
            if self.transformer
            else f"SGD with Nesterov momentum {MOMENTUM:g}, no weight decay, no warm-up"
        )
        source = "2002.05709, App. B.5" if tuning.share < 1 else "2006.10029, Sec. 3"
        differs = "AdamW as in MAE (2111.06377)" if self.transformer else "batches smaller than its 4,096"
        if self.layer_decay < 1:
            optimiser += f", rates that fall by {self.layer_decay:g} with each layer from the head down"
        return (
            f"Fine-tuning: the encoder and a linear head, which starts at 0, trained end to end on {labels}: "
            f"{at.steps} steps of {at.batch} images ({at.passes:.0f} passes), {optimiser}, half-cosine schedule, "
            f"random crops with resizing and flips alone, {self.size} px, float32. "
            f"Learning rate of {{{', '.join(f'{rate:g}' for rate in self.rates)}}} chosen on {len(self.splits['validation'])} "
            f"validation images, for the trained and the untrained encoder each; the second is the source's for this batch. "
            f"After {source}, with {differs}, a grid in place of one rate, "
            f"and at least its {tuning.updates} updates in place of {tuning.epochs} epochs of few images."
        )

    def notes(self) -> tuple[str, ...]:
        """Notes on the result."""
        lines, tuning, at = [], TUNINGS[self.part], self.length
        train, classes = len(self.splits["train"]), len(np.unique(self.dataset.labels[self.splits["train"]]))
        if tuning.share * train < classes:
            lines.append(
                f"{tuning.share:.0%} of {train} training images are fewer than one of each of the {classes} classes: one of each "
                f"was taken, {at.labels / train:.1%} of the labels."
            )
        if at.cut:
            lines.append(
                f"Cut to {at.seen:,} images seen in place of the source's {tuning.epochs} epochs; --budget allows for more."
            )
        return tuple(lines)

    def edge(self, rate: float) -> tuple[str, ...]:
        """A note where the chosen rate of the trained encoder is at the end of the grid."""
        if rate not in (self.rates[0], self.rates[-1]):
            return ()
        side, other = ("smallest", "smaller") if rate == self.rates[0] else ("largest", "larger")
        return (f"Validation chose the {side} learning rate, {rate:g}: a {other} one might do better.",)

    def _each(self) -> str:
        classes = len(np.unique(self.dataset.labels[self.splits["train"]]))
        each = images_each(len(self.splits["train"]), classes, TUNINGS[self.part].share)
        return str(each) if each * classes == self.length.labels else f"at most {each}"


def thaw(encoder: Backbone) -> None:
    """Make all weights trainable, also those that a method freezes. Position embeddings are not changed, as they may be fixed."""
    for name, parameter in encoder.named_parameters():
        if not name.endswith("pos_embed"):
            parameter.requires_grad_(True)
