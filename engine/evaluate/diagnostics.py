"""Diagnostics of collapse, from the outputs of a training step: cheap to compute, and always finite."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import normalize

from engine.augment.threads import one_thread

ROWS = 512


def diagnose(features: Tensor, embedding: Tensor | None = None, views: int = 1) -> dict[str, float]:
    """Collapse diagnostics of features (M, D) of the backbone and embedding (M, P) of the projector, whose rows hold `views` views
    one after the other, so that row i and row i + M/views are the same image. In full precision, on at most 512 rows.

    Of the embedding (of the features where there is none):
    - `std`: deviation of a dimension of the L2-normalised rows, averaged, times √P; 1 is isotropic, 0 is one point
      (SimSiam, 2011.10566, Fig. 2)
    - `alignment`: mean squared distance of the first two views of an image on the unit sphere, 0 to 4 (2005.10242, Eq. 8, α = 2);
      where there are two views
    - `uniformity`: log of the mean of exp(−2·squared distance) over the pairs of one view, −8 to 0; lower is more even
      (2005.10242, Eq. 9, t = 2)
    - `rank_embedding`: effective rank of the embedding; where there is one
    Of the features:
    - `rank_features`: effective rank, exp of the entropy of the singular values' shares (RankMe, 2210.02885, Eq. 1), 0 to D
    - `dead`: share of dimensions that do not change from image to image, 0 to 1
    """
    with torch.no_grad(), torch.autocast(features.device.type, enabled=False), one_thread():
        h = _sample(features, views)
        z = h if embedding is None else _sample(embedding, views)
        unit = normalize(z, dim=1)
        values = {
            "std": float(unit.std(0, correction=0).mean()) * z.shape[1] ** 0.5,
            "rank_features": effective_rank(h),
            "dead": _dead(h),
        }
        if embedding is not None:
            values["rank_embedding"] = effective_rank(z)
        each = len(unit) // max(1, views)
        if views >= 2 and each:
            values["alignment"] = float((unit[:each] - unit[each : 2 * each]).square().sum(1).mean())
        if each >= 2:
            squared = torch.pdist(unit[:each]).square()
            values["uniformity"] = float(torch.logsumexp(-2 * squared, 0)) - float(torch.tensor(float(len(squared))).log())
    return values


def effective_rank(features: Tensor) -> float:
    """exp of the entropy of the singular values' shares of (M, D): RankMe, 2210.02885, Eq. 1. 0 for zeros, 1 for constant rows."""
    x = torch.nan_to_num(features.detach().double().cpu(), posinf=0.0, neginf=0.0)
    reach = float(x.abs().max()) if x.numel() else 0.0
    if reach == 0:
        return 0.0
    x = x / reach
    # In double precision the smaller Gram matrix gives the singular values to 1e-7 of the largest, much faster than an SVD.
    gram = x.T @ x if x.shape[1] <= x.shape[0] else x @ x.T
    with one_thread():
        values = torch.linalg.eigvalsh(gram).clamp_min(0)
    values = torch.where(values > values[-1] * 1e-14, values, torch.zeros_like(values)).sqrt()
    share = values / values.sum()
    return float(torch.special.entr(share).sum().exp())


def _dead(h: Tensor) -> float:
    """The share of dead dimensions: those whose deviation is below a thousandth of the typical magnitude; all where none varies."""
    deviation = h.std(0, correction=0)
    typical = float(h.square().mean().sqrt())
    if typical == 0:
        return 1.0
    return float((deviation <= 1e-3 * typical).double().mean())


def _sample(rows: Tensor, views: int) -> Tensor:
    """At most 512 rows, the same images of each view, on the CPU in single precision, finite, and scaled to at most 1."""
    each = len(rows) // max(1, views)
    keep = max(1, ROWS // max(1, views))
    if each > keep:
        image = torch.linspace(0, each - 1, keep).long()
        picked = torch.cat([image + view * each for view in range(max(1, views))]).to(rows.device)
        rows = rows.detach()[picked]
    x = torch.nan_to_num(rows.detach().float().cpu(), posinf=0.0, neginf=0.0)
    reach = x.abs().max() if x.numel() else torch.tensor(0.0)
    return x / reach if reach > 0 else x
