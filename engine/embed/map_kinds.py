"""The kinds of map and their settings. Torch-free, and to stay so: the window imports it at its start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# In the order in which to offer them, and what their authors call them.
MAP_TITLES: Mapping[str, str] = {"pca": "PCA", "umap": "UMAP", "tsne": "t-SNE", "pacmap": "PaCMAP", "umap_learn": "umap-learn"}
KINDS = tuple(MAP_TITLES)


@dataclass(frozen=True)
class MapKind:
    """`kind`: one of KINDS; `title`: as its authors write it; `reason`: why it cannot be made here and what to do about it, ""
    where it can; `scaled`: whether it has parameters between local and global (engine.embed.scale)."""

    kind: str
    title: str
    reason: str = ""
    scaled: bool = True

    @property
    def available(self) -> bool:
        """Whether it can be made here."""
        return not self.reason
