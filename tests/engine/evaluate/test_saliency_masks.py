"""Masks from a run's feature maps: what counts as object, and the files that come of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from engine.cli import main
from engine.data.open import open_dataset
from engine.evaluate import saliency_masks
from engine.evaluate.saliency_masks import fit_saliency, otsu
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train


def test_object_is_what_differs_from_the_edge_in_what_edges_do_not_vary_in() -> None:
    g = torch.Generator().manual_seed(0)
    maps = torch.zeros(6, 3, 8, 8)
    maps[:, 0] = torch.randn(6, 8, 8, generator=g)  # varies everywhere: tells nothing
    maps[:, 1] = 0.1 * torch.randn(6, 8, 8, generator=g)
    maps[:, 1, 2:5, 3:6] += 3.0  # the object
    maps[:, 2] = 100.0 * torch.arange(6.0).view(6, 1, 1)  # another level in each image: not an object
    expected = np.zeros((6, 8, 8), np.bool_)
    expected[:, 2:5, 3:6] = True
    assert (fit_saliency(maps).masks(maps, 8) == expected).all()


def test_an_image_whose_cells_are_alike_has_no_object() -> None:
    maps = torch.ones(2, 3, 8, 8)
    assert not fit_saliency(maps).masks(maps, 16).any()


def test_otsu_parts_two_groups() -> None:
    threshold = otsu(np.array([0.0, 0.1, 0.2, 5.0, 5.1]))
    assert 0.2 <= threshold < 5.0


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of one step on nine photographs: wide ones, one that EXIF turns, and one in an inner folder."""
    photographs = tmp_path / "photographs"
    (photographs / "inner").mkdir(parents=True)
    g = np.random.default_rng(0)
    for number in range(9):
        pixels = np.full((24, 40, 3), 200, np.uint8) + g.integers(0, 9, (24, 40, 3), np.uint8)
        pixels[8:16, 16:24] = (180, 20, 20)
        path = photographs / ("inner" if number == 0 else ".") / f"{number}.png"
        if number == 8:
            exif = Image.Exif()
            exif[0x0112] = 6
            Image.fromarray(pixels).save(path.with_suffix(".jpg"), exif=exif)
        else:
            Image.fromarray(pixels).save(path)
    config = {
        "method": {"id": "simclr"},
        "data": {"source": str(photographs), "size": 16, "folders": "nothing"},
        "backbone": {"name": "resnet10_narrow"},
        "train": {"steps": 1, "batch": 4, "seed": 0, "device": "cpu", "threads": 1},
        "monitor": {"embed_images": 0, "knn_images": 10},
    }
    train(resolve(config), lambda event: None, Control(), tmp_path / "run")
    return tmp_path / "run"


def test_the_masks_of_a_run_lie_beside_its_photographs_and_are_found_there(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photographs = run.parent / "photographs"
    assert main(["masks", str(run), "--quiet"]) == 0
    assert capsys.readouterr().out.strip() == str(photographs / "masks")
    written = sorted(path.relative_to(photographs / "masks").as_posix() for path in (photographs / "masks").rglob("*.png"))
    assert written == [*(f"{number}.png" for number in range(1, 9)), "inner/0.png"]
    mask = np.asarray(Image.open(photographs / "masks" / "1.png"))
    assert mask.shape == (24, 40)
    assert set(np.unique(mask)) <= {0, 255}
    assert not mask[:, :8].any()  # the run did not see the sides
    assert not mask[:, 32:].any()
    assert Image.open(photographs / "masks" / "8.png").size == (24, 40)  # upright
    opened = open_dataset(resolve({"method": {"id": "simclr"}, "data": {"source": str(photographs), "size": 16}}).data)
    assert len(opened) == 9
    assert opened.masks is not None
    assert opened.masks.any()
    # A second time nothing is overwritten.
    assert main(["masks", str(run), "--quiet"]) == 2
    assert "new or empty" in capsys.readouterr().err


def test_a_full_disk_leaves_no_folder_of_half_the_masks(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photographs = run.parent / "photographs"
    calls: list[int] = []

    class Full(Image.Image):
        def save(self, *args: object, **named: object) -> None:
            raise OSError(28, "No space left on device")

    def placed(mask: np.ndarray, photograph: Path) -> Image.Image:
        calls.append(1)
        return Full() if len(calls) > 3 else Image.new("L", (4, 4))

    monkeypatch.setattr(saliency_masks, "_placed", placed)
    before = sorted(photographs.iterdir())
    with pytest.raises(OSError, match="No space left"):
        saliency_masks.write_masks(run)
    assert len(calls) == 4
    assert sorted(photographs.iterdir()) == before


def test_a_run_on_rendered_images_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = {
        "method": {"id": "simclr"},
        "data": {"source": "shapes", "count": 40, "size": 16},
        "backbone": {"name": "resnet10_narrow"},
        "train": {"steps": 1, "batch": 4, "seed": 0, "device": "cpu", "threads": 1},
        "monitor": {"embed_images": 0, "knn_images": 10},
    }
    train(resolve(config), lambda event: None, Control(), tmp_path / "run")
    assert main(["masks", str(tmp_path / "run"), "--quiet"]) == 2
    assert "a folder of images" in capsys.readouterr().err
