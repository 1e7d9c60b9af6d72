"""Fine-tuning against a loop over its protocol, and which images it may use."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy, interpolate

from engine.backbones.vit import VisionTransformer
from engine.config.errors import ConfigError
from engine.config.run import BackboneConfig, MethodChoice, RunConfig, TrainConfig, ViewConfig, ViewsConfig
from engine.data.dataset import Dataset
from engine.evaluate.encoder import untrained_encoder
from engine.evaluate.finetune import FineTuning, layer_scales
from engine.evaluate.plan import (
    BEGUN,
    BUDGET,
    FACTORS,
    TUNINGS,
    check_parts,
    few_labels,
    length,
    stage_at,
    stages,
)
from engine.methods.build_method import build_method
from tests.engine.embed.world import small_world

SIZE = 16


def config(backbone: str = "resnet10_narrow", drop_path: float = 0.0) -> RunConfig:
    return RunConfig(
        method=MethodChoice(id="simclr"),
        backbone=BackboneConfig(name=backbone, drop_path=drop_path),  # type: ignore[arg-type]
        views=ViewsConfig(groups=(ViewConfig(size=SIZE),)),
        train=TrainConfig(seed=5),
    )


@pytest.fixture(scope="module")
def world() -> Dataset:
    return small_world(images=120, size=SIZE)


def tuning(world: Dataset, part: str = "finetune_10", budget: int = 40, of: RunConfig | None = None) -> FineTuning:
    return FineTuning(part, of or config(), world, world.splits, 3, budget=budget)


# The labelled images and the length


def test_label_subsets_are_balanced_and_nested() -> None:
    draw = np.random.default_rng(3)
    labels = draw.integers(0, 5, 4000)
    index = np.sort(draw.permutation(4000)[:3000])
    few, more = few_labels(labels, index, 0.01), few_labels(labels, index, 0.1)
    assert np.bincount(labels[few]).tolist() == [6] * 5
    assert np.bincount(labels[more]).tolist() == [60] * 5
    assert set(few) < set(more) < set(index)
    assert np.array_equal(few, few_labels(labels, draw.permutation(index), 0.01))
    assert np.array_equal(few_labels(labels, index, 1.0), index)


def test_each_class_has_between_one_and_all_of_its_images() -> None:
    labels = np.array([0] * 50 + [1] * 2 + [2])
    index = np.arange(53)
    assert np.bincount(labels[few_labels(labels, index, 0.01)]).tolist() == [1, 1, 1]
    assert np.bincount(labels[few_labels(labels, index, 0.5)]).tolist() == [9, 2, 1]


def test_the_length_is_the_source_s_epochs_and_minimum_of_updates_within_the_budget() -> None:
    assert length("finetune_100", 3200).steps == 30 * 3200 // 64
    assert length("finetune_1", 80).steps == TUNINGS["finetune_1"].updates
    assert length("finetune_1", 1600).passes == 60
    few = length("finetune_1", 10)
    assert (few.batch, few.steps) == (10, 188)
    long = length("finetune_100", 50_000)
    assert long.cut
    assert BUDGET - 64 < long.seen <= BUDGET
    assert not length("finetune_100", 3200).cut


def test_stages_cover_the_evaluation_and_a_share_gives_the_current_stage() -> None:
    images = {"train": 800, "validation": 100, "test": 100}
    lengths = {part: length(part, 80) for part in TUNINGS}
    all_stages = stages(("knn", "linear", "finetune_1"), images, lengths)
    assert [(stage.part, stage.encoder) for stage in all_stages[:4]] == [
        ("encode", "trained"),
        ("encode", "untrained"),
        ("linear", "trained"),
        ("linear", "untrained"),
    ]
    assert len(all_stages) == 4 + 2 * len(FACTORS)
    assert stage_at(all_stages, BEGUN / 2) is None
    assert stage_at(all_stages, BEGUN) == all_stages[0]
    assert stage_at(all_stages, 1.0) == all_stages[-1]
    before = sum(stage.cost for stage in all_stages[:-1]) / sum(stage.cost for stage in all_stages)
    assert stage_at(all_stages, BEGUN + (1 - BEGUN) * before + 1e-6) == all_stages[-1]
    assert stage_at(all_stages, BEGUN + (1 - BEGUN) * before - 1e-6) == all_stages[-2]
    assert [stage.part for stage in stages(("finetune_1",), images, lengths)] == ["finetune_1"] * 2 * len(FACTORS)


def test_parts_are_ordered_and_unknown_ones_are_refused() -> None:
    assert check_parts(["finetune_1", "knn", "knn"]) == ("knn", "finetune_1")
    with pytest.raises(ConfigError, match=r"parts must be among knn.*Did you mean 'linear'"):
        check_parts(["liner"])
    with pytest.raises(ConfigError, match="at least one"):
        check_parts([])


# Against a loop


def test_weights_equal_those_of_a_loop(world: Dataset) -> None:
    """Nesterov's momentum as in Sutskever et al. 2013 (PyTorch's form), the cosine schedule and the head, written independently."""
    made, rate = tuning(world), 0.05
    backbone = untrained_encoder(config())
    trained, head, finite = made.train(backbone, rate)
    assert finite
    other = build_method(config()).encoder
    weight, bias = torch.zeros(3, other.dim, requires_grad=True), torch.zeros(3, requires_grad=True)
    learned = [*other.parameters(), weight, bias]
    velocity = [torch.zeros_like(parameter) for parameter in learned]
    other.train()
    for step in range(made.length.steps):
        images, labels = made.batch(step)
        loss = cross_entropy(other(images) @ weight.T + bias, labels)
        gradients = torch.autograd.grad(loss, learned)
        now = rate * (1 + math.cos(math.pi * step / made.length.steps)) / 2
        with torch.no_grad():
            for parameter, gradient, moved in zip(learned, gradients, velocity, strict=True):
                moved.mul_(0.9).add_(gradient)
                parameter.sub_(now * (gradient + 0.9 * moved))
    torch.testing.assert_close(head.weight, weight, rtol=1e-3, atol=1e-5)
    for one, two in zip(trained.state_dict().values(), other.state_dict().values(), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-3, atol=1e-4)


def test_a_batch_has_crops_of_the_labelled_images_with_their_labels(world: Dataset) -> None:
    made = tuning(world)
    images, labels = made.batch(1)
    assert images.shape == (made.length.batch, 3, SIZE, SIZE)
    assert torch.equal(made.batch(1)[0], images)
    assert not torch.equal(made.batch(0)[0], images)
    assert torch.equal(labels, torch.from_numpy(world.labels[made.sampler.at(1)]))
    # A class is a colour here, which crops and flips keep: the mean of a crop is that of its class.
    pixels = images * torch.tensor(world.std).view(3, 1, 1) + torch.tensor(world.mean).view(3, 1, 1)
    for name in range(3):
        whole = world.images[world.labels == name].mean((0, 2, 3)) / 255
        np.testing.assert_allclose(pixels[labels == name].mean((0, 2, 3)), whole, atol=0.03)


def test_accuracy_is_measured_on_whole_images(world: Dataset) -> None:
    made = tuning(world)
    backbone, head, _ = made.train(untrained_encoder(config()), 0.2)
    indices = world.splits["test"]
    images = torch.from_numpy(np.ascontiguousarray(world.images[indices])).float() / 255
    images = interpolate(images, size=(SIZE, SIZE), mode="bilinear", antialias=True)
    x = (images - torch.tensor(world.mean).view(3, 1, 1)) / torch.tensor(world.std).view(3, 1, 1)
    with torch.no_grad():
        predicted = head(backbone(x)).argmax(1).numpy()
    assert made.accuracy(backbone, head, "test") == pytest.approx(np.mean(predicted == world.labels[indices]))


# Which images it uses


def test_the_encoder_is_not_changed_and_the_rate_is_chosen_without_test_images(world: Dataset) -> None:
    backbone = untrained_encoder(config())
    before = {name: value.clone() for name, value in backbone.state_dict().items()}
    reports: list[tuple[int, float]] = []
    honest = tuning(world, "finetune_100", 512).run(backbone, lambda rate: lambda share: reports.append((rate, share)))
    assert all(torch.equal(before[name], value) for name, value in backbone.state_dict().items())
    assert not backbone.training
    assert reports == sorted(reports)
    assert reports[-1] == (len(FACTORS) - 1, 1.0)
    assert honest.validation == max(honest.tried.values()) == honest.tried[honest.rate]
    assert honest.test > 0.8  # colours
    labels = world.labels.copy()
    labels[world.splits["test"]] = (labels[world.splits["test"]] + 1) % 3
    fooled = tuning(dataclasses.replace(world, labels=labels), "finetune_100", 512).run(backbone)
    assert (fooled.rate, fooled.tried) == (honest.rate, honest.tried)
    assert fooled.test < 0.2


def test_a_rate_that_diverges_is_not_chosen(world: Dataset) -> None:
    made = tuning(world)
    made.rates = (0.05, 1e38)
    result = made.run(untrained_encoder(config()))
    assert result.rate == 0.05
    assert result.tried[1e38] == 0.0


def test_parameters_frozen_by_the_method_are_fine_tuned(world: Dataset) -> None:
    backbone = untrained_encoder(config()).requires_grad_(False)
    trained, _, _ = tuning(world).train(backbone, 0.2)
    assert all(
        not torch.equal(one, two) for one, two in zip(backbone.parameters(), trained.parameters(), strict=True) if one.ndim > 1
    )


def test_a_transformer_is_tuned_with_adamw_and_does_not_use_the_global_generator(world: Dataset) -> None:
    of = config("vit_micro", drop_path=0.5)
    made = tuning(world, budget=20, of=of)
    backbone = untrained_encoder(of)
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    first, _, _ = made.train(backbone, 0.001)
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.manual_seed(2)
    again, _, _ = made.train(backbone, 0.001)
    assert all(torch.equal(one, two) for one, two in zip(first.parameters(), again.parameters(), strict=True))
    assert "AdamW" in made.protocol()
    assert made.rates[1] == pytest.approx(0.001 * made.length.batch / 256, rel=0.01)


def test_rates_of_layers_fall_from_the_head_down() -> None:
    """BEiT's rule: embeddings at decay^(L + 1), block i at decay^(L + 1 - i), what comes after the blocks at 1."""
    of = config("vit_micro").model_copy(update={"backbone": BackboneConfig(name="vit_micro", rel_pos="shared")})
    encoder = untrained_encoder(of)
    assert isinstance(encoder, VisionTransformer)
    scales = layer_scales(encoder, 0.5)
    assert scales.keys() == {name for name, _ in encoder.named_parameters()}
    assert {scales[name] for name in ("cls_token", "pos_embed", "patch_embed.proj.weight", "patch_embed.proj.bias")} == {0.5**7}
    for block in range(6):
        assert {value for name, value in scales.items() if name.startswith(f"blocks.{block}.")} == {0.5 ** (6 - block)}
    shared = "shared_rel_pos.relative_position_bias_table"
    assert {scales[name] for name in ("norm.weight", "norm.bias", shared)} == {1.0}


