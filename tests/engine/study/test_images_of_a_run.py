"""Single images of a run on a folder: more samples than the snapshot has, images placed on a map, neighbours, views, loss, and the
original file."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine import api
from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.data.open import open_dataset
from engine.embed.feature_neighbours import neighbours_of
from engine.embed.map_settings import MapSettings
from engine.evaluate.encoder import data_of
from engine.execute.progress import Cancelled
from engine.runs.reader import checkpoint_path, read_run_config, read_snapshot, snapshot_path
from engine.study.aligned_maps import AlignedMaps
from engine.study.image_neighbours import neighbours_of_image
from engine.study.large_image import large_image
from engine.study.more_samples import chosen, embed_more, nearest_embeddable, read_more
from engine.study.placed_images import ImagePlacer, views_of_file
from engine.study.results import Map
from engine.study.run_encoder import RunEncoders
from engine.study.sample_losses import image_loss, sample_losses, stored_image_loss
from engine.study.snapshot_spaces import SnapshotSpaces
from engine.study.views_preview import ViewsPreviewer

IMAGES, SAMPLES, EPOCHS = 60, 20, 2


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run of two epochs on a folder of 60 pictures of 24 x 20 pixels, and the folder; its snapshots have 20 samples."""
    photos = tmp_path_factory.mktemp("photos")
    draw = np.random.default_rng(0)
    for number in range(IMAGES):
        path = photos / ("cat" if number % 2 else "dog") / f"{number:03d}.png"
        path.parent.mkdir(exist_ok=True)
        low = 200 * (number % 2)
        Image.fromarray(draw.integers(low, low + 56, (20, 24, 3), dtype=np.uint8)).save(path)
    settings = {
        "data": {"size": 16, "root": str(tmp_path_factory.mktemp("store"))},
        "train": {"batch": 16, "precision": "fp32", "threads": 1, "keep": 0},
        "monitor": {"embed_images": SAMPLES, "knn_k": 5, "knn_every": 1, "pictures": False},
    }
    runs = tmp_path_factory.mktemp("runs")
    made = api.train("simclr", data=photos, epochs=EPOCHS, device="cpu", settings=settings, folder_of_runs=runs)
    return made.folder, photos


@pytest.fixture
def run(trained: tuple[Path, Path], tmp_path: Path) -> Path:
    """A copy of the run that a test may change."""
    return Path(shutil.copytree(trained[0], tmp_path / trained[0].name))


def map_of(run: Path, kind: str = "pca") -> Map:
    with closing(AlignedMaps(SnapshotSpaces())) as maps:
        return maps.make(run, EPOCHS, MapSettings(kind))


def test_a_larger_sample_contains_a_smaller_one_and_the_first_one() -> None:
    first = np.array([3, 7, 11])
    parts = [np.arange(0, 10), np.arange(10, 20)]
    few, more = chosen(first, parts, 8), chosen(first, parts, 15)
    assert len(few) == 8
    assert len(more) == 15
    assert set(first) <= set(few) <= set(more)
    assert chosen(first, parts, 0).tolist() == list(range(20))
    assert chosen(first, parts, 2).tolist() == [3, 7, 11]


def test_all_images_are_encoded_as_those_of_the_snapshot(run: Path) -> None:
    before = read_snapshot(run, EPOCHS)
    shares: list[float] = []
    made = embed_more(run, EPOCHS, 0, lambda share, text="": shares.append(share))
    assert made.index.tolist() == list(range(IMAGES))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    # The encoder of the checkpoint gives the snapshot's own images the features that training stored.
    own = np.isin(made.index, before.index)
    again = RunEncoders().encode(run, EPOCHS, data_of(run, read_run_config(run)).images[before.index])
    np.testing.assert_allclose(again, before.features.astype(np.float32), rtol=5e-3, atol=5e-3)
    np.testing.assert_array_equal(made.features[own], before.features)
    assert (made.label >= 0).all()


def test_the_larger_sample_is_there_the_next_time_and_mapped(run: Path) -> None:
    embed_more(run, EPOCHS, 40)
    shown = map_of(run)
    assert shown.total == len(shown.xy) == 40
    assert SnapshotSpaces().snapshot(run, 1).index.shape == (SAMPLES,)


