"""Jigsaw and context prediction: the order of tiles, the pairs of patches, and the chance level."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from engine.backbones.tile_encoder import encode_tiles
from engine.config.errors import ConfigError
from engine.method import Method
from engine.methods.pretext.context_prediction import AROUND, ContextPrediction, neighbours
from engine.methods.pretext.jigsaw import Jigsaw
from engine.pictures.matrix import MARK
from engine.train.loop import progress
from engine.train.setup import Session

Prepared = Callable[..., Session]


def ready(session: Session, kind: type[Method]) -> tuple[Method, object]:
    assert isinstance(session.method, kind)
    session.method.eval()
    return session.method, session.batches.of(session.dataset.splits["train"][:6])


@torch.no_grad()
def test_shuffled_features_equal_the_features_of_shuffled_tiles(prepared: Prepared) -> None:
    """The network has no context: shuffling features gives the head the same input as shuffling the tiles."""
    session = prepared("jigsaw")
    method, batch = ready(session, Jigsaw)
    assert isinstance(method, Jigsaw)
    tiles = method._tiles(batch)
    order = torch.tensor([[3], [17], [0], [99], [50], [8]])
    fast = method._predict(encode_tiles(method.backbone, tiles), order)
    shuffled = tiles.clone()
    for n, k in enumerate(order[:, 0].tolist()):
        for cell, source in enumerate(method.orders[k].tolist()):
            shuffled[n, cell // 3, cell % 3] = tiles[n, source // 3, source % 3]
    h = encode_tiles(method.backbone, shuffled)
    slow = method.join(method.reduce(h).flatten(1))
    assert torch.allclose(fast[:, 0], slow, atol=1e-5)


@torch.no_grad()
def test_only_a_correct_prediction_restores_the_image(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    off = {"puzzles": 1, "gap": 0, "jitter": 0, "parted": 0, "normalise": False}
    session = prepared("jigsaw", {"method": off})
    method, _ = ready(session, Jigsaw)
    zoom, side = 3, 21
    for wrong in (0, 1):
        prediction = lambda h, order, wrong=wrong: torch.nn.functional.one_hot((order + wrong) % 100, 100).float()  # noqa: E731
        monkeypatch.setattr(method, "_predict", prediction)
        batch = session.batches.of(session.dataset.splits["train"][:6])
        picture = method.pictures(batch)["put back by the guess"]
        whole = batch.pixels(batch.views[0])[:, :, :63, :63]  # 63 of 64 px are tiled
        for row in range(3):
            for column in range(3):
                y, x = row * (side * zoom + 1), column * (side * zoom + 1)
                shown = picture[:, :, y : y + side * zoom : zoom, x : x + side * zoom : zoom]
                true = whole[:, :, row * side : (row + 1) * side, column * side : (column + 1) * side]
                inside = (shown - true)[:, :, 2:-2, 2:-2].abs().amax((1, 2, 3))  # without the frame
                if wrong:
                    assert (inside > 1e-3).any()
                else:
                    assert (inside < 1e-6).all()
                    assert torch.allclose(shown[:, :, 0, 0], torch.tensor(MARK))


def test_inputs_shows_the_network_s_input(prepared: Prepared) -> None:
    """`inputs` draws the same tiles as a step with the same batch."""
    for id in ("jigsaw", "context_prediction"):
        session = prepared(id)
        seen: list[Tensor] = []
        session.method.backbone.register_forward_pre_hook(lambda _, given: seen.append(given[0]))  # noqa: B023
        session.method(session.batches.at(0), progress(session))
        batch = session.batches.at(0)
        picture = next(iter(session.method.inputs(batch).values()))
        pixels = batch.pixels(seen[0]).unflatten(0, (16, -1))
        shown = {tuple(round(float(v), 4) for v in colour) for colour in picture[0].flatten(1).T}
        given = {tuple(round(float(v), 4) for v in colour) for colour in pixels[0].transpose(0, 1).flatten(1).T}
        assert given <= shown


def test_the_pairs_are_all_neighbours_in_both_directions() -> None:
    first, second, side = neighbours(3)
    pairs = list(zip(first.tolist(), second.tolist(), side.tolist(), strict=True))
    assert len(pairs) == len(set(pairs)) == 40
    for one, two, k in pairs:
        assert (two // 3 - one // 3, two % 3 - one % 3) == AROUND[k]
        assert (two, one, 7 - k) in pairs
    assert side.bincount().tolist() == [4, 6, 4, 6, 6, 4, 6, 4]
    assert sorted(s for f, _, s in pairs if f == 4) == list(range(8))  # the centre patch has all eight
    assert neighbours(2)[2].bincount().tolist() == [1, 2, 1, 2, 2, 1, 2, 1]  # four patches have each side among them


@torch.no_grad()
def test_a_constant_prediction_scores_chance_level(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any constant prediction has an accuracy of 1/8; uniform logits have a loss of ln 8."""
    method, _ = ready(prepared("context_prediction"), ContextPrediction)
    assert isinstance(method, ContextPrediction)
    h = torch.randn(5, method.config.grid**2, method.backbone.dim)
    for always in range(8):
        logits = torch.nn.functional.one_hot(torch.tensor(always), 8).float() * 1e-6
        monkeypatch.setattr(method, "_predict", lambda h, first, second, logits=logits: logits.expand(len(h), len(first), 8))
        loss, accuracy = method._compare(h)
        assert accuracy.item() == pytest.approx(1 / 8)
        assert loss.tolist() == pytest.approx([math.log(8)] * 5, abs=1e-5)


