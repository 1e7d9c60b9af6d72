"""The network's inputs, computed by a method from the views, for an interactive preview."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from engine.augment.seeds import generator_for
from engine.augment.views import ViewDraw
from engine.catalogue import load
from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.data.dataset import Dataset
from engine.method import Method
from engine.methods.build_method import build_method
from engine.train.batches import Batches
from engine.train.setup import fit_to_data, setup_data
from engine.train.view_check import check_views


class InputsPreview:
    """Caches the method that was built last, because the next request is mostly for the same one. Not thread-safe."""

    def __init__(self) -> None:
        self._key = ""
        self._method: Method | None = None

    def __call__(
        self, config: RunConfig, dataset: Dataset, index: np.ndarray, draws: Sequence[ViewDraw], seed: int, step: int
    ) -> dict[str, np.ndarray]:
        """The method's inputs of the images at `index` under these draws of their views, by name: (n, h, w, 3) uint8, drawn as step
        `step` of a run of this seed draws. Empty where the network's inputs are the views, and where the method does not fit the
        config, which the check of the config reports."""
        if load(config.method.id).inputs is Method.inputs:
            return {}
        try:
            check_views(config)
            config = fit_to_data(config, dataset)
            method = self._built(config, dataset)
            batch = Batches(config, dataset, "cpu").of_draws(index, draws, generator_for(seed, "method", step))
            with torch.no_grad():
                inputs = method.inputs(batch)
        except ConfigError:
            return {}
        pixels = {name: (images.float().clamp(0, 1) * 255).round().byte() for name, images in inputs.items()}
        return {name: images.permute(0, 2, 3, 1).contiguous().numpy() for name, images in pixels.items()}

    def _built(self, config: RunConfig, dataset: Dataset) -> Method:
        parts = (config.method, config.backbone, config.views, config.train.seed, config.data)
        key = "\n".join(part.model_dump_json() if hasattr(part, "model_dump_json") else str(part) for part in parts)
        if key != self._key or self._method is None:
            method = build_method(config)
            setup_data(method, config, dataset)
            self._key, self._method = key, method.eval()
        return self._method
