"""Every method under the same budget, in one table. Equal minutes on a small encoder are no verdict on a paper.

Resumable: a (method, seed) pair that is done is read from its folder and not trained again; one that was broken off goes on."""

from __future__ import annotations

import csv
import io
import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from engine.catalogue import entry
from engine.config.errors import complain
from engine.config.text import merge
from engine.evaluate.protocol import evaluate
from engine.events import Emit, Event, StepDone
from engine.runs.folder import create_folder
from engine.runs.writer import RunWriter
from engine.train import checkpoint
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.run import resume, train

RESULT = "leaderboard.json"
CAVEAT = (
    "Every method had the same minutes on the same machine with the same small encoder. That says how quickly each learns here; "
    "it is no verdict on a paper, whose recipe may need a hundred times as long."
)


@dataclass(frozen=True)
class Result:
    """One (method, seed): accuracies between 0 and 1 on the test split."""

    method: str
    seed: int
    backbone: str
    steps: int
    minutes: float
    images_per_second: float
    memory_bytes: int
    knn_untrained: float
    knn: float
    linear_untrained: float
    linear: float


def leaderboard(
    methods: Sequence[str],
    data: str,
    minutes: float,
    seeds: Sequence[int],
    out: Path,
    settings: Mapping[str, Any],
    emit: Emit,
    said: Callable[[str], None],
) -> list[Result]:
    """Train and evaluate every pair; write table.md and table.csv into `out` after each. Runs lie in `out`/runs."""
    for id in methods:
        entry(id)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise complain("--out", "a folder that can be written", str(out), f"{error.strerror}.") from None
    results = []
    for seed in seeds:
        for id in methods:
            found = _finished(out, id, seed)
            if found is None:
                said(f"{id}, seed {seed}: {minutes:g} minutes")
                found = _one(id, data, minutes, seed, out, settings, emit)
            if found is None:
                said(f"{id}, seed {seed}: failed, left out of the table")
                continue
            results.append(found)
            write_tables(results, data, minutes, out)
    return results


def _one(id: str, data: str, minutes: float, seed: int, out: Path, settings: Mapping[str, Any], emit: Emit) -> Result | None:
    given = merge({"method": {"id": id}, "data": {"source": data}, "train": {"minutes": minutes, "seed": seed}}, settings)
    config = resolve(given)
    folder = _begun(out, id, seed)
    speeds: list[float] = []
    memory = 0

    def listen(event: Event) -> None:
        nonlocal memory
        writer(event)
        emit(event)
        if isinstance(event, StepDone):
            speeds.append(event.images_per_second)
            if len(speeds) % 50 == 1:
                memory = max(memory, psutil.Process().memory_info().rss)

    if folder is None:
        folder = create_folder(out / "runs", config)
        (folder / RESULT).write_text(json.dumps({"method": id, "seed": seed}), encoding="utf-8")
        go: Callable[[], Any] = lambda: train(config, listen, Control(), folder)  # noqa: E731
    else:
        broken = folder
        go = lambda: resume(broken, listen, Control())  # noqa: E731
    with RunWriter(folder) as writer:
        run = go()
        status = writer.status
    if run.state != "finished":
        return None
    figures = evaluate(folder).to_dict()
    result = Result(
        method=id,
        seed=seed,
        backbone=config.backbone.name,
        steps=run.step,
        minutes=status.seconds / 60,
        images_per_second=statistics.median(speeds),
        memory_bytes=memory,
        knn_untrained=figures["untrained"]["knn"],
        knn=figures["trained"]["knn"],
        linear_untrained=figures["untrained"]["linear"],
        linear=figures["trained"]["linear"],
    )
    (folder / RESULT).write_text(json.dumps(asdict(result), indent=2), encoding="utf-8")
    return result


def _marks(out: Path, id: str, seed: int) -> list[tuple[Path, dict[str, Any]]]:
    found = []
    for path in sorted((out / "runs").glob(f"*/{RESULT}")):
        mark = json.loads(path.read_text(encoding="utf-8"))
        if mark["method"] == id and mark["seed"] == seed:
            found.append((path.parent, mark))
    return found


def _finished(out: Path, id: str, seed: int) -> Result | None:
    for _, mark in _marks(out, id, seed):
        if "knn" in mark:
            return Result(**mark)
    return None


def _begun(out: Path, id: str, seed: int) -> Path | None:
    for folder, mark in _marks(out, id, seed):
        if "knn" not in mark and checkpoint.path_in(folder).exists():
            return folder
    return None


def write_tables(results: Sequence[Result], data: str, minutes: float, out: Path) -> None:
    """table.csv, a line a (method, seed), and table.md, a line a method with mean and spread over seeds."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(asdict(results[0])))
    writer.writeheader()
    writer.writerows(asdict(result) for result in results)
    (out / "table.csv").write_text(text.getvalue(), encoding="utf-8")
    (out / "table.md").write_text(markdown(results, data, minutes), encoding="utf-8")


def markdown(results: Sequence[Result], data: str, minutes: float) -> str:
    """The table for people. Spread is half the range over seeds; a dash where there is one seed."""
    lines = [
        f"{Path(data).name}, {minutes:g} minutes a method. {CAVEAT}",
        "",
        "| method | encoder | seeds | steps | kNN untrained | kNN | gain | spread "
        "| linear untrained | linear | gain | spread | images/s | memory |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for id in dict.fromkeys(result.method for result in results):
        rows = [result for result in results if result.method == id]

        def mean(name: str, rows: list[Result] = rows) -> float:
            return statistics.fmean(getattr(row, name) for row in rows)

        def spread(name: str, rows: list[Result] = rows) -> str:
            values = [getattr(row, name) for row in rows]
            return f"±{(max(values) - min(values)) / 2:.3f}" if len(values) > 1 else "–"

        lines.append(
            f"| {id} | {rows[0].backbone} | {len(rows)} | {mean('steps'):.0f} "
            f"| {mean('knn_untrained'):.3f} | {mean('knn'):.3f} | {mean('knn') - mean('knn_untrained'):+.3f} | {spread('knn')} "
            f"| {mean('linear_untrained'):.3f} | {mean('linear'):.3f} | {mean('linear') - mean('linear_untrained'):+.3f} "
            f"| {spread('linear')} "
            f"| {mean('images_per_second'):,.0f} | {mean('memory_bytes') / 2**30:.1f} GiB |"
        )
    return "\n".join(lines) + "\n"
