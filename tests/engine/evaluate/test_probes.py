"""Factor probes on known cases: features equal to the factor, noise, scikit-learn, and the coverage of intervals."""

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


def factor_features(factors: list[Target]) -> np.ndarray:
    """Features that contain the factors: one column per class, the number, cosine and sine, the vector."""
    parts = [np.eye(5)[factors[0].values], *(target.columns() for target in factors[1:])]
    return np.concatenate(parts, axis=1).astype(np.float32)


def readings(features: np.ndarray, factors: list[Target]) -> dict[str, Reading]:
    marks = fit_probes(features, factors, CUT)
    resamples = Resamples.of(400, 0)
    return {name: resamples.reading(mark) for name, mark in marks.items()}


def test_features_that_contain_the_factor_have_a_score_near_1() -> None:
    rng = np.random.default_rng(0)
    factors = targets(rng)
    features = np.concatenate([factor_features(factors), rng.normal(size=(N, 8)).astype(np.float32)], axis=1)
    # Also rotated and scaled, which a linear probe is invariant to.
    mixed = features @ rng.normal(size=(features.shape[1], features.shape[1])).astype(np.float32)
    for rows in (features, mixed):
        for name, reading in readings(rows, factors).items():
            assert reading.kept > 0.97, name
            assert reading.kept_low > KEPT


def test_noise_has_a_score_near_0() -> None:
    rng = np.random.default_rng(1)
    factors = targets(rng)
    for name, reading in readings(rng.normal(size=(N, 16)).astype(np.float32), factors).items():
        assert reading.kept < 0.08, name
        assert reading.kept_low == 0.0, name
        assert reading.kept_high < DISCARDED


def test_constant_dimensions_do_not_break_the_probes() -> None:
    rng = np.random.default_rng(2)
    factors = targets(rng)
    features = np.concatenate([factor_features(factors), np.full((N, 2), 7.0, np.float32)], axis=1)
    assert all(reading.kept > 0.97 for reading in readings(features, factors).values())
    assert all(reading.kept < 0.1 for reading in readings(np.ones((N, 4), np.float32), factors).values())


@pytest.mark.parametrize(("rows", "dims"), [(200, 12), (40, 90)])
def test_ridge_equals_scikit_learn_s(rows: int, dims: int) -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(rows + 60, dims)) * rng.uniform(0.1, 9, dims) + 4
    y = x @ rng.normal(size=(dims, 3)) + rng.normal(size=(rows + 60, 3))
    tx, ty = torch.from_numpy(x), torch.from_numpy(y)
    ridge = fit_ridge(tx[:rows], ty[:rows], tx[rows:], ty[rows:])
    mean, scale = x[:rows].mean(0), x[:rows].std(0)
    for column, l2 in enumerate(ridge.l2):
        theirs = SkRidge(alpha=rows * l2).fit((x[:rows] - mean) / scale, y[:rows, column])
        expected = theirs.predict((x[rows:] - mean) / scale)
        assert ridge.predict(tx[rows:])[:, column].numpy() == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_the_strength_is_the_best_on_validation_rows() -> None:
    rng = np.random.default_rng(4)
    x, noise = rng.normal(size=(120, 60)), rng.normal(size=(120, 1)) * 20
    y = x[:, :1] + noise
    grid = (100.0, 1.0, 1e-4)
    tx, ty = torch.from_numpy(x), torch.from_numpy(y)
    ridge = fit_ridge(tx[:80], ty[:80], tx[80:], ty[80:], grid=grid)
    errors = {}
    for l2 in grid:
        alone = fit_ridge(tx[:80], ty[:80], tx[80:], ty[80:], grid=(l2,))
        errors[l2] = float((alone.predict(tx[80:]) - ty[80:]).square().sum())
    assert ridge.l2 == (min(errors, key=errors.__getitem__),)


def test_an_angle_is_probed_by_cosine_and_sine() -> None:
    """Features of the direction predict angles on both sides of 0 well; the number of degrees is not continuous there."""
    rng = np.random.default_rng(5)
    degrees = np.where(rng.random(N) < 0.5, rng.uniform(0, 20, N), rng.uniform(340, 360, N))
    turn = np.deg2rad(degrees)
    features = np.stack([np.cos(turn), np.sin(turn)], axis=1).astype(np.float32)
    scores = readings(features, [Target("turn", "known", "angle", degrees), Target("degrees", "known", "number", degrees)])
    assert scores["turn"].score > 0.99
    assert scores["turn"].score > scores["degrees"].score


