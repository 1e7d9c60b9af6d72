"""Kept checkpoints, and the features of images at each of them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.embed.features import encode
from engine.evaluate.encoder import method_at
from engine.events import CheckpointSaved, Event, Warned
from engine.runs.reader import checkpoint_epochs, checkpoint_path
from engine.study import spaces
from engine.study.spaces import Spaces
from engine.train import checkpoint
from engine.train.checkpoint import kept_epochs
from engine.train.control import Control
from engine.train.setup import prepare
from engine.train.train_run import resume, train

Small = Callable[..., RunConfig]
# 64 images without validation and test, batches of 8: more than one step per epoch.
LONG = {"train": {"batch": 8, "steps": 0, "epochs": 5, "keep": 2}, "monitor": {"pictures": False, "embed_images": 0}}


def trained(config: RunConfig, folder: Path) -> list[Event]:
    events: list[Event] = []
    folder.mkdir(exist_ok=True)
    train(config, events.append, Control(), folder)
    return events


@pytest.mark.parametrize(
    ("epochs", "keep", "expected"),
    [(20, 4, [4, 8, 12, 16]), (5, 2, [2, 3]), (3, 4, [1, 2]), (2, 1, [1]), (1, 4, []), (20, 0, []), (100, 1, [50])],
)
def test_kept_epochs_are_spaced_evenly_without_the_last(epochs: int, keep: int, expected: list[int]) -> None:
    assert kept_epochs(epochs, keep) == expected


def test_checkpoints_of_epochs_are_kept_and_reported(small: Small, tmp_path: Path) -> None:
    config = small("simclr", LONG)
    events = trained(config, tmp_path / "run")
    folder = tmp_path / "run"
    assert checkpoint_epochs(folder) == [2, 3]
    names = [Path(event.path).name for event in events if isinstance(event, CheckpointSaved)]
    assert names == ["epoch_002.pt", "epoch_003.pt", "last.pt"]
    assert checkpoint_path(folder, 2).stat().st_size < 0.6 * checkpoint_path(folder).stat().st_size, "no optimiser in it"

    session = prepare(config)
    weights = [method_at(folder, epoch)[0].state_dict() for epoch in (0, 2, 3, None)]
    assert all(torch.equal(value, weights[0][name]) for name, value in session.method.state_dict().items())
    key = "backbone.stem.0.weight" if "backbone.stem.0.weight" in weights[0] else next(k for k in weights[0] if "weight" in k)
    assert len({float(state[key].double().sum()) for state in weights}) == 4
    with pytest.raises(ConfigError, match=r"0 \(untrained\), 2, 3, the last"):
        method_at(folder, 4)


def test_a_kept_checkpoint_equals_that_of_a_run_stopped_there(small: Small, tmp_path: Path) -> None:
    trained(small("simclr", LONG), tmp_path / "whole")
    control, folder = Control(), tmp_path / "part"
    folder.mkdir()
    config = small("simclr", LONG)

    def emit(event: Event) -> None:
        if isinstance(event, CheckpointSaved) and event.path.endswith("epoch_002.pt"):
            control.stop()

    train(config, emit, control, folder)
    whole, part = (method_at(tmp_path / name, epoch)[0].state_dict() for name, epoch in (("whole", 2), ("part", None)))
    assert all(torch.equal(value, part[name]) for name, value in whole.items())
    resume(folder, lambda event: None, Control())
    whole, part = (method_at(tmp_path / name, 3)[0].state_dict() for name in ("whole", "part"))
    assert all(torch.equal(value, part[name]) for name, value in whole.items())


def test_a_full_disk_does_not_end_the_run(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> Path:
        raise OSError("No space left on device.")

    monkeypatch.setattr(checkpoint, "save_weights", full)
    events = trained(small("simclr", LONG), tmp_path / "run")
    assert sum(isinstance(event, Warned) and "No space left" in event.message for event in events) == 2
    assert checkpoint_epochs(tmp_path / "run") == []
    assert checkpoint_path(tmp_path / "run").exists()


@pytest.mark.parametrize("id", ["simclr", "moco_v2", *(pytest.param(id, marks=pytest.mark.slow) for id in ("instdisc", "dino"))])
def test_spaces_are_the_features_and_embeddings_of_whole_images(id: str, small: Small, tmp_path: Path) -> None:
    trained(small(id, LONG), tmp_path / "run")
    for epoch in (0, 3, None):
        spaces = Spaces(tmp_path / "run", epoch)
        index = spaces.dataset.splits["validation"][:3]
        before = {name: value.clone() for name, value in spaces.method.state_dict().items()}
        rows = spaces.whole(index)
        expected = encode(spaces.method.encoder, spaces.dataset, index, size=spaces.config.views.groups[0].size)
        assert rows["features"] == pytest.approx(expected.numpy(), abs=1e-4)
        assert set(rows) == set(spaces.names)
        assert all(len(values) == 3 for values in rows.values())
        assert all(torch.equal(value, before[name]) for name, value in spaces.method.state_dict().items())


def test_an_embedding_depends_on_its_own_image_only(small: Small, tmp_path: Path) -> None:
    trained(small("simclr", LONG), tmp_path / "run")
    spaces = Spaces(tmp_path / "run")
    index = spaces.dataset.splits["train"][:5]
    rows = spaces.whole(index)
    with torch.no_grad():
        expected = spaces.method.projector(torch.from_numpy(rows["features"]))
    assert rows["embedding"] == pytest.approx(expected.numpy(), abs=1e-4)
    assert spaces.whole(index[2:3])["embedding"] == pytest.approx(rows["embedding"][2:3], abs=1e-4)
    draws = spaces.pipeline.draw(5, 1, 0, 0)
    drawn = spaces.views(index, [*draws, draws[0]])
    assert {name: values.shape[0] for name, values in drawn.items()} == {"features": 15, "embedding": 15}
    for values in drawn.values():
        assert values[:5] == pytest.approx(values[10:], abs=1e-4)
        assert not np.allclose(values[:5], values[5:10], atol=1e-3)


def test_memory_does_not_grow_with_the_number_of_images(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DINO stores its teacher's logits for `after_step`, which is not called here."""
    trained(small("dino", {"train": {"steps": 1}}), tmp_path / "run")
    monkeypatch.setattr(spaces, "CHUNK", 8)
    opened = Spaces(tmp_path / "run")
    index = opened.dataset.splits["train"]
    opened.whole(index[:8])

    def tensors() -> int:
        gc.collect()
        return sum(issubclass(type(value), torch.Tensor) for value in gc.get_objects())

    before = tensors()
    opened.whole(index[:40])
    assert tensors() == before
