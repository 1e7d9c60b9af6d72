"""Questions about augmentation: previews of a config's views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from engine.study.results import ViewsPreview as ViewsPreview
from workbench.bridge.open_data import open_config
from workbench.bridge.question import ConfigQuestion, Context, Lane, Question


@dataclass(frozen=True)
class PreviewViews(ConfigQuestion[ViewsPreview]):
    """A few training images and all their views, made by the run's own pipeline.

    `rows`: the rows of the batch to show. If `step` is None, they index the training split, and the views are drawn with (seed,
    epoch 0, step 0); otherwise the batch is exactly that of this step, counted from 1, of a run with this config."""

    lane: ClassVar = Lane.QUICK
    opens_data: ClassVar = True
    rows: tuple[int, ...]
    seed: int
    step: int | None = None

    def answer(self, context: Context) -> ViewsPreview:
        """On one thread: a preview has to follow a slider while a run trains."""
        from engine.augment.threads import one_thread
        from engine.study.views_preview import ViewsPreviewer
        from engine.train.resolve import resolve

        with one_thread():
            config = resolve(self.config, check_method_views=False)
            dataset = open_config(context, config.data)
            return context.session.get(ViewsPreviewer).preview(config, dataset, self.rows, self.seed, self.step)


@dataclass(frozen=True)
class ComparePresets(ConfigQuestion[dict[str, list[np.ndarray]]]):
    """One training image, `row` of the training split, under several presets, each drawn from the same seed: answered by a dict of
    preset to a list of (s, s, 3) uint8 arrays, one a view."""

    lane: ClassVar = Lane.QUICK
    opens_data: ClassVar = True
    row: int
    seed: int
    presets: tuple[str, ...]

    def answer(self, context: Context) -> dict[str, list[np.ndarray]]:
        """Drawn as by PreviewViews."""
        from engine.study.views_preview import compare_presets
        from engine.train.resolve import resolve

        config = resolve(self.config, check_method_views=False)
        return compare_presets(open_config(context, config.data), self.row, self.seed, self.presets)


@dataclass(frozen=True)
class WriteTransform(Question[str]):
    """torchvision v2 code of one kind of view, given by the values of a ViewConfig, for images of side `size` px (0: 224)."""

    lane: ClassVar = Lane.QUICK
    view: Mapping[str, Any]
    size: int

    def answer(self, context: Context) -> str:
        """ConfigError where the view is invalid."""
        from engine.augment.torchvision_code import as_torchvision
        from engine.augment.views import REFERENCE_SIZE
        from engine.config.run import ViewConfig
        from engine.config.text import parse

        return as_torchvision(parse(ViewConfig, dict(self.view)), self.size or REFERENCE_SIZE)
