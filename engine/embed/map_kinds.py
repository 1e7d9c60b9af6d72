"""The kinds of map and their settings. Must not import torch: the window imports it at its start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# In the order of menus, with their authors' names.
MAP_TITLES: Mapping[str, str] = {"pca": "PCA", "umap": "UMAP", "tsne": "t-SNE", "pacmap": "PaCMAP", "umap_learn": "umap-learn"}
KINDS = tuple(MAP_TITLES)


@dataclass(frozen=True)
class MapKind:
    """`kind`: one of KINDS; `title`: as its authors write it; `reason`: why it is not available on this machine, with the remedy;
    "" where it is; `scaled`: whether it has parameters between local and global (engine.embed.scale)."""

    kind: str
    title: str
    reason: str = ""
    scaled: bool = True

    @property
    def available(self) -> bool:
        """Whether it is available on this machine."""
        return not self.reason
