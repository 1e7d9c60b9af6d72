"""The feature pictures of every run, in addition to the method's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.config.run import RunConfig
from engine.evaluate.feature_pictures import FeaturePictures
from engine.events import CLASS_ATTENTION, FEATURE_PCA, Event, PicturesReady, Warned
from engine.runs.reader import pictures
from engine.runs.writer import RunWriter
from engine.train import monitor as module
from engine.train.monitor import Monitor
from engine.train.setup import Session

Prepared = Callable[..., Session]
Small = Callable[..., RunConfig]
VIT = {"backbone": {"name": "vit_micro"}}


def picture_events(session: Session) -> list[PicturesReady]:
    """The pictures reported at the start and at step 1."""
    events: list[Event] = []
    monitor = Monitor(session, events.append)
    monitor.look(0)
    monitor.look(1)
    assert not [event for event in events if isinstance(event, Warned)]
    return [event for event in events if isinstance(event, PicturesReady)]


@pytest.mark.parametrize(
    ("id", "changes", "general"),
    [
        ("simclr", {}, [FEATURE_PCA]),
        ("simclr", VIT, [FEATURE_PCA, CLASS_ATTENTION]),
        ("simclr", {"backbone": {"name": "vit_micro", "pool": "mean"}}, [FEATURE_PCA]),
        ("dino", VIT, [FEATURE_PCA]),  # it shows its own attention
        ("convmae", {}, [FEATURE_PCA]),
        ("cpc", {}, [FEATURE_PCA]),
        ("colorization", {}, [FEATURE_PCA]),
        ("jigsaw", {}, [FEATURE_PCA]),
    ],
)
def test_feature_pictures_follow_the_method_s_own(
    id: str, changes: dict[str, dict[str, str]], general: list[str], prepared: Prepared
) -> None:
    first, second = picture_events(prepared(id, changes))
    names = list(first.pictures)
    assert names[-len(general) :] == general
    assert len(names) > len(general)
    assert not set(names[: -len(general)]) & {FEATURE_PCA, CLASS_ATTENTION}
    for name in general:
        picture = first.pictures[name]
        assert picture.dtype == np.uint8
        assert picture.ndim == 3
        assert picture.std() > 5, "something is to be seen"
        assert np.array_equal(picture, second.pictures[name]), "the same encoder shows the same colours"


def test_the_image_is_beside_its_feature_picture(prepared: Prepared) -> None:
    session = prepared("simclr", VIT)
    images = session.dataset.images[session.dataset.splits["validation"][:2]]
    pictures = FeaturePictures(session.dataset, session.dataset.splits["validation"][:2], 32)(
        session.method.encoder.eval(), torch.device("cpu"), ()
    )
    for picture in pictures.values():
        assert picture.shape == (2, 3, 40, 72)
        assert torch.equal((picture[:, :, 4:-4, 4:36] * 255).round().byte(), torch.from_numpy(images))


def test_computing_pictures_changes_no_generator_and_no_weight(prepared: Prepared) -> None:
    session = prepared("simclr", VIT)
    before, weights = torch.random.get_rng_state(), [p.clone() for p in session.method.state_dict().values()]
    pictures = FeaturePictures(session.dataset, session.dataset.splits["validation"][:4], 32)
    pictures(session.method.encoder, torch.device("cpu"))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert all(torch.equal(a, b) for a, b in zip(session.method.state_dict().values(), weights, strict=True))


def test_a_run_without_validation_images_has_no_feature_pictures(prepared: Prepared) -> None:
    session = prepared("simclr")
    assert FeaturePictures(session.dataset, np.zeros(0, np.int64), 32)(session.method.encoder, torch.device("cpu")) == {}


def test_feature_pictures_are_made_if_the_method_s_own_fail(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    session, events = prepared("simclr"), list[Event]()

    def failing(batch: object) -> dict[str, Tensor]:
        raise RuntimeError("no memory")

    monkeypatch.setattr(session.method, "pictures", failing)
    module.Monitor(session, events.append).look(0)
    (warned,) = [event for event in events if isinstance(event, Warned)]
    assert "no memory" in warned.message
    (came,) = [event for event in events if isinstance(event, PicturesReady)]
    assert list(came.pictures) == [FEATURE_PCA]


def test_feature_pictures_are_stored_after_the_method_s_own(tmp_path: Path) -> None:
    pixels = np.zeros((4, 4, 3), np.uint8)
    with RunWriter(tmp_path) as writer:
        writer(PicturesReady(1, 10, {"views": pixels, "Wörter": pixels, FEATURE_PCA: pixels, CLASS_ATTENTION: pixels}))
    assert pictures(tmp_path, 1) == ["views", "Wörter", FEATURE_PCA, CLASS_ATTENTION]
    (tmp_path / "metrics.jsonl").unlink()
    assert pictures(tmp_path, 1) == ["Wörter", "views", CLASS_ATTENTION, FEATURE_PCA]
