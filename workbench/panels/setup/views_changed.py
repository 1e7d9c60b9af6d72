"""What has changed between two values of a run's views. No widgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.forms.view_values import complete


def changed_view(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, str]:
    """The key of the setting that differs, and again where it is one number, which a slider changes in many steps; "" else."""
    old, new = complete(before), complete(after)
    if old["preset"] != new["preset"]:
        return "views.preset", ""
    if len(old["groups"]) == len(new["groups"]):
        pairs = enumerate(zip(old["groups"], new["groups"], strict=True))
        keys = [f"views.groups.{index}.{name}" for index, (a, b) in pairs for name in b if a.get(name) != b[name]]
        # A bound that is pushed past the other takes it along.
        if 0 < len(keys) <= 2:
            return keys[0], keys[0]
    return "views.groups", ""
