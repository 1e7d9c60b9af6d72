"""Reconstruction of masked patches: patches, their normalisation, and the losses of MAE and SimMIM."""

from __future__ import annotations

from torch import Tensor

from engine.distributed.rows import rank_mean


def patchify(images: Tensor, patch: int) -> Tensor:
    """Images as rows of patches.

    Args:
        images: (N, 3, S, S).
        patch: side of a patch in px, a divisor of S.

    Returns:
        (N, (S / patch)^2, patch^2 * 3), patches row by row, colour last.

    Example:
        >>> import torch
        >>> patchify(torch.zeros(2, 3, 32, 32), patch=8).shape
        torch.Size([2, 16, 192])
    """
    n, c, s, _ = images.shape
    side = s // patch
    x = images.reshape(n, c, side, patch, side, patch)
    return x.permute(0, 2, 4, 3, 5, 1).reshape(n, side * side, patch * patch * c)


def unpatchify(patches: Tensor, patch: int) -> Tensor:
    """The inverse of `patchify`: (N, T, patch^2 * 3) to (N, 3, S, S)."""
    n, t, d = patches.shape
    side, c = int(t**0.5), d // patch**2
    x = patches.reshape(n, side, side, patch, patch, c)
    return x.permute(0, 5, 1, 3, 2, 4).reshape(n, c, side * patch, side * patch)


def normalise_patches(patches: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Each patch normalised by its own mean and deviation (MAE 2111.06377, Sec. 3): normalised patches, means and deviations."""
    mean = patches.mean(-1, keepdim=True)
    # Unbiased and with 1e-6 inside the root, as in the official code.
    deviation = (patches.var(-1, keepdim=True) + 1e-6).sqrt()
    return (patches - mean) / deviation, mean, deviation


def unnormalise_patches(predicted: Tensor, patches: Tensor) -> Tensor:
    """A prediction of normalised patches (N, T, D) as pixels, with the mean and deviation of the true patches (N, T, D)."""
    _, mean, deviation = normalise_patches(patches)
    return predicted * deviation + mean


def mean_filled(size: int) -> float:
    """The mean squared error of predicting the mean of a normalised patch of `size` numbers: slightly below 1, because the
    deviation is the unbiased one."""
    return (size - 1) / size


def fill_mean(images: Tensor, hidden: Tensor, patch: int) -> Tensor:
    """Constant images (N, 3, S, S) with the mean colour of their visible patches, the baseline of a reconstruction; hidden: (N, T)
    bool."""
    visible: Tensor = patchify(images, patch).unflatten(-1, (-1, images.shape[1])).mean(2)  # (N, T, 3)
    seen = (~hidden).unsqueeze(-1).to(visible.dtype)
    colour = (visible * seen).sum(1) / seen.sum(1).clamp(min=1)
    return colour[:, :, None, None].expand_as(images)


def masked_mse(prediction: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Mean squared error over the masked patches only.

    Args:
        prediction, target: (N, T, D), T patches of D numbers.
        mask: (N, T), 1 where masked.

    Returns:
        (N,): the loss of each image, weighted by its number of masked patches, so that the mean over the images is the mean over
        all masked patches.

    Example:
        Both patches have an error of 3; the visible one is not counted.

        >>> import torch
        >>> masked_mse(torch.full((1, 2, 4), 3.0), torch.zeros(1, 2, 4), torch.tensor([[1.0, 0.0]]))
        tensor([9.])
    """
    return _mean_where((prediction.float() - target.float()).square(), mask)


def masked_l1(prediction: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Mean absolute error over the masked patches only, divided by the number of their pixels and colours (SimMIM
    2111.09886, Sec. 3.4). prediction, target: (N, T, D); mask: (N, T), 1 where masked. (N,), weighted as in `masked_mse`."""
    return _mean_where((prediction.float() - target.float()).abs(), mask)


def _mean_where(error: Tensor, mask: Tensor) -> Tensor:
    return (error.mean(-1) * mask).sum(1) * (len(mask) / rank_mean(mask.sum()).clamp(min=1))


def weighted_mse(prediction: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Squared error of images (N, C, S, S), weighted by pixel with weight (N, S, S), 0 or more, over the number of values whose
    weight is not 0, so that a larger weight of the rim increases the loss (the overlap of 1604.07379, summed as in its official
    code). The loss of each image (N,): the sum over its values divided by the mean number of values of an image, so that the mean
    over the images is the loss over all values."""
    error = (prediction.float() - target.float()).square().mean(1)  # (N, S, S)
    return (error * weight).sum((1, 2)) * (len(weight) / rank_mean((weight > 0).sum()).clamp(min=1))
