"""Moved: see `workbench.samples.images`, which other panels use too."""

from workbench.samples.images import KEPT, Images, Then

__all__ = ["KEPT", "Images", "Then"]
