"""The devices of this machine, and the precision that is fast on them."""

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
    """`id`: the value of `train.device`. Bytes are 0 where unknown."""

    id: str
    name: str
    total_bytes: int
    free_bytes: int


def devices() -> tuple[Device, ...]:
    """Every device that a run can use, the best first."""
    result = []
    for number in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        free, total = torch.cuda.mem_get_info(number)
        result.append(Device(f"cuda:{number}", torch.cuda.get_device_name(number), total, free))
    if torch.backends.mps.is_available():
        memory = psutil.virtual_memory()
        result.append(Device("mps", "Apple GPU", memory.total, memory.available))
    memory = psutil.virtual_memory()
    result.append(Device("cpu", f"{_cpu_name()}, {os.cpu_count()} cores", memory.total, memory.available))
    return tuple(result)


def resolve_device(requested: str) -> str:
    """The device's id for "auto" and "cuda", or the id itself. ConfigError where this machine has no such device."""
    known = [device.id for device in devices()]
    if requested == "auto":
        return known[0]
    if requested == "cuda" and "cuda:0" in known:
        return "cuda:0"
    if requested not in known:
        raise complain(
            "train.device", f"auto or a device of this machine ({', '.join(known)})", requested, "Use auto to take the best one."
        )
    return requested


def check_device(id: str) -> None:
    """ConfigError, with a remedy for a run to be resumed, where this machine has no such device."""
    known = [device.id for device in devices()]
    if id not in known:
        allowed = f"a device of this machine ({', '.join(known)}) for the run to go on"
        raise complain("train.device", allowed, id, "Resume it with --device auto to take the best one that is here.")


def cores() -> int:
    """The number of cores that this process may use, which a container and OMP_NUM_THREADS can limit: job systems and people who
    share a machine set it, and more threads than free cores wait for each other at every operation."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    limit = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()  # "4,2": one number a level of nesting
    return min(here, int(limit)) if limit.isascii() and limit.isdigit() and int(limit) else here


def with_threads(config: RunConfig) -> RunConfig:
    """The config with 0 threads (every core) replaced by the number: another number of threads changes the rounding of sums."""
    if config.train.threads:
        return config
    return config.model_copy(update={"train": config.train.model_copy(update={"threads": cores()})})


def resolve_precision(requested: str, device: str, transformer: bool) -> Literal["fp32", "bf16"]:
    """bf16 for "auto" where the device runs such a network faster in it than in fp32, fp32 elsewhere.

    A CPU with AVX-512 BF16 and no AMX gains in convolutions (1.4 times, measured on an EPYC) and, when that was measured, lost in
    the thin products of a small transformer (0.4 times). A later measurement on one thread found such a transformer
    1.1 to 1.2 times as fast in bf16; as long as the two have not been measured again on a quiet machine, fp32 stays."""
    if requested == "fp32" or requested == "bf16":
        return requested  # type: ignore[return-value]
    if device.startswith("cuda"):
        return "bf16" if torch.cuda.get_device_capability(device)[0] >= 8 else "fp32"
    if device == "cpu":
        fast = _supports("_is_amx_tile_supported") or (not transformer and _supports("_is_avx512_bf16_supported"))
        return "bf16" if fast else "fp32"
    return "fp32"


def _supports(check: str) -> bool:
    # Private in torch, so it may be missing in a later release: then fp32.
    return bool(getattr(torch.cpu, check, lambda: False)())


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "CPU"
