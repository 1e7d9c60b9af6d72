"""`embed --map KIND --epoch all` on the command line: the window's maps of every snapshot in one file."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from engine.cli import main
from engine.config.run import RunConfig
from engine.config.text import merge, parse
from engine.embed import tsne, umap
from engine.embed.map_kinds import KINDS
from engine.runs.reader import snapshot_path
from engine.runs.run_folder import create_folder
from tests.workbench.bridge.test_maps import TurningJob
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.map_questions import MapSnapshot

EPOCHS = (1, 2, 4)
COUNT = 60


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run on `shapes` with three snapshots of 40 images in random order; axes change their sign between epochs."""
    for module, job in ((umap, "UmapJob"), (tsne, "TsneJob")):
        monkeypatch.setattr(module, job, type(job, (TurningJob,), {}))
    data = {"source": "shapes", "count": COUNT, "size": 32, "root": str(tmp_path / "data")}
    folder = create_folder(tmp_path, parse(RunConfig, merge(RunConfig().model_dump(mode="json"), {"data": data})))
    draw = np.random.default_rng(0)
    base, index = draw.normal(size=(40, 6)) * [5, 3, 1, 1, 1, 1], draw.permutation(COUNT)[:40]
    for epoch in EPOCHS:
        features = ((base + 0.02 * draw.normal(size=base.shape)) * draw.choice([-1, 1], 6)).astype(np.float16)
        path = snapshot_path(folder, epoch)
        path.parent.mkdir(exist_ok=True)
        np.savez(path, features=features, index=index, label=index % 3, step=np.int64(epoch))
    return folder


def embed(run: Path, out: Path, *more: str) -> dict[str, np.ndarray]:
    assert main(["embed", str(run), "--out", str(out), *more]) == 0
    with np.load(out) as file:
        return dict(file)


@pytest.mark.parametrize("kind", ["pca", "umap", "tsne"])
def test_the_map_of_every_epoch_equals_the_window_s(run: Path, tmp_path: Path, kind: str) -> None:
    table = embed(run, tmp_path / "all.npz", "--map", kind, "--epoch", "all")
    assert table["epoch"].tolist() == [epoch for epoch in EPOCHS for _ in range(40)]
    xy = table["xy"].reshape(3, 40, 2)
    for one, other in itertools.pairwise(xy):
        assert np.linalg.norm(one - other, axis=1).max() < 0.5  # no sample moved in feature space
    assert np.linalg.norm(xy[0] - xy[0].mean(0), axis=1).max() > 3
    answers = EngineAnswers()
    for epoch, own in zip(EPOCHS, xy, strict=True):
        shown = answers(MapSnapshot(str(run), epoch, kind), lambda share: None, lambda: True)
        np.testing.assert_array_equal(shown.index, table["index"][table["epoch"] == epoch])
        # Slow maps are stored with the run, and the window reads them. A PCA is aligned in the order of the requests.
        np.testing.assert_allclose(shown.xy, own, atol=1e-4 if kind == "pca" else 0)


def test_columns_have_the_samples_of_the_snapshots(run: Path, tmp_path: Path) -> None:
    table = embed(run, tmp_path / "all.npz", "--epoch", "all")
    assert "xy" not in table
    with np.load(snapshot_path(run, 2)) as file:
        rows = table["epoch"] == 2
        np.testing.assert_array_equal(table["features"][rows], file["features"].astype(np.float32))
        np.testing.assert_array_equal(table["index"][rows], file["index"])
        np.testing.assert_array_equal(table["label"][rows], file["label"])
    assert table["class"].tolist() == [table["classes"][code] for code in table["label"]]
    from engine.data.open import open_dataset

    splits = open_dataset(parse(RunConfig, {"data": {"source": "shapes", "count": COUNT, "size": 32}}).data).splits
    for index, split in zip(table["index"], table["split"], strict=True):
        assert index in splits[str(split)]


def test_unusable_options_and_missing_snapshots_are_refused(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["embed", str(run), "--out", str(tmp_path / "x.npz"), "--epoch", "all"]
    assert main([*out, "--images", "digits"]) != 0
    assert "--images" in capsys.readouterr().err
    for epoch in EPOCHS:
        snapshot_path(run, epoch).unlink()
    assert main(out) != 0
    assert "snapshots" in capsys.readouterr().err


def test_every_kind_of_map_can_be_chosen() -> None:
    from engine.cli.options import parser

    for kind in KINDS:
        assert parser().parse_args(["embed", "run", "--out", "x.npz", "--map", kind, "--epoch", "3"]).map == kind
    with pytest.raises(SystemExit):
        parser().parse_args(["embed", "run", "--out", "x.npz", "--epoch", "some"])
