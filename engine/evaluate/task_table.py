"""Every evaluation task in one table. Torch-free: importing a task's code is left to `Task.load`.

Other packages add rows by the entry point `parallax.evaluation` (see engine.plugins); `tasks` gives theirs, too."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from engine import plugins
from engine.catalogue import Column, methods
from engine.config.errors import complain

if TYPE_CHECKING:
    from engine.evaluate.subject import Subject
    from engine.runs.evaluation import Figure

    # A task's function: from the encoders, data and settings to the figures that its row names, in their order.
    Measure: TypeAlias = Callable[[Subject], Iterable[Figure]]

Need = Literal["labels", "factors", "texts", "multi_label", "numbers", "speeds", "moments", "sounds", Column]

# Which methods embed what a task needs: those that need this column of the data.
EMBEDDED: Mapping[Need, Column] = {"texts": "captions", "sounds": "sound"}


@dataclass(frozen=True)
class Task:
    """One row.

    Attributes:
        id: as `--parts` takes it.
        title: its name on screens and in tables.
        figures: names of its figures, shares of test images from 0 to 1 (or an R², see `negative`), in their order.
        run: "module:function" of its `Measure`, which is imported when the task is run.
        needs: required data beside images: class labels, factors, what engine.data.columns lists; "texts", "sounds": a method
            that embeds texts, or sounds; "multi_label", "numbers", "speeds", "moments": what engine.evaluate.target_scores has
            functions for.
        frozen: it uses the features of the frozen encoders (`Subject.features`), and does not train encoders. One that uses feature
            maps has its plan in `engine.evaluate.dense_plan`.
        features: it uses `Subject.features`, which are then counted in the estimate of its time.
        effort: of a frozen task: how long it takes for one encoder, in images encoded for each training image; for the estimate of
            its time.
        negative: its figures can be below 0, as an R²; they have standard errors of their own.
        line: what it measures, in a sentence.
        package: the distribution that adds the row, "" for this program's own.
    """

    id: str
    title: str
    figures: tuple[str, ...]
    run: str
    needs: frozenset[Need] = frozenset({"labels"})
    frozen: bool = True
    features: bool = True
    effort: float = 0.0
    negative: bool = False
    line: str = ""
    package: str = ""

    def takes(self, method: str) -> bool:
        """Whether runs of the method of this id can be measured."""
        has = {column for row in methods() if row.id == method for column in row.needs}
        return all(column in has for need, column in EMBEDDED.items() if need in self.needs)

    def load(self) -> Measure:
        """The task's function. ConfigError where that of another package cannot be imported."""
        module, _, name = self.run.partition(":")
        if not self.package:
            own: Measure = getattr(importlib.import_module(module), name)
            return own
        try:
            other: Measure = getattr(importlib.import_module(module), name)
        except Exception as error:  # code of others may fail in any way
            remedy = f"It is of the package {self.package}: {plugins.sentence(error)}"
            raise complain("parts", "a task that can be loaded", self.id, remedy) from error
        return other


_SEGMENTATION = "engine.evaluate.tasks.segmentation:measure"
_DETECTION = "engine.evaluate.tasks.detection:measure"
_TUNING = "engine.evaluate.tasks.fine_tuning:measure"

