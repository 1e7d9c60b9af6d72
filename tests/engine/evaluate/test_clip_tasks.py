"""What an encoder is worth for video: label propagation against loops and by hand, and both tasks on a run."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.data.open import open_dataset
from engine.embed.features import encode
from engine.evaluate.encoder import data_of, load_method
from engine.evaluate.plan import stages
from engine.evaluate.protocol import _check_needs, evaluate
from engine.evaluate.task_table import TASKS
from engine.evaluate.tasks.label_propagation import copying, jaccard, neighbours, of_encoder, of_pixels, overlaps, propagate, radius
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train


def carried_by_loops(features: np.ndarray, first: np.ndarray, nearest: int = 5, temperature: float = 0.1) -> list[np.ndarray]:
    """The shares of the object in each cell of every frame (T, g, g), from features (T, D, g, g) of one clip and the shares in the
    first (g, g): DINO's protocol, cell by cell."""
    frames, _, grid, _ = features.shape
    reach = max(1, round(0.2 * grid))
    labels = [first]
    for now in range(1, frames):
        own = np.zeros((grid, grid))
        for y in range(grid):
            for x in range(grid):
                vector = features[now, :, y, x]
                known = []
                for frame in {0, *range(max(0, now - 7), now)}:
                    for v in range(max(0, y - reach), min(grid, y + reach + 1)):
                        for u in range(max(0, x - reach), min(grid, x + reach + 1)):
                            other = features[frame, :, v, u]
                            cosine = float(vector @ other / np.linalg.norm(vector) / np.linalg.norm(other))
                            known.append((cosine, labels[frame][v, u]))
                best = sorted(known, key=lambda one: -one[0])[:nearest]
                weights = [math.exp(cosine / temperature) for cosine, _ in best]
                own[y, x] = sum(w * label for w, (_, label) in zip(weights, best, strict=True)) / sum(weights)
        labels.append(own)
    return labels


def test_labels_are_carried_as_loops_carry_them() -> None:
    generator = torch.Generator().manual_seed(0)
    grid, frames = 5, 10  # more frames than are looked back at
    features = torch.randn(2, frames, 6, grid, grid, generator=generator)
    first = torch.rand(2, grid, grid, generator=generator) > 0.5
    masks = propagate(features, first)
    for clip in range(2):
        shares = carried_by_loops(features[clip].numpy(), first[clip].numpy().astype(float))
        wanted = np.stack([shares[0] > 0.5, *[share > 0.5 for share in shares[1:]]])
        assert np.array_equal(masks[clip].numpy(), wanted)


def test_features_that_know_the_object_follow_it_and_a_copy_does_not() -> None:
    masks = torch.zeros(1, 6, 16, 16, dtype=torch.bool)
    for frame in range(6):
        masks[0, frame, 6:10, 2 + frame : 6 + frame] = True  # a square that moves by a cell a frame
    features = torch.stack([masks, ~masks], dim=2).float()
    assert overlaps(propagate(features, masks[:, 0]), masks).item() == 1.0
    # By hand: the copy shares 4 - d of 4 columns after d frames.
    copied = masks[:, :1].expand_as(masks)
    by_hand = [(4 - d) / (4 + d) if d < 4 else 0.0 for d in range(1, 6)]
    assert overlaps(copied, masks).item() == pytest.approx(np.mean(by_hand))


def test_only_near_cells_are_looked_at() -> None:
    near = neighbours(5, radius(5)).view(5, 5, 5, 5)
    assert near[2, 2].sum() == 9
    assert near[0, 0].sum() == 4
    assert not near[0, 0, 0, 2]
    assert radius(16) == 3
    assert radius(2) == 1


def test_a_frame_without_the_object_counts_as_found_where_nothing_is_found() -> None:
    empty = torch.zeros(1, 2, 4, 4, dtype=torch.bool)
    assert overlaps(empty, empty).item() == 1.0
    assert overlaps(~empty, empty).item() == 0.0


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    config = resolve(
        {
            "method": "simclr",
            "data": {
                "source": "moving_shapes",
                "count": 160,
                "size": 16,
                "validation": 0.2,
                "test": 0.2,
                "root": str(folder / "root"),
            },
            "train": {"batch": 16, "steps": 2, "device": "cpu", "precision": "fp32", "threads": 1, "keep": 0},
            "monitor": {"embed_images": 0, "knn_every": 1000},
        }
    )
    assert train(config, lambda event: None, Control(), folder / "run").state == "finished"
    return folder / "run"


