"""Colorization: colour does not reach the input, class weights come from the observed frequencies, too small images are refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from engine.augment.colour_bins import frequency
from engine.augment.lab import lab_to_rgb, rgb_to_lab
from engine.config.errors import ConfigError
from engine.method import Batch
from engine.train.loop import progress
from engine.train.setup import Session

Prepared = Callable[..., Session]


def recoloured(batch: Batch) -> Batch:
    """The batch with the same lightness and no colour."""
    pixels = batch.pixels(batch.views[0])
    lab = rgb_to_lab(pixels)
    lab[:, 1:] = 0
    fields = {name: getattr(batch, name) for name in Batch.__dataclass_fields__}
    return Batch(**{**fields, "views": [batch.normalised(lab_to_rgb(lab))]})


def test_features_and_predictions_do_not_depend_on_colour(prepared: Prepared) -> None:
    session = prepared("colorization")
    method = session.method
    batch = session.batches.at(0)
    method.after_step(progress(session), method(batch, progress(session)))  # the encoder stores the normalisation
    method.eval()
    grey = recoloured(batch)
    with torch.no_grad():
        assert torch.allclose(method.encoder(batch.views[0]), method.encoder(grey.views[0]), atol=2e-3)
        shown, without = method.pictures(batch), method.pictures(grey)
        assert torch.allclose(shown["annealed mean"], without["annealed mean"], atol=2e-2)
        assert not torch.allclose(shown["true colours"], without["true colours"], atol=0.1)
        # The encoder gets the same input in evaluation as in training: lightness, computed from the pixels.
        h = method.encoder.dense(batch.views[0], method.least)
        assert torch.allclose(h, method._predict(method._split(batch)[0])[0], atol=1e-4)


def test_colour_frequencies_are_the_mean_over_the_batches(prepared: Prepared) -> None:
    session = prepared("colorization")
    method = session.method
    per_image = []
    for step in range(3):
        batch = session.batches.at(step)
        method.after_step(progress(session), method(batch, progress(session)))
        per_image.append(frequency(*method._encode(method._split(batch)[1]), len(method.centres)))
    assert torch.allclose(method.often, torch.stack(per_image).mean(0), atol=1e-6)
    method.eval()
    method(session.batches.at(3), progress(session))
    assert method.batches == 3


def test_without_rebalancing_all_colours_have_the_same_weight(prepared: Prepared) -> None:
    session = prepared("colorization", {"method": {"rebalance": 1.0}})
    out = session.method(session.batches.at(0), progress(session))
    assert out.terms["accuracy"] == pytest.approx(out.terms["weighted accuracy"].item(), abs=1e-6)


@pytest.mark.parametrize("detail", [1, 2, 8])
def test_other_values_of_detail_train(prepared: Prepared, detail: int) -> None:
    session = prepared("colorization", {"method": {"detail": detail}})
    assert session.method.decoder.size == 32 // detail
    session.method(session.batches.at(0), progress(session)).loss.backward()


def test_a_too_small_image_is_refused_with_the_smallest_size_that_works(prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match=r"views\.groups\.0\.size must be at least 64 px. Got 32"):
        prepared("colorization", {"method": {"detail": 32}})
    prepared("colorization", {"method": {"detail": 16}})