def test_layers_move_as_far_as_their_rates_say(world: Dataset) -> None:
    """AdamW's first step is as long as its rate, whatever the gradient; without decay all are the same as before."""
    of = config("vit_micro")
    plain, falling = tuning(world, of=of), FineTuning("finetune_10", of, world, world.splits, 3, budget=40, layer_decay=0.5)
    backbone = untrained_encoder(of)
    moved = {}
    for made in (plain, falling):
        trained, head, _ = made.train(backbone, 0.01, steps=2)  # the first step's rate is 0: warm-up
        for name in ("patch_embed.proj.bias", "blocks.0.mlp.fc1.bias", "blocks.5.mlp.fc2.bias", "norm.bias"):
            step = (trained.get_parameter(name) - backbone.get_parameter(name)).abs().median()
            moved[made.layer_decay, name] = float(step)
        moved[made.layer_decay, "head"] = float(head.bias.detach().abs().median())
    shares = {name: moved[0.5, name] / moved[1.0, name] for _, name in moved}
    assert shares["patch_embed.proj.bias"] == pytest.approx(0.5**7, rel=0.1)
    assert shares["blocks.0.mlp.fc1.bias"] == pytest.approx(0.5**6, rel=0.1)
    assert shares["blocks.5.mlp.fc2.bias"] == pytest.approx(0.5, rel=0.1)
    assert shares["norm.bias"] == pytest.approx(1.0, rel=0.1)
    assert shares["head"] == pytest.approx(1.0, rel=0.1)
    assert "rates that fall by 0.5 with each layer" in falling.protocol()
    assert "rates that fall" not in plain.protocol()


