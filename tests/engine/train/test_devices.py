"""The devices that are listed can be used, and the precision that is chosen is one that they are fast at."""

from __future__ import annotations

import pytest
import torch

from engine.config.errors import ConfigError
from engine.train.devices import devices, resolve_device, resolve_precision


def test_the_cpu_is_always_there_last_with_name_and_memory() -> None:
    last = devices()[-1]
    assert last.id == "cpu"
    assert "cores" in last.name
    assert 0 < last.free_bytes <= last.total_bytes


def test_auto_is_the_first_that_is_listed() -> None:
    assert resolve_device("auto") == devices()[0].id
    assert resolve_device("cpu") == "cpu"


def test_an_unknown_device_is_told_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"train\.device must be .*cpu.*Got 'gpu0'"):
        resolve_device("gpu0")


def test_a_precision_that_was_asked_for_stays() -> None:
    assert resolve_precision("bf16", "cpu") == "bf16"
    assert resolve_precision("fp32", "cpu") == "fp32"


@pytest.mark.parametrize(("fast", "expected"), [(True, "bf16"), (False, "fp32")])
def test_auto_takes_bf16_where_the_cpu_is_fast_at_it(fast: bool, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for check in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"):
        monkeypatch.setattr(torch.cpu, check, lambda: fast, raising=False)
    assert resolve_precision("auto", "cpu") == expected
