"""Average precision of boxes as COCO measures it (cocodataset.org/#detection-eval), by faster-coco-eval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.annotations import Boxes, BoxRows
from engine.data.dataset import Index

MOST = 100  # boxes of an image that count, those with the highest scores
RESAMPLES = 30
KINDS = ("ap", "ap50", "ap75", "ar")


@dataclass(frozen=True)
class Precision:
    """`ap`: mean over IoU thresholds .50 to .95 and classes that occur; `ap50`, `ap75`: at one threshold; `ar`: recall of at most
    100 boxes an image, mean over thresholds and classes. 0 to 1; 0 where no object is there. `by_class` (K,): `ap` of each class,
    NaN where it does not occur. `errors`: standard errors of the four."""

    ap: float
    ap50: float
    ap75: float
    ar: float
    by_class: npt.NDArray[np.float64]
    errors: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)


def average_precision(truth: Boxes, predicted: BoxRows, side: int, errors: bool = True) -> Precision:
    """The figures of predicted boxes in the n images of `truth`. `predicted.image`: from 0 to n - 1. `side`: of an image, in px;
    the figures do not depend on it. Boxes in crowds count neither as hits nor as misses; an image without an object counts, with
    whatever is predicted in it. Errors: bootstrap over images."""
    images = len(truth)
    ordered = predicted.image.argsort(kind="stable")
    starts = np.searchsorted(predicted.image[ordered], np.arange(images + 1))
    rows = [ordered[starts[image] : starts[image + 1]] for image in range(images)]
    ap, by_class = _figures(truth, predicted, rows, np.arange(images), side)
    if not errors:
        return Precision(*ap, by_class)
    draw = np.random.Generator(np.random.PCG64(0))
    resampled = [_figures(truth, predicted, rows, draw.integers(0, images, images), side)[0] for _ in range(RESAMPLES)]
    return Precision(*ap, by_class, tuple(np.std(resampled, axis=0).tolist()))


def _figures(
    truth: Boxes, predicted: BoxRows, rows: Sequence[npt.NDArray[np.int64]], chosen: Index, side: int
) -> tuple[tuple[float, float, float, float], npt.NDArray[np.float64]]:
    from faster_coco_eval import COCO, COCOeval_faster

    categories = [{"id": number + 1, "name": name} for number, name in enumerate(truth.names)]
    annotations: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for number, image in enumerate(chosen.tolist(), start=1):
        of_image = truth.rows(image)
        columns = (truth.corners[of_image], truth.classes[of_image], truth.crowd[of_image])
        for corners, name, crowd in zip(*(column.tolist() for column in columns), strict=True):
            box = _xywh(corners, side)
            entry = {"id": len(annotations) + 1, "image_id": number, "category_id": name + 1, "bbox": box}
            annotations.append({**entry, "area": box[2] * box[3], "iscrowd": int(crowd)})
        at = rows[image]
        columns = (predicted.corners[at], predicted.classes[at], predicted.scores[at])
        for corners, name, score in zip(*(column.tolist() for column in columns), strict=True):
            results.append({"image_id": number, "category_id": name + 1, "bbox": _xywh(corners, side), "score": score})
    nothing = (0.0, 0.0, 0.0, 0.0), np.full(len(truth.names), np.nan)
    if not any(not entry["iscrowd"] for entry in annotations):
        return nothing
    if not results:
        occurs = np.isin(np.arange(len(truth.names)), [entry["category_id"] - 1 for entry in annotations if not entry["iscrowd"]])
        return nothing[0], np.where(occurs, 0.0, np.nan)
    images = [{"id": number, "height": side, "width": side} for number in range(1, len(chosen) + 1)]
    target = COCO({"images": images, "categories": categories, "annotations": annotations})
    evaluation = COCOeval_faster(target, target.loadRes(results), "bbox", print_function=_no_text)
    evaluation.params.maxDets = [MOST]
    evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e10]], ["all"]
    evaluation.evaluate()
    evaluation.accumulate()
    precision = np.asarray(evaluation.eval["precision"])[:, :, :, 0, 0]  # thresholds, recalls, classes; -1: no box
    recall = np.asarray(evaluation.eval["recall"])[:, :, 0, 0]  # thresholds, classes
    occurs = precision[0, 0] > -1
    each = precision.mean(1)[:, occurs]  # thresholds, classes
    by_class = np.full(len(truth.names), np.nan)
    by_class[occurs] = each.mean(0)
    figures = (float(each.mean()), float(each[0].mean()), float(each[5].mean()), float(recall[:, occurs].mean()))
    return figures, by_class


def _xywh(corners: Sequence[float], side: int) -> list[float]:
    x0, y0, x1, y1 = (side * value for value in corners)
    return [x0, y0, x1 - x0, y1 - y0]


def _no_text(*_: object) -> None:
    pass
