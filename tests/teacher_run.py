"""Runs that can be teachers, for tests of methods that need one: an untrained ViT with a checkpoint, made in a moment."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import torch

from engine.catalogue import load
from engine.config.run import RunConfig
from engine.config.teacher import teacher_fields
from engine.methods.build_method import build_method
from engine.runs.reader import checkpoint_path
from engine.runs.run_folder import write_config
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare

_HOME = tempfile.TemporaryDirectory(prefix="parallax-teachers-")


def teacher_settings(id: str, size: int = 32) -> dict[str, Any]:
    """The settings of a method that name a teacher of this view size; none for most methods."""
    return {name: {"run": str(teacher_folder(size))} for name in teacher_fields(load(id).Config)}


@cache
def teacher_folder(size: int = 32, method: str = "simclr", backbone: str = "vit_micro") -> Path:
    """The folder of a run that can be a teacher, one for each process and kind."""
    given = {
        "method": {"id": method},
        "backbone": {"name": backbone},
        "data": {"source": "shapes", "count": 16, "size": size},
        "train": {"batch": 4, "steps": 2, "device": "cpu", "precision": "fp32", "threads": 1, "seed": 7},
    }
    folder = Path(_HOME.name) / f"{method}_{backbone}_{size}"
    return folder if folder.exists() else write_teacher(folder, prepare(resolve(given)))


def write_teacher(folder: Path, session: Session) -> Path:
    """Write what a run of this session has of a run folder: its config, and its checkpoint."""
    config: RunConfig = session.config
    (folder / "checkpoints").mkdir(parents=True)
    write_config(folder, config)
    state = {
        "step": 2,
        "epoch": 1,
        "method": build_method(config).state_dict(),
        "data": session.dataset.name,
        "mean": torch.tensor(session.dataset.mean),
        "std": torch.tensor(session.dataset.std),
    }
    torch.save(state, checkpoint_path(folder))
    return folder
