"""Multi-label and regression tasks: scikit-learn's average precision, logistic regression, ridge and R² as oracles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import average_precision_score, r2_score

import engine.evaluate.encoder as encoder_module
from engine.config.errors import ConfigError
from engine.config.run import MethodChoice, RunConfig, TrainConfig, ViewConfig, ViewsConfig
from engine.data.annotations import Boxes
from engine.data.dataset import NO_YES, Dataset, Factor
from engine.evaluate.estimate import estimate
from engine.evaluate.linear import fit_labels
from engine.evaluate.probes import RIDGE_GRID, ProbeScores
from engine.evaluate.protocol import evaluate
from engine.evaluate.target_scores import average_precision, multi_label, resamples, usable
from engine.evaluate.tasks.targets import _shares, mean_precision
from engine.methods.build_method import build_method
from engine.runs.evaluation import read_evaluation
from engine.runs.run_folder import create_folder
from tests.engine.embed.world import small_world


def test_average_precision_is_scikit_learn_s_with_ties_and_weights() -> None:
    # By hand: ranked yes, no, yes. Precision 1 at the first half of the recall and 2/3 at the second.
    assert average_precision(np.array([0.9, 0.5, 0.1]), np.array([True, False, True]), np.ones((1, 3)))[0] == pytest.approx(5 / 6)
    rng = np.random.default_rng(0)
    scores, truth = rng.integers(0, 9, 60) / 9, rng.random(60) < 0.3
    weights = np.concatenate([np.ones((1, 60)), rng.integers(0, 4, (5, 60))])
    expected = [average_precision_score(truth, scores, sample_weight=row) for row in weights]
    np.testing.assert_allclose(average_precision(scores, truth, weights), expected, atol=1e-12)
    assert np.isnan(average_precision(scores, np.zeros(60, bool), np.ones((1, 60)))).all()


def test_each_label_is_a_logistic_regression_of_its_known_rows() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(90, 4)).astype(np.float32)
    y = (x @ rng.normal(size=(4, 2)) + rng.normal(size=(90, 2)) > 0).astype(np.float32)
    y[::5, 1] = np.nan
    train, held = slice(0, 60), slice(60, 90)
    rows = [torch.from_numpy(part) for part in (x[train], y[train], x[held], y[held])]
    # The score takes the strongest penalty that is tried first.
    probe = fit_labels(*rows, lambda outputs, truth: 1.0, grid=(0.1,))
    z = (x - x[train].mean(0)) / x[train].std(0)
    for column in range(2):
        known = np.isfinite(y[train, column])
        model = LogisticRegression(C=1 / (0.1 * known.sum()), tol=1e-8).fit(z[train][known], y[train, column][known])
        np.testing.assert_allclose(probe.weight[column].numpy(), model.coef_[0], atol=2e-3)
        np.testing.assert_allclose(probe.outputs(rows[2])[:, column].numpy(), model.decision_function(z[held]), atol=5e-3)
    # On validation the strength with the largest mean average precision is chosen.
    chosen = fit_labels(*rows, mean_precision)
    tried = {l2: fit_labels(*rows, mean_precision, grid=(l2,)).validation for l2 in (1.0, 0.1, 1e-2, 1e-3, 1e-4)}
    assert chosen.validation == pytest.approx(max(tried.values()), abs=0.02)
    expected = np.mean([
        average_precision_score(y[held][known, column], chosen.outputs(rows[2]).numpy()[known, column])
        for column in range(2) for known in [np.isfinite(y[held, column])]
    ])  # fmt: skip
    assert chosen.validation == pytest.approx(expected)


def test_labels_are_columns_of_0_and_1_and_the_classes_of_boxes() -> None:
    data = small_world(images=4, size=16)
    boxes = Boxes(
        starts=np.array([0, 2, 2, 3, 3]),
        corners=np.zeros((3, 4), np.float32),
        classes=np.array([1, 1, 0]),
        names=("cat", "dog"),
        crowd=np.zeros(3, bool),
        known=np.array([True, True, True, False]),
    )
    factors = {
        "hat": Factor(np.array([1, -1, 0, 1]), "category", NO_YES),
        "dog": Factor(np.array([0, 0, 0, 0]), "category", NO_YES),
        "kind": Factor(np.array([1, 1, 0, 1]), "category", ("a", "b")),
        "x": Factor(np.zeros(4, np.float32), "number"),
    }
    labels = multi_label(replace(data, boxes=boxes, factors=factors))
    assert set(labels) == {"cat", "dog", "hat"}
    np.testing.assert_array_equal(labels["cat"], np.float32([0, 0, 1, np.nan]))
    np.testing.assert_array_equal(labels["hat"], np.float32([1, np.nan, 0, 1]))
    np.testing.assert_array_equal(labels["dog"], np.zeros(4, np.float32))  # the file's own column counts
    assert usable(labels["hat"], [np.array([0, 1, 2])])
    assert not usable(labels["hat"], [np.array([0, 1, 3])])


def test_resamples_draw_as_many_rows_as_there_are() -> None:
    drawn = np.concatenate(list(resamples(7, many=30)))
    assert drawn.shape == (30, 7)
    assert (drawn.sum(axis=1) == 7).all()
    assert len(np.unique(drawn, axis=0)) > 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = RunConfig(
        method=MethodChoice(id="simclr"), views=ViewsConfig(groups=(ViewConfig(size=16),)), train=TrainConfig(seed=5)
    )
    folder = create_folder(tmp_path / "runs", config)
    other = config.model_copy(update={"train": TrainConfig(seed=6)})
    torch.save({"step": 3, "epoch": 1, "method": build_method(other).state_dict()}, folder / "checkpoints" / "last.pt")
    return folder


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Images without classes; their brightness is a target, whether they are bright a label, and noise both."""
    world = small_world(images=200, size=16)
    rng = np.random.default_rng(3)
    bright = world.images.mean((1, 2, 3)).astype(np.float32)
    label = (bright > np.median(bright)).astype(np.int64)
    label[::7] = -1
    number = bright * 3 + 5
    number[3::9] = np.nan
    factors = {
        "brightness": Factor(number, "number"),
        "noise": Factor(rng.normal(size=200).astype(np.float32), "number"),
        "turn": Factor(np.full(200, 90, np.float32), "angle"),
        "bright": Factor(label, "category", NO_YES),
        "coin": Factor(rng.integers(0, 2, 200), "category", NO_YES),
        "never": Factor(np.zeros(200, np.int64), "category", NO_YES),
    }
    world = replace(world, labels=world.labels * 0 - 1, classes=(), factors=factors)
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: world)
    return world


