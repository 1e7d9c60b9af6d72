"""LeWorldModel: what is predicted from what, what takes a gradient, its plans, and that it collapses without SIGReg."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.config.run import RunConfig
from engine.events import Event
from engine.health import Watch
from engine.method import Batch, Out
from engine.methods.applied.lewm import LeWM
from engine.train.control import Control
from engine.train.loop import progress, take_step
from engine.train.setup import Session
from engine.train.train_run import train
from tests.engine.methods.wiring import again, assert_same, small_session

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]


def session_of(prepared: Prepared, **method: Any) -> tuple[Session, LeWM, Batch]:
    """A session whose predictor is no longer the identity and whose actions matter."""
    session = small_session(prepared, "lewm", method={"dropout": 0.0, "history": 3, **method})
    assert isinstance(session.method, LeWM)
    for block in session.method.predictor.blocks:
        torch.nn.init.normal_(block.modulation.weight, std=0.3)  # type: ignore[union-attr, arg-type]
    return session, session.method, session.feed.at(0)


def middle(view: Tensor) -> Tensor:
    return view[:, :, 3:-3, 3:-3]  # 32 px of 38


def test_the_loss_is_that_of_loops_over_moments_and_steps(prepared: Prepared) -> None:
    """The two terms, written from the paper: mean squared error of each next embedding, and the Epps-Pulley statistic of each
    moment by itself."""
    session, method, batch = session_of(prepared, weight=0.3, slices=5, out_dim=6)
    assert len(batch.views) == 4

    def oracle(batch: Batch) -> Tensor:
        moves = batch.moves
        assert moves is not None
        n = len(moves.actions)
        z = method.projector(method.backbone(torch.cat([middle(view) for view in batch.views])))
        moments = [z[number * n : (number + 1) * n] for number in range(4)]
        before = torch.stack(moments[:3], dim=1)
        taken = torch.stack([moves.before[:, 0], moves.before[:, 1], moves.actions], dim=1)
        predicted = method.predictor(before, taken)
        errors = [
            (predicted[row, t, d] - moments[t + 1][row, d]) ** 2 for row in range(n) for t in range(3) for d in range(z.shape[1])
        ]
        directions = torch.nn.functional.normalize(torch.randn(6, 5, generator=batch.generator), dim=0)
        statistics = []
        for moment in moments:
            for direction in directions.unbind(1):
                x = moment @ direction
                total = torch.zeros(())
                for point in range(17):
                    t = -5 + point * 10 / 16
                    normal = math.exp(-(t**2) / 2)
                    real, imaginary = (t * x).cos().mean(), (t * x).sin().mean()
                    weight = 10 / 16 * (0.5 if point in (0, 16) else 1.0)
                    total = total + weight * ((real - normal) ** 2 + imaginary**2) * normal
                statistics.append(n * total)
        return torch.stack(errors).mean() + 0.3 * torch.stack(statistics).mean()

    assert_same(method, batch, progress(session), oracle)


def test_the_prediction_gives_a_gradient_to_both_of_its_sides(prepared: Prepared) -> None:
    """There is no stop-gradient: the last picture is only ever predicted, and the first only ever predicted from."""
    session, method, batch = session_of(prepared, weight=0.0)
    method.eval()  # batch normalisation would connect all pictures
    views = [view.clone().requires_grad_() for view in batch.views]
    out: Out = method(replace(again(batch), views=views), progress(session))
    out.loss.backward()
    for number in (0, 3):
        gradient = views[number].grad
        assert gradient is not None
        assert middle(gradient).abs().sum() > 0
        edge = gradient.clone()
        middle(edge).zero_()
        assert not edge.any(), "the margin is not seen"


def test_the_loss_depends_on_every_action_between_the_pictures(prepared: Prepared) -> None:
    session, method, batch = session_of(prepared)
    method.eval()
    moves = batch.moves
    assert moves is not None

    def loss(**changes: Tensor) -> float:
        out: Out = method(replace(again(batch), moves=replace(moves, **changes)), progress(session))
        return out.loss.item()

    first = moves.before.clone()
    first[:, 0] = (first[:, 0] + 1) % 4
    second = moves.before.clone()
    second[:, 1] = (second[:, 1] + 1) % 4
    values = {loss(), loss(before=first), loss(before=second), loss(actions=(moves.actions + 1) % 4)}
    assert len(values) == 4


@pytest.mark.parametrize("distance", ["mean", "last"])
@pytest.mark.parametrize("known", [1, 3])
def test_the_value_of_an_action_is_that_of_the_best_plan_which_begins_with_it(
    distance: str, known: int, prepared: Prepared
) -> None:
    """Against all 16 plans of 2 actions."""
    _, method, batch = session_of(prepared, distance=distance, horizon=5, candidates=300, rounds=1)
    method.eval()
    views, goals = batch.views[:known], batch.views[3]
    moves = batch.moves
    assert moves is not None
    taken = moves.before[:, : known - 1]
    with torch.no_grad():
        values = method.plan_values(views, taken, goals, 2, torch.Generator().manual_seed(0))
        seen = [method.projector(method.backbone(middle(view))) for view in views]
        goal = method.projector(method.backbone(middle(goals)))
        for row in range(2):
            least = [math.inf] * 4
            for sequence in itertools.product(range(4), repeat=2):
                embeddings, actions = [moment[row] for moment in seen], taken[row].tolist()
                costs = []
                for action in sequence:
                    actions.append(action)
                    last = torch.stack(embeddings[-3:])[None], torch.tensor(actions[-3:])[None]
                    embeddings.append(method.predictor(*last)[0, -1])
                    costs.append(float((embeddings[-1] - goal[row]).square().sum()))
                cost = sum(costs) / 2 if distance == "mean" else costs[-1]
                least[sequence[0]] = min(least[sequence[0]], cost)
            assert (-values[row]).tolist() == pytest.approx(least, rel=1e-3)


def test_it_plays_by_plans_and_random_actions_are_its_baseline(prepared: Prepared) -> None:
    session, method, _ = session_of(prepared)
    method.eval()
    batch = session.batches.of(np.arange(6))
    assert batch.scenes is not None
    assert batch.scenes.has_goals
    played = batch.scenes.play()
    assert played.goal is not None
    assert played.goal.shape == played.pictures.shape[1:]
    assert (played.actions == played.values.argmax(1)).all()
    assert (played.values <= 0).all()
    score = method.task_score(batch)
    assert score is not None
    assert (score.name, float(score.value)) == ("success", played.success.mean())
    assert float(score.baseline) == batch.scenes.baseline()


def test_it_never_acts_by_its_plans_while_it_learns(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    session = prepared("lewm")
    monkeypatch.setattr(LeWM, "plan_values", lambda *_: pytest.fail("it planned"))
    for _ in range(3):
        take_step(session)
        session.step += 1


@pytest.mark.parametrize(("weight", "collapses"), [(0.0, True), (0.1, False)])
def test_without_sigreg_health_says_that_it_collapses(weight: float, collapses: bool, small: Small) -> None:
    watch = Watch()

    def take(event: Event) -> None:
        watch.add(event)

    changes = {
        "method": {"weight": weight},
        "train": {"steps": 60},
        "monitor": {"diagnose_every": 10, "pictures": False},
    }
    assert train(small("lewm", changes), take, Control(), None).state == "finished"
    verdict = watch.verdict()
    assert (verdict.kind == "shrunk") == collapses
    assert (verdict.figures["deviation"] < 0.3) == collapses
    assert verdict.rule.alarm == collapses
