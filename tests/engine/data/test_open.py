"""open_dataset: built-in data sets, the image store, downloads, and work without a network."""

import os
import shutil
import subprocess
import sys
import threading
import urllib.error

import numpy as np
import pytest
from PIL import Image

from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.data import downloads, image_store
from engine.data.open import open_dataset
from engine.data.source_table import SOURCES, available, find
from engine.execute.progress import Cancelled


def entries(tmp_path):
    return (
        sorted(path.name for path in (tmp_path / "root" / "decoded").glob("*")) if (tmp_path / "root" / "decoded").exists() else []
    )


def test_shapes_have_labels_factors_and_splits(open_at):
    data = open_at("shapes", count=120)
    assert data.images.shape == (120, 3, 32, 32)
    assert data.images.dtype == np.uint8
    assert data.images.flags.c_contiguous
    assert np.array_equal(data.labels, data.factors["shape"].values)
    assert {"hue", "size", "x", "y", "rotation", "background", "background hue", "light"} <= set(data.factors)
    assert all(len(factor.values) == 120 for factor in data.factors.values())
    assert data.masks.shape == (120, 32, 32)
    assert np.allclose(data.mean, data.images[data.splits["train"]].mean((0, 2, 3)) / 255, atol=1e-4)
    assert "120 images of 32 px" in data.describe()


def test_digits_images_match_their_labels(open_at):
    data = open_at("digits")
    assert data.images.shape == (1797, 3, 32, 32)
    assert data.classes == tuple("0123456789")
    assert np.array_equal(data.images[:, 0], data.images[:, 2])
    # A nearest-neighbour classifier on pixels works, which it would not if images and labels were mismatched.
    train, test = (
        data.images[data.splits[name], 0].reshape(len(data.splits[name]), -1).astype(np.float32) for name in ("train", "test")
    )
    nearest = ((train**2).sum(1)[None] - 2 * test @ train.T).argmin(1)
    assert (data.labels[data.splits["train"]][nearest] == data.labels[data.splits["test"]]).mean() > 0.95


def test_storage_on_disk_and_in_memory_give_the_same_images(open_at, photos, tmp_path):
    for source in ("shapes", photos):
        there = open_at(source, storage="disk", count=100)
        here = open_at(source, storage="memory", count=100)
        assert there.on_disk
        assert there.images.dtype == np.uint8
        assert np.array_equal(there.images, here.images)
        assert np.array_equal(there.labels, here.labels)
        assert there.names == here.names
        if here.masks is not None:
            assert np.array_equal(there.masks, here.masks)
        for name in here.splits:
            assert np.array_equal(there.splits[name], here.splits[name])


def test_auto_storage_uses_the_disk_if_memory_is_short(open_at, monkeypatch):
    monkeypatch.setattr(image_store, "free_memory", lambda: 1_000_000)
    assert open_at("shapes", count=101).on_disk
    monkeypatch.setattr(image_store, "free_memory", lambda: 100_000_000)
    assert not open_at("shapes", count=102).on_disk


def test_a_store_entry_is_reused_and_a_damaged_one_is_rebuilt(open_at, photos, tmp_path, monkeypatch):
    first = open_at(photos, storage="disk")
    (name,) = entries(tmp_path)
    images = np.array(first.images)

    def fail(*_):
        raise AssertionError("decoded again")

    with monkeypatch.context() as patched:
        patched.setattr(image_store, "_write", fail)
        again = open_at(photos, storage="disk", seed=1)
        assert again is not first
        assert np.array_equal(again.images, images)
    path = tmp_path / "root" / "decoded" / name / "images.u8"
    path.write_bytes(path.read_bytes()[:100])
    assert np.array_equal(open_at(photos, storage="disk", seed=2).images, images)


def test_a_changed_source_replaces_its_store_entry(open_at, photos, tmp_path):
    open_at(photos, storage="disk")
    before = entries(tmp_path)
    Image.new("RGB", (30, 30), "red").save(photos / "cat" / "new.png")
    assert len(open_at(photos, storage="disk", seed=1)) == 25
    after = entries(tmp_path)
    assert len(after) == len(before) == 1
    assert after != before


def test_a_full_disk_is_refused_with_the_space_needed(open_at, photos, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))
    with pytest.raises(ConfigError, match=r"data.root must be a folder with .* free") as caught:
        open_at(photos, storage="disk")
    assert "needed" in str(caught.value)
    assert entries(tmp_path) == []


