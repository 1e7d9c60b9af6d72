"""Prepare a run: open the data, fit open sizes, build network and optimiser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from engine.augment import presets
from engine.augment.seeds import drawn_from, generator_for
from engine.augment.views import view_size
from engine.backbones.backbone import Backbone
from engine.backbones.build import PATCHED, init_of, is_plain_vit, patch_of, patch_step
from engine.backbones.layers import freeze
from engine.backbones.weights import Fitted
from engine.catalogue import entry
from engine.config.errors import complain
from engine.config.run import OptimConfig, RunConfig
from engine.config.text import merge, parse
from engine.data.captions import texts_at
from engine.data.columns import missing, other_missing, refusal
from engine.data.dataset import Dataset, Index
from engine.data.open import open_dataset
from engine.distributed.ranks import ranks
from engine.distributed.synced_layers import synchronise
from engine.method import Method, Stage, Turn, main_turn
from engine.methods.build_method import build_method, input_size
from engine.optim.optimisers import Grouped, build_optimiser
from engine.train.build_feed import build_feed
from engine.train.clip_batches import WholeClips
from engine.train.encoder_layers import by_rate, copies, encoder_rates
from engine.train.feed import Feed
from engine.train.known_labels import known_labels
from engine.train.length import Length
from engine.train.stages import Span, span_at, spans, stage_named, stage_optim, turn_optim
from engine.train.start_weights import Start, normalisation_of, read_start
from engine.train.stopwatch import Stopwatch
from engine.train.teacher_run import check_teacher_size, copy_teacher
from engine.train.view_check import check_encoder_sizes, check_masks, check_view_sizes, check_views, views_of
from engine.worlds.open_world import open_world


@dataclass
class Session:
    """The state of a run: `step` is the next step to take, `seconds` the time trained so far, `clock` the
    time since the run began, checks and checkpoints included and pauses left out, `losses` those of the epoch so far. `minutes`:
    how long the run is to take by that clock; 0 for a run whose steps are given. `logged`: the last step in the metrics of a
    resumed run; up to there it is repeated. `batches`, `optimiser`: those of the config; `feed` and `optimiser_of` are those
    of the next step, which differ where its stage has views, images or optimiser values of its own. `own_optimisers`: by the name
    of the stage, or, for a method of several turns, of each turn but the main one, whose optimiser is `optimiser`."""

    config: RunConfig
    dataset: Dataset
    batches: Feed
    method: Method
    optimiser: Optimizer
    length: Length
    step: int = 0
    seconds: float = 0.0
    losses: list[Tensor] = field(default_factory=list)
    clock: Stopwatch = field(default_factory=Stopwatch)
    minutes: float = 0.0
    logged: int = 0
    own_optimisers: dict[str, Optimizer] = field(default_factory=dict)
    # The weights with which the encoder began, where they are named in the config and were read now.
    start: Fitted | None = None
    # Whether a method that learns nothing is first seen without them (engine.train.open_model).
    opens: bool = False
    # The encoder's layers that are not trained (`backbone.frozen`).
    frozen: list[nn.Module] = field(default_factory=list)
    _feeds: dict[str, Feed] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """The number of steps of the whole run; can be set before the run has started."""
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
        """The stages of the run by the current plan, the method's own training last."""
        known = self.length.known_at(self.step)
        return spans(self.method.stages(), known.steps, known.step_at)

    @property
    def span(self) -> Span:
        """The steps of the stage of the next step."""
        return span_at(self.spans, self.step)

    @property
    def stage(self) -> Stage:
        """The stage of the next step."""
        return stage_named(self.method, self.span.name)

    @property
    def feed(self) -> Feed:
        """The batches of the stage of the next step."""
        stage = self.stage
        if stage.name not in self._feeds:
            self._feeds[stage.name] = self.batches.of_stage(stage)
        return self._feeds[stage.name] if stage.views or stage.labelled else self.batches

    @property
    def optim(self) -> OptimConfig:
        """The optimiser values of the next step."""
        return stage_optim(self.config, self.stage)

    def show_weights(self) -> None:
        """Give an encoder that was first seen as it was drawn the weights of the config."""
        if self.opens and self.start is not None:
            self.method.backbone.load_state_dict(dict(self.start.state))

    def optim_of(self, turn: Turn) -> OptimConfig:
        """The optimiser values of a turn of the next step."""
        return turn_optim(self.optim, turn)

    def optimiser_of(self, turn: Turn) -> Optimizer:
        """The optimiser of a turn of the next step."""
        return self.own_optimisers.get(turn.name or self.span.name, self.optimiser)


def fit_to_data(config: RunConfig, dataset: Dataset) -> RunConfig:
    """The config with open sizes (0) taken from the data: stored size, views, a ViT's patch."""
    stored = int(dataset.images.shape[-1])
    kinds = config.views.groups or presets.groups(config.views.preset)
    patch = patch_step(config.backbone, kinds, stored)
    # The method also cuts global views into tiles or cells.
    step = max(1, patch) * views_of(config).multiple
    steps = [step if kind.role == "global" else patch for kind in kinds]
    groups = [
        {**kind.model_dump(mode="json"), "size": view_size(kind, stored, step)} for kind, step in zip(kinds, steps, strict=True)
    ]
    data: dict[str, Any] = {"size": stored}
    if dataset.scale is not None:
        data |= {"black": dataset.scale.black, "white": dataset.scale.white}
    values: dict[str, Any] = {"data": data, "views": {"groups": groups}}
    if config.backbone.name in PATCHED:
        sizes = [group["size"] for group in groups]
        values["backbone"] = {
            "patch": patch_of(config.backbone.model_copy(update={"patch": patch}), *sizes),
            "init": init_of(config.backbone),
        }
    fitted = parse(RunConfig, merge(config.model_dump(mode="json"), values))
    check_view_sizes(fitted)
    check_teacher_size(fitted)
    return fitted


