"""Preview of a config's augmentation: all views of a few training images, and one image with several presets."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import torch

from engine.augment.clip_views import clip_view
from engine.augment.overlap import overlaps
from engine.augment.pipeline import Pipeline
from engine.augment.views import ViewDraw
from engine.catalogue import entry
from engine.config.errors import ConfigError
from engine.config.run import RunConfig, ViewsConfig
from engine.data.backgrounds import backgrounds_of
from engine.data.box_views import boxes_in_view
from engine.data.dataset import Dataset
from engine.data.sampler import RepeatedSampler, optimiser_steps, sampler_for, step_batches
from engine.study.preview import InputsPreview
from engine.study.results import ViewsPreview
from engine.train.known_labels import labelled_images
from engine.train.setup import fit_to_data
from engine.train.stages import stage_of_step, with_stage_views
from engine.train.view_check import check_masks

_OVERLAPS = 512  # pairs of crops


class ViewsPreviewer:
    """Caches what the next preview, of a similar config, needs again. Not thread-safe."""

    def __init__(self) -> None:
        self._inputs = InputsPreview()
        self._crops: tuple[object, np.ndarray] = None, np.zeros(0, np.float32)

    def preview(self, config: RunConfig, dataset: Dataset, rows: Sequence[int], seed: int, step: int | None = None) -> ViewsPreview:
        """Original and all views of a few training images, through the run's own pipeline.

        `rows`: which rows of the drawn batch. With `step` None they index the training split and the draw is (seed, epoch 0, step
        0); with a step, counted from 1 as in the metrics, the batch is that of the step in a run with this config, with the views
        and images of its stage."""
        started = time.perf_counter()
        with suppress(ConfigError):  # sizes that do not fit are reported by the check of the config
            config = fit_to_data(config, dataset)
        check_masks(config, dataset.masks is not None)
        chosen = np.asarray(rows, dtype=np.int64)
        if step is None:
            train = dataset.splits["train"]
            chosen = chosen[chosen < len(train)]
            index, n, epoch, at = train[chosen], int(chosen.max(initial=0)) + 1, 0, 0
        else:
            sampler = sampler_for(config.train, dataset.splits["train"])  # it counts steps from 0
            per_epoch = optimiser_steps(sampler.steps_per_epoch, config.optim.accumulate)
            at = step_batches(max(1, step) - 1, sampler.steps_per_epoch, config.optim.accumulate)[0]
            stage = stage_of_step(config, max(1, step) - 1, per_epoch)
            config = with_stage_views(config, stage)
            few = (
                RepeatedSampler(labelled_images(config, dataset), config.train.batch, config.train.seed) if stage.labelled else None
            )
            batch = (few or sampler).at(at)
            chosen = chosen[chosen < len(batch)]
            index, n, epoch = batch[chosen], len(batch), at // sampler.steps_per_epoch
        pipeline = Pipeline(config.views, dataset.size, backgrounds_of(dataset))
        drawn = pipeline.draw(n, seed, epoch, at)
        draws = [draw.take(chosen.tolist()) for draw in drawn]
        if step is None:
            inputs = self._inputs(config, dataset, index, draws, seed, at)
        else:
            # A method's draws for an image can depend on the batch's size: the whole batch is drawn, as in training.
            whole = self._inputs(config, dataset, batch, drawn, seed, at)
            inputs = {name: images[chosen] for name, images in whole.items()}
        sees_clips = "clips" in entry(config.method.id).needs
        return self._shown(pipeline, dataset, index, draws, inputs, seed, started, sees_clips)

    def of_images(self, config: RunConfig, dataset: Dataset, index: np.ndarray, seed: int) -> ViewsPreview:
        """The same for images at `index` (n,) of whatever split, drawn with (seed, epoch 0, step 0)."""
        started = time.perf_counter()
        with suppress(ConfigError):
            config = fit_to_data(config, dataset)
        check_masks(config, dataset.masks is not None)
        pipeline = Pipeline(config.views, dataset.size, backgrounds_of(dataset))
        draws = pipeline.draw(len(index), seed, 0, 0)
        inputs = self._inputs(config, dataset, index, draws, seed, 0) if len(dataset.splits) else {}
        return self._shown(pipeline, dataset, index, draws, inputs, seed, started, "clips" in entry(config.method.id).needs)

    def _shown(
        self,
        pipeline: Pipeline,
        dataset: Dataset,
        index: np.ndarray,
        draws: Sequence[ViewDraw],
        inputs: dict[str, np.ndarray],
        seed: int,
        started: float,
        sees_clips: bool,
    ) -> ViewsPreview:
        originals = np.ascontiguousarray(dataset.images[index])
        global_draws = [draw for draw, role in zip(draws, pipeline.roles, strict=True) if role == "global"][:2]
        return ViewsPreview(
            originals=np.ascontiguousarray(originals.transpose(0, 2, 3, 1)),
            views=tuple(pipeline.pictures(originals, draws, index)),
            boxes=tuple(np.asarray(draw.boxes, dtype=np.float32) for draw in draws),
            drawn=tuple(tuple(draw.describe_all()) for draw in draws),
            roles=tuple(pipeline.roles),
            shared=_overlaps(global_draws),
            overlaps=self._many_overlaps(pipeline, seed),
            inputs=inputs,
            masks=_masks(pipeline, index, draws),
            objects=_objects(dataset, index, draws),
            clips=_clips(dataset, index),
            view_clips=_view_clips(pipeline, dataset, index, draws) if sees_clips else (),
            milliseconds=(time.perf_counter() - started) * 1000,
        )

    def _many_overlaps(self, pipeline: Pipeline, seed: int) -> np.ndarray:
        """Overlaps of many draws. They depend on the crop's settings alone, so that they are computed again only when these
        change."""
        indices = [index for index, role in enumerate(pipeline.roles) if role == "global"][:2]
        views = [pipeline.views[index] for index in indices]
        crops = [(view.crop_min, view.crop_max, view.ratio_min, view.ratio_max) for view in views]
        key = seed, pipeline.source_size, tuple(indices), tuple(crops)
        if key != self._crops[0]:
            self._crops = key, _overlaps(pipeline.draw(_OVERLAPS, seed, 0, 0, indices))
        return self._crops[1]


def _masks(pipeline: Pipeline, index: np.ndarray, draws: Sequence[ViewDraw]) -> tuple[np.ndarray, ...]:
    if pipeline.backgrounds is None:
        return ()
    masks = pipeline.backgrounds.masks(index, "cpu")
    return tuple(part.numpy() for part in (masks, *pipeline.apply_masks(masks, draws)))


def _objects(dataset: Dataset, index: np.ndarray, draws: Sequence[ViewDraw]) -> tuple[tuple[np.ndarray, ...], ...]:
    if dataset.boxes is None:
        return ()
    boxes = dataset.boxes.take(index)
    every = (boxes, *(boxes_in_view(boxes, draw) for draw in draws))
    return tuple(tuple(some.corners[some.rows(row)] for row in range(len(index))) for some in every)


def _clips(dataset: Dataset, index: np.ndarray) -> np.ndarray:
    if dataset.clips is None:
        return np.zeros(0, np.uint8)
    return np.ascontiguousarray(np.asarray(dataset.clips[index]).transpose(0, 1, 3, 4, 2))


def _view_clips(pipeline: Pipeline, dataset: Dataset, index: np.ndarray, draws: Sequence[ViewDraw]) -> tuple[np.ndarray, ...]:
    if dataset.clips is None:
        return ()
    clips = torch.from_numpy(np.ascontiguousarray(dataset.clips[index]))
    views = [clip_view(pipeline, clips, draw) for draw in draws]
    return tuple((view.clamp(0, 1) * 255).round().byte().permute(0, 1, 3, 4, 2).contiguous().numpy() for view in views)


def compare_presets(dataset: Dataset, row: int, seed: int, presets: Sequence[str]) -> dict[str, list[np.ndarray]]:
    """One training image, `row` of the training split, under several presets, each drawn from the same seed: by preset one
    (s, s, 3) uint8 array a view."""
    train = dataset.splits["train"]
    image = np.ascontiguousarray(dataset.images[train[[row % len(train)]]])
    views = {}
    for preset in presets:
        pipeline = Pipeline(ViewsConfig(preset=preset), int(dataset.images.shape[-1]))
        views[preset] = [view[0] for view in pipeline.pictures(image, pipeline.draw(1, seed, 0, 0))]
    return views


def _overlaps(draws: Sequence[ViewDraw]) -> np.ndarray:
    """(n,) intersection over union of two views' crops; empty where there are not two."""
    return np.asarray(overlaps(*(draw.boxes for draw in draws)), dtype=np.float32) if len(draws) == 2 else np.zeros(0, np.float32)
