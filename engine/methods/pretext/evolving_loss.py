"""Evolving Losses: four modalities of a clip, seven tasks each, and a search for the weights of the tasks that needs no label."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.backbones.clip_encoder import ClipEncoder, FrameNet
from engine.backbones.log_mel import log_mel, shown_as_grey
from engine.backbones.modes import evaluating
from engine.config.errors import complain
from engine.config.part import setting
from engine.data.clips import evenly
from engine.heads.clip_tasks import TASKS, ClipTasks, Drawn, Seen
from engine.losses.cluster_prior import cluster_shares, divergence, k_means, temperature_of, whitened, zipf
from engine.method import Batch, ClipViews, Method, MethodConfig, Out, Progress, Stage, TaskScore, Views
from engine.optim.evolution import Evolution
from engine.pictures.clip_strip import clip_strip, flow_colours
from engine.pictures.search_charts import padded, ranked_shares, scatter, table

# Channels of a frame of each modality.
CHANNELS = {"rgb": 3, "flow": 2, "grey": 1, "sound": 1}
# The other modality with which each is transferred, contrasted and aligned.
PARTNER = {"rgb": "flow", "flow": "rgb", "grey": "rgb", "sound": "rgb"}
TEACHERS = ("flow", "grey", "sound")  # of the RGB network
WARM, EVOLUTION = "warm start", "evolution"
MOST = 0.9  # the largest share of a run that is not the method's own training
_PART = {WARM: 0, EVOLUTION: 1}
_CHUNK = 64  # clips that are encoded at once for the fitness
_NEIGHBOURS = 5
# Luma of RGB (Rec. 601), and the flow, as a share of the side a frame, that counts as 1.
_LUMA, _FAST = (0.299, 0.587, 0.114), 0.04


class EvolvingLossConfig(MethodConfig):
    """Hyper-parameters of Evolving Losses."""

    weights: Literal["evolved", "equal", "random"] = setting(
        "evolved",
        "Weights of the losses. `evolved`: found by the search. `equal`: all 1, `random`: drawn once from the seed; without a "
        "search, to compare with.",
        title="Weights of the losses",
        also="evolutionary search, loss weights",
    )
    space: Literal["factorised", "full"] = setting(
        "factorised",
        "What is searched. `factorised`: a weight for each modality times one for each task, and three for distillation: 14. "
        "`full`: all 31 weights of the paper, for which a search of minutes is too short.",
        title="Search space",
    )
    candidate_steps: int = setting(
        20,
        "Steps for which a candidate is trained from the warm start before its fitness is measured. Few measure mostly noise; many "
        "leave time for few candidates.",
        title="Steps of a candidate",
        ge=1,
        le=100_000,
    )
    population: int = setting(8, "Candidates of a generation.", ge=4, le=256)
    warm_share: float = setting(
        0.2, "Share of the run's steps before the search, with equal weights.", title="Share of the warm start", gt=0, le=0.8
    )
    evolution_share: float = setting(
        0.5,
        "Share of the run's steps for the search; as many candidates as fit are tried. The rest trains with the best weights, from "
        "the warm start on.",
        title="Share of the search",
        gt=0,
        le=0.8,
    )
    clusters: int = setting(
        10,
        "Clusters k of the features, whose shares are compared with Zipf's law. At most the clips of the fitness.",
        ge=2,
        le=1000,
    )
    exponent: float = setting(
        1.0,
        "Exponent s of Zipf's law: at 0 all clusters should be equally large, at 2 the first has most of the clips.",
        title="Exponent of Zipf's law",
        ge=0,
        le=4,
    )
    fitness_clips: int = setting(
        256, "Training clips, the same for every candidate, on which the fitness is measured.", ge=8, le=100_000, advanced=True
    )
    dims: int = setting(
        8, "Principal components of the features in which clusters are found.", title="Components", ge=1, le=1024, advanced=True
    )
    frames: int = setting(4, "Frames of a clip that are encoded, evenly spaced.", ge=2, le=64)
    temperature: float = setting(0.1, "Softmax temperature of the contrast between modalities.", gt=0, le=5, advanced=True)


class EvolvingLoss(Method[EvolvingLossConfig]):
    """Piergiovanni et al., Evolving Losses for Unsupervised Video Representation Learning, CVPR 2020 (2002.12177).

    A network for each of RGB, flow, grey and sound learns seven tasks, and the RGB network also the features of the others:
    L = sum_m sum_t lambda_{m,t} L_{m,t} + sum_d lambda_d L_d. The weights are those with the best fitness, the negative
    divergence of the shares of the RGB features' clusters from Zipf's law (Sec. 3.3). No label has a part in it.

    A run has three parts. The warm start trains with equal weights. The search trains each candidate from there for a few steps;
    it is CMA-ES, which is resumed from the costs so far. Then the run trains from the warm start with the best weights of all.

    No official code was found, and of the paper's text only parts were at hand. Choices of our own: a weight is a product of one
    for the modality and one for the task, because 31 weights are too many for minutes (`space: full` has all); the other modality
    of RGB is flow, that of all others RGB; the contrast is a cross-entropy over the batch; the features of the other networks are
    targets without a gradient in distillation; whitened components, a temperature that is fixed at the warm start, and clusters
    that lie together count as one, without which a collapsed network would be near Zipf's law; small networks on frames with a
    temporal layer behind them in place of (2+1)D ResNets.

    A clip without sound has no part in the losses of sound.

    The encoder sees clips: kNN, maps and evaluation take whole clips, and an image is a clip that stands still."""

    Config = EvolvingLossConfig
    views = Views(1, 1)
    compares_images = True
    # Crops without flips, which would turn one motion into another.
    recipe = {
        "data": {"source": "moving_shapes", "count": 2000, "flow": True},
        "views": {"preset": "none"},
        "optim": {"lr": 0.002},
        "train": {"batch": 32},
    }
    backbone: ClipEncoder
    part: Tensor
    taken: Tensor
    heat: Tensor
    weight: Tensor
    shares: Tensor

    def __init__(self, config: EvolvingLossConfig, backbone: Backbone) -> None:
        super().__init__(config, ClipEncoder(backbone, config.frames))
        # Rounded: .9 and .05 are more than .95 in binary.
        if round(config.warm_share + config.evolution_share, 9) > MOST:
            allowed = f"at most {MOST - config.warm_share:g} beside a warm start of {config.warm_share:g}"
            raise complain("method.evolution_share", allowed, config.evolution_share, "What is left trains with the best weights.")
        self.encoders = nn.ModuleDict({name: ClipEncoder(FrameNet(CHANNELS[name]), config.frames) for name in TEACHERS})
        dims = {name: self._encoder(name).dim for name in CHANNELS}
        self.tasks = nn.ModuleDict(
            {name: ClipTasks(dims[name], CHANNELS[name], CHANNELS[other], dims[other]) for name, other in PARTNER.items()}
        )
        self.connectors = nn.ModuleDict({name: nn.Linear(backbone.dim, dims[name]) for name in TEACHERS})
        # What every candidate starts from.
        self.start = nn.ModuleDict({name: copy.deepcopy(module) for name, module in self._trained().items()})
        self.start.requires_grad_(False)
        self.search = Evolution(self.coordinates, config.population)
        # How far the run is: 0 warm start, 1 evolution, 2 own training; steps taken with the present candidate.
        self.register_buffer("part", torch.zeros((), dtype=torch.long))
        self.register_buffer("taken", torch.zeros((), dtype=torch.long))
        # The softmax temperature of clusters, fixed at the warm start; 0 before.
        self.register_buffer("heat", torch.zeros((), dtype=torch.float64))
        self.register_buffer("shares", torch.zeros(config.clusters, dtype=torch.float64))
        point = torch.ones(self.coordinates, dtype=torch.float64)
        if config.weights == "random":
            point = torch.rand(self.coordinates, dtype=torch.float64)
        self.register_buffer("weight", self.expanded(point))
        self._clips: Callable[[Tensor], ClipViews] | None = None
        self._sample, self._classes = torch.zeros(0, dtype=torch.long), torch.zeros(0, dtype=torch.long)

    @property
    def coordinates(self) -> int:
        """How many numbers the search finds: 31, or 14 in the factorised space."""
        own = len(CHANNELS) + len(TASKS) if self.config.space == "factorised" else len(CHANNELS) * len(TASKS)
        return own + len(TEACHERS)

    def expanded(self, point: Tensor) -> Tensor:
        """The 31 weights of a point of the search, each from 0 to 1: modality by modality, then of distillation."""
        if self.config.space == "full":
            return point
        a, b, distillation = point.split([len(CHANNELS), len(TASKS), len(TEACHERS)])
        return torch.cat([(a[:, None] * b).flatten(), distillation])

    def stages(self) -> tuple[Stage, ...]:
        """The warm start, then the search, whose candidates all have the same learning rate; none without a search."""
        if self.config.weights != "evolved":
            return ()
        constant = {"schedule": "constant", "warmup": 0.0}
        return (Stage(WARM, self.config.warm_share), Stage(EVOLUTION, self.config.evolution_share, optim=constant))

    def setup_data(self, images: Tensor, labels: Tensor) -> None:
        """Draw the clips of the fitness. Their classes are for the picture of fitness against kNN alone."""
        chosen = torch.randperm(len(images))[: self.config.fitness_clips].sort().values
        self._sample, self._classes = images[chosen], labels[chosen]

    def setup_clips(self, clips: Callable[[Tensor], ClipViews]) -> None:
        self._clips = clips

    def before_step(self, at: Progress) -> None:
        """Where a part of the run begins, and where a candidate does: put its weights in place, those of the network and of the
        losses."""
        part = _PART.get(at.stage, 2)
        before = int(self.part)
        if part > before:
            if part == 1:
                self._store_start()
            elif before == 1:
                self._go_back()
                point = self.search.points[self.search.best()] if len(self.search) else torch.ones_like(self.search.next())
                self.weight = self.expanded(point)
            self.part.fill_(part)
        if self.restarts(at):
            self._go_back()
            self.weight = self.expanded(self.search.next())

    def restarts(self, at: Progress) -> bool:
        """Where a candidate begins."""
        return at.stage == EVOLUTION and int(self.taken) == 0

    def forward(self, batch: Batch, at: Progress) -> Out:
        """The sum of all losses by the present weights (Eq. 1)."""
        seen, drawn = self._see(batch)
        table = self._losses(seen, drawn)
        has_sound = _sound_factors(batch)
        tasks = torch.stack([table[name][task] * has_sound[name] for name in CHANNELS for task in TASKS])  # (28, N)
        distilled = torch.stack([self._distance(seen, name) * has_sound[name] for name in TEACHERS])  # (3, N)
        # No matrix product: it would be of low precision under autocast.
        per_image = (self.weight.float()[:, None] * torch.cat([tasks, distilled])).sum(0)  # (N,)
        terms: dict[str, Tensor | float] = {task: tasks[row :: len(TASKS)].mean() for row, task in enumerate(TASKS)}
        terms["distillation"] = distilled.mean()
        if len(self.search):
            terms["best fitness"] = -float(self.search.costs.min())
        rgb = seen["rgb"]
        return Out(per_image.mean(), features=rgb.features, embedding=rgb.embedding, terms=terms, per_image=per_image)

    def _losses(self, seen: Mapping[str, Seen], drawn: Drawn) -> dict[str, dict[str, Tensor]]:
        temperature = self.config.temperature
        return {
            name: self.tasks[name].losses(self._encoder(name), seen[name], seen[other], drawn, temperature)  # type: ignore[operator]
            for name, other in PARTNER.items()
        }

    def _distance(self, seen: Mapping[str, Seen], name: str) -> Tensor:
        """L_d of each clip, (N,): the mean squared difference of the hidden features of each frame, those of RGB through a linear
        layer."""
        target = seen[name].compared.mean((3, 4)).detach().float()  # (N, T, D)
        predicted = self.connectors[name](seen["rgb"].compared.mean((3, 4))).float()
        distance: Tensor = (predicted - target).square().mean((1, 2))
        return distance

    def _see(self, batch: Batch) -> tuple[dict[str, Seen], Drawn]:
        frames = self.modalities(batch)
        seen = {name: self.tasks[name].see(self._encoder(name), frames[name]) for name in CHANNELS}  # type: ignore[operator]
        clips, count = frames["rgb"].shape[:2]
        return seen, Drawn.of(clips, count, batch.generator, frames["rgb"].device)

    def modalities(self, batch: Batch) -> Mapping[str, Tensor]:
        """The frames of each modality, (N, T, channels, h, w): RGB as it comes, flow in `_FAST` of the side, grey between about -2
        and 2, the part of the spectrogram that belongs to the frame."""
        clips = batch.clips
        assert clips is not None, "the catalogue says that clips are needed"
        chosen = evenly(clips.frames.shape[1], self.config.frames).tolist()
        rgb = clips.frames[:, chosen]
        luma = torch.tensor(_LUMA, device=rgb.device)
        scale, shift = luma * batch.std.to(rgb.device), (luma * batch.mean.to(rgb.device)).sum()
        grey = ((rgb * scale.view(3, 1, 1)).sum(2, keepdim=True) + shift - 0.5) * 4
        flow = clips.flow[:, chosen] / (_FAST * rgb.shape[-1])
        sound = log_mel(clips.sound, clips.rate, clips.frames.shape[1])[:, chosen]
        return {"rgb": rgb, "flow": flow, "grey": grey, "sound": sound}

    def embed_pairs(self, clips: ClipViews) -> tuple[Tensor, Tensor]:
        """Embeddings (N, D) of length 1, of the contrast between modalities, of RGB and of the sounds."""
        chosen = evenly(clips.frames.shape[1], self.config.frames).tolist()
        sound = log_mel(clips.sound, clips.rate, clips.frames.shape[1])[:, chosen]
        frames = {"rgb": clips.frames[:, chosen], "sound": sound}
        seen = {name: self.tasks[name].see(self._encoder(name), frames[name]) for name in frames}  # type: ignore[operator]
        return seen["rgb"].embedding, seen["sound"].embedding

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Measure the fitness of a candidate after its last step."""
        if at.stage != EVOLUTION:
            return
        self.taken += 1
        if int(self.taken) >= self.config.candidate_steps:
            self.taken.zero_()
            features = self._features()
            shares = self.cluster_shares(features)
            cost = float(divergence(shares, self._law()))
            if not len(self.search) or cost < float(self.search.costs.min()):
                self.shares = shares
            self.search.add(self.search.next(), cost, nearest_agree(features, self._classes.to(features.device)))

    def cluster_shares(self, features: Tensor) -> Tensor:
        """The shares (k,) of the clusters of RGB features (n, D), the largest first, at the temperature of the warm start."""
        points = whitened(features, self.config.dims)
        centres = k_means(points, self.config.clusters, int(self.search.seed))
        return cluster_shares(points, centres, float(self.heat))

    def _law(self) -> Tensor:
        return zipf(self.config.clusters, self.config.exponent).to(self.shares.device)

    @torch.no_grad()
    def _features(self) -> Tensor:
        """RGB features (n, D) of the clips of the fitness, whole, in eval mode."""
        assert self._clips is not None, "setup_clips was called"
        device = self.weight.device
        with evaluating(self.backbone):
            parts = [self.backbone.encode_clips(self._clips(part.to(device)).frames) for part in self._sample.split(_CHUNK)]
        return torch.cat(parts).float()

    def _trained(self) -> dict[str, nn.Module]:
        return {"backbone": self.backbone, "encoders": self.encoders, "tasks": self.tasks, "connectors": self.connectors}

    def _encoder(self, name: str) -> ClipEncoder:
        encoder = self.backbone if name == "rgb" else self.encoders[name]
        assert isinstance(encoder, ClipEncoder)
        return encoder

    def _store_start(self) -> None:
        """Keep the weights from which all candidates start, and fix the temperature."""
        for name, module in self._trained().items():
            self.start[name].load_state_dict(module.state_dict())
        points = whitened(self._features(), self.config.dims)
        self.heat.fill_(temperature_of(points, k_means(points, self.config.clusters, int(self.search.seed))))

    def _go_back(self) -> None:
        for name, module in self._trained().items():
            module.load_state_dict(self.start[name].state_dict())

    def teachers(self) -> list[nn.Module]:
        return [self.start]

    def task_score(self, batch: Batch) -> TaskScore:
        """How often the RGB network is right in the three tasks that ask yes or no."""
        seen, drawn = self._see(batch)
        rgb = self.tasks["rgb"]
        assert isinstance(rgb, ClipTasks)
        logits = rgb.logits(self.backbone, seen["rgb"], seen[PARTNER["rgb"]], drawn)
        right = [((logits[name] > 0) == answer).float().mean() for name, answer in rgb.answers(drawn).items()]
        return TaskScore("accuracy", torch.stack(right).mean(), 0.5)

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """`clip`: the frames that are encoded, as RGB, flow (colour: direction), grey and spectrogram (low tones below)."""
        frames = self.modalities(batch)
        grey = (frames["grey"] / 4 + 0.5).clamp(0, 1).expand(-1, -1, 3, -1, -1)
        sound = shown_as_grey(frames["sound"]).expand(-1, -1, 3, -1, -1)
        rgb = batch.pixels(frames["rgb"].flatten(0, 1)).unflatten(0, frames["rgb"].shape[:2])
        return {"clip": clip_strip([rgb, flow_colours(frames["flow"]), grey, sound])}

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`clip`: see `inputs`. `weights`: the present weights of modalities and tasks, and below of distillation into RGB; white
        is 0, red 1. During and after the search, `weights by generation`: the best candidate of each, a column a generation;
        `cluster shares`: of the best candidate, with Zipf's law as a green line; `fitness and kNN`: of all candidates, the best in
        red; kNN is the share of clips of the fitness whose nearest others have its class."""
        count = len(CHANNELS) * len(TASKS)
        weight = self.weight.cpu().float()
        grid, rest = weight[:count].view(len(CHANNELS), -1), weight[count:]
        lower = table(rest[:, None], [f"{name} to rgb" for name in TEACHERS], width=72)
        upper = table(grid, list(CHANNELS), TASKS, width=72)
        lower = F.pad(lower, (0, upper.shape[3] - lower.shape[3], 6, 0), value=1.0)
        pictures = {**self.inputs(batch), "weights": padded(torch.cat([upper, lower], dim=2))}
        if not len(self.search):
            return pictures
        best = [self.expanded(self.search.points[row].cpu()).float() for row in self.search.best_by_generation()]
        rows = [f"{name} {task}" for name in CHANNELS for task in TASKS] + [f"{name} to rgb" for name in TEACHERS]
        pictures |= {
            "weights by generation": padded(table(torch.stack(best, dim=1), rows, width=18)),
            "cluster shares": padded(ranked_shares(self.shares.cpu(), self._law().cpu())),
        }
        marks, costs = self.search.marks.cpu(), self.search.costs.cpu()
        if len(costs) > 1 and bool(marks.isfinite().all()):
            pictures |= {"fitness and kNN": padded(scatter(-costs, marks, self.search.best(), "fitness", "kNN"))}
        return pictures


def _sound_factors(batch: Batch) -> dict[str, Tensor | float]:
    """By modality a factor of the loss of each clip: 0, (N,), of the sound of a clip that has none."""
    assert batch.clips is not None
    return {name: batch.clips.has_sound.float() if name == "sound" else 1.0 for name in CHANNELS}


def nearest_agree(features: Tensor, classes: Tensor) -> float:
    """The share of rows (n, D) with a known class (n,) whose class most of their `_NEIGHBOURS` nearest others have, by cosine; not
    a number where fewer than two have one."""
    known = classes >= 0
    x, labels = F.normalize(features[known], dim=1), classes[known]
    if len(x) < 2:
        return float("nan")
    near = (x @ x.t()).fill_diagonal_(-2).topk(min(_NEIGHBOURS, len(x) - 1), dim=1).indices
    return float((labels[near].mode(1).values == labels).double().mean())


METHOD = EvolvingLoss
