"""What the engine answers, one function a question. The engine's heavy parts are imported inside them, in a background thread."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from engine.config.errors import ConfigError, Problem, complain
from engine.execute.progress import Cancelled, ProgressCallback
from engine.runs.manifest import read_manifest
from engine.runs.reader import Snapshot, read_snapshot
from workbench.bridge import evaluate_answers, export_answers, invariance_answers
from workbench.bridge import map_questions as m
from workbench.bridge import questions as q
from workbench.bridge.cluster_answers import ClusterAnswers
from workbench.bridge.evaluate_questions import EstimateEvaluation, EstimateEvaluations, EvaluateRun, ReadEvaluations
from workbench.bridge.export_questions import DescribeExport, ExportEncoder, ExportFeatures
from workbench.bridge.invariance_questions import MeasureInvariance, ReadInvariance
from workbench.bridge.map_answers import MapAnswers
from workbench.bridge.pair_answers import PairAnswers
from workbench.bridge.pair_questions import InspectPairs, MeasureStrength
from workbench.bridge.question import Question
from workbench.bridge.run_answers import read_configs, read_lines
from workbench.bridge.run_data import split_run
from workbench.bridge.run_questions import ReadConfigs
from workbench.bridge.sample_answers import SampleAnswers
from workbench.bridge.sample_questions import ExportRows, FileNames
from workbench.bridge.sweep_questions import CheckSweep, SweepChecked
from workbench.bridge.ticking import ticking
from workbench.bridge.versus_answers import VersusAnswers
from workbench.bridge.versus_questions import CompareSpaces, LayMap

if TYPE_CHECKING:
    from engine.augment.pipeline import Pipeline
    from engine.augment.views import ViewDraw
    from engine.config.run import DataConfig, RunConfig
    from engine.data.dataset import Dataset
    from engine.train.preview import InputsPreview

A = TypeVar("A")

Wanted = Callable[[], bool]

_SNAPSHOTS = 6
_OVERLAPS = 512  # pairs of crops
CANCELLED = "Opening the data was cancelled. Choose other data, or these again, to open them."


class EngineAnswers:
    """Answers every question of `workbench.bridge.questions`. Called from several threads, one a line of questions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshots: OrderedDict[tuple[str, int], Snapshot] = OrderedDict()
        self._refused: set[DataConfig] = set()
        self._inputs_preview: InputsPreview | None = None
        self._crops: tuple[object, np.ndarray] = None, np.zeros(0, np.float32)
        pairs = PairAnswers()
        self.maps = maps = MapAnswers(self._snapshot)
        versus = VersusAnswers(maps.rows)
        samples = SampleAnswers(self._open_data, self._snapshot)
        self._by_kind: dict[type[Question[Any]], Callable[[Any, ProgressCallback, Wanted], Any]] = {
            q.DescribeMethod: self._describe_method,
            q.ListDevices: self._list_devices,
            q.CheckConfig: self._check_config,
            CheckSweep: self._check_sweep,
            q.MeasureSpeed: self._measure_speed,
            q.DescribeData: self._describe_data,
            q.PreviewViews: self._preview_views,
            q.ComparePresets: self._compare_presets,
            q.WriteTransform: self._write_transform,
            q.ReadMetrics: read_lines,
            ReadConfigs: read_configs,
            q.GetImages: self._get_images,
            q.GetLabels: self._get_labels,
            q.MapSnapshot: maps.map_snapshot,
            q.FindNeighbours: maps.find_neighbours,
            m.MapKinds: maps.kinds,
            m.SampleNumbers: maps.sample_numbers,
            m.SampleLosses: maps.sample_losses,
            m.ClusterSnapshot: ClusterAnswers(self._snapshot, maps.rows).clusters,
            m.NearDuplicates: maps.near_duplicates,
            m.FindOutliers: maps.find_outliers,
            CompareSpaces: versus.compare,
            LayMap: versus.lay,
            InspectPairs: pairs.inspect,
            MeasureStrength: pairs.strength,
            ReadEvaluations: evaluate_answers.read,
            EstimateEvaluation: evaluate_answers.estimate,
            EstimateEvaluations: evaluate_answers.estimate_several,
            EvaluateRun: evaluate_answers.evaluate,
            ReadInvariance: invariance_answers.read,
            MeasureInvariance: invariance_answers.measure,
            FileNames: samples.names,
            ExportRows: samples.export,
            DescribeExport: export_answers.describe,
            ExportEncoder: export_answers.encoder,
            ExportFeatures: export_answers.features,
        }

    def __call__(self, question: Question[A], progress: ProgressCallback, wanted: Wanted) -> A:
        """The answer. ConfigError for what a person can mend."""
        answer: A = self._by_kind[type(question)](question, progress, wanted)
        return answer

    def cancel(self, question: Question[A]) -> None:
        """Stop what is being computed for a question, where that can be done at once: a map lets its worker go."""
        if isinstance(question, q.MapSnapshot):
            self.maps.call_off(question)

    def close(self) -> None:
        """End the processes that make maps; a map under way fails."""
        self.maps.close()

    # Setup

    def _describe_method(self, asked: q.DescribeMethod, progress: ProgressCallback, wanted: Wanted) -> q.MethodForm:
        from engine.train.resolve import method_form

        schema, recipe = method_form(asked.id)
        return q.MethodForm(asked.id, schema, recipe)

    def _list_devices(self, asked: q.ListDevices, progress: ProgressCallback, wanted: Wanted) -> tuple[q.DeviceInfo, ...]:
        from engine.train.devices import devices

        return tuple(q.DeviceInfo(d.id, d.name, d.total_bytes, d.free_bytes) for d in devices())

    def _check_config(self, asked: q.CheckConfig, progress: ProgressCallback, wanted: Wanted) -> q.Checked:
        from engine.train.resolve import notes, resolve

        try:
            config = resolve(asked.config)
            self._check_data(config, progress)
        except ConfigError as error:
            return q.Checked(problems=tuple((p.key, p.message) for p in error.problems))
        return q.Checked(resolved=config.model_dump(mode="json"), notes=notes(config))

    def _check_sweep(self, asked: CheckSweep, progress: ProgressCallback, wanted: Wanted) -> SweepChecked:
        from engine.train.resolve import resolve

        for place, config in enumerate(asked.configs):
            try:
                resolve(config)
            except ConfigError as error:
                return SweepChecked(place, f"{config.get('name', '')}: {error.problems[0].message}")
        return SweepChecked()

    def _measure_speed(self, asked: q.MeasureSpeed, progress: ProgressCallback, wanted: Wanted) -> q.Speed:
        from engine.train.apart import dry_run_apart
        from engine.train.resolve import resolve

        config = resolve(asked.config)
        # Opened here as well: what must be downloaded is, with progress, and mostly the window has the data open.
        self._open(config.data, progress, again=True)
        found = dry_run_apart(config, wanted)
        return q.Speed(found.images_per_second, found.memory_bytes, found.steps, found.seconds)

    def _describe_data(self, asked: q.DescribeData, progress: ProgressCallback, wanted: Wanted) -> q.DataInfo:
        data = self._open_data(asked.data, progress, again=True, check=True)
        changes = data.changes
        counts = {name: len(data.splits.get(name, ())) for name in ("train", "validation", "test")}
        return q.DataInfo(
            name=data.name,
            size=int(data.images.shape[-1]),
            train=counts["train"],
            validation=counts["validation"],
            test=counts["test"],
            classes=data.classes,
            factors=tuple(data.factors),
            skipped=data.skipped,
            notes=data.notes,
            total=changes.total if changes else 0,
            missing=len(changes.missing) if changes else 0,
            replaced=len(changes.replaced) if changes else 0,
            relabelled=len(changes.relabelled) if changes else 0,
            added=len(changes.added) if changes else 0,
            check=data.changes.check if data.changes is not None else "",
        )

    # Views

    def _preview_views(self, asked: q.PreviewViews, progress: ProgressCallback, wanted: Wanted) -> q.ViewsPreview:
        from engine.augment.threads import one_thread

        with one_thread():
            return self._preview(asked, progress)

    def _preview(self, asked: q.PreviewViews, progress: ProgressCallback) -> q.ViewsPreview:
        from engine.augment.pipeline import Pipeline
        from engine.data.sampler import sampler_for, step_batches
        from engine.train.resolve import resolve
        from engine.train.setup import fit_to_data

        started = time.perf_counter()
        config = resolve(asked.config, check_method_views=False)
        data = self._open(config.data, progress)
        with suppress(ConfigError):  # sizes that do not fit are the check's to tell
            config = fit_to_data(config, data)
        pipeline = Pipeline(config.views, int(data.images.shape[-1]))
        rows = np.asarray(asked.rows, dtype=np.int64)
        if asked.step is None:
            train = data.splits["train"]
            rows = rows[rows < len(train)]
            index, n, epoch, step = train[rows], int(rows.max(initial=0)) + 1, 0, 0
        else:
            # The window counts steps from 1, as the metrics do; the sampler from 0.
            sampler = sampler_for(config.train, data.splits["train"])
            step = step_batches(max(1, asked.step) - 1, sampler.steps_per_epoch, config.optim.accumulate)[0]
            batch = sampler.at(step)
            rows = rows[rows < len(batch)]
            index, n, epoch = batch[rows], len(batch), step // sampler.steps_per_epoch
        drawn = pipeline.draw(n, asked.seed, epoch, step)
        draws = [draw.take(rows.tolist()) for draw in drawn]
        if asked.step is None:
            inputs = self._inputs(config, data, index, draws, asked.seed, step)
        else:
            # What a method draws for an image can depend on how many there are: the whole batch, as training saw it.
            whole = self._inputs(config, data, batch, drawn, asked.seed, step)
            inputs = {name: images[rows] for name, images in whole.items()}
        originals = np.ascontiguousarray(data.images[index])
        return q.ViewsPreview(
            originals=np.ascontiguousarray(originals.transpose(0, 2, 3, 1)),
            views=tuple(pipeline.pictures(originals, draws)),
            boxes=tuple(np.asarray(draw.boxes, dtype=np.float32) for draw in draws),
            drawn=tuple(tuple(draw.describe_all()) for draw in draws),
            roles=tuple(pipeline.roles),
            shared=_overlaps(pipeline, draws),
            overlaps=self._many_overlaps(pipeline, asked.seed),
            inputs=inputs,
            milliseconds=(time.perf_counter() - started) * 1000,
        )

    def _many_overlaps(self, pipeline: Pipeline, seed: int) -> np.ndarray:
        """Of many draws. Nothing but its own settings moves a crop: while another slider is pulled, all stay as they are."""
        places = [place for place, role in enumerate(pipeline.roles) if role == "global"][:2]
        views = [pipeline.views[place] for place in places]
        crops = [(view.crop_min, view.crop_max, view.ratio_min, view.ratio_max) for view in views]
        key = seed, pipeline.source_size, tuple(places), tuple(crops)
        if key != self._crops[0]:
            draws = pipeline.draw(_OVERLAPS, seed, 0, 0, places)
            self._crops = key, _overlaps_of(draws)
        return self._crops[1]

    def _compare_presets(self, asked: q.ComparePresets, progress: ProgressCallback, wanted: Wanted) -> dict[str, list[np.ndarray]]:
        from engine.augment.pipeline import Pipeline
        from engine.config.run import ViewsConfig
        from engine.train.resolve import resolve

        config = resolve(asked.config, check_method_views=False)
        data = self._open(config.data, progress)
        train = data.splits["train"]
        image = np.ascontiguousarray(data.images[train[[asked.row % len(train)]]])
        found = {}
        for preset in asked.presets:
            pipeline = Pipeline(ViewsConfig(preset=preset), int(data.images.shape[-1]))
            found[preset] = [view[0] for view in pipeline.pictures(image, pipeline.draw(1, asked.seed, 0, 0))]
        return found

    def _write_transform(self, asked: q.WriteTransform, progress: ProgressCallback, wanted: Wanted) -> str:
        from engine.augment.export import as_torchvision
        from engine.augment.views import REFERENCE_SIZE
        from engine.config.run import ViewConfig
        from engine.config.text import parse

        return as_torchvision(parse(ViewConfig, dict(asked.view)), asked.size or REFERENCE_SIZE)

    def _inputs(self, *asked: Any) -> dict[str, np.ndarray]:
        """See engine.train.preview. Views are asked for by one line of questions, one after another."""
        from engine.train.preview import InputsPreview

        self._inputs_preview = self._inputs_preview or InputsPreview()
        return self._inputs_preview(*asked)

    # Data

    def _open(self, config: DataConfig, progress: ProgressCallback, again: bool = False) -> Dataset:
        """The data. Those whose opening a person called off are opened no more, unless `again`: a preview that follows the next
        click must not begin what was just stopped."""
        from engine.data.open import open_dataset

        with self._lock:
            if again:
                self._refused.discard(config)
            refused = config in self._refused
        if refused:
            raise ConfigError([Problem("data.source", CANCELLED)])
        try:
            return open_dataset(config, ticking(progress), quick=not again)
        except Cancelled:
            with self._lock:
                self._refused.add(config)
            raise

    def _open_data(self, data: Mapping[str, Any], progress: ProgressCallback, again: bool = False, check: bool = False) -> Dataset:
        """The data that panels ask for by values (see workbench.bridge.run_data): those of a run in its own order. `check`: a run
        that has no list of its images is checked by what its checkpoint stored."""
        from engine.data.run_images import run_images

        config, folder = split_run(data)
        dataset = self._open(config, progress, again)
        if folder is None:
            return dataset
        figures = None
        if check and read_manifest(folder) is None:
            from engine.evaluate.encoder import trained_on

            seen = trained_on(folder)
            figures = None if seen is None else (seen.mean, seen.std)
        return run_images(folder, dataset, figures, config.root)

    def _check_data(self, config: RunConfig, progress: ProgressCallback) -> None:
        """ConfigError where batch or sizes do not fit the data. Data that would have to be downloaded, or that cannot be opened,
        are not looked at: the first is not a check's to begin, the second is said by whoever describes them."""
        from engine.data.sampler import sampler_for
        from engine.data.table import available, find
        from engine.train.setup import fit_to_data

        source = find(config.data.source)
        if source is not None and not available(source, config.data.root):
            return
        try:
            data = self._open(config.data, progress)
        except ConfigError:
            return
        sampler_for(config.train, data.splits["train"])  # built for its complaint
        fit_to_data(config, data)

    # Samples

    def _get_images(self, asked: q.GetImages, progress: ProgressCallback, wanted: Wanted) -> np.ndarray:
        data = self._open_data(asked.data, progress)
        images = data.images[_within(data, asked.index)]
        return np.ascontiguousarray(np.asarray(images).transpose(0, 2, 3, 1))

    def _get_labels(self, asked: q.GetLabels, progress: ProgressCallback, wanted: Wanted) -> q.Labels:
        data = self._open_data(asked.data, progress)
        index = _within(data, asked.index)
        columns, names, kinds = {"class": data.labels[index]}, {"class": data.classes}, {"class": "category"}
        for name, factor in data.factors.items():
            columns[name] = factor.values[index]
            kinds[name] = factor.kind
            if factor.names:
                names[name] = factor.names
        return q.Labels(columns, names, kinds)

    # Snapshots

    def _snapshot(self, folder: str, epoch: int) -> Snapshot:
        with self._lock:
            known = self._snapshots.get((folder, epoch))
            if known is not None:
                self._snapshots.move_to_end((folder, epoch))
                return known
        read = read_snapshot(Path(folder), epoch)
        with self._lock:
            self._snapshots[folder, epoch] = read
            while len(self._snapshots) > _SNAPSHOTS:
                self._snapshots.popitem(last=False)
        return read


def _within(data: Dataset, index: Sequence[int]) -> np.ndarray:
    """Places in the data (n,). ConfigError where some are none: those of a run's snapshot come from a file."""
    places = np.asarray(index, dtype=np.int64)
    beyond = places[(places < 0) | (places >= len(data.images))]
    if len(beyond):
        raise complain("sample", f"one of the {len(data.images):,} images of the data", int(beyond[0]))
    return places


def _overlaps(pipeline: Pipeline, draws: list[ViewDraw]) -> np.ndarray:
    """(n,) of the first two global views' crops; empty where there is one."""
    return _overlaps_of([draw for draw, role in zip(draws, pipeline.roles, strict=True) if role == "global"][:2])


def _overlaps_of(draws: list[ViewDraw]) -> np.ndarray:
    from engine.augment.overlap import overlaps

    return np.asarray(overlaps(*(draw.boxes for draw in draws)), dtype=np.float32) if len(draws) == 2 else np.zeros(0, np.float32)
