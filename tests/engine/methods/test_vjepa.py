"""V-JEPA: which pixels reach the student, whose features are the targets, its pictures, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.augment.tubes import tube_blocks
from engine.backbones.clip_transformer import ClipTransformer
from engine.config.errors import ConfigError
from engine.embed.features import encode
from engine.method import Batch, Progress
from engine.methods.masked.vjepa import KINDS, VJEPA
from engine.train.loop import progress
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare
from tests.engine.methods.steps import losses
from tests.engine.methods.wiring import again, assert_same, at_share, average, gradients, small_session

Prepared = Callable[..., Session]
FOUR = {"method": {"frames": 4}}
N = 4


def method_of(session: Session) -> VJEPA:
    assert isinstance(session.method, VJEPA)
    return session.method


def test_the_predictor_finds_the_teacher_s_features_of_what_is_hidden_at_all_times(prepared: Prepared) -> None:
    """Eq. 1 of 2404.08471, in loops: a mask of eight blocks of .15 and one of two blocks of .7, through all of the clip; the
    student sees the rest, the teacher all; its features are normalised, without gradient; the mean absolute error, of both kinds
    alike."""
    session = small_session(prepared, "vjepa", **FOUR)
    m: Any = session.method

    def oracle(batch: Batch) -> Tensor:
        assert batch.clips is not None
        clips = batch.clips.frames[:, [0, 2, 5, 7]]
        with torch.no_grad():
            features = m.teacher.tokens(clips)
        losses = []
        for kind, (blocks, share) in enumerate(((8, 0.15), (2, 0.7))):
            tubes = tube_blocks(
                N, 4, batch.generator, blocks=blocks, share=share, aspect=(0.75, 1.5), context_least=m.config.context_least
            )
            seen, hidden = (
                torch.tensor([[time * 16 + patch for time in range(2) for patch in row] for row in rows.tolist()]) for rows in tubes
            )
            predicted = m.predictor(m.backbone.tokens(clips, seen), seen, hidden, kind)
            terms = []
            for clip in range(N):
                for number, token in enumerate(hidden[clip].tolist()):
                    f = features[clip, token]
                    terms.append((predicted[clip, number] - (f - f.mean()) / (f.var(unbiased=False) + 1e-5).sqrt()).abs().mean())
            losses.append(average(terms))
        return average(losses)

    out = assert_same(m, session.batches.at(0), at_share(0.5), oracle)
    moved = gradients(m(again(session.batches.at(0)), at_share(0.5)).loss, m)
    assert {name.split(".")[0] for name, g in moved.items() if g.any()} == {"backbone", "predictor"}
    assert not any(p.requires_grad for p in m.teacher.parameters())
    assert out.loss.item() == pytest.approx(sum(out.terms[name].item() for name in KINDS) / 2, rel=1e-5)


def test_hidden_pixels_reach_the_teacher_alone_at_whichever_time(prepared: Prepared) -> None:
    session = prepared("vjepa", {**FOUR, "train": {"batch": 4}})
    method, batch = method_of(session).eval(), session.batches.at(0)
    clips = method._clips(batch)
    kind = method._masks(batch, len(clips))[0]
    inside = torch.zeros(4, 16, dtype=torch.bool).scatter_(1, kind.tubes.targets, True).view(4, 1, 1, 4, 4)
    inside = inside.repeat_interleave(8, 3).repeat_interleave(8, 4)
    with torch.no_grad():
        plain = method._predict(clips, kind, 0)[1]
        assert torch.equal(method._predict(torch.where(inside, 5.0, clips), kind, 0)[1], plain)
        assert not torch.allclose(method._predict(torch.where(inside, clips, 5.0), kind, 0)[1], plain)
        assert not torch.allclose(method._features(torch.where(inside, 5.0, clips)), method._features(clips), atol=1e-2)
        # Each kind of mask has a token of its own.
        method.predictor.mask_tokens[1] += 1.0
        assert torch.equal(method._predict(clips, kind, 0)[1], plain)
        assert not torch.allclose(method._predict(clips, kind, 1)[1], plain)


def test_the_teacher_starts_equal_to_the_student_and_its_update_rate_falls_to_0(prepared: Prepared) -> None:
    method = method_of(prepared("vjepa", {"method": {"momentum": 0.9, "frames": 2}}))
    student, teacher = method.backbone.patch_embed.proj.weight, method.teacher.patch_embed.proj.weight
    assert torch.equal(student, teacher)
    assert method.encoder is method.teacher
    with torch.no_grad():
        student += 1.0
    for fraction, left in ((0.0, 0.9), (0.5, 0.9 * 0.95), (1.0, 0.9 * 0.95)):
        method.after_step(Progress(int(10 * fraction), 10, 0, 1))
        assert torch.allclose(student - teacher, torch.full_like(student, left), atol=1e-5)


def test_evaluation_encodes_whole_clips_and_an_image_as_one_that_stands_still(prepared: Prepared) -> None:
    session = prepared("vjepa", FOUR)
    method, data = method_of(session), session.dataset
    assert data.clips is not None
    index = data.splits["validation"][:3]
    features = encode(method.encoder, data, index, device="cpu", size=32)
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in (data.mean, data.std))
    clips = (torch.from_numpy(data.clips[index]).float() / 255 - mean) / std
    with torch.no_grad():
        expected = method.teacher.eval().tokens(clips[:, [0, 2, 5, 7]]).mean(1)
    torch.testing.assert_close(features, expected, rtol=1e-4, atol=1e-5)


def test_pictures_show_masks_targets_predictions_and_errors(prepared: Prepared) -> None:
    session = prepared("vjepa", {**FOUR, "train": {"batch": 4}})
    losses(session, 1)
    method = method_of(session).eval()
    batch = session.batches.of(session.dataset.splits["train"][:3])
    with torch.no_grad():
        pictures = method.pictures(batch)
        assert torch.equal(method.inputs(again(batch))["clip and masks"], pictures["clip and masks"])
    strip = pictures["clip and masks"]
    assert strip.shape == (3, 3, 3 * 34 + 8, 4 * 34 + 8)  # three rows of four frames
    frames, short, far = (strip[:, :, 4 + row * 34 : 4 + row * 34 + 32] for row in range(3))
    batch = again(batch)
    kinds = method._masks(batch, 3)
    for shown, kind in ((short, kinds[0]), (far, kinds[1])):
        for clip in range(3):
            for patch in range(16):
                top, left = patch // 4 * 8, patch % 4 * 8
                for frame in range(4):
                    at = 4 + frame * 34 + left
                    part, whole = (one[clip, :, top : top + 8, at : at + 8] for one in (shown, frames))
                    visible = patch in kind.tubes.context[clip].tolist()
                    assert torch.equal(part, whole if visible else torch.full_like(whole, 0.5))
    coloured = pictures["target and predicted features"]
    assert coloured.shape == (3, 3, 4 * 34 + 8, 2 * 34 + 8)  # frames, targets, two kinds; two times
    grey = (coloured[:, :, 4 + 2 * 34 : 4 + 2 * 34 + 32, 4 : 4 + 32] == 0.5).all(1)[:, ::8, ::8]  # a pixel of each patch
    hidden = torch.zeros(3, 16, dtype=torch.bool).scatter_(1, kinds[0].tubes.targets, True).view(3, 4, 4)
    assert torch.equal(grey, ~hidden)
    assert pictures["error by frame"].shape[0] == 1


def test_a_perfect_prediction_has_the_target_s_colours_and_no_error(prepared: Prepared) -> None:
    """One set of components for all rows: the same features have the same colours."""
    method = method_of(prepared("vjepa", {**FOUR, "train": {"batch": 4}})).eval()
    session = prepared("vjepa", {**FOUR, "train": {"batch": 4}})
    batch = session.batches.of(session.dataset.splits["train"][:3])
    predict = method._predict

    def perfect(clips: Tensor, kind: Any, number: int) -> tuple[Tensor, Tensor]:
        h = method._features(clips)
        return predict(clips, kind, number)[0], torch.stack([h[row, kind.targets[row]] for row in range(len(clips))])

    method._predict = perfect  # type: ignore[method-assign]
    with torch.no_grad():
        assert float(method(batch, progress(session)).loss) == 0.0
        assert float(method.task_score(again(batch)).value) == pytest.approx(1.0)
        coloured = method.pictures(again(batch))["target and predicted features"]
    target, predicted = coloured[:, :, 38:70], coloured[:, :, 72:104]
    differs = (target != predicted).any(1)
    assert torch.equal(differs & (predicted != 0.5).any(1), torch.zeros_like(differs))


def test_what_does_not_fit_is_refused_in_words() -> None:
    def start(**parts: Any) -> None:
        base = {"data": {"count": 32, "size": 32}, "train": {"steps": 2, "batch": 4}}
        method = {"id": "vjepa", **parts.pop("method", {})}
        prepare(resolve({**base, "method": method, **parts}))

    with pytest.raises(ConfigError, match=r"method\.frames must be a multiple of method\.tubelet \(3\)\. Got 8"):
        start(method={"tubelet": 3})
    with pytest.raises(ConfigError, match=r"method\.aspect_min must be at most method\.aspect_max \(1\.5\)\. Got 2"):
        start(method={"aspect_min": 2})
    with pytest.raises(ConfigError, match=r"method\.predictor_heads must be a divisor of method\.predictor_dim \(64\)\. Got 3"):
        start(method={"predictor_heads": 3})
    with pytest.raises(ConfigError, match=r"backbone\.pool must be mean for vjepa, whose encoder has no class token\. Got 'cls'"):
        start(backbone={"pool": "cls"})
    with pytest.raises(ConfigError, match=r"backbone\.rel_pos must be none for vjepa"):
        start(backbone={"rel_pos": "shared"})
    with pytest.raises(ConfigError, match=r"a set with clips, which V-JEPA needs\. Got 'shapes'.*moving_shapes"):
        resolve({"method": "vjepa", "data": {"source": "shapes"}})


def test_a_library_s_vit_gives_its_blocks() -> None:
    timm = pytest.importorskip("timm")
    assert timm
    config = resolve(
        {
            "method": {"id": "vjepa", "frames": 2},
            "backbone": {"name": "timm/vit_tiny_patch16_224", "patch": 8},
            "data": {"count": 32, "size": 32},
            "train": {"steps": 2, "batch": 4, "device": "cpu", "precision": "fp32"},
        }
    )
    session = prepare(config)
    method = method_of(session)
    assert isinstance(method.backbone, ClipTransformer)
    assert (method.backbone.dim, method.backbone.side) == (192, 4)
    assert all(math.isfinite(value) for value in losses(session, 1))
