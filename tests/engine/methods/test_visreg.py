"""VISReg: all views predict the mean of the global ones and are held to a standard normal in three terms."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.method import Batch
from engine.train.loop import progress
from engine.train.setup import Session
from tests.engine.methods.wiring import assert_same, average, small_session

Prepared = Callable[..., Session]


def test_the_loss_is_the_official_code_s(prepared: Prepared) -> None:
    """train.py of github.com/HaiyuWu/visreg: lamb * reg + (1 - lamb) * inv, the mean of the global views with a gradient."""
    method = {"out_dim": 4, "slices": 5, "weight": 0.7, "scale": 2.0, "shape": 3.0, "centre": 0.5}
    session = small_session(prepared, "visreg", method=method, views={"preset": "dino_small"})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        n = len(batch.index)
        z = m.projector(torch.cat([m.backbone(torch.cat(batch.views)), m.backbone(torch.cat(batch.local))])).split(n)
        mean_of_global = (z[0] + z[1]) / 2
        prediction = average([(view - mean_of_global).pow(2).mean() for view in z])
        drawn = torch.randn(4, 5, generator=batch.generator)
        quantiles = torch.tensor([NormalDist().inv_cdf(i / (n + 1)) for i in range(1, n + 1)])
        regulariser = []
        for view in z:
            mu = view.mean(0)
            sigma = [((view[:, j] - mu[j]) ** 2).sum().div(n).sqrt() for j in range(4)]
            shape = []
            for column in drawn.t():
                direction = column / column.norm()
                scores: Any = sum(direction[j] * (view[:, j] - mu[j]) / sigma[j].detach() for j in range(4))
                order = sorted(range(n), key=lambda i: float(scores.detach()[i]))
                shape.append(torch.stack([(scores[i] - q) ** 2 for i, q in zip(order, quantiles, strict=True)]).mean())
            scale = average([(s - 1) ** 2 for s in sigma])
            regulariser.append(2.0 * scale + 3.0 * average(shape) + 0.5 * mu.pow(2).mean())
        return 0.7 * average(regulariser) + 0.3 * prediction

    assert_same(m, session.batches.at(0), progress(session), oracle)


def test_the_deviation_that_health_reads_is_that_of_the_embeddings(prepared: Prepared) -> None:
    session = prepared("visreg")
    m: Any = session.method
    with torch.no_grad():
        for parameter in m.projector[-1].parameters():
            parameter.mul_(0.01)
    out = m(session.batches.at(0), progress(session))
    views = out.embedding.detach().unflatten(0, (2, -1))
    assert float(out.terms["deviation"]) == pytest.approx(float(views.std(1, unbiased=False).mean()), rel=1e-3)
    assert float(out.terms["deviation"]) < 0.05


def test_lambda_0_leaves_the_prediction(prepared: Prepared) -> None:
    session = prepared("visreg", {"method": {"weight": 0.0}})
    out = session.method(session.batches.at(0), progress(session))
    assert out.loss.item() == pytest.approx(float(out.terms["prediction"].detach()), rel=1e-6)
