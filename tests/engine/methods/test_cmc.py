"""CMC beyond the conformance tests: two encoders in one module, and loading them from a saved run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engine.config.run import RunConfig
from engine.evaluate.encoder import load_encoder, untrained_encoder
from engine.train.control import Control
from engine.train.loop import progress
from engine.train.setup import Session
from engine.train.train_run import train

Prepared = Callable[..., Session]


def test_a_loaded_encoder_undoes_the_normalisation_of_its_data(small: Callable[..., RunConfig], tmp_path: Path) -> None:
    train(small("cmc", {"monitor": {"embed_images": 0}}), lambda event: None, Control(), tmp_path)
    encoder, config = load_encoder(tmp_path)
    untrained = untrained_encoder(config)
    assert encoder.dim == untrained.dim == 512
    assert not torch.equal(encoder.get_buffer("mean"), untrained.get_buffer("mean"))
    assert encoder.get_buffer("mean").tolist() == pytest.approx(untrained.get_buffer("mean").tolist(), abs=0.5)


def test_the_encoders_get_the_pixels_of_the_crop_in_lab(prepared: Prepared) -> None:
    session = prepared("cmc")
    batch, method = session.batches.at(0), session.method
    method.after_step(progress(session), method(batch, progress(session)))
    lightness, _ = method.backbone.channels(batch.pixels(batch.views[0]))
    grey = batch.pixels(batch.views[0]).mean(1)
    assert torch.corrcoef(torch.stack([lightness[:, 0].flatten(), grey.flatten()]))[0, 1] > 0.9
    assert torch.equal(method.backbone.mean, batch.mean)


def test_each_direction_has_its_own_term_and_loss(prepared: Prepared) -> None:
    session = prepared("cmc")
    out = session.method(session.batches.at(0), progress(session))
    parts = [out.terms["lightness"], out.terms["colour"]]
    assert out.loss.item() == pytest.approx(sum(torch.as_tensor(term).item() for term in parts), rel=1e-6)
    assert parts[0] != parts[1]


def test_a_head_may_be_one_linear_map(prepared: Prepared) -> None:
    method = prepared("cmc", {"method": {"hidden_dim": 0}}).method
    assert [type(part).__name__ for part in method.head_l] == ["Linear"]
