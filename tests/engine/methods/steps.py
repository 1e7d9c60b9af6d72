"""Steps of a session, taken one by one."""

from __future__ import annotations

from engine.train.loop import take_step
from engine.train.setup import Session


def losses(session: Session, steps: int) -> list[float]:
    """The next losses of a session."""
    found = []
    for _ in range(steps):
        out, _ = take_step(session)
        session.step += 1
        found.append(out.loss.item())
    return found
