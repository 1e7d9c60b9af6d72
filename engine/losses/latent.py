"""Predicting features from features: the loss of I-JEPA, and the explained variance."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor


def normalised_features(features: Tensor) -> Tensor:
    """Each feature vector (..., D) with mean 0 and variance 1 over its D numbers: layer normalisation without scale and shift, as
    I-JEPA's official code does with its targets. Where the network collapses to one point they cannot shrink with it. float32."""
    return F.layer_norm(features.float(), features.shape[-1:])


def feature_distance(prediction: Tensor, target: Tensor, kind: Literal["smooth_l1", "l2"]) -> Tensor:
    """Mean over all numbers of each row of two tensors of one shape (N, ...): (N,), each image's, float32. "l2": d^2 (I-JEPA
    2301.08243, Sec. 3, up to the factor D). "smooth_l1": d^2 / 2 where |d| < 1, |d| - 1/2 beyond (its official code), so that a few
    odd features weigh less."""
    distance = F.mse_loss if kind == "l2" else F.smooth_l1_loss
    return distance(prediction.float(), target.float(), reduction="none").flatten(1).mean(1)


def variance_explained(prediction: Tensor, features: Tensor, places: Tensor) -> Tensor:
    """1 - sum |p - h|^2 / sum |m - h|^2: how much better than m the prediction p meets the true features h, where m is the mean
    feature at the same place of the other images of the batch. Who knows the place and nothing of the image scores 0, who knows all
    1; worse than the mean is below 0.

    prediction: (N, M, t, D); features: (N, T, D), N at least 2; places: (N, M, t). Scalar."""
    p, h = prediction.float(), features.float()
    mean = (h.sum(0, keepdim=True) - h) / max(1, len(h) - 1)  # (N, T, D)
    truth, average = at(h, places), at(mean, places)
    return 1 - (p - truth).square().sum() / (average - truth).square().sum().clamp(min=1e-12)


def at(features: Tensor, places: Tensor) -> Tensor:
    """The features (N, T, D) at places (N, M, t): (N, M, t, D)."""
    image = torch.arange(len(features), device=features.device).view(-1, 1, 1)
    return features[image, places]
