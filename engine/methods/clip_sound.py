"""Methods that embed clips and their sounds in one space."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from torch import Tensor

from engine.method import ClipViews


@runtime_checkable
class ClipSoundMethod(Protocol):
    """A method with an encoder of sound, whose embeddings can be compared with those of clips."""

    def embed_pairs(self, clips: ClipViews) -> tuple[Tensor, Tensor]:
        """Embeddings (N, D) of length 1 of the frames of N clips, and of their sounds."""
