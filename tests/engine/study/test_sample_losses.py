"""The loss and the agreement of views per image: against loops, and without a change of the method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.augment.seeds import generator_for
from engine.config.run import RunConfig
from engine.data.dataset import Dataset
from engine.evaluate.encoder import method_at
from engine.method import Batch, Out, Progress
from engine.methods.contrastive.simclr import SimCLR
from engine.runs.reader import checkpoint_path
from engine.study.sample_losses import SEED, SampleLosses, agreement, measure, plan_round, sample_losses, steadiness
from engine.train.control import Control
from engine.train.loop import take_step
from engine.train.setup import Session
from engine.train.train_run import train

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]
FEW = 2  # rounds
# From 64 images in batches of 16: some of each split, in random order.
INDEX = np.random.default_rng(0).permutation(64)[:40]


def trained(prepared: Prepared, id: str, steps: int = 2) -> Session:
    session = prepared(id)
    for _ in range(steps):
        take_step(session)
        session.step += 1
    return session


def measured(session: Session) -> SampleLosses:
    return measure(session.method, session.config, session.dataset, INDEX, session.step, rounds=FEW)


def by_hand(session: Session, every: Callable[[Batch], list[float]]) -> np.ndarray:
    """The values that `every` returns for the images of a batch, averaged over rounds."""
    session.method.eval()
    values_by_image: dict[int, list[float]] = {int(image): [] for image in INDEX}
    for number in range(FEW):
        for batch_index, (images, rows) in enumerate(plan_round(INDEX, session.dataset, 16, number)):
            draws = session.batches.pipeline.draw(len(images), SEED, number, batch_index)
            batch = session.batches.of_draws(images, draws, generator_for(SEED, "losses", number, batch_index))
            with torch.no_grad():
                values = every(batch)
            for row in range(len(rows)):
                values_by_image[int(images[row])].append(values[row])
    return np.array([np.mean(values_by_image[int(image)]) for image in INDEX])


def test_simclr_s_losses_and_agreement_equal_loops(prepared: Prepared) -> None:
    session = trained(prepared, "simclr")
    method, tau = session.method, session.config.method.values()["temperature"]

    def views(batch: Batch) -> list[np.ndarray]:
        rows = [method.projector(method.backbone(view)).numpy().astype(float) for view in batch.views]  # type: ignore[operator]
        return [row / np.linalg.norm(row, axis=1, keepdims=True) for row in rows]

    def losses(batch: Batch) -> list[float]:
        every = np.concatenate(views(batch))
        result = []
        for row in range(16):
            total = 0.0
            for own, partner in ((row, row + 16), (row + 16, row)):
                others = [np.exp(every[own] @ other / tau) for at, other in enumerate(every) if at != own]
                total -= np.log(np.exp(every[own] @ every[partner] / tau) / sum(others))
            result.append(total / 2)
        return result

    def cosines(batch: Batch) -> list[float]:
        return [float(one @ other) for one, other in zip(*views(batch), strict=True)]

    result = measured(session)
    assert result.loss is not None
    assert result.agreement is not None
    np.testing.assert_allclose(result.loss, by_hand(session, losses), rtol=1e-4)
    np.testing.assert_allclose(result.agreement, by_hand(session, cosines), atol=1e-5)
    assert result.loss.dtype == result.agreement.dtype == np.float32
    assert result.chance == pytest.approx(np.log(31))
    assert result.notes == {}


def test_mae_s_losses_equal_loops_and_one_view_has_no_agreement(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    session = trained(prepared, "mae")
    method, seen = session.method, dict[str, Any]()
    draw: Any = method._mask

    def losses(batch: Batch) -> list[float]:
        """Computed from the drawn mask and the decoder's output."""
        decoder: Any = method.decoder
        with monkeypatch.context() as watched:
            watched.setattr(method, "_mask", lambda x, generator: seen.setdefault("mask", draw(x, generator)))
            hook = decoder.register_forward_hook(lambda module, given, out: seen.update(painted=out))
            seen.clear()
            method(batch, Progress(0, 1, 0, 1))
            hook.remove()
        x, hidden, painted = batch.views[0], seen["mask"].hidden, seen["painted"].double()
        side, size = session.method.backbone.side, session.method.backbone.patch
        result = []
        for row in range(16):
            errors = []
            for patch in hidden[row].nonzero().flatten().tolist():
                down, across = (size * index for index in divmod(patch, side))
                true = x[row, :, down : down + size, across : across + size].permute(1, 2, 0).flatten().double()
                true = (true - true.mean()) / (true.var() + 1e-6).sqrt()
                errors.append(float((painted[row, patch] - true).square().mean()))
            result.append(float(np.mean(errors)))
        return result

    result = measured(session)
    assert result.loss is not None
    np.testing.assert_allclose(result.loss, by_hand(session, losses), rtol=1e-3)
    assert result.agreement is None
    assert "takes one view" in result.notes["agreement"]


