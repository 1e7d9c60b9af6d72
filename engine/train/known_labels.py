"""The class labels that a method is given."""

from __future__ import annotations

import numpy as np

from engine.catalogue import entry, load
from engine.config.run import RunConfig
from engine.config.text import parse
from engine.data.dataset import Dataset, Index
from engine.evaluate.plan import few_labels


def labelled_images(config: RunConfig, dataset: Dataset) -> Index:
    """The sorted indices (n,) of the training images whose labels the config's method is given: of all that have one, or, for a
    method that learns from few, of its share (`few_labels`): the images on which fine-tuning with this share trains, too."""
    train = dataset.splits["train"]
    labelled = train[dataset.labels[train] >= 0]
    if entry(config.method.id).labels != "few" or not len(labelled):
        return np.sort(labelled)
    method = load(config.method.id)
    share = method.label_share(parse(method.Config, config.method.values(), "method"))
    return few_labels(dataset.labels, labelled, share)


def known_labels(config: RunConfig, dataset: Dataset) -> Index:
    """The labels (N,) of all images as the config's method is given them: for a method that learns from few, -1 for every other
    training image. Those of other splits, on which nothing is trained, stay: a method may measure its accuracy there."""
    if entry(config.method.id).labels != "few":
        return dataset.labels
    known, few = dataset.labels.copy(), labelled_images(config, dataset)
    known[dataset.splits["train"]] = -1
    known[few] = dataset.labels[few]
    return known