def test_scores_equal_their_formulas() -> None:
    rng = np.random.default_rng(6)
    truth, predicted = rng.normal(size=(50, 2)), rng.normal(size=(50, 2))
    marks = ProbeScores(np.square(predicted - truth).sum(1), truth, 0.0, np.arange(50))
    r2 = 1 - np.square(predicted - truth).sum() / np.square(truth - truth.mean(0)).sum()
    assert marks.scores(np.ones((1, 50)))[0] == pytest.approx(r2)
    counts = np.zeros((1, 50))
    counts[0, :10] = 2
    part = slice(0, 10)
    expected = 1 - np.square(predicted - truth)[part].sum() / np.square(truth[part] - truth[part].mean(0)).sum()
    assert marks.scores(counts)[0] == pytest.approx(expected)
    right = ProbeScores(np.array([0.0, 1, 0, 0]), np.zeros((4, 0)), 0.25, np.arange(4))
    assert right.scores(np.ones((1, 4)))[0] == 0.75
    assert right.kept(np.ones((1, 4)))[0] == pytest.approx((0.75 - 0.25) / 0.75)


def test_the_coverage_of_intervals_is_about_95_percent() -> None:
    """A probe with an accuracy of .7: over many test sets the interval contains .7 in about 95 %."""
    rng = np.random.default_rng(7)
    held = 0
    for trial in range(300):
        wrong = (rng.random(200) < 0.3).astype(np.float64)
        marks = ProbeScores(wrong, np.zeros((200, 0)), 0.0, np.arange(200))
        low, high = interval(marks.scores(Resamples.of(200, trial, 300).counts))
        held += low <= 0.7 <= high
    assert 0.90 <= held / 300 <= 0.985


def test_differences_are_paired() -> None:
    """Two probes with errors on nearly the same rows differ significantly though their intervals overlap."""
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


def test_rows_without_a_value_are_left_out() -> None:
    rng = np.random.default_rng(9)
    values, valid = rng.normal(size=N), rng.random(N) < 0.5
    features = np.where(valid, values, rng.normal(size=N) * 50)[:, None].astype(np.float32)
    target = Target("part", "drawn", "number", values, valid)
    marks = fit_probes(features, [target], CUT)["part"]
    assert len(marks.error) == int(valid[CUT.test].sum())
    assert Resamples.of(400, 0).reading(marks).score > 0.99
    labels = rng.integers(0, 3, N)
    labels[::3] = -1
    known = fit_probes(np.eye(4, dtype=np.float32)[labels], [Target("class", "known", "category", labels)], CUT)["class"]
    assert len(known.error) == int((labels[CUT.test] >= 0).sum())
    assert known.error.sum() == 0


def test_targets_that_cannot_be_probed_raise_an_error() -> None:
    assert not Target("one", "known", "number", np.ones(N)).can_be_probed(CUT)
    few = np.full(N, -1)
    few[:700] = np.arange(700) % 2
    assert not Target("class", "known", "category", few).can_be_probed(CUT)
    assert Target("class", "known", "category", np.arange(N) % 2).can_be_probed(CUT)


def reading(kept: float, low: float, high: float) -> Reading:
    return Reading(kept, low, high, kept, low, high)


def test_verdicts_use_intervals_and_references() -> None:
    much, little = reading(0.6, 0.55, 0.65), reading(0.05, 0, 0.1)
    assert verdict(reading(0.6, 0.51, 0.7), [little]) == "kept"
    assert verdict(reading(0.6, 0.49, 0.7), [much]) == "partly"
    assert verdict(reading(0.1, 0.05, 0.19), [little, much]) == "discarded"
    assert verdict(reading(0.1, 0.05, 0.19), [little]) == "unreadable"
    assert verdict(reading(0.1, 0.05, 0.21), [much]) == "partly"


def test_the_untrained_encoder_s_score_is_a_reference() -> None:
    rng = np.random.default_rng(10)
    factors = targets(rng)[1:2]
    good, bad = factor_features(targets(np.random.default_rng(10))), rng.normal(size=(N, 4)).astype(np.float32)
    resamples, pixels = Resamples.of(400, 0), {"size": reading(0.0, 0.0, 0.05)}
    before, after = fit_probes(good, factors, CUT), fit_probes(bad, factors, CUT)
    assert with_verdicts(after, resamples, before, pixels)["size"].verdict == "discarded"
    assert with_verdicts(after, resamples, after, pixels)["size"].verdict == "unreadable"
    assert with_verdicts(after, resamples, before, pixels)["size"].removed
    assert with_verdicts(before, resamples, None, pixels)["size"].verdict == "kept"


def test_probes_are_repeatable() -> None:
    factors = targets(np.random.default_rng(11))
    features = factor_features(factors)
    assert readings(features, factors) == readings(features, factors)
