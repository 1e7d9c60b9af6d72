"""The stages of a run: those before a method's own training, and that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from engine.augment import presets
from engine.catalogue import load
from engine.config.run import OptimConfig, RunConfig, ViewsConfig
from engine.config.text import merge, parse
from engine.method import Method, Stage, Turn
from engine.methods.build_method import build_method
from engine.train.length import Length


class Span(NamedTuple):
    """Steps `first` to `last` - 1 of a run belong to the stage `name`, "" for the method's own training."""

    name: str
    first: int
    last: int


def spans(stages: Sequence[Stage], steps: int, step_at: Callable[[float], float] | None = None) -> tuple[Span, ...]:
    """A run of `steps` steps divided by the stages' shares, each rounded to whole steps; at least one step is of the method's own
    training. `step_at`: the step at which a share of the run is done, where its length was changed."""
    result, first, share = [], 0, 0.0
    for stage in stages:
        share += stage.share
        end = share * steps if step_at is None else step_at(share)
        last = max(first, min(round(end), steps - 1))
        result.append(Span(stage.name, first, last))
        first = last
    return (*result, Span("", first, steps))


def span_at(parts: Sequence[Span], step: int) -> Span:
    """The stage of a step; after the last step, the last stage."""
    return next((part for part in parts if part.first <= step < part.last), parts[-1])


def stage_named(method: Method, name: str) -> Stage:
    """The stage of a method with this name, "" for its own training."""
    return next((stage for stage in method.stages() if stage.name == name), method.own_stage())


def stage_of_step(config: RunConfig, step: int, per_epoch: int) -> Stage:
    """The stage of a step, counted from 0, of a run with this config, fitted to its data, and `per_epoch` steps an epoch."""
    kind = load(config.method.id)
    if kind.stages is Method.stages and kind.own_stage is Method.own_stage:
        return Stage("", 0.0)
    method, known = build_method(config), Length.of(config.train, per_epoch).known_at(step)
    return stage_named(method, span_at(spans(method.stages(), known.steps, known.step_at), step).name)


def with_stage_views(config: RunConfig, stage: Stage) -> RunConfig:
    """The config, fitted to its data, with the views of a stage: those of its preset, at the size of the config's first view, for
    which the encoder is built."""
    if not stage.views:
        return config
    size = config.views.groups[0].size
    groups = tuple(group.model_copy(update={"size": size}) for group in presets.groups(stage.views))
    return config.model_copy(update={"views": ViewsConfig(preset=stage.views, groups=groups)})


def stage_optim(config: RunConfig, stage: Stage) -> OptimConfig:
    """The optimiser values of a stage: its own over the config's."""
    if not stage.optim:
        return config.optim
    assert "accumulate" not in stage.optim, "the batches of a step are the run's"
    return parse(OptimConfig, merge(config.optim.model_dump(mode="json"), stage.optim), "optim")


def turn_optim(optim: OptimConfig, turn: Turn) -> OptimConfig:
    """The optimiser values of a turn: its own over those of the run."""
    if not turn.optim:
        return optim
    assert "accumulate" not in turn.optim, "the batches of a step are the run's"
    return parse(OptimConfig, merge(optim.model_dump(mode="json"), turn.optim), "optim")
