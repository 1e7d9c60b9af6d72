"""Listed devices can be used, and the automatic precision is fast on them."""

from __future__ import annotations

import pytest
import torch

from engine.config.errors import ConfigError
from engine.execute.devices import cores, devices, resolve_device, resolve_precision


def test_the_cpu_is_always_the_last_device_with_name_and_memory() -> None:
    last = devices()[-1]
    assert last.id == "cpu"
    assert "cores" in last.name
    assert 0 < last.free_bytes <= last.total_bytes


def test_auto_is_the_first_listed_device() -> None:
    assert resolve_device("auto") == devices()[0].id
    assert resolve_device("cpu") == "cpu"


def test_an_unknown_device_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"train\.device must be .*cpu.*Got 'gpu0'"):
        resolve_device("gpu0")


def test_a_given_precision_is_kept() -> None:
    assert resolve_precision("bf16", "cpu", transformer=True) == "bf16"
    assert resolve_precision("fp32", "cpu", transformer=False) == "fp32"


@pytest.mark.parametrize(
    ("amx", "avx512", "transformer", "expected"),
    [
        (True, True, True, "bf16"),
        (False, True, False, "bf16"),
        (False, True, True, "fp32"),
        (False, False, False, "fp32"),
    ],
)
def test_auto_precision_is_bf16_if_the_cpu_is_fast_at_it(
    amx: bool, avx512: bool, transformer: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512, raising=False)
    assert resolve_precision("auto", "cpu", transformer) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("1", 1), ("3,2", 3), ("64", 4), ("0", 4), ("", 4), ("-2", 4), ("many", 4), ("²", 4)]
)
def test_every_core_is_no_more_than_omp_num_threads(monkeypatch: pytest.MonkeyPatch, value: str, expected: int) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0, 1, 2, 3}, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", value)
    assert cores() == expected
