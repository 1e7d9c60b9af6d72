"""Zero-shot classification and retrieval: recall against loops, and both tasks on a run of CLIP that has learned for a moment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.config.errors import ConfigError
from engine.evaluate.protocol import evaluate
from engine.evaluate.tasks.retrieval import equal, recall, spread
from engine.evaluate.tasks.zero_shot import class_embeddings, class_names
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train


def test_recall_counts_rows_with_a_right_column_among_the_k_largest() -> None:
    table = torch.tensor([[0.9, 0.1, 0.5], [0.2, 0.3, 0.4], [0.1, 0.3, 0.2]])
    right = torch.eye(3, dtype=torch.bool)
    assert recall(table, right, 1) == pytest.approx(1 / 3)  # the first row alone
    assert recall(table, right, 2) == 1.0
    assert recall(table, right, 99) == 1.0


def test_equal_texts_are_hits() -> None:
    assert equal(["a", "b", "a"]).tolist() == [[True, False, True], [False, True, False], [True, False, True]]


def test_candidates_are_spread_evenly() -> None:
    assert spread(np.arange(10), 4).tolist() == [0, 3, 6, 9]
    assert spread(np.arange(3), 4).tolist() == [0, 1, 2]


def test_a_class_is_the_normalised_mean_of_its_prompts() -> None:
    vectors = {"a disc": [1.0, 0.0], "one disc": [0.0, 1.0], "a star": [0.0, 1.0], "one star": [0.0, 1.0]}

    class Fixed(nn.Module):
        def embed_texts(self, texts: Sequence[str]) -> Tensor:
            return torch.tensor([vectors[text] for text in texts])

    rows = class_embeddings(Fixed(), ["disc", "star"], ["a {}", "one {}"])  # type: ignore[arg-type]
    torch.testing.assert_close(rows, torch.tensor([[0.5**0.5, 0.5**0.5], [0.0, 1.0]]))
    assert class_names(["golden_retriever", "t-shirt"]) == ["golden retriever", "t shirt"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    config = resolve(
        {
            "method": "clip",
            "data": {"source": "simple_shapes", "count": 400, "size": 16},
            "train": {"batch": 64, "steps": 60, "device": "cpu", "precision": "fp32", "threads": 1, "keep": 0},
            "monitor": {"embed_images": 0, "knn_every": 1000},
        }
    )
    assert train(config, lambda event: None, Control(), folder).state == "finished"
    return folder


@pytest.mark.slow
def test_captions_teach_colours_within_a_minute(run: Path) -> None:
    figures = evaluate(run, parts=["zero_shot", "retrieval", "image_retrieval"]).figures
    assert list(figures) == [
        "image_to_image_1", "image_to_image_5", "zero_shot",
        "image_to_text_1", "image_to_text_5", "text_to_image_1", "text_to_image_5",
    ]  # fmt: skip
    assert set(figures["zero_shot"].by) == {"size", "hue", "shape", "place"}
    assert figures["zero_shot"].by["shape"] == pytest.approx(figures["zero_shot"].trained, abs=0.2)
    assert figures["zero_shot"].by["hue"] > figures["zero_shot"].untrained_by["hue"] + 0.2
    assert figures["image_to_text_5"].trained > figures["image_to_text_5"].untrained + 0.1
    assert figures["text_to_image_5"].trained > figures["text_to_image_5"].untrained + 0.1
    assert all(figure.labels == 0 for figure in figures.values())


def test_the_untrained_checkpoint_is_measured_with_the_same_words(run: Path) -> None:
    before = evaluate(run, parts=["zero_shot"], epoch=0).figures["zero_shot"]
    assert before.trained == before.untrained


def test_a_method_without_texts_is_refused(tmp_path: Path) -> None:
    config = resolve(
        {
            "method": "simclr",
            "data": {"source": "simple_shapes", "count": 64, "size": 16},
            "train": {"batch": 16, "steps": 1, "device": "cpu", "threads": 1, "keep": 0},
            "monitor": {"embed_images": 0},
        }
    )
    train(config, lambda event: None, Control(), tmp_path)
    with pytest.raises(ConfigError, match=r"parts must be without zero_shot for SimCLR, which embeds no texts.*clip"):
        evaluate(tmp_path, parts=["zero_shot"])
