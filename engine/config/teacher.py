"""Another run as the teacher of a method: what a person chooses, and what the program adds to it. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import model_validator

from engine.config.part import MethodConfig, Part, setting
from engine.config.run import BackboneConfig
from engine.config.weights_text import weights_kind


class TeacherConfig(Part):
    """A trained run, or published weights, whose encoder is a frozen teacher. A text alone is the run's folder, or names weights:
    `teacher: runs/2026-11-29_dino`, `teacher: timm/vit_small_patch14_dinov2.lvd142m`.

    `backbone` and `size` are written when the config is resolved, so that a method with a teacher is built from its config alone.
    The weights are copied into the method when the run starts, and from then on lie in its own checkpoints: the teacher's run can
    be moved, trained further or deleted."""

    run: str = setting(
        "",
        "The trained run whose encoder is the teacher: its folder, or its name among the runs. Its images must have the size of "
        "this run's. Its weights are copied when the run starts; afterwards that run is not needed.",
        title="Teacher",
        also="teacher run, pretrained, distillation",
        picker="run",
    )
    epoch: int = setting(
        0,
        "Which checkpoint of the teacher: the last, or the one that was kept after this epoch.",
        title="Teacher, epoch",
        zero="the last",
        ge=0,
        le=100_000,
        advanced=True,
    )
    weights: str = setting(
        "",
        "In place of a run: a file of weights, or published weights by name, of a foundation model for example (DINOv2, DINOv3, "
        "CLIP): timm/vit_small_patch14_dinov2.lvd142m. Images are resized for it, so that each cell of the student has a patch of "
        "the teacher.",
        title="Teacher, weights",
        also="foundation model, DINOv2, DINOv3, CLIP, pretrained, checkpoint, Hugging Face, timm",
        picker="weights",
    )
    encoder: str = setting(
        "",
        "Of weights whose file does not tell its encoder: the name of that, timm/vit_small_patch16_dinov3 for example.",
        title="Teacher, encoder",
        advanced=True,
    )
    backbone: BackboneConfig | None = setting(
        None,
        "The teacher's encoder. Written by the program: it follows the run or the weights.",
        title="Teacher, backbone",
        written=True,
    )
    size: int = setting(
        0,
        "Side of the views on which the teacher was trained. Written by the program: it follows the run.",
        title="Teacher, view",
        unit="px",
        zero="of this run",
        ge=0,
        le=1024,
        written=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        return {"run" if not given or weights_kind(given) == "run" else "weights": given}

    @model_validator(mode="after")
    def _one(self) -> TeacherConfig:
        if self.run and self.weights:
            raise ValueError("teacher.weights must be empty where teacher.run names a run. Clear one of the two.")
        return self

    @property
    def named(self) -> bool:
        """Whether a teacher is chosen."""
        return bool(self.run or self.weights)


def teacher_fields(config: type[MethodConfig]) -> tuple[str, ...]:
    """The names of a method's settings that are teachers."""
    return tuple(name for name, field in config.model_fields.items() if field.annotation is TeacherConfig)


def teacher_of(config: MethodConfig) -> tuple[str, TeacherConfig] | None:
    """The key and value of a method's teacher; None for a method without one."""
    for name in teacher_fields(type(config)):
        value = getattr(config, name)
        assert isinstance(value, TeacherConfig)
        return f"method.{name}", value
    return None


def with_teacher(values: Mapping[str, Any], name: str, teacher: TeacherConfig) -> dict[str, Any]:
    """A method's values with this teacher."""
    return {**values, name: teacher.model_dump(mode="json")}
