"""The command line: everything that a run needs, without a window. Results on stdout, talk on stderr.

Exit codes: 0 done, 1 the run failed, 2 bad input (one clear line, no traceback), 130 interrupted."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from engine.catalogue import CATALOGUE, entry
from engine.config.errors import ConfigError, complain
from engine.config.text import assignments, merge, read_yaml
from engine.evaluate.plan import BUDGET, DEFAULT
from engine.events import CheckpointSaved, Emit, EvalDone, Event, RunEnded, RunFailed, RunStarted, StepDone, Warned
from engine.train.process import prepare_process

if TYPE_CHECKING:
    from engine.train.control import Control
    from engine.train.run import Run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    prepare_process()
    # Libraries warn about their own futures; a person who trains has no use for it.
    warnings.filterwarnings("ignore", category=FutureWarning)
    try:
        code: int = options.do(options)
    except ConfigError as error:
        for problem in error.problems:
            print(f"error: {problem.message}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of a pipe (head, say) has seen enough.
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m engine", description="Self-supervised visual representation learning, without a window."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, do: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(do=do)
        return sub

    def runs_option(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--runs", metavar="DIR", help="folder of runs (default: $PARALLAX_RUNS, or the user's data folder)")

    sub = command("methods", _methods, "List the methods.")
    sub.add_argument("--json", action="store_true", help="as JSON")
    sub = command("datasets", _datasets, "List the data sets that have a name.")
    sub.add_argument("--json", action="store_true", help="as JSON")

    def config_options(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("config", nargs="?", metavar="CONFIG.yaml", help="a config, complete or in part")
        sub.add_argument("--method", metavar="ID", help="see `methods`")
        sub.add_argument("--data", metavar="NAME|PATH", help="a named set, a folder of images or an .npz file")
        sub.add_argument("--epochs", type=int, metavar="N")
        sub.add_argument("--minutes", type=float, metavar="M", help="length as a time; the speed is measured first")
        sub.add_argument("--seed", type=int, metavar="S")
        sub.add_argument(
            "--set", action="append", default=[], metavar="KEY=VALUE", help="any key of the config, e.g. optim.lr=0.001; repeatable"
        )
        sub.add_argument("--quiet", action="store_true", help="no progress bar")
        runs_option(sub)

    sub = command("train", _train, "Train a run. The last line of stdout is its folder.")
    config_options(sub)

    sub = command("sweep", _sweep, "Train every combination of a few settings, one after another.")
    config_options(sub)
    sub.add_argument(
        "--grid",
        action="append",
        default=[],
        metavar="KEY=VALUES",
        help="values of a key: optim.lr=0.01,0.1 or optim.lr='1e-4..1e-1 log 4' or train.batch=64,128; repeatable",
    )
    sub.add_argument("--seeds", type=int, default=0, metavar="N", help="each combination with the seeds 0 to N-1")
    sub.add_argument("--tag", default="sweep", metavar="WORD", help="the tag by which its runs are found (default sweep)")
    sub.add_argument("--yes", action="store_true", help="begin without asking")

    sub = command("resume", _resume, "Go on with a stopped or killed run.")
    sub.add_argument("run", type=Path, metavar="RUN")
    sub.add_argument("--quiet", action="store_true", help="no progress bar")

    sub = command("evaluate", _evaluate, "kNN, linear probe and fine-tuning on the test split, trained and untrained encoder.")
    sub.add_argument("run", type=Path, metavar="RUN")
    sub.add_argument("--json", action="store_true", help="as JSON")
    sub.add_argument(
        "--parts",
        metavar="PART,PART",
        help="of knn, linear, finetune_1, finetune_10, finetune_100 (default knn,linear, and own task)",
    )
    sub.add_argument(
        "--epoch", type=int, metavar="N", help="of the checkpoint that was kept after epoch N (0: untrained; default last)"
    )
    sub.add_argument("--device", default="auto", metavar="ID", help="auto, cpu, mps, cuda or cuda:N (default auto)")
    sub.add_argument(
        "--budget", type=int, default=BUDGET, metavar="IMAGES", help=f"most images that one fine-tuning sees (default {BUDGET:,})"
    )
    sub.add_argument("--lines", action="store_true", help="progress as lines of JSON on stdout, for a program that follows it")

    sub = command("invariance", _invariance, "Which factors the encoder kept and which it discarded: probes, stored with the run.")
    sub.add_argument("run", type=Path, metavar="RUN")
    sub.add_argument("--epochs", choices=("last", "all"), default="last", help="the newest checkpoint, or all kept ones, too")
    sub.add_argument(
        "--space", choices=("features", "embedding", "both"), default="both", help="backbone, projector, or both (default)"
    )
    sub.add_argument("--again", action="store_true", help="measure anew what is stored already")
    sub.add_argument("--json", action="store_true", help="as JSON")
    sub.add_argument("--quiet", action="store_true", help="no progress bar")

    def epoch_option(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--epoch", type=int, metavar="N", help="the checkpoint kept of this epoch; 0 untrained, default the last")

    sub = command("embed", _embed, "Features of every image, and a map of them, as .npz or .parquet.")
    sub.add_argument("run", type=Path, metavar="RUN")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE")
    sub.add_argument("--map", choices=("pca", "umap"), help="add 2-D coordinates")
    sub.add_argument("--images", default="", metavar="PATH", help="other images than the run's own: a folder, an .npz file")
    epoch_option(sub)

    sub = command("export", _export, "The encoder for other programs; prints the lines of Python that load it.")
    sub.add_argument("run", type=Path, metavar="RUN")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE", help=".safetensors or .onnx")
    sub.add_argument("--library", metavar="NAME", help="torchvision, timm or parallax: whose names the safetensors have")
    epoch_option(sub)

    sub = command("views", _views, "The very views that a step saw, as a picture.")
    sub.add_argument("run", type=Path, metavar="RUN")
    sub.add_argument("--step", type=int, required=True, metavar="N", help="from 1 to the run's last step")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE.png")
    sub.add_argument("--rows", type=int, default=16, metavar="N", help="images shown (default 16)")

    sub = command("leaderboard", _leaderboard, "Train methods under the same budget and write one table.")
    sub.add_argument("--data", required=True, metavar="NAME|PATH")
    sub.add_argument("--minutes", type=float, required=True, metavar="M", help="a method and seed")
    sub.add_argument("--methods", default="all", metavar="ID,ID", help="which (default all)")
    sub.add_argument("--seeds", type=int, default=1, metavar="N", help="seeds 0 to N-1 (default 1)")
    sub.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="runs, table.md and table.csv; what is done there is not done again"
    )
    sub.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any key of the config, for every method")

    sub = command("runs", _runs, "List the runs.")
    sub.add_argument("--json", action="store_true", help="as JSON")
    runs_option(sub)
    return parser


def _methods(options: argparse.Namespace) -> int:
    if options.json:
        print(json.dumps([{**asdict(row), "url": row.url} for row in CATALOGUE], indent=2))
        return 0
    for row in CATALOGUE:
        print(f"{row.id:16} {row.family:14} {row.year or '':4}  {row.title:20} {row.line}")
    return 0


def _datasets(options: argparse.Namespace) -> int:
    from engine.data.table import SOURCES, available

    rows = [{**asdict(source), "available": available(source, "")} for source in SOURCES]
    if options.json:
        print(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        here = "ready" if row["available"] else "download"
        print(
            f"{row['id']:16} {row['images']:>7,} images  {row['classes']:>4} classes  {row['size']:>4} px  {here:9} {row['line']}"
        )
    print("Also: a folder of images (with or without class folders), or an .npz file in the MedMNIST layout, by its path.")
    return 0


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that a command line names, not yet resolved."""
    given: dict[str, Any] = read_yaml(options.config) if options.config else {}
    if isinstance(given.get("method"), str):
        given["method"] = {"id": given["method"]}
    if options.method:
        entry(options.method)
        changed = given.get("method", {}).get("id", options.method) != options.method
        # Another method's hyper-parameters mean nothing to this one.
        given["method"] = {"id": options.method} if changed else {**given.get("method", {}), "id": options.method}
    if options.data:
        given = merge(given, {"data": {"source": options.data}})
    if options.seed is not None:
        given = merge(given, {"train": {"seed": options.seed}})
    # The length given here goes over any other length that the file has.
    if options.minutes is not None:
        if options.minutes <= 0:
            raise complain("--minutes", "above 0", options.minutes)
        given = merge(given, {"train": {"minutes": options.minutes, "steps": 0}})
    if options.epochs is not None:
        given = merge(given, {"train": {"epochs": options.epochs, "minutes": 0.0, "steps": 0}})
    return merge(given, assignments(options.set))


