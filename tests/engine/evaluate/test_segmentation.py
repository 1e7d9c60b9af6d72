"""Segmentation: mIoU against torchmetrics and against hand-made maps, a head that learns from maps that show the classes, and the
task on a run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torchmetrics.classification import MulticlassJaccardIndex

import engine.evaluate.encoder as encoder_module
from engine.backbones.backbone import Backbone
from engine.config.errors import ConfigError
from engine.config.run import MethodChoice, RunConfig, TrainConfig, ViewConfig, ViewsConfig
from engine.data.annotations import UNKNOWN, ClassMaps
from engine.data.dataset import Dataset
from engine.evaluate.dense_plan import DENSE, annotated, share_of
from engine.evaluate.dense_training import Maps
from engine.evaluate.estimate import estimate
from engine.evaluate.iou import class_pixels, overlap
from engine.evaluate.predictions import predictions_path, read_predictions
from engine.evaluate.protocol import evaluate
from engine.evaluate.tasks.segmentation import Pixels, Segmentation
from engine.methods.build_method import build_method
from engine.runs.evaluation import read_evaluation, standard_error
from engine.runs.run_folder import create_folder
from tests.engine.embed.world import small_world

CONFIG = RunConfig(method=MethodChoice(id="simclr"), views=ViewsConfig(groups=(ViewConfig(size=16),)), train=TrainConfig(seed=5))


def world_with_maps(images: int = 120) -> Dataset:
    """Images of 16 px whose left or right half is white: class 1 or 2 there, background else. The top row is not known."""
    world = small_world(images=images, size=16)
    pixels = np.full_like(np.asarray(world.images), 40)
    maps = np.zeros((images, 16, 16), np.uint8)
    pixels[0::2, :, :, :8], maps[0::2, :, :8] = 255, 1
    pixels[1::2, :, :, 8:], maps[1::2, :, 8:] = 255, 2
    maps[:, 0] = UNKNOWN
    pixels[:, 0, 0, 0] = np.arange(images)  # no two images are equal
    mean, std = np.full(3, 0.5, np.float32), np.full(3, 0.25, np.float32)
    names = ("background", "left", "right")
    return replace(world, images=pixels, class_maps=ClassMaps(maps, names), mean=mean, std=std)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = create_folder(tmp_path / "runs", CONFIG)
    torch.save({"step": 3, "epoch": 1, "method": build_method(CONFIG).state_dict()}, folder / "checkpoints" / "last.pt")
    return folder


# The metric


def test_the_mean_and_each_class_agree_with_torchmetrics() -> None:
    generator = torch.Generator().manual_seed(0)
    truth = torch.randint(0, 4, (12, 9, 9), generator=generator)
    truth[truth == 3] = 4  # class 3 is in none of the maps
    truth[:, :2] = UNKNOWN
    predicted = torch.where(torch.rand(12, 9, 9, generator=generator) < 0.6, truth.clamp_max(4), 1)
    predicted[truth == UNKNOWN] = 2
    mine = overlap(class_pixels(predicted, truth, 6))
    for average, figure in (("macro", mine.mean), ("none", np.nan_to_num(mine.iou))):
        theirs = MulticlassJaccardIndex(6, average=average, ignore_index=UNKNOWN)(predicted, truth)  # type: ignore[arg-type]
        np.testing.assert_allclose(figure, theirs.numpy(), atol=1e-6)
    known = truth != UNKNOWN
    assert mine.pixels == pytest.approx(float((predicted == truth)[known].double().mean()))


def test_hand_made_maps_have_their_figures() -> None:
    truth = torch.tensor([[[0, 0], [1, 1]], [[0, UNKNOWN], [0, 0]]])
    predicted = torch.tensor([[[0, 1], [1, 1]], [[0, 2], [0, 0]]])
    figures = overlap(class_pixels(predicted, truth, 3))
    assert figures.iou[:2].tolist() == [4 / 5, 2 / 3]
    assert np.isnan(figures.iou[2])  # not there; its one predicted pixel has no known class
    assert (figures.mean, figures.objects, figures.pixels) == (pytest.approx((4 / 5 + 2 / 3) / 2), pytest.approx(2 / 3), 6 / 7)
    assert overlap(class_pixels(predicted, truth, 3), background=None).objects == pytest.approx(figures.mean)


def test_the_error_is_that_of_a_share_where_images_are_one_pixel() -> None:
    """The bootstrap of a share of right answers has a known result."""
    truth = torch.zeros(400, 1, 1, dtype=torch.long)
    predicted = (torch.arange(400) % 4 == 0).long().view(-1, 1, 1)
    figures = overlap(class_pixels(predicted, truth, 2))
    assert figures.errors[2] == pytest.approx(standard_error(0.75, 400), rel=0.2)


# The data


def test_images_without_a_known_pixel_are_left_out() -> None:
    world = world_with_maps()
    assert world.class_maps is not None
    world.class_maps.values[world.splits["train"][:3]] = UNKNOWN
    assert annotated(world, "class_maps")["train"].tolist() == world.splits["train"][3:].tolist()
    assert annotated(world, "class_maps")["test"].tolist() == world.splits["test"].tolist()


def test_a_larger_share_contains_a_smaller_one() -> None:
    index = np.arange(50, 150)
    assert set(share_of(index, 0.1)) < set(share_of(index, 0.3)) < set(share_of(index, 1.0))
    assert [len(share_of(index, share)) for share in (0.001, 0.1, 1.0)] == [1, 10, 100]


@pytest.mark.parametrize("cache", [1 << 20, 0])
def test_maps_are_the_same_with_and_without_the_cache(cache: int) -> None:
    def encode(images: np.ndarray) -> Tensor:
        return torch.tensor(images, dtype=torch.float32).view(-1, 1, 1, 1) / 3

    maps = Maps(encode, np.array([4, 7, 9]), cache)
    expected = torch.tensor([9 / 3, 4 / 3]).half().float()
    assert torch.equal(maps(np.array([9, 4])).flatten(), expected)


# Training


class Halves(Backbone):
    """A map of the mean brightness of 4 x 4 px: it shows where an object is."""

    dim = 1

    def __init__(self) -> None:
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(()))

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        return torch.nn.functional.avg_pool2d(images.mean(1, keepdim=True) * self.scale, images.shape[-1] // least)


def test_position_tells_left_from_right_and_brightness_alone_does_not() -> None:
    task = Segmentation("segmentation", CONFIG, world_with_maps(60), budget=3200)
    with_position, without = task.run(Pixels()), task.run(Halves())
    figures = [overlap(result.test.counts, task.background) for result in (with_position, without)]
    assert figures[0].mean > figures[1].mean + 0.2
    assert figures[1].iou[0] > 0.7  # the background is dark
    assert with_position.validation == max(with_position.tried.values()) == with_position.tried[with_position.rate]
    assert list(with_position.tried) == list(DENSE["segmentation"].rates)


def test_a_tuned_encoder_is_a_copy_and_a_frozen_one_is_not_changed() -> None:
    encoder = Halves()
    tuned = Segmentation("segmentation_tuned", CONFIG, world_with_maps(40))
    copy, _, finite = tuned.train(encoder, 0.003, steps=3)
    assert finite
    assert copy is not encoder
    assert float(copy.scale.detach()) != 1.0  # type: ignore[arg-type, operator, union-attr]
    assert float(encoder.scale.detach()) == 1.0
    same, _, _ = Segmentation("segmentation", CONFIG, world_with_maps(40)).train(encoder, 0.003, steps=2)
    assert same is encoder
    assert float(encoder.scale.detach()) == 1.0


def test_a_mirrored_image_has_a_mirrored_truth() -> None:
    """The logits of a head that knows the maps are right for mirrored images alone if the truth is mirrored with them."""
    task = Segmentation("segmentation", CONFIG, world_with_maps(40))
    images = task.index[:4]
    truth = torch.nn.functional.one_hot(task.truth(images).clamp_max(2), 3).permute(0, 3, 1, 2).float() * 50
    head, flipped = torch.nn.Identity(), torch.tensor([True, False, True, False])
    mirrored = torch.where(flipped.view(-1, 1, 1, 1), truth.flip(3), truth)
    assert float(task.loss(head, mirrored, images, flipped)) < 1e-6 < float(task.loss(head, truth, images, flipped))


# The task


def test_a_run_is_measured_and_kept_with_pictures(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_with_maps()
    world = replace(world, labels=world.labels * 0 - 1, classes=())  # no class labels are needed
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: world)
    shares = list[float]()
    result = evaluate(folder, parts=("segmentation_10",), budget=300, progress=lambda share, text="": shares.append(share))
    assert list(result.figures) == ["segmentation_10_miou", "segmentation_10_objects", "segmentation_10_pixels"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    figure = result.figures["segmentation_10_miou"]
    assert set(figure.by_class) == set(figure.untrained_by_class) == {"background", "left", "right"}
    assert figure.trained == pytest.approx(float(np.mean(list(figure.by_class.values()))))
    assert figure.error is not None
    assert 0 <= figure.baselines["pixels"] <= 1
    assert figure.labels == round(0.1 * len(world.splits["train"]))
    stored = read_evaluation(folder)
    assert stored is not None
    assert stored.at(None) == result.figures
    pictures = read_predictions(predictions_path(folder, "segmentation_10", None))
    assert pictures is not None
    assert pictures.segmented is not None
    assert world.class_maps is not None
    test = world.splits["test"]
    shown = test if len(test) <= 6 else test[np.linspace(0, len(test) - 1, 6).astype(int)]
    assert np.array_equal(pictures.segmented.truth, world.class_maps.values[shown])
    assert np.array_equal(pictures.images, world.images[shown])
    # The encoder of this run is the untrained one.
    assert np.array_equal(pictures.segmented.trained, pictures.segmented.untrained)
    assert figure.trained == figure.untrained


def test_figures_of_older_versions_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: world_with_maps())
    evaluate(folder, parts=("knn",))
    path = folder / "evaluation.json"
    values = json.loads(path.read_text())
    for figure in values["figures"]["last"]:
        for key in ("error", "untrained_error", "by_class", "untrained_by_class", "baselines"):
            del figure[key]
    path.write_text(json.dumps(values))
    stored = read_evaluation(folder)
    assert stored is not None
    assert stored.at(None)["knn"].error is None


def test_the_estimate_says_what_the_data_allow(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_with_maps()
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: replace(world, labels=world.labels * 0 - 1, classes=()))
    known = estimate(folder)
    assert known.able == {"segmentation", "segmentation_10", "segmentation_tuned", "segmentation_tuned_10"}
    assert known.seconds(("segmentation_tuned",)) > 0
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: replace(world, class_maps=None))
    assert estimate(folder).able == {
        "knn", "linear", "image_retrieval", "zero_shot", "finetune_1", "finetune_10", "finetune_100",
    }  # fmt: skip


def test_data_without_class_maps_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: replace(world_with_maps(), class_maps=None))
    with pytest.raises(ConfigError, match=r"data\.source must be a set with class maps, which Segmentation needs"):
        evaluate(folder, parts=("segmentation",))
