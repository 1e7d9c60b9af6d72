"""Train and evaluate every method with the same budget, in one table. Equal minutes on a small encoder do not rank the papers.

Resumable: a finished (method, seed) pair is read from its folder and not trained again; an interrupted one is resumed; a failed one
is listed below the table, and tried again by the next call."""

from __future__ import annotations

import io
import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from engine.board.trial import TERMS, UNLEARNED_STEPS, Failure, Result, Trial, TrialJob, finished
from engine.board.trial_process import run_apart
from engine.catalogue import entry
from engine.catalogue import methods as all_methods
from engine.config.errors import complain
from engine.config.run import DataConfig
from engine.config.small_files import FileError, expanded, read_object
from engine.config.text import merge, parse
from engine.data.open import open_dataset
from engine.data.source_table import absolute_source, find
from engine.evaluate.protocol import check_labels, labelled
from engine.events import Emit
from engine.execute.machines import Done, Ending, Failed, Local, Needs, Pool
from engine.runs.atomic_write import atomic_write
from engine.runs.csv_rows import CsvRows
from engine.train.run_job import needs_of

CAVEAT = (
    "Every method had the same minutes on the same machine with the same small encoder. That says how quickly each learns here; "
    "it is no verdict on a paper, whose recipe may need a hundred times as long."
)

Run = Callable[[Trial, Emit, Callable[[str], None]], Result | Failure]


@dataclass(frozen=True)
class Board:
    """`results` and `failures` in the order of the trials."""

    results: tuple[Result, ...]
    failures: tuple[Failure, ...]


def leaderboard(
    data: str,
    minutes: float,
    seeds: Sequence[int],
    out: Path,
    emit: Emit,
    report: Callable[[str], None],
    methods: Sequence[str] | None = None,
    settings: Mapping[str, Any] | None = None,
    run: Run = run_apart,
    pool: Pool[Result | Failure] | None = None,
) -> Board:
    """Train and evaluate every pair; write table.md and table.csv into `out` after each. Runs are stored in `out`/runs.

    `methods` are ids, by default the whole catalogue but those that need a trained run as teacher; `settings` override every
    method's config. `report` is called with a line for each result; a failed method does not stop the others. `pool`: of other
    machines; without it `run` does one pair after another. Where the pool was stopped the rest is missing. ConfigError for an
    unknown id, for data that cannot be evaluated, and where `out` has figures of other data, budget or settings."""
    ids = list(dict.fromkeys(methods if methods is not None else (row.id for row in all_methods() if not row.teacher)))
    for id in ids:
        entry(id)
    if not ids:
        raise complain("--methods", "at least one id of the catalogue", methods)
    settings = settings or {}
    _agree(out, data, minutes, settings)
    _check_data(data, settings)

    def here(job: TrialJob) -> Result | Failure:
        report(_begun(job.trial))
        return run(job.trial, emit, report)

    needs = needs_of(settings) if pool is not None else Needs()
    pool = pool if pool is not None else Pool(Local(here))
    trials = [Trial(id, seed, absolute_source(data), minutes, settings, out.absolute()) for seed in seeds for id in ids]
    outcomes: dict[tuple[int, str], Result | Failure] = {}

    def board() -> Board:
        """The outcomes so far; on other machines they come in any order."""
        known = [outcomes[trial.seed, trial.method] for trial in trials if (trial.seed, trial.method) in outcomes]
        results = tuple(one for one in known if isinstance(one, Result))
        return Board(results, tuple(one for one in known if isinstance(one, Failure)))

    for trial in trials:
        if (known := finished(trial)) is not None:
            outcomes[trial.seed, trial.method] = known
        else:
            pool.add(TrialJob(trial, needs))
    if outcomes:
        write_tables(board(), data, minutes, out)
    for job, ending in pool:
        assert isinstance(job, TrialJob)
        outcome = _outcome(job.trial, ending)
        if outcome is not None and not (pool.stopping and isinstance(outcome, Failure)):
            report(_line(outcome))
            outcomes[job.trial.seed, job.trial.method] = outcome
            write_tables(board(), data, minutes, out)
    return board()


def _begun(trial: Trial) -> str:
    learns = entry(trial.method).learns
    length = f"{trial.minutes:g} minutes" if learns else f"{UNLEARNED_STEPS} steps, it learns nothing"
    return f"{trial.method}, seed {trial.seed}: {length}"