def _train(options: argparse.Namespace) -> int:
    from engine.train.control import Control

    return _begin(_given(options), options, Control())


def _sweep(options: argparse.Namespace) -> int:
    from engine.config.sweep import axis, sweep
    from engine.train.control import Control
    from engine.train.resolve import resolve

    axes = [axis(key, values) for key, _, values in (pair.partition("=") for pair in options.grid)]
    if options.seeds:
        axes.append(axis("train.seed", f"0..{options.seeds - 1}"))
    if not axes:
        raise complain("--grid", "given, or --seeds", "neither", "Say what differs: --grid optim.lr=0.01,0.1")
    configs = sweep(_given(options), axes, options.tag)
    for config in configs:  # all of them before the first begins
        resolve(config)
    print("\n".join(str(config["name"]) for config in configs), file=sys.stderr)
    question = f"Train these {len(configs)} runs, one after another? [y/N] "
    if not options.yes and not (sys.stdin.isatty() and input(question).strip().lower() in ("y", "yes")):
        print(f"{len(configs)} runs, none begun. Add --yes to begin.", file=sys.stderr)
        return 0
    worst = 0
    for place, config in enumerate(configs, start=1):
        if not options.quiet:
            print(f"run {place} of {len(configs)}: {config['name']}", file=sys.stderr)
        control = Control()
        worst = max(worst, code := _begin(config, options, control))
        if control.stopping or code == 130:
            return 130
    return worst