def test_a_sample_of_another_snapshot_is_not_used(run: Path) -> None:
    embed_more(run, EPOCHS, 0)
    path = snapshot_path(run, EPOCHS)
    with np.load(path) as file:
        arrays = dict(file)
    np.savez(path, **{**arrays, "features": arrays["features"] + 1})
    assert read_more(run, read_snapshot(run, EPOCHS)) is None


def test_a_damaged_file_is_not_used(run: Path) -> None:
    embed_more(run, EPOCHS, 0)
    path = next((run / "spaces").glob("samples_*"))
    path.write_bytes(path.read_bytes()[:-200])
    assert len(SnapshotSpaces().snapshot(run, EPOCHS).index) == SAMPLES


def test_nothing_is_stored_when_it_is_cancelled(run: Path) -> None:
    def cancel(share: float, text: str = "") -> None:
        if share > 0.2:
            raise Cancelled

    with pytest.raises(Cancelled):
        embed_more(run, EPOCHS, 0, cancel)
    assert not list((run / "spaces").glob("samples_*"))


def test_an_epoch_without_its_checkpoint_names_those_that_have_one(run: Path) -> None:
    assert not checkpoint_path(run, 1).is_file()
    assert nearest_embeddable(run, 1) == EPOCHS
    with pytest.raises(ConfigError, match=f"Move to one of these epochs: 0, {EPOCHS}"):
        embed_more(run, 1, 0)


@pytest.mark.parametrize("kind", ["pca", "umap"])
def test_images_of_the_data_are_placed_where_they_are_on_the_map(trained: tuple[Path, Path], run: Path, kind: str) -> None:
    shown = map_of(run, kind)
    dataset = data_of(run, read_run_config(run))
    rows = [2, 9, 15]
    paths = [str(trained[1] / dataset.names[shown.index[row]]) for row in rows]
    spaces = SnapshotSpaces()
    placed = ImagePlacer(spaces, RunEncoders()).position_files(shown, paths)
    assert placed.paths == tuple(paths)
    assert placed.index[:, 0].tolist() == shown.index[rows].tolist()
    size = np.ptp(shown.xy, 0).max()
    assert np.abs(placed.xy - shown.xy[rows]).max() < 0.02 * size
    np.testing.assert_array_equal(placed.pixels, dataset.images[shown.index[rows]].transpose(0, 2, 3, 1))


