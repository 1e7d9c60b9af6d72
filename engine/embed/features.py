"""Features of images without augmentation or gradients. The encoder is not changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from engine.backbones.backbone import Backbone
from engine.backbones.modes import evaluating
from engine.data.clips import NO_SOUND, Sound
from engine.data.dataset import Dataset
from engine.execute.progress import ProgressCallback


def encode(
    backbone: Backbone,
    dataset: Dataset,
    index: np.ndarray,
    batch: int = 512,
    device: torch.device | str | None = None,
    size: int | None = None,
    progress: ProgressCallback | None = None,
    frame: int | None = None,
) -> Tensor:
    """Features (n, dim), float32 on the CPU, of the whole images at `index`, in that order; of the whole clips, where the data have
    clips and the encoder sees them.

    Images are resized to `size` px (antialiased) where they are stored at another, and normalised with the training split's mean
    and standard deviation. The encoder is in eval mode meanwhile; afterwards its mode, buffers and the generators are as before.
    Computed in full precision, also under autocast. `device` None takes the encoder's own. `progress` is called with 0 to 1.
    `frame`: which frame of each clip is encoded as an image; None the one that stands for the clip."""
    target = torch.device(device) if device is not None else device_of(backbone)
    rows = np.asarray(index, dtype=np.int64)
    features = torch.empty(len(rows), backbone.dim)
    of_clips = backbone.sees_clips and dataset.clips is not None and frame is None
    if of_clips:
        batch = max(1, batch // 4)
    with torch.no_grad(), torch.autocast(target.type, enabled=False), evaluating(backbone), on_device(backbone, target):
        for start in range(0, len(rows), batch):
            part = rows[start : start + batch]
            if of_clips:
                encoded = backbone.encode_clips(whole_clips(dataset, part, target, size))  # (b, dim)
            else:
                encoded = backbone(normalised(dataset, whole(dataset, part, target, size, frame)))  # (b, dim)
            features[start : start + len(part)] = encoded.float().cpu()
            if progress is not None:
                progress((start + len(part)) / len(rows))
    return features


def whole(dataset: Dataset, index: np.ndarray, device: torch.device, size: int | None = None, frame: int | None = None) -> Tensor:
    """The whole images (b, 3, s, s) at `index`, pixels between 0 and 1, resized to `size` px (antialiased) where they are stored at
    another side. `frame`: of each clip, in place of the image that stands for it."""
    if frame is not None:
        assert dataset.clips is not None, "a frame of clips"
        pixels = dataset.clips[index, frame]
    else:
        pixels = dataset.images[index]
    images = torch.from_numpy(np.ascontiguousarray(pixels)).to(device).float().div_(255)
    side = size or dataset.size
    if images.shape[-1] == side:
        return images
    return interpolate(images, size=(side, side), mode="bilinear", antialias=True, align_corners=False)


def whole_clips(dataset: Dataset, index: np.ndarray, device: torch.device, size: int | None = None) -> Tensor:
    """The whole clips (b, T, 3, s, s) at `index`, resized as `whole` does and normalised."""
    assert dataset.clips is not None
    clips = torch.from_numpy(np.ascontiguousarray(dataset.clips[index])).to(device).float().div_(255)
    frames, side = clips.flatten(0, 1), size or dataset.size
    if frames.shape[-1] != side:
        frames = interpolate(frames, size=(side, side), mode="bilinear", antialias=True, align_corners=False)
    out: Tensor = normalised(dataset, frames).unflatten(0, clips.shape[:2])
    return out


def sound_of(sound: Sound, index: np.ndarray, device: torch.device) -> tuple[Tensor, Tensor]:
    """The sound (n, L), from -1 to 1, of the clips at `index`, zeros where a clip has none; and which of them have sound, (n,)
    bool."""
    values = taken(sound.values, index, device)
    has_sound = values[:, 0] != NO_SOUND
    return values.masked_fill(~has_sound[:, None], 0).float() / 32768, has_sound


def taken(array: np.ndarray, index: np.ndarray, device: torch.device) -> Tensor:
    """Rows of an array, in the order of `index`, on a device."""
    # Sorted indices, so that a memory-mapped store is read sequentially.
    order = np.argsort(index, kind="stable")
    values = np.empty((len(index), *array.shape[1:]), dtype=array.dtype)
    values[order] = array[index[order]]
    return torch.from_numpy(values).to(device, non_blocking=True)


class Figures(Protocol):
    """Mean and deviation, (3,) each in units of 0..1, with which images are normalised: of a data set or of a run's checkpoint."""

    @property
    def mean(self) -> npt.NDArray[np.float32]: ...

    @property
    def std(self) -> npt.NDArray[np.float32]: ...


def normalised(figures: Figures, images: Tensor) -> Tensor:
    """Pixels (b, 3, s, s) between 0 and 1, normalised with the training split's mean and standard deviation."""
    mean = torch.tensor(figures.mean, dtype=torch.float32, device=images.device).view(1, 3, 1, 1)
    std = torch.tensor(figures.std, dtype=torch.float32, device=images.device).view(1, 3, 1, 1)
    return (images - mean) / std


def device_of(module: nn.Module) -> torch.device:
    """The device of a module's parameters; the CPU for one without any."""
    first = next(module.parameters(), None)
    return first.device if first is not None else torch.device("cpu")


@contextmanager
def on_device(module: nn.Module, device: torch.device) -> Iterator[None]:
    home = device_of(module)
    if home == device:
        yield
        return
    module.to(device)
    try:
        yield
    finally:
        module.to(home)
