"""Checks that every method of the catalogue must pass. None of them depends on a particular method.

A method that is added to the catalogue is tested here without further code.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.backbones import resnet
from engine.backbones.build import VITS
from engine.catalogue import CATALOGUE, entry, load
from engine.config.errors import ConfigError
from engine.config.part import MethodConfig
from engine.config.run import RunConfig
from engine.config.text import from_yaml, merge, parse, to_yaml
from engine.data.open import open_dataset
from engine.events import Event, StepDone
from engine.method import Batch, Method, Out, Progress, Stage, Turn
from engine.train import checkpoint, loop
from engine.train.control import Control
from engine.train.known_labels import labelled_images
from engine.train.loop import progress, take_step, take_turn
from engine.train.own_task import score_task
from engine.train.resolve import resolve
from engine.train.setup import Session, fit_to_data, prepare
from engine.train.train_run import resume, train
from tests.engine.methods.steps import losses

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]

pytestmark = pytest.mark.parametrize("id", [row.id for row in CATALOGUE])

LEARNING_STEPS = 5
# Images a step: half of what the other tests of methods use, and enough for most checks here.
BATCH = 8
# Where the loss itself is judged, which varies with the images.
MORE = 16
# Methods whose loss jumps in the first steps with `BATCH` images.
UNSTEADY = ("instdisc",)
# An untrained network scores slightly better than chance, because two views of an image are similar even at random weights.
# The largest difference is iBOT's, whose student and teacher start with the same weights: .154 below chance.
CHANCE_TOLERANCE = 0.2
# Methods whose loss is defined on the batch and has no part per image, and why. All others return Out.per_image.
WHOLE = {
    "align_uniform": "uniformity is the logarithm of a mean over all pairs",
    "barlow_twins": "the cross-correlation of the dimensions over the batch, squared",
    "lejepa": "the distance of the batch's distribution from a normal one",
    "lewm": "the distance of the batch's embeddings from a normal distribution",
    "random": "a loss of 0 that depends on no image",
    "visreg": "the distance of the batch's embeddings from a normal distribution",
    "vicreg": "the variance and covariance of the dimensions over the batch",
}


@pytest.fixture(autouse=True)
def thin_encoders(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual encoders with fewer channels, which take less time, where the width does not matter: it does for how fast a loss
    falls, for the first loss, and beside a stored teacher."""
    width_matters = request.function in (test_loss_falls_on_a_fixed_batch, test_the_first_loss_is_near_chance_level)
    if width_matters or entry(request.getfixturevalue("id")).teacher:
        return
    monkeypatch.setattr(resnet, "NARROW", (8, 16, 32, 64))
    width, *rest = VITS["vit_micro"]
    monkeypatch.setitem(VITS, "vit_micro", (width // 2, *rest))


@pytest.fixture
def small(small: Small) -> Small:
    """The small run of a method, with `BATCH` images a step."""

    def make(id: str, changes: Mapping[str, Any] | None = None) -> RunConfig:
        return small(id, merge({"train": {"batch": BATCH}}, changes or {}))

    return make


def forward(session: Session, step: int = 0, turn: str = "", **changes: Any) -> Out:
    """The method's Out of a step's batch in a turn, with fields of the batch changed."""
    batch = session.feed.at(step)
    given = {name: getattr(batch, name) for name in Batch.__dataclass_fields__}
    torch.manual_seed(0)
    out: Out = session.method(Batch(**{**given, **changes}), replace(progress(session), turn=turn))
    return out


def needs_learning(id: str) -> None:
    if not entry(id).learns:
        pytest.skip("a baseline that learns nothing")


def fill_memories(session: Session, batches: int = 3) -> None:
    """Run forward passes on some batches, which fill queues and running means, without an optimiser step."""
    for step in range(batches):
        with torch.no_grad():
            out = forward(session, step)
        session.method.after_step(progress(session), out)


def parts(session: Session) -> Iterator[Session]:
    """The session at the first step of each part of its run: its stages, if it has any, and the method's own training."""
    for span in session.spans:
        session.step = span.first
        yield session


def stages_of(session: Session) -> list[Stage]:
    """The stages of a method, its own training last."""
    return [*session.method.stages(), session.method.own_stage()]


def own(session: Session) -> Session:
    """The session at the first step of the method's own training."""
    *_, last = parts(session)
    return last


def use_first_batch(session: Session) -> None:
    """Use the first step's batch in every step of the session's stage."""
    feed = session.feed
    draw = feed.at
    feed.at = lambda step: draw(0)  # type: ignore[method-assign]


def hold_weights(session: Session, rate: float) -> None:
    """Use this peak learning rate in every stage."""
    for optimiser in (session.optimiser, *session.own_optimisers.values()):
        for group in optimiser.param_groups:
            group["peak"] = rate


def trainable_parameters(method: Method) -> dict[str, nn.Parameter]:
    """The parameters that require a gradient."""
    return {name: p for name, p in method.named_parameters() if p.requires_grad}


def state(module: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


def same(one: Mapping[str, Tensor], two: Mapping[str, Tensor]) -> bool:
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


def test_the_method_s_class_agrees_with_its_catalogue_entry(id: str) -> None:
    row, method = entry(id), load(id)
    assert issubclass(method, Method)
    assert issubclass(method.Config, MethodConfig)
    assert (row.arxiv or row.link) in (method.__doc__ or "")
    assert method.Config.__doc__
    assert row.line.endswith(".")


def test_loss_falls_on_a_fixed_batch(id: str, prepared: Prepared) -> None:
    """In every part of the run it falls further than at a learning rate near 0, where only teachers, queues and means change."""
    needs_learning(id)
    shares = [stage.share for stage in prepared(id).method.stages()]
    steps = math.ceil(LEARNING_STEPS / min(*shares, 1 - sum(shares), 1.0))
    for part in range(len(shares) + 1):
        curves = {}
        for rate in (None, 1e-12):
            session = prepared(id, {"train": {"steps": steps, "batch": MORE if id in UNSTEADY else BATCH}})
            for earlier in session.spans[:part]:
                session.step = earlier.first
                losses(session, LEARNING_STEPS)
            session.step = session.spans[part].first
            if rate:
                hold_weights(session, rate)
            use_first_batch(session)
            fill_memories(session)
            curves[rate] = losses(session, LEARNING_STEPS)
        margin = 0.02 * max(1.0, abs(curves[None][0]))
        # A turn that moves before the main one changes its loss.
        assert len(session.method.turns()) > 1 or curves[None][0] == curves[1e-12][0], part
        assert min(curves[None]) < min(curves[1e-12]) - margin, curves


def test_every_student_parameter_has_a_gradient_and_no_teacher_has_one(id: str, prepared: Prepared) -> None:
    needs_learning(id)
    session = prepared(id)
    method = session.method
    for part in parts(session):
        for turn in method.turns():
            out = forward(part, turn=turn.name)
            assert out.loss.shape == ()
            out.loss.backward()
    learning = trainable_parameters(method)
    assert [name for name, p in learning.items() if p.grad is None or not p.grad.isfinite().all()] == []
    reached = {name.split(".")[0] for name, p in learning.items() if p.grad is not None and p.grad.abs().sum() > 0}
    assert reached == {name.split(".")[0] for name in learning}
    for teacher in method.teachers():
        assert all(not p.requires_grad and p.grad is None for p in teacher.parameters())


def test_the_optimiser_updates_every_student_parameter_once_and_nothing_else(id: str, prepared: Prepared) -> None:
    session = prepared(id)
    method = session.method
    held = [moved_by(session, turn) for turn in method.turns()]
    assert all(len(set(parameters)) == len(parameters) for parameters in held)
    assert set().union(*held) == set(trainable_parameters(method).values())
    before = [state(teacher) for teacher in method.teachers()]
    parameters = [{name for name, _ in teacher.named_parameters()} for teacher in method.teachers()]
    for turn in method.turns():
        forward(session, turn=turn.name).loss.backward()
        session.optimiser_of(turn).step()
    for teacher, old, names in zip(method.teachers(), before, parameters, strict=True):
        new = state(teacher)
        assert all(torch.equal(old[name], new[name]) for name in names)


def moved_by(session: Session, turn: Turn) -> list[nn.Parameter]:
    """The parameters in the optimiser of a turn."""
    return [p for group in session.optimiser_of(turn).param_groups for p in group["params"]]


def test_a_turn_moves_its_own_parameters_alone(id: str, prepared: Prepared) -> None:
    """Those in its parameter groups; the gradients that its loss gives to others are cleared."""
    needs_learning(id)
    session = prepared(id)
    method = session.method
    for turn in method.turns():
        own = [p for group in method.parameter_groups() if group.turn == turn.name for p in group.parameters]
        before = {name: p.detach().clone() for name, p in trainable_parameters(method).items()}
        take_turn(session, turn, replace(progress(session), turn=turn.name), [session.feed.at(0)])
        moved = [p for name, p in trainable_parameters(method).items() if not torch.equal(p, before[name])]
        assert moved
        assert all(any(p is one for one in own) for p in moved)
        assert all(p.grad is None for p in method.parameters())


def test_labels_do_not_change_losses_or_gradients(id: str, prepared: Prepared) -> None:
    if entry(id).labels != "none":
        pytest.skip("learns from labels")

    def learned(**changes: Any) -> tuple[list[float], dict[str, Tensor | None]]:
        session, values = prepared(id), []
        for part in parts(session):
            for turn in part.method.turns():
                out = forward(part, turn=turn.name, **changes)
                out.loss.backward()
                values.append(out.loss.item())
        return values, {name: p.grad for name, p in trainable_parameters(session.method).items()}

    expected, gradients = learned()
    label = prepared(id).batches.at(0).label
    assert label is not None
    for other in (None, label.flip(0), torch.zeros(BATCH, dtype=torch.long)):
        values, other_gradients = learned(label=other)
        assert values == expected
        assert same(other_gradients, gradients)  # type: ignore[arg-type]


def test_labels_change_the_loss_of_supervised_methods(id: str, prepared: Prepared) -> None:
    if entry(id).labels != "all":
        pytest.skip("a self-supervised method")
    session = prepared(id)
    labels = session.batches.at(0).label
    assert labels is not None
    assert forward(session, label=labels.roll(1)).loss.item() != forward(session).loss.item()


def test_labels_outside_the_few_change_nothing_in_any_stage(id: str, small: Small) -> None:
    if entry(id).labels != "few":
        pytest.skip("learns from all labels or none")
    curves = []
    for shift in (0, 1):
        dataset = open_dataset(small(id).data)
        dataset = replace(dataset, labels=dataset.labels.copy())
        session = prepare(small(id, {"train": {"steps": 12}}), dataset)
        outside = np.setdiff1d(np.arange(len(dataset.labels)), labelled_images(session.config, dataset))
        assert 0 < len(outside) < len(dataset.labels)
        # After the draw of the few, which is balanced by class and so depends on all labels.
        dataset.labels[outside] = (dataset.labels[outside] + shift) % len(dataset.classes)
        assert {span.name for span in session.spans if span.last > span.first} == {stage.name for stage in stages_of(session)}
        curves.append((losses(session, 12), [p.sum().item() for p in session.method.state_dict().values()]))
    assert curves[0] == curves[1]


def test_labels_of_the_few_change_the_loss_of_a_stage(id: str, prepared: Prepared) -> None:
    if entry(id).labels != "few":
        pytest.skip("learns from all labels or none")
    changed = []
    for part in parts(prepared(id)):
        take_step(part)
        label = part.feed.at(0).label
        assert label is not None
        changed.append(forward(part, label=label.roll(1)).loss.item() != forward(part).loss.item())
    assert any(changed)


def test_the_same_seed_gives_the_same_losses_and_another_seed_others(id: str, prepared: Prepared) -> None:
    needs_learning(id)
    one = losses(prepared(id), 2)
    torch.manual_seed(123)  # the global generator's state must not matter
    torch.rand(7)
    assert losses(prepared(id), 2) == one
    assert losses(prepared(id, {"train": {"seed": 1}}), 2) != one


def test_out_has_the_shapes_that_the_diagnostics_expect(id: str, prepared: Prepared) -> None:
    session = prepared(id)
    out = forward(session)
    assert out.features.ndim == 2
    assert len(out.features) % (BATCH * out.views) == 0
    assert out.features.shape[1] == session.method.backbone.dim
    if out.embedding is not None:
        assert out.embedding.ndim == 2
        assert len(out.embedding) % (BATCH * out.views) == 0
    assert all(torch.as_tensor(value).isfinite() for value in out.terms.values())


def test_row_i_of_per_image_is_the_loss_of_image_i(id: str, prepared: Prepared) -> None:
    """In every part of the run, in train and in eval mode: the mean of the rows is the loss, and row i depends most on image i."""
    session = prepared(id)
    fill_memories(session)
    for part in parts(session):
        for training in (True, False):
            part.method.train(training)
            out = forward(part)
            if id in WHOLE:
                assert out.per_image is None, WHOLE[id]
                continue
            assert out.per_image is not None
            assert out.per_image.shape == (BATCH,)
            assert out.per_image.isfinite().all()
            torch.testing.assert_close(out.per_image.mean(), out.loss, rtol=1e-4, atol=1e-6)
        if id not in WHOLE:
            held = influence_on_rows(part)
            if not held.any():  # logits that start at 0
                take_step(part)
                part.method.eval()
                held = influence_on_rows(part)
            # Another image of the same pair or class may have a larger influence on the row.
            assert (held.diagonal() > held.amax(1) / 3).all()


def influence_on_rows(session: Session) -> Tensor:
    """The influence of image j's pixels on row i of Out.per_image, in eval mode: a (BATCH, BATCH) matrix."""
    batch = session.feed.at(0)
    views = [view.requires_grad_() for view in (*batch.views, *batch.local)]
    given: dict[str, Any] = {"views": views[: len(batch.views)], "local": views[len(batch.views) :]}
    if batch.clips is not None:
        given["clips"] = replace(batch.clips, frames=batch.clips.frames.requires_grad_())
        views.append(given["clips"].frames)
    before = forward(session, **given).per_image
    assert before is not None
    rows = [torch.autograd.grad(row, views, retain_graph=True, allow_unused=True) for row in before]
    if any(gradient is not None for gradient in rows[0]):
        return torch.stack([sum(g.square().flatten(1).sum(1) for g in row if g is not None) for row in rows]).sqrt()  # type: ignore[misc]
    # The method uses no view, so the stored pixels of each image are shifted instead.
    columns = []
    with torch.no_grad():
        for index in batch.index:
            after = forward(
                session, stored=lambda indices, own=index: moved_across(session.batches.stored(indices), indices == own)
            ).per_image
            assert after is not None
            columns.append((after - before).abs())
    return torch.stack(columns, dim=1)


def moved_across(images: Tensor, where: Tensor) -> Tensor:
    """Images (n, 3, S, S), where those selected by the (n,) bool mask are rolled by half their width. The principal
    colours of the data, which some methods use for jitter, stay the same."""
    return torch.where(where.view(-1, 1, 1, 1), images.roll(images.shape[-1] // 2, 3), images)


def test_state_is_saved_and_loaded_in_the_middle_of_a_run(id: str, prepared: Prepared, tmp_path: Path) -> None:
    session = prepared(id)
    losses(session, 2)
    checkpoint.save(session, tmp_path)
    expected = losses(session, 2)
    fresh = prepared(id)
    checkpoint.load(fresh, tmp_path)
    assert fresh.step == 2
    assert losses(fresh, 2) == expected
    assert same(state(fresh.method), state(session.method))


def test_a_stopped_and_resumed_run_gives_the_numbers_of_an_uninterrupted_run(
    id: str, small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    config = small(id, {"train": {"steps": 4}})
    whole: list[Event] = []
    assert train(config, whole.append, Control(), None).state == "finished"

    broken: list[Event] = []
    control = Control()

    def stop_after_two(event: Event) -> None:
        broken.append(event)
        if isinstance(event, StepDone) and event.step == 2:
            control.stop()

    first = train(config, stop_after_two, control, tmp_path)
    assert (first.state, first.step) == ("stopped", 2)
    second = resume(tmp_path, broken.append, Control())
    assert (second.state, second.step) == ("finished", 4)
    assert step_values(broken) == step_values(whole)


def step_values(events: list[Event]) -> list[tuple[Any, ...]]:
    """The values of the StepDone events, without times."""
    return [(e.step, e.epoch, e.loss, e.lr, dict(e.terms), dict(e.diagnostics)) for e in events if isinstance(e, StepDone)]


def test_the_first_loss_is_near_chance_level(id: str, prepared: Prepared) -> None:
    session = own(prepared(id, {"train": {"batch": MORE}}))
    chance = session.method.chance(MORE)
    if chance is None:
        pytest.skip("the method names no such value")
    fill_memories(session)
    with torch.no_grad():
        loss = forward(session, 3).loss.item()
    slack = CHANCE_TOLERANCE * max(1.0, abs(chance))
    # An untrained network is never better than chance. It can be worse: a head's random output adds variance to a regression loss.
    assert chance - slack <= loss <= 2 * abs(chance) + slack


def test_the_first_loss_in_bf16_is_that_of_full_precision(id: str, prepared: Prepared) -> None:
    for session, low in zip(parts(prepared(id)), parts(prepared(id)), strict=True):
        expected = forward(session).loss.item()
        with torch.autocast("cpu", torch.bfloat16):
            loss = forward(low).loss
        assert loss.dtype == torch.float32
        loss.backward()
        assert loss.item() == pytest.approx(expected, rel=0.05, abs=0.05)


def test_the_smallest_batch_trains(id: str, prepared: Prepared) -> None:
    session = prepared(id, {"train": {"batch": 2}})
    assert all(math.isfinite(loss) for loss in losses(session, 2))
    assert all(p.isfinite().all() for p in session.method.parameters())


def test_the_other_kind_of_encoder_trains_or_is_refused_with_a_message(id: str, small: Small, prepared: Prepared) -> None:
    needs_learning(id)
    if kind := entry(id).kind:
        with pytest.raises(ConfigError, match=rf"backbone\.name must be a {kind} for {id} \("):
            small(id, {"backbone": {"name": "resnet10_narrow"}})
        return
    other = "vit_micro" if small(id).backbone.name.startswith("resnet") else "resnet10_narrow"
    session = prepared(id, {"backbone": {"name": other}})
    forward(session).loss.backward()
    assert all(p.grad is not None for p in session.method.backbone.parameters() if p.requires_grad)


def test_config_survives_yaml(id: str, small: Small, prepared: Prepared) -> None:
    config = small(id)
    assert parse(RunConfig, from_yaml(to_yaml(config))) == config
    fitted = fit_to_data(config, prepared(id).dataset)
    assert parse(RunConfig, from_yaml(to_yaml(fitted))) == fitted
    # The saved config of a run, used as a new run's settings, resolves to itself.
    assert resolve(from_yaml(to_yaml(fitted))) == fitted
    assert fit_to_data(fitted, prepared(id).dataset) == fitted
    hyper = load(id).Config()
    assert parse(load(id).Config, from_yaml(to_yaml(hyper))) == hyper


def test_every_field_has_a_title_a_help_text_and_bounds(id: str) -> None:
    config = load(id).Config
    assert config.model_config["frozen"]
    assert config.model_config["extra"] == "forbid"
    schema = config.model_json_schema()
    fields = dict(schema["properties"])
    for name, group in list(fields.items()):
        if "$ref" in group:  # a teacher: a group of settings
            del fields[name]
            inner = schema["$defs"][group["$ref"].rpartition("/")[2]]["properties"]
            fields |= {f"{name}.{key}": field for key, field in inner.items()}
    for name, field in fields.items():
        assert field.get("title"), name
        assert len(field.get("description", "")) > 10, name
        assert field["description"][0].isupper() or field["description"][0] in ".0123456789", name
        assert "default" in field, name
        if field.get("type") in ("number", "integer"):
            assert {"minimum", "exclusiveMinimum"} & field.keys(), name
            assert {"maximum", "exclusiveMaximum"} & field.keys(), name


def test_values_at_the_bounds_are_accepted_and_values_beyond_refused(id: str) -> None:
    config = load(id).Config
    for name, field in config.model_json_schema()["properties"].items():
        if "maximum" in field:
            with pytest.raises(ConfigError, match=rf"method\.{name} must be"):
                parse(config, {name: field["maximum"] + 1}, "method")
    with pytest.raises(ConfigError, match=r"method\.no_such_key is not a known key"):
        parse(config, {"no_such_key": 1}, "method")


def test_pictures_are_valid_images_and_do_not_change_the_method(id: str, prepared: Prepared) -> None:
    session = prepared(id)
    losses(session, 1)
    method, n = session.method, 6
    method.eval()
    before, generator = state(method), torch.random.get_rng_state()
    batch = session.batches.of(session.dataset.splits["train"][:n])
    with torch.no_grad():
        pictures = method.pictures(batch)
        again = method.pictures(session.batches.of(session.dataset.splits["train"][:n]))
    assert pictures, "every method shows something"
    for name, images in pictures.items():
        assert images.ndim == 4, name
        assert images.shape[1] == 3, name
        assert len(images) == 1 or len(images) % n == 0, name
        assert images.isfinite().all(), name
        assert images.min() >= 0, name
        assert images.max() <= 1, name
        assert torch.equal(images, again[name]), name
    assert same(state(method), before)
    assert torch.equal(torch.random.get_rng_state(), generator)


@pytest.mark.parametrize("n", [1, 3])
def test_few_images_are_enough_for_pictures_and_the_task_score(id: str, n: int, prepared: Prepared) -> None:
    """The validation split is smaller than a batch."""
    session = prepared(id)
    session.method.eval()
    index = session.dataset.splits["validation"][:n]
    with torch.no_grad():
        pictures = session.method.pictures(session.batches.of(index))
    assert pictures
    assert all(images.isfinite().all() for images in pictures.values())
    score = score_task(session.method, session.batches, index, BATCH)
    assert score is None or score.images == n


def test_inputs_has_one_row_per_image_and_does_not_run_the_network(id: str, prepared: Prepared) -> None:
    session = prepared(id)
    method, n = session.method.eval(), 6
    before = state(method)
    pictures = method.inputs(session.batches.of(session.dataset.splits["train"][:n]))
    again = method.inputs(session.batches.of(session.dataset.splits["train"][:n]))
    for name, images in pictures.items():
        assert images.shape[:2] == (n, 3), name
        assert images.min() >= 0, name
        assert images.max() <= 1, name
        assert torch.equal(images, again[name]), name
    assert same(state(method), before)
    if entry(id).family in ("pretext", "masked"):
        assert pictures, "a puzzle and a mask are made of the views, and can be shown"
    with torch.no_grad():
        for parameter in method.parameters():
            parameter.fill_(math.nan)
    after = method.inputs(session.batches.of(session.dataset.splits["train"][:n]))
    assert all(torch.equal(pictures[name], after[name]) for name in pictures), "the preview runs no network"


def test_the_task_score_is_finite_and_does_not_change_the_method(id: str, prepared: Prepared) -> None:
    session = prepared(id)
    losses(session, 1)
    method, n = session.method, 12
    modes = [part.training for part in method.modules()]
    before, generator = state(method), torch.random.get_rng_state()
    score = score_task(method, session.batches, session.dataset.splits["train"][:n], 4)
    again = score_task(method, session.batches, session.dataset.splits["train"][:n], 4)
    assert score == again
    assert (score is not None) or entry(id).family not in ("pretext", "masked"), "a puzzle and a mask have a task of their own"
    if score is not None:
        assert math.isfinite(score.value)
        assert math.isfinite(score.baseline)
        assert score.images == n
    assert same(state(method), before)
    assert [part.training for part in method.modules()] == modes
    assert torch.equal(torch.random.get_rng_state(), generator)


def test_the_loss_is_finite_at_the_first_and_the_last_step(id: str, prepared: Prepared) -> None:
    session = prepared(id)
    for at in (Progress(0, 1, 0, 1), Progress(5, 6, 1, 2), Progress(6, 6, 2, 2)):
        method = copy.deepcopy(session.method)
        out = method(session.batches.at(0), at)
        out.loss.backward()
        method.after_backward(at)
        method.after_step(at, out)
        assert out.loss.isfinite()
