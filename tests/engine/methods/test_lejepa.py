"""LeJEPA: all views predict the mean of the global ones, and directions are drawn from the batch's generator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from engine.losses.sigreg import draw_directions, sigreg
from engine.train.loop import progress
from engine.train.setup import Session

Prepared = Callable[..., Session]
MULTI = {"views": {"preset": "dino_small"}}


def test_every_view_predicts_the_mean_embedding_of_the_global_views(prepared: Prepared) -> None:
    session = prepared("lejepa", MULTI)
    method: Any = session.method.eval()
    batch = session.batches.at(0)
    assert (len(batch.views), len(batch.local)) == (2, 3)
    with torch.no_grad():
        out = method(batch, progress(session))
        z = [method.projector(method.backbone(view)) for view in [*batch.views, *batch.local]]
        centre = (z[0] + z[1]) / 2
        prediction = sum(float((view - centre).square().mean()) for view in z) / len(z)
        directions = draw_directions(64, 256, session.batches.at(0).generator)
        normality = sum(sigreg(view, directions).item() for view in z) / len(z)
    assert float(out.terms["prediction"]) == pytest.approx(prediction, rel=1e-4)
    assert float(out.terms["sigreg"]) == pytest.approx(normality, rel=1e-4)
    assert out.loss.item() == pytest.approx(0.95 * prediction + 0.05 * normality, rel=1e-4)
    assert out.embedding.shape == (32, 64)


@pytest.mark.parametrize(("weight", "term"), [(0.0, "prediction"), (1.0, "sigreg")])
def test_lambda_of_0_or_1_leaves_one_term(prepared: Prepared, weight: float, term: str) -> None:
    session = prepared("lejepa", {"method": {"weight": weight}})
    out = session.method(session.batches.at(0), progress(session))
    assert out.loss.item() == pytest.approx(float(out.terms[term].detach()), rel=1e-6)


def test_each_step_draws_new_directions(prepared: Prepared) -> None:
    batches = prepared("lejepa").batches
    drawn = [draw_directions(8, 4, batches.at(step).generator) for step in (0, 1, 0)]
    assert torch.equal(drawn[0], drawn[2])
    assert not torch.equal(drawn[0], drawn[1])
