"""Run single training steps of a session."""

from __future__ import annotations

from engine.train.loop import take_step
from engine.train.setup import Session


def losses(session: Session, steps: int) -> list[float]:
    """The losses of the next steps of a session."""
    values = []
    for _ in range(steps):
        out, _ = take_step(session)
        session.step += 1
        values.append(out.loss.item())
    return values
