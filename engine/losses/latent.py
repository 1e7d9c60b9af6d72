"""Prediction of features: the loss of I-JEPA, and the explained variance."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor


def normalised_features(features: Tensor) -> Tensor:
    """Each feature vector (..., D) with mean 0 and variance 1 over its D numbers: layer normalisation without scale and shift, as
    for the targets in I-JEPA's official code. It prevents that the targets shrink to 0. float32."""
    return F.layer_norm(features.float(), features.shape[-1:])


def feature_distance(prediction: Tensor, target: Tensor, kind: Literal["smooth_l1", "l2", "l1"]) -> Tensor:
    """Mean distance over all numbers of each row of two tensors of one shape (N, ...). The loss of each image (N,), float32.
    "l2": d^2 (I-JEPA
    2301.08243, Sec. 3, up to the factor D). "smooth_l1": d^2 / 2 where |d| < 1, |d| - 1/2 beyond (its official code), which weights
    outliers less. "l1": |d| (V-JEPA 2404.08471, Eq. 1)."""
    distance = {"l2": F.mse_loss, "smooth_l1": F.smooth_l1_loss, "l1": F.l1_loss}[kind]
    return distance(prediction.float(), target.float(), reduction="none").flatten(1).mean(1)


def variance_explained(prediction: Tensor, features: Tensor, indices: Tensor) -> Tensor:
    """1 - sum |p - h|^2 / sum |m - h|^2, the R^2 of the predictions p of the true features h, where m is the mean feature at the
    same position in the other images of the batch. 1 is perfect, 0 as good as m, which depends on the position only; worse is
    below 0.

    prediction: (N, M, t, D); features: (N, T, D), N at least 2; indices: (N, M, t) of the patches. Scalar."""
    p, h = prediction.float(), features.float()
    mean = (h.sum(0, keepdim=True) - h) / max(1, len(h) - 1)  # (N, T, D)
    truth, average = at(h, indices), at(mean, indices)
    return 1 - (p - truth).square().sum() / (average - truth).square().sum().clamp(min=1e-12)


def at(features: Tensor, indices: Tensor) -> Tensor:
    """The features (N, T, D) of the patches with indices (N, M, t): (N, M, t, D)."""
    image = torch.arange(len(features), device=features.device).view(-1, 1, 1)
    return features[image, indices]
