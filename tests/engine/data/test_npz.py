"""Files in MedMNIST's .npz layout: read correctly, or refused with a message."""

from pathlib import Path

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.data import npz

REAL = Path(__file__).resolve().parents[3] / "../shared/data/cifar10_10k.npz"


def images(n, *shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, *shape), dtype=np.uint8)


def whole(**changed):
    arrays = {
        "train_images": images(40, 12, 12, 3),
        "train_labels": (np.arange(40) % 4)[:, None].astype(np.uint8),
        "val_images": images(8, 12, 12, 3, seed=1),
        "val_labels": np.zeros((8, 1), np.uint8),
        "test_images": images(10, 12, 12, 3, seed=2),
        "test_labels": np.ones(10, np.int64),
    }
    arrays.update(changed)
    return {name: value for name, value in arrays.items() if value is not None}


@pytest.fixture
def save(tmp_path):
    def write(compressed=False, **arrays):
        (np.savez_compressed if compressed else np.savez)(tmp_path / "set.npz", **arrays)
        return tmp_path / "set.npz"

    return write


@pytest.mark.parametrize("compressed", [False, True])
def test_pixels_and_labels_are_read_unchanged(open_at, save, compressed):
    arrays = whole()
    data = open_at(save(compressed, **arrays))
    assert {name: len(index) for name, index in data.splits.items()} == {"train": 40, "validation": 8, "test": 10}
    for split, part in (("train", "train"), ("validation", "val"), ("test", "test")):
        index = data.splits[split]
        assert np.array_equal(data.images[index], arrays[f"{part}_images"].transpose(0, 3, 1, 2))
        assert np.array_equal(data.labels[index], arrays[f"{part}_labels"].reshape(-1))
    assert data.classes == ("0", "1", "2", "3")


def test_grey_images_get_three_channels(open_at, save):
    gray = images(30, 9, 9)
    data = open_at(save(train_images=gray, train_labels=np.arange(30) % 3))
    assert np.array_equal(data.images, gray[:, None].repeat(3, 1))
    assert len(data.splits["test"]) > 0


def test_arrays_in_fortran_order_are_read_and_resized(open_at, save):
    arrays = whole(train_images=np.asfortranarray(images(40, 12, 12, 3)))
    assert np.array_equal(open_at(save(**arrays)).images[:40], arrays["train_images"].transpose(0, 3, 1, 2))
    assert open_at(save(**arrays), size=8).images.shape == (58, 3, 8, 8)


def test_a_file_without_labels_is_read(open_at, save):
    data = open_at(save(train_images=images(30, 8, 8, 3)))
    assert data.classes == ()
    assert (data.labels == -1).all()


def test_missing_label_values_and_class_names(open_at, save):
    sparse = open_at(save(train_images=images(30, 8, 8, 3), train_labels=np.arange(30) % 3 * 1000 - 1))
    assert sparse.classes == ("999", "1999")
    assert sorted(set(sparse.labels.tolist())) == [-1, 0, 1]
    named = open_at(save(train_images=images(30, 8, 8, 3), train_labels=np.arange(30) % 2, class_names=np.array(["no", "yes"])))
    assert named.classes == ("no", "yes")


def test_several_labels_per_image_give_a_note(open_at, save):
    data = open_at(save(train_images=images(30, 8, 8, 3), train_labels=np.ones((30, 14), np.uint8)))
    assert data.classes == ()
    assert any("14 labels" in note for note in data.notes)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": images(4, 8, 8), "y": np.zeros(4)}, r"train_images.*Arrays found: x, y"),
        (whole(train_images=None), r"train_images is missing"),
        (whole(train_images=images(40, 3, 12, 12)), r"train_images.*Put the channels last"),
        (whole(train_images=images(40, 12, 12, 4)), r"train_images.*must be an array of"),
        (whole(train_images=images(40, 12)), r"train_images.*must be an array of"),
        (whole(test_images=images(0, 12, 12, 3)), r"test_images.*N above 0"),
        (whole(train_images=images(40, 12, 12, 3) / 255), r"train_images.*uint8.*Scale it to 0\.\.255"),
        (whole(train_labels=np.arange(39)), r"train_labels.*one label an image"),
        (whole(train_labels=np.linspace(0, 1, 40)), r"train_labels.*whole numbers"),
        (whole(train_labels=np.array(["a"] * 40)), r"train_labels.*whole numbers"),
        (whole(train_labels=np.array([None] * 40)), r"pickled objects"),
    ],
    ids=[
        "other names",
        "no train",
        "channels first",
        "four channels",
        "2-D",
        "empty",
        "floats",
        "count",
        "fractions",
        "text",
        "pickle",
    ],
)
def test_wrong_arrays_are_refused_with_a_message(open_at, save, arrays, message):
    with pytest.raises(ConfigError, match=message):
        open_at(save(**arrays))


def test_files_that_are_no_npz_are_refused(open_at, tmp_path, save):
    path = save(compressed=True, **whole())
    content = path.read_bytes()
    (tmp_path / "cut.npz").write_bytes(content[: len(content) // 2])
    (tmp_path / "text.npz").write_text("hello")
    np.save(tmp_path / "one.npy", images(4, 8, 8))
    (tmp_path / "one.npy").rename(tmp_path / "one.npz")
    broken = bytearray(content)
    broken[5000:5200] = bytes(200)
    (tmp_path / "broken.npz").write_bytes(broken)
    for name, message in (
        ("cut", "cut off"),
        ("text", "no .npz"),
        ("one", "single .npy"),
        ("broken", "train_images cannot be read"),
    ):
        with pytest.raises(ConfigError, match=message) as caught:
            open_at(tmp_path / f"{name}.npz")
        assert caught.value.problems[0].key == "data.source"


def test_a_flipped_bit_is_detected(open_at, save):
    path = save(**whole())
    content = bytearray(path.read_bytes())
    content[4000] ^= 1  # inside the pixels, which are stored uncompressed
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="train_images cannot be read"):
        open_at(path)


@pytest.mark.skipif(not REAL.is_file(), reason="the development set is not here")
def test_real_cifar(open_at):
    data = open_at(REAL)
    assert data.images.shape == (12_000, 3, 32, 32)
    # An image's content decides between train and validation (10 %: 1,000 with a standard deviation of 30); the
    # file's own test images stay the test split.
    assert np.array_equal(np.sort(data.splits["test"]), np.arange(10_000, 12_000))
    assert abs(len(data.splits["validation"]) - 1000) <= 90
    assert (abs(np.bincount(data.labels[data.splits["validation"]], minlength=10) - 100) <= 40).all()
    assert np.array_equal(np.sort(np.concatenate([data.splits["train"], data.splits["validation"]])), np.arange(10_000))
    with np.load(REAL) as arrays:
        assert np.array_equal(data.images[10_000:], arrays["test_images"].transpose(0, 3, 1, 2))


def test_an_invalid_array_header_is_refused_with_a_message(tmp_path: Path) -> None:
    path = tmp_path / "set.npz"
    np.savez(path, train_images=np.zeros((3, 8, 8), np.uint8))
    data = path.read_bytes()
    header = data.index(b"{'descr'")
    for begin in (b"{'descr': ( ", b"{'descr'  )  ", b"\xff\xff\xff"):
        path.write_bytes(data[:header] + begin + data[header + len(begin) :])
        with pytest.raises(ConfigError, match="data"):
            npz.find(path, 0)