def _begin(given: dict[str, Any], options: argparse.Namespace, control: Control) -> int:
    """Train one run to its end."""
    from engine.data.open import open_dataset
    from engine.runs.folder import create_folder, default_root
    from engine.train.resolve import resolve
    from engine.train.run import train
    from engine.train.setup import fit_to_data

    config = resolve(given)
    dataset = open_dataset(config.data, _said)
    for name in dataset.skipped[:10]:
        print(f"skipped {name}", file=sys.stderr)
    if len(dataset.skipped) > 10:
        print(f"... and {len(dataset.skipped) - 10} more files that could not be read", file=sys.stderr)
    config = fit_to_data(config, dataset)
    _check_batch(config.train.batch, len(dataset.splits["train"]))
    folder = create_folder(Path(options.runs) if options.runs else default_root(), config)
    return _follow(lambda emit, control: train(config, emit, control, folder), folder, control, options.quiet)


def _check_batch(batch: int, images: int) -> None:
    import numpy as np

    from engine.data.sampler import Sampler

    # Built for its complaint: a run that cannot start should leave no folder behind.
    Sampler(np.arange(images), batch, 0)


def _resume(options: argparse.Namespace) -> int:
    from engine.train.control import Control
    from engine.train.run import resume

    folder = _run_folder(options.run)
    return _follow(lambda emit, control: resume(folder, emit, control), folder, Control(), options.quiet)


