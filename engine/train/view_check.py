"""Check whether a method can train on the views of a config, and which of them it does not use."""

from __future__ import annotations

from collections.abc import Sequence

from engine.augment import presets
from engine.backbones.adapted import AdaptedBackbone
from engine.backbones.backbone import Backbone
from engine.backbones.build import has_patches
from engine.catalogue import entry, load
from engine.config.errors import ConfigError, Problem, complain
from engine.config.notes import MORE_VIEWS, NO_LOCAL_VIEWS, Note
from engine.config.run import RunConfig, ViewConfig
from engine.config.text import parse
from engine.data.columns import sets_with
from engine.method import Views

KEY = "views.groups"


def views_of(config: RunConfig) -> Views:
    """The views that the config's method takes with its hyper-parameters. ConfigError where those are wrong."""
    method = load(config.method.id)
    return method.takes(parse(method.Config, config.method.values(), "method"), has_patches(config.backbone))


def used_views(config: RunConfig) -> tuple[int, ...]:
    """Of the config's views, counted from 0 group by group, those that its method trains on."""
    takes, used, seen = views_of(config), list[int](), 0
    for index, view in enumerate(_each(config)):
        if view.role == "local":
            if takes.local:
                used.append(index)
        elif takes.most is None or seen < takes.most:
            used.append(index)
            seen += 1
    return tuple(used)


def check_views(config: RunConfig) -> None:
    """ConfigError where the config's views are too few for its method, or where the first of them is a local one."""
    takes, title = views_of(config), entry(config.method.id).title
    count, local = _count(config, "global"), _count(config, "local")
    if count < takes.least:
        problem = f"{KEY} must hold {_allowed(takes)} for {title}. Got {_got(count, local)}. {_remedy(config)}"
    elif count + (local if takes.local else 0) < takes.together:
        kinds = "global and local views together" if takes.local else "global views"
        problem = f"{KEY} must hold at least {takes.together} {kinds} for {title}. Got {_got(count, local)}. {_remedy(config)}"
    elif _groups(config)[0].role == "local":
        raise ConfigError(
            [
                Problem(
                    f"{KEY}.0.role",
                    f"{KEY}.0.role must be global: the encoder is built for the size of the first group's views. Got local. "
                    "Put a group of global views first.",
                )
            ]
        )
    else:
        return
    raise ConfigError([Problem(KEY, problem)])


def check_view_sizes(config: RunConfig) -> None:
    """ConfigError where views that pass through the encoder as one batch have several sizes. Sizes that are still open (0) are not
    checked."""
    takes, title, every = views_of(config), entry(config.method.id).title, _each(config)
    used = [every[index] for index in used_views(config)]
    for role in ("global", "local") if takes.one_size else ("local",):
        sizes = list(dict.fromkeys(view.size for view in used if view.role == role and view.size))
        if len(sizes) > 1:
            got = " and ".join(str(size) for size in sizes)
            message = f"{KEY} must give {title} {role} views of one size. Got {got} px. Give these groups the same size."
            raise ConfigError([Problem(KEY, message)])


def check_encoder_sizes(config: RunConfig, backbone: Backbone) -> None:
    """ConfigError where an encoder of a library, or a person's own, does not take the size of one of the used views.
    `backbone`: built for the first group's; `config`: fitted to the data."""
    if isinstance(backbone, AdaptedBackbone):
        numbers = [number for number, group in enumerate(_groups(config)) for _ in range(group.count)]
        for number in dict.fromkeys(numbers[index] for index in used_views(config)):
            backbone.check_size(_groups(config)[number].size, number)


def check_masks(config: RunConfig, known: bool) -> None:
    """ConfigError where a view needs masks of the objects and the data have none. `known`: whether they have them."""
    if known:
        return
    for index, view in enumerate(_groups(config)):
        if view.background:
            allowed, got = "0 for data without masks of their objects", f"{view.background:g} for {config.data.source}"
            raise complain(f"{KEY}.{index}.background", allowed, got, sets_with(("masks",)))


def unused_views(config: RunConfig) -> tuple[Note, ...]:
    """Notes on the views of the config that its method does not use."""
    takes, title, notes = views_of(config), entry(config.method.id).title, []
    count, local = _count(config, "global"), _count(config, "local")
    if takes.most is not None and count > takes.most:
        values = {"method": title, "most": str(takes.most), "left": str(count - takes.most)}
        notes.append(Note(KEY, MORE_VIEWS, values))
    if local and not takes.local:
        notes.append(Note(KEY, NO_LOCAL_VIEWS, {"method": title, "left": str(local)}))
    return tuple(notes)


def _groups(config: RunConfig) -> Sequence[ViewConfig]:
    return config.views.groups or presets.groups(config.views.preset)


def _each(config: RunConfig) -> list[ViewConfig]:
    return [group for group in _groups(config) for _ in range(group.count)]


def _count(config: RunConfig, role: str) -> int:
    return sum(group.count for group in _groups(config) if group.role == role)


def _allowed(takes: Views) -> str:
    if takes.most is None:
        return f"at least {_views(takes.least)}"
    return f"exactly {_views(takes.least)}" if takes.most == takes.least else f"{takes.least} to {_views(takes.most)}"


def _views(count: int, kind: str = "global") -> str:
    return f"{count} {kind} view{'' if count == 1 else 's'}"


def _got(count: int, local: int) -> str:
    parts = [_views(count)] if count or not local else []
    return " and ".join([*parts, *([_views(local, "local")] if local else [])])


def _remedy(config: RunConfig) -> str:
    preset = load(config.method.id).recipe.get("views", {}).get("preset", "simclr")
    return f"Take more global views (the count of a group), or the preset {preset}."
