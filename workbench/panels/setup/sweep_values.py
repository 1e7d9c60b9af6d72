"""The values that a sweep offers for a setting, and how they are called. No widgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication

from engine.augment.presets import PRESETS
from engine.catalogue import methods
from engine.config.sweep import Axis, axis
from engine.data.source_table import sources
from workbench.forms.field import Field, show_number
from workbench.forms.view_values import preset_title
from workbench.i18n.engine_texts import engine_text

translate = QCoreApplication.translate

# Multiples of the present value that are offered for a number without an upper bound near it.
_FACTORS = (0.1, 0.3, 1.0, 3.0, 10.0)
_WHOLE_FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
_SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
_SEEDS = 5


@dataclass(frozen=True)
class Offer:
    """One value: as the config takes it, as it is called, and what a tooltip says of it."""

    value: Any
    title: str
    help: str = ""


def offers(field: Field, now: Any, devices: tuple[Offer, ...] = ()) -> tuple[Offer, ...]:
    """The values to choose from, the present one `now` among them; empty for a setting whose values are typed."""
    if field.key == "method.id":
        listed = [Offer(row.id, row.title, engine_text(row.line)) for row in methods()]
    elif field.key == "views.preset":
        listed = [Offer(name, preset_title(name)) for name in PRESETS]
    elif field.key == "data.source":
        listed = [Offer(row.id, row.title, engine_text(row.line)) for row in sources()]
    elif field.key == "train.device":
        listed = list(devices)
    elif field.kind in ("bool", "choice") or field.choices:
        listed = [Offer(value, value_title(field, value)) for value in ((False, True) if field.kind == "bool" else field.choices)]
    elif field.kind in ("int", "float"):
        return tuple(Offer(value, value_title(field, value)) for value in _numbers(field, now))
    else:
        return ()
    if now is not None and all(offer.value != now for offer in listed):
        listed.insert(0, Offer(now, value_title(field, now)))
    return tuple(listed)


def is_typed(field: Field) -> bool:
    """Whether other values than the offered ones can be typed."""
    return field.kind not in ("bool", "choice") and field.key not in ("method.id", "views.preset", "train.device", "data.source")


def value_title(field: Field, value: Any) -> str:
    """What a value is called."""
    if isinstance(value, bool):
        return translate("Sweep", "on") if value else translate("Sweep", "off")
    if field.key == "method.id":
        return next((row.title for row in methods() if row.id == value), str(value))
    if field.key == "views.preset":
        return preset_title(str(value))
    if field.key == "data.source":
        return next((row.title for row in sources() if row.id == value), Path(str(value)).name)
    return show_number(value) if isinstance(value, (int, float)) else str(value)


def typed_axis(field: Field, text: str) -> Axis:
    """The values that were typed. ConfigError where they cannot be read."""
    return axis(field.key, text.replace("，", ","))


def now_of(values: Mapping[str, Any], field: Field) -> Any:
    """The value that a setting has now in nested values."""
    here: Any = values
    for part in field.key.split("."):
        here = here.get(part) if isinstance(here, Mapping) else None
    return field.default if here is None else here


def _numbers(field: Field, now: Any) -> list[float | int]:
    """Sensible numbers around the present one, in order."""
    if field.key.endswith(".seed"):
        return list(range(_SEEDS))
    base = now if isinstance(now, (int, float)) and not isinstance(now, bool) else field.default
    if not isinstance(base, (int, float)):
        return []
    whole = field.kind == "int"
    if field.low is not None and field.high is not None and field.high <= 1:
        near = [field.low + share * (field.high - field.low) for share in _SHARES]
        listed: list[float | int] = [_rounded(value) for value in (*near, base)]
    elif base == 0:
        return [base]
    else:
        products = [base * factor for factor in (_WHOLE_FACTORS if whole else _FACTORS)]
        listed = [int(value) for value in products if value == int(value)] if whole else [_rounded(value) for value in products]
    return sorted({value for value in listed if field.accepts(value)} | {base})


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")
