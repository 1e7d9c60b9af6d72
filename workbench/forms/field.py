"""A JSON schema as a list of fields, without widgets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from workbench.i18n.titles import title_of

Kind = Literal["bool", "int", "float", "choice", "text", "list", "path", "run", "weights"]


@dataclass(frozen=True)
class Field:
    """One setting. `key` is dotted ("optim.lr"); bounds are None where there are none; `exclusive_*` leave the bound out. `zero`:
    what 0 stands for where it is no number, `only`: the trait of the data that it is for, `also`: other words by which people
    search for it (see engine.config.part.setting). `choices`: all values of a "choice", those that are offered of a text."""

    key: str
    title: str
    help: str
    kind: Kind
    default: Any
    unit: str = ""
    low: float | None = None
    high: float | None = None
    exclusive_low: bool = False
    exclusive_high: bool = False
    choices: tuple[Any, ...] = ()
    advanced: bool = False
    zero: str = ""
    only: str = ""
    also: str = ""

    def allowed(self) -> str:
        """The bounds as text: "above 0 and at most 5"; empty where there are none."""
        parts = []
        if self.low is not None:
            parts.append(f"{'above' if self.exclusive_low else 'at least'} {show_number(self.low)}")
        if self.high is not None:
            parts.append(f"{'below' if self.exclusive_high else 'at most'} {show_number(self.high)}")
        return " and ".join(parts)

    def accepts(self, value: float) -> bool:
        """Whether a number is finite and within the bounds."""
        if not math.isfinite(value):
            return False
        if self.low is not None and (value < self.low or (self.exclusive_low and value == self.low)):
            return False
        return not (self.high is not None and (value > self.high or (self.exclusive_high and value == self.high)))


def fields(schema: Mapping[str, Any], prefix: str = "") -> tuple[Field, ...]:
    """Every field of a schema and of the groups in it, in the order in which they are declared, without those that the program
    writes.

    Lists of groups (the kinds of views) have no field here: they are edited by a panel of their own."""
    return tuple(_walk(schema, schema, prefix))


def _walk(root: Mapping[str, Any], node: Mapping[str, Any], prefix: str) -> list[Field]:
    listed: list[Field] = []
    for name, raw in node.get("properties", {}).items():
        if raw.get("written"):
            continue
        spec = _resolve(root, raw)
        key = f"{prefix}.{name}" if prefix else str(name)
        if "properties" in spec:
            listed.extend(_walk(root, spec, key))
            continue
        field = _field(root, key, str(name), spec)
        if field is not None:
            listed.append(field)
    return listed


def _resolve(root: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(spec)
    while "$ref" in merged:
        target: Any = root
        for part in str(merged.pop("$ref")).removeprefix("#/").split("/"):
            target = target[part]
        merged = {**target, **merged}
    if "allOf" in merged and len(merged["allOf"]) == 1:
        merged = {**_resolve(root, merged.pop("allOf")[0]), **merged}
    if "anyOf" in merged:
        # An optional value: the first alternative that is not null gives the kind.
        rest = [_resolve(root, item) for item in merged.pop("anyOf") if item.get("type") != "null"]
        merged = {**(rest[0] if rest else {}), **merged}
    return merged


def _field(root: Mapping[str, Any], key: str, name: str, spec: Mapping[str, Any]) -> Field | None:
    base = Field(
        key=key,
        title=title_of(name, spec.get("title")),
        help=str(spec.get("description", "")),
        kind="text",
        default=spec.get("default"),
        unit=str(spec.get("unit", "")),
        advanced=bool(spec.get("advanced", False)),
        zero=str(spec.get("zero", "")),
        only=str(spec.get("only", "")),
        also=str(spec.get("also", "")),
    )
    if "enum" in spec:
        return replace(base, kind="choice", choices=tuple(spec["enum"]))
    if "const" in spec:
        return replace(base, kind="choice", choices=(spec["const"],))
    kind = spec.get("type", "string")
    if kind == "boolean":
        return replace(base, kind="bool")
    if kind in ("integer", "number"):
        above, below = spec.get("exclusiveMinimum"), spec.get("exclusiveMaximum")
        return replace(
            base,
            kind="int" if kind == "integer" else "float",
            low=above if above is not None else spec.get("minimum"),
            high=below if below is not None else spec.get("maximum"),
            exclusive_low=above is not None,
            exclusive_high=below is not None,
        )
    if kind == "array":
        items = spec.get("items")
        inner = _resolve(root, items) if isinstance(items, Mapping) else {}
        return None if "properties" in inner else replace(base, kind="list", default=list(spec.get("default") or []))
    if kind == "string" and spec.get("picker") in ("run", "weights"):
        return replace(base, kind=spec["picker"])
    if kind == "string":
        path = spec.get("format") in ("path", "file-path", "directory-path")
        return replace(base, kind="path" if path else "text", choices=tuple(spec.get("suggestions", ())))
    return None


def show_number(value: float | int | None) -> str:
    """A number as short text: 0.0001 instead of 1e-04, 1e-5 instead of 1e-05, 256 instead of 256.0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int) or not math.isfinite(value):
        return str(value)
    if value == 0 or 1e-4 <= abs(value) < 1e7:
        text = f"{value:.8f}".rstrip("0").rstrip(".")
        return text or "0"
    mantissa, _, exponent = f"{value:.6e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def read_number(text: str, whole: bool) -> float | int | None:
    """The number in a text, or None. Accepts 1e-3, .5, 1,000, and a decimal comma where it cannot be a thousands separator."""
    clean = text.strip().replace("−", "-").replace(" ", "").replace("_", "")
    if clean.count(",") == 1 and "." not in clean and len(clean.rpartition(",")[2]) != 3:
        clean = clean.replace(",", ".")
    clean = clean.replace(",", "")
    try:
        value = float(clean)
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    if whole:
        return int(value) if value == int(value) else None
    return value


def get(values: Mapping[str, Any], key: str, default: Any = None) -> Any:
    """The value at a dotted key of nested mappings."""
    here: Any = values
    for part in key.split("."):
        if not isinstance(here, Mapping) or part not in here:
            return default
        here = here[part]
    return here


def put(values: dict[str, Any], key: str, value: Any) -> None:
    """Set the value at a dotted key of nested dicts, in place."""
    *parents, last = key.split(".")
    here = values
    for part in parents:
        below = here.get(part)
        if not isinstance(below, dict):
            below = {}
            here[part] = below
        here = below
    here[last] = value


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested mappings as dotted keys."""
    values_by_key: dict[str, Any] = {}
    for name, value in values.items():
        key = f"{prefix}.{name}" if prefix else str(name)
        if isinstance(value, Mapping):
            values_by_key.update(flat(value, key))
        else:
            values_by_key[key] = value
    return values_by_key
