"""What the engine answers about clusters of a snapshot's samples: groups whose names last from epoch to epoch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.runs.reader import Snapshot, snapshots
from workbench.bridge.map_questions import Clusters, ClusterSnapshot
from workbench.bridge.ticking import Tell, Wanted, ticking

if TYPE_CHECKING:
    from engine.embed.cluster_tracking import ClusterStore, Named

_KEPT = 256
Rows = Callable[[str, int, str, Tell, Wanted], tuple[np.ndarray, np.ndarray]]


class ClusterAnswers:
    """Keeps clusters and their names. Which epoch is asked for first decides where the names begin, so once given they stay, with
    the run. To go by the epoch that was shown before would give an epoch other colours whenever one came to it another way; to
    begin at the newest would rename all whenever a run that trains writes one more. Asked by one line of questions. `rows`:
    features of a snapshot in a space, and the samples' places in the data set."""

    def __init__(self, snapshot: Callable[[str, int], Snapshot], rows: Rows) -> None:
        self._snapshot, self._rows = snapshot, rows
        # By question, and what tells the features from others.
        self._kept: OrderedDict[ClusterSnapshot, tuple[int, Named]] = OrderedDict()

    def clusters(self, asked: ClusterSnapshot, progress: Tell, wanted: Wanted) -> Clusters:
        """Groups, and their agreement with the classes."""
        from engine.embed.cluster_tracking import ClusterStore, steps
        from engine.embed.clusters import agreement

        folder = Path(asked.folder)
        number = {"count": asked.count} if asked.kind == "kmeans" else {"least": asked.least}
        store = ClusterStore(folder, asked.kind, {**number, "space": asked.space})
        known = {one.epoch for one in self._kept if replace(one, epoch=asked.epoch) == asked} | set(store.epochs())
        # The projector's space between two epochs would have to be computed first.
        there = tuple(snapshots(folder)) if asked.space == "features" else ()
        start, way = (None, [asked.epoch]) if asked.epoch in known else steps(asked.epoch, sorted(known), there)
        if asked.epoch in known and len(known) > 1:
            # Should the space have changed since, its names come from the next one.
            start = min(known - {asked.epoch}, key=lambda one: abs(one - asked.epoch))
        found: Named | None = None
        for place, epoch in enumerate(way):
            tick = ticking(progress, wanted, place / len(way), (place + 1) / len(way))
            tick(0.0)
            found, start = self._one(replace(asked, epoch=epoch), store, start, tick, wanted), epoch
        assert found is not None
        classes = self._snapshot(asked.folder, asked.epoch).label.astype(np.int64)
        nmi, ari, of = agreement(found.label, classes if (classes >= 0).any() else None)
        return Clusters(
            folder=asked.folder,
            epoch=asked.epoch,
            kind=asked.kind,
            space=asked.space,
            index=found.index,
            label=found.label,
            count=len(np.unique(found.label[found.label >= 0])),
            noise=float((found.label < 0).mean()) if len(found.label) else 0.0,
            nmi=nmi,
            ari=ari,
            of=of,
            after=found.after,
            same=found.same,
        )

    def _one(self, asked: ClusterSnapshot, store: ClusterStore, start: int | None, tick: Tell, wanted: Wanted) -> Named:
        """The clusters of one epoch, called as those of the epoch `start`."""
        from engine.embed.cluster_tracking import Named, named
        from engine.embed.clusters import clusters
        from engine.embed.store import stamp

        features, index = self._rows(asked.folder, asked.epoch, asked.space, tick, wanted)
        of = stamp(features)
        held = self._kept.get(asked)
        made = held[1] if held is not None and held[0] == of else store.read(asked.epoch, of)
        if made is None or not np.array_equal(made.index, index):
            label = clusters(features, asked.kind, asked.count, asked.least).label
            before = self._before(asked, store, start)
            made = Named(label, index) if start is None or before is None else named(label, index, before, start)
            store.write(asked.epoch, of, made)
        self._kept[asked] = of, made
        self._kept.move_to_end(asked)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return made

    def _before(self, asked: ClusterSnapshot, store: ClusterStore, epoch: int | None) -> Named | None:
        if epoch is None:
            return None
        held = self._kept.get(replace(asked, epoch=epoch))
        return held[1] if held is not None else store.read(epoch)
