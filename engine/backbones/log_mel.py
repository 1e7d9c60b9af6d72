"""Sound as an image: the logarithm of its energy in bands of the mel scale."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

BANDS = 32
COLUMNS = 4  # of each frame of the clip
WINDOW = 0.1  # seconds at least; the next power of two of samples
FLOOR = 1e-6  # energy that counts as silence, where a full sine has 1/4
_LOW, _WIDTH = math.log(FLOOR), -math.log(FLOOR) / 4


def log_mel(sound: Tensor, rate: int, frames: int) -> Tensor:
    """The spectrogram of each clip, divided into its frames.

    Windows of Hann, short-time Fourier transform, triangles of the mel scale 2595 log10(1 + f / 700) (O'Shaughnessy, 1987) from 0
    to half the rate, logarithm.

    Args:
        sound: (N, L) from -1 to 1, L at least half a window.
        rate: samples a second.
        frames: T; the sound is as long as so many frames.

    Returns:
        (N, T, 1, BANDS, COLUMNS), the lowest band last, as in a picture; from -2 for silence to about 2.
    """
    window = 2 ** math.ceil(math.log2(WINDOW * rate))
    columns = frames * COLUMNS
    hann = torch.hann_window(window, device=sound.device)
    hop = max(1, sound.shape[1] // columns)
    with torch.autocast(sound.device.type, enabled=False):
        spectrum = torch.stft(sound.float(), window, hop, window=hann, pad_mode="reflect", return_complex=True)
        energy = (spectrum.abs() / hann.sum()).square()[..., :columns]  # (N, bins, columns)
        energy = F.pad(energy, (0, columns - energy.shape[-1]))
        bands = mel_bands(window, rate).to(sound.device) @ energy  # (N, BANDS, columns)
        values = ((bands + FLOOR).log() - _LOW) / _WIDTH - 2
    out: Tensor = values.flip(1).unflatten(2, (frames, COLUMNS)).transpose(1, 2)[:, :, None]
    return out


def mel_bands(window: int, rate: int) -> Tensor:
    """(BANDS, window / 2 + 1) weights of the frequencies of a transform in each band: triangles, evenly spaced on the mel scale,
    which overlap by half; the sum of neighbours is 1."""
    top = 2595 * math.log10(1 + rate / 2 / 700)
    edges = 700 * (10 ** (torch.linspace(0, top, BANDS + 2, dtype=torch.float64) / 2595) - 1)  # Hz
    frequencies = torch.linspace(0, rate / 2, window // 2 + 1, dtype=torch.float64)
    rising = (frequencies - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - frequencies) / (edges[2:] - edges[1:-1])[:, None]
    return torch.minimum(rising, falling).clamp(min=0).float()


def shown_as_grey(values: Tensor) -> Tensor:
    """Spectrograms of `log_mel` as grey levels, 0 (silence) to 1."""
    return ((values + 2) / 4).clamp(0, 1)
