"""One setting for every kind of map, from local, where only a few nearest neighbours count, to global, where many do."""

from __future__ import annotations

from collections.abc import Mapping

# At 0.5 each parameter has its library's own default; towards either end it is divided or multiplied by up to this.
_REACH = 5.0
# By kind, parameter (as MapSnapshot calls it) to default and whether it is a whole number. umap-learn: n_neighbors 15, min_dist
# 0.1; scikit-learn: perplexity 30; PaCMAP: n_neighbors 10, MN_ratio 0.5.
_MIDDLE: Mapping[str, Mapping[str, tuple[float, bool]]] = {
    "pca": {},
    "umap": {"neighbours": (15, True), "min_dist": (0.1, False)},
    "umap_learn": {"neighbours": (15, True), "min_dist": (0.1, False)},
    "tsne": {"perplexity": (30.0, False)},
    "pacmap": {"neighbours": (10, True), "mid_near": (0.5, False)},
}


def parameters(kind: str, share: float) -> dict[str, float]:
    """The parameters of a kind of map for `share` between local (0) and global (1), each rising with it geometrically: UMAP 3 to 75
    neighbours and a least distance of 0.02 to 0.5, t-SNE a perplexity of 6 to 150, PaCMAP 2 to 50 neighbours and 0.1 to 2.5
    mid-near pairs for each near one. Whole numbers are ints. PCA has none. `share` is clipped to 0 to 1; KeyError for another
    kind."""
    factor = _REACH ** (2 * min(1.0, max(0.0, share)) - 1)
    return {
        name: round(middle * factor) if whole else float(f"{middle * factor:.3g}")
        for name, (middle, whole) in _MIDDLE[kind].items()
    }
