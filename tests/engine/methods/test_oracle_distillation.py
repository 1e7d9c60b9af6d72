"""BYOL, SimSiam, DINO, SwAV and the momentum encoders of all methods, against naive computations from their own modules."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.method import Batch
from tests.engine.losses import naive
from tests.engine.methods.wiring import (
    Prepared,
    after_step,
    again,
    assert_same,
    at_share,
    average,
    blame,
    dot,
    rising,
    small_session,
    step,
)


def test_byol_predicts_the_target_of_the_other_view(prepared: Prepared) -> None:
    """Eq. 2 of 2006.07733, both ways: 2 - 2 cos(prediction of one view, target of the other); the target takes no gradient."""
    session = small_session(prepared, "byol")
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        one, two = batch.views
        p1, p2 = (m.predictor(m.projector(m.backbone(view))) for view in (one, two))
        t1, t2 = (m.target(view).detach() for view in (one, two))
        return average([2 - 2 * dot(p1[i], t2[i]) + 2 - 2 * dot(p2[i], t1[i]) for i in range(4)])

    assert_same(m, session.batches.at(0), at_share(0.5), oracle)


@pytest.mark.parametrize("stop", [True, False])
def test_simsiam_predicts_the_other_view_and_stops_the_gradient_at_its_target(prepared: Prepared, stop: bool) -> None:
    """Eq. 2 and Algorithm 1 of 2011.10566: D(p1, stopgrad(z2)) / 2 + D(p2, stopgrad(z1)) / 2."""
    session = small_session(prepared, "simsiam", method={"stop_gradient": stop})
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        z1, z2 = (m.projector(m.backbone(view)) for view in batch.views)
        t1, t2 = (z.detach() if stop else z for z in (z1, z2))
        p1, p2 = m.predictor(z1), m.predictor(z2)
        return average([-dot(p1[i], t2[i]) / 2 - dot(p2[i], t1[i]) / 2 for i in range(4)])

    assert_same(m, session.batches.at(0), at_share(0.5), oracle)


DINO = {
    "student_temperature": 0.1,
    "teacher_temperature": 0.07,
    "warmup_teacher_temperature": 0.04,
    "warmup": 0.2,
    "freeze_last": 0.1,
    "out_dim": 16,
}


@pytest.mark.parametrize(("share", "temperature"), [(0.0, 0.04), (0.05, 0.0475), (0.2, 0.07), (0.9, 0.07)])
def test_dino_s_views_learn_the_sharpened_centred_output_of_the_other_large_views(
    prepared: Prepared, share: float, temperature: float
) -> None:
    """Algorithm 1 of 2104.14294: the student sees all crops, the teacher the large ones; no view is compared with itself."""
    session = small_session(prepared, "dino", method=DINO)
    m: Any = session.method
    centre = m.centre.value.clone()

    def oracle(batch: Batch) -> Tensor:
        large = torch.cat(batch.views)
        h = torch.cat([m.backbone(large), m.backbone(torch.cat(batch.local))])
        student = m.head(h).split(4)
        teacher = m.teacher(large).detach().split(4)
        assert (len(teacher), len(student)) == (2, 2 + len(batch.local))
        terms = []
        for i in range(4):
            for t, targets in enumerate(teacher):
                target = ((targets[i] - centre[0]) / temperature).softmax(0)
                terms += [blame(target, logits[i] / 0.1) for s, logits in enumerate(student) if s != t]
        return average(terms)

    assert_same(m, session.batches.at(0), at_share(share), oracle)


@pytest.mark.parametrize("id", ["dino", "ibot"])
@pytest.mark.parametrize(("share", "frozen"), [(0.0, True), (0.09, True), (0.1, False), (0.5, False), (1.0, False)])
def test_the_last_layer_is_frozen_at_the_start_and_free_afterwards(prepared: Prepared, id: str, share: float, frozen: bool) -> None:
    """App. C of 2104.14294: "freezing the last layer during the first epoch". All others learn from the first step."""
    session = small_session(prepared, id, method={"freeze_last": 0.1, "out_dim": 16})
    m: Any = session.method
    out = m(session.batches.at(0), at_share(share))
    out.loss.backward()
    m.after_backward(at_share(share))
    learns = {name for name, p in m.named_parameters() if p.grad is not None and p.grad.abs().sum() > 0}
    assert ("head.last" not in learns) == frozen
    assert "head.mlp.0.weight" in learns
    assert any(name.startswith("backbone") for name in learns)


@pytest.mark.parametrize("id", ["dino", "ibot"])
def test_gradients_are_clipped_one_parameter_at_a_time(prepared: Prepared, id: str) -> None:
    """Each to a norm of its own, as in the official code, not all together."""
    session = small_session(prepared, id, method={"clip": 1e-3, "out_dim": 16, "freeze_last": 0.0})
    m: Any = session.method
    m(session.batches.at(0), at_share(0.5)).loss.backward()
    before = {name: p.grad.clone() for name, p in m.named_parameters() if p.grad is not None}
    m.after_backward(at_share(0.5))
    large = 0
    for name, grad in before.items():
        expected = grad * min(1.0, 1e-3 / (float(grad.norm()) + 1e-6))
        assert torch.allclose(m.get_parameter(name).grad, expected, rtol=1e-3, atol=1e-9), name
        large += int(grad.norm() > 1e-3)
    assert large > 10


SWAV = {"prototypes": 12, "queue": 8, "queue_from": 0.5, "freeze": 0.2, "temperature": 0.1, "epsilon": 0.05}


@pytest.mark.parametrize(("share", "queued"), [(0.4, False), (0.5, True), (0.9, True)])
def test_swav_s_views_predict_the_code_of_another_view(prepared: Prepared, share: float, queued: bool) -> None:
    """Eq. 1-5 of 2006.09882 and its official code: codes of the two large views, without gradient, made with the queue of the same
    view once it is in use; every other view, the small ones too, predicts them."""
    session = small_session(prepared, "swav", method=SWAV)
    m: Any = session.method
    queues = [queue.vectors.clone() for queue in m.queues]
    assert not torch.equal(queues[0], queues[1])

    def oracle(batch: Batch) -> Tensor:
        h = torch.cat([m.backbone(torch.cat(batch.views)), m.backbone(torch.cat(batch.local))])
        z = [torch.stack([row / row.norm() for row in part]) for part in m.projector(h).split(4)]
        scores = [part @ m.prototypes.weight.t() for part in z]
        terms = []
        for v in range(2):
            rows = torch.cat([z[v].detach(), queues[v]]) if queued else z[v].detach()
            code = torch.tensor(naive.sinkhorn(rows @ m.prototypes.weight.detach().t(), 0.05, 3))[:4]
            for w, score in enumerate(scores):
                if w != v:
                    terms += [blame(code[i].float(), score[i] / 0.1) for i in range(4)]
        assert len(terms) == 4 * 2 * (1 + len(batch.local))
        return average(terms)

    assert_same(m, session.batches.at(0), at_share(share), oracle)


def test_swav_s_queues_take_their_own_view_after_the_step(prepared: Prepared) -> None:
    session = small_session(prepared, "swav", method=SWAV)
    m: Any = session.method
    batch = session.batches.at(0)
    before = [queue.vectors.clone() for queue in m.queues]
    with torch.no_grad():
        h = torch.cat([m.backbone(torch.cat(batch.views)), m.backbone(torch.cat(batch.local))])
        z = nn.functional.normalize(m.projector(h), dim=1)
    out = m(again(batch), at_share(0.9))
    assert all(torch.equal(queue.vectors, old) for queue, old in zip(m.queues, before, strict=True))
    after_step(m, at_share(0.9), out)
    for v, queue in enumerate(m.queues):
        assert torch.allclose(queue.vectors[:4], z[4 * v : 4 * v + 4], atol=1e-5)
        assert torch.equal(queue.vectors[4:], before[v][4:])


@pytest.mark.parametrize(("share", "frozen"), [(0.0, True), (0.19, True), (0.2, False), (0.9, False)])
def test_swav_s_prototypes_are_frozen_at_the_start_and_stay_on_the_sphere(prepared: Prepared, share: float, frozen: bool) -> None:
    session = small_session(prepared, "swav", method=SWAV)
    m: Any = session.method
    out = m(session.batches.at(0), at_share(share))
    out.loss.backward()
    m.after_backward(at_share(share))
    grad = m.prototypes.weight.grad
    assert (grad is None or not grad.any()) == frozen
    assert m.projector[0].weight.grad.abs().sum() > 0
    with torch.no_grad():
        m.prototypes.weight.mul_(3.0)
    after_step(m, at_share(share), out)
    assert torch.allclose(m.prototypes.weight.norm(dim=1), torch.ones(12), atol=1e-5)


# Teacher, the modules that it follows, and its momentum at a share of the run.
TEACHERS: dict[str, tuple[str, tuple[str, ...], Any, dict[str, Any]]] = {
    "byol": ("target", ("backbone", "projector"), lambda share: rising(0.9, share), {}),
    "moco_v1": ("key", ("backbone", "projector"), lambda share: 0.9, {}),
    "moco_v2": ("key", ("backbone", "projector"), lambda share: 0.9, {}),
    "moco_v3": ("key", ("backbone", "projector"), lambda share: rising(0.9, share), {}),
    "pixcontrast": ("momentum_encoder", ("backbone", "projector", "instance"), lambda share: rising(0.9, share), {"instance": 1.0}),
    "dino": ("teacher", ("backbone", "head"), lambda share: rising(0.9, share), {}),
    "ibot": ("teacher", ("backbone", "head"), lambda share: rising(0.9, share), {}),
    "ijepa": ("teacher", ("backbone",), lambda share: 0.9 + 0.1 * share, {}),
}


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("id", TEACHERS)
def test_teachers_follow_by_the_published_schedule(prepared: Prepared, id: str, share: float) -> None:
    """teacher = m teacher + (1 - m) student, of every parameter, after the step and not within it. I-JEPA's rises along a line."""
    name, modules, momentum, settings = TEACHERS[id]
    session = small_session(prepared, id, method={"momentum": 0.9, **settings})
    m: Any = session.method
    students = [p for module in modules for p in getattr(m, module).parameters()]
    teachers = list(getattr(m, name).parameters())
    assert len(students) == len(teachers)
    assert {id_of(p) for module in m.teachers() for p in module.parameters()} == {id_of(p) for p in teachers}
    before = [p.clone() for p in teachers]
    out = m(session.batches.at(0), at_share(share))
    assert all(torch.equal(p, old) for p, old in zip(teachers, before, strict=True))
    after_step(m, at_share(share), out)
    k = momentum(share)
    for teacher, old, student in zip(teachers, before, students, strict=True):
        assert torch.allclose(teacher, k * old + (1 - k) * student, rtol=1e-5, atol=1e-6)


