"""Titles of settings in messages. The engine's messages name a setting by its key ("optim.lr"), which the command line and config
files take; the window shows its title."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from PySide6.QtCore import QCoreApplication

from engine.config.run import RunConfig, ViewConfig
from workbench.forms.field import Field, fields
from workbench.i18n.engine_messages import in_language
from workbench.i18n.engine_texts import engine_text
from workbench.i18n.titles import title_of

translate = QCoreApplication.translate

_GROUPS = "data|method|backbone|optim|train|monitor|views"
# Not inside quotes, where a message repeats what was given, nor inside a path.
_KEY = re.compile(rf"(?<![\w./\\'\"-])(?:{_GROUPS})(?:\.(?:\d+|[a-z]\w*))+(?![\w/\\]|\.\w)")
_VIEWS = re.compile(r"views\.groups(?:\.(\d+))?(?:\.(\w+))?")
# Titles that methods give their settings, where they differ from those made from the names.
_of_methods: dict[str, str] = {}


def learn(settings: Iterable[Field]) -> None:
    """Keep the titles of a method's settings, whose declarations the window cannot import."""
    _of_methods.update((field.key, field.title) for field in settings)


def title_for(key: str) -> str:
    """The title of a setting in the window's language; "" where no setting has this key."""
    views = _VIEWS.fullmatch(key)
    if views is not None:
        return _title_of_views(*views.groups())
    group, _, name = key.partition(".")
    if group == "method" and name and name != "id":
        return engine_text(_of_methods.get(key) or title_of(name.replace(".", "_")))
    title = _of_runs().get(key) or _of_runs().get({"method": "method.id", "views": "views.preset"}.get(key, ""), "")
    if key in ("views", "views.preset"):
        return translate("forms", "{0} (views)").format(engine_text(title))
    return engine_text(title)


def with_titles(message: str, key: str = "") -> str:
    """A message of the engine in the window's language, with the titles of settings in place of their keys: as they are at the
    start of a sentence, in quotes elsewhere. `key`: of the setting that the message is about, which may have no dot ("name")."""
    if key and "." not in key and message.startswith(f"{key} ") and title_for(key):
        message = title_for(key) + message[len(key) :]

    def replace(match: re.Match[str]) -> str:
        title = title_for(match[0])
        if not title:
            return match[0]
        before = message[: match.start()].rstrip(" ")
        return title if not before or before.endswith((".", ":", "\n")) else translate("forms", "“{0}”").format(title)

    return in_language(_KEY.sub(replace, message))


def keys_in(message: str) -> list[str]:
    """The keys of the settings that a message names, in order, each once."""
    return list(dict.fromkeys(match[0] for match in _KEY.finditer(message) if title_for(match[0])))


@cache
def _of_runs() -> dict[str, str]:
    return {field.key: field.title for field in fields(RunConfig.model_json_schema())}


@cache
def _of_view() -> dict[str, str]:
    return {field.key: field.title for field in fields(ViewConfig.model_json_schema())}


def _title_of_views(number: str | None, name: str | None) -> str:
    if name is None:
        return translate("forms", "Views")
    title = _of_view().get(name, "")
    if not title:
        return ""
    if number in (None, "0"):
        return translate("forms", "{0} (views)").format(engine_text(title))
    return translate("forms", "{0} (views, kind {1})").format(engine_text(title), int(number or 0) + 1)
