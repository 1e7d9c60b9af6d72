"""t-SNE and PaCMAP in child processes; the local-to-global setting; sampling of points."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.embed import pacmap
from engine.embed.quality import measure
from engine.embed.sample import stratified
from engine.embed.scale import parameters
from engine.embed.tsne import TsneJob
from engine.execute.progress import Cancelled
from tests.engine.embed.test_umap import clusters


def test_tsne_is_accurate_keeps_its_initial_layout_and_can_be_cancelled() -> None:
    features, shares = clusters(150), []
    with TsneJob() as job:
        first = job.run(features, perplexity=12, progress=shares.append)
        assert first.shape == (150, 2)
        assert first.dtype == np.float32
        assert measure(features, first, 10).trustworthiness > 0.9
        assert (shares[0], shares[-1]) == (0.0, 1.0)
        assert shares == sorted(shares)
        np.testing.assert_array_equal(job.run(features, perplexity=12), first)
        # An initial layout rotated by 90 degrees gives a map rotated by 90 degrees.
        turned = job.run(features, perplexity=12, init=first[:, ::-1])
        assert np.corrcoef(turned[:, 1], first[:, 0])[0, 1] > 0.9
        assert np.isfinite(job.run(np.ones((20, 3), np.float32))).all()
        assert np.isfinite(job.run(features[:6])).all()

        # Cancelled by another thread while the worker is computing.
        begun = threading.Event()
        other = threading.Thread(target=lambda: begun.wait(60) and job.cancel())
        other.start()
        with pytest.raises(Cancelled):
            job.run(clusters(4000), perplexity=100, progress=lambda share: begun.set() if share >= 0.1 else None)
        other.join()
        assert not job.alive


def test_very_few_points_need_no_worker() -> None:
    job = TsneJob()
    assert all(job.run(clusters(8)[:n]).shape == (n, 2) for n in range(5))
    assert not job.alive


def test_pacmap_is_accurate_if_it_is_installed() -> None:
    if not pacmap.installed():
        pytest.skip("pacmap is not installed")
    features = clusters(150)
    with pacmap.PacmapJob() as job:
        xy = job.run(features)
        assert measure(features, xy, 10).trustworthiness > 0.85
        assert job.run(features[:21]).shape == (21, 2)
        assert job.run(features[:8]).shape == (8, 2)
        # A collapsed run: all samples have the same features.
        assert np.isfinite(job.run(np.tile(features[:1], (40, 1)))).all()


def test_missing_pacmap_gives_an_error_with_the_install_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacmap, "installed", lambda: False)
    with pytest.raises(ConfigError, match="pip install pacmap"):
        pacmap.PacmapJob().run(clusters(40))


@pytest.mark.parametrize("kind", ["umap", "umap_learn", "tsne", "pacmap"])
def test_parameters_increase_from_local_to_global(kind: str) -> None:
    steps = [parameters(kind, share) for share in np.linspace(0, 1, 21)]
    for name in steps[0]:
        values = [step[name] for step in steps]
        assert values == sorted(values)
        assert values[-1] / values[0] == pytest.approx(25, rel=0.02)
    assert parameters(kind, -3) == steps[0]
    assert parameters(kind, 9) == steps[-1]


def test_the_middle_setting_is_each_library_s_default() -> None:
    assert parameters("umap", 0.5) == {"neighbours": 15, "min_dist": 0.1}
    assert parameters("umap_learn", 0.5) == {"neighbours": 15, "min_dist": 0.1}
    assert parameters("tsne", 0.5) == {"perplexity": 30.0}
    assert parameters("pacmap", 0.5) == {"neighbours": 10, "mid_near": 0.5}
    assert parameters("pca", 0.2) == {}
    assert isinstance(parameters("umap", 0.31)["neighbours"], int)
    with pytest.raises(KeyError):
        parameters("mds", 0.5)


def test_a_sample_is_stratified_repeatable_and_nested() -> None:
    label = np.random.default_rng(0).permutation(np.repeat([0, 1, 2, -1], [600, 300, 95, 5]))
    rows = stratified(label, 100)
    assert (len(rows), rows.dtype) == (100, np.int64)
    assert (np.diff(rows) > 0).all()
    np.testing.assert_array_equal(stratified(label, 100), rows)
    counts = {one: int((label[rows] == one).sum()) for one in (0, 1, 2, -1)}
    assert abs(counts[0] - 60) <= 1
    assert abs(counts[1] - 30) <= 1
    assert abs(counts[2] - 9) <= 1
    assert counts[-1] >= 1
    assert set(rows) <= set(stratified(label, 137))
    assert stratified(label, 0).tolist() == stratified(label, 5000).tolist() == list(range(1000))
    assert sorted(label[stratified(label, 4)]) == [-1, 0, 1, 2]
    assert stratified(np.zeros(0, int), 5).tolist() == []
