"""Which views each method accepts: too few are refused before a run directory is made, surplus views are not drawn, with a note."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import cli
from engine.augment.presets import PRESETS
from engine.catalogue import CATALOGUE, entry, load
from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.config.text import merge
from engine.events import Event, Warned
from engine.method import Batch, Method, Views
from engine.train.control import Control
from engine.train.loop import progress, take_step
from engine.train.resolve import notes, resolve
from engine.train.setup import Session
from engine.train.train_run import train
from engine.train.view_check import check_views, used_views
from tests.teacher_run import teacher_settings

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]
# A method that acts in a world is given pictures of it, not views of images.
IDS = [row.id for row in CATALOGUE if row.feed != "world"]
MANY = 5  # views of a method that takes any number


def given(count: int, **group: Any) -> dict[str, Any]:
    """`count` global views in place of the recipe's; everything else as in the recipe."""
    return {"groups": [{"count": count, **group}]}


def takes(id: str) -> Views:
    return load(id).takes(load(id).Config())


def own_group(id: str) -> dict[str, Any]:
    """The recipe's first group of views, without its count."""
    group = resolve({"method": {"id": id, **teacher_settings(id)}}).views.groups[0].model_dump(mode="json")
    return {key: value for key, value in group.items() if key not in ("count", "role", "size")}


def of_views(config: RunConfig) -> list[str]:
    """The notes on the views."""
    return [str(note) for note in notes(config) if note.key.startswith("views")]


@pytest.mark.parametrize("id", IDS)
def test_a_method_declares_the_views_that_it_accepts(id: str) -> None:
    owner = next(kind for kind in load(id).__mro__ if "views" in vars(kind))
    others = {Method, *(load(other) for other in IDS if other != id)}
    assert owner not in others, "a number of views is the method's own, or that of a base which is no method"
    rule = takes(id)
    assert rule.least >= 1
    assert rule.most is None or rule.most >= rule.least


@pytest.mark.parametrize("id", IDS)
def test_least_and_most_train_and_one_fewer_is_refused(id: str, prepared: Prepared, small: Small) -> None:
    rule, group = takes(id), own_group(id)
    least = max(rule.least, rule.together)
    for count in {least, rule.most or MANY}:
        session = prepared(id, {"train": {"batch": 4}, "views": given(count, **group)})
        assert of_views(session.config) == []
        out, _ = take_step(session)
        assert out.loss.isfinite()
        assert len(session.batches.at(0).views) == count
    if least > 1:
        with pytest.raises(ConfigError, match=rf"views\.groups must hold .* for .*\. Got {least - 1} global view"):
            small(id, {"views": given(least - 1, **group)})
    with pytest.raises(ConfigError, match=r"views\.groups must hold .*\. Got 2 local views"):
        small(id, {"views": given(2, role="local", size=16)})


@pytest.mark.parametrize("id", IDS)
def test_surplus_views_give_a_note_and_do_not_change_the_loss(id: str, prepared: Prepared) -> None:
    rule, group = takes(id), own_group(id)
    count = rule.most or max(rule.least, rule.together)
    more: list[dict[str, Any]] = [{"count": count, **group}]
    expected: dict[str, str] = {}
    if rule.most is not None:
        more += [{"count": 1, **group}]
        expected["global"] = "Not drawn: 1 more."
    if not rule.local:
        more += [{"count": 3, **group, "role": "local", "size": 16}]
        expected["local"] = "takes no local views. Not drawn: 3."
    plain = prepared(id, {"train": {"batch": 4}, "views": given(count, **group)})
    session = prepared(id, {"train": {"batch": 4}, "views": {"groups": more}})
    texts = of_views(session.config)
    assert len(texts) == len(expected)
    assert all(any(text in one for one in texts) for text in expected.values()), texts
    one, other = plain.batches.at(0), session.batches.at(0)
    assert len(session.batches.draws(0)) == count
    assert not other.local
    assert all(torch.equal(a, b) for a, b in zip(one.views, other.views, strict=True))


@pytest.mark.parametrize("id", [id for id in IDS if takes(id).local])
def test_local_views_are_used_by_the_methods_that_accept_them(id: str, prepared: Prepared) -> None:
    session = prepared(id, {"train": {"batch": 4}})
    views = [*given(2)["groups"], {"count": 2, "role": "local", "size": 16}]
    session = prepared(id, {"train": {"batch": 4}, "views": {"groups": views}, "backbone": {"patch": 0}})
    batch = session.batches.at(0)
    assert [len(batch.views), len(batch.local)] == [2, 2]
    whole = session.method(batch, progress(session)).loss
    parts = {field.name: getattr(batch, field.name) for field in fields(Batch)}
    without = session.method(Batch(**{**parts, "local": [], "generator": session.batches.at(0).generator}), progress(session)).loss
    assert whole.item() != without.item()