def test_after_a_write_error_the_images_are_kept_in_memory_and_no_file_remains(open_at, photos, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(image_store, "_append", fail)
    monkeypatch.setattr(image_store, "free_memory", lambda: 100_000)  # a quarter is too little, three quarters are enough
    data = open_at(photos, storage="auto")
    assert len(data) == 24
    assert not data.on_disk
    assert any("No space left on device" in note for note in data.notes)
    assert entries(tmp_path) == []


def test_an_unwritable_root_is_refused_with_a_message(photos, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match=r"data\.root"):
        open_dataset(DataConfig(source=str(photos), root=str(tmp_path / "file"), storage="disk"))


def test_opening_again_returns_the_same_object_also_from_threads(open_at):
    results = []
    threads = [threading.Thread(target=lambda: results.append(open_at("shapes", count=64))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(data is results[0] for data in results)


def test_images_are_read_only(open_at):
    with pytest.raises(ValueError, match="read-only"):
        open_at("shapes", count=40).images[0] = 0


def test_a_misspelt_name_gives_a_suggestion(open_at):
    with pytest.raises(ConfigError, match=r"Did you mean 'shapes'\?"):
        open_at("shaps")
    with pytest.raises(ConfigError, match=r"Did you mean 'cifar10'\?"):
        open_at("cifar-10")


def test_a_missing_network_is_reported_with_remedies(open_at, tmp_path, monkeypatch):
    def no_network(*_, **__):
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr("urllib.request.urlopen", no_network)
    with pytest.raises(ConfigError) as caught:
        open_at("cifar10")
    message = str(caught.value)
    assert caught.value.problems[0].key == "data.source"
    for part in (
        "https://www.cs.toronto.edu",
        "Name or service not known",
        str(tmp_path / "root" / "cifar-10-python.tar.gz"),
        "shapes, simple_shapes, scenes, moving_shapes, reach, catch, visit, digits, blue_shapes, orange_shapes need no network",
    ):
        assert part in message


@pytest.mark.parametrize("storage", ["disk", "memory"])
def test_a_cancelled_opening_leaves_no_files(open_at, photos, tmp_path, storage):
    def refuse(share, line):
        if share > 0:
            raise Cancelled

    for source, more in ((photos, {}), ("shapes", {"count": 1100})):
        with pytest.raises(Cancelled):
            open_at(source, progress=refuse, storage=storage, **more)
        assert not any((tmp_path / "root").rglob("*.*"))
        assert len(open_at(source, storage=storage, **more)) == more.get("count", 24)
        shutil.rmtree(tmp_path / "root", ignore_errors=True)


SLOW_SET = """
import pathlib, sys, time

class FashionMNIST:
    def __init__(self, root, train, download):
        file = pathlib.Path(root) / {file!r}
        file.parent.mkdir(parents=True, exist_ok=True)
        print("libraries may print")
        with file.open("wb") as stream:
            while {forever}:
                stream.write(b"half")
                stream.flush()
                time.sleep(0.001)
        {then}
"""


@pytest.fixture
def torchvision_of_ours(tmp_path, monkeypatch):
    """A fake torchvision.datasets for the download process: a data set that begins a file and then continues or ends."""
    folder = tmp_path / "modules" / "torchvision"

    def write(forever, then="pass"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").write_text("")
        text = SLOW_SET.format(file=find("fashion_mnist").files[0], forever=forever, then=then)
        (folder / "datasets.py").write_text(text)
        monkeypatch.setenv("PYTHONPATH", f"{folder.parent}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
        monkeypatch.setattr(downloads, "_reach", lambda url: None)

    return write


def test_a_download_that_is_cancelled_ends_its_process_and_removes_its_files(open_at, torchvision_of_ours, tmp_path, monkeypatch):
    row = find("fashion_mnist")
    begun = tmp_path / "root" / row.files[0]
    children = []
    child_process = downloads.ChildProcess

    def noted(*given, **named):
        children.append(child_process(*given, **named))
        return children[-1]

    def refuse(share, text=""):
        if begun.exists() and begun.stat().st_size:
            raise Cancelled

    monkeypatch.setattr(downloads, "ChildProcess", noted)
    torchvision_of_ours(forever=True)
    with pytest.raises(Cancelled):
        open_at("fashion_mnist", progress=refuse)
    assert [child.alive for child in children] == [False]
    assert not any((tmp_path / "root" / name).exists() for name in (*row.files, *row.marks))


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_download_whose_process_fails_or_dies_is_reported(open_at, torchvision_of_ours, tmp_path):
    begun = tmp_path / "root" / find("fashion_mnist").files[0]
    torchvision_of_ours(forever=False, then="raise RuntimeError('File not found or corrupted.')")
    with pytest.raises(ConfigError, match=r"File not found or corrupted\. Connect to the network, or put the files there"):
        open_at("fashion_mnist")
    assert begun.exists()  # the partial download stays for the next attempt
    begun.unlink()
    torchvision_of_ours(forever=False, then="import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(ConfigError, match="The process ended with signal 9"):
        open_at("fashion_mnist")
    assert not begun.exists()


class FakeSet:
    """Behaves like a torchvision set; image 3 is damaged."""

    classes = ("zero", "one")

    def __init__(self, n, first):
        self.n, self.first = n, first

    def __len__(self):
        return self.n

    def __getitem__(self, k):
        if self.first + k == 3:
            raise OSError("image file is truncated")
        return Image.fromarray(np.random.default_rng(self.first + k).integers(0, 256, (28, 28), dtype=np.uint8)), (
            self.first + k
        ) % 2


@pytest.fixture
def fake(monkeypatch):
    """FashionMNIST of 40 and 20 images, without torchvision and without a network. Returns the list of what was constructed."""
    made = []

    def construct(name, folder, arguments):
        made.append((name, dict(arguments)))
        return FakeSet(40, 0) if arguments["train"] else FakeSet(20, 100)

    monkeypatch.setattr(downloads, "_construct", construct)
    monkeypatch.setattr(downloads, "_reach", lambda url: None)
    monkeypatch.setattr(downloads, "_download", lambda source, folder, progress: None)
    row = find("fashion_mnist")
    small = type(row)(**{**vars(row), "images": 60})
    monkeypatch.setattr("engine.data.open.find", lambda id: small if id == "fashion_mnist" else find(id))
    return made


def test_download_is_converted_once(open_at, fake, tmp_path):
    lines = []
    data = open_at("fashion_mnist", progress=lambda share, line: lines.append(line))
    assert [name for name, _ in fake] == ["FashionMNIST", "FashionMNIST"]
    assert data.images.shape == (59, 3, 32, 32)
    assert data.classes == ("zero", "one")
    assert data.skipped == ("image 3: image file is truncated",)
    assert len(data.splits["test"]) == 20
    assert data.notes == ()
    assert any("FashionMNIST" in line for line in lines)
    again = open_at("fashion_mnist", seed=1)
    assert len(fake) == 2
    assert np.array_equal(again.images, data.images)
    assert np.array_equal(again.labels, data.labels)
    assert np.array_equal(again.splits["test"], data.splits["test"])
    assert again.skipped == data.skipped


def test_converted_set_counts_as_available(open_at, fake, tmp_path):
    row = find("fashion_mnist")
    assert not available(row, tmp_path / "root")
    open_at("fashion_mnist")
    assert available(row, tmp_path / "root")


def test_manually_placed_files_need_no_network(open_at, tmp_path, monkeypatch):
    """A part of EuroSAT, unpacked, read by torchvision."""
    random = np.random.default_rng(0)
    for name in ("Forest", "River"):
        (tmp_path / "root" / "eurosat" / "2750" / name).mkdir(parents=True)
        for k in range(6):
            pixels = random.integers(0, 256, (64, 64, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "root" / "eurosat" / "2750" / name / f"{k}.jpg")
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: pytest.fail("asked the network"))
    assert available(find("eurosat"), tmp_path / "root")
    data = open_at("eurosat")
    assert data.classes == ("Forest", "River")
    assert data.images.shape == (12, 3, 64, 64)
    assert any("incomplete" in note for note in data.notes)


def test_the_table_of_data_sets_is_consistent_and_needs_no_torchvision():
    embedded = [
        "shapes",
        "simple_shapes",
        "scenes",
        "moving_shapes",
        "reach",
        "catch",
        "visit",
        "digits",
        "blue_shapes",
        "orange_shapes",
    ]
    assert [row.id for row in SOURCES if row.kind == "embedded"] == embedded
    assert len({row.id for row in SOURCES}) == len(SOURCES)
    assert {row.id for row in SOURCES if row.kind == "download"} == set(downloads._RECIPES)
    assert all(row.files and row.url.startswith("http") and row.megabytes for row in SOURCES if row.kind == "download")
    heavy = "{'torch', 'torchvision', 'PIL', 'sklearn'}"
    code = f"import sys, engine.data.open; bad = {heavy} & set(sys.modules); sys.exit(str(bad) if bad else 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
