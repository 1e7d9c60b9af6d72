"""The weighted k-nearest-neighbour classifier on frozen features.

Wu et al., Unsupervised Feature Learning via Non-Parametric Instance Discrimination, 1805.01978, Sec. 3.4; the same protocol
in DINO, 2104.14294, App. F, with k = 20 and temperature 0.07.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from engine.backbones.backbone import Backbone
from engine.config.run import MonitorConfig
from engine.data.dataset import Dataset
from engine.embed.features import encode
from engine.evaluate.diagnostics import diagnose


def knn_predict(
    bank: Tensor,
    bank_labels: Tensor,
    queries: Tensor,
    k: int = 20,
    temperature: float = 0.07,
    classes: int | None = None,
    chunk: int = 1024,
) -> Tensor:
    """The class (m,) that the k nearest of the bank vote for. Features (n, D) and (m, D) of any length, labels (n,) from 0 up.

    A neighbour of cosine s votes for its class with weight exp(s / temperature). The lowest class wins a tie; k is at most
    the size of the bank. ValueError for an empty bank."""
    if not len(bank):
        raise ValueError("the bank must hold at least one image. Got none.")
    k = min(k, len(bank))
    count = classes or int(bank_labels.max()) + 1
    x, bank = normalize(queries.float(), dim=1), normalize(bank.float(), dim=1)
    predicted = torch.empty(len(x), dtype=torch.int64)
    with torch.no_grad():
        for start in range(0, len(x), chunk):
            near, rows = (x[start : start + chunk] @ bank.T).topk(k, dim=1)  # (c, k)
            # Relative to the nearest neighbour's weight, so that a small temperature does not overflow; the result is the same.
            weight = ((near - near[:, :1]) / temperature).exp()
            votes = torch.zeros(len(near), count, device=x.device).scatter_add_(1, bank_labels.to(x.device)[rows], weight)
            predicted[start : start + len(near)] = votes.argmax(1).cpu()
    return predicted


def knn_accuracy(
    bank: Tensor,
    bank_labels: Tensor,
    queries: Tensor,
    query_labels: Tensor,
    k: int = 20,
    temperature: float = 0.07,
    classes: int | None = None,
) -> float:
    """Accuracy of `knn_predict` for queries (m, D) and a bank (n, D), 0 to 1."""
    if not len(queries):
        raise ValueError("queries must hold at least one image. Got none.")
    predicted = knn_predict(bank, bank_labels, queries, k, temperature, classes)
    return float((predicted == query_labels.cpu()).double().mean())


def knn_check(
    backbone: Backbone,
    dataset: Dataset,
    config: MonitorConfig,
    *,
    size: int,
    device: torch.device | str | None = None,
    batch: int = 512,
) -> dict[str, float]:
    """The evaluation during a run, for EvalDone: "knn" (accuracy, 0 to 1; absent without labels), "rank" and "std" of the
    validation features. The test split is not used.

    The bank is a fixed sample of at most `config.knn_images` training images, the same every time; the queries are the validation
    images, at most as many. Neither the backbone nor any generator changes."""
    validation = dataset.splits["validation"]
    known = validation[dataset.labels[validation] >= 0]
    train = dataset.splits["train"]
    bank_index = fixed_draw(train[dataset.labels[train] >= 0], config.knn_images)
    labelled = len(known) > 0 and len(bank_index) > 0
    queries = fixed_draw(known if labelled else validation, config.knn_images)
    if not len(queries):
        return {}
    features = encode(backbone, dataset, queries, batch, device, size)
    signs = diagnose(features)
    values = {"rank": signs["rank_features"], "std": signs["std"]}
    if labelled:
        bank = encode(backbone, dataset, bank_index, batch, device, size)
        labels = torch.tensor(dataset.labels)
        right = knn_accuracy(bank, labels[bank_index], features, labels[queries], config.knn_k, classes=int(labels.max()) + 1)
        values = {"knn": right, **values}
    return values


def fixed_draw(index: np.ndarray, count: int) -> np.ndarray:
    """A fixed random sample of at most `count` of the indices, in rising order: the first `count` could all be of one class."""
    if len(index) <= count:
        return index
    return np.sort(np.random.default_rng(0).permutation(index)[:count])
