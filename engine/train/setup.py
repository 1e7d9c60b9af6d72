"""A run made ready: data open, sizes known, network built, optimiser at step 0."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.optim import Optimizer

from engine.augment import presets
from engine.augment.seeds import drawn_from, generator_for
from engine.augment.views import view_size
from engine.backbones.build import PATCHED, VITS, fitted_patch, init_of, patch_of
from engine.config.run import RunConfig
from engine.config.text import merge, parse
from engine.data.dataset import Dataset
from engine.data.open import open_dataset
from engine.method import Method
from engine.methods.build_method import build_method
from engine.optim.optimisers import build_optimiser
from engine.train.batches import Batches
from engine.train.length import Length
from engine.train.stages import Span, span_at, spans
from engine.train.stopwatch import Stopwatch
from engine.train.view_check import check_view_sizes, check_views, views_of


@dataclass
class Session:
    """Everything that moves while a run goes on: `step` is the next step to take, `seconds` the time trained so far, `clock` the
    time since the run began, checks and checkpoints included and pauses left out, `losses` those of the epoch so far. `minutes`:
    how long the run is to take by that clock; 0 for a run whose steps are given. `told`: the last step that the metrics of a run
    that was broken off have; up to there it is repeated."""

    config: RunConfig
    dataset: Dataset
    batches: Batches
    method: Method
    optimiser: Optimizer
    length: Length
    step: int = 0
    seconds: float = 0.0
    losses: list[Tensor] = field(default_factory=list)
    clock: Stopwatch = field(default_factory=Stopwatch)
    minutes: float = 0.0
    told: int = 0

    @property
    def steps(self) -> int:
        """The whole run, in steps; a new value is the length of a run that has not begun."""
        return self.length.steps

    @steps.setter
    def steps(self, steps: int) -> None:
        self.length = Length.even(steps)

    @property
    def steps_per_epoch(self) -> int:
        """Optimiser steps in one pass through the data."""
        return self.batches.optimiser_steps

    @property
    def spans(self) -> tuple[Span, ...]:
        """The parts of the run as it is planned now, the method's own training last."""
        known = self.length.known_at(self.step)
        return spans(self.method.stages(), known.steps, known.step_at)

    @property
    def span(self) -> Span:
        """The part to which the next step belongs."""
        return span_at(self.spans, self.step)


def fit_to_data(config: RunConfig, dataset: Dataset) -> RunConfig:
    """The config with the sizes that were left open (0) taken from the data: stored size, views, a ViT's patch."""
    stored = int(dataset.images.shape[-1])
    kinds = config.views.groups or presets.groups(config.views.preset)
    patch = fitted_patch(config.backbone, kinds, stored) if config.backbone.name in PATCHED else 0
    # A global view is cut by the method, too, into tiles or cells.
    step = max(1, patch) * views_of(config).multiple
    steps = [step if kind.role == "global" else patch for kind in kinds]
    groups = [
        {**kind.model_dump(mode="json"), "size": view_size(kind, stored, step)} for kind, step in zip(kinds, steps, strict=True)
    ]
    data: dict[str, Any] = {"size": stored}
    if dataset.scale is not None:
        data |= {"black": dataset.scale.black, "white": dataset.scale.white}
    values: dict[str, Any] = {"data": data, "views": {"groups": groups}}
    if patch:
        sizes = [group["size"] for group in groups]
        values["backbone"] = {
            "patch": patch_of(config.backbone.model_copy(update={"patch": patch}), *sizes),
            "init": init_of(config.backbone),
        }
    fitted = parse(RunConfig, merge(config.model_dump(mode="json"), values))
    check_view_sizes(fitted)
    return fitted


def prepare(config: RunConfig, dataset: Dataset | None = None) -> Session:
    """A session at step 0. `config` is resolved. ConfigError where data, batch or sizes do not fit."""
    check_views(config)
    dataset = dataset or open_dataset(config.data)
    config = fit_to_data(config, dataset)
    device = config.train.device
    batches = Batches(config, dataset, device)
    method = build_method(config)
    setup_data(method, config, dataset)
    method = method.to(device)
    if config.backbone.name not in VITS:
        method = method.to(memory_format=torch.channels_last)
    groups = [(group.parameters, group.lr_scale, group.fixed_lr, group.decay) for group in method.parameter_groups()]
    optimiser = build_optimiser(groups, config.optim)
    session = Session(config, dataset, batches, method, optimiser, Length.even(0))
    session.length = Length.of(config.train, session.steps_per_epoch)
    return session


def setup_data(method: Method, config: RunConfig, dataset: Dataset) -> None:
    """Call the method's `setup_data` with the training images. What it draws there is a function of the seed, as its weights
    are."""
    indices = np.sort(dataset.splits["train"])
    # The seed's name is that of older versions: another one would draw other banks.
    with drawn_from(generator_for(config.train.seed, "meet").initial_seed()):
        method.setup_data(torch.from_numpy(indices), torch.from_numpy(dataset.labels[indices]))
