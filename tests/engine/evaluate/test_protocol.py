"""Evaluation of a run folder: the correct weights and splits, and errors for what cannot be evaluated."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import engine.evaluate.encoder as encoder_module
import engine.evaluate.estimate as estimate_module
import engine.evaluate.export_features as export_module
import engine.evaluate.subject as subject_module
from engine.config.errors import ConfigError
from engine.config.run import DataConfig, MethodChoice, RunConfig, TrainConfig, ViewConfig, ViewsConfig
from engine.data.dataset import Dataset
from engine.data.open import open_dataset
from engine.embed.features import encode
from engine.evaluate.encoder import load_encoder, untrained_encoder
from engine.evaluate.export_features import embed_run
from engine.evaluate.finetune import FineTuning
from engine.evaluate.protocol import evaluate
from engine.methods.build_method import build_method, input_size
from engine.runs.evaluation import read_evaluation
from engine.runs.reader import checkpoint_path
from engine.runs.run_folder import create_folder
from tests.engine.embed.world import small_world


def config(seed: int = 5, **method: Any) -> RunConfig:
    return RunConfig(
        method=MethodChoice(id="simclr", **method),
        views=ViewsConfig(groups=(ViewConfig(size=16),)),
        train=TrainConfig(seed=seed),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run whose trained weights are those of another seed, so that they differ from its initial ones."""
    folder = create_folder(tmp_path / "runs", config())
    state = {"step": 3, "epoch": 1, "method": build_method(config(seed=6)).state_dict()}
    torch.save(state, folder / "checkpoints" / "last.pt")
    return folder


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    world = small_world(images=120, size=16)
    for module in (encoder_module, export_module):
        monkeypatch.setattr(module, "open_dataset", lambda *_: world)
    return world


def test_initial_weights_depend_on_the_config_only() -> None:
    torch.manual_seed(123)
    before = torch.random.get_rng_state()
    first = build_method(config()).state_dict()
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.manual_seed(7)
    again, other = build_method(config(), 16).state_dict(), build_method(config(seed=6)).state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)
    assert build_method(config()).training
    assert not untrained_encoder(config()).training
    with pytest.raises(ConfigError, match=r"views\.groups\.0\.size"):
        input_size(RunConfig())


def test_the_loaded_encoder_equals_the_saved_one(folder: Path) -> None:
    backbone, loaded_config = load_encoder(folder)
    assert loaded_config == config()
    assert not backbone.training
    expected = build_method(config(seed=6)).encoder.state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in backbone.state_dict().items())