@pytest.mark.parametrize(("backbone", "decay", "message"), [
    ("vit_micro", 0.0, "above 0 and at most 1"), ("vit_micro", 1.5, "above 0 and at most 1"),
    ("resnet10_narrow", 0.7, "1 for resnet10_narrow"), ("convvit_micro", 0.7, "1 for convvit_micro"),
])  # fmt: skip
def test_a_layer_decay_that_cannot_be_is_refused(backbone: str, decay: float, message: str, world: Dataset) -> None:
    with pytest.raises(ConfigError, match=f"layer decay must be {message}"):
        FineTuning("finetune_10", config(backbone), world, world.splits, 3, layer_decay=decay)


def test_the_protocol_names_the_number_of_images_if_a_share_is_below_one_per_class(world: Dataset) -> None:
    made = tuning(world, "finetune_1")
    assert made.length.labels == 3
    assert "1% of 72 training images" in made.notes()[0]
    assert "4.2% of the labels" in made.notes()[0]
    assert "--budget" in made.notes()[1]
    assert "3 training labels, 1 of each class" in made.protocol()
    assert tuning(world, "finetune_10", BUDGET).notes() == ()
    assert "smallest learning rate" in made.edge(made.rates[0])[0]
    assert "largest learning rate" in made.edge(made.rates[-1])[0]
    assert made.edge(made.rates[1]) == ()