def _follow(go: Callable[[Emit, Control], Run], folder: Path, control: Control, quiet: bool) -> int:
    """Train with a progress bar and a run writer; the first Ctrl+C stops with a checkpoint, the second at once."""
    from engine.runs.writer import RunWriter

    def interrupt(number: int, frame: object) -> None:
        if control.stopping:
            raise KeyboardInterrupt
        print("\nStopping after this step, with a checkpoint; Ctrl+C again to stop at once.", file=sys.stderr)
        control.stop()

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        with RunWriter(folder) as writer, _Bar(quiet) as bar:

            def emit(event: Event) -> None:
                writer(event)
                bar(event)

            run = go(emit, control)
    finally:
        signal.signal(signal.SIGINT, before)
    print(folder)
    return {"finished": 0, "stopped": 130 if control.stopping else 0, "failed": 1}[run.state]


class _Bar:
    """Events as a progress bar and lines on stderr."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.bar: tqdm[Any] | None = None
        self.knn = ""

    def __enter__(self) -> _Bar:
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
            case StepDone() if self.bar is not None:
                self.bar.update(event.step - self.bar.n)
                self.bar.set_postfix_str(f"loss {event.loss:.3f}, {event.images_per_second:,.0f} images/s{self.knn}", refresh=False)
            case EvalDone():
                if "knn" in event.values:
                    self.knn = f", kNN {event.values['knn']:.3f}"
                    self.say(f"epoch {event.epoch}: kNN on validation {event.values['knn']:.3f}")
                if "task" in event.values:
                    solved, trivial = event.values["task"], event.values["task_trivial"]
                    self.say(f"epoch {event.epoch}: own task on validation {solved:.3f}, knowing nothing {trivial:.3f}")
            case Warned():
                self.say(f"warning: {event.message}")
            case RunFailed():
                self.say(f"error: {event.message} {event.remedy}")
            case RunEnded():
                self.say(f"{event.state} at step {event.step:,} after {event.seconds / 60:.1f} minutes of training")
            case CheckpointSaved() | _:
                pass

    def say(self, text: str) -> None:
        """A line above the bar."""
        if not self.quiet:
            tqdm.write(text, file=sys.stderr)


def _evaluate(options: argparse.Namespace) -> int:
    from engine.evaluate.protocol import evaluate
    from engine.train.devices import resolve_device
    from engine.train.task import evaluate_task

    if options.budget < 1:
        raise complain("--budget", "at least 1", options.budget)
    folder, device = _run_folder(options.run), resolve_device(options.device)
    parts = DEFAULT if options.parts is None else [part.strip() for part in options.parts.split(",") if part.strip()]
    with tqdm(total=100, unit="%", disable=options.lines or not sys.stderr.isatty(), file=sys.stderr, leave=False) as bar:

        def told(share: float, text: str) -> None:
            if options.lines:
                print(json.dumps({"share": round(share, 4), "text": text}), flush=True)
            bar.set_description_str(text, refresh=False)
            bar.update(round(share * 100) - bar.n)

        result = evaluate(folder, None, device, progress=told, parts=parts, epoch=options.epoch, budget=options.budget)
    found = result.to_dict()
    own = options.parts is None and options.epoch is None
    task = evaluate_task(folder, device=device) if own else None
    found["task"] = None if task is None else asdict(task)
    if options.json:
        print(json.dumps(found, indent=2))
        return 0
    if options.lines:
        return 0
    print(f"{found['method']} on {found['data']}, {found['protocol']}")
    print(f"{'':14} {'labels':>7} {'untrained':>10} {'trained':>8} {'gain':>8}   of {found['images']['test']} test images")
    for part, figure in result.figures.items():
        print(f"{part:14} {figure.labels:>7} {figure.untrained:>10.4f} {figure.trained:>8.4f} {figure.gain:>+8.4f}")
    for note in dict.fromkeys(note for figure in result.figures.values() for note in figure.notes):
        print(f"note: {note}")
    if task is not None:
        print(f"own task   {task.name} {task.value:.4f} on {task.images} test images; knowing nothing {task.trivial:.4f}")
    return 0


def _invariance(options: argparse.Namespace) -> int:
    from engine.runs.invariance import table
    from engine.train.invariance import invariance

    spaces = None if options.space == "both" else (options.space,)
    with tqdm(total=100, unit="%", disable=options.quiet, dynamic_ncols=True, file=sys.stderr, leave=False) as bar:

        def tell(share: float, text: str) -> None:
            bar.set_description_str(text, refresh=False)
            bar.update(round(100 * share) - bar.n)

        found = invariance(_run_folder(options.run), options.epochs, spaces, again=options.again, progress=tell)
    print(json.dumps(found.to_dict(), indent=2) if options.json else "\n".join(table(found)))
    return 0


def _embed(options: argparse.Namespace) -> int:
    from engine.evaluate.export import embed_run

    print(embed_run(_run_folder(options.run), options.out, options.map, images=options.images, epoch=options.epoch))
    return 0


def _export(options: argparse.Namespace) -> int:
    from engine.evaluate.encoder import method_at
    from engine.evaluate.export_encoder import export_onnx, export_safetensors
    from engine.evaluate.layouts import libraries_of

    folder = _run_folder(options.run)
    if options.out.suffix == ".onnx":
        found = export_onnx(folder, options.out, options.epoch)
    elif options.out.suffix == ".safetensors":
        library = options.library or libraries_of(method_at(folder, 0)[0].encoder)[0]
        found = export_safetensors(folder, options.out, library, options.epoch)
    else:
        raise complain("--out", "a file that ends in .safetensors or .onnx", str(options.out))
    print(found.lines)
    said = "not compared: its library is not installed"
    if found.difference is not None:
        said = f"features of {found.images} images differ by at most {found.difference:.2g} (the largest is {found.scale:.3g})"
    print(f"{found.path}: {said}", file=sys.stderr)
    return 0


def _views(options: argparse.Namespace) -> int:
    from PIL import Image

    from engine.train.replay import views_sheet

    sheet = views_sheet(_run_folder(options.run), options.step, options.rows)
    try:
        Image.fromarray(sheet).save(options.out)
    except (OSError, ValueError) as error:
        raise complain("--out", "a picture file that can be written", str(options.out), f"{error}.") from None
    print(options.out)
    return 0


def _leaderboard(options: argparse.Namespace) -> int:
    from engine.train.leaderboard import leaderboard

    if options.minutes <= 0:
        raise complain("--minutes", "above 0", options.minutes)
    if options.seeds < 1:
        raise complain("--seeds", "at least 1", options.seeds)
    methods = None if options.methods == "all" else [id.strip() for id in options.methods.split(",") if id.strip()]
    with _Bar(quiet=False) as bar:
        board = leaderboard(
            options.data,
            options.minutes,
            range(options.seeds),
            options.out,
            bar,
            bar.say,
            methods,
            assignments(options.set),
        )
    print((options.out / "table.md").read_text(encoding="utf-8"), end="")
    return 1 if board.failures else 0


def _runs(options: argparse.Namespace) -> int:
    from engine.runs.folder import default_root
    from engine.runs.store import list_runs

    root = Path(options.runs).expanduser() if options.runs else default_root()
    rows = list_runs(root)
    if options.json:
        print(json.dumps([_plain(row) for row in rows], indent=2))
        return 0
    for row in rows:
        status = row.status
        best = f"{status.best:.3f}" if status.best is not None else "-"
        print(f"{row.folder.name:44} {row.state:12} {status.step:>8,} / {status.steps:<8,} kNN {best:6} {row.title}")
    if not rows:
        print(f"No runs in {root}. Start one: python -m engine train --method simclr --data shapes --minutes 2", file=sys.stderr)
    return 0


def _plain(row: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(asdict(row), default=str))
    return found


def _run_folder(path: Path) -> Path:
    folder = Path(path).expanduser()
    if not (folder / "config.yaml").is_file():
        raise complain("RUN", "the folder of a run, with a config.yaml in it", str(path), "List them: python -m engine runs.")
    return folder


def _said(share: float, text: str) -> None:
    """Progress of opening a data set."""
    end = "\n" if share >= 1.0 else "\r"
    if sys.stderr.isatty():
        print(f"{text} {share:4.0%}", end=end, file=sys.stderr)
