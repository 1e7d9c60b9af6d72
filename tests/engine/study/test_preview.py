"""The preview of a method's inputs equals what a training step gives its network."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from engine.config.run import RunConfig
from engine.data.open import open_dataset
from engine.methods.masked.mae import MAE
from engine.study import preview as module
from engine.study.preview import InputsPreview
from engine.study.views_preview import ViewsPreviewer
from engine.train.loop import take_step
from engine.train.resolve import resolve
from engine.train.setup import Session

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]


def preview_of(session: Session, step: int) -> dict[str, np.ndarray]:
    batches = session.batches
    return InputsPreview()(
        session.config, session.dataset, batches.index(step), batches.draws(step), session.config.train.seed, step
    )


def test_the_previewed_mask_is_the_mask_of_the_step(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    session = prepared("mae")
    shown = preview_of(session, 1)["visible"]
    hidden: list[torch.Tensor] = []
    draw = MAE._mask

    def noting(self, x, generator):  # type: ignore[no-untyped-def]
        mask = draw(self, x, generator)
        hidden.append(mask.hidden)
        return mask

    monkeypatch.setattr(MAE, "_mask", noting)
    session.step = 1
    take_step(session)
    n, side = len(shown), 8
    grey = (shown.reshape(n, side, 4, side, 4, 3) == 128).all((2, 4, 5)).reshape(n, side * side)
    # A visible uniform grey patch would count as hidden; the rendered images have none.
    assert np.array_equal(grey, hidden[0].numpy())


def test_a_method_without_inputs_of_its_own_is_not_built(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    session = prepared("simclr")
    monkeypatch.setattr(module, "build_method", lambda config: pytest.fail("built"))
    assert preview_of(session, 0) == {}


def test_the_method_is_built_once_per_config(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    session = prepared("mae")
    built = []
    build = module.build_method

    def counting(config: RunConfig):  # type: ignore[no-untyped-def]
        built.append(config)
        return build(config)

    monkeypatch.setattr(module, "build_method", counting)
    preview, batches = InputsPreview(), session.batches
    for seed in (0, 1):
        preview(session.config, session.dataset, batches.index(0), batches.draws(0), seed, 0)
    assert len(built) == 1


def test_invalid_settings_give_no_preview(prepared: Prepared, small: Small) -> None:
    session = prepared("mae")
    wrong = small("mae", {"method": {"decoder_heads": 3}})
    batches = session.batches
    assert InputsPreview()(wrong, session.dataset, batches.index(0), batches.draws(0), 0, 0) == {}


@pytest.mark.parametrize(("method", "views"), [("vjepa", 1), ("simclr", 0)])
def test_clips_are_previewed_whole_and_views_of_them_where_the_method_sees_them(method: str, views: int) -> None:
    config = resolve({"method": method, "data": {"source": "moving_shapes", "count": 40, "size": 16}, "train": {"batch": 4}})
    data = open_dataset(config.data)
    shown = ViewsPreviewer().preview(config, data, [0, 2], 0)
    rows = data.splits["train"][[0, 2]]
    assert np.array_equal(shown.clips, data.clips[rows].transpose(0, 1, 3, 4, 2))
    assert len(shown.view_clips) == views
    for view, clips in zip(shown.views, shown.view_clips, strict=False):
        # The frame that stands for the clip is cropped and coloured as all others.
        assert clips.shape[:2] == (2, 8)
        assert np.abs(clips[:, 4].astype(int) - view).max() <= 1
