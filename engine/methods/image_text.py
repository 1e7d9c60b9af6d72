"""Methods that embed images and texts in one space: the interface that evaluation uses for zero-shot classification and
retrieval."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor
from typing_extensions import TypeVar

from engine.config.part import MethodConfig
from engine.method import Method

C = TypeVar("C", bound=MethodConfig, covariant=True, default=MethodConfig)


class ImageTextMethod(Method[C]):
    """A method with an encoder of images, which is exported and evaluated as that of every method, and an encoder of texts."""

    @property
    def ready(self) -> bool:
        """Whether `setup_captions` has been called, or a checkpoint was loaded."""
        raise NotImplementedError

    def embed_images(self, features: Tensor) -> Tensor:
        """Unit vectors (N, P) of the backbone's features (N, D)."""
        raise NotImplementedError

    def embed_texts(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors (N, P) of texts."""
        raise NotImplementedError