def id_of(parameter: nn.Parameter) -> int:
    return id(parameter)


@pytest.mark.parametrize("id", ["dino", "ibot", "ijepa"])
def test_the_student_alone_skips_blocks(prepared: Prepared, id: str) -> None:
    """Stochastic depth is the student's, as in the official code: two outputs of the teacher for one image are the same."""
    session = small_session(prepared, id, backbone={"name": "vit_micro", "drop_path": 0.5})
    m: Any = session.method
    image = session.batches.at(0).views[0]
    teacher = m.teacher if id == "ijepa" else m.teacher[0]
    assert teacher.training
    with torch.no_grad():
        assert torch.equal(teacher(image), teacher(image))
        assert not torch.equal(m.backbone(image), m.backbone(image))


@pytest.mark.parametrize("id", ["dino", "ibot"])
def test_centres_move_after_the_step_by_the_teacher_that_spoke_in_it(prepared: Prepared, id: str) -> None:
    """Eq. 4 of 2104.14294, c = m c + (1 - m) mean of the teacher's logits; of iBOT's patches by a centre of their own."""
    session = small_session(prepared, id, method={"centre_momentum": 0.8, "out_dim": 16})
    m: Any = session.method
    batch = session.batches.at(0)
    with torch.no_grad():
        if id == "dino":
            means = {"centre": m.teacher(torch.cat(batch.views)).mean(0)}
        else:
            tokens = m.teacher[0].tokens(torch.cat(batch.views))
            logits = torch.stack([m.teacher[1](row) for row in tokens])
            means = {"centre": logits[:, 0].mean(0), "patch_centre": logits[:, 1:].mean((0, 1))}
    before = {name: getattr(m, name).value.clone() for name in means}
    out = m(again(batch), at_share(0.5))
    assert all(torch.equal(getattr(m, name).value, before[name]) for name in means)
    after_step(m, at_share(0.5), out)
    for name, mean in means.items():
        assert torch.allclose(getattr(m, name).value, 0.8 * before[name] + 0.2 * mean, rtol=1e-4, atol=1e-6), name
    # A second step starts from there and forgets nothing and counts nothing twice.
    first = {name: getattr(m, name).value.clone() for name in means}
    m.zero_grad()
    step(m, session.batches.at(1), at_share(1.0))
    for name in means:
        assert not torch.equal(getattr(m, name).value, first[name])
