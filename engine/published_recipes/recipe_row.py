"""PaperRecipe, one row of the tables of published recipes, and the parts of which rows are written. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.config.text import merge


@dataclass(frozen=True)
class PaperRecipe:
    """The published recipe of a method.

    `id`: of the method; `settings`: nested, as in a config; `source`: where they stand; `needs`: machines and data with which they
    were used; `scaled`: how the rate follows the batch, "" where it does not; `differs`: what is left out or is otherwise here;
    `power`: exponent with which the rate follows the batch, 1 in proportion, .5 with its square root."""

    id: str
    settings: Mapping[str, Any]
    source: str
    needs: str
    scaled: str = ""
    differs: tuple[str, ...] = field(default=())
    power: float = 1.0


def views(preset: str, groups: int = 1, local: int | None = None, size: int = 224, **changes: Any) -> dict[str, Any]:
    """The views of a preset at the published sizes: groups of global views of `size` px, then one of local views of `local` px.
    `changes`: of every global group."""
    sized: dict[int, dict[str, Any]] = {number: {"size": size, **changes} for number in range(groups)}
    if local is not None:
        sized[groups] = {"size": local}
    return {"preset": preset, "groups": sized}


def local_views(of: dict[str, Any], number: int, **changes: Any) -> dict[str, Any]:
    """Views with changes of the group of this number."""
    return merge(of, {"groups": {number: changes}})


def crop(side: int, stored: int) -> dict[str, Any]:
    """Changes of a view that is cut, unscaled, as a square of `side` px from a stored image of `stored` px."""
    share = (side / stored) ** 2
    return {"crop_min": share, "crop_max": share, "ratio_min": 1.0, "ratio_max": 1.0}


def sgd(lr: float, decay: float, warmup: float = 0.0, **more: Any) -> dict[str, Any]:
    """SGD with a momentum of .9."""
    return {"name": "sgd", "lr": lr, "momentum": 0.9, "weight_decay": decay, "warmup": warmup, **more}


def lars(lr: float, decay: float, warmup: float, **more: Any) -> dict[str, Any]:
    """LARS with a momentum of .9 and a cosine."""
    return {"name": "lars", "lr": lr, "momentum": 0.9, "weight_decay": decay, "warmup": warmup, "schedule": "cosine", **more}


def adamw(lr: float, decay: float, warmup: float, **more: Any) -> dict[str, Any]:
    """AdamW with a cosine."""
    return {"name": "adamw", "lr": lr, "weight_decay": decay, "warmup": warmup, "schedule": "cosine", **more}


RESNET50 = {"name": "resnet50", "stem": "imagenet"}
CIFAR_RESNET50 = {"name": "resnet50", "stem": "small"}
VIT_B = {"name": "torchvision/vit_b_16"}
BY_256 = "base rate x batch / 256"
ADAM = "Adam with the decay in its gradient; here AdamW"
