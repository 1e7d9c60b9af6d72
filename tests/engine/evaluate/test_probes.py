"""Probes against what is known: a feature that is the factor, noise, scikit-learn, and how often an interval holds the truth."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge as SkRidge

from engine.evaluate.probes import Cut, ProbeScores, Resamples, Target, fit_probes, fit_ridge, interval, verdict, with_verdicts
from engine.runs.invariance_file import DISCARDED, KEPT, Reading

CUT = Cut(slice(0, 600), slice(600, 800), slice(800, 1200))
N = 1200


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def targets(rng: np.random.Generator) -> list[Target]:
    return [
        Target("class", "known", "category", rng.integers(0, 5, N)),
        Target("size", "known", "number", rng.normal(3, 0.2, N)),
        Target("turn", "known", "angle", rng.uniform(0, 360, N)),
        Target("colour", "picture", "vector", rng.normal(size=(N, 2))),
    ]


def spelled(asked: list[Target]) -> np.ndarray:
    """Features that are the factors: a column a class, the number, cosine and sine, the vector."""
    parts = [np.eye(5)[asked[0].values], *(target.columns() for target in asked[1:])]
    return np.concatenate(parts, axis=1).astype(np.float32)


def readings(features: np.ndarray, asked: list[Target]) -> dict[str, Reading]:
    marks = fit_probes(features, asked, CUT)
    resamples = Resamples.of(400, 0)
    return {name: resamples.reading(mark) for name, mark in marks.items()}


def test_a_feature_that_is_the_factor_gives_all_of_it() -> None:
    rng = np.random.default_rng(0)
    asked = targets(rng)
    features = np.concatenate([spelled(asked), rng.normal(size=(N, 8)).astype(np.float32)], axis=1)
    # Also turned and stretched: a straight probe asks nothing of the axes.
    mixed = features @ rng.normal(size=(features.shape[1], features.shape[1])).astype(np.float32)
    for rows in (features, mixed):
        for name, reading in readings(rows, asked).items():
            assert reading.kept > 0.97, name
            assert reading.kept_low > KEPT


def test_noise_gives_nothing() -> None:
    rng = np.random.default_rng(1)
    asked = targets(rng)
    for name, reading in readings(rng.normal(size=(N, 16)).astype(np.float32), asked).items():
        assert reading.kept < 0.08, name
        assert reading.kept_low == 0.0, name
        assert reading.kept_high < DISCARDED


def test_a_constant_and_a_dead_dimension_break_nothing() -> None:
    rng = np.random.default_rng(2)
    asked = targets(rng)
    features = np.concatenate([spelled(asked), np.full((N, 2), 7.0, np.float32)], axis=1)
    assert all(reading.kept > 0.97 for reading in readings(features, asked).values())
    assert all(reading.kept < 0.1 for reading in readings(np.ones((N, 4), np.float32), asked).values())


@pytest.mark.parametrize(("rows", "dims"), [(200, 12), (40, 90)])
def test_ridge_is_scikit_learn_s(rows: int, dims: int) -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(rows + 60, dims)) * rng.uniform(0.1, 9, dims) + 4
    y = x @ rng.normal(size=(dims, 3)) + rng.normal(size=(rows + 60, 3))
    tx, ty = torch.from_numpy(x), torch.from_numpy(y)
    found = fit_ridge(tx[:rows], ty[:rows], tx[rows:], ty[rows:])
    mean, scale = x[:rows].mean(0), x[:rows].std(0)
    for column, l2 in enumerate(found.l2):
        theirs = SkRidge(alpha=rows * l2).fit((x[:rows] - mean) / scale, y[:rows, column])
        expected = theirs.predict((x[rows:] - mean) / scale)
        assert found.predict(tx[rows:])[:, column].numpy() == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_the_strength_is_the_one_that_validation_likes_best() -> None:
    rng = np.random.default_rng(4)
    x, noise = rng.normal(size=(120, 60)), rng.normal(size=(120, 1)) * 20
    y = x[:, :1] + noise
    grid = (100.0, 1.0, 1e-4)
    tx, ty = torch.from_numpy(x), torch.from_numpy(y)
    found = fit_ridge(tx[:80], ty[:80], tx[80:], ty[80:], grid=grid)
    errors = {}
    for l2 in grid:
        alone = fit_ridge(tx[:80], ty[:80], tx[80:], ty[80:], grid=(l2,))
        errors[l2] = float((alone.predict(tx[80:]) - ty[80:]).square().sum())
    assert found.l2 == (min(errors, key=errors.__getitem__),)


def test_an_angle_is_round() -> None:
    """Features that hold the direction read angles on both sides of 0 alike; the number of degrees would not."""
    rng = np.random.default_rng(5)
    degrees = np.where(rng.random(N) < 0.5, rng.uniform(0, 20, N), rng.uniform(340, 360, N))
    turn = np.deg2rad(degrees)
    features = np.stack([np.cos(turn), np.sin(turn)], axis=1).astype(np.float32)
    found = readings(features, [Target("turn", "known", "angle", degrees), Target("degrees", "known", "number", degrees)])
    assert found["turn"].score > 0.99
    assert found["turn"].score > found["degrees"].score


def test_scores_are_what_they_are_called() -> None:
    rng = np.random.default_rng(6)
    truth, guess = rng.normal(size=(50, 2)), rng.normal(size=(50, 2))
    marks = ProbeScores(np.square(guess - truth).sum(1), truth, 0.0, np.arange(50))
    r2 = 1 - np.square(guess - truth).sum() / np.square(truth - truth.mean(0)).sum()
    assert marks.scores(np.ones((1, 50)))[0] == pytest.approx(r2)
    counts = np.zeros((1, 50))
    counts[0, :10] = 2
    part = slice(0, 10)
    expected = 1 - np.square(guess - truth)[part].sum() / np.square(truth[part] - truth[part].mean(0)).sum()
    assert marks.scores(counts)[0] == pytest.approx(expected)
    right = ProbeScores(np.array([0.0, 1, 0, 0]), np.zeros((4, 0)), 0.25, np.arange(4))
    assert right.scores(np.ones((1, 4)))[0] == 0.75
    assert right.kept(np.ones((1, 4)))[0] == pytest.approx((0.75 - 0.25) / 0.75)


def test_an_interval_of_95_percent_holds_the_truth_about_so_often() -> None:
    """Accuracy of a probe that is right seven times in ten: over many test sets the interval covers .7 in about 95 %."""
    rng = np.random.default_rng(7)
    held = 0
    for trial in range(300):
        wrong = (rng.random(200) < 0.3).astype(np.float64)
        marks = ProbeScores(wrong, np.zeros((200, 0)), 0.0, np.arange(200))
        low, high = interval(marks.scores(Resamples.of(200, trial, 300).counts))
        held += low <= 0.7 <= high
    assert 0.90 <= held / 300 <= 0.985


def test_differences_are_paired() -> None:
    """Two probes that err on nearly the same rows differ surely, though their intervals overlap."""
    rng = np.random.default_rng(8)
    before = (rng.random(400) < 0.5).astype(np.float64)
    after = before.copy()
    after[np.flatnonzero(before)[:20]] = 0
    one, two = (ProbeScores(wrong, np.zeros((400, 0)), 0.1, np.arange(400)) for wrong in (after, before))
    reading = Resamples.of(400, 0).reading(one, two)
    assert reading.gain == pytest.approx(20 / 400 / 0.9)
    assert 0 < reading.gain_low < reading.gain < reading.gain_high
    assert Resamples.of(400, 0).reading(two).kept_high > reading.kept_low
    assert reading.added
    assert not reading.removed


def test_rows_that_cannot_be_asked_are_left_out() -> None:
    rng = np.random.default_rng(9)
    values, asked = rng.normal(size=N), rng.random(N) < 0.5
    features = np.where(asked, values, rng.normal(size=N) * 50)[:, None].astype(np.float32)
    target = Target("part", "drawn", "number", values, asked)
    marks = fit_probes(features, [target], CUT)["part"]
    assert len(marks.error) == int(asked[CUT.test].sum())
    assert Resamples.of(400, 0).reading(marks).score > 0.99
    labels = rng.integers(0, 3, N)
    labels[::3] = -1
    known = fit_probes(np.eye(4, dtype=np.float32)[labels], [Target("class", "known", "category", labels)], CUT)["class"]
    assert len(known.error) == int((labels[CUT.test] >= 0).sum())
    assert known.error.sum() == 0


def test_what_cannot_be_asked_says_so() -> None:
    assert not Target("one", "known", "number", np.ones(N)).can_be_probed(CUT)
    few = np.full(N, -1)
    few[:700] = np.arange(700) % 2
    assert not Target("class", "known", "category", few).can_be_probed(CUT)
    assert Target("class", "known", "category", np.arange(N) % 2).can_be_probed(CUT)


def reading(kept: float, low: float, high: float) -> Reading:
    return Reading(kept, low, high, kept, low, high)


def test_verdicts_look_at_intervals_and_references() -> None:
    much, little = reading(0.6, 0.55, 0.65), reading(0.05, 0, 0.1)
    assert verdict(reading(0.6, 0.51, 0.7), [little]) == "kept"
    assert verdict(reading(0.6, 0.49, 0.7), [much]) == "partly"
    assert verdict(reading(0.1, 0.05, 0.19), [little, much]) == "discarded"
    assert verdict(reading(0.1, 0.05, 0.19), [little]) == "unreadable"
    assert verdict(reading(0.1, 0.05, 0.21), [much]) == "partly"


def test_what_the_untrained_encoder_read_is_a_reference() -> None:
    rng = np.random.default_rng(10)
    asked = targets(rng)[1:2]
    good, bad = spelled(targets(np.random.default_rng(10))), rng.normal(size=(N, 4)).astype(np.float32)
    resamples, pixels = Resamples.of(400, 0), {"size": reading(0.0, 0.0, 0.05)}
    before, after = fit_probes(good, asked, CUT), fit_probes(bad, asked, CUT)
    assert with_verdicts(after, resamples, before, pixels)["size"].verdict == "discarded"
    assert with_verdicts(after, resamples, after, pixels)["size"].verdict == "unreadable"
    assert with_verdicts(after, resamples, before, pixels)["size"].removed
    assert with_verdicts(before, resamples, None, pixels)["size"].verdict == "kept"


def test_the_same_again_is_the_same() -> None:
    asked = targets(np.random.default_rng(11))
    features = spelled(asked)
    assert readings(features, asked) == readings(features, asked)
