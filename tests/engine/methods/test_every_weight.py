"""Every method at its recipe, on images of 32 px: all of the encoder is trained, and the step also runs in bf16 on a CPU."""

from __future__ import annotations

import pytest
import torch

from engine.catalogue import CATALOGUE
from engine.train.loop import progress
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare
from tests.needed_data import needed_source
from tests.teacher_run import teacher_settings

DATA = {"count": 60, "size": 32}


def session_of(id: str) -> Session:
    data = {**DATA, "source": needed_source(id)}
    train = {"batch": 8, "steps": 4, "device": "cpu", "precision": "bf16"}
    return prepare(resolve({"method": {"id": id, **teacher_settings(id)}, "data": data, "train": train}))


@pytest.mark.parametrize("id", [row.id for row in CATALOGUE if row.learns and row.feed != "world"])
def test_every_encoder_weight_has_a_gradient_also_in_bf16(id: str) -> None:
    """Weights without a gradient would be exported with their initial values."""
    session = session_of(id)
    method = session.method.train()
    for span in session.spans:
        session.step = span.first
        with torch.autocast("cpu", torch.bfloat16):
            out = method(session.batches.at(span.first), progress(session))
        assert out.loss.isfinite()
        out.loss.backward()
    learning = [p for p in method.backbone.parameters() if p.requires_grad]
    idle = sum(p.numel() if p.grad is None else int((p.grad == 0).sum()) for p in learning)
    # Some channels are 0 for every image of a batch of 8.
    assert idle < 0.05 * sum(p.numel() for p in learning)
    batch = session.batches.of(session.batches.index(0)[:4])
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        method.eval().pictures(batch)
        method.task_score(batch)
