"""The window: it shows what the engine computes.

pydantic is imported here, before PySide6 can be. PySide6 reads the source of every module that is imported after it, and asks parts
of pydantic, which import one another, for attributes that they do not have yet: the program ended before its window was there."""

from pydantic import BaseModel, Field, TypeAdapter, ValidationError  # noqa: F401
