"""The pipeline: equality with torchvision's operations, exact repetition, shapes and ranges."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
import torchvision.transforms.v2.functional as F
from torch import Tensor

from engine.augment import presets
from engine.augment.backgrounds import Backgrounds
from engine.augment.pipeline import Pipeline
from engine.augment.views import FACTORS, ViewDraw
from engine.config.run import ViewConfig, ViewsConfig

EVERYTHING = ViewConfig(count=1, blur=0.5, solarize=0.5, erase=0.5)


def _images(n: int, side: int) -> Tensor:
    """Smooth images with noise."""
    generator = torch.Generator().manual_seed(side)
    coarse = torch.rand(n, 3, 5, 5, generator=generator)
    noise = 0.1 * torch.rand(n, 3, side, side, generator=generator)
    smooth = torch.nn.functional.interpolate(coarse, (side, side), mode="bilinear") + noise
    return (smooth.clamp(0, 1) * 255).to(torch.uint8)


def _views(*groups: ViewConfig) -> ViewsConfig:
    return ViewsConfig(groups=groups)


def _with_torchvision(image: Tensor, draw: ViewDraw, row: int) -> Tensor:
    """A view computed with torchvision's operations from the values of `describe`."""
    values, source, size = draw.describe(row), draw.source, draw.size
    kernel = max(3, 2 * (size // 20) + 1)  # a tenth of the side (SimCLR, App. A)
    box = [round(values[key] * source) for key in ("crop_y", "crop_x", "crop_height", "crop_width")]
    view = F.resized_crop(image.float() / 255, *box, size=[size, size], antialias=True)
    if "flip" in values:
        view = F.horizontal_flip(view)
    if "blur" in values:
        view = F.gaussian_blur(view, [kernel, kernel], [values["blur"]] * 2)
    adjust = {
        "brightness": F.adjust_brightness,
        "contrast": F.adjust_contrast,
        "saturation": F.adjust_saturation,
        "hue": F.adjust_hue,
    }
    for name in values:
        if name in FACTORS:
            view = adjust[name](view, values[name])
    if "grayscale" in values:
        view = F.rgb_to_grayscale(view, 3)
    if "solarize" in values:
        view = torch.where(view > 0.5, 1 - view, view)
    return view


def test_views_equal_torchvision_with_the_described_values() -> None:
    """All operations except erasing, with weak colours so that no intermediate value is clamped."""
    config = ViewConfig(count=2, brightness=0.1, contrast=0.1, saturation=0.1, hue=0.1, blur=0.5)
    pipeline = Pipeline(_views(config, config.model_copy(update={"role": "local", "size": 20})), 48)
    images = (_images(40, 48).float() * 0.5 + 50).to(torch.uint8)
    draws = pipeline.draw(40, seed=0, epoch=0, step=0)
    for draw, view in zip(draws, pipeline.apply(images, draws), strict=True):
        for row in range(40):
            expected = _with_torchvision(images[row], draw, row)
            torch.testing.assert_close(view[row], expected, atol=2e-3, rtol=0)


def test_solarized_views_equal_torchvision() -> None:
    config = ViewConfig(count=1, jitter=0.0, grayscale=0.5, solarize=1.0)
    pipeline, images = Pipeline(_views(config), 32), _images(20, 32)
    draws = pipeline.draw(20, 0, 0, 0)
    view = pipeline.apply(images, draws)[0]
    for row in range(20):
        difference = (view[row] - _with_torchvision(images[row], draws[0], row)).abs()
        assert difference.flatten().quantile(0.99) < 1e-4  # a value at the threshold may be inverted or not


def test_without_operations_a_view_is_the_image() -> None:
    pipeline = Pipeline(ViewsConfig(preset="none"), 32)
    images = _images(5, 32)
    (view,) = pipeline.apply(images, pipeline.draw(5, 0, 0, 0))
    torch.testing.assert_close(view, images.float() / 255, atol=1e-6, rtol=0)


@pytest.mark.parametrize("preset", sorted(presets.PRESETS))
def test_every_preset_gives_views_of_its_shape_in_range(preset: str) -> None:
    images = _images(6, 32)
    masks = np.zeros((6, 32, 32), np.bool_)
    masks[:, 8:24, 8:24] = True
    backgrounds = Backgrounds(lambda index: images[torch.from_numpy(index)], masks, np.arange(6))
    pipeline = Pipeline(ViewsConfig(preset=preset), 32, backgrounds)
    draws = pipeline.draw(6, 1, 0, 3)
    views = pipeline.apply(images, draws, np.arange(6))
    assert len(views) == len(draws) == len(pipeline.roles) == len(pipeline.sizes)
    for view, kind, size in zip(views, pipeline.views, pipeline.sizes, strict=True):
        assert view.shape == (6, 3, size, size)
        assert view.dtype == torch.float32
        assert view.is_contiguous()
        assert size == (max(32, kind.least) if kind.role == "global" else 16)
        assert view.min() >= 0
        assert view.max() <= 1


def test_views_are_in_the_order_of_their_groups() -> None:
    pipeline = Pipeline(ViewsConfig(preset="dino"), 32)
    assert pipeline.roles == ("global",) * 2 + ("local",) * 8


def test_a_published_blur_changes_small_images() -> None:
    """A sigma of .1 to 2 px with a kernel of 3 pixels at 32 px; the older rule changed less than a thousandth of that."""
    images, change = _images(200, 32), {}
    for unit in ("view", "reference"):
        blurred = ViewConfig(count=1, crop_min=1.0, ratio_min=1.0, ratio_max=1.0, flip=0, jitter=0, grayscale=0, blur=1.0)
        pipeline = Pipeline(_views(blurred.model_copy(update={"blur_unit": unit})), 32)
        (view,) = pipeline.apply(images, draws := pipeline.draw(200, 0, 0, 0))
        change[unit] = float((view - images.float() / 255).abs().mean())
        if unit == "view":
            rows = zip(images.float() / 255, draws[0].sigma.tolist(), strict=True)
            expected = torch.stack([F.gaussian_blur(image, [3, 3], [sigma, sigma]) for image, sigma in rows])
            torch.testing.assert_close(view, expected, atol=1e-4, rtol=0)
    assert change["view"] > 0.01
    assert change["reference"] < 1e-4


@pytest.mark.parametrize(
    "settings",
    [{}, {"rotation": 20.0}, {"size": 17}, {"size": 17, "rotation": 20.0}, {"hue_turn": "linear", "blur_unit": "reference"}],
    ids=str,
)
@pytest.mark.parametrize("threads", [1, 2])
def test_a_row_is_identical_in_any_batch(settings: dict[str, float], threads: int) -> None:
    """The window shows the exact views of a logged step, also if only a few rows are computed again."""
    pipeline = Pipeline(_views(EVERYTHING.model_copy(update=settings)), 31)
    images = _images(300, 31)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        draws = pipeline.draw(300, seed=5, epoch=2, step=1234)
        (whole,) = pipeline.apply(images, draws)
        assert torch.equal(whole, pipeline.apply(images, pipeline.draw(300, 5, 2, 1234))[0])
        for rows in ([17], [3, 1, 299], list(range(100, 165))):
            (part,) = pipeline.apply(images[rows], [draw.take(rows) for draw in draws])
            assert torch.equal(part, whole[rows])
    finally:
        torch.set_num_threads(before)


def test_another_seed_epoch_step_or_view_gives_another_draw() -> None:
    pipeline = Pipeline(ViewsConfig(preset="simclr"), 32)
    moments = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
    crops = [tuple(draw.crop.flatten().tolist()) for moment in moments for draw in pipeline.draw(8, *moment)]
    assert len(set(crops)) == 2 * len(moments)


def _global_states() -> tuple[object, ...]:
    numpy_state = np.random.get_state()  # noqa: NPY002
    return torch.get_rng_state().tolist(), random.getstate(), str(numpy_state)


def test_global_generators_are_not_changed() -> None:
    states = _global_states()
    pipeline = Pipeline(_views(EVERYTHING), 32)
    pipeline.apply(_images(4, 32), pipeline.draw(4, 0, 0, 0))
    assert _global_states() == states


def test_autocast_does_not_change_views() -> None:
    pipeline, images = Pipeline(_views(EVERYTHING), 32), _images(20, 32)
    draws = pipeline.draw(20, 0, 0, 0)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        (inside,) = pipeline.apply(images, draws)
    assert torch.equal(inside, pipeline.apply(images, draws)[0])


def test_erasing_fills_the_drawn_rectangle() -> None:
    pipeline = Pipeline(_views(ViewConfig(count=1, erase=1.0)), 32)
    images = _images(10, 32)
    draws = pipeline.draw(10, 0, 0, 0)
    (view,) = pipeline.apply(images, draws)
    for row in range(10):
        x, y, w, h = draws[0].erase[row].tolist()
        assert w > 0
        inside = view[row, :, y : y + h, x : x + w].flatten(1)
        assert (inside == inside[:, :1]).all()


def test_wrong_images_are_refused() -> None:
    pipeline = Pipeline(ViewsConfig(preset="simclr"), 32)
    with pytest.raises(AssertionError, match="uint8"):
        pipeline.apply(torch.zeros(2, 3, 32, 32), pipeline.draw(2, 0, 0, 0))
    with pytest.raises(AssertionError, match="32"):
        pipeline.apply(torch.zeros(2, 3, 16, 16, dtype=torch.uint8), pipeline.draw(2, 0, 0, 0))
    with pytest.raises(AssertionError, match="row"):
        pipeline.apply(torch.zeros(2, 3, 32, 32, dtype=torch.uint8), pipeline.draw(3, 0, 0, 0))


@pytest.mark.parametrize("rotation", [0.0, 30.0])
def test_centres_are_the_positions_of_a_view_s_pixels_in_the_image(rotation: float) -> None:
    """Red is x and green is y, so that a view's colours are positions."""
    side = 64
    ramp = torch.linspace(0, 255, side)
    image = torch.stack([ramp.expand(side, side), ramp[:, None].expand(side, side), torch.zeros(side, side)])
    images = image.round().to(torch.uint8).expand(6, -1, -1, -1).contiguous()
    off = {"jitter": 0.0, "grayscale": 0.0}
    views = ViewsConfig(groups=(ViewConfig(count=1, size=16, crop_min=0.2, crop_max=0.3, rotation=rotation, **off),))
    pipeline = Pipeline(views, side)
    (draw,) = pipeline.draw(6, 0, 0, 0)
    (view,) = pipeline.apply(images, [draw])
    shown = view[:, :2].flatten(2).transpose(1, 2)  # (n, 256, 2)
    # The ramp's value at the centre of pixel i is i / (side - 1), its position (i + .5) / side.
    positions = (shown * (side - 1) + 0.5) / side
    expected = draw.centres(16)
    inside = ((expected > 0.02) & (expected < 0.98)).all(-1)
    assert inside.float().mean() > 0.8
    assert (positions - expected)[inside].abs().max() < 0.02
    assert draw.flip.any()
    assert not draw.flip.all()