def test_evaluation_compares_trained_and_untrained_and_describes_its_protocol(folder: Path, world: Dataset) -> None:
    shares: list[float] = []
    result = evaluate(folder, batch=16, progress=lambda share, _: shares.append(share))
    values = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert values["trained"]["knn"] > 0.8  # any convolutions separate colours
    assert values["untrained"]["linear"] > 0.8
    assert values["trained"]["rank"] != values["untrained"]["rank"]
    assert values["chance"] == pytest.approx(8 / 24)
    assert values["images"] == {"train": 72, "validation": 24, "test": 24}
    assert (values["classes"], values["size"]) == (3, 16)
    for text in ("resnet10_narrow", "16 px", "20 nearest", "72 labelled", "24 validation", "24 test", "seed 5"):
        assert text in values["protocol"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_every_result_is_stored_at_once_and_fine_tuning_is_a_part(folder: Path, world: Dataset) -> None:
    shares: list[float] = []
    texts: list[str] = []

    def on_progress(share: float, text: str) -> None:
        shares.append(share)
        texts.append(text)

    result = evaluate(folder, progress=on_progress, parts=("finetune_100", "knn"), budget=320)
    assert list(result.figures) == ["knn", "knn_200", "finetune_100"]
    assert shares == sorted(shares)
    assert "fine-tuning on 100 %, untrained, learning rate 4 of 4" in texts
    json.dumps(result.to_dict(), allow_nan=False)
    assert result.trained.linear is None
    kept = read_evaluation(folder)
    assert kept is not None
    assert kept.at(None) == result.figures
    figure = result.figures["finetune_100"]
    assert (figure.step, figure.labels) == (3, 72)
    assert figure.trained > 0.8
    assert figure.untrained_by["validation"] > 0.8
    assert result.figures["knn_200"].protocol.count("72 nearest, which are all there are in place of 200,") == 1

    def over(share: float, text: str) -> None:
        if "fine-tuning" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(folder, progress=over, parts=("linear", "finetune_10"), budget=320)
    kept = read_evaluation(folder)
    assert kept is not None
    assert set(kept.at(None)) == {"knn", "knn_200", "linear", "finetune_100"}


def test_another_checkpoint_is_compared_with_the_same_untrained_encoder(
    folder: Path, world: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.save({"step": 2, "epoch": 1, "method": build_method(config(seed=7)).state_dict()}, checkpoint_path(folder, 1))
    first = evaluate(folder, parts=("finetune_10",), budget=40)
    trained: list[object] = []
    real = FineTuning.run
    monkeypatch.setattr(FineTuning, "run", lambda self, *arguments: trained.append(self) or real(self, *arguments))
    second = evaluate(folder, parts=("finetune_10",), budget=40, epoch=1)
    assert len(trained) == 1
    one, other = first.figures["finetune_10"], second.figures["finetune_10"]
    assert (one.untrained, one.untrained_by, one.protocol) == (other.untrained, other.untrained_by, other.protocol)
    assert one.by != other.by or one.trained != other.trained
    assert (one.step, other.step, second.epoch) == (3, 2, 1)
    evaluate(folder, parts=("finetune_10",), budget=48, epoch=1)  # another length makes another protocol
    assert len(trained) == 3
    nothing = evaluate(folder, parts=("knn",), epoch=0).figures["knn"]
    assert nothing.gain == 0
    with pytest.raises(ConfigError, match=r"epoch must be one whose checkpoint was kept: 0 \(untrained\), 1, the last\. Got 5"):
        evaluate(folder, epoch=5)


def test_evaluating_a_given_file_does_not_change_the_run(folder: Path, world: Dataset) -> None:
    evaluate(folder, folder / "checkpoints" / "last.pt", parts=("knn",))
    assert read_evaluation(folder) is None


def test_too_little_memory_gives_an_error_with_a_remedy(folder: Path, world: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (torch.OutOfMemoryError("CUDA"), MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: 4")):

        def full(*_: object, error: BaseException = error, **__: object) -> None:
            raise error

        monkeypatch.setattr(subject_module, "encode", full)
        with pytest.raises(ConfigError, match=r"device must be one with enough memory .* Got 'cpu'\. Close what else"):
            evaluate(folder)
    monkeypatch.setattr(subject_module, "encode", lambda *_, **__: [][0])
    with pytest.raises(IndexError):
        evaluate(folder)


def test_the_estimate_counts_images_and_updates(folder: Path, world: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    result = estimate_module.estimate(folder)
    assert result.images == {"train": 72, "validation": 24, "test": 24}
    assert result.lengths["finetune_100"].labels == 72
    assert 0 < result.encoded <= result.trained_on
    parts = ("knn", "linear", "finetune_1")
    assert result.seconds(parts) == pytest.approx(result.seconds(("knn", "linear")) + result.seconds(("finetune_1",)))
    assert result.seconds(("finetune_1",)) > 8 * 188 * 3 * result.trained_on
    assert "fewer than one" in result.notes["finetune_1"][0]


def test_test_labels_change_the_figures_and_no_choice(folder: Path, world: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = evaluate(folder)
    labels = world.labels.copy()
    labels[world.splits["test"]] = (labels[world.splits["test"]] + 1) % 3
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: dataclasses.replace(world, labels=labels))
    fooled = evaluate(folder)
    assert (fooled.trained.l2, fooled.trained.linear_validation) == (honest.trained.l2, honest.trained.linear_validation)
    assert fooled.trained.knn < 0.2


def test_data_that_cannot_be_evaluated_is_refused_with_a_message(
    folder: Path, world: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: dataclasses.replace(world, labels=np.full(120, -1)))
    with pytest.raises(ConfigError, match=r"data\.source must be a set with labels .* Got 'shapes'\. .*embed"):
        evaluate(folder)
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: dataclasses.replace(world, labels=np.zeros(120, np.int64)))
    with pytest.raises(ConfigError, match="at least two classes"):
        evaluate(folder)


def test_a_run_without_a_usable_checkpoint_is_refused_with_a_message(folder: Path, tmp_path: Path) -> None:
    last = folder / "checkpoints" / "last.pt"
    with pytest.raises(ConfigError, match="run must be a run folder"):
        load_encoder(tmp_path)
    torch.save({"step": 1, "method": {"x": torch.zeros(2)}}, last)
    with pytest.raises(ConfigError, match=r"checkpoint must be of the method"):
        load_encoder(folder)
    torch.save([1], last)
    with pytest.raises(ConfigError, match="table of states"):
        load_encoder(folder)
    last.write_bytes(b"torn")
    with pytest.raises(ConfigError, match="readable and whole"):
        load_encoder(folder)
    torch.save({"method": Path}, last)
    with pytest.raises(ConfigError, match="readable and whole"):
        load_encoder(folder)
    last.unlink()
    with pytest.raises(ConfigError, match=r"last\.pt.*saved none yet"):
        load_encoder(folder)


def test_features_of_all_splits_are_written_to_one_file(folder: Path, world: Dataset, tmp_path: Path) -> None:
    path = embed_run(folder, tmp_path / "out", "pca")
    assert path == tmp_path / "out.npz"
    with np.load(path) as file:
        assert file["features"].shape == (120, 256)
        assert file["xy"].shape == (120, 2)
        assert sorted(file["index"]) == list(range(120))
        np.testing.assert_array_equal(file["label"], world.labels[file["index"]])
        for name, index in world.splits.items():
            np.testing.assert_array_equal(np.sort(file["index"][file["split"] == name]), index)
        assert file["classes"].tolist() == ["c0", "c1", "c2"]
        assert file["class"].tolist() == [f"c{label}" for label in file["label"]]
    with np.load(embed_run(folder, tmp_path / "plain.npz")) as file:
        assert "xy" not in file
    with pytest.raises(ConfigError, match="map must be one of pca, umap"):
        embed_run(folder, tmp_path / "x.npz", "mds")
    with pytest.raises(ConfigError, match="folder that exists"):
        embed_run(folder, tmp_path / "no" / "x.npz")


def test_other_images_are_normalised_like_the_run_s_own(
    folder: Path, world: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(settings: DataConfig, *_: object) -> Dataset:
        return open_dataset(settings) if settings.source.endswith("other") else world

    monkeypatch.setattr(export_module, "open_dataset", opened)
    other, darker = tmp_path / "other", (world.images[:30] // 2).transpose(0, 2, 3, 1)
    other.mkdir()
    for index, image in enumerate(darker):
        Image.fromarray(image).save(other / f"{index:02d}.png")
    encoder, config = load_encoder(folder)
    with np.load(embed_run(folder, tmp_path / "other.npz", images=str(other))) as file:
        assert len(file["features"]) == 30
        assert set(file["label"].tolist()) == {-1}
        named = {Path(name).stem: row for name, row in zip(file["name"].tolist(), file["features"], strict=True)}
    seen = dataclasses.replace(world, images=np.ascontiguousarray(darker.transpose(0, 3, 1, 2)))
    expected = encode(encoder, seen, np.arange(30), size=config.views.groups[0].size).numpy()
    assert np.stack([named[f"{index:02d}"] for index in range(30)]) == pytest.approx(expected, abs=1e-4)


def test_features_are_written_as_parquet(folder: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    with np.load(embed_run(folder, tmp_path / "all.npz", "pca")) as file:
        table = parquet.read_table(embed_run(folder, tmp_path / "all.parquet", "pca")).to_pydict()
        assert table["index"] == file["index"].tolist()
        assert table["f255"] == pytest.approx(file["features"][:, 255].tolist())
        assert table["y"] == pytest.approx(file["xy"][:, 1].tolist(), abs=1e-5)
        assert table["split"] == file["split"].tolist()
    assert not list(tmp_path.glob("*.tmp"))
