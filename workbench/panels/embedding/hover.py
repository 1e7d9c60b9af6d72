"""Moved: see `workbench.samples.hover`, which other panels use too."""

from workbench.samples.hover import HoverCard

__all__ = ["HoverCard"]
