"""Captions of samples, and the samples whose captions have given words."""

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.data.captions import Captions, LazyTexts
from engine.data.dataset import Dataset
from engine.data.open import open_dataset
from engine.study.caption_search import sample_captions, search_captions
from engine.study.results import CaptionCondition

TEXTS = (
    ("A Red  circle", "a shape"),
    (),
    ("a blue circle on a red ground",),
    ("STRASSE", "a red\tcircle"),
    ("red", "circle"),
)


def data_of(texts):
    count, ones = len(texts) if texts is not None else 5, np.ones(3, np.float32)
    captions = Captions(texts) if texts is not None else None
    images, labels = np.zeros((count, 3, 2, 2), np.uint8), np.zeros(count, np.int64)
    return Dataset("captioned", images, labels, (), {}, ones, ones, captions=captions)


@pytest.mark.parametrize(
    ("sign", "text", "expected"),
    [
        ("~", "red circle", [0, 3]),
        ("~", "RED   CIRCLE", [0, 3]),
        ("~", "red", [0, 2, 3, 4]),
        ("~", "stra\u00dfe", [3]),
        ("=", "a red circle", [0, 3]),
        ("=", "red", [4]),
        ("!=", "red", [0, 2, 3]),
        ("~", "green", []),
    ],
)
def test_a_condition_on_captions(sign, text, expected):
    masks = search_captions(data_of(TEXTS), np.arange(5), [CaptionCondition(sign, text)])
    assert np.flatnonzero(masks[0]).tolist() == expected


def test_several_conditions_are_answered_in_the_order_of_the_samples():
    wanted = [CaptionCondition("~", "blue"), CaptionCondition("~", "circle")]
    blue, circle = search_captions(data_of(TEXTS), np.array([4, 2, 1]), wanted)
    assert (blue.tolist(), circle.tolist()) == ([False, True, False], [True, True, False])


def test_captions_of_samples():
    assert sample_captions(data_of(TEXTS), (3, 1)) == (TEXTS[3], ())


def test_data_without_captions_and_samples_that_do_not_exist():
    data = data_of(None)
    assert sample_captions(data, (0,)) is None
    assert search_captions(data, np.array([0]), [CaptionCondition("~", "red")]) is None
    with pytest.raises(ConfigError, match="5"):
        sample_captions(data_of(TEXTS), (5,))


class Counting(LazyTexts):
    """A million captions, none of which is kept."""

    def __init__(self):
        self.read = 0

    def __len__(self):
        return 1_000_000

    def captions_of(self, row):
        self.read += 1
        return (f"number {row}",)


def test_a_search_can_be_cancelled_and_reads_only_the_samples_on_the_map():
    class Stop(Exception):
        pass

    def progress(share, text=""):
        if share > 0.2:
            raise Stop

    texts = Counting()
    data = data_of(None)
    data = Dataset(
        data.name, np.broadcast_to(data.images[:1], (1_000_000, 3, 2, 2)), data.labels, (), {}, data.mean, data.std,
        captions=Captions(texts),
    )  # fmt: skip
    with pytest.raises(Stop):
        search_captions(data, np.arange(10_000), [CaptionCondition("~", "number 7")], progress)
    assert 2_000 <= texts.read < 3_000
    texts.read = 0
    (mask,) = search_captions(data, np.array([999_999, 7]), [CaptionCondition("=", "Number 999999")])
    assert mask.tolist() == [True, False]
    assert texts.read == 2


def test_shapes_have_captions_that_name_their_shape():
    data = open_dataset(DataConfig(source="shapes", count=60, size=8))
    (mask,) = search_captions(data, np.arange(60), [CaptionCondition("~", "star")])
    assert set(np.flatnonzero(data.labels == data.classes.index("star")).tolist()) == set(np.flatnonzero(mask).tolist())
