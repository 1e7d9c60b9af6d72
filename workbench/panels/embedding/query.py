"""The former name of `sample_query`, which scripts outside this repository import."""

from workbench.panels.embedding.sample_query import QueryError, Table, find

__all__ = ["QueryError", "Table", "find"]
