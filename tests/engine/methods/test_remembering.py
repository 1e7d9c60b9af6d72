"""Instance discrimination beyond the conformance tests: InstDisc's bank and objectives, NCE's noise, NNCLR's queue."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import engine.memory.bank as bank_module
from engine.config.run import RunConfig
from engine.evaluate.encoder import load_encoder
from engine.evaluate.protocol import evaluate
from engine.memory.bank import MemoryBank
from engine.train.control import Control
from engine.train.loop import progress
from engine.train.setup import Session
from engine.train.train_run import resume, train
from tests.engine.methods.steps import losses

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]


def use_first_batch(session: Session) -> None:
    """Use the first step's batch in every step."""
    draw = session.batches.at
    session.batches.at = lambda step: draw(0)  # type: ignore[method-assign]


def bank_of(session: Session) -> MemoryBank:
    bank = session.method.bank
    assert isinstance(bank, MemoryBank)
    return bank


def test_the_bank_has_a_row_per_training_image_and_stores_its_feature(prepared: Prepared) -> None:
    session = prepared("instdisc", {"method": {"momentum": 0.0}})
    bank, batch = bank_of(session), session.batches.at(0)
    assert bank.indices.tolist() == sorted(session.dataset.splits["train"].tolist())
    out = session.method(batch, progress(session))
    assert int(bank.visits.sum()) == 0  # rows are updated after the step, not within it
    session.method.after_step(progress(session), out)
    assert out.embedding is not None
    assert torch.allclose(bank.rows[bank.find(batch.index)], out.embedding, atol=1e-6)
    assert int(bank.visits.sum()) == 16


@pytest.mark.parametrize("objective", ["softmax", "nce"])
def test_a_trained_run_is_evaluated_without_its_bank(objective: str, small: Small, tmp_path: Path) -> None:
    config = small("instdisc", {"method": {"objective": objective}})
    assert train(config, lambda _: None, Control(), tmp_path).state == "finished"
    figures = evaluate(tmp_path)
    assert 0 <= figures.trained.knn <= 1
    encoder, _ = load_encoder(tmp_path)
    assert not encoder.training


def test_a_bank_on_disk_trains_stops_and_resumes_to_the_same_numbers(
    small: Small, prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = losses(prepared("instdisc"), 6)
    monkeypatch.setattr(bank_module, "MEMORY_SHARE", 0.0)
    on_disk = prepared("instdisc")
    assert bank_of(on_disk).mapped
    assert losses(on_disk, 6) == expected
    control = Control()
    assert train(small("instdisc"), lambda _: control.stop(), control, tmp_path).state == "stopped"
    assert resume(tmp_path, lambda _: None, Control()).state == "finished"


def test_nce_estimates_its_constant_from_the_first_batch_and_then_trains(prepared: Prepared) -> None:
    last = []
    for rate in (0.002, 1e-12):
        session = prepared(
            "instdisc",
            {"method": {"objective": "nce", "negatives": 24, "norm": False}, "train": {"steps": 12}, "optim": {"lr": rate}},
        )
        use_first_batch(session)
        assert session.method.log_z.isinf()  # type: ignore[operator]
        losses(session, 1)
        z = session.method.log_z.clone()  # type: ignore[operator]
        # Eq. 8 of rows that are still random: M times the mean of exp(cos / tau).
        assert abs(float(z) - math.log(len(bank_of(session)))) < 1.5
        last.append(losses(session, 11)[-1])
        assert torch.equal(session.method.log_z, z)  # type: ignore[arg-type]
    # The rows change too, so that a falling loss alone proves nothing.
    assert last[0] < last[1] - 0.5


def test_the_proximal_term_applies_to_images_with_a_stored_feature_only(prepared: Prepared) -> None:
    plain, held = (
        prepared("instdisc", {"method": {"objective": "nce", "proximal": weight}, "train": {"steps": 12}}) for weight in (0.0, 30.0)
    )
    assert losses(plain, 1) == losses(held, 1)  # no row has been seen
    later = [losses(session, 6)[-1] for session in (plain, held)]
    assert later[1] != later[0]


def test_noise_samples_never_include_the_image_itself(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    """Log ratios are replaced by image indices, so that noise with the image's own index is detected."""
    session = prepared("nce", {"method": {"noise": 500}})
    seen: list[tuple[torch.Tensor, torch.Tensor]] = []
    own = torch.arange(32) % 16

    def numbered(z: torch.Tensor) -> torch.Tensor:
        return (own[None, :] + 100.0 * own[:, None]).expand(32, 32) + 0 * z.sum()

    import engine.methods.contrastive.nce as module

    def watch(data: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        seen.append((data, noise))
        return data * 0

    monkeypatch.setattr(session.method, "_log_ratio", numbered)
    monkeypatch.setattr(module, "noise_contrast", watch)
    session.method(session.batches.at(0), progress(session))
    data, noise = seen[0]
    assert torch.equal(data, own * 101.0)
    images = noise - 100 * own[:, None]
    assert not (images == own[:, None]).any()
    assert sorted(images[0].unique().tolist()) == list(range(1, 16))


def test_the_constant_has_its_own_learning_rate(prepared: Prepared) -> None:
    session = prepared("nce")
    start = session.method.c.item()  # type: ignore[operator]
    assert start == pytest.approx(-math.log(len(session.dataset.splits["train"])), abs=0.2)
    losses(session, 6)
    assert session.method.c.item() != start  # type: ignore[operator]
    frozen = prepared("nce", {"method": {"constant_rate": 0.0}})
    losses(frozen, 6)
    assert frozen.method.c.item() == start  # type: ignore[operator]


def test_nnclr_s_queue_stores_the_indices_of_its_images(prepared: Prepared) -> None:
    session = prepared("nnclr")
    losses(session, 2)
    seen = torch.cat([session.batches.at(step).index for step in range(2)])
    assert torch.equal(session.method.queue.indices, seen)  # type: ignore[union-attr, arg-type]
