"""Evolving Losses: which task sees what, the weights, the search and its resumption."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.clip_encoder import ClipEncoder, FrameNet, pooled
from engine.backbones.log_mel import BANDS, COLUMNS, log_mel
from engine.catalogue import entry
from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.data.moving_shapes import FRAMES, RATE, draw, pitch, sound
from engine.embed.features import encode
from engine.heads.clip_tasks import TASKS, ClipTasks, Drawn
from engine.methods.pretext.evolving_loss import CHANNELS, EVOLUTION, PARTNER, TEACHERS, EvolvingLoss, nearest_agree
from engine.pictures.clip_strip import flow_colours
from engine.train.loop import progress, take_step
from engine.train.resolve import resolve
from engine.train.setup import Session
from tests.engine.methods.steps import losses

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]

QUICK = {
    "method": {"candidate_steps": 2, "population": 4, "fitness_clips": 24, "clusters": 4},
    "data": {"size": 16},
    "train": {"batch": 6, "steps": 30},
}


def method_of(session: Session) -> EvolvingLoss:
    assert isinstance(session.method, EvolvingLoss)
    return session.method


def seen_of(session: Session) -> tuple[EvolvingLoss, dict[str, Any], Drawn]:
    method = method_of(session).eval()
    seen, drawn = method._see(session.feed.at(0))
    return method, seen, drawn


def test_the_loss_is_the_weighted_sum_of_all_tasks(prepared: Prepared) -> None:
    session = prepared("evolving_loss", QUICK)
    method, seen, drawn = seen_of(session)
    generator = torch.Generator().manual_seed(1)
    method.weight = torch.rand(31, generator=generator, dtype=torch.float64)
    out = method(session.feed.at(0), progress(session))
    expected = torch.zeros(6)
    for row, (name, other) in enumerate(PARTNER.items()):
        heads = method.tasks[name]
        own = heads.losses(method._encoder(name), seen[name], seen[other], drawn, method.config.temperature)  # type: ignore[operator]
        assert list(own) == list(TASKS)
        for column, task in enumerate(TASKS):
            expected = expected + method.weight[row * 7 + column].float() * own[task]
    for number, name in enumerate(TEACHERS):
        expected = expected + method.weight[28 + number].float() * method._distance(seen, name)
    torch.testing.assert_close(out.per_image, expected, rtol=1e-4, atol=1e-5)


def test_a_clip_without_sound_has_no_part_in_the_losses_of_sound(prepared: Prepared) -> None:
    session = prepared("evolving_loss", QUICK)
    method, batch = method_of(session).eval(), session.feed.at(0)
    at = progress(session)
    per_image = {}
    for only in ("sound", "others"):
        weights = torch.zeros(31, dtype=torch.float64)
        weights[21:28], weights[30] = 1, 1  # the tasks of sound, and its distillation
        method.weight = weights if only == "sound" else 1 - weights
        for has_sound in (True, False):
            mask = torch.ones(6, dtype=torch.bool)
            mask[2] = has_sound
            batch.generator.manual_seed(0)
            clips = replace(batch.clips, has_sound=mask)
            per_image[only, has_sound] = method(replace(batch, clips=clips), at).per_image
    assert per_image["sound", True][2] > 0
    assert per_image["sound", False][2] == 0
    rest = [0, 1, 3, 4, 5]
    assert torch.equal(per_image["sound", True][rest], per_image["sound", False][rest])
    assert torch.equal(per_image["others", True], per_image["others", False])


def test_factorised_weights_are_products(prepared: Prepared) -> None:
    method = method_of(prepared("evolving_loss", QUICK))
    point = torch.rand(14, dtype=torch.float64)
    weights = method.expanded(point)
    assert weights.shape == (31,)
    for row in range(4):
        for column in range(7):
            assert weights[row * 7 + column] == point[row] * point[4 + column]
    assert torch.equal(weights[28:], point[11:])
    full = method_of(prepared("evolving_loss", {**QUICK, "method": {**QUICK["method"], "space": "full"}}))
    assert full.coordinates == 31
    assert torch.equal(full.expanded(torch.arange(31.0)), torch.arange(31.0))


def test_each_task_by_hand(prepared: Prepared) -> None:
    session = prepared("evolving_loss", {**QUICK, "method": {**QUICK["method"], "frames": 4}})
    method, seen, drawn = seen_of(session)
    own, partner, encoder, heads = seen["rgb"], seen["flow"], method.backbone, method.tasks["rgb"]
    assert isinstance(heads, ClipTasks)
    with torch.no_grad():
        values = heads.losses(encoder, own, partner, drawn, 0.1)
    cosines = (own.embedding @ partner.embedding.t()).detach()
    for clip in range(6):
        frame = int(drawn.frame[clip])
        for task, maps, target in (
            ("reconstruct", own.maps[clip, frame], own.frames[clip, frame]),
            ("transfer", own.compared[clip, frame], partner.frames[clip, frame]),
            ("predict", encoder.compared(own.maps[clip : clip + 1, :-1])[0].mean(0), own.frames[clip, -1]),
        ):
            predicted = heads.decoders[task](maps[None])[0]
            shrunk = F.adaptive_avg_pool2d(target, predicted.shape[-2:])
            torch.testing.assert_close(values[task][clip], (predicted - shrunk).square().mean(), rtol=1e-4, atol=1e-5)
        terms = (cosines[clip] / 0.1).double().exp()
        assert float(values["contrast"][clip]) == pytest.approx(-math.log(float(terms[clip] / terms.sum())), rel=1e-3, abs=1e-4)
        order = drawn.order[clip].tolist() if drawn.shuffled[clip] else [0, 1, 2, 3]
        logit = heads.orders["shuffled"](pooled(encoder.compared(own.maps[clip : clip + 1, order])))[0, 0]
        assert_log_loss(values["shuffled"][clip], logit, bool(drawn.shuffled[clip]))
        order = [3, 2, 1, 0] if drawn.backward[clip] else [0, 1, 2, 3]
        logit = heads.orders["backward"](pooled(encoder.compared(own.maps[clip : clip + 1, order])))[0, 0]
        assert_log_loss(values["backward"][clip], logit, bool(drawn.backward[clip]))
        other = (clip + drawn.shift) % 6 if drawn.other[clip] else clip
        assert (other == clip) != bool(drawn.other[clip])
        logit = heads.pair(torch.cat([own.features[clip], partner.features[other]]))[0]
        assert_log_loss(values["aligned"][clip], logit, not bool(drawn.other[clip]))


def assert_log_loss(value: Tensor, logit: Tensor, answer: bool) -> None:
    score = logit.item()
    expected = math.log1p(math.exp(-score if answer else score))
    assert float(value) == pytest.approx(expected, rel=1e-3, abs=1e-4)


def test_the_prediction_sees_no_later_frame_and_distillation_moves_rgb_alone(prepared: Prepared) -> None:
    method, seen, _ = seen_of(prepared("evolving_loss", QUICK))
    own = seen["rgb"]
    maps = own.maps.detach().clone().requires_grad_()
    encoder, heads = method.backbone, method.tasks["rgb"]
    assert isinstance(heads, ClipTasks)
    past = encoder.comparison(maps[:, :-1], encoder.comparison.parts(maps)[:, :-1]).mean(1)
    heads.decoders["predict"].errors(past, own.frames[:, -1]).sum().backward()  # type: ignore[operator]
    assert maps.grad is not None
    assert (maps.grad[:, -1] == 0).all()
    assert (maps.grad[:, 0] != 0).any()
    method.zero_grad()
    method._distance(seen, "sound").sum().backward()
    assert all(p.grad is None for p in method.encoders.parameters())
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in method.backbone.parameters())


def test_drawn_orders_are_never_the_right_one_and_coins_are_fair() -> None:
    drawn = Drawn.of(4000, 4, torch.Generator().manual_seed(0), torch.device("cpu"))
    assert not (drawn.order == torch.arange(4)).all(1).any()
    assert torch.equal(drawn.order.sort(1).values, torch.arange(4).expand(4000, 4))
    for coins in (drawn.shuffled, drawn.backward, drawn.other):
        assert 0.45 < float(coins.float().mean()) < 0.55
    assert 1 <= drawn.shift < 4000


def test_comparing_frames_in_an_order_is_comparing_reordered_frames() -> None:
    encoder = ClipEncoder(FrameNet(3), 4).eval()
    clips = torch.randn(3, 4, 3, 16, 16)
    order = torch.tensor([[2, 0, 3, 1], [3, 2, 1, 0], [0, 1, 2, 3]])
    maps = encoder.maps(clips)
    compared = encoder.comparison(maps, encoder.comparison.parts(maps), order)
    again = torch.stack([encoder.compared(maps[row : row + 1, order[row]])[0] for row in range(3)])
    torch.testing.assert_close(compared, again)
    # A convolution over time, written out.
    weight = encoder.comparison.linear.weight.view(3, 128, 128)
    frame = torch.nn.functional.pad(maps, (0, 0, 0, 0, 0, 0, 1, 1))
    frame[:, 0], frame[:, -1] = maps[:, 0], maps[:, -1]
    moved = sum(torch.einsum("oi,ntihw->ntohw", weight[k], frame[:, k : k + 4]) for k in range(3))
    assert isinstance(moved, Tensor)
    expected = F.relu(maps + encoder.comparison.norm(moved.flatten(0, 1)).view_as(moved))
    torch.testing.assert_close(encoder.compared(maps), expected, rtol=1e-4, atol=1e-5)


def test_an_image_is_a_clip_that_stands_still_and_order_matters() -> None:
    encoder = ClipEncoder(FrameNet(3), 4).eval()
    images = torch.randn(2, 3, 16, 16)
    torch.testing.assert_close(encoder.encode_clips(images[:, None].expand(-1, 8, -1, -1, -1)), encoder(images))
    clips = torch.randn(2, 8, 3, 16, 16)
    forward, backward = encoder.encode_clips(clips), encoder.encode_clips(clips.flip(1))
    assert (forward - backward).abs().max() > 1e-3


def test_evaluation_encodes_whole_clips(prepared: Prepared) -> None:
    session = prepared("evolving_loss", QUICK)
    method, data = method_of(session), session.dataset
    assert data.clips is not None
    features = encode(method.encoder, data, data.splits["validation"][:3], device="cpu", size=16)
    clips = torch.from_numpy(data.clips[data.splits["validation"][:3]]).float() / 255
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in (data.mean, data.std))
    expected = method.eval().backbone.encode_clips((clips - mean) / std)
    torch.testing.assert_close(features, expected.detach(), rtol=1e-4, atol=1e-5)


def test_the_spectrogram_has_its_band_at_the_pitch() -> None:
    clips = draw(0, torch.arange(60).numpy())
    chosen = clips.take((clips.motion < 4).nonzero()[0][:12])
    values = log_mel(torch.from_numpy(sound(chosen)).float() / 32768, RATE, FRAMES)
    assert values.shape == (12, FRAMES, 1, BANDS, COLUMNS)
    bands = BANDS - 1 - values.mean((1, 2, 4)).argmax(1)
    mel = 2595 * torch.log10(1 + torch.from_numpy(pitch(chosen)) / 700)
    top = 2595 * math.log10(1 + RATE / 2 / 700)
    assert ((bands + 1) - mel / top * (BANDS + 1)).abs().max() <= 1.1
    silence = log_mel(torch.zeros(1, 4000), RATE, FRAMES)
    torch.testing.assert_close(silence, torch.full_like(silence, -2.0))


def test_flow_colours_are_white_at_rest_and_tell_directions() -> None:
    flow = torch.zeros(1, 1, 2, 1, 5)
    flow[0, 0, :, 0, 1:] = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]).t()
    colours = flow_colours(flow)[0, 0, :, 0].t()
    torch.testing.assert_close(colours[0], torch.ones(3))
    torch.testing.assert_close(colours[1], torch.tensor([1.0, 0.0, 0.0]))
    torch.testing.assert_close(colours[2], torch.tensor([0.0, 1.0, 1.0]))
    assert len({tuple(row) for row in colours.round(decimals=3).tolist()}) == 5


def test_nearest_agree_by_hand() -> None:
    features = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0], [1.0, 0.2]])
    assert nearest_agree(features[:4], torch.tensor([0, 0, 1, 1])) <= 1
    assert math.isnan(nearest_agree(features, torch.full((5,), -1)))
    many = torch.cat([features[:1].expand(8, -1), features[2:3].expand(8, -1)])
    assert nearest_agree(many, torch.tensor([0] * 8 + [1] * 8)) == 1.0


def test_every_candidate_starts_from_the_warm_start_without_moments(prepared: Prepared) -> None:
    session = prepared("evolving_loss", QUICK)
    method, starts = method_of(session), []
    while session.span.name != "":
        new = session.span.name == EVOLUTION and int(method.taken) == 0
        take = method.before_step

        def watch(at: Any, take: Any = take, new: bool = new) -> None:
            take(at)
            if new:
                starts.append({name: p.clone() for name, p in method.backbone.named_parameters()})

        method.before_step = watch  # type: ignore[method-assign]
        take_step(session)
        method.before_step = take  # type: ignore[method-assign]
        session.step += 1
        if new:
            # One step of Adam without earlier moments.
            optimiser = session.own_optimisers[EVOLUTION]
            assert {float(state["step"]) for state in optimiser.state.values()} == {1.0}
    assert len(starts) >= 4
    for start in starts[1:]:
        assert all(torch.equal(start[name], starts[0][name]) for name in starts[0])
    # Then the run goes on from there, with the best weights.
    best = method.expanded(method.search.points[method.search.best()])
    take_step(session)
    assert torch.equal(method.weight, best)
    assert int(method.part) == 2
    assert len(set(method.search.costs.tolist())) > 1


@pytest.mark.parametrize("done", [9, pytest.param(21, marks=pytest.mark.slow)])
def test_a_search_is_resumed_to_the_bit(prepared: Prepared, tmp_path: Path, done: int) -> None:
    """In the middle of a candidate, and in the method's own training."""
    from engine.train import checkpoint

    session = prepared("evolving_loss", QUICK)
    losses(session, done)
    checkpoint.save(session, tmp_path)
    expected = losses(session, 30 - done)
    fresh = prepared("evolving_loss", QUICK)
    checkpoint.load(fresh, tmp_path)
    assert losses(fresh, 30 - done) == expected
    assert torch.equal(method_of(fresh).search.costs, method_of(session).search.costs)