def _outcome(trial: Trial, ending: Ending[Result | Failure]) -> Result | Failure | None:
    """What came of a trial; None where it was stopped."""
    match ending:
        case Done(value):
            return value
        case Failed(message):
            return Failure(trial.method, trial.seed, message)
        case _:
            return None


def _agree(out: Path, data: str, minutes: float, settings: Mapping[str, Any]) -> None:
    """Record the data, budget and settings of the folder's figures; ConfigError where the folder has others."""
    source = data if find(data) is not None else str(expanded(data).resolve())
    terms = json.loads(json.dumps({"data": source, "minutes": minutes, "settings": settings}))
    path = out / TERMS
    try:
        out.mkdir(parents=True, exist_ok=True)
        if path.exists():
            noted = read_object(path)
            if noted != terms:
                differ = ", ".join(f"{key} {noted.get(key)!r}" for key in terms if noted.get(key) != terms[key])
                remedy = f"Its figures are of {differ}: repeat that command to go on, or choose another folder."
                raise complain("--out", "a new folder, or one of the same data, minutes and settings", str(out), remedy)
        else:
            with atomic_write(path) as temporary:
                temporary.write_text(json.dumps(terms, indent=2), encoding="utf-8")
    except OSError as error:
        raise complain("--out", "a folder that can be written", str(out), f"{error.strerror}.") from None
    except FileError:
        raise complain("--out", f"a folder whose {TERMS} can be read", str(out), "Delete that file, or choose another.") from None


def _check_data(data: str, settings: Mapping[str, Any]) -> None:
    """ConfigError where the data cannot be opened or has no classes, before the first method is trained."""
    config = parse(DataConfig, merge({"source": data}, settings.get("data", {})), "data")
    dataset = open_dataset(config)
    check_labels(data, dataset, {name: labelled(dataset, name) for name in ("train", "validation", "test")})


def _line(outcome: Result | Failure) -> str:
    if isinstance(outcome, Failure):
        return f"{outcome.method}, seed {outcome.seed}: failed, the others go on. {outcome.reason}"
    return (
        f"{outcome.method}, seed {outcome.seed}: kNN {outcome.knn_untrained:.3f} untrained, {outcome.knn:.3f} trained; "
        f"linear {outcome.linear_untrained:.3f}, {outcome.linear:.3f}; {outcome.images_per_second:,.0f} images/s; "
        f"{_gib(outcome.memory_bytes)}"
    )


def write_tables(board: Board, data: str, minutes: float, out: Path) -> None:
    """Write table.csv, a line a (method, seed), and table.md, a line a method with mean and standard deviation over seeds."""
    text = io.StringIO()
    columns = [*(field.name for field in fields(Result)), "labels", "error"]
    writer = CsvRows(text)
    writer.row(columns)
    for result in board.results:
        row = {**asdict(result), "labels": int(entry(result.method).uses_labels)}
        writer.row(row.get(name) for name in columns)
    for failure in board.failures:
        row = {"method": failure.method, "seed": failure.seed, "error": failure.reason}
        row |= {"labels": int(entry(failure.method).uses_labels)}
        writer.row(row.get(name) for name in columns)
    for name, table in (("table.csv", text.getvalue()), ("table.md", markdown(board, data, minutes))):
        with atomic_write(out / name) as temporary:
            temporary.write_text(table, encoding="utf-8")


def markdown(board: Board, data: str, minutes: float) -> str:
    """The table in Markdown: means over seeds, and notes on single rows below it."""
    rows = {id: [result for result in board.results if result.method == id] for id in _ids(board.results)}
    gpu = any(result.gpu_bytes for result in board.results)
    lines = [
        f"{Path(data).name}, {minutes:g} minutes a method. {CAVEAT}",
        "",
        "| method | encoder | seeds | steps | kNN untrained | kNN | gain | spread "
        f"| linear untrained | linear | gain | spread | images/s | memory |{' GPU memory |' if gpu else ''}",
        f"|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|{'--:|' if gpu else ''}",
    ]
    lines += [_row(id, results, gpu) for id, results in rows.items()]
    lines += ["", *_notes(board, rows), *_tasks(rows)]
    return "\n".join(lines) + "\n"


