"""Resolve given settings to a complete config: defaults, overridden by the method's recipe, overridden by the user's settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.augment.presets import groups
from engine.backbones.build import VITS, is_transformer
from engine.backbones.library_encoder import measured_row
from engine.backbones.own_module import file_changed, with_module
from engine.catalogue import check_encoder, entry, load
from engine.config.encoder_table import library_of
from engine.config.errors import ConfigError, Problem, complain
from engine.config.module_text import short_module
from engine.config.notes import (
    ANY_ANGLE,
    ANY_TURN,
    CHANGED_FILE,
    FROM_COMMAND_LINE,
    ONE_CELL,
    SCALED_RATE,
    SEPARATE_BATCHES,
    UNUSED_REL_POS,
    UNUSUAL_RATE,
    Note,
)
from engine.config.rates import automatic_rate
from engine.config.run import DataConfig, RunConfig, ViewsConfig
from engine.config.text import merge, parse
from engine.data.columns import missing, other_missing, refusal
from engine.data.source_table import absolute_source, find
from engine.data.traits import VARIED_SOURCE
from engine.distributed.ranks import ranks
from engine.execute.devices import resolve_device, resolve_precision
from engine.train.device_check import check_devices
from engine.train.start_weights import known_weights
from engine.train.teacher_run import with_teacher_encoder
from engine.train.view_check import check_masks, check_view_sizes, check_views, unused_views

# A learning rate so many times larger or smaller than the automatic one gets a note: AdamW's with LARS learns almost nothing.
UNUSUAL = 30
# Sets whose objects have any orientation.
ANY_WAY_UP = ("shapes", "scenes")


def method_form(id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The JSON schema of a method's hyper-parameters, and the run settings that its recipe asks for."""
    method = load(id)
    return method.Config.model_json_schema(), merge({}, method.recipe)


def resolve(given: Mapping[str, Any], *, check_method_views: bool = True) -> RunConfig:
    """A complete RunConfig. What depends on the data (sizes left at 0) is filled by `engine.train.setup.fit_to_data`.

    ConfigError with every problem that was found, the method's own hyper-parameters included. `check_method_views`: whether views
    on which the method cannot train, and a teacher that is not chosen yet, are a problem; a preview shows them anyway."""
    choice = given.get("method", {})
    if isinstance(choice, str):
        choice = {"id": choice}
    if not isinstance(choice, Mapping):
        raise complain("method", "the id of a method, or a group of keys with its id", choice)
    id = str(choice.get("id", "simclr"))
    method = load(id)  # raises for an unknown id

    problems: list[Problem] = []
    hyper: dict[str, Any] = {}
    try:
        hyper = parse(method.Config, {k: v for k, v in choice.items() if k != "id"}, "method").model_dump(mode="json")
        hyper = with_teacher_encoder(id, hyper, required=check_method_views)
    except ConfigError as error:
        problems += error.problems

    values = merge(merge({}, method.recipe), {k: v for k, v in given.items() if k != "method"})
    values = _with_other(values, given)
    values = _with_rate(values, given, method.recipe)
    try:
        values = merge(values, {"views": _views(values.get("views", {}))})
    except ConfigError as error:
        problems += error.problems
        values.pop("views")
    config = None
    try:
        config = parse(RunConfig, {**values, "method": {"id": id, **hyper}})
        source = absolute_source(config.data.source)
        other = absolute_source(config.data.other) if entry(id).other else ""
        device = resolve_device(config.train.device)
        weights = known_weights(config.backbone.weights)
        backbone = with_module(config.backbone)
        config = config.model_copy(update={"backbone": backbone})
        transformer = is_transformer(config.backbone)
        train = {"device": device, "precision": resolve_precision(config.train.precision, device, transformer)}
        known = {"data": {"source": source, "other": other}, "train": train, "backbone": {"weights": weights}}
        config = parse(RunConfig, merge(config.model_dump(mode="json"), known))
        check_encoder(config.method.id, config.backbone.name)
        _check_source(config)
        if check_method_views and not problems:
            check_devices(config)
            check_views(config)
            check_view_sizes(config)
    except ConfigError as error:
        problems += error.problems
    if problems or config is None:
        raise ConfigError(problems)
    return config


def _check_source(config: RunConfig) -> None:
    """ConfigError where a named set lacks what the method needs beside images; folders and files are checked when they are read."""
    method, row = entry(config.method.id), find(config.data.source)
    if row is not None and (lacking := missing(method.needs, row.columns)):
        raise refusal(method.title, lacking, config.data.source)
    if row is not None and "masks" not in row.columns:
        check_masks(config, False)
    if method.other and not config.data.other:
        raise other_missing(method.title)


