"""Questions about the documentation: pages that need no network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from workbench.bridge.question import Context, Lane, Question, Where


@dataclass(frozen=True)
class ManualPage:
    """`name` as in engine.manual; `text`: Markdown."""

    name: str
    text: str


@dataclass(frozen=True)
class ReadManualPage(Question[ManualPage]):
    """A page of the documentation: answered by ManualPage. A method's page is made from its code, which imports torch."""

    lane: ClassVar = Lane.QUICK
    where: ClassVar = Where.WINDOW
    name: str

    def answer(self, context: Context) -> ManualPage:
        """ConfigError where there is no such page."""
        from engine.manual import page

        return ManualPage(self.name, page(self.name))


@dataclass(frozen=True)
class ListManualPages(Question[dict[str, str]]):
    """The titles of all pages but those of single methods: answered by a dict, by name."""

    lane: ClassVar = Lane.QUICK
    where: ClassVar = Where.WINDOW

    def answer(self, context: Context) -> dict[str, str]:
        """From the pages' first headings."""
        from engine.manual import contents

        return contents()
