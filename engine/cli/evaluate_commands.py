"""The command that evaluates runs: one with its protocol, or several as a table."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from engine import api
from engine.cli.machine_options import on_other_machines, pool_of, say
from engine.cli.progress_bar import progress_bar
from engine.cli.run_argument import run_folder
from engine.config.errors import ConfigError, Problem, complain
from engine.evaluate.plan import DEFAULT, Estimate, check_parts, figures_of
from engine.execute.progress import ProgressCallback
from engine.runs.evaluation import error_of

if TYPE_CHECKING:
    from engine.evaluate.several_runs import Outcome


def do_evaluate(options: argparse.Namespace) -> int:
    """The figures of one run, or of several, one after another."""
    from engine.execute.devices import resolve_device

    if options.budget < 1:
        raise complain("--budget", "at least 1", options.budget)
    elsewhere = on_other_machines(options)
    folders = list(dict.fromkeys(run_folder(path).absolute() if elsewhere else run_folder(path) for path in options.run))
    device = options.device if elsewhere else resolve_device(options.device)
    parts = DEFAULT if options.parts is None else [part.strip() for part in options.parts.split(",") if part.strip()]
    if len(folders) > 1 and options.layer_decay != 1:
        raise complain("--layer-decay", "1 for several runs", options.layer_decay, "Evaluate them one after another.")
    if elsewhere and (len(folders) == 1 or options.lines):
        remedy = "Name several runs, without --lines; one run is evaluated here."
        raise complain("--on", "local for the evaluation of one run, and with --lines", options.on, remedy)
    if len(folders) > 1:
        return _several(folders, device, check_parts(parts), options)
    return _one(folders[0], device, parts, options)


def _one(folder: Path, device: str, parts: Sequence[str], options: argparse.Namespace) -> int:
    from engine.train.own_task import evaluate_task

    with progress_bar(options.lines or not sys.stderr.isatty(), options.lines) as report:
        result = api.load(folder).evaluate(
            parts, epoch=options.epoch, device=device, budget=options.budget, layer_decay=options.layer_decay, progress=report
        )
    values = result.to_dict()
    own = options.parts is None and options.epoch is None
    task = evaluate_task(folder, device=device) if own else None
    values["task"] = None if task is None else asdict(task)
    if options.json:
        print(json.dumps(values, indent=2))
        return 0
    if options.lines:
        if result.unkept:
            # With --lines the figures are read from the run's folder. They could not be stored there, so the error has them.
            figures = (f"{part} {figure.trained:.4f} (untrained {figure.untrained:.4f})" for part, figure in result.figures.items())
            raise ConfigError([Problem("run", f"{result.unkept} They are: {', '.join(figures)}.")])
        return 0
    print(f"{values['method']} on {values['data']}, {values['protocol']}")
    wide = max(14, *map(len, result.figures))
    test = result.images["test"]
    head = f"{'':{wide}} {'labels':>7} {'untrained':>10} {'trained':>8} {'±':>6} {'gain':>8}"
    print(f"{head}   of {test} test images; ±: standard error")
    for part, figure in result.figures.items():
        shares = f"{figure.untrained:>10.4f} {figure.trained:>8.4f} {error_of(figure, test):>6.4f} {figure.gain:>+8.4f}"
        others = "".join(f"   {name} {share:.4f}" for name, share in figure.baselines.items())
        print(f"{part:{wide}} {figure.labels:>7} {shares}{others}")
        if figure.by_class:
            print("    " + ", ".join(f"{name} {share:.3f}" for name, share in figure.by_class.items()))
    for note in dict.fromkeys([*(note for figure in result.figures.values() for note in figure.notes), *result.notes]):
        print(f"note: {note}")
    if task is not None:
        print(f"pretext task   {task.name} {task.value:.4f} on {task.images} test images; baseline {task.baseline:.4f}")
    return 0


def _several(folders: Sequence[Path], device: str, parts: Sequence[str], options: argparse.Namespace) -> int:
    """Several runs. 1 where one of them failed."""
    from engine.evaluate.several_runs import EvaluationJob, Outcome, evaluate_several, parts_to_do
    from engine.execute.machines import Done, Failed

    todo = [folder for folder in folders if parts_to_do(folder, parts, options.epoch, options.again)]
    if todo and not _confirmed(folders, todo, device, parts, options):
        return 0
    outcomes = list[Outcome]()
    with progress_bar(options.lines or not sys.stderr.isatty(), options.lines) as report_all:

        def progress_of(number: int) -> ProgressCallback:
            def report(share: float, text: str = "", /) -> None:
                report_all((number + share) / len(folders), f"run {number + 1} of {len(folders)}, {folders[number].name}: {text}")

            return report

        settings: dict[str, Any] = {"epoch": options.epoch, "budget": options.budget, "again": options.again}

        def here(job: EvaluationJob) -> Outcome:
            number = folders.index(job.folder)
            return next(evaluate_several([job.folder], device, parts=parts, progress=lambda _: progress_of(number), **settings))

        with pool_of(options, folders[0].absolute().parent, here) as (pool, received):
            for folder in folders:
                pool.add(EvaluationJob(folder, device, tuple(parts), **settings))
            for job, ending in pool:
                match ending:
                    case Done(Outcome() as outcome):
                        pass
                    case Failed(message, trace):
                        outcome = Outcome(job.shared.parent, "failed", words=message, trace=trace)
                    case _:
                        continue
                outcomes.append(outcome)
                words = {"evaluated": "evaluated", "kept": "was evaluated already", "failed": f"failed: {outcome.words}"}
                tqdm.write(f"run {len(outcomes)} of {len(folders)}, {outcome.folder.name}: {words[outcome.state]}", file=sys.stderr)
                if outcome.trace:
                    tqdm.write(outcome.trace, file=sys.stderr)
    if received.number:
        say(f"{len(outcomes)} of {len(folders)} runs are evaluated. The same command goes on.")
        return received.code
    outcomes.sort(key=lambda outcome: folders.index(outcome.folder))
    if options.json:
        print(json.dumps([{**asdict(outcome), "folder": str(outcome.folder)} for outcome in outcomes], indent=2))
    elif not options.lines:
        print("\n".join(_table(outcomes, [name for part in parts for name in figures_of(part)])))
    return 1 if any(outcome.state == "failed" for outcome in outcomes) else 0


def _confirmed(
    folders: Sequence[Path], todo: Sequence[Path], device: str, parts: Sequence[str], options: argparse.Namespace
) -> bool:
    """Print how many runs will be evaluated and how long it takes, and ask for confirmation unless --yes."""
    if on_other_machines(options):
        return _agreed(f"{len(todo)} of {len(folders)} runs to evaluate on {options.on}.", "Evaluate them?", options)
    from engine.evaluate.estimate import estimate_several
    from engine.evaluate.several_runs import parts_to_do

    known = estimate_several(todo, device)
    times = [
        estimate.seconds(parts_to_do(folder, parts, options.epoch, options.again))
        for folder, estimate in known.items()
        if isinstance(estimate, Estimate)
    ]
    count = f"{len(todo)} of {len(folders)} runs to evaluate"
    if len(todo) < len(folders):
        count += ", the others are evaluated already (--again measures them anew)"
    lines = [f"{count}; about {_length(sum(times))} on {device}."]
    lines += [f"{folder.name} cannot be evaluated: {estimate}" for folder, estimate in known.items() if isinstance(estimate, str)]
    return _agreed("\n".join(lines), "Evaluate them, one after another?", options)


def _agreed(text: str, question: str, options: argparse.Namespace) -> bool:
    """Print what will be done, and ask for confirmation unless --yes."""
    print(text, file=sys.stderr)
    if options.yes or (sys.stdin.isatty() and input(f"{question} [y/N] ").strip().lower() in ("y", "yes")):
        return True
    print("None begun. Add --yes to begin.", file=sys.stderr)
    return False


def _length(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _table(outcomes: Sequence[Outcome], names: Sequence[str]) -> list[str]:
    """A line a run: shares of its test images in per cent, each with its standard error, and the best on its data marked. Says
    where the runs are of different data; data of the same name that hold other images are numbered."""
    titles = _data_titles(outcomes)
    wide = max(len(outcome.folder.name) for outcome in outcomes)
    data = max(4, *map(len, titles))
    best: dict[tuple[str, str], float] = {}
    for outcome, title in zip(outcomes, titles, strict=True):
        for name, figure in outcome.figures.items():
            best[title, name] = max(best.get((title, name), -math.inf), figure.trained)
    lines = [f"{'run':{wide}}  {'data':{data}}" + "".join(f"  {name:>14}" for name in names)]
    for outcome, title in zip(outcomes, titles, strict=True):
        cells = []
        for name in names:
            if name not in outcome.figures:
                cells.append("-")
                continue
            share = outcome.figures[name].trained
            mark = "*" if share == best[title, name] else " "
            cells.append(f"{share:.1%} ± {error_of(outcome.figures[name], outcome.images):.1%}{mark}")
        lines.append(f"{outcome.folder.name:{wide}}  {title:{data}}" + "".join(f"  {cell:>14}" for cell in cells))
    lines.append("±: standard error over the test images; *: the best on its data")
    if several := len({title for outcome, title in zip(outcomes, titles, strict=True) if outcome.figures} - {""}) - 1:
        lines.append(f"note: these runs are of {several + 1} different data sets. Compare only runs on the same one.")
    return [line.rstrip() for line in lines]


def _data_titles(outcomes: Sequence[Outcome]) -> list[str]:
    """The name of each run's data; a second set of the same name is "photos (2)"."""
    known: dict[str, list[str]] = {}
    titles = []
    for outcome in outcomes:
        digests = known.setdefault(outcome.data, [])
        if outcome.digest not in digests:
            digests.append(outcome.digest)
        number = digests.index(outcome.digest)
        titles.append(f"{outcome.data} ({number + 1})" if number else outcome.data)
    return titles
