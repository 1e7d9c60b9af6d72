"""Names of runs."""

from __future__ import annotations

import pytest

from engine.config.run_name import elided, run_name
from engine.config.sweep import axis, sweep
from engine.runs.run_title import title_of_config


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"method": {"id": "vicreg"}, "data": {"source": "shapes"}}, "VICReg · shapes · s0"),
        ({"method": "mae", "data": {"source": "/home/me/cats/"}, "train": {"seed": 3}}, "MAE · cats · s3"),
        ({"method": {"id": "simclr"}, "data": {"source": "C:\\sets\\STL.npz"}}, "SimCLR · STL · s0"),
        ({"method": {"id": "unknown"}, "data": {"source": "shapes"}, "train": {"seed": "x"}}, "unknown · shapes"),
        ({"method": {"id": "vicreg"}, "name": "Mine"}, "Mine"),
    ],
)
def test_a_config_is_called_by_method_data_and_seed_or_by_its_own_name(config: dict[str, object], name: str) -> None:
    assert title_of_config(config) == name


def test_runs_of_a_sweep_say_what_differs_and_a_name_of_the_user_stays() -> None:
    titles = {"vicreg": "VICReg", "mae": "MAE"}
    axes = [axis("method.id", "vicreg, mae"), axis("optim.lr", "0.3"), axis("train.seed", "0..1")]
    names = [config["name"] for config in sweep({"data": {"source": "shapes"}}, axes, title_of=titles.__getitem__)]
    assert names == [f"{title} · shapes · lr 0.3 · s{seed}" for title in ("VICReg", "MAE") for seed in (0, 1)]
    assert sweep({"name": "Mine"}, [axis("optim.lr", "0.3")])[0]["name"] == "Mine · lr 0.3"
    assert sweep({"name": "Mine"}, [axis("train.seed", "7")])[0]["name"] == "Mine · s7"


def test_a_long_name_keeps_its_seed() -> None:
    name = run_name("VICReg", "x" * 200, 12)
    assert name.endswith(" · s12")
    assert len(name) < 200
    short = elided(name, 30)
    assert len(short) == 30
    assert short.startswith("VICReg · x")
    assert short.endswith("x… · s12")
    assert elided("Mine") == "Mine"
