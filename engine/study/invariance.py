"""Which factors a run's encoder kept and which it discarded: probes on backbone and projector, by epoch, stored with the run.

The factors are those that the data set has for each image, two that any picture has, and, for any data set, the augmentation
parameters of a view. Views are drawn by one standard recipe with every operation on, whatever augmentation the run used, so that
runs can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch.nn.functional import interpolate

from engine.augment.draw import draw_view
from engine.augment.seeds import generator_for
from engine.augment.views import ViewDraw
from engine.config.errors import complain, unwritten
from engine.config.run import RunConfig, ViewConfig
from engine.data.dataset import Dataset
from engine.embed.features import whole
from engine.evaluate.encoder import read_checkpoint
from engine.evaluate.probes import Cut, ProbeScores, Resamples, Target, fit_probes, with_verdicts
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.methods.build_method import input_size
from engine.runs.invariance_file import FactorReadings, Invariance, Reading, read_invariance, write_invariance
from engine.runs.reader import checkpoint_epochs, checkpoint_mark, checkpoint_path, read_config
from engine.study.spaces import Spaces

Epochs = Literal["last", "all"] | Sequence[int]

# The views' recipe. Strengths are SimCLR's on CIFAR-10 (2002.05709, App. B.9), but every view has colour jitter, rotation and blur,
# and crops keep at least a fifth of the image: smaller ones have too little information about it.
STANDARD: dict[str, Any] = {
    "count": 1,
    "crop_min": 0.2,
    "crop_max": 1.0,
    "flip": 0.5,
    "rotation": 30.0,
    "jitter": 1.0,
    "brightness": 0.4,
    "contrast": 0.4,
    "saturation": 0.4,
    "hue": 0.1,
    "grayscale": 0.25,
    "blur": 1.0,
    "sigma_min": 0.1,
    "sigma_max": 8.0,
    # Must not change: stored figures of runs are compared.
    "blur_unit": "reference",
    "hue_turn": "linear",
}
TRAIN, VALIDATION, TEST = 4000, 1000, 2000
PIXELS = 8  # side of the images for probes on pixels
_CHUNK = 512


@dataclass(frozen=True, eq=False)
class _Sample:
    """The images and a drawn view of each, rows in the order train, validation, test."""

    index: np.ndarray
    draw: ViewDraw
    cut: Cut
    of_images: tuple[Target, ...]
    of_views: tuple[Target, ...]
    resamples: Resamples

    @property
    def targets(self) -> tuple[Target, ...]:
        """All targets of probes."""
        return self.of_images + self.of_views


def invariance(
    folder: Path,
    epochs: Epochs = "last",
    spaces: Sequence[str] | None = None,
    images: tuple[int, int, int] = (TRAIN, VALIDATION, TEST),
    seed: int = 0,
    again: bool = False,
    progress: ProgressCallback | None = None,
) -> Invariance:
    """Measure a run and store the result in its folder as invariance.json; stored figures of the same checkpoint are not measured
    again, unless `again`.

    `epochs`: "last" (the newest checkpoint beside the untrained encoder), "all" (every checkpoint that was kept, too), or a list, 0
    for the untrained encoder. `spaces`: "features", "embedding", or None for all that the method has. `images`: at most so many for
    fitting, for choosing the L2 strength, for the score. `progress` is called with the fraction done and a text; an error
    that it raises ends the work, and completed epochs stay stored. On the CPU.

    ConfigError where there is no run, checkpoint or epoch, or too few images."""
    folder, report = Path(folder), progress or no_progress
    wanted = _wanted(folder, epochs)
    settings = {"images": list(images), "seed": seed, "view": STANDARD, "pixels": PIXELS, "spaces": sorted(spaces or ("all",))}
    stored = None if again else read_invariance(folder)
    if stored is not None and stored.asked != settings:
        stored = None
    fresh = _fresh(folder, stored)
    if stored is not None and set(wanted) <= fresh and (wanted[-1] != _last(folder) or stored.last == wanted[-1]):
        report(1.0, "done")
        return stored
    report(0.0, "opening the data")
    untrained = Spaces(folder, 0, part_of(report, 0.0, 0.05))
    names = _chosen(untrained, spaces)
    sample = _sample(untrained.dataset, untrained.config, images, seed)
    missing = [epoch for epoch in wanted if epoch not in fresh and epoch != 0]
    steps = len(missing) + 1

    def ticking(number: int, text: str) -> ProgressCallback:
        return part_of(report, 0.05 + 0.95 * number / steps, 0.05 + 0.95 * (number + 1) / steps, text)

    pixels = _pixels(untrained, sample)
    plain = fit_both(pixels, sample)
    of_pixels = with_verdicts(plain, sample.resamples, None, {name: sample.resamples.reading(mark) for name, mark in plain.items()})
    marks = _scores(untrained, names, sample, ticking(0, "untrained encoder"))
    readings = _kept(stored, fresh) if stored is not None else {}
    for space in names:
        for name, reading in with_verdicts(marks[space], sample.resamples, None, of_pixels).items():
            readings.setdefault((name, space), {})[0] = reading
    checkpoints = {epoch: mark for epoch, mark in (stored.checkpoints.items() if stored is not None else ()) if epoch in fresh}
    last = stored.last if stored is not None and stored.last in fresh else -1
    result = _result(folder, untrained, sample, of_pixels, readings, {**checkpoints, 0: 0}, last, names, settings)
    for number, epoch in enumerate(missing, 1):
        newest = epoch == wanted[-1] and epoch == _last(folder)
        checkpoints[epoch] = checkpoint_mark(folder, None if newest else epoch)
        trained = Spaces(folder, None if newest else epoch)
        now = _scores(trained, names, sample, ticking(number, f"epoch {epoch}"))
        for space in names:
            for name, reading in with_verdicts(now[space], sample.resamples, marks[space], of_pixels).items():
                readings.setdefault((name, space), {})[epoch] = reading
        last = epoch if newest else last
        result = _result(folder, untrained, sample, of_pixels, readings, {**checkpoints, 0: 0}, last, names, settings)
        _store(folder, result)
    if not missing:
        _store(folder, result)
    report(1.0, "done")
    return result


def _store(folder: Path, result: Invariance) -> None:
    try:
        write_invariance(folder, result)
    except OSError as error:
        raise unwritten("run", "a folder that can be written", folder, error) from None


# Which epochs


def _last(folder: Path) -> int:
    """The epoch of the newest checkpoint. ConfigError where there is none."""
    return int(read_checkpoint(checkpoint_path(folder)).get("epoch", 0))


def _wanted(folder: Path, epochs: Epochs) -> list[int]:
    """The epochs in order; that of the newest checkpoint, if included, is the last."""
    read_config(folder)  # raises ConfigError where this is no run
    kept, last = checkpoint_epochs(folder), _last(folder)
    if isinstance(epochs, str):
        if epochs not in ("last", "all"):
            raise complain("epochs", "last, all, or a list of epochs", epochs)
        wanted = {0, last} | (set(kept) if epochs == "all" else set())
    else:
        wanted = {0, *epochs}
        unknown = sorted(wanted - {0, last, *kept})
        if unknown:
            known = ", ".join(map(str, [0, *kept, last]))
            raise complain("epochs", f"epochs with a checkpoint: {known}", unknown[0], "Set train.keep to keep more of a new run.")
    return sorted(wanted)


def _fresh(folder: Path, stored: Invariance | None) -> set[int]:
    """The epochs whose stored figures are of the current checkpoint."""
    if stored is None:
        return set()
    kept, epochs = checkpoint_epochs(folder), {0}
    for epoch, mark in stored.checkpoints.items():
        at = checkpoint_mark(folder, epoch if epoch in kept and epoch != stored.last else None)
        if epoch in kept or epoch == stored.last:
            epochs |= {epoch} if at and at == mark else set()
    return epochs & set(stored.epochs)


def _kept(stored: Invariance, fresh: set[int]) -> dict[tuple[str, str], dict[int, Reading]]:
    """The readings of epochs that are still valid, by factor and space."""
    return {
        (factor.name, space): {epoch: reading for epoch, reading in by_epoch.items() if epoch in fresh}
        for factor in stored.factors
        for space, by_epoch in factor.readings.items()
    }


def _chosen(run: Spaces, spaces: Sequence[str] | None) -> tuple[str, ...]:
    for space in spaces or ():
        if space not in run.names:
            remedy = "This method's projector has no row of its own for each view." if space == "embedding" else ""
            raise complain("space", f"one of {', '.join(run.names)}", space, remedy)
    return tuple(name for name in run.names if spaces is None or name in spaces)


# Targets


def _sample(dataset: Dataset, config: RunConfig, images: tuple[int, int, int], seed: int) -> _Sample:
    parts = []
    for split, many in zip(("train", "validation", "test"), images, strict=True):
        index = dataset.splits[split]
        order = torch.randperm(len(index), generator=generator_for(seed, "probes", split)).numpy()
        parts.append(np.sort(index[order[:many]]))
    edges = np.cumsum([0, *map(len, parts)]).tolist()
    cut, index = Cut(*(slice(a, b) for a, b in pairwise(edges))), np.concatenate(parts)
    view = ViewConfig(**{**STANDARD, "size": input_size(config)})
    draw = draw_view(view, dataset.size, len(index), generator_for(seed, "probes", "views"))
    of_images = tuple(target for target in (*_known(dataset, index), *_of_picture(dataset, index)) if target.can_be_probed(cut))
    of_views = tuple(target for target in _drawn(draw, config) if target.can_be_probed(cut))
    if not of_images and not of_views:
        need = f"at least 20 images in training, validation and test, of which it has {', '.join(str(len(part)) for part in parts)}"
        raise complain("data.source", need, config.data.source, "Probes on fewer say nothing.")
    return _Sample(index, draw, cut, of_images, of_views, Resamples.of(len(parts[2]), seed))


def _known(dataset: Dataset, index: np.ndarray) -> list[Target]:
    """The factors of the data set, and the class unless a factor is equal to it."""
    targets = [Target(name, "known", factor.kind, factor.values[index]) for name, factor in dataset.factors.items()]
    labels = dataset.labels
    if (labels >= 0).any() and not any(np.array_equal(factor.values, labels) for factor in dataset.factors.values()):
        targets.insert(0, Target("class", "known", "category", labels[index]))
    return targets


def _of_picture(dataset: Dataset, index: np.ndarray) -> list[Target]:
    """Factors of any picture: mean lightness, and the mean colour's deviation from grey, on the axes red-green and blue-yellow."""
    means = np.concatenate(
        [dataset.images[index[start : start + _CHUNK]].mean((2, 3), dtype=np.float64) for start in range(0, len(index), _CHUNK)]
    )
    red, green, blue = (means / 255).T
    lean = np.stack([(red - green) / 2**0.5, (red + green - 2 * blue) / 6**0.5], axis=1)
    return [
        Target("mean lightness", "picture", "number", means.mean(1) / 255),
        Target("mean colour", "picture", "vector", lean),
    ]


