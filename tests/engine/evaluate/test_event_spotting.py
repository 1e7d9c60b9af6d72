"""Event spotting: detections and their precision by hand, the moments of bounces by the rendered paths, and the task on a run."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.config.errors import ConfigError
from engine.data.moving_shapes import FRAMES, MOTIONS, draw, factors, path
from engine.evaluate.protocol import evaluate
from engine.evaluate.task_table import task
from engine.evaluate.tasks.event_spotting import chance, detections, precision_of, scores_of, with_neighbours
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train


def test_detections_by_hand() -> None:
    scores = np.array([[0.1, 0.9, 0.8, 0.2, 0.7], [0.3, 0.2, 0.1, 0.0, 0.4]])
    truth = np.zeros((2, 5), bool)
    truth[0, 2] = True
    clips, values, hits = detections(scores, truth, 1)
    # Of 0.9 and 0.8 the first is left, and 0.7; of the other clip 0.4, 0.3 and what is no neighbour of them.
    assert list(zip(clips.tolist(), values.tolist(), hits.tolist(), strict=True)) == [
        (0, 0.9, True), (0, 0.7, False), (1, 0.4, False), (1, 0.3, False), (1, 0.1, False),
    ]  # fmt: skip
    assert precision_of(scores, truth, 1).value == 1.0
    assert precision_of(scores, truth, 0).value == 0.0  # the detection at the very frame is suppressed by its neighbour
    truth[1, 0] = True
    # In falling order: right, wrong, wrong, right: precision 1 and 2 / 4, each for half of the events.
    assert precision_of(scores, truth, 1).value == pytest.approx(0.5 * 1 + 0.5 * 2 / 4)


def test_an_event_is_counted_once() -> None:
    scores, truth = np.array([[0.9, 0.0, 0.8, 0.1]]), np.array([[False, True, False, False]])
    assert detections(scores, truth, 1)[2].tolist() == [True, False]


def test_chance_is_the_mean_over_orders() -> None:
    truth = np.array([[False, True, False], [False, False, False]])
    orders = [np.array(order, float).reshape(2, 3) for order in permutations(range(6))]
    wanted = np.mean([precision_of(scores, truth, 1, errors=False).value for scores in orders])
    assert chance(truth, 1) == pytest.approx(wanted, abs=0.12)
    assert chance(truth, 0) < chance(truth, 1) < 1


def test_the_bounce_is_where_the_shape_is_lowest() -> None:
    drawn = draw(3, np.arange(400))
    moment = factors(drawn)["bounce"]
    bounces = drawn.motion == MOTIONS.index("bounce")
    assert np.array_equal(np.isfinite(moment.values), bounces)
    assert moment.moment
    fine = np.linspace(0, FRAMES - 1, 701)
    lowest = fine[path(drawn.take(np.flatnonzero(bounces)), fine).y.argmax(1)]
    assert np.abs(moment.values[bounces] - lowest).max() <= 0.011


def test_neighbours_are_those_before_and_after() -> None:
    features = torch.arange(4.0).view(1, 4, 1)
    assert with_neighbours(features)[0].tolist() == [[0, 0, 1], [0, 1, 2], [1, 2, 3], [2, 3, 3]]


def test_features_that_turn_at_the_event_spot_it_and_noise_does_not() -> None:
    generator = torch.Generator().manual_seed(0)
    moment = torch.randint(1, 7, (240,), generator=generator)
    truth = np.zeros((240, 8), bool)
    truth[np.arange(0, 240, 3), moment[::3]] = True
    at = torch.from_numpy(truth).float()
    known = torch.stack([at + 0.1 * torch.randn(240, 8, generator=generator), torch.randn(240, 8, generator=generator)], dim=2)
    index = {name: np.arange(80 * k, 80 * k + 80) for k, name in enumerate(("train", "validation", "test"))}
    events = {name: truth[rows] for name, rows in index.items()}
    spotted = scores_of(lambda rows, report: known[torch.from_numpy(rows)], index, events)
    assert precision_of(spotted, events["test"], 0).value > 0.95
    noise = torch.randn(240, 8, 4, generator=generator)
    missed = scores_of(lambda rows, report: noise[torch.from_numpy(rows)], index, events)
    level = chance(events["test"], 0)
    assert abs(precision_of(missed, events["test"], 0).value - level) < 0.12


def run_of(folder: Path, count: int) -> Path:
    config = resolve(
        {
            "method": "simclr",
            "data": {"source": "moving_shapes", "count": count, "size": 8, "validation": 0.3, "test": 0.3, "root": str(folder)},
            "train": {"batch": 8, "steps": 1, "device": "cpu", "precision": "fp32", "threads": 1, "keep": 0},
            "monitor": {"embed_images": 0, "knn_every": 1000, "pictures": False},
        }
    )
    assert train(config, lambda event: None, Control(), folder / "run").state == "finished"
    return folder / "run"


def test_the_task_on_a_run(tmp_path: Path) -> None:
    figures = evaluate(run_of(tmp_path, 700), parts=["event_spotting"]).figures
    assert tuple(figures) == task("event_spotting").figures
    near, exact = figures["events_ap_1"], figures["events_ap_0"]
    for figure in (near, exact):
        assert set(figure.baselines) == {"chance", "pixels"}
        assert 0 <= figure.trained <= 1
        assert figure.error is not None
        assert figure.error > 0
    assert near.trained >= exact.trained
    assert near.baselines["chance"] < 0.15


def test_too_few_events_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"at least 5 clips with an event in each split, which Event spotting needs.*data\.count"):
        evaluate(run_of(tmp_path, 60), parts=["event_spotting"])
