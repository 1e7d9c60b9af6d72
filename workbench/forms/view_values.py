"""The views of a config as plain values, complete, and the names of their presets. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from engine.augment.presets import PRESETS
from engine.config.run import ViewConfig, ViewsConfig

TITLES = {
    "simclr": "SimCLR",
    "simclr_imagenet": "SimCLR, ImageNet",
    "moco_v1": "MoCo v1",
    "moco_v2": "MoCo v2",
    "byol": "BYOL",
    "swav": "SwAV",
    "dino": "DINO",
    "mae": "MAE",
    "clip": "CLIP",
}


def preset_title(name: str) -> str:
    """What a preset is called in lists."""
    if name == "backgrounds":
        return QCoreApplication.translate("forms", "Other backgrounds")
    return TITLES.get(name, name.replace("_", " "))


def preset_groups(preset: str) -> list[dict[str, Any]]:
    """The groups of a preset as plain values; those of SimCLR where the name is unknown."""
    return [group.model_dump(mode="json") for group in PRESETS.get(preset, PRESETS["simclr"])]


def complete(views: Mapping[str, Any]) -> dict[str, Any]:
    """A ViewsConfig's values with every field of every group; empty groups are those of the preset."""
    preset = str(views.get("preset") or ViewsConfig().preset)
    given = views.get("groups") or ()
    listed = [group for group in given if isinstance(group, Mapping)] if isinstance(given, (list, tuple)) else []
    defaults = ViewConfig().model_dump(mode="json")
    groups = [{**defaults, **dict(group)} for group in listed] or preset_groups(preset)
    return {"preset": preset, "groups": groups}
