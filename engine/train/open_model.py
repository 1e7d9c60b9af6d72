"""Open a model that exists: the settings of a run that trains nothing and shows its encoder on a set of images.

The method is `random`: the encoder is first seen as it is drawn, then with the weights, so that everything that a run shows (maps,
neighbours, evaluation, factors) is there for the model and, beside it, for the same architecture without training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.backbones.published import fetched, published
from engine.backbones.recognise_encoder import recognise_encoder
from engine.backbones.weights import KEY, read_weights, stated_encoder, stated_normalisation
from engine.config.encoder_table import encoder_row, library_of
from engine.config.errors import ConfigError, complain
from engine.config.run_name import run_name
from engine.config.text import merge
from engine.config.weights_text import HUB, absolute_weights, split_epoch, weights_kind
from engine.execute.progress import ProgressCallback, no_progress
from engine.methods.build_method import input_size
from engine.runs.reader import read_run_config
from engine.train.start_weights import run_of

METHOD = "random"
# Larger published sizes take minutes on a CPU for a few hundred images: DINOv2's 518 px are 1,369 tokens.
MOST_SIZE = 224
BATCH = 16


@dataclass(frozen=True)
class OpenedModel:
    """`settings`: of the run, nested, to be resolved; `size`: side of the images that its encoder gets, in px, 0 for that of the
    data; `normalisation`: in words, by which mean and deviation."""

    settings: Mapping[str, Any]
    size: int
    normalisation: str


def open_model(
    weights: str, data: str, *, name: str = "", backbone: str = "", size: int = 0, progress: ProgressCallback = no_progress
) -> OpenedModel:
    """The settings of a run that shows a model on images.

    Args:
        weights: as `backbone.weights`: a file, a run, or a published name, which is downloaded.
        data: as `data.source`.
        name: of the run; "" takes it from the weights.
        backbone: the encoder, where the file does not tell it.
        size: side of the images for the encoder in px; 0 takes that for which it was trained, at most 224.
        progress: of a download.

    Raises:
        ConfigError: no such weights, or their encoder is not recognised.
    """
    kind = weights_kind(weights)
    own: dict[str, Any] = {"name": backbone} if backbone else {}
    known, normalised = 0, "the mean and deviation of its training images"
    if kind == "run":
        folder, _ = run_of(weights)
        config = read_run_config(folder)
        own, known = {**config.backbone.model_dump(mode="json"), **own}, input_size(config)
    elif kind == "file":
        path = Path(absolute_weights(weights))
        contents = read_weights(path)
        stated, side_stated = stated_encoder(path)
        if not own:
            try:
                own, known = _recognised(contents)
            except ConfigError:
                if not stated:
                    raise
                own = {"name": stated}
        known = side_stated or known
        if stated_normalisation(path) is None:
            own, normalised = {**own, "normalise": "imagenet"}, "ImageNet's mean and deviation: the file does not say its own"
    else:
        row = published(weights)
        path = fetched(row, progress)
        normalised = "the mean and deviation of its library"
        if not own and row.encoder:
            own, known = {"name": row.encoder}, row.size
        elif not own:
            own, known = _recognised(read_weights(path))
        if row.mean is None:
            own, normalised = {**own, "normalise": "imagenet"}, "ImageNet's mean and deviation: the hub does not say its own"
    if backbone and library_of(backbone) and not known:
        listed = encoder_row(backbone)
        known = listed.size if listed is not None else 0
    side = size or _at_most(known, own)
    settings: dict[str, Any] = {
        "name": name or run_name(_short(weights), data, None),
        "method": {"id": METHOD},
        "data": {"source": data},
        "backbone": {**own, "weights": weights},
        "views": {"preset": "crop_flip"},
        "train": {"steps": 1, "batch": BATCH, "keep": 0},
    }
    if side:
        settings = merge(settings, {"views": {"groups": {0: {"size": side}}}})
    return OpenedModel(settings, side, normalised)


def _recognised(contents: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    encoder = recognise_encoder(contents)
    return dict(encoder.settings), encoder.size


def _at_most(known: int, backbone: Mapping[str, Any]) -> int:
    """The side of images: the known one, or the largest below MOST_SIZE that is a multiple of the encoder's patches."""
    if known <= MOST_SIZE:
        return known
    row = encoder_row(str(backbone.get("name", "")))
    step = int(backbone.get("patch", 0)) or (row.multiple if row is not None else 1) or 1
    return max(step * 2, MOST_SIZE // step * step)


def _short(weights: str) -> str:
    """A name for weights: a file's without its folder, a published one's without its library."""
    text = weights.removeprefix(HUB).rstrip("/\\")
    run, epoch = split_epoch(text)
    short = Path(run).name or text
    if not short:
        raise complain(KEY, "the name of a model", weights)
    return short if epoch is None else f"{short}@{epoch}"
