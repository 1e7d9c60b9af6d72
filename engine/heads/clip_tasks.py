"""The seven tasks of Evolving Losses on one modality of a clip (2002.12177, Sec. 3.1): their heads and the loss of each clip."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.clip_encoder import ClipEncoder, pooled

TASKS = ("reconstruct", "predict", "transfer", "shuffled", "backward", "contrast", "aligned")
EMBEDDING = 128  # of the contrast between modalities


@dataclass(frozen=True)
class Drawn:
    """What the tasks draw for N clips of T frames, on the device. frame: (N,) the frame that is reconstructed. order: (N, T) an
    order of the frames that is not the right one. shuffled, backward, other: (N,) bool, whether the frames are in that order, run
    backward, or meet another clip's other modality. shift: which other clip, the one so many further in the batch."""

    frame: Tensor
    order: Tensor
    shuffled: Tensor
    backward: Tensor
    other: Tensor
    shift: int

    @classmethod
    def of(cls, clips: int, frames: int, generator: torch.Generator, device: torch.device) -> Drawn:
        """Draws from a generator on the CPU."""
        frame = torch.randint(frames, (clips,), generator=generator)
        order = torch.rand(clips, frames, generator=generator).argsort(1)
        right = torch.arange(frames)
        order = torch.where((order == right).all(1, keepdim=True), order.roll(1, 1), order)
        coins = torch.rand(3, clips, generator=generator) < 0.5
        shift = 1 + int(torch.randint(max(1, clips - 1), (), generator=generator))
        shuffled, backward, other = coins.to(device)
        return cls(frame.to(device), order.to(device), shuffled, backward, other, shift)


@dataclass(frozen=True)
class Seen:
    """A modality of N clips and what its encoder makes of it. frames: (N, T, C, h, w). maps: (N, T, D, s, t) of each frame by
    itself. parts: (N, T, 3, D, s, t), what the comparison of frames needs of them. compared: (N, T, D, s, t) after it. features:
    (N, D). embedding: (N, EMBEDDING) of length 1."""

    frames: Tensor
    maps: Tensor
    parts: Tensor
    compared: Tensor
    features: Tensor
    embedding: Tensor


class FrameDecoder(nn.Module):
    """A map (N, dim, s, t) to a frame (N, out, 4 s, 4 t): two up-convolutions, then one convolution of single pixels."""

    def __init__(self, dim: int, out: int, width: int = 32) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.ConvTranspose2d(dim, width, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.ConvTranspose2d(width, width // 2, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(width // 2),
            nn.ReLU(),
            nn.Conv2d(width // 2, out, 1),
        )

    def forward(self, maps: Tensor) -> Tensor:
        out: Tensor = self.layers(maps)
        return out

    def errors(self, maps: Tensor, frames: Tensor) -> Tensor:
        """Mean squared error of each frame (N, out, h, w), averaged to the size of the decoder's output, (N,)."""
        predicted = self(maps).float()
        target = F.adaptive_avg_pool2d(frames.float(), predicted.shape[-2:])
        errors: Tensor = (predicted - target).square().mean((1, 2, 3))
        return errors


class ClipTasks(nn.Module):
    """The heads of one modality. `channels`: of its frames; `partner`: of the frames of the other modality with which it is
    transferred, contrasted and aligned; `partner_dim`: of that one's features."""

    def __init__(self, dim: int, channels: int, partner: int, partner_dim: int) -> None:
        super().__init__()
        self.decoders = nn.ModuleDict(
            {
                "reconstruct": FrameDecoder(dim, channels),
                "predict": FrameDecoder(dim, channels),
                "transfer": FrameDecoder(dim, partner),
            }
        )
        self.orders = nn.ModuleDict({"shuffled": nn.Linear(dim, 1), "backward": nn.Linear(dim, 1)})
        self.projector = nn.Linear(dim, EMBEDDING)
        self.pair = nn.Sequential(nn.Linear(dim + partner_dim, EMBEDDING), nn.ReLU(), nn.Linear(EMBEDDING, 1))

    def see(self, encoder: ClipEncoder, frames: Tensor) -> Seen:
        """Encode the frames (N, T, C, h, w) of the modality."""
        maps = encoder.maps(frames)
        parts = encoder.comparison.parts(maps)
        compared = encoder.comparison(maps, parts)
        features = pooled(compared)
        return Seen(frames, maps, parts, compared, features, F.normalize(self.projector(features).float(), dim=1))

    def losses(self, encoder: ClipEncoder, own: Seen, partner: Seen, drawn: Drawn, temperature: float) -> dict[str, Tensor]:
        """The loss of each clip in each task, (N,) by the names of TASKS."""
        rows = torch.arange(len(own.frames), device=own.frames.device)
        logits = self.logits(encoder, own, partner, drawn)
        decoders = self.decoders
        past = encoder.comparison(own.maps[:, :-1], own.parts[:, :-1]).mean(1)
        errors = {
            "reconstruct": decoders["reconstruct"].errors(own.maps[rows, drawn.frame], own.frames[rows, drawn.frame]),  # type: ignore[operator]
            # The last frame, from those before it alone.
            "predict": decoders["predict"].errors(past, own.frames[:, -1]),  # type: ignore[operator]
            "transfer": decoders["transfer"].errors(own.compared[rows, drawn.frame], partner.frames[rows, drawn.frame]),  # type: ignore[operator]
            "contrast": F.cross_entropy(own.embedding @ partner.embedding.t() / temperature, rows, reduction="none"),
        }
        for name, target in self.answers(drawn).items():
            errors[name] = F.binary_cross_entropy_with_logits(logits[name], target.float(), reduction="none")
        return {name: errors[name] for name in TASKS}

    def logits(self, encoder: ClipEncoder, own: Seen, partner: Seen, drawn: Drawn) -> dict[str, Tensor]:
        """The logits (N,) of the tasks that ask yes or no."""
        right = torch.arange(own.maps.shape[1], device=own.maps.device).expand_as(drawn.order)
        mixed = torch.where(drawn.shuffled[:, None], drawn.order, right)
        turned = torch.where(drawn.backward[:, None], right.flip(1), right)
        logits = {}
        for name, order in (("shuffled", mixed), ("backward", turned)):
            logits[name] = self.orders[name](pooled(encoder.comparison(own.maps, own.parts, order)))[:, 0].float()
        # With another clip's modality; `other` says where.
        met = torch.where(drawn.other[:, None], partner.features.roll(-drawn.shift, 0), partner.features)
        logits["aligned"] = self.pair(torch.cat([own.features, met], dim=1))[:, 0].float()
        return logits

    @staticmethod
    def answers(drawn: Drawn) -> dict[str, Tensor]:
        """The right answers (N,) bool of the tasks that ask yes or no."""
        return {"shuffled": drawn.shuffled, "backward": drawn.backward, "aligned": ~drawn.other}
