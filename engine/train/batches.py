"""The batch of a step, as a pure function of (config, data, step)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.augment.draw import draw_view
from engine.augment.pipeline import Pipeline
from engine.augment.seeds import generator_for
from engine.augment.views import ViewDraw
from engine.catalogue import FeedKind, entry
from engine.config.run import RunConfig
from engine.data.backgrounds import backgrounds_of
from engine.data.captions import Captions, texts_at
from engine.data.dataset import Dataset
from engine.data.read_ahead import ReadAhead
from engine.data.sampler import RepeatedSampler, Sampler, optimiser_steps, sampler_for, step_batches
from engine.distributed.rows import all_count, own_rows
from engine.method import Batch, Stage
from engine.train.clip_batches import clip_batch
from engine.train.known_labels import known_labels
from engine.train.stages import with_stage_views
from engine.train.view_check import used_views

# Share of a GPU's free memory that the stored images may take.
GPU_SHARE = 0.25
# Validation images that a method can be shown for its pictures.
HELD_OUT = 256


class Batches:
    """Draws, augments and normalises the views. Has no mutable state: `at(step)` always gives the same batch."""

    def __init__(self, config: RunConfig, dataset: Dataset, device: str) -> None:
        self.seed, self.accumulate = config.train.seed, config.optim.accumulate
        self.config, self.dataset = config, dataset
        self.device = torch.device(device)
        self.sampler = sampler_for(config.train, dataset.splits["train"])
        self.source: Sampler | RepeatedSampler = self.sampler
        self.labels = known_labels(config, dataset)
        self.pipeline = Pipeline(config.views, dataset.images.shape[-1], backgrounds_of(dataset, self._take))
        self._used = used_views(config)
        self.mean, self.std = torch.from_numpy(dataset.mean).float(), torch.from_numpy(dataset.std).float()
        self._shift = self.mean.to(self.device).view(1, 3, 1, 1)
        self._scale = (1.0 / self.std).to(self.device).view(1, 3, 1, 1)
        self._resident = self._on_gpu(dataset)
        self._swaps = "masks" in entry(config.method.id).needs and bool(config.method.values().get("swaps", True))
        self._of_clips = "clips" in entry(config.method.id).needs
        self._other = dataset.other if entry(config.method.id).other else None
        self._resident_other = self._on_gpu(self._other) if self._other is not None else None
        self._captions = dataset.captions if "captions" in entry(config.method.id).needs else None
        self._ahead = self._reader()
        self._other_ahead = ReadAhead([self._other.images] if self._other is not None and self._resident_other is None else [])

    def of_stage(self, stage: Stage) -> Batches:
        """The batches of a stage of the run, with its own views and images; these ones where it has neither. Steps are numbered
        alike."""
        if not stage.views and not stage.labelled:
            return self
        other = copy(self)
        if stage.views:
            config = with_stage_views(self.config, stage)
            other.pipeline = Pipeline(config.views, self.dataset.images.shape[-1], self.pipeline.backgrounds)
            other._used = tuple(range(len(other.pipeline.views)))
        if stage.labelled:
            train = np.sort(self.dataset.splits["train"])
            other._ahead = self._reader()  # for batches of the same numbers with other images
            other.source = RepeatedSampler(train[self.labels[train] >= 0], self.config.train.batch, self.seed)
        return other

    @property
    def kind(self) -> FeedKind:
        """Images of one data set, or of two."""
        return "images" if self._other is None else "domains"

    def state_dict(self) -> dict[str, Any]:
        """Nothing: a batch is a function of its number."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """ValueError for a state of another kind of feed."""
        if state:
            raise ValueError("the checkpoint is of a run that does not train on images alone")

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches in the number of training images: one pass, unless the order is a sliding window."""
        return self.sampler.steps_per_epoch

    def logged(self, step: int) -> range:
        """The numbers, for `at`, of the batches of a step in the metrics: the metrics count from 1, and with gradient accumulation
        a step has several batches."""
        return self.of_step(step - 1)

    def of_step(self, step: int) -> range:
        """The numbers, as `at` takes them, of the batches whose gradients the optimiser's step `step`, counted from 0, adds up."""
        return step_batches(step, self.steps_per_epoch, self.accumulate)

    @property
    def optimiser_steps(self) -> int:
        """Steps of the optimiser in an epoch."""
        return optimiser_steps(self.steps_per_epoch, self.accumulate)

    def index(self, step: int) -> np.ndarray:
        """The indices of the images in the data set."""
        return self.source.at(step)

    def draws(self, step: int, seed: int | None = None) -> list[ViewDraw]:
        """What is drawn for each view of the step's batch that the method trains on."""
        seed = self.seed if seed is None else seed
        return self.pipeline.draw(len(self.index(step)), seed, step // self.steps_per_epoch, step, self._used)

    def pixels(self, step: int) -> list[Tensor]:
        """The views of a step before normalisation, (N, 3, s, s) in 0..1 a view."""
        index = self.index(step)
        return self.pipeline.apply(self._take(index), self.draws(step), index)

    def at(self, step: int) -> Batch:
        """The batch of a step, on the device; in a training step of several ranks the rows of this one."""
        generator = generator_for(self.seed, "method", step)
        self._read_ahead(step)
        other = self.other_index(step) if self._other is not None else None
        index = self.index(step)
        rows = own_rows(torch.arange(len(index)))
        draws = [draw.take(rows) if len(rows) < len(index) else draw for draw in self.draws(step)]
        other = other[rows.numpy()] if other is not None else None
        return self._batch(index[rows.numpy()], draws, generator, other)

    def _reader(self) -> ReadAhead:
        images = self.dataset.images if self._resident is None else None
        return ReadAhead([images, self.dataset.clips if self._of_clips else None])

    def _read_ahead(self, step: int) -> None:
        """Begin to read the images of the next batches, where they are on the disk."""
        for ahead, index in ((self._ahead, self.index), (self._other_ahead, self.other_index)):
            if ahead.wanted:
                rows = own_rows(torch.arange(self.config.train.batch)).numpy()
                ahead.expect(range(step + 1, step + 1 + ahead.depth(len(rows))), partial(_rows_of, index, rows))

    def of(self, index: np.ndarray, seed: int = 0) -> Batch:
        """A batch of given images with its own random draw, for pictures: does not affect the draws of training."""
        draws = self.pipeline.draw(len(index), seed, 0, 0, self._used)
        return self._batch(index, draws, generator_for(seed, "pictures"))

    def of_draws(self, index: np.ndarray, draws: Sequence[ViewDraw], generator: torch.Generator) -> Batch:
        """A batch of given images with given draws of their views, a row an image."""
        return self._batch(index, list(draws), generator)

    def stored(self, index: Tensor) -> Tensor:
        """The stored images (n, 3, S, S) at indices (n,) into the data set, pixels between 0 and 1, on the device."""
        return self._take(index.cpu().numpy()).float() / 255

    def held_out(self) -> tuple[Tensor, Tensor]:
        """The first validation images (n, 3, S, S), as `stored` gives them, and their classes (n,)."""
        index = torch.from_numpy(np.asarray(self.dataset.splits["validation"][:HELD_OUT], dtype=np.int64))
        return self.stored(index), torch.from_numpy(self.labels[index.numpy()]).to(self.device)

    def _batch(
        self, index: np.ndarray, draws: list[ViewDraw], generator: torch.Generator, other: np.ndarray | None = None
    ) -> Batch:
        if other is None and self._other is not None:
            other = self._other_beside(index, generator.initial_seed())
        pixels = self.pipeline.apply(self._take(index), draws, index)
        # In place: these pixels were made for this batch alone.
        views = [self._normalised(view) for view in pixels]
        by_role: dict[str, list[Tensor]] = {"global": [], "local": []}
        for view, draw in zip(views, draws, strict=True):
            by_role[draw.view.role].append(view)
        texts: tuple[str, ...] = ()
        if self._captions is not None:
            # From the seed of the method's generator, which itself is not moved.
            texts = drawn_texts(self._captions, index, generator.initial_seed())
        drawn = [draw for draw in draws if draw.view.role == "global"]
        return Batch(
            texts=texts,
            other=self._other_view(other, generator.initial_seed()) if other is not None else None,
            negatives=self._negatives(index, drawn[0], generator.initial_seed()) if self._swaps else None,
            masks=(lambda: self._masks(index, drawn)) if self.pipeline.backgrounds is not None else None,
            views=by_role["global"],
            local=by_role["local"],
            index=torch.from_numpy(index),
            label=torch.from_numpy(self.labels[index]).to(self.device),
            generator=generator,
            mean=self.mean,
            std=self.std,
            draws=drawn,
            stored=self.stored,
            held_out=self.held_out,
            clips=clip_batch(self.pipeline, self.dataset, index, drawn[0], self.device) if self._of_clips else None,
        )

    def _normalised(self, pixels: Tensor) -> Tensor:
        return _channels_last(pixels.sub_(self._shift).mul_(self._scale))

    def _negatives(self, index: np.ndarray, draw: ViewDraw, seed: int) -> Tensor:
        """A view of another image's object before the background of the first view, with a crop and colours of its own."""
        backgrounds = self.pipeline.backgrounds
        assert backgrounds is not None
        own = draw_view(draw.view, draw.source, all_count(len(index)), generator_for(seed, "negatives"))
        own = own.take(own_rows(torch.arange(len(own))))
        chance = own_rows(torch.rand(all_count(len(index)), generator=generator_for(seed, "negatives", "objects")))
        images = backgrounds.swapped(self._take(index), index, draw, chance)
        [pixels] = self.pipeline.apply(images, [replace(own, ground=torch.full_like(own.ground, -1.0))])
        return self._normalised(pixels)

    def _masks(self, index: np.ndarray, draws: Sequence[ViewDraw]) -> list[Tensor]:
        assert self.pipeline.backgrounds is not None
        return self.pipeline.apply_masks(self.pipeline.backgrounds.masks(index, self.device), draws)

    def _take(self, index: np.ndarray) -> Tensor:
        return self._taken(self.dataset, self._resident, index)

    def _taken(self, dataset: Dataset, resident: Tensor | None, index: np.ndarray) -> Tensor:
        if resident is not None:
            return resident[torch.from_numpy(index).to(self.device)]
        ahead = self._other_ahead if dataset is self._other else self._ahead
        return torch.from_numpy(ahead.take(dataset.images, index)).to(self.device, non_blocking=True)

    def other_index(self, step: int) -> np.ndarray:
        """The indices (N,) of the second set's images of a step: its training images in a new order, again and again, whichever
        images of the first set are in the batch."""
        assert self._other is not None
        seed = generator_for(self.seed, "other").initial_seed() % 2**31
        return RepeatedSampler(self._other.splits["train"], self.config.train.batch, seed).at(step)

    def _other_beside(self, index: np.ndarray, seed: int) -> np.ndarray:
        """As many images of the second set as there are in `index`, of the split in which the first of these lies, drawn from the
        seed."""
        assert self._other is not None
        splits = self.dataset.splits
        name = next((name for name, members in splits.items() if len(index) and np.isin(index[0], members)), "train")
        members = self._other.splits[name]
        first = int(torch.randint(len(members), (1,), generator=generator_for(seed, "other")))
        return np.take(members, np.arange(first, first + len(index)), mode="wrap")

    def _other_view(self, index: np.ndarray, seed: int) -> Tensor:
        """A view of images (n,) of the second set, drawn as the first view of the first set's images are and normalised alike."""
        assert self._other is not None
        drawn = generator_for(seed, "other", "views").initial_seed() % 2**31
        [draw] = self.pipeline.draw(all_count(len(index)), drawn, 0, 0, self._used[:1])
        draw = draw.take(own_rows(torch.arange(len(draw))))
        # Backgrounds are those of the first set.
        draw = replace(draw, ground=torch.full_like(draw.ground, -1.0))
        [pixels] = self.pipeline.apply(self._taken(self._other, self._resident_other, index), [draw])
        return self._normalised(pixels)

    def _on_gpu(self, dataset: Dataset) -> Tensor | None:
        if self.device.type != "cuda":
            return None
        free, _ = torch.cuda.mem_get_info(self.device)
        if dataset.images.nbytes > GPU_SHARE * free:
            return None
        return torch.from_numpy(np.ascontiguousarray(dataset.images)).to(self.device)


def _rows_of(index: Callable[[int], np.ndarray], rows: np.ndarray, step: int) -> np.ndarray:
    taken: np.ndarray = index(step)[rows]
    return taken


def drawn_texts(captions: Captions, index: np.ndarray, seed: int) -> tuple[str, ...]:
    """One caption of each image (n,), drawn from `seed`; "" for an image without captions."""
    chances = own_rows(torch.rand(all_count(len(index)), generator=generator_for(seed, "captions"))).tolist()
    listed = texts_at(captions.texts, index)
    return tuple(texts[int(chance * len(texts))] if texts else "" for texts, chance in zip(listed, chances, strict=True))


def _channels_last(images: Tensor) -> Tensor:
    # Equal to .contiguous(memory_format=torch.channels_last), by a copy that is nine times as fast on a CPU.
    return images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