def _with_other(values: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values without the second set of the method's recipe where the first one is not rendered: nobody wants photographs turned
    into rendered shapes because they named no second set."""
    data, own = values.get("data", {}), given.get("data", {})
    if not isinstance(data, Mapping) or not isinstance(own, Mapping) or "other" in own or "other" not in data:
        return values
    row = find(str(data.get("source", "")))
    return values if row is not None and row.rendered else merge(values, {"data": {"other": ""}})


def _with_rate(values: dict[str, Any], given: Mapping[str, Any], recipe: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the learning rate of their optimiser, unless one was given."""
    defaults, own = RunConfig(), given.get("optim", {})
    if not isinstance(own, Mapping) or "lr" in own:
        return values
    optim, train = values.get("optim", {}), values.get("train", {})
    batch = train.get("batch", defaults.train.batch) if isinstance(train, Mapping) else defaults.train.batch
    rate = automatic_rate(recipe, optim.get("name", defaults.optim.name), batch, optim.get("accumulate", 1))
    return merge(values, {"optim": {"lr": rate.value}}) if rate is not None else values


def notes(config: RunConfig) -> tuple[Note, ...]:
    """Notes on a resolved config for the user, before the run starts."""
    result = [*unused_views(config), *_encoder_notes(config)]
    batch, accumulate, method = config.train.batch, config.optim.accumulate, load(config.method.id)
    if config.train.devices > ranks().size:
        result.append(Note("train.devices", FROM_COMMAND_LINE, {"devices": str(config.train.devices)}))
    if accumulate > 1 and method.compares_images:
        values = {"method": entry(config.method.id).title, "accumulate": accumulate, "batch": batch, "all": batch * accumulate}
        result.append(Note("optim.accumulate", SEPARATE_BATCHES, {key: str(value) for key, value in values.items()}))
    rate, optim = automatic_rate(method.recipe, config.optim.name, batch, accumulate), config.optim
    if rate is not None and optim.lr == rate.value != rate.base:
        texts = {
            "rate": f"{optim.lr:g}",
            "base": f"{rate.base:g}",
            "reference": str(rate.reference),
            "images": str(batch * accumulate),
        }
        result.append(Note("optim.lr", SCALED_RATE, texts))
    elif rate is not None and not 1 / UNUSUAL <= optim.lr / rate.value <= UNUSUAL:
        texts = {"rate": f"{optim.lr:g}", "usual": f"{rate.value:g}", "optimiser": optim.name}
        result.append(Note("optim.lr", UNUSUAL_RATE, texts))
    if method.asks_angle:
        title, turned = entry(config.method.id).title, max((view.rotation for view in config.views.groups), default=0.0)
        if any_way_up(config.data):
            result.append(Note("data.source", ANY_ANGLE, {"method": title, "data": config.data.source}))
        if turned >= 180:
            result.append(Note("views.groups.0.rotation", ANY_TURN, {"method": title, "angle": f"{turned:g}"}))
    return tuple(result)


def _encoder_notes(config: RunConfig) -> list[Note]:
    """Notes on an encoder of a library, and on settings that it leaves out."""
    backbone, result = config.backbone, list[Note]()
    if backbone.rel_pos != "none" and backbone.name not in VITS:
        result.append(Note("backbone.rel_pos", UNUSED_REL_POS, {"encoder": backbone.name}))
    if file_changed(backbone):
        result.append(Note("backbone.name", CHANGED_FILE, {"encoder": short_module(backbone.name)}))
    if library_of(backbone.name):
        row = measured_row(backbone.name)
        size = config.views.groups[0].size or config.data.size or stored_size(config.data.source)
        if row.stride and not row.tokens and 0 < size <= row.stride:
            result.append(Note("backbone.name", ONE_CELL, {"encoder": backbone.name, "size": str(size)}))
    return result


def stored_size(source: str) -> int:
    """Side in px at which a named set is stored; 0 for others, whose images are not known yet."""
    row = find(source)
    return row.size if row is not None else 0


def any_way_up(data: DataConfig) -> bool:
    """Whether the objects of a set lie at any angle, so that no encoder can say by how much an image was turned."""
    return data.source in ANY_WAY_UP and not (data.source == VARIED_SOURCE and data.upright)


def _views(merged: Any) -> dict[str, Any]:
    """The groups of the preset, with the user's changes to single groups."""
    if not isinstance(merged, Mapping):
        raise complain("views", "a group of keys", merged)
    preset = str(merged.get("preset", ViewsConfig().preset))
    listed = merged.get("groups", ())
    if isinstance(listed, (list, tuple)) and listed:
        return {"preset": preset, "groups": list(listed)}
    base: dict[str, Any] = {"groups": [group.model_dump(mode="json") for group in groups(preset)]}
    changes = listed if isinstance(listed, Mapping) else {}
    return {
        **{k: v for k, v in merged.items() if k != "groups"},
        "preset": preset,
        **merge(base, {"groups": changes} if changes else {}),
    }