def test_both_tasks_are_measured_on_clips(run: Path) -> None:
    shares: list[float] = []
    figures = evaluate(run, parts=["label_propagation", "motion"], progress=lambda share, text="": shares.append(share)).figures
    assert list(figures) == ["propagation_j", "motion_knn", "motion_linear", "clip_to_clip_1", "clip_to_clip_5"]
    assert shares == sorted(shares)
    figure = figures["propagation_j"]
    method, config = load_method(run)
    data = data_of(run, config)
    index = data.splits["test"]
    masks = data.clip_masks[index]
    both, either = (masks[:, :1] & masks).sum((2, 3)), (masks[:, :1] | masks).sum((2, 3))
    assert figure.baselines["copying"] == pytest.approx((both / either)[:, 1:].mean())
    assert copying(data, index).mean() == pytest.approx(figure.baselines["copying"])
    pixels, cells = jaccard(of_pixels(8), data, index, size=16)
    assert cells == 8
    assert figure.baselines["pixels"] == pytest.approx(pixels.mean())
    own, _ = jaccard(of_encoder(method.encoder.dense, 8), data, index, size=16)
    assert figure.trained == pytest.approx(own.mean())
    assert figure.trained != figure.untrained
    assert figure.error == pytest.approx(own.std(ddof=1) / len(own) ** 0.5)
    assert figures["clip_to_clip_5"].trained >= figures["clip_to_clip_1"].trained


def test_speed_is_what_a_ridge_regression_reads_from_four_frames(run: Path) -> None:
    """By scikit-learn's, with each of the strengths."""
    figure = evaluate(run, parts=["speed"]).figures["speed_r2"]
    method, config = load_method(run)
    data = data_of(run, config)
    y = {name: data.factors["speed"].values[index] for name, index in data.splits.items()}
    encoder = method.encoder
    x = {
        name: np.concatenate([encode(encoder, data, index, frame=frame).numpy() for frame in (0, 2, 4, 6)], axis=1)
        for name, index in data.splits.items()
    }
    small = data.clips[:, [0, 2, 4, 6]].reshape(-1, 12, 8, 2, 8, 2).mean((3, 5)).reshape(len(data), -1) / 255
    pixels = {name: small[index] for name, index in data.splits.items()}
    for features, wanted in ((x, figure.trained), (pixels, figure.baselines["pixels"])):
        scaler = StandardScaler().fit(features["train"])
        fits = [
            Ridge(alpha=l2 * len(y["train"])).fit(scaler.transform(features["train"]), y["train"])
            for l2 in (10.0, 1.0, 0.1, 0.01, 0.001, 0.0001)
        ]
        best = max(fits, key=lambda fit: fit.score(scaler.transform(features["validation"]), y["validation"]))
        assert wanted == pytest.approx(best.score(scaler.transform(features["test"]), y["test"]), abs=2e-3)
    assert figure.untrained != figure.trained
    assert figure.by_class == {"speed": pytest.approx(figure.trained)}


def test_a_frame_of_a_clip_is_encoded_as_an_image(run: Path) -> None:
    method, config = load_method(run)
    data = data_of(run, config)
    rows = np.array([3, 1])
    other = replace(data, images=np.ascontiguousarray(data.clips[:, 6]))
    torch.testing.assert_close(encode(method.encoder, data, rows, frame=6), encode(method.encoder, other, rows))
    assert not torch.equal(encode(method.encoder, data, rows, frame=6), encode(method.encoder, data, rows))


def test_images_without_clips_are_refused_in_words() -> None:
    images = open_dataset(DataConfig(source="simple_shapes", count=40, size=8))
    rows = [row for row in TASKS if row.id == "label_propagation"]
    with pytest.raises(ConfigError, match=r"clips and masks of all frames, which Label propagation needs"):
        _check_needs("simple_shapes", images, rows)


def test_the_plan_counts_features_only_where_they_are_used() -> None:
    images = {"train": 100, "validation": 10, "test": 10}
    assert {stage.part for stage in stages(["label_propagation"], images, {})} == {"label_propagation"}
    assert {stage.part for stage in stages(["label_propagation", "knn"], images, {})} == {"encode", "label_propagation"}