def test_the_mean_over_a_batch_is_the_method_s_loss(prepared: Prepared) -> None:
    session = trained(prepared, "simclr")
    index = session.dataset.splits["train"][:16]
    result = measure(session.method, session.config, session.dataset, index, session.step, rounds=FEW)
    losses = []
    for number in range(FEW):
        ((images, rows),) = plan_round(index, session.dataset, 16, number)
        assert len(rows) == 16
        draws = session.batches.pipeline.draw(16, SEED, number, 0)
        batch = session.batches.of_draws(images, draws, generator_for(SEED, "losses", number, 0))
        with torch.no_grad():
            losses.append(float(session.method.eval()(batch, Progress(2, 6, 0, 2)).loss))
    assert result.loss is not None
    assert float(result.loss.mean()) == pytest.approx(np.mean(losses), rel=1e-5)


def test_batches_are_full_and_of_one_split_and_every_image_is_used_once_per_round(prepared: Prepared) -> None:
    dataset = prepared("simclr").dataset
    plans = [list(plan_round(INDEX, dataset, 16, number)) for number in range(2)]
    for plan in plans:
        assert sorted(np.concatenate([rows for _, rows in plan])) == list(range(len(INDEX)))
        for images, rows in plan:
            assert len(images) == len(set(images)) == 16
            assert images[: len(rows)].tolist() == INDEX[rows].tolist()
            for split, indices in dataset.splits.items():
                if images[0] in indices:
                    inside = np.isin(images, indices).sum()
                    assert inside == min(16, len(indices)), split
                    assert np.isin(images, [*indices, *dataset.splits["train"]]).all()
    companions = [next(set(images) for images, rows in plan if 0 in rows) for plan in plans]
    assert companions[0] != companions[1]


@pytest.mark.parametrize("id", ["moco_v2", "nnclr", "dino", "swav", "instdisc", "pic", "colorization", "exemplar_cnn"])
def test_the_method_is_not_changed_and_no_tensor_keeps_a_graph(id: str, prepared: Prepared) -> None:
    session = trained(prepared, id)
    method = session.method
    before = {name: value.clone() for name, value in method.state_dict().items()}
    held = {name: len(part) for module in method.modules() for name, part in vars(module).items() if isinstance(part, list)}
    random, twice = torch.get_rng_state(), []
    for _ in range(2):
        twice.append(measured(session))
    assert torch.equal(torch.get_rng_state(), random)
    assert method.training
    assert all(torch.equal(value, before[name]) for name, value in method.state_dict().items())
    after = {name: len(part) for module in method.modules() for name, part in vars(module).items() if isinstance(part, list)}
    assert after == held
    for one, other in ((twice[0].loss, twice[1].loss), (twice[0].agreement, twice[1].agreement)):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("id", ["instdisc", "pic", "exemplar_cnn"])
def test_a_method_of_training_images_has_no_losses_of_other_images(id: str, prepared: Prepared) -> None:
    session = trained(prepared, id)
    result = measured(session)
    training = np.isin(INDEX, session.dataset.splits["train"])
    assert result.loss is not None
    np.testing.assert_array_equal(np.isfinite(result.loss), training)
    assert f"knows training images alone, and {(~training).sum()} of these 40 are none" in result.notes["loss"]
    if result.agreement is not None:
        np.testing.assert_array_equal(np.isfinite(result.agreement), training)


def test_a_batch_loss_has_no_part_per_image_but_an_agreement(prepared: Prepared) -> None:
    session = trained(prepared, "vicreg")
    result = measured(session)
    assert (result.loss, result.chance) == (None, None)
    assert result.notes["loss"].startswith("VICReg's loss is the batch's as a whole")
    assert result.agreement is not None
    assert (np.abs(result.agreement) <= 1 + 1e-6).all()
    assert "agreement" not in result.notes


def test_a_method_without_training_has_a_note_and_no_loss(prepared: Prepared) -> None:
    session = prepared("random")
    result = measure(session.method, session.config, session.dataset, INDEX, 0, rounds=FEW)
    assert result.loss is None
    assert "learns nothing" in result.notes["loss"]