@pytest.mark.parametrize("weights", ["equal", "random"])
def test_without_a_search_there_are_no_stages(prepared: Prepared, weights: str) -> None:
    session = prepared("evolving_loss", {**QUICK, "method": {"weights": weights}})
    method = method_of(session)
    assert method.stages() == ()
    assert bool((method.weight == 1).all()) == (weights == "equal")
    before = method.weight.clone()
    losses(session, 2)
    assert torch.equal(method.weight, before)
    assert ((before >= 0) & (before <= 1)).all()


def test_data_without_clips_are_refused_in_words() -> None:
    with pytest.raises(
        ConfigError, match=r"a set with clips, flow and sound, which Evolving Losses needs\. Got 'shapes'.*moving_shapes"
    ):
        resolve({"method": "evolving_loss", "data": {"source": "shapes"}})
    assert resolve({"method": "evolving_loss"}).data.source == "moving_shapes"
    with pytest.raises(ConfigError, match=r"method\.evolution_share must be at most"):
        prepared_with({"warm_share": 0.5, "evolution_share": 0.5})


def prepared_with(method: dict[str, float]) -> None:
    from engine.train.setup import prepare

    prepare(
        resolve({"method": {"id": "evolving_loss", **method}, "data": {"count": 32, "size": 16}, "train": {"steps": 4, "batch": 4}})
    )


