"""The rendered set on which tests train a method."""

from __future__ import annotations

from engine.catalogue import entry
from engine.data.columns import missing
from engine.data.source_table import SOURCES


def needed_source(id: str) -> str:
    """The first rendered set that has what the method `id` needs beside images: shapes for most."""
    needs = entry(id).needs
    return next(row.id for row in SOURCES if row.rendered and not missing(needs, row.columns))