def test_the_note_names_the_stage_before_the_method_s_own_training(prepared: Prepared) -> None:
    session = prepared("beit")
    result = measure(session.method, session.config, session.dataset, INDEX, 0, rounds=FEW)
    assert result.loss is not None
    assert "stage tokenizer" in result.notes["loss"]
    assert result.chance is None
    own = measure(session.method, session.config, session.dataset, INDEX, session.spans[-1].first, rounds=FEW)
    assert own.chance is not None


def test_an_image_without_a_label_has_no_supervised_loss(prepared: Prepared) -> None:
    session = trained(prepared, "supervised")
    labels = session.dataset.labels.copy()
    labels[INDEX[:5]] = -1
    result = measure(session.method, session.config, replace(session.dataset, labels=labels), INDEX, session.step, rounds=FEW)
    assert result.loss is not None
    assert np.flatnonzero(np.isnan(result.loss)).tolist() == [0, 1, 2, 3, 4]


def test_agreement_is_the_mean_over_all_pairs_of_views() -> None:
    rows = torch.randn(4 * 3, 5, generator=torch.Generator().manual_seed(0))
    batch = Batch([], torch.arange(3), torch.Generator())
    out = Out(torch.zeros(()), features=rows, views=4)
    views = rows.view(4, 3, 5).double().numpy()
    cosines = [
        [np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b) for one, a in enumerate(image) for b in image[one + 1 :]]
        for image in views.transpose(1, 0, 2)
    ]
    result = agreement(None, batch, out)  # type: ignore[arg-type]
    assert result is not None
    np.testing.assert_allclose(result, np.mean(cosines, axis=1), rtol=1e-5)


def test_steadiness_predicts_the_correlation_with_a_second_measurement() -> None:
    draw = np.random.default_rng(0)
    for noise in (0.5, 2.0, 4.0):
        true = draw.normal(size=20_000)
        first, again = (true + noise * draw.normal(size=(8, len(true))) for _ in range(2))
        assert steadiness(first) == pytest.approx(np.corrcoef(first.mean(0), again.mean(0))[0, 1], abs=0.02)
    assert steadiness(draw.normal(size=(8, 5000))) < 0.1
    assert np.isnan(steadiness(first[:1]))
    assert np.isnan(steadiness(np.ones((4, 9))))


def test_the_agreement_of_a_method_of_one_view_is_computed_with_the_encoder(prepared: Prepared) -> None:
    session = prepared("moco_v2")
    session.method.eval()
    batch = session.batches.at(0)
    with torch.no_grad():
        result = agreement(session.method, batch, session.method(batch, Progress(0, 1, 0, 1)))
        first, second = (session.method.encoder(view) for view in batch.views)
    assert result is not None
    torch.testing.assert_close(result, torch.cosine_similarity(first, second))


def test_results_are_stored_and_computed_again_for_another_checkpoint(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(small("simclr", {"train": {"steps": 2}}), lambda event: None, Control(), tmp_path)
    shares = list[float]()
    first = sample_losses(tmp_path, 99, INDEX, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert first.loss is not None
    method, config = method_at(tmp_path)
    whole = measure(method, config, _data(config), INDEX, 2)
    assert whole.loss is not None
    np.testing.assert_allclose(first.loss, whole.loss, rtol=1e-5)
    reports = list[float]()
    again = sample_losses(tmp_path, 99, INDEX, reports.append)
    assert not reports  # read, not computed
    np.testing.assert_array_equal(again.loss, first.loss)
    np.testing.assert_array_equal(again.agreement, first.agreement)
    assert (again.epoch, again.chance, again.notes, again.steady) == (first.epoch, first.chance, first.notes, first.steady)
    assert sample_losses(tmp_path, 0, INDEX[:4], reports.append).epoch == 0  # untrained: another file
    reports.clear()
    state = torch.load(checkpoint_path(tmp_path), weights_only=True)
    next(iter(state["method"].values())).add_(1e-3)
    with checkpoint_path(tmp_path).open("wb") as file:
        torch.save(state, file)
    sample_losses(tmp_path, 99, INDEX, reports.append)
    assert reports


def test_a_cancelled_computation_stores_nothing(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train(small("simclr", {"train": {"steps": 1}}), lambda event: None, Control(), tmp_path)
    seen = list[int]()
    forward = SimCLR.forward
    monkeypatch.setattr(SimCLR, "forward", lambda self, batch, at: seen.append(1) or forward(self, batch, at))

    def tick(share: float) -> None:
        if seen:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sample_losses(tmp_path, 99, INDEX, tick)
    assert len(seen) == 1
    assert not list((tmp_path / "spaces").glob("*"))


def _data(config: RunConfig) -> Dataset:
    from engine.data.open import open_dataset

    return open_dataset(config.data)
