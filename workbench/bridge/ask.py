"""The one way in which a panel asks for something to be computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from workbench.bridge.questions import Question


class Ask(Protocol):
    """Ask a question; `answer` gets the result in the GUI thread, `failed` a sentence, `progress` a share from 0 to 1.

    Exactly one of `answer` and `failed` is called, unless a newer question of the same topic has replaced this one: then
    neither is. A plain function with four positional parameters serves as well (tests hand in fakes)."""

    def __call__(
        self,
        question: Question,
        answer: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
        progress: Callable[[float], None] | None = None,
        /,
    ) -> None: ...
