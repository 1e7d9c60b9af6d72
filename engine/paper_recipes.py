"""Published recipes of the methods: the settings of the paper or of its official code, with their source. Torch-free.

`python -m engine methods --recipes` prints them; `--recipe paper` of `train`, `api.train(recipe="paper")` and the window start from
one. A row holds what was read in its source and nothing else: what is not known, or cannot be set in this program, is said in
`differs`.

Rates are those of the published batch. `scaled` says how they follow it: a run with another batch gets a rate in proportion to
it, or to its square root."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.augment.presets import groups
from engine.config.errors import complain
from engine.config.text import merge
from engine.published_recipes.contrastive_recipes import CONTRASTIVE_RECIPES
from engine.published_recipes.joint_embedding_recipes import JOINT_EMBEDDING_RECIPES
from engine.published_recipes.masked_recipes import MASKED_RECIPES
from engine.published_recipes.other_recipes import OTHER_RECIPES
from engine.published_recipes.pretext_recipes import PRETEXT_RECIPES
from engine.published_recipes.recipe_row import PaperRecipe

# Stored images are larger than the crops of 224 px, so that a crop of a part has pixels enough. This is of this program, no
# paper says it.
STORED = 256

RECIPES: tuple[PaperRecipe, ...] = (
    *CONTRASTIVE_RECIPES,
    *JOINT_EMBEDDING_RECIPES,
    *PRETEXT_RECIPES,
    *MASKED_RECIPES,
    *OTHER_RECIPES,
)

# Why a method of this program has none.
NO_CODE = "no code of its authors was found, and the text of its paper was not at hand"
WITHOUT: Mapping[str, str] = {
    "random": "a baseline without a paper of its own, in which nothing is trained",
    "supervised": "a baseline without a paper of its own",
    "nce": "the estimator has no recipe for images",
    "siamese": "of 2006, with networks of its own: no recipe for the encoders here",
    "curl": "its official code trains by SAC, this program by double DQN: the settings do not carry over",
    "background_augmentation": f"{NO_CODE}; it changes the views and the negatives of MoCo v2, which has a recipe",
    "cpc_v2": "the text of its paper, with its code, was not at hand; the method's settings name what is known of its network",
    "dcl": f"{NO_CODE}, but for its abstract: 200 epochs of ImageNet with a batch of 256",
    "nnclr": f"{NO_CODE}, but for quotations: a projector of 2,048, 2,048 and 256, and a queue of 98,304",
    "evolving_loss": NO_CODE,
    "mp3": NO_CODE,
    "qb_heat": NO_CODE,
}
OTHER_PACKAGE = "a method of another package"


def paper_recipe(id: str) -> PaperRecipe:
    """The published recipe of a method. ConfigError where the table has none."""
    row = find_recipe(id)
    if row is None:
        known = ", ".join(row.id for row in RECIPES)
        raise complain("--recipe paper", f"of a method whose recipe is in the table ({known})", id, f"{why_none(id).capitalize()}.")
    return row


def find_recipe(id: str) -> PaperRecipe | None:
    """The published recipe of a method; None where the table has none."""
    return next((row for row in RECIPES if row.id == id), None)


def why_none(id: str) -> str:
    """Why the table has no recipe of a method; of another package's method, that it is one."""
    return WITHOUT.get(id, OTHER_PACKAGE)


def paper_settings(id: str, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The settings of a run with a method's published recipe, and over them those that are given, nested. Where a batch is given
    and no rate, and the recipe's rate follows the batch, it is scaled to it. Errors: see `paper_recipe`."""
    row, own = paper_recipe(id), merge({}, given or {})
    values = merge(row.settings, {"method": {"id": id}})
    if views := values.get("views"):
        # Whole groups, as the Augmentation card has them.
        shown = [group.model_dump(mode="json") for group in groups(views["preset"])]
        shown = merge({"groups": shown}, {"groups": views["groups"]})["groups"]
        values["views"] = {"preset": views["preset"], "groups": shown}
        if shown[0]["size"] > STORED // 2 and "size" not in values.get("data", {}):
            values = merge(values, {"data": {"size": max(STORED, shown[0]["size"])}})
    train, optim = own.get("train", {}), own.get("optim", {})
    if isinstance(train, Mapping) and isinstance(optim, Mapping):
        if row.scaled and "lr" not in optim:
            published = row.settings["train"]["batch"]
            images = [train.get("batch", published), optim.get("accumulate", 1)]
            if all(isinstance(number, int) for number in images):
                rate = row.settings["optim"]["lr"] * (images[0] * images[1] / published) ** row.power
                values = merge(values, {"optim": {"lr": float(f"{rate:.4g}")}})
        # A length that is given stands in place of the recipe's.
        if {"minutes", "steps", "epochs"} & train.keys():
            values["train"] = {key: value for key, value in values.get("train", {}).items() if key not in ("epochs", "steps")}
    if isinstance(own.get("method"), str):
        own["method"] = {"id": own["method"]}
    return merge(values, own)


def setting_words(settings: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Nested settings as "optim.lr=4.8", in their order."""
    lines = []
    for key, value in settings.items():
        if isinstance(value, Mapping):
            lines += setting_words(value, f"{prefix}{key}.")
        else:
            shown = f"{value:.4g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)
            lines.append(f"{prefix}{key}={shown}")
    return lines
