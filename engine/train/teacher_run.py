"""A run as the teacher of another: given and checked when a config is resolved, copied when the run starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from engine.catalogue import load
from engine.config.errors import ConfigError, Problem, complain
from engine.config.run import RunConfig
from engine.config.small_files import expanded, is_file
from engine.config.teacher import TeacherConfig, teacher_fields, teacher_of, with_teacher
from engine.config.text import parse
from engine.data.dataset import Dataset
from engine.evaluate.encoder import load_method, read_checkpoint, seen_by
from engine.method import Method
from engine.methods.build_method import input_size
from engine.runs.reader import checkpoint_epochs, checkpoint_path, read_run_config
from engine.runs.run_folder import CONFIG, default_root

LIST = "List the runs: python -m engine runs."


def with_teacher_encoder(id: str, hyper: dict[str, Any], required: bool = True) -> dict[str, Any]:
    """The hyper-parameters of a method, complete, with the encoder and view size of the run that is their teacher.

    ConfigError where that run is missing, has no such checkpoint or is itself distilled, and where none is named, if one is
    `required`."""
    kind = load(id)
    for name in teacher_fields(kind.Config):
        teacher = TeacherConfig.model_validate(hyper[name])
        if teacher.run:
            hyper = with_teacher(hyper, name, _described(teacher, f"method.{name}"))
        elif required:
            remedy = "Choose one, or train one first, for example by the method dino."
            raise complain(f"method.{name}.run", "the folder of a trained run, the teacher", "nothing", remedy)
    return hyper


def _described(teacher: TeacherConfig, key: str) -> TeacherConfig:
    folder = _folder(teacher.run)
    if not is_file(folder / CONFIG):
        raise complain(f"{key}.run", f"the folder of a trained run, with a {CONFIG} in it", teacher.run, LIST)
    try:
        config = read_run_config(folder)
        size = input_size(config)
    except ConfigError as error:
        raise ConfigError([Problem(f"{key}.run", f"{key}.run cannot be read. {error}")]) from None
    own = _teacher_in(config)
    if own is not None:
        remedy = f"Take its teacher, {own.run}, itself: a copy of a copy adds nothing."
        raise complain(f"{key}.run", "a run that was not distilled from another", folder.name, remedy)
    if not checkpoint_path(folder, teacher.epoch or None).is_file():
        have = checkpoint_epochs(folder)
        if teacher.epoch:
            known = ", ".join(["0 (the last)", *map(str, have)])
            raise complain(f"{key}.epoch", f"one whose checkpoint was kept: {known}", teacher.epoch, "")
        remedy = "It has saved none: resume it, or choose another run."
        raise complain(f"{key}.run", "a run with a checkpoint", folder.name, remedy)
    return teacher.model_copy(update={"run": str(folder), "backbone": config.backbone, "size": size})


def _folder(run: str) -> Path:
    """The folder that a text names: a path, or the name of a run among the others."""
    folder = expanded(run)
    named = default_root() / run
    if not is_file(folder / CONFIG) and len(Path(run).parts) == 1 and is_file(named / CONFIG):
        folder = named
    return folder.absolute()


def _teacher_in(config: RunConfig) -> TeacherConfig | None:
    """The teacher of a run's config; None where it has none. A method that this program does not know has none."""
    try:
        kind = load(config.method.id)
        given = teacher_of(parse(kind.Config, config.method.values(), "method"))
    except ConfigError:
        return None
    return given[1] if given is not None else None


def check_teacher_size(config: RunConfig) -> None:
    """ConfigError where a config, fitted to its data, has views of another size than its teacher, or another grid of patches."""
    kind = load(config.method.id)
    given = teacher_of(parse(kind.Config, config.method.values(), "method"))
    if given is None or given[1].backbone is None:
        return
    key, teacher = given
    size = input_size(config)
    if size != teacher.size:
        remedy = f"Set data.size or the views' size to {teacher.size}, or choose a teacher of {size} px."
        raise complain("views.groups.0.size", f"{teacher.size} px, that of the views of the teacher ({key}.run)", size, remedy)
    backbone = teacher.backbone
    assert backbone is not None
    # Of encoders of libraries the patches are known once they are built: the method checks them.
    own = all(name.startswith("vit") for name in (backbone.name, config.backbone.name))
    if own and backbone.patch != config.backbone.patch:
        remedy = f"Set backbone.patch to {backbone.patch}: each token of the student learns one of the teacher."
        raise complain("backbone.patch", f"{backbone.patch} px, that of the teacher ({key}.run)", config.backbone.patch, remedy)


def copy_teacher(method: Method, config: RunConfig, dataset: Dataset) -> None:
    """Copy the encoder of the run that is the teacher into the method, if it has one. ConfigError where no run is named, where its
    checkpoint is damaged, and where its encoder cannot be built from its config."""
    given = teacher_of(method.config)
    if given is None:
        return
    key, teacher = given
    with_teacher_encoder(config.method.id, {key.removeprefix("method."): teacher.model_dump(mode="json")})
    folder, path = Path(teacher.run), checkpoint_path(Path(teacher.run), teacher.epoch or None)
    try:
        trained, _ = load_method(folder, path)
        seen = seen_by(read_checkpoint(path))
    except ConfigError as error:
        raise ConfigError([Problem(f"{key}.run", f"{key}.run cannot be used. {error}")]) from None
    own = torch.tensor(dataset.mean), torch.tensor(dataset.std)
    # Checkpoints of older versions have no normalisation: that of this run is the best estimate.
    theirs = own if seen is None else (torch.tensor(seen.mean), torch.tensor(seen.std))
    try:
        method.setup_teacher(trained.encoder, *theirs, *own)
    except RuntimeError:
        remedy = "Its method changes the encoder itself (patches, colours). Choose a run of another method."
        allowed = f"a run whose encoder is a plain {teacher.backbone.name if teacher.backbone else 'network'}"
        raise complain(f"{key}.run", allowed, folder.name, remedy) from None