def _drawn(draw: ViewDraw, config: RunConfig) -> list[Target]:
    """The augmentation parameters of each view. Saturation and hue are undefined for grey views."""
    box, views = draw.boxes.double().numpy(), config.views.groups
    coloured = ~draw.gray.numpy()
    factors = draw.factors.double().numpy()

    def own(name: str) -> bool:
        return any(view.jitter and getattr(view, name) for view in views)

    crops = any(view.crop_min < 1 for view in views)
    numbers: list[tuple[str, np.ndarray, np.ndarray | None, bool]] = [
        ("crop x", (box[:, 0] + box[:, 2]) / 2, None, crops),
        ("crop y", (box[:, 1] + box[:, 3]) / 2, None, crops),
        ("crop area", (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1]), None, crops),
        ("view rotation", draw.angle.double().numpy(), None, any(view.rotation for view in views)),
        ("brightness", factors[:, 0], None, own("brightness")),
        ("contrast", factors[:, 1], None, own("contrast")),
        ("saturation", factors[:, 2], coloured, own("saturation")),
        ("hue shift", factors[:, 3], coloured, own("hue")),
        ("blur", draw.sigma.double().numpy(), None, any(view.blur for view in views)),
    ]
    targets = [Target(name, "drawn", "number", values, rows, used) for name, values, rows, used in numbers]
    targets.insert(3, Target("flip", "drawn", "category", draw.flip.long().numpy(), None, any(view.flip for view in views)))
    gray = any(view.grayscale for view in views)
    targets.insert(-1, Target("grayscale", "drawn", "category", draw.gray.long().numpy(), None, gray))
    return targets