def _row(id: str, rows: Sequence[Result], gpu: bool) -> str:
    labels = {"all": " †", "few": " §", "none": ""}[entry(id).labels]
    cells = [f"{id}{labels}{'' if entry(id).learns else ' ‡'}", rows[0].backbone]
    cells += [f"{len(rows)}", f"{_mean(rows, 'steps'):.0f}"]
    for name in ("knn", "linear"):
        spread = f"±{_spread(rows, name):.3f}" if len(rows) > 1 else "–"
        cells += [f"{_mean(rows, f'{name}_untrained'):.3f}", f"{_mean(rows, name):.3f}", f"{_gain(rows, name):+.3f}", spread]
    cells += [f"{_mean(rows, 'images_per_second'):,.0f}", _gib(max(row.memory_bytes for row in rows))]
    if gpu:
        cells.append(_gib(max(row.gpu_bytes for row in rows)))
    return f"| {' | '.join(cells)} |"


def _tasks(rows: Mapping[str, Sequence[Result]]) -> list[str]:
    """The second table: each method's own task on the test split, beside the baseline."""
    solving = {id: of_one for id, of_one in rows.items() if of_one[0].task}
    if not solving:
        return []
    lines = ["", "| method | pretext task, on test images | score | baseline |", "|---|---|--:|--:|"]
    for id, of_one in solving.items():
        better = "higher" if of_one[0].task_higher else "lower"
        value, baseline = _mean(of_one, "task_value"), _mean(of_one, "task_trivial")
        lines.append(f"| {id} | {of_one[0].task} ({better} is better) | {value:.3f} | {baseline:.3f} |")
    above = {id: _mean(of_one, "task_value") > _mean(of_one, "task_trivial") for id, of_one in solving.items()}
    worse = [id for id, of_one in solving.items() if above[id] != of_one[0].task_higher]
    if worse:
        lines += ["", f"No better at the pretext task than the baseline: {', '.join(worse)}."]
    return lines


def _notes(board: Board, rows: Mapping[str, Sequence[Result]]) -> list[str]:
    notes = [
        "Gain: above the same encoder untrained. Spread: half the range over seeds. Memory: the most that the method's own process "
        "held while it trained, Python, PyTorch and the images included."
    ]
    if any(entry(id).labels == "few" for id in rows):
        notes.append("§ learns from the class labels of a few training images beside all images: semi-supervised.")
    if any(entry(id).labels == "all" for id in rows):
        notes.append("† learns from class labels: a baseline, not self-supervised.")
    if any(not entry(id).learns for id in rows):
        notes.append(f"‡ learns nothing, and was given {UNLEARNED_STEPS} steps in place of the minutes.")
    learners = [id for id in rows if entry(id).learns]
    # A method with one seed is compared by the largest measured deviation.
    several = [of_one for of_one in rows.values() if len(of_one) > 1]
    widest = {name: max((_spread(of_one, name) for of_one in several), default=0.0) for name in ("knn", "linear")}

    def above(id: str, name: str) -> bool:
        return _gain(rows[id], name) > (_spread(rows[id], name) if len(rows[id]) > 1 else widest[name])

    margin = (
        "by more than the spread over seeds (one seed: by more than the widest spread measured)" if several else "one seed each"
    )
    missed = [id for id in learners if not any(above(id, name) for name in widest)]
    if missed:
        notes.append(f"Not above the untrained encoder, by kNN or linear probe, {margin}: {', '.join(missed)}.")
    elif learners:
        notes.append(f"All that learn are above their untrained encoder, by kNN or linear probe, {margin}.")
    notes += [f"Failed: {failure.method}, seed {failure.seed}. {' '.join(failure.reason.split())}" for failure in board.failures]
    # A blank line between two notes, so that each is a paragraph.
    return [line for note in notes for line in (note, "")][:-1]


def _ids(results: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(result.method for result in results))


def _mean(rows: Sequence[Result], name: str) -> float:
    return statistics.fmean(getattr(row, name) for row in rows)


def _gain(rows: Sequence[Result], name: str) -> float:
    return _mean(rows, name) - _mean(rows, f"{name}_untrained")


def _spread(rows: Sequence[Result], name: str) -> float:
    values = [getattr(row, name) for row in rows]
    spread: float = (max(values) - min(values)) / 2
    return spread


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB" if size else "–"
