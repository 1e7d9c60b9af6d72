"""Resolving given settings to a complete config: priorities, and errors."""

from __future__ import annotations

from typing import Any

import pytest

from engine.augment.presets import groups
from engine.catalogue import CATALOGUE, load
from engine.config.errors import ConfigError
from engine.config.sweep import axis, sweep
from engine.train.resolve import method_form, notes, resolve


def problems(given: dict[str, Any]) -> dict[str, str]:
    """The errors of `resolve`, by key."""
    with pytest.raises(ConfigError) as caught:
        resolve(given)
    return {problem.key: problem.message for problem in caught.value.problems}


def test_no_settings_give_a_complete_config() -> None:
    config = resolve({})
    assert config.method.id == "simclr"
    assert config.method.values()["temperature"] == 0.2
    assert config.views.groups == groups("simclr")
    assert config.train.device not in ("auto", "cuda")
    assert config.train.precision in ("fp32", "bf16")


def test_the_method_s_id_is_enough() -> None:
    assert resolve({"method": "byol"}) == resolve({"method": {"id": "byol"}})


def test_given_settings_override_the_recipe_which_overrides_the_defaults() -> None:
    plain, mine = resolve({"method": "mae"}), resolve({"method": "mae", "optim": {"beta2": 0.9}, "backbone": {"pool": "cls"}})
    assert (plain.optim.beta2, plain.optim.weight_decay, plain.backbone.pool) == (0.95, 0.05, "mean")
    assert (mine.optim.beta2, mine.optim.weight_decay, mine.backbone.pool) == (0.9, 0.05, "cls")
    assert mine.backbone.name == "vit_micro"
    assert mine.views.preset == "mae"


def test_hyperparameters_are_completed_and_given_ones_kept() -> None:
    values = resolve({"method": {"id": "moco_v2", "queue": 64}}).method.values()
    assert values == {**load("moco_v2").Config().model_dump(), "queue": 64}


def test_a_preset_sets_its_groups() -> None:
    config = resolve({"method": "simclr", "views": {"preset": "byol"}})
    assert config.views.groups == groups("byol")


def test_single_settings_of_a_group_override_the_preset() -> None:
    config = resolve({"method": "dino", "views": {"preset": "dino", "groups": {2: {"count": 4}, 0: {"flip": 0.0}}}})
    expected = list(groups("dino"))
    expected[2] = expected[2].model_copy(update={"count": 4})
    expected[0] = expected[0].model_copy(update={"flip": 0.0})
    assert config.views.groups == tuple(expected)


def test_a_list_of_groups_replaces_the_preset_s() -> None:
    config = resolve({"views": {"groups": [{"count": 2, "blur": 1.0}]}})
    assert len(config.views.groups) == 1
    assert config.views.groups[0].blur == 1.0


def test_a_missing_group_is_refused() -> None:
    (message,) = problems({"views": {"groups": {5: {"flip": 0.0}}}}).values()
    assert "place from 0 to 0" in message
    assert "Got 5" in message


def test_an_unknown_method_is_refused_with_the_nearest() -> None:
    assert problems({"method": "simclear"}) == {
        "method.id": "method.id must be the id of a method in the catalogue. Got 'simclear'. Did you mean 'simclr'?"
    }


def test_a_misspelt_hyperparameter_is_refused_with_the_nearest() -> None:
    assert problems({"method": {"id": "simclr", "temprature": 0.5}}) == {
        "method.temprature": "method.temprature is not a known key. Did you mean 'temperature'?"
    }


def test_a_hyperparameter_of_another_method_is_refused() -> None:
    assert "method.momentum" in problems({"method": {"id": "simclr", "momentum": 0.9}})


def test_several_errors_are_reported_together() -> None:
    errors = problems(
        {
            "method": {"id": "simclr", "temperature": -1, "width": 5},
            "optim": {"lr": 0, "larning_rate": 1},
            "train": {"batch": "many"},
            "views": {"preset": "simclrr"},
            "extra": 1,
        }
    )
    assert set(errors) == {
        "method.temperature",
        "method.width",
        "optim.lr",
        "optim.larning_rate",
        "train.batch",
        "views.preset",
        "extra",
    }
    assert errors["method.temperature"] == "method.temperature must be above 0 and at most 5. Got -1."
    assert "Did you mean 'simclr'?" in errors["views.preset"]


