"""A view as torchvision code, for people who take a recipe elsewhere."""

from __future__ import annotations

from engine.augment.views import REFERENCE_SIZE, blur_reach, blur_scale, view_size
from engine.config.run import ViewConfig


def as_torchvision(view: ViewConfig, source_size: int = REFERENCE_SIZE) -> str:
    """Python source that defines `transform`, a torchvision.transforms.v2 pipeline with this view's operations.

    For images stored with side `source_size` px. A comment in it says where our fused operations differ."""
    size = view_size(view, source_size)
    steps = [
        f"v2.RandomResizedCrop({size}, scale=({view.crop_min:g}, {view.crop_max:g}), "
        f"ratio=({view.ratio_min:g}, {view.ratio_max:g}), antialias=True)"
    ]
    if view.flip:
        steps.append(f"v2.RandomHorizontalFlip({view.flip:g})")
    if view.rotation:
        steps.append(f"v2.RandomRotation({view.rotation:g}, v2.InterpolationMode.BILINEAR)")
    steps.append("v2.ToDtype(torch.float32, scale=True)")
    if view.jitter and (view.brightness or view.contrast or view.saturation or view.hue):
        strengths = f"{view.brightness:g}, {view.contrast:g}, {view.saturation:g}, {view.hue:g}"
        steps.append(f"v2.RandomApply([v2.ColorJitter({strengths})], p={view.jitter:g})")
    if view.grayscale:
        steps.append(f"v2.RandomGrayscale({view.grayscale:g})")
    if view.blur and size > 1:
        low, high = (sigma * blur_scale(view, size) for sigma in (view.sigma_min, view.sigma_max))
        kernel = 2 * blur_reach(view, size) + 1
        steps.append(f"v2.RandomApply([v2.GaussianBlur({kernel}, sigma=({low:g}, {high:g}))], p={view.blur:g})")
    if view.solarize:
        steps.append(f"v2.RandomSolarize(threshold=0.5, p={view.solarize:g})")
    if view.erase:
        steps.append(f"v2.RandomErasing(p={view.erase:g})")
    lines = "\n".join(f"    {step}," for step in steps)
    turn = " it turns the hue\n# about the grey axis of RGB and not around the HSV hexagon;" if view.hue_turn == "linear" else ""
    ground = (
        "\n# It puts no other background behind the objects, as Parallax does in "
        f"{view.background:.0%} of the views: torchvision would need the masks."
        if view.background
        else ""
    )
    return f"""import torch
from torchvision.transforms import v2

# What Parallax does in one go differs in this: it clamps colours once, at the end, and not after each operation;{turn}
# it shows the image itself, then its reflection, beyond the edges of a rotated crop, and the view's mean colour in an erased
# rectangle.{ground}
transform = v2.Compose([
    v2.ToImage(),
{lines}
])
"""
