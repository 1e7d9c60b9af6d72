"""Which settings a search finds: by title, key, help, and the other words that are declared beside the field, in English and in the
window's language."""

from __future__ import annotations

from workbench.forms.field import Field
from workbench.i18n.engine_texts import engine_text


def matches(field: Field, query: str, *more: str) -> bool:
    """Whether every word of the query occurs in the field's texts. `more`: further texts of the field, for example its section."""
    own = (field.title, field.help, field.also)
    text = " ".join((field.key, *own, *map(engine_text, own), *more)).lower()
    return all(word in text for word in query.lower().split())
