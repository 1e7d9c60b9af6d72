"""What the text of `backbone.weights` names: a file, a run, or published weights. Torch-free."""

from __future__ import annotations

import re
from typing import Literal

from engine.config.small_files import expanded

# Endings of files that can hold weights. MoCo, SwAV and I-JEPA publish theirs as ".pth.tar", which are no archives of tar.
SUFFIXES = (".safetensors", ".pth", ".pt", ".ckpt", ".bin", ".pth.tar")
# What stands before the name of a repository of the Hugging Face hub, as in timm.
HUB = "hf-hub:"
WeightsKind = Literal["file", "run", "torchvision", "timm", "hub"]
FORMS = (
    f"a file that ends in {', '.join(SUFFIXES)}, a run (its folder or its name, with @N for the checkpoint of epoch N), or "
    f"published weights (torchvision/resnet50.IMAGENET1K_V2, timm/convnext_tiny.in12k_ft_in1k, hf-hub:OWNER/NAME)"
)


def ends_as_weights(name: str) -> bool:
    """Whether a file of this name (or path) can hold weights, by its ending."""
    return name.lower().endswith(SUFFIXES)


def weights_kind(text: str) -> WeightsKind:
    """What a text that is not empty names. What is none of the others is taken for a run."""
    if text.startswith(HUB):
        return "hub"
    if ends_as_weights(text):
        return "file"
    if text.startswith("timm/"):
        return "timm"
    if text.startswith("torchvision/") or re.fullmatch(r"\w+_Weights\.\w+", text):
        return "torchvision"
    return "run"


def split_epoch(text: str) -> tuple[str, int | None]:
    """The run and the epoch of "RUN@5"; None without one."""
    run, at, epoch = text.rpartition("@")
    return (run, int(epoch)) if at and run and epoch.isascii() and epoch.isdigit() else (text, None)


def absolute_weights(text: str) -> str:
    """The text with an absolute path where it names a file."""
    return str(expanded(text).absolute()) if text and weights_kind(text) == "file" else text
