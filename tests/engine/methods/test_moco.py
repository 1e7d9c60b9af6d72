"""MoCo v1, v2 and v3: v1 and v2 differ only where the papers do; v3 follows its own algorithm box."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from engine.catalogue import load
from engine.config.run import RunConfig
from engine.method import Method
from engine.train.loop import progress, take_step
from engine.train.resolve import resolve
from engine.train.setup import Session
from tests.engine.losses import naive

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]


def flat(values: Any, at: str = "") -> dict[str, Any]:
    """Nested values by their dotted keys."""
    if isinstance(values, dict | list | tuple):
        pairs = values.items() if isinstance(values, dict) else enumerate(values)
        return {key: leaf for name, value in pairs for key, leaf in flat(value, f"{at}{name}.").items()}
    return {at.rstrip("."): values}


def test_v1_and_v2_have_different_settings_only_where_the_papers_do() -> None:
    v1, v2 = (flat(resolve({"method": id}).model_dump(mode="json")) for id in ("moco_v1", "moco_v2"))
    missing = object()
    differ = {key: (v1.get(key), v2.get(key)) for key in v1 | v2 if v1.get(key, missing) != v2.get(key, missing)}
    assert differ == {
        "method.id": ("moco_v1", "moco_v2"),
        "method.hidden_dim": (None, 512),  # the MLP head (2003.04297, Sec. 3)
        "method.temperature": (0.07, 0.2),  # 1911.05722, Sec. 3.3; 2003.04297, Sec. 3
        "optim.schedule": ("step", "cosine"),  # 1911.05722, Sec. 4; 2003.04297, Sec. 3
        "views.preset": ("moco_v1", "moco_v2"),
        "views.groups.0.blur": (0.0, 0.5),  # "aug+", 2003.04297, Sec. 3
        "views.groups.0.hue": (0.4, 0.1),  # v1's jitter and v2's, of the official code
        "views.groups.0.jitter": (1.0, 0.8),
    }


def test_v1_and_v2_have_the_same_modules_but_for_the_head(prepared: Prepared) -> None:
    v1, v2 = (prepared(id).method for id in ("moco_v1", "moco_v2"))

    def shapes(method: Method) -> dict[str, torch.Size]:
        return {name: value.shape for name, value in method.state_dict().items()}

    one, two = shapes(v1), shapes(v2)
    heads = {"projector.", "key.1."}
    apart = {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)}
    assert apart
    assert all(any(name.startswith(head) for head in heads) for name in apart)
    assert isinstance(v1.projector, nn.Linear)
    assert [type(layer) for layer in v2.projector] == [nn.Linear, nn.ReLU, nn.Linear]  # type: ignore[union-attr]


def test_v1_and_v2_with_the_same_head_and_temperature_are_identical(prepared: Prepared) -> None:
    """Losses, accuracies and queue are equal at every step."""
    runs = []
    for id in ("moco_v1", "moco_v2"):
        session = prepared(id, {"method": {"temperature": 0.1, "queue": 40}, "views": {"preset": "moco_v2"}})
        method = session.method
        torch.manual_seed(0)
        method.projector = nn.Linear(method.backbone.dim, 128)
        method.key[1] = nn.Linear(method.backbone.dim, 128).requires_grad_(False)  # type: ignore[operator,index]
        method.key[1].load_state_dict(method.projector.state_dict())  # type: ignore[operator,index,union-attr]
        method.queue.vectors.copy_(nn.functional.normalize(torch.randn(40, 128), dim=1))  # type: ignore[union-attr]
        optimiser = torch.optim.SGD([p for p in method.parameters() if p.requires_grad], lr=0.1)
        values = []
        for step in range(3):
            optimiser.zero_grad()
            out = method(session.batches.at(step), progress(session))
            out.loss.backward()
            optimiser.step()
            method.after_step(progress(session), out)
            values.append((out.loss.item(), float(out.terms["accuracy"])))
        runs.append((values, method.queue.vectors.clone()))  # type: ignore[operator,union-attr]
    (one, queue_one), (two, queue_two) = runs
    assert one == two
    assert torch.equal(queue_one, queue_two)


def test_the_queue_holds_the_last_keys_and_no_query(prepared: Prepared) -> None:
    for id in ("moco_v1", "moco_v2"):
        session = prepared(id)
        method = session.method
        for step in range(3):
            with torch.no_grad():
                out = method(session.batches.at(step), progress(session))
            method.after_step(progress(session), out)
        assert int(method.queue.filled) == 32  # type: ignore[union-attr,arg-type]
        assert torch.allclose(method.queue.vectors.norm(dim=1), torch.ones(32))  # type: ignore[union-attr,operator]


@pytest.mark.parametrize("tau", [0.2, 1.0])
def test_v3_equals_its_algorithm_box(prepared: Prepared, tau: float) -> None:
    """ctr(q1, k2) + ctr(q2, k1), each 2 tau times a cross-entropy over the keys of the batch, with loops."""
    session = prepared("moco_v3", {"method": {"temperature": tau}})
    method, batch = session.method, session.batches.at(0)
    q, k = [], []
    with torch.no_grad():
        loss = method(batch, progress(session)).loss.item()
        for view in batch.views:
            q.append(method.predictor(method.projector(method.backbone(view))))  # type: ignore[operator]
            k.append(method.key(view))  # type: ignore[operator]

    def contrast(queries: torch.Tensor, keys: torch.Tensor) -> float:
        rows, columns = naive.rows(queries), naive.rows(keys)
        terms = []
        for i, query in enumerate(rows):
            logits = [naive.cosine(query, key) / tau for key in columns]
            terms.append(naive.log_sum_exp(logits) - logits[i])
        return 2 * tau * math.fsum(terms) / len(terms)

    assert loss == pytest.approx(contrast(q[0], k[1]) + contrast(q[1], k[0]), rel=1e-4)


def test_v3_heads_are_normalised_throughout(prepared: Prepared) -> None:
    method = prepared("moco_v3").method
    kinds = [[type(layer).__name__ for layer in head] for head in (method.projector, method.predictor)]  # type: ignore[union-attr]
    block = ["Linear", "BatchNorm1d", "ReLU"]
    assert kinds == [2 * block + block[:2], block + block[:2]]
    for head in (method.projector, method.predictor):
        assert not head[-1].affine  # type: ignore[index,union-attr]
        assert all(layer.bias is None for layer in head if isinstance(layer, nn.Linear))  # type: ignore[union-attr]


@pytest.mark.parametrize("frozen", [True, False])
def test_v3_does_not_train_a_vit_s_patch_projection(prepared: Prepared, frozen: bool) -> None:
    session = prepared("moco_v3", {"backbone": {"name": "vit_micro"}, "method": {"freeze_patch": frozen}})
    backbone: Any = session.method.backbone
    before = {name: p.clone() for name, p in backbone.named_parameters()}
    for _ in range(2):
        take_step(session)
        session.step += 1
    unchanged = {name for name, p in backbone.named_parameters() if torch.equal(p, before[name])}
    assert "pos_embed" in unchanged
    assert ({"patch_embed.proj.weight", "patch_embed.proj.bias"} <= unchanged) == frozen
    assert "blocks.0.attn.qkv.weight" not in unchanged


def test_v3_freezes_nothing_of_a_convolutional_network(prepared: Prepared) -> None:
    assert all(p.requires_grad for p in prepared("moco_v3").method.backbone.parameters())


def test_v3_s_key_encoder_does_not_change_at_the_last_step(prepared: Prepared) -> None:
    session = prepared("moco_v3")
    method: Any = session.method
    with torch.no_grad():
        for p in method.backbone.parameters():
            p.add_(1.0)
    before = [p.clone() for p in method.key.parameters()]
    end = progress(session).__class__(6, 6, 2, 2)
    method.after_step(end)
    assert all(torch.equal(a, b) for a, b in zip(before, method.key.parameters(), strict=True))
    method.after_step(progress(session))
    assert not torch.equal(before[0], next(method.key.parameters()))


def test_each_version_names_its_own_paper() -> None:
    assert len({load(id).__doc__ for id in ("moco_v1", "moco_v2", "moco_v3")}) == 3
