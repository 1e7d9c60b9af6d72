"""The base of every piece of configuration: frozen, typed, unknown keys refused."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic import Field as _Field


class Part(BaseModel):
    """A frozen group of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)


class MethodConfig(Part):
    """The hyper-parameters of one method. Each method's file declares its own subclass."""


def setting(
    default: Any,
    help: str,
    *,
    unit: str = "",
    title: str = "",
    also: str = "",
    advanced: bool = False,
    zero: str = "",
    only: str = "",
    suggestions: tuple[str, ...] = (),
    picker: str = "",
    written: bool = False,
    **bounds: Any,
) -> Any:
    """A field of a configuration: its default, its help in a sentence, its unit and its bounds (ge, gt, le, lt).

    Title, help, unit and bounds travel in the JSON schema, from which the form and the documentation are made.
    `also`: other words by which people search for it, with commas; they are translated, too. `advanced` folds the field away in the
    form. `zero`: what 0 stands for where it is no number ("auto", "no limit"), shown in the form in place of 0. `only`: a trait of
    the data (see engine.data.traits) without which the setting has no effect; the form then leaves it out. `suggestions`: values of
    a text that the form offers; others are possible. `picker`: "run" for a text that names a run, which the form lets choose from a
    list, "weights" for one that names weights. `written`: the program writes the value, no form shows it."""
    extra: dict[str, Any] = {}
    if also:
        extra["also"] = also
    if unit:
        extra["unit"] = unit
    if advanced:
        extra["advanced"] = True
    if zero:
        extra["zero"] = zero
    if only:
        extra["only"] = only
    if suggestions:
        extra["suggestions"] = list(suggestions)
    if picker:
        extra["picker"] = picker
    if written:
        extra["written"] = True
    return _Field(default, description=help, title=title or None, json_schema_extra=extra or None, **bounds)
