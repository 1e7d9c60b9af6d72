"""Stand-ins for the engine: a trainer that speaks like one and writes a real run folder, and answers without torch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.augment.presets import groups
from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.config.text import merge
from engine.evaluate.plan import TUNINGS, Estimate, length
from engine.events import EmbeddingDone, EpochDone, EvalDone, Event, RunEnded, RunStarted, StepDone
from engine.runs.evaluation import Evaluated, Figure
from engine.runs.invariance_file import FactorReadings, Group, Invariance, Reading, Verdict
from engine.runs.reader import read_config
from engine.runs.run_folder import create_folder
from engine.runs.run_store import Changes, RunSummary
from engine.runs.status import Status
from engine.runs.writer import RunWriter
from engine.train.control import Control
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.data_questions import DataInfo, DescribeData, GetImages, GetLabels, Labels
from workbench.bridge.evaluate_questions import (
    EstimateEvaluation,
    EstimateEvaluations,
    EvaluateRun,
    KeptEvaluation,
    ReadEvaluations,
)
from workbench.bridge.invariance_questions import MeasureInvariance, ReadInvariance, StoredInvariance
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
from workbench.bridge.pair_questions import InspectPairs, MeasureStrength, Pairs, SpaceCurve, StrengthCurve
from workbench.bridge.question import Question
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
from workbench.bridge.versus_questions import Compared, CompareSpaces, LayMap
from workbench.bridge.view_questions import PreviewViews, ViewsPreview
from workbench.models.runs import RunsModel

STEPS = 8


class StandInTrainer:
    """Runs of a few steps; with `hold`, each waits after its first step until `gate` is set or it is stopped."""

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

    def _go(self, folder: Path, config: RunConfig, emit: Callable[[Event], None], control: Control, start: int) -> None:
        rng = np.random.default_rng(0)
        with RunWriter(folder) as writer:

            def tell(event: Event) -> None:
                writer(event)
                emit(event)

            tell(
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
                    tell(RunEnded("stopped", step - 1, float(step)))
                    return
                tell(StepDone(step, step / 4, 5.0 / step, 0.1, 640.0, float(step), diagnostics={"std": 0.9, "rank": 20.0}))
                if step % 4 == 0:
                    tell(EpochDone(step // 4, step, 1.0, float(step)))
                    tell(EvalDone(step // 4, step, {"knn": 0.3 + 0.05 * step}, 0.1))
                    features = rng.normal(size=(40, 8)).astype(np.float16)
                    tell(EmbeddingDone(step // 4, step, features, np.arange(40), np.arange(40) % 4))
            tell(RunEnded("finished", STEPS, float(STEPS)))


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
RECIPES: dict[str, dict[str, Any]] = {"byol": {"views": {"preset": "byol"}, "optim": {"lr": 0.004, "weight_decay": 0.01}}}


class StandInAnswers:
    """Answers every question with something small. `problems` is what CheckConfig finds."""

    def __init__(self) -> None:
        self.problems: tuple[tuple[str, str], ...] = ()
        self.fail: set[type[Question]] = set()

    def __call__(self, question: Question, progress: Callable[[float], None], wanted: Callable[[], bool]) -> Any:
        if type(question) in self.fail:
            raise ConfigError([])
        return getattr(self, f"_{type(question).__name__}")(question)

    def _DescribeMethod(self, asked: DescribeMethod) -> Any:
        return MethodForm(asked.id, {"properties": {}} if asked.id == "random" else SCHEMA, RECIPES.get(asked.id, {}))

    def _ListDevices(self, asked: ListDevices) -> Any:
        return (DeviceInfo("cpu", "Some processor, 2 cores", 8 << 30, 4 << 30),)

    def _CheckConfig(self, asked: CheckConfig) -> Any:
        return Checked(self.problems, {} if self.problems else dict(asked.config))

    def _MeasureSpeed(self, asked: MeasureSpeed) -> Any:
        return Speed(1140.0, 1 << 29, 780, 175.0)

    def _DescribeData(self, asked: DescribeData) -> Any:
        return DataInfo("shapes", 32, 4590, 510, 900, ("a", "b", "c", "d"), ("hue",), ())

    def _ReadMetrics(self, asked: ReadMetrics) -> Any:
        return EngineAnswers()(asked, lambda share: None, lambda: True)

    def _ReadConfigs(self, asked: ReadConfigs) -> Any:
        return {folder: read_config(Path(folder)) for folder in asked.folders}

    def _PreviewViews(self, asked: PreviewViews) -> Any:
        n = len(asked.rows)
        kinds = [group for group in groups("simclr") for _ in range(group.count)]
        picture = np.full((n, 8, 8, 3), 120, np.uint8)
        box = np.tile(np.array([0.1, 0.1, 0.6, 0.6], np.float32), (n, 1))
        drawn = tuple(tuple({"crop": 0.25} for _ in range(n)) for _ in kinds)
        return ViewsPreview(picture, (picture,) * len(kinds), (box,) * len(kinds), drawn, ("global",) * len(kinds), 1.0)

    def _GetImages(self, asked: GetImages) -> Any:
        return np.full((len(asked.index), 8, 8, 3), 90, np.uint8)

    def _GetLabels(self, asked: GetLabels) -> Any:
        codes = np.asarray(asked.index) % 4
        return Labels({"class": codes}, {"class": ("a", "b", "c", "d")}, {"class": "category"})

    def _ReadInvariance(self, asked: ReadInvariance) -> Any:
        return StoredInvariance(asked.folder, invariance_of(asked.folder), False, 1, True)

    def _MeasureInvariance(self, asked: MeasureInvariance) -> Any:
        return self._ReadInvariance(ReadInvariance(asked.folder))

    def _FileNames(self, asked: FileNames) -> Any:
        return ()

    def _MapSnapshot(self, asked: MapSnapshot) -> Any:
        xy = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
        return Map(asked.folder, asked.epoch, asked.kind, xy, np.arange(40), np.arange(40) % 4, 0.9)

    def _FindNeighbours(self, asked: FindNeighbours) -> Any:
        rows = np.arange(1, asked.k + 1)
        return Neighbours(asked.row, rows, np.linspace(0.9, 0.5, asked.k).astype(np.float32))

    def _ReadEvaluations(self, asked: ReadEvaluations) -> Any:
        return {folder: KeptEvaluation(None) for folder in asked.folders}

    def _EstimateEvaluation(self, asked: EstimateEvaluation) -> Any:
        return estimate_of()

    def _EstimateEvaluations(self, asked: EstimateEvaluations) -> Any:
        return dict.fromkeys(asked.folders, estimate_of())

    def _EvaluateRun(self, asked: EvaluateRun) -> Any:
        return evaluation_of(asked)

    def _CompareSpaces(self, asked: CompareSpaces) -> Any:
        kept = np.linspace(0, 1, 40)
        return Compared(asked.left, asked.right, np.arange(40), kept, np.arange(40), asked.k, 0.5, asked.k / 39, 0.6)

    def _LayMap(self, asked: LayMap) -> Any:
        return np.asarray(asked.xy, np.float32)

    def _MapKinds(self, asked: MapKinds) -> Any:
        return (MapKind("pca", "PCA", scaled=False), MapKind("umap", "UMAP"), MapKind("pacmap", "PaCMAP", "not installed"))

    def _SampleNumbers(self, asked: SampleNumbers) -> Any:
        column = np.linspace(0, 1, 40, dtype=np.float32)
        return Numbers(asked.folder, asked.epoch, asked.space, np.arange(40), {"outlier": column}, {"outlier": "far from all"})

    def _SampleLosses(self, asked: SampleLosses) -> Any:
        columns = {"loss": np.linspace(1, 5, 40, dtype=np.float32), "agreement": np.linspace(1, 0, 40, dtype=np.float32)}
        return Losses(asked.folder, asked.epoch, asked.epoch, np.arange(40), columns, 4.8, {}, {"loss": 0.5})

    def _ClusterSnapshot(self, asked: ClusterSnapshot) -> Any:
        at = asked.folder, asked.epoch, asked.kind, asked.space
        return Clusters(*at, np.arange(40), np.arange(40) % 3, 3, 0.0, 0.5, 0.3, 40)

    def _NearDuplicates(self, asked: NearDuplicates) -> Any:
        at, group = (asked.folder, asked.epoch, asked.threshold), np.array([3, 7])
        return Duplicates(*at, np.arange(40), (group,), np.float32([0.99]), 1, group)

    def _FindOutliers(self, asked: FindOutliers) -> Any:
        rows = np.arange(min(asked.count, 40))[::-1]
        return Outliers(asked.folder, asked.epoch, np.arange(40), rows, np.linspace(1, 0, len(rows)))

    def _InspectPairs(self, asked: InspectPairs) -> Any:
        return pairs_of(asked)

    def _MeasureStrength(self, asked: MeasureStrength) -> Any:
        return strength_of(asked)


def estimate_of() -> Estimate:
    """A millisecond an image, three with gradients."""
    images = {"train": 1000, "validation": 100, "test": 100}
    return Estimate(images, {part: length(part, 100) for part in TUNINGS}, 0.001, 0.003, "cpu", {"finetune_1": ("a note",)})


def evaluation_of(asked: EvaluateRun, trained: float = 0.5, digest: str = "d", epochs: tuple[int, ...] = ()) -> KeptEvaluation:
    """Figures of every part that was asked for: `trained`, and .2 untrained."""
    images = {"train": 1000, "validation": 100, "test": 100}
    found = Evaluated(Path(asked.folder).name, "simclr", "shapes", digest, "resnet10_narrow", 4, 0.25, images, 32)
    for part in asked.parts:
        for figure in ("knn", "knn_200") if part == "knn" else (part,):
            by = {"rate": 0.05, "validation": 0.4} if part in TUNINGS else {}
            made = Figure(figure, trained, 0.2, 100, f"Words of {figure}.", by, by, (), 8, 1e9, 2.0)
            found = found.with_figure(asked.epoch, made)
    return KeptEvaluation(found, epochs=epochs)


def pairs_of(asked: InspectPairs, n: int = 12, spaces: tuple[str, ...] = ("features", "embedding")) -> Pairs:
    """Pairs of n images of four classes, whose two views lie near each other, and near those of their class."""
    from engine.study.pair_report import space_of

    rng = np.random.default_rng(asked.seed)
    label = np.arange(n) % 4
    middle = np.eye(6)[label] + 0.3 * rng.normal(size=(n, 6))
    rows = {space: np.concatenate([middle + 0.2 * rng.normal(size=(n, 6)) for _ in range(2)]) for space in spaces}
    picture = rng.integers(0, 255, (n, 8, 8, 3), dtype=np.uint8)
    box = np.tile(np.float32([0.1, 0.1, 0.6, 0.6]), (n, 1))
    return Pairs(
        folder=asked.folder,
        split=asked.split,
        seed=asked.seed,
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
    """Values drawn for two views of n images: the first jittered, the second flipped and blurred."""
    crops = [{"crop_x": 0.02 * row, "crop_y": 0.1, "crop_width": 0.5, "crop_height": 0.03 * (row + 1)} for row in range(n)]
    first = tuple({**crop, "brightness": 1 + 0.01 * row, "hue": -0.05} for row, crop in enumerate(crops))
    return first, tuple({**crop, "flip": 1.0, "blur": 1.5} for crop in crops)


def strength_of(asked: MeasureStrength, spaces: tuple[str, ...] = ("features", "embedding")) -> StrengthCurve:
    """A curve that falls from 1 to .2 along a strength from 0 to 1; two values of what is on or off."""
    switched = asked.operation in ("flip", "grayscale", "solarize", "erase")
    strengths = np.linspace(0, 1, 2 if switched else 9, dtype=np.float32)
    # Of what is on or off: a flip is hardly noticed, grey costs .3, the others destroy all.
    mean = 1 - {"flip": 0.01, "grayscale": 0.3}.get(asked.operation, 0.8) * strengths
    curve = SpaceCurve(mean, mean - 0.1, np.minimum(1, mean + 0.1), 0.4)
    pictures = np.full((len(strengths), 8, 8, 3), 90, np.uint8)
    return StrengthCurve(asked.operation, strengths, dict.fromkeys(spaces, curve), 0.5, 64, pictures)


def invariance_of(folder: str, epochs: tuple[int, ...] = (0, 2, 4), lift: float = 0.0) -> Invariance:
    """Three factors in two spaces: shape is kept, size kept in part, brightness discarded by training; all `lift` higher."""

    def reading(kept: float, before: float, verdict: Verdict) -> Reading:
        low, high = kept - 0.03, kept + 0.03
        gain = kept - before
        return Reading(kept, low, high, kept, low, high, gain, gain - 0.02, gain + 0.02, verdict)

    ends: dict[str, tuple[Group, float, float]] = {
        "shape": ("known", 0.3, 0.8),
        "size": ("known", 0.3, 0.32),
        "brightness": ("drawn", 0.7, 0.05),
    }
    words: dict[str, Verdict] = {"shape": "kept", "size": "partly", "brightness": "discarded"}
    factors = []
    for name, (group, first, last) in ends.items():
        by_epoch = {}
        for epoch in epochs:
            kept = first + (last - first) * epoch / max(1, epochs[-1])
            by_epoch[epoch] = reading(kept + lift, first + lift, words[name] if epoch == epochs[-1] else "partly")
        own = True if group == "drawn" else None
        readings = {"features": by_epoch, "embedding": dict(by_epoch)}
        factors.append(FactorReadings(name, group, "number", "r2", 0.0, 300, own, reading(0.4, 0.4, "partly"), readings))
    marks = dict.fromkeys(epochs, 1)
    spaces = ("features", "embedding")
    return Invariance(Path(folder).name, "simclr", "shapes", spaces, epochs, epochs[-1], tuple(factors), marks, {}, "how")


class HeldAsker:
    """A panel's `ask` that answers with what `make` makes of the question: at once, or when told to."""

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
    """A list of finished runs that are called as their folders."""
    model = RunsModel()
    status = Status(state="finished", method="simclr", data="shapes", step=8, steps=8)
    model.apply(Changes(added=tuple(RunSummary(Path(folder), "finished", status, name=Path(folder).name) for folder in folders)))
    return model
