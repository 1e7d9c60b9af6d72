"""What is right in a config and should yet be known before the run starts. Templates: they are translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MORE_VIEWS = "{method} trains on {most} global views. Not drawn: {left} more."
NO_LOCAL_VIEWS = "{method} takes no local views. Not drawn: {left}."
SEPARATE_BATCHES = (
    "{method} compares the images of one batch with one another: {accumulate} accumulated batches of {batch} "
    "are not a batch of {all}."
)
NOTES = (MORE_VIEWS, NO_LOCAL_VIEWS, SEPARATE_BATCHES)


@dataclass(frozen=True)
class Note:
    """A remark on the setting at `key`: one of NOTES as `text`, and the `values` that fill it."""

    key: str
    text: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.values)