@pytest.mark.parametrize(("id", "least"), [("jigsaw", 15), ("context_prediction", 11)])
def test_a_too_small_image_is_refused_with_a_size_that_works(id: str, least: int, prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match=rf"at least {least} px\. Got 8\."):
        prepared(id, {"views": {"groups": {0: {"size": 8}}}})
    session = prepared(id, {"views": {"groups": {0: {"size": least}}}})
    assert session.method(session.batches.at(0), progress(session)).loss.isfinite()


@pytest.mark.parametrize("id", ["jigsaw", "context_prediction"])
def test_every_measure_against_shortcuts_can_be_switched_off(id: str, prepared: Prepared) -> None:
    off = {"jigsaw": {"gap": 0, "jitter": 0, "parted": 0, "normalise": False},
           "context_prediction": {"grid": 3, "gap": 0, "jitter": 0, "colours": "keep", "normalise": False}}[id]  # fmt: skip
    session = prepared(id, {"method": off})
    seen: list[Tensor] = []
    session.method.backbone.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    batch = session.batches.at(0)
    session.method(batch, progress(session))
    whole = seen[0].view(16, 3, 3, 3, 21, 21).permute(0, 3, 1, 4, 2, 5).reshape(16, 3, 63, 63)
    assert torch.equal(whole, batch.views[0][:, :, :63, :63])  # the plain image, cut up


@pytest.mark.parametrize(("colours", "one_colour"), [("drop", True), ("project", False), ("keep", False)])
def test_colours_that_reveal_a_position_are_removed(colours: str, one_colour: bool, prepared: Prepared) -> None:
    session = prepared("context_prediction", {"method": {"colours": colours, "dropped": 1.0, "normalise": False}})
    batch = session.batches.at(0)
    patches = session.method._patches(batch)  # type: ignore[operator]
    left = (patches.abs().sum((-1, -2)) > 0).sum(-1)
    assert bool((left == 1).all()) == one_colour
    pixels = patches * batch.std.view(3, 1, 1)
    green = (2 * pixels[..., 1, :, :] - pixels[..., 0, :, :] - pixels[..., 2, :, :]).abs().max()
    assert (green < 1e-5) == (colours == "project")
