"""Questions about the agent of a run in a world."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from engine.study.results import Episode as Episode
from workbench.bridge.question import Context, Lane, Question


@dataclass(frozen=True)
class PlayEpisode(Question[Episode]):
    """A held-out episode by a run's newest agent: answered by Episode. Another `number`, another scene."""

    lane: ClassVar = Lane.SLOW
    folder: str
    number: int = 0

    def answer(self, context: Context) -> Episode:
        """ConfigError where the run has no checkpoint yet."""
        from engine.study.episode import play_episode

        return play_episode(Path(self.folder), self.number, progress=context.part())
