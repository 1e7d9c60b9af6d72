"""The machines that a command names with `--on`. Imports Ray or submitit only where they are named."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from engine.config.errors import complain
from engine.execute.child_environment import share_module_path
from engine.execute.machines import Local, Machines

FORM = "local, ray, ray://HOST:PORT or slurm"


def is_local(on: str, slurm: Sequence[str] = ()) -> bool:
    """Whether `--on` names this process. ConfigError where it names nothing that is known, and where options of Slurm are given
    for something else."""
    if not re.fullmatch(r"local|slurm|ray(://\S+)?", on):
        raise complain("--on", FORM, on)
    if slurm and on != "slurm":
        raise complain("--slurm", "used with --on slurm", f"--on {on}")
    return on == "local"


def open_machines(on: str, root: Path, slurm: Sequence[str] = (), here: Callable[[Any], Any] | None = None) -> Machines:
    """The machines of `--on`. root: the folder of runs. here: does a job in this process, for "local". ConfigError where they
    cannot be used."""
    if is_local(on, slurm):
        assert here is not None
        return Local(here)
    share_module_path()
    if on == "slurm":
        from engine.execute.slurm_machines import SlurmMachines

        return SlurmMachines(root, slurm)
    from engine.execute.ray_machines import PORT, RayMachines

    if on == "ray":
        return RayMachines()
    return RayMachines(on if re.search(r":\d+/?$", on) else f"{on}:{PORT}")