def test_both_tasks_measure_data_without_classes(folder: Path, world: Dataset) -> None:
    shares: list[float] = []
    result = evaluate(folder, parts=("multi_label", "regression"), progress=lambda share, text="": shares.append(share))
    assert shares == sorted(shares)
    figures = result.figures
    assert list(figures) == ["multi_label_map", "regression_r2"]
    labels, numbers = figures["multi_label_map"], figures["regression_r2"]
    assert set(labels.by_class) == {"bright", "coin"}
    assert labels.by_class["bright"] > 0.9 > 0.75 > labels.by_class["coin"]
    assert labels.trained == pytest.approx(np.mean(list(labels.by_class.values())))
    assert "never left out" in labels.notes[0]
    test = world.splits["test"]
    known = [values[values >= 0] for values in (world.factors[name].values[test] for name in ("bright", "coin"))]
    assert f"chance level {np.mean([values.mean() for values in known]):.3f}" in labels.notes[1]
    assert set(numbers.by_class) == {"brightness", "noise"}
    assert numbers.by_class["brightness"] > 0.9
    assert numbers.by_class["noise"] < 0.2
    assert "turn left out" in numbers.notes[0]
    for figure in figures.values():
        assert figure.error is not None
        assert 0 < figure.error < 0.2
        assert figure.trained != figure.untrained
    stored = read_evaluation(folder)
    assert stored is not None
    assert stored.at(None) == figures


def test_r2_is_that_of_scikit_learn_s_ridge(folder: Path, world: Dataset) -> None:
    from engine.embed.features import encode
    from engine.evaluate.encoder import load_encoder

    figure = evaluate(folder, parts=("regression",)).figures["regression_r2"]
    encoder, _ = load_encoder(folder)
    for name in ("brightness", "noise"):
        values = world.factors[name].values.astype(np.float64)
        known = {split: index[np.isfinite(values[index])] for split, index in world.splits.items()}
        x = {split: encode(encoder, world, index, size=16).double().numpy() for split, index in known.items()}
        mean, scale = x["train"].mean(0), x["train"].std(0)
        scale = np.where(scale > 1e-6 * scale.max(), scale, 1)
        x = {split: (rows - mean) / scale for split, rows in x.items()}
        models = [Ridge(alpha=l2 * len(x["train"])).fit(x["train"], values[known["train"]]) for l2 in RIDGE_GRID]
        errors = [np.square(model.predict(x["validation"]) - values[known["validation"]]).sum() for model in models]
        best = models[int(np.argmin(errors))]
        assert figure.by_class[name] == pytest.approx(r2_score(values[known["test"]], best.predict(x["test"])), abs=1e-4)
    # Of noise it is worse than the mean, and kept as it is.
    assert figure.by_class["noise"] < 0
    assert figure.trained == pytest.approx(np.mean([figure.by_class[name] for name in ("brightness", "noise")]))
    stored = read_evaluation(folder)
    assert stored is not None
    assert stored.at(None)["regression_r2"].by_class["noise"] == figure.by_class["noise"]


def test_a_resample_in_which_a_number_does_not_differ_does_not_count() -> None:
    truth = np.zeros((20, 1))
    truth[3] = 1
    mark = ProbeScores(np.full(20, 0.01), truth, 0.0, np.arange(20))
    weights = np.ones((3, 20))
    weights[1, 3] = 0  # all that were drawn are 0
    weights[2, 4] = 0
    scores = _shares([mark], weights)
    assert np.isnan(scores[:, 0]).tolist() == [False, True, False]
    assert scores[0, 0] == pytest.approx(r2_score(truth[:, 0], truth[:, 0] + 0.1))
    # A large mean does not hide a small spread.
    moved = ProbeScores(np.full(20, 0.01), truth + 1e6, 0.0, np.arange(20))
    assert _shares([moved], weights)[[0, 2]] == pytest.approx(scores[[0, 2]])


def test_data_without_targets_are_refused_and_the_estimate_knows(
    folder: Path, world: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert estimate(folder).able == {"multi_label", "regression"}
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: replace(world, factors={"never": world.factors["never"]}))
    with pytest.raises(ConfigError, match=r"several labels an image that occur in every split.*never left out"):
        evaluate(folder, parts=("multi_label",))
    with pytest.raises(ConfigError, match=r"a set with numbers, which Regression needs.*targets\.csv"):
        evaluate(folder, parts=("regression",))