@pytest.mark.slow
def test_a_killed_run_is_resumed_with_the_numbers_that_it_would_have_had(tmp_path: Path) -> None:
    """kill -9 in the middle of the search, from the command line."""
    from engine.runs.reader import read_metrics

    settings = {
        **{f"method.{key}": value for key, value in QUICK["method"].items()},
        "method.frames": 2, "data.count": 48, "data.size": 16, "train.batch": 4, "train.steps": 60,
        "train.device": "cpu", "train.threads": 1, "train.checkpoint_seconds": 1,
        "monitor.embed_images": 8, "monitor.knn_k": 5, "monitor.pictures": "false",
    }  # fmt: skip
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    command = [sys.executable, "-m", "engine", "train", "--method", "evolving_loss", "--quiet", *words]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    curves = []
    for kill in (False, True):
        runs = tmp_path / str(kill)
        process = subprocess.Popen([*command, "--runs", str(runs)], env=environment, stdout=subprocess.DEVNULL)
        if kill:
            deadline = time.monotonic() + 300
            while time.monotonic() < deadline and process.poll() is None:
                saved = [path for path in runs.glob("*/checkpoints/last.pt") if searched(path)]
                if saved:
                    process.send_signal(signal.SIGKILL)
                    break
                time.sleep(0.05)
            assert process.wait(60) == -signal.SIGKILL, "it finished before it could be killed"
            [folder] = [path.parent for path in runs.glob("*/config.yaml")]
            process = subprocess.Popen([sys.executable, "-m", "engine", "resume", str(folder), "--quiet"], env=environment)
        assert process.wait(600) == 0
        [folder] = [path.parent for path in runs.glob("*/config.yaml")]
        rows = {row["step"]: row["loss"] for row in read_metrics(folder)[0] if row["event"] == "StepDone"}
        curves.append(rows)
    assert curves[0] == curves[1]


def searched(path: Path) -> bool:
    """Whether a checkpoint is of the middle of the search."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)["method"]
    except Exception:  # it is being written
        return False
    return int(state["part"]) == 1 and len(state["search.costs"]) > 0


def test_the_row_of_the_catalogue() -> None:
    row = entry("evolving_loss")
    assert row.needs == ("clips", "flow", "sound")
    assert set(CHANNELS) == set(PARTNER)
