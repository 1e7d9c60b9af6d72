"""LeWorldModel: from the pictures of a world and the actions between them, predict the embedding of the next picture; and plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.data.dataset import Bytes
from engine.heads.dynamics import Dynamics
from engine.heads.mlp import mlp
from engine.losses.sigreg import draw_directions, sigreg
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.bars import histograms
from engine.pictures.episode import captioned, episode_strip, side_by_side, value_map
from engine.pictures.matrix import bordered
from engine.worlds.planning import Search, plan
from engine.worlds.play import Acting, Scenes

HEADS = 4  # of the predictor's attention
SHOWN = 8  # directions in the picture of the embeddings
SAMPLE = 512  # images in a histogram
_MAP = 16  # cells across the map of distances
_AHEAD = 5  # steps of the pictured prediction


class LeWMConfig(MethodConfig):
    """Hyper-parameters of LeWorldModel."""

    weight: float = setting(
        0.1,
        "Weight lambda of SIGReg beside the prediction; .1 in the paper, .09 in its code. The method's one trade-off: with 0 all "
        "pictures get the same embedding, which is easy to predict and useless; with much of it the embeddings are spread, and "
        "hardly predicted.",
        ge=0,
        le=100,
        title="lambda",
    )
    history: int = setting(
        2,
        "Last pictures from which the next embedding is predicted; 3 in the paper. One does not show how things move, and is "
        "enough in `reach`. Each takes time.",
        ge=1,
        le=4,
    )
    horizon: int = setting(
        10,
        "Actions that a plan looks ahead. With few a far goal is not seen, and it is what matters most; with many the errors of "
        "predictions from predictions add up. The paper has 5, each held for 5 steps.",
        ge=1,
        le=64,
        unit="steps",
    )
    distance: Literal["mean", "last"] = setting(
        "mean",
        "What a plan costs: the squared distance from the goal's embedding of all predicted ones (`mean`), or of the last "
        "(`last`), as in the paper. With the last alone it does not matter when the goal is reached; and where one cannot stand "
        "still, as in `reach`, a plan may have to leave it again.",
    )
    slices: int = setting(
        256,
        "Random directions on which SIGReg projects the embeddings, new ones at each step; 1,024 in the paper. Many take more "
        "time.",
        ge=1,
        le=16384,
        advanced=True,
    )
    out_dim: int = setting(32, "Size of the embedding; 192 in the paper. Keep it below the batch size.", ge=2, le=16384)
    hidden_dim: int = setting(
        256, "Width of the hidden layer of both projectors; 2,048 in the official code.", ge=1, le=16384, advanced=True
    )
    width: int = setting(
        64, "Width of the predictor, a transformer with four heads; 192 in the paper.", ge=4, le=4096, multiple_of=4, advanced=True
    )
    depth: int = setting(2, "Blocks of the predictor; 6 in the paper.", ge=1, le=24, advanced=True)
    dropout: float = setting(0.1, "Dropout in the predictor; .1 in the paper.", ge=0, le=0.9, advanced=True)
    candidates: int = setting(
        64,
        "Plans that are tried in a round; the next round draws its plans like the best tenth. 300 in the paper.",
        ge=2,
        le=10_000,
        advanced=True,
    )
    rounds: int = setting(3, "Rounds of a search for a plan; 30 in the paper.", ge=1, le=100, advanced=True)
    worlds: int = setting(
        8,
        "Episodes that go on side by side: so many environment steps are taken in each training step.",
        ge=1,
        le=256,
        advanced=True,
    )
    start: int = setting(512, "Environment steps before the first training step.", ge=1, le=1_000_000, unit="steps", advanced=True)
    replay: int = setting(
        20_000,
        "The last environment steps that are kept to learn from. Their pictures take memory: at 32 px 4 kB each.",
        ge=64,
        le=10_000_000,
        unit="steps",
        advanced=True,
    )


class LeWM(Method[LeWMConfig]):
    """Maes et al., LeWorldModel: Stable End-to-End Joint-Embedding Predictive Architecture from Pixels, 2026 (2603.19312).

    A picture becomes an embedding z, over the pictures a standard normal (SIGReg, for each moment of the history by itself); a
    causal transformer predicts each next embedding from those before it and the actions, which shift and scale its normalisations.
    The loss is the mean squared error plus lambda times SIGReg. There is no teacher and no stop-gradient: the embedding that is
    predicted learns as well. No reward is used: the actions of training are random, where the paper has recorded episodes.

    A plan is a sequence of actions whose predicted embeddings come near to that of a picture of the goal. It is found by the
    cross-entropy method, and made anew at each step.

    What stands still in an episode, or moves by itself, is the easiest to predict: in `reach` the embeddings know the target and in
    `catch` the disc, and hardly the agent, which plans need (docs/recipes.md has the figures). In `visit` the agent is alone.

    Different from the paper: encoder and predictor are small, the projectors have ReLU for GELU, actions are a few and have an
    embedding each, and a plan costs the mean distance of all its embeddings (`distance`)."""

    Config = LeWMConfig
    views = Views(1, 1)
    compares_images = True
    recipe = {
        "backbone": {"name": "pixel_encoder"},
        "data": {"source": "visit"},
        "views": {"preset": "none"},
        "train": {"batch": 64},
        "optim": {"name": "adamw", "lr": 1e-3, "weight_decay": 0.001},
    }

    def __init__(self, config: LeWMConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim)
        out = mlp(config.width, config.hidden_dim, config.out_dim)
        self.predictor = Dynamics(config.out_dim, config.history, config.width, config.depth, HEADS, config.dropout, out)
        self.sample: Tensor | None = None

    @property
    def acting(self) -> Acting:
        """All actions are random."""
        c = self.config
        return Acting(c.worlds, c.start, c.replay, c.history, explore=1, least=1.0, whole=True)

    def setup_world(self, actions: int) -> None:
        """Create an embedding for each action of the world."""
        self.predictor.action.size(actions)

    def setup_data(self, images: Tensor, labels: Tensor) -> None:
        """Select the images of the `embeddings` picture."""
        self.sample = images[:: -(-len(images) // SAMPLE)]

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Error of the predicted embeddings, and the distance of all embeddings from a standard normal."""
        moves, config = batch.moves, self.config
        assert moves is not None, "a world model learns from what was done"
        actions = torch.cat([moves.before, moves.actions[:, None]], dim=1)  # (N, T)
        h = self.backbone(torch.cat([self._middle(view) for view in batch.views]))  # ((T + 1) N, D)
        z = self.projector(h).float().unflatten(0, (len(batch.views), -1))  # (T + 1, N, P)
        before, after = z[:-1].transpose(0, 1), z[1:].transpose(0, 1)  # (N, T, P)
        predicted = self.predictor(before, actions).float()
        prediction = (predicted - after).square().mean()
        directions = draw_directions(config.out_dim, config.slices, batch.generator)  # the same for every moment
        normality = torch.stack([sigreg(moment, directions) for moment in z]).mean()
        terms: dict[str, Tensor | float] = {
            "prediction": prediction,
            "no change": (before - after).detach().square().mean(),
            "sigreg": normality,
            "deviation": z.detach().std(1, correction=0).mean(),
            "environment_steps": moves.measures["environment_steps"],
        }
        last = h.unflatten(0, (len(batch.views), -1))[-1]
        return Out(prediction + config.weight * normality, features=last, embedding=z[-1], terms=terms)

    def plan_values(self, views: Sequence[Tensor], taken: Tensor, goals: Tensor, left: int, generator: torch.Generator) -> Tensor:
        """Minus the least cost (n, A) of the plans that begin with each action."""
        config = self.config
        seen = torch.stack([self._embedded(view) for view in views], dim=1)  # (n, T, P)
        wanted = self._embedded(goals)[:, None, None]  # (n, 1, 1, P)
        actions = len(self.predictor.action.weight)

        def cost(sequences: Tensor) -> Tensor:  # (n, K, H) to (n, K)
            n, k, _ = sequences.shape
            start, before = seen.repeat_interleave(k, 0), taken.repeat_interleave(k, 0)
            ahead = self.predictor.roll_out(start, before, sequences.flatten(0, 1).to(seen.device))  # (n K, H, P)
            apart: Tensor = (ahead.float().unflatten(0, (n, k)) - wanted).square().sum(-1)  # (n, K, H)
            return apart.mean(-1) if config.distance == "mean" else apart[..., -1]

        search = Search(min(config.horizon, left), config.candidates, max(1, config.candidates // 10), config.rounds)
        return -plan(cost, len(goals), actions, search, generator).by_first

    def task_score(self, batch: Batch) -> TaskScore | None:
        """The share of held-out episodes that reach their goal by plans; the baseline is that of random actions in the same
        episodes. None in a world that knows no goals."""
        if batch.scenes is None or not batch.scenes.has_goals:
            return None
        success = float(batch.scenes.play().success.mean())
        return TaskScore("success", torch.tensor(success), batch.scenes.baseline())

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`plan`: the picture of the goal, and every third step of a held-out episode by plans, each action with minus the cost
        of its plan. `distance`: the first scene, and how near its embedding is to the goal's where the agent (in `catch` the disc)
        is put to each position: red is near. `prediction`: an episode of random actions; below it the picture of the data set that
        is nearest to its embedding, and that nearest to the embedding which was predicted for it, each from the predictions
        before. `surprise`: the error of the prediction of each next picture in such an episode, and in the same one where the
        agent was put to another corner, marked in green. `embeddings`: histograms of up to 512 training images on eight random
        directions, with the density of the standard normal in green, the target of SIGReg."""
        images = batch.views[0]
        if self.sample is not None and batch.stored is not None:
            images = batch.normalised(batch.stored(self.sample))
        z = self._embedded(images)
        directions = draw_directions(z.shape[-1], SHOWN, batch.generator).to(z.device)
        result: dict[str, Tensor] = {}
        if batch.scenes is not None:
            if batch.scenes.has_goals:
                result |= self._plan_pictures(batch.scenes)
            result |= self._prediction_pictures(batch.scenes, z, batch.pixels(images))
        return {**result, "embeddings": histograms(z @ directions)}

    def _plan_pictures(self, scenes: Scenes) -> dict[str, Tensor]:
        played = scenes.play()
        assert played.goal is not None
        goal, seen = _pixels(played.goal[None]), _pixels(played.pictures)
        names = [scenes.actions[action] for action in played.actions]
        values, rewards = torch.from_numpy(played.values.max(1)), torch.from_numpy(played.rewards)
        strip = episode_strip(self._middle(seen), names, values, rewards)
        result = {"plan": side_by_side(torch.cat([captioned(self._middle(goal), ["goal"]), strip]))}
        over = scenes.over_scene(_MAP)
        if over is not None:
            apart = (self._embedded(scenes.views(over)) - self._embedded(scenes.views(played.goal[None]))).square().sum(1)
            result["distance"] = value_map(self._middle(seen)[0], (apart.amax() - apart).view(_MAP, _MAP).cpu())
        return result

    def _prediction_pictures(self, scenes: Scenes, bank: Tensor, shown: Tensor) -> dict[str, Tensor]:
        """bank: embeddings (M, P) of images, whose pixels (M, 3, s, s) are shown for those that are near."""
        played = scenes.wander()
        steps = len(played.actions)
        seen = self._middle(_pixels(played.pictures))
        z = self._embedded(scenes.views(played.pictures))[None]  # (1, T + 1, P)
        actions = torch.from_numpy(played.actions)[None].to(z.device)
        known = min(self.config.history, steps)
        ahead = actions[:, known - 1 : known - 1 + _AHEAD]
        predicted = self.predictor.roll_out(z[:, :known], actions[:, : known - 1], ahead)[0].float()
        true = z[0, known : known + len(predicted)]
        columns = []
        for step, (one, other) in enumerate(zip(true, predicted, strict=True)):
            nearest = [shown[(bank - embedding).square().sum(1).argmin()][None] for embedding in (one, other)]
            error = float((one - other).square().mean())
            cells = [captioned(seen[known + step][None], [f"step {step + 1}"])]
            cells += [captioned(image, [text]) for image, text in zip(nearest, ("nearest", f"error {error:.2f}"), strict=True)]
            columns.append(torch.cat(cells, dim=2))
        result = {"prediction": side_by_side(torch.cat(columns))}
        at = steps // 2
        elsewhere = scenes.jump(played, at)
        if elsewhere is not None and at:
            rows = [self._surprise_row(scenes, pictures, actions, at) for pictures in (played.pictures, elsewhere)]
            result["surprise"] = torch.cat(rows, dim=2)
        return result

    def _surprise_row(self, scenes: Scenes, pictures: Bytes, actions: Tensor, at: int) -> Tensor:
        """The pictures of an episode around step `at`, with the error of the prediction of each."""
        z, t = self._embedded(scenes.views(pictures)), self.config.history
        first, last = max(1, at - 2), min(len(z) - 1, at + 3)
        errors = []
        for step in range(first, last + 1):
            since = max(0, step - t)
            predicted = self.predictor(z[None, since:step], actions[:, since:step])[0, -1].float()
            errors.append(float((predicted - z[step]).square().mean()))
        images = self._middle(_pixels(pictures[first : last + 1]))
        images[at - first] = bordered(images[at - first][None])[0]
        return side_by_side(captioned(images, [f"error {error:.2f}" for error in errors]))

    def _embedded(self, views: Tensor) -> Tensor:
        """The embeddings (n, P) of pictures with or without the margin of a world's."""
        z: Tensor = self.projector(self.backbone(self._middle(views)))
        return z.float()

    def _middle(self, view: Tensor) -> Tensor:
        side: int = self.backbone.size or view.shape[-1]
        margin = (view.shape[-1] - side) // 2
        return view[..., margin : view.shape[-2] - margin, margin : view.shape[-1] - margin]


def _pixels(pictures: Bytes) -> Tensor:
    return torch.from_numpy(pictures).float() / 255


METHOD = LeWM