def test_a_folder_is_placed_and_what_cannot_be_read_is_named(trained: tuple[Path, Path], run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    for path in sorted((trained[1] / "cat").iterdir())[:3]:
        shutil.copy(path, folder)
    (folder / "broken.png").write_bytes(b"no picture")
    placed = ImagePlacer(SnapshotSpaces(), RunEncoders()).position_files(map_of(run), [str(folder)])
    assert len(placed.paths) == 3
    assert placed.count == 4
    assert [line.split(":")[0] for line in placed.skipped] == ["broken.png"]
    assert ((placed.kept >= 0) & (placed.kept <= 1)).all()


def test_no_image_and_no_checkpoint_are_said(run: Path, tmp_path: Path, trained: tuple[Path, Path]) -> None:
    placer, shown = ImagePlacer(SnapshotSpaces(), RunEncoders()), map_of(run)
    with pytest.raises(ConfigError, match="images must be files or folders with images"):
        placer.position_files(shown, [str(tmp_path / "runs")])
    checkpoint_path(run).unlink()
    with pytest.raises(ConfigError, match="checkpoint"):
        placer.position_files(shown, [str(trained[1])])


def test_neighbours_of_an_image_beside_the_snapshot_are_those_of_its_features(run: Path) -> None:
    dataset, spaces, encoders = data_of(run, read_run_config(run)), SnapshotSpaces(), RunEncoders()
    snapshot = read_snapshot(run, EPOCHS)
    outside = int(np.setdiff1d(np.arange(IMAGES), snapshot.index)[0])
    near = neighbours_of_image(spaces, encoders, dataset, run, EPOCHS, outside, 5)
    own = encoders.encode(run, EPOCHS, dataset.images[[outside]])
    both = np.concatenate([own, snapshot.features.astype(np.float32)])
    assert near.index.tolist() == snapshot.index[neighbours_of(both, 0, 5).rows - 1].tolist()
    assert not near.inside
    inside = neighbours_of_image(spaces, encoders, dataset, run, EPOCHS, int(snapshot.index[4]), 5)
    assert inside.inside
    assert inside.index.tolist() == snapshot.index[neighbours_of(snapshot.features.astype(np.float32), 4, 5).rows].tolist()


def test_views_of_an_image_of_any_split_are_drawn_by_the_runs_pipeline(run: Path) -> None:
    config = read_run_config(run)
    dataset = data_of(run, config)
    index = dataset.splits["validation"][:1]
    shown = ViewsPreviewer().of_images(config, dataset, index, 0)
    np.testing.assert_array_equal(shown.originals[0], dataset.images[index[0]].transpose(1, 2, 0))
    assert len(shown.views) == len(shown.roles) == 2
    other = ViewsPreviewer().of_images(config, dataset, index, 1)
    assert not np.array_equal(shown.views[0], other.views[0])


def test_views_of_a_file_are_those_of_its_image(trained: tuple[Path, Path], run: Path) -> None:
    config = read_run_config(run)
    dataset = data_of(run, config)
    own = ViewsPreviewer().of_images(config, dataset, np.array([7]), 3)
    of_file = views_of_file(run, trained[1] / dataset.names[7], 3, ViewsPreviewer())
    np.testing.assert_array_equal(of_file.views[0], own.views[0])


def test_the_loss_of_an_image_is_the_stored_one_where_there_is_one(run: Path) -> None:
    index = read_snapshot(run, EPOCHS).index
    assert stored_image_loss(run, EPOCHS, int(index[3])) is None
    alone = image_loss(run, EPOCHS, int(index[3]))
    assert alone.loss is not None
    assert alone.loss > 0
    every = sample_losses(run, EPOCHS, index)
    known = stored_image_loss(run, EPOCHS, int(index[3]))
    assert known is not None
    assert every.loss is not None
    assert known.loss == pytest.approx(float(every.loss[3]))
    assert image_loss(run, EPOCHS, int(index[3])) == known


def test_an_image_is_opened_from_its_file_or_as_the_data_hold_it(trained: tuple[Path, Path], run: Path, tmp_path: Path) -> None:
    photos = Path(shutil.copytree(trained[1], tmp_path / "photos"))
    dataset = open_dataset(DataConfig(source=str(photos), size=16, root=str(tmp_path / "store")))
    path = photos / dataset.names[4]
    opened = large_image(dataset, 4)
    assert (opened.origin, opened.size, opened.path) == ("file", (24, 20), str(path))
    np.testing.assert_array_equal(opened.pixels, np.asarray(Image.open(path)))
    path.write_bytes(b"no picture")
    assert large_image(dataset, 4).origin == "unreadable"
    path.unlink()
    gone = large_image(dataset, 4)
    assert (gone.origin, gone.size, gone.path) == ("missing", (16, 16), str(path))
    np.testing.assert_array_equal(gone.pixels, dataset.images[4].transpose(1, 2, 0))
    digits = open_dataset(DataConfig(source="digits", root=str(tmp_path / "store")))
    assert large_image(digits, 0).origin == "none"


def test_on_a_map_by_umap_learn_its_own_transform_is_used_and_turned_onto_the_map(trained: tuple[Path, Path], run: Path) -> None:
    shown = replace(map_of(run), kind="umap_learn", supervised=True)
    quarter = np.array([[0, 1], [-1, 0]])
    names = data_of(run, read_run_config(run)).names
    calls: list[dict[str, Any]] = []

    class Workers:
        """Makes the same map, turned by a quarter and moved, with the new samples beside its first one."""

        def transform(self, features: np.ndarray, new: np.ndarray, *numbers: float, **more: Any) -> tuple[np.ndarray, np.ndarray]:
            calls.append({"features": features, "numbers": numbers, **more})
            return shown.xy @ quarter + 5, (shown.xy[:1] + np.array([[0.1, 0.2]])) @ quarter + 5

    path = str(trained[1] / names[shown.index[3]])
    workers: Any = Workers()
    placed = ImagePlacer(SnapshotSpaces(), RunEncoders()).position_files(shown, [path], workers, 9, 0.3)
    np.testing.assert_allclose(placed.xy, shown.xy[:1] + np.array([[0.1, 0.2]]), atol=1e-4)
    (call,) = calls
    assert call["numbers"] == (9, 0.3)
    assert call["labels"] is shown.label
    np.testing.assert_array_equal(call["init"], shown.xy)
    assert len(call["features"]) == SAMPLES
