"""CPC and CPC v2: invalid settings are refused, and no context depends on the pixels that it must predict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from engine.augment.patch_grid import patch_places
from engine.config.errors import ConfigError
from engine.heads.context import turned
from engine.train.setup import Session

Prepared = Callable[..., Session]


@pytest.mark.parametrize("id", ["cpc", "cpc_v2"])
def test_more_predicted_rows_than_the_grid_has_are_refused(id: str, prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match=r"method\.steps must be below .* method\.grid \(5\)"):
        prepared(id, {"method": {"grid": 5, "skip": 2, "steps": 3}})


@pytest.mark.parametrize("id", ["cpc", "cpc_v2"])
def test_images_too_small_for_the_grid_are_refused(id: str, prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match=r"at least \d+ px"):
        prepared(id, {"data": {"size": 10}, "method": {"grid": 7, "patch": 0.6}})


@pytest.mark.parametrize(("id", "side"), [("cpc", "above"), *(("cpc_v2", side) for side in ("above", "below", "left", "right"))])
def test_no_prediction_depends_on_the_pixels_of_its_target(id: str, side: str, prepared: Prepared) -> None:
    """The gradient of a prediction by its target's pixels is 0, with the default number of skipped rows."""

    session = prepared(id)
    method: Any = session.method.eval()
    predictor = method.predictor if id == "cpc" else method.predictors[side]
    images = torch.randn(1, 3, 32, 32, requires_grad=True)
    grid, p = method.config.grid, method.backbone.patch(32)
    corners = patch_places(32, p, grid).tolist()
    cells = turned(torch.arange(grid * grid).view(1, grid, grid), side)[0]
    for k, prediction in predictor(turned(method.backbone.grid(images), side)).items():
        for row in range(prediction.shape[1]):
            for column in (0, grid // 2, grid - 1):
                (gradient,) = torch.autograd.grad(prediction[0, row, column].sum(), images, retain_graph=True)
                y, x = (corners[i] for i in divmod(int(cells[row + k, column]), grid))
                assert gradient.abs().sum() > 0
                assert gradient[..., y : y + p, x : x + p].abs().sum() == 0, (k, row, column)


def test_directions_sets_the_number_of_context_networks(prepared: Prepared) -> None:
    assert list(prepared("cpc_v2", {"method": {"directions": 2}}).method.predictors) == ["above", "below"]  # type: ignore[arg-type]


@pytest.mark.parametrize(("id", "kind"), [("cpc", torch.nn.BatchNorm2d), ("cpc_v2", torch.nn.GroupNorm)])
def test_cpc_and_cpc_v2_use_their_normalisation(id: str, kind: type, prepared: Prepared) -> None:
    kinds = {type(module) for module in prepared(id).method.backbone.modules()}
    assert kinds & {torch.nn.BatchNorm2d, torch.nn.GroupNorm} == {kind}
