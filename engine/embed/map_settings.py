"""The settings of a map of a run's snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from engine.config.errors import complain
from engine.embed.feature_neighbours import as_metric
from engine.embed.map_kinds import KINDS
from engine.embed.scale import parameters


class MapParameters(TypedDict, total=False):
    """The parameters of a kind of map, as `MapWorkers.make` has them."""

    neighbours: int
    min_dist: float
    perplexity: float
    mid_near: float


@dataclass(frozen=True)
class MapSettings:
    """The settings of a map.

    `kind`: one of KINDS. `neighbours`: of UMAP, umap-learn and PaCMAP; `min_dist`: of UMAP and umap-learn; `supervised`: of
    umap-learn, whether samples of one class are pulled together; `perplexity`: of t-SNE; `mid_near`: PaCMAP's
    MN_ratio. `metric`: "cosine" or "euclidean", of the neighbours that the map is to preserve (PCA has none; its quality is
    measured by it). `space`: "features" or "embedding", see SnapshotSpaces. `rows`: the rows of the snapshot to map, () for all.
    `limit`: map at most this many rows, a sample stratified by label, always the same; 0 for all."""

    kind: str = "pca"
    neighbours: int = 15
    min_dist: float = 0.1
    perplexity: float = 30.0
    mid_near: float = 0.5
    metric: str = "cosine"
    space: str = "features"
    rows: tuple[int, ...] = ()
    limit: int = 0
    supervised: bool = False

    @classmethod
    def of_scale(cls, kind: str, share: float) -> MapSettings:
        """A kind of map with its parameters between local (0) and global (1), see engine.embed.scale. ConfigError where there is no
        such kind."""
        if kind not in KINDS:
            raise complain("kind", f"one of {', '.join(KINDS)}", kind)
        values, default = parameters(kind, share), cls(kind)
        return cls(
            kind=kind,
            neighbours=int(values.get("neighbours", default.neighbours)),
            min_dist=values.get("min_dist", default.min_dist),
            perplexity=values.get("perplexity", default.perplexity),
            mid_near=values.get("mid_near", default.mid_near),
        )

    @property
    def own(self) -> MapParameters:
        """The parameters that apply to this kind of map."""
        if self.kind == "tsne":
            return {"perplexity": self.perplexity}
        if self.kind == "pacmap":
            return {"neighbours": self.neighbours, "mid_near": self.mid_near}
        return {} if self.kind == "pca" else {"neighbours": self.neighbours, "min_dist": self.min_dist}

    def check(self) -> None:
        """ConfigError where a value is unknown or two do not fit together."""
        if self.kind not in KINDS:
            raise complain("kind", f"one of {', '.join(KINDS)}", self.kind)
        as_metric(self.metric)
        if self.supervised and self.kind != "umap_learn":
            raise complain("supervised", "off for this kind of map", True, "Choose the kind umap-learn.")