TASKS: tuple[Task, ...] = (
    Task(
        "knn",
        "kNN",
        ("knn", "knn_200"),
        "engine.evaluate.tasks.nearest_neighbours:measure",
        line="The classes of the 20 and the 200 nearest training images vote.",
    ),
    Task(
        "linear",
        "Linear probe",
        ("linear",),
        "engine.evaluate.tasks.linear_probe:measure",
        # Its five strengths.
        effort=2.0,
        line="A linear classifier on the frozen features.",
    ),
    Task(
        "image_retrieval",
        "Image retrieval",
        ("image_to_image_1", "image_to_image_5"),
        "engine.evaluate.tasks.retrieval:image_image",
        line="Whether one of the nearest test images has the class of the image.",
    ),
    Task(
        "zero_shot",
        "Zero-shot",
        ("zero_shot",),
        "engine.evaluate.tasks.zero_shot:measure",
        needs=frozenset({"labels", "texts"}),
        line="The class whose name in words is nearest to the image; no label is used.",
    ),
    Task(
        "retrieval",
        "Image-text retrieval",
        ("image_to_text_1", "image_to_text_5", "text_to_image_1", "text_to_image_5"),
        "engine.evaluate.tasks.retrieval:image_text",
        needs=frozenset({"captions", "texts"}),
        line="Whether the caption of a test image is among the nearest, and the image of a caption.",
    ),
    Task(
        "multi_label",
        "Multi-label",
        ("multi_label_map",),
        "engine.evaluate.tasks.targets:multi_label",
        needs=frozenset({"multi_label"}),
        effort=2.0,
        line="Each label that an image has or has not, by a linear probe; mean average precision.",
    ),
    Task(
        "regression",
        "Regression",
        ("regression_r2",),
        "engine.evaluate.tasks.targets:regression",
        needs=frozenset({"numbers"}),
        effort=0.5,
        negative=True,
        line="Numbers of an image, by ridge regression; mean R².",
    ),
    Task(
        "label_propagation",
        "Label propagation",
        ("propagation_j",),
        "engine.evaluate.tasks.label_propagation:measure",
        needs=frozenset({"clips", "clip_masks"}),
        features=False,
        effort=4.0,
        line="The mask of a clip's first frame, carried on by the affinity of dense features; nothing is trained.",
    ),
    Task(
        "motion",
        "Motion",
        ("motion_knn", "motion_linear", "clip_to_clip_1", "clip_to_clip_5"),
        "engine.evaluate.tasks.motion:measure",
        needs=frozenset({"labels", "clips"}),
        features=False,
        effort=7.0,
        line="The class of a clip from features of whole clips: kNN, linear probe, and clips of the same class among the nearest.",
    ),
    Task(
        "speed",
        "Speed",
        ("speed_r2",),
        "engine.evaluate.tasks.motion:speed",
        needs=frozenset({"clips", "speeds"}),
        features=False,
        effort=6.0,
        negative=True,
        line="How fast what is in a clip moves, by ridge regression on features of whole clips; R².",
    ),
    Task(
        "sound_retrieval",
        "Clip-sound retrieval",
        ("clip_to_sound_1", "clip_to_sound_5", "sound_to_clip_1", "sound_to_clip_5"),
        "engine.evaluate.tasks.sound_retrieval:by_linear_map",
        needs=frozenset({"clips", "sound"}),
        features=False,
        effort=6.0,
        line="Whether the sound of a test clip is among the nearest to what a linear map predicts from its frames, and back.",
    ),
    Task(
        "own_sound_retrieval",
        "Clip-sound retrieval, own embeddings",
        ("own_clip_to_sound_1", "own_clip_to_sound_5", "own_sound_to_clip_1", "own_sound_to_clip_5"),
        "engine.evaluate.tasks.sound_retrieval:by_own_embeddings",
        needs=frozenset({"clips", "sound", "sounds"}),
        features=False,
        effort=2.0,
        line="The same by the method's own embeddings of frames and sounds.",
    ),
    Task(
        "event_spotting",
        "Event spotting",
        ("events_ap_1", "events_ap_0"),
        "engine.evaluate.tasks.event_spotting:measure",
        needs=frozenset({"clips", "moments"}),
        features=False,
        effort=10.0,
        line="At which frame of a clip something happens, by a linear probe on the features of single frames; average precision.",
    ),
    Task("finetune_1", "Fine-tuning, 1 %", ("finetune_1",), _TUNING, frozen=False, line="Trained on 1 % of the labels."),
    Task("finetune_10", "Fine-tuning, 10 %", ("finetune_10",), _TUNING, frozen=False, line="Trained on 10 % of the labels."),
    Task("finetune_100", "Fine-tuning, all", ("finetune_100",), _TUNING, frozen=False, line="Trained on all labels."),
)

_MAPS = frozenset[Need]({"class_maps"})
_LINEAR = "The class of every pixel, by a linear map of the frozen encoder's feature maps"
_FCN = "The class of every pixel, by a small convolutional network trained with the encoder"

TASKS += tuple(
    Task(id, title, tuple(f"{id}_{kind}" for kind in ("miou", "objects", "pixels")), _SEGMENTATION, _MAPS, frozen=False, line=line)
    for id, title, line in (
        ("segmentation_10", "Segmentation, 10 %", f"{_LINEAR}, from 10 % of the class maps."),
        ("segmentation", "Segmentation", f"{_LINEAR}."),
        ("segmentation_tuned_10", "Segmentation, fine-tuned, 10 %", f"{_FCN} on 10 % of the class maps."),
        ("segmentation_tuned", "Segmentation, fine-tuned", f"{_FCN}."),
    )
)

_FROZEN = "Boxes by a detector on the frozen encoder's feature map"
_TRAINED = "Boxes by a detector that is trained with the encoder"

TASKS += tuple(
    Task(
        id,
        title,
        tuple(f"{id}_{kind}" for kind in ("ap", "ap50", "ap75", "ar")),
        _DETECTION,
        frozenset({"boxes"}),
        frozen=False,
        line=line,
    )
    for id, title, line in (
        ("detection_10", "Detection, 10 %", f"{_FROZEN}, from 10 % of the images."),
        ("detection", "Detection", f"{_FROZEN}."),
        ("detection_tuned_10", "Detection, fine-tuned, 10 %", f"{_TRAINED}, on 10 % of the images."),
        ("detection_tuned", "Detection, fine-tuned", f"{_TRAINED}."),
    )
)


@cache
def tasks() -> tuple[Task, ...]:
    """All evaluation tasks: this program's own, then those of other packages by package and id."""
    return (*TASKS, *plugins.plugin_rows(plugins.EVALUATION, Task, [row.id for row in TASKS], _unusable))


def _unusable(row: Task) -> str:
    own = {figure for task in TASKS for figure in task.figures}
    if row.run.count(":") != 1:
        return f'its run must be "module:function". Got {row.run!r}.'
    if not row.figures or own & set(row.figures):
        return f"its figures must be names of its own, at least one. Got {', '.join(row.figures) or 'none'}."
    if not row.needs <= set(get_args(Need)):
        return f"its needs must be among {', '.join(get_args(Need))}. Got {', '.join(sorted(row.needs))}."
    return "" if row.frozen else "its frozen must be True: only this program's own fine-tuning is planned with its learning rates."


def task(id: str) -> Task | None:
    """The row of a task, or None."""
    return next((row for row in tasks() if row.id == id), None)


def can_be_negative(figure: str) -> bool:
    """Whether a figure can be below 0."""
    return any(row.negative and figure in row.figures for row in tasks())


def figure_title(figure: str) -> str:
    """The title of a figure: its task's title, where the task has no other figure; else its own name."""
    return next((row.title for row in tasks() if row.figures == (figure,)), figure)
