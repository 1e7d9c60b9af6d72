"""Diagnoses a run from its own figures: whether it learns, stalls or collapses, and why. The rules are in RULES, with their
sources. Does not import torch.

A Watch takes a run's events, live or from its metrics, and gives a verdict at any time. Thresholds were set between runs
that were made to fail and all healthy three-minute runs of the leaderboard (CIFAR-10, 10,000 images); `source` names both.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.catalogue import methods
from engine.events import EvalDone, Event, RunEnded, RunStarted, StepDone

# The events that a verdict depends on.
WATCHED = (RunStarted, StepDone, EvalDone, RunEnded)

Kind = Literal[
    "early",
    "learning",
    "stalled",
    "collapsed",
    "shrunk",
    "flat",
    "dominated",
    "dimensional",
    "diverging",
    "shortcut",
    "short",
    "baseline",
]

# Fewest steps, and fewest steps with diagnostics, before any verdict but "early".
EARLY_STEPS, EARLY_LOOKS = 50, 3
# An alarm needs so many diagnostics in a row: one bad batch is no collapse.
LOOKS = 3
# How many of the latest losses are averaged.
WINDOW = 20

COLLAPSED_STD = 0.05
# Uniformity above which the embeddings are concentrated; if kNN fell as well, they have collapsed.
CROWDED = -0.15
DIMENSIONAL_SHARE = 0.08
# Thresholds of rank and of dead dimensions that together count as a collapse.
DYING_SHARE, DYING = 0.15, 0.03
# Deviation of a dimension below which an embedding that is to be a standard normal has shrunk to a point.
SHRUNK = 0.3
CHANCE_SHARE = 0.01
STALLED_STEPS = 200
# For methods with K prototypes. AGREED: divergence of teacher (or code) and student in nats, below which the teacher's assignment
# is the same for every view, from step AGREED_STEPS on. ONE_WINS: entropy below which each view is assigned to one prototype;
# FEW_WIN: share of the prototypes that are the first choice for any image. Both together: a sharp teacher that uses many prototypes
# has not collapsed.
AGREED, AGREED_STEPS = 0.02, 100
ONE_WINS, FEW_WIN = 0.15, 0.05
SOLVED_SHARE = 0.6
KNN_LOST, KNN_GAINED = 0.02, 0.01
# Standard errors by which kNN must change to count. Both figures are of the same images and of similar features: the change has
# half of the variance of two independent samples, so that its error is that of one figure.
KNN_ERRORS = 2.0
# A pretext task's features can be slightly worse than untrained ones for a while, even without a shortcut.
SHORTCUT_LOST = 0.05
# Share of the loss's total fall that must be in the second half of the steps so far.
FLAT_SHARE = 0.05
FALLEN = 0.02  # of the loss, as a share of the highest
# Standard errors by which a mean loss must change to count: the highest of a hundred such means is two or three above their mean.
LOSS_ERRORS = 5.0


@dataclass(frozen=True)
class Rule:
    """The message of one verdict. `message` and `remedy` are format strings with the verdict's figures by name; `alarm`: the curves
    show a warning. `source`: the paper, and the measured runs on either side of the threshold."""

    kind: Kind
    message: str
    remedy: str
    source: str
    alarm: bool = False


# The most serious first: the first rule that applies is the verdict.
RULES: tuple[Rule, ...] = (
    Rule(
        "diverging",
        "The loss rises: {loss:.3g}, above its maximum over the first hundred steps ({highest:.3g}).",
        "Lower optim.lr (by ten, to begin with), lengthen optim.warmup, or set optim.clip to 1.",
        "The rule compares the mean of 20 losses with the run's own beginning; no healthy run of the leaderboard comes near.",
        alarm=True,
    ),
    Rule(
        "flat",
        "The teacher's output is the same for every image: uniform over the prototypes. Its entropy is {entropy:.2f} nats, the "
        "divergence of the student is {kl:.3f}: nothing is left to learn.",
        "Sharpen the teacher: lower method.teacher_temperature (of SwAV, method.epsilon) far below the student's, from its warm-up "
        "on.",
        "DINO, 2104.14294, Sec. 5.3: without sharpening the entropy goes to ln K and the divergence to 0. SwAV, 2006.09882, App. "
        "D.1. Measured: DINO with a teacher's temperature of .5 comes to .014 nats by step 70, SwAV with epsilon 1 to .002 by step "
        "50; healthy ones stay above .88 and .05.",
        alarm=True,
    ),
    Rule(
        "dominated",
        "Few prototypes dominate for all images: {used:.1%} of those possible are the argmax of any view, and the teacher's "
        "entropy is low ({entropy:.2f} nats).",
        "Centre it: lower method.centre_momentum (1 switches centring off; .9 is usual), or raise method.teacher_temperature a "
        "little.",
        "DINO, 2104.14294, Sec. 5.3: without centring one dimension wins and the entropy goes to 0. Measured: DINO without "
        "centring has an entropy below .1 and 3 of 256 from step 30 on; healthy ones do not go below .26.",
        alarm=True,
    ),
    Rule(
        "collapsed",
        "All images have nearly the same embedding: std × √d is {std:.3f} (1 = isotropic, 0 = collapsed).",
        "Whatever keeps this method from collapsing is missing or too weak: stop-gradient, teacher and predictor, centring, "
        "the variance term, or the negatives. Put it back, or lower optim.lr.",
        "SimSiam, 2011.10566, Fig. 2: the deviation falls to 0 without stop-gradient. Measured: SimSiam without stop-gradient and "
        "VICReg without variance crowd together (uniformity above -.11) and lose kNN within 150 steps; no healthy run does both.",
        alarm=True,
    ),
    Rule(
        "shrunk",
        "The embeddings shrink to one point: the deviation of a dimension is {deviation:.3f}, where the method wants 1.",
        "Nothing keeps the embeddings apart, and to predict them is easy: raise the weight of the regulariser (method.weight).",
        "LeWorldModel, 2603.19312: without SIGReg the prediction alone makes all embeddings the same. Measured in reach: with a "
        "weight of 0 the deviation is .20 after 50 steps and .15 after 150, with .1 it is .88 after 50 steps and .91 after 100. "
        "VISReg on CIFAR-10: .01 after 100 steps with a weight of 0, .80 with .6.",
        alarm=True,
    ),
    Rule(
        "dimensional",
        "The features have shrunk to few directions: an effective rank of {rank:.1f}, where the untrained encoder had "
        "{rank_first:.0f}.",
        "Strengthen what spreads the dimensions (variance or covariance term, more negatives, a lower temperature), use a wider "
        "projector, or weaken the augmentation. Where dimensions died, lower optim.lr.",
        "Jing et al., Understanding Dimensional Collapse, 2110.09348; RankMe, 2210.02885. Measured: SimCLR at a learning rate of "
        "10 keeps an eighth of its rank and loses a tenth of its dimensions.",
        alarm=True,
    ),
    Rule(
        "shortcut",
        "The task is solved ({task:.2f}; chance level {task_trivial:.2f}) while the features are worth less than untrained ones: "
        "kNN {knn:.3f}, at first {knn_first:.3f}.",
        "The task can be solved by a shortcut. Switch on what the method has against it: gaps, jitter, dropped colours, tiles "
        "normalised one by one.",
        "Doersch et al., 1505.05192, Sec. 3.1; Noroozi and Favaro, 1603.09246, Sec. 4. The rule asks for a loss of .05: Jigsaw "
        "with all that the paper has against shortcuts ended .02 below the untrained encoder.",
        alarm=True,
    ),
    Rule(
        "stalled",
        "After {step:.0f} steps nothing has improved: the loss stays at {loss:.3g}, and kNN is where it was at the start.",
        "Raise optim.lr, check that the views keep the content and that a teacher is updated, or train longer: some methods "
        "stay on a plateau for a while.",
        "The rule asks for 1 % of the method's own chance value, from step 200 on; every healthy run of the leaderboard has left "
        "it by then. Or for a loss that no longer falls beside a kNN that has not risen: BYOL with a teacher that never moves. Or "
        "for a loss that stays within five standard errors beside a kNN whose change is within two: a learning rate of 1e-12.",
    ),
    Rule("learning", "It learns.", "", ""),
    Rule("early", "Too early to say.", "", ""),
    Rule(
        "short",
        "The run ended at step {step:.0f}, before its metrics show whether it learns.",
        "Train longer. A verdict takes some hundred steps and several checks on validation images.",
        "",
    ),
    Rule("baseline", "This baseline learns nothing: its encoder keeps its initial weights.", "", ""),
)
# Names of loss terms that the rules use, and of the figures here.
_TERMS = {"deviation": "deviation", "teacher entropy": "entropy", "code entropy": "entropy", "KL": "kl", "prototypes used": "used"}
# Diagnostics that a verdict shows, beside those that a rule compares with the first ones.
_SHOWN = ("rank_embedding", "dead", "alignment", "uniformity", "deviation", "entropy", "kl", "used")
_BY_KIND = {rule.kind: rule for rule in RULES}


@dataclass(frozen=True)
class Verdict:
    """The state of a run at `step`: `figures` are the evidence, by name, those of the rule's sentences and more."""

    kind: Kind
    step: int
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def rule(self) -> Rule:
        """Its rule."""
        return _BY_KIND[self.kind]

    @property
    def message(self) -> str:
        """The verdict as a sentence."""
        return self.rule.message.format(**self.figures)

    @property
    def remedy(self) -> str:
        """What to do; "" where nothing needs to be done."""
        return self.rule.remedy.format(**self.figures)


