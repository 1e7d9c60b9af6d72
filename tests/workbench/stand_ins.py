"""Replacements for the engine in tests: a trainer that emits events and writes a run folder, and answers made without torch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.augment.presets import groups
from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.config.text import merge
from engine.data.describe import DataDescription, Sample
from engine.data.traits import possible_traits
from engine.evaluate.dense_plan import DENSE
from engine.evaluate.plan import TUNINGS, Estimate, length
from engine.evaluate.task_table import tasks
from engine.events import EmbeddingDone, EpochDone, EvalDone, Event, RunEnded, RunStarted, StepDone
from engine.runs.evaluation import Evaluated, Figure
from engine.runs.invariance_file import FactorReadings, Group, Invariance, Reading, Verdict
from engine.runs.reader import read_config
from engine.runs.run_folder import create_folder
from engine.runs.run_store import Changes, RunSummary
from engine.runs.status import Status
from engine.runs.writer import RunWriter
from engine.search.record import read_plan
from engine.train.control import Control
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.data_questions import DataInfo, DescribeData, GetImages, GetLabels, Labels, SurveyData
from workbench.bridge.evaluate_questions import (
    EstimateEvaluation,
    EstimateEvaluations,
    EvaluateRun,
    KeptEvaluation,
    ReadEvaluations,
)
from workbench.bridge.figure_questions import DrawFigure, FigureFile
from workbench.bridge.invariance_questions import MeasureInvariance, ReadInvariance, StoredInvariance
from workbench.bridge.log_questions import ReadLog
from workbench.bridge.map_questions import (
    Clusters,
    ClusterSnapshot,
    Duplicates,
    FindNeighbours,
    FindOutliers,
    Losses,
    Map,
    MapKind,
    MapKinds,
    MapSnapshot,
    NearDuplicates,
    Neighbours,
    Numbers,
    Outliers,
    SampleLosses,
    SampleNumbers,
)
from workbench.bridge.measured_speeds import speed_settings
from workbench.bridge.pair_questions import InspectPairs, MeasureStrength, Pairs, SpaceCurve, StrengthCurve
from workbench.bridge.question import Question
from workbench.bridge.queue_questions import EstimateRuns
from workbench.bridge.run_questions import ReadConfigs, ReadMetrics
from workbench.bridge.sample_questions import FileNames
from workbench.bridge.setup_questions import (
    CheckConfig,
    Checked,
    DescribeMethod,
    DeviceInfo,
    ListDevices,
    MeasureSpeed,
    MethodForm,
    Speed,
)
from workbench.bridge.size_questions import CompareSizes
from workbench.bridge.versus_questions import Compared, CompareSpaces, LayMap
from workbench.bridge.view_questions import PreviewViews, ViewsPreview
from workbench.models.runs import RunsModel

STEPS = 8


class StandInTrainer:
    """Trains runs of a few steps. With `hold`, each run waits before its first step until `gate` is set or it is stopped."""

    def __init__(self, hold: bool = False) -> None:
        self.gate = threading.Event()
        self.begun: list[Mapping[str, Any]] = []
        if not hold:
            self.gate.set()

    def device(self, config: Mapping[str, Any] | None, folder: Path | None) -> str:
        return str((config or {}).get("train", {}).get("device", "cpu"))

    def begin(
        self, config: Mapping[str, Any], root: Path, emit: Callable[[Event], None], control: Control, born: Callable[[Path], None]
    ) -> None:
        self.begun.append(config)
        config = {**config, "method": {"id": config["method"]["id"]}}
        config.pop("views", None)
        whole = RunConfig.model_validate(merge(RunConfig().model_dump(mode="json"), config))
        folder = create_folder(root, whole)
        born(folder)
        self._go(folder, whole, emit, control, 0)

    def resume(self, folder: Path, emit: Callable[[Event], None], control: Control, more_epochs: int = 0) -> None:
        self._go(folder, RunConfig.model_validate(read_config(folder)), emit, control, STEPS // 2)

    def search(self, out: Path, root: Path, emit: Callable[[Event], None], control: Control, born: Callable[[Path], None]) -> bool:
        for plan in (read_plan(out),) * 2:
            self.begin(plan.base, root, emit, control, born)
            if control.stopping:
                return False
        return True

    def _go(self, folder: Path, config: RunConfig, emit: Callable[[Event], None], control: Control, start: int) -> None:
        rng = np.random.default_rng(0)
        with RunWriter(folder) as writer:

            def write_and_emit(event: Event) -> None:
                writer(event)
                emit(event)

            write_and_emit(
                RunStarted(
                    run=folder.name,
                    method=config.method.id,
                    data=config.data.source,
                    device="cpu",
                    precision="fp32",
                    step=start,
                    steps=STEPS,
                    steps_per_epoch=4,
                    batch=64,
                    images=256,
                    parameters=1000,
                    config=config.model_dump(mode="json"),
                )
            )
            for step in range(start + 1, STEPS + 1):
                while not self.gate.wait(0.005) and not control.stopping:
                    control.wait()
                if control.stopping:
                    write_and_emit(RunEnded("stopped", step - 1, float(step)))
                    return
                write_and_emit(
                    StepDone(step, step / 4, 5.0 / step, 0.1, 640.0, float(step), diagnostics={"std": 0.9, "rank": 20.0})
                )
                if step % 4 == 0:
                    write_and_emit(EpochDone(step // 4, step, 1.0, float(step)))
                    write_and_emit(EvalDone(step // 4, step, {"knn": 0.3 + 0.05 * step}, 0.1))
                    features = rng.normal(size=(40, 8)).astype(np.float16)
                    write_and_emit(EmbeddingDone(step // 4, step, features, np.arange(40), np.arange(40) % 4))
            write_and_emit(RunEnded("finished", STEPS, float(STEPS)))


SCHEMA = {
    "type": "object",
    "properties": {
        "temperature": {
            "type": "number",
            "default": 0.2,
            "exclusiveMinimum": 0,
            "maximum": 5,
            "description": "softmax temperature",
        },
        "out_dim": {"type": "integer", "default": 128, "minimum": 1, "description": "size of z", "advanced": True},
    },
}
RECIPES: dict[str, dict[str, Any]] = {
    "byol": {"views": {"preset": "byol"}, "optim": {"lr": 0.004, "weight_decay": 0.01}},
    "cut": {"data": {"source": "blue_shapes", "other": "orange_shapes"}},
}


class StandInAnswers:
    """Answers every question with small data. `problems`: the answer to CheckConfig. `fail`: questions that raise ConfigError."""

    def __init__(self) -> None:
        self.problems: tuple[tuple[str, str], ...] = ()
        self.fail: set[type[Question]] = set()

    def __call__(self, question: Question, progress: Callable[[float], None], wanted: Callable[[], bool]) -> Any:
        if type(question) in self.fail:
            raise ConfigError([])
        return getattr(self, f"_{type(question).__name__}")(question)

    def _DescribeMethod(self, question: DescribeMethod) -> Any:
        return MethodForm(question.id, {"properties": {}} if question.id == "random" else SCHEMA, RECIPES.get(question.id, {}))

    def _EstimateRuns(self, question: EstimateRuns) -> Any:
        return tuple(run.seconds or None for run in question.runs)

    def _ReadLog(self, question: ReadLog) -> Any:
        return EngineAnswers()(question, lambda share: None, lambda: True)

    def _ListDevices(self, question: ListDevices) -> Any:
        return (DeviceInfo("cpu", "Some processor, 2 cores", 8 << 30, 4 << 30),)

    def _CheckConfig(self, question: CheckConfig) -> Any:
        if self.problems:
            return Checked(self.problems)
        return Checked((), merge({"train": {"epochs": 20}}, question.config), speed_settings=speed_settings(question.config))

    def _MeasureSpeed(self, question: MeasureSpeed) -> Any:
        return Speed(1140.0, 1 << 29, 780, 175.0, 39, speed_settings(question.config))

    def _DescribeData(self, question: DescribeData) -> Any:
        name = str(question.data.get("source", "shapes"))
        info = DataInfo(name, 32, 4590, 510, 900, ("a", "b", "c", "d"), ("hue",), ())
        return replace(info, description=description_of(name, traits=possible_traits(name)))

    def _SurveyData(self, question: SurveyData) -> Any:
        return None

    def _CompareSizes(self, question: CompareSizes) -> Any:
        return ()

    def _ReadMetrics(self, question: ReadMetrics) -> Any:
        return EngineAnswers()(question, lambda share: None, lambda: True)

    def _ReadConfigs(self, question: ReadConfigs) -> Any:
        return {folder: read_config(Path(folder)) for folder in question.folders}

    def _PreviewViews(self, question: PreviewViews) -> Any:
        n = len(question.rows)
        kinds = [group for group in groups("simclr") for _ in range(group.count)]
        picture = np.full((n, 8, 8, 3), 120, np.uint8)
        box = np.tile(np.array([0.1, 0.1, 0.6, 0.6], np.float32), (n, 1))
        drawn = tuple(tuple({"crop": 0.25} for _ in range(n)) for _ in kinds)
        return ViewsPreview(picture, (picture,) * len(kinds), (box,) * len(kinds), drawn, ("global",) * len(kinds), 1.0)

    def _GetImages(self, question: GetImages) -> Any:
        return np.full((len(question.index), 8, 8, 3), 90, np.uint8)

    def _GetLabels(self, question: GetLabels) -> Any:
        codes = np.asarray(question.index) % 4
        return Labels({"class": codes}, {"class": ("a", "b", "c", "d")}, {"class": "category"})

    def _ReadInvariance(self, question: ReadInvariance) -> Any:
        return StoredInvariance(question.folder, invariance_of(question.folder), False, 1, True)

    def _MeasureInvariance(self, question: MeasureInvariance) -> Any:
        return self._ReadInvariance(ReadInvariance(question.folder))

    def _DrawFigure(self, question: DrawFigure) -> Any:
        return FigureFile(b"\x89PNG\r\n\x1a\n")

    def _FileNames(self, question: FileNames) -> Any:
        return ()

    def _MapSnapshot(self, question: MapSnapshot) -> Any:
        xy = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
        return Map(question.folder, question.epoch, question.kind, xy, np.arange(40), np.arange(40) % 4, 0.9)

    def _FindNeighbours(self, question: FindNeighbours) -> Any:
        rows = np.arange(1, question.k + 1)
        return Neighbours(question.row, rows, np.linspace(0.9, 0.5, question.k).astype(np.float32))

    def _ReadEvaluations(self, question: ReadEvaluations) -> Any:
        return {folder: KeptEvaluation(None) for folder in question.folders}

    def _EstimateEvaluation(self, question: EstimateEvaluation) -> Any:
        return estimate_of()

    def _EstimateEvaluations(self, question: EstimateEvaluations) -> Any:
        return dict.fromkeys(question.folders, estimate_of())

    def _EvaluateRun(self, question: EvaluateRun) -> Any:
        return evaluation_of(question)

    def _CompareSpaces(self, question: CompareSpaces) -> Any:
        kept = np.linspace(0, 1, 40)
        return Compared(question.left, question.right, np.arange(40), kept, np.arange(40), question.k, 0.5, question.k / 39, 0.6)

    def _LayMap(self, question: LayMap) -> Any:
        return np.asarray(question.xy, np.float32)

    def _MapKinds(self, question: MapKinds) -> Any:
        return (MapKind("pca", "PCA", scaled=False), MapKind("umap", "UMAP"), MapKind("pacmap", "PaCMAP", "not installed"))

    def _SampleNumbers(self, question: SampleNumbers) -> Any:
        column = np.linspace(0, 1, 40, dtype=np.float32)
        return Numbers(
            question.folder, question.epoch, question.space, np.arange(40), {"outlier": column}, {"outlier": "far from all"}
        )

    def _SampleLosses(self, question: SampleLosses) -> Any:
        columns = {"loss": np.linspace(1, 5, 40, dtype=np.float32), "agreement": np.linspace(1, 0, 40, dtype=np.float32)}
        return Losses(question.folder, question.epoch, question.epoch, np.arange(40), columns, 4.8, {}, {"loss": 0.5})

    def _ClusterSnapshot(self, question: ClusterSnapshot) -> Any:
        at = question.folder, question.epoch, question.kind, question.space
        return Clusters(*at, np.arange(40), np.arange(40) % 3, 3, 0.0, 0.5, 0.3, 40)

    def _NearDuplicates(self, question: NearDuplicates) -> Any:
        at, group = (question.folder, question.epoch, question.threshold), np.array([3, 7])
        return Duplicates(*at, np.arange(40), (group,), np.float32([0.99]), 1, group)

    def _FindOutliers(self, question: FindOutliers) -> Any:
        rows = np.arange(min(question.count, 40))[::-1]
        return Outliers(question.folder, question.epoch, np.arange(40), rows, np.linspace(1, 0, len(rows)))

    def _InspectPairs(self, question: InspectPairs) -> Any:
        return pairs_of(question)

    def _MeasureStrength(self, question: MeasureStrength) -> Any:
        return strength_of(question)


def description_of(name: str = "shapes", **more: Any) -> DataDescription:
    """A description of 6,000 images of four classes, with three samples."""
    sample = Sample(np.full((8, 8, 3), 90, np.uint8), "a/1.png", "a")
    given: dict[str, Any] = {
        "name": name,
        "images": 6000,
        "size": 32,
        "classes": ("a", "b", "c", "d"),
        "counts": np.full(4, 1500),
        "unlabelled": 0,
        "splits": {"train": 4590, "validation": 510, "test": 900},
        "own_splits": ("train",),
        "unreadable": (),
        "notes": (),
        "traits": frozenset({"rendered", "no validation split", "no test split"}),
        "samples": (sample,) * 3,
        "decoded": True,
    }
    return DataDescription(**{**given, **more})


def estimate_of() -> Estimate:
    """An estimate of 1 ms per image, 3 ms with gradients."""
    images = {"train": 1000, "validation": 100, "test": 100}
    lengths, able = {part: length(part, 100) for part in TUNINGS}, frozenset(row.id for row in tasks() if row.id not in DENSE)
    return Estimate(images, lengths, 0.001, 0.003, "cpu", {"finetune_1": ("a note",)}, able=able)


def evaluation_of(question: EvaluateRun, trained: float = 0.5, digest: str = "d", epochs: tuple[int, ...] = ()) -> KeptEvaluation:
    """A figure for each requested part: `trained` with the trained encoder, 0.2 with the untrained one."""
    images = {"train": 1000, "validation": 100, "test": 100}
    result = Evaluated(Path(question.folder).name, "simclr", "shapes", digest, "resnet10_narrow", 4, 0.25, images, 32)
    for part in question.parts:
        for figure in ("knn", "knn_200") if part == "knn" else (part,):
            by = {"rate": 0.05, "validation": 0.4} if part in TUNINGS else {}
            made = Figure(figure, trained, 0.2, 100, f"Words of {figure}.", by, by, (), 8, 1e9, 2.0)
            result = result.with_figure(question.epoch, made)
    return KeptEvaluation(result, epochs=epochs)


def pairs_of(question: InspectPairs, n: int = 12, spaces: tuple[str, ...] = ("features", "embedding")) -> Pairs:
    """Pairs of views of n images of four classes: features of the two views are close, and close to those of their class."""
    from engine.study.pair_report import space_of

    rng = np.random.default_rng(question.seed)
    label = np.arange(n) % 4
    middle = np.eye(6)[label] + 0.3 * rng.normal(size=(n, 6))
    rows = {space: np.concatenate([middle + 0.2 * rng.normal(size=(n, 6)) for _ in range(2)]) for space in spaces}
    picture = rng.integers(0, 255, (n, 8, 8, 3), dtype=np.uint8)
    box = np.tile(np.float32([0.1, 0.1, 0.6, 0.6]), (n, 1))
    return Pairs(
        folder=question.folder,
        split=question.split,
        seed=question.seed,
        index=np.arange(n) + 100,
        label=label,
        classes=("a", "b", "c", "d"),
        originals=picture,
        views=(picture, picture[:, ::-1]),
        boxes=(box, box + 0.1),
        overlap=np.linspace(0, 1, n, dtype=np.float32),
        spaces={space: space_of(values, label) for space, values in rows.items()},
        temperature=0.5,
        splits={"train": 100, "validation": 20},
        drawn=drawn_of(n),
    )


def drawn_of(n: int) -> tuple[tuple[dict[str, float], ...], ...]:
    """Drawn parameters for two views of n images: the first with colour jitter, the second with flip and blur."""
    crops = [{"crop_x": 0.02 * row, "crop_y": 0.1, "crop_width": 0.5, "crop_height": 0.03 * (row + 1)} for row in range(n)]
    first = tuple({**crop, "brightness": 1 + 0.01 * row, "hue": -0.05} for row, crop in enumerate(crops))
    return first, tuple({**crop, "flip": 1.0, "blur": 1.5} for crop in crops)


def strength_of(question: MeasureStrength, spaces: tuple[str, ...] = ("features", "embedding")) -> StrengthCurve:
    """A curve that falls from 1 to 0.2 as the strength rises from 0 to 1; two points for an operation that is on or off."""
    switched = question.operation in ("flip", "grayscale", "solarize", "erase")
    strengths = np.linspace(0, 1, 2 if switched else 9, dtype=np.float32)
    # A flip changes the similarity by 0.01, grayscale by 0.3, the others by 0.8.
    mean = 1 - {"flip": 0.01, "grayscale": 0.3}.get(question.operation, 0.8) * strengths
    curve = SpaceCurve(mean, mean - 0.1, np.minimum(1, mean + 0.1), 0.4)
    pictures = np.full((len(strengths), 8, 8, 3), 90, np.uint8)
    return StrengthCurve(question.operation, strengths, dict.fromkeys(spaces, curve), 0.5, 64, pictures)


def invariance_of(folder: str, epochs: tuple[int, ...] = (0, 2, 4), lift: float = 0.0) -> Invariance:
    """Three factors in two spaces: shape kept, size partly kept, brightness discarded. `lift` is added to all values."""

    def reading(kept: float, before: float, verdict: Verdict) -> Reading:
        low, high = kept - 0.03, kept + 0.03
        gain = kept - before
        return Reading(kept, low, high, kept, low, high, gain, gain - 0.02, gain + 0.02, verdict)

    ends: dict[str, tuple[Group, float, float]] = {
        "shape": ("known", 0.3, 0.8),
        "size": ("known", 0.3, 0.32),
        "brightness": ("drawn", 0.7, 0.05),
    }
    verdicts: dict[str, Verdict] = {"shape": "kept", "size": "partly", "brightness": "discarded"}
    factors = []
    for name, (group, first, last) in ends.items():
        by_epoch = {}
        for epoch in epochs:
            kept = first + (last - first) * epoch / max(1, epochs[-1])
            by_epoch[epoch] = reading(kept + lift, first + lift, verdicts[name] if epoch == epochs[-1] else "partly")
        is_own = True if group == "drawn" else None
        readings = {"features": by_epoch, "embedding": dict(by_epoch)}
        factors.append(FactorReadings(name, group, "number", "r2", 0.0, 300, is_own, reading(0.4, 0.4, "partly"), readings))
    marks = dict.fromkeys(epochs, 1)
    spaces = ("features", "embedding")
    return Invariance(Path(folder).name, "simclr", "shapes", spaces, epochs, epochs[-1], tuple(factors), marks, {}, "how")


class HeldAsker:
    """Replaces `ask` of a panel. Answers each question with `make(question)`: at once, or when `reply` is called."""

    def __init__(self, make: Callable[[Any], Any], at_once: bool = True) -> None:
        self.make, self.at_once = make, at_once
        self.questions: list[Any] = []
        self.waiting: list[tuple[Any, Callable[[Any], None], Callable[[str], None] | None]] = []

    def __call__(
        self,
        question: Any,
        answer: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
        progress: Callable[[float, str], None] | None = None,
    ) -> None:
        self.questions.append(question)
        self.waiting.append((question, answer, failed))
        if self.at_once:
            self.reply()

    def reply(self) -> None:
        """Answer the oldest open question."""
        question, answer, _ = self.waiting.pop(0)
        answer(self.make(question))

    def refuse(self, message: str) -> None:
        """Fail the oldest open question."""
        failed = self.waiting.pop(0)[2]
        assert failed is not None
        failed(message)


def finished_runs(folders: Sequence[str]) -> RunsModel:
    """A model of finished runs; a run's name is that of its folder."""
    model = RunsModel()
    status = Status(state="finished", method="simclr", data="shapes", step=8, steps=8)
    model.apply(Changes(added=tuple(RunSummary(Path(folder), "finished", status, name=Path(folder).name) for folder in folders)))
    return model
