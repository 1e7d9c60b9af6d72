"""Methods in which every image is a class, beyond the conformance tests: Exemplar-CNN's classes and patches, PIC's sliding window
and recent classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.evaluate.encoder import load_encoder
from engine.method import Batch
from engine.methods.pretext.exemplar_cnn import class_of, image_of
from engine.train.control import Control
from engine.train.loop import progress
from engine.train.setup import Session
from engine.train.train_run import resume, train
from tests.engine.methods.steps import losses

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]


@pytest.mark.parametrize(("images", "classes"), [(10, 10), (10, 3), (10, 7), (10, 24), (7, 7000), (10, 1)])
def test_classes_are_distributed_evenly_over_the_images(images: int, classes: int) -> None:
    rows = torch.arange(images).repeat_interleave(400 if classes > images else 1)
    drawn = torch.rand(len(rows), generator=torch.Generator().manual_seed(0))
    numbers = class_of(rows, images, classes, drawn)
    counts = Counter(numbers.tolist())
    assert set(counts) <= set(range(classes))
    if classes <= 24:
        assert len(counts) == classes
    owner = image_of(torch.arange(classes), images, classes)
    # A class's patch is cut from the image of that class.
    if classes <= images:
        assert torch.equal(class_of(owner, images, classes, torch.zeros(classes)), torch.arange(classes))
        assert max(counts.values()) - min(counts.values()) <= 1
    else:
        assert torch.equal(owner[numbers], rows)
    assert class_of(torch.tensor([-1]), images, classes, torch.tensor([0.5])).tolist() == [-1]
    assert class_of(rows[-1:], images, classes, torch.tensor([1.0])).max() < classes


def test_a_class_has_the_same_patch_at_every_step_and_new_augmentations(prepared: Prepared) -> None:
    session = prepared("exemplar_cnn")
    method, batch = session.method, session.batches.at(0)
    later = session.batches.at(session.steps_per_epoch * 3)
    later = Batch(**{**{n: getattr(later, n) for n in Batch.__dataclass_fields__}, "index": batch.index, "views": batch.views})
    one, two = (method._seeds(b) for b in (batch, later))  # type: ignore[operator]
    assert torch.equal(one[0], two[0])
    assert torch.equal(one[1], two[1])
    assert torch.equal(one[2], two[2])
    first, second = (method.inputs(b)["samples"] for b in (batch, later))
    assert (first != second).flatten(1).any(1).all()


@pytest.mark.parametrize(("classes", "patches", "expected"), [(5, 1, 5), (200, 1, 1), (200, 3, 3), (60, 3, 60)])
def test_the_number_of_classes_is_set_or_given_by_the_images(classes: int, patches: int, expected: int, prepared: Prepared) -> None:
    session = prepared("exemplar_cnn", {"method": {"classes": classes, "patches": patches}})
    images = len(session.dataset.splits["train"])
    assert session.method.classifier.classes == (expected if expected > 3 else expected * images)  # type: ignore[union-attr]
    losses(session, 2)


def test_images_too_small_for_a_patch_are_refused_with_the_smallest_size(prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match=r"data\.size must be at least 25 px\. Got 24\..*method\.patch"):
        prepared("exemplar_cnn", {"data": {"size": 24}, "method": {"patch": 0.3}})
    prepared("exemplar_cnn", {"data": {"size": 25}, "method": {"patch": 0.3}})


def test_stored_images_smaller_than_the_views_are_checked_too(prepared: Prepared) -> None:
    session = prepared(
        "exemplar_cnn", {"data": {"size": 9}, "views": {"groups": [{"count": 1, "size": 32}]}, "method": {"patch": 0.5}}
    )
    with pytest.raises(ConfigError, match=r"data\.size must be at least 15 px\. Got 9"):
        session.method(session.batches.at(0), progress(session))


@pytest.mark.parametrize("id", ["exemplar_cnn", "pic"])
def test_a_trained_encoder_is_loaded_without_its_data(id: str, small: Small, tmp_path: Path) -> None:
    assert train(small(id), lambda _: None, Control(), tmp_path).state == "finished"
    encoder, _ = load_encoder(tmp_path)
    assert not encoder.training


def test_pic_compares_with_the_batch_and_the_most_recent_classes(prepared: Prepared) -> None:
    session = prepared("pic", {"method": {"negatives": 24}})
    losses(session, 2)
    classes = session.method.classes
    own = classes.find(session.batches.at(2).index)  # type: ignore[union-attr, operator]
    compared = classes.candidates(own, 24)  # type: ignore[union-attr, operator]
    assert torch.equal(compared[:16], own)
    before = classes.find(session.batches.at(1).index).tolist()  # type: ignore[union-attr, operator]
    expected = [row for row in before[::-1] if row not in own.tolist()][:8]
    assert compared[16:].tolist() == expected
    # The rest of the table has no gradient.
    session.method(session.batches.at(2), progress(session)).loss.backward()
    moved = classes.weight.grad.abs().sum(1) > 0  # type: ignore[union-attr]
    assert set(moved.nonzero().flatten().tolist()) == set(compared.tolist())


def test_pic_in_a_sliding_window_stops_and_resumes_to_the_same_numbers(small: Small, prepared: Prepared, tmp_path: Path) -> None:
    changes = {"method": {"negatives": 20}, "train": {"batch": 8, "order": "sliding_window", "window": 0.5, "stride": 0.5}}
    whole = prepared("pic", changes)
    losses(whole, 6)
    seen = Counter(torch.cat([whole.batches.at(step).index for step in range(3)]).tolist())
    assert max(seen.values()) == 1  # one pass through the window
    control = Control()
    assert train(small("pic", changes), lambda _: control.stop(), control, tmp_path).state == "stopped"
    assert resume(tmp_path, lambda _: None, Control()).state == "finished"
    state = torch.load(tmp_path / "checkpoints" / "last.pt", weights_only=True)["method"]
    assert all(torch.equal(value, state[name]) for name, value in whole.method.state_dict().items())
