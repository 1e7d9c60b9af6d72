"""COCO's average precision: hand-made cases, a naive loop over the protocol, and torchmetrics."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.annotations import Boxes, BoxRows, boxes_of
from engine.evaluate.coco_ap import average_precision

SIDE = 64
THRESHOLDS = [0.5 + 0.05 * number for number in range(10)]


def predicted(*rows: tuple[int, tuple[float, float, float, float], int, float]) -> BoxRows:
    return BoxRows(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.float32).reshape(-1, 4),
        np.array([row[2] for row in rows], np.int64),
        np.array([row[3] for row in rows], np.float32),
    )


BOX = (0.25, 0.25, 0.5, 0.75)


def test_a_box_predicted_exactly_is_1_and_one_of_iou_three_fifths_counts_at_three_of_ten_thresholds() -> None:
    truth = boxes_of([[(*BOX, 0)]], ("cat",))
    exact = average_precision(truth, predicted((0, BOX, 0, 0.3)), SIDE)
    assert (exact.ap, exact.ap50, exact.ap75, exact.ar) == (1, 1, 1, 1)
    assert exact.errors == (0, 0, 0, 0)  # every resample is the same image
    # Five eighths of the height: IoU .625, above .50, .55 and .60.
    low = average_precision(truth, predicted((0, (0.25, 0.25, 0.5, 0.5625), 0, 0.3)), SIDE)
    assert (low.ap, low.ap50, low.ap75, low.ar) == (pytest.approx(0.3), 1, 0, pytest.approx(0.3))


def test_a_wrong_box_with_a_higher_score_halves_the_precision_also_in_an_image_without_an_object() -> None:
    truth = boxes_of([[(*BOX, 0)], []], ("cat",))
    same = average_precision(truth, predicted((0, BOX, 0, 0.3), (0, (0.0, 0.0, 0.1, 0.1), 0, 0.9)), SIDE)
    other = average_precision(truth, predicted((0, BOX, 0, 0.3), (1, (0.0, 0.0, 0.1, 0.1), 0, 0.9)), SIDE)
    lower = average_precision(truth, predicted((0, BOX, 0, 0.3), (1, (0.0, 0.0, 0.1, 0.1), 0, 0.1)), SIDE)
    assert (same.ap, other.ap, lower.ap) == (pytest.approx(0.5), pytest.approx(0.5), 1)


def test_a_class_that_does_not_occur_has_no_figure_and_is_not_in_the_mean() -> None:
    truth = boxes_of([[(*BOX, 0)], [(*BOX, 2)]], ("cat", "dog", "hen"))
    result = average_precision(truth, predicted((0, BOX, 0, 0.9), (0, BOX, 1, 0.9)), SIDE)
    np.testing.assert_array_equal(result.by_class, [1, np.nan, 0])
    assert result.ap == 0.5


def test_no_prediction_is_0_and_so_is_a_set_without_an_object() -> None:
    nothing = average_precision(boxes_of([[(*BOX, 0)], []], ("cat", "dog")), predicted(), SIDE)
    assert (nothing.ap, nothing.ar) == (0, 0)
    np.testing.assert_array_equal(nothing.by_class, [0, np.nan])
    empty = average_precision(boxes_of([[], []], ("cat",)), predicted((0, BOX, 0, 0.9)), SIDE)
    assert empty.ap == 0
    assert np.isnan(empty.by_class).all()


def test_a_box_in_a_crowd_is_neither_a_hit_nor_a_miss() -> None:
    truth = boxes_of([[(*BOX, 0), (0.5, 0.5, 1.0, 1.0, 0)]], ("cat",), crowd=[False, True])
    inside = ((0, (0.6, 0.6, 0.8, 0.8), 0, 0.9), (0, (0.6, 0.6, 0.9, 0.9), 0, 0.8))
    assert average_precision(truth, predicted(*inside, (0, BOX, 0, 0.3)), SIDE).ap == 1


def test_the_error_is_that_of_the_mean_over_images() -> None:
    # One object an image, and a quarter of them is predicted: the share among n has the deviation sqrt(.25 * .75 / n).
    images = 100
    truth = boxes_of([[(*BOX, 0)]] * images, ("cat",))
    rows = [(image, BOX, 0, 0.5) for image in range(0, images, 4)]
    result = average_precision(truth, predicted(*rows), SIDE)
    assert result.ar == pytest.approx(0.25)
    assert result.errors[3] == pytest.approx((0.25 * 0.75 / images) ** 0.5, rel=0.4)  # of 30 resamples


def random_set(images: int, classes: int) -> tuple[Boxes, BoxRows]:
    """Objects, a tenth of them crowds, some images without one; predictions near them, some of a wrong class or anywhere."""
    draw = np.random.default_rng(0)
    objects, crowd, rows = [], [], []
    for image in range(images):
        boxes = []
        for _ in range(draw.integers(0, 5)):
            x, y = draw.uniform(0, 0.7, 2)
            width, height = draw.uniform(0.15, 0.3, 2)
            name = int(draw.integers(classes))
            boxes.append((x, y, x + width, y + height, name))
            crowd.append(draw.random() < 0.1)
            for _ in range(draw.integers(0, 4)):
                corners = np.array([x, y, x + width, y + height]) + draw.normal(0, 0.02, 4)
                code = name if draw.random() < 0.7 else int(draw.integers(classes))
                rows.append((image, tuple(corners.tolist()), code, draw.random()))
        if draw.random() < 0.3:
            rows.append((image, (0.1, 0.1, 0.5, 0.5), 1, draw.random()))
        objects.append(boxes)
    return boxes_of(objects, tuple("abcdefgh"[:classes]), crowd), predicted(*rows)


def iou(box: np.ndarray, truth: np.ndarray, crowd: bool) -> float:
    width = min(box[2], truth[2]) - max(box[0], truth[0])
    height = min(box[3], truth[3]) - max(box[1], truth[1])
    common = max(width, 0) * max(height, 0)
    own, other = (box[2] - box[0]) * (box[3] - box[1]), (truth[2] - truth[0]) * (truth[3] - truth[1])
    return common / (own if crowd else own + other - common)


def naive(truth: Boxes, rows: BoxRows, name: int, threshold: float) -> tuple[float, float]:
    """Precision over 101 recalls and the recall, as the COCO page describes them, one box after the other."""
    hits, objects = [], 0
    for image in range(len(truth)):
        here = range(truth.starts[image], truth.starts[image + 1])
        of_class = [row for row in here if truth.classes[row] == name]
        objects += sum(not truth.crowd[row] for row in of_class)
        free = {row for row in of_class if not truth.crowd[row]}
        candidates = [row for row in range(len(rows.image)) if rows.image[row] == image and rows.classes[row] == name]
        for row in sorted(candidates, key=lambda row: -rows.scores[row]):
            overlaps = {other: iou(rows.corners[row] * 64.0, truth.corners[other] * 64.0, False) for other in free}
            best = max(overlaps, key=overlaps.__getitem__, default=None)
            if best is not None and overlaps[best] >= threshold:
                free.remove(best)
                hits.append((rows.scores[row], True))
            elif not any(
                truth.crowd[other] and iou(rows.corners[row] * 64.0, truth.corners[other] * 64.0, True) >= threshold
                for other in of_class
            ):
                hits.append((rows.scores[row], False))
    right = [hit for _, hit in sorted(hits, key=lambda entry: -entry[0])]
    recalls = np.cumsum(right) / objects
    precisions = np.cumsum(right) / (np.arange(len(right)) + 1)
    best_after = [
        max((p for p, r in zip(precisions, recalls, strict=True) if r >= level), default=0) for level in np.linspace(0, 1, 101)
    ]
    return float(np.mean(best_after)), float(recalls[-1])


def test_a_naive_loop_over_the_protocol_finds_the_same() -> None:
    truth, rows = random_set(images=30, classes=3)
    result = average_precision(truth, rows, SIDE, errors=False)
    table = np.array([[naive(truth, rows, name, threshold) for threshold in THRESHOLDS] for name in range(3)])
    np.testing.assert_allclose(result.by_class, table[:, :, 0].mean(1), atol=1e-9)
    measured = (result.ap, result.ap50, result.ap75, result.ar)
    expected = (table[:, :, 0].mean(), table[:, 0, 0].mean(), table[:, 5, 0].mean(), table[:, :, 1].mean())
    assert measured == pytest.approx(expected, abs=1e-9)


def test_torchmetrics_finds_the_same() -> None:
    import torch
    from torchmetrics.detection import MeanAveragePrecision

    truth, rows = random_set(images=100, classes=8)
    # Its own thresholds are float32, which moves boxes of an IoU near a threshold across it.
    metric = MeanAveragePrecision(
        backend="faster_coco_eval",
        class_metrics=True,
        iou_thresholds=np.linspace(0.5, 0.95, 10).tolist(),
        rec_thresholds=np.linspace(0, 1, 101).tolist(),
    )
    boxes, target = [], []
    for image in range(len(truth)):
        own, known = rows.image == image, truth.rows(image)
        boxes.append(
            {
                "boxes": torch.tensor(rows.corners[own] * SIDE),
                "scores": torch.tensor(rows.scores[own]),
                "labels": torch.tensor(rows.classes[own]),
            }
        )
        target.append(
            {
                "boxes": torch.tensor(truth.corners[known] * SIDE),
                "labels": torch.tensor(truth.classes[known]),
                "iscrowd": torch.tensor(truth.crowd[known].astype(int)),
            }
        )
    metric.update(boxes, target)
    expected = metric.compute()
    result = average_precision(truth, rows, SIDE, errors=False)
    assert result.ap > 0.1
    for value, key in ((result.ap, "map"), (result.ap50, "map_50"), (result.ap75, "map_75"), (result.ar, "mar_100")):
        assert value == pytest.approx(float(expected[key]), abs=1e-6)
    np.testing.assert_allclose(result.by_class, expected["map_per_class"].numpy(), atol=1e-6)
