"""The labels of a sample, of which it may have several, in words."""

import numpy as np

from engine.study.results import Labels
from workbench.samples.colouring import labels_text


def test_the_labels_that_a_sample_has_are_listed():
    names = {"class": ("no", "maybe"), **{f"l{number}": ("no", "yes") for number in range(8)}}
    columns = {"class": np.array([1, 1]), "age": np.array([1.0, 2.0])}
    columns |= {f"l{number}": np.array([1, 1 if number == 2 else -1 if number == 3 else 0]) for number in range(8)}
    labels = Labels(columns, names, dict.fromkeys(columns, "category"))
    assert labels_text(labels, 1) == "l2"
    assert labels_text(labels, 0) == "l0, l1, l2, l3, l4, l5 …"
