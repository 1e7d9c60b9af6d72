"""The training loop: one step after another; evaluation, pause, stop and checkpoints between two steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from engine.augment.seeds import generator_for, seed_device
from engine.distributed.ranks import active, any_rank, exchanging, from_first, ranks
from engine.distributed.rows import all_count, all_rows, average_gradients, mean_terms
from engine.evaluate.diagnostics import diagnose
from engine.events import CheckpointDue, CheckpointSaved, Emit, EpochDone, RunEnded, StepDone, Warned
from engine.method import Batch, Out, Progress, Turn, main_turn
from engine.optim.schedule import decay_at, rate_factor, set_decay, set_rate
from engine.runs.run_folder import CONFIG
from engine.train import checkpoint
from engine.train.control import Control
from engine.train.feed import Feed
from engine.train.length import Change, Length
from engine.train.monitor import Monitor
from engine.train.pace import Pace, with_length
from engine.train.setup import Session
from engine.train.stages import Span

# Seconds between two bundles of step events, so that a GPU does not wait for the host at every step.
REPORT_SECONDS = 0.1


class TrainingError(RuntimeError):
    """The run cannot continue. `remedy` says what the user can do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def run_loop(session: Session, emit: Emit, control: Control, folder: Path | None) -> Literal["finished", "stopped"]:
    """Train from `session.step` to the end, or to a stop. Events go to `emit`, checkpoints into `folder` if there is one.

    On several ranks all take the steps; the first alone evaluates, reports and decides on the length."""
    config, per_epoch, first = session.config, session.steps_per_epoch, ranks().first
    monitor = Monitor(session, emit)
    reports = _Reports(session, emit)
    session.clock.start()
    if session.step == 0:
        if first:
            monitor.look(0)
        session.show_weights()
        reports.restart()
    pace = Pace(session, emit, folder)
    saved = time.monotonic()
    checkpoints = _Checkpoints(session, emit, folder) if folder is not None else None

    while session.step < session.steps:
        if control.paused:
            reports.flush()
            session.clock.hold()
            control.wait()
            session.clock.start()
            reports.restart()
        if any_rank(control.stopping):
            break
        span = session.span
        with exchanging():
            out, rate = take_step(session)
        session.step += 1
        session.losses.append(out.loss.detach().float())
        reports.add(out, rate, span.name)
        stage_over = span.name and session.step == span.last
        if session.minutes and any_rank(first and pace.due()):
            reports.flush()
            if first:
                pace.revise(monitor.cost)
            _take_length(session)

        if session.step % per_epoch == 0 or session.step == session.steps:
            reports.flush()
            epoch = -(-session.step // per_epoch)
            emit(EpochDone(epoch, session.step, float(torch.stack(session.losses).mean()), session.seconds))
            session.losses.clear()
            if first:
                monitor.after_epoch(epoch)
            # The length may have changed, and with it the epochs whose checkpoints are kept.
            if checkpoints is not None and epoch in checkpoint.kept_epochs(-(-session.steps // per_epoch), config.train.keep):
                checkpoints.keep(epoch)
            reports.restart()
        if stage_over:
            reports.flush()
            # Losses of two stages are not averaged.
            session.losses.clear()
            if checkpoints is not None:
                checkpoints.save(span.name)
            reports.restart()
        if checkpoints is not None and (
            control.take_checkpoint_request() or time.monotonic() - saved > config.train.checkpoint_seconds
        ):
            reports.flush()
            checkpoints.save()
            saved = time.monotonic()

    reports.flush()
    state: Literal["finished", "stopped"] = "finished" if session.step >= session.steps else "stopped"
    if checkpoints is not None:
        checkpoints.save_last()
        if state == "finished":
            checkpoint.drop_previous(checkpoints.folder)
    emit(RunEnded(state, session.step, session.seconds))
    return state


def _take_length(session: Session) -> None:
    """Give the sessions of all ranks the length of the first one's."""
    plan = from_first(session.length.plan())
    if not ranks().first:
        assert isinstance(plan, tuple)
        session.length = Length(tuple(Change(*change) for change in plan))
        session.config = with_length(session.config, session.length)


def take_step(session: Session) -> tuple[Out, float]:
    """One step of `optim.accumulate` batches (fewer at the end of an epoch), in which each turn that is due moves once: the main
    turn's Out of the last batch, with the terms of all turns, and its learning rate, before the scaling of a method's parameter
    groups."""
    config, method, feed = session.config, session.method, session.feed
    at = progress(session)
    # Dropout uses the device's global generator: seeded by the step, so that a resumed run draws the same.
    seed_device(feed.device, generator_for(config.train.seed, "step", session.step).initial_seed())
    method.train()
    for layer in session.frozen:
        layer.eval()
    method.before_step(at)
    turns = method.turns()
    batches = _Batches(feed, feed.of_step(session.step), kept=len(turns) > 1)
    main, outs, terms = main_turn(turns), dict[str, Out](), dict[str, Tensor | float]()
    for turn in turns:
        if turn.moves(session.step):
            outs[turn.name] = out = take_turn(session, turn, replace(at, turn=turn.name), batches)
            terms.update(out.terms)
    out = outs[main.name]
    if len(turns) > 1:
        out = replace(out, terms=terms)
    return out, session.optim_of(main).lr * _factor(session, main)


def take_turn(session: Session, turn: Turn, at: Progress, batches: Iterable[Batch]) -> Out:
    """One optimiser step of a turn, with the mean gradient of its loss over the batches; the Out of the last."""
    config, method, optimiser, optim = session.config, session.method, session.optimiser_of(turn), session.optim_of(turn)
    set_rate(optimiser, _factor(session, turn))
    if optim.weight_decay_end:
        set_decay(optimiser, decay_at(optim, at.fraction))
    if method.restarts(at):
        optimiser.state.clear()
    outs: list[Out] = []
    count = len(session.feed.of_step(session.step))
    for batch in batches:
        with torch.autocast(session.feed.device.type, torch.bfloat16, enabled=config.train.precision == "bf16"):
            out: Out = method(batch, at)
        (out.loss / count).backward()
        outs.append(out)
    average_gradients(method.parameters())
    method.after_backward(at)
    # Of this turn alone: its loss also gives gradients to networks that it only passes through.
    moved = [p for group in optimiser.param_groups for p in group["params"]] if turn.name else method.parameters()
    if optim.clip:
        nn.utils.clip_grad_norm_(moved, optim.clip)
    optimiser.step()
    method.zero_grad(set_to_none=True)
    method.after_step(at, *outs)
    if active().size > 1:
        loss, *terms = mean_terms({"": out.loss, **out.terms}).items()
        out = replace(out, loss=torch.as_tensor(loss[1]), terms=dict(terms))
    return out


class _Batches:
    """The batches of a step, once for each turn. They are made once; the method's draws begin anew in each turn."""

    def __init__(self, feed: Feed, numbers: Sequence[int], kept: bool) -> None:
        self.feed, self.numbers, self.kept = feed, numbers, kept
        self.made: dict[int, Batch] = {}

    def __iter__(self) -> Iterator[Batch]:
        for number in self.numbers:
            batch = self.made.get(number)
            if batch is None:
                batch = self.feed.at(number)
                if self.kept:
                    self.made[number] = batch
            if self.kept:
                batch = replace(batch, generator=torch.Generator().manual_seed(batch.generator.initial_seed()))
            yield batch


def _factor(session: Session, turn: Turn) -> float:
    """The learning rate of a turn of the next step as a share of its peak."""
    span = session.span
    return rate_factor(session.optim_of(turn), steps_into(session, span), span.last - span.first)


def steps_into(session: Session, span: Span) -> float:
    """How many of the span's steps are done, for the schedules: where the run's length was changed, as many as a run of constant
    length with the same share of the span done."""
    length = session.length.known_at(session.step)
    if not length.changed:
        return session.step - span.first
    first, last = length.share(span.first), length.share(span.last)
    done = (length.share(session.step) - first) / (last - first) if last > first else 1.0
    return done * (span.last - span.first)


def progress(session: Session) -> Progress:
    """The progress of the session."""
    per_epoch = session.steps_per_epoch
    length = session.length.known_at(session.step)
    share = length.share(session.step) if length.changed else None
    epochs = -(-length.steps // per_epoch)
    return Progress(session.step, length.steps, session.step // per_epoch, epochs, session.span.name, share)


@dataclass(frozen=True)
class _Pending:
    step: int
    rate: float
    loss: Tensor
    terms: dict[str, Tensor | float]
    diagnostics: dict[str, float]
    stage: str


def _whole(rows: Tensor, images: int, views: int) -> Tensor:
    """Rows of all ranks, (V N, D), of those of this one or of all; N: the images of the whole batch."""
    return all_rows(rows.detach(), views) if all_count(len(rows)) == images * views else rows


class _Reports:
    """Steps that are done and not yet reported. Reading a loss waits for the GPU, so it is done in bundles."""

    def __init__(self, session: Session, emit: Emit) -> None:
        self.session, self.emit = session, emit
        self.pending: list[_Pending] = []
        self.since = time.monotonic()

    def add(self, out: Out, rate: float, stage: str) -> None:
        """Add a step; report the bundle when it is time."""
        step = self.session.step
        diagnostics: dict[str, float] = {}
        if step == 1 or step % self.session.config.monitor.diagnose_every == 0:
            images = self.session.config.train.batch
            with exchanging():
                features = _whole(out.features, images, out.views)
                embedding = None if out.embedding is None else _whole(out.embedding, images, out.views)
            diagnostics = diagnose(features, embedding, out.views)
        terms = {name: value.detach() if isinstance(value, Tensor) else value for name, value in out.terms.items()}
        self.pending.append(_Pending(step, rate, out.loss.detach(), terms, diagnostics, stage))
        if time.monotonic() - self.since >= REPORT_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Report every added step. TrainingError where a loss is not finite."""
        now = time.monotonic()
        if not ranks().first:
            self.pending.clear()
        if not self.pending:
            return
        losses = torch.stack([item.loss for item in self.pending]).float().cpu().tolist()
        taken = now - self.since
        self.since = now
        config = self.session.config
        batches = sum(len(self.session.batches.logged(item.step)) for item in self.pending)
        speed = batches * config.train.batch / max(taken, 1e-9)
        before = self.session.seconds
        for number, (item, loss) in enumerate(zip(self.pending, losses, strict=True), start=1):
            seconds = before + taken * number / len(self.pending)
            terms = {name: float(value) for name, value in item.terms.items()}
            epoch = item.step / self.session.steps_per_epoch
            self.emit(StepDone(item.step, epoch, loss, item.rate, speed, seconds, terms, item.diagnostics, item.stage))
            if loss != loss or abs(loss) == float("inf"):
                self.pending.clear()
                raise TrainingError(
                    f"The loss became {loss} at step {item.step}: the training diverged.",
                    "Lower optim.lr, set optim.clip (say 1), raise a very small temperature, or use precision fp32.",
                )
        self.session.seconds = before + taken
        self.pending.clear()

    def restart(self) -> None:
        """Leave out the time since the last flush: a pause, or an evaluation."""
        self.since = time.monotonic()


class _Checkpoints:
    """The checkpoints of a run. One that cannot be written becomes a warning and is tried again at the next; where the last one
    cannot be written, the run has failed, because its weights are lost."""

    def __init__(self, session: Session, emit: Emit, folder: Path) -> None:
        self.session, self.emit, self.folder = session, emit, folder
        self.saved = session.step  # a resumed run starts from a checkpoint

    def save(self, stage: str = "") -> None:
        """The newest checkpoint; at the end of a stage also one of its name, which is kept."""
        error = self._try(lambda: self._newest(stage))
        if error:
            self._warn(error)

    def keep(self, epoch: int) -> None:
        """Save the weights after this epoch."""
        error = self._try(lambda: checkpoint.save_weights(self.session, self.folder, epoch))
        if error:
            self._warn(error)

    def save_last(self) -> None:
        """Save the last checkpoint. TrainingError where it cannot be written."""
        error = self._try(self._newest)
        if error:
            lost = f"what was learned after step {self.saved}" if self.saved else "what was learned"
            goes_on = f"goes on from the checkpoint of step {self.saved}" if self.saved else "begins anew"
            raise TrainingError(
                f"The last checkpoint, at step {self.session.step}, could not be written, and {lost} is not saved: {error}",
                f"Free some space on that disk, then resume the run: it {goes_on}.",
            )

    def _newest(self, stage: str = "") -> Path:
        path = checkpoint.save(self.session, self.folder)
        self.saved = self.session.step
        return checkpoint.keep(self.folder, stage) if stage else path

    def _try(self, write: Callable[[], Path]) -> str:
        """Write a checkpoint; returns an error message or "". TrainingError where the run's folder was deleted."""
        step = self.session.step
        try:
            if not (self.folder / CONFIG).is_file() and self.folder.parent.is_dir():
                raise TrainingError(
                    f"The folder of the run is gone: {self.folder} was deleted or moved while the run trained.",
                    "Start the run again. Stop a run before its folder is deleted or moved.",
                )
            self.emit(CheckpointDue(step))
            path = write()
        except OSError as error:
            return str(error)
        self.emit(CheckpointSaved(step, step // self.session.steps_per_epoch, str(path)))
        return ""

    def _warn(self, error: str) -> None:
        step = self.session.step
        self.emit(Warned(f"No checkpoint at step {step}: {error} Free some space; training goes on.", step, "checkpoint"))