class Watch:
    """Collects the events of one run from its first on. `verdict` can be called at any time."""

    def __init__(self) -> None:
        self._chance: float | None = None
        self._step = 0
        self._learns = True
        self._pooled = True  # whether the pooled features are meant to tell images apart
        self._ended = False
        self._validation = 0  # images that kNN is measured on; 0 where that is not known
        self._recent: list[float] = []
        self._highest = -math.inf  # mean loss within the first hundred steps
        self._highest_full = -math.inf  # the same, of means of WINDOW losses alone
        self._lowest = math.inf
        self._high = 0  # steps in a row above all of that
        self._looks: list[Mapping[str, float]] = []
        self._trace: list[float] = []  # mean loss at each step with diagnostics
        self._counts: list[int] = []  # of how many losses each is the mean
        self._first: Mapping[str, float] = {}
        self._evals: list[Mapping[str, float]] = []
        self._stage = ""
        self._began = 0

    def add(self, event: Event) -> None:
        """Add one event."""
        if isinstance(event, WATCHED):
            self.take({"event": type(event).__name__, **vars(event)})

    def take(self, line: Mapping[str, Any]) -> None:
        """Add one event, as in a line of metrics.jsonl. Events without figures are ignored."""
        kind = line.get("event")
        self._ended = kind == "RunEnded"
        if kind == "RunStarted":
            chance = line.get("chance")
            self._chance = float(chance) if isinstance(chance, (int, float)) else None
            self._validation = _validation_images(line)
            # A baseline that does not learn is not diagnosed.
            self._learns = all(row.learns for row in methods() if row.id == line.get("method"))
            # A generator's instance normalisation leaves each channel a mean of about 0 over the positions, and of these means the
            # pooled features are made: they say nothing of a collapse.
            self._pooled = all(row.feed != "domains" for row in methods() if row.id == line.get("method"))
        elif kind == "StepDone":
            self._take_step(line)
        elif kind == "EvalDone":
            self._evals.append(_numbers(line.get("values")))

    def take_lines(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Add many lines of metrics.jsonl, in order."""
        for line in lines:
            self.take(line)

    def _take_step(self, line: Mapping[str, Any]) -> None:
        stage = str(line.get("stage") or "")
        if stage != self._stage or not self._step:
            # A new stage has another loss and other parameters: earlier measurements do not apply.
            self._stage, self._began = stage, int(line["step"]) - 1
            self._recent, self._looks, self._first, self._trace, self._counts = [], [], {}, [], []
            self._highest, self._highest_full, self._lowest, self._high = -math.inf, -math.inf, math.inf, 0
        self._step = int(line["step"])
        loss = line.get("loss")
        self._recent = [*self._recent[1 - WINDOW :], float(loss) if isinstance(loss, (int, float)) else math.nan]
        mean = self._loss
        if self._step - self._began <= 100:
            self._highest = max(self._highest, mean)
            if len(self._recent) == WINDOW:
                self._highest_full = max(self._highest_full, mean)
        self._lowest = min(self._lowest, mean)
        ceiling = max(self._highest, self._chance if self._chance is not None else -math.inf)
        margin = max(ceiling - self._lowest, 0.1 * abs(ceiling), 1e-3)
        self._high = self._high + 1 if not mean <= ceiling + margin else 0
        diagnostics = _numbers(line.get("diagnostics"))
        if diagnostics:
            diagnostics.update(_from_terms(_numbers(line.get("terms"))))
            self._first = self._first or diagnostics
            self._looks = [*self._looks[1 - LOOKS :], diagnostics]
            self._trace.append(mean)
            self._counts.append(len(self._recent))

    @property
    def _loss(self) -> float:
        return sum(self._recent) / len(self._recent) if self._recent else math.nan

    @property
    def _loss_error(self) -> float:
        """Standard error of `_loss`, from the deviation of the averaged losses."""
        many = len(self._recent)
        if many < 2:
            return math.inf
        mean = self._loss
        return math.sqrt(sum((loss - mean) ** 2 for loss in self._recent) / (many - 1) / many)

    @property
    def _loss_unchanged(self) -> bool:
        """Whether the loss is unchanged, within its noise, since the first diagnostics. False for a loss that is constant by
        construction."""
        if len(self._trace) < 4 * LOOKS or not self._loss_error > 0:
            return False
        # The first means are of fewer losses and have a larger noise than that of `WINDOW` losses.
        full = [mean for mean, count in zip(self._trace, self._counts, strict=True) if count >= WINDOW]
        return bool(full) and all(abs(mean - full[0]) < LOSS_ERRORS * self._loss_error for mean in full)

    def _knn_error(self, figures: Mapping[str, float]) -> float:
        """The error of a change of kNN for this number of validation images; 0 where the number is not known."""
        if not self._validation or "knn_first" not in figures:
            return 0.0
        share = min(max((figures["knn"] + figures["knn_first"]) / 2, 0.0), 1.0)
        return KNN_ERRORS * math.sqrt(share * (1 - share) / self._validation)

    @property
    def _flat(self) -> bool:
        """Whether the loss fell in the first half of the steps so far and hardly fell in the second."""
        trace = self._trace
        if len(trace) < 4 * LOOKS:
            return False
        fell, late = trace[0] - trace[-1], trace[len(trace) // 2] - trace[-1]
        return late < FLAT_SHARE * abs(fell)

    def verdict(self) -> Verdict:
        """The verdict at the current step."""
        figures = self._figures()
        kind = self._kind(figures)
        if kind == "early" and not self._learns:
            kind = "baseline"
        elif kind == "early" and self._ended:
            kind = "short"
        return Verdict(kind, self._step, figures)

    def _figures(self) -> dict[str, float]:
        figures = {"step": float(self._step), "loss": self._loss, "highest": self._highest}
        if self._chance is not None and not self._stage:
            figures["chance"] = self._chance
        if self._looks:
            now = self._looks[-1]
            figures.update({"std": now.get("std", math.nan), "rank": now.get("rank_features", math.nan)})
            figures["rank_first"] = self._first.get("rank_features", math.nan)
            figures.update({name: now[name] for name in _SHOWN if name in now})
        for name in ("knn", "task", "task_trivial"):
            values = [values[name] for values in self._evals if name in values]
            if values:
                figures.update({name: values[-1], f"{name}_first": values[0]})
        return figures

    def _kind(self, figures: Mapping[str, float]) -> Kind:
        after = self._step - self._began
        if not self._learns or after < EARLY_STEPS or len(self._looks) < EARLY_LOOKS:
            return "early"
        if self._high >= WINDOW:
            return "diverging"
        if all(_agreed(look) for look in self._looks) and after >= AGREED_STEPS:
            return "flat"
        if all(_dominated(look) for look in self._looks):
            return "dominated"
        if self._pooled and all(look.get("std", math.inf) < COLLAPSED_STD for look in self._looks):
            return "collapsed"
        error = self._knn_error(figures)
        change = figures.get("knn", math.nan) - figures.get("knn_first", math.nan)
        lost = self._pooled and change < -max(KNN_LOST, error)
        if lost and all(look.get("uniformity", -math.inf) > CROWDED for look in self._looks):
            return "collapsed"
        if all(look.get("deviation", math.inf) < SHRUNK for look in self._looks):
            return "shrunk"
        if self._pooled and all(_few_directions(look, figures["rank_first"]) for look in self._looks):
            return "dimensional"
        if self._stage:
            return "early" if after < STALLED_STEPS else "learning"
        if _task_learned(figures) and change < -max(SHORTCUT_LOST, error):
            return "shortcut"
        chance = figures.get("chance")
        if chance is not None and after >= STALLED_STEPS and abs(self._loss - chance) < CHANCE_SHARE * max(1.0, abs(chance)):
            return "stalled"
        gained = change > max(KNN_GAINED, error)
        if not change > KNN_GAINED and len(self._evals) > 1 and self._flat:
            return "stalled"
        if not gained and after >= STALLED_STEPS and len(self._evals) > 1 and self._loss_unchanged:
            return "stalled"
        top = self._highest_full  # the first few losses are too noisy for a comparison
        fallen = top - self._loss > max(FALLEN * abs(top), LOSS_ERRORS * self._loss_error)
        return "learning" if gained or fallen else "early"


def _validation_images(line: Mapping[str, Any]) -> int:
    """How many images kNN is measured on, from a RunStarted. Runs of older versions have no such figure: then from the config's
    share for validation; 0 where neither is known."""
    images = line.get("validation")
    if isinstance(images, int) and images > 0:
        return images
    config = line.get("config")
    data = config.get("data") if isinstance(config, Mapping) else None
    share = data.get("validation") if isinstance(data, Mapping) else None
    images = line.get("images")
    if isinstance(share, (int, float)) and isinstance(images, int) and 0 < share < 1 and 0 < images < 2**53:
        return round(images * share / (1 - share))
    return 0


def _from_terms(terms: Mapping[str, float]) -> dict[str, float]:
    """The deviation of an embedding that is to be a standard normal. Teacher or code figures of a method with prototypes; of iBOT's
    two sets (views and patches) the one that is nearer to collapse."""
    prototypes = {name: terms[term] for term, name in _TERMS.items() if term in terms}
    if "teacher entropy, patches" in terms and "prototypes used, patches" in terms:
        patches = {"entropy": terms["teacher entropy, patches"], "used": terms["prototypes used, patches"]}
        if _dominated(patches) and not _dominated(prototypes):
            prototypes.update(patches)
    return prototypes


def _agreed(look: Mapping[str, float]) -> bool:
    """Whether the teacher's assignment is nearly uniform and the same for all views."""
    return look.get("kl", math.inf) < AGREED and look.get("entropy", 0.0) >= ONE_WINS


def _dominated(look: Mapping[str, float]) -> bool:
    """Whether few prototypes are assigned, each with high confidence."""
    return look.get("entropy", math.inf) < ONE_WINS and look.get("used", 1.0) < FEW_WIN


def _few_directions(look: Mapping[str, float], untrained: float) -> bool:
    """Whether the effective rank is a small share of the untrained encoder's."""
    share = look.get("rank_features", math.inf) / untrained if untrained > 0 else math.inf
    return share < DIMENSIONAL_SHARE or (share < DYING_SHARE and look.get("dead", 0.0) > DYING)


def _task_learned(figures: Mapping[str, float]) -> bool:
    """Whether the method's own task, whose best score is 1, is mostly solved."""
    baseline = figures.get("task_trivial", 1.0)
    return 0 <= baseline < 1 and figures.get("task", 0.0) >= baseline + SOLVED_SHARE * (1 - baseline)


def _numbers(values: object) -> dict[str, float]:
    if not isinstance(values, Mapping):
        return {}
    return {str(name): float(value) for name, value in values.items() if isinstance(value, (int, float))}
