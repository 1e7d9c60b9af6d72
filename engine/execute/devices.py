"""The devices of this machine, and what they are fast at."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil
import torch

from engine.config.errors import complain
from engine.config.run import RunConfig


@dataclass(frozen=True)
class Device:
    """`id` is what `train.device` takes. Bytes are 0 where unknown."""

    id: str
    name: str
    total_bytes: int
    free_bytes: int


def devices() -> tuple[Device, ...]:
    """Every device that a run can use, the best first."""
    found = []
    for place in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        free, total = torch.cuda.mem_get_info(place)
        found.append(Device(f"cuda:{place}", torch.cuda.get_device_name(place), total, free))
    if torch.backends.mps.is_available():
        memory = psutil.virtual_memory()
        found.append(Device("mps", "Apple GPU", memory.total, memory.available))
    memory = psutil.virtual_memory()
    found.append(Device("cpu", f"{_cpu_name()}, {os.cpu_count()} cores", memory.total, memory.available))
    return tuple(found)


def resolve_device(asked: str) -> str:
    """The device's id for "auto" and "cuda", or the id itself. ConfigError where this machine has no such device."""
    known = [device.id for device in devices()]
    if asked == "auto":
        return known[0]
    if asked == "cuda" and "cuda:0" in known:
        return "cuda:0"
    if asked not in known:
        raise complain(
            "train.device", f"auto or a device of this machine ({', '.join(known)})", asked, "Use auto to take the best one."
        )
    return asked


def check_device(id: str) -> None:
    """ConfigError, with what to do about a run that is to go on, where this machine has no such device."""
    known = [device.id for device in devices()]
    if id not in known:
        allowed = f"a device of this machine ({', '.join(known)}) for the run to go on"
        raise complain("train.device", allowed, id, "Resume it with --device auto to take the best one that is here.")


def cores() -> int:
    """The cores that this process may use, which a container can make fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def with_threads(config: RunConfig) -> RunConfig:
    """The config with the number of threads that 0, every core, means here: sums that are parted otherwise round otherwise."""
    if config.train.threads:
        return config
    return config.model_copy(update={"train": config.train.model_copy(update={"threads": cores()})})


def resolve_precision(asked: str, device: str, transformer: bool) -> Literal["fp32", "bf16"]:
    """bf16 for "auto" where the device runs such a network faster in it than in fp32, fp32 elsewhere.

    A CPU with AVX-512 BF16 and no AMX gains in convolutions (1.4 times, measured on an EPYC) and, when that was measured, lost in
    the thin products of a small transformer (0.4 times). A later measurement on one thread found such a transformer
    1.1 to 1.2 times as fast in bf16; as long as the two have not been measured again on a quiet machine, fp32 stays."""
    if asked == "fp32" or asked == "bf16":
        return asked  # type: ignore[return-value]
    if device.startswith("cuda"):
        return "bf16" if torch.cuda.get_device_capability(device)[0] >= 8 else "fp32"
    if device == "cpu":
        fast = _supports("_is_amx_tile_supported") or (not transformer and _supports("_is_avx512_bf16_supported"))
        return "bf16" if fast else "fp32"
    return "fp32"


def _supports(check: str) -> bool:
    # Private in torch, so absent in some release one day: then fp32 it is.
    return bool(getattr(torch.cpu, check, lambda: False)())


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "CPU"
