"""The gallery: made once by a command, and copied into the folder of runs where it is not yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.execute.progress import no_progress
from engine.runs.run_store import list_runs
from workbench.bridge import gallery_questions as gallery
from workbench.bridge.question import Context, Session

TINY = {"data": {"source": "simple_shapes", "count": 64}, "train": {"steps": 2, "batch": 16, "device": "cpu"}}


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "cache"
    monkeypatch.setattr(gallery, "gallery_root", lambda: root)
    return root


def copy(root: Path) -> tuple[str, ...]:
    return gallery.CopyGallery(str(root)).answer(Context(Session(), no_progress, lambda: True))


def test_without_a_gallery_nothing_is_copied(cached: Path, tmp_path: Path) -> None:
    assert copy(tmp_path / "runs") == ()
    assert not (tmp_path / "runs").exists()


def test_runs_are_made_once_and_copied_once(cached: Path, tmp_path: Path) -> None:
    config = {**gallery.CONFIGS[0], **TINY}
    (made,) = gallery.make_gallery(configs=[config])
    assert gallery.make_gallery(configs=[config]) == [made]
    root = tmp_path / "runs"
    (first,) = copy(root)
    assert copy(root) == (first,)
    (row,) = list_runs(root)
    assert (row.name, row.tags, row.state) == ("Example: SimCLR learns", ("example",), "finished")
    assert not list(root.glob(".*"))


def test_an_example_that_the_user_has_trained_longer_and_stopped_is_left_alone(cached: Path, tmp_path: Path) -> None:
    gallery.make_gallery(configs=[{**gallery.CONFIGS[0], **TINY}])
    root = tmp_path / "runs"
    (first,) = copy(root)
    status = Path(first) / "status.json"
    status.write_text(status.read_text().replace("finished", "stopped"))
    (second,) = copy(root)
    assert second != first
    assert sorted(row.state for row in list_runs(root)) == ["finished", "stopped"]


def test_every_run_of_the_gallery_can_be_trained() -> None:
    """Its settings fit together and its data need no download."""
    from engine import api

    for config in gallery.CONFIGS:
        ready, _ = api.open_config({**config, "data": {**config["data"], "count": 256}})
        assert ready.train.steps <= 400
