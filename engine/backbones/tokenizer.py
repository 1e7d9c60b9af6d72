"""An image as a grid of visual tokens: the discrete variational autoencoder of BEiT."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.distributed.rows import all_count, own_rows

# Largest weight of the layer that chooses the tokens, times the root of its inputs.
SHARP = 10.0


class Tokenizer(nn.Module):
    """A convolutional encoder assigns each patch one of `codes` tokens, and a decoder reconstructs the image from the tokens alone
    (Ramesh et al., 2102.12092, Sec. 2.1). While it learns, a token is drawn by the Gumbel-softmax relaxation (Jang et al.,
    1611.01144).

    `patch`: side of a patch in px; `codes`: size V of the vocabulary; `width`: channels. There is no batch normalisation, so that
    a token depends on its own image alone."""

    def __init__(self, patch: int, codes: int, width: int) -> None:
        super().__init__()
        strides = prime_factors(patch)
        widths = [max(16, width // 2)] * (len(strides) - 1) + [width]
        down: list[nn.Module] = []
        before = 3
        for stride, after in zip(strides, widths, strict=True):
            down += [nn.Conv2d(before, after, stride + 2, stride=stride, padding=1), nn.ReLU()]
            before = after
        self.down = nn.Sequential(*down, Residual(width), Residual(width), nn.GroupNorm(1, width))
        self.logits = nn.Linear(width, codes)
        # Ten times the usual: tokens that carry information from the first step. From uniform distributions a handful of tokens
        # take all patches.
        nn.init.uniform_(self.logits.weight, -(SHARP / width**0.5), SHARP / width**0.5)
        self.embedding = nn.Embedding(codes, width)
        up: list[nn.Module] = [Residual(width), Residual(width)]
        for stride, after in zip(reversed(strides), [*widths[-2::-1], 3], strict=True):
            up += [nn.ReLU(), nn.ConvTranspose2d(before, after, stride + 2, stride=stride, padding=1)]
            before = after
        self.up = nn.Sequential(*up)

    def encode(self, images: Tensor) -> Tensor:
        """Images (N, 3, S, S) to the logits of their tokens (N, T, V), row by row."""
        h = self.down(images).flatten(2).transpose(1, 2)  # (N, T, width)
        out: Tensor = self.logits(h)
        return out.float()

    def tokens(self, images: Tensor) -> Tensor:
        """Images (N, 3, S, S) to the most likely token of each patch (N, T)."""
        return self.encode(images).argmax(-1)

    def decode(self, visual_tokens: Tensor) -> Tensor:
        """Shares of the tokens (N, T, V), or tokens (N, T), to images (N, 3, S, S)."""
        x = (
            visual_tokens @ self.embedding.weight if visual_tokens.is_floating_point() else self.embedding(visual_tokens)
        )  # (N, T, width)
        side = round(x.shape[1] ** 0.5)
        out: Tensor = self.up(x.transpose(1, 2).unflatten(2, (side, side)))
        return out


class Residual(nn.Module):
    """x plus two convolutions of it."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one = nn.Conv2d(width, width, 3, padding=1)
        self.two = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, width, s, s) to (N, width, s, s)."""
        out: Tensor = x + self.two(F.relu(self.one(F.relu(x))))
        return out


def gumbel_softmax(logits: Tensor, temperature: float, generator: torch.Generator) -> Tensor:
    """softmax((logits + g) / temperature) with Gumbel noise g from `generator`, on the CPU (1611.01144, Eq. 2): a drawn class that
    lets gradients through, the harder the lower the temperature. Of the shape of the logits, classes last."""
    noise = -torch.empty(all_count(len(logits)), *logits.shape[1:]).exponential_(generator=generator).log()
    return ((logits.float() + own_rows(noise).to(logits.device)) / temperature).softmax(-1)


def prime_factors(number: int) -> list[int]:
    """The primes whose product it is, the smallest first; of 1 it is [1]."""
    factors, prime = [], 2
    while number > 1:
        while number % prime == 0:
            factors.append(prime)
            number //= prime
        prime += 1
    return factors or [1]
