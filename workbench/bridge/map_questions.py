"""What may be asked of a snapshot's samples beside its map (`questions.MapSnapshot`): numbers, clusters, ready selections.

All are about one embedding snapshot of a run. `row` counts within the snapshot, `index` within the data set. `space` is "features"
or "embedding" and `metric` "cosine" or "euclidean", as for MapSnapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from workbench.bridge.question import Lane, Question

# The kinds of map in the order in which to offer them, and what their authors call them.
TITLES: Mapping[str, str] = {"pca": "PCA", "umap": "UMAP", "tsne": "t-SNE", "pacmap": "PaCMAP", "umap_learn": "umap-learn"}


@dataclass(frozen=True)
class MapKind:
    """`kind`: what MapSnapshot takes; `title`: as its authors write it; `reason`: why it cannot be had and what to do about it, ""
    where it can; `scaled`: whether the slider from local to global says anything to it."""

    kind: str
    title: str
    reason: str = ""
    scaled: bool = True

    @property
    def available(self) -> bool:
        """Whether it can be had."""
        return not self.reason


@dataclass(frozen=True)
class MapKinds(Question[tuple[MapKind, ...]]):
    """Which kinds of map this machine can make: answered by a tuple of MapKind, in the order in which to offer them."""

    lane: ClassVar = Lane.QUICK


@dataclass(frozen=True, eq=False)
class Numbers:
    """`columns`: name to (n,) float32, nan where it says nothing; all rows of the snapshot. `meaning`: a line in English for each.

    "churn": share of the k nearest that are others than at the snapshot before (`previous`), 0 to 1; absent at the first snapshot.
    "outlier": mean of 1 - cosine to the k nearest, 0 to 2: large is far from all. "nearest": cosine to the nearest other sample:
    near 1 is a near-duplicate. "same_class": share of the k nearest that have the sample's own class, 0 to 1. "margin": that share
    less the one of the class with most votes among the others, -1 to 1: below 0 its neighbours would call it something else. Both
    are absent without labels."""

    folder: str
    epoch: int
    space: str
    index: np.ndarray
    columns: Mapping[str, np.ndarray]
    meaning: Mapping[str, str]
    previous: int | None = None
    k: int = 15


@dataclass(frozen=True)
class SampleNumbers(Question[Numbers]):
    """One number a sample, by several measures: answered by Numbers. `k`: how many neighbours they look at."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    space: str = "features"
    k: int = 15


@dataclass(frozen=True, eq=False)
class Losses:
    """As engine.study.sample_losses has it. `columns`: "loss" in the loss's own unit and "agreement", the mean cosine of a sample's
    views, -1 to 1, those that there are: (n,) float32, nan for a sample that the method does not know; all rows of the snapshot.
    `of`: the epoch of the checkpoint that says so. `chance`: the loss of who knows nothing. By column: `notes`, a sentence in
    English why there is none or what must be known of it, and `steady`, how far other draws would say the same, 0 to 1 or nan."""

    folder: str
    epoch: int
    of: int
    index: np.ndarray
    columns: Mapping[str, np.ndarray]
    chance: float | None
    notes: Mapping[str, str]
    steady: Mapping[str, float]


@dataclass(frozen=True)
class SampleLosses(Question[Losses]):
    """Each sample's own part of the loss, and the agreement of its views: answered by Losses. Takes a while the first time, and is
    kept with the run. `by`: who asks; of two askers the later one does not displace the other."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    by: str = "colours"

    @property
    def topic(self) -> str:
        """Two askers do not displace each other."""
        return f"{type(self).__name__}.{self.by}"


@dataclass(frozen=True, eq=False)
class Clusters:
    """`label`: (n,) int64 of all rows of the snapshot, the name of each one's cluster, -1 noise. Names last: a cluster is called as
    the one of the epoch `after` with which it shares most samples (0 the largest, at the epoch that had names first; `after` None),
    new ones take numbers not in use; `same`: share of the samples clustered at both epochs whose cluster has the same name at both.
    `count`: clusters; `noise`: share of rows in none. `nmi`, `ari`: agreement with the classes (normalised mutual information 0 to
    1, adjusted Rand index, 0 at chance), over the `of` rows that are in a cluster and whose class is known; nan where there are
    none."""

    folder: str
    epoch: int
    kind: str
    space: str
    index: np.ndarray
    label: np.ndarray
    count: int
    noise: float
    nmi: float
    ari: float
    of: int
    after: int | None = None
    same: float = float("nan")


@dataclass(frozen=True)
class ClusterSnapshot(Question[Clusters]):
    """Groups of samples without looking at labels: answered by Clusters. `kind`: "kmeans" (into `count`) or "hdbscan" (as many as
    there are, each of at least `least` samples; what lies between them is noise)."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    kind: str = "kmeans"
    count: int = 10
    least: int = 15
    space: str = "features"

    @property
    def topic(self) -> str:
        """The two kinds do not displace each other."""
        return f"{type(self).__name__}.{self.kind}"


@dataclass(frozen=True, eq=False)
class Duplicates:
    """`groups`: rows of the snapshot, each group (m,) int64 of at least two, the most alike group first; a group is what is linked,
    also through others. `similarity`: (g,) the highest cosine within each. `pairs`: how many pairs are linked. `rows`: all rows
    in a group, rising: the ready selection."""

    folder: str
    epoch: int
    threshold: float
    index: np.ndarray
    groups: tuple[np.ndarray, ...]
    similarity: np.ndarray
    pairs: int
    rows: np.ndarray


@dataclass(frozen=True)
class NearDuplicates(Question[Duplicates]):
    """Samples that are nearly one: answered by Duplicates. Two are linked where their cosine is at least `threshold`."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    threshold: float = 0.98
    space: str = "features"


@dataclass(frozen=True, eq=False)
class Outliers:
    """`rows`: (m,) rows of the snapshot, the farthest first; `score`: (m,) mean of 1 - cosine to the k nearest, as "outlier" of
    Numbers; `index`: (n,) of all rows of the snapshot."""

    folder: str
    epoch: int
    index: np.ndarray
    rows: np.ndarray
    score: np.ndarray


@dataclass(frozen=True)
class FindOutliers(Question[Outliers]):
    """The `count` samples that lie farthest from their `k` nearest: answered by Outliers."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    count: int = 60
    k: int = 15
    space: str = "features"
