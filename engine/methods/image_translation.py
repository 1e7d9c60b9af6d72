"""Methods that translate images: the interface of `python -m engine translate`."""

from __future__ import annotations

from torch import Tensor
from typing_extensions import TypeVar

from engine.config.part import MethodConfig
from engine.method import Method

C = TypeVar("C", bound=MethodConfig, covariant=True, default=MethodConfig)


class TranslationMethod(Method[C]):
    """A method with a generator that turns images of the first set into images like those of the second."""

    def translate(self, pixels: Tensor) -> Tensor:
        """Translations of images (N, 3, H, W), as pixels between 0 and 1; H and W are multiples of the encoder's `multiple`."""
        raise NotImplementedError
