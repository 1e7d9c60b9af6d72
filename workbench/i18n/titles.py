"""The titles of fields, made from their names where the config gives none."""

from __future__ import annotations

# Words whose spelling differs in a title.
_SPELLING = {"lr": "learning rate", "knn": "kNN", "mlp": "MLP", "ema": "EMA", "vit": "ViT", "bn": "BN", "dim": "dimension"}
_KEPT = ("kNN", "MLP", "EMA", "ViT", "BN")


def title_of(name: str, given: object = None) -> str:
    """`given`, unless it is the title that pydantic generates; then the name as a title ("knn_every" -> "kNN every")."""
    generated = name.replace("_", " ").title()
    if isinstance(given, str) and given and given != generated:
        return given
    text = " ".join(_SPELLING.get(word, word) for word in name.split("_"))
    return text if text.startswith(_KEPT) else text[:1].upper() + text[1:]