@pytest.mark.parametrize("id", IDS)
def test_views_of_several_sizes_train_or_are_refused(id: str, small: Small, prepared: Prepared) -> None:
    rule, group = takes(id), own_group(id)
    if rule.most == 1:
        return
    groups = [{"count": 1, **group, "size": size} for size in (32, 16)]
    changes: Mapping[str, Any] = {"train": {"batch": 4}, "views": {"groups": groups}, "backbone": {"patch": 0}}
    if rule.one_size:
        with pytest.raises(ConfigError, match=r"global views of one size\. Got 32 and 16 px"):
            small(id, changes)
        # A size that is not set is known once the data are loaded.
        with pytest.raises(ConfigError, match=r"global views of one size\. Got 32 and 16 px"):
            prepared(id, merge(changes, {"views": {"groups": {0: {"size": 0}}}}))
    else:
        out, _ = take_step(prepared(id, changes))
        assert out.loss.isfinite()


@pytest.mark.parametrize("id", IDS)
def test_the_recipe_gives_the_views_that_the_method_takes(id: str) -> None:
    config = resolve({"method": {"id": id, **teacher_settings(id)}})
    assert of_views(config) == []
    assert len(used_views(config)) == sum(group.count for group in config.views.groups)


@pytest.mark.parametrize("id", IDS)
def test_a_loss_depends_on_other_images_exactly_where_compares_images_is_set(id: str, prepared: Prepared) -> None:
    """`compares_images`: the first image's loss depends on the others in eval mode, without batch statistics."""
    if not entry(id).learns:
        return
    session = prepared(id, {"train": {"batch": 4}})
    # SimCLR v2 compares images in its first stage alone.
    session.step = session.spans[0 if id == "simclr_v2" else -1].first
    session.method.eval()
    losses = []
    for others in (1.0, -1.0):
        batch = session.batches.at(0)
        parts = {field.name: getattr(batch, field.name) for field in fields(Batch)}
        parts["views"] = [torch.cat([view[:1], others * view[1:]]) for view in batch.views]
        if batch.clips is not None:
            frames = batch.clips.frames
            parts["clips"] = replace(batch.clips, frames=torch.cat([frames[:1], others * frames[1:]]))
        torch.manual_seed(0)
        losses.append(session.method(Batch(**parts), progress(session)).per_image)
    if losses[0] is None:
        assert load(id).compares_images, "a loss of the whole batch"
    elif id != "counting":  # it uses one other image in every batch
        assert (abs(float((losses[0][0] - losses[1][0]).detach())) > 1e-4) == load(id).compares_images, losses


def test_jigsaw_clustering_needs_one_view_per_patch(small: Small) -> None:
    config = small("jigsaw_clustering", {"method": {"grid": 2}, "views": given(6)})
    assert len(used_views(config)) == 4
    assert "trains on 4 global views" in str(notes(config)[0])


def test_a_local_view_that_comes_first_is_refused() -> None:
    groups = [{"count": 2, "role": "local", "size": 16}, {"count": 2}]
    with pytest.raises(ConfigError, match=r"views\.groups\.0\.role must be global"):
        resolve({"method": "dino", "views": {"groups": groups}})


def test_every_method_accepts_every_preset_of_views_or_refuses_it_with_a_message() -> None:
    for id in IDS:
        rule = takes(id)
        for preset, groups in PRESETS.items():
            count = sum(group.count for group in groups if group.role == "global")
            if count >= max(rule.least, rule.together):
                check_views(resolve({"method": {"id": id, **teacher_settings(id)}, "views": {"preset": preset}}))
            else:
                with pytest.raises(ConfigError, match=r"^views\.groups must hold"):
                    resolve({"method": {"id": id, **teacher_settings(id)}, "views": {"preset": preset}})


def test_the_command_line_refuses_before_it_makes_a_run_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "--method", "simclr", "--data", "shapes", "--quiet", "--runs", str(tmp_path / "runs")]
    assert cli.main([*words, "--set", "data.count=40", "--set", "views.preset=mae"]) == 2
    assert "views.groups must hold exactly 2 global views for SimCLR. Got 1 global view." in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


def test_a_run_warns_of_the_views_that_it_does_not_draw(small: Small) -> None:
    events: list[Event] = []
    train(small("simclr", {"views": {"preset": "dino"}, "train": {"steps": 1}}), events.append, Control())
    messages = [event.message for event in events if isinstance(event, Warned) and event.key == "views.groups"]
    assert messages == ["SimCLR takes no local views. Not drawn: 8."]
