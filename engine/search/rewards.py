"""What a run of a search is rewarded for: figures of its encoder on validation images, never on the test split."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.catalogue import load
from engine.config.errors import complain, nearest
from engine.config.run import RunConfig
from engine.search.space import METHOD, Space

if TYPE_CHECKING:
    from engine.data.dataset import Dataset

IMAGES = 2000  # most validation images of a reward without labels
BANK = 5000  # most training images among which neighbours are searched
ROTATED = 800  # most training images, each in four orientations, on which the rotation probe is fitted


@dataclass(frozen=True)
class Reward:
    """labels: whether it uses labels of validation images. More is better."""

    id: str
    title: str
    line: str
    labels: bool


REWARDS: Mapping[str, Reward] = {
    row.id: row
    for row in (
        Reward("knn", "kNN on validation labels", "Uses the labels of the validation images: not a search without labels.", True),
        Reward("task", "The method's own task", "Uses no labels. Views that make the task easier are rewarded, too.", False),
        Reward("rank", "RankMe", "The effective rank of the features (2210.02885). Uses no labels.", False),
        Reward(
            "rotation",
            "Linear probe of rotation",
            "How well a quarter turn can be read from the features (SelfAugment, 2009.07724). Uses no labels.",
            False,
        ),
    )
}


def check_reward(id: str, space: Space, config: RunConfig, factor: str = "") -> Reward:
    """The reward of an id. ConfigError for an unknown one, and where it says nothing on these data or in this space."""
    row = REWARDS.get(id)
    if row is None:
        raise complain("reward", f"one of {', '.join(REWARDS)}", id, nearest(id, REWARDS))
    if factor and not row.labels:
        raise complain("factor", "given with the reward knn alone", f"{factor} with {id}", "Leave it out, or take the reward knn.")
    keys = [one.key for one in space.dimensions]
    if id == "rotation":
        from engine.train.resolve import any_way_up

        if any_way_up(config.data):
            remedy = (
                "Set data.upright=true where the data have it, or take another reward: the objects of this set lie at any angle, "
                "so that an image and its quarter turn look alike and every encoder is at chance."
            )
            raise complain("reward", "one that means something on these data, which rotation does not", id, remedy)
    if id == "task":
        from engine.method import Method

        if METHOD in keys:
            remedy = "Take rank or knn: the scores of two pretext tasks cannot be compared."
            raise complain("reward", "one that compares methods", id, remedy)
        if load(config.method.id).task_score is Method.task_score:
            raise complain("reward", f"one that {config.method.id} has, which has no task with a score", id, "Take rank or knn.")
    if id == "rank" and any(key.startswith("backbone.") for key in keys):
        remedy = "Take knn: the rank of features is bounded by their number, which differs between encoders."
        raise complain("reward", "one that compares encoders", id, remedy)
    return row


def check_labels_of(dataset: Dataset, factor: str) -> None:
    """ConfigError where the data lack what kNN asks for: classes, or the factor as a category."""
    if not factor:
        from engine.evaluate.protocol import check_labels, labelled

        check_labels(dataset.source or dataset.name, dataset, {name: labelled(dataset, name) for name in ("train", "validation")})
        return
    known = [name for name, one in dataset.factors.items() if one.kind == "category"]
    if factor not in known:
        allowed = f"one of {', '.join(known)}" if known else "left out: these data have no factor that is a category"
        raise complain("factor", allowed, factor, nearest(factor, known))


def measure(id: str, folder: Path, factor: str = "") -> float:
    """The reward of a finished run, by its newest checkpoint, on the device of the run. More is better.

    ConfigError where the run or its checkpoint cannot be read, and where the data lack what the reward needs."""
    return _MEASURES[id](Path(folder), factor)


def held_out_knn(folder: Path, factor: str = "") -> float:
    """kNN accuracy, 0 to 1, on the held-out test images: for what was found, once the search is over."""
    return _knn(folder, factor, "test")


def _knn(folder: Path, factor: str, split: str = "validation") -> float:
    import torch

    from engine.embed.features import encode
    from engine.evaluate.encoder import data_of, load_encoder
    from engine.evaluate.knn import fixed_draw, knn_accuracy
    from engine.methods.build_method import input_size

    encoder, config = load_encoder(folder)
    dataset = data_of(folder, config)
    check_labels_of(dataset, factor)
    labels = dataset.factors[factor].values if factor else dataset.labels
    parts = {}
    for name in ("train", split):
        index = dataset.splits[name]
        parts[name] = fixed_draw(index[labels[index] >= 0], BANK)
    if not len(parts[split]):
        raise complain("data.source", f"a set with labels in its {split} split", dataset.name)
    rows = {
        name: encode(encoder, dataset, index, device=config.train.device, size=input_size(config)) for name, index in parts.items()
    }
    truth = torch.from_numpy(np.asarray(labels, np.int64))
    bank, queries = parts["train"], parts[split]
    return knn_accuracy(rows["train"], truth[bank], rows[split], truth[queries], classes=int(truth.max()) + 1)


def _rank(folder: Path, factor: str) -> float:
    from engine.embed.features import encode
    from engine.evaluate.diagnostics import effective_rank
    from engine.evaluate.encoder import data_of, load_encoder
    from engine.evaluate.knn import fixed_draw
    from engine.methods.build_method import input_size

    encoder, config = load_encoder(folder)
    dataset = data_of(folder, config)
    index = fixed_draw(dataset.splits["validation"], IMAGES)
    return effective_rank(encode(encoder, dataset, index, device=config.train.device, size=input_size(config)))


def _task(folder: Path, factor: str) -> float:
    from engine.evaluate.encoder import data_of, load_method
    from engine.evaluate.knn import fixed_draw
    from engine.train.build_feed import build_feed
    from engine.train.own_task import score_task

    method, config = load_method(folder)
    dataset = data_of(folder, config)
    method = method.to(config.train.device)
    feed = build_feed(config, dataset, method, config.train.device)
    score = score_task(method, feed, fixed_draw(dataset.splits["validation"], IMAGES), config.train.batch)
    if score is None:
        raise complain("reward", f"one that {config.method.id} has, which has no task with a score", "task", "Take rank or knn.")
    return score.value if score.higher else -score.value


def _rotation(folder: Path, factor: str) -> float:
    import torch

    from engine.embed.features import encode
    from engine.evaluate.encoder import data_of, load_encoder
    from engine.evaluate.knn import fixed_draw
    from engine.evaluate.linear import fit_probe
    from engine.methods.build_method import input_size

    encoder, config = load_encoder(folder)
    dataset = data_of(folder, config)
    rows, turns = [], []
    for split, most in (("train", ROTATED), ("validation", ROTATED)):
        images = dataset.images[fixed_draw(dataset.splits[split], most)]  # (n, 3, S, S)
        turned = np.concatenate([np.rot90(images, quarter, axes=(2, 3)) for quarter in range(4)])  # (4n, 3, S, S)
        # Only images and normalisation are read; clips would be encoded in place of the turned images.
        whole = replace(dataset, images=np.ascontiguousarray(turned), clips=None)
        index = np.arange(len(turned))
        rows.append(encode(encoder, whole, index, device=config.train.device, size=input_size(config)))
        turns.append(torch.arange(4).repeat_interleave(len(images)))
    return fit_probe(rows[0], turns[0], rows[1], turns[1], 4).validation


_MEASURES: Mapping[str, Callable[[Path, str], float]] = {"knn": _knn, "task": _task, "rank": _rank, "rotation": _rotation}
