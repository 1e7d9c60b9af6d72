"""Answers about maps of a run on disk: aligned in any order of questions, stored with the run, of some rows, of the projector's
space; and questions about their samples."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.embed import umap
from engine.execute.progress import Cancelled
from engine.runs.reader import read_snapshot, snapshot_path
from engine.study.kept_space import nearest_checkpoint
from engine.study.snapshot_spaces import SnapshotSpaces
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.map_questions import (
    ClusterSnapshot,
    FindNeighbours,
    FindOutliers,
    Map,
    MapKinds,
    MapSnapshot,
    NearDuplicates,
    SampleLosses,
    SampleNumbers,
)
from workbench.bridge.question import Lane

EPOCHS = (1, 2, 4, 8)
N = 40


class TurningJob:
    """A UMAP job whose maps are the first two features, randomly rotated and reflected each time, as maps of UMAP are."""

    begun: list[np.ndarray | None] = []
    broken = False

    def run(
        self, features: np.ndarray, init: np.ndarray | None, progress: Callable[[float], None], **settings: object
    ) -> np.ndarray:
        assert not self.broken
        progress(0.5)
        self.begun.append(init)
        angle = np.random.default_rng(len(self.begun)).uniform(0, 6)
        turn = np.array([[np.cos(angle), np.sin(angle)], [np.sin(angle), -np.cos(angle)]])
        return (features[:, :2] @ turn + angle).astype(np.float32)

    def cancel(self) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(umap, "UmapJob", TurningJob)
    monkeypatch.setattr(TurningJob, "begun", [])
    draw = np.random.default_rng(0)
    base = draw.normal(size=(N, 6)) * [5, 3, 1, 1, 1, 1]
    for epoch in EPOCHS:
        path = snapshot_path(tmp_path, epoch)
        path.parent.mkdir(exist_ok=True)
        # The signs of the axes change from epoch to epoch, as those of a PCA can.
        features = ((base + 0.05 * draw.normal(size=base.shape)) * draw.choice([-1, 1], 6)).astype(np.float16)
        np.savez(path, features=features, index=np.arange(N) * 3, label=np.arange(N) % 4, step=np.int64(epoch))
    return str(tmp_path)


def ask(answers: EngineAnswers, question: Any) -> Any:
    return answers(question, lambda share: None, lambda: True)


@pytest.mark.parametrize("order", list(itertools.permutations(EPOCHS))[::5])
@pytest.mark.parametrize("kind", ["pca", "umap"])
def test_maps_are_aligned_in_any_order_of_epochs(run: str, order: tuple[int, ...], kind: str) -> None:
    answers = EngineAnswers()
    maps: dict[int, Map] = {epoch: ask(answers, MapSnapshot(run, epoch, kind)) for epoch in order}
    for one, other in itertools.pairwise(sorted(maps)):
        moved = np.linalg.norm(maps[one].xy - maps[other].xy, axis=1)
        assert moved.max() < 0.5
    assert all(ask(answers, MapSnapshot(run, epoch, kind)) is maps[epoch] for epoch in order)


def test_each_map_is_initialised_with_the_map_of_the_nearest_epoch(run: str) -> None:
    answers = EngineAnswers()
    first, last = (ask(answers, MapSnapshot(run, epoch, "umap")) for epoch in (1, 8))
    ask(answers, MapSnapshot(run, 2, "umap"))
    ask(answers, MapSnapshot(run, 4, "umap", neighbours=30))
    none, one, two, other = TurningJob.begun
    assert none is None
    assert one is first.xy
    assert two is first.xy
    assert other is None  # other settings
    assert last.kept > 0.2


def test_maps_are_stored_with_the_run_and_initialise_later_ones(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask(EngineAnswers(), MapSnapshot(run, 1, "umap"))
    again = EngineAnswers()
    other = ask(again, MapSnapshot(run, 2, "umap"))
    start = TurningJob.begun[-1]
    assert start is not None
    np.testing.assert_array_equal(start, first.xy)
    assert np.linalg.norm(other.xy - first.xy, axis=1).max() < 0.5
    monkeypatch.setattr(TurningJob, "broken", True)
    read = ask(EngineAnswers(), MapSnapshot(run, 1, "umap"))
    np.testing.assert_array_equal(read.xy, first.xy)
    assert (read.trustworthiness, read.kept, read.measured) == (first.trustworthiness, first.kept, first.measured)
    monkeypatch.setattr(TurningJob, "broken", False)
    # A snapshot that was written again has another map.
    with np.load(snapshot_path(Path(run), 1)) as file:
        arrays = dict(file)
    np.savez(snapshot_path(Path(run), 1), **{**arrays, "features": arrays["features"][::-1]})
    assert not np.array_equal(ask(EngineAnswers(), MapSnapshot(run, 1, "umap")).xy, first.xy)


@pytest.mark.parametrize("kind", ["pca", "umap"])
def test_a_map_of_some_rows_is_aligned_to_the_map_of_all(run: str, kind: str) -> None:
    answers = EngineAnswers()
    whole = ask(answers, MapSnapshot(run, 2, kind))
    rows = (30, 3, 12, 7, 21, 39, 3)
    part = ask(answers, MapSnapshot(run, 2, kind, rows=rows))
    assert part.rows.tolist() == sorted(set(rows))
    assert (part.total, len(part.xy)) == (N, 6)
    assert part.index.tolist() == [3 * row for row in sorted(set(rows))]
    assert part.label.tolist() == [row % 4 for row in sorted(set(rows))]
    onto = whole.xy[part.rows]
    np.testing.assert_allclose(part.xy.mean(0), onto.mean(0), atol=1e-3)
    assert min(np.corrcoef(part.xy[:, axis], onto[:, axis])[0, 1] for axis in (0, 1)) > 0.8
    assert len(list(Path(run).glob("maps/*/*.npz"))) == (kind == "umap")
    with pytest.raises(ConfigError, match="from 0 to 39"):
        ask(answers, MapSnapshot(run, 2, kind, rows=(3, 40)))


def test_a_limit_takes_the_same_share_of_each_label(run: str) -> None:
    answers = EngineAnswers()
    part = ask(answers, MapSnapshot(run, 2, limit=12))
    assert np.bincount(part.label).tolist() == [3, 3, 3, 3]
    assert (part.total, part.measured) == (N, 12)
    assert part.explained[0] >= part.explained[1] > 0
    np.testing.assert_array_equal(ask(EngineAnswers(), MapSnapshot(run, 2, limit=12)).rows, part.rows)
    assert ask(answers, MapSnapshot(run, 2, limit=1000)).rows.tolist() == list(range(N))


def test_an_invalid_map_question_raises_an_error_with_a_message(run: str) -> None:
    answers = EngineAnswers()
    for wrong in ({"kind": "mds"}, {"metric": "manhattan"}):
        with pytest.raises(ConfigError, match="one of"):
            ask(answers, replace(MapSnapshot(run, 1), **wrong))
    with pytest.raises(ConfigError, match="embedding snapshot"):
        ask(answers, MapSnapshot(run, 3))
    with pytest.raises(Cancelled):
        answers(MapSnapshot(run, 1, "umap"), lambda share: None, lambda: False)
    answers.close()
    with pytest.raises(Cancelled):
        ask(answers, MapSnapshot(run, 1, "umap"))


def test_map_kinds_report_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.embed import pacmap

    for there in (True, False):
        monkeypatch.setattr(pacmap, "installed", lambda there=there: there)
        kinds = {kind.kind: kind for kind in ask(EngineAnswers(), MapKinds())}
        assert list(kinds) == ["pca", "umap", "tsne", "pacmap", "umap_learn"]
        assert [kind.available for kind in kinds.values()] == [True, True, True, there, True]
    assert "pip install pacmap" in kinds["pacmap"].reason


def test_neighbours_by_either_metric_and_among_some_rows(run: str) -> None:
    answers, features = EngineAnswers(), read_snapshot(Path(run), 2).features.astype(float)
    far = np.linalg.norm(features - features[5], axis=1)
    result = ask(answers, FindNeighbours(run, 2, 5, 4, metric="euclidean"))
    assert result.rows.tolist() == [row for row in far.argsort() if row != 5][:4]
    np.testing.assert_allclose(result.distance, np.sort(far)[1:5], rtol=1e-4)
    rows = tuple(range(10, 20))
    some = ask(answers, FindNeighbours(run, 2, 5, 4, metric="euclidean", rows=rows))
    assert some.rows.tolist() == [row for row in far.argsort() if row in rows][:4]
    assert (np.diff(ask(answers, FindNeighbours(run, 2, 5)).cosine) <= 0).all()
    with pytest.raises(ConfigError, match="cosine, euclidean"):
        ask(answers, FindNeighbours(run, 2, 5, metric="manhattan"))


def test_sample_numbers_clusters_duplicates_and_outliers(run: str) -> None:
    answers = EngineAnswers()
    first, second = (ask(answers, SampleNumbers(run, epoch, k=5)) for epoch in (1, 4))
    assert (first.previous, second.previous) == (None, 2)
    assert set(second.columns) - set(first.columns) == {"churn"}
    assert set(second.meaning) == set(second.columns) == {"churn", "outlier", "nearest", "same_class", "margin"}
    assert all(len(column) == N for column in second.columns.values())
    assert 0 <= second.columns["churn"].min() <= second.columns["churn"].mean() < 0.5
    result = ask(answers, ClusterSnapshot(run, 4, count=3))
    assert (result.count, result.noise, result.of) == (3, 0.0, N)
    assert result.label.max() == 2
    assert -1 <= result.ari <= result.nmi + 0.5
    linked = ask(answers, NearDuplicates(run, 4, threshold=0.99))
    assert linked.rows.tolist() == sorted(int(row) for group in linked.groups for row in group)
    far = ask(answers, FindOutliers(run, 4, count=3, k=5))
    np.testing.assert_allclose(far.score, np.sort(second.columns["outlier"])[::-1][:3])
    np.testing.assert_array_equal(far.index, np.arange(N) * 3)


@pytest.mark.parametrize("order", list(itertools.permutations(EPOCHS))[::5])
def test_clusters_keep_their_labels_in_any_order_of_epochs(run: str, order: tuple[int, ...]) -> None:
    answers, done = EngineAnswers(), []
    for epoch in order:
        result = ask(answers, ClusterSnapshot(run, epoch, count=4))
        assert set(result.label.tolist()) == set(range(4))
        done.append(result)
        if result.after is not None:
            before = ask(answers, ClusterSnapshot(run, result.after, count=4))
            best = max(np.mean(np.array(names)[result.label] == before.label) for names in itertools.permutations(range(4)))
            assert result.same == np.mean(result.label == before.label) == best
    assert done[0].after is None
    assert np.bincount(done[0].label).tolist() == sorted(np.bincount(done[0].label).tolist(), reverse=True)
    again = EngineAnswers()  # in a new session and another order: read from the run
    for one in reversed(done):
        np.testing.assert_array_equal(ask(again, ClusterSnapshot(run, one.epoch, count=4)).label, one.label)


def test_clusters_of_epochs_in_between_are_computed_and_can_be_cancelled(run: str) -> None:
    answers = EngineAnswers()
    ask(answers, ClusterSnapshot(run, 8, count=3))
    shares: list[float] = []
    wanted = iter([True] * 2)  # an epoch each
    with pytest.raises(Cancelled):
        answers(ClusterSnapshot(run, 1, count=3), shares.append, lambda: next(wanted, False))
    assert shares == pytest.approx([0, 1 / 3])
    result = ask(answers, ClusterSnapshot(run, 1, count=3))
    assert result.after == 2
    for epoch, after in ((2, 4), (4, 8), (8, None)):
        assert ask(answers, ClusterSnapshot(run, epoch, count=3)).after == after
    assert ask(answers, ClusterSnapshot(run, 1, count=5)).after is None  # other settings, other names
    # When the features have changed, they are clustered again.
    path = snapshot_path(Path(run), 1)
    with np.load(path) as file:
        arrays = dict(file)
    np.savez(path, **{**arrays, "features": arrays["features"][:, ::-1][::-1].copy()})
    changed = ask(EngineAnswers(), ClusterSnapshot(run, 1, count=3))
    assert changed.after == 2
    assert not np.array_equal(changed.label, result.label)


def test_slow_questions_have_their_own_lanes() -> None:
    assert {MapSnapshot("", 0, kind).lane_of_this() for kind in ("umap", "tsne", "pacmap", "umap_learn")} == {Lane.MAPS}
    assert MapSnapshot("", 0, "pca").lane_of_this() == FindNeighbours("", 0, 0).lane_of_this() == Lane.QUICK
    assert (
        MapSnapshot("", 0, "pca", space="embedding").lane_of_this()
        == FindNeighbours("", 0, 0, space="embedding").lane_of_this()
        == Lane.SLOW
    )
    for question in (
        SampleNumbers("", 0),
        SampleLosses("", 0),
        ClusterSnapshot("", 0),
        NearDuplicates("", 0),
        FindOutliers("", 0),
    ):
        assert question.lane_of_this() == Lane.SLOW


def test_the_embedding_space_is_computed_once_with_the_nearest_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = {
        "method": {"id": "simclr"},
        "data": {"source": "shapes", "count": 64, "size": 32},
        "train": {"batch": 16, "steps": 8, "device": "cpu", "precision": "fp32", "threads": 1},
        "monitor": {"embed_images": 0, "knn_every": 1000},
    }
    train(resolve(config), lambda event: None, Control(), tmp_path)
    folder, path = str(tmp_path), snapshot_path(tmp_path, 2)
    path.parent.mkdir()
    features = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float16)
    np.savez(path, features=features, index=np.arange(20) * 2, label=np.arange(20) % 3, step=np.int64(8))
    answers = EngineAnswers()
    at = nearest_checkpoint(tmp_path, 2)[1]
    assert at > 0
    result = ask(answers, MapSnapshot(folder, 2, space="embedding"))
    assert (result.space, result.space_epoch, len(result.xy)) == ("embedding", at, 20)
    plain = ask(answers, MapSnapshot(folder, 2))
    assert not np.allclose(result.xy, plain.xy, atol=1e-3)
    rows, index = answers.session.get(SnapshotSpaces).rows(Path(folder), 2, "embedding")
    np.testing.assert_array_equal(index, result.index)
    near = ask(answers, FindNeighbours(folder, 2, 3, 5, space="embedding"))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosine = unit @ unit[3]
    cosine[3] = -2
    np.testing.assert_allclose(near.cosine, np.sort(cosine)[::-1][:5], atol=1e-5)

    shares: list[float] = []
    losses = answers(SampleLosses(folder, 2), shares.append, lambda: True)
    assert (losses.of, set(losses.columns), losses.notes) == (at, {"loss", "agreement"}, {})
    np.testing.assert_array_equal(losses.index, result.index)
    assert losses.chance == pytest.approx(np.log(31))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    (tmp_path / "spaces" / f"losses_epoch_{at:03d}.npz").unlink()
    with pytest.raises(Cancelled):
        answers(SampleLosses(folder, 2), lambda share: None, lambda: False)

    # The same checkpoint is the nearest to both epochs, so there is no churn.
    np.savez(snapshot_path(tmp_path, 3), features=features, index=np.arange(20) * 2, label=np.arange(20) % 3, step=np.int64(12))
    numbers_of = SampleNumbers(folder, 3, space="embedding", k=4)
    assert "churn" not in ask(answers, numbers_of).columns
    assert ask(answers, replace(numbers_of, space="features")).previous == 2

    import engine.study.kept_space as module

    def fail(*arguments: object) -> None:
        raise AssertionError("opened again")

    monkeypatch.setattr(module, "Spaces", fail)
    again, _ = SnapshotSpaces().rows(Path(folder), 2, "embedding")
    np.testing.assert_array_equal(again, rows)
