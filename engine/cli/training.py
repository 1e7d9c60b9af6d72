"""Commands that train: one run, a sweep, the rest of a run, the leaderboard. The first Ctrl+C stops with a checkpoint, as
does the first SIGTERM or SIGHUP."""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from engine import api
from engine.backbones.trusted_code import trust_name
from engine.catalogue import entry, title_of
from engine.cli.machine_options import on_other_machines, pool_of, say
from engine.cli.progress_bar import progress_bar
from engine.cli.ranks import follow_rank, in_turn, launch, not_said
from engine.cli.run_argument import run_folder
from engine.config.errors import ConfigError, complain
from engine.config.notes import SCALED_RATE
from engine.config.printable import printable
from engine.config.small_files import text_in
from engine.config.text import assignments, merge, read_yaml
from engine.events import (
    CheckpointSaved,
    Emit,
    EvalDone,
    Event,
    LengthChanged,
    RunEnded,
    RunFailed,
    RunStarted,
    StepDone,
    Warned,
)
from engine.paper_recipes import paper_settings

if TYPE_CHECKING:
    from engine.train.control import Control
    from engine.train.train_run import Longer, Run


def given_settings(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that a command line names, not yet resolved."""
    given: dict[str, Any] = read_yaml(options.config) if options.config else {}
    if isinstance(given.get("method"), str):
        given["method"] = {"id": given["method"]}
    if options.method:
        entry(options.method)
        changed = given.get("method", {}).get("id", options.method) != options.method
        # Hyper-parameters of another method do not apply to this one.
        given["method"] = {"id": options.method} if changed else {**given.get("method", {}), "id": options.method}
    if options.data:
        given = merge(given, {"data": {"source": options.data}})
    if options.other:
        given = merge(given, {"data": {"other": options.other}})
    if options.seed is not None:
        given = merge(given, {"train": {"seed": options.seed}})
    # The length on the command line replaces any length in the file.
    if options.minutes is not None:
        if options.minutes <= 0:
            raise complain("--minutes", "above 0", options.minutes)
        given = merge(given, {"train": {"minutes": options.minutes, "steps": 0, "plan": ()}})
    if options.epochs is not None:
        given = merge(given, {"train": {"epochs": options.epochs, "minutes": 0.0, "steps": 0, "plan": ()}})
    given = merge(given, _own_settings(options.set))
    if options.recipe == "paper":
        return paper_settings(text_in(given, "method", "id") or "simclr", given)
    return given


def _own_settings(pairs: Sequence[str]) -> dict[str, Any]:
    """The settings that a person writes on the command line. The file of an encoder that they name there may run."""
    values = assignments(pairs)
    backbone = values.get("backbone")
    if isinstance(backbone, dict) and "name" in backbone:
        trust_name(backbone["name"])
        # The file as it is now, not the copy in a config that was given beside it.
        backbone.setdefault("module", None)
    return values


def do_trust(options: argparse.Namespace) -> int:
    """Let the code of a run's or a file's encoder run."""
    print(api.trust(options.path))
    return 0


def do_train(options: argparse.Namespace) -> int:
    """Train one run."""
    from engine.train.control import Control

    return _begin(given_settings(options), options, Control())


def do_open(options: argparse.Namespace) -> int:
    """Show a model that exists on images."""
    from engine.train.control import Control
    from engine.train.open_model import open_model

    if options.size < 0:
        raise complain("--size", "at least 1 px, or left out", options.size)
    trust_name(options.backbone)
    with progress_bar(options.quiet or not sys.stderr.isatty()) as report:
        opened = open_model(
            options.weights, options.data, name=options.name, backbone=options.backbone, size=options.size, progress=report
        )
    if not options.quiet:
        side = f"images of {opened.size} px" if opened.size else "images of the size of the data"
        print(f"{opened.settings['backbone']['name']}, {side}, normalised by {opened.normalisation}.", file=sys.stderr)
    return _begin(merge(dict(opened.settings), _own_settings(options.set)), options, Control())


def do_sweep(options: argparse.Namespace) -> int:
    """Train every combination of a few settings."""
    from engine.config.sweep import axis, sweep
    from engine.train.resolve import resolve
    from engine.train.run_job import for_any_machine

    axes = [axis(key, values) for key, _, values in (pair.partition("=") for pair in options.grid)]
    for one in axes:
        for value in one.values if one.key == "backbone.name" else ():
            trust_name(value)
    if options.seeds:
        axes.append(axis("train.seed", f"0..{options.seeds - 1}"))
    if not axes:
        raise complain("--grid", "given, or --seeds", "neither", "Say what differs: --grid optim.lr=0.01,0.1")
    elsewhere = on_other_machines(options)
    configs = sweep(given_settings(options), axes, options.tag, title_of)
    for config in configs:  # all of them before the first begins
        for_any_machine(config) if elsewhere else resolve(config)
    print("\n".join(printable(config["name"]) for config in configs), file=sys.stderr)
    how = f"on {options.on}" if elsewhere else "one after another"
    question = f"Train these {len(configs)} runs, {how}? [y/N] "
    if not options.yes and not (sys.stdin.isatty() and input(question).strip().lower() in ("y", "yes")):
        print(f"{len(configs)} runs, none begun. Add --yes to begin.", file=sys.stderr)
        return 0
    return _sweep_elsewhere(configs, options) if elsewhere else _sweep_here(configs, options)


def _sweep_here(configs: Sequence[dict[str, Any]], options: argparse.Namespace) -> int:
    """Train runs in this process, one after another."""
    from engine.execute.machines import Done, Needs
    from engine.train.control import Control
    from engine.train.run_job import RunJob

    control = Control()
    numbers = itertools.count(1)

    def begin(job: RunJob) -> int | ConfigError:
        if not options.quiet:
            print(f"run {next(numbers)} of {len(configs)}: {job.title}", file=sys.stderr)
        try:
            return _begin(dict(job.config), options, control)
        except ConfigError as error:  # the other runs of the sweep may still start
            return error

    root = runs_root(options)
    worst, unstarted = 0, list[str]()
    with pool_of(options, root, begin) as (pool, _):
        for config in configs:
            pool.add(RunJob(config["name"], root, config, Needs()))
        for job, ending in pool:
            assert isinstance(ending, Done)
            code: int | ConfigError = ending.value
            if isinstance(code, ConfigError):
                unstarted.append(printable(job.title))
                for problem in code.problems:
                    print(f"error: {unstarted[-1]} could not start: {printable(problem.message)}", file=sys.stderr)
                code = 1
            worst = max(worst, code)
            if control.stopping or code > 128:
                return code
    return _worst(worst, unstarted, len(configs))


def _worst(worst: int, unstarted: Sequence[str], count: int) -> int:
    """The exit code of a sweep, after the names of the runs that could not start."""
    if unstarted:
        print(f"error: {len(unstarted)} of {count} runs could not start: {'; '.join(unstarted)}", file=sys.stderr)
    return worst


def _sweep_elsewhere(configs: Sequence[dict[str, Any]], options: argparse.Namespace) -> int:
    """Train runs on other machines. stdout gets the folder of each run when it has ended."""
    from engine.execute.machines import Done, Failed
    from engine.runs.run_folder import drop_reserved, is_begun
    from engine.train.run_job import RunEnd, RunJob, run_job

    root, failed, stopped = runs_root(options).absolute(), 0, list[Path]()
    with pool_of(options, root, lambda job: None) as (pool, received):
        jobs = [run_job(root, config) for config in configs]
        try:
            for job in jobs:
                pool.add(job)
            for number, (ended, ending) in enumerate(pool, start=1):
                assert isinstance(ended, RunJob)
                before = f"{number} of {len(configs)}, {ended.title}"
                match ending:
                    case Done(RunEnd("finished", step), host):
                        if not options.quiet:
                            say(f"{before}: finished at step {step:,} on {host}")
                    case Done(RunEnd("failed", step, error), host):
                        failed += 1
                        say(f"error: {before}: failed at step {step:,} on {host}. {error}")
                    case Done(RunEnd(_, step), host):
                        stopped.append(ended.folder)
                        say(f"{before}: stopped at step {step:,} on {host}")
                    case Failed(message, trace):
                        failed += 1
                        say(f"error: {before}: {message}")
                        print(trace, end="", file=sys.stderr)
                    case _:
                        stopped.append(ended.folder)
                if is_begun(ended.folder):
                    with suppress(OSError):
                        print(ended.folder, flush=True)
        finally:
            for job in jobs:
                drop_reserved(job.folder)
    begun = [folder for folder in stopped if folder.is_dir()]
    if stopped:
        say(f"{len(stopped)} of {len(configs)} runs did not finish; {len(stopped) - len(begun)} of them had not begun.")
    for folder in begun:
        say(f"go on with it: python -m engine resume {folder}")
    return received.code if received.number else 1 if failed or stopped else 0


def runs_root(options: argparse.Namespace) -> Path:
    """The folder of runs."""
    from engine.config.small_files import expanded
    from engine.runs.run_folder import default_root

    return expanded(options.runs) if options.runs else default_root()


def _begin(given: dict[str, Any], options: argparse.Namespace, control: Control) -> int:
    """Train one run to its end."""
    from engine.distributed.ranks import joined
    from engine.execute.launched import launched

    here = launched()
    if here.size > 1:
        given = merge(given, {"train": {"devices": here.size}})
    with joined(here):
        return _train(given, options, control)


def _train(given: dict[str, Any], options: argparse.Namespace, control: Control) -> int:
    from engine.distributed.ranks import ranks
    from engine.runs.run_folder import CONFIG, create_folder, default_root
    from engine.train.resolve import notes
    from engine.train.train_run import train

    quiet = options.quiet or not ranks().first
    with progress_bar(quiet or not sys.stderr.isatty()) as report:
        config, dataset = in_turn(lambda: api.open_config(given, report))
    if not ranks().first:
        return follow(lambda emit, control: train(config, emit, control), None, control, quiet)
    given_folder = getattr(options, "folder", None)  # of the program that started this one
    if given_folder and config.train.devices == ranks().size:
        folder = Path(given_folder)
        return follow(lambda emit, control: train(config, emit, control, folder), folder, control, quiet)
    for name in dataset.skipped[:10]:
        print(f"skipped {printable(name)}", file=sys.stderr)
    if len(dataset.skipped) > 10:
        print(f"... and {len(dataset.skipped) - 10} more files that could not be read", file=sys.stderr)
    if not options.quiet:
        for note in notes(config):
            if note.text == SCALED_RATE:  # the run reports the other notes
                print(note, file=sys.stderr)
    folder = Path(given_folder) if given_folder else create_folder(Path(options.runs) if options.runs else default_root(), config)
    if config.train.devices > ranks().size:
        arguments = ["train", str(folder / CONFIG), "--folder", str(folder), *(["--quiet"] if options.quiet else [])]
        return launch(arguments, config.train.devices, folder)
    return follow(lambda emit, control: train(config, emit, control, folder), folder, control, options.quiet)


def do_resume(options: argparse.Namespace) -> int:
    """Resume a run."""
    from engine.distributed.ranks import joined
    from engine.execute.launched import launched
    from engine.runs.reader import read_run_config
    from engine.train.control import Control
    from engine.train.train_run import resume

    folder, longer, here = run_folder(options.run), _longer(options), launched()
    devices = options.devices or read_run_config(folder).train.devices
    if here.size == 1 and devices > 1:
        return launch(["resume", str(folder), *_resume_options(options)], devices, folder)
    with joined(here):
        written = folder if here.first else None
        return follow(
            lambda emit, control: resume(folder, emit, control, options.device, longer), written, Control(), options.quiet
        )


def _resume_options(options: argparse.Namespace) -> list[str]:
    """The options of `resume` for its ranks."""
    given = ["--quiet"] if options.quiet else []
    given += ["--device", options.device] if options.device else []
    given += ["--more", *options.more] if options.more is not None else []
    for unit in api.UNITS:
        if (number := getattr(options, unit)) is not None:
            given += [f"--{unit}", str(number)]
    return given


def _longer(options: argparse.Namespace) -> Longer | None:
    """The new length of a resumed run, from the command line."""
    from engine.train.train_run import Longer

    if options.more is not None:
        return api.parse_more(options.more, "--more")
    for unit in api.UNITS:
        number = getattr(options, unit)
        if number is not None:
            if not 0 < number < 1e9:
                raise complain(f"--{unit}", "above 0", number)
            return Longer(number, unit)
    return None


def follow(go: Callable[[Emit, Control], Run], folder: Path | None, control: Control, quiet: bool, named: bool = True) -> int:
    """Train with a progress bar and a run writer; returns the exit code. The first Ctrl+C, SIGTERM or SIGHUP stops with a
    checkpoint, a second at once. `named`: whether stdout gets the folder. Without a folder it is a rank that writes nothing."""
    from engine.distributed.launch import passed_on
    from engine.runs.writer import RunWriter
    from engine.train.run_requests import following_requests
    from engine.train.stop_signals import stopping

    if folder is None:
        return follow_rank(go, control)
    say = not_said if passed_on() else None
    with (
        stopping(control.stop, say) as received,
        RunWriter(folder) as writer,
        following_requests(folder, control, writer.mark),
        Bar(quiet) as bar,
    ):

        def emit(event: Event) -> None:
            writer(event)
            # A closed terminal or pipe does not end the run.
            with suppress(OSError):
                bar(event)

        run = go(emit, control)
    if named:
        with suppress(OSError):
            print(folder, flush=True)
    # The program that started the ranks gives the code of the signal that it has passed on.
    code = received.code if received.number and not passed_on() else 0
    return {"finished": 0, "stopped": code, "failed": 1}[run.state]


class Bar:
    """Shows events as a progress bar and lines on stderr. `quiet`: only warnings and errors are printed."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.bar: tqdm[Any] | None = None
        self.knn = ""

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *ended: object) -> None:
        if self.bar is not None:
            self.bar.close()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case RunStarted():
                self.say(
                    f"{event.method} on {event.data}: {event.images:,} images, {event.parameters / 1e6:.2f} M parameters, "
                    f"{event.steps:,} steps of {event.batch} on {event.device} in {event.precision}"
                )
                if self.bar is not None:
                    self.bar.close()
                self.bar = tqdm(
                    total=event.steps, initial=event.step, unit="step", disable=self.quiet, dynamic_ncols=True, file=sys.stderr
                )
            case LengthChanged() if self.bar is not None:
                self.bar.total = event.steps
            case StepDone() if self.bar is not None:
                self.bar.update(event.step - self.bar.n)
                self.bar.set_postfix_str(f"loss {event.loss:.3f}, {event.images_per_second:,.0f} images/s{self.knn}", refresh=False)
            case EvalDone():
                if "knn" in event.values:
                    self.knn = f", kNN {event.values['knn']:.3f}"
                    self.say(f"epoch {event.epoch}: kNN on validation {event.values['knn']:.3f}")
                if "task" in event.values:
                    score, baseline = event.values["task"], event.values["task_trivial"]
                    self.say(f"epoch {event.epoch}: pretext task on validation {score:.3f}, baseline {baseline:.3f}")
            case Warned():
                self.warn(f"warning: {event.message}")
            case RunFailed():
                self.warn(f"error: {event.message} {event.remedy}")
            case RunEnded():
                self.say(f"{event.state} at step {event.step:,} after {event.seconds / 60:.1f} minutes of training")
            case CheckpointSaved() | _:
                pass

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        if not self.quiet:
            tqdm.write(text, file=sys.stderr)

    def warn(self, text: str) -> None:
        """Print a line above the bar, also with --quiet."""
        tqdm.write(text, file=sys.stderr)


def do_leaderboard(options: argparse.Namespace) -> int:
    """Train methods under the same budget."""
    from engine.board.leaderboard import leaderboard

    if options.minutes <= 0:
        raise complain("--minutes", "above 0", options.minutes)
    if options.seeds < 1:
        raise complain("--seeds", "at least 1", options.seeds)
    methods = None if options.methods == "all" else [id.strip() for id in options.methods.split(",") if id.strip()]
    settings, seeds = _own_settings(options.set), range(options.seeds)
    elsewhere = on_other_machines(options)
    with Bar(quiet=False) as bar:
        if elsewhere:
            with pool_of(options, options.out.absolute(), lambda job: None) as (pool, received):
                board = leaderboard(options.data, options.minutes, seeds, options.out, bar, say, methods, settings, pool=pool)
            if received.number:
                say("The same command goes on.")
                return received.code
        else:
            board = leaderboard(options.data, options.minutes, seeds, options.out, bar, bar.say, methods, settings)
    print((options.out / "table.md").read_text(encoding="utf-8"), end="")
    return 1 if board.failures else 0
