"""Networks of other code behind this program's interface: their width and the sizes that they take are found by a forward pass."""

from __future__ import annotations

import math
from abc import abstractmethod

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.backbones.modes import evaluating
from engine.config.errors import ConfigError, complain


class AdaptedBackbone(Backbone):
    """An encoder around a network of a library or of a person. Subclasses give `forward` and the last map."""

    def __init__(self) -> None:
        super().__init__()
        self._finer: bool | None = None

    @property
    @abstractmethod
    def title(self) -> str:
        """The encoder's name for an error."""

    @abstractmethod
    def last_map(self, images: Tensor) -> Tensor | None:
        """The last map (N, C, s, s) for images (N, 3, S, S); None where the network has none."""

    @abstractmethod
    def refused(self, error: Exception, size: int, group: int) -> ConfigError:
        """The error for views of a group, of `size` px, on which the network raised `error`."""

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """(N, 3, S, S) to (N, dim, s, s). Where the map has fewer than `least` cells a side and the network takes larger images,
        they are enlarged first. ConfigError for a network without a map."""
        cells = self._map(images)
        side = cells.shape[-1]
        if side < least and self._takes_larger(images):
            enlarged = math.ceil(images.shape[-1] * least / side / self.multiple) * self.multiple
            cells = self._map(F.interpolate(images, size=enlarged, mode="bilinear", antialias=True))
        return cells

    def check_size(self, size: int, group: int) -> None:
        """ConfigError where the network does not take the views of a group (counted from 0), of `size` px: after many strides
        nothing is left of a small view, and some networks take one size alone."""
        if size != self.size:
            self.measured_width(size, group)

    def measured_width(self, size: int, group: int = 0) -> int:
        """Width of the features of images of `size` px. ConfigError where the network does not take them."""
        with torch.no_grad(), evaluating(self):
            try:
                return int(self(torch.zeros(1, 3, size, size)).shape[1])
            except ConfigError:
                raise
            except Exception as error:  # each architecture refuses a size in a way of its own
                raise self.refused(error, size, group) from error

    def _map(self, images: Tensor) -> Tensor:
        cells = self.last_map(images)
        if cells is None or cells.shape[1] != self.dim:
            allowed = "an encoder with a feature map as wide as its features, which this method or task needs"
            raise complain("backbone.name", allowed, self.title, "Choose another encoder.")
        return cells

    def _takes_larger(self, images: Tensor) -> bool:
        """Whether the network takes images of twice the side."""
        if self._finer is None:
            side = 2 * images.shape[-1]
            with torch.no_grad(), evaluating(self):
                try:
                    self._map(images.new_zeros(1, 3, side, side))
                    self._finer = True
                except (AssertionError, RuntimeError, TypeError, ValueError):
                    self._finer = False
        return self._finer
