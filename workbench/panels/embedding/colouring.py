"""Moved: see `workbench.samples.colouring`, which other panels use too."""

from workbench.samples.colouring import STEPS, Colouring, Entry, colour, value_text

__all__ = ["STEPS", "Colouring", "Entry", "colour", "value_text"]
