"""Samples by words."""

import numpy as np
import pytest

from workbench.bridge.data_questions import Labels
from workbench.bridge.sample_questions import CaptionCondition
from workbench.panels.embedding.query import QueryError, Table, caption_conditions, find

N = 30
INDEX = np.arange(N) * 3 + 5
CODES = np.where(np.arange(N) == 29, -1, np.arange(N) % 3)
NAMES = ("pickup truck", "car", "cat and dog")
SIZE = np.linspace(0, 1, N, dtype=np.float32)
LABELS = Labels(
    {"class": CODES, "size": SIZE, "background hue": np.linspace(0, 359, N)},
    {"class": NAMES},
    {"class": "category", "size": "number", "background hue": "angle"},
)
TABLE = Table(INDEX, LABELS, {"odd": (5, 11), "very odd": (14,)}, tuple(f"photos/IMG_{index:02d}.jpg" for index in range(N)))
ODD, VERY = np.isin(INDEX, (5, 11)), INDEX == 14


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("class = car", CODES == 1),
        ("CLASS=Car", CODES == 1),
        ("class != car", CODES != 1),
        ("class = pickup truck", CODES == 0),
        ('class = "cat and dog"', CODES == 2),
        ("class ~ ca", (CODES == 1) | (CODES == 2)),
        ("car", CODES == 1),
        ("'cat and dog'", CODES == 2),
        ("size > 0.5", SIZE > 0.5),
        ("size>=.5 and size <1", (SIZE >= 0.5) & (SIZE < 1)),
        (f"size = {SIZE[7]:.7g}", np.arange(N) == 7),
        ("background hue < 90° and class = car", (LABELS.columns["background hue"] < 90) & (CODES == 1)),
        ("'background hue' >= 90", LABELS.columns["background hue"] >= 90),
        ("#5", INDEX == 5),
        ("#5, 8 #11", np.isin(INDEX, (5, 8, 11))),
        ("index > 80", INDEX > 80),
        ("tag = odd", ODD),
        ("tag ~ odd", ODD | VERY),
        ("tag != odd", ~ODD),
        ("tag = none", ~(ODD | VERY)),
        ("tag != none and class = car", (ODD | VERY) & (CODES == 1)),
        ("odd", ODD | VERY),
        ("file ~ IMG_1", np.char.startswith([f"{index:02d}" for index in range(N)], "1")),
        ("file = img_07.jpg", np.arange(N) == 7),
        ("img_2", np.arange(N) // 10 == 2),
    ],
)
def test_queries_select_the_expected_samples(text, expected):
    np.testing.assert_array_equal(find(text, TABLE), expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "like class = truck"),
        ("  and ", "like class = truck"),
        ("colour = red", "no 'colour'. Known: class, size, background hue, tag, file, index"),
        ("class = trcuk", "class has no 'trcuk'. Known: pickup truck, car, cat and dog"),
        ("class > car", "class is not a number"),
        ("size > big", "size is a number. 'big' is not a number"),
        ("size ~ 3", "compare it by ="),
        ("size >", "Write a value after size >"),
        ("#4", "No sample on this map is #4"),
        ("zebra", "No class, file or tag contains 'zebra'. To compare: class, size"),
        ("tag = even", "tag has no 'even'. Known: odd, very odd"),
    ],
)
def test_errors_list_the_known_names(text, words):
    with pytest.raises(QueryError) as error:
        find(text, TABLE)
    assert words in str(error.value)


LETTERS = Labels({"class": np.arange(4)}, {"class": ("bird's", "a=b", "x and y", "size > 2")}, {"class": "category"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("class = bird's", [0]),
        ("class != bird's and class != 'a=b'", [2, 3]),
        ("bird's", [0]),
        ("'a=b'", [1]),
        ('class = "a=b"', [1]),
        ('class="x and y"', [2]),
        ('"size > 2"', [3]),
        ("class = 'size > 2' and index < 9", [3]),
        ("index\t>=\u00a01  AND\tindex < 3", [1, 2]),
        ("#0, #3", [0, 3]),
        ("#" + "0" * 5000 + "3", [3]),
    ],
)
def test_quotes_protect_operators_and_an_apostrophe_is_a_character(text, expected):
    assert np.flatnonzero(find(text, Table(np.arange(4), LETTERS))).tolist() == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('""' * 20, "No class, file or tag contains"),
        ('"a" ' * 16, "No class, file or tag contains"),
        ("'" * 15_001, "No class, file or tag contains"),
        (" \t" * 15_000, "like class = truck"),
        ("a and " * 5_000, "at most 32 conditions. Got 5,000"),
        ("#" + "9" * 5000, "No sample on this map is #999"),
        ("size > " + "9" * 5000 + "x", "size is a number. '999"),
        ("size = nan", "size is a number. 'nan' is not a number"),
        ("x" * 30_001, "at most 30,000 characters. Got 30,001"),
        ("= car", "No class, file or tag contains '= car'"),
        ("car ! = 3", "No class, file or tag contains 'car ! = 3'"),
        ("\ud800 = 3", "There is no"),
    ],
)
def test_any_text_gives_a_short_answer(text, words):
    """Regular expressions took minutes of backtracking over 40 quotes, in the window's own thread."""
    with pytest.raises(QueryError) as error:
        find(text, TABLE)
    assert words in str(error.value)
    assert len(str(error.value)) < 250


def test_with_many_classes_the_nearest_is_suggested():
    labels = Labels({"class": np.arange(40)}, {"class": tuple(f"species {code:02d}" for code in range(40))}, {"class": "category"})
    with pytest.raises(QueryError, match="Did you mean 'species 07'"):
        find("class = spceies 07", Table(np.arange(40), labels))


def test_without_labels_indices_can_be_queried():
    table = Table(np.array([4, 8]))
    assert find("#8", table).tolist() == [False, True]
    with pytest.raises(QueryError, match=r"Known: index\."):
        find("class = car", table)


RED = CaptionCondition("~", "red circle")
CAPTIONED = Labels(LABELS.columns, LABELS.names, LABELS.kinds, captioned=True)


def test_what_a_query_asks_of_captions():
    assert caption_conditions('caption ~ "red circle" and class = car and CAPTION ~ red circle') == (RED,)
    assert caption_conditions("caption = 'this and that' and caption != x") == (
        CaptionCondition("=", "this and that"),
        CaptionCondition("!=", "x"),
    )
    assert caption_conditions("class = car and file ~ caption") == ()
    assert caption_conditions("caption > 3 and caption ~") == ()


def test_a_query_by_captions_joins_the_other_conditions():
    mask = np.arange(N) % 2 == 0
    table = Table(INDEX, CAPTIONED, captions={RED: mask})
    np.testing.assert_array_equal(find("caption ~ red circle and class = car", table), mask & (CODES == 1))
    assert "caption" in table.names


@pytest.mark.parametrize(
    ("text", "labels", "words"),
    [
        ("caption ~ red circle", CAPTIONED, "No caption of a sample on this map contains 'red circle'"),
        ("caption > 3", CAPTIONED, "compare it by =, != or ~"),
        ("caption ~", CAPTIONED, "Write a value after caption ~"),
        ("zebra", CAPTIONED, "To find words in captions: caption ~ words"),
        ("caption ~ red circle", LABELS, "The images of these data have no captions"),
    ],
)
def test_errors_about_captions(text, labels, words):
    with pytest.raises(QueryError) as error:
        find(text, Table(INDEX, labels, captions={RED: np.zeros(N, bool)}))
    assert words in str(error.value)
