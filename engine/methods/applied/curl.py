"""CURL: an agent that acts from pixels, whose encoder also learns by contrast of two crops of an observation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.heads.action_values import ActionValues
from engine.losses.bilinear import bilinear_logits
from engine.losses.in_batch import in_batch_nce
from engine.losses.q_learning import double_dqn_target, huber
from engine.memory.teacher import follow, frozen_copy
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.boxes import row_of
from engine.pictures.episode import episode_strip, side_by_side, value_map
from engine.pictures.matrix import weights
from engine.worlds.play import Acting

_CROPS = 8  # observations whose crops are shown
_MAP = 24  # cells across the map of values


class CURLConfig(MethodConfig):
    """Hyper-parameters of CURL."""

    contrast: float = setting(
        1.0,
        "Weight of the contrast of two crops beside the loss of the values. 0 leaves the agent alone, with random crops as in RAD "
        "(2004.14990). Do not expect the contrast to help much: in `reach` the agent learns as well without it, and in others' "
        "experiments with the official code it is the random crop that helps. Where each episode has another background, pictures "
        "can be told apart by it alone. What the contrast learns by itself is seen with `detach`.",
        ge=0,
        le=10,
    )
    crop: bool = setting(
        True,
        "Train on random crops of what the agent sees, all pictures of one observation cut alike. Off: on the middle, which is "
        "also what it acts on; then the two crops of the contrast are the same.",
    )
    detach: bool = setting(
        False,
        "Whether the encoder learns from the contrast alone, and not from the reward (`detach_encoder` of the official code). With "
        "a contrast of 0 as well it stays as it was drawn.",
    )
    momentum: float = setting(
        0.95,
        "Momentum of the target network in a step: of the encoder that gives the keys, and of the values. 1 never moves it, 0 "
        "makes it the network itself, and the values may diverge. .95 is the paper's for the encoder.",
        ge=0,
        le=1,
    )
    frames: int = setting(
        2,
        "Last pictures that the agent is given. Each is encoded, and the features lie side by side. One does not show how things "
        "move, and is enough in `reach`; the paper has 3.",
        ge=1,
        le=4,
    )
    discount: float = setting(
        0.8,
        "Discount of a reward one step later. .8 looks some five steps ahead, enough for episodes of 10 to 16 steps with a reward "
        "at each; .99 for long ones, which takes longer to learn.",
        ge=0,
        le=0.999,
    )
    explore: int = setting(
        4000,
        "Environment steps in which the share of random actions falls from 1 to .05.",
        ge=1,
        le=10_000_000,
        unit="steps",
    )
    worlds: int = setting(
        8,
        "Episodes that go on side by side: so many environment steps are taken in each training step.",
        ge=1,
        le=256,
        advanced=True,
    )
    start: int = setting(
        512,
        "Environment steps with random actions before the first training step.",
        ge=1,
        le=1_000_000,
        unit="steps",
        advanced=True,
    )
    replay: int = setting(
        20_000,
        "The last environment steps that are kept to learn from. Their pictures take memory: at 32 px 4 kB each.",
        ge=64,
        le=10_000_000,
        unit="steps",
        advanced=True,
    )
    hidden_dim: int = setting(256, "Width of the hidden layer of the values.", ge=1, le=16384, advanced=True)


class CURL(Method[CURLConfig]):
    """Laskin, Srinivas and Abbeel, CURL: Contrastive Unsupervised Representations for Reinforcement Learning, ICML 2020
    (2004.04136).

    Two random crops of an observation are query and key; the similarity is bilinear, q^T W k with a learned W, the negatives are
    the other observations of the batch, and the key encoder is the agent's target network. As in the official code W is drawn
    uniformly from 0 to 1, the largest logit of a row is subtracted, and nothing is normalised but by the encoder's last layer. The
    agent is double DQN (1509.06461), the simplest for worlds with few actions; the paper's are Rainbow and SAC.

    Different from the official code: it stacks the channels of the last pictures, here each picture is encoded and the features
    are stacked, so that the encoder is one of single images as in all other methods; it makes a step by an optimiser for the values
    and one by another for the contrast, here the losses are added; the rate of the target network is the same for encoder and
    values.

    No claim is made that CURL is better than random crops alone: in these worlds it is not, and others found the same with the
    official code (its issue 27). Crops alone are RAD (2004.14990) and, by shifts, DrQ (2004.13649)."""

    Config = CURLConfig
    views = Views(1, 1)
    compares_images = True
    recipe = {
        "backbone": {"name": "pixel_encoder"},
        "data": {"source": "reach"},
        "views": {"preset": "none"},
        "train": {"batch": 64},
        "optim": {"name": "adamw", "lr": 2e-3, "weight_decay": 0.0, "schedule": "constant"},
    }

    def __init__(self, config: CURLConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        dim = backbone.dim * config.frames
        self.action_values = ActionValues(dim, config.hidden_dim)
        self.similarity = nn.Parameter(torch.rand(dim, dim))  # W
        self.target_encoder = frozen_copy(backbone)
        self.target_values = frozen_copy(self.action_values)

    @property
    def acting(self) -> Acting:
        """How the agent acts while it learns."""
        c = self.config
        return Acting(c.worlds, c.start, c.replay, c.frames, c.explore)

    def setup_world(self, actions: int) -> None:
        """Create a value for each action of the world."""
        self.action_values.size(actions)
        self.target_values = frozen_copy(self.action_values)

    def values(self, views: Sequence[Tensor]) -> Tensor:
        """The value (n, A) of each action, from the middle of the pictures."""
        values: Tensor = self.action_values(self._encoded(self.backbone, [self._middle(view) for view in views]))
        return values

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Error of the values of the actions that were taken, and contrast of two crops of the observations before them."""
        moves, config = batch.moves, self.config
        assert moves is not None, "an agent learns from what it did"
        n = len(moves.actions)
        before, after = batch.views[:-1], batch.views[1:]  # k of (N, 3, s, s)
        query, key, following = (self._cropped(views, batch.generator) for views in (before, before, after))
        h = [self.backbone(view) for view in query]  # k of (N, D)
        z = torch.cat(h, dim=1)  # (N, k D)
        values = self.action_values(z.detach() if config.detach else z)  # (N, A)
        with torch.no_grad():
            online = self.action_values(self._encoded(self.backbone, following))
            target = self.target_values(self._encoded(self.target_encoder, following))
            keys = self._encoded(self.target_encoder, key)  # (N, k D)
        wanted = double_dqn_target(moves.rewards, moves.ended, online, target, config.discount)
        taken = values.gather(1, moves.actions[:, None]).squeeze(1)
        error = huber(taken, wanted)  # (N,)
        logits = bilinear_logits(z, keys, self.similarity)  # (N, N)
        contrast = in_batch_nce(logits)  # (N,)
        per_image = error + config.contrast * contrast
        right = (logits.detach().argmax(1) == torch.arange(n, device=logits.device)).float().mean()
        terms: dict[str, Tensor | float] = {
            "values": error.mean(),
            "contrast": contrast.mean(),
            "contrast_accuracy": right,
            "largest_value": values.detach().max(1).values.mean(),
            **moves.measures,
        }
        return Out(per_image.mean(), features=h[-1], terms=terms, per_image=per_image)

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Momentum update of the target network."""
        follow(self.target_encoder, self.backbone, self.config.momentum)
        follow(self.target_values, self.action_values, self.config.momentum)

    def teachers(self) -> list[nn.Module]:
        """The target network."""
        return [self.target_encoder, self.target_values]

    def task_score(self, batch: Batch) -> TaskScore | None:
        """The share of held-out episodes that reach their goal, by the actions of the largest value; the baseline is that of random
        actions in the same episodes."""
        if batch.scenes is None:
            return None
        success = float(batch.scenes.play().success.mean())
        return TaskScore("success", torch.tensor(success), batch.scenes.baseline())

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`episode`: every third step of a held-out episode, with the action and its value. `crops`: observations of it, and two
        random crops of each. `similarity`: the probability of each key (columns) for each query (rows), the right one framed.
        `values`: the first scene, and the largest value where the agent (in `catch` the disc) is put to each position: red where it
        wants to be."""
        scenes = batch.scenes
        if scenes is None:
            return {}
        played = scenes.play()
        pixels = torch.from_numpy(played.pictures).float() / 255  # (T + 1, 3, s, s)
        names = [scenes.actions[action] for action in played.actions]
        strip = episode_strip(self._middle(pixels), names, torch.from_numpy(played.values.max(1)), torch.from_numpy(played.rewards))
        shown = torch.from_numpy(np.linspace(0, len(pixels) - 1, min(_CROPS, len(pixels))).astype(np.int64))
        images = pixels[shown]
        whole = scenes.views(played.pictures[shown.numpy()])
        one, other = (self._cropped([whole], batch.generator, always=True)[0] for _ in range(2))
        crops = row_of(_square(images), [batch.pixels(one).cpu(), batch.pixels(other).cpu()])
        z = self._stacked(self.backbone, one, batch)
        keys = self._stacked(self.target_encoder, other, batch)
        probabilities = bilinear_logits(z, keys, self.similarity).softmax(1)
        result = {
            "episode": side_by_side(strip),
            "crops": side_by_side(crops, 4),
            "similarity": weights(probabilities, torch.eye(len(z), dtype=torch.bool, device=z.device)),
        }
        over = scenes.map_of_values(_MAP)
        if over is not None:
            scene, values = over
            result["values"] = value_map(self._middle(torch.from_numpy(scene).float() / 255), torch.from_numpy(values.max(2)))
        return result

    def _stacked(self, encoder: nn.Module, views: Tensor, batch: Batch) -> Tensor:
        """The features (n, k D) of single pictures, as of an agent that stands still."""
        features: Tensor = encoder(views)
        return features.repeat(1, self.config.frames)

    def _encoded(self, encoder: nn.Module, views: Sequence[Tensor]) -> Tensor:
        return torch.cat([encoder(view) for view in views], dim=1)

    def _middle(self, view: Tensor) -> Tensor:
        margin = (view.shape[-1] - self._side(view)) // 2
        return view[..., margin : view.shape[-2] - margin, margin : view.shape[-1] - margin]

    def _side(self, view: Tensor) -> int:
        return self.backbone.size or view.shape[-1]

    def _cropped(self, views: Sequence[Tensor], generator: torch.Generator, always: bool = False) -> list[Tensor]:
        """A crop at a random position, the same of all pictures of an observation; the middle where crops are off."""
        if not (self.config.crop or always):
            return [self._middle(view) for view in views]
        n, side = len(views[0]), self._side(views[0])
        corners = torch.randint(views[0].shape[-1] - side + 1, (2, n), generator=generator).to(views[0].device)
        return [crops_at(view, corners[0], corners[1], side) for view in views]


def crops_at(images: Tensor, top: Tensor, left: Tensor, side: int) -> Tensor:
    """The squares (n, 3, side, side) of images (n, 3, s, s) whose upper left pixels are at top, left (n,)."""
    across = torch.arange(side, device=images.device)
    rows = (top[:, None] + across)[:, None, :, None]  # (n, 1, side, 1)
    columns = (left[:, None] + across)[:, None, None, :]
    image = torch.arange(len(images), device=images.device)[:, None, None, None]
    channel = torch.arange(images.shape[1], device=images.device)[None, :, None, None]
    return images[image, channel, rows, columns]


def _square(images: Tensor) -> Tensor:
    return F.interpolate(images, scale_factor=2, mode="nearest")


METHOD = CURL