# Inputs of the probes


def fit_both(rows: tuple[np.ndarray, np.ndarray], sample: _Sample) -> dict[str, ProbeScores]:
    """Probes of all factors on rows of whole images and of views, (n, d) each: an image's own factors from the image; augmentation
    parameters from the view and its image together, as Lee et al. (2111.09613) do, because the brightness of a view alone is mostly
    that of its image."""
    image, view = rows
    return {
        **fit_probes(image, sample.of_images, sample.cut),
        **fit_probes(np.concatenate([view, image], axis=1), sample.of_views, sample.cut),
    }


def _pixels(run: Spaces, sample: _Sample) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3 * 8 * 8) of whole images and of views."""
    columns: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    for part in _parts(len(sample.index)):
        for pixels, rows in zip(_both(run, sample, part), columns, strict=True):
            small = interpolate(pixels, size=(PIXELS, PIXELS), mode="bilinear", antialias=True, align_corners=False)
            rows.append(small.flatten(1).numpy())
    return np.concatenate(columns[0]), np.concatenate(columns[1])


def _scores(run: Spaces, names: Sequence[str], sample: _Sample, tick: ProgressCallback) -> dict[str, dict[str, ProbeScores]]:
    """Scores of the probes of every factor, by space."""
    rows: dict[str, tuple[list[np.ndarray], list[np.ndarray]]] = {name: ([], []) for name in names}
    for part in _parts(len(sample.index)):
        tick(0.5 * part.start / len(sample.index))
        features = run.of(_both(run, sample, part), sample.index[part])
        for name in names:
            image, view = np.split(features[name], 2)
            rows[name][0].append(image)
            rows[name][1].append(view)
    marks = {}
    for number, name in enumerate(names):
        tick(0.5 + 0.5 * number / len(names))
        marks[name] = fit_both((np.concatenate(rows[name][0]), np.concatenate(rows[name][1])), sample)
    return marks


def _both(run: Spaces, sample: _Sample, part: slice) -> list[torch.Tensor]:
    """Some of the images whole and some views, (m, 3, s, s) each, pixels between 0 and 1."""
    index = sample.index[part]
    return [whole(run.dataset, index, torch.device("cpu"), sample.draw.size), *run.pixels(index, [sample.draw.take(part)])]


def _parts(n: int) -> list[slice]:
    return [slice(start, min(n, start + _CHUNK)) for start in range(0, n, _CHUNK)]


# Result


def _result(
    folder: Path,
    run: Spaces,
    sample: _Sample,
    pixels: Mapping[str, Reading],
    readings: Mapping[tuple[str, str], dict[int, Reading]],
    checkpoints: Mapping[int, int],
    last: int,
    names: tuple[str, ...],
    settings: Mapping[str, Any],
) -> Invariance:
    factors = []
    for target in sample.targets:
        test = target.rows()[sample.cut.test]
        values = target.values[sample.cut.test][test]
        factors.append(
            FactorReadings(
                name=target.name,
                group=target.group,
                kind=target.kind,
                measure=target.measure,
                chance=_chance(target, values, sample.cut),
                rows=int(test.sum()),
                own=target.own,
                pixels=replace(pixels[target.name]),
                readings={name: dict(sorted(readings.get((target.name, name), {}).items())) for name in names},
            )
        )
    return Invariance(
        run=folder.name,
        method=run.config.method.id,
        data=run.dataset.name,
        spaces=names,
        epochs=tuple(sorted(checkpoints)),
        last=last,
        factors=tuple(factors),
        checkpoints=dict(checkpoints),
        asked=settings,
        protocol=_protocol(sample),
    )


def _chance(target: Target, test: np.ndarray, cut: Cut) -> float:
    if target.kind != "category":
        return 0.0
    train = target.values[cut.train][target.rows()[cut.train]]
    return float((test == np.bincount(train).argmax()).mean())


def _protocol(sample: _Sample) -> str:
    """A description of the protocol."""
    train, validation, test = (part.stop - part.start for part in sample.cut)
    recipe = ", ".join(f"{key} {value:g}" for key, value in STANDARD.items() if key != "count" and not isinstance(value, str))
    return (
        f"Frozen encoder in eval mode. A probe is fitted on {train} training images, its L2 strength chosen on {validation} "
        f"validation images, scored once on {test} test images: multinomial logistic regression for categories (accuracy), ridge "
        f"regression for numbers, angles (as cosine and sine) and vectors (R²). An image's own factors are read from the whole "
        f"image without augmentation, what was drawn from one view beside its whole image. Views: {recipe}. "
        f"kept = (score - chance) / (1 - chance). Intervals of 95 % by the percentile bootstrap over test images, those of changes "
        f"paired. Pixels: the same probes on images of {PIXELS} x {PIXELS} px. "
        f"Untrained: the same encoder with the run's own initial weights, read in the same way."
    )
