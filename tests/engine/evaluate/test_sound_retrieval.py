"""Retrieval between clips and their sounds: chance by enumeration, the linear map by scikit-learn, own embeddings by loops."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from engine.backbones.log_mel import log_mel
from engine.config.errors import ConfigError
from engine.data.clips import NO_SOUND, Sound
from engine.embed.features import encode
from engine.evaluate.encoder import data_of, load_method
from engine.evaluate.protocol import evaluate
from engine.evaluate.task_table import task
from engine.evaluate.tasks.sound_retrieval import _rows_with_sound, chance, equal_sounds, linear_similarity, recalls
from engine.train.clip_batches import WholeClips
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train


def test_chance_is_the_mean_over_all_orders() -> None:
    right = equal_sounds(np.array([[1], [2], [1], [3], [1]], np.int16))
    assert right.int().tolist()[0] == [1, 0, 1, 0, 1]
    for k in (1, 2, 4):
        hits = [any(row[at] for at in order[:k]) for order in permutations(range(5)) for row in right.tolist()]
        assert chance(right, k) == pytest.approx(np.mean(hits))
    assert chance(torch.eye(50, dtype=torch.bool), 5) == pytest.approx(0.1)


def test_features_that_know_the_sound_retrieve_it_and_noise_does_not() -> None:
    generator = torch.Generator().manual_seed(0)
    sounds = {split: torch.randn(60, 6, generator=generator) for split in ("train", "validation", "test")}
    mixed = torch.randn(6, 12, generator=generator)
    known, _ = linear_similarity({split: values @ mixed + 3 for split, values in sounds.items()}, sounds)
    noise, strength = linear_similarity({split: torch.randn(60, 12, generator=generator) for split in sounds}, sounds)
    right = torch.eye(60, dtype=torch.bool)
    assert recalls(known, right) == [1.0] * 4
    assert max(recalls(noise, right)[::2]) < 0.15
    assert strength == 10.0


def test_clips_without_sound_are_left_out_and_too_few_are_refused() -> None:
    values = np.zeros((90, 4), np.int16)
    values[::2] = NO_SOUND
    cut = {"train": np.arange(30), "validation": np.arange(30, 60), "test": np.arange(60, 90)}
    data = SimpleNamespace(dataset=SimpleNamespace(sound=Sound(values, 4)), splits=cut)
    with pytest.raises(ConfigError, match=r"at least 20 clips with sound in each split.*15 train, 15 validation, 15 test"):
        _rows_with_sound(data)  # type: ignore[arg-type]
    values[:, 0] = 0
    values[[61, 63]] = NO_SOUND
    assert _rows_with_sound(data)["test"].tolist() == [0, 2, *range(4, 30)]  # type: ignore[arg-type]


def trained(folder: Path, method: dict[str, object]) -> Path:
    config = resolve(
        {
            "method": method,
            "data": {"source": "moving_shapes", "count": 160, "size": 16, "validation": 0.2, "test": 0.2, "root": str(folder)},
            "train": {"batch": 8, "steps": 2, "device": "cpu", "precision": "fp32", "threads": 1, "keep": 0},
            "monitor": {"embed_images": 0, "knn_every": 1000, "pictures": False},
        }
    )
    assert train(config, lambda event: None, Control(), folder / "run").state == "finished"
    return folder / "run"


def shares_of(cosines: np.ndarray) -> list[float]:
    """The recalls of a table of clips by sounds, row by row."""
    shares = []
    for table in (cosines, cosines.T):
        ranks = [int((row > row[own]).sum()) for own, row in enumerate(table)]
        shares += [float(np.mean([rank < k for rank in ranks])) for k in (1, 5)]
    return shares


def test_an_image_encoder_is_measured_by_a_linear_map(tmp_path: Path) -> None:
    run = trained(tmp_path, {"id": "simclr"})
    figures = evaluate(run, parts=["sound_retrieval"]).figures
    assert tuple(figures) == task("sound_retrieval").figures
    method, config = load_method(run)
    data = data_of(run, config)
    spectrogram = log_mel(torch.tensor(data.sound.values).float() / 32768, 4000, 8).mean(4).flatten(1).numpy().astype(float)
    cut = data.splits
    x = np.concatenate([encode(method.encoder, data, np.arange(160), frame=frame).numpy() for frame in (0, 2, 4, 6)], axis=1)
    truth = StandardScaler().fit(spectrogram[cut["train"]]).transform(spectrogram)
    features = StandardScaler().fit(x[cut["train"]]).transform(x)
    first = figures["clip_to_sound_1"]
    ridge = Ridge(alpha=first.by["strength"] * len(cut["train"])).fit(features[cut["train"]], truth[cut["train"]])
    a, b = ridge.predict(features[cut["test"]]), truth[cut["test"]]
    cosines = (a / np.linalg.norm(a, axis=1, keepdims=True)) @ (b / np.linalg.norm(b, axis=1, keepdims=True)).T
    assert [figure.trained for figure in figures.values()] == pytest.approx(shares_of(cosines), abs=0.04)
    assert first.baselines["chance"] == pytest.approx(1 / 32)
    assert figures["clip_to_sound_5"].baselines["chance"] == pytest.approx(5 / 32)
    assert 0 <= first.baselines["pixels"] <= 1
    with pytest.raises(ConfigError, match=r"SimCLR, which embeds no sounds.*Methods that embed sounds: evolving_loss"):
        evaluate(run, parts=["own_sound_retrieval"])


def test_an_encoder_of_sound_is_measured_by_its_own_embeddings(tmp_path: Path) -> None:
    run = trained(tmp_path, {"id": "evolving_loss", "weights": "equal"})
    figures = evaluate(run, parts=["own_sound_retrieval"]).figures
    method, config = load_method(run)
    data = data_of(run, config)
    with torch.no_grad():
        clips, sounds = method.eval().embed_pairs(WholeClips(data, 16)(torch.from_numpy(data.splits["test"])))
    torch.testing.assert_close(clips.norm(dim=1), torch.ones(32))
    assert [figure.trained for figure in figures.values()] == pytest.approx(shares_of((clips @ sounds.t()).numpy()), abs=1e-6)
    assert figures["own_sound_to_clip_1"].baselines == {"chance": pytest.approx(1 / 32)}
    assert task("own_sound_retrieval").takes("evolving_loss")
    assert not task("own_sound_retrieval").takes("simclr")
