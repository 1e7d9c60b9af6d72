"""Questions about models that exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.bridge.question import Context, Lane, Question


@dataclass(frozen=True)
class OpenModel(Question[Mapping[str, Any]]):
    """The settings of a run that shows a model on images; published weights are downloaded. `weights`, `data`, `name`: see
    `engine.train.open_model.open_model`."""

    lane: ClassVar = Lane.LONG
    weights: str
    data: str
    name: str = ""

    def answer(self, context: Context) -> Mapping[str, Any]:
        """ConfigError where there are no such weights, or their encoder is not recognised."""
        from engine.train.open_model import open_model
        from engine.train.resolve import resolve

        settings = open_model(self.weights, self.data, name=self.name, progress=context.part()).settings
        resolve(settings)  # what cannot be trained is reported where it was chosen
        return settings