def prepare(config: RunConfig, dataset: Dataset | None = None, teacher: bool = True) -> Session:
    """A session at step 0. `config` is resolved. `teacher`: whether the weights of a teacher are copied from its run, and the
    first weights of the encoder from their file; not where they come from the run's own checkpoint. ConfigError where data, batch,
    sizes, the teacher or the weights do not fit."""
    check_views(config)
    dataset = dataset or open_dataset(config.data)
    check_columns(config, dataset)
    config = fit_to_data(config, dataset)
    device = config.train.device
    start: Start | None = None

    def begin(backbone: Backbone) -> Mapping[str, Tensor]:
        nonlocal start
        start = read_start(config.backbone, backbone)
        return start.fitted.state

    weights = teacher and bool(config.backbone.weights)
    opens = weights and not entry(config.method.id).learns
    method = build_method(config, start=begin if weights and not opens else None)
    check_encoder_sizes(config, method.backbone)
    if opens:
        begin(method.backbone)
    # Later on it is that of the run's own checkpoint.
    if teacher and (figures := normalisation_of(config.backbone, start)):
        mean, std = (np.array(values, np.float32) for values in figures)
        dataset = replace(dataset, mean=mean, std=std)
    if teacher:
        copy_teacher(method, config, dataset)
    frozen = freeze(copies(method), config.backbone.frozen) if config.backbone.frozen else []
    setup_data(method, config, dataset)
    if ranks().size > 1:
        synchronise(method, config.backbone.name)
    method = method.to(device)
    if not is_plain_vit(config.backbone):
        method = method.to(memory_format=torch.channels_last)
    batches = build_feed(config, dataset, method, device)
    optimiser, own = build_optimisers(method, config)
    session = Session(config, dataset, batches, method, optimiser, Length.even(0), own_optimisers=own, frozen=frozen)
    session.length = Length.of(config.train, session.steps_per_epoch)
    session.start, session.opens = (start.fitted, opens) if start is not None else (None, False)
    return session


def build_optimisers(method: Method, config: RunConfig) -> tuple[Optimizer, dict[str, Optimizer]]:
    """The optimiser of a method's main turn, and those of its other turns or of its stages by name."""
    turns, stages = method.turns(), [stage for stage in (*method.stages(), method.own_stage()) if stage.optim]
    groups: dict[str, list[Grouped]] = {turn.name: [] for turn in turns}
    assert len(groups) == len(turns), "two turns have the same name"
    rates = encoder_rates(method, config.optim)
    for group in method.parameter_groups():
        assert group.turn in groups, f"a parameter group is of the turn {group.turn!r}, which the method does not have"
        groups[group.turn] += by_rate(group, rates)
    main = main_turn(turns)
    own = {
        turn.name: build_optimiser(groups[turn.name], turn_optim(config.optim, turn)) for turn in turns if turn.name != main.name
    }
    assert not (own and stages), "a method of several turns has no stage with optimiser values of its own"
    own |= {stage.name: build_optimiser(groups[main.name], stage_optim(config, stage)) for stage in stages}
    return build_optimiser(groups[main.name], turn_optim(config.optim, main)), own


def setup_data(method: Method, config: RunConfig, dataset: Dataset) -> None:
    """Call the method's `setup_data` with the training images. Its random draws are a function of the seed, like its weights."""
    indices = np.sort(dataset.splits["train"])
    # The seed's name is from older versions: another name would change the draws of memory banks.
    with drawn_from(generator_for(config.train.seed, "meet").initial_seed()):
        method.setup_data(torch.from_numpy(indices), torch.from_numpy(known_labels(config, dataset)[indices]))
        if "captions" in entry(config.method.id).needs:
            method.setup_captions(training_captions(config, dataset, indices))
        if entry(config.method.id).feed == "world":
            method.setup_world(len(open_world(config.data).actions))
        if "clips" in entry(config.method.id).needs:
            method.setup_clips(WholeClips(dataset, input_size(config)))


def training_captions(config: RunConfig, dataset: Dataset, indices: Index) -> list[str]:
    """All captions of the training images (n,), in their order. ConfigError where an image has none."""
    check_columns(config, dataset)
    assert dataset.captions is not None
    listed = texts_at(dataset.captions.texts, indices)
    missing = [row for row, texts in zip(indices.tolist(), listed, strict=True) if not texts]
    if missing:
        name = dataset.names[missing[0]] if dataset.names else f"image {missing[0]}"
        given = f"{len(missing):,} of {len(listed):,} training images without a caption, the first {name}"
        title = entry(config.method.id).title
        allowed = f"a set with a caption for each training image, which {title} needs"
        raise complain("data.source", allowed, given, "Write the missing captions, or move these images to another folder.")
    return [text for texts in listed for text in texts]


def check_columns(config: RunConfig, dataset: Dataset) -> None:
    """ConfigError where the data lack what the method needs beside images."""
    row = entry(config.method.id)
    if lacking := missing(row.needs, dataset.columns):
        raise refusal(row.title, lacking, config.data.source)
    if row.other and dataset.other is None:
        raise other_missing(row.title)
    check_masks(config, dataset.masks is not None)