def test_a_misspelt_key_of_the_views_is_refused() -> None:
    assert "views.prset" in problems({"views": {"prset": "byol"}})
    assert "views.prset" in problems({"views": {"prset": "byol", "groups": [{"count": 2}]}})
    assert "views.groups.0.flop" in problems({"views": {"groups": {0: {"flop": 1}}}})


@pytest.mark.parametrize("given", [{"method": 3}, {"views": 3}, {"optim": "fast"}, {"views": None}])
def test_a_value_instead_of_a_group_is_refused(given: dict[str, Any]) -> None:
    ((key, message),) = problems(given).items()
    assert key == next(iter(given))
    assert "group of keys" in message


def test_a_missing_device_is_refused() -> None:
    message = problems({"train": {"device": "cuda:99"}})["train.device"]
    assert "Got 'cuda:99'" in message
    assert "cpu" in message


def test_the_given_settings_are_not_changed() -> None:
    given = {"method": {"id": "dino"}, "views": {"groups": {0: {"flip": 0.0}}}}
    resolve(given)
    assert given == {"method": {"id": "dino"}, "views": {"groups": {0: {"flip": 0.0}}}}


@pytest.mark.parametrize("id", [row.id for row in CATALOGUE])
def test_form_returns_schema_and_recipe(id: str) -> None:
    schema, recipe = method_form(id)
    assert schema["properties"].keys() == load(id).Config.model_fields.keys()
    recipe.clear()  # a copy for the caller
    assert method_form(id)[1] == {**load(id).recipe}


@pytest.mark.parametrize(
    ("given", "rate"),
    [
        ({}, 0.002),
        ({"train": {"batch": 32}}, 0.002),  # AdamW's is used at any batch
        ({"optim": {"name": "sgd"}}, 0.2),
        ({"optim": {"name": "lars"}}, 0.3),
        ({"optim": {"name": "lars"}, "train": {"batch": 64}}, 0.075),
        ({"optim": {"name": "lars", "accumulate": 4}, "train": {"batch": 64}}, 0.3),
        ({"optim": {"name": "lars", "lr": 0.002}}, 0.002),  # a given rate is kept, also from an older config
        ({"optim": {"name": "adamw", "lr": 0.3}}, 0.3),
        ({"method": "counting"}, 0.0005),  # the recipe's rate for the recipe's optimiser
        ({"method": "counting", "optim": {"name": "sgd"}}, 0.05),  # its batch is 64
        ({"method": "swav"}, 0.2),
        ({"method": "swav", "train": {"batch": 64}}, 0.05),
        ({"method": "swav", "optim": {"name": "adamw"}}, 0.002),
        ({"method": "swav", "optim": {"name": "adamw", "lr": 0.2}}, 0.2),
    ],
)
def test_the_rate_follows_the_optimiser_unless_it_is_set(given: dict[str, Any], rate: float) -> None:
    config = resolve(given)
    assert config.optim.lr == rate
    # A run's saved config has a rate and keeps it.
    assert resolve(config.model_dump(mode="json")) == config


def test_a_sweep_over_optimisers_sets_the_rate_of_each() -> None:
    configs = sweep({"method": {"id": "swav"}}, [axis("optim.name", "adamw, sgd, lars")])
    assert [resolve(config).optim.lr for config in configs] == [0.002, 0.2, 0.3]


def test_a_scaled_rate_and_an_unusual_rate_give_a_note() -> None:
    scaled = notes(resolve({"optim": {"name": "lars"}, "train": {"batch": 64}}))
    assert [str(note) for note in scaled] == ["Learning rate 0.075: 0.3 for a batch of 256, scaled linearly to 64 images a step."]
    (far,) = notes(resolve({"optim": {"name": "lars", "lr": 0.002}}))
    assert str(far) == "Learning rate 0.002 is far from 0.3, which lars takes here where none is set."
    assert notes(resolve({"optim": {"name": "lars", "lr": 0.1}})) == ()


def test_an_invalid_batch_gives_one_error() -> None:
    assert list(problems({"optim": {"name": "sgd"}, "train": {"batch": "many"}})) == ["train.batch"]
    assert list(problems({"optim": {"name": "adam"}})) == ["optim.name"]


def test_shapes_at_any_angle_give_a_note_to_a_method_that_asks_for_the_angle() -> None:
    (note,) = notes(resolve({"method": {"id": "rotation"}, "data": {"source": "shapes"}}))
    assert note.key == "data.source"
    assert "stays at chance level" in str(note)
    assert notes(resolve({"method": {"id": "rotation"}, "data": {"source": "shapes", "upright": True}})) == ()
