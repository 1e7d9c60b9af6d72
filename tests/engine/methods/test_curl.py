"""CURL's forward pass: what is query and key, which network gives the target, and what takes a gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.method import Batch, Out
from engine.methods.applied.curl import CURL, crops_at
from engine.train.loop import progress
from engine.train.setup import Session
from tests.engine.methods.wiring import again, small_session

Prepared = Callable[..., Session]


def session_of(prepared: Prepared, **method: Any) -> tuple[Session, CURL, Batch]:
    session = small_session(prepared, "curl", method=method)
    assert isinstance(session.method, CURL)
    return session, session.method, session.feed.at(0)


def out_of(session: Session, batch: Batch) -> Out:
    out: Out = session.method(again(batch), progress(session))
    return out


def gradient_of(session: Session, batch: Batch) -> dict[str, float]:
    session.method.zero_grad()
    out_of(session, batch).loss.backward()
    sums: dict[str, float] = {}
    for name, parameter in session.method.named_parameters():
        part = name.split(".")[0]
        sums[part] = sums.get(part, 0.0) + (0.0 if parameter.grad is None else float(parameter.grad.abs().sum()))
    return sums


def test_the_loss_is_that_of_a_loop_over_the_steps(prepared: Prepared) -> None:
    """Double DQN's error and the contrast, written from the papers, with the crops of a batch whose crops are off."""
    session, method, batch = session_of(prepared, crop=False, frames=2, contrast=0.5, discount=0.7)
    out = out_of(session, batch)
    moves = batch.moves
    assert moves is not None
    side = session.feed.at(0).views[0].shape[-1]
    edge = (side - 32) // 2
    views = [view[:, :, edge : edge + 32, edge : edge + 32] for view in batch.views]
    assert len(views) == 3

    def features(encoder: torch.nn.Module, row: int, first: int) -> Tensor:
        return torch.cat([encoder(views[number][row : row + 1])[0] for number in (first, first + 1)])

    with torch.no_grad():
        n = len(moves.actions)
        queries = [features(method.backbone, row, 0) for row in range(n)]
        keys = [features(method.target_encoder, row, 0) for row in range(n)]
        for row in range(n):
            after = features(method.backbone, row, 1)
            best = int(method.action_values(after[None])[0].argmax())
            following = float(method.target_values(features(method.target_encoder, row, 1)[None])[0, best])
            wanted = float(moves.rewards[row]) + (0.0 if bool(moves.ended[row]) else 0.7 * following)
            error = abs(float(method.action_values(queries[row][None])[0, int(moves.actions[row])]) - wanted)
            value = error**2 / 2 if error < 1 else error - 0.5
            logits = torch.stack([queries[row] @ method.similarity @ keys[other] for other in range(n)])
            contrast = float(logits.logsumexp(0) - logits[row])
            assert out.per_image is not None
            assert float(out.per_image[row]) == pytest.approx(value + 0.5 * contrast, rel=1e-3, abs=1e-4)


def test_with_detach_the_reward_gives_the_encoder_no_gradient(prepared: Prepared) -> None:
    session, _, batch = session_of(prepared, detach=True, contrast=0.0)
    frozen = gradient_of(session, batch)
    assert frozen["backbone"] == 0
    assert frozen["action_values"] > 0
    assert gradient_of(*_first_and_last(session_of(prepared, detach=True, contrast=1.0)))["backbone"] > 0
    both = gradient_of(*_first_and_last(session_of(prepared, contrast=0.0)))
    assert both["backbone"] > 0
    assert both["similarity"] == 0


def test_the_contrast_alone_does_not_depend_on_the_rewards(prepared: Prepared) -> None:
    session, method, batch = session_of(prepared, detach=True)
    moves = batch.moves
    assert moves is not None

    def encoder_gradient(rewards: Tensor) -> Tensor:
        other = Batch(**{**vars(batch), "moves": replace(moves, rewards=rewards)})
        gradient_of(session, other)
        return torch.cat([p.grad.flatten() for p in method.backbone.parameters() if p.grad is not None])

    assert torch.equal(encoder_gradient(moves.rewards), encoder_gradient(moves.rewards + 5))


def test_keys_and_targets_have_no_gradient_and_the_target_follows(prepared: Prepared) -> None:
    session, method, batch = session_of(prepared, momentum=0.75)
    gradients = gradient_of(session, batch)
    assert gradients["target_encoder"] == gradients["target_values"] == 0
    before = [p.clone() for teacher in method.teachers() for p in teacher.parameters()]
    method.after_step(progress(session), out_of(session, batch))
    online = [*method.backbone.parameters(), *method.action_values.parameters()]
    after = [p for teacher in method.teachers() for p in teacher.parameters()]
    for old, new, own in zip(before, after, online, strict=True):
        torch.testing.assert_close(new, 0.75 * old + 0.25 * own)


def test_query_and_key_are_other_crops_and_all_pictures_of_an_observation_are_cut_alike(prepared: Prepared) -> None:
    _, method, batch = session_of(prepared, frames=2)
    generator = torch.Generator().manual_seed(1)
    resting = [batch.views[0], batch.views[0]]
    query = method._cropped(resting, generator)
    key = method._cropped(resting, generator)
    assert torch.equal(query[0], query[1])
    assert not torch.equal(query[0], key[0])
    assert query[0].shape == (4, 3, 32, 32)
    # Every crop lies in its picture.
    whole = batch.views[0]
    for row in range(4):
        spots = [
            (top, left)
            for top in range(whole.shape[2] - 31)
            for left in range(whole.shape[3] - 31)
            if torch.equal(whole[row, :, top : top + 32, left : left + 32], query[0][row])
        ]
        assert spots


def test_crops_at_known_corners() -> None:
    images = torch.arange(2 * 1 * 4 * 4).view(2, 1, 4, 4).float()
    cut = crops_at(images, torch.tensor([0, 2]), torch.tensor([1, 0]), 2)
    assert torch.equal(cut[0, 0], images[0, 0, 0:2, 1:3])
    assert torch.equal(cut[1, 0], images[1, 0, 2:4, 0:2])


def test_it_acts_on_the_middle_without_drawing(prepared: Prepared) -> None:
    _, method, batch = session_of(prepared)
    method.eval()
    before = batch.generator.get_state()
    values = method.values(batch.views[:-1])
    assert values.shape == (4, 4)
    outer = [view.clone() for view in batch.views[:-1]]
    for view in outer:
        view[:, :, 0], view[:, :, -1] = 9.0, 9.0
    assert torch.equal(method.values(outer), values)
    assert torch.equal(batch.generator.get_state(), before)


def _first_and_last(made: tuple[Session, CURL, Batch]) -> tuple[Session, Batch]:
    return made[0], made[2]
