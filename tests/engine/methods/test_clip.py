"""CLIP's forward pass against a loop over all pairs, and what its data and temperature must be."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.method import Batch
from engine.methods.multimodal.clip import CLIP
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare
from tests.engine.methods.wiring import after_step, assert_same, at_share, average, dot, pick, small_session

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]


@pytest.mark.parametrize("objective", ["clip", "siglip"])
def test_forward_matches_each_image_with_its_own_caption(prepared: Prepared, objective: str) -> None:
    session = small_session(prepared, "clip", method={"objective": objective})
    method, batch = session.method, session.batches.at(0)
    assert isinstance(method, CLIP)

    def oracle(batch: Batch) -> Tensor:
        h = method.backbone(batch.views[0])
        images = [method.projector.weight @ row for row in h]
        texts = [method.text_encoder(method.tokenizer([text]))[0] for text in batch.texts]
        scale, n = method.log_scale.exp(), len(images)
        losses = []
        for i in range(n):
            if method.bias is None:
                across = pick([scale * dot(images[i], texts[j]) for j in range(n)], i)
                down = pick([scale * dot(images[j], texts[i]) for j in range(n)], i)
                losses.append((across + down) / 2)
            else:
                logits = [scale * dot(images[i], texts[j]) + method.bias for j in range(n)]
                right = [torch.sigmoid(logit if i == j else -logit) for j, logit in enumerate(logits)]
                losses.append(-torch.stack(right).log().sum())
        return average(losses)

    out = assert_same(method, batch, at_share(0.5), oracle)
    assert out.views == 1


def test_the_caption_of_an_image_is_one_of_its_own_and_changes_with_the_step(prepared: Prepared) -> None:
    session = prepared("clip", {"data": {"count": 16}, "train": {"batch": 8}})
    captions = session.dataset.captions
    assert captions is not None
    drawn = [session.batches.at(step) for step in range(12)]
    for batch in drawn:
        assert all(text in captions.texts[row] for row, text in zip(batch.index.tolist(), batch.texts, strict=True))
    first = int(drawn[0].index[0])
    assert len({batch.texts[batch.index.tolist().index(first)] for batch in drawn if first in batch.index}) > 1
    assert session.batches.at(3).texts == drawn[3].texts


def test_other_methods_get_no_texts(prepared: Prepared) -> None:
    assert prepared("simclr").batches.at(0).texts == ()


def test_the_inverse_temperature_is_at_most_100(prepared: Prepared) -> None:
    method = prepared("clip").method
    assert isinstance(method, CLIP)
    assert method.log_scale.exp().item() == pytest.approx(1 / 0.07)
    with torch.no_grad():
        method.log_scale.fill_(7.0)
    after_step(method, at_share(0.5), None)  # type: ignore[arg-type]  # it does not use what the step gave
    assert method.log_scale.item() == pytest.approx(math.log(100))


def test_a_caption_is_drawn_in_a_square_of_the_size_of_a_view(prepared: Prepared) -> None:
    session = prepared("clip", {"data": {"count": 16}, "train": {"batch": 8}})
    method, batch = session.method, session.batches.at(0)
    shown = method.inputs(batch)["caption"]
    assert tuple(shown.shape) == (8, 3, 96, 96)  # views of 32 px are smaller than letters
    for picture in shown:
        inked = (picture < 0.5).any(0)
        assert inked.any()
        assert not inked[:, -2:].any(), "no line is cut off at the right"


def test_the_vocabulary_holds_the_words_of_the_training_captions_and_is_kept(prepared: Prepared) -> None:
    method, fresh = prepared("clip").method, prepared("clip").method
    assert isinstance(method, CLIP)
    assert isinstance(fresh, CLIP)
    assert {"disc", "turquoise", "background", "a"} <= set(method.tokenizer.tokens())
    fresh.setup_captions([])
    assert not fresh.ready
    fresh.load_state_dict(method.state_dict())
    assert fresh.tokenizer.tokens() == method.tokenizer.tokens()


def test_a_set_without_captions_is_refused_before_it_is_read() -> None:
    with pytest.raises(
        ConfigError, match=r"data.source must be a set with captions, which CLIP needs\. Got 'digits'.*shapes, simple_shapes"
    ):
        resolve({"method": "clip", "data": {"source": "digits"}})


def test_a_folder_needs_a_caption_for_each_training_image(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (30, 16, 16, 3), dtype=np.uint8)
    for number in range(30):
        Image.fromarray(pixels[number]).save(tmp_path / f"{number:02}.png")
    config = resolve({"method": "clip", "data": {"source": str(tmp_path), "size": 16}, "train": {"batch": 4}})
    with pytest.raises(ConfigError, match="a set with captions, which CLIP needs"):
        prepare(config)
    rows = [f"{number:02}.png,a picture of number {number}" for number in range(30)]
    (tmp_path / "captions.csv").write_text("\n".join(["image,caption", *rows]) + "\n", encoding="utf-8")
    session = prepare(config)
    batch = session.batches.at(0)
    names = [session.dataset.names[row] for row in batch.index.tolist()]
    assert batch.texts == tuple(f"a picture of number {int(name[:2])}" for name in names)
    (tmp_path / "captions.csv").write_text("\n".join(["image,caption", *rows[:3]]) + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"training images without a caption, the first \d\d\.png"):
        prepare(config)
