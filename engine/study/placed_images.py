"""New images on a run's map: files that are encoded by the run's encoder and placed among its samples."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from engine.config.errors import complain
from engine.config.run import RunConfig
from engine.data.image_files import images_among
from engine.data.pictures import Scale, decode, in_threads, reason
from engine.embed.align import fit_alignment
from engine.embed.feature_neighbours import as_metric
from engine.embed.map_workers import MapWorkers
from engine.embed.pca import fit
from engine.embed.placement import Placement, kept, position_new
from engine.evaluate.encoder import TrainedOn
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.runs.reader import read_run_config
from engine.study.results import Map, PlacedImages, ViewsPreview
from engine.study.run_encoder import RunEncoders, dataset_of, stored_size
from engine.study.snapshot_spaces import SnapshotSpaces
from engine.study.views_preview import ViewsPreviewer

# The most images that are placed at once.
MOST = 2000
_KEPT = 4096
_CHUNK = 32


@dataclass(frozen=True, eq=False)
class _Decoded:
    pixels: np.ndarray  # (3, S, S)
    stamp: tuple[int, int]


class ImagePlacer:
    """Places images on maps, one request at a time. Caches decoded files and their features, so that the next map of the run needs
    neither again."""

    def __init__(self, spaces: SnapshotSpaces, encoders: RunEncoders) -> None:
        self._spaces, self._encoders = spaces, encoders
        self._one = threading.Lock()
        self._decoded: OrderedDict[tuple[str, int], _Decoded] = OrderedDict()
        self._features: OrderedDict[tuple[Path, int, str, str, tuple[int, int]], np.ndarray] = OrderedDict()

    def position_files(
        self,
        shown: Map,
        paths: Sequence[str],
        workers: MapWorkers | None = None,
        neighbours: int = 15,
        min_dist: float = 0.1,
        progress: ProgressCallback = no_progress,
    ) -> PlacedImages:
        """The images of files and folders on a map of a run.

        On a PCA they are projected on its axes. On a map by umap-learn they are placed by its own `transform`, in `workers`, with
        the parameters of the map. On every other map they are placed by their neighbours (`engine.embed.placement`).

        ConfigError where there is no image that can be read, or no checkpoint of the map's epoch; errors of `progress` are passed
        on."""
        with self._one:
            return self._placed(shown, paths, workers, neighbours, min_dist, progress)

    def _placed(
        self,
        shown: Map,
        paths: Sequence[str],
        workers: MapWorkers | None,
        neighbours: int,
        min_dist: float,
        progress: ProgressCallback,
    ) -> PlacedImages:
        folder = Path(shown.folder)
        files, count = images_among(paths, MOST)
        size, scale = stored_size(folder), scale_in(read_run_config(folder))
        good, skipped = self._decode(files, size, scale, part_of(progress, 0.0, 0.3))
        if not good:
            remedy = f"The first: {skipped[0]}." if skipped else "There is none in it."
            raise complain("images", "files or folders with images that can be read", f"{len(paths)} without any", remedy)
        pixels = np.stack([self._decoded[str(path), size].pixels for path in good])
        new = self._encode(shown, good, pixels, size, part_of(progress, 0.3, 0.8))
        rows = shown.rows
        features = self._spaces.space(folder, shown.epoch, shown.space)[0][rows]
        placed = self._position(shown, features, new, workers, neighbours, min_dist, part_of(progress, 0.8, 1.0))
        progress(1.0)
        return PlacedImages(
            paths=tuple(str(path) for path in good),
            pixels=np.ascontiguousarray(pixels.transpose(0, 2, 3, 1)),
            xy=placed.xy,
            index=shown.index[placed.rows],
            cosine=placed.cosine,
            kept=placed.kept,
            skipped=tuple(skipped),
            count=count,
        )

    def _position(
        self,
        shown: Map,
        features: np.ndarray,
        new: np.ndarray,
        workers: MapWorkers | None,
        neighbours: int,
        min_dist: float,
        progress: ProgressCallback,
    ) -> Placement:
        placed = position_new(features, shown.xy, new, as_metric(shown.metric))
        if shown.kind == "pca":
            components = fit(features)
            xy = fit_alignment(components.apply(features), shown.xy, scale=False).apply(components.apply(new))
        elif shown.kind == "umap_learn" and workers is not None:
            labels = shown.label if shown.supervised else None
            made, moved = workers.transform(
                features, new, neighbours, min_dist, metric=shown.metric, init=shown.xy, labels=labels, progress=progress
            )
            xy = fit_alignment(made, shown.xy, scale=False).apply(moved)
        else:
            return placed
        xy = np.asarray(xy, np.float32)
        return Placement(xy, placed.rows, placed.cosine, kept(np.asarray(shown.xy, np.float64), xy, placed.rows))

    def _decode(
        self, files: Sequence[Path], size: int, scale: Scale | None, progress: ProgressCallback
    ) -> tuple[list[Path], list[str]]:
        """The files that could be decoded, and messages about the others."""
        skipped, good, done = list[str](), list[Path](), 0
        for start in range(0, len(files), _CHUNK):
            part = files[start : start + _CHUNK]
            for results in in_threads(partial(self._try, size=size, scale=scale), part, _CHUNK):
                for path, result in zip(part, results, strict=True):
                    if isinstance(result, str):
                        skipped.append(f"{path.name}: {result}")
                        continue
                    self._decoded[str(path), size] = result
                    self._decoded.move_to_end((str(path), size))
                    good.append(path)
            done += len(part)
            progress(done / len(files))
        while len(self._decoded) > max(_KEPT, len(good)):
            self._decoded.popitem(last=False)
        return good, skipped

    def _try(self, path: Path, size: int, scale: Scale | None) -> _Decoded | str:
        try:
            stamp = _stamp(path)
            known = self._decoded.get((str(path), size))
            return known if known is not None and known.stamp == stamp else _Decoded(decode(path, size, scale), stamp)
        except Exception as error:  # a damaged file makes the decoders raise nearly anything
            return reason(error, path)

    def _encode(self, shown: Map, files: Sequence[Path], pixels: np.ndarray, size: int, progress: ProgressCallback) -> np.ndarray:
        keys = [
            (Path(shown.folder), shown.space_epoch, shown.space, str(path), self._decoded[str(path), size].stamp) for path in files
        ]
        missing = [number for number, key in enumerate(keys) if key not in self._features]
        if missing:
            rows = self._encoders.encode(Path(shown.folder), shown.epoch, pixels[missing], shown.space, progress)
            for number, row in zip(missing, rows, strict=True):
                self._features[keys[number]] = row
        features = np.stack([self._features[key] for key in keys])
        while len(self._features) > max(_KEPT, len(keys)):
            self._features.popitem(last=False)
        return features


def views_of_file(folder: Path, path: Path, seed: int, previewer: ViewsPreviewer) -> ViewsPreview:
    """The views of the image in a file by the pipeline of the run in `folder`. Raises as `decode` does."""
    config = read_run_config(folder)
    pixels = decode(path, stored_size(folder), scale_in(config))[None]
    dataset = dataset_of(pixels, TrainedOn("", np.zeros(3, np.float32), np.ones(3, np.float32)))  # views are not normalised
    return previewer.of_images(config, dataset, np.zeros(1, np.int64), seed)


def scale_in(config: RunConfig) -> Scale | None:
    """The scale of images deeper than 8 bits that a run's config holds; None where there is none."""
    return Scale(config.data.black, config.data.white) if config.data.white > config.data.black else None


def _stamp(path: Path) -> tuple[int, int]:
    """Modification time (ns) and size: a file that is written again is decoded again. ValueError for a pipe or a device."""
    state = os.stat(path)  # noqa: PTH116
    if not path.is_file():
        raise ValueError("not a file")
    return state.st_mtime_ns, state.st_size
