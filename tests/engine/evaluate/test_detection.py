"""Detection: where the detector's points lie, which boxes it is trained on, images without an object, a head that learns from maps
that show the objects, and the task on a run. The metric has tests of its own (test_coco_ap)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import engine.evaluate.encoder as encoder_module
from engine.backbones.backbone import Backbone
from engine.config.errors import ConfigError
from engine.config.run import MethodChoice, RunConfig, TrainConfig, ViewConfig, ViewsConfig
from engine.data.annotations import Boxes, boxes_of
from engine.data.dataset import Dataset
from engine.evaluate.coco_ap import average_precision
from engine.evaluate.dense_plan import annotated
from engine.evaluate.estimate import estimate
from engine.evaluate.predictions import predictions_path, read_predictions
from engine.evaluate.protocol import evaluate
from engine.evaluate.tasks.detection import Detection, Detector
from engine.methods.build_method import build_method
from engine.runs.evaluation import read_evaluation
from engine.runs.run_folder import create_folder
from tests.engine.embed.world import small_world

CONFIG = RunConfig(method=MethodChoice(id="simclr"), views=ViewsConfig(groups=(ViewConfig(size=16),)), train=TrainConfig(seed=5))
NAMES = ("bright", "dim")


def world_with_boxes(images: int = 120) -> Dataset:
    """Dark images of 16 px, each with a square of 6 px of one of two brightnesses; every fifth shows none."""
    world, draw = small_world(images=images, size=16), np.random.default_rng(0)
    pixels, boxes = np.full_like(np.asarray(world.images), 20), list[list[tuple[float, float, float, float, int]]]()
    for image in range(images):
        x, y = draw.integers(0, 11, 2)
        name = image % 2
        boxes.append([] if image % 5 == 0 else [(x / 16, y / 16, (x + 6) / 16, (y + 6) / 16, name)])
        if image % 5:
            pixels[image, :, y : y + 6, x : x + 6] = (250, 120)[name]
    mean, std = np.full(3, 0.5, np.float32), np.full(3, 0.25, np.float32)
    return replace(world, images=pixels, boxes=boxes_of(boxes, NAMES), mean=mean, std=std)


def with_boxes(world: Dataset, boxes: Boxes) -> Dataset:
    return replace(world, boxes=boxes)


class Brightness(Backbone):
    """The pixels of each cell of a map of 8 x 8 as channels: nothing is lost."""

    dim = 4

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        return nn.functional.pixel_unshuffle(images.mean(1, keepdim=True) * self.scale, images.shape[-1] // least)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = create_folder(tmp_path / "runs", CONFIG)
    torch.save({"step": 3, "epoch": 1, "method": build_method(CONFIG).state_dict()}, folder / "checkpoints" / "last.pt")
    return folder


# The detector


def test_points_lie_in_the_middle_of_their_cells_row_by_row() -> None:
    points = Detector(4, 2, 16).points(2, torch.device("cpu"))
    assert points.tolist() == [[0, 0, 8, 8], [8, 0, 16, 8], [0, 8, 8, 16], [8, 8, 16, 16]]


def test_the_boxes_of_a_head_are_distances_from_the_middle_of_the_cell_in_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = Detector(4, 2, 16).eval()
    logits, distances = torch.full((1, 4, 2), -20.0), torch.zeros(1, 4, 4)
    logits[0, 1, 1], distances[0, 1] = 20.0, torch.tensor([0.5, 0.25, 0.25, 1.0])  # the cell in the upper right, class 1
    output = {"cls_logits": logits, "bbox_regression": distances, "bbox_ctrness": torch.full((1, 4, 1), 20.0)}
    monkeypatch.setattr(detector.fcos.head, "forward", lambda maps: output)
    (rows,) = detector.boxes(torch.zeros(1, 4, 2, 2))
    assert rows["boxes"].tolist() == [[8, 2, 14, 12]]
    assert rows["labels"].tolist() == [1]


def test_images_without_an_object_and_objects_between_points_have_a_finite_loss() -> None:
    detector = Detector(4, 2, 16).train()
    none = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.long)}
    pixel = {"boxes": torch.tensor([[15.0, 15, 16, 16]]), "labels": torch.tensor([1])}
    edge = {"boxes": torch.tensor([[0.0, 0, 16, 3]]), "labels": torch.tensor([0])}
    for targets in ([none, none], [pixel, none], [edge, pixel]):
        loss = detector.loss(torch.randn(2, 4, 8, 8), targets)
        loss.backward()
        assert torch.isfinite(loss)
        assert all(torch.isfinite(weight.grad).all() for weight in detector.parameters() if weight.grad is not None)


@pytest.mark.parametrize(("side", "cells"), [(16, 8), (64, 8), (96, 12), (224, 16)])
def test_the_map_has_8_to_16_cells_a_side(side: int, cells: int) -> None:
    config = CONFIG.model_copy(update={"views": ViewsConfig(groups=(ViewConfig(size=side),))})
    assert Detection("detection", config, world_with_boxes(40)).least == cells


# Targets


def test_targets_are_mirrored_with_the_image_and_leave_out_crowds_and_boxes_without_an_area() -> None:
    world = world_with_boxes(40)
    rows = [(0.0, 0.25, 0.5, 1.0, 1), (0.5, 0.5, 0.5, 0.75, 0), (0.1, 0.1, 0.9, 0.9, 0)]
    boxes = boxes_of([rows] * 40, NAMES, crowd=[False, False, True] * 40)
    task = Detection("detection", CONFIG, with_boxes(world, boxes))
    plain, mirrored = task.targets(np.array([3, 3]), [False, True])
    assert plain["boxes"].tolist() == [[0, 4, 8, 16]]
    assert mirrored["boxes"].tolist() == [[8, 4, 16, 16]]
    assert plain["labels"].tolist() == mirrored["labels"].tolist() == [1]


def test_images_that_were_not_annotated_are_left_out_and_those_without_an_object_are_not() -> None:
    world = world_with_boxes(40)
    assert world.boxes is not None
    known = world.boxes.known.copy()
    known[world.splits["train"][:2]] = False
    world = with_boxes(world, replace(world.boxes, known=known))
    assert annotated(world, "boxes")["train"].tolist() == world.splits["train"][2:].tolist()
    assert 0 in annotated(world, "boxes")["train"] or any(0 in index for index in world.splits.values())


# Training


def test_a_head_finds_squares_of_two_brightnesses_and_nothing_in_empty_images() -> None:
    task = Detection("detection", CONFIG, world_with_boxes())
    encoder, index = Brightness(), task.splits["test"]
    _, head, _ = task.train(encoder, 0.01, steps=120)
    with torch.no_grad():
        boxes = task.predict(head, iter([(index, task.encoded(encoder, index))]), index)
    truth = task.truth.take(index)
    assert average_precision(truth, boxes, 16, errors=False).ap50 > 0.6
    empty = [image for image in range(len(truth)) if truth.starts[image] == truth.starts[image + 1]]
    assert boxes.scores[np.isin(boxes.image, empty)].max(initial=0) < 0.5
    assert boxes.corners.min() >= 0
    assert boxes.corners.max() <= 1


def test_a_tuned_encoder_is_a_copy_and_a_frozen_one_is_not_changed() -> None:
    encoder = Brightness()
    for part, tuned in (("detection_tuned", True), ("detection", False)):
        other, _, finite = Detection(part, CONFIG, world_with_boxes(40)).train(encoder, 0.003, steps=2)
        assert finite
        assert (other is not encoder) == tuned
        assert float(encoder.scale.detach()) == 1.0
        assert (float(other.scale.detach()) != 1.0) == tuned  # type: ignore[arg-type, operator, union-attr]


# The task


def test_a_run_is_measured_and_kept_with_pictures(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_with_boxes()
    world = replace(world, labels=world.labels * 0 - 1, classes=())  # no class labels are needed
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: world)
    shares = list[float]()
    result = evaluate(folder, parts=("detection_10",), budget=200, progress=lambda share, text="": shares.append(share))
    assert list(result.figures) == [f"detection_10_{kind}" for kind in ("ap", "ap50", "ap75", "ar")]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    figure = result.figures["detection_10_ap"]
    assert set(figure.by_class) == set(NAMES)
    assert figure.trained == pytest.approx(float(np.mean(list(figure.by_class.values()))))
    assert figure.error is not None
    assert figure.labels == round(0.1 * len(world.splits["train"]))
    assert figure.trained == figure.untrained  # the encoder of this run is the untrained one
    stored = read_evaluation(folder)
    assert stored is not None
    assert stored.at(None) == result.figures
    pictures = read_predictions(predictions_path(folder, "detection_10", None))
    assert pictures is not None
    assert pictures.detected is not None
    test = world.splits["test"]
    shown = test if len(test) <= 6 else test[np.linspace(0, len(test) - 1, 6).astype(int)]
    assert np.array_equal(pictures.images, world.images[shown])
    assert world.boxes is not None
    expected = [world.boxes.corners[world.boxes.rows(image)] for image in shown.tolist()]
    np.testing.assert_array_equal(pictures.detected.truth.corners, np.concatenate(expected))
    assert pictures.detected.truth.image.tolist() == [n for n, rows in enumerate(expected) for _ in rows]


def test_the_estimate_knows_how_long_each_part_takes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: replace(world_with_boxes(), labels=np.full(120, -1), classes=()))
    known = estimate(folder)
    parts = {"detection", "detection_10", "detection_tuned", "detection_tuned_10"}
    assert parts <= known.able
    assert not known.able & {"linear", "segmentation"}
    assert all(known.seconds((part,)) > 0 for part in parts)


def test_data_without_boxes_and_a_split_without_an_object_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_with_boxes(40)
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: replace(world, boxes=None))
    with pytest.raises(ConfigError, match=r"data\.source must be a set with boxes, which Detection needs"):
        evaluate(folder, parts=("detection",))
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: with_boxes(world, boxes_of([[]] * 40, NAMES)))
    with pytest.raises(ConfigError, match=r"data\.source must be a set with a box in its train images"):
        evaluate(folder, parts=("detection",))
