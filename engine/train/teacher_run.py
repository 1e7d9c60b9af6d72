"""A run, or published weights, as the teacher of a run: given and checked when a config is resolved, copied when the run starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch

from engine.augment.seeds import drawn_from
from engine.backbones.build import PATCHED
from engine.backbones.frozen_teacher import FrozenTeacher
from engine.backbones.published import kept, published
from engine.backbones.recognise_encoder import recognise_encoder
from engine.backbones.weights import IMAGENET, KEY, read_weights
from engine.catalogue import load
from engine.config.errors import ConfigError, Problem, complain
from engine.config.run import BackboneConfig, RunConfig
from engine.config.small_files import expanded, is_file
from engine.config.teacher import TeacherConfig, teacher_fields, teacher_of, with_teacher
from engine.config.text import parse
from engine.config.weights_text import weights_kind
from engine.data.dataset import Dataset
from engine.evaluate.encoder import load_method, read_checkpoint, seen_by
from engine.execute.progress import ProgressCallback, no_progress
from engine.method import Method
from engine.methods.build_method import input_size
from engine.runs.reader import checkpoint_epochs, checkpoint_path, read_run_config
from engine.runs.run_folder import CONFIG, default_root
from engine.train.start_weights import fetch_weights, known_weights, read_start

LIST = "List the runs: python -m engine runs."


def with_teacher_encoder(id: str, hyper: dict[str, Any], required: bool = True) -> dict[str, Any]:
    """The hyper-parameters of a method, complete, with the encoder and view size of the run that is their teacher.

    ConfigError where that run is missing, has no such checkpoint or is itself distilled, and where none is named, if one is
    `required`."""
    kind = load(id)
    for name in teacher_fields(kind.Config):
        teacher = TeacherConfig.model_validate(hyper[name])
        if teacher.weights:
            hyper = with_teacher(hyper, name, _of_weights(teacher, f"method.{name}"))
        elif teacher.run:
            hyper = with_teacher(hyper, name, _described(teacher, f"method.{name}"))
        elif required:
            remedy = (
                "Choose one, or train one first, for example by the method dino; or name published weights in "
                f"method.{name}.weights."
            )
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


def _of_weights(teacher: TeacherConfig, key: str) -> TeacherConfig:
    """A teacher of published weights with its encoder. Nothing is downloaded."""
    with _as_teacher(key):
        if weights_kind(teacher.weights) == "run":
            raise complain(KEY, "a file of weights or published weights", teacher.weights, f"A run is named by {key}.run.")
        text = known_weights(teacher.weights)
        settings: dict[str, Any] = {}
        if weights_kind(text) == "file":
            settings = _recognised(Path(text), teacher.encoder)
        elif not teacher.encoder:
            row = published(text)
            settings = {"name": row.encoder}
            if not row.encoder and (path := kept(row)) is not None:
                settings = _recognised(path, "")
            elif not row.encoder:
                raise complain(f"{key}.encoder", f"the encoder of {text}, which its name does not tell", "nothing")
        name = teacher.encoder or settings["name"]
        backbone = BackboneConfig(**(settings if settings.get("name") == name else {"name": name}))
        if name in PATCHED and not backbone.patch:
            raise complain(f"{key}.encoder", "an encoder whose patches are known", name, "Leave it out, or name one of a library.")
    return teacher.model_copy(update={"weights": text, "backbone": backbone, "size": 0})


def _recognised(path: Path, encoder: str) -> dict[str, Any]:
    """The settings of the encoder of a file; {} where it is not recognised and `encoder` names it."""
    try:
        return dict(_recognised_once(path, path.stat().st_mtime_ns))
    except OSError:
        raise complain(KEY, "a file that exists", str(path)) from None
    except ConfigError:
        if encoder:
            return {}
        raise


@lru_cache(maxsize=16)
def _recognised_once(path: Path, changed: int) -> Mapping[str, Any]:
    return recognise_encoder(read_weights(path)).settings


@contextmanager
def _as_teacher(key: str) -> Iterator[None]:
    """Errors of weights with the key of the teacher's."""
    try:
        yield
    except ConfigError as error:
        where = f"{key}.weights"
        problems = [
            Problem(where if problem.key == KEY else problem.key, problem.message.replace(KEY, where)) for problem in error.problems
        ]
        raise ConfigError(problems) from None


def fetch_all_weights(config: RunConfig, progress: ProgressCallback = no_progress) -> None:
    """Download the weights that a config names, those of its teacher included. Errors: see `fetch_weights`."""
    fetch_weights(config.backbone, progress)
    given = teacher_of(parse(load(config.method.id).Config, config.method.values(), "method"))
    if given is not None and given[1].weights:
        with _as_teacher(given[0]):
            fetch_weights(BackboneConfig(weights=given[1].weights), progress)


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
    if teacher.weights:
        return  # its images are resized
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
    own = torch.tensor(dataset.mean), torch.tensor(dataset.std)
    if teacher.weights:
        _copy_weights(method, teacher, key, config, own)
        return
    folder, path = Path(teacher.run), checkpoint_path(Path(teacher.run), teacher.epoch or None)
    try:
        trained, _ = load_method(folder, path)
        seen = seen_by(read_checkpoint(path))
    except ConfigError as error:
        raise ConfigError([Problem(f"{key}.run", f"{key}.run cannot be used. {error}")]) from None
    # Checkpoints of older versions have no normalisation: that of this run is the best estimate.
    theirs = own if seen is None else (torch.tensor(seen.mean), torch.tensor(seen.std))
    try:
        method.setup_teacher(trained.encoder, *theirs, *own)
    except RuntimeError:
        remedy = "Its method changes the encoder itself (patches, colours). Choose a run of another method."
        allowed = f"a run whose encoder is a plain {teacher.backbone.name if teacher.backbone else 'network'}"
        raise complain(f"{key}.run", allowed, folder.name, remedy) from None


def _copy_weights(
    method: Method, teacher: TeacherConfig, key: str, config: RunConfig, own: tuple[torch.Tensor, torch.Tensor]
) -> None:
    """Copy published weights into the method's teacher."""
    frozen = next(part for part in method.modules() if isinstance(part, FrozenTeacher))
    assert teacher.backbone is not None
    with _as_teacher(key):
        with drawn_from(config.train.seed):
            encoder = frozen.net.another()
        start = read_start(teacher.backbone.model_copy(update={"weights": teacher.weights}), encoder)
    encoder.load_state_dict(dict(start.fitted.state))
    # A file that does not say otherwise is of a network that was trained on images normalised as ImageNet's, as most are.
    mean, std = start.normalisation or IMAGENET
    method.setup_teacher(encoder, torch.tensor(mean), torch.tensor(std), *own)
